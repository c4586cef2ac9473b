"""The piece of equipment that a car is: by it the car has its responsible person, hand-overs and counts."""

from sqlalchemy import select

from app.core import timeline
from app.core.db import session
from app.core.permissions import Actor
from app.features.assets import actions, catalogue
from app.features.assets.actions import ItemValues
from app.features.assets.catalogue import CategoryValues
from app.features.assets.enums import CATEGORY
from app.features.assets.models import AssetCategory, AssetItem
from app.features.people.models import User

CARS = "车辆"
CHECKLIST = ("外观无新伤", "行驶证在车上", "灭火器、三角牌齐全", "油量")
ACCESSORIES = ("车钥匙", "备用钥匙", "行驶证")


def category(actor: Actor) -> AssetCategory:
    """Return the category of cars, made with the first of them."""
    found = session.execute(select(AssetCategory).where(AssetCategory.name == CARS)).scalar_one_or_none()
    if found is None:
        values = CategoryValues(CARS, checklist=CHECKLIST, accessories=ACCESSORIES)
        found = AssetCategory(**catalogue.category_columns(values))
        session.add(found)
        session.flush()
        timeline.record(CATEGORY, found.id, "asset_category:add", actor, data={"name": CARS})
    return found


def register_car(*, actor: Actor, plate: str, name: str, keeper: User) -> AssetItem:
    """Enter a car as equipment held by ``keeper`` from now on, in the open unit of work.

    Who may enter cars may do so without keeping other equipment. Raises Invalid at ``person_id``.
    """
    values = ItemValues(name=f"{name} {plate}", category_id=category(actor).id, accessories=ACCESSORIES)
    return actions.enter_item(actor=actor, values=values, person=keeper)

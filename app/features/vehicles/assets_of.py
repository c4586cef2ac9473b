"""The piece of equipment that a car is: by it the car has its responsible person, hand-overs and counts."""

from sqlalchemy import select

from app.core import timeline
from app.core.db import session
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor
from app.features.assets import actions, catalogue
from app.features.assets.actions import ItemValues
from app.features.assets.catalogue import CategoryValues
from app.features.assets.enums import CATEGORY
from app.features.assets.models import AssetCategory, AssetItem
from app.features.people.models import User
from app.features.vehicles.models import Vehicle

CARS = lazy_in_context("list", "车辆")
CHECKLIST = (lazy("外观无新伤"), lazy("行驶证在车上"), lazy("灭火器、三角牌齐全"), lazy("油量"))
ACCESSORIES = (lazy("车钥匙"), lazy("备用钥匙"), lazy("行驶证"))


def category(actor: Actor) -> AssetCategory:
    """Return the category of cars, whatever it is called now; made with the first, in the language of who enters it."""
    of_cars = (
        select(AssetCategory)
        .join(AssetItem, AssetItem.category_id == AssetCategory.id)
        .join(Vehicle, Vehicle.item_id == AssetItem.id)
        .order_by(Vehicle.id.desc())
        .limit(1)
    )
    found: AssetCategory | None = session.execute(of_cars).unique().scalar_one_or_none()
    if found is None:
        named = select(AssetCategory).where(AssetCategory.name == str(CARS))
        found = session.execute(named).scalar_one_or_none()
    if found is None:
        values = CategoryValues(
            str(CARS),
            checklist=tuple(str(line) for line in CHECKLIST),
            accessories=tuple(str(line) for line in ACCESSORIES),
        )
        found = AssetCategory(**catalogue.category_columns(values))
        session.add(found)
        session.flush()
        timeline.record(CATEGORY, found.id, "asset_category:add", actor, data={"name": str(CARS)})
    return found


def register_car(*, actor: Actor, plate: str, name: str, keeper: User) -> AssetItem:
    """Enter a car as equipment held by ``keeper`` from now on, in the open unit of work.

    Who may enter cars may do so without keeping other equipment. Raises Invalid at ``person_id``.
    """
    kind = category(actor)
    values = ItemValues(
        name=f"{name} {plate}", category_id=kind.id, accessories=tuple(str(line) for line in ACCESSORIES)
    )
    return actions.enter_item(actor=actor, values=values, person=keeper)

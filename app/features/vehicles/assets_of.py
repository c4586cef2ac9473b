"""The piece of equipment that a car is: by it the car has its responsible person, hand-overs and counts."""

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.permissions import Actor
from app.core.verification_code import new_code
from app.features.assets import custody
from app.features.assets.enums import CustodyKind, ItemStatus
from app.features.assets.models import AssetCategory, AssetItem
from app.features.people.models import User

CATEGORY = "车辆"
LABEL_LENGTH = 16


def category() -> AssetCategory:
    """Return the category of cars, made with the first of them."""
    found = session.execute(select(AssetCategory).where(AssetCategory.name == CATEGORY)).scalar_one_or_none()
    if found is None:
        found = AssetCategory(name=CATEGORY, active=True, created_at=clock.now(), updated_at=clock.now())
        session.add(found)
        session.flush()
    return found


def register_car(*, actor: Actor, plate: str, name: str, department_id: int, keeper: User) -> AssetItem:
    """Enter a car as equipment held by ``keeper`` from now on, in the open unit of work."""
    item = AssetItem(
        name=name,
        category_id=category().id,
        serial_number=plate,
        department_id=department_id,
        keeper_id=keeper.id,
        owner_id=actor.id,
        status=ItemStatus.ASSIGNED,
        label_code=new_code()[:LABEL_LENGTH],
    )
    session.add(item)
    session.flush()
    custody.begin(item, person_id=keeper.id, kind=CustodyKind.HELD, at=clock.now())
    return item

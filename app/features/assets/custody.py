"""Who is responsible for what, and since when: periods that touch, written in one place.

Every way by which an item changes its responsible person goes through ``begin`` and ``pass_on``; both keep
``AssetItem.keeper_id`` equal to the person of the open period.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.features.assets.enums import CustodyKind
from app.features.assets.models import AssetCustody, AssetItem

# the shortest period: two changes in the same instant would otherwise leave a period without length
LEAST = timedelta(microseconds=1)


def begin(item: AssetItem, *, person_id: int, kind: CustodyKind, at: datetime) -> AssetCustody:
    """Open the first period of an item, which has none yet, in the open unit of work."""
    period = AssetCustody(item_id=item.id, person_id=person_id, kind=kind, from_at=at)
    item.keeper_id = person_id
    session.add(period)
    session.flush()
    return period


def pass_on(
    item: AssetItem, *, person_id: int, kind: CustodyKind, hand_over_id: int | None = None
) -> AssetCustody:
    """End the open period of an item now and begin the next at the same instant; the item must be locked.

    A clock that was put back does not tear a hole: the change is then dated just after the beginning of the period.
    """
    present = open_period(item.id)
    at = max(clock.now(), present.from_at + LEAST)
    present.until_at = at
    session.flush()
    period = AssetCustody(
        item_id=item.id,
        person_id=person_id,
        kind=kind,
        from_at=at,
        previous_until=at,
        hand_over_id=hand_over_id,
    )
    item.keeper_id = person_id
    session.add(period)
    session.flush()
    session.expire(item, ["keeper"])
    return period


def open_period(item_id: int) -> AssetCustody:
    """Return the present period of an item; every item has one from the moment it is entered."""
    return session.execute(
        select(AssetCustody).where(AssetCustody.item_id == item_id, AssetCustody.until_at.is_(None))
    ).scalar_one()


def history(item_ids: Iterable[int]) -> Mapping[int, list[AssetCustody]]:
    """Return the periods of items, the newest first, by item; one statement however many there are."""
    wanted = sorted(set(item_ids))
    found: dict[int, list[AssetCustody]] = {item_id: [] for item_id in wanted}
    rows = session.execute(
        select(AssetCustody).where(AssetCustody.item_id.in_(wanted)).order_by(AssetCustody.from_at.desc())
    )
    for period in rows.scalars():
        found[period.item_id].append(period)
    return found


def responsible_at(item_id: int, moment: datetime) -> AssetCustody | None:
    """Return the period that holds a moment; None before the item was entered."""
    return session.execute(
        select(AssetCustody)
        .where(
            AssetCustody.item_id == item_id,
            AssetCustody.from_at <= moment,
            AssetCustody.until_at.is_(None) | (AssetCustody.until_at > moment),
        )
        .limit(1)
    ).scalar_one_or_none()

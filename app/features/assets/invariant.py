"""The examination of custody: everything that is not scrapped has one responsible person who works here."""

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import session
from app.core.i18n import gettext as _
from app.core.timeline import Event
from app.features.assets.enums import ItemStatus
from app.features.assets.models import AssetCustody, AssetItem
from app.features.people.enums import USER, PeopleVerb
from app.features.people.models import User

MOST_TOLD = 50


def check() -> list[str]:
    """Return a sentence for each item whose responsibility is not as it must be, the first fifty of a kind."""
    return [*without_person(), *left_behind(), *not_the_same(), *torn()]


def without_person() -> list[str]:
    """Find items with no present period of responsibility, or several."""
    count = (
        select(func.count())
        .where(AssetCustody.item_id == AssetItem.id, AssetCustody.until_at.is_(None))
        .correlate(AssetItem)
        .scalar_subquery()
    )
    statement = select(AssetItem.number, count.label("periods")).where(count != 1).order_by(AssetItem.id)
    return [
        _("设备 %(number)s 现有 %(count)s 个责任人，应正好一个", number=row.number, count=row.periods)
        for row in session.execute(statement.limit(MOST_TOLD))
    ]


def left_behind() -> list[str]:
    """Find items that are not scrapped and whose responsible person left while responsible for them.

    Whoever was gone before the item was entered is no fault of the gate: the indicator lists those.
    """
    gone_since = exists().where(
        Event.doc_type == USER,
        Event.doc_id == User.id,
        Event.verb == PeopleVerb.DEACTIVATE,
        Event.at > AssetCustody.from_at,
    )
    statement = (
        select(AssetItem.number, User.name)
        .join(AssetCustody, and_(AssetCustody.item_id == AssetItem.id, AssetCustody.until_at.is_(None)))
        .join(User, User.id == AssetCustody.person_id)
        .where(AssetItem.status != ItemStatus.SCRAPPED, ~User.active, gone_since)
        .order_by(AssetItem.id)
    )
    return [
        _("设备 %(number)s 的责任人%(name)s已离职，请收回或交给别人", number=row.number, name=row.name)
        for row in session.execute(statement.limit(MOST_TOLD))
    ]


def not_the_same() -> list[str]:
    """Find items whose card names another person than their present period."""
    statement = (
        select(AssetItem.number)
        .join(AssetCustody, and_(AssetCustody.item_id == AssetItem.id, AssetCustody.until_at.is_(None)))
        .where(AssetCustody.person_id != AssetItem.keeper_id)
        .order_by(AssetItem.id)
    )
    return [
        _("设备 %(number)s 卡片上的责任人与责任记录不一致", number=number)
        for number in session.execute(statement.limit(MOST_TOLD)).scalars()
    ]


def torn() -> list[str]:
    """Find periods that do not begin where the one before them ended, or begin before it did."""
    before = aliased(AssetCustody)
    statement = (
        select(AssetItem.number)
        .join(AssetCustody, AssetCustody.item_id == AssetItem.id)
        .outerjoin(
            before,
            and_(before.item_id == AssetCustody.item_id, before.until_at == AssetCustody.previous_until),
        )
        .where(
            AssetCustody.previous_until.is_not(None),
            or_(before.id.is_(None), AssetCustody.from_at != AssetCustody.previous_until),
        )
        .distinct()
        .order_by(AssetItem.number)
    )
    return [
        _("设备 %(number)s 的责任记录前后不衔接", number=number)
        for number in session.execute(statement.limit(MOST_TOLD)).scalars()
    ]

"""How far equipment is kept as the rules ask: everything has a name on it, hand-overs are confirmed in time."""

from sqlalchemy import ColumnElement, and_, case, literal, or_, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.assets.enums import HAND_OVER, ITEM, MODULE, HandOverStatus
from app.features.assets.models import AssetCustody, AssetItem, HandOver
from app.features.people.models import User

ITEMS_HAVE_SOMEBODY, CONFIRMED_IN_TIME = "items-have-somebody", "hand-overs-confirmed-in-time"


def custody_cases(period: Period) -> Cases:
    """Return the periods of responsibility that reach into a span of time."""
    return (
        select(
            AssetCustody.id.label("case_id"),
            literal(ITEM).label("doc_type"),
            AssetItem.id.label("doc_id"),
            AssetCustody.person_id.label("person_id"),
            AssetItem.department_id.label("department_id"),
            AssetCustody.from_at.label("at"),
            AssetCustody.until_at.label("until_at"),
            AssetItem.scrapped_at.label("scrapped_at"),
            case((User.active, 1), else_=0).label("good"),
        )
        .join(AssetItem, AssetItem.id == AssetCustody.item_id)
        .join(User, User.id == AssetCustody.person_id)
        .where(
            AssetCustody.from_at < period.end,
            or_(AssetCustody.until_at.is_(None), AssetCustody.until_at > period.start),
        )
    )


def holds_at_close(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account the period of each item that holds at the close; what was scrapped by then is over."""
    close = period.closing()
    return and_(
        columns.at <= close,
        or_(columns.until_at.is_(None), columns.until_at > close),
        or_(columns.scrapped_at.is_(None), columns.scrapped_at > close),
    )


def offer_cases(period: Period) -> Cases:
    """Return the hand-overs that should have been confirmed in a span of time; withdrawn ones are left out."""
    answered = and_(
        HandOver.status.in_([HandOverStatus.ACCEPTED, HandOverStatus.DECLINED]),
        HandOver.answered_at <= HandOver.confirm_by,
    )
    return select(
        HandOver.id.label("case_id"),
        literal(HAND_OVER).label("doc_type"),
        HandOver.id.label("doc_id"),
        HandOver.to_id.label("person_id"),
        HandOver.department_id.label("department_id"),
        HandOver.confirm_by.label("at"),
        HandOver.answered_at.label("answered_at"),
        case((answered, 1), else_=0).label("good"),
    ).where(
        HandOver.status != HandOverStatus.WITHDRAWN,
        HandOver.confirm_by >= period.start,
        HandOver.confirm_by < period.end,
    )


def should_be_confirmed(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what was answered, and what nobody answered though its time is over."""
    return and_(
        indicators.happened(columns, period),
        or_(columns.answered_at.is_not(None), columns.at <= period.closing()),
    )


indicators.register(
    Indicator(
        ITEMS_HAVE_SOMEBODY,
        lazy("每件设备有责任人"),
        lazy("期末没有报废的设备；责任人在职的为合格，责任人已离职的列为例外"),
        MODULE,
        custody_cases,
        holds_at_close,
        indicators.was_good,
    ),
    Indicator(
        CONFIRMED_IN_TIME,
        lazy("交接按时确认"),
        lazy("本期应确认的设备交接；在限期内接收或拒收的为合格，过期和逾期未答复的列为例外"),
        MODULE,
        offer_cases,
        should_be_confirmed,
        indicators.was_good,
    ),
)

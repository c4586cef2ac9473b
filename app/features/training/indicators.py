"""The week with a session: each week in which a series meets has one that is held."""

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.training.enums import AHEAD, MODULE, TRAINING_SESSION, SessionStatus
from app.features.training.models import TrainingSession

WEEKLY = "week-with-session"

HELD = (SessionStatus.OPEN, SessionStatus.WRAP_UP, SessionStatus.COMPLETED)


def series_weeks(period: Period) -> Cases:
    """Return the weeks in which a series meets, by the session it made for them.

    Good are those in which a session of the series or of its department was held, be it on another day; ``later_at``
    is when one that was moved within its week takes place.
    """
    other = aliased(TrainingSession)
    same_week = and_(
        other.week == TrainingSession.week,
        or_(
            other.series_id == TrainingSession.series_id,
            other.department_id == TrainingSession.department_id,
        ),
    )
    held = select(other.id).where(same_week, other.status.in_(HELD)).exists()
    later = (
        select(func.max(other.starts_at))
        .where(
            other.week == TrainingSession.week,
            other.moved_from_id == TrainingSession.id,
            other.status.in_(AHEAD),
        )
        .correlate(TrainingSession)
        .scalar_subquery()
    )
    return select(
        TrainingSession.id.label("case_id"),
        literal(TRAINING_SESSION).label("doc_type"),
        TrainingSession.id.label("doc_id"),
        TrainingSession.chair_id.label("person_id"),
        TrainingSession.department_id.label("department_id"),
        TrainingSession.starts_at.label("at"),
        case((held, 1), else_=0).label("good"),
        later.label("later_at"),
    ).where(
        TrainingSession.series_id.is_not(None),
        TrainingSession.starts_at >= period.start,
        TrainingSession.starts_at < period.end,
    )


def had_its_time(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account the weeks whose session should have begun, unless it was moved within its week."""
    close = period.closing()
    still_ahead = and_(columns.later_at.is_not(None), columns.later_at >= close)
    return and_(indicators.happened(columns, period), columns.at < close, not_(still_ahead))


indicators.register(
    Indicator(
        WEEKLY,
        lazy("每周有培训"),
        lazy("每个固定培训的周都开了一次培训，改到同一周的另一天也算；一周没有开的算一次例外"),
        MODULE,
        series_weeks,
        had_its_time,
        indicators.was_good,
    )
)

"""Resolutions that were carried out in time."""

from sqlalchemy import ColumnElement, Date, and_, bindparam, literal, or_, select

from app.core import clock, indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.resolutions.enums import MODULE, RESOLUTION, ResolutionStatus
from app.features.resolutions.models import Resolution

IN_TIME = "resolutions-done-in-time"


def due_ones(period: Period) -> Cases:
    """Return the resolutions due in a span of time; they concern whoever carries them out."""
    first, after = period.days
    return select(
        Resolution.id.label("case_id"),
        literal(RESOLUTION).label("doc_type"),
        Resolution.id.label("doc_id"),
        Resolution.responsible_id.label("person_id"),
        Resolution.department_id.label("department_id"),
        Resolution.due_on.label("at"),
        Resolution.completed_on.label("completed_on"),
    ).where(
        Resolution.status != ResolutionStatus.CANCELLED, Resolution.due_on >= first, Resolution.due_on < after
    )


def had_to_be_done(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what is done, or whose day was over at the end of the period."""
    today = bindparam(None, callable_=lambda: clock.to_local(period.close).date(), type_=Date())
    return and_(
        indicators.happened_on_day(columns, period),
        or_(columns.completed_on.is_not(None), columns.at < today),
    )


def was_done(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what was done by its day."""
    return columns.completed_on <= columns.at


indicators.register(
    Indicator(
        IN_TIME,
        lazy("决议按期落实"),
        lazy("本期到期的每一项决议，在期限当天或之前报告完成；逾期的算一次例外，退回的重新计算"),
        MODULE,
        due_ones,
        had_to_be_done,
        was_done,
        "date",
    )
)

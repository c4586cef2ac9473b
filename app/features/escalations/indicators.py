"""Reports and requests that were answered in time."""

from sqlalchemy import ColumnElement, and_, literal, or_, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.escalations.enums import ESCALATION, MODULE, EscalationStatus
from app.features.escalations.models import Escalation

IN_TIME = "escalations-answered-in-time"


def matters(period: Period) -> Cases:
    """Return the matters whose time to answer ends in a span of time; they concern who had to answer."""
    return select(
        Escalation.id.label("case_id"),
        literal(ESCALATION).label("doc_type"),
        Escalation.id.label("doc_id"),
        Escalation.to_id.label("person_id"),
        Escalation.to_department_id.label("department_id"),
        Escalation.due_at.label("at"),
        Escalation.answered_at.label("answered_at"),
    ).where(
        Escalation.status != EscalationStatus.WITHDRAWN,
        Escalation.due_at >= period.start,
        Escalation.due_at < period.end,
    )


def had_to_be_answered(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what was answered, or should have been by the end of the period."""
    return and_(
        indicators.happened(columns, period),
        or_(columns.answered_at.is_not(None), columns.at < period.closing()),
    )


def was_answered(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what was answered by its time."""
    return columns.answered_at <= columns.at


indicators.register(
    Indicator(
        IN_TIME,
        lazy("汇报与协办按时答复"),
        lazy("本期到时限的每一件汇报或协办，在时限前批示或答复；超时的和到期没有答复的算一次例外"),
        MODULE,
        matters,
        had_to_be_answered,
        was_answered,
    )
)

"""Mentor notes written weekly: of the weeks of all pairs, those whose note was there by Sunday."""

from sqlalchemy import ColumnElement, and_, literal, or_, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.mentoring.enums import MODULE, PAIR
from app.features.mentoring.models import MentorPair, MentorWeek

KEY = "mentor-notes-weekly"


def cases(period: Period) -> Cases:
    """Return the weeks of pairs that end in the span; it concerns the mentor."""
    first, after = period.days
    return (
        select(
            MentorWeek.id.label("case_id"),
            literal(PAIR).label("doc_type"),
            MentorWeek.pair_id.label("doc_id"),
            MentorPair.mentor_id.label("person_id"),
            MentorPair.department_id.label("department_id"),
            MentorWeek.last_day.label("at"),
            MentorWeek.due_at.label("due_at"),
            MentorWeek.noted_at.label("noted_at"),
        )
        .join(MentorPair, MentorPair.id == MentorWeek.pair_id)
        .where(MentorWeek.last_day >= first, MentorWeek.last_day < after)
    )


def due_by_now(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account the weeks that are over, and those whose note is there before."""
    return and_(
        indicators.happened_on_day(columns, period),
        or_(columns.due_at <= period.closing(), columns.noted_at.is_not(None)),
    )


def noted_in_time(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what was written before the week was over."""
    return and_(columns.noted_at.is_not(None), columns.noted_at < columns.due_at)


indicators.register(
    Indicator(
        KEY,
        lazy("带教周记按周写"),
        lazy("带教中的每一对、每个有工作日的星期，师傅在星期日前写了周记的周数"),
        MODULE,
        cases,
        due_by_now,
        noted_in_time,
        at_kind="date",
    )
)

"""Approvals that do not wait too long, told from the open tasks of every kind of document alike."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from app.core import indicators, settings
from app.core.i18n import LazyText, lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.core.tasks import Task, registered_kinds

APPROVAL_DAYS = "home.approval_days"
MOST_DAYS = 365


def refuse_days(value: object) -> LazyText | None:
    """Refuse a number of days that nobody can mean."""
    fits = isinstance(value, int) and 1 <= value <= MOST_DAYS
    return None if fits else lazy("请填写 1 到 %(most)s 之间的天数", most=MOST_DAYS)


settings.register(
    settings.Setting(
        APPROVAL_DAYS,
        "number",
        3,
        lazy("审批等待期限（天）"),
        section="rules",
        hint=lazy("超过这个天数还没有办的审批，在执行看板上算一次例外"),
        module="rules",
        check=refuse_days,
    ),
)


def cases(period: Period) -> Cases:
    """Return the tasks by which somebody decides that were open at some moment of a span of time."""
    decisions = [kind.code for kind in registered_kinds() if kind.decides]
    return select(
        Task.id.label("case_id"),
        Task.doc_type.label("doc_type"),
        Task.doc_id.label("doc_id"),
        Task.user_id.label("person_id"),
        Task.department_id.label("department_id"),
        Task.opened_at.label("at"),
        Task.closed_at.label("closed_at"),
    ).where(
        Task.kind.in_(decisions),
        Task.opened_at < period.end,
        or_(Task.closed_at.is_(None), Task.closed_at >= period.start),
    )


def waiting(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what waits at the end of the period."""
    close = period.closing()
    return and_(columns.at <= close, or_(columns.closed_at.is_(None), columns.closed_at > close))


def not_for_long(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what has not waited longer than the settings allow."""
    kept: ColumnElement[bool] = columns.at >= period.closing(longest_wait)
    return kept


def longest_wait() -> timedelta:
    """Return how long an approval may wait, as the settings say now."""
    return timedelta(days=int(settings.get(APPROVAL_DAYS)))


indicators.register(
    Indicator(
        "approvals-not-waiting",
        lazy("审批不积压"),
        lazy("现在等待审批的单据中，等待没有超过规定天数的"),
        None,
        cases,
        waiting,
        not_for_long,
    )
)

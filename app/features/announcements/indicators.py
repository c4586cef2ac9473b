"""Notices read in time: of the confirmations that were due, how many were given by then."""

from sqlalchemy import ColumnElement, and_, literal, or_, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.announcements.enums import ANNOUNCEMENT, MODULE
from app.features.announcements.models import AnnouncementReceipt
from app.features.people.models import User


def cases(period: Period) -> Cases:
    """Return what was asked of each person, due in the span; whoever was excused before it was due is left out."""
    receipt = AnnouncementReceipt
    return (
        select(
            receipt.id.label("case_id"),
            literal(ANNOUNCEMENT).label("doc_type"),
            receipt.announcement_id.label("doc_id"),
            receipt.user_id.label("person_id"),
            User.department_id.label("department_id"),
            receipt.due_at.label("at"),
            receipt.confirmed_at.label("confirmed_at"),
        )
        .join(User, User.id == receipt.user_id)
        .where(
            receipt.due_at >= period.start,
            receipt.due_at < period.end,
            or_(
                receipt.confirmed_at.is_not(None),
                receipt.excused_at.is_(None),
                receipt.excused_at > receipt.due_at,
            ),
        )
    )


def due_by_now(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what was due in the period, or was confirmed before it is."""
    return and_(
        indicators.happened(columns, period),
        or_(columns.at <= period.closing(), columns.confirmed_at.is_not(None)),
    )


def confirmed_in_time(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what was confirmed by its time."""
    return and_(columns.confirmed_at.is_not(None), columns.confirmed_at <= columns.at)


indicators.register(
    Indicator(
        "announcements-read-in-time",
        lazy("通知按时确认"),
        lazy("要求确认的通知，在期限（工作小时）内确认的人次"),
        MODULE,
        cases,
        due_by_now,
        confirmed_in_time,
    )
)

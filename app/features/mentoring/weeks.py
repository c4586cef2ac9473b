"""The weeks of a pair for which a note is due: those with a working day between its first day and its last."""

from datetime import date, timedelta

from app.core import clock, workdays
from app.core.db import session
from app.features.mentoring.enums import WeekState
from app.features.mentoring.models import MentorPair, MentorWeek, monday_of

WEEK = timedelta(days=7)


def due_weeks(first: date, last: date) -> list[date]:
    """Return the Mondays of the weeks that have a working day of the company from ``first`` to ``last``."""
    found, monday = [], monday_of(first)
    while monday <= last:
        days = (monday + timedelta(days=place) for place in range(7))
        if any(first <= day <= last and workdays.is_working_day(day) for day in days):
            found.append(monday)
        monday += WEEK
    return found


def plan(row: MentorPair, first: date) -> None:
    """Give a pair its weeks from a day to its last one; those it has already stay as they are."""
    known = {week.first_day for week in row.weeks}
    for monday in due_weeks(first, row.ends_on):
        if monday not in known:
            after = monday + WEEK
            row.weeks.append(
                MentorWeek(
                    first_day=monday,
                    last_day=after - timedelta(days=1),
                    due_at=clock.day_bounds(after)[0],
                    note="",
                    answer="",
                )
            )
    session.flush()


def drop_coming(row: MentorPair) -> None:
    """Take away the weeks that are not over and hold nothing: the pair ends before them."""
    row.weeks[:] = [
        week
        for week in row.weeks
        if week.due_at <= clock.now() or week.noted_at is not None or week.answered_at is not None
    ]
    session.flush()


def present(row: MentorPair) -> MentorWeek | None:
    """Return the week of today; None where none is due."""
    monday = monday_of(clock.today())
    return next((week for week in row.weeks if week.first_day == monday), None)


def missed(row: MentorPair) -> list[MentorWeek]:
    """Return the weeks that are over without a note."""
    return [week for week in row.weeks if week.state == WeekState.MISSED]

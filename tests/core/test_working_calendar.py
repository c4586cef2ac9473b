"""The clock of working days against a table typed by hand from the notices of the State Council for 2024 to 2026.

国办发明电〔2023〕7号, 国办发明电〔2024〕12号, 国办发明电〔2025〕7号. The due dates were counted on a calendar on paper.
"""

from datetime import date, datetime, time, timedelta

import pytest

from app.core import clock, settings, workdays
from app.core.uow import unit_of_work
from app.core.workdays import add_working_days, is_working_day, working_days_between

WEEKS = ("five", "saturday_morning", "six")

# Days off, first and last, month and day.
OFF = {
    2024: (("1-1", "1-1"), ("2-10", "2-17"), ("4-4", "4-6"), ("5-1", "5-5"), ("6-10", "6-10"),
           ("9-15", "9-17"), ("10-1", "10-7")),
    2025: (("1-1", "1-1"), ("1-28", "2-4"), ("4-4", "4-6"), ("5-1", "5-5"), ("5-31", "6-2"), ("10-1", "10-8")),
    2026: (("1-1", "1-3"), ("2-15", "2-23"), ("4-4", "4-6"), ("5-1", "5-5"), ("6-19", "6-21"),
           ("9-25", "9-27"), ("10-1", "10-7")),
}  # fmt: skip
# Saturdays and Sundays that are worked instead.
WORKED = {
    2024: ("2-4", "2-18", "4-7", "4-28", "5-11", "9-14", "9-29", "10-12"),
    2025: ("1-26", "2-8", "4-27", "9-28", "10-11"),
    2026: ("1-4", "2-14", "2-28", "5-9", "9-20", "10-10"),
}
# Of a week of five days: 366 or 365, less 104 weekend days, less 11 holidays in 2024 and 13 since.
WORKING_DAYS = {2024: 251, 2025: 248, 2026: 248}

# From a day, so many working days later: in a week of five days, in one of six or with Saturday morning.
DUE = (
    # 除夕 of 2024 was no day off
    ("2024-02-08", 2, "2024-02-18", "2024-02-18"),
    ("2024-02-08", 5, "2024-02-21", "2024-02-21"),
    ("2024-04-03", 2, "2024-04-08", "2024-04-08"),
    ("2024-04-26", 5, "2024-05-07", "2024-05-06"),
    ("2024-09-13", 5, "2024-09-23", "2024-09-21"),
    ("2024-09-27", 15, "2024-10-23", "2024-10-21"),
    ("2025-01-24", 2, "2025-01-27", "2025-01-26"),
    ("2025-01-27", 5, "2025-02-10", "2025-02-10"),
    ("2025-04-25", 5, "2025-05-06", "2025-04-30"),
    ("2025-05-30", 2, "2025-06-04", "2025-06-04"),
    ("2025-09-26", 5, "2025-10-10", "2025-10-09"),
    ("2025-09-30", 15, "2025-10-28", "2025-10-25"),
    ("2025-12-31", 2, "2026-01-05", "2026-01-05"),
    ("2026-02-13", 2, "2026-02-24", "2026-02-24"),
    ("2026-02-24", 5, "2026-03-02", "2026-03-02"),
    ("2026-04-30", 5, "2026-05-11", "2026-05-11"),
    ("2026-06-18", 2, "2026-06-23", "2026-06-23"),
    ("2026-09-18", 15, "2026-10-15", "2026-10-14"),
    ("2026-11-27", 2, "2026-12-01", "2026-11-30"),
    ("2026-11-27", 5, "2026-12-04", "2026-12-03"),
)


def keep_week(week: str) -> None:
    with unit_of_work():
        settings.put("company.week", week)


def day_of(year: int, text: str) -> date:
    month, day = map(int, text.split("-"))
    return date(year, month, day)


def worked_by_hand(day: date, week: str) -> bool:
    if day in {day_of(day.year, text) for text in WORKED[day.year]}:
        return True
    if any(day_of(day.year, first) <= day <= day_of(day.year, last) for first, last in OFF[day.year]):
        return False
    return day.weekday() < (5 if week == "five" else 6)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=place) for place in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("week", WEEKS)
def test_every_day_of_three_years_is_worked_as_the_notices_say(week: str) -> None:
    keep_week(week)
    wrong = [
        day for year in OFF for day in days_of(year) if is_working_day(day) is not worked_by_hand(day, week)
    ]
    assert wrong == []


def test_a_year_has_as_many_working_days_as_the_law_leaves() -> None:
    assert {year: sum(map(is_working_day, days_of(year))) for year in OFF} == WORKING_DAYS


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize(("start", "days", "five", "six"), DUE)
def test_a_deadline_ends_on_the_day_counted_by_hand(
    start: str, days: int, five: str, six: str, week: str
) -> None:
    keep_week(week)
    begun, due = date.fromisoformat(start), date.fromisoformat(five if week == "five" else six)
    assert add_working_days(begun, days) == due
    moment = clock.from_local(datetime.combine(begun, time(16, 45)))
    assert clock.to_local(add_working_days(moment, days)) == clock.to_local(
        clock.from_local(datetime.combine(due, time(16, 45)))
    )
    assert working_days_between(begun, due) == days
    assert working_days_between(due, begun) == -days


def test_the_days_between_are_counted_for_ten_years_at_most() -> None:
    start = date(1999, 1, 1)
    whole = working_days_between(start, start + workdays.LONGEST_SPAN)
    assert working_days_between(start, date(2199, 1, 1)) == whole
    assert working_days_between(start, start) == 0

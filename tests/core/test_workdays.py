"""The clock of working days and hours."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from app.core import clock, settings, workdays
from app.core.uow import unit_of_work
from app.core.workdays import add_working_days, add_working_hours, is_working_day, working_hours_between

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
QUICK = rules(max_examples=60, deadline=None)


def at(*parts: int) -> datetime:
    """A wall-clock time of the company."""
    return clock.from_local(datetime(*parts))  # type: ignore[arg-type]  # noqa: DTZ001


def put(key: str, value: str) -> None:
    with unit_of_work():
        settings.put(key, value)


def test_a_weekday_is_worked_and_a_weekend_is_not():
    assert is_working_day(date(2026, 11, 23))
    assert not is_working_day(date(2026, 11, 21))
    assert not is_working_day(date(2026, 11, 22))


def test_the_spring_festival_is_off_and_its_make_up_saturday_is_worked():
    assert not is_working_day(date(2026, 2, 17))
    assert is_working_day(date(2026, 10, 10))
    assert date(2026, 10, 10).weekday() == workdays.SATURDAY


def test_a_year_the_calendar_does_not_know_falls_back_to_weekdays():
    assert workdays.holidays_known(2026)
    assert not workdays.holidays_known(2080)
    assert is_working_day(date(2080, 10, 1)) is (date(2080, 10, 1).weekday() < workdays.SATURDAY)


@pytest.mark.parametrize(
    ("week", "hours"), [("five", Decimal(0)), ("saturday_morning", Decimal("3.50")), ("six", Decimal("7.50"))]
)
def test_saturday_is_worked_as_the_company_week_says(week: str, hours: Decimal):
    put("company.week", week)
    assert working_hours_between(at(2026, 11, 21, 0, 0), at(2026, 11, 22, 0, 0)) == hours


def test_a_make_up_saturday_is_worked_in_full_whatever_the_week():
    assert working_hours_between(at(2026, 10, 10, 0, 0), at(2026, 10, 11, 0, 0)) == Decimal("7.50")


def test_hours_across_a_holiday_count_only_those_worked():
    assert working_hours_between(at(2026, 9, 30, 16, 30), at(2026, 10, 8, 9, 30)) == 2


def test_lunch_is_not_counted():
    assert working_hours_between(at(2026, 11, 23, 11, 30), at(2026, 11, 23, 14, 0)) == 1


def test_other_working_hours_count_as_set():
    put("company.working_hours", "09:00-10:00")
    assert working_hours_between(at(2026, 11, 23, 0, 0), at(2026, 11, 24, 0, 0)) == 1


def test_nothing_lies_between_a_later_and_an_earlier_moment():
    assert working_hours_between(at(2026, 11, 24, 9, 0), at(2026, 11, 23, 9, 0)) == 0


def test_of_a_span_of_centuries_only_ten_years_are_counted():
    hours = working_hours_between(datetime(1026, 1, 1, tzinfo=UTC), at(2026, 1, 1, 0, 0))
    assert Decimal(15_000) < hours < Decimal(22_000)


def test_a_deadline_of_two_hours_passes_over_the_weekend():
    assert add_working_hours(at(2026, 11, 20, 16, 30), 2) == at(2026, 11, 23, 9, 30)


def test_no_hours_lead_to_the_moment_itself_even_at_night():
    assert add_working_hours(at(2026, 11, 22, 3, 0), 0) == at(2026, 11, 22, 3, 0)


def test_the_next_working_days_skip_the_holiday():
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_working_days(at(2026, 9, 30, 9, 0), 1) == at(2026, 10, 8, 9, 0)
    assert add_working_days(date(2026, 11, 22), 0) == date(2026, 11, 22)


def test_nothing_is_taken_away():
    with pytest.raises(ValueError, match="taken away"):
        add_working_hours(at(2026, 11, 23, 9, 0), -1)
    with pytest.raises(ValueError, match="taken away"):
        add_working_days(date(2026, 11, 23), -1)


def test_a_count_without_a_foreseeable_end_is_refused():
    with pytest.raises(ValueError, match="foreseeable"):
        add_working_hours(at(2026, 11, 23, 9, 0), 10**6)
    with pytest.raises(ValueError, match="foreseeable"):
        add_working_days(date(2026, 11, 23), 10**6)
    with pytest.raises(ValueError, match="foreseeable"):
        add_working_days(date(9999, 12, 30), 9)


@pytest.mark.parametrize(
    "text", ["", "8-12", "12:00-08:00", "08:30-12:00 11:00-17:00", "25:00-26:00", "08:30"]
)
def test_working_hours_that_make_no_day_are_refused(text: str):
    assert workdays.check_hours(text) is not None


def test_working_hours_are_read_with_chinese_punctuation():
    assert workdays.check_hours("08：30－12：00、13：30－17：30") is None
    assert workdays.parse_hours("08：30－12：00、13：30－17：30") == workdays.parse_hours(
        workdays.DEFAULT_HOURS
    )


@QUICK
@given(MOMENTS, st.integers(1, 400))
def test_as_many_hours_pass_as_were_added(start: datetime, quarters: int):
    hours = Decimal(quarters) / 4
    end = add_working_hours(start, hours)
    assert working_hours_between(start, end) == hours
    assert working_hours_between(start, end - timedelta(minutes=1)) < hours


@QUICK
@given(MOMENTS, MOMENTS, MOMENTS)
def test_hours_of_neighbouring_spans_add_up(one: datetime, two: datetime, three: datetime):
    first, middle, last = sorted(moment.replace(second=0, microsecond=0) for moment in (one, two, three))
    both = working_hours_between(first, middle) + working_hours_between(middle, last)
    assert abs(both - working_hours_between(first, last)) <= Decimal("0.01")


@QUICK
@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(1, 60))
def test_the_day_so_many_working_days_later_is_worked_and_counts_as_many(start: date, days: int):
    end = add_working_days(start, days)
    between = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert is_working_day(end)
    assert sum(is_working_day(day) for day in between) == days

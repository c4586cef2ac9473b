"""Lunar birthdays: every month and day of 1950 to 2050 against a second library, days a year lacks, years refused."""

from calendar import isleap
from datetime import date, timedelta

import pytest
from borax.calendars.lunardate import LCalendars, LunarDate
from hypothesis import given
from hypothesis import strategies as some

from app.core import lunar
from app.core.errors import Invalid
from app.core.i18n import ENGLISH, using_locale
from app.core.lunar import CalendarKind, YearlyDay, days_of_month, next_occurrence, solar_day, yearly_days_on

FIRST, LAST = 1950, 2050
SOLAR, LUNAR = CalendarKind.SOLAR, CalendarKind.LUNAR


def test_every_month_and_day_falls_where_another_library_puts_it() -> None:
    for year in range(FIRST, LAST + 1):
        for month in range(1, 13):
            there = LCalendars.ndays(year, month, 0)
            assert days_of_month(year, month) == there, (year, month)
            for day in range(1, 31):
                expected = LunarDate(year, month, min(day, there), 0).to_solar_date()
                assert solar_day(YearlyDay(LUNAR, month, day), year) == expected, (year, month, day)


def test_every_solar_day_is_known_by_the_same_lunar_days() -> None:
    day = date(FIRST, 2, 17)
    while day.year <= LAST:
        other = LunarDate.from_solar(day)
        expected = {(LUNAR, other.month, other.day)} if not other.leap else set()
        if expected and other.day == 29 == LCalendars.ndays(other.year, other.month, 0):
            expected.add((LUNAR, other.month, 30))
        found = {
            (item.calendar, item.month, item.day) for item in yearly_days_on(day) if item.calendar == LUNAR
        }
        assert found == expected, day
        day += timedelta(days=1)


def test_the_last_night_of_the_year_never_loses_its_birthday() -> None:
    eve = YearlyDay(LUNAR, 12, 30)
    for year in range(lunar.FIRST_YEAR, lunar.LAST_YEAR):
        new_year = solar_day(YearlyDay(LUNAR, 1, 1), year + 1)
        assert solar_day(eve, year) == new_year - timedelta(days=1), year
        assert eve in yearly_days_on(solar_day(eve, year))


def test_the_last_day_of_february_never_crashes() -> None:
    leap = YearlyDay(SOLAR, 2, 29)
    for year in range(lunar.FIRST_YEAR, lunar.LAST_YEAR + 1):
        assert solar_day(leap, year) == date(year, 2, 29 if isleap(year) else 28)


def test_a_leap_month_falls_to_the_ordinary_one() -> None:
    # 2025 had a sixth month and a leap one after it.
    assert solar_day(YearlyDay(LUNAR, 6, 15, leap=True), 2025) == date(2025, 7, 9)
    assert solar_day(YearlyDay(LUNAR, 6, 15), 2025) == date(2025, 7, 9)
    assert all(item.calendar == SOLAR for item in yearly_days_on(date(2025, 8, 8)))


@pytest.mark.parametrize("year", [1899, 2101, 0, 9999])
@pytest.mark.parametrize("day", [YearlyDay(LUNAR, 8, 15), YearlyDay(SOLAR, 1, 1)])
def test_other_years_are_refused_with_a_sentence(year: int, day: YearlyDay) -> None:
    with pytest.raises(Invalid) as refused:
        solar_day(day, year)
    assert "年份须在 1900 到 2100 之间" in str(refused.value.fields["year"])


@pytest.mark.parametrize(
    ("calendar", "month", "day"), [(SOLAR, 2, 30), (SOLAR, 4, 31), (LUNAR, 1, 31), (LUNAR, 13, 1)]
)
def test_days_no_year_has_are_refused(calendar: CalendarKind, month: int, day: int) -> None:
    with pytest.raises(Invalid):
        YearlyDay(calendar, month, day)


def yearly_days() -> some.SearchStrategy[YearlyDay]:
    solar = some.dates(date(2000, 1, 1), date(2000, 12, 31)).map(
        lambda day: YearlyDay(SOLAR, day.month, day.day)
    )
    moon = some.builds(
        YearlyDay, some.just(LUNAR), some.integers(1, 12), some.integers(1, 30), some.booleans()
    )
    return solar | moon


@given(yearly_days(), some.dates(date(1950, 1, 1), date(2099, 1, 1)))
def test_every_birthday_comes_within_thirteen_months(day: YearlyDay, today: date) -> None:
    found = next_occurrence(day, today)
    assert timedelta(0) <= found - today <= timedelta(days=385)
    assert YearlyDay(day.calendar, day.month, day.day) in yearly_days_on(found)


def test_how_days_are_said() -> None:
    said = {
        (LUNAR, 8, 15, False): ("农历八月十五", "lunar month 8, day 15"),
        (LUNAR, 12, 30, False): ("农历腊月三十", "lunar month 12, day 30"),
        (LUNAR, 1, 1, False): ("农历正月初一", "lunar month 1, day 1"),
        (LUNAR, 6, 20, True): ("农历闰六月二十", "leap lunar month 6, day 20"),
        (LUNAR, 11, 21, False): ("农历冬月廿一", "lunar month 11, day 21"),
        (LUNAR, 10, 10, False): ("农历十月初十", "lunar month 10, day 10"),
        (SOLAR, 2, 29, False): ("2月29日", "29 February"),
    }
    for (calendar, month, day, leap), (chinese, english) in said.items():
        item = YearlyDay(calendar, month, day, leap)
        assert str(item) == chinese
        with using_locale(ENGLISH):
            assert str(item) == english

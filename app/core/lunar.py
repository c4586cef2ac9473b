"""Birthdays in either calendar: on which solar day a day of the lunar calendar falls, and how it is said.

The lunar calendar itself is that of ``tyme4py``; it is loaded with the first question. Rules of the people, not of
astronomy: a lunar day that its month does not have falls on the last day of the month (腊月三十 never loses its
birthday), a leap month counts as the ordinary month of its number, 29 February falls on 28 February in common years.
"""

from calendar import isleap, month_name, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from app.core.errors import Invalid
from app.core.i18n import CHINESE, current_locale, lazy
from app.core.i18n import gettext as _

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST_LUNAR_MONTH = 30
MONTHS_OF_YEAR = 12
LEAP_DAY = (2, 29)
KEPT_DAYS = 1_024

# How the months and days of the lunar calendar are called; other languages number them.
_MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
_DIGITS = "一二三四五六七八九十"


class CalendarKind(StrEnum):
    """The calendar in which somebody celebrates."""

    SOLAR = "solar"
    LUNAR = "lunar"


@dataclass(frozen=True, order=True)
class YearlyDay:
    """A day that comes every year: month 1 to 12 and day of a calendar; ``leap`` where it was given as 闰 month."""

    calendar: CalendarKind
    month: int
    day: int
    leap: bool = False

    def __post_init__(self) -> None:
        """Refuse what no year of the calendar has; raises Invalid at the fields ``month`` and ``day``."""
        if not 1 <= self.month <= MONTHS_OF_YEAR:
            raise Invalid(fields={"month": lazy("月份请选 1 到 12")})
        longest = LONGEST_LUNAR_MONTH
        if self.calendar == CalendarKind.SOLAR:
            # 2000 was a leap year: what it has, a birthday may be.
            longest = monthrange(2000, self.month)[1]
        if not 1 <= self.day <= longest:
            raise Invalid(fields={"day": lazy("这个月没有 %(day)s 日，请重新选择", day=self.day)})

    def __str__(self) -> str:
        chinese = current_locale() == CHINESE
        if self.calendar == CalendarKind.SOLAR:
            return _(
                "%(month)s月%(day)s日", month=self.month if chinese else month_name[self.month], day=self.day
            )
        said = {
            "month": _MONTHS[self.month - 1] if chinese else self.month,
            "day": lunar_day_name(self.day) if chinese else self.day,
        }
        return _("农历闰%(month)s月%(day)s", **said) if self.leap else _("农历%(month)s月%(day)s", **said)


def lunar_day_name(day: int) -> str:
    """Return a day of a lunar month in Chinese: 初一 to 初十, 十五, 二十, 廿三, 三十."""
    tens, ones = divmod(day - 1, 10)
    if ones == len(_DIGITS) - 1:
        return ("初十", "二十", "三十")[tens]
    return ("初", "十", "廿")[tens] + _DIGITS[ones]


def check_year(year: int) -> None:
    """Raise Invalid at the field ``year`` for a year whose lunar calendar is not known."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        sentence = lazy(
            "年份须在 %(first)s 到 %(last)s 之间，现在是 %(year)s",
            first=FIRST_YEAR,
            last=LAST_YEAR,
            year=year,
        )
        raise Invalid(fields={"year": sentence})


@lru_cache(KEPT_DAYS)
def days_of_month(year: int, month: int) -> int:
    """Return how many days an ordinary month of a lunar year has: 29 or 30; Invalid for a year out of range."""
    check_year(year)
    from tyme4py.lunar import LunarMonth  # slow import

    return int(LunarMonth.from_ym(year, month).get_day_count())


@lru_cache(KEPT_DAYS)
def solar_day(day: YearlyDay, year: int) -> date:
    """Return the solar day on which a yearly day falls in a year of its own calendar; Invalid for years out of range.

    The last weeks of a lunar year lie in the solar year after it.
    """
    check_year(year)
    if day.calendar == CalendarKind.SOLAR:
        if (day.month, day.day) == LEAP_DAY and not isleap(year):
            return date(year, 2, 28)
        return date(year, day.month, day.day)
    from tyme4py.lunar import LunarDay  # slow import

    there = min(day.day, days_of_month(year, day.month))
    found = LunarDay.from_ymd(year, day.month, there).get_solar_day()
    return date(found.get_year(), found.get_month(), found.get_day())


@lru_cache(KEPT_DAYS)
def yearly_days_on(day: date) -> tuple[YearlyDay, ...]:
    """Return the yearly days that are celebrated on a solar day, leap months left out: what to look for in a table.

    Besides the day itself these are days which this year does not have. Invalid for years out of range.
    """
    check_year(day.year)
    found = [YearlyDay(CalendarKind.SOLAR, day.month, day.day)]
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        found.append(YearlyDay(CalendarKind.SOLAR, *LEAP_DAY))
    from tyme4py.solar import SolarDay  # slow import

    lunar = SolarDay.from_ymd(day.year, day.month, day.day).get_lunar_day()
    month, number = lunar.get_month(), lunar.get_day()
    if month > 0:
        # A leap month is given as a negative number: nobody's birthday is in it, they had it a month before.
        found.append(YearlyDay(CalendarKind.LUNAR, month, number))
        if number < LONGEST_LUNAR_MONTH and number == lunar.get_lunar_month().get_day_count():
            found.append(YearlyDay(CalendarKind.LUNAR, month, LONGEST_LUNAR_MONTH))
    return tuple(found)


def coming_days(first: date, count: int) -> Iterator[tuple[date, tuple[YearlyDay, ...]]]:
    """Yield so many solar days from the first on, each with the yearly days celebrated on it."""
    for number in range(count):
        day = first + timedelta(days=number)
        yield day, yearly_days_on(day)


def next_occurrence(day: YearlyDay, today: date) -> date:
    """Return the first solar day from today on at which a yearly day is celebrated; Invalid past the last year."""
    # The present lunar year may have begun in the solar year before.
    for year in range(today.year - 1, today.year + 2):
        if year >= FIRST_YEAR and (found := solar_day(day, year)) >= today:
            return found
    raise AssertionError("every yearly day comes within a year and a month")

"""The company's clock of working days and hours: deadlines run on it, and "late" is measured on it.

Days off and make-up days are those the State Council announces each autumn, taken from ``chinesecalendar``.
A year that the installed package does not know yet falls back to plain weekdays; ``holidays_known`` tells
which. The company's week and its hours are settings. A make-up day is worked in full, whatever the
company's week.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from itertools import pairwise
from typing import overload

from chinese_calendar import constants

from app.core import clock, settings
from app.core.i18n import LazyText, lazy

FIVE_DAYS = "five"
SIX_DAYS = "six"
SATURDAY_MORNING = "saturday_morning"
WEEKS: tuple[tuple[str, LazyText], ...] = (
    (FIVE_DAYS, lazy("周一至周五")),
    (SATURDAY_MORNING, lazy("周一至周五，周六上午")),
    (SIX_DAYS, lazy("周一至周六")),
)
DEFAULT_HOURS = "08:30-12:00 13:30-17:30"
SATURDAY = 5
NOON = time(12)

# Longer spans than this measure nothing a deadline is about; the bound keeps every count fast.
LONGEST_SPAN = timedelta(days=3_660)
SECONDS_PER_HOUR = 3_600

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")

Span = tuple[time, time]


@lru_cache(maxsize=16)
def parse_hours(text: str) -> tuple[Span, ...]:
    """Read working hours such as ``08:30-12:00 13:30-17:30``; ValueError where they make no day."""
    spans = []
    for part in re.split(r"[\s,，、;；]+", text.strip().translate(str.maketrans("：－–—~～", ":-----"))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise ValueError(part)
        from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
        spans.append((time(from_hour, from_minute), time(to_hour, to_minute)))
    ordered = [moment for span in spans for moment in span]
    if any(earlier >= later for earlier, later in pairwise(ordered)):
        raise ValueError(text)
    return tuple(spans)


def check_hours(value: object) -> LazyText | None:
    """Return the sentence for working hours that cannot be accepted (the check of the setting)."""
    try:
        parse_hours(str(value))
    except ValueError:
        return lazy("请按“08:30-12:00 13:30-17:30”的样式填写，先后相接，不要重叠")
    return None


settings.register(
    settings.Setting(
        "company.week", "choice", FIVE_DAYS, lazy("每周工作日"), section="company", choices=WEEKS
    ),
    settings.Setting(
        "company.working_hours",
        "text",
        DEFAULT_HOURS,
        lazy("每天工作时间"),
        section="company",
        hint=lazy("上报、答复等时限按工作时间计算，节假日和调休按国务院通知"),
        check=check_hours,
    ),
)


def holidays_known(year: int) -> bool:
    """Tell whether the days off and make-up days of a year are known; otherwise weekdays are counted."""
    return year in known_years()


@lru_cache(maxsize=1)
def known_years() -> frozenset[int]:
    """Return the years whose public holidays the installed calendar knows."""
    return frozenset(day.year for day in constants.holidays)


def is_working_day(day: date) -> bool:
    """Tell whether the company works on a day, be it only in the morning."""
    return bool(spans_of(day))


def spans_of(day: date) -> tuple[Span, ...]:
    """Return the working hours of a day in the company's zone, nothing for a day off."""
    return _spans_of(day, settings.get("company.week"), settings.get("company.working_hours"))


def _spans_of(day: date, week: str, hours: str) -> tuple[Span, ...]:
    spans = parse_hours(hours)
    if day in constants.workdays:
        return spans
    if day in constants.holidays or day.weekday() > SATURDAY:
        return ()
    if day.weekday() < SATURDAY or week == SIX_DAYS:
        return spans
    if week == SATURDAY_MORNING:
        return tuple((start, min(end, NOON)) for start, end in spans if start < NOON)
    return ()


def is_working_time(moment: datetime) -> bool:
    """Tell whether the company works at an aware moment, by its hours and holidays."""
    local = clock.to_local(moment)
    return any(start <= local.time() < end for start, end in spans_of(local.date()))


def _working_spans(first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    week, hours = settings.get("company.week"), settings.get("company.working_hours")
    day = first
    while day <= last:
        for start, end in _spans_of(day, week, hours):
            yield clock.from_local(datetime.combine(day, start)), clock.from_local(datetime.combine(day, end))
        if day == date.max:
            return
        day += timedelta(days=1)


def working_hours_between(start: datetime, end: datetime) -> Decimal:
    """Return the working hours from one aware moment to another, to 0.01 hour; 0 where none lie between.

    Of a span longer than ten years the last ten are counted.
    """
    return (Decimal(_working_seconds(start, end)) / SECONDS_PER_HOUR).quantize(Decimal("0.01"))


def _working_seconds(start: datetime, end: datetime) -> int:
    if end <= start:
        return 0
    if end - start > LONGEST_SPAN:
        start = end - LONGEST_SPAN
    worked = timedelta()
    for opens, closes in _working_spans(clock.to_local(start).date(), clock.to_local(end).date()):
        worked += max(min(closes, end) - max(opens, start), timedelta())
    return int(worked.total_seconds())


def add_working_hours(start: datetime, hours: Decimal | int) -> datetime:
    """Return the moment at which so many working hours have passed since an aware moment, aware UTC.

    Raises ValueError for less than none, or for more hours than ten years hold.
    """
    if hours < 0:
        raise ValueError("working hours are added, not taken away")
    left = timedelta(seconds=int((Decimal(hours) * SECONDS_PER_HOUR).to_integral_value(ROUND_CEILING)))
    if not left:
        return start
    first = clock.to_local(start).date()
    for opens, closes in _working_spans(first, first + min(LONGEST_SPAN, date.max - first)):
        begin = max(opens, start)
        if begin >= closes:
            continue
        if closes - begin >= left:
            return begin + left
        left -= closes - begin
    raise ValueError(f"{hours} working hours end in no foreseeable time")


@overload
def add_working_days(start: datetime, days: int) -> datetime: ...


@overload
def add_working_days(start: date, days: int) -> date: ...


def add_working_days(start: date, days: int) -> date:
    """Return the day (or, for an aware moment, the same time of day) so many working days later.

    The first working day after ``start`` is number one. Raises ValueError for less than none or more than ten
    years.
    """
    if days < 0:
        raise ValueError("working days are added, not taken away")
    if isinstance(start, datetime):
        local = clock.to_local(start)
        target = add_working_days(local.date(), days)
        return clock.from_local(datetime.combine(target, local.time()))
    week, hours = settings.get("company.week"), settings.get("company.working_hours")
    day, left = start, int(days)
    while left:
        if day - start >= LONGEST_SPAN or day == date.max:
            raise ValueError(f"{days} working days end in no foreseeable time")
        day += timedelta(days=1)
        left -= bool(_spans_of(day, week, hours))
    return day


def working_days_between(start: date, end: date) -> int:
    """Return how many working days lie after ``start`` up to and with ``end``; less than none where it lies before.

    So many days are left on ``start`` until the day ``end``. Of a span longer than ten years ten are counted.
    """
    if end < start:
        return -working_days_between(end, start)
    week, hours = settings.get("company.week"), settings.get("company.working_hours")
    span = range(1, min((end - start).days, LONGEST_SPAN.days) + 1)
    return sum(bool(_spans_of(start + timedelta(days=each), week, hours)) for each in span)

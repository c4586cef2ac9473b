"""Dates and times as people in the office type them."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from app.core import clock

FIRST_YEAR, LAST_YEAR = 2000, 2100

_RELATIVE = {
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "大后天": 3,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
}
_FULL = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?|(\d{2})(\d{2}))")
_DAY = re.compile(r"(\d{1,2})(?:[-/.](\d{1,2})|月(\d{1,2})[日号]?)")
_TIME = re.compile(
    r"(?P<half>上午|早上|下午|晚上|中午)?\s*"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2})?|点(?:(?P<spoken>\d{1,2})分?|(?P<thirty>半))?)"
)


class OutOfYears(ValueError):
    """The date exists but lies outside 2000–2100."""


def read_date(text: str) -> date:
    """Return the date of a text; one without a year is the nearest to today.

    Raises OutOfYears, and ValueError for anything that is no date.
    """
    text = _plain(text)
    if text.lower() in _RELATIVE:
        return clock.today() + timedelta(days=_RELATIVE[text.lower()])
    full = _FULL.fullmatch(text)
    if full is not None:
        year, month, day = (int(part) for part in full.groups() if part is not None)
        return _in_years(date(year, month, day)) if year else _no_date()
    short = _DAY.fullmatch(text)
    if short is None:
        raise ValueError("no date")
    month, day = (int(part) for part in short.groups() if part is not None)
    return _nearest(month, day)


def read_moment(text: str, *, end_of_day: bool = False) -> datetime:
    """Return the moment of a text in the company's zone as aware UTC.

    A time alone is today's; a date alone is the beginning of that day, or its last minute. Raises as `read_date`.
    """
    text = _plain(text).replace("T", " ")
    found = _TIME.search(text)
    if found is None:
        return clock.from_local(datetime.combine(read_date(text), time(23, 59) if end_of_day else time.min))
    if found.end() != len(text):
        raise ValueError("no moment")
    before = text[: found.start()].strip()
    return clock.from_local(datetime.combine(read_date(before) if before else clock.today(), _time_of(found)))


def _time_of(found: re.Match[str]) -> time:
    hour = int(found["hour"])
    minute = 30 if found["thirty"] else int(found["minute"] or found["spoken"] or 0)
    if found["half"] in ("下午", "晚上") and hour < 12:
        hour += 12
    return time(hour, minute)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).strip()
    # Digits of other scripts match \d but are not what anybody types here.
    if len(text) > 40 or any(character.isdigit() and not character.isascii() for character in text):
        raise ValueError("no date")
    return re.sub(r"\s+", " ", text)


def _no_date() -> date:
    raise ValueError("no date")


def _in_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutOfYears
    return day


def _nearest(month: int, day: int) -> date:
    today = clock.today()
    candidates = []
    for year in range(today.year - 1, today.year + 2):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if not candidates:
        raise ValueError("no date")
    return _in_years(min(candidates, key=lambda found: abs(found - today)))


def read_end(text: str, start: datetime) -> datetime:
    """Return the moment of a text that says until when: a time alone is of the day on which ``start`` lies.

    Raises as `read_date`.
    """
    found = _TIME.fullmatch(_plain(text))
    if found is None:
        return read_moment(text)
    return clock.from_local(datetime.combine(clock.to_local(start).date(), _time_of(found)))

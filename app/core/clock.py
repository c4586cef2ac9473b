"""The one source of time: aware UTC inside, the company's zone at the edge."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"

_clock: ContextVar[Callable[[], datetime] | None] = ContextVar("clock", default=None)
_zone = ZoneInfo(DEFAULT_ZONE)


def now() -> datetime:
    """Return the present moment as an aware UTC datetime (the set clock's, where one is set)."""
    clock = _clock.get()
    return clock() if clock is not None else datetime.now(UTC)


def company_zone() -> ZoneInfo:
    """Return the company's time zone, in which days, weeks and months are cut."""
    return _zone


def set_company_zone(name: str) -> None:
    """Set the company's time zone by its IANA name, once at start; raises ZoneInfoNotFoundError."""
    global _zone
    _zone = ZoneInfo(name)


def today() -> date:
    """Return the calendar date in the company's zone."""
    return to_local(now()).date()


def is_daytime() -> bool:
    """Tell whether people may be reminded now: from eight to six, on days off too."""
    return 8 <= to_local(now()).hour < 18


def to_local(moment: datetime) -> datetime:
    """Return an aware moment in the company's zone; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no place in the company's zone")
    return moment.astimezone(_zone)


def from_local(naive: datetime) -> datetime:
    """Read a wall-clock time of the company's zone and return it as aware UTC."""
    return naive.replace(tzinfo=_zone).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a company day and the first of the next, both aware UTC."""
    start = from_local(datetime.combine(day, time.min))
    return start, from_local(datetime.combine(day + timedelta(days=1), time.min))


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let now() answer one given aware moment inside the block (demo data, tests)."""
    if moment.tzinfo is None:
        raise ValueError("the clock can be set to an aware datetime only")
    fixed = moment.astimezone(UTC)
    token = _clock.set(lambda: fixed)
    try:
        yield
    finally:
        _clock.reset(token)

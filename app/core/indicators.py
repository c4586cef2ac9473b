"""Indicators: how far a rule is kept, told from the records that the work itself leaves behind.

A feature registers an indicator as a SELECT of its cases and two conditions: which of them a period holds to account,
and which of those were kept. From that one description come the figure on the clause, the course over weeks on the
board and the list of exceptions, so that none of them can say anything else than the others. All figures a page needs
are read by one statement, however many indicators and periods it shows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, select, true, union_all
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.selectable import CompoundSelect

from app.core import clock, modules
from app.core.db import UTCDateTime
from app.core.i18n import LazyText
from app.core.prepared import read

WEEKS = 12
KEPT_STATEMENTS = 64

Columns = ReadOnlyColumnCollection[str, Any]
Cases = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Period:
    """A span of time, its end excluded."""

    start: datetime
    end: datetime

    @property
    def days(self) -> tuple[date, date]:
        """The first company day of the span, and the first one after it."""
        return clock.to_local(self.start).date(), clock.to_local(self.end).date()

    @property
    def close(self) -> datetime:
        """The moment as of which a standing is told: the end, or now where the span is not over."""
        return min(self.end, clock.now())

    def closing(self, before: Callable[[], timedelta] = timedelta) -> ColumnElement[Any]:
        """Return the close, or a time ``before`` it, as conditions need it: asked for whenever the statement is sent.

        Statements are kept, and the moment in which one of them was made is over.
        """
        return bindparam(None, callable_=lambda: self.close - before(), type_=UTCDateTime())


@dataclass(frozen=True)
class Figure:
    """How many cases a period holds to account, and how many of them were kept."""

    kept: int
    due: int

    @property
    def exceptions(self) -> int:
        """How many were not kept."""
        return self.due - self.kept

    @property
    def per_mille(self) -> int | None:
        """The share that was kept, in thousandths; None where nothing was due."""
        return 1000 * self.kept // self.due if self.due else None


Condition = Callable[[Columns, Period], ColumnElement[bool]]


@dataclass(frozen=True, eq=False)
class Indicator:
    """A figure that says how far a rule is kept.

    ``meaning`` says in a sentence what is due and when it counts as kept. ``cases`` gives for a span of time the
    SELECT of what may matter in it, with the columns ``case_id``, ``doc_type``, ``doc_id``, ``person_id`` (who it
    concerns by name, or null), ``department_id`` (or null) and ``at`` (a moment or a day), and whatever the conditions
    ``due`` and ``kept`` ask for. ``at_kind`` is date or datetime. Without a ``module`` it is always there.

    All three are asked once for a span of time, and what they return is sent again and again: whatever changes besides
    the span (now, a setting) must be a parameter that is asked for when the statement is sent (``Period.closing``).
    """

    key: str
    label: LazyText
    meaning: LazyText
    module: str | None
    cases: Callable[[Period], Cases]
    due: Condition
    kept: Condition
    at_kind: str = "datetime"

    @property
    def is_shown(self) -> bool:
        """Whether its module is on."""
        return self.module is None or modules.is_on(self.module)

    def compute(self, period: Period) -> Figure:
        """Return the figure of one period."""
        return measure([self.key], [period])[self.key][0]


_registered: dict[str, Indicator] = {}


def register(*indicators: Indicator) -> None:
    """Add the indicators of a feature; a second registration of a key replaces the first."""
    for indicator in indicators:
        _registered[indicator.key] = indicator


def registered() -> list[Indicator]:
    """Return the indicators whose module is on, in order of registration."""
    return [indicator for indicator in _registered.values() if indicator.is_shown]


def find(key: str) -> Indicator | None:
    """Return an indicator by its key; None for an unknown one and for one whose module is off."""
    indicator = _registered.get(key)
    return indicator if indicator is not None and indicator.is_shown else None


# Spans


def this_month() -> Period:
    """Return the calendar month of today: the span a figure stands for unless another one is named."""
    first = clock.today().replace(day=1)
    return span(first, (first + timedelta(days=32)).replace(day=1))


def last_weeks(count: int = WEEKS) -> list[Period]:
    """Return the weeks from Monday to Sunday up to the present one, the oldest first."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    starts = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    return [span(start, start + timedelta(weeks=1)) for start in starts]


def span(first: date, after: date) -> Period:
    """Return the span from the beginning of one company day to that of another."""
    return Period(clock.day_bounds(first)[0], clock.day_bounds(after)[0])


def hull(periods: Sequence[Period]) -> Period:
    """Return the span that holds all of some periods."""
    return Period(min(period.start for period in periods), max(period.end for period in periods))


# Figures and what is behind them


def measure(keys: Iterable[str], periods: Sequence[Period]) -> dict[str, list[Figure]]:
    """Return the figures of indicators, one for each period, by one statement; unknown keys are left out."""
    asked = frozenset(keys)
    wanted = [each for each in _registered.values() if each.key in asked and each.is_shown]
    if not wanted or not periods:
        return {}
    rows = read(counting(tuple(wanted), tuple(periods)))
    return {
        row[0]: [Figure(row[2 + 2 * place], row[1 + 2 * place]) for place in range(len(periods))]
        for row in rows
    }


@lru_cache(KEPT_STATEMENTS)
def counting(wanted: tuple[Indicator, ...], periods: tuple[Period, ...]) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the SELECT of the figures; made once, since making it costs far more than sending it."""
    return union_all(*(_counted(indicator, periods) for indicator in wanted))


def _counted(indicator: Indicator, periods: Sequence[Period]) -> Cases:
    cases = indicator.cases(hull(periods)).subquery()
    counts: list[ColumnElement[int]] = []
    for place, period in enumerate(periods):
        due = indicator.due(cases.c, period)
        kept = and_(due, is_kept(indicator, cases.c, period))
        counts += [
            func.count().filter(due).label(f"due_{place}"),
            func.count().filter(kept).label(f"kept_{place}"),
        ]
    return select(literal(indicator.key).label("key"), *counts).select_from(cases)


def is_kept(indicator: Indicator, columns: Columns, period: Period) -> ColumnElement[bool]:
    """Return the condition that a case was kept, never NULL: what is unknown was not."""
    return func.coalesce(indicator.kept(columns, period), ~true())


def exceptions(indicator: Indicator, period: Period) -> Cases:
    """Return the SELECT of the cases of a period that were not kept: as many as its figure says."""
    cases = indicator.cases(period).subquery()
    return select(cases).where(indicator.due(cases.c, period), ~is_kept(indicator, cases.c, period))


# Conditions that several indicators share


def happened(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what happened in the period; ``at`` is a moment."""
    return and_(columns.at >= period.start, columns.at < period.end)


def happened_on_day(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what happened in the period; ``at`` is a day."""
    first, after = period.days
    return and_(columns.at >= first, columns.at < after)


def was_good(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what its column ``good`` says was."""
    return columns.good == 1

"""What the charts of the figures show, from the same sums as the tables below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from app.core.i18n import CHINESE, current_locale, listed
from app.core.i18n import gettext as _
from app.features.figures import queries
from app.features.figures.lists import FigureList
from app.web import charts, keeping
from app.web.charts import Bar

MOST_BARS = 12
MOST_MONTHS = 24
KEPT_CHARTS = 64
TEN_THOUSAND, HUNDRED_MILLION = 10_000, 100_000_000
THOUSAND, MILLION = 1_000, 1_000_000


@dataclass(frozen=True)
class Chart:
    """A chart with what stands below it."""

    caption: str
    image: Markup


def short_amount(value: Decimal) -> str:
    """Return an amount as it fits over a column: 12.3万, in English 123k."""
    steps = (
        ((HUNDRED_MILLION, "亿"), (TEN_THOUSAND, "万"))
        if current_locale() == CHINESE
        else ((MILLION, "m"), (THOUSAND, "k"))
    )
    for size, unit in steps:
        if value >= size:
            return f"{(value / size).quantize(Decimal('0.1')):f}{unit}"
    return f"{value:.0f}"


def spans(first: date, last: date) -> list[tuple[date, date, str]]:
    """Return the spans of the columns from one month to another: first month, last month, name; years of many."""
    months = []
    month = first
    while month <= last:
        months.append(month)
        month = queries.add_months(month, 1)
    if len(months) <= MOST_MONTHS:
        return [(month, month, f"{month:%y-%m}") for month in months]
    years = sorted({month.year for month in months})
    return [(date(year, 1, 1), date(year, 12, 1), str(year)) for year in years][-MOST_MONTHS:]


def issued(listing: FigureList) -> list[Chart]:
    """Return the charts of quotations issued: how many, of what amount."""
    scope = listing.scope
    # the table on one page holds the sums already
    whole = listing.pages == 1
    found = (
        {row.key: (int(row.counted), row.amount) for row in listing.rows}
        if whole
        else queries.issued_by_month(scope)
    )
    return list(_issued_charts(scope.first, scope.last, tuple(found.items()), current_locale()))


@lru_cache(KEPT_CHARTS)
def _issued_charts(
    first: date, last: date, found: tuple[tuple[date, tuple[int, Decimal]], ...], _locale: str
) -> tuple[Chart, ...]:
    if not found:
        return ()
    counts, amounts = [], []
    # nothing is drawn of the time before the first quotation
    begun = [span for span in spans(first, last) if span[1] >= min(month for month, _sums in found)]
    for begins, ends, name in begun:
        rows = [sums for month, sums in found if begins <= month <= ends]
        count, amount = sum(row[0] for row in rows), sum((row[1] for row in rows), Decimal(0))
        counts.append(Bar(name, Decimal(count), str(count)))
        amounts.append(Bar(name, amount, short_amount(amount) if amount else "0", "ok"))
    return (
        drawn(_("出具报价（份）"), charts.columns, counts, "issued-count"),
        drawn(_("报价含税金额（元）"), charts.columns, amounts, "issued-amount"),
    )


def ranking(listing: FigureList, key: str, caption: str, token: str = "action") -> list[Chart]:  # noqa: S107
    """Return the chart of the first rows of a table: ``key`` is the column whose values are drawn."""
    column = next(column for column in listing.columns if column.key == key)
    named = listing.columns[0]
    values = []
    for row in listing.rows[:MOST_BARS]:
        value = getattr(row, key)
        if value is not None:
            label = listing.cell(row, named).text
            values.append(Bar(label, Decimal(value), bar_text(listing, row, column), token))
    return [drawn(caption, charts.bars, values, key.replace("_", "-"))] if values else []


def bar_text(listing: FigureList, row: Any, column: Any) -> str:
    """Return how a value is written beside its bar; a rate with the numbers it is made of."""
    text = listing.cell(row, column).text
    if column.key == "rate":
        return _("%(rate)s（%(won)s/%(count)s）", rate=text, won=row.won, count=row.counted)
    return text


def drawn(caption: str, draw: Any, values: Sequence[Bar], name: str) -> Chart:
    """Return a chart with its values in words as the description."""
    words = listed(f"{value.label} {value.text}" for value in values)
    return Chart(caption, keeping.once(draw.__name__, draw, caption, words, values, name))

"""The tables of figures: the same numbers as the charts, sorted, exported, printed, each with the way to its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import BigInteger, ColumnElement, Row, Select, case, cast, func, literal, select, type_coerce

from app.core.db import Quantity
from app.core.i18n import LazyText, current_locale, lazy
from app.core.listing import Column, Filter, Listing, parse_day
from app.core.permissions import Actor
from app.features.customers.models import Customer
from app.features.figures import queries
from app.features.figures.enums import (
    BY_LABELS,
    OUTCOME_LABELS,
    OUTCOME_TONES,
    PERIOD_LABELS,
    REASON_LABELS,
    By,
    Kind,
    Period,
)
from app.features.figures.models import NO_PRODUCT, FigureTally
from app.features.figures.queries import Scope, per_mille, summed
from app.features.inquiries.enums import InquiryStatus, Subject
from app.features.people.models import User
from app.features.products.models import Product
from app.web.filters import hours_text

ROWS = "/figures/rows"
PER_MILLE = 10
KEPT_TABLES = 128
WON, LOST = str(InquiryStatus.WON), str(InquiryStatus.LOST)
DIMENSION_OF = {
    By.MONTH: FigureTally.month,
    By.PERSON: FigureTally.owner_id,
    By.CUSTOMER: FigureTally.customer_id,
    By.PRODUCT: FigureTally.product_id,
    By.REASON: FigureTally.reason,
}
HEADS = {
    By.MONTH: lazy("月份"),
    By.PERSON: lazy("业务员"),
    By.CUSTOMER: lazy("客户"),
    By.PRODUCT: lazy("产品"),
    By.REASON: lazy("原因"),
}


@dataclass(frozen=True)
class Table:
    """What a list of figures reads and shows; ``row_id`` tells its rows apart, the dimension they are grouped by."""

    base: Select[Any]
    row_id: Any
    columns: Sequence[Column]


class FigureList(Listing):
    """A list over a scope: what narrows the scope stands in the address like every filter, and counts by itself."""

    def __init__(
        self,
        scope: Scope,
        table: Table,
        filters: Sequence[Filter],
        arguments: Mapping[str, str],
        path: str,
    ) -> None:
        """Open the list; its statements are kept as long as the table is, whose columns are its own."""
        super().__init__(table.base, arguments, path, columns=table.columns, filters=filters)
        self._row_id = table.row_id
        self._kept = self._statements.setdefault(table.base, {})
        self.rows_depend_on = table.base
        self.scope = scope

    def _condition(self, item: Filter) -> ColumnElement[bool] | None:
        """Return no condition for what the scope holds already."""
        return super()._condition(item) if item.column is not None or item.condition is not None else None


class MonthList(FigureList):
    """Rows of months, the latest first."""

    rows_gathered = True
    rows_keep = True
    default_sort = "-key"


class RankedList(FigureList):
    """Rows of people, customers, products or reasons, the most frequent first."""

    rows_gathered = True
    rows_keep = True
    default_sort = "-counted"


# What the address says


def typed(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments with a period in any case: that of chosen days, else the last twelve months."""
    days = any(parse_day(arguments.get(key, "")) for key in ("day_from", "day_to"))
    period = arguments.get("period", "")
    if period not in set(Period):
        period = Period.CUSTOM if days else Period.TWELVE_MONTHS
    return {**arguments, "period": str(period)}


def scope_filters(actor: Actor) -> list[Filter]:
    """Return what narrows a scope; people and departments for those who see colleagues' figures."""
    found = [
        Filter("period", lazy("期间"), options=[(str(code), text) for code, text in PERIOD_LABELS.items()]),
        Filter("day", lazy("自选月份"), kind="date_range"),
    ]
    if queries.sees_others(actor):
        departments = queries.departments(actor)
        if departments:
            found.append(Filter("department", lazy("部门"), options=departments))
        found.append(Filter("owner", lazy("业务员"), options=queries.owners(actor)))
    return found


def scope_of(actor: Actor, filters: Sequence[Filter], arguments: Mapping[str, str]) -> Scope:
    """Return the scope that the address asks for; what the reader may not choose is left out."""
    chosen = {item.key: arguments.get(item.key, "") for item in filters}
    days = [parse_day(arguments.get(f"day_{end}", "")) for end in ("from", "to")]
    first, last = queries.months_of(Period(arguments["period"]), *days)
    people = {
        item.key: int(chosen[item.key])
        for item in filters
        if item.key in ("owner", "department") and chosen[item.key] in {code for code, _text in item.options}
    }
    return Scope(actor, first, last, people.get("owner"), people.get("department"))


def last_day(month: date) -> date:
    """Return the last day of a month."""
    return queries.add_months(month, 1) - timedelta(days=1)


def rows_url(scope: Scope, kind: Kind, **values: Any) -> str:
    """Return the address of the rows that a number of this scope counts, in ``only`` one month of it."""
    month = values.pop("only", None)
    first, last = month or scope.first, month or scope.last
    parts = {
        "kind": str(kind),
        "period": str(Period.CUSTOM),
        "day_from": first.isoformat(),
        "day_to": last_day(last).isoformat(),
        "owner": scope.owner_id,
        "department": scope.department_id,
        **values,
    }
    return f"{ROWS}?{urlencode({key: value for key, value in parts.items() if value not in (None, '')})}"


def chosen_row(by: By, row: Row[Any]) -> dict[str, Any]:
    """Return what leads from a row to what it counts."""
    name = {By.MONTH: "only", By.PERSON: "owner"}.get(by, str(by))
    return {name: row.row_id}


# Columns


def month_text(row: Row[Any]) -> str:
    """Return the month of a row, 2026-11."""
    return f"{row.key:%Y-%m}"


def percent(value: Any) -> str:
    """Return a share in thousandths as percent; nothing is a dash."""
    return "—" if value is None else f"{Decimal(int(value)) / PER_MILLE}%"


def counting(
    key: str, label: LazyText, column: Any, href: Callable[[Row[Any]], str], **values: Any
) -> Column:
    """Return a column of a number that leads to its rows; nothing leads nowhere."""
    return Column(
        key,
        label,
        column,
        "number",
        href=lambda row: href(row) if getattr(row, key) else None,
        total=values.pop("total", True),
        **values,
    )


def first_column(by: By, expression: Any) -> Column:
    """Return the column that says what a row is about."""
    if by == By.MONTH:
        return Column("key", HEADS[by], expression, text=month_text)
    if by == By.PERSON:
        return Column("key", HEADS[by], expression, "person")
    if by == By.REASON:
        return Column("key", HEADS[by], expression, labels=REASON_LABELS)
    return Column("key", HEADS[by], expression)


def grouped(scope: Scope, by: By, kind: Kind, *measures: Any, only: Sequence[str] = ()) -> Any:
    """Return the sums of a scope by a dimension as a subquery with the columns ``key`` and those of ``measures``."""
    dimension = DIMENSION_OF[by]
    statement = select(dimension.label("key"), *measures).where(*queries.in_scope(scope, [kind]))
    if only:
        statement = statement.where(FigureTally.outcome.in_(only))
    # a tally may have come down to nothing again
    return statement.group_by(dimension).having(func.sum(FigureTally.count) > 0).subquery()


def named(by: By, sums: Any) -> tuple[Select[Any], Any]:
    """Return the SELECT over grouped sums with what names the rows, and the SQL of the name."""
    statement = select(sums.c.key)
    if by == By.PERSON:
        return statement.join(User, User.id == sums.c.key), User.name
    if by == By.CUSTOMER:
        return statement.join(Customer, Customer.id == sums.c.key), Customer.name
    if by == By.PRODUCT:
        name = case(
            (sums.c.key == NO_PRODUCT, literal(str(lazy("未关联产品的明细")))),
            else_=func.trim(Product.name.concat(" ").concat(Product.model)),
        )
        return statement.outerjoin(Product, Product.id == sums.c.key), name
    return statement, sums.c.key


def by_filter(choices: Sequence[By]) -> Filter:
    """Return the choice of what the rows are."""
    return Filter("by", lazy("分组"), options=[(str(code), BY_LABELS[code]) for code in choices])


def chosen_by(arguments: Mapping[str, str], choices: Sequence[By]) -> By:
    """Return what the rows are by the address, the first choice where it says nothing known."""
    wanted = arguments.get("by", "")
    return By(wanted) if wanted in {str(code) for code in choices} else choices[0]


# The lists. A table is made once for a scope: making its statements costs more than sending them.


def overview(actor: Actor, asked: Mapping[str, str], path: str) -> FigureList:
    """Return the quotations issued month by month."""
    arguments = typed(asked)
    filters = scope_filters(actor)
    scope = scope_of(actor, filters, arguments)
    return MonthList(scope, overview_table(scope), filters, arguments, path)


@lru_cache(KEPT_TABLES)
def overview_table(scope: Scope) -> Table:
    """Return number and amount of the quotations issued in each month."""
    sums = grouped(
        scope,
        By.MONTH,
        Kind.ISSUED,
        func.sum(FigureTally.count).label("counted"),
        func.sum(FigureTally.amount).label("amount"),
    )
    columns = (
        first_column(By.MONTH, sums.c.key),
        counting(
            "counted",
            lazy("出具报价（份）"),
            sums.c.counted,
            lambda row: rows_url(scope, Kind.ISSUED, only=row.row_id),
        ),
        Column("amount", lazy("含税金额（元）"), sums.c.amount, "money", total=True),
    )
    return Table(select(sums.c.key), sums.c.key, columns)


RESULT_CHOICES = (By.PERSON, By.CUSTOMER, By.PRODUCT, By.REASON, By.MONTH)


def results(actor: Actor, asked: Mapping[str, str], path: str) -> FigureList:
    """Return won and lost inquiries by person, customer, product or month, or the reasons of the others."""
    arguments = typed(asked)
    by = chosen_by(arguments, RESULT_CHOICES)
    filters = [by_filter(RESULT_CHOICES), *scope_filters(actor)]
    scope = scope_of(actor, filters, arguments)
    arguments["by"] = str(by)
    if by == By.REASON:
        return RankedList(scope, reasons_table(scope), filters, arguments, path)
    return list_by(by)(scope, results_table(scope, by, current_locale()), filters, arguments, path)


def list_by(by: By) -> type[FigureList]:
    """Return how rows of a dimension are ordered: months by time, all others by their number."""
    return MonthList if by == By.MONTH else RankedList


@lru_cache(KEPT_TABLES)
def results_table(scope: Scope, by: By, locale: str) -> Table:
    """Return won and lost by a dimension, rows that stand for no product named in a language."""
    kind = Kind.RESULT_PRODUCT if by == By.PRODUCT else Kind.RESULT
    sums = grouped(
        scope,
        by,
        kind,
        summed(FigureTally.count, WON).label("won"),
        summed(FigureTally.count, LOST).label("lost"),
        func.sum(FigureTally.count).label("counted"),
        summed(FigureTally.amount, WON).label("won_amount"),
        summed(FigureTally.amount, LOST).label("lost_amount"),
        only=(WON, LOST),
    )
    base, name = named(by, sums)
    ways = {
        outcome: lambda row, outcome=outcome: rows_url(scope, kind, outcome=outcome, **chosen_row(by, row))
        for outcome in (WON, LOST)
    }
    # one inquiry stands under each of its products: their sum would count it several times
    total = by != By.PRODUCT
    columns = (
        first_column(by, name),
        counting("won", lazy("成交"), sums.c.won, ways[WON], total=total),
        counting("lost", lazy("未成交"), sums.c.lost, ways[LOST], total=total),
        Column("counted", lazy("合计"), sums.c.counted, "number", total=total),
        Column(
            "rate",
            lazy("成交率"),
            per_mille(sums.c.won, sums.c.counted),
            "number",
            text=lambda row: percent(row.rate),
        ),
        Column("won_amount", lazy("成交金额（元）"), sums.c.won_amount, "money", total=True),
        Column("lost_amount", lazy("未成交报价金额（元）"), sums.c.lost_amount, "money", total=True),
    )
    return Table(base, sums.c.key, columns)


@lru_cache(KEPT_TABLES)
def reasons_table(scope: Scope) -> Table:
    """Return why inquiries were not won, the most frequent reason first."""
    sums = grouped(
        scope,
        By.REASON,
        Kind.RESULT,
        func.min(FigureTally.outcome).label("outcome"),
        func.sum(FigureTally.count).label("counted"),
        func.sum(FigureTally.amount).label("amount"),
        only=[code for code in OUTCOME_LABELS if code != WON],
    )

    def way(row: Row[Any]) -> str:
        return rows_url(scope, Kind.RESULT, reason=row.row_id)

    columns = (
        first_column(By.REASON, sums.c.key),
        Column("outcome", lazy("结果"), sums.c.outcome, "status", labels=OUTCOME_LABELS, tones=OUTCOME_TONES),
        counting("counted", lazy("询价（份）"), sums.c.counted, way),
        Column("amount", lazy("已报价金额（元）"), sums.c.amount, "money", total=True),
    )
    return Table(select(sums.c.key), sums.c.key, columns)


REPORT_CHOICES = (By.MONTH, By.PERSON, By.CUSTOMER)


def reporting(actor: Actor, asked: Mapping[str, str], path: str) -> FigureList:
    """Return how long reporting to the manager took, in working hours, and how much of it was late."""
    arguments = typed(asked)
    by = chosen_by(arguments, REPORT_CHOICES)
    filters = [by_filter(REPORT_CHOICES), *scope_filters(actor)]
    scope = scope_of(actor, filters, arguments)
    arguments["by"] = str(by)
    return list_by(by)(scope, reporting_table(scope, by), filters, arguments, path)


@lru_cache(KEPT_TABLES)
def reporting_table(scope: Scope, by: By) -> Table:
    """Return how many inquiries were reported, how many of them late, and after how long, by a dimension."""

    def way(row: Row[Any], **values: Any) -> str:
        return rows_url(scope, Kind.REPORTED, **chosen_row(by, row), **values)

    sums = grouped(
        scope,
        by,
        Kind.REPORTED,
        func.sum(FigureTally.count).label("counted"),
        func.sum(FigureTally.late).label("late"),
        mean_hours().label("hours"),
    )
    base, name = named(by, sums)
    columns = (
        first_column(by, name),
        counting("counted", lazy("上报（份）"), sums.c.counted, way),
        counting("late", lazy("迟报（份）"), sums.c.late, partial(way, late="1")),
        Column(
            "late_share",
            lazy("迟报率"),
            per_mille(sums.c.late, sums.c.counted),
            "number",
            text=lambda row: percent(row.late_share),
        ),
        Column(
            "hours",
            lazy("平均用时（工作小时）"),
            sums.c.hours,
            "number",
            shown_by=lambda row: hours_text(row.hours),
        ),
    )
    return Table(base, sums.c.key, columns)


def mean_hours() -> Any:
    """Return the SQL of the mean hours of a group, to a thousandth."""
    mean = cast(func.sum(FigureTally.hours), BigInteger) / cast(func.sum(FigureTally.count), BigInteger)
    return type_coerce(mean, Quantity())


def answers(actor: Actor, asked: Mapping[str, str], path: str) -> FigureList:
    """Return how many answers the technical and purchasing departments gave month by month, and how many in time."""
    arguments = typed(asked)
    filters = scope_filters(actor)
    scope = scope_of(actor, filters, arguments)
    return MonthList(scope, answers_table(scope), filters, arguments, path)


@lru_cache(KEPT_TABLES)
def answers_table(scope: Scope) -> Table:
    """Return the answers of both departments by month."""
    subjects = (Subject.TECHNICAL, Subject.PURCHASING)
    sums = grouped(
        scope,
        By.MONTH,
        Kind.ANSWERED,
        *(summed(FigureTally.count, subject).label(str(subject)) for subject in subjects),
        *(summed(FigureTally.late, subject).label(f"{subject}_late") for subject in subjects),
    )
    columns = [first_column(By.MONTH, sums.c.key)]
    heads = {
        Subject.TECHNICAL: (lazy("技术答复（项）"), lazy("技术逾期（项）"), lazy("技术按时率")),
        Subject.PURCHASING: (lazy("采购答复（项）"), lazy("采购逾期（项）"), lazy("采购按时率")),
    }
    for subject in subjects:
        columns += answer_columns(scope, sums, str(subject), heads[subject])
    return Table(select(sums.c.key), sums.c.key, columns)


def answer_columns(
    scope: Scope, sums: Any, subject: str, heads: tuple[LazyText, LazyText, LazyText]
) -> list[Column]:
    """Return the columns of one department's answers: all, late ones, the share in time."""
    given, late = sums.c[subject], sums.c[f"{subject}_late"]
    rate = f"{subject}_rate"

    def all_of(row: Row[Any]) -> str:
        return rows_url(scope, Kind.ANSWERED, outcome=subject, only=row.row_id)

    def late_of(row: Row[Any]) -> str:
        return rows_url(scope, Kind.ANSWERED, outcome=subject, late="1", only=row.row_id)

    return [
        counting(subject, heads[0], given, all_of),
        counting(f"{subject}_late", heads[1], late, late_of),
        Column(
            rate,
            heads[2],
            per_mille(given - late, given),
            "number",
            text=lambda row: percent(getattr(row, rate)),
        ),
    ]

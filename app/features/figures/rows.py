"""The rows behind a number of the figures, each with its document."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, case, select

from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import Column, Filter
from app.core.permissions import Actor
from app.features.customers.models import Customer
from app.features.figures import queries
from app.features.figures.enums import KIND_LABELS, OUTCOME_LABELS, REASON_LABELS, Kind
from app.features.figures.lists import LOST, FigureList, Table, scope_filters, scope_of, typed
from app.features.figures.models import NO_PRODUCT, FigureFact
from app.features.inquiries.enums import SUBJECT_LABELS
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.quotations.models import QuotationRevision
from app.web.filters import hours_text

OUTCOMES = OUTCOME_LABELS | {str(code): label for code, label in SUBJECT_LABELS.items()}
LONGEST_ID = 9


class FactList(FigureList):
    """The rows behind a number, the latest first."""

    default_sort = "-day"


def late_condition(value: str) -> ColumnElement[bool]:
    """Return the condition of the filter on being late."""
    return FigureFact.late == int(value)


def fact_filters(actor: Actor, arguments: Mapping[str, str]) -> list[Filter]:
    """Return what chooses rows: the number's own dimensions besides the scope."""
    found = [
        Filter(
            "kind",
            lazy("统计项"),
            FigureFact.kind,
            options=[(str(k), text) for k, text in KIND_LABELS.items()],
        ),
        Filter("outcome", lazy("结果"), FigureFact.outcome, options=list(OUTCOMES.items())),
        Filter("reason", lazy("原因"), FigureFact.reason, options=list(REASON_LABELS.items())),
        Filter(
            "late", lazy("逾期"), options=[("1", lazy("是")), ("0", lazy("否"))], condition=late_condition
        ),
    ]
    customer, product = (arguments.get(key, "") for key in ("customer", "product"))
    if is_number(customer):
        options = queries.customer_option(actor, int(customer))
        found.append(Filter("customer", lazy("客户"), FigureFact.customer_id, options=options))
    if is_number(product):
        options = queries.product_option(int(product)) or [(str(NO_PRODUCT), str(lazy("未关联产品的明细")))]
        found.append(Filter("product", lazy("产品"), FigureFact.product_id, options=options))
    return [
        replace(item, condition=equals(item.column)) if item.key in ("customer", "product") else item
        for item in found
    ]


def is_number(text: str) -> bool:
    """Tell whether an address says an id."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID


def equals(column: Any) -> Callable[[str], ColumnElement[bool]]:
    """Return the condition of an id."""
    return lambda value: column == int(value)


def counts_paper(row: Row[Any]) -> bool:
    """Tell whether a row is about a quotation; all others are about the inquiry."""
    return row.kind in (Kind.ISSUED, Kind.ISSUED_PRODUCT) and row.quotation_id is not None


def document_text(row: Row[Any]) -> str:
    """Return the number of the document a row comes from, with the line where it is about one."""
    number = (row.quotation_number if counts_paper(row) else row.number) or _("未编号")
    return (
        _("%(number)s 第 %(position)s 项", number=number, position=row.position) if row.position else number
    )


def document_url(row: Row[Any]) -> str:
    """Return the address of the document a row comes from."""
    if counts_paper(row):
        return f"/quotations/{row.quotation_id}/r/{row.revision}"
    return f"/inquiries/{row.inquiry_id}"


FACT_COLUMNS = (
    Column("number", lazy("单据"), Inquiry.number, "link", text=document_text, href=document_url),
    Column("kind", lazy("统计项"), FigureFact.kind, labels={str(k): text for k, text in KIND_LABELS.items()}),
    Column("day", lazy("日期"), FigureFact.day, "date"),
    Column("customer", lazy("客户"), Customer.name),
    Column("owner", lazy("业务员"), User.name, "person"),
    Column("outcome", lazy("结果"), FigureFact.outcome, labels=OUTCOMES),
    Column("reason", lazy("原因"), FigureFact.reason, labels=REASON_LABELS),
    Column(
        "words",
        lazy("原因说明"),
        case((FigureFact.outcome == LOST, Inquiry.lost_reason), else_=""),
        sortable=False,
    ),
    Column("late", lazy("逾期"), FigureFact.late, labels={"1": lazy("是"), "0": lazy("否")}),
    Column(
        "hours", lazy("用时（小时）"), FigureFact.hours, "number", shown_by=lambda row: hours_text(row.hours)
    ),
    Column("amount", lazy("含税金额（元）"), FigureFact.amount, "money", total=True),
    Column("position", "", FigureFact.position, hidden=True, sortable=False),
    Column("inquiry_id", "", FigureFact.inquiry_id, hidden=True, sortable=False),
    Column("quotation_id", "", QuotationRevision.quotation_id, hidden=True, sortable=False),
    Column("revision", "", QuotationRevision.revision, hidden=True, sortable=False),
    Column("quotation_number", "", QuotationRevision.number, hidden=True, sortable=False),
)
# What each kind of fact has nothing to say in.
EMPTY_COLUMNS = {
    Kind.ISSUED: {"outcome", "reason", "words", "late", "hours"},
    Kind.ISSUED_PRODUCT: {"outcome", "reason", "words", "late", "hours"},
    Kind.RESULT: {"late", "hours"},
    Kind.RESULT_PRODUCT: {"late", "hours"},
    Kind.REPORTED: {"outcome", "reason", "words", "amount"},
    Kind.ANSWERED: {"reason", "words", "amount"},
}


def rows_behind(actor: Actor, asked: Mapping[str, str], path: str) -> FigureList:
    """Return the rows that a number counts."""
    arguments = typed(asked)
    if arguments.get("kind") not in set(Kind):
        arguments["kind"] = str(Kind.ISSUED)
    kind = Kind(arguments["kind"])
    scoped = scope_filters(actor)
    scope = scope_of(actor, scoped, arguments)
    base = (
        select(FigureFact.id)
        .join(Inquiry, Inquiry.id == FigureFact.inquiry_id)
        .join(Customer, Customer.id == FigureFact.customer_id)
        .join(User, User.id == FigureFact.owner_id)
        .outerjoin(QuotationRevision, QuotationRevision.id == FigureFact.revision_id)
        .where(*queries.in_scope(scope, [kind], FigureFact))
    )
    left_out = EMPTY_COLUMNS[kind] | {"kind"}
    columns = [
        replace(
            column,
            hidden=column.hidden or column.key in left_out,
            total=column.total and column.key not in left_out,
        )
        for column in FACT_COLUMNS
    ]
    filters = [*fact_filters(actor, arguments), *scoped]
    return FactList(scope, Table(base, FigureFact.id, columns), filters, arguments, path)

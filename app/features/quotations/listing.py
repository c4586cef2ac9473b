"""The list of quotations: the current revision of each, its state as the reader sees it today."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, and_, func, not_

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.customers.models import Customer
from app.features.people.models import User
from app.features.quotations import queries, secrecy
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.flow import FLOW
from app.features.quotations.models import EXPIRED, Quotation, QuotationRevision
from app.web import filters

STATES = {str(state.code): state.label for state in FLOW.states} | {EXPIRED: lazy("已过有效期")}
TONES = {str(state.code): state.tone for state in FLOW.states} | {EXPIRED: "bad"}


def address_of(row: Row[Any]) -> str:
    """Return the address of a row's quotation."""
    return f"/quotations/{row.quotation_id}/r/{row.revision}"


def state_condition(code: str) -> Any:
    """Return the condition of a chosen state as it is shown: what has expired is no longer told as issued."""
    if code == EXPIRED:
        return QuotationRevision.expired
    if code == QuotationStatus.ISSUED:
        return and_(QuotationRevision.status == code, not_(QuotationRevision.expired))
    return QuotationRevision.status == code


class QuotationList(Listing):
    """Columns, filters and order of the list."""

    rows_keep = True
    columns = (
        Column(
            "number",
            lazy("编号"),
            QuotationRevision.number,
            kind="link",
            href=address_of,
            text=lambda row: row.number or str(lazy("未编号")),
        ),
        Column("customer", lazy("客户"), Customer.name),
        Column("project", lazy("项目或对方编号"), QuotationRevision.project),
        Column("total", lazy("含税合计"), QuotationRevision.total, kind="money", total=True),
        Column(
            "status",
            lazy("状态"),
            QuotationRevision.shown_status,
            kind="status",
            labels=STATES,
            tones=TONES,
            sort_by=QuotationRevision.status,
        ),
        Column("valid_until", lazy("有效期至"), QuotationRevision.valid_until, kind="date"),
        Column("owner", lazy("业务员"), User.name, kind="person"),
        Column("created_at", lazy("编制日期"), QuotationRevision.created_at, kind="datetime"),
        Column("quotation_id", "", QuotationRevision.quotation_id, hidden=True, sortable=False),
        Column("revision", "", QuotationRevision.revision, hidden=True, sortable=False),
    )
    filters = (
        Filter(
            "status",
            lazy("状态"),
            # the list holds current revisions, and none of them is superseded
            options=tuple(
                (code, label) for code, label in STATES.items() if code != QuotationStatus.SUPERSEDED
            ),
            condition=state_condition,
        ),
        Filter("created_at", lazy("编制日期"), QuotationRevision.created_at, kind="date_range"),
        Filter("valid_until", lazy("有效期至"), QuotationRevision.valid_until, kind="date_range"),
    )
    searched = (
        QuotationRevision.number,
        Customer.name,
        Customer.short_name,
        QuotationRevision.project,
        User.name,
    )
    default_sort = "-created_at"
    row_id = QuotationRevision.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list as this reader sees it: without the totals of sealed bids they may not know yet."""
        columns = with_secrets(self.columns, actor) if secrecy.hides_some(actor) else None
        counted = current_of(queries.visible_to(actor))
        super().__init__(base(actor), arguments, path, columns=columns, counted=counted)


def with_secrets(columns: Sequence[Column], actor: Actor) -> list[Column]:
    """Return the columns with a total that is kept back where the actor may not know it.

    What is kept back is sorted below everything else, whatever it is, and enters no sum.
    """
    return [
        replace(
            column,
            expression=secrecy.price_or_nothing(actor, column.expression),
            sort_by=func.coalesce(secrecy.price_or_nothing(actor, column.expression), -1),
            shown_by=total_shown,
        )
        if column.key == "total"
        else column
        for column in columns
    ]


def total_shown(row: Row[Any]) -> str:
    """Return a total as pages show it, or that it is kept secret until the opening."""
    return str(secrecy.SEALED) if row.total is None else filters.amount_text(row.total)


def base(actor: Actor) -> Select[Any]:
    """Return the SELECT of the current revisions an actor may see, joined with what the columns need."""
    return base_where(queries.visible_to(actor))


@lru_cache(256)
def current_of(visible: Select[Any]) -> Select[Any]:
    """Return the SELECT of the current ones among the revisions of a SELECT."""
    return visible.where(QuotationRevision.current.is_(True))


@lru_cache(256)
def base_where(visible: Select[Any]) -> Select[Any]:
    """Return the SELECT itself, one and the same for one and the same visibility."""
    return (
        current_of(visible)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .join(User, User.id == QuotationRevision.owner_id)
    )

"""The list of negotiations: who talked with whom, what was asked, what the manager said, what comes next."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, or_

from app.core.i18n import gettext as _
from app.core.i18n import lazy, listed
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor, can, directory
from app.features.customers.models import Customer
from app.features.people.models import User
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.models import Quotation, QuotationRevision
from app.features.quotations.negotiation import queries
from app.features.quotations.negotiation.enums import OUTSIDE_LABELS, OutsideTerm
from app.features.quotations.negotiation.flow import FLOW
from app.features.quotations.negotiation.models import Negotiation

STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}
ANY_TERM = "any"
SHOWN_CHARACTERS = 60


def address_of(row: Row[Any]) -> str:
    """Return the address of a row's negotiation."""
    return f"/quotations/negotiations/{row.row_id}"


def shortened(text: str) -> str:
    """Return a text cut for a cell; exports keep the whole."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[:SHOWN_CHARACTERS]}…"


def outside_text(row: Row[Any]) -> str:
    """Return what lies outside the normal terms, in words."""
    terms = [term for term in OutsideTerm if getattr(row, f"outside_{term}")]
    return listed(str(OUTSIDE_LABELS[term]) for term in terms)


def outside_condition(value: str) -> Any:
    """Return the condition of the filter on terms outside the normal ones."""
    columns = {str(term): getattr(Negotiation, f"outside_{term}") for term in OutsideTerm}
    if value == ANY_TERM:
        return or_(*(column.is_(True) for column in columns.values()))
    return columns[value].is_(True)


COLUMNS = (
    Column("held_at", lazy("谈判时间"), Negotiation.held_at, kind="datetime"),
    Column(
        "number",
        lazy("报价"),
        QuotationRevision.number,
        kind="link",
        href=address_of,
        text=lambda row: row.number or _("未编号"),
    ),
    Column("customer", lazy("客户"), Customer.name),
    Column("counterpart", lazy("与谁谈"), Negotiation.counterpart, below="customer"),
    Column("asked", lazy("客户提出"), Negotiation.asked, shown_by=lambda row: shortened(row.asked)),
    Column("offered", lazy("我方答应"), Negotiation.offered, shown_by=lambda row: shortened(row.offered)),
    Column(
        "outside",
        lazy("超出正常条款"),
        Negotiation.outside_payment,
        text=outside_text,
        sortable=False,
        below="offered",
    ),
    Column("status", lazy("状态"), Negotiation.status, kind="status", labels=STATES, tones=TONES),
    Column("next_step", lazy("下一步"), Negotiation.next_step, shown_by=lambda row: shortened(row.next_step)),
    Column("next_on", lazy("下一步日期"), Negotiation.next_on, kind="date", below="next_step"),
    Column("owner", lazy("业务员"), User.name, kind="person"),
    *(
        Column(f"outside_{term}", "", getattr(Negotiation, f"outside_{term}"), hidden=True, sortable=False)
        for term in OutsideTerm
    ),
)


class NegotiationList(Listing):
    """The negotiations an actor may see, the latest first."""

    columns = COLUMNS
    filters = (
        Filter("status", lazy("状态"), Negotiation.status, options=tuple(STATES.items())),
        Filter(
            "outside",
            lazy("超出正常条款"),
            options=((ANY_TERM, lazy("任何一项")), *((str(k), v) for k, v in OUTSIDE_LABELS.items())),
            condition=outside_condition,
        ),
        Filter("held_at", lazy("谈判时间"), Negotiation.held_at, kind="date_range"),
        Filter("next_on", lazy("下一步日期"), Negotiation.next_on, kind="date_range"),
    )
    searched = (
        QuotationRevision.number,
        Customer.name,
        Customer.short_name,
        Negotiation.counterpart,
        Negotiation.asked,
        Negotiation.offered,
        Negotiation.next_step,
        User.name,
    )
    default_sort = "-held_at"
    row_id = Negotiation.id


def filters_for(actor: Actor) -> tuple[Filter, ...] | None:
    """Return the filters with that of the salesperson, for those who see colleagues' quotations; else None."""
    if not can(actor, QuotationPerm.VIEW_ALL):
        return None
    sellers = directory().holders(str(QuotationPerm.PREPARE), None)
    people = tuple((str(person.id), person.name) for person in sellers)
    owner = Filter("owner", lazy("业务员"), Negotiation.owner_id, kind="person", options=people)
    return (owner, *NegotiationList.filters)


def base(actor: Actor) -> Select[Any]:
    """Return the SELECT of the negotiations an actor may see, joined with what the columns need."""
    return base_where(queries.visible_to(actor))


@lru_cache(256)
def base_where(visible: Select[Any]) -> Select[Any]:
    """Return the SELECT itself, one and the same for one and the same visibility."""
    return (
        visible.join(Quotation, Quotation.id == Negotiation.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .join(User, User.id == Negotiation.owner_id)
    )

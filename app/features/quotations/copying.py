"""Taking over from an earlier quotation: its terms, its lines, or the whole of it into another inquiry's quotation."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, select

from app.core import prepared
from app.core.db import session
from app.core.errors import Conflict, Denied, NotVisible
from app.core.i18n import lazy
from app.core.listing import matches_words
from app.core.permissions import Actor
from app.features.customers.models import Customer
from app.features.inquiries.enums import InquiryStatus
from app.features.inquiries.models import Inquiry
from app.features.quotations import actions, matching
from app.features.quotations.actions import LineInput
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.models import Quotation, QuotationRevision
from app.features.quotations.queries import of_inquiry, visible_to
from app.features.quotations.secrecy import prices_visible, require_prices
from app.features.quotations.terms.models import TERM_FIELDS

MOST_CANDIDATES = 12
# What an earlier line tells of a line that stands there already; quantity and question are the new customer's own.
FILLED = ("brand", "model", "spec", "unit", "unit_price", "tax_rate", "lead_time_days", "note")
OVER = (QuotationStatus.VOID, QuotationStatus.LOST)


def copyable(actor: Actor) -> Select[QuotationRevision]:
    """Return the SELECT of the revisions an actor may copy from: those whose prices they may know."""
    return _copyable(visible_to(actor), prices_visible(actor))


@lru_cache(512)
def _copyable(visible: Select[QuotationRevision], priced: ColumnElement[bool]) -> Select[QuotationRevision]:
    return visible.where(priced)


def candidates(actor: Actor, revision: QuotationRevision, words: str) -> Sequence[Any]:
    """Return earlier quotations an actor may copy from: those that match the words, else the same customer's first."""
    statement = _candidates(copyable(actor))
    values = {"of_quotation": revision.quotation_id, "of_customer": revision.quotation.customer_id}
    if not words.strip():
        return prepared.read(statement, values)
    searched = (QuotationRevision.number, Customer.name, Customer.short_name, QuotationRevision.project)
    return prepared.read_once(statement.where(matches_words(words, searched)), values)


@lru_cache(512)
def _candidates(copied: Select[QuotationRevision]) -> Select[*tuple[Any, ...]]:
    same = case((Quotation.customer_id == bindparam("of_customer", type_=Integer), 0), else_=1)
    return (
        copied.join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .where(
            QuotationRevision.quotation_id != bindparam("of_quotation", type_=Integer),
            QuotationRevision.current.is_(True),
        )
        .order_by(same, QuotationRevision.created_at.desc(), QuotationRevision.id.desc())
        .limit(MOST_CANDIDATES)
        .with_only_columns(
            QuotationRevision.id,
            QuotationRevision.number,
            QuotationRevision.total,
            QuotationRevision.created_at,
            Customer.short_name,
            Customer.name,
            maintain_column_froms=True,
        )
    )


def source(actor: Actor, revision_id: int) -> QuotationRevision:
    """Return a revision an actor may copy from; raises NotVisible."""
    row = (
        session.execute(copyable(actor).where(QuotationRevision.id == revision_id))
        .unique()
        .scalar_one_or_none()
    )
    if row is None:
        raise NotVisible
    return row


def terms_of(earlier: QuotationRevision, customer_id: int) -> dict[str, Any]:
    """Return the terms to take over; the place of delivery only where the customer is the same."""
    fields = [
        name
        for name in TERM_FIELDS
        if name != "delivery_place" or earlier.quotation.customer_id == customer_id
    ]
    return {name: getattr(earlier, name) for name in fields}


def taken(line: Any) -> LineInput:
    """Return a line of an earlier quotation as one of its own: without its inquiry, its mark and its excuse."""
    values = {name: getattr(line, name) for name in actions.LINE_FIELDS}
    return LineInput(**{**values, "origin": "", "inquiry_line_id": None, "floor_reason": ""})


def same_product(line: Any) -> Any:
    """Return the product of a line, None for what is in no price list."""
    return line.product_id


def matched(present: Sequence[Any], earlier: Sequence[Any]) -> dict[int, int]:
    """Return which earlier line (place) tells of which present one (place): by product, then by model and name."""
    return dict(matching.pairs(earlier, present, (same_product, matching.by_model_and_name)))


def merged(present: Sequence[LineInput], earlier: Sequence[Any]) -> list[LineInput]:
    """Return the present lines with their gaps filled from the earlier ones, and the others behind them.

    Nothing that stands there is overwritten.
    """
    lines = [taken(line) for line in earlier]
    partners = matched(present, lines)
    found = list(present)
    for old, new in partners.items():
        gaps = {
            name: getattr(lines[old], name)
            for name in FILLED
            if getattr(found[new], name) in ("", None) and getattr(lines[old], name) not in ("", None)
        }
        found[new] = replace(found[new], **gaps)
    return found + [line for place, line in enumerate(lines) if place not in partners]


def open_inquiries(actor: Actor, earlier: QuotationRevision) -> list[Inquiry]:
    """Return the actor's own inquiries in 编制报价 into whose quotation an earlier one may be copied."""
    statement = (
        select(Inquiry)
        .where(
            Inquiry.owner_id == actor.id,
            Inquiry.status == InquiryStatus.QUOTING,
            Inquiry.id != earlier.quotation.inquiry_id,
        )
        .order_by(Inquiry.id.desc())
        .limit(50)
    )
    return list(session.execute(statement).unique().scalars())


def copy_to_inquiry(earlier: QuotationRevision, inquiry: Inquiry, *, actor: Actor) -> QuotationRevision:
    """Copy lines and terms of a quotation into the draft of another inquiry, made where it has none; return the draft.

    Raises Denied for another's inquiry or an unopened bid, Conflict where it is not in 编制报价 or its quotation is
    no draft any more.
    """
    if inquiry.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("复制报价"), who=inquiry.owner.name)
    require_prices(earlier, actor)
    if inquiry.status != InquiryStatus.QUOTING:
        raise Conflict("quotation:inquiry-not-quoting")
    alive = [row for row in of_inquiry(inquiry.id, actor) if row.status not in OVER]
    target = alive[-1] if alive else actions.create_from_inquiry(inquiry, actor=actor)
    if target.status not in actions.EDITABLE:
        raise Conflict("quotation:not-editable", state=actions.FLOW.state(target.status).label)
    head = {name: getattr(target, name) for name in actions.HEAD_FIELDS}
    present = [
        LineInput(**{name: getattr(line, name) for name in actions.LINE_FIELDS}) for line in target.lines
    ]
    actions.edit(
        target,
        actor=actor,
        version=target.version,
        head={**head, **terms_of(earlier, inquiry.customer_id)},
        lines=merged(present, earlier.lines),
    )
    return target

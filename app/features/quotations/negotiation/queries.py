"""Who sees which negotiation (as the quotation), and which of them still waits for the manager."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, lazyload

from app.core.db import one_visible, session, writing
from app.core.permissions import Actor
from app.features.customers.models import Customer
from app.features.inquiries.models import Inquiry
from app.features.quotations.models import Quotation, QuotationRevision
from app.features.quotations.negotiation.enums import NegotiationStatus
from app.features.quotations.negotiation.models import Negotiation
from app.features.quotations.queries import visible_condition
from app.features.quotations.secrecy import prices_visible

# With what its own page shows: number and customer of the quotation, neither its lines nor the inquiry's.
WHOLE = (
    joinedload(Negotiation.quotation).options(
        joinedload(Quotation.customer), joinedload(Quotation.inquiry).lazyload(Inquiry.lines)
    ),
    joinedload(Negotiation.revision).options(
        lazyload(QuotationRevision.lines),
        lazyload(QuotationRevision.issued_files),
        lazyload(QuotationRevision.quotation),
        lazyload(QuotationRevision.legal_entity),
    ),
)


def visible_to(actor: Actor) -> Select[Negotiation]:
    """Return the SELECT of the negotiations about quotations whose prices an actor may know."""
    return (
        select(Negotiation)
        .join(QuotationRevision, QuotationRevision.id == Negotiation.revision_id)
        .where(visible_condition(actor), prices_visible(actor))
    )


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the negotiations an actor may see."""
    return visible_to(actor).with_only_columns(Negotiation.id)


def get(actor: Actor, negotiation_id: int) -> Negotiation:
    """Return a negotiation the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(Negotiation.id == negotiation_id).options(*WHOLE)
    return one_visible(statement)


def of_quotation(quotation: Quotation) -> list[Negotiation]:
    """Return the negotiations of a quotation, the latest first; read again while something is being written."""
    if writing.get():
        session.flush()
        session.refresh(quotation, attribute_names=["negotiations"])
    return list(quotation.negotiations)


def waiting_in(quotation: Quotation) -> Negotiation | None:
    """Return the oldest negotiation of a quotation that waits for the manager's word, None where none does."""
    waiting = [row for row in of_quotation(quotation) if row.status == NegotiationStatus.WAITING]
    return waiting[-1] if waiting else None


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and customer of the quotations behind negotiations, for tasks and notices (never a price)."""
    statement = (
        select(Negotiation.id, QuotationRevision.number, Customer.short_name, Customer.name)
        .join(QuotationRevision, QuotationRevision.id == Negotiation.revision_id)
        .join(Quotation, Quotation.id == Negotiation.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .where(Negotiation.id.in_(ids))
    )
    return {
        row.id: f"{row.number or ''} {row.short_name or row.name}".strip()
        for row in session.execute(statement)
    }

"""How a quotation stands for a request of a wet seal: only paper that was issued is stamped, as it was issued."""

from sqlalchemy import func, select

from app.core.db import session
from app.core.permissions import Actor
from app.features.customers.models import Customer
from app.features.quotations import secrecy
from app.features.quotations.enums import FileForm, QuotationStatus
from app.features.quotations.models import BidFile, IssuedFile, Quotation, QuotationRevision
from app.features.seals.enums import PaperKind
from app.features.seals.sources import Sealable

SEALABLE = (QuotationStatus.ISSUED, QuotationStatus.ACCEPT_CLAIMED, QuotationStatus.ACCEPTED)


def paper_is_secret(actor: Actor, revision_id: int) -> bool:
    """Tell whether the stamped paper of a revision would tell an actor a price they may not know yet."""
    revision = session.get(QuotationRevision, revision_id)
    return revision is not None and not secrecy.sees_prices(revision, actor)


def sealable(revision_id: int) -> Sealable | None:
    """Return a revision as a request for its seal sees it, None where there is none of this id."""
    pages = func.coalesce(func.max(IssuedFile.pages), 1)
    on_paper = func.count().filter(IssuedFile.form == FileForm.PAPER)
    statement = (
        select(
            QuotationRevision.number,
            QuotationRevision.revision,
            QuotationRevision.status,
            QuotationRevision.content_hash,
            QuotationRevision.legal_entity_id,
            BidFile.id.label("bid"),
            Customer.name.label("customer"),
            pages.label("pages"),
            on_paper.label("on_paper"),
        )
        .select_from(QuotationRevision)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .outerjoin(BidFile, BidFile.revision_id == QuotationRevision.id)
        .outerjoin(IssuedFile, IssuedFile.revision_id == QuotationRevision.id)
        .where(QuotationRevision.id == revision_id)
        .group_by(QuotationRevision.id, Customer.id, BidFile.id)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    return Sealable(
        paper_kind=PaperKind.QUOTATION if row.bid is None else PaperKind.BID,
        title=f"{row.customer} {row.number or ''}".strip(),
        number=row.number or "",
        revision=row.revision,
        content_hash=row.content_hash or "",
        pages=row.pages,
        copies=max(row.on_paper, 1),
        approved=row.status in SEALABLE and row.on_paper > 0,
        legal_entity_id=row.legal_entity_id,
    )

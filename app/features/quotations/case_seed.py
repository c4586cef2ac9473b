"""How a case begins from a quotation that was accepted or lost: as from its inquiry, tied to the quotation besides."""

from dataclasses import replace

from app.core.db import session
from app.core.permissions import Actor
from app.features.cases.enums import Stage
from app.features.cases.offering import CaseSeed, write_url
from app.features.inquiries.case_seed import case_seed as seed_of_inquiry
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.flow import DOC_TYPE
from app.features.quotations.models import QuotationRevision

ENDED = (QuotationStatus.ACCEPTED, QuotationStatus.LOST)


def case_url(revision: QuotationRevision) -> str:
    """Return where a case is written from a quotation; empty before its end."""
    return write_url(DOC_TYPE, revision.id) if revision.status in ENDED else ""


def case_seed(actor: Actor, revision_id: int) -> CaseSeed:
    """Return how a case begins from a quotation the actor may see."""
    revision = session.get_one(QuotationRevision, revision_id)
    seed = seed_of_inquiry(actor, revision.quotation.inquiry_id)
    values = (
        replace(seed.values, stage=Stage.QUOTATION) if seed.values.stage == Stage.INQUIRY else seed.values
    )
    return CaseSeed(values, ((DOC_TYPE, revision.id), *seed.links))

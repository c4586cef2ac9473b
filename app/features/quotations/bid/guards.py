"""What the steps of a quotation ask of its bid."""

from sqlalchemy import select

from app.core.db import session
from app.core.errors import Conflict, Problem
from app.features.quotations import snapshot
from app.features.quotations.bid.comparison import Comparison, compare
from app.features.quotations.models import BidFile, QuotationRevision


def comparison(revision: QuotationRevision) -> Comparison | None:
    """Return what of the quotation's figures stands in its bid, None without one."""
    bid = revision.bid
    return compare(snapshot.content(revision), bid.texts) if bid is not None else None


def doubt(revision: QuotationRevision) -> str:
    """Return why the approver must look at the bid and tick: the code of a sentence, empty where there is no cause."""
    found = comparison(revision)
    return found.doubt if found is not None else ""


def missing_bid(revision: QuotationRevision) -> Problem | None:
    """Refuse a revision without a bid where the one before it was a bid: it would turn into a plain quotation."""
    if not revision.is_tender or revision.bid is not None or revision.revision == 1:
        return None
    earlier = (
        select(BidFile.id)
        .join(QuotationRevision, QuotationRevision.id == BidFile.revision_id)
        .where(QuotationRevision.quotation_id == revision.quotation_id)
        .limit(1)
    )
    return Conflict("quotation:bid-missing") if session.execute(earlier).first() is not None else None

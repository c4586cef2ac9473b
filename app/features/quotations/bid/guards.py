"""What the steps of a quotation ask of its bid."""

from sqlalchemy import select

from app.core.db import session
from app.core.errors import Conflict, Problem
from app.features.quotations import snapshot
from app.features.quotations.bid.comparison import VALIDITY, Comparison, compare
from app.features.quotations.models import BidFile, QuotationRevision


def comparison(revision: QuotationRevision) -> Comparison | None:
    """Return what of the quotation's figures stands in its bid, None without one."""
    bid = revision.bid
    return compare(snapshot.content(revision), bid.texts) if bid is not None else None


def doubt(revision: QuotationRevision) -> str:
    """Return why the approver must look at the bid and tick: the code of a sentence, empty where there is no cause."""
    found = comparison(revision)
    return found.doubt if found is not None else ""


def outdated_bid(revision: QuotationRevision) -> Problem | None:
    """Refuse to prolong a bid with its file as it is: the last day stands in it, or pages cannot be read for it."""
    found = comparison(revision)
    if found is None:
        return None
    page = next((item.page for item in found.opening if item.kind == VALIDITY), None)
    if page is not None and revision.valid_until is not None:
        return Conflict("quotation:bid-says-validity", page=page, day=revision.valid_until.isoformat())
    return Conflict("quotation:bid-unread", count=found.silent) if found.silent else None


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

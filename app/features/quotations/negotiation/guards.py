"""What a negotiation forbids the quotation: nothing goes on while the manager's word is missing, and no price falls
below the approved one without a talk that says why.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.errors import Conflict, Problem
from app.features.products.models import same_unit
from app.features.quotations import matching
from app.features.quotations.enums import LineKind
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import queries
from app.features.quotations.negotiation.enums import NegotiationStatus
from app.features.quotations.negotiation.models import Negotiation

# A refused price allows no lower one; a refusal of something else says nothing about prices.
COUNTING = (NegotiationStatus.RECORDED, NegotiationStatus.WAITING, NegotiationStatus.CONSENTED)


@dataclass(frozen=True)
class ApprovedLine:
    """A line as it was approved last, kept with the revision that follows."""

    position: int
    kind: str
    origin: str
    inquiry_line_id: int | None
    name: str
    model: str
    unit_price: str
    # not kept for what was approved before units were looked at
    unit: str = ""

    @property
    def price(self) -> Decimal:
        """The tax-included unit price in yuan."""
        return Decimal(self.unit_price)


def approved_prices(revision: QuotationRevision) -> dict[str, Any]:
    """Return the prices of an approved revision as plain values, to be kept with the revision that follows it."""
    approved_at = revision.approved_at
    return {
        "revision": revision.revision,
        "approved_at": approved_at.isoformat() if approved_at else "",
        "total": f"{revision.total:.2f}",
        "lines": [
            {
                "position": line.position,
                "kind": line.kind,
                "origin": line.origin,
                "inquiry_line_id": line.inquiry_line_id,
                "name": line.name,
                "model": line.model,
                "unit_price": f"{line.unit_price:f}",
                "unit": line.unit,
            }
            for line in revision.lines
            if line.kind != LineKind.HEADING and line.unit_price is not None
        ],
    }


def waiting_problem(revision: QuotationRevision) -> Problem | None:
    """Return why nothing goes on while a negotiation outside the normal terms waits for the manager, else None."""
    waiting = queries.waiting_in(revision.quotation)
    if waiting is None:
        return None
    day = clock.to_local(waiting.held_at).date().isoformat()
    return Conflict("quotation:negotiation-waiting", day=day)


def below_approved(revision: QuotationRevision) -> tuple[str, dict[str, Any]] | None:
    """Return in what a revision lies below the prices approved last (code and parameters), None where in nothing.

    A price for another unit cannot be compared, so it counts as lower.
    """
    approved = revision.approved_before
    if not approved:
        return None
    before = [ApprovedLine(**line) for line in approved["lines"]]
    priced = [line for line in revision.lines if line.kind != LineKind.HEADING]
    for old, new in matching.pairs(before, priced):
        price = priced[new].unit_price
        if price is not None and not same_unit(priced[new].unit, before[old].unit):
            return "quotation:line-other-unit", {
                "position": priced[new].position,
                "unit": before[old].unit,
                "revision": approved["revision"],
            }
        if price is not None and price < before[old].price:
            return "quotation:line-below-approved", {
                "position": new + 1,
                "price": f"{before[old].price.normalize():f}",
                "revision": approved["revision"],
            }
    if revision.total < Decimal(approved["total"]):
        return "quotation:total-below-approved", {
            "total": approved["total"],
            "revision": approved["revision"],
        }
    return None


def counts(row: Negotiation, approved_at: datetime) -> bool:
    """Tell whether a negotiation explains a lower price: held since the approval, and not refused by the manager."""
    refused_other = row.status == NegotiationStatus.REFUSED and not row.outside_price
    return row.created_at >= approved_at and (row.status in COUNTING or refused_other)


def price_problem(revision: QuotationRevision) -> Problem | None:
    """Return why a revision below the approved prices cannot be submitted without a negotiation since then."""
    found = below_approved(revision)
    if found is None:
        return None
    approved_at = datetime.fromisoformat(revision.approved_before["approved_at"])  # type: ignore[index]
    if any(counts(row, approved_at) for row in queries.of_quotation(revision.quotation)):
        return None
    code, params = found
    return Conflict(code, **params)

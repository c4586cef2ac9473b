"""The prices of quotations for a sealed bid: hidden from all but those whom ``inquiries.secrecy`` lets know them.

Every page, list, file and paper of quotations asks here, in Python or in SQL.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, null, or_, select, true

from app.core import settings, timeline
from app.core.errors import Denied
from app.core.permissions import Actor, can, departments_of, directory
from app.features.inquiries import secrecy
from app.features.inquiries.secrecy import SEALED as SEALED
from app.features.inquiries.secrecy import BidSight, bid_sight
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.models import Quotation, QuotationRevision
from app.features.seals.enums import SealPerm

DOC_TYPE = "quotation"
OPENED = "quotation:sealed-paper-opened"


def stand_in(actor: Actor) -> frozenset[int] | None:
    """Return the owners whose bids an actor approves as the second approver: the leaders', all where there is none."""
    if actor.id is None or settings.get("quotations.second_approver") != actor.id:
        return frozenset()
    leaders = directory().holders(str(QuotationPerm.APPROVE_ABOVE_LIMIT), None)
    return frozenset(person.id for person in leaders) if leaders else None


def register() -> None:
    """Let those know the prices who review or approve them."""
    secrecy.let_know(QuotationPerm.REVIEW, QuotationPerm.APPROVE_ABOVE_LIMIT, stand_in=stand_in)


def sees_prices(revision: QuotationRevision, actor: Actor) -> bool:
    """Tell whether an actor may know the prices of a revision now."""
    return not secrecy.is_sealed(revision.quotation.inquiry) or bid_sight(actor).covers(
        revision.owner_id, revision.department_id
    )


def require_prices(revision: QuotationRevision, actor: Actor) -> None:
    """Raise Denied where an actor may not know the prices of a revision yet."""
    if not sees_prices(revision, actor):
        raise secrecy.sealed_until(revision.quotation.inquiry.opening_at)


def prices_visible(actor: Actor, table: Any = QuotationRevision) -> ColumnElement[bool]:
    """Return the condition under which an actor may know the prices of a row now.

    ``table`` has the columns quotation_id, owner_id and department_id.
    """
    return _prices_visible(bid_sight(actor), table)


@lru_cache(512)
def _prices_visible(sight: BidSight, table: Any) -> ColumnElement[bool]:
    if sight.departments is None:
        return true()
    return or_(table.quotation_id.not_in(sealed_quotations()), sight.condition(table))


def sealed_quotations() -> Select[int]:
    """Return the SELECT of the ids of the quotations whose bids have not been opened yet."""
    return select(Quotation.id).where(Quotation.inquiry_id.in_(secrecy.sealed_inquiries())).correlate(None)


def hides_some(actor: Actor) -> bool:
    """Tell whether an actor sees quotations whose prices they may not know before the opening."""
    sight = bid_sight(actor)
    if sight.departments is None:
        return False
    seen = departments_of(actor, QuotationPerm.VIEW_ALL)
    return seen is None or not seen <= sight.departments


def price_or_nothing(actor: Actor, column: Any) -> Any:
    """Return a price column that is NULL where the actor may not know it: so it is sorted, summed and exported."""
    return case((prices_visible(actor), column), else_=null())


def may_open_paper(revision: QuotationRevision, actor: Actor) -> bool:
    """Tell whether an actor may open the official file of a revision now.

    Besides those who know the prices only who uses the seal, and only from the issue until the bid is handed over:
    somebody must print, stamp and seal it into its envelope.
    """
    return sees_prices(revision, actor) or (
        is_being_sealed(revision) and can(actor, SealPerm.USE, revision.department_id)
    )


def is_being_sealed(revision: QuotationRevision) -> bool:
    """Tell whether a revision was issued and not handed over to the customer since."""
    handed_over = revision.quotation.inquiry.submitted_at
    return revision.issued_at is not None and (handed_over is None or handed_over < revision.issued_at)


def paper_problem(revision: QuotationRevision, actor: Actor) -> Denied | None:
    """Return why an actor may not open the official file of an issued revision yet, None where they may."""
    if may_open_paper(revision, actor) or revision.issued_at is None:
        return None
    return secrecy.sealed_until(revision.quotation.inquiry.opening_at)


def note_opened(revision_id: int, copy_number: int, actor: Actor) -> None:
    """Record that somebody opened the file of a sealed bid in order to seal it."""
    timeline.record(DOC_TYPE, revision_id, OPENED, actor, data={"copy": copy_number})

"""What a quotation does when its inquiry gets new times or another owner: its tasks follow, or it goes along whole."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, select, update

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Problem
from app.core.i18n import listed
from app.core.permissions import Actor
from app.core.workflow import lock
from app.features.inquiries.models import Inquiry
from app.features.quotations.actions import EDITABLE
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.flow import DOC_TYPE, FLOW
from app.features.quotations.models import Quotation, QuotationRevision
from app.features.quotations.negotiation.enums import NegotiationStatus
from app.features.quotations.negotiation.flow import FLOW as TALKS
from app.features.quotations.negotiation.models import Negotiation

VERB = "quotation:hand-over"
# What was submitted names who answers for it; the reviewer decides on that person's word or sends it back.
UNDER_REVIEW = (QuotationStatus.REVIEW, QuotationStatus.LEADER_REVIEW)


def revisions_of(inquiry_ids: Sequence[int]) -> Select[QuotationRevision]:
    """Return the SELECT of the revisions of all quotations of inquiries, in their order."""
    return (
        select(QuotationRevision)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(Quotation.inquiry_id.in_(inquiry_ids))
        .order_by(QuotationRevision.id)
    )


def locked_revisions(inquiry_id: int) -> Iterator[QuotationRevision]:
    """Yield the revisions of all quotations of an inquiry, each under its lock."""
    for revision in session.execute(revisions_of([inquiry_id])).unique().scalars().all():
        lock(revision)
        yield revision


def follow_inquiry(inquiry_id: int, actor: Actor) -> None:
    """Bring the tasks of an inquiry's quotations to its new deadline, in the transaction that moves it."""
    for revision in locked_revisions(inquiry_id):
        FLOW.sync_tasks(revision)


def under_review(inquiry_ids: Sequence[int]) -> Problem | None:
    """Return why inquiries cannot be handed over now: their quotations under review, all of them at once."""
    statement = revisions_of(inquiry_ids).where(QuotationRevision.status.in_(UNDER_REVIEW))
    rows = session.execute(statement).unique().scalars().all()
    if not rows:
        return None
    return Conflict("quotation:hand-over-under-review", number=listed(row.title for row in rows))


def follow_owner(inquiry_id: int, actor: Actor) -> None:
    """Give the quotations of an inquiry to its new owner, in the transaction that hands it over.

    Raises Conflict where one of them came under review meanwhile. Issued papers keep the name printed on them.
    """
    inquiry = session.get_one(Inquiry, inquiry_id)
    for revision in locked_revisions(inquiry_id):
        if revision.status in UNDER_REVIEW:
            raise Conflict("quotation:hand-over-under-review", number=revision.title)
        if FLOW.state(revision.status).terminal:
            keep_as_it_ended(revision, inquiry)
        else:
            give_to_owner(revision, inquiry, actor)


def keep_as_it_ended(revision: QuotationRevision, inquiry: Inquiry) -> None:
    """Let the new owner see a revision that is over; when it was changed last stays what verification tells."""
    table = QuotationRevision.__table__
    values = {"owner_id": inquiry.owner_id, "department_id": inquiry.department_id}
    session.execute(update(table).where(table.c.id == revision.id).values(**values))  # type: ignore[arg-type]
    session.refresh(revision)


def give_to_owner(revision: QuotationRevision, inquiry: Inquiry, actor: Actor) -> None:
    """Give a running revision to the owner of its inquiry, with its tasks and the talks that wait."""
    before = revision.owner
    if revision.status in EDITABLE and revision.contact_mobile == before.phone:
        revision.contact_mobile = inquiry.owner.phone
    revision.owner_id, revision.owner = inquiry.owner_id, inquiry.owner
    revision.department_id = inquiry.department_id
    revision.touch()
    session.flush()
    FLOW.sync_tasks(revision)
    data = {"from": before.name, "to": inquiry.owner.name}
    timeline.record(DOC_TYPE, revision.id, VERB, actor, data=data)
    waiting = select(Negotiation).where(
        Negotiation.quotation_id == revision.quotation_id, Negotiation.status == NegotiationStatus.WAITING
    )
    for talk in session.execute(waiting).unique().scalars().all():
        lock(talk)
        talk.owner_id, talk.owner, talk.department_id = (
            inquiry.owner_id,
            inquiry.owner,
            inquiry.department_id,
        )
        session.flush()
        TALKS.sync_tasks(talk)

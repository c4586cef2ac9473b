"""Copies beyond those first issued (增印): asked for with a reason, consented to by another person, then printed.

The original copies never change; a further one is a new file under the same code, marked 增印 (rule table 2.2).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Problem
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Who
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.models import ExtraCopies, QuotationRevision
from app.features.seals.enums import SealPerm

ALIVE = "issued accept_claimed accepted"


def waiting(revision: QuotationRevision) -> ExtraCopies | None:
    """Return what was asked for and is neither printed nor refused."""
    return next((row for row in reversed(revision.extra_copies) if row.ended_at is None), None)


def asked(revision: QuotationRevision) -> bool:
    """Tell whether further copies wait for consent."""
    row = waiting(revision)
    return row is not None and row.consented_at is None


def consented(revision: QuotationRevision) -> bool:
    """Tell whether further copies may be printed."""
    row = waiting(revision)
    return row is not None and row.consented_at is not None


def besides_asker(who: Who) -> Who:
    """The predicate without the person who asked, nor anybody in that person's name: two people, two acts."""

    def asker(revision: QuotationRevision) -> int | None:
        row = waiting(revision)
        return row.asked_by_id if row is not None else None

    def test(revision: QuotationRevision, actor: Actor) -> Any:
        authority = who.test(revision, actor)
        if authority is None:
            return None
        hands = {actor.id, authority.on_behalf_of[0] if authority.on_behalf_of else None}
        return None if asker(revision) in hands else authority

    return Who(
        test,
        who.ask,
        who.permissions,
        lambda revision: [person for person in who.people(revision) if person != asker(revision)],
    )


def print_task(revision: QuotationRevision) -> Iterable[WantedTask]:
    """Yield the task of printing what was consented to, for those who may use a seal."""
    if consented(revision):
        yield WantedTask(
            "quotation:issue-extra", permission=str(SealPerm.USE), department_id=revision.department_id
        )


def ready_to_ask(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a second request beside an open one, and further copies of an offer past its date."""
    if waiting(revision) is not None:
        return Conflict("quotation:extra-waiting")
    return expired(revision)


def ready_to_issue(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse further copies of an offer past its date, or made of anything but the frozen snapshot."""
    prepared = data.get("prepared")
    if prepared is not None and prepared.content_hash != revision.content_hash:
        return Conflict("quotation:content-changed")
    return expired(revision)


def expired(revision: QuotationRevision) -> Problem | None:
    """Refuse where the offer is past its date; what was accepted may still be copied for the files."""
    if revision.status == QuotationStatus.ISSUED and revision.expired:
        return Conflict("quotation:validity-past")
    return None


def ask(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note how many copies are asked for, why, and by whom."""
    row = ExtraCopies(
        copies=int(data["copies"]),
        reason=str(data.get("note", "")),
        asked_by_id=actor.id,
        asked_at=clock.now(),
    )
    revision.extra_copies.append(row)
    session.flush()
    return {"copies": row.copies}


def consent(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note who let the copies be printed."""
    row = waiting(revision)
    assert row is not None  # noqa: S101 - the step asks for it
    row.consented_by_id, row.consented_at = actor.id, clock.now()
    return {"copies": row.copies}


def refuse(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """End the request without a copy."""
    return {"copies": end(revision).copies}


def issue(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the new files with their hashes, register the seal's use, end the request."""
    facts: Mapping[str, Any] = data["prepared"].keep(revision, actor)
    end(revision)
    return facts


def end(revision: QuotationRevision) -> ExtraCopies:
    """Date the end of the open request and return it."""
    row = waiting(revision)
    assert row is not None  # noqa: S101 - the step asks for it
    row.ended_at = clock.now()
    return row


def who_asked(revision: QuotationRevision) -> list[int | None]:
    """Return the owner and who asked last, to be told."""
    last = revision.extra_copies[-1].asked_by_id if revision.extra_copies else None
    return [revision.owner_id, last]

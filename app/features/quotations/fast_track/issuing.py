"""The decision with the seal in the same act: the files are made of a rehearsal of it, before any lock is held."""

from dataclasses import dataclass
from typing import Any

from app.core.db import session
from app.core.errors import Conflict
from app.core.permissions import Actor
from app.core.uow import rehearsal, unit_of_work
from app.core.verification_code import new_code
from app.features.inquiries import queries as inquiries
from app.features.quotations import flow, issuing
from app.features.quotations.enums import FileForm
from app.features.quotations.fast_track.actions import decide
from app.features.quotations.issuing import PreparedFiles
from app.features.quotations.models import QuotationRevision
from app.features.seals.models import Seal
from app.features.seals.queries import drawable_seals_for

# So often another quotation may take the number that was rehearsed before the person is asked to press again.
ATTEMPTS = 3


@dataclass(frozen=True)
class Rehearsed:
    """What the rehearsal would have frozen."""

    snapshot: dict[str, Any] | None
    content_hash: str | None


def usable_seals(actor: Actor, revision: QuotationRevision) -> list[Seal]:
    """Return the drawn seals of the quoting company with which an actor may issue in the same act."""
    if flow.sealer.test(revision, actor) is None:
        return []
    return [seal for seal in drawable_seals_for(actor) if seal.legal_entity_id == revision.legal_entity.id]


def decide_now(
    inquiry_id: int, *, actor: Actor, version: int, content_hash: str, seal_id: int | None = None
) -> tuple[int, int]:
    """Decide on the proposal of an inquiry, with a seal issue it too; return quotation id and revision number.

    All in one transaction of its own. Raises what ``decide`` and ``issuing.prepare`` raise.
    """
    for attempt in range(1, ATTEMPTS + 1):
        prepared = None
        if seal_id is not None:
            prepared = prepare(
                inquiry_id, actor=actor, version=version, content_hash=content_hash, seal_id=seal_id
            )
        try:
            with unit_of_work():
                inquiry = inquiries.get(actor, inquiry_id)
                revision = decide(
                    inquiry, actor=actor, version=version, content_hash=content_hash, prepared=prepared
                )
                return revision.quotation_id, revision.revision
        except Conflict as problem:
            # The rehearsal passed, so it is the number of the quotation that somebody else took meanwhile.
            if problem.code != "quotation:content-changed" or prepared is None or attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def prepare(inquiry_id: int, *, actor: Actor, version: int, content_hash: str, seal_id: int) -> PreparedFiles:
    """Rehearse the decision, and make the one electronic copy of the snapshot it would freeze."""
    with rehearsal():
        inquiry = inquiries.get(actor, inquiry_id)
        revision = decide(inquiry, actor=actor, version=version, content_hash=content_hash)
        flow.FLOW.check_possible(revision, "issue", actor)
        seal = session.get(Seal, seal_id)
        issuing.check_request(revision, seal, 1, FileForm.ELECTRONIC, actor)
        frozen = Rehearsed(revision.snapshot, revision.content_hash)
    job = issuing.Job(session.get_one(Seal, seal_id), FileForm.ELECTRONIC, "", new_code(), of=1)
    return issuing.make(frozen, job, range(1, 2))

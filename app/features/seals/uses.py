"""Writing the register of seal use: one row for each use, printed or pressed by hand."""

from collections.abc import Sequence

from app.core import clock, timeline
from app.core.db import session
from app.core.permissions import Actor
from app.features.seals.models import Seal, SealUse

SEAL = "seal"


def write(
    *,
    actor: Actor,
    seal: Seal,
    doc_type: str,
    doc_id: int,
    number: str,
    revision: int,
    form: str,
    copies: int,
    impressions: int,
    approved_by_id: int,
    file_hashes: Sequence[str],
    purpose: str = "",
    title: str = "",
    request_id: int | None = None,
) -> SealUse:
    """Write one row of the register and tell the seal's timeline, in the transaction of the use itself.

    ``file_hashes`` are the SHA-256 of the evidence, ``impressions`` counts the seals on all copies (split seal
    included), ``request_id`` names the request where the seal was pressed by hand.
    """
    use = SealUse(
        seal_id=seal.id,
        doc_type=doc_type,
        doc_id=doc_id,
        number=number,
        revision=revision,
        form=form,
        copies=copies,
        impressions=impressions,
        purpose=purpose,
        used_by_id=actor.id,
        approved_by_id=approved_by_id,
        at=clock.now(),
        file_hashes=list(file_hashes),
        title=title,
        request_id=request_id,
    )
    session.add(use)
    session.flush()
    timeline.record(
        SEAL,
        seal.id,
        "seal:use",
        actor,
        data={"number": number, "revision": revision, "copies": copies, "form": str(form)},
        tell=[seal.keeper_id],
    )
    return use

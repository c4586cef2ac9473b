"""Resolutions opened with the answer to a report, in the same form and the same transaction."""

from collections.abc import Mapping
from typing import Any

from app.core import modules
from app.core.permissions import Actor, can
from app.features.escalations import answering
from app.features.escalations.enums import ESCALATION
from app.features.escalations.models import Escalation
from app.features.resolutions import rows
from app.features.resolutions.enums import MODULE, ResolutionPerm

ROWS = 3


def fields(actor: Actor) -> Mapping[str, Any]:
    """Return the fields for an actor who may decide, nothing for anybody else."""
    if not modules.is_on(MODULE) or not can(actor, ResolutionPerm.DECIDE):
        return {}
    return rows.fields(actor, ROWS)


def carry_out(escalation: Escalation, actor: Actor, values: Mapping[str, Any]) -> None:
    """Open the resolutions that were typed with the answer, for an actor who may decide."""
    if can(actor, ResolutionPerm.DECIDE):
        rows.open_all(values, actor=actor, doc_type=ESCALATION, doc_id=escalation.id)


answering.register(answering.AnswerPart("resolutions", "resolutions/rows.html", fields, carry_out))

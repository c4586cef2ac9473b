"""What upper features add to the form by which a report is answered: a leader's decisions, for instance.

What is added is carried out in the transaction of the answer, by whoever answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.permissions import Actor
from app.features.escalations.models import Escalation


@dataclass(frozen=True)
class AnswerPart:
    """A part of the form of an answer.

    ``fields(actor)`` gives its fields by name, none for who may not use it; ``template`` shows them. ``carry_out(
    escalation, actor, values)`` does what was typed, raising Invalid at the fields.
    """

    key: str
    template: str
    fields: Callable[[Actor], Mapping[str, Any]]
    carry_out: Callable[[Escalation, Actor, Mapping[str, Any]], None]


_parts: dict[str, AnswerPart] = {}


def register(part: AnswerPart) -> None:
    """Add a part to the form; a second one of the same key replaces the first."""
    _parts[part.key] = part


def parts_for(actor: Actor) -> list[tuple[AnswerPart, Mapping[str, Any]]]:
    """Return the parts an actor may use, each with its fields."""
    return [(part, fields) for part in _parts.values() if (fields := part.fields(actor))]


def carry_out(escalation: Escalation, actor: Actor, values: Mapping[str, Any]) -> None:
    """Do what was typed in the parts of the form, in the open unit of work."""
    for part in _parts.values():
        part.carry_out(escalation, actor, values)

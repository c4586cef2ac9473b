"""Versions that no longer hold, for the search: superseded and void ones, found beside those in force where asked for.

Drafts and what lies ahead stay out of it; what was ever published is open to everybody who works here. What is found
of a version says which one it is and how it stands today.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, select

from app.core.permissions import Actor
from app.core.prepared import read
from app.features.rules import versions
from app.features.rules.enums import STANDING_LABELS, STANDING_TONES, Standing
from app.features.rules.models import ClauseText, RuleAttachment, RuleVersion, is_or_was_in_force

Mark = tuple[str, str, str]


def found_versions(actor: Actor) -> Select[int]:
    """Return the SELECT of the versions in force and those that were."""
    return select(RuleVersion.id).where(is_or_was_in_force())


def found_clauses(actor: Actor) -> Select[int]:
    """Return the SELECT of the clauses of versions in force and of those that were."""
    return of_versions(ClauseText)


def found_attachments(actor: Actor) -> Select[int]:
    """Return the SELECT of the attachments of versions in force and of those that were."""
    return of_versions(RuleAttachment)


def of_versions(part: Any) -> Select[int]:
    """Return the SELECT of the parts (clauses, attachments) of the versions that are found."""
    return select(part.id).join(RuleVersion, RuleVersion.id == part.version_id).where(is_or_was_in_force())


def version_marks(ids: Sequence[int]) -> dict[int, Mark]:
    """Return of each version how it is called, how it stands today, and the tone of that."""
    return marks(_marks_of(RuleVersion), ids)


def part_marks(part: Any) -> Callable[[Sequence[int]], Mapping[int, Mark]]:
    """Return what gives the marks of the versions that clauses, or attachments, stand in."""

    def of_ids(ids: Sequence[int]) -> dict[int, Mark]:
        return marks(_marks_of(part), ids)

    return of_ids


@cache
def _marks_of(part: Any) -> Select[Any]:
    """Return the SELECT of what the mark of a version is made of, with the id of what carries it."""
    statement = select(
        part.id.label("found"),
        RuleVersion.edition,
        RuleVersion.correction,
        RuleVersion.shown_status.label("standing"),
    ).select_from(RuleVersion)
    if part is not RuleVersion:
        statement = statement.join(part, part.version_id == RuleVersion.id)
    return statement.where(part.id.in_(bindparam("ids", type_=Integer, expanding=True)))


def marks(statement: Select[Any], ids: Sequence[int]) -> dict[int, Mark]:
    """Return the marks a statement reads of some ids, by id."""
    return {
        row.found: (
            str(versions.label_of(row.edition, row.correction)),
            str(STANDING_LABELS[Standing(row.standing)]),
            STANDING_TONES[Standing(row.standing)],
        )
        for row in read(statement, {"ids": list(ids)})
    }

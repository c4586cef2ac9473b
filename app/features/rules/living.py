"""What stands below a clause while it lives: upper features bring figures, drawings, and what may be done there.

Each provider is asked once for a whole version, so that the number of queries does not rise with its clauses.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.core.permissions import Actor
from app.features.rules.models import RuleVersion


@dataclass(frozen=True)
class ClauseNote:
    """A line below a clause: what is counted, the figure with its tone, where it leads; or a drawing to be opened."""

    label: str
    value: str = ""
    tone: str = "neutral"
    href: str = ""
    link: str = ""
    drawing: Markup | None = None


@dataclass(frozen=True)
class ClauseAct:
    """Something this reader may do about a clause: its name and its address."""

    label: str
    href: str


# Given are the version and its clauses by their identity; notes of other clauses do no harm.
NoteProvider = Callable[[RuleVersion, Collection[int], Actor], Mapping[int, Sequence[ClauseNote]]]
ActProvider = Callable[[RuleVersion, Actor], Callable[[int], Sequence[ClauseAct]] | None]

_notes: list[NoteProvider] = []
_acts: list[ActProvider] = []


def register_notes(provider: NoteProvider) -> None:
    """Add what gives the notes of a version's clauses by the identity of the clause."""
    if provider not in _notes:
        _notes.append(provider)


def register_acts(provider: ActProvider) -> None:
    """Add what gives the acts on a version's clauses; None where the reader may do none."""
    if provider not in _acts:
        _acts.append(provider)


def notes_of(version: RuleVersion, clause_ids: Collection[int], actor: Actor) -> dict[int, list[ClauseNote]]:
    """Return what stands below the clauses of a version, by the identity of the clause."""
    found: dict[int, list[ClauseNote]] = {}
    for provider in _notes:
        for clause_id, notes in provider(version, clause_ids, actor).items():
            found.setdefault(clause_id, []).extend(notes)
    return found


def may_act(version: RuleVersion, actor: Actor) -> bool:
    """Tell whether a reader may do anything about clauses of a version."""
    return any(provider(version, actor) is not None for provider in _acts)


def acts_of(version: RuleVersion, clause_ids: Collection[int], actor: Actor) -> dict[int, list[ClauseAct]]:
    """Return what a reader may do about the clauses of a version, by the identity of the clause."""
    makers = [maker for provider in _acts if (maker := provider(version, actor)) is not None]
    return {
        clause_id: [act for maker in makers for act in maker(clause_id)] for clause_id in clause_ids if makers
    }

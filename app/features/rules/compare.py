"""In what two versions of a rule differ: clause by clause by identity, and inside a clause word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.core.moves import rising
from app.features.rules import queries
from app.features.rules.clause_text import pictures_of, words_of
from app.features.rules.models import ClauseText, RuleVersion

SAME, CHANGED, MOVED, ADDED, REMOVED = "same", "changed", "moved", "added", "removed"
KEPT_PIECE, OLD_PIECE, NEW_PIECE = "same", "old", "new"
# A Han character is a word of its own; Latin letters and figures stay together.
_WORDS = re.compile(r"[A-Za-z0-9.,%¥]+|\s+|.", re.DOTALL)

Piece = tuple[str, str]


@dataclass(frozen=True)
class ComparedClause:
    """A clause as it is compared: identity, number, heading and text as plain words."""

    clause_id: int
    number: str
    words: str


@dataclass(frozen=True)
class ClauseDifference:
    """What became of a clause. ``pieces`` are (same, old or new; text) and spell both texts."""

    state: str
    clause_id: int
    old_number: str
    new_number: str
    pieces: tuple[Piece, ...]


def compared(texts: Sequence[ClauseText], names: dict[int, str]) -> list[ComparedClause]:
    """Return stored clauses as they are compared."""
    return [
        ComparedClause(
            text.clause_id,
            text.number,
            "\n".join(part for part in (text.title, words_of(text.body, names), *marks(text)) if part),
        )
        for text in texts
    ]


def marks(text: ClauseText) -> list[str]:
    """Return a short mark of the bytes of each picture: another picture under the same caption is a change."""
    return [f"［图 {picture.sha256[:8]}］" for picture in pictures_of(text.body)]


def word_pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return in what two texts differ by words: the pieces without new ones spell the old text, and so the new."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append((KEPT_PIECE, "".join(before[a:b])))
            continue
        if b > a:
            pieces.append((OLD_PIECE, "".join(before[a:b])))
        if d > c:
            pieces.append((NEW_PIECE, "".join(after[c:d])))
    return tuple(pieces)


def difference(old: Sequence[ComparedClause], new: Sequence[ComparedClause]) -> list[ClauseDifference]:
    """Return every clause of both versions, in the order of the new one; removed ones stand where they stood."""
    before = {clause.clause_id: place for place, clause in enumerate(old)}
    stayed = rising([before[clause.clause_id] for clause in new if clause.clause_id in before])
    found: list[ClauseDifference] = []
    places: list[int | None] = []
    for clause in new:
        place = before.get(clause.clause_id)
        if place is None:
            found.append(
                ClauseDifference(ADDED, clause.clause_id, "", clause.number, ((NEW_PIECE, clause.words),))
            )
        else:
            former = old[place]
            changed = former.words != clause.words
            state = CHANGED if changed else SAME if place in stayed else MOVED
            pieces = word_pieces(former.words, clause.words) if changed else ((KEPT_PIECE, clause.words),)
            found.append(ClauseDifference(state, clause.clause_id, former.number, clause.number, pieces))
        places.append(place)
    known = {clause.clause_id for clause in new}
    for place, clause in enumerate(old):
        if clause.clause_id in known:
            continue
        at = place_of_removed(places, place)
        found.insert(
            at, ClauseDifference(REMOVED, clause.clause_id, clause.number, "", ((OLD_PIECE, clause.words),))
        )
        places.insert(at, place)
    return found


def place_of_removed(places: Sequence[int | None], place: int) -> int:
    """Return where a removed clause is shown: behind the last one that stood before it."""
    for at in range(len(places) - 1, -1, -1):
        stood = places[at]
        if stood is not None and stood < place:
            return at + 1
    return 0


def of_versions(old: RuleVersion, new: RuleVersion) -> list[ClauseDifference]:
    """Return in what two versions of a rule differ; links read as their clause is called in each."""
    outside = queries.written_names(
        {clause for version in (old, new) for text in version.clauses for clause in queries.linked_of(text)}
    )
    return difference(
        compared(old.clauses, outside | queries.clause_numbers(old)),
        compared(new.clauses, outside | queries.clause_numbers(new)),
    )


def counts(found: Sequence[ClauseDifference]) -> dict[str, int]:
    """Return how many clauses were changed, moved, added and removed."""
    return {state: sum(each.state == state for each in found) for state in (CHANGED, MOVED, ADDED, REMOVED)}

"""The box in which a clause is written as it is printed: what it holds is made of the same marks that are typed.

Whether a link or a picture it names exists is asked when the clause is saved, so that what was written is shown again
whatever is wrong with it.
"""

from app.features.rules import actions, editing, presentation, writing
from app.features.rules.clause_text import Picture, words_of
from app.features.rules.models import RuleVersion
from app.features.rules.pasting import Keeps
from app.features.rules.presentation import Piece, ShownBlock
from app.features.rules.version_files import pictures_by_number

LONGEST_HEADING = 24


class _Names:
    """The links of a text that is being written: each name stands for itself."""

    def __init__(self, version: RuleVersion) -> None:
        self.own = {text.cited for text in version.clauses}
        self.names: list[str] = []

    def number(self, name: str) -> int:
        """Return a number by which a name is found again."""
        self.names.append(name)
        return len(self.names) - 1

    def piece(self, _text: str, clause: int) -> Piece:
        """Return a link as it is printed: that to another rule names the clause alone."""
        name = self.names[clause]
        return Piece(name if name in self.own else name.rpartition(" ")[2], link=name)


def blocks(version: RuleVersion, text: str) -> list[ShownBlock]:
    """Return what the box holds for a text of marks; a cut stands between the parts it makes."""
    names, pictures = _Names(version), pictures_by_number(version)

    def picture(caption: str, number: int) -> Picture:
        known = pictures.get(number, Picture(number, "", 0, 0))
        return Picture(number, known.sha256, known.width, known.height, caption.strip())

    found: list[ShownBlock] = []
    for place, part in enumerate(actions.cut(text)):
        if place:
            found.append(ShownBlock("cut"))
        found += presentation.shown_blocks(writing.read_blocks(part, names.number, picture), names)
    return found


def keeps(version: RuleVersion) -> Keeps:
    """Return what of our own may be pasted into the box of a draft: links that lead somewhere, its own pictures."""
    resolve, pictures = editing.resolver(version), pictures_by_number(version)
    return Keeps(lambda name: resolve(name) is not None, lambda number: number in pictures)


def link_choices(version: RuleVersion) -> list[tuple[str, str]]:
    """Return the clauses a text may link to, each with how it begins."""
    return [(text.cited, text.title or words_of(text.body)[:LONGEST_HEADING]) for text in version.clauses]

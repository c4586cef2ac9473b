"""The text of a version as its page shows it: made once for a published one, whose text never changes.

What it says follows from its hash. What does not is in the key as well: where the clauses of other rules stand to
which it links, the language, and the place of the application. Nothing in it depends on who reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import request
from markupsafe import Markup

from app.core.i18n import current_locale
from app.features.rules import presentation, queries, versions
from app.features.rules.living import ClauseAct, ClauseNote
from app.features.rules.models import RuleVersion
from app.features.rules.presentation import Links, ShownClause
from app.features.rules.versions import OutsideLink
from app.web.keeping import Memory, rendered

# Characters of all kept texts together, and links out of all of them.
KEPT_CHARACTERS, KEPT_LINKS = 6_000_000, 100_000
LONGEST = 1_000_000
KEPT_NOTES = 1_000_000


@dataclass(frozen=True)
class WholeText:
    """A text ready to be shown: its clauses without their blocks, each with its HTML, and the list of its headings."""

    clauses: tuple[ShownClause, ...]
    shown: tuple[Markup, ...]
    contents: Markup
    dead: tuple[str, ...]
    has_attachments: bool
    # the text as it was cut last, by the clauses it was cut behind: most readers see notes below the same ones
    cuts: dict[frozenset[int], list[tuple[str, ShownClause | None]]] = field(
        default_factory=dict, compare=False
    )

    @property
    def clause_ids(self) -> list[int]:
        """The clauses by their identity, in order."""
        return [clause.clause_id for clause in self.clauses]

    def pieces(
        self, living: Mapping[int, Sequence[ClauseNote]], acts: Mapping[int, Sequence[ClauseAct]]
    ) -> list[tuple[Markup, ShownClause | None]]:
        """Return the text, what lives below its clauses among it, up to each clause with acts and that clause, then
        the rest with none.
        """
        found: list[tuple[Markup, ShownClause | None]] = []
        parts: list[str] = []
        for piece, clause in self._cut(frozenset((*living, *acts))):
            parts.append(piece)
            if clause is None:
                continue
            if clause.clause_id in living:
                parts.append(_below(tuple(living[clause.clause_id]), clause.level))
            if acts.get(clause.clause_id):
                found.append((_joined(parts), clause))
                parts = []
        if parts:
            found.append((_joined(parts), None))
        return found

    def _cut(self, behind: frozenset[int]) -> list[tuple[str, ShownClause | None]]:
        """Return the text in pieces, each up to one of the clauses and with it, the rest with none."""
        pieces = self.cuts.get(behind)
        if pieces is None:
            pieces, parts = [], []
            for shown, clause in zip(self.shown, self.clauses, strict=True):
                parts.append(shown)
                if clause.clause_id in behind:
                    pieces.append(("".join(parts), clause))
                    parts = []
            if parts:
                pieces.append(("".join(parts), None))
            self.cuts.clear()
            self.cuts[behind] = pieces
        return pieces


def _below(notes: tuple[ClauseNote, ...], level: int) -> Markup:
    """Return what stands below a clause, from memory where the same stood below one before.

    Notes are their own key: ``keeping.part`` would look at each of their fields, a tenth of the page of a long rule.
    """
    key = (notes, level, current_locale(), request.script_root)
    made = _notes.get(key)
    if made is None:
        made = Markup(rendered("rules/_living.html", notes=notes, level=level))  # noqa: S704 - a template's output
        _notes.put(key, made, len(made))
    return made


def _joined(parts: Sequence[str]) -> Markup:
    """Return parts one after another; ``Markup.join`` would look at each whether it is safe."""
    return Markup("".join(parts))  # noqa: S704 - they are markup


_texts: Memory[WholeText] = Memory(KEPT_CHARACTERS, LONGEST)
_notes: Memory[Markup] = Memory(KEPT_NOTES)
_outside: Memory[list[OutsideLink]] = Memory(KEPT_LINKS)


def whole_text(version: RuleVersion) -> WholeText:
    """Return the text of a version, from memory where it is published and was shown as it is before."""
    identity = (version.id, version.content_hash)
    outside = _outside.get(identity) if version.is_published else None
    if outside is None:
        outside = versions.links_outside(version)
        if version.is_published:
            _outside.put(identity, outside, 1 + len(outside))
    elsewhere = queries.places_in_force(clause for _cited, _written, clause in outside)
    key = (*identity, current_locale(), request.script_root, tuple(sorted(elsewhere.items())))
    found = _texts.get(key) if version.is_published else None
    if found is None:
        found = _made(version, Links(version, elsewhere), outside)
        if version.is_published:
            # each text is kept whole and cut
            _texts.put(key, found, len(found.contents) + 2 * sum(map(len, found.shown)))
    return found


def _made(version: RuleVersion, links: Links, outside: list[OutsideLink]) -> WholeText:
    clauses = [presentation.shown_clause(text, links) for text in version.clauses]
    heads = tuple(replace(clause, blocks=()) for clause in clauses)
    return WholeText(
        heads,
        tuple(Markup(rendered("rules/_clause.html", clause=clause)) for clause in clauses),  # noqa: S704 - a template's output
        Markup(rendered("rules/_contents.html", contents=presentation.contents(heads))),  # noqa: S704 - a template's output
        tuple(versions.dead_among(outside, links.elsewhere)),
        bool(version.attachments),
    )

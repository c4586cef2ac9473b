"""From the rows of a Word file to clauses: what a person chose for each row, and the outline that follows from it.

Numbers are automatic in an outline. Where the file's own number differs, the count begins anew at it, so that every
clause keeps the number people cite it by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.features.rules.clause_text import (
    MOST_BLOCKS,
    SHA256_LENGTH,
    Block,
    Body,
    ItemList,
    Paragraph,
    Run,
    words_of,
)
from app.features.rules.clause_text import Picture as TextPicture
from app.features.rules.enums import NumberStyle
from app.features.rules.outline import DEEPEST, MOST_START, Counting, OutlineRow, number_text
from app.features.rules.word.parts import Picture
from app.features.rules.word.reading import ImportedDocument, ImportedRow

MOST_CLAUSE_TITLE = 120
# The editor takes texts to 20,000 characters, marks included.
MOST_CLAUSE_TEXT = 15_000
JOIN, SKIP = "join", "skip"
# The hash of a picture that is not stored yet.
NOT_STORED = "0" * SHA256_LENGTH
# A clause as it is counted: level, style, where its count begins.
Counted = tuple[int, NumberStyle, int | None]


@dataclass(frozen=True)
class Choice:
    """What becomes of a row: a clause of a ``style`` at a ``level``, text of the one above (JOIN), nothing (SKIP)."""

    style: str
    level: int = 1

    @property
    def is_clause(self) -> bool:
        """Whether a clause begins with the row."""
        return self.style not in (JOIN, SKIP)


@dataclass
class Proposal:
    """The outline as chosen: its rows with their numbers, the pictures they name, and which row each came from."""

    rows: list[OutlineRow] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    # the place of the clause that each row of the file begins or belongs to; rows left out are missing
    clause_of: dict[int, int] = field(default_factory=dict)


def first_choices(document: ImportedDocument) -> list[Choice]:
    """Return the choices the file itself suggests."""
    return [Choice(JOIN, 1) if row.level == 0 else Choice(str(row.style), row.level) for row in document.rows]


def read_choices(document: ImportedDocument, posted: Mapping[str, str]) -> list[Choice]:
    """Return the choices of a form (``style-3``, ``level-3``); what is missing or unknown is as the file suggests."""
    known = {JOIN, SKIP, *map(str, NumberStyle)}
    found = []
    for place, choice in enumerate(first_choices(document)):
        style = posted.get(f"style-{place}", choice.style)
        level = posted.get(f"level-{place}", str(choice.level))
        found.append(
            Choice(
                style if style in known else choice.style,
                int(level) if level in {str(one) for one in range(1, DEEPEST + 1)} else choice.level,
            )
        )
    return found


def propose(
    document: ImportedDocument, choices: Sequence[Choice], before: Sequence[Counted] = ()
) -> Proposal:
    """Make the outline of a document by what was chosen for its rows.

    Behind clauses that stand there already (``before``) numbers go on from theirs; otherwise the file's are kept.
    """
    proposal = Proposal()
    for place, (row, choice) in enumerate(zip(document.rows, choices, strict=True)):
        if choice.style == SKIP:
            continue
        if choice.is_clause:
            proposal.rows.append(_clause(row, choice))
        else:
            _join(proposal, row)
        clause = len(proposal.rows) - 1
        proposal.clause_of[place] = clause
        for picture in row.pictures:
            _show_picture(proposal, picture)
    _number(proposal, document, choices, before)
    return proposal


def _clause(row: ImportedRow, choice: Choice) -> OutlineRow:
    style = NumberStyle(choice.style)
    title = words_of(row.body) if row.heading else ""
    if title and len(title) <= MOST_CLAUSE_TITLE:
        return OutlineRow(choice.level, style, " ".join(title.split()))
    body = row.body if style != NumberStyle.NONE or not row.printed else _with_number(row)
    return OutlineRow(choice.level, style, "", body)


def _join(proposal: Proposal, row: ImportedRow) -> None:
    """Add a row to the clause above; where there is none, or it is full, a clause without number begins."""
    body = _with_number(row) if row.printed else row.body
    if not proposal.rows:
        proposal.rows.append(OutlineRow(1, NumberStyle.NONE))
    above = proposal.rows[-1]
    joined = _joined(above.body, body)
    if len(joined) > MOST_BLOCKS or len(words_of(joined)) > MOST_CLAUSE_TEXT:
        proposal.rows.append(OutlineRow(above.level, NumberStyle.NONE, "", body))
    else:
        proposal.rows[-1] = replace(above, body=joined)


def _with_number(row: ImportedRow) -> Body:
    """Return the text of a row with its number as words before it."""
    if row.body and isinstance(row.body[0], Paragraph):
        first = Paragraph((Run(f"{row.printed} "), *row.body[0].runs))
        return (first, *row.body[1:])
    return (Paragraph((Run(row.printed),)), *row.body)


def _show_picture(proposal: Proposal, picture: Picture) -> None:
    """Put a picture into the text where it stood; its place among the pictures stands for the file it becomes."""
    if picture not in proposal.pictures:
        proposal.pictures.append(picture)
    place = proposal.pictures.index(picture) + 1
    shown = TextPicture(place, NOT_STORED, picture.width, picture.height)
    row = proposal.rows[-1]
    if len(row.body) < MOST_BLOCKS:
        proposal.rows[-1] = replace(row, body=(*row.body, shown))
    else:
        proposal.rows.append(OutlineRow(row.level, NumberStyle.NONE, "", (shown,)))


def picture_name(number: int) -> str:
    """Return how the file of a picture is called; the rule is Chinese whoever imports it."""
    return f"图{number}"


def _joined(above: Body, body: Sequence[Block]) -> Body:
    """Return two bodies as one; points of a list that follow each other are one list."""
    if above and body and isinstance(above[-1], ItemList) and isinstance(body[0], ItemList):
        together = ItemList((*above[-1].items, *body[0].items), above[-1].ordered)
        return (*above[:-1], together, *body[1:])
    return (*above, *body)


def _number(
    proposal: Proposal, document: ImportedDocument, choices: Sequence[Choice], before: Sequence[Counted]
) -> None:
    """Count the outline, and begin a count anew wherever it would print another number than the file."""
    origin = {
        clause: place for place, clause in reversed(proposal.clause_of.items()) if choices[place].is_clause
    }
    counting = Counting()
    for level, style, start in before:
        counting.take(level, style, start)
    for clause, outline_row in enumerate(proposal.rows):
        level, style = outline_row.level, outline_row.style
        place = origin.get(clause)
        row = document.rows[place] if place is not None else None
        if (
            not before
            and row is not None
            and row.style == style
            and 1 <= row.value <= MOST_START
            and counting.next(level, style) != row.value
        ):
            proposal.rows[clause] = replace(outline_row, start=row.value)
        value = counting.take(level, style, proposal.rows[clause].start)
        proposal.numbers.append(number_text(style, value))

"""The training record of a person on paper: level, subjects, sessions, tests, certificates, points."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, baseline
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table

_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_CELL = Style("regular", 9, 13)
_HEAD = Style("bold", 9, 13)
_SECTION = Style("bold", 11, 18)
HEADING = "员工培训档案"


@dataclass(frozen=True)
class RecordText:
    """All that the paper says, as texts: facts as (label, value), and tables as (heading, columns, rows)."""

    person: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]]


def record_paper(text: RecordText, company: str) -> bytes:
    """Return the record as PDF, with a line to be signed; what the fonts lack is replaced."""
    with using_locale(CHINESE):
        document = Document(
            DocumentFacts(printable(f"{HEADING} {text.person}"), printable(company), HEADING, clock.now()),
            _MARGINS,
        )
        printed = clock.to_local(clock.now()).strftime("%Y-%m-%d %H:%M")
        blocks.page_foot(document, Foot(printable(text.person), HEADING, "", f"打印时间 {printed}"))
        blocks.running_head(document, HEADING, printable(text.person))
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, HEADING)
        blocks.facts_grid(document, [Fact(label, printable(value) or "—") for label, value in text.facts])
        for heading, columns, rows in text.tables:
            draw_table(document, heading, columns, rows)
        return document.to_bytes()


def draw_table(
    document: Document, heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Draw one table below its heading; an empty one says so."""
    document.y += 4 * MM
    document.need(_SECTION.leading + 2 * _CELL.leading)
    document.page.text(document.left, document.y + baseline(_SECTION), heading, _SECTION)
    document.y += _SECTION.leading
    shown = rows or [["（无）", *("" for _column in columns[1:])]]
    Table(
        tuple(Column(name, weight=2 if place == 0 else 1) for place, name in enumerate(columns)), _HEAD
    ).draw(document, [Row(tuple((Part(printable(cell), _CELL),) for cell in row)) for row in shown])

"""Labels of equipment: A4 sheets of 24, or one on a label of 40 × 30 mm, true to size.

The QR carries the address of the label, so that any telephone in the house opens the item; beside it name, number and
the responsible department. What the fonts lack is replaced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core import clock, settings
from app.core.errors import Conflict
from app.core.pdf.document import HAIRLINE, MM, SOFT_INK, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.qr import qr_operations

ADDRESS, PUBLIC_ADDRESS = "assets.label_address", "verification.public_url"
SCAN_PATH = "/assets/scan/"
MOST_LABELS = 480
SHEET_COLUMNS, SHEET_ROWS = 3, 8
PER_SHEET = SHEET_COLUMNS * SHEET_ROWS
NO_MARGINS = Margins(0, 0, 0, 0)

_SHEET_LABEL = (70 * MM, 37 * MM)
_SINGLE_LABEL = (40 * MM, 30 * MM)


class Label(NamedTuple):
    """What one label says."""

    code: str
    number: str
    name: str
    department: str


@dataclass(frozen=True)
class Layout:
    """How one label is set, in points: its QR, its texts, the white around them."""

    width: float
    height: float
    side: float
    padding: float
    name: Style
    number: Style
    small: Style
    name_lines: int


_ON_SHEET = Layout(
    *_SHEET_LABEL,
    side=23 * MM,
    padding=4 * MM,
    name=Style("bold", 10, 13),
    number=Style("bold", 9, 12),
    small=Style("regular", 7.2, 9.6, SOFT_INK),
    name_lines=2,
)
_ALONE = Layout(
    *_SINGLE_LABEL,
    side=17 * MM,
    padding=1.8 * MM,
    name=Style("bold", 7.2, 8.8),
    number=Style("bold", 6.6, 8.4),
    small=Style("regular", 5.4, 7, SOFT_INK),
    name_lines=3,
)


def address_of(code: str) -> str:
    """Return the address a label carries; raises Conflict where no address of this system was named."""
    base = str(settings.get(ADDRESS) or settings.get(PUBLIC_ADDRESS) or "").rstrip("/")
    if not base:
        raise Conflict("asset_item:no-label-address")
    return f"{base}{SCAN_PATH}{code}"


def sheet(labels: Sequence[Label], company: str, *, start: int = 1) -> bytes:
    """Return labels on A4 sheets, three across and eight down, the first at place ``start`` (1 to 24).

    So a sheet of which some labels were used is used up. Without white edges, as such sheets are cut.
    """
    document = _document(company)
    for place, label in enumerate(labels, start - 1):
        position = place % PER_SHEET
        if position == 0 and place > start - 1:
            document.new_page()
        row, column = divmod(position, SHEET_COLUMNS)
        left, top = column * _ON_SHEET.width, row * _ON_SHEET.height
        top += (document.height - SHEET_ROWS * _ON_SHEET.height) / 2
        _draw(document, label, company, _ON_SHEET, left, top)
    return document.to_bytes()


def singles(labels: Sequence[Label], company: str) -> bytes:
    """Return labels for a label printer, each on a page of 40 × 30 mm."""
    document = _document(company, _SINGLE_LABEL)
    for place, label in enumerate(labels):
        if place:
            document.new_page()
        _draw(document, label, company, _ALONE, 0, 0)
    return document.to_bytes()


def _document(company: str, size: tuple[float, float] | None = None) -> Document:
    facts = DocumentFacts("设备标签", printable(company), "设备标签", clock.now())
    return Document(facts, NO_MARGINS, size) if size is not None else Document(facts, NO_MARGINS)


def _draw(document: Document, label: Label, company: str, layout: Layout, left: float, top: float) -> None:
    """Draw a label at its place: the QR at the left over its height, the texts beside it, the owner below."""
    page = document.page
    side, padding = layout.side, layout.padding
    bottom = document.height - top - padding - side
    page.raw(qr_operations(address_of(label.code), left + padding, bottom, side))
    # four modules of a code of version 3 stay white beside it
    x = left + padding + side + side / 29 * 4
    room = left + layout.width - padding - x
    y = top + padding
    for line in _cut(layout.name.lines(printable(label.name), room), layout.name_lines):
        page.text(x, y + layout.name.size, line, layout.name)
        y += layout.name.leading
    for text, style in ((label.number, layout.number), (label.department, layout.small)):
        y += style.leading * 0.15
        for line in _cut(style.lines(printable(text), room), 2):
            page.text(x, y + style.size, line, style)
            y += style.leading
    foot = top + layout.height - padding
    page.line(
        left + padding,
        foot - layout.small.leading,
        left + layout.width - padding,
        foot - layout.small.leading,
        width=0.4,
        colour=HAIRLINE,
    )
    owner = layout.small.lines(printable(company), layout.width - 2 * padding)
    page.text(left + padding, foot - layout.small.leading * 0.2, owner[0] if owner else "", layout.small)


def _cut(lines: Sequence[str], most: int) -> list[str]:
    """Return the first lines of a text, the last of them marked where more would follow."""
    if len(lines) <= most:
        return list(lines)
    return [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]

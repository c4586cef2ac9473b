"""Pages of a paper: a cursor that runs down A4 sheets, text and lines placed in points from the top left corner.

Pages are kept as steps until the end, so that a foot with the number of pages needs no second layout; then ReportLab
draws them (`drawing.py`), which is imported only there.
"""

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from app.core.pdf.fonts import typeface
from app.core.pdf.line_breaking import break_lines

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)

Colour = tuple[float, float, float]
INK: Colour = (0.09, 0.12, 0.17)
SOFT_INK: Colour = (0.38, 0.41, 0.46)
HAIRLINE: Colour = (0.72, 0.72, 0.70)
TINT: Colour = (0.955, 0.95, 0.935)
WATERMARK_GREY: Colour = (0.86, 0.86, 0.86)
SEAL_RED: Colour = (0.80, 0.09, 0.10)


class Style(NamedTuple):
    """How text is set: typeface name, size and line distance in points, colour, extra space between characters."""

    face: str = "regular"
    size: float = 9.0
    leading: float = 13.0
    colour: Colour = INK
    tracking: float = 0.0

    def width(self, text: str) -> float:
        """Return the width of a text in points."""
        width = typeface(self.face).width(text, self.size)
        return width + self.tracking * max(len(text) - 1, 0)

    def lines(self, text: str, width: float) -> tuple[str, ...]:
        """Return the text broken into lines within a width in points."""
        return break_lines(text, self.face, self.size, width)


class Margins(NamedTuple):
    """White edges of a page in points."""

    left: float
    top: float
    right: float
    bottom: float


class DocumentFacts(NamedTuple):
    """What a reader program shows as document properties; ``created`` is aware and printed in its own zone."""

    title: str
    author: str
    subject: str
    created: datetime


class Page:
    """One sheet; every place is given in points from the top left corner.

    What is drawn is kept as steps, each the name of a method of the sheet (`drawing.py`) with its arguments.
    """

    def __init__(self, document: "Document", number_in_document: int) -> None:
        self.number = number_in_document
        self.steps: list[tuple[Any, ...]] = []
        self.underlay: list[tuple[Any, ...]] = []
        self._document = document

    def texts(self) -> Iterator[str]:
        """All texts of the page in the order in which they were written."""
        for step in self.steps:
            if step[0] == "text":
                yield step[3]

    def text(self, x: float, baseline: float, text: str, style: Style, *, squeeze: float = 1.0) -> None:
        """Write one line; ``squeeze`` below 1 condenses the letters to that part of their width."""
        if text:
            self.steps.append(("text", x, baseline, text, style, squeeze))

    def text_right(
        self, right: float, baseline: float, text: str, style: Style, *, room: float = 0.0
    ) -> None:
        """Write one line that ends at ``right``; condensed to ``room`` points when it is wider than that."""
        width = style.width(text)
        squeeze = 1.0
        if 0 < room < width:
            squeeze, width = room / width, room
        self.text(right - width, baseline, text, style, squeeze=squeeze)

    def text_centred(
        self, centre: float, baseline: float, text: str, style: Style, *, room: float = 0.0
    ) -> None:
        """Write one line around ``centre``; condensed to ``room`` points when it is wider than that."""
        width = style.width(text)
        squeeze = 1.0
        if 0 < room < width:
            squeeze, width = room / width, room
        self.text(centre - width / 2, baseline, text, style, squeeze=squeeze)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, width: float = 0.5, colour: Colour = HAIRLINE
    ) -> None:
        """Draw a straight line of ``width`` points."""
        self.steps.append(("line", x1, y1, x2, y2, width, colour))

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour = TINT) -> None:
        """Fill a rectangle given by its upper left corner."""
        self.steps.append(("fill", x, y, width, height, colour))

    def place(self, form: str, x: float, y: float, *, blend: str = "", clip: tuple[float, ...] = ()) -> None:
        """Put a form made by ``Document.add_form`` with its origin at (x, y).

        ``blend`` "Ink" mixes its colours with what is printed below, as the ink of a seal does.
        ``clip`` is (left, top, width, height): only this part of the page takes ink.
        """
        self.steps.append(("place", form, x, y, blend, clip))

    def picture(self, content: bytes, x: float, y: float, width: float, height: float) -> None:
        """Put a PNG or JPEG that ``pictures.for_paper`` made, given by its upper left corner."""
        self.steps.append(("picture", content, x, y, width, height))

    def raw(self, operations: str) -> None:
        """Add ready PDF instructions, enclosed so that they change no state; the origin is the lower left corner."""
        self.steps.append(("raw", operations))

    def underlay_text(self, text: str, style: Style, angle: float) -> None:
        """Write a text through the middle of the sheet, turned by ``angle`` radians, below all other ink."""
        cosine, sine = math.cos(angle), math.sin(angle)
        half = style.width(text) / 2
        x = self._document.width / 2 - half * cosine
        y = self._document.height / 2 - half * sine
        self.underlay.append(("across", text, style, (cosine, sine, -sine, cosine, x, y)))


class Document:
    """A paper in the making; ``y`` is the cursor in points from the top of the current page."""

    def __init__(self, facts: DocumentFacts, margins: Margins, size: tuple[float, float] = A4) -> None:
        self.facts = facts
        self.margins = margins
        self.width, self.height = size
        self.left, self.right = margins.left, self.width - margins.right
        self.top, self.bottom = margins.top, self.height - margins.bottom
        self.pages: list[Page] = []
        self.forms: dict[str, tuple[tuple[float, ...], bytes]] = {}
        self._new_page_drawings: list[Callable[[Document], None]] = []
        self._closing_drawings: list[Callable[[Page, int], None]] = []
        self.page = Page(self, 1)
        self.pages.append(self.page)
        self.y = self.top

    @property
    def body_width(self) -> float:
        """Points between the side margins."""
        return self.right - self.left

    def on_new_page(self, drawing: Callable[["Document"], None]) -> None:
        """Call ``drawing(document)`` at the top of every further page; it may move the cursor down."""
        self._new_page_drawings.append(drawing)

    def on_close(self, drawing: Callable[[Page, int], None]) -> None:
        """Call ``drawing(page, number_of_pages)`` for every page when the number of pages is known."""
        self._closing_drawings.append(drawing)

    def new_page(self) -> None:
        """Begin the next sheet."""
        self.page = Page(self, len(self.pages) + 1)
        self.pages.append(self.page)
        self.y = self.top
        for drawing in self._new_page_drawings:
            drawing(self)

    def fits(self, height: float) -> bool:
        """Tell whether so many points remain on this page."""
        return self.y + height <= self.bottom + 0.01

    def need(self, height: float) -> None:
        """Begin a new page unless so many points remain on this one."""
        if not self.fits(height):
            self.new_page()

    def add_form(self, box: tuple[float, float, float, float], content: bytes) -> str:
        """Keep a drawing that is placed several times; ``box`` is (left, bottom, right, top) around its origin."""
        name = f"X{len(self.forms) + 1}"
        self.forms[name] = (box, content)
        return name

    def to_bytes(self) -> bytes:
        """Return the finished file; the same document gives the same bytes on every run. Raises MissingGlyph."""
        from app.core.pdf.drawing import draw  # slow import

        for drawing in self._closing_drawings:
            for page in self.pages:
                drawing(page, len(self.pages))
        return draw(self)

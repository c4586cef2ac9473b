"""Pages of a paper: a cursor that runs down A4 sheets, text and lines placed in points from the top left corner.

Pages are kept as drawing instructions until the end, so that a foot with the number of pages needs no second pass.
"""

import math
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from app.core.pdf.embedding import EmbeddedFont
from app.core.pdf.fonts import Typeface, typeface
from app.core.pdf.line_breaking import break_lines
from app.core.pdf.writer import PdfWriter, number, text_string

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)

Colour = tuple[float, float, float]
INK: Colour = (0.09, 0.12, 0.17)
SOFT_INK: Colour = (0.38, 0.41, 0.46)
HAIRLINE: Colour = (0.72, 0.72, 0.70)
TINT: Colour = (0.955, 0.95, 0.935)
WATERMARK_GREY: Colour = (0.86, 0.86, 0.86)
SEAL_RED: Colour = (0.80, 0.09, 0.10)

_COLOUR_CHANGE = {"fill": "rg", "stroke": "RG"}


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
    """One sheet; every place is given in points from the top left corner."""

    def __init__(self, document: "Document", number_in_document: int) -> None:
        self.number = number_in_document
        self._document = document
        self._height = document.height
        self._operations: list[str] = []
        self._underlay: list[str] = []
        self._colours: dict[str, Colour] = {}
        self._font: tuple[str, float, float] | None = None
        self._line_width = 0.0

    def _colour(self, kind: str, colour: Colour) -> None:
        if self._colours.get(kind) != colour:
            self._colours[kind] = colour
            values = " ".join(map(number, colour))
            self._operations.append(f"{values} {_COLOUR_CHANGE[kind]}")

    def text(self, x: float, baseline: float, text: str, style: Style, *, squeeze: float = 1.0) -> None:
        """Write one line; ``squeeze`` below 1 condenses the letters to that part of their width."""
        if not text:
            return
        self._colour("fill", style.colour)
        face = typeface(style.face)
        operations = ["BT"]
        if squeeze != 1.0:
            operations.append(f"{number(squeeze * 100)} Tz")
        operations.append(f"{number(x)} {number(self._height - baseline)} Td")
        for file_index, run in face.runs(text):
            font = self._document.font(face, file_index)
            state = (font.resource_name, style.size, style.tracking)
            if state != self._font:
                self._font = state
                operations.append(
                    f"/{font.resource_name} {number(style.size)} Tf {number(style.tracking)} Tc"
                )
            operations.append(f"<{font.encode(run)}> Tj")
        if squeeze != 1.0:
            operations.append("100 Tz")
        operations.append("ET")
        self._operations.append(" ".join(operations))

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
        self._colour("stroke", colour)
        if width != self._line_width:
            self._line_width = width
            self._operations.append(f"{number(width)} w")
        top = self._height
        self._operations.append(f"{number(x1)} {number(top - y1)} m {number(x2)} {number(top - y2)} l S")

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour = TINT) -> None:
        """Fill a rectangle given by its upper left corner."""
        self._colour("fill", colour)
        self._operations.append(
            f"{number(x)} {number(self._height - y - height)} {number(width)} {number(height)} re f"
        )

    def place(self, form: str, x: float, y: float, *, blend: str = "", clip: tuple[float, ...] = ()) -> None:
        """Put a form made by ``Document.add_form`` with its origin at (x, y).

        ``blend`` names a graphics state of the page: blending set inside a form would be lost in some viewers.
        ``clip`` is (left, top, width, height): only this part of the page takes ink.
        """
        operations = ["q"]
        if clip:
            left, top, width, height = clip
            operations.append(f"{left:.4f} {self._height - top - height:.4f} {width:.4f} {height:.4f} re W n")
        if blend:
            operations.append(f"/{blend} gs")
        operations.append(f"1 0 0 1 {x:.4f} {self._height - y:.4f} cm /{form} Do Q")
        self._operations.append(" ".join(operations))

    def raw(self, operations: str) -> None:
        """Add ready PDF instructions, enclosed so that they change no state; the origin is the lower left corner."""
        self._operations.append(f"q {operations} Q")

    def underlay_text(self, text: str, style: Style, angle: float) -> None:
        """Write a text through the middle of the sheet, turned by ``angle`` radians, below all other ink."""
        cosine, sine = math.cos(angle), math.sin(angle)
        half = style.width(text) / 2
        x = self._document.width / 2 - half * cosine
        y = self._height / 2 - half * sine
        values = " ".join(map(number, style.colour))
        shows = []
        for file_index, run in typeface(style.face).runs(text):
            font = self._document.font(typeface(style.face), file_index)
            shows.append(f"/{font.resource_name} {number(style.size)} Tf <{font.encode(run)}> Tj")
        self._underlay.append(
            f"q {values} rg BT {number(style.tracking)} Tc {cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f} "
            f"{number(x)} {number(y)} Tm {' '.join(shows)} ET Q"
        )

    def content(self) -> bytes:
        """Return the drawing instructions."""
        return "\n".join(self._underlay + self._operations).encode("ascii")


class Document:
    """A paper in the making; ``y`` is the cursor in points from the top of the current page."""

    def __init__(self, facts: DocumentFacts, margins: Margins, size: tuple[float, float] = A4) -> None:
        self.facts = facts
        self.margins = margins
        self.width, self.height = size
        self.left, self.right = margins.left, self.width - margins.right
        self.top, self.bottom = margins.top, self.height - margins.bottom
        self.pages: list[Page] = []
        self._fonts: dict[str, EmbeddedFont] = {}
        self._forms: dict[str, tuple[tuple[float, ...], bytes]] = {}
        self._new_page_drawings: list[Callable[[Document], None]] = []
        self._closing_drawings: list[Callable[[Page, int], None]] = []
        self.page = Page(self, 1)
        self.pages.append(self.page)
        self.y = self.top

    @property
    def body_width(self) -> float:
        """Points between the side margins."""
        return self.right - self.left

    def font(self, face: Typeface, file_index: int) -> EmbeddedFont:
        """Return the embedded form of one file of a typeface; files shared by typefaces are embedded once."""
        file = face.files[file_index]
        key = file.path.stem
        font = self._fonts.get(key)
        if font is None:
            font = self._fonts[key] = EmbeddedFont(file, f"F{len(self._fonts) + 1}")
        return font

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
        name = f"X{len(self._forms) + 1}"
        self._forms[name] = (box, content)
        return name

    def to_bytes(self) -> bytes:
        """Return the finished file; the same document gives the same bytes on every run."""
        for drawing in self._closing_drawings:
            for page in self.pages:
                drawing(page, len(self.pages))
        writer = PdfWriter()
        root, tree, resources = writer.reserve(), writer.reserve(), writer.reserve()
        kids = []
        for page in self.pages:
            content = writer.add_stream(page.content())
            kids.append(
                writer.add(
                    f"<< /Type /Page /Parent {tree} 0 R /Resources {resources} 0 R /Contents {content} 0 R "
                    f"/MediaBox [0 0 {number(self.width)} {number(self.height)}] >>"
                )
            )
        forms = [
            f"/{name} {writer.add_stream(content, _form_entries(box))} 0 R"
            for name, (box, content) in self._forms.items()
        ]
        fonts = [f"/{font.resource_name} {font.write(writer)} 0 R" for font in self._fonts.values()]
        states = "/Ink << /BM /Multiply /ca 0.92 >> /Normal << /BM /Normal /ca 1 >>"
        writer.fill(
            resources,
            f"<< /Font << {' '.join(fonts)} >> /XObject << {' '.join(forms)} >> /ExtGState << {states} >> >>",
        )
        writer.fill(
            tree, f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>"
        )
        writer.fill(
            root,
            f"<< /Type /Catalog /Pages {tree} 0 R /Lang {text_string('zh-CN')} "
            f"/ViewerPreferences << /DisplayDocTitle true >> >>",
        )
        return writer.to_bytes(root, writer.add(_information(self.facts)))


def _form_entries(box: tuple[float, ...]) -> str:
    corners = " ".join(f"{corner:.2f}" for corner in box)
    return f"/Type /XObject /Subtype /Form /FormType 1 /BBox [{corners}] /Resources << >>"


def _information(facts: DocumentFacts) -> str:
    zone = facts.created.strftime("%z")
    stamp = facts.created.strftime("D:%Y%m%d%H%M%S") + (f"{zone[:3]}'{zone[3:5]}'" if zone else "Z")
    return (
        f"<< /Title {text_string(facts.title)} /Author {text_string(facts.author)} "
        f"/Subject {text_string(facts.subject)} /Producer {text_string('章程')} "
        f"/CreationDate ({stamp}) /ModDate ({stamp}) >>"
    )

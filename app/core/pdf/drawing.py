"""Draws the pages of a document on a ReportLab canvas and returns the file.

Nothing but the document decides the bytes: no clock, no environment, no random identifier. Importing this module
imports ReportLab.
"""

import hashlib
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from app.core.pdf.embedding import registered

if TYPE_CHECKING:
    from app.core.pdf.document import Colour, Document, Page, Style

# Streams as letters instead of bytes are a quarter larger; no channel of today needs them.
rl_config.useA85 = 0

_PRODUCER = "章程"
# Opacity and mode. Ink lets what is printed below be read. Set on the page: ReportLab loses both inside a form.
_BLENDS = {"Ink": (0.92, "Multiply")}


def draw(document: "Document") -> bytes:
    """Return the file of a document whose pages are complete; the same document gives the same bytes."""
    facts = document.facts
    canvas = Canvas(
        "",
        pagesize=(round(document.width, 2), round(document.height, 2)),
        pageCompression=1,
        invariant=1,
        pdfVersion=(1, 7),
        initialFontName=registered("regular"),
        lang="zh-CN",
    )
    canvas.setTitle(facts.title)
    canvas.setAuthor(facts.author)
    canvas.setSubject(facts.subject)
    canvas.setCreator(_PRODUCER)
    canvas.setProducer(_PRODUCER)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    zone = facts.created.strftime("%z")
    stamp = facts.created.strftime("D:%Y%m%d%H%M%S") + (f"{zone[:3]}'{zone[3:5]}'" if zone else "Z")
    canvas.setDateFormatter(lambda *_moment: stamp)
    canvas._doc.signature = _fingerprint(document, stamp)
    for name, (box, content) in document.forms.items():
        canvas.beginForm(name, *(round(corner, 2) for corner in box))
        canvas.addLiteral(content.decode("ascii"))
        canvas.endForm()
    for page in document.pages:
        _Sheet(canvas, document.height).draw(page)
        canvas.showPage()
    file: bytes = canvas.getpdfdata()
    return file


def _fingerprint(document: "Document", stamp: str) -> Any:
    """What the file's identifier is made from; ReportLab's own would depend on a variable of the environment."""
    digest = hashlib.sha256(stamp.encode("ascii"))
    for _box, content in document.forms.values():
        digest.update(content)
    for page in document.pages:
        digest.update("\n".join(page.texts()).encode("utf-8"))
    return digest


class _Sheet:
    """One page of the canvas; colours, fonts and line widths are written only where they change."""

    def __init__(self, canvas: Canvas, height: float) -> None:
        self._canvas = canvas
        self._height = height
        self._open_text: PDFTextObject | None = None
        self._fill_colour: Colour | None = None
        self._stroke_colour: Colour | None = None
        self._line_width = 0.0
        self._font = ("", 0.0)
        self._tracking = 0.0

    def draw(self, page: "Page") -> None:
        """Draw what the page has kept, what lies below everything else first."""
        self._run(page.underlay)
        self._run(page.steps)
        self._end_text()

    def _run(self, steps: Iterable[tuple[Any, ...]]) -> None:
        methods = {
            name: getattr(self, name)
            for name in ("text", "line", "fill", "place", "picture", "raw", "across")
        }
        for name, *arguments in steps:
            methods[name](*arguments)

    def text(self, x: float, baseline: float, text: str, style: "Style", squeeze: float) -> None:
        """Lines of text that follow each other go into one text object."""
        x, y = round(x, 2), round(self._height - baseline, 2)
        target = self._open_text
        if target is None:
            target = self._open_text = self._canvas.beginText(x, y)
            self._font = ("", 0.0)
        else:
            target.setTextOrigin(x, y)
        if style.colour != self._fill_colour:
            self._fill_colour = style.colour
            target.setFillColor(style.colour)
        font = (style.face, style.size)
        if font != self._font:
            self._font = font
            target.setFont(registered(style.face), style.size)
        if style.tracking != self._tracking:
            self._tracking = style.tracking
            target.setCharSpace(style.tracking)
        if squeeze != 1.0:
            target.setHorizScale(round(squeeze * 100, 2))
        target.textOut(text)
        if squeeze != 1.0:
            target.setHorizScale(100)

    def _end_text(self) -> None:
        if self._open_text is not None:
            self._canvas.drawText(self._open_text)
            self._open_text = None

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float, colour: "Colour") -> None:
        self._end_text()
        if colour != self._stroke_colour:
            self._stroke_colour = colour
            self._canvas.setStrokeColor(colour)
        if width != self._line_width:
            self._line_width = width
            self._canvas.setLineWidth(width)
        top = self._height
        self._canvas.line(round(x1, 2), round(top - y1, 2), round(x2, 2), round(top - y2, 2))

    def fill(self, x: float, y: float, width: float, height: float, colour: "Colour") -> None:
        self._end_text()
        if colour != self._fill_colour:
            self._fill_colour = colour
            self._canvas.setFillColor(colour)
        bottom = self._height - y - height
        self._canvas.rect(round(x, 2), round(bottom, 2), round(width, 2), round(height, 2), stroke=0, fill=1)

    def place(self, form: str, x: float, y: float, blend: str, clip: tuple[float, ...]) -> None:
        self._end_text()
        canvas = self._canvas
        canvas.saveState()
        if clip:
            left, top, width, height = clip
            path = canvas.beginPath()
            path.rect(left, self._height - top - height, width, height)
            canvas.clipPath(path, stroke=0, fill=0)
        if blend:
            alpha, mode = _BLENDS[blend]
            canvas.setFillAlpha(alpha)
            canvas.setBlendMode(mode)
        canvas.translate(x, self._height - y)
        canvas.doForm(form)
        canvas.restoreState()

    def picture(self, content: bytes, x: float, y: float, width: float, height: float) -> None:
        self._end_text()
        corner = (round(x, 2), round(self._height - y - height, 2))
        self._canvas.drawImage(ImageReader(io.BytesIO(content)), *corner, round(width, 2), round(height, 2))

    def raw(self, operations: str) -> None:
        self._end_text()
        self._canvas.saveState()
        self._canvas.addLiteral(operations)
        self._canvas.restoreState()

    def across(self, text: str, style: "Style", matrix: tuple[float, ...]) -> None:
        self._end_text()
        self._canvas.saveState()
        target = self._canvas.beginText()
        target.setFillColor(style.colour)
        target.setFont(registered(style.face), style.size)
        target.setCharSpace(style.tracking)
        target.setTextTransform(*matrix)
        target.textOut(text)
        self._canvas.drawText(target)
        self._canvas.restoreState()

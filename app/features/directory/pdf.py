"""The organisation chart on paper, A4 or A3 across: the same boxes as on the screen, as large as the sheet allows."""

from datetime import date
from itertools import pairwise

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Foot, Letterhead
from app.core.pdf.document import A4, INK, MM, SOFT_INK, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.features.directory import wording
from app.features.directory.layout import BOX_HEIGHT, BOX_WIDTH, Layout, Placed, lay_out
from app.features.directory.structure import Structure

A4_ACROSS = (A4[1], A4[0])
A3_ACROSS = (420 * MM, 297 * MM)
SIZES = {"a4": A4_ACROSS, "a3": A3_ACROSS}
LARGEST_SCALE = 0.9
_MARGINS = Margins(12 * MM, 12 * MM, 12 * MM, 16 * MM)


def chart_paper(structure: Structure, company: str, size: str) -> bytes:
    """Return a structure as PDF; ``size`` is a4 or a3. What the fonts lack is replaced."""
    with using_locale(CHINESE):
        heading = "组织架构图"
        said = (
            f"{structure.plan.title}（规划，{day_text(structure.day)}起）"
            if structure.plan
            else day_text(structure.day)
        )
        facts = DocumentFacts(heading, printable(company), printable(said), clock.now())
        document = Document(facts, _MARGINS, SIZES[size])
        printed = clock.to_local(clock.now()).strftime("%Y-%m-%d %H:%M")
        blocks.page_foot(document, Foot(printable(said), f"打印时间 {printed}"))
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, heading)
        document.page.text_centred(
            document.left + document.body_width / 2, document.y + 4, printable(said), blocks.BODY
        )
        document.y += 14
        _draw(document, lay_out(structure))
        return document.to_bytes()


def day_text(day: date) -> str:
    """Return a day as Chinese papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _draw(document: Document, layout: Layout) -> None:
    """Draw boxes and lines in the middle of what is left of the sheet."""
    if not layout.boxes:
        return
    room_x, room_y = document.body_width, document.bottom - document.y
    scale = min(LARGEST_SCALE, room_x / layout.width, room_y / layout.height)
    left = document.left + (room_x - layout.width * scale) / 2
    top = document.y
    for line in layout.lines:
        corners = [(left + x * scale, top + y * scale) for x, y in line.corners]
        for begin, end in pairwise(corners):
            document.page.line(*begin, *end, width=0.6 * scale, colour=SOFT_INK)
    for placed in layout.boxes:
        _box(document, placed, left, top, scale)


def _box(document: Document, placed: Placed, left: float, top: float, scale: float) -> None:
    x, y = left + placed.x * scale, top + placed.y * scale
    width, height = BOX_WIDTH * scale, BOX_HEIGHT * scale
    right, bottom = x + width, y + height
    # Nobody in it: a pale box, so that an empty place is seen from afar.
    if not placed.box.holders:
        document.page.fill(x, y, width, height)
    for x1, y1, x2, y2 in (
        (x, y, right, y),
        (right, y, right, bottom),
        (right, bottom, x, bottom),
        (x, bottom, x, y),
    ):
        document.page.line(x1, y1, x2, y2, width=0.9 * scale, colour=INK)
    said = (
        (placed.box.title, Style("bold", 11.5 * scale, 14 * scale), 20),
        (wording.department_line(placed.box), Style("regular", 10 * scale, 13 * scale, SOFT_INK), 37),
        (wording.people_line(placed.box), Style("regular", 11 * scale, 14 * scale), 55),
    )
    for text, style, down in said:
        document.page.text_centred(
            x + width / 2, y + down * scale, printable(text), style, room=width - 8 * scale
        )

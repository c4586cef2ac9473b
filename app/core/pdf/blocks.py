"""The blocks that all papers share: letterhead, title, facts in pairs, paragraphs, foot, watermark."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from app.core.pdf.document import (
    HAIRLINE,
    INK,
    MM,
    SOFT_INK,
    TINT,
    WATERMARK_GREY,
    Document,
    Page,
    Style,
)

COMPANY = Style("bold", 15, 19)
SMALL = Style("regular", 7.6, 11, SOFT_INK)
BODY = Style("regular", 8.6, 12.6)
BODY_BOLD = Style("bold", 8.6, 12.6)
LABEL = Style("regular", 8.4, 12.6, SOFT_INK)
VALUE = Style("regular", 8.8, 12.6)
TITLE = Style("bold", 19, 24, INK, 9)

_CELL_PAD_X = 4.2
_CELL_PAD_Y = 2.2


class Letterhead(NamedTuple):
    """Whose paper it is: full name, and lines of facts of which each part stays whole."""

    company: str
    lines: tuple[tuple[str, ...], ...]


def baseline(style: Style) -> float:
    """Return the distance in points from the top of a line to its baseline."""
    return style.leading / 2 + style.size * 0.36


def letterhead(document: Document, head: Letterhead) -> None:
    """Draw the letterhead at the cursor over the width of the body."""
    page = document.page
    width = COMPANY.width(head.company)
    squeeze = min(1.0, document.body_width / width)
    page.text(document.left, document.y + baseline(COMPANY), head.company, COMPANY, squeeze=squeeze)
    document.y += COMPANY.leading + 2
    for parts in head.lines:
        for line in _joined(parts, document.body_width):
            page.text(document.left, document.y + baseline(SMALL), line, SMALL)
            document.y += SMALL.leading
    document.y += 4
    page.line(document.left, document.y, document.right, document.y, width=1.1, colour=INK)
    document.y += 2
    page.line(document.left, document.y, document.right, document.y, width=0.4, colour=INK)


def _joined(parts: Sequence[str], room: float, gap: str = "    ") -> list[str]:
    """Set the parts side by side and begin a new line where the next one does not fit."""
    lines: list[str] = []
    for part in parts:
        for piece in SMALL.lines(part, room):
            if lines and SMALL.width(lines[-1] + gap + piece) <= room:
                lines[-1] += gap + piece
            else:
                lines.append(piece)
    return lines


def title(document: Document, text: str) -> None:
    """Draw the paper's title in the middle."""
    document.y += 8
    document.page.text_centred(
        document.left + document.body_width / 2,
        document.y + baseline(TITLE),
        text,
        TITLE,
        room=document.body_width,
    )
    document.y += TITLE.leading + 7


class Fact(NamedTuple):
    """A label with its value; a ``wide`` one takes the whole line."""

    label: str
    value: str
    wide: bool = False


def facts_grid(
    document: Document, facts: Sequence[Fact], *, label_width: float = 20 * MM, split: float = 0.6
) -> None:
    """Draw facts two in a line with tinted labels; ``split`` is the left pair's part of the width.

    The labels have one width: ``label_width``, or as much as the longest of them needs.
    """
    label_width = max(label_width, *(LABEL.width(fact.label) + 2 * _CELL_PAD_X for fact in facts), 0)
    document.need(_CELL_PAD_Y * 2 + VALUE.leading)
    start = document.y
    document.page.line(document.left, start, document.right, start, width=0.9, colour=INK)
    pending: Fact | None = None
    for fact in facts:
        if fact.wide:
            if pending is not None:
                _facts_line(document, (pending, Fact("", "")), label_width, split)
                pending = None
            _facts_line(document, (fact,), label_width, split)
        elif pending is None:
            pending = fact
        else:
            _facts_line(document, (pending, fact), label_width, split)
            pending = None
    if pending is not None:
        _facts_line(document, (pending, Fact("", "")), label_width, split)
    document.page.line(document.left, document.y, document.right, document.y, width=0.9, colour=INK)


def _facts_line(document: Document, facts: Sequence[Fact], label_width: float, split: float) -> None:
    middle = document.left + document.body_width * split
    spans = (
        ((document.left, middle), (middle, document.right))
        if len(facts) == 2
        else ((document.left, document.right),)
    )
    values = [
        VALUE.lines(fact.value, right - left - label_width - 2 * _CELL_PAD_X)
        for fact, (left, right) in zip(facts, spans, strict=True)
    ]
    height = max(map(len, values)) * VALUE.leading + 2 * _CELL_PAD_Y
    document.need(min(height, (document.bottom - document.top) / 2))
    page, top = document.page, document.y
    for fact, (left, _), lines in zip(facts, spans, values, strict=True):
        page.fill(left, top + 0.5, label_width, height - 0.5, TINT)
        page.text(left + _CELL_PAD_X, top + _CELL_PAD_Y + baseline(LABEL), fact.label, LABEL)
        y = top + _CELL_PAD_Y
        for line in lines:
            page.text(left + label_width + _CELL_PAD_X, y + baseline(VALUE), line, VALUE)
            y += VALUE.leading
    for edge in (*(left for left, _ in spans), document.right):
        page.line(edge, top, edge, top + height, width=0.45)
    document.y = top + height
    page.line(document.left, document.y, document.right, document.y, width=0.45, colour=HAIRLINE)


class Paragraph(NamedTuple):
    """A text with an optional mark hung before it (a number or a bullet) and an optional bold beginning."""

    text: str
    mark: str = ""
    lead: str = ""


def paragraph_lines(
    document: Document, paragraph: Paragraph, indent: float, style: Style = BODY
) -> tuple[str, ...]:
    """Return the paragraph's lines; the bold beginning is part of the first one."""
    return style.lines(
        paragraph.lead + paragraph.text, document.body_width - indent - _lead_extra(paragraph, style)
    )


def _lead_extra(paragraph: Paragraph, style: Style) -> float:
    """Bold letters are a little wider; as much room is kept free in every line."""
    bold = style._replace(face="bold")
    return max(0.0, bold.width(paragraph.lead) - style.width(paragraph.lead))


def draw_paragraph(
    document: Document, paragraph: Paragraph, *, indent: float = 0.0, style: Style = BODY
) -> None:
    """Draw a paragraph from the cursor on, over the page where needed; the mark hangs inside the indent."""
    lines = paragraph_lines(document, paragraph, indent, style)
    bold = style._replace(face="bold")
    left_of_lead = len(paragraph.lead)
    for place, line in enumerate(lines):
        document.need(style.leading)
        y = document.y + baseline(style)
        x = document.left + indent
        if place == 0 and paragraph.mark:
            document.page.text(document.left, y, paragraph.mark, style)
        if left_of_lead:
            head = line[:left_of_lead]
            left_of_lead -= len(head)
            document.page.text(x, y, head, bold)
            document.page.text(x + bold.width(head), y, line[len(head) :], style)
        else:
            document.page.text(x, y, line, style)
        document.y += style.leading


class Foot(NamedTuple):
    """What every page says at its end; the count of pages is written in the middle of the first line."""

    left: str
    right: str
    second_left: str = ""
    second_right: str = ""


def page_foot(document: Document, foot: Foot) -> None:
    """Write the foot below the body of every page when the document is finished."""
    style = Style("regular", 7.6, 10.5, SOFT_INK)

    def draw(page: Page, pages: int) -> None:
        y = document.bottom + 5
        page.line(document.left, y, document.right, y, width=0.45, colour=HAIRLINE)
        y += 2
        page.text(document.left, y + baseline(style), foot.left, style)
        middle = (document.left + document.right) / 2
        page.text_centred(middle, y + baseline(style), f"第 {page.number} 页，共 {pages} 页", style)
        page.text_right(document.right, y + baseline(style), foot.right, style)
        y += style.leading
        page.text(document.left, y + baseline(style), foot.second_left, style)
        page.text_right(document.right, y + baseline(style), foot.second_right, style)

    document.on_close(draw)


def running_head(document: Document, left: str, right: str) -> None:
    """Write a slim head at the top of every page after the first."""

    def draw(on: Document) -> None:
        on.page.text(on.left, on.y + baseline(SMALL), left, SMALL)
        on.page.text_right(on.right, on.y + baseline(SMALL), right, SMALL)
        on.y += SMALL.leading + 3
        on.page.line(on.left, on.y, on.right, on.y, width=0.6, colour=INK)
        on.y += 6

    document.on_new_page(draw)


def watermark(document: Document, text: str) -> None:
    """Write a pale word across every page, below the ink of everything else."""
    style = Style("bold", 64, 64, WATERMARK_GREY, 12)

    def draw(page: Page, _pages: int) -> None:
        page.underlay_text(text, style, math.radians(40))

    document.on_close(draw)

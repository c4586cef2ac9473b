"""Tables of a paper: strings broken beforehand, rows of known height, the head repeated on every page."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from app.core.pdf.document import HAIRLINE, INK, TINT, Document, Style

Align = Literal["left", "right", "centre"]

_PAD_X = 3.4
_PAD_Y = 2.8
_RULE = 0.45
_STRONG_RULE = 0.9


class Column(NamedTuple):
    """A column; with weight 0 it is as wide as its longest line, otherwise it shares what is left by its weight.

    ``minimum`` and ``maximum`` are points. Right-aligned cells hold figures: they are never broken, and condensed
    when they are wider than ``maximum``.
    """

    title: str
    align: Align = "left"
    minimum: float = 20.0
    maximum: float = 110.0
    weight: float = 0.0


class Part(NamedTuple):
    """One text of a cell in its own style; several parts of a cell stand below each other."""

    text: str
    style: Style


class Row(NamedTuple):
    """One row; ``cells`` has the parts of each column, or ``heading`` is written across the whole table."""

    cells: tuple[tuple[Part, ...], ...] = ()
    heading: Part | None = None


class _Lines(NamedTuple):
    """A cell's broken lines with their height in points."""

    lines: tuple[Part, ...]
    height: float


class Table:
    """A table over the width of a document's body."""

    def __init__(self, columns: Sequence[Column], head: Style) -> None:
        self.columns = columns
        self.head = head
        self._widths: list[float] = []
        self._edges: list[float] = []
        self._segment_top = 0.0

    def draw(self, document: Document, rows: Iterable[Row], *, keep_with_last: float = 0.0) -> None:
        """Draw the rows from the cursor on; ``keep_with_last`` points that follow stay with the last row."""
        rows = list(rows)
        self._measure(document, rows)
        self._draw_head(document, first=True, room_for=self._height(rows[0]) if rows else 0.0)
        body_height = document.bottom - document.top
        for place, row in enumerate(rows):
            height = self._height(row)
            needed = height
            if place == len(rows) - 1:
                needed += keep_with_last
            elif row.heading is not None:
                needed += self._height(rows[place + 1])
            if not document.fits(needed) and needed < body_height / 2:
                self._continue(document)
            self._draw_row(document, row)
        self._close_segment(document)
        document.page.line(
            document.left, document.y, document.right, document.y, width=_STRONG_RULE, colour=INK
        )

    def _measure(self, document: Document, rows: list[Row]) -> None:
        natural = [max(column.minimum, _widest(column.title, self.head)) for column in self.columns]
        for row in rows:
            for place, parts in enumerate(row.cells):
                if self.columns[place].weight:
                    continue
                for part in parts:
                    width = _widest(part.text, part.style)
                    if width > natural[place]:
                        natural[place] = min(width, max(self.columns[place].maximum, natural[place]))
        fixed = sum(width for width, column in zip(natural, self.columns, strict=True) if not column.weight)
        weights = sum(column.weight for column in self.columns)
        rest = document.body_width - fixed
        self._widths = [
            rest * column.weight / weights if column.weight else width
            for width, column in zip(natural, self.columns, strict=True)
        ]
        self._edges = [document.left]
        for width in self._widths:
            self._edges.append(self._edges[-1] + width)

    def _lines(self, place: int, parts: tuple[Part, ...]) -> _Lines:
        room = self._widths[place] - 2 * _PAD_X
        lines: list[Part] = []
        height = 0.0
        for text, style in parts:
            if self.columns[place].align == "right":
                broken: tuple[str, ...] = (text,)
            else:
                broken = style.lines(text, room)
            lines.extend(Part(line, style) for line in broken)
            height += len(broken) * style.leading
        return _Lines(tuple(lines), height)

    def _height(self, row: Row) -> float:
        if row.heading is not None:
            return row.heading.style.leading * len(self._heading_lines(row.heading)) + 2 * _PAD_Y
        return max(self._lines(place, parts).height for place, parts in enumerate(row.cells)) + 2 * _PAD_Y

    def _heading_lines(self, heading: Part) -> tuple[str, ...]:
        return heading.style.lines(heading.text, self._edges[-1] - self._edges[0] - 2 * _PAD_X)

    def _draw_head(self, document: Document, *, first: bool, room_for: float = 0.0) -> None:
        titles = [
            self.head.lines(column.title, width - 2)
            for column, width in zip(self.columns, self._widths, strict=True)
        ]
        height = max(map(len, titles)) * self.head.leading + 2 * _PAD_Y
        if first:
            document.need(min(height + room_for, (document.bottom - document.top) / 2))
        page, top = document.page, document.y
        page.fill(document.left, top, document.body_width, height, TINT)
        page.line(document.left, top, document.right, top, width=_STRONG_RULE, colour=INK)
        for place, lines in enumerate(titles):
            centre = self._edges[place] + self._widths[place] / 2
            baseline = top + (height - len(lines) * self.head.leading) / 2 + _baseline(self.head)
            for line in lines:
                page.text_centred(centre, baseline, line, self.head, room=self._widths[place] - 2)
                baseline += self.head.leading
        document.y = top + height
        page.line(document.left, document.y, document.right, document.y, width=_RULE, colour=INK)
        self._segment_top = top

    def _continue(self, document: Document) -> None:
        self._close_segment(document)
        document.new_page()
        self._draw_head(document, first=False)

    def _close_segment(self, document: Document) -> None:
        """Draw the column lines of the rows since the head or the last heading."""
        if document.y > self._segment_top:
            for edge in self._edges:
                document.page.line(edge, self._segment_top, edge, document.y, width=_RULE)
        self._segment_top = document.y

    def _draw_row(self, document: Document, row: Row) -> None:
        if row.heading is not None:
            self._draw_heading(document, row.heading)
            return
        cells = [self._lines(place, parts) for place, parts in enumerate(row.cells)]
        while True:
            height = max(cell.height for cell in cells) + 2 * _PAD_Y
            if document.fits(height):
                self._draw_cells(document, cells, height)
                return
            # Only a row higher than half a page gets here: it goes on over the page instead of leaving a hole.
            room = document.bottom - document.y - 2 * _PAD_Y
            now = [_first_lines(cell, room) for cell in cells]
            if any(cell.lines for cell in now):
                self._draw_cells(document, now, max(cell.height for cell in now) + 2 * _PAD_Y)
                cells = [_after(cell, drawn) for cell, drawn in zip(cells, now, strict=True)]
            self._continue(document)

    def _draw_heading(self, document: Document, heading: Part) -> None:
        self._close_segment(document)
        lines = self._heading_lines(heading)
        height = len(lines) * heading.style.leading + 2 * _PAD_Y
        page, top = document.page, document.y
        page.fill(document.left, top + 0.3, document.body_width, height - 0.3, TINT)
        baseline = top + _PAD_Y + _baseline(heading.style)
        for line in lines:
            page.text(document.left + _PAD_X, baseline, line, heading.style)
            baseline += heading.style.leading
        for edge in (document.left, document.right):
            page.line(edge, top, edge, top + height, width=_RULE)
        document.y = top + height
        page.line(document.left, document.y, document.right, document.y, width=_RULE)
        self._segment_top = document.y

    def _draw_cells(self, document: Document, cells: Sequence[_Lines], height: float) -> None:
        page, top = document.page, document.y
        for place, (lines, used) in enumerate(cells):
            left, width = self._edges[place], self._widths[place]
            align = self.columns[place].align
            y = top + (height - used) / 2
            for text, style in lines:
                baseline = y + _baseline(style)
                if align == "left":
                    page.text(left + _PAD_X, baseline, text, style)
                elif align == "right":
                    page.text_right(left + width - _PAD_X, baseline, text, style, room=width - 2 * _PAD_X)
                else:
                    page.text_centred(left + width / 2, baseline, text, style)
                y += style.leading
        document.y = top + height
        page.line(document.left, document.y, document.right, document.y, width=_RULE, colour=HAIRLINE)


def _widest(text: str, style: Style) -> float:
    return max(map(style.width, text.split("\n"))) + 2 * _PAD_X


def _baseline(style: Style) -> float:
    """Distance from the top of a line to the baseline that puts Chinese characters in the middle of the line."""
    return style.leading / 2 + style.size * 0.36


def _first_lines(cell: _Lines, room: float) -> _Lines:
    height, count = 0.0, 0
    for line in cell.lines:
        if height + line.style.leading > room:
            break
        height += line.style.leading
        count += 1
    return _Lines(cell.lines[:count], height)


def _after(cell: _Lines, drawn: _Lines) -> _Lines:
    return _Lines(cell.lines[len(drawn.lines) :], cell.height - drawn.height)

"""The paragraphs and tables of a Word file in reading order, each with the number Word prints before it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.core.i18n import lazy
from app.features.rules.clause_text import LONGEST_TEXT, MOST_CELLS, Cell, Run, Runs, Table
from app.features.rules.word import markup
from app.features.rules.word.inline import InlineReader, Line, lines_of, plain_text, trimmed
from app.features.rules.word.markup import MC, W
from app.features.rules.word.numbering import Label
from app.features.rules.word.parts import Picture, WordFile, refuse, too_long
from app.features.rules.word.remarks import Remark

MOST_PARAGRAPHS = 12_000
MOST_EDGES, LONGEST_EDGE = 20, 500
MOST_TABLE_COLUMNS = 63

_WRAPPERS = frozenset(W + name for name in ("customXml", "sdtContent", "smartTag", "ins", "moveTo"))
_DROPPED = frozenset(W + name for name in ("del", "moveFrom"))


@dataclass
class TextBlock:
    """A paragraph: its lines, its number where Word counts it, what its style says of it."""

    lines: list[Runs]
    label: Label | None = None
    bullet: bool = False
    outline_level: int | None = None
    title: bool = False
    subtitle: bool = False
    centred: bool = False
    pictures: list[Picture] = field(default_factory=list)
    remarks: set[Remark] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The text without its look, its lines joined."""
        return "\n".join("".join(run.text for run in line) for line in self.lines)

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return bool(self.lines) and all(run.bold for line in self.lines for run in line if run.text.strip())


@dataclass
class TableBlock:
    """A table, with the pictures that stood in it."""

    table: Table
    pictures: list[Picture] = field(default_factory=list)
    remarks: set[Remark] = field(default_factory=set)


class BlockReader:
    """Reads the body of one file. Paragraphs are counted in their order, those in tables and boxes too."""

    def __init__(self, file: WordFile) -> None:
        self.file = file
        self.inline = InlineReader(file)
        self.paragraphs = 0
        # The runs of paragraphs whose end was deleted: they stand before the next one's.
        self.carried: list[Run] = []

    def read(self) -> Iterator[TextBlock | TableBlock]:
        """Give paragraphs and tables in reading order; raises Invalid where the document is too long."""
        yield from self._walk(self.file.body)
        if self.carried:
            yield TextBlock(lines_of(tuple(self.carried)))

    def _walk(self, element: Any) -> Iterator[TextBlock | TableBlock]:
        for one in element:
            tag = one.tag
            if tag == f"{W}p":
                yield from self._paragraph(one)
            elif tag == f"{W}tbl":
                yield self._table(one)
            elif tag == f"{W}sdt":
                if markup.value(one, "sdtPr", "docPartObj", "docPartGallery") == "Table of Contents":
                    self.file.note(Remark.CONTENTS)
                else:
                    yield from self._walk(one)
            elif tag in _WRAPPERS:
                yield from self._walk(one)
            elif tag in _DROPPED:
                self.file.note(Remark.DELETED)
            elif tag == f"{MC}AlternateContent":
                yield from self._walk(list(markup.chosen(one)))
            elif tag == f"{W}altChunk":
                self.file.note(Remark.EMBEDDED)

    def _paragraph(self, paragraph: Any) -> Iterator[TextBlock | TableBlock]:
        self.paragraphs += 1
        if self.paragraphs > MOST_PARAGRAPHS:
            raise too_long()
        properties = markup.child(paragraph, "pPr")
        style = markup.value(properties, "pStyle") or self.file.styles.usual
        line = self.inline.read(paragraph, style)
        if style in self.file.styles.contents or (line.dropped and self.inline.fields.in_contents):
            if Remark.CONTENTS not in self.file.remarks:
                self.file.note(Remark.CONTENTS)
            return
        yield from self._kept(properties, style, line)
        for box in line.boxes:
            yield from self._walk(box)

    def _kept(self, properties: Any, style: str, line: Line) -> Iterator[TextBlock]:
        """Give a paragraph unless all of it was deleted or hidden: then it is not counted either."""
        mark = markup.child(properties, "rPr")
        end_deleted = mark is not None and (
            mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None
        )
        if end_deleted:
            self.carried += line.runs
            self.file.note(Remark.DELETED)
            return
        if line.dropped and not line.text.strip() and not self.carried and markup.switch(mark, "vanish"):
            return
        runs, self.carried = (*self.carried, *line.runs), []
        yield self._block(properties, style, line, lines_of(runs))

    def _block(self, properties: Any, style: str, line: Line, lines: list[Runs]) -> TextBlock:
        label, bullet = self._number(properties, style, line)
        outline = markup.number(properties, "outlineLvl", most=9)
        if outline is None:
            outline = self.file.styles.outline_level(style)
        if label is not None and not lines and not line.pictures:
            line.remarks.add(Remark.EMPTY_NUMBERED)
            self.file.note(Remark.EMPTY_NUMBERED)
        return TextBlock(
            lines,
            label,
            bullet,
            outline if outline is not None and outline < 9 else None,
            self.file.styles.is_title(style),
            self.file.styles.is_subtitle(style),
            markup.value(properties, "jc") == "center",
            line.pictures,
            line.remarks,
        )

    def _number(self, properties: Any, style: str, line: Line) -> tuple[Label | None, bool]:
        """Count a paragraph and return its number, and whether it has a dot instead."""
        place = self._list_place(properties, style)
        if place is None:
            return None, False
        label = self.file.numbering.count(*place)
        if label is None:
            if Remark.BROKEN_NUMBERING not in line.remarks:
                line.remarks.add(Remark.BROKEN_NUMBERING)
                self.file.note(Remark.BROKEN_NUMBERING)
            return None, False
        if label.kind[0] == "bullet":
            return None, True
        return (label if label.text else None), False

    def _list_place(self, properties: Any, style: str) -> tuple[str, int] | None:
        """Return the list and level of a paragraph: its own, else those of its style; None for no list."""
        styles, numbering = self.file.styles, self.file.numbering
        list_key = markup.value(properties, "numPr", "numId")
        level = markup.number(properties, "numPr", "ilvl", most=markup.MOST_LEVEL)
        inherited = styles.numbering(style)
        if list_key is None:
            if inherited is None:
                return None
            list_key = inherited[0].list_key or "0"
        if list_key == "0":
            return None
        if level is None:
            tied = (numbering.level_of_style(list_key, one.key) for one in styles.chain(style))
            level = next((one for one in tied if one is not None), None)
        if level is None and inherited is not None and inherited[1] is not None:
            level = inherited[1].list_level
        return list_key, level or 0

    # Tables

    def _table(self, table: Any) -> TableBlock:
        block = TableBlock(Table(()))
        grid = _Grid()
        for row in _rows(table):
            if markup.child(row, "trPr", "del") is not None:
                self.file.note(Remark.DELETED)
                continue
            grid.begin_row(_skipped(row, "gridBefore"))
            for cell in _cells(row):
                self._cell(cell, grid, block)
            grid.end_row(_skipped(row, "gridAfter"))
            if grid.count > MOST_CELLS:
                raise refuse(
                    lazy(
                        "有一张表格超过 %(most)s 格。请把它拆开，或另存为 Excel 作为附件上传", most=MOST_CELLS
                    )
                )
        block.table = Table(grid.finished(), heads=_heads(table, len(grid.rows)))
        return block

    def _cell(self, cell: Any, grid: "_Grid", block: TableBlock) -> None:
        properties = markup.child(cell, "tcPr")
        columns = markup.number(properties, "gridSpan", least=1, most=MOST_TABLE_COLUMNS) or 1
        merge = markup.child(properties, "vMerge")
        runs = self._cell_runs(cell, block)
        if merge is not None and merge.get(markup.VAL, "continue") == "continue" and grid.lengthen(columns):
            return
        grid.add(runs, columns)

    def _cell_runs(self, cell: Any, block: TableBlock) -> Runs:
        """Return the text of a cell, its paragraphs as lines of it; a table inside becomes text."""
        runs: list[Run] = []
        for inner in self._walk(cell):
            if isinstance(inner, TableBlock):
                self.file.note(Remark.NESTED_TABLES)
                block.remarks.add(Remark.NESTED_TABLES)
                lines = [Run(_row_text(row)) for row in inner.table.rows]
                pieces: list[Runs] = [(line,) for line in lines if line.text]
            else:
                pieces = [*inner.lines]
                number = inner.label.text if inner.label is not None else "•" if inner.bullet else ""
                if number and pieces:
                    pieces[0] = (Run(f"{number} ", bold=pieces[0][0].bold), *pieces[0])
            block.pictures += inner.pictures
            block.remarks |= inner.remarks
            for piece in pieces:
                runs += [Run("\n"), *piece] if runs else piece
        return trimmed(_joined(runs))


class _Grid:
    """The rows of a table as they grow, and which cell stands open above each column."""

    def __init__(self) -> None:
        self.rows: list[list[list[Any]]] = []
        self.above: dict[int, list[Any]] = {}
        self.column = self.count = 0

    def begin_row(self, skipped: int) -> None:
        self.rows.append([])
        self.column = 0
        if skipped:
            self.add((), skipped)

    def end_row(self, skipped: int) -> None:
        if skipped:
            self.add((), skipped)

    def add(self, runs: Runs, columns: int) -> None:
        """Put a cell into the row; it may be lengthened from the next one."""
        cell = [runs, columns, 1, len(self.rows)]
        self.rows[-1].append(cell)
        self.above[self.column] = cell
        self.column += columns
        self.count += 1

    def lengthen(self, columns: int) -> bool:
        """Let the cell above reach into this row; false where none of the same width stands there."""
        cell = self.above.get(self.column)
        if cell is None or cell[1] != columns or cell[3] + cell[2] != len(self.rows):
            return False
        cell[2] += 1
        self.column += columns
        return True

    def finished(self) -> tuple[tuple[Cell, ...], ...]:
        """Return the rows as a table of clauses has them."""
        return tuple(
            tuple(Cell(runs, columns, rows) for runs, columns, rows, _first in row) for row in self.rows
        )


def _rows(element: Any) -> Iterator[Any]:
    for one in element:
        if one.tag == f"{W}tr":
            yield one
        elif one.tag in _WRAPPERS or one.tag == f"{W}sdt":
            yield from _rows(one)


def _cells(element: Any) -> Iterator[Any]:
    for one in element:
        if one.tag == f"{W}tc":
            yield one
        elif one.tag in _WRAPPERS or one.tag == f"{W}sdt":
            yield from _cells(one)


def _skipped(row: Any, name: str) -> int:
    return markup.number(row, "trPr", name, most=MOST_TABLE_COLUMNS) or 0


def _heads(table: Any, count: int) -> int:
    """Return how many rows are the head: those Word repeats on each page, else the first of several."""
    marked = 0
    for row in _rows(table):
        properties = markup.child(row, "trPr")
        if properties is None or not markup.switch(properties, "tblHeader"):
            break
        marked += 1
    return min(marked or 1, count - 1) if count > 1 else 0


def _row_text(row: tuple[Cell, ...]) -> str:
    texts = (" ".join("".join(run.text for run in cell.runs).split()) for cell in row)
    return " | ".join(text for text in texts if text)


def _joined(runs: list[Run]) -> list[Run]:
    """Return runs with neighbours of one look put together."""
    joined: list[Run] = []
    for run in runs:
        alike = joined and (joined[-1].bold == run.bold or run.text == "\n")
        if alike and len(joined[-1].text) + len(run.text) <= LONGEST_TEXT:
            joined[-1] = Run(joined[-1].text + run.text, joined[-1].bold)
        else:
            joined.append(run)
    return joined


def edges(file: WordFile, kind: str) -> list[str]:
    """Return the different texts of the headers or footers (``kind`` "header" or "footer") of all sections."""
    found: list[str] = []
    for one in file.relationships.values():
        if one.kind.endswith(f"/{kind}") and not one.outside and file.package.has(one.target):
            text = plain_text(file.package.xml(one.target))[:LONGEST_EDGE]
            if text and text not in found:
                found.append(text)
            if len(found) == MOST_EDGES:
                break
    return found

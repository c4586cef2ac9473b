"""How the text of a clause is written and read as plain lines, in a text field and behind the box of the editor.

A line is a paragraph. Lines that begin with ``- `` are a list, with ``1) `` a numbered one; lines of ``| a | b |``
are a table whose first row is its head, in which ``^`` continues the cell above and ``<`` the cell to the left.
``![caption](17)`` by itself is the picture of that number. ``**bold**`` is bold. ``[[第五条]]`` links to a clause of
this rule, ``[[RUL-2026-0002 第五条]]`` to one of another.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from app.core.errors import Invalid
from app.core.i18n import LazyText, lazy
from app.features.rules.clause_text import (
    LONGEST_CAPTION,
    MOST_CELLS,
    Block,
    Body,
    Cell,
    ItemList,
    Paragraph,
    Picture,
    Run,
    Runs,
    Table,
    words_of,
)

LONGEST = 20_000
MOST_LINES = 400
CUT = "==="
ABOVE, BEFORE = "^", "<"

_POINT = re.compile(r"^[-·•]\s+(.*)$")
_FIGURE = re.compile(r"^\d{1,3}[)）]\s*(.*)$")
_PIECE = re.compile(r"\*\*(.+?)\*\*|\[\[(.+?)\]\]")

# Numbers longer than any file has are no pictures but text.
_PICTURE = re.compile(r"^!\[(.*)\]\((\d{1,9})\)$")

Resolve = Callable[[str], int | None]
Pictures = Mapping[int, Picture]


def read(text: str, resolve: Resolve, pictures: Pictures | None = None) -> Body:
    """Return the body a person typed; ``resolve`` gives the identity of the clause a link names.

    ``pictures`` are those that may stand in it, by number. Raises Invalid at the field ``text`` for a text that is too
    long, a link to no clause, or a picture that is none of these.
    """
    if len(text) > LONGEST or text.count("\n") >= MOST_LINES:
        raise refused(lazy("一条最多 %(most)s 字、400 行，请拆成几条", most=LONGEST))

    def known_picture(caption: str, number: int) -> Picture:
        return read_picture(caption, number, pictures or {})

    return read_blocks(text, resolve, known_picture)


def read_blocks(text: str, resolve: Resolve, picture: Callable[[str, int], Picture]) -> Body:
    """Return the body of a text of any length; ``picture`` gives that of a caption and a number."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    blocks: list[Block] = []
    place = 0
    while place < len(lines):
        line = lines[place].strip()
        end = place + 1
        for kind in (_POINT, _FIGURE):
            if kind.match(line):
                while end < len(lines) and kind.match(lines[end].strip()):
                    end += 1
                points = [kind.sub(r"\1", each.strip()) for each in lines[place:end]]
                blocks.append(ItemList(tuple(read_line(each, resolve) for each in points), kind is _FIGURE))
                break
        else:
            if (found := _PICTURE.match(line)) is not None:
                blocks.append(picture(found[1], int(found[2])))
            elif is_row(line):
                while end < len(lines) and is_row(lines[end].strip()):
                    end += 1
                blocks.append(read_table([each.strip() for each in lines[place:end]], resolve))
            elif line:
                blocks.append(Paragraph(read_line(line, resolve)))
        place = end
    return tuple(blocks)


def words(text: str) -> str:
    """Return the plain words of a typed text, whatever its links and pictures lead to."""
    return words_of(read_blocks(text, lambda _name: 0, lambda said, number: Picture(number, "", 0, 0, said)))


def read_picture(caption: str, number: int, pictures: Pictures) -> Picture:
    """Return a picture under its caption; raises Invalid for a number that no picture of the version has."""
    picture = pictures.get(number)
    if picture is None:
        raise refused(lazy("没有编号 %(number)s 的图片，请在“插入图片”处上传", number=number))
    if len(caption) > LONGEST_CAPTION:
        raise refused(lazy("图片说明最多 %(most)s 字", most=LONGEST_CAPTION))
    return replace(picture, caption=caption.strip())


def compose_picture(picture: Picture) -> str:
    """Return a picture as it is typed."""
    return f"![{picture.caption}]({picture.file})"


def is_row(line: str) -> bool:
    """Tell whether a line is a row of a table."""
    return len(line) > 1 and line.startswith("|") and line.endswith("|")


def read_line(line: str, resolve: Resolve) -> Runs:
    """Return a line as runs; raises Invalid for a link to no clause."""
    runs: list[Run] = []
    place = 0
    for found in _PIECE.finditer(line):
        if found.start() > place:
            runs.append(Run(line[place : found.start()]))
        if found[1] is not None:
            runs.append(Run(found[1], bold=True))
        else:
            clause = resolve(found[2].strip())
            if clause is None:
                raise refused(lazy("没有“%(name)s”这一条，请改正链接", name=found[2].strip()))
            runs.append(Run(found[2].strip(), clause=clause))
        place = found.end()
    if place < len(line):
        runs.append(Run(line[place:]))
    return tuple(runs)


def read_table(lines: Sequence[str], resolve: Resolve) -> Table:
    """Return rows of ``| a | b |`` as a table; short rows are filled up. Raises Invalid for too many cells."""
    grid = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    width = max(map(len, grid))
    if width * len(grid) > MOST_CELLS:
        raise refused(lazy("一个表格最多 %(most)s 格，请拆成几个", most=MOST_CELLS))
    grid = [row + [""] * (width - len(row)) for row in grid]
    rows = []
    for top, row in enumerate(grid):
        cells = []
        for left, text in enumerate(row):
            if (text == ABOVE and top) or (text == BEFORE and left):
                continue
            cells.append(Cell(read_line(text, resolve), across(row, left), down(grid, top, left)))
        rows.append(tuple(cells))
    return Table(tuple(rows))


def across(row: Sequence[str], left: int) -> int:
    """Return over how many columns the cell at a place reaches."""
    width = 1
    while left + width < len(row) and row[left + width] == BEFORE:
        width += 1
    return width


def down(grid: Sequence[Sequence[str]], top: int, left: int) -> int:
    """Return over how many rows the cell at a place reaches."""
    height = 1
    while top + height < len(grid) and grid[top + height][left] == ABOVE:
        height += 1
    return height


def compose(body: Body, names: Mapping[int, str]) -> str:
    """Return a body as it is typed; ``names`` gives the present name of each linked clause."""
    lines: list[str] = []
    for before, block in zip((None, *body), body, strict=False):
        if run_together(before, block):
            lines.append("")
        if isinstance(block, Paragraph):
            lines.append(compose_line(block.runs, names))
        elif isinstance(block, ItemList):
            lines += [
                f"{f'{place})' if block.ordered else '-'} {compose_line(item, names)}"
                for place, item in enumerate(block.items, 1)
            ]
        elif isinstance(block, Picture):
            lines.append(compose_picture(block))
        else:
            lines += compose_table(block, names)
    return "\n".join(lines)


def run_together(before: Block | None, block: Block) -> bool:
    """Tell whether two blocks would be read as one where nothing stands between them."""
    if isinstance(before, ItemList) and isinstance(block, ItemList):
        return before.ordered == block.ordered
    return isinstance(before, Table) and isinstance(block, Table)


def compose_line(runs: Runs, names: Mapping[int, str]) -> str:
    """Return runs as they are typed in one line."""
    written = ""
    for run in runs:
        text = run.text.replace("\n", " ")
        if run.clause is not None:
            written += f"[[{names.get(run.clause, text)}]]"
        else:
            written += f"**{text}**" if run.bold and text else text
    return written


def compose_table(table: Table, names: Mapping[int, str]) -> list[str]:
    """Return a table as rows of ``| a | b |``, merged cells with their marks."""
    taken: dict[tuple[int, int], str] = {}
    width = 0
    for top, row in enumerate(table.rows):
        left = 0
        for cell in row:
            while (top, left) in taken:
                left += 1
            for y in range(top, top + cell.rows):
                for x in range(left, left + cell.columns):
                    taken[(y, x)] = BEFORE if x > left else ABOVE
            taken[(top, left)] = compose_line(cell.runs, names).replace("|", "｜")
            left += cell.columns
            width = max(width, left)
    return [
        "| " + " | ".join(taken.get((top, left), "") for left in range(width)) + " |"
        for top in range(len(table.rows))
    ]


def refused(sentence: LazyText) -> Invalid:
    """Return the refusal of a written text, at its field."""
    return Invalid(fields={"text": sentence})

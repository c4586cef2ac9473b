"""Reading what people copy out of a spreadsheet: cells with tabs between them, a row of titles or none."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# More than this is no list somebody reads again; a person is told instead of waiting.
MOST_ROWS = 2_000
MOST_COLUMNS = 40
# Above the row of titles customers write the name of their list, a date, a project.
MOST_ABOVE = 5
# A sum below the lines is no line; the running number of a line is not missed.
SUMS = frozenset(("合计", "总计", "小计", "共计", "total", "subtotal", "grandtotal", "sum"))
COUNTERS = frozenset(("序号", "项次", "序", "no", "itemno", "seq"))

_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_BREAK = re.compile(r"\s*[\n\t]\s*")
_AMOUNT_WITH_UNIT = re.compile(r"([+-]?[0-9][0-9,]*(?:\.[0-9]+)?) *([^0-9\s.,%+-][^0-9\s]{0,19})")


@dataclass(frozen=True)
class PastedColumn:
    """A column a pasted table may have: the ``titles`` it is known by, in any language.

    ``unit_into`` names the column that takes the unit of a figure like "5台"; with ``drop_unit`` it is left out.
    """

    name: str
    titles: Sequence[str]
    unit_into: str = ""
    drop_unit: bool = False


def split_cells(text: str) -> list[list[str]]:
    """Return the rows of cells of a copied range, as Excel and WPS write it to the clipboard.

    A cell that begins with a quotation mark ends with the next single one; inside, two stand for one, and line breaks
    and tabs belong to the cell. A mark that is never closed is an inch sign. Rows without text and empty columns at
    the end are left out.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows: list[list[str]] = [[]]
    place = 0
    while place <= len(text):
        cell, place = _quoted(text, place) or _plain(text, place)
        rows[-1].append(cell.strip())
        if place < len(text) and text[place] == "\n":
            rows.append([])
        place += 1
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return [row for row in rows if row]


def _plain(text: str, place: int) -> tuple[str, int]:
    ends = [end for end in (text.find("\t", place), text.find("\n", place)) if end >= 0]
    end = min(ends, default=len(text))
    return text[place:end], end


def _quoted(text: str, place: int) -> tuple[str, int] | None:
    if not text.startswith('"', place):
        return None
    found, start = [], place + 1
    while (end := text.find('"', start)) >= 0:
        found.append(text[start:end])
        if not text.startswith('""', end):
            whole = end + 1 == len(text) or text[end + 1] in "\t\n"
            return ('"'.join(found), end + 1) if whole else None
        start = end + 2
    return None


def title_key(text: str) -> str:
    """Return a title as it is compared: without case, width, spaces, marks and what stands in brackets."""
    plain = _BRACKETS.sub("", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character for character in plain if unicodedata.category(character)[0] in "LN")


def recognise(cells: Sequence[str], columns: Sequence[PastedColumn]) -> list[str] | None:
    """Return the column of each cell of a row of titles ("" for an unknown one); None where it is no such row.

    A row counts as titles where at least two cells are known, or its only one, and no column is named twice.
    """
    known = {title_key(title): column.name for column in columns for title in column.titles}
    order = [known.get(title_key(cell), "") for cell in cells]
    named = [name for name in order if name]
    if len(named) < min(2, len(cells)) or len(set(named)) != len(named):
        return None
    return order


def titles_of(
    cells: Sequence[Sequence[str]], columns: Sequence[PastedColumn]
) -> tuple[list[str] | None, int]:
    """Return the columns the row of titles names and the place of the first row below it; None and 0 without one.

    Lines above the titles are left out: only among the first few rows are titles looked for.
    """
    for place, row in enumerate(cells[:MOST_ABOVE]):
        titles = recognise(row, columns) if place == 0 or len(row) > 1 else None
        if titles is not None:
            return titles, place + 1
    return None, 0


def without_sums(cells: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return the rows that do not begin with the word for a sum, such as 合计."""
    return [row for row in cells if title_key(next((cell for cell in row if cell), "")) not in SUMS]


def left_columns(titles: Sequence[str], order: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the titles of columns that hold something and are not taken, running numbers aside."""
    return [
        title
        for at, (title, name) in enumerate(zip(titles, order, strict=True))
        if title
        and not name
        and title_key(title) not in COUNTERS
        and any(at < len(row) and row[at] for row in rows)
    ]


def fill_merged(rows: Sequence[dict[str, str]], name: str, counted: str) -> int:
    """Give ``name`` of the row above to rows without it and return to how many: cells merged in the spreadsheet.

    Of merged cells only the first has a text. Rows without ``counted``, such as titles of groups, end such a cell.
    """
    above, filled = "", 0
    for row in rows:
        if counted not in row:
            above = ""
        elif name in row:
            above = row[name]
        elif above:
            row[name] = above
            filled += 1
    return filled


def named_rows(
    rows: Sequence[Sequence[str]], order: Sequence[str], columns: Sequence[PastedColumn]
) -> list[dict[str, str]]:
    """Return the rows by column name; columns without a name are left out, units are taken off figures.

    A field of the table has one line, and a browser joins the words around a line break: a space keeps them apart.

    Figures stay as they were typed: the fields that receive them read them and say what is wrong.
    """
    found = []
    for row in rows:
        named = {name: _BREAK.sub(" ", cell) for name, cell in zip(order, row, strict=False) if name and cell}
        for column in columns:
            if column.name in named and (column.unit_into or column.drop_unit):
                _take_unit(named, column)
        if named:
            found.append(named)
    return found


def _take_unit(row: dict[str, str], column: PastedColumn) -> None:
    match = _AMOUNT_WITH_UNIT.fullmatch(unicodedata.normalize("NFKC", row[column.name]).strip())
    if match is None:
        return
    row[column.name] = match[1]
    if column.unit_into and not row.get(column.unit_into):
        row[column.unit_into] = match[2]


def replace_labels(rows: Sequence[dict[str, str]], name: str, codes: Mapping[str, str]) -> None:
    """Write codes for the labels of a column of choices; ``codes`` is by label, unknown texts stay as they are."""
    known = {title_key(label): code for label, code in codes.items()}
    for row in rows:
        if name in row:
            row[name] = known.get(title_key(row[name]), row[name])

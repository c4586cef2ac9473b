"""Reading tables people upload: XLSX and CSV as rows of text, with what may be hostile in them refused by a sentence.

Numbers become the text Excel shows (12 % stays "12%", a code typed as a number loses no digit silently), dates become
2026-11-27. What cannot be known, a formula without its result or a number longer than Excel keeps, is marked in the
cell, so that the row can be named while all others are read.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice, zip_longest
from typing import Any

from app.core import files
from app.core.errors import Invalid
from app.core.export import FORMULA_STARTS, XLSX_TYPE
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.office_package import OLD_OFFICE, PackageError, PackageProblem, refuse_declarations

MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_BYTES = 20 * 1024 * 1024
LONGEST_CELL = 5_000
HEAD_WITHIN = 10
# Rows of a sheet without anything in them are passed over, but not without end.
MOST_EMPTY = 2_000
# Excel keeps fifteen digits of a number; a code of eighteen has lost its end by then.
EXACT_DIGITS = 15
DELIMITERS = ",\t;，；|"

# What stands in a cell whose value cannot be known; never typed by anybody.
FORMULA, TOO_LONG, BROKEN = "\x00formula", "\x00digits", "\x00error"
UNKNOWABLE: dict[str, LazyText] = {
    FORMULA: lazy("这一格是没有结果的公式，请在 Excel 里复制后“选择性粘贴—数值”"),
    TOO_LONG: lazy("这一格的数字超过 15 位，Excel 已丢失末尾几位，请把这一列设为文本后重新填写"),
    BROKEN: lazy("这一格是公式错误（如 #N/A、#REF!），请改正后再导入"),
}

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """A table that was read: its head, the rows below it with their numbers in the file, the sheet it comes from.

    ``others`` are the sheets that were left aside.
    """

    head: list[str]
    rows: list[Row]
    sheet: str = ""
    others: tuple[str, ...] = ()


def refuse(sentence: LazyText) -> Invalid:
    """Return the refusal of a file, at the field ``file``."""
    return Invalid(fields={"file": sentence})


def open_upload(name: str, content: bytes) -> CheckedFile:
    """Check an upload that should be a table: its size, its kind by content, archives by their directory.

    Raises Invalid with the sentence at the field ``file``.
    """
    if len(content) > MOST_BYTES:
        raise refuse(lazy("文件超过 20 MB，请分成几份再导入"))
    if content.startswith(OLD_OFFICE):
        raise refuse(lazy("这是旧的 .xls 格式，或者文件加了密码。请取消密码，另存为 .xlsx 后再导入"))
    extension = name.rpartition(".")[2].lower()
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|meta|\?xml)", content[:200], re.IGNORECASE):
        raise refuse(lazy("这个文件其实是网页，不是 Excel。请用 Excel 打开，另存为 .xlsx 后再导入"))
    if extension not in ("xlsx", "csv", "txt"):
        raise refuse(lazy("请选择 .xlsx 或 .csv 文件；别的格式请先另存为 .xlsx"))
    if extension != "xlsx" and not content.startswith(b"PK\x03\x04"):
        # Text in UTF-16 holds zeros, which the general check takes for no text at all.
        if not content:
            raise refuse(lazy("文件是空的，请检查后重新选择"))
        return CheckedFile(files.safe_name(name), files.TEXT_TYPES[extension], content)
    return files.check_upload(name, io.BytesIO(content))


def read_table(checked: CheckedFile, known: Iterable[str]) -> Table:
    """Read a checked upload.

    ``known`` are the heads one looks for (see ``head_key``): the head is the row among the first that holds most of
    them. Raises Invalid at the field ``file`` for what is no table, holds nothing, or holds too much.
    """
    if checked.media_type == XLSX_TYPE:
        sheet, others, rows = _read_workbook(checked.content)
        return _with_head(rows, set(known), sheet, others)
    return _with_head(list(_limited(_read_text(checked.content))), set(known), "", ())


def _limited(rows: Iterator[Row]) -> Iterator[Row]:
    """Give the rows that hold something, as far as anybody may go."""
    found = empty = 0
    for number, cells in rows:
        if not any(cells):
            empty += 1
            if empty > MOST_EMPTY:
                return
            continue
        found, empty = found + 1, 0
        if found > MOST_ROWS + HEAD_WITHIN:
            raise refuse(lazy("超过 %(most)s 行，请分成几份再导入", most=MOST_ROWS))
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise refuse(
                lazy(
                    "第 %(row)s 行有 %(count)s 列，最多 %(most)s 列",
                    row=number,
                    count=len(cells),
                    most=MOST_COLUMNS,
                )
            )
        yield number, cells


def _with_head(rows: list[Row], known: set[str], sheet: str, others: tuple[str, ...]) -> Table:
    if not rows:
        raise refuse(lazy("文件里没有内容"))
    place, height, best = 0, 1, 0
    for index, (_number, cells) in enumerate(rows[:HEAD_WITHIN]):
        below = rows[index + 1][1] if index + 1 < len(rows) else []
        for deep, head in ((1, cells), (2, _put_together(cells, below))):
            score = sum(head_key(cell) in known for cell in head)
            # A merged head of two rows keeps some of its words in the upper one, some in the lower one.
            if score > best and (deep == 1 or any(head_key(cell) in known for cell in below)):
                place, height, best = index, deep, score
    head = list(rows[place][1]) if height == 1 else _put_together(rows[place][1], rows[place + 1][1])
    body = rows[place + height :]
    if not body:
        raise refuse(lazy("只有表头，没有数据。请在表头下面填写后再导入"))
    if len(body) > MOST_ROWS:
        raise refuse(lazy("超过 %(most)s 行，请分成几份再导入", most=MOST_ROWS))
    width = max(len(head), *(len(cells) for _number, cells in body))
    head += [""] * (width - len(head))
    return Table(
        [cell if cell not in UNKNOWABLE else "" for cell in head],
        [(number, cells + [""] * (width - len(cells))) for number, cells in body],
        sheet,
        others,
    )


def _put_together(upper: list[str], lower: list[str]) -> list[str]:
    """Return a head of two rows as one: the lower word of each column, the upper one where there is none."""
    return [low or high for high, low in zip_longest(upper, lower, fillvalue="")]


def head_key(text: str) -> str:
    """Return what of a head counts when columns are recognised: no brackets with their content, marks, case, spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", plain)
    return "".join(one for one in plain if unicodedata.category(one)[0] in "LN")


def clean_cell(text: str) -> str:
    """Return a text of a cell in one line, without marks that show nothing, cut where it is absurdly long."""
    if text.isprintable() and len(text) <= LONGEST_CELL:
        return " ".join(text.split())
    kept = "".join(
        " " if one in "\r\n\t\u00a0\u3000" else one
        for one in text[:LONGEST_CELL]
        if one in "\r\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co")
    )
    return " ".join(kept.split())


def unguarded(text: str) -> str:
    """Return a text as it stands in a file without the apostrophe by which exports guard what begins like a formula.

    A tab or a line's end begins like one too, so this comes before the text is cleaned.
    """
    bare = text[1:].lstrip(" \u3000\u00a0")
    return bare if text.startswith("'") and bare.startswith(FORMULA_STARTS) else text


# CSV


def _read_text(content: bytes) -> Iterator[Row]:
    text = decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter if delimiter in first else ",")
    try:
        for number, cells in enumerate(reader, 1):
            yield number, [clean_cell(unguarded(cell)) for cell in cells]
    except csv.Error as error:
        raise refuse(
            lazy("这个 CSV 文件的格式不完整（引号没有成对），请用 Excel 另存为 .xlsx 后再导入")
        ) from error


def decoded(content: bytes) -> str:
    """Return a text file in the encoding it was saved in: UTF-8 with or without mark, UTF-16 with one, GB18030.

    Raises Invalid at the field ``file`` for anything else.
    """
    unreadable = refuse(lazy("看不懂这个文件的编码。请用 Excel 另存为 .xlsx，或存成 UTF-8 的 CSV 后再导入"))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(unicodedata.category(one) == "Cc" and one not in "\r\n\t" for one in text[:100_000])
        if "\0" in text or controls > 5:
            raise unreadable
        return text
    raise unreadable


# XLSX


def _read_workbook(content: bytes) -> tuple[str, tuple[str, ...], list[Row]]:
    """Return the first sheet that holds something: its name, the names of the others, its rows."""
    _refuse_entities(content)
    from openpyxl import load_workbook  # slow import

    broken = refuse(lazy("文件已损坏，打不开，请用 Excel 打开，另存为 .xlsx 后再导入"))
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        for sheet in sheets:
            sheet.reset_dimensions()
            rows = list(_limited(_rows_of(sheet)))
            if rows:
                rows = _with_results(content, sheet.title, rows)
                others = tuple(one.title for one in sheets if one.title != sheet.title)
                return sheet.title, others, rows
    except Invalid:
        raise
    except Exception as error:
        # The library meets a damaged file with errors of every kind.
        raise broken from error
    raise refuse(lazy("文件里没有内容"))


def words_of_workbook(content: bytes, longest: int) -> str:
    """Return what all visible sheets of a workbook say, a line a row, up to a length.

    Raises Invalid at the field ``file`` for a damaged or unsafe one.
    """
    _refuse_entities(content)
    from openpyxl import load_workbook  # slow import

    lines: list[str] = []
    length = 0
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()
            rows = (" ".join(filter(None, cells)) for _number, cells in islice(_rows_of(sheet), MOST_ROWS))
            for line in (sheet.title, *filter(None, rows)):
                lines.append(line)
                length += len(line) + 1
                if length > longest:
                    return "\n".join(lines)[:longest]
    except Exception as error:
        # The library meets a damaged file with errors of every kind.
        raise refuse(lazy("文件已损坏，打不开，请用 Excel 打开，另存为 .xlsx 后再导入")) from error
    return "\n".join(lines)


def _refuse_entities(content: bytes) -> None:
    """Refuse XML that declares entities of its own."""
    try:
        refuse_declarations(content)
    except PackageError as error:
        if error.problem is PackageProblem.UNSAFE:
            raise refuse(lazy("这个文件的内部结构不安全，请用 Excel 打开，另存为 .xlsx 后再导入")) from error
        raise refuse(lazy("文件已损坏，打不开，请用 Excel 打开，另存为 .xlsx 后再导入")) from error


def _rows_of(sheet: Any) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [_cell_text(cell) for cell in islice(cells, MOST_COLUMNS + 1)]


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return FORMULA
    if cell.data_type == "e":
        return BROKEN
    return text_of(value, getattr(cell, "number_format", "") or "")


def _with_results(content: bytes, title: str, rows: list[Row]) -> list[Row]:
    """Put the results Excel kept in the places of formulas; where there is none the mark stays."""
    if not any(FORMULA in cells for _number, cells in rows):
        return rows
    from openpyxl import load_workbook  # slow import

    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)[title]
    sheet.reset_dimensions()
    wanted = {number for number, cells in rows if FORMULA in cells}
    last = max(wanted)
    results = {number: cells for number, cells in islice(_rows_of(sheet), last) if number in wanted}
    return [
        (
            number,
            [
                (results[number][index] or FORMULA) if cell == FORMULA else cell
                for index, cell in enumerate(cells)
            ]
            if number in results
            else cells,
        )
        for number, cells in rows
    ]


def text_of(value: Any, number_format: str = "") -> str:
    """Return a cell's value as Excel shows it, or a mark of UNKNOWABLE."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number_text(value, number_format)
    return clean_cell(unguarded(str(value)))


def _number_text(value: float, number_format: str) -> str:
    if abs(value) >= 10**EXACT_DIGITS:
        return TOO_LONG
    exact = Decimal(f"{value:.{EXACT_DIGITS}g}")
    percent = "%" in number_format
    if percent:
        exact *= 100
    text = f"{exact:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}%" if percent else text


# Writing the file to fill in


def template(
    heads: Sequence[tuple[str, bool, str]], title: str, explanation: str, columns: Sequence[str]
) -> bytes:
    """Return an XLSX to fill in: a sheet with the heads alone, and one that explains each.

    ``heads`` are (head, must be filled, explanation); ``columns`` are the three heads of the second sheet.
    """
    from openpyxl import Workbook  # slow import
    from openpyxl.styles import Font  # slow import
    from openpyxl.utils import get_column_letter  # slow import

    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, (head, needed, _text) in enumerate(heads, 1):
        cell = sheet.cell(1, place, f"{head}*" if needed else head)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 18
        for row in range(2, 202):
            # Codes and telephone numbers typed into a text cell keep every digit.
            sheet.cell(row, place).number_format = "@"
    told = book.create_sheet(explanation)
    told.append(list(columns))
    for head, needed, text in heads:
        told.append([head, "✓" if needed else "", text])
    for letter, width in (("A", 22), ("B", 10), ("C", 70)):
        told.column_dimensions[letter].width = width
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()

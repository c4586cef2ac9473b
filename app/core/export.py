"""Lists as files: CSV that Chinese Excel opens rightly, and XLSX with typed numbers and dates.

A text that begins like a formula would be run by the program that opens the file, so such texts get an
apostrophe in front, in both formats; figures and dates are written as what they are and need none.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core import clock

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠﹢﹣﹦﹫")
LONGEST_CELL = 32_000

NUMBER_FORMATS = {"money": "#,##0.00##", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm"}


@dataclass(frozen=True)
class ExportColumn:
    """A column of a file: its head, its kind (money, number, date, datetime or text), its width in characters."""

    label: str
    kind: str = "text"
    width: int = 16


def safe_text(text: str) -> str:
    """Return a text for a cell: no control characters, not too long, never the beginning of a formula."""
    kept = "".join(one for one in text if one in "\n\t\r" or unicodedata.category(one) not in ("Cc", "Cs"))
    kept = "".join(one for one in kept if ord(one) & 0xFFFE != 0xFFFE)[:LONGEST_CELL]
    if kept.strip() and kept.lstrip(" \u3000\u00a0").startswith(FORMULA_STARTS):
        return f"'{kept}"
    return kept


def as_csv(columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Give a CSV file in pieces: UTF-8 with a byte order mark, comma separated, lines ended by CR LF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([safe_text(column.label) for column in columns])
    for row in rows:
        writer.writerow([_csv_value(value) for value in row])
        if buffer.tell() > 65_536:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool) or not isinstance(value, int | date):
        return safe_text(str(value))
    if isinstance(value, datetime):
        return clock.to_local(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def as_xlsx(title: str, columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return an XLSX file of one sheet: head fixed, figures and dates typed, every text stored as text."""
    from openpyxl import Workbook  # slow import
    from openpyxl.cell import WriteOnlyCell  # slow import
    from openpyxl.styles import Font  # slow import
    from openpyxl.utils import get_column_letter  # slow import

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width

    def text_cell(text: str) -> Any:
        cell = WriteOnlyCell(sheet, value=safe_text(text))
        # A text must stay one even where it looks like a formula to the library.
        cell.data_type = "s"
        return cell

    def typed_cell(value: Any, kind: str) -> Any:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal | date):
            return text_cell(str(value))
        if isinstance(value, datetime):
            value, kind = clock.to_local(value).replace(tzinfo=None), "datetime"
        elif isinstance(value, date):
            kind = "date"
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = NUMBER_FORMATS.get(kind, "General")
        return cell

    head = [text_cell(column.label) for column in columns]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        sheet.append([typed_cell(value, column.kind) for value, column in zip(row, columns, strict=True)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet_title(title: str) -> str:
    kept = "".join(one for one in safe_text(title) if one not in "[]:*?/\\'")
    return kept[:31] or "Sheet1"

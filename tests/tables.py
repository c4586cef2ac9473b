"""Tables as people upload them, honest and hostile, made in code."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook


def xlsx(*rows: Sequence[Any], formats: dict[str, str] | None = None, merged: Iterable[str] = ()) -> bytes:
    """Return a workbook of one sheet; ``formats`` by cell, ``merged`` ranges."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    for place in merged:
        sheet.merge_cells(place)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_of(*rows: Sequence[Any], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Return a CSV file without quotes."""
    return "\r\n".join(delimiter.join(map(str, row)) for row in rows).encode(encoding)


def changed_part(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with something replaced in one of its parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename == name:
                assert old in data
                data = data.replace(old, new)
            after.writestr(entry, data)
    return stream.getvalue()


def bomb(megabytes: int = 80) -> bytes:
    """Return a small archive named like a workbook that unpacks to very much."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * megabytes * 1024 * 1024)
    return stream.getvalue()

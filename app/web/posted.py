"""Posted forms, read at once: a form of two hundred lines brings three thousand fields.

Nearly all of its rows come back as they went out, so a row that says the same as one read before is not read again.
"""

import re
from collections.abc import Mapping
from typing import IO, Any, NamedTuple
from urllib.parse import unquote

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser

from app.web.keeping import Memory

# What werkzeug does with bytes that are no text: they stay as they came.
UNREADABLE = "werkzeug.url_quote"

_escaped = re.compile("(?:%[0-9A-Fa-f]{2})+")
# The fields of a row as a browser sends them: side by side, each by the name of its table and its number.
_row = re.compile(r"(?<![^&])(([a-z_]+)-([0-9]{1,4})-)[^&]*(?:&\1[^&]*)*")
_cell = re.compile(r"([a-z_]+)-([0-9]{1,4})-([a-z_0-9]+)")
LONGEST_NAME = 80
# Characters of the rows in memory, and of the longest one.
KEPT_CHARACTERS, LONGEST_ROW, KEPT_ROWS = 1_000_000, 4_000, 2_048

Cells = list[tuple[str, str]]


class PostedRow(NamedTuple):
    """The fields of a row by name, and its cells by column. It may be kept and shared, so nobody changes it."""

    fields: Mapping[str, list[str]]
    cells: Cells


_kept: Memory[PostedRow] = Memory(KEPT_CHARACTERS, LONGEST_ROW, KEPT_ROWS)


class PostedForm(ImmutableMultiDict[str, str]):
    """The fields of a form; ``rows`` are those of its tables by name and number, None where they are not set apart."""

    rows: Mapping[str, Mapping[int, Cells]] | None = None


class FormReader(FormDataParser):
    """Reads an urlencoded form as werkzeug does, without a call for each name and each value that needs none."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], "MultiDict[str, str]", "MultiDict[str, Any]"]:
        form = PostedForm()
        fields, form.rows = tables_of(stream.read().decode())
        # past the class, which cannot be changed once it is made and would copy each list
        dict.update(form, fields)
        return stream, form, self.cls()


class PostedRequest(Request):
    """A request whose form is read at once."""

    form_data_parser_class = FormReader


def tables_of(body: str) -> tuple[dict[str, list[str]], dict[str, dict[int, Cells]] | None]:
    """Return the values of an urlencoded form by name, and its rows where each stands together and alone."""
    found: dict[str, list[str]] = {}
    tables: dict[str, dict[int, Cells]] = {}
    read, others, names = 0, 0, 0
    for match in _row.finditer(body):
        begun = match.start()
        # more than the sign between two rows: a field between them keeps its place
        if begun > read + 1:
            others += add(found, fields_of(body[read:begun]))
            names = len(found)
        read = match.end()
        row = row_of(match[0])
        found.update(row.fields)
        names += len(row.fields)
        if row.cells:
            table, number = tables.setdefault(match[2], {}), int(match[3])
            others += number in table
            table[number] = row.cells
        if len(found) < names:
            return fields_of(body), None
    others += add(found, fields_of(body[read:]))
    return found, None if others else tables


def add(found: dict[str, list[str]], fields: dict[str, list[str]]) -> int:
    """Put fields beside those found so far; return how many of them are cells of a row."""
    for name, values in fields.items():
        found[name] = [*found[name], *values] if name in found else values
    return sum(_cell.fullmatch(name) is not None for name in fields)


def row_of(text: str) -> PostedRow:
    """Return a row by its text in the body of a form, from memory where it was read before."""
    row = _kept.get(text)
    if row is None:
        fields = fields_of(text)
        found = [(cell, values) for name, values in fields.items() if (cell := column_of(name))]
        row = PostedRow(fields, [(cell, value) for cell, values in found for value in values])
        _kept.put(text, row, len(text))
    return row


def column_of(name: str) -> str:
    """Return the column of a posted field that is a cell of a row, nothing for any other."""
    found = _cell.fullmatch(name) if len(name) <= LONGEST_NAME else None
    return found[3] if found is not None else ""


def fields_of(body: str) -> dict[str, list[str]]:
    """Return the values of an urlencoded form by name, in their order."""
    found: dict[str, list[str]] = {}
    # a plus that was typed is written %2B
    for pair in body.replace("+", " ").split("&"):
        if not pair:
            continue
        name, _sign, value = pair.partition("=")
        if "%" in name:
            name = unquote(name, errors=UNREADABLE)
        if "%" in value:
            value = _escaped.sub(_written, value)
        if name in found:
            found[name].append(value)
        else:
            found[name] = [value]
    return found


def _written(escaped: "re.Match[str]") -> str:
    return bytes.fromhex(escaped[0].replace("%", "")).decode("utf-8", UNREADABLE)

"""Tables of lines inside a form: plain fields named line-0-name, one small form per row."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import wtforms
from werkzeug.datastructures import MultiDict

from app.core.i18n import gettext as _
from app.web.fields import ChoiceField

MOST_LINES = 200
EMPTY_ROWS = 3
ADD_ROWS = "add_rows"
ROW_ACT = "row_act"
ROW_ACTS = ("up", "down", "copy", "remove", "undo")
# A removed row travels with the page so that it can be put back; more than a row holds is not taken.
LONGEST_REMOVED = 20_000

Cells = list[tuple[str, str]]


@dataclass(frozen=True)
class RemovedRow:
    """A row that was just removed: its position from 1, its name, and itself as text for putting it back."""

    position: int
    name: str
    text: str


class LineForm(wtforms.Form):
    """The fields of one row. A field ``id`` (hidden) names the stored line and does not make a row count."""

    class Meta:
        """No token of its own: the form around it carries one."""

        csrf = False


Row = TypeVar("Row", bound=LineForm)


class Lines(Generic[Row]):
    """The rows of one table, from a stored document or from what was posted.

    Rows that are wholly empty do not count. After ``validate`` the messages stand in ``errors`` by field name and in
    ``problems`` for the summary above the form.
    """

    def __init__(
        self,
        row_form: type[Row],
        posted: "MultiDict[str, str] | None" = None,
        stored: Iterable[Any] = (),
        *,
        prefix: str = "line",
        most: int = MOST_LINES,
        named: str = "",
    ) -> None:
        self.row_form = row_form
        self.prefix = prefix
        self.most = most
        self.named = named
        self.errors: dict[str, list[str]] = {}
        self.problems: list[dict[str, str]] = []
        self.too_many = False
        self.posted = posted is not None
        self.removed: RemovedRow | None = None
        self.blank = 0
        if posted is not None:
            self.rows = self._read(posted)
        else:
            self.rows = [self._row(index, None, item) for index, item in enumerate(stored)]

    def _read(self, posted: "MultiDict[str, str]") -> list[Row]:
        pattern = re.compile(rf"{re.escape(self.prefix)}-([0-9]{{1,4}})-([a-z_0-9]+)")
        typed: dict[int, list[tuple[str, str]]] = {}
        for name, value in posted.items(multi=True):
            found = pattern.fullmatch(name)
            if found is not None:
                typed.setdefault(int(found[1]), []).append((found[2], value))
        numbered = [
            (index, fields)
            for index, fields in sorted(typed.items())
            if any(value.strip() for name, value in fields if name != "id" and self._counts(name))
        ]
        filled = [fields for _index, fields in numbered]
        act, row = row_act(posted)
        if act:
            self.blank = len(typed) - len(filled)
            self._act(act, filled, [index for index, _fields in numbered], row, posted)
        self.too_many = len(filled) > self.most
        return [self._row(index, fields, None) for index, fields in enumerate(filled[: self.most])]

    def _act(
        self, act: str, filled: list[Cells], indexes: list[int], row: int, posted: "MultiDict[str, str]"
    ) -> None:
        """Move, copy, remove or put back a row; ``row`` is its number in the form, a row without text is ignored."""
        if act == "undo":
            place, fields = read_removed(posted.get(f"{self.prefix}-removed", ""))
            filled[place:place] = [fields] if fields else []
            return
        if row not in indexes:
            return
        at = indexes.index(row)
        if act == "copy":
            filled.insert(at + 1, [cell for cell in filled[at] if cell[0] != "id"])
        elif act == "remove":
            fields = filled.pop(at)
            name = dict(fields).get("name", "").strip()
            self.removed = RemovedRow(at + 1, name, json.dumps([at, fields], ensure_ascii=False))
        else:
            other = at - 1 if act == "up" else at + 1
            if 0 <= other < len(filled):
                filled[at], filled[other] = filled[other], filled[at]

    def append(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Put typed rows behind the others, as if they had been posted; too many are refused by ``validate``."""
        self.too_many = len(self.rows) + len(rows) > self.most
        for typed in rows[: self.most - len(self.rows)]:
            self.rows.append(self._row(len(self.rows), list(typed.items()), None))

    def _counts(self, name: str) -> bool:
        """Tell whether a posted cell makes its row count: not what a row brings along, such as a preset unit."""
        return name not in getattr(self.row_form, "presets", ())

    def _row(self, index: int, fields: Sequence[tuple[str, str]] | None, stored: Any) -> Row:
        prefix = f"{self.prefix}-{index}"
        if fields is None:
            data = stored if isinstance(stored, Mapping) else None
            return self.row_form(prefix=prefix, obj=None if data else stored, data=data)
        posted: MultiDict[str, str] = MultiDict((f"{prefix}-{name}", value) for name, value in fields)
        # An empty MultiDict would count as "nothing posted".
        posted.add(f"{prefix}-posted", "1")
        return self.row_form(posted, prefix=prefix)

    def validate(self) -> bool:
        """Check all rows; False where something is wrong, with ``errors`` and ``problems`` filled."""
        self.errors, self.problems = {}, []
        if self.too_many:
            self.problems.append({"text": _("最多 %(most)s 行，请分成几份", most=self.most), "href": ""})
        for number, row in enumerate(self.rows, 1):
            row.validate()
            for field in row:
                if field.errors:
                    self._add(number, field, [str(error) for error in field.errors])
        return not self.problems

    def _add(self, number: int, field: wtforms.Field, errors: list[str]) -> None:
        self.errors.setdefault(field.name, []).extend(errors)
        text = _("第 %(row)s 行：%(what)s", row=number, what=" ".join(errors))
        self.problems.append({"text": text, "href": f"#{field.id}"})

    def refuse(self, index: int, name: str, sentence: Any) -> None:
        """Add a refusal of the rules to one cell (row counted from 0)."""
        self._add(index + 1, self.rows[index]._fields[name], [str(sentence)])

    @property
    def data(self) -> list[dict[str, Any]]:
        """The values of all rows that count."""
        return [row.data for row in self.rows]

    def shown(self, extra: int = 0, *, empty: int = EMPTY_ROWS) -> list[dict[str, str]]:
        """Return what the table shows: each row as typed, and ``extra`` empty ones behind (``empty`` where none is)."""
        rows = [{field.short_name: _text_of(field) for field in row} for row in self.rows]
        spare = max(extra, self.blank, 0 if rows else empty)
        blank = {field.short_name: _text_of(field) for field in self.row_form(prefix=self.prefix)}
        return rows + [dict(blank) for _number in range(min(spare, self.most - len(rows)))]


def _text_of(field: wtforms.Field) -> str:
    if isinstance(field, wtforms.BooleanField):
        return "y" if field.data else ""
    if isinstance(field, ChoiceField):
        return "" if field.data is None else str(field.data)
    return str(field._value())


def rows_to_add(posted: "MultiDict[str, str]") -> int:
    """Return how many rows the button "add 10 rows" asks for; 0 where it was not pressed."""
    text = posted.get(ADD_ROWS, "")
    return min(int(text), 50) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def row_act(posted: "MultiDict[str, str]") -> tuple[str, int]:
    """Return what a button beside a row asks for and the row's number in the form; ("", 0) where none was pressed."""
    act, _dash, number = posted.get(ROW_ACT, "").partition("-")
    if act not in ROW_ACTS:
        return "", 0
    return act, int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0


def lines_only(posted: "MultiDict[str, str]") -> bool:
    """Tell whether a form was posted to change its table alone (add, move, copy, remove rows), to be shown again."""
    return bool(rows_to_add(posted) or row_act(posted)[0])


def read_removed(text: str) -> tuple[int, Cells]:
    """Return place and cells of a removed row as its page carried them; no cells where that cannot be read."""
    try:
        place, fields = json.loads(text if len(text) <= LONGEST_REMOVED else "")
        cells = [(name, value) for name, value in fields if re.fullmatch(r"[a-z_0-9]+", name)]
    except (ValueError, TypeError):
        return 0, []
    readable = isinstance(place, int) and all(isinstance(value, str) for _name, value in cells)
    return (max(place, 0), cells) if readable else (0, [])

"""Tables of lines inside a form: plain fields named line-0-name, one small form per row."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import wtforms
from werkzeug.datastructures import MultiDict

from app.core.i18n import gettext as _
from app.web.fields import ChoiceField

MOST_LINES = 200
EMPTY_ROWS = 3
ADD_ROWS = "add_rows"


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
        filled = [
            fields
            for _index, fields in sorted(typed.items())
            if any(value.strip() for name, value in fields if name != "id" and self._counts(name))
        ]
        self.too_many = len(filled) > self.most
        return [self._row(index, fields, None) for index, fields in enumerate(filled[: self.most])]

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
        spare = max(extra, 0 if rows else empty)
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

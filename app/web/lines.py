"""Tables of lines inside a form: plain fields named line-0-name, one small form per row."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

import wtforms
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.web import keeping
from app.web.fields import ChoiceField
from app.web.posted import LONGEST_NAME, Cells, PostedForm

MOST_LINES = 200
EMPTY_ROWS = 3
ADD_ROWS = "add_rows"
ROW_ACT = "row_act"
ROW_ACTS = ("up", "down", "copy", "remove", "undo")
# A removed row travels with the page so that it can be put back; more than a row holds is not taken.
LONGEST_REMOVED = 20_000
KEPT_ROWS = 4_096
KEPT_NAMES = 8_192
# A row of more characters is read anew each time.
LONGEST_KEPT = 2_000
TYPED, STORED = "typed", "stored"

# What stands for the value of a field that a stored row knows nothing of.
_MISSING = object()

# A name of tables whose rows are set apart where the form is read.
PLAIN_PREFIX = re.compile("[a-z_]+")

_rows_kept: dict[Any, "LineRow"] = {}


@dataclass(frozen=True)
class RemovedRow:
    """A row that was just removed: its position from 1, its name, and itself as text for putting it back."""

    position: int
    name: str
    text: str


class LineForm(wtforms.Form):
    """The fields of one row. A field ``id`` (hidden) names the stored line and does not make a row count.

    What a row says must follow from its cells, the language and the day: rows are kept by them.
    """

    class Meta:
        """No token of its own: the form around it carries one."""

        csrf = False


Form = TypeVar("Form", bound=LineForm)
Made = TypeVar("Made")


class LineRow(NamedTuple):
    """A row as it was read, by field name: values, texts as they are shown, sentences of what is wrong.

    It may be kept and shared, so nobody changes it. ``made`` holds what ``once`` made of it.
    """

    values: Mapping[str, Any]
    texts: Mapping[str, str]
    wrong: Mapping[str, Sequence[str]]
    made: dict[Any, Any]

    def once(self, make: Callable[[Mapping[str, Any]], Made]) -> Made:
        """Return what a function makes of the values and nothing else, made once while the row is kept."""
        found: Made | None = self.made.get(make)
        if found is None:
            found = self.made[make] = make(self.values)
        return found


class Lines(Generic[Form]):
    """The rows of one table, from a stored document or from what was posted.

    Rows that are wholly empty do not count. After ``validate`` the messages stand in ``errors`` by field name and in
    ``problems`` for the summary above the form.

    Making the fields of a row and asking each of them costs far more than the row is worth where two hundred come back
    as they went out. So one form reads all rows, and a row with the same cells as one read before is that row.
    """

    def __init__(
        self,
        row_form: type[Form],
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
            self.rows = [self._stored_row(item) for item in stored]

    def _read(self, posted: "MultiDict[str, str]") -> list[LineRow]:
        # what a row brings along, such as a preset unit, does not make it count
        along = {"id", *getattr(self.row_form, "presets", ())}
        typed = cells_by_row(posted, self.prefix)
        numbered = [
            (index, fields)
            for index, fields in sorted(typed.items())
            if any(value.strip() for name, value in fields if name not in along)
        ]
        filled = [fields for _index, fields in numbered]
        act, row = row_act(posted)
        if act:
            self.blank = len(typed) - len(filled)
            self._act(act, filled, [index for index, _fields in numbered], row, posted)
        self.too_many = len(filled) > self.most
        return [self._typed_row(fields) for fields in filled[: self.most]]

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
            self.rows.append(self._typed_row(list(typed.items())))

    def fill(self, place: int, values: Mapping[str, Any]) -> None:
        """Put values into the row at a place (from 0) as if they had been typed there."""
        row = self.rows[place]
        texts = dict(row.texts)
        for name, value in values.items():
            field = self._form._fields[name]
            field.data, field.raw_data = value, None
            texts[name] = _text_of(field)
        left = {name: said for name, said in row.wrong.items() if name not in values}
        self.rows[place] = LineRow({**row.values, **values}, texts, left, {})

    @cached_property
    def _form(self) -> Form:
        """The form that reads the rows, one after the other."""
        return self.row_form()

    @cached_property
    def _names(self) -> list[str]:
        return list(self._form._fields)

    def _typed_row(self, fields: Cells) -> LineRow:
        return self._kept(TYPED, tuple(fields), lambda: self._read_typed(fields))

    def _read_typed(self, fields: Cells) -> LineRow:
        # An empty MultiDict would count as "nothing posted".
        self._form.process(MultiDict([*fields, ("posted", "1")]))
        self._form.validate()
        return self._as_read()

    @cached_property
    def _told(self) -> Callable[[Any], Any]:
        """What an object that knows all fields says of them, in one call."""
        return attrgetter(*self._names)

    def _stored_row(self, item: Any) -> LineRow:
        if isinstance(item, keeping.Lasting):
            return self._kept(STORED, item, lambda: self._read_stored(item))
        try:
            found = self._told(item)
        except AttributeError:
            value_of = item.get if isinstance(item, Mapping) else partial(getattr, item)
            found = [value_of(name, _MISSING) for name in self._names]
        return self._kept(STORED, keeping.frozen(found), lambda: self._read_stored(item))

    def _read_stored(self, item: Any) -> LineRow:
        # Without anything posted a field keeps what it was given last.
        for field in self._form:
            field.raw_data = None
        if isinstance(item, Mapping):
            self._form.process(None, None, item)
        else:
            self._form.process(None, item)
        self._form.validate()
        return self._as_read()

    def _as_read(self) -> LineRow:
        fields = self._form._fields
        return LineRow(
            {name: field.data for name, field in fields.items()},
            {name: _text_of(field) for name, field in fields.items()},
            {name: tuple(map(str, field.errors)) for name, field in fields.items() if field.errors},
            {},
        )

    @cached_property
    def _read_alike(self) -> tuple[Any, ...]:
        """What the reading of cells depends on besides them."""
        return self.row_form, current_locale(), clock.today()

    def _kept(self, source: str, cells: Any, read: Callable[[], LineRow]) -> LineRow:
        """Return a row from memory where the same cells were read before, else as it is read now."""
        key = (self._read_alike, source, cells)
        try:
            found = _rows_kept.get(key)
        except TypeError:
            # a value that does not last
            return read()
        if found is None:
            found = read()
            if len(_rows_kept) >= KEPT_ROWS:
                _rows_kept.clear()
            length = sum(map(len, found.texts.values()))
            if source == TYPED:
                # columns that no field of the form reads are part of the key all the same
                length = max(length, sum(len(name) + len(value) for name, value in cells))
            if length <= LONGEST_KEPT:
                _rows_kept[key] = found
        return found

    def validate(self) -> bool:
        """Check all rows; False where something is wrong, with ``errors`` and ``problems`` filled."""
        self.errors, self.problems = {}, []
        if self.too_many:
            self.problems.append({"text": _("最多 %(most)s 行，请分成几份", most=self.most), "href": ""})
        for index, row in enumerate(self.rows):
            for name, said in row.wrong.items():
                self._add(index, name, said)
        return not self.problems

    def _add(self, index: int, name: str, errors: Sequence[str]) -> None:
        field = f"{self.prefix}-{index}-{name}"
        self.errors.setdefault(field, []).extend(errors)
        text = _("第 %(row)s 行：%(what)s", row=index + 1, what=" ".join(errors))
        self.problems.append({"text": text, "href": f"#{field}"})

    def refuse(self, index: int, name: str, sentence: Any) -> None:
        """Add a refusal of the rules to one cell (row counted from 0)."""
        self._add(index, name, [str(sentence)])

    @property
    def data(self) -> list[dict[str, Any]]:
        """The values of all rows that count."""
        return [dict(row.values) for row in self.rows]

    def shown(self, extra: int = 0, *, empty: int = EMPTY_ROWS) -> list[Mapping[str, str]]:
        """Return what the table shows: each row as typed, and ``extra`` empty ones behind (``empty`` where none is)."""
        rows = [row.texts for row in self.rows]
        spare = min(max(extra, self.blank, 0 if rows else empty), self.most - len(rows))
        return [*rows, *([self._stored_row({}).texts] * spare)] if spare > 0 else rows


def cells_by_row(posted: "MultiDict[str, str]", prefix: str) -> Mapping[int, Cells]:
    """Return the cells of a table by the number of their row."""
    if isinstance(posted, PostedForm) and posted.rows is not None and PLAIN_PREFIX.fullmatch(prefix):
        return posted.rows.get(prefix, {})
    typed: dict[int, Cells] = {}
    # as the dictionary it is: what a MultiDict gives out itself are copies
    for name, values in dict.items(posted):
        found = cell_of(prefix, name) if len(name) <= LONGEST_NAME else None
        if found is None:
            continue
        index, column = found
        cells = typed.get(index)
        if cells is None:
            cells = typed[index] = []
        for value in values:
            cells.append((column, value))
    return typed


@lru_cache(KEPT_NAMES)
def cell_of(prefix: str, name: str) -> tuple[int, str] | None:
    """Return row and column of a posted field, None for one that is no cell of this table."""
    found = re.fullmatch(rf"{re.escape(prefix)}-([0-9]{{1,4}})-([a-z_0-9]+)", name)
    return (int(found[1]), found[2]) if found is not None else None


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

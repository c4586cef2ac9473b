"""The rows of a line editor, written in Python: two hundred of them hold three thousand cells.

What a row has in common with every other row of its table (fields, labels, buttons) is written once with its number and
cells left open, and a row that stands where it stood and says what it said is not written again.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from markupsafe import Markup

from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.web import components, keeping, ready_bytes
from app.web.keeping import Memory

KEPT_TABLES = 64
# What stands for the number of a row until it is known: no label and no text of a person holds such characters.
INDEX, NUMBER = "\x01", "\x02"
FIGURES = ("number", "money")

BOXED = "boxed"

# Bytes of kept rows: those of nine of the longest forms.
KEPT_BYTES, LONGEST_ROW = 6_000_000, 20_000

_tables: dict[Any, "RowPattern"] = {}


class BoxedText(NamedTuple):
    """What a cell of a column of kind ``boxed`` says, with a box that takes it back; no box without ``value``."""

    text: str
    value: str = ""
    ticked: bool = False


# What is the same where it is equal.
TEXTS = frozenset({str, type(None), BoxedText})

_written: Memory[bytes] = Memory(KEPT_BYTES, LONGEST_ROW)


def line_rows(table: Mapping[str, Any]) -> Markup:
    """Return the rows of a line editor; ``table`` is what the template ``_ui/lines.html`` is told.

    What stands for them until the page is sent is returned, see ``ready_bytes``.
    """
    columns, prefix, fixed = table["columns"], table.get("prefix", "line"), bool(table.get("fixed"))
    hidden_names, errors = tuple(table["hidden_names"]), table["errors"]
    shape = (current_locale(), components.asset("icons.svg"), prefix, hidden_names, fixed)
    key = (shape, keeping.frozen(list(columns)))
    pattern = _tables.get(key)
    if pattern is None:
        if len(_tables) >= KEPT_TABLES:
            _tables.clear()
            _written.clear()
        pattern = _tables[key] = RowPattern(columns, prefix, hidden_names, fixed)
    rows = [pattern.row(index, row, errors) for index, row in enumerate(table["rows"])]
    return ready_bytes.put(b"".join(rows))


class RowPattern:
    """How each row of one table is written, in one language."""

    def __init__(
        self, columns: Sequence[Mapping[str, Any]], prefix: str, hidden_names: Sequence[str], fixed: bool
    ) -> None:
        self.prefix = prefix
        self.hidden_names = hidden_names
        self.fixed = fixed
        self.cells = [CellPattern(column, f"{prefix}-{INDEX}-{column['name']}") for column in columns]
        self.names = [*hidden_names, *(cell.name for cell in self.cells)]

    def row(self, index: int, row: Mapping[str, Any], errors: Mapping[str, Any]) -> bytes:
        """Return a row (counted from 0) with its values; ``errors`` are those of all rows, by field name.

        It comes from memory where a row at its place said the same before.
        """
        wrong = self.wrong(index, errors) if errors else {}
        told = tuple(map(row.get, self.names))
        # others may be equal and written differently, as 1 and True
        if wrong or not TEXTS.issuperset(map(type, told)):
            return self.written(index, row, wrong).encode()
        key = (self, index, told)
        found = _written.get(key)
        if found is None:
            found = self.written(index, row, wrong).encode()
            _written.put(key, found, len(found))
        return found

    def wrong(self, index: int, errors: Mapping[str, Any]) -> dict[str, Any]:
        """Return the errors of a row by column."""
        names = {cell.name: f"{self.prefix}-{index}-{cell.name}" for cell in self.cells}
        return {name: errors[field] for name, field in names.items() if errors.get(field)}

    def written(self, index: int, row: Mapping[str, Any], wrong: Mapping[str, Any]) -> str:
        """Return a row anew; ``wrong`` holds its errors by column."""
        hidden = [
            f'<input type="hidden" name="{self.prefix}-{index}-{name}" value="{plain(row[name])}">'
            for name in self.hidden_names
            if row.get(name)
        ]
        cells = [
            numbered(cell.boxed(row[cell.name]), index)
            if cell.kind == BOXED
            else cell.shown(row.get(cell.name))
            for cell in self.cells
        ]
        frame = self.frame(wrong) if wrong else self.frame_of_all
        return numbered(frame, index) % ("".join(hidden), *cells)

    @cached_property
    def frame_of_all(self) -> str:
        """The frame of any row in which nothing is wrong, its number left open."""
        return self.frame({})

    def frame(self, wrong: Mapping[str, Any]) -> str:
        """Return the row with its number, hidden fields and values left open; ``wrong`` holds errors by column."""
        parts = ["<tr data-line>\n", f'<td class="narrow line-number">{NUMBER}%s</td>\n']
        parts += [cell.frame(wrong.get(cell.name)) for cell in self.cells]
        if not self.fixed:
            parts += ['<td class="narrow line-tools">\n', *map(self.tool, tools()), "</td>\n"]
        return "".join([*parts, "</tr>\n"])

    def tool(self, tool: tuple[str, str, str]) -> str:
        """Return the button beside a row, by its act, words and icon. It posts the form, which is ``novalidate``."""
        act, label, icon = tool
        return (
            f'<button class="btn" data-kind="bare" name="row_act" value="{act}-{INDEX}" data-line-act="{act}"'
            f' aria-label="{literal(label)}">'
            f"{doubled(components.icon(icon))}</button>\n"
        )


class CellPattern:
    """How the cells of one column are written.

    kind: text, number, money, date, textarea, select, checkbox, static, boxed (its values are of ``BoxedText``).
    """

    def __init__(self, column: Mapping[str, Any], field: str) -> None:
        self.name: str = column["name"]
        self.column = column
        self.field = field
        self.kind: str = column.get("kind") or "text"
        self.label = _("第 %(row)s 行 %(column)s", row=NUMBER, column=column["label"])
        shown: dict[str, Callable[[Any], str]] = {
            "select": self.chosen,
            "checkbox": ticked,
            "static": plain,
            "textarea": plain,
        }
        self.shown = shown.get(self.kind, typed)
        self.options = [
            (str(value), plain(value), plain(text)) for value, text in column.get("options") or ()
        ]
        self.made: dict[str, str] = {}

    def frame(self, errors: Any) -> str:
        """Return the cell with its value left open; ``errors`` are a sentence or several, or nothing."""
        column, field = self.column, self.field
        said = f' aria-invalid="true" aria-describedby="{field}-error"' if errors else ""
        named = f'id="{field}" name="{field}"'
        label = f'aria-label="{literal(self.label)}"'
        hint = f' placeholder="{literal(column["placeholder"])}"' if column.get("placeholder") else ""
        if self.kind in ("static", BOXED):
            cell = '<span class="static">%s</span>'
        elif self.kind == "select":
            cell = f'<select class="input" {named} {label}{said}>%s</select>'
        elif self.kind == "textarea":
            cell = f'<textarea class="input" {named} rows="2" {label}{hint}{said}>\n%s</textarea>'
        elif self.kind == "checkbox":
            cell = f'<input type="checkbox" {named} value="y" {label}%s>'
        else:
            figures, mode = (" figures", ' inputmode="decimal"') if self.kind in FIGURES else ("", "")
            offers = f' list="{literal(column["list"])}"' if column.get("list") else ""
            cell = f'<input class="input{figures}" {named}%s {label}{mode}{offers}{hint}{said}>'
        if errors:
            sentence = errors if isinstance(errors, str) else " ".join(map(str, errors))
            # a sentence may repeat what was typed
            said = literal(sentence).replace(INDEX, "").replace(NUMBER, "")
            cell += f'<p class="error" id="{field}-error">{said}</p>'
        size = literal(column.get("size") or "m")
        return f'<td data-label="{literal(column["label"])}" data-size="{size}">{cell}</td>\n'

    def boxed(self, value: BoxedText) -> str:
        """Return the text with its box, the number of the row left open."""
        if not value.value:
            return plain(value.text)
        return (
            f'{plain(value.text)}<br><label><input type="checkbox" id="{self.field}" name="{self.field}"'
            f' value="{plain(value.value)}"{ticked(value.ticked)}> {plain(self.column["box"])}</label>'
        )

    def chosen(self, value: Any) -> str:
        """Return the options with the chosen one marked; made once for each value that is among them."""
        text = "" if value is None else str(value)
        made = self.made.get(text)
        if made is None:
            made = "".join(
                f'<option value="{shown}"{" selected" if option == text else ""}>{label}</option>'
                for option, shown, label in self.options
            )
            if any(option == text for option, _shown, _label in self.options):
                self.made[text] = made
        return made


def tools() -> list[tuple[str, str, str]]:
    """Return act, words and icon of the buttons beside each row."""
    return [
        ("up", _("上移"), "arrow-up"),
        ("down", _("下移"), "arrow-down"),
        ("copy", _("复制这一行"), "copy"),
        ("remove", _("删除这一行"), "trash"),
    ]


def plain(value: Any) -> str:
    """Return a value as escaped text, nothing for None."""
    return "" if value is None else components.plain(str(value))


def typed(value: Any) -> str:
    """Return what is written of the value of an input: nothing while it is empty."""
    text = plain(value)
    return f' value="{text}"' if text else ""


def ticked(value: Any) -> str:
    """Return the mark of a ticked box."""
    return " checked" if value else ""


def literal(text: Any) -> str:
    """Return a text escaped, for a frame whose places are filled in by ``%``."""
    return doubled(plain(text))


def doubled(markup: str) -> str:
    """Return markup for such a frame."""
    return markup.replace("%", "%%")


def numbered(frame: str, index: int) -> str:
    """Return the frame of the row of this number, counted from 0."""
    return frame.replace(INDEX, str(index)).replace(NUMBER, str(index + 1))

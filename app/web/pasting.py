"""Lines pasted out of a spreadsheet, read into the table of a form; every kind of line says which columns it has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core import pasted
from app.core.i18n import LazyText, lazy, listed, listed_clauses, ngettext
from app.core.i18n import gettext as _
from app.core.pasted import PastedColumn
from app.web.lines import Lines

PASTE = "paste"
PASTED = "pasted"
COLUMN = "paste-column-"
SAMPLE_LENGTH = 24


@dataclass(frozen=True)
class PastedTable:
    """What may be pasted into one kind of table.

    ``labels`` name the columns; without a row of titles they are taken to stand as in ``guess`` until the person says
    otherwise. ``hint`` stands below the field, ``too_many`` ends the refusal of more rows than the table takes, and
    ``complete`` gives the rows what people leave out. ``merged`` names the column whose cells are merged over several
    rows in the lists of customers.
    """

    columns: Sequence[PastedColumn]
    labels: Mapping[str, LazyText]
    guess: Sequence[str]
    hint: LazyText
    too_many: LazyText
    complete: Callable[[list[dict[str, str]]], None] = lambda rows: None
    merged: str = "unit"


@dataclass(frozen=True)
class PasteView:
    """What the paste panel shows: the text that still waits, what is wrong, the columns to name, what was taken."""

    text: str = ""
    problem: str = ""
    done: str = ""
    columns: Sequence[tuple[str, str, str]] = ()
    choices: Sequence[tuple[str, Any]] = ()
    hint: Any = ""

    @property
    def open(self) -> bool:
        """Whether the panel stands open."""
        return bool(self.text or self.problem)


def asked(posted: Mapping[str, str]) -> bool:
    """Tell whether the form was posted by 「加入明细」, or with rows that still wait in the field: none is lost."""
    return PASTE in posted or bool(posted.get(PASTED, "").strip())


def waiting(table: PastedTable, **shown: Any) -> PasteView:
    """Return the panel of a table, empty or with what is ``shown`` in it."""
    choices = [("", lazy("不取这一列")), *table.labels.items()]
    return PasteView(choices=choices, hint=table.hint, **shown)


def kept(table: PastedTable, posted: Mapping[str, str]) -> PasteView:
    """Return the panel with the text that was posted and not taken: the form is shown again for something else."""
    return waiting(table, text=posted.get(PASTED, ""))


def take(table: PastedTable, posted: Mapping[str, str], lines: Lines[Any]) -> PasteView:
    """Put the pasted rows behind the typed ones and check them; nothing is put where the columns are not clear.

    A row that is wrong stands in the table with its sentence like a typed one; the others are unharmed.
    """
    text = posted.get(PASTED, "")
    cells = pasted.split_cells(text)
    if not cells:
        return waiting(table, problem=_("请先在 Excel 中复制要加入的行，再粘贴到下面"))
    if len(cells) > pasted.MOST_ROWS:
        sentence = _("一次最多粘贴 %(most)s 行，现在是 %(rows)s 行", most=pasted.MOST_ROWS, rows=len(cells))
        return waiting(table, text=text, problem=sentence)
    width = min(max(map(len, cells)), pasted.MOST_COLUMNS)
    titles, first = pasted.titles_of(cells, table.columns)
    # who was asked for the columns may copy once more, this time with the row of titles
    order = None if titles else chosen_order(table, posted, width)
    if order is None and titles is None:
        guess = [table.guess[at] if at < len(table.guess) else "" for at in range(width)]
        problem = _("没有认出标题行，请指明每一列是什么")
        return waiting(table, text=text, problem=problem, columns=samples(cells, guess))
    if order is not None and (not any(order) or repeated(order)):
        problem = _("每一列只能指定一次，至少指定一列")
        return waiting(table, text=text, problem=problem, columns=samples(cells, order))
    below = pasted.without_sums(cells[first:])
    taken = order or titles or ()
    rows = pasted.named_rows(below, taken, table.columns)
    filled = pasted.fill_merged(rows, table.merged, "quantity") if table.merged in taken else 0
    table.complete(rows)
    total = len(lines.rows) + len(rows)
    if total > lines.most:
        sentence = _(
            "粘贴了 %(rows)s 行，连同已有的共 %(total)s 行；%(too_many)s",
            rows=len(rows),
            total=total,
            too_many=table.too_many.filled(most=lines.most),
        )
        return waiting(table, text=text, problem=sentence)
    lines.append(rows)
    lines.validate()
    left = pasted.left_columns(cells[first - 1], titles, below) if titles else []
    return waiting(table, done=told(len(rows), filled, len(cells) - first - len(below), left))


def told(rows: int, filled: int, sums: int, left: Sequence[str]) -> str:
    """Return what was made of pasted rows, with all that is to be looked at again."""
    said = [ngettext("已加入 %(num)s 行", "已加入 %(num)s 行", rows)]
    if filled:
        said.append(
            ngettext(
                "%(num)s 行没有单位，照上一行填写，请核对",
                "%(num)s 行没有单位，照上一行填写，请核对",
                filled,
            )
        )
    if sums:
        said.append(ngettext("%(num)s 行合计没有加入", "%(num)s 行合计没有加入", sums))
    if left:
        said.append(_("没有取的列：%(titles)s", titles=listed(left)))
    return listed_clauses(said)


def chosen_order(table: PastedTable, posted: Mapping[str, str], width: int) -> list[str] | None:
    """Return the column chosen for each place, None where the person was not asked yet."""
    if f"{COLUMN}0" not in posted:
        return None
    chosen = [posted.get(f"{COLUMN}{at}", "") for at in range(width)]
    return [name if name in table.labels else "" for name in chosen]


def repeated(order: Sequence[str]) -> bool:
    """Tell whether a column is named twice."""
    named = [name for name in order if name]
    return len(named) != len(set(named))


def samples(cells: Sequence[Sequence[str]], order: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return for each place the field's name, the first text that stands there, and the column taken for it."""
    found = []
    for at, name in enumerate(order):
        text = next((row[at] for row in cells if at < len(row) and row[at]), "")
        found.append((f"{COLUMN}{at}", text[:SAMPLE_LENGTH], name))
    return found

"""Lines of a quotation pasted out of a spreadsheet, read into the table of its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core import pasted, settings
from app.core.i18n import LazyText, lazy, ngettext
from app.core.i18n import gettext as _
from app.core.pasted import PastedColumn
from app.features.quotations.enums import LINE_KIND_LABELS, LineKind
from app.web.lines import Lines

PASTE = "paste"
PASTED = "pasted"
COLUMN = "paste-column-"
SAMPLE_LENGTH = 24

COLUMNS = (
    PastedColumn("kind", ("类型", "行类型", "kind", "type")),
    PastedColumn(
        "name", ("名称", "品名", "产品名称", "产品", "货物名称", "name", "product", "item", "description")
    ),
    PastedColumn("brand", ("品牌", "brand", "make")),
    PastedColumn("model", ("型号", "规格型号", "型号规格", "model", "part number", "part no")),
    PastedColumn("spec", ("规格", "规格与技术参数", "技术参数", "参数", "规格要求", "specification", "spec")),
    PastedColumn("unit", ("单位", "计量单位", "unit", "uom")),
    PastedColumn("quantity", ("数量", "需求数量", "quantity", "qty"), unit_into="unit"),
    PastedColumn("unit_price", ("含税单价", "单价", "价格", "unit price", "price"), drop_unit=True),
    PastedColumn("tax_rate", ("税率", "tax rate", "tax", "vat")),
    PastedColumn(
        "lead_time_days",
        ("交货期", "交期", "货期", "交货天数", "lead time", "lead time days", "delivery"),
        drop_unit=True,
    ),
    PastedColumn("note", ("备注", "说明", "note", "remark", "remarks")),
)
LABELS: Mapping[str, LazyText] = {
    "kind": lazy("类型"),
    "name": lazy("名称"),
    "brand": lazy("品牌"),
    "model": lazy("型号"),
    "spec": lazy("规格与技术参数"),
    "unit": lazy("单位"),
    "quantity": lazy("数量"),
    "unit_price": lazy("含税单价"),
    "tax_rate": lazy("税率"),
    "lead_time_days": lazy("交货期（天）"),
    "note": lazy("备注"),
}
# Without titles the columns are taken to stand as in most lists of the trade, until the person says otherwise.
GUESS = ("name", "model", "spec", "unit", "quantity", "unit_price", "tax_rate", "lead_time_days", "note")
KIND_WORDS = {
    "明细": LineKind.ITEM,
    "item": LineKind.ITEM,
    "标题": LineKind.HEADING,
    "分组标题": LineKind.HEADING,
    "heading": LineKind.HEADING,
    "group": LineKind.HEADING,
    "可选": LineKind.OPTION,
    "可选项": LineKind.OPTION,
    "选配": LineKind.OPTION,
    "option": LineKind.OPTION,
    "optional": LineKind.OPTION,
}


@dataclass(frozen=True)
class PasteView:
    """What the paste panel shows: the text that still waits, what is wrong, the columns to name, what was taken."""

    text: str = ""
    problem: str = ""
    done: str = ""
    columns: Sequence[tuple[str, str, str]] = ()
    choices: Sequence[tuple[str, Any]] = field(
        default_factory=lambda: [("", lazy("不取这一列")), *LABELS.items()]
    )

    @property
    def open(self) -> bool:
        """Whether the panel stands open."""
        return bool(self.text or self.problem)


def asked(posted: Mapping[str, str]) -> bool:
    """Tell whether the form was posted by 「加入明细」."""
    return PASTE in posted


def take(posted: Mapping[str, str], lines: Lines[Any]) -> PasteView:
    """Put the pasted rows behind the typed ones and check them; nothing is put where the columns are not clear.

    A row that is wrong stands in the table with its sentence like a typed one; the others are unharmed.
    """
    text = posted.get(PASTED, "")
    cells = pasted.split_cells(text)
    if not cells:
        return PasteView(problem=_("请先在 Excel 中复制要加入的行，再粘贴到下面"))
    if len(cells) > pasted.MOST_ROWS:
        sentence = _("一次最多粘贴 %(most)s 行，现在是 %(rows)s 行", most=pasted.MOST_ROWS, rows=len(cells))
        return PasteView(text, sentence)
    width = min(max(map(len, cells)), pasted.MOST_COLUMNS)
    titles = pasted.recognise(cells[0], COLUMNS)
    order = chosen_order(posted, width)
    if order is None and titles is None:
        guess = [GUESS[at] if at < len(GUESS) else "" for at in range(width)]
        return PasteView(text, _("没有认出标题行，请指明每一列是什么"), columns=samples(cells, guess))
    if order is not None and (not any(order) or repeated(order)):
        return PasteView(text, _("每一列只能指定一次，至少指定一列"), columns=samples(cells, order))
    rows = pasted.named_rows(cells[1:] if titles else cells, order or titles or (), COLUMNS)
    complete(rows)
    total = len(lines.rows) + len(rows)
    if total > lines.most:
        sentence = _(
            "粘贴了 %(rows)s 行，连同已有的共 %(total)s 行；一份报价最多 %(most)s 行，请分成几份",
            rows=len(rows),
            total=total,
            most=lines.most,
        )
        return PasteView(text, sentence)
    lines.append(rows)
    lines.validate()
    return PasteView(done=ngettext("已加入 %(num)s 行", "已加入 %(num)s 行", len(rows)))


def chosen_order(posted: Mapping[str, str], width: int) -> list[str] | None:
    """Return the column chosen for each place, None where the person was not asked yet."""
    if f"{COLUMN}0" not in posted:
        return None
    chosen = [posted.get(f"{COLUMN}{at}", "") for at in range(width)]
    return [name if name in LABELS else "" for name in chosen]


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


def complete(rows: list[dict[str, str]]) -> None:
    """Give rows their kind and the usual tax rate: a name alone among priced rows is the title of a group."""
    labels = {str(label): str(code) for code, label in LINE_KIND_LABELS.items()}
    pasted.replace_labels(rows, "kind", {**{word: str(code) for word, code in KIND_WORDS.items()}, **labels})
    counted = any("quantity" in row for row in rows)
    for row in rows:
        if "kind" not in row:
            row["kind"] = LineKind.HEADING if counted and set(row) == {"name"} else LineKind.ITEM
        if row["kind"] != LineKind.HEADING:
            row.setdefault("tax_rate", str(settings.get("quotations.tax_rate")))

"""Which columns lines of a quotation have that are pasted out of a spreadsheet."""

from collections.abc import Mapping

from app.core import pasted, settings
from app.core.i18n import LazyText, lazy
from app.core.pasted import PastedColumn
from app.features.quotations.enums import LINE_KIND_LABELS, LineKind
from app.web.pasting import PastedTable

COLUMNS = (
    PastedColumn("kind", ("类型", "行类型", "kind", "type")),
    PastedColumn(
        "name", ("名称", "品名", "产品名称", "产品", "货物名称", "name", "product", "item", "description")
    ),
    PastedColumn("brand", ("品牌", "brand", "make")),
    PastedColumn("model", ("型号", "规格型号", "型号规格", "model", "part number", "part no")),
    PastedColumn(
        "spec",
        ("规格", "规格与技术参数", "技术参数", "技术要求", "参数", "规格要求", "specification", "spec"),
    ),
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


TABLE = PastedTable(
    columns=COLUMNS,
    labels=LABELS,
    guess=GUESS,
    hint=lazy("认得 名称、型号、规格、单位、数量、单价、税率、交货期、备注 等标题；只有名称的行作为分组标题"),
    too_many=lazy("一份报价最多 %(most)s 行，请分成几份"),
    complete=complete,
)

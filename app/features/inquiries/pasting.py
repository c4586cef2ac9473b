"""Which columns lines of an inquiry have that are pasted out of a spreadsheet."""

from app.core.i18n import lazy
from app.core.pasted import PastedColumn
from app.web.pasting import PastedTable

TABLE = PastedTable(
    columns=(
        PastedColumn(
            "name", ("名称", "品名", "产品名称", "产品", "货物名称", "name", "product", "item", "description")
        ),
        PastedColumn("model", ("型号", "规格型号", "型号规格", "model", "part number", "part no")),
        PastedColumn(
            "spec",
            ("规格", "规格要求", "规格与技术参数", "技术参数", "技术要求", "参数", "specification", "spec"),
        ),
        PastedColumn("quantity", ("数量", "需求数量", "quantity", "qty"), unit_into="unit"),
        PastedColumn("unit", ("单位", "计量单位", "unit", "uom")),
        PastedColumn("note", ("备注", "说明", "note", "remark", "remarks")),
    ),
    labels={
        "name": lazy("名称"),
        "model": lazy("型号"),
        "spec": lazy("规格要求"),
        "quantity": lazy("数量"),
        "unit": lazy("单位"),
        "note": lazy("备注"),
    },
    guess=("name", "model", "spec", "unit", "quantity", "note"),
    hint=lazy("认得 名称、型号、规格、数量、单位、备注 等标题"),
    too_many=lazy("一份询价最多 %(most)s 行，请分成几份"),
)

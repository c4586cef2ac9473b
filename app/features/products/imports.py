"""Importing products: which columns are known, how a row is read and compared with the price list."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import imports
from app.core.canonical import decimal_text
from app.core.db import session
from app.core.i18n import lazy
from app.core.import_records import Outcome
from app.core.imports import ImportField, ImportKind, Plan
from app.core.permissions import Actor, can
from app.features.products import actions
from app.features.products.actions import FLOOR_ABOVE_PRICE, ProductValues
from app.features.products.enums import ProductPerm
from app.features.products.forms import ProductFields
from app.features.products.models import Product
from app.web import forms
from app.web import imports as import_pages

# Longer lists of codes are not sent: the whole price list is read instead.
MOST_CODES = 1_000
NEEDED = ("code", "name", "unit")

CODE = ImportField(
    "code",
    lazy("产品编码"),
    (
        "编码",
        "物料编码",
        "产品代码",
        "货号",
        "存货编码",
        "商品编码",
        "料号",
        "product code",
        "item code",
        "sku",
        "item no",
    ),
    required=True,
    hint=lazy("每个产品不同；按编码认出已有的产品"),
)
DESCRIPTION = (
    ImportField(
        "name",
        lazy("产品名称"),
        (
            "名称",
            "品名",
            "物料名称",
            "存货名称",
            "商品名称",
            "product",
            "product name",
            "item name",
            "description",
        ),
        hint=lazy("新产品必填"),
    ),
    ImportField("brand", lazy("品牌"), ("牌号", "厂家", "生产厂家", "manufacturer")),
    ImportField("model", lazy("型号"), ("规格型号", "产品型号", "model no", "type")),
    ImportField("spec", lazy("规格"), ("规格参数", "技术参数", "参数", "specification", "specifications")),
    ImportField("category", lazy("产品类别"), ("类别", "分类", "产品分类", "品类", "group")),
    ImportField(
        "unit", lazy("单位"), ("计量单位", "uom", "unit of measure"), hint=lazy("新产品必填，如 台、件、套")
    ),
    ImportField(
        "tax_rate",
        lazy("税率"),
        ("增值税率", "税率%", "vat", "tax", "tax rate"),
        hint=lazy("百分数，如 13 或 13%；不填按 13%"),
    ),
)
LIST_PRICE = ImportField(
    "list_price",
    lazy("标价（含税）"),
    (
        "标价",
        "含税标价",
        "标价元",
        "含税单价",
        "单价",
        "价格",
        "售价",
        "销售价",
        "面价",
        "list price",
        "price",
        "unit price",
    ),
    hint=lazy("元，含税，最多 4 位小数"),
)
FLOOR_PRICE = ImportField(
    "floor_price",
    lazy("底价（含税）"),
    ("底价", "含税底价", "底价元", "最低价", "最低售价", "floor price", "minimum price"),
    hint=lazy("元，含税，不能高于标价"),
)
LEAD_TIME = ImportField(
    "lead_time_days",
    lazy("交货期（天）"),
    ("交货期", "货期", "交期", "交期天", "供货周期", "lead time", "lead time days"),
    hint=lazy("天数，整数"),
)


class ProductRow(ProductFields, forms.LineForm):
    """A row of a table of products, read like the form."""


def fields(actor: Actor) -> Sequence[ImportField]:
    """Return the columns an actor may import: prices only for those who may see them."""
    known = [CODE, *DESCRIPTION]
    if can(actor, ProductPerm.SEE_PRICE):
        known.append(LIST_PRICE)
    if can(actor, ProductPerm.SEE_FLOOR):
        known.append(FLOOR_PRICE)
    return [*known, LEAD_TIME]


def compare(plans: Sequence[Plan], actor: Actor) -> None:
    """Decide what becomes of rows that could be read: new, changed, the same, or at fault."""
    seen: dict[str, int] = {}
    for plan in plans:
        code = plan.values.get("code", "")
        if not code:
            plan.refuse("code", lazy("请填写产品编码"))
        elif code in seen:
            plan.refuse("code", lazy("编码与第 %(row)s 行相同", row=seen[code]))
        else:
            seen[code] = plan.number
    sound = [plan for plan in plans if not plan.faults]
    present = products_of([plan.values["code"] for plan in sound])
    for plan in sound:
        settle(plan, present.get(plan.values["code"]), actor)


def products_of(codes: Sequence[str]) -> dict[str, tuple[int, ProductValues]]:
    """Return id and values of the products of these codes."""
    names = list(ProductValues.__dataclass_fields__)[:-1]
    statement = select(Product.id, *(getattr(Product, name) for name in names))
    if len(codes) <= MOST_CODES:
        statement = statement.where(Product.code.in_(codes))
    wanted = set(codes)
    return {
        row.code: (row.id, ProductValues(**{name: getattr(row, name) for name in names}))
        for row in session.execute(statement)
        if row.code in wanted
    }


def settle(plan: Plan, twin: tuple[int, ProductValues] | None, actor: Actor) -> None:
    """Decide about one row; what is empty in the file stays as it is."""
    typed: Mapping[str, Any] = plan.values
    if twin is None:
        for key in NEEDED:
            if not typed.get(key):
                plan.refuse(key, lazy("新产品须填写%(label)s", label=label_of(key)))
        if plan.faults:
            return
        values = ProductValues(**typed)
    else:
        plan.twin_id = twin[0]
        values = replace(twin[1], **typed)
    if not can(actor, ProductPerm.SEE_FLOOR):
        values = replace(values, keep_floor=True)
    floor, price = values.floor_price, values.list_price
    if floor is not None and price is not None and floor > price:
        plan.refuse("floor_price" if "floor_price" in typed else "list_price", FLOOR_ABOVE_PRICE)
        return
    if twin is not None:
        plan.changes = [
            (label_of(key), text_of(getattr(twin[1], key)), text_of(value))
            for key, value in asdict(values).items()
            if key in typed and text_of(value) != text_of(getattr(twin[1], key))
        ]
        plan.outcome = Outcome.CHANGED if plan.changes else Outcome.SAME
    plan.values = values


def label_of(key: str) -> str:
    """Return how a field is called."""
    known = (CODE, *DESCRIPTION, LIST_PRICE, FLOOR_PRICE, LEAD_TIME)
    return next(str(item.label) for item in known if item.key == key)


def text_of(value: Any) -> str:
    """Return a value as text, numbers without needless zeros."""
    return decimal_text(value) if isinstance(value, Decimal) else "" if value is None else str(value)


def save(plans: Sequence[Plan], actor: Actor) -> None:
    """Make and change the products of rows, in the open unit of work."""
    new = [plan for plan in plans if plan.twin_id is None]
    changed = [plan for plan in plans if plan.twin_id is not None]
    made, kept = actions.save_imported(
        actor=actor,
        new=[plan.values for plan in new],
        changed=[(plan.twin_id or 0, plan.values) for plan in changed],
    )
    for plan, product_id in zip([*new, *changed], [*made, *kept], strict=True):
        plan.doc_id = product_id


KIND = ImportKind(
    code="product",
    label=lazy("产品导入"),
    record_type=actions.DOC_TYPE,
    model=Product,
    permission=ProductPerm.EDIT,
    sees_all=ProductPerm.SEE_FLOOR,
    url="/products/imports",
    fields=fields,
    read=import_pages.reader(ProductRow),
    compare=compare,
    save=save,
    remove=actions.remove_imported,
    update_label=lazy("编码已有的产品：用表格里填写的内容更新（空格不覆盖）"),
)
imports.register(KIND)

"""The list of products: what we sell, with the prices the reader may see."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from app.core import money
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor, can
from app.features.products import queries
from app.features.products.enums import ProductPerm
from app.features.products.models import Product

USED = "used"
UNUSED = "unused"
STATE_LABELS = {"True": lazy("使用中"), "False": lazy("已停用")}
STATE_TONES = {"True": "ok", "False": "neutral"}


def is_used(value: str) -> ColumnElement[bool]:
    """Return the condition of the filter on use."""
    return Product.active.is_(value == USED)


def price(key: str) -> Any:
    """Return how a price per unit of a row is written."""
    return lambda row: "" if getattr(row, key) is None else money.format_unit_price(getattr(row, key))


DESCRIPTION = (
    Column("code", lazy("产品编码"), Product.code, "link", href=lambda row: f"/products/{row.row_id}"),
    Column("name", lazy("产品名称"), Product.name, "link", href=lambda row: f"/products/{row.row_id}"),
    Column("brand", lazy("品牌"), Product.brand, below="name"),
    Column("model", lazy("型号"), Product.model),
    Column("spec", lazy("规格"), Product.spec, sortable=False),
    Column("category", lazy("产品类别"), Product.category),
    Column("unit", lazy("单位"), Product.unit, sortable=False),
)
LIST_PRICE = Column(
    "list_price", lazy("标价（元）"), Product.list_price, "money", shown_by=price("list_price")
)
FLOOR_PRICE = Column(
    "floor_price",
    lazy("底价（元）"),
    Product.floor_price,
    "money",
    shown_by=price("floor_price"),
    sortable=False,
)
LEAD_TIME = Column("lead_time_days", lazy("交货期（天）"), Product.lead_time_days, "number", sortable=False)
STATE = Column(
    "active", lazy("状态"), Product.active, "status", labels=STATE_LABELS, tones=STATE_TONES, sortable=False
)


class ProductList(Listing):
    """Products."""

    rows_keep = True
    row_id = Product.id
    default_sort = "code"
    searched = queries.SEARCHED


def open_list(actor: Actor, arguments: Mapping[str, str], path: str) -> ProductList:
    """Return the list of products with the prices an actor may see."""
    columns = list(DESCRIPTION)
    if can(actor, ProductPerm.SEE_PRICE):
        columns.append(LIST_PRICE)
    if can(actor, ProductPerm.SEE_FLOOR):
        columns.append(FLOOR_PRICE)
    columns += [LEAD_TIME, STATE]
    return ProductList(queries.visible_to(actor), arguments, path, columns=columns, filters=filters(actor))


def filters(actor: Actor) -> list[Filter]:
    """Return the filters of the list, the categories those in use."""
    used = [(USED, lazy("使用中")), (UNUSED, lazy("已停用"))]
    return [
        Filter(
            "category",
            lazy("产品类别"),
            Product.category,
            options=[(category, category) for category in queries.categories(actor)],
        ),
        Filter("use", lazy("状态"), options=used, condition=is_used),
        Filter("brand", lazy("品牌"), Product.brand, "text"),
    ]

"""What people do with products: create, change, take out of the list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from app.core import pinyin, search, timeline
from app.core.canonical import decimal_text
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, can, require
from app.core.workflow import check_version, lock
from app.features.products.enums import ProductPerm
from app.features.products.models import Product

DOC_TYPE = "product"

# A timeline is read by more people than may see prices: its sentences tell that a price changed, not the price. The
# figures lie beside them under "prices", where only price_changes() of the queries shows them to who may see them.
PRICE_FIELDS = frozenset({"list_price", "floor_price"})
HIDDEN_VALUE = "…"
FLOOR_ABOVE_PRICE = lazy("底价不能高于标价")


@dataclass(frozen=True)
class ProductValues:
    """What is typed about a product: prices in yuan per unit, tax included; ``tax_rate`` in percent points.

    ``keep_floor`` leaves the floor price as it is, for a form whose author may not see it.
    """

    code: str
    name: str
    unit: str
    brand: str = ""
    model: str = ""
    spec: str = ""
    category: str = ""
    tax_rate: Decimal = Decimal(13)
    list_price: Decimal | None = None
    floor_price: Decimal | None = None
    lead_time_days: int | None = None
    active: bool = True
    keep_floor: bool = False


def create_product(*, actor: Actor, values: ProductValues) -> Product:
    """Create a product. Raises Denied, and Invalid for a code in use or a floor above the list price."""
    require(actor, ProductPerm.EDIT)
    product = Product()
    put(product, actor, values)
    session.add(product)
    session.flush()
    timeline.record(DOC_TYPE, product.id, "product:create", actor, data=first_prices(product))
    index([product])
    return product


def update_product(product: Product, *, actor: Actor, version: int | None, values: ProductValues) -> None:
    """Change a product.

    Raises Denied, Stale, and Invalid as in creating. Papers already made keep their prices.
    """
    lock(product)
    require(actor, ProductPerm.EDIT)
    check_version(DOC_TYPE, product, version)
    before = facts(product)
    put(product, actor, values)
    if before == facts(product):
        return
    product.touch()
    session.flush()
    record_change(product, before, actor)
    index([product])


def save_imported(
    *, actor: Actor, new: Sequence[ProductValues], changed: Sequence[tuple[int, ProductValues]]
) -> tuple[list[int], list[int]]:
    """Make and change products of an import with a constant number of statements; return the ids of both in order.

    The codes of the new ones and the prices of all were checked before. Raises Denied, and Conflict where somebody
    else took a code meanwhile.
    """
    require(actor, ProductPerm.EDIT)
    made = []
    for values in new:
        product = Product()
        assign(product, settled(product, actor, values)[0])
        made.append(product)
    session.add_all(made)
    statement = select(Product).where(Product.id.in_([number for number, _values in changed]))
    present = {
        product.id: product
        for product in session.execute(statement.with_for_update().order_by(Product.id)).scalars()
    }
    before = {number: facts(product) for number, product in present.items()}
    for number, values in changed:
        assign(present[number], settled(present[number], actor, values)[0])
        present[number].touch()
    session.flush()
    for product in made:
        timeline.record(DOC_TYPE, product.id, "product:import", actor, data=first_prices(product))
    for number, product in present.items():
        record_change(product, before[number], actor)
    index([*made, *present.values()])
    return [product.id for product in made], [number for number, _values in changed]


def remove_imported(ids: Sequence[int]) -> None:
    """Take products away that an import made and nothing refers to; what was recorded of them stays."""
    session.execute(delete(Product).where(Product.id.in_(ids)))
    search.remove_many(DOC_TYPE, ids)


def record_change(product: Product, before: dict[str, Any], actor: Actor) -> None:
    """Record what a change changed; prices apart from what everybody reads."""
    rows = timeline.diff(before, facts(product))
    changes = [
        [key, HIDDEN_VALUE, HIDDEN_VALUE] if key in PRICE_FIELDS else [key, old, new]
        for key, old, new in rows
    ]
    prices = {key: [old, new] for key, old, new in rows if key in PRICE_FIELDS}
    data = {"changes": changes, **({"prices": prices} if prices else {})}
    timeline.record(DOC_TYPE, product.id, "product:edit", actor, data=data)


def first_prices(product: Product) -> dict[str, Any]:
    """Return the prices a product begins with, for its first event; nothing where it has none."""
    known = facts(product)
    prices = {key: ["", known[key]] for key in sorted(PRICE_FIELDS) if known[key] is not None}
    return {"prices": prices} if prices else {}


def set_product_active(product: Product, *, actor: Actor, version: int | None, active: bool) -> None:
    """Take a product out of the choices of new lines, or back into them; Conflict where it is so already."""
    lock(product)
    require(actor, ProductPerm.EDIT)
    check_version(DOC_TYPE, product, version)
    if product.active == active:
        raise Conflict("product:already-active" if active else "product:already-inactive")
    product.active = active
    product.touch()
    timeline.record(DOC_TYPE, product.id, "product:activate" if active else "product:deactivate", actor)


def put(product: Product, actor: Actor, values: ProductValues) -> None:
    """Write the typed values into a product after checking them."""
    new, problem = settled(product, actor, values)
    with session.no_autoflush:
        taken = session.execute(select(Product.id).where(Product.code == values.code)).scalar_one_or_none()
    if taken is not None and taken != product.id:
        raise Invalid(fields={"code": lazy("这个编码已被另一产品使用")})
    if problem is not None:
        raise Invalid(fields={problem: FLOOR_ABOVE_PRICE})
    assign(product, new)


def settled(product: Product, actor: Actor, values: ProductValues) -> tuple[dict[str, Any], str | None]:
    """Return the values a product would have, and the field at fault where its floor would lie above its price."""
    new = {item.name: getattr(values, item.name) for item in fields(values)}
    keeps = new.pop("keep_floor") or not can(actor, ProductPerm.SEE_FLOOR)
    if keeps:
        new["floor_price"] = product.floor_price
    floor, price = new["floor_price"], new["list_price"]
    if floor is not None and price is not None and floor > price:
        return new, "list_price" if keeps else "floor_price"
    return new, None


def assign(product: Product, values: dict[str, Any]) -> None:
    """Write checked values into a product."""
    for key, value in values.items():
        setattr(product, key, value)


def facts(product: Product) -> dict[str, Any]:
    """Return the values of a product by field, numbers without needless zeros."""
    values = {key: getattr(product, key) for key in ProductValues.__dataclass_fields__ if key != "keep_floor"}
    return {
        key: decimal_text(value) if isinstance(value, Decimal) else value for key, value in values.items()
    }


def index(products: Iterable[Product]) -> None:
    """Bring the search index up to date; prices never enter it."""
    search.put_many(
        DOC_TYPE,
        [
            search.Record(
                product.id,
                f"{product.code} {product.name}",
                " ".join(filter(None, (product.brand, product.model, product.spec, product.category))),
                pinyin.keys(product.name),
            )
            for product in products
        ],
    )

"""What people do with products: create, change, take out of the list."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import search, timeline
from app.core.canonical import decimal_text
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, can, require
from app.core.workflow import check_version, lock
from app.features.products.enums import ProductPerm
from app.features.products.models import Product

DOC_TYPE = "product"

# A timeline is read by more people than may see prices: an event tells that a price changed, not the price.
PRICE_FIELDS = frozenset({"list_price", "floor_price"})
HIDDEN_VALUE = "…"


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
    timeline.record(DOC_TYPE, product.id, "product:create", actor)
    index(product)
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
    after = facts(product)
    if before == after:
        return
    product.touch()
    session.flush()
    changes = [
        [key, HIDDEN_VALUE, HIDDEN_VALUE] if key in PRICE_FIELDS else [key, old, new]
        for key, old, new in timeline.diff(before, after)
    ]
    timeline.record(DOC_TYPE, product.id, "product:edit", actor, data={"changes": changes})
    index(product)


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
    new = asdict(values)
    keeps = new.pop("keep_floor") or not can(actor, ProductPerm.SEE_FLOOR)
    if keeps:
        new["floor_price"] = product.floor_price
    with session.no_autoflush:
        taken = session.execute(select(Product.id).where(Product.code == values.code)).scalar_one_or_none()
    if taken is not None and taken != product.id:
        raise Invalid(fields={"code": lazy("这个编码已被另一产品使用")})
    floor, price = new["floor_price"], new["list_price"]
    if floor is not None and price is not None and floor > price:
        field = "list_price" if keeps else "floor_price"
        raise Invalid(fields={field: lazy("底价不能高于标价")})
    for key, value in new.items():
        setattr(product, key, value)


def facts(product: Product) -> dict[str, Any]:
    """Return the values of a product by field, numbers without needless zeros."""
    values = {key: getattr(product, key) for key in ProductValues.__dataclass_fields__ if key != "keep_floor"}
    return {
        key: decimal_text(value) if isinstance(value, Decimal) else value for key, value in values.items()
    }


def index(product: Product) -> None:
    """Bring the search index up to date; prices never enter it."""
    text = " ".join(filter(None, (product.brand, product.model, product.spec)))
    search.put(DOC_TYPE, product.id, f"{product.code} {product.name}", text)

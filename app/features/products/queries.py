"""Who sees products and their prices."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, false, select, true

from app.core.db import session
from app.core.errors import NotVisible
from app.core.listing import matches_words
from app.core.permissions import Actor, can
from app.features.products.enums import ProductPerm
from app.features.products.models import Product

MAX_OPTIONS = 20
SEARCHED = (Product.code, Product.name, Product.brand, Product.model, Product.spec)


@dataclass(frozen=True)
class ProductOption:
    """A product to choose for a line; ``list_price`` is None for those who may not see prices."""

    id: int
    code: str
    name: str
    brand: str
    model: str
    spec: str
    unit: str
    tax_rate: Decimal
    list_price: Decimal | None
    lead_time_days: int | None


def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a product: all of them, or none."""
    return true() if can(actor, ProductPerm.VIEW) else false()


def visible_to(actor: Actor) -> Select[Product]:
    """Return the SELECT of the products an actor may see."""
    return select(Product).where(visible_condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the products an actor may see."""
    return select(Product.id).where(visible_condition(actor))


def get(actor: Actor, product_id: int) -> Product:
    """Return a product the actor may see; raises NotVisible."""
    product = session.execute(visible_to(actor).where(Product.id == product_id)).scalar_one_or_none()
    if product is None:
        raise NotVisible
    return product


def options(actor: Actor, text: str, limit: int = MAX_OPTIONS) -> list[ProductOption]:
    """Return active products by words of code, name, brand, model or specification, for the line editor."""
    statement = (
        select(
            Product.id,
            Product.code,
            Product.name,
            Product.brand,
            Product.model,
            Product.spec,
            Product.unit,
            Product.tax_rate,
            Product.list_price,
            Product.lead_time_days,
        )
        .where(visible_condition(actor), Product.active.is_(True), matches_words(text, SEARCHED))
        .order_by(Product.code)
        .limit(limit)
    )
    sees_price = can(actor, ProductPerm.SEE_PRICE)
    return [
        ProductOption(*row[:8], row.list_price if sees_price else None, row.lead_time_days)
        for row in session.execute(statement)
    ]


def titles(ids: list[int]) -> dict[int, str]:
    """Return code and name of products, for search."""
    statement = select(Product.id, Product.code, Product.name).where(Product.id.in_(ids))
    return {row.id: f"{row.code} {row.name}" for row in session.execute(statement)}

"""Who sees products and their prices."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, case, false, select, true

from app.core.db import one_visible, session
from app.core.listing import clean_words
from app.core.permissions import Actor, can
from app.core.timeline import Event
from app.features.products.enums import ProductPerm
from app.features.products.models import Product

MAX_OPTIONS = 20
SEARCHED = (Product.search_key,)


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
    return one_visible(visible_to(actor).where(Product.id == product_id))


def matches(words: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that every word, spelt like the key, stands in what a product is looked for by."""
    found = [Product.search_key.contains(word, autoescape=True) for word in words]
    return and_(*found) if found else true()


def options(actor: Actor, text: str, limit: int = MAX_OPTIONS) -> list[ProductOption]:
    """Return active products by words of code, name, brand, model, specification, category or by pinyin.

    What begins as typed comes first: the code, then the model, then the name; the rest in the order of codes.
    """
    words = clean_words(unicodedata.normalize("NFKC", text).casefold())
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
        .where(visible_condition(actor), Product.active.is_(True), matches(words))
        .order_by(*([best_first(words[0])] if words else []), Product.code)
        .limit(limit)
    )
    sees_price = can(actor, ProductPerm.SEE_PRICE)
    return [
        ProductOption(*row[:8], row.list_price if sees_price else None, row.lead_time_days)
        for row in session.execute(statement)
    ]


def best_first(word: str) -> ColumnElement[int]:
    """Return the order in which what begins with a word stands before what merely holds it."""
    return case(
        (Product.code.istartswith(word, autoescape=True), 0),
        (Product.model.istartswith(word, autoescape=True), 1),
        (Product.name.istartswith(word, autoescape=True), 2),
        else_=3,
    )


def categories(actor: Actor) -> list[str]:
    """Return the categories in use, for filters and as proposals."""
    statement = (
        select(Product.category)
        .where(visible_condition(actor), Product.category != "")
        .distinct()
        .order_by(Product.category)
        .limit(300)
    )
    return list(session.execute(statement).scalars())


@dataclass(frozen=True)
class PriceChange:
    """One change of a product's price: when, by whom, which price, from what to what (None: there was none)."""

    at: datetime
    person: str
    field: str
    old: Decimal | None
    new: Decimal | None


def price_changes(actor: Actor, events: Iterable[Event]) -> list[PriceChange]:
    """Return the changes of list and floor price told by a product's events, as far as an actor may see prices."""
    shown = {"list_price": ProductPerm.SEE_PRICE, "floor_price": ProductPerm.SEE_FLOOR}
    visible = [key for key, permission in shown.items() if can(actor, permission)]
    return [
        PriceChange(event.at, event.actor_name, key, *(Decimal(text) if text else None for text in change))
        for event in events
        for key in visible
        if (change := event.data.get("prices", {}).get(key)) is not None
    ]


def titles(ids: list[int]) -> dict[int, str]:
    """Return code and name of products, for search."""
    statement = select(Product.id, Product.code, Product.name).where(Product.id.in_(ids))
    return {row.id: f"{row.code} {row.name}" for row in session.execute(statement)}

"""Which product of the price list a line means: the chosen one, else the only one of its model or code.

Whoever types or pastes a model need not choose: floor prices guard the line all the same. What several products are
called stays open, and a line of which somebody said that it is not the product stays without.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Integer, Select, String, and_, bindparam, or_, select

from app.core import prepared
from app.features.products.models import Product, number_key

Line = TypeVar("Line")


class ListedProduct(NamedTuple):
    """What a line needs to know of a product."""

    id: int
    code: str
    name: str
    floor_price: Decimal | None
    unit: str
    active: bool
    code_key: str
    model_key: str


class Match(NamedTuple):
    """What a line is: a product, or one that it is said not to be, or one of several ``rivals`` of its model."""

    product: ListedProduct | None = None
    refused: ListedProduct | None = None
    rivals: int = 0


# What a line is that is called like no product.
NOTHING = Match()


def matches(lines: Sequence[Any]) -> list[Match]:
    """Return what each line is, by one query.

    A line has ``model``, ``product_id`` (the chosen product) and ``unmatched_code`` (of the one it is said not to be).
    A chosen product stays, unless the model has become that of exactly one other product.
    """
    ids = {line.product_id for line in lines if line.product_id is not None}
    keys = [number_key(line.model or "") for line in lines]
    known = {product.id: product for product in _read(ids, set(filter(None, keys)))}
    called: dict[str, list[ListedProduct]] = {}
    for product in known.values():
        if product.active:
            for key in {product.code_key, product.model_key}:
                called.setdefault(key, []).append(product)
    if not known:
        return [NOTHING] * len(keys)
    return [
        _match(known.get(line.product_id or 0), line.unmatched_code, key, called.get(key, []) if key else [])
        for line, key in zip(lines, keys, strict=True)
    ]


def _match(chosen: ListedProduct | None, unmatched: str, key: str, called: Sequence[ListedProduct]) -> Match:
    refused = next((product for product in called if product.code == unmatched), None)
    others = [product for product in called if product is not refused]
    if chosen is not None and chosen.code != unmatched:
        own = key in (chosen.code_key, chosen.model_key)
        if own or len(others) != 1:
            return Match(chosen)
    if refused is not None:
        return Match(refused=refused)
    return Match(others[0]) if len(others) == 1 else Match(rivals=len(others))


def _read(ids: set[int], keys: set[str]) -> list[ListedProduct]:
    if not ids and not keys:
        return []
    found = prepared.read(_listed(), {"ids": list(ids), "keys": list(keys)})
    return [ListedProduct(*row) for row in found]


@cache
def _listed() -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the products of some ids, and of the active ones of some models or codes."""
    keys: BindParameter[str] = bindparam("keys", expanding=True, type_=String)
    named = or_(Product.model_key.in_(keys), Product.code_key.in_(keys))
    return (
        select(
            Product.id,
            Product.code,
            Product.name,
            Product.floor_price,
            Product.unit,
            Product.active,
            Product.code_key,
            Product.model_key,
        )
        .where(
            or_(
                Product.id.in_(bindparam("ids", expanding=True, type_=Integer)),
                and_(Product.active.is_(True), named),
            )
        )
        .order_by(Product.id)
    )


def settled(lines: Sequence[Line], found: Sequence[Match]) -> list[Line]:
    """Return lines (dataclasses) with the product and the refused one of their matches."""
    return [_settled(line, match) for line, match in zip(lines, found, strict=True)]


def _settled(line: Any, match: Match) -> Any:
    product_id = match.product.id if match.product else None
    unmatched_code = match.refused.code if match.refused else ""
    if line.product_id == product_id and line.unmatched_code == unmatched_code:
        # nearly always, and a copy of two hundred lines is not free
        return line
    return replace(line, product_id=product_id, unmatched_code=unmatched_code)

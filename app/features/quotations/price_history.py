"""At which prices we offered what to whom: the lines of issued quotations, as far as a reader sees them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, or_, select

from app.core import prepared
from app.core.permissions import Actor
from app.features.customers.models import Customer
from app.features.people.models import User
from app.features.quotations import queries, secrecy
from app.features.quotations.enums import LineKind, QuotationStatus
from app.features.quotations.models import Quotation, QuotationLine, QuotationRevision

# Of so many lines at once no more offers are read, the newest first.
MOST_OFFERS = 1_000

# Under which offers are read; kept, so that their statements are made once.
OF_CUSTOMER = Quotation.customer_id == bindparam("of_customer", type_=Integer)
OF_PRODUCT = QuotationLine.product_id == bindparam("of_product", type_=Integer)
OF_LINES = or_(
    QuotationLine.product_id.in_(bindparam("products", expanding=True, type_=Integer)),
    QuotationLine.model.in_(bindparam("models", expanding=True, type_=String)),
)


@dataclass(frozen=True)
class OfferedPrice:
    """A price that stood in an issued quotation: yuan per unit, tax included; ``number`` as the paper says it."""

    line_id: int
    quotation_id: int
    revision: int
    number: str
    issued_at: datetime
    customer_id: int
    customer_name: str
    product_id: int | None
    name: str
    model: str
    unit: str
    quantity: Decimal | None
    unit_price: Decimal
    tax_rate: Decimal | None
    owner_name: str

    @property
    def url(self) -> str:
        """The address of the quotation."""
        return f"/quotations/{self.quotation_id}/r/{self.revision}"


def offered(actor: Actor) -> Select[Any]:
    """Return the SELECT of the priced lines of issued quotations an actor may see.

    Void ones never count; those of sealed bids not for who may not know the prices yet.
    """
    return _offered(queries.visible_condition(actor), secrecy.prices_visible(actor))


def _offered(visible: ColumnElement[bool], priced: ColumnElement[bool]) -> Select[Any]:
    return (
        select(QuotationLine)
        .join(QuotationRevision, QuotationRevision.id == QuotationLine.revision_id)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .join(User, User.id == QuotationRevision.owner_id)
        .where(
            visible,
            priced,
            QuotationRevision.issued_at.is_not(None),
            QuotationRevision.status != QuotationStatus.VOID,
            QuotationLine.kind != LineKind.HEADING,
            QuotationLine.unit_price.is_not(None),
        )
    )


def newest(actor: Actor, conditions: Sequence[ColumnElement[bool]], **values: Any) -> list[OfferedPrice]:
    """Return the newest offers under kept conditions; ``values`` are theirs, and ``most`` is how many to read."""
    statement = _newest(queries.visible_condition(actor), secrecy.prices_visible(actor), tuple(conditions))
    return [OfferedPrice(*row) for row in prepared.read(statement, values)]


@lru_cache(512)
def _newest(
    visible: ColumnElement[bool], priced: ColumnElement[bool], conditions: tuple[ColumnElement[bool], ...]
) -> Select[*tuple[Any, ...]]:
    return (
        _offered(visible, priced)
        .with_only_columns(
            QuotationLine.id,
            QuotationRevision.quotation_id,
            QuotationRevision.revision,
            QuotationRevision.number,
            QuotationRevision.issued_at,
            Quotation.customer_id,
            Customer.name.label("customer_name"),
            QuotationLine.product_id,
            QuotationLine.name,
            QuotationLine.model,
            QuotationLine.unit,
            QuotationLine.quantity,
            QuotationLine.unit_price,
            QuotationLine.tax_rate,
            User.name.label("owner_name"),
            maintain_column_froms=True,
        )
        .where(*conditions)
        .order_by(QuotationRevision.issued_at.desc(), QuotationLine.id.desc())
        .limit(bindparam("most", type_=Integer))
    )


def last_prices(
    actor: Actor, customer_id: int, *, product_id: int | None = None, model: str = "", limit: int = 3
) -> list[OfferedPrice]:
    """Return the last prices a customer was offered for a product, or for a model where there is no product.

    Newest first, only what the actor may see; nothing where neither is given.
    """
    return last_prices_of_lines(actor, customer_id, [(product_id, model)], limit=limit)[0]


def last_prices_of_lines(
    actor: Actor, customer_id: int, lines: Sequence[tuple[int | None, str]], *, limit: int = 3
) -> list[list[OfferedPrice]]:
    """Return the last prices for each line, given as (product id, model), by one query for all of them.

    Each quotation stands once, with the newest revision that was issued.
    """
    products = {product_id for product_id, _model in lines if product_id is not None}
    models = {model for _product_id, model in lines if model}
    if not products and not models:
        return [[] for _line in lines]
    found = newest(
        actor,
        (OF_CUSTOMER, OF_LINES),
        of_customer=customer_id,
        products=list(products),
        models=list(models),
        most=MOST_OFFERS,
    )
    if not found:
        return [[] for _line in lines]
    places: dict[int | str | None, list[int]] = defaultdict(list)
    for place, offer in enumerate(found):
        places[offer.product_id].append(place)
        places[offer.model].append(place)
    near = [sorted({*places.get(product_id, ()), *places.get(model, ())}) for product_id, model in lines]
    return [
        each_once(found[place] for place in places_near if is_same(found[place], *line))[:limit]
        for line, places_near in zip(lines, near, strict=True)
    ]


def each_once(offers: Iterable[OfferedPrice]) -> list[OfferedPrice]:
    """Return the offers without those of a quotation that stands before them already."""
    first: dict[int, OfferedPrice] = {}
    for offer in offers:
        first.setdefault(offer.quotation_id, offer)
    return list(first.values())


def is_same(offer: OfferedPrice, product_id: int | None, model: str) -> bool:
    """Tell whether an offer was of a line's product, or of its model where one of the two names no product."""
    if product_id is not None and offer.product_id is not None:
        return offer.product_id == product_id
    return bool(model) and offer.model == model


def of_customer(actor: Actor, customer_id: int, limit: int = 8) -> list[OfferedPrice]:
    """Return the newest offers to a customer."""
    return newest(actor, (OF_CUSTOMER,), of_customer=customer_id, most=limit)


def of_product(actor: Actor, product_id: int, limit: int = 8) -> list[OfferedPrice]:
    """Return the newest offers of a product, to whomever."""
    return newest(actor, (OF_PRODUCT,), of_product=product_id, most=limit)

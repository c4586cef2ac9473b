"""What a customer was quoted before: the last prices of the same product or model."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app.core import clock
from app.core.db import session
from app.core.permissions import Actor
from app.features.quotations.enums import LineKind
from app.features.quotations.models import Quotation, QuotationLine, QuotationRevision
from app.features.quotations.queries import visible_condition

LAST = 3


@dataclass(frozen=True)
class QuotedPrice:
    """A price on an issued paper: tax-included yuan per unit, with the number of the paper and its date."""

    revision_id: int
    number: str
    issued_on: date
    unit_price: Decimal
    unit: str
    quantity: Decimal | None


def last_prices(
    actor: Actor, customer_id: int, product_id: int | None, model: str, limit: int = LAST
) -> list[QuotedPrice]:
    """Return the prices last quoted to a customer for a product, or for a model by its name, newest first.

    Only papers that were issued and that the actor may see count; without product and model there is nothing to find.
    """
    return last_prices_of(actor, customer_id, [(product_id, model)], limit=limit)[0]


def last_prices_of(
    actor: Actor, customer_id: int, wanted: Sequence[tuple[int | None, str]], *, limit: int = LAST
) -> list[list[QuotedPrice]]:
    """Return for each (product, model) the prices last quoted, in one query however many there are."""
    products = {product for product, _model in wanted if product is not None}
    models = {model_key(model) for _product, model in wanted} - {""}
    by_product: dict[int, list[QuotedPrice]] = defaultdict(list)
    by_model: dict[str, list[QuotedPrice]] = defaultdict(list)
    if products or models:
        for product, model, price in _quoted(actor, customer_id, same(products, models), limit):
            if product is not None:
                by_product[product].append(price)
            by_model[model_key(model)].append(price)
    found = []
    for product, model in wanted:
        known = by_product.get(product, []) if product is not None else []
        named = by_model.get(model_key(model), []) if model_key(model) else []
        both = {(price.revision_id, price.unit_price): price for price in [*known, *named]}
        found.append(sorted(both.values(), key=lambda price: -price.revision_id)[:limit])
    return found


def model_key(model: str) -> str:
    """Return a model as it is compared: without outer spaces."""
    return model.strip()


def same(products: Iterable[int], models: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition under which a line is about one of the products or models."""
    conditions: list[ColumnElement[bool]] = [false()]
    if products:
        conditions.append(QuotationLine.product_id.in_(sorted(products)))
    if models:
        conditions.append(func.trim(QuotationLine.model).in_(sorted(models)))
    return or_(*conditions)


def _quoted(
    actor: Actor, customer_id: int, condition: ColumnElement[bool], limit: int
) -> list[tuple[int | None, str, QuotedPrice]]:
    # As many of each product and model as are shown, counted by the database: a customer of ten years costs no more.
    rank = func.row_number().over(
        partition_by=(QuotationLine.product_id, func.trim(QuotationLine.model)),
        order_by=(QuotationRevision.issued_at.desc(), QuotationRevision.id.desc(), QuotationLine.id),
    )
    ranked = (
        select(
            QuotationLine.product_id,
            QuotationLine.model,
            QuotationRevision.id,
            QuotationRevision.number,
            QuotationRevision.issued_at,
            QuotationLine.unit_price,
            QuotationLine.unit,
            QuotationLine.quantity,
            rank.label("rank"),
        )
        .join(QuotationRevision, QuotationRevision.id == QuotationLine.revision_id)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(
            Quotation.customer_id == customer_id,
            QuotationRevision.issued_at.is_not(None),
            QuotationLine.unit_price.is_not(None),
            QuotationLine.kind != LineKind.HEADING,
            visible_condition(actor),
            and_(condition),
        )
        .subquery()
    )
    rows = session.execute(
        select(ranked).where(ranked.c.rank <= limit).order_by(ranked.c.issued_at.desc(), ranked.c.id.desc())
    )
    return [
        (
            row.product_id,
            row.model,
            QuotedPrice(
                row.id, row.number or "", _day(row.issued_at), row.unit_price, row.unit, row.quantity
            ),
        )
        for row in rows
    ]


def _day(moment: datetime) -> date:
    return clock.to_local(moment).date()

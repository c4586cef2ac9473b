"""When a quotation may take the fast track: every line from the price list at or above its price, below the limit.

Asked when the proposal is sent and again when it is decided: price list and limit may have changed meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.core import money, sentences, settings
from app.core.errors import Conflict, Problem
from app.features.products.models import Product
from app.features.quotations import flow
from app.features.quotations.checks import missing_content
from app.features.quotations.enums import LineKind, PaymentTerm
from app.features.quotations.models import QuotationRevision

# What makes a line the product of the price list; the description may say more for this customer.
GOODS = ("name", "brand", "model", "unit", "tax_rate")


@dataclass(frozen=True)
class LineProblem:
    """Why a line keeps a quotation from the fast track; ``cell`` is where it would be mended, position from 1."""

    position: int
    cell: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        """Return the sentence in the current language."""
        return sentences.say(self.code, position=self.position, **self.params)

    def problem(self) -> Problem:
        """Return the refusal of the whole."""
        return Conflict(self.code, position=self.position, **self.params)


def line_problem(position: int, line: Any, product: Product | None) -> LineProblem | None:
    """Return what is wrong with one line, a quotation's or a typed one, None where it may take the fast track."""
    if product is None or line.kind != LineKind.ITEM:
        return LineProblem(position, "name", "fast-track:not-listed")
    if not product.active or product.list_price is None:
        return LineProblem(position, "name", "fast-track:not-sold", {"product": str(product)})
    if any(getattr(line, name) != getattr(product, name) for name in GOODS):
        return LineProblem(position, "name", "fast-track:other-goods", {"product": str(product)})
    if line.unit_price is None or line.unit_price < product.list_price:
        price = money.format_unit_price(product.list_price)
        return LineProblem(position, "unit_price", "fast-track:below-list", {"price": price})
    return None


def line_problems(lines: Sequence[Any], products: Mapping[int, Product]) -> list[LineProblem]:
    """Return what is wrong with the lines, each problem once, in their order."""
    found = []
    for position, line in enumerate(lines, 1):
        problem = line_problem(position, line, products.get(line.product_id or 0))
        if problem is not None:
            found.append(problem)
    return found


def limit() -> Decimal:
    """Return the amount in yuan from which on the leader approves: there is no fast track."""
    return Decimal(str(settings.get("quotations.leader_limit")))


def limit_problem(total: Decimal) -> Problem | None:
    """Return that a total reaches the leader's limit, None below it."""
    return (
        Conflict("fast-track:limit", limit=f"¥{money.format_amount(limit())}") if total >= limit() else None
    )


def problem_of(revision: QuotationRevision, products: Mapping[int, Product]) -> Problem | None:
    """Return the first reason why a quotation drawn up from a proposal may not take the fast track.

    Whether anybody may review it is asked by its submission; here it has no need of a query.
    """
    for line in line_problems(revision.lines, products):
        return line.problem()
    problem = limit_problem(revision.total)
    if problem is not None:
        return problem
    if revision.payment_term == PaymentTerm.OTHER:
        return Conflict("fast-track:payment")
    if flow.needs_leader(revision):
        return Conflict("fast-track:leader")
    if not revision.legal_entity.active:
        return Conflict("fast-track:company", company=revision.legal_entity.name)
    return missing_content(revision)

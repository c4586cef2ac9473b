"""What customers ask for: lines drawn from the price list and special parts beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sqlalchemy import select

from app.core.db import session
from app.demo.wording import SPECIALS, SUPPLIERS, Special
from app.features.inquiries.actions import LineInput
from app.features.products.models import Product

CENT = Decimal("0.01")
PART_OF_COST = Decimal("0.72")


@dataclass(frozen=True)
class Item:
    """A product as the stories know it; prices in yuan per unit with tax."""

    id: int
    code: str
    name: str
    model: str
    spec: str
    unit: str
    price: Decimal
    floor: Decimal

    @property
    def cost(self) -> Decimal:
        """What it costs us."""
        return self.price * PART_OF_COST

    @property
    def source(self) -> str:
        """Who supplies it."""
        return SUPPLIERS[self.code[:2]]


def price_list() -> list[Item]:
    """Return the active products by code."""
    statement = (
        select(
            Product.id,
            Product.code,
            Product.name,
            Product.model,
            Product.spec,
            Product.unit,
            Product.list_price,
            Product.floor_price,
        )
        .where(Product.active.is_(True))
        .order_by(Product.code)
    )
    return [
        Item(*row[:6], price=Decimal(row.list_price or 0), floor=Decimal(row.floor_price or 0))
        for row in session.execute(statement)
    ]


def rounded(value: Decimal) -> Decimal:
    """Return a price to the cent."""
    return value.quantize(CENT, ROUND_HALF_UP)


def quantity_for(price: Decimal, worth: int) -> Decimal:
    """Return a quantity as a customer would say it, so that the line is worth about so many yuan."""
    about = max(int(worth / price), 1)
    for step in (500, 100, 50, 10, 5):
        if about >= 4 * step:
            about -= about % step
            break
    return Decimal(about)


def chosen(random: Random, items: Sequence[Item], number: int) -> list[Item]:
    """Return products that go together: most of one or two groups of the price list, in its order."""
    groups = sorted({item.code[:2] for item in items})
    picked = random.sample(groups, 3)
    near = [item for item in items if item.code[:2] in picked]
    return sorted(random.sample(near, min(number, len(near))), key=lambda item: item.code)


def wanted_lines(
    random: Random, items: Sequence[Item], *, number: int, specials: Sequence[int] = (), worth: int = 6000
) -> list[LineInput]:
    """Return the lines of an inquiry: special parts first, then products of about ``worth`` yuan a line."""
    lines = [special_line(SPECIALS[index]) for index in specials]
    for item in chosen(random, items, number):
        quantity = quantity_for(item.price, int(worth * random.uniform(0.4, 1.7)))
        lines.append(
            LineInput(
                name=item.name,
                model=item.model,
                spec=item.spec,
                unit=item.unit,
                quantity=quantity,
                product_id=item.id,
            )
        )
    return lines


def special_line(special: Special) -> LineInput:
    """Return the line of a part that is not in the price list."""
    return LineInput(
        name=special.name,
        model=special.model,
        spec=special.spec,
        unit=special.unit,
        quantity=Decimal(special.quantity),
    )


def special_of(name: str, model: str) -> Special | None:
    """Return the special part of a line, None for one of the price list."""
    return next((item for item in SPECIALS if (item.name, item.model) == (name, model)), None)

"""What an activity cost against its budget, and what is over it, shared among those who came.

The company bears the cost up to the budget. The rest is shared by heads, to the cent, so that the shares add up; the
machine only says so and takes nothing from anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.core.money import amount_in_cents

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Share:
    """What one person bears, for themselves and those they brought, in yuan."""

    user_id: int
    name: str
    heads: int
    amount: Decimal


@dataclass(frozen=True)
class Settlement:
    """Cost, budget and what is over it in yuan; ``per_head`` is the cost a head, rounded to the cent."""

    cost: Decimal
    budget: Decimal
    over: Decimal
    company: Decimal
    heads: int
    per_head: Decimal
    shares: Sequence[Share]


def settle(cost: Decimal, budget: Decimal, people: Sequence[tuple[int, str, int]]) -> Settlement:
    """Return the settlement; ``people`` are (user id, name, heads) of those who came, at least one head each.

    With nobody there the company bears everything.
    """
    heads = sum(count for _id, _name, count in people)
    over = max(cost - budget, NOTHING) if heads else NOTHING
    per_head = (cost / heads).quantize(CENT) if heads else NOTHING
    amounts = spread(amount_in_cents(over), [count for _id, _name, count in people])
    shares = [
        Share(user_id, name, count, Decimal(cents) * CENT)
        for (user_id, name, count), cents in zip(people, amounts, strict=True)
    ]
    return Settlement(cost, budget, over, cost - over, heads, per_head, shares)


def spread(cents: int, weights: Sequence[int]) -> list[int]:
    """Share cents by weights; what rounding down leaves goes to the largest remainders, the earlier first."""
    total = sum(weights)
    if not total:
        return []
    parts = [divmod(cents * weight, total) for weight in weights]
    left = cents - sum(whole for whole, _rest in parts)
    order = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))
    more = set(order[:left])
    return [whole + (place in more) for place, (whole, _rest) in enumerate(parts)]

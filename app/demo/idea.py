"""A suggestion of the demo company, as one of its people wrote it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Idea:
    """A suggestion: who wrote it (nobody: unnamed), so many working days ago, what it says, where it stands."""

    author: str
    back: int
    title: str
    ends: str
    situation: str = ""
    method: str = ""
    effect: str = ""
    answer: str = ""
    votes: int = 0
    cost: Decimal | None = None
    benefit: Decimal | None = None
    doer: str = ""
    plan: str = "准备；试用；交付"
    result: str = ""
    verified: str = ""
    appeal: str = ""


def yuan(amount: int) -> Decimal:
    """Return an amount."""
    return Decimal(amount)

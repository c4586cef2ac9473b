"""Prove capital amounts by reading them back: a million random amounts, and every one up to 9,999.99.

Run as `python3 proofs/capital_amounts.py`; `manage.py prove` runs it too. The suite runs a smaller part.
"""

import random
import sys
import time
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.core.capital_amount import capital_amount, parse_capital_amount

LARGEST_CENTS = 10**14 - 1
EVERY_CENTS_UP_TO = 999_999
RANDOM_ROUND_TRIPS = 1_000_000


def broken_round_trips(cents: Iterable[int]) -> list[Decimal]:
    """Write each amount (in cents) in capitals, read it back, and return those that came back changed."""
    broken = []
    for value in cents:
        amount = Decimal(value).scaleb(-2)
        if parse_capital_amount(capital_amount(amount)) != amount:
            broken.append(amount)
    return broken


def random_cents(count: int, seed: int) -> list[int]:
    """Draw amounts of all lengths, half of them full of zeros, where the mistakes are."""
    source = random.Random(seed)
    drawn = []
    for _ in range(count):
        value = source.randrange(10 ** source.randint(1, 14))
        if source.random() < 0.5:
            kept = source.getrandbits(14)
            value = int("".join(d if kept >> place & 1 else "0" for place, d in enumerate(f"{value:014d}")))
        drawn.append(value)
    return drawn


def main() -> int:
    """Print the figures; the exit code is 1 when any amount came back changed."""
    failed = 0
    for title, cents in (
        (f"random amounts up to {LARGEST_CENTS / 100:,.2f}", random_cents(RANDOM_ROUND_TRIPS, seed=1)),
        ("every amount 0.00 to 9,999.99", range(EVERY_CENTS_UP_TO + 1)),
    ):
        started = time.perf_counter()
        broken = broken_round_trips(cents)
        seconds = time.perf_counter() - started
        failed += len(broken)
        print(f"{title}: {len(cents):,} round trips, {len(broken)} changed, {seconds:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

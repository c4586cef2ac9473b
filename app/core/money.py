"""Money: reading what people type, rounding, totals, printing. `Decimal` in yuan throughout.

Prices are tax-included and the tax-included total is the authority; net and tax are derived from it
per rate group, never summed from lines rounded one by one (that disagrees in half of all quotations).
Tax rates are percent points everywhere: `Decimal("13")` is 13 %, as it is typed, stored and printed.

Upper limits: the database keeps amount, unit price and quantity as 64-bit integers of 0.01, 0.0001 and
0.001. The limits below stay far inside that (9.2e18), so that no sum of lines can overflow, and an
amount stays below 万亿, where the reading of capital amounts begins to be disputed.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
AMOUNT_MAX = Decimal("999999999999.99")
UNIT_PRICE_MAX = Decimal("9999999999.9999")
QUANTITY_MAX = Decimal("999999999.999")
PERCENT_MAX = Decimal(100)

AMOUNT_DECIMALS = 2
UNIT_PRICE_DECIMALS = 4
QUANTITY_DECIMALS = 3
PERCENT_DECIMALS = 2

_STEPS = tuple(Decimal((0, (1,), -decimals)) for decimals in range(UNIT_PRICE_DECIMALS + 1))

# Longer than any number inside the limits, with sign, currency, commas and unit.
_LONGEST_TEXT = 64

# A context of our own: a caller's changed precision or rounding must not change what an invoice says.
_ARITHMETIC = Context(prec=60, rounding=ROUND_HALF_UP)

_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?¥? ?"
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?"
    r"(?P<fraction>\.[0-9]+)? ?"
    r"(?P<ten_thousands>万?) ?(?P<unit>元?)"
)
_PERCENT = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]+)?(?P<fraction>\.[0-9]+)? ?%?")


class MoneyError(ValueError):
    """What was typed, or computed, is no usable figure.

    `reason` is one of `missing`, `not-a-number`, `negative`, `too-many-decimals`, `too-large`,
    `rate-as-fraction`; forms turn it into a sentence. `limit` is the number the sentence needs: the
    decimals allowed, or the largest value.
    """

    def __init__(self, reason: str, limit: int | Decimal | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.limit = limit


class TaxedAmount(NamedTuple):
    """One line for the totals: its tax-included amount in yuan and its tax rate in percent points."""

    gross: Decimal
    rate: Decimal


class RateGroup(NamedTuple):
    """All lines of one tax rate (percent points): tax-included, net and tax, in yuan."""

    rate: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal


class Totals(NamedTuple):
    """Sums of a document in yuan; `groups` by falling rate. `net + tax == gross`, also in each group."""

    gross: Decimal
    net: Decimal
    tax: Decimal
    groups: tuple[RateGroup, ...]


def parse_amount(text: str | None, *, allow_negative: bool = False) -> Decimal:
    """Read an amount in yuan: at most 2 decimals. See `parse_number` for what is understood."""
    return parse_number(text, decimals=AMOUNT_DECIMALS, largest=AMOUNT_MAX, allow_negative=allow_negative)


def parse_unit_price(text: str | None, *, allow_negative: bool = False) -> Decimal:
    """Read a unit price in yuan: at most 4 decimals, for cheap parts. Understands as `parse_number`."""
    return parse_number(
        text, decimals=UNIT_PRICE_DECIMALS, largest=UNIT_PRICE_MAX, allow_negative=allow_negative
    )


def parse_quantity(text: str | None, *, allow_negative: bool = False) -> Decimal:
    """Read a quantity: at most 3 decimals. Understands as `parse_number`, but no currency."""
    if text is not None and any(mark in text for mark in "¥￥元"):
        raise MoneyError("not-a-number")
    return parse_number(text, decimals=QUANTITY_DECIMALS, largest=QUANTITY_MAX, allow_negative=allow_negative)


def parse_number(text: str | None, *, decimals: int, largest: Decimal, allow_negative: bool) -> Decimal:
    """Read a number as people in the office type it, exact to `decimals` places.

    Understood: full-width characters, thousands commas in the right places, ¥ or ￥ in front, 元 behind,
    `1.2万`. Anything else raises `MoneyError`: there is no guessing about money.
    """
    match = _match(_NUMBER, text)
    value = _value(match)
    if match["ten_thousands"]:
        value = value.scaleb(4, _ARITHMETIC)
    return _checked(value, decimals, largest, allow_negative)


def parse_percent(text: str | None) -> Decimal:
    """Read percent points, `13` or `13%`: from 0 to 100 with at most 2 decimals; else `MoneyError`."""
    value = _value(_match(_PERCENT, text))
    return _checked(value, PERCENT_DECIMALS, PERCENT_MAX, allow_negative=False)


def parse_tax_rate(text: str | None) -> Decimal:
    """Read a tax rate in percent points. `0.13` is refused: somebody meant 13 and would sell at no tax."""
    rate = parse_percent(text)
    _check_rate(rate)
    return rate


def _match(expression: re.Pattern[str], text: str | None) -> re.Match[str]:
    if text is None or not text.strip():
        raise MoneyError("missing")
    # NFKC would make 10² into 102: characters that are numbers but not decimal digits are refused.
    if len(text) > _LONGEST_TEXT or any(unicodedata.category(character) == "No" for character in text):
        raise MoneyError("not-a-number" if len(text) <= _LONGEST_TEXT else "too-large")
    match = expression.fullmatch(unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip())
    if match is None or not (match["whole"] or match["fraction"]):
        raise MoneyError("not-a-number")
    return match


def _value(match: re.Match[str]) -> Decimal:
    whole = (match["whole"] or "0").replace(",", "")
    return Decimal(match["sign"] + whole + (match["fraction"] or ""))


def _checked(value: Decimal, decimals: int, largest: Decimal, allow_negative: bool) -> Decimal:
    if not value.is_finite():
        raise MoneyError("not-a-number")
    if value.copy_abs() > largest:
        raise MoneyError("too-large", largest)
    if value < 0 and not allow_negative:
        raise MoneyError("negative")
    exact = value.quantize(_STEPS[decimals], context=_ARITHMETIC)
    if exact != value:
        raise MoneyError("too-many-decimals", decimals)
    return exact or exact.copy_abs()


def round_amount(value: Decimal) -> Decimal:
    """Round yuan half up to 0.01, away from zero; raises `MoneyError` when above `AMOUNT_MAX`."""
    if not value.is_finite():
        raise MoneyError("not-a-number")
    if value.copy_abs() > AMOUNT_MAX:
        raise MoneyError("too-large", AMOUNT_MAX)
    rounded = value.quantize(CENT, context=_ARITHMETIC)
    return rounded or rounded.copy_abs()


def amount_in_cents(amount: Decimal) -> int:
    """Give yuan as a whole number of 0.01; raises `MoneyError` when it is none, or above `AMOUNT_MAX`."""
    exact = _checked(amount, AMOUNT_DECIMALS, AMOUNT_MAX, allow_negative=True)
    return int(exact.scaleb(2, _ARITHMETIC))


def line_amount(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Give a line's tax-included amount in yuan; rounding happens here, once per line, and nowhere else."""
    return round_amount(_ARITHMETIC.multiply(quantity, unit_price))


def totals(lines: Iterable[TaxedAmount]) -> Totals:
    """Sum lines: per rate group net = round(gross / (1 + rate), 2) and tax = gross - net.

    Raises `MoneyError` for more than `AMOUNT_MAX`, and for rates or amounts out of their ranges.
    """
    cents_by_rate: dict[Decimal, int] = defaultdict(int)
    for line in lines:
        _check_rate(line.rate)
        cents_by_rate[line.rate] += amount_in_cents(line.gross)
    net_by_rate = {rate: _net_cents(cents, rate) for rate, cents in cents_by_rate.items()}
    groups = tuple(
        RateGroup(rate, *_gross_net_tax(cents_by_rate[rate], net_by_rate[rate]))
        for rate in sorted(cents_by_rate, reverse=True)
    )
    return Totals(*_gross_net_tax(sum(cents_by_rate.values()), sum(net_by_rate.values())), groups)


def spread_net(lines: Sequence[TaxedAmount]) -> list[Decimal]:
    """Give each line's net amount in yuan, in the order of `lines`, so that the column adds up.

    Each rate group's net is the one `totals` gives. The cents that rounding down leaves over go to the
    lines with the largest remainders, the earlier line first.
    """
    spread = [0] * len(lines)
    groups: dict[Decimal, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        _check_rate(line.rate)
        groups[line.rate].append(index)
    for rate, indexes in groups.items():
        remainders: dict[int, int] = {}
        for index in indexes:
            numerator, denominator = _net_fraction(amount_in_cents(lines[index].gross), rate)
            spread[index], remainders[index] = divmod(numerator, denominator)
        group_cents = sum(amount_in_cents(lines[index].gross) for index in indexes)
        left_over = _net_cents(group_cents, rate) - sum(spread[index] for index in indexes)
        by_remainder = sorted(indexes, key=lambda index: (-remainders[index], index))
        for index in by_remainder[:left_over]:
            spread[index] += 1
    return [_yuan(cents) for cents in spread]


def format_amount(amount: Decimal) -> str:
    """Print yuan as `1,234.50`; more than 2 decimals raise `MoneyError` instead of being rounded away."""
    return f"{_checked(amount, AMOUNT_DECIMALS, AMOUNT_MAX, allow_negative=True):,f}"


def format_unit_price(price: Decimal) -> str:
    """Print a unit price with 2 decimals, or 3 or 4 when it has them: `12.50`, `0.0375`."""
    text = f"{_checked(price, UNIT_PRICE_DECIMALS, UNIT_PRICE_MAX, allow_negative=True):,f}"
    return text[:-2] + text[-2:].rstrip("0")


def format_quantity(quantity: Decimal) -> str:
    """Print a quantity without needless zeros: `3`, `1,200`, `2.5`."""
    text = f"{_checked(quantity, QUANTITY_DECIMALS, QUANTITY_MAX, allow_negative=True):,f}"
    return text.rstrip("0").rstrip(".")


def format_percent(percent: Decimal) -> str:
    """Print percent points without needless zeros: `13%`, `0.5%`."""
    text = f"{_checked(percent, PERCENT_DECIMALS, PERCENT_MAX, allow_negative=False):f}"
    return text.rstrip("0").rstrip(".") + "%"


def _check_rate(rate: Decimal) -> None:
    _checked(rate, PERCENT_DECIMALS, PERCENT_MAX, allow_negative=False)
    # No rate between 0 and 0.5 % exists in the law; 0.13 is 13 % written as a fraction.
    if 0 < rate < Decimal("0.5"):
        raise MoneyError("rate-as-fraction")


def _gross_net_tax(gross_cents: int, net_cents: int) -> tuple[Decimal, Decimal, Decimal]:
    return round_amount(_yuan(gross_cents)), _yuan(net_cents), _yuan(gross_cents - net_cents)


def _net_fraction(gross_cents: int, rate: Decimal) -> tuple[int, int]:
    # Whole numbers, so that a half is seen as exactly a half.
    return gross_cents * 10_000, 10_000 + int(rate.scaleb(2, _ARITHMETIC))


def _net_cents(gross_cents: int, rate: Decimal) -> int:
    numerator, denominator = _net_fraction(abs(gross_cents), rate)
    rounded = (2 * numerator + denominator) // (2 * denominator)
    return rounded if gross_cents >= 0 else -rounded


def _yuan(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2, _ARITHMETIC)


def format_number(value: int | Decimal) -> str:
    """Return a number with its thousands apart: 12,345."""
    return f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,}"

"""Capital amounts 大写: writing an amount in yuan as Chinese words, and reading it back.

The rule is the central bank's 《支付结算办法》 annex 1, with its choices made once: 元 and not 圆, 整
after 元 and after 角, none after 分. Where the rule lets one write 零 or leave it out (a zero in the 元
or 万 place before a figure that is not zero) the first form of its examples is taken: 1,680.32 is
壹仟陆佰捌拾元零叁角贰分 and 107,000.53 is 壹拾万柒仟元零伍角叁分.
"""

import re
from decimal import Decimal
from functools import cache

from app.core.money import MoneyError, amount_in_cents

CURRENCY_PREFIX = "人民币"

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}

_SECTION = "零?(?:([{d}])仟)?零?(?:([{d}])佰)?零?(?:([{d}])拾)?零?([{d}])?".format(d=_DIGITS[1:])
_AMOUNT = re.compile(
    f"(?:{CURRENCY_PREFIX})?"
    f"(?:(?:{_SECTION}亿)?(?:{_SECTION}万)?{_SECTION}(零?[元圆]))?"
    f"(?:零?([{_DIGITS[1:]}])角)?(?:零?([{_DIGITS[1:]}])分)?([整正]?)"
)


def capital_amount(amount: Decimal) -> str:
    """Write yuan in capital characters, without the prefix 人民币: 1,409.50 → 壹仟肆佰零玖元伍角整.

    Only a `Decimal` is taken (`TypeError` otherwise). `MoneyError`: `negative`, `too-large` (from 万亿 on),
    `too-many-decimals` (an amount is never rounded here), `not-a-number`.
    """
    cents = _whole_cents(amount)
    yuan, (tenths, hundredths) = cents // 100, divmod(cents % 100, 10)
    words = _yuan_words(yuan)
    if words:
        words += "元"
    if tenths:
        words += ("零" if yuan and yuan % 10 == 0 else "") + _DIGITS[tenths] + "角"
    elif hundredths and yuan:
        words += "零"
    if hundredths:
        return words + _DIGITS[hundredths] + "分"
    return (words or "零元") + "整"


def parse_capital_amount(text: str) -> Decimal:
    """Read a capital amount back into yuan, with or without 人民币; 圆 and 正 and either use of 零 are taken.

    Raises `MoneyError("not-a-number")` for anything that is no capital amount.
    """
    if text.removeprefix(CURRENCY_PREFIX) in ("零元整", "零元", "零圆整", "零圆", "零元正", "零圆正"):
        return Decimal("0.00")
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise MoneyError("not-a-number")
    digits = [_VALUES[digit] if digit else 0 for digit in match.groups()[:12]]
    yuan = 0
    for digit in digits:
        yuan = yuan * 10 + digit
    yuan_written, tenths, hundredths, ending = match.groups()[12:]
    cents = yuan * 100 + _VALUES[tenths or "零"] * 10 + _VALUES[hundredths or "零"]
    ended_wrongly = bool(hundredths and ending) or not (hundredths or tenths or ending)
    if cents == 0 or ended_wrongly or (yuan_written and yuan == 0):
        raise MoneyError("not-a-number")
    return Decimal(cents).scaleb(-2)


def _whole_cents(amount: Decimal) -> int:
    if not isinstance(amount, Decimal):
        raise TypeError("a capital amount is written from a Decimal only")
    cents = amount_in_cents(amount)
    if cents < 0:
        raise MoneyError("negative")
    return cents


def _yuan_words(yuan: int) -> str:
    words = ""
    zero_pending = False
    for unit, section in (("亿", yuan // 10**8), ("万", yuan // 10**4 % 10**4), ("", yuan % 10**4)):
        if section == 0:
            zero_pending = bool(words)
            continue
        if words and (zero_pending or section < 1000):
            words += "零"
        words += _section_words(section) + unit
        zero_pending = False
    return words


@cache
def _section_words(section: int) -> str:
    # At most 9,999 different ones; the zeros in front are the caller's concern, those at the end are silent.
    words = ""
    zero_pending = False
    for place, digit in zip(_PLACES, f"{section:04d}", strict=True):
        if digit == "0":
            zero_pending = bool(words)
            continue
        words += ("零" if zero_pending else "") + _DIGITS[int(digit)] + place
        zero_pending = False
    return words

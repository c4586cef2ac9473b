"""Numbers as Word writes them (ECMA-376 part 1, 17.18.59 ST_NumberFormat), and read back from what people typed.

Where the standard is silent the figures are those Word prints: 10 to 19 are 十 to 十九, a circled figure goes to ⑳ and
then on as 21. Only 零 is always written 零, never 〇, as in 第一百零一条.
"""

import re
from collections.abc import Callable

from app.features.rules.outline import chinese_number

DIGITS = "零一二三四五六七八九"
MOST = 9_999
MOST_LETTERS = 780
_ZEROS = str.maketrans({"〇": "零", "○": "零", "Ｏ": "零", "両": "二", "两": "二"})
_PLACES = {"十": 10, "百": 100, "千": 1_000}
_LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_PLAIN = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "一二二三三四五六六七八九十百千")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
# What stands for the numeral of a typed number; one and the same in every pattern.
HAN = "[零〇○一二三四五六七八九十百千两]+"
FIGURES = "[0-9０-９]+"
_PLACED = re.compile(
    "(?:([一-九])千)?零?(?:([一-九])?百)?零?(?:([一-九])?十)?零?([一-九])?".replace("一-九", DIGITS[1:])
)


def _thousand(number: int) -> str:
    high, low = divmod(number, 10_000)
    if not high:
        return chinese_number(low)
    if not low:
        return f"{chinese_number(high)}万"
    # 十二 stands alone only; behind a 万 it is 一十二.
    behind = chinese_number(low)
    behind = f"一{behind}" if 10 <= low < 20 else behind
    return f"{chinese_number(high)}万{'零' if low < 1_000 else ''}{behind}"


def _positional(number: int, zero: str) -> str:
    return "".join(zero if digit == "0" else DIGITS[int(digit)] for digit in str(number))


def _counting(number: int) -> str:
    return chinese_number(number) if number < 100 else _positional(number, "○")


def _japanese(number: int) -> str:
    text = _thousand(number).replace("零", "")
    # One is not said before ten, hundred and thousand, but before ten thousand.
    return re.sub("一(?=[十百千])", "", text)


def _legal(number: int) -> str:
    text = _thousand(number)
    text = f"一{text}" if text.startswith("十") else text
    return text.translate(_LEGAL)


def _letters(number: int) -> str:
    """Return a, b … z, aa, bb …: Word repeats a letter, thirty times at most; it does not count on like columns."""
    if number > MOST_LETTERS:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        written += sign * times
    return written


def _from(signs: str) -> Callable[[int], str]:
    """Return a format with a sign for each number and figures behind the last."""
    return lambda number: signs[number - 1] if number <= len(signs) else str(number)


_CIRCLED = _from("".join(chr(0x2460 + place) for place in range(20)))
FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedParen": _from("".join(chr(0x2474 + place) for place in range(20))),
    "decimalEnclosedFullstop": _from("".join(chr(0x2488 + place) for place in range(20))),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": _thousand,
    "taiwaneseCountingThousand": _thousand,
    "japaneseCounting": _japanese,
    "ideographDigital": lambda number: _positional(number, "〇"),
    "japaneseDigitalTenThousand": lambda number: _positional(number, "〇"),
    "taiwaneseDigital": lambda number: _positional(number, "○"),
    "chineseLegalSimplified": _legal,
    "ideographTraditional": _from(_STEMS),
    "ideographZodiac": _from(_BRANCHES),
    "none": lambda _number: "",
    "bullet": lambda _number: "",
}
HAN_FORMATS = frozenset(
    name
    for name in FORMATS
    if name.startswith(("chinese", "taiwanese", "japanese")) or name == "ideographDigital"
)
CIRCLED_FORMATS = frozenset({"decimalEnclosedCircle", "decimalEnclosedCircleChinese"})
DECIMAL_FORMATS = frozenset(name for name in FORMATS if name.startswith("decimal")) - CIRCLED_FORMATS


def write_number(number_format: str, number: int) -> str:
    """Return a number in a format of Word; figures for a format nobody here knows, and for zero and beyond 99,999."""
    if number < 1 or number > 10 * MOST:
        return "" if number_format in ("none", "bullet") else str(number)
    return FORMATS.get(number_format, str)(number)


def read_number(text: str) -> int | None:
    """Return what a numeral says: 十二, 一百零三, 一〇三, 壹拾, 12, １２, ⑫; None for what is none, or beyond 9,999."""
    plain = text.strip()
    if re.fullmatch(FIGURES, plain):
        # int() reads full-width digits too.
        return int(plain) if len(plain) <= 4 and int(plain) else None
    if len(plain) == 1 and (circled := _circled_value(plain)):
        return circled
    plain = plain.translate(_PLAIN).translate(_ZEROS)
    if plain and all(one in DIGITS for one in plain):
        value = int("".join(str(DIGITS.index(one)) for one in plain)) if len(plain) <= 4 else 0
        return value or None
    match = _PLACED.fullmatch(plain)
    if match is None or not any(one in _PLACES for one in plain):
        return None
    thousands, hundreds, tens, ones = match.groups()
    value = 1_000 * _digit(thousands) + _digit(ones)
    value += (100 * (_digit(hundreds) or 1)) if "百" in plain else 0
    value += (10 * (_digit(tens) or 1)) if "十" in plain else 0
    return value or None


def _digit(sign: str | None) -> int:
    return DIGITS.index(sign) if sign else 0


def _circled_value(sign: str) -> int | None:
    """Return the value of a circled figure, to fifty."""
    code = ord(sign)
    for first, offset, count in ((0x2460, 1, 20), (0x3251, 21, 15), (0x32B1, 36, 15)):
        if first <= code < first + count:
            return code - first + offset
    return None

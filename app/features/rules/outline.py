"""The outline of a rule: rows in reading order, each with its depth and how it is numbered.

Numbers are never typed. They follow from the order of the rows alone, so that moving a clause renumbers everything
that cites it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.features.rules.clause_text import Body
from app.features.rules.enums import NumberStyle

DEEPEST = 6
MOST_START = 999
LONGEST_CITATION = 60
# Counted through the whole document, across chapters and sections, as laws and company rules do.
RUNNING_STYLES = frozenset({NumberStyle.ARTICLE})

# Unicode has circled figures up to fifty only; what comes behind is written in brackets.
_CIRCLED = (
    *(chr(0x2460 + number) for number in range(20)),
    *(chr(0x3251 + number) for number in range(15)),
    *(chr(0x32B1 + number) for number in range(15)),
)
_DIGITS = "零一二三四五六七八九"
_PLACES = ((1_000, "千"), (100, "百"), (10, "十"), (1, ""))


@dataclass(frozen=True)
class OutlineRow:
    """One clause of an outline, with no identity yet.

    ``level`` is 1 for the outermost; ``start`` begins the count of its style anew at this number. ``title`` is the
    short heading of a chapter, section or clause, ``body`` its text.
    """

    level: int
    style: NumberStyle
    title: str = ""
    body: Body = ()
    start: int | None = None


def chinese_number(number: int) -> str:
    """Write a number from 1 to 9,999 in Chinese numerals, as chapters and articles are counted: 十二, 一百零三."""
    if not 1 <= number <= 9_999:
        raise ValueError(f"{number} is not counted in rules")
    written, skipped, rest = "", False, number
    for place, word in _PLACES:
        digit, rest = divmod(rest, place)
        if digit:
            written += ("零" if skipped else "") + _DIGITS[digit] + word
            skipped = False
        elif written:
            skipped = True
    return written.removeprefix("一") if 10 <= number < 20 else written


def number_text(style: NumberStyle, number: int) -> str:
    """Write the number of a clause in its style: 第三条, （二）, 4., ⑤; an empty text for a clause without one."""
    if style == NumberStyle.NONE:
        return ""
    if style == NumberStyle.DECIMAL:
        return f"{number}."
    if style == NumberStyle.DECIMAL_IN_BRACKETS:
        return f"（{number}）"
    if style == NumberStyle.CIRCLED:
        return _CIRCLED[number - 1] if number <= len(_CIRCLED) else f"（{number}）"
    han = chinese_number(number)
    patterns = {
        NumberStyle.CHAPTER: "第{}章",
        NumberStyle.SECTION: "第{}节",
        NumberStyle.ARTICLE: "第{}条",
        NumberStyle.HAN: "{}、",
        NumberStyle.HAN_IN_BRACKETS: "（{}）",
    }
    return patterns[style].format(han)


class Counting:
    """Counts the rows of an outline, one after the other.

    A style counts on among the rows below one parent; articles count through the whole document.
    """

    def __init__(self) -> None:
        self._counts: list[dict[NumberStyle, int]] = [{} for _depth in range(DEEPEST + 1)]
        self._running: dict[NumberStyle, int] = {}

    def next(self, level: int, style: NumberStyle) -> int:
        """Return how far the next row would be counted, without counting it."""
        return self._count(level, style).get(style, 0) + 1

    def take(self, level: int, style: NumberStyle, start: int | None = None) -> int:
        """Count a row and return how far; ``start`` begins the count anew at it."""
        count = self._count(level, style)
        count[style] = start if start is not None else count.get(style, 0) + 1
        # Whatever stands deeper belongs to another parent from here on.
        for deeper in self._counts[_depth(level) + 1 :]:
            deeper.clear()
        return count[style]

    def _count(self, level: int, style: NumberStyle) -> dict[NumberStyle, int]:
        return self._running if style in RUNNING_STYLES else self._counts[_depth(level)]


def _depth(level: int) -> int:
    return min(max(level, 1), DEEPEST)


def numbers(rows: Iterable[tuple[int, NumberStyle, int | None]]) -> list[str]:
    """Return the number of each row of an outline, given as (level, style, start)."""
    counting = Counting()
    return [number_text(style, counting.take(level, style, start)) for level, style, start in rows]


def row_numbers(rows: Sequence[OutlineRow]) -> list[str]:
    """Return the number of each row of an outline."""
    return numbers((row.level, row.style, row.start) for row in rows)


def citations(rows: Iterable[tuple[int, NumberStyle, str, str]]) -> list[str]:
    """Return how each row is cited, given as (level, style, number, title): 第五条, 第五条（一）, 第二章.

    Articles, chapters and sections stand for themselves; what is below an article is cited with it. A row without
    number is cited by its heading, else by what it stands below.
    """
    above: list[tuple[int, str]] = []
    found = []
    for level, style, number, title in rows:
        while above and above[-1][0] >= level:
            above.pop()
        parent = next((name for _depth, name in reversed(above) if name), "")
        own = number.rstrip("、.")
        if style in (NumberStyle.CHAPTER, NumberStyle.SECTION):
            name, passed_on = own, ""
        elif style == NumberStyle.NONE:
            name, passed_on = title or parent or "正文", parent
        elif style == NumberStyle.ARTICLE:
            name = passed_on = own
        else:
            name = passed_on = f"{parent}{own}"
        found.append(name[:LONGEST_CITATION])
        above.append((level, passed_on))
    return found

"""What kind of number stands before a paragraph: one that Word counts, or one somebody typed.

A number Word counts is known by its format and pattern. A typed one is known by how it looks, and only where it can be
one: 第五条所列的情形 begins a sentence, and 2024. is a year.
"""

import re
from dataclasses import dataclass

from app.features.rules.enums import NumberStyle
from app.features.rules.word.numbering import Label
from app.features.rules.word.numerals import (
    CIRCLED_FORMATS,
    DECIMAL_FORMATS,
    FIGURES,
    HAN,
    HAN_FORMATS,
    read_number,
)

# How far a typed number may be from the one before it and still be the next of its kind.
WIDEST_GAP = 3
# Word has circled figures up to twenty.
MOST_CIRCLED = 20
CIRCLED = "[①-⑳㉑-㉟㊱-㊿]"
_SPACE = "[ \t\u3000]"
_NUMERAL = f"(?:{HAN}|{FIGURES})"
_BEHIND = f"(?:{_SPACE}*[:：、.．,，]?{_SPACE}*)"

# The words a chapter, a section, an article go by; a part (编) stands above chapters and is numbered like one.
_WORDS = {
    "编": NumberStyle.CHAPTER,
    "章": NumberStyle.CHAPTER,
    "节": NumberStyle.SECTION,
    "条": NumberStyle.ARTICLE,
}
_NAMED = re.compile(f"第{_SPACE}*(?P<number>{_NUMERAL}){_SPACE}*(?P<word>[编章节条])(?P<behind>{_BEHIND})")
# How a sentence goes on that begins with the citation of an article.
_CITING = re.compile("规定|所[列称述指]|[的之中至到、和与及或第]|款|项|以[上下]|范围|情形|内容|要求")
_TYPED: tuple[tuple[NumberStyle, re.Pattern[str]], ...] = (
    (
        NumberStyle.HAN,
        re.compile(f"(?P<number>{HAN})(?:、|[.．](?!{FIGURES})){_SPACE}*(?![一二三四五六七八九十])"),
    ),
    (NumberStyle.HAN_IN_BRACKETS, re.compile(f"[(（]{_SPACE}*(?P<number>{HAN}){_SPACE}*[)）]、?{_SPACE}*")),
    (
        NumberStyle.DECIMAL_IN_BRACKETS,
        re.compile(f"[(（]?{_SPACE}*(?P<number>{FIGURES}){_SPACE}*[)）]、?{_SPACE}*"),
    ),
    (NumberStyle.DECIMAL, re.compile(f"(?P<number>{FIGURES})(?:、|[.．](?!{FIGURES})){_SPACE}*")),
    (NumberStyle.CIRCLED, re.compile(f"(?P<number>{CIRCLED})、?{_SPACE}*")),
)
_SEVERAL = re.compile(f"(?P<number>{FIGURES}(?:[.．]{FIGURES}){{1,5}})[.．、]?(?P<behind>{_SPACE}+)")

_PLACE = "%[1-9]"
_PATTERNS: tuple[tuple[NumberStyle, re.Pattern[str], frozenset[str]], ...] = (
    (NumberStyle.HAN, re.compile(f"{_PLACE}[、.．，,]?"), HAN_FORMATS),
    (NumberStyle.HAN_IN_BRACKETS, re.compile(f"[(（]?{_PLACE}[)）]、?"), HAN_FORMATS),
    (NumberStyle.CIRCLED, re.compile(f"{_PLACE}[、.．]?"), CIRCLED_FORMATS),
    (NumberStyle.DECIMAL_IN_BRACKETS, re.compile(_PLACE), frozenset({"decimalEnclosedParen"})),
    (NumberStyle.DECIMAL, re.compile(f"{_PLACE}[、.．，,]?"), DECIMAL_FORMATS),
    (NumberStyle.DECIMAL_IN_BRACKETS, re.compile(f"[(（]?{_PLACE}[)）]、?"), DECIMAL_FORMATS),
)
_NAMED_PATTERN = re.compile(f"第{_PLACE}([编章节条])[:：、.．]?")
_SEVERAL_PATTERN = re.compile(f"{_PLACE}(?:[.．]{_PLACE})+[.．、]?")


@dataclass(frozen=True)
class Found:
    """A number before a paragraph.

    ``style`` is how the outline numbers it, None for one it has no style for; ``depth`` sets 1.1 apart from 1 and a
    part from a chapter; ``exact`` is false where the outline will print it in another form; ``length`` is how many
    characters of the text it took, none where Word counts.
    """

    text: str
    value: int
    style: NumberStyle | None
    depth: int = 0
    exact: bool = True
    length: int = 0


def counted(label: Label) -> Found:
    """Return what kind of number Word prints there."""
    number_format, pattern = label.kind
    bare = re.sub(r"\s", "", pattern)
    if named := _NAMED_PATTERN.fullmatch(bare):
        part = named[1] == "编"
        return Found(label.text, label.value, _WORDS[named[1]], depth=-1 if part else 0, exact=not part)
    if _SEVERAL_PATTERN.fullmatch(bare) and number_format in DECIMAL_FORMATS:
        return Found(label.text, label.value, NumberStyle.DECIMAL, depth=label.places - 1, exact=False)
    for style, shape, formats in _PATTERNS:
        if number_format in formats and shape.fullmatch(bare):
            return Found(label.text, label.value, style)
    return Found(label.text, label.value, None, exact=False)


class TypedNumbers:
    """Recognises numbers people typed, one paragraph after the other: most count only where they go on."""

    def __init__(self) -> None:
        self._last: dict[tuple[NumberStyle, int], int] = {}

    def find(self, text: str) -> Found | None:
        """Return the number a text begins with; None where it begins with none."""
        return self._named(text) or self._several(text) or self._plain(text)

    def took(self, found: Found) -> None:
        """Remember a number that stands, typed or counted by Word; deeper ones begin anew behind it."""
        if found.style is None:
            return
        key = (found.style, found.depth)
        self._last[key] = found.value
        if found.style in _WORDS.values():
            order = (NumberStyle.CHAPTER, NumberStyle.SECTION, NumberStyle.ARTICLE)
            kept = order[: order.index(found.style) + 1] + (NumberStyle.ARTICLE,)
            self._last = {one: value for one, value in self._last.items() if one[0] in kept}

    def last(self, found: Found) -> int | None:
        """Return the number of its kind before this one."""
        return self._last.get((found.style, found.depth)) if found.style is not None else None

    def _named(self, text: str) -> Found | None:
        match = _NAMED.match(text)
        value = read_number(match["number"]) if match else None
        if match is None or value is None:
            return None
        style, part = _WORDS[match["word"]], match["word"] == "编"
        found = Found(
            match[0].strip().rstrip(":：、.．,， \t\u3000"),
            value,
            style,
            -1 if part else 0,
            not part,
            match.end(),
        )
        if match["behind"] or match.end() == len(text):
            return found
        # Without a space behind it, only the next one is a number, and only where no sentence begins: 第五条所列的情形.
        following = found.value == (self.last(found) or 0) + 1
        return found if following and not _CITING.match(text, match.end()) else None

    def _several(self, text: str) -> Found | None:
        match = _SEVERAL.match(text)
        if match is None:
            return None
        figures = re.split("[.．]", match["number"])
        if any(len(one) > 2 for one in figures):
            return None
        value = read_number(figures[-1])
        if value is None:
            return None
        found = Found(
            match["number"], value, NumberStyle.DECIMAL, len(figures) - 1, exact=False, length=match.end()
        )
        return found if self._goes_on(found) else None

    def _plain(self, text: str) -> Found | None:
        for style, shape in _TYPED:
            match = shape.match(text)
            value = read_number(match["number"]) if match else None
            if match is not None and value is not None:
                found = Found(match[0].strip(), value, style, length=match.end())
                # Beyond ⑳ Word counts no circled figures: whoever sees one typed it as a number.
                beyond = style == NumberStyle.CIRCLED and value > MOST_CIRCLED
                if beyond or self._goes_on(found):
                    return found
        return None

    def _goes_on(self, found: Found) -> bool:
        """Tell whether a number begins its kind or follows the last one, as far as one may be missing."""
        last = self.last(found)
        return found.value == 1 or (last is not None and 0 < found.value - last <= WIDEST_GAP)

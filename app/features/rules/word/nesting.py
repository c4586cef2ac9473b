"""How deep a row of a Word file stands: by the words 章 节 条, by Word's lists and headings, by how it is numbered."""

from dataclasses import dataclass

from app.features.rules.enums import NumberStyle
from app.features.rules.outline import DEEPEST

# From the outermost inwards, as Chinese rules are built; a heading without a number stands below a section.
_ORDER = {
    style: place
    for place, style in enumerate(
        (
            NumberStyle.CHAPTER,
            NumberStyle.SECTION,
            NumberStyle.NONE,
            NumberStyle.ARTICLE,
            NumberStyle.HAN,
            NumberStyle.HAN_IN_BRACKETS,
            NumberStyle.DECIMAL,
            NumberStyle.DECIMAL_IN_BRACKETS,
            NumberStyle.CIRCLED,
        )
    )
}
_NAMED = frozenset({NumberStyle.CHAPTER, NumberStyle.SECTION, NumberStyle.ARTICLE})


@dataclass(frozen=True)
class Kind:
    """What decides how deep a row stands: its style, the ``depth`` of a number like 1.1, the ``family`` of lists and
    the level in it where Word counts, its level as a heading."""

    style: NumberStyle
    depth: int = 0
    family: str | None = None
    list_level: int = 0
    outline: int | None = None


def stands_above(upper: Kind, kind: Kind) -> bool:
    """Tell whether a row of the first kind is above one of the second that follows it."""
    if _alike(upper, kind):
        return False
    if upper.family is not None and upper.family == kind.family and upper.list_level != kind.list_level:
        return upper.list_level < kind.list_level
    named = upper.style in _NAMED and kind.style in _NAMED
    if not named and upper.outline is not None and kind.outline is not None and upper.outline != kind.outline:
        return upper.outline < kind.outline
    if (upper.outline is None) != (kind.outline is None) and not _chapter(upper) and not _chapter(kind):
        return upper.outline is not None
    return (_ORDER[upper.style], upper.depth) < (_ORDER[kind.style], kind.depth)


def _alike(upper: Kind, kind: Kind) -> bool:
    """Tell whether two rows are of one kind: numbered alike, unless Word counts them in different places."""
    if (upper.style, upper.depth) != (kind.style, kind.depth):
        return False
    if kind.style is NumberStyle.NONE:
        return upper.outline == kind.outline
    if kind.style in _NAMED or upper.family is None or kind.family is None:
        return True
    heading = (upper.outline is None) == (kind.outline is None)
    return heading and (upper.family != kind.family or upper.list_level == kind.list_level)


def _chapter(kind: Kind) -> bool:
    return kind.style in (NumberStyle.CHAPTER, NumberStyle.SECTION)


class Nesting:
    """Gives the level of each row, one after the other."""

    def __init__(self) -> None:
        # What stands open above the next row, outermost first.
        self._open: list[Kind] = []

    def level(self, kind: Kind) -> tuple[int, bool]:
        """Return the level of the next row, and whether it would stand deeper than an outline goes."""
        while self._open and not stands_above(self._open[-1], kind):
            self._open.pop()
        self._open.append(kind)
        return min(len(self._open), DEEPEST), len(self._open) > DEEPEST

"""The numbers Word prints before paragraphs: lists of numbering.xml, and counting through a document.

A paragraph names a list (``num``) and a level. Lists made from one definition (``abstractNum``) count together; a list
begins anew where it says so (``startOverride``), a level where a higher one was used, unless it never does
(``lvlRestart`` 0, how articles run across chapters).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from app.features.rules.word import markup
from app.features.rules.word.markup import W
from app.features.rules.word.numerals import write_number

LONGEST_PATTERN = 100
MOST_LISTS = 5_000
_PLACE = re.compile("%([1-9])")


@dataclass(frozen=True)
class Level:
    """One level of a list: where it starts, in which format, ``pattern`` like 第%1条, when it begins anew."""

    start: int = 1
    number_format: str = "decimal"
    pattern: str = ""
    restart: int | None = None
    legal: bool = False
    style: str = ""


@dataclass(frozen=True)
class Definition:
    """A definition of a list, by levels. ``linked_style`` leads to another one, ``own_style`` is how others find it."""

    key: str
    levels: dict[int, Level]
    linked_style: str = ""
    own_style: str = ""


@dataclass(frozen=True)
class NumberedList:
    """A list as paragraphs name it: a definition, and what it changes in some levels."""

    key: str
    definition: str
    starts: dict[int, int]
    levels: dict[int, Level]


@dataclass(frozen=True)
class Label:
    """A number as printed, with what it was made of.

    ``kind`` is (format, pattern); ``places`` how many levels it shows; ``family`` which lists count together.
    """

    text: str
    value: int
    level: int
    kind: tuple[str, str]
    places: int
    family: str


@dataclass
class Numbering:
    """All lists of a document, and how far each was counted."""

    definitions: dict[str, Definition] = field(default_factory=dict)
    lists: dict[str, NumberedList] = field(default_factory=dict)
    # which list a style of the kind numbering stands for
    list_of_style: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def level_of_style(self, list_key: str, style: str) -> int | None:
        """Return the level of a list that a style of paragraphs is tied to."""
        found = self.lists.get(list_key)
        definition = self._definition(found) if found else None
        if found is None or definition is None:
            return None
        levels = definition.levels | found.levels
        return next((place for place, level in levels.items() if level.style == style), None)

    def count(self, list_key: str, place: int) -> Label | None:
        """Count a paragraph of a list at a level (0 is the outermost) and return its number; None for no such list."""
        found = self.lists.get(list_key)
        definition = self._definition(found) if found else None
        if found is None or definition is None:
            return None
        levels = definition.levels | found.levels
        counts = self._counts.setdefault(definition.key, {})
        level = levels.get(place, Level(pattern=""))
        for upper in range(place):
            # A level above that was never used counts as begun: 1.1 is followed by 2, not by 1.
            counts.setdefault(upper, self._start(found, levels, upper))
        begins = place in found.starts and (list_key, place) not in self._begun
        self._begun.add((list_key, place))
        if begins or place not in counts:
            counts[place] = self._start(found, levels, place)
        else:
            counts[place] += 1
        self._restart_below(levels, counts, place)
        return self._label(levels, counts, level, place, definition.key)

    def _start(self, found: NumberedList, levels: dict[int, Level], place: int) -> int:
        if place in found.starts:
            return found.starts[place]
        return levels[place].start if place in levels else 1

    def _restart_below(self, levels: dict[int, Level], counts: dict[int, int], place: int) -> None:
        for deeper in [one for one in counts if one > place]:
            restart = levels[deeper].restart if deeper in levels else None
            # A level may not wait for itself or a deeper one; then the usual rule holds.
            if restart is None or restart > deeper:
                restart = deeper
            if place < restart:
                del counts[deeper]

    def _label(
        self, levels: dict[int, Level], counts: dict[int, int], level: Level, place: int, family: str
    ) -> Label:
        def shown(match: re.Match[str]) -> str:
            wanted = int(match[1]) - 1
            if wanted > place:
                return ""
            number_format = levels[wanted].number_format if wanted in levels else "decimal"
            if level.legal and number_format != "none":
                number_format = "decimal"
            return write_number(number_format, counts[wanted])

        places = len(set(_PLACE.findall(level.pattern)))
        text = _PLACE.sub(shown, level.pattern).strip()
        number_format = "decimal" if level.legal else level.number_format
        return Label(text, counts[place], place, (number_format, level.pattern.strip()), places, family)

    def _definition(self, found: NumberedList) -> Definition | None:
        """Return the definition of a list, through the styles that stand between; None where they lead nowhere."""
        key, seen = found.definition, set[str]()
        while (definition := self.definitions.get(key)) and definition.linked_style:
            if key in seen:
                return None
            seen.add(key)
            through = self.lists.get(self.list_of_style.get(definition.linked_style, ""))
            if through is None:
                # Some writers keep the link and lose the style; the definition that bears its name is meant.
                own = [
                    one.key for one in self.definitions.values() if one.own_style == definition.linked_style
                ]
                key = own[0] if own else ""
            else:
                key = through.definition
        return definition


def read_numbering(root: Any, list_of_style: dict[str, str]) -> Numbering:
    """Read numbering.xml; ``list_of_style`` says which list a style of the kind numbering stands for."""
    numbering = Numbering(list_of_style=list_of_style)
    if root is None:
        return numbering
    for element in root.iterchildren(f"{W}abstractNum"):
        key = element.get(f"{W}abstractNumId", "")
        numbering.definitions[key] = Definition(
            key,
            _levels(element),
            markup.value(element, "numStyleLink") or "",
            markup.value(element, "styleLink") or "",
        )
    for element in list(root.iterchildren(f"{W}num"))[:MOST_LISTS]:
        key = element.get(f"{W}numId", "")
        starts: dict[int, int] = {}
        levels: dict[int, Level] = {}
        for override in element.iterchildren(f"{W}lvlOverride"):
            place = markup.as_number(override.get(f"{W}ilvl"), most=markup.MOST_LEVEL)
            if place is None:
                continue
            levels |= _levels(override)
            start = markup.number(override, "startOverride")
            if start is not None:
                starts[place] = start
        numbering.lists[key] = NumberedList(key, markup.value(element, "abstractNumId") or "", starts, levels)
    return numbering


def _levels(element: Any) -> dict[int, Level]:
    found = {}
    for one in element.iterchildren(f"{W}lvl"):
        place = markup.as_number(one.get(f"{W}ilvl"), most=markup.MOST_LEVEL)
        if place is not None:
            found[place] = _level(one)
    return found


def _level(element: Any) -> Level:
    start = markup.number(element, "start")
    return Level(
        # Without a start the standard counts from zero, and so do Word and LibreOffice.
        start=0 if start is None else start,
        number_format=_format(element),
        pattern=(markup.value(element, "lvlText") or "")[:LONGEST_PATTERN],
        restart=markup.number(element, "lvlRestart"),
        legal=markup.switch(element, "isLgl") or False,
        style=markup.value(element, "pStyle") or "",
    )


def _format(element: Any) -> str:
    """Return the format of a level; newer ones stand in an alternative beside one that older Word knows."""
    found = markup.value(element, "numFmt")
    if found is None:
        alternative = element.find(f"{markup.MC}AlternateContent")
        for name in ("Fallback", "Choice"):
            inner = alternative.find(markup.MC + name) if alternative is not None else None
            found = found or markup.value(inner, "numFmt")
    return found or "decimal"

"""Styles of a Word file: what a paragraph inherits of numbering, outline level and look."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.features.rules.word import markup
from app.features.rules.word.markup import W

# How far a chain of styles is followed; Word allows ten, and a circle has no end.
LONGEST_CHAIN = 30
_HEADING = re.compile(r"(?:heading|标题) ?([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录) ?(?:[1-9]|heading|标题)", re.IGNORECASE)
TITLES = frozenset({"title", "标题"})
SUBTITLES = frozenset({"subtitle", "副标题"})


@dataclass(frozen=True)
class Style:
    """One style, with what it says itself; None where it leaves a thing to the style it is based on."""

    key: str
    name: str
    based_on: str
    list_key: str | None = None
    list_level: int | None = None
    outline_level: int | None = None
    bold: bool | None = None
    hidden: bool | None = None


class Styles:
    """The styles of a document by their id."""

    def __init__(self, root: Any) -> None:
        self.by_key: dict[str, Style] = {}
        self.list_of_style: dict[str, str] = {}
        self.usual = ""
        self._chains: dict[str, list[Style]] = {}
        for element in root.iterchildren(f"{W}style") if root is not None else ():
            self._add(element)

    def _add(self, element: Any) -> None:
        key, kind = element.get(f"{W}styleId", ""), element.get(f"{W}type", "paragraph")
        properties, look = markup.child(element, "pPr"), markup.child(element, "rPr")
        list_key = markup.value(properties, "numPr", "numId")
        if kind == "numbering":
            self.list_of_style[key] = list_key or ""
            return
        if kind == "paragraph" and element.get(f"{W}default") in ("1", "true", "on"):
            self.usual = key
        self.by_key[key] = Style(
            key,
            (markup.value(element, "name") or key).strip(),
            markup.value(element, "basedOn") or "",
            list_key,
            markup.number(properties, "numPr", "ilvl", most=markup.MOST_LEVEL),
            markup.number(properties, "outlineLvl", most=9),
            markup.switch(look, "b"),
            markup.switch(look, "vanish"),
        )

    def chain(self, key: str) -> list[Style]:
        """Return a style and those it is based on, nearest first."""
        if key not in self._chains:
            found: list[Style] = []
            place = key
            while place in self.by_key and len(found) < LONGEST_CHAIN:
                found.append(self.by_key[place])
                place = found[-1].based_on
            self._chains[key] = found
        return self._chains[key]

    def bold(self, key: str) -> bool:
        """Tell whether a style is bold."""
        return next((one.bold for one in self.chain(key) if one.bold is not None), False)

    def hidden(self, key: str) -> bool:
        """Tell whether a style hides its text."""
        return next((one.hidden for one in self.chain(key) if one.hidden is not None), False)

    def outline_level(self, key: str) -> int | None:
        """Return the outline level of a style, 0 for the highest; None for text."""
        for one in self.chain(key):
            if one.outline_level is not None:
                return one.outline_level if one.outline_level < 9 else None
            heading = _HEADING.fullmatch(one.name)
            if heading:
                return int(heading[1]) - 1
        return None

    def numbering(self, key: str) -> tuple[Style, Style | None] | None:
        """Return the style of the chain that names a list, and the one that names a level; None for no list."""
        names = [one for one in self.chain(key) if one.list_key is not None]
        if not names:
            return None
        levels = [one for one in self.chain(key) if one.list_level is not None]
        return names[0], levels[0] if levels else None

    @cached_property
    def contents(self) -> frozenset[str]:
        """The styles of a table of contents."""
        return frozenset(key for key, style in self.by_key.items() if _CONTENTS.fullmatch(style.name))

    def is_title(self, key: str) -> bool:
        """Tell whether a style is the one of a document's title."""
        return any(one.name.casefold() in TITLES for one in self.chain(key)[:1])

    def is_subtitle(self, key: str) -> bool:
        """Tell whether a style is the one of what stands below the title."""
        return any(one.name.casefold() in SUBTITLES for one in self.chain(key)[:1])

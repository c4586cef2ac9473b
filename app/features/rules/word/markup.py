"""Names of WordprocessingML and how its values are read; a wrong value counts as none, as Word itself treats it."""

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
V = "{urn:schemas-microsoft-com:vml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

VAL = f"{W}val"
OFF = frozenset({"0", "false", "off", "none"})
MOST_LEVEL = 8
MOST_START = 32_767


def child(element: Any, *names: str) -> Any:
    """Return the first child at the end of the way of names, each of the W namespace; None where there is none."""
    for name in names:
        if element is None:
            return None
        element = element.find(W + name)
    return element


def value(element: Any, *names: str) -> str | None:
    """Return the ``val`` of the child at the end of the way; None where there is none."""
    found = child(element, *names)
    return None if found is None else found.get(VAL)


def number(element: Any, *names: str, least: int = 0, most: int = MOST_START) -> int | None:
    """Return the ``val`` of the child at the end of the way as a whole number within limits; None otherwise."""
    return as_number(value(element, *names), least, most)


def as_number(text: str | None, least: int = 0, most: int = MOST_START) -> int | None:
    """Return a text as a whole number within limits; None for anything else."""
    try:
        found = int(text) if text is not None and len(text) < 10 else None
    except ValueError:
        return None
    return found if found is not None and least <= found <= most else None


def switch(element: Any, name: str) -> bool | None:
    """Return whether a property is switched on or off by a child; None where nothing is said."""
    found = element.find(W + name) if element is not None else None
    if found is None:
        return None
    return found.get(VAL, "1") not in OFF


def chosen(element: Any) -> Iterator[Any]:
    """Give the children of the one alternative a reader of today shows: the first choice, or what stands instead."""
    for name in ("Choice", "Fallback"):
        found = element.find(MC + name)
        if found is not None:
            yield from found
            return

"""Which line of one revision is which line of another: by where it comes from, then by model and name."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Earlier = TypeVar("Earlier")
Later = TypeVar("Later")
Key = Callable[[Any], Any]


def by_origin(line: Any) -> Any:
    """Return the mark a line keeps through all revisions, None where it has none."""
    return line.origin or None


def by_inquiry_line(line: Any) -> Any:
    """Return the inquiry's line behind it, None for one that was typed in."""
    return line.inquiry_line_id


def by_model_and_name(line: Any) -> Any:
    """Return what people know a line by."""
    return (line.kind, line.model.strip().casefold(), line.name.strip().casefold())


KEYS: tuple[Key, ...] = (by_origin, by_inquiry_line, by_model_and_name)


def pairs(
    before: Sequence[Earlier], after: Sequence[Later], keys: Sequence[Key] = KEYS
) -> list[tuple[int, int]]:
    """Return the places (before, after) of the lines that are the same one, each line once, in the order of after.

    A key that gives None says nothing. Of several lines that look alike the first meets the first.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()
    for key in keys:
        places: dict[Any, list[int]] = {}
        for place, line in enumerate(before):
            value = key(line)
            if place not in taken and value is not None:
                places.setdefault(value, []).append(place)
        for place, later in enumerate(after):
            value = key(later)
            if place in found or value is None or not places.get(value):
                continue
            found[place] = places[value].pop(0)
            taken.add(found[place])
    return [(found[place], place) for place in sorted(found)]

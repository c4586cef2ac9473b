"""Which members of a list were moved when it was put in another order, and which stayed."""

from bisect import bisect_left
from collections.abc import Sequence


def rising(places: Sequence[int]) -> set[int]:
    """Return the members of a longest rising run of places: those that need not be moved."""
    # the smallest last place of a run of each length, and what stands before each place in its run
    ends: list[int] = []
    elder: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(ends, place)
        elder[place] = ends[at - 1] if at else None
        ends[at : at + 1] = [place]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = elder[last]
    return kept

"""What shows on a person's page of growth: training, mentors, cases, suggestions, thanks.

A feature registers what it knows of a person; the page of growth asks them all. Neither knows the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core import modules
from app.core.i18n import LazyText
from app.core.permissions import Actor


@dataclass(frozen=True)
class GrowthEntry:
    """Something a person did or reached: the day, what it was, where it can be read."""

    day: date
    text: str
    url: str = ""


@dataclass(frozen=True)
class GrowthSource:
    """What a feature knows of a person.

    ``read(reader, user_id, limit)`` returns the number of all entries and the newest ``limit`` of them, in one or
    two statements, only what ``reader`` may see. Nothing is asked while ``module`` is off. ``order`` is the place.
    """

    key: str
    label: LazyText
    read: Callable[[Actor, int, int], tuple[int, Sequence[GrowthEntry]]]
    module: str
    order: int = 100


_sources: dict[str, GrowthSource] = {}


def register(*sources: GrowthSource) -> None:
    """Add what a feature knows of people."""
    for source in sources:
        _sources[source.key] = source


def registered() -> list[GrowthSource]:
    """Return the sources whose module is on, in their order."""
    shown = (source for source in _sources.values() if modules.is_on(source.module))
    return sorted(shown, key=lambda source: (source.order, source.key))

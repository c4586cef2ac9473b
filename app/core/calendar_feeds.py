"""What stands in a person's own calendar that other programs subscribe to: each feature adds what it knows.

The secret addresses and their pages belong to one feature; what others have to say reaches it here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core import modules
from app.core.calendar_file import CalendarEvent
from app.core.permissions import Actor


@dataclass(frozen=True)
class CalendarSource:
    """What a feature knows of a person's days.

    ``read(actor, site)`` returns the events of the person, in one statement; ``site`` is the address that stands
    before those of their documents. Nothing is asked while ``module`` is off.
    """

    key: str
    module: str
    read: Callable[[Actor, str], Sequence[CalendarEvent]]


_sources: dict[str, CalendarSource] = {}


def register(*sources: CalendarSource) -> None:
    """Add what a feature knows of people's days."""
    for source in sources:
        _sources[source.key] = source


def own_events(actor: Actor, site: str) -> list[CalendarEvent]:
    """Return the events of a person of all features that are on, the earliest first."""
    found = [
        event
        for source in _sources.values()
        if modules.is_on(source.module)
        for event in source.read(actor, site)
    ]
    return sorted(found, key=lambda event: (event.start, event.uid))


def is_anything_on() -> bool:
    """Tell whether any feature that fills people's calendars is on."""
    return any(modules.is_on(source.module) for source in _sources.values())

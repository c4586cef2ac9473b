"""Who drove a car at a moment: asked of the trips, which an upper feature keeps, else of the responsible person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.features.assets import custody
from app.features.vehicles.models import Vehicle

TripFinder = Callable[[int, datetime], tuple[int, str, int] | None]


@dataclass(frozen=True)
class FoundDriver:
    """Who had a car at a moment; ``document`` is the trip that says so, None by responsibility."""

    person_id: int
    document: tuple[str, int] | None = None


_finders: list[TripFinder] = []


def register_trip_finder(finder: TripFinder) -> TripFinder:
    """Register how the trip of a car (its id) at a moment is found: as (driver, kind of document, its id), or None."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def driver_at(vehicle: Vehicle, moment: datetime) -> FoundDriver | None:
    """Return who had a car at a moment; None before the car was entered."""
    for finder in _finders:
        found = finder(vehicle.id, moment)
        if found is not None:
            return FoundDriver(found[0], (found[1], found[2]))
    period = custody.responsible_at(vehicle.item_id, moment)
    return None if period is None else FoundDriver(period.person_id)

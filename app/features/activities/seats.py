"""Seats of an activity: who comes first sits first. Every function here is called with the activity's row locked.

Nobody overtakes: while somebody waits, whoever comes later waits behind, and a seat that is freed goes to the first
who waits in the same transaction.
"""

from collections.abc import Sequence

from app.core import timeline
from app.core.db import session
from app.core.permissions import SYSTEM
from app.features.activities import queries
from app.features.activities.enums import ACTIVITY, PlaceStatus
from app.features.activities.models import Activity, ActivityPlace


def free(activity: Activity, places: Sequence[ActivityPlace]) -> int:
    """Return how many seats are free."""
    return (activity.capacity or 0) - queries.heads(queries.with_status(places, PlaceStatus.SEATED))


def state_for(activity: Activity, places: Sequence[ActivityPlace], heads: int) -> PlaceStatus:
    """Return how somebody who comes now with so many heads stands: seated, or behind those who wait."""
    waits = queries.with_status(places, PlaceStatus.QUEUED)
    return PlaceStatus.SEATED if not waits and heads <= free(activity, places) else PlaceStatus.QUEUED


def move_up(activity: Activity) -> list[int]:
    """Seat those who wait, in their turn, as long as the next one fits; tell each, and return who they are."""
    session.flush()
    places = queries.places_of(activity.id)
    moved = []
    for place in queries.with_status(places, PlaceStatus.QUEUED):
        if place.heads > free(activity, places):
            break
        place.status = PlaceStatus.SEATED
        moved.append(place.user_id)
        data = {"who": place.user.name}
        timeline.record(ACTIVITY, activity.id, "activity:move-up", SYSTEM, data=data, tell=[place.user_id])
    session.flush()
    return moved

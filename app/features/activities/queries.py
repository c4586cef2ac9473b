"""What is read of activities: they are for every colleague, from the first idea to the settlement."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, func, select, true

from app.core import clock
from app.core.db import one_visible, session
from app.core.growth import GrowthEntry
from app.core.permissions import Actor, can
from app.features.activities.enums import HELD, OVER, ActivityPerm, PlaceStatus
from app.features.activities.models import (
    Activity,
    ActivityOption,
    ActivityPhoto,
    ActivityPlace,
    ActivityVote,
)


@dataclass(frozen=True)
class OptionRow:
    """Something to choose from with how many chose it; ``mine`` marks the reader's own vote."""

    id: int
    text: str
    votes: int
    mine: bool


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees an activity."""
    if actor.is_system or can(actor, ActivityPerm.TAKE_PART):
        return true()
    return Activity.owner_id == actor.id if actor.id is not None else false()


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the activities an actor may see."""
    return select(Activity.id).where(condition(actor))


def get_activity(actor: Actor, activity_id: int) -> Activity:
    """Return an activity the actor may see; raises NotVisible."""
    statement = select(Activity).where(Activity.id == activity_id, condition(actor))
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and title of activities, for tasks, notices and the log."""
    rows = session.execute(select(Activity.id, Activity.number, Activity.title).where(Activity.id.in_(ids)))
    return {row.id: f"{row.number} {row.title}" for row in rows}


# Votes


def options_of(activity_id: int, actor: Actor | None = None) -> list[OptionRow]:
    """Return what is chosen from, in its order, with how many votes each has."""
    mine = func.count().filter(ActivityVote.user_id == (actor.id if actor is not None else None))
    rows = session.execute(
        select(ActivityOption.id, ActivityOption.text, func.count(ActivityVote.id), mine)
        .outerjoin(ActivityVote, ActivityVote.option_id == ActivityOption.id)
        .where(ActivityOption.activity_id == activity_id)
        .group_by(ActivityOption.id, ActivityOption.text, ActivityOption.position)
        .order_by(ActivityOption.position)
    )
    return [OptionRow(row[0], row[1], row[2], bool(row[3])) for row in rows]


def option_texts(activity_id: int) -> list[str]:
    """Return what is chosen from, in its order."""
    return [row.text for row in options_of(activity_id)]


# Places


def places_of(activity_id: int) -> Sequence[ActivityPlace]:
    """Return everybody who enrolled, in their turn, as the database has them now."""
    statement = (
        select(ActivityPlace)
        .where(ActivityPlace.activity_id == activity_id)
        .order_by(ActivityPlace.turn)
        .execution_options(populate_existing=True)
    )
    return session.execute(statement).scalars().all()


def with_status(places: Sequence[ActivityPlace], *wanted: PlaceStatus) -> list[ActivityPlace]:
    """Return those of some places that stand so, in their turn."""
    return [place for place in places if place.status in wanted]


def heads(places: Sequence[ActivityPlace]) -> int:
    """Return how many people some places are, companions included."""
    return sum(place.heads for place in places)


def photos_of(activity_id: int) -> Sequence[ActivityPhoto]:
    """Return the photos of an activity that were not removed, the oldest first."""
    statement = (
        select(ActivityPhoto).where(ActivityPhoto.activity_id == activity_id).order_by(ActivityPhoto.id)
    )
    return [row for row in session.execute(statement).scalars() if row.stored_file.deleted_at is None]


# What other features ask


def open_of(user_id: int) -> Select[int]:
    """Return the SELECT of how many activities a person organises that are not over."""
    return select(func.count()).where(Activity.owner_id == user_id, Activity.status.not_in(OVER))


def years(actor: Actor) -> list[int]:
    """Return the years that have activities, the latest first."""
    statement = select(Activity.year).where(condition(actor)).distinct().order_by(Activity.year.desc())
    return list(session.execute(statement).scalars())


def took_part(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[GrowthEntry]]:
    """Return how many activities a person took part in, and the newest of them, that a reader may see."""
    statement = (
        select(Activity.id, Activity.title, Activity.starts_at, func.count().over().label("all_of_them"))
        .join(ActivityPlace, ActivityPlace.activity_id == Activity.id)
        .where(
            ActivityPlace.user_id == user_id,
            ActivityPlace.status == PlaceStatus.PRESENT,
            Activity.status.in_(HELD),
            condition(reader),
        )
        .order_by(Activity.starts_at.desc(), Activity.id.desc())
        .limit(limit)
    )
    rows = session.execute(statement).all()
    entries = [
        GrowthEntry(clock.to_local(row.starts_at).date(), row.title, f"/activities/{row.id}")
        for row in rows
        if row.starts_at is not None
    ]
    return (rows[0].all_of_them if rows else 0), entries

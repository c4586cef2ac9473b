"""Who sees which talk: the two, and the leader both know of. Nobody stands in for anybody here."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from app.core import clock, settings
from app.core.db import in_departments, one_visible, session
from app.core.permissions import Actor, Grant, Person, departments_of, directory, roles_holding
from app.features.people.models import User
from app.features.talks.enums import EVERY_WEEKS, LEADER_READS, TalkPerm, TalkStatus
from app.features.talks.models import Talk

SHOWN = 60


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a talk, true for the system's own work."""
    if actor.is_system:
        return true()
    leader = Talk.leader_id == actor.id if settings.get(LEADER_READS) else false()
    return or_(Talk.owner_id == actor.id, Talk.other_id == actor.id, leader)


def visible_to(actor: Actor) -> Select[Talk]:
    """Return the SELECT of the talks an actor may see."""
    return select(Talk).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the talks an actor may see."""
    return select(Talk.id).where(condition(actor))


def get_talk(actor: Actor, talk_id: int) -> Talk:
    """Return a talk the actor may see; raises NotVisible for everybody else, whatever their role."""
    statement = visible_to(actor).where(Talk.id == talk_id)
    return one_visible(statement)


def newest_of(actor: Actor, status: TalkStatus) -> list[Talk]:
    """Return the newest talks of a state that an actor may see."""
    statement = (
        visible_to(actor)
        .where(Talk.status == status)
        .order_by(Talk.starts_at.desc(), Talk.id.desc())
        .limit(SHOWN)
    )
    return list(session.execute(statement).unique().scalars())


def titles(ids: list[int]) -> dict[int, str]:
    """Return the titles of talks, for the tasks and notices of the two."""
    rows = session.execute(select(Talk).where(Talk.id.in_(ids))).unique().scalars()
    return {row.id: f"{row.number} {row.owner.name} · {row.other.name}" for row in rows}


def own_grants(actor: Actor) -> tuple[Grant, ...]:
    """Return what an actor holds in their own name: talks are not delegated."""
    return tuple(grant for grant in actor.grants if grant.on_behalf_of is None)


def leads(actor: Actor) -> frozenset[int] | None:
    """Return with the people of which departments an actor has talks; None for the whole company."""
    own = Actor(actor.id, actor.name, actor.staff_number, own_grants(actor), actor.locale, actor.matrix)
    return departments_of(own, TalkPerm.LEAD)


def may_lead(actor: Actor) -> bool:
    """Tell whether an actor asks others for talks, in their own name."""
    roles = roles_holding(TalkPerm.LEAD, actor.matrix)
    return any(grant.role in roles for grant in own_grants(actor))


def people_led_by(actor: Actor) -> Sequence[Any]:
    """Return the people an actor has talks with, and when they talked last, by name."""
    last = (
        select(func.max(Talk.held_at))
        .where(Talk.owner_id == actor.id, Talk.other_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )
    statement = (
        select(User.id, User.name, User.position, last.label("last"))
        .where(User.active, User.id != actor.id, in_departments(User.department_id, leads(actor)))
        .order_by(User.name, User.id)
    )
    return session.execute(statement).all()


def is_due(last: Any) -> bool:
    """Tell whether it is time to talk with somebody again, by when they were talked with last."""
    weeks = settings.get(EVERY_WEEKS)
    return bool(weeks) and (last is None or last < clock.now() - timedelta(weeks=weeks))


def open_readers(*apart: int) -> list[Person]:
    """Return who may be let read a talk, nobody where the installation does not want that."""
    if not settings.get(LEADER_READS):
        return []
    return directory().holders(str(TalkPerm.READ_OPEN), None, frozenset(apart))


def next_of(talk: Talk) -> int | None:
    """Return the talk the two planned next after one, None where there is none."""
    statement = select(Talk.id).where(
        and_(Talk.owner_id == talk.owner_id, Talk.other_id == talk.other_id, Talk.id > talk.id)
    )
    return session.execute(statement.order_by(Talk.id).limit(1)).scalar_one_or_none()

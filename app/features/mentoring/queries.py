"""What is read of pairs: by both sides, by who offered them, and by who arranges pairs in the pupil's department.

Everything starts from ``condition``: no page, list, search or paper asks in another way.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased

from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.permissions import Actor, can, departments_of
from app.features.mentoring.enums import NOTED, OPEN, MentoringPerm, PairStatus
from app.features.mentoring.models import MentorPair, MentorWeek
from app.features.people.models import User

Mentor, Pupil = aliased(User), aliased(User)


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a pair."""
    if actor.is_system:
        return true()
    own = or_(
        MentorPair.mentor_id == actor.id, MentorPair.pupil_id == actor.id, MentorPair.owner_id == actor.id
    )
    return or_(own, arranged_by(actor))


def arranged_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor arranges pairs where the pupil works."""
    if not can(actor, MentoringPerm.ARRANGE):
        return false()
    within = in_departments(MentorPair.department_id, departments_of(actor, MentoringPerm.ARRANGE))
    return or_(MentorPair.department_id.is_(None), within)


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the pairs an actor may see."""
    return select(MentorPair.id).where(condition(actor))


def get_pair(actor: Actor, pair_id: int) -> MentorPair:
    """Return a pair the actor may see; raises NotVisible."""
    statement = select(MentorPair).where(MentorPair.id == pair_id, condition(actor))
    return one_visible(statement)


def get_week(row: MentorPair, week_id: int) -> MentorWeek:
    """Return a week of a pair; raises NotVisible for one that is not there."""
    found = next((each for each in row.weeks if each.id == week_id), None)
    if found is None:
        raise NotVisible
    return found


def titles(ids: list[int]) -> dict[int, str]:
    """Return who teaches whom, for tasks, notices and the log."""
    statement = (
        select(MentorPair.id, Mentor.name, Pupil.name)
        .join(Mentor, Mentor.id == MentorPair.mentor_id)
        .join(Pupil, Pupil.id == MentorPair.pupil_id)
        .where(MentorPair.id.in_(ids))
    )
    return {number: f"{mentor} → {pupil}" for number, mentor, pupil in session.execute(statement)}


def open_pair_of(pupil_id: int) -> MentorPair | None:
    """Return the pair in which somebody is the pupil at present."""
    statement = select(MentorPair).where(MentorPair.pupil_id == pupil_id, MentorPair.status.in_(OPEN))
    return session.execute(statement.order_by(MentorPair.id).limit(1)).unique().scalar_one_or_none()


def teachable(actor: Actor) -> Sequence[Any]:
    """Return id and name of the people for whom an actor may arrange a pair: those who work in their reach."""
    within = in_departments(User.department_id, departments_of(actor, MentoringPerm.ARRANGE))
    statement = select(User.id, User.name).where(User.active, within).order_by(User.name, User.id)
    return session.execute(statement).all()


def noted_ids() -> list[int]:
    """Return the ids of the pairs in which a note is due every week."""
    statement = select(MentorPair.id).where(MentorPair.status.in_(NOTED)).order_by(MentorPair.id)
    return list(session.execute(statement).scalars())


def pairs_of(actor: Actor, user_id: int, limit: int) -> tuple[int, Sequence[MentorPair]]:
    """Return how many begun pairs of a person a reader may see, and the newest of them."""
    begun = MentorPair.status.not_in((PairStatus.OFFERED, PairStatus.DECLINED))
    theirs = and_(
        or_(MentorPair.mentor_id == user_id, MentorPair.pupil_id == user_id), begun, condition(actor)
    )
    count = session.execute(select(func.count()).select_from(MentorPair).where(theirs)).scalar_one()
    newest = select(MentorPair).where(theirs).order_by(MentorPair.starts_on.desc(), MentorPair.id.desc())
    return count, session.execute(newest.limit(limit)).unique().scalars().all()

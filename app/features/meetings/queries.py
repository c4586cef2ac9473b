"""Who sees which meeting."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true

from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.permissions import Actor, departments_of
from app.features.meetings.enums import MeetingPerm, MeetingStatus
from app.features.meetings.models import Meeting, MeetingPerson, MeetingSeries
from app.features.people.models import User


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a meeting: who is invited, and who arranges in its department."""
    if actor.is_system:
        return true()
    invited = select(MeetingPerson.meeting_id).where(MeetingPerson.user_id == actor.id)
    return or_(
        Meeting.owner_id == actor.id,
        Meeting.id.in_(invited),
        in_departments(Meeting.department_id, departments_of(actor, MeetingPerm.ARRANGE)),
    )


def visible_to(actor: Actor) -> Select[Meeting]:
    """Return the SELECT of the meetings an actor may see."""
    return select(Meeting).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the meetings an actor may see."""
    return select(Meeting.id).where(condition(actor))


def get_meeting(actor: Actor, meeting_id: int) -> Meeting:
    """Return a meeting the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(Meeting.id == meeting_id)
    return one_visible(statement)


def get_series(series_id: int) -> MeetingSeries:
    """Return a series; raises NotVisible. For those who arrange meetings."""
    found = session.get(MeetingSeries, series_id)
    if found is None:
        raise NotVisible
    return found


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and title of meetings, for tasks, notices and the log."""
    rows = session.execute(select(Meeting.id, Meeting.number, Meeting.title).where(Meeting.id.in_(ids)))
    return {row.id: f"{row.number} {row.title}" for row in rows}


def open_of(user_id: int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of how many series a person takes the chair of (the leaver gate)."""
    return select(func.count()).where(MeetingSeries.chair_id == user_id, MeetingSeries.active)


def planned_of(user_id: int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of how many meetings a person takes the chair of that were not held yet."""
    return select(func.count()).where(Meeting.owner_id == user_id, Meeting.status == MeetingStatus.PLANNED)


def wrongly_confirmed() -> list[str]:
    """Return the numbers of meetings that count as confirmed although somebody there did not (for ``check``)."""
    open_rows = exists().where(
        MeetingPerson.meeting_id == Meeting.id,
        MeetingPerson.present.is_(True),
        MeetingPerson.confirmed_at.is_(None),
        MeetingPerson.user_id.in_(select(User.id).where(User.active)),
    )
    statement = select(Meeting.number).where(Meeting.status == MeetingStatus.CONFIRMED, open_rows)
    return [str(number) for number in session.execute(statement.order_by(Meeting.id)).scalars()]

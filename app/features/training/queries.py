"""What is read of training. A plan is for who plans; who takes part in what is for the chair, the heads and H."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from app.core import clock
from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can, departments_of
from app.features.people.models import Department, User
from app.features.training.enums import (
    HAS_SEAT,
    TAKES_PLACE,
    WAS_THERE,
    PersonStatus,
    SessionStatus,
    TrainingPerm,
)
from app.features.training.models import (
    TopicVote,
    TrainingFeedback,
    TrainingPerson,
    TrainingProvider,
    TrainingSeries,
    TrainingSession,
    TrainingSubject,
    TrainingTopic,
)

WEEK = timedelta(days=7)
# Who takes a seat or waits for one: at the same time nobody does so in two sessions.
BOUND = (PersonStatus.ENROLLED, PersonStatus.LEAVE_ASKED, PersonStatus.WAITLISTED)


def sees_everything(actor: Actor) -> bool:
    """Tell whether an actor sees plans and people of all sessions."""
    return actor.is_system or can(actor, TrainingPerm.MANAGE) or can(actor, TrainingPerm.VIEW_ALL)


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a session: what is only planned is for who plans it."""
    if sees_everything(actor):
        return true()
    return or_(
        TrainingSession.number.is_not(None),
        TrainingSession.chair_id == actor.id,
        TrainingSession.owner_id == actor.id,
        in_departments(TrainingSession.department_id, departments_of(actor, TrainingPerm.LEAD)),
    )


def visible_to(actor: Actor) -> Select[TrainingSession]:
    """Return the SELECT of the sessions an actor may see."""
    return select(TrainingSession).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the sessions an actor may see."""
    return select(TrainingSession.id).where(condition(actor))


def get_session(actor: Actor, session_id: int) -> TrainingSession:
    """Return a session the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(TrainingSession.id == session_id)
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and title of sessions, for tasks, notices and the log."""
    rows = session.execute(
        select(TrainingSession.id, TrainingSession.number, TrainingSession.title).where(
            TrainingSession.id.in_(ids)
        )
    )
    return {row.id: f"{row.number} {row.title}" if row.number else row.title for row in rows}


def leads(actor: Actor, training_session: TrainingSession) -> bool:
    """Tell whether an actor conducts a session: its chair, the head of its department, or H."""
    return actor.id is not None and (
        training_session.chair_id == actor.id
        or can(actor, TrainingPerm.MANAGE)
        or can(actor, TrainingPerm.LEAD, training_session.department_id)
    )


def sees_people(actor: Actor, training_session: TrainingSession) -> bool:
    """Tell whether an actor sees who takes part in a session, and how."""
    return leads(actor, training_session) or sees_everything(actor)


def people_condition(actor: Actor, training_session: TrainingSession) -> ColumnElement[bool]:
    """Return which people of a session an actor sees: all, those of departments they head, or only themselves."""
    if sees_people(actor, training_session):
        return true()
    headed = departments_of(actor, TrainingPerm.LEAD)
    return or_(TrainingPerson.user_id == actor.id, in_departments(User.department_id, headed))


# Who takes part


def count_there(session_id: int) -> int:
    """Return how many have signed in to a session."""
    there = TrainingPerson.presence.in_(WAS_THERE)
    statement = select(func.count()).where(TrainingPerson.session_id == session_id, there)
    return session.execute(statement).scalar_one()


def people_rows(actor: Actor, training_session: TrainingSession) -> Sequence[Any]:
    """Return who takes part in a session as far as an actor sees them: the seated first, then the queue in order."""
    place = case((TrainingPerson.status == PersonStatus.WAITLISTED, 1), else_=0)
    return session.execute(
        select(
            TrainingPerson.id,
            TrainingPerson.user_id,
            TrainingPerson.status,
            TrainingPerson.presence,
            TrainingPerson.attendance,
            TrainingPerson.queue_number,
            TrainingPerson.leave_reason,
            TrainingPerson.signed_in_how,
            TrainingPerson.signed_in_at,
            User.name,
            User.department_id,
            Department.name.label("department"),
        )
        .join(User, User.id == TrainingPerson.user_id)
        .outerjoin(Department, Department.id == User.department_id)
        .where(TrainingPerson.session_id == training_session.id, people_condition(actor, training_session))
        .order_by(place, TrainingPerson.queue_number, Department.name, User.name, TrainingPerson.id)
    ).all()


def presences(session_id: int) -> dict[int, str]:
    """Return how people were there as far as it is known, by the ids of their parts in a session."""
    statement = select(TrainingPerson.id, TrainingPerson.presence).where(
        TrainingPerson.session_id == session_id, TrainingPerson.presence.is_not(None)
    )
    return {row.id: row.presence for row in session.execute(statement)}


def person_of(training_session: TrainingSession, user_id: int | None) -> TrainingPerson | None:
    """Return a person's part in a session; None for who never had any."""
    statement = select(TrainingPerson).where(
        TrainingPerson.session_id == training_session.id, TrainingPerson.user_id == user_id
    )
    return session.execute(statement).unique().scalar_one_or_none()


def get_person(training_session: TrainingSession, person_id: int) -> TrainingPerson:
    """Return the part of somebody in a session by its id; raises NotVisible."""
    statement = select(TrainingPerson).where(
        TrainingPerson.session_id == training_session.id, TrainingPerson.id == person_id
    )
    return one_visible(statement)


def counts(session_id: int) -> dict[str, int]:
    """Return how many people of a session stand in each state."""
    rows = session.execute(
        select(TrainingPerson.status, func.count())
        .where(TrainingPerson.session_id == session_id)
        .group_by(TrainingPerson.status)
    )
    return {row[0]: row[1] for row in rows}


def seats_taken(session_id: int) -> int:
    """Return how many seats of a session are taken."""
    statement = select(func.count()).where(
        TrainingPerson.session_id == session_id, TrainingPerson.status.in_(HAS_SEAT)
    )
    return session.execute(statement).scalar_one()


def queue(session_id: int) -> Sequence[TrainingPerson]:
    """Return who waits for a seat in a session, in their order."""
    statement = (
        select(TrainingPerson)
        .where(TrainingPerson.session_id == session_id, TrainingPerson.status == PersonStatus.WAITLISTED)
        .order_by(TrainingPerson.queue_number)
    )
    return session.execute(statement).unique().scalars().all()


def place_in_queue(person: TrainingPerson) -> int:
    """Return the place of a waiting person, the first being 1."""
    statement = select(func.count()).where(
        TrainingPerson.session_id == person.session_id,
        TrainingPerson.status == PersonStatus.WAITLISTED,
        TrainingPerson.queue_number <= person.queue_number,
    )
    return session.execute(statement).scalar_one()


def clash(user_id: int, starts_at: datetime, ends_at: datetime, but: int) -> TrainingSession | None:
    """Return a session at the same time in which a person takes part or waits, or which they chair; None for none."""
    takes_part = select(TrainingPerson.session_id).where(
        TrainingPerson.user_id == user_id, TrainingPerson.status.in_(BOUND)
    )
    statement = (
        select(TrainingSession)
        .where(
            TrainingSession.id != but,
            TrainingSession.status.in_((SessionStatus.ANNOUNCED, SessionStatus.OPEN)),
            TrainingSession.starts_at < ends_at,
            TrainingSession.ends_at > starts_at,
            or_(TrainingSession.id.in_(takes_part), TrainingSession.chair_id == user_id),
        )
        .order_by(TrainingSession.starts_at)
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def audience_people(audience: Sequence[int], but: int) -> list[int]:
    """Return the active people a session is for, without its chair; no departments mean the whole company."""
    condition_ = User.department_id.in_(sorted(audience)) if audience else User.department_id.is_not(None)
    statement = select(User.id).where(User.active, User.id != but, condition_).order_by(User.id)
    return list(session.execute(statement).scalars())


# Weeks


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_of(moment: datetime) -> date:
    """Return the Monday of the week in which a moment lies, in the company's zone."""
    return monday_of(clock.to_local(moment).date())


def weeks(actor: Actor, first: date, count: int) -> list[tuple[date, list[Any]]]:
    """Return the sessions an actor sees in some weeks from a Monday on, each week with its own, by one statement."""
    taken = (
        select(func.count())
        .where(TrainingPerson.session_id == TrainingSession.id, TrainingPerson.status.in_(HAS_SEAT))
        .correlate(TrainingSession)
        .scalar_subquery()
    )
    mine = (
        select(TrainingPerson.status)
        .where(TrainingPerson.session_id == TrainingSession.id, TrainingPerson.user_id == actor.id)
        .correlate(TrainingSession)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            TrainingSession.id,
            TrainingSession.week,
            TrainingSession.title,
            TrainingSession.status,
            TrainingSession.starts_at,
            TrainingSession.ends_at,
            TrainingSession.place,
            TrainingSession.capacity,
            User.name.label("chair"),
            taken.label("taken"),
            mine.label("mine"),
        )
        .join(User, User.id == TrainingSession.chair_id)
        .where(condition(actor), TrainingSession.week >= first, TrainingSession.week < first + count * WEEK)
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    ).all()
    return [
        (monday, [row for row in rows if row.week == monday])
        for monday in (first + place * WEEK for place in range(count))
    ]


def own_sessions(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor takes part in a session, waits for it or chairs it."""
    part = select(TrainingPerson.session_id).where(
        TrainingPerson.user_id == actor.id, TrainingPerson.status != PersonStatus.WITHDRAWN
    )
    return or_(TrainingSession.id.in_(part), TrainingSession.chair_id == actor.id)


def attended(user_id: int) -> ColumnElement[bool]:
    """Return the condition that a person was at a session."""
    was_there = select(TrainingPerson.session_id).where(
        TrainingPerson.user_id == user_id, TrainingPerson.presence.in_(WAS_THERE)
    )
    return and_(TrainingSession.id.in_(was_there), TrainingSession.status.in_(TAKES_PLACE))


# Feedback


def feedback_of(session_id: int) -> Any:
    """Return the averages of a session's feedback and how many answered: ``content, delivery, usefulness, answers``."""
    return session.execute(
        select(
            func.avg(TrainingFeedback.content).label("content"),
            func.avg(TrainingFeedback.delivery).label("delivery"),
            func.avg(TrainingFeedback.usefulness).label("usefulness"),
            func.count().label("answers"),
        ).where(TrainingFeedback.session_id == session_id)
    ).one()


def feedback_comments(session_id: int) -> list[str]:
    """Return what was written in the feedback of a session, in an order that says nothing of who wrote it."""
    statement = (
        select(TrainingFeedback.comment)
        .where(TrainingFeedback.session_id == session_id, TrainingFeedback.comment != "")
        .order_by(TrainingFeedback.comment)
    )
    return list(session.execute(statement).scalars())


# Choices


def subject_choices(keep: int | None = None) -> list[tuple[int, str]]:
    """Return the subjects in use, in their order, and one that is kept."""
    statement = (
        select(TrainingSubject.id, TrainingSubject.name)
        .where(or_(TrainingSubject.active, TrainingSubject.id == keep))
        .order_by(TrainingSubject.position, TrainingSubject.id)
    )
    return [(row.id, row.name) for row in session.execute(statement)]


def provider_choices(keep: int | None = None) -> list[tuple[int, str]]:
    """Return the providers in use by name, and one that is kept."""
    statement = (
        select(TrainingProvider.id, TrainingProvider.name)
        .where(or_(TrainingProvider.active, TrainingProvider.id == keep))
        .order_by(TrainingProvider.name)
    )
    return [(row.id, row.name) for row in session.execute(statement)]


def department_names(ids: Sequence[int]) -> str:
    """Return the names of departments a session is for; of none, that it is for the whole company."""
    if not ids:
        return _("全公司")
    statement = select(Department.name).where(Department.id.in_(sorted(ids))).order_by(Department.name)
    return _("、").join(session.execute(statement).scalars())


def get_series(series_id: int) -> TrainingSeries:
    """Return a series; raises NotVisible."""
    found = session.get(TrainingSeries, series_id)
    if found is None:
        raise NotVisible
    return found


def get_topic(topic_id: int) -> TrainingTopic:
    """Return a topic of the pool; raises NotVisible."""
    found = session.get(TrainingTopic, topic_id)
    if found is None:
        raise NotVisible
    return found


# What a leaver leaves open


def chaired_open(user_id: int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of how many sessions a person chairs that are not over."""
    return select(func.count(TrainingSession.id)).where(
        TrainingSession.chair_id == user_id,
        TrainingSession.status.in_(
            (SessionStatus.PLANNED, SessionStatus.ANNOUNCED, SessionStatus.OPEN, SessionStatus.WRAP_UP)
        ),
    )


def chaired_series(user_id: int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of how many running series a person chairs."""
    return select(func.count(TrainingSeries.id)).where(
        TrainingSeries.chair_id == user_id, TrainingSeries.active
    )


def votes_of(topic_id: int, user_id: int | None) -> tuple[int, bool]:
    """Return how many people want to hear about a topic, and whether this one does."""
    own = func.count().filter(TopicVote.user_id == user_id)
    row = session.execute(select(func.count(), own).where(TopicVote.topic_id == topic_id)).one()
    return row[0], bool(row[1])


def sessions_of_topic(actor: Actor, topic_id: int) -> Sequence[Any]:
    """Return the sessions about a topic that an actor sees, the newest first."""
    return session.execute(
        select(TrainingSession.id, TrainingSession.title, TrainingSession.starts_at)
        .where(condition(actor), TrainingSession.topic_id == topic_id)
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id.desc())
    ).all()


def all_subjects() -> Sequence[TrainingSubject]:
    """Return all subjects in their order."""
    statement = select(TrainingSubject).order_by(TrainingSubject.position, TrainingSubject.id)
    return session.execute(statement).scalars().all()


def lacks_subjects() -> bool:
    """Tell whether none of the subjects that come with the product was created yet."""
    return session.execute(select(TrainingSubject.id).where(TrainingSubject.key.is_not(None))).first() is None

"""Seats and the queue: enrolling, stepping back, leave. A seat that frees goes to the first in the queue at once."""

from sqlalchemy import func, select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, can, directory, names_of
from app.core.workflow import lock
from app.features.people.models import User
from app.features.training import queries
from app.features.training.enums import (
    TRAINING_SESSION,
    Attendance,
    PersonStatus,
    SessionStatus,
    TrainingPerm,
)
from app.features.training.flow import FLOW, let_become, may_become
from app.features.training.models import TrainingPerson, TrainingSession

P = PersonStatus
LONGEST_REASON = 200


def enrol(training_session: TrainingSession, *, actor: Actor) -> TrainingPerson:
    """Take a seat for oneself, or the last place in the queue where none is free.

    Raises Conflict for a session that takes nobody any more, who has a part already, who chairs it, and for another
    session at the same time.
    """
    lock(training_session)
    require_announced(training_session)
    if clock.now() >= training_session.starts_at:
        raise Conflict("training:begun")
    if actor.id is None or actor.id == training_session.chair_id:
        raise Conflict("training:own-session")
    # Two sessions are two locks: who enrols in both at once waits here for themselves.
    session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    person = queries.person_of(training_session, actor.id)
    if person is not None and not may_become(person.status, "enrol"):
        raise Conflict("training:enrolled-already")
    refuse_clash(training_session, actor.id)
    if person is None:
        person = TrainingPerson(
            session_id=training_session.id, user_id=actor.id, attendance=Attendance.OPTIONAL
        )
    take_place(training_session, person)
    waits = person.status == P.WAITLISTED
    timeline.record(
        TRAINING_SESSION,
        training_session.id,
        "training_session:wait" if waits else "training_session:enrol",
        actor,
    )
    FLOW.sync_tasks(training_session)
    return person


def require_announced(training_session: TrainingSession) -> None:
    """Raise Conflict for a session that takes no enrolments now."""
    if training_session.status != SessionStatus.ANNOUNCED:
        raise Conflict("training:not-open", state=FLOW.state(training_session.status).label)


def refuse_clash(training_session: TrainingSession, user_id: int) -> None:
    """Raise Conflict where a person takes part in another session at the same time."""
    other = queries.clash(user_id, training_session.starts_at, training_session.ends_at, training_session.id)
    if other is not None:
        raise Conflict(
            "training:clash",
            title=other.title,
            when=clock.to_local(other.starts_at).strftime("%m-%d %H:%M"),
        )


def take_place(training_session: TrainingSession, person: TrainingPerson) -> None:
    """Give a person a seat, or the last place in the queue; the session is locked."""
    capacity = training_session.capacity
    free = capacity is None or queries.seats_taken(training_session.id) < capacity
    last = select(func.max(TrainingPerson.queue_number)).where(
        TrainingPerson.session_id == training_session.id
    )
    number = None if free else (session.execute(last).scalar_one() or 0) + 1
    let_become(person, "enrol", P.ENROLLED if free else P.WAITLISTED)
    person.queue_number, person.enrolled_at = number, clock.now()
    person.leave_reason = person.leave_answer = ""
    person.leave_answered_by_id = None
    session.add(person)
    session.flush()


def fill_seats(training_session: TrainingSession) -> list[int]:
    """Give free seats to those who wait, in their order, and return who got one; the session is locked."""
    session.flush()
    waiting = list(queries.queue(training_session.id))
    if training_session.capacity is not None:
        free = training_session.capacity - queries.seats_taken(training_session.id)
        waiting = waiting[: max(free, 0)]
    for person in waiting:
        let_become(person, "step_up", P.ENROLLED)
    session.flush()
    return [person.user_id for person in waiting]


def tell_moved_up(training_session: TrainingSession, actor: Actor, people: list[int]) -> None:
    """Tell those who got a seat out of the queue."""
    if people:
        timeline.record(
            TRAINING_SESSION,
            training_session.id,
            "training_session:step-up",
            actor,
            data={"count": len(people)},
            tell=people,
        )


def withdraw(training_session: TrainingSession, *, actor: Actor) -> None:
    """Give one's seat or place in the queue back; raises Conflict for who must come, they ask for leave."""
    lock(training_session)
    require_announced(training_session)
    person = own_part(training_session, actor)
    if person.attendance == Attendance.REQUIRED:
        raise Conflict("training:required")
    if not may_become(person.status, "withdraw"):
        raise Conflict("training:person-state")
    let_become(person, "withdraw", P.WITHDRAWN)
    person.leave_reason = ""
    moved_up = fill_seats(training_session)
    timeline.record(TRAINING_SESSION, training_session.id, "training_session:withdraw", actor)
    tell_moved_up(training_session, actor, moved_up)
    FLOW.sync_tasks(training_session)


def own_part(training_session: TrainingSession, actor: Actor) -> TrainingPerson:
    """Return an actor's part in a session; raises Conflict where there is none."""
    person = queries.person_of(training_session, actor.id)
    if person is None:
        raise Conflict("training:no-part")
    return person


def ask_leave(training_session: TrainingSession, *, actor: Actor, reason: str) -> None:
    """Ask for leave with a reason; the seat is kept until it is granted. Raises Conflict, and Invalid at ``reason``."""
    lock(training_session)
    if training_session.status not in (SessionStatus.ANNOUNCED, SessionStatus.OPEN):
        raise Conflict("training:not-open", state=FLOW.state(training_session.status).label)
    person = own_part(training_session, actor)
    if not may_become(person.status, "ask_leave"):
        raise Conflict("training:person-state")
    person.leave_reason = written_reason(reason, "reason")
    let_become(person, "ask_leave", P.LEAVE_ASKED)
    session.flush()
    timeline.record(
        TRAINING_SESSION,
        training_session.id,
        "training_session:ask-leave",
        actor,
        tell=[training_session.chair_id],
    )
    FLOW.sync_tasks(training_session)


def written_reason(text: str, field: str) -> str:
    """Return a reason without the space around it; raises Invalid for none and for a long one."""
    reason = text.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(fields={field: lazy("请用不超过 200 个字写明原因")})
    return reason


def may_answer_leave(training_session: TrainingSession, person: TrainingPerson, actor: Actor) -> bool:
    """Tell whether an actor grants leave: who conducts the session or heads the person's department."""
    if actor.id is None or actor.id == person.user_id:
        return False
    headed = person.user.department_id is not None and can(
        actor, TrainingPerm.LEAD, person.user.department_id
    )
    return headed or queries.leads(actor, training_session)


def answer_leave(
    training_session: TrainingSession, person: TrainingPerson, *, actor: Actor, granted: bool, note: str = ""
) -> None:
    """Grant or refuse leave; a seat that frees goes to the first in the queue. Refusing needs a reason at ``note``."""
    lock(training_session)
    session.refresh(person)
    if not may_answer_leave(training_session, person, actor):
        heads = directory().holders(str(TrainingPerm.LEAD), training_session.department_id)
        raise Denied("training:who-grants", who=names_of(heads))
    if not may_become(person.status, "grant_leave"):
        raise Conflict("training:leave-answered")
    person.leave_answer = note.strip()[:LONGEST_REASON] if granted else written_reason(note, "note")
    let_become(
        person, "grant_leave" if granted else "refuse_leave", P.LEAVE_GRANTED if granted else P.ENROLLED
    )
    person.leave_answered_by_id = actor.id
    moved_up = fill_seats(training_session) if training_session.status == SessionStatus.ANNOUNCED else []
    timeline.record(
        TRAINING_SESSION,
        training_session.id,
        "training_session:grant-leave" if granted else "training_session:refuse-leave",
        actor,
        data={"who": person.user.name},
        tell=[person.user_id],
    )
    tell_moved_up(training_session, actor, moved_up)
    FLOW.sync_tasks(training_session)


def summon(training_session: TrainingSession, *, actor: Actor, user_ids: list[int]) -> int:
    """Enter people who must come besides the audience; who waits for a seat gets one. Return how many were entered.

    Raises Denied, and Conflict where there are not enough seats.
    """
    lock(training_session)
    FLOW.check_possible(training_session, "move", actor)
    require_announced(training_session)
    entered = []
    for user_id in dict.fromkeys(user_ids):
        person = queries.person_of(training_session, user_id)
        status = person.status if person is not None else None
        if user_id == training_session.chair_id or not may_become(status, "require"):
            continue
        if person is None:
            person = TrainingPerson(session_id=training_session.id, user_id=user_id)
        let_become(person, "require", P.ENROLLED)
        person.attendance, person.enrolled_at = Attendance.REQUIRED, clock.now()
        session.add(person)
        entered.append(user_id)
    session.flush()
    capacity = training_session.capacity
    if capacity is not None and queries.seats_taken(training_session.id) > capacity:
        raise Conflict("training:full", seats=capacity)
    timeline.record(
        TRAINING_SESSION,
        training_session.id,
        "training_session:summon",
        actor,
        data={"count": len(entered)},
        tell=entered,
    )
    FLOW.sync_tasks(training_session)
    return len(entered)

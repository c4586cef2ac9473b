"""The life of a training session (rule table 2.17), and beside it what may become of a person's part in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import select

from app.core import clock, settings, workdays
from app.core.db import session
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, directory, grant_for
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, step
from app.features.training import queries
from app.features.training.enums import (
    SEATED,
    WAS_THERE,
    Attendance,
    PersonStatus,
    Presence,
    SessionStatus,
    TopicStatus,
    TrainingPerm,
)
from app.features.training.enums import TRAINING_SESSION as DOC_TYPE
from app.features.training.models import TrainingPerson, TrainingSession

SIGN_IN_CODE = "training.sign_in_code"
# Who comes early signs in early.
EARLIEST_OPENING = timedelta(hours=2)
FEEDBACK_DAYS = 7
COMPLETE_DAYS = 3

P = PersonStatus

# What may become of a person's part in a session: from which states to which. None is who has no part yet.
PERSON_MOVES: dict[str, tuple[frozenset[str | None], frozenset[str]]] = {
    "enrol": (frozenset({None, P.WITHDRAWN, P.LEAVE_GRANTED}), frozenset({P.ENROLLED, P.WAITLISTED})),
    "require": (
        frozenset({None, P.WITHDRAWN, P.WAITLISTED, P.ENROLLED}),
        frozenset({P.ENROLLED}),
    ),
    "step_up": (frozenset({P.WAITLISTED}), frozenset({P.ENROLLED})),
    "withdraw": (frozenset({P.ENROLLED, P.WAITLISTED, P.LEAVE_ASKED}), frozenset({P.WITHDRAWN})),
    "ask_leave": (frozenset({P.ENROLLED}), frozenset({P.LEAVE_ASKED})),
    "grant_leave": (frozenset({P.LEAVE_ASKED}), frozenset({P.LEAVE_GRANTED})),
    "refuse_leave": (frozenset({P.LEAVE_ASKED}), frozenset({P.ENROLLED})),
    # Who comes is there, enrolled or not; the chair may correct it until the session is completed.
    "sign_in": (
        frozenset(
            {
                None,
                P.ENROLLED,
                P.WAITLISTED,
                P.WITHDRAWN,
                P.LEAVE_ASKED,
                P.LEAVE_GRANTED,
                P.PRESENT,
                P.LATE,
                P.LEFT_EARLY,
                P.ABSENT,
            }
        ),
        frozenset({P.PRESENT, P.LATE, P.LEFT_EARLY}),
    ),
    "miss": (
        frozenset({P.ENROLLED, P.LEAVE_ASKED, P.PRESENT, P.LATE, P.LEFT_EARLY, P.ABSENT}),
        frozenset({P.ABSENT}),
    ),
    "test": (frozenset({P.PRESENT, P.LATE, P.LEFT_EARLY, P.TESTED}), frozenset({P.TESTED})),
    "give_feedback": (
        frozenset({P.PRESENT, P.LATE, P.LEFT_EARLY, P.TESTED}),
        frozenset({P.GAVE_FEEDBACK}),
    ),
}


def may_become(status: str | None, move: str) -> bool:
    """Tell whether a move is open to a person in this state, None for who has no part in the session."""
    return status in PERSON_MOVES[move][0]


def let_become(person: TrainingPerson, move: str, target: str) -> None:
    """Move a person's part in a session on, as the table says; raises Conflict where it does not."""
    sources, targets = PERSON_MOVES[move]
    before: str | None = person.status if person.id is not None else None
    if before not in sources or target not in targets:
        raise Conflict("training:person-state")
    person.status = target
    if target != P.WAITLISTED:
        person.queue_number = None
    person.updated_at = clock.now()


# Who


def chair_of(training_session: TrainingSession, actor: Actor) -> Authority | None:
    """Return the authority of the one who conducts a session."""
    return Authority("chair") if actor.id is not None and actor.id == training_session.chair_id else None


def managing(training_session: TrainingSession, actor: Actor) -> Authority | None:
    """Return the authority of who arranges training for the whole company."""
    grant = grant_for(actor, TrainingPerm.MANAGE)
    if grant is None:
        return None
    on_behalf = (grant.on_behalf_of, grant.on_behalf_of_name) if grant.on_behalf_of is not None else None
    return Authority(str(grant.role), on_behalf)


conductor = any_of(
    Who(
        chair_of,
        lambda training_session: training_session.chair.name,
        people=lambda training_session: [training_session.chair_id],
    ),
    may(TrainingPerm.LEAD),
    Who(
        managing,
        lambda training_session: training_session.chair.name,
        frozenset({str(TrainingPerm.MANAGE)}),
        lambda training_session: [
            person.id for person in directory().holders(str(TrainingPerm.MANAGE), None)
        ],
    ),
)


# Tasks


def announcing(training_session: TrainingSession) -> Iterable[WantedTask]:
    """Yield the task of announcing a planned session before it begins."""
    yield WantedTask(
        "training:announce", user_id=training_session.chair_id, due_at=training_session.starts_at
    )


def opening(training_session: TrainingSession) -> Iterable[WantedTask]:
    """Yield the tasks of answering who asked for leave, and of letting people sign in."""
    yield WantedTask("training:open", user_id=training_session.chair_id, due_at=training_session.ends_at)
    if any(person.status == P.LEAVE_ASKED for person in people_of(training_session)):
        yield WantedTask(
            "training:leave", user_id=training_session.chair_id, due_at=training_session.starts_at
        )


def wrapping_up(training_session: TrainingSession) -> Iterable[WantedTask]:
    """Yield the task of saying who was there."""
    yield WantedTask("training:wrap-up", user_id=training_session.chair_id, due_at=training_session.ends_at)


def completing(training_session: TrainingSession) -> Iterable[WantedTask]:
    """Yield the task of completing a session, and of feedback to those who were there."""
    yield WantedTask(
        "training:complete",
        user_id=training_session.chair_id,
        due_at=workdays.add_working_days(training_session.ends_at, COMPLETE_DAYS),
    )
    yield from giving_feedback(training_session)


def giving_feedback(training_session: TrainingSession) -> Iterable[WantedTask]:
    """Yield the tasks of those who were there and gave no feedback yet, for a week."""
    until = feedback_until(training_session)
    if until is None or clock.now() >= until:
        return
    for person in people_of(training_session):
        if person.presence in WAS_THERE and person.status != P.GAVE_FEEDBACK:
            yield WantedTask("training:feedback", user_id=person.user_id, due_at=until)


def feedback_until(training_session: TrainingSession) -> datetime | None:
    """Return until when feedback is taken; None before the session was wrapped up."""
    if training_session.wrapped_up_at is None:
        return None
    return training_session.wrapped_up_at + timedelta(days=FEEDBACK_DAYS)


def people_of(training_session: TrainingSession) -> list[TrainingPerson]:
    """Return who has a part in a session, as the open transaction has it."""
    statement = (
        select(TrainingPerson)
        .where(TrainingPerson.session_id == training_session.id)
        .order_by(TrainingPerson.id)
    )
    return list(session.execute(statement).unique().scalars())


# When a step is ready


def ready_to_announce(
    training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]
) -> Problem | None:
    """Refuse to announce what lies behind, what has no place, and fewer seats than there are people who must come."""
    if training_session.starts_at <= clock.now():
        return Conflict("training:over")
    if not training_session.place:
        return Conflict("training:no-place")
    if training_session.attendance == Attendance.REQUIRED and training_session.capacity is not None:
        required = len(queries.audience_people(training_session.audience, training_session.chair_id))
        if required > training_session.capacity:
            return Conflict("training:too-few-seats", seats=training_session.capacity, people=required)
    return None


def ready_to_open(training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to let people sign in long before a session."""
    earliest = training_session.starts_at - EARLIEST_OPENING
    if clock.now() < earliest:
        return Conflict("training:too-early", when=clock.to_local(earliest).strftime("%m-%d %H:%M"))
    return None


def ready_to_wrap_up(
    training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]
) -> Problem | None:
    """Refuse to end a session at which nobody signed in."""
    if not any(person.presence in WAS_THERE for person in people_of(training_session)):
        return Conflict("training:nobody-there")
    return None


def ready_to_move(training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a new time that is missing, over, or ends before it begins."""
    starts, ends = data.get("starts_at"), data.get("ends_at")
    faults = {}
    if starts is None or starts <= clock.now():
        faults["starts_at"] = lazy("请填写改到的时间，须晚于现在")
    if ends is None or (starts is not None and ends <= starts):
        faults["ends_at"] = lazy("请填写结束时间，须晚于开始时间")
    return Invalid(fields=faults) if faults else None


def ready_to_complete(
    training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]
) -> Problem | None:
    """Ask what came of it."""
    if not str(data.get("outcome") or "").strip():
        return Invalid(fields={"outcome": lazy("请写明讲了什么、定了什么，缺席的人也要看")})
    return None


# What a step does


def announce(training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]) -> None:
    """Give the number and enrol who must come."""
    training_session.number = next_number(DOC_TYPE, "PX")
    training_session.announced_at = clock.now()
    if training_session.attendance == Attendance.REQUIRED:
        for user_id in queries.audience_people(training_session.audience, training_session.chair_id):
            session.add(
                TrainingPerson(
                    session_id=training_session.id,
                    user_id=user_id,
                    attendance=Attendance.REQUIRED,
                    status=P.ENROLLED,
                    enrolled_at=clock.now(),
                )
            )
        session.flush()


def open_sign_in(training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]) -> None:
    """Let people sign in, by a rotating code where the company uses one."""
    training_session.opened_at = clock.now()
    if settings.get(SIGN_IN_CODE):
        training_session.code_secret = token_hex(32)


def wrap_up(training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """End the signing in: who did not is absent, who still waited goes home."""
    training_session.wrapped_up_at = clock.now()
    training_session.code_secret = None
    there = absent = 0
    for person in people_of(training_session):
        if person.status in SEATED:
            let_become(person, "miss", P.ABSENT)
            person.presence = Presence.ABSENT
        elif person.status == P.WAITLISTED:
            let_become(person, "withdraw", P.WITHDRAWN)
        there += person.presence in WAS_THERE
        absent += person.presence == Presence.ABSENT
    return {"there": there, "absent": absent}


def complete(training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what came of it and what it cost; its topic was talked about."""
    training_session.outcome = str(data["outcome"]).strip()
    if data.get("cost") is not None:
        training_session.cost = data["cost"]
    training_session.completed_at = clock.now()
    if training_session.topic is not None:
        training_session.topic.status = TopicStatus.DONE


def cancel(training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]) -> None:
    """Give the topic back to the pool."""
    if training_session.topic is not None:
        training_session.topic.status = TopicStatus.WANTED
        training_session.topic_id = None
    training_session.code_secret = None


def move(training_session: TrainingSession, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Hold it at another time: a session of its own takes over its people in their order, this one keeps its date."""
    copied = (
        "title", "summary", "department_id", "subject_id", "topic_id", "chair_id", "provider_id", "form", "cost",
        "capacity", "audience", "attendance", "rule_version_id", "owner_id", "announced_at",
    )  # fmt: skip
    later = TrainingSession(
        **{name: getattr(training_session, name) for name in copied},
        place=str(data.get("place") or "").strip() or training_session.place,
        starts_at=data["starts_at"],
        ends_at=data["ends_at"],
        week=queries.week_of(data["starts_at"]),
        moved_from_id=training_session.id,
        status=SessionStatus.PLANNED if training_session.number is None else SessionStatus.ANNOUNCED,
        number=None if training_session.number is None else next_number(DOC_TYPE, "PX"),
    )
    session.add(later)
    session.flush()
    for person in people_of(training_session):
        carry_over(person, later)
    session.flush()
    FLOW.sync_tasks(later)
    return {"later": clock.to_local(later.starts_at).strftime("%m-%d %H:%M")}


def carry_over(person: TrainingPerson, later: TrainingSession) -> None:
    """Give a person the same part in the session that takes the place of another; leave was for the old time."""
    if person.status == P.WITHDRAWN:
        return
    waits = person.status == P.WAITLISTED
    session.add(
        TrainingPerson(
            session_id=later.id,
            user_id=person.user_id,
            attendance=person.attendance,
            status=P.WAITLISTED if waits else P.ENROLLED,
            queue_number=person.queue_number if waits else None,
            enrolled_at=person.enrolled_at,
        )
    )


# Whom to tell


def taking_part(training_session: TrainingSession) -> list[int | None]:
    """Return who has a seat or waits for one, and the chair."""
    bound = [person.user_id for person in people_of(training_session) if person.status in queries.BOUND]
    return [training_session.chair_id, *bound]


def invited(training_session: TrainingSession) -> list[int | None]:
    """Return who takes part, and, where everybody may choose, all whom the session is for."""
    if training_session.attendance == Attendance.REQUIRED:
        return taking_part(training_session)
    return [
        *taking_part(training_session),
        *queries.audience_people(training_session.audience, training_session.chair_id),
    ]


def those_there(training_session: TrainingSession) -> list[int | None]:
    """Return who was there."""
    return [person.user_id for person in people_of(training_session) if person.presence in WAS_THERE]


S = SessionStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.PLANNED,
    (
        State(S.PLANNED, lazy("待发布"), "neutral", announcing, milestone=True),
        State(S.ANNOUNCED, lazy("报名中"), "info", opening, milestone=True),
        State(S.OPEN, lazy("签到中"), "warn", wrapping_up, milestone=True),
        State(S.WRAP_UP, lazy("待总结"), "info", completing, milestone=True),
        State(S.COMPLETED, lazy("已完成"), "ok", giving_feedback, terminal=True, milestone=True),
        State(S.CANCELLED, lazy("已取消"), "neutral", terminal=True),
        State(S.MOVED, lazy("已改期"), "neutral", terminal=True),
    ),
    (
        step("announce", "planned", "announced", conductor, lazy("发布通知"), kind="primary",
             ready=ready_to_announce, effect=announce, tell=invited),
        step("open", "announced", "open", conductor, lazy("开始签到"), kind="primary", ready=ready_to_open,
             effect=open_sign_in, offered_when_ready=True),
        step("wrap_up", "open", "wrap_up", conductor, lazy("结束签到"), kind="primary", ready=ready_to_wrap_up,
             effect=wrap_up, tell=those_there, fields=frozenset({"there", "absent"}),
             sentence=lazy("结束签到：到场 %(there)s 人，缺席 %(absent)s 人")),
        step("complete", "wrap_up", "completed", conductor, lazy("写总结并完成"), kind="primary", form="complete",
             ready=ready_to_complete, effect=complete),
        step("move", "planned announced", "moved", conductor, lazy("改期"), form="move", reason=True,
             ready=ready_to_move, effect=move, tell=taking_part, fields=frozenset({"later"}),
             sentence=lazy("改到 %(later)s")),
        step("cancel", "planned announced open", "cancelled", conductor, lazy("取消培训"), kind="danger",
             reason=True, effect=cancel, tell=taking_part),
    ),
    lazy("培训"),
)
# fmt: on

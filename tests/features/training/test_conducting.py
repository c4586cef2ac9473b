"""Who conducts a session, when a step is ready, and what it makes of the people's parts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock, notices, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.training import queries, rotating_code, signing_in, topics
from app.features.training.enums import TRAINING_SESSION, Attendance, PersonStatus
from app.features.training.flow import (
    FEEDBACK_DAYS,
    FLOW,
    PERSON_MOVES,
    SIGN_IN_CODE,
    chair_of,
    feedback_until,
    giving_feedback,
    let_become,
    managing,
    may_become,
)
from app.features.training.models import TrainingPerson, TrainingSession, TrainingTopic
from tests import factories
from tests.features.training import desk as desks
from tests.features.training.desk import Desk

At = Callable[..., datetime]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 23, 9)
    return desks.build()


def opened(desk: Desk, at: At, *enrolled: User, leave: User | None = None, **given: Any) -> TrainingSession:
    """A session of tomorrow at which people may sign in by the code; one has asked for leave in vain."""
    with unit_of_work():
        settings.put(SIGN_IN_CODE, True)
    row = desks.announced(desk, **given)
    for who in enrolled:
        desks.enrol(row, who)
    if leave is not None:
        desks.ask_leave(row, leave)
    at(2026, 11, 24, 9)
    return desks.fire(row, "open", desk.chair)


def sign_in(row: TrainingSession, who: User) -> None:
    assert row.code_secret is not None
    code = rotating_code.current_code(row.code_secret)
    with unit_of_work():
        signing_in.sign_in_by_code(row, actor=factories.actor(who), code=code)


def moved_to(row: TrainingSession) -> TrainingSession:
    session.expire_all()
    statement = select(TrainingSession).where(TrainingSession.moved_from_id == row.id)
    return session.execute(statement).unique().scalar_one()


def move(row: TrainingSession, who: User, **data: Any) -> TrainingSession:
    start = clock.now() + timedelta(days=3)
    plain = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    desks.fire(row, "move", who, "讲师出差", **{**plain, **data})
    return moved_to(row)


def last_event(row: TrainingSession) -> timeline.Event:
    return max(timeline.events_for(TRAINING_SESSION, row.id), key=lambda event: event.seq)


# A person's part


@pytest.mark.parametrize(
    ("before", "made", "target"),
    [
        (PersonStatus.PRESENT, "withdraw", PersonStatus.WITHDRAWN),
        (PersonStatus.WAITLISTED, "ask_leave", PersonStatus.LEAVE_ASKED),
        (PersonStatus.ABSENT, "test", PersonStatus.TESTED),
        (PersonStatus.ENROLLED, "give_feedback", PersonStatus.GAVE_FEEDBACK),
        # open to this state, but not to where it would lead
        (PersonStatus.ENROLLED, "withdraw", PersonStatus.PRESENT),
    ],
)
def test_a_part_becomes_only_what_the_table_says(before: str, made: str, target: str) -> None:
    person = TrainingPerson(id=1, status=before)
    with pytest.raises(Conflict, match="training:person-state"):
        let_become(person, made, target)
    assert person.status == before


def test_who_has_no_part_yet_only_enrols_is_required_or_comes() -> None:
    assert {name for name in PERSON_MOVES if may_become(None, name)} == {"enrol", "require", "sign_in"}
    newcomer = TrainingPerson(status=PersonStatus.ENROLLED)
    with pytest.raises(Conflict, match="training:person-state"):
        let_become(newcomer, "withdraw", PersonStatus.WITHDRAWN)
    let_become(newcomer, "enrol", PersonStatus.WAITLISTED)
    assert newcomer.status == "waitlisted"


def test_a_number_in_the_queue_is_kept_by_who_waits_alone() -> None:
    person = TrainingPerson(id=1, status=PersonStatus.WAITLISTED, queue_number=4)
    let_become(person, "step_up", PersonStatus.ENROLLED)
    assert person.queue_number is None


# Who conducts


def test_the_chair_the_head_and_who_manages_conduct_and_the_record_says_as_what(desk: Desk) -> None:
    for who, role in ((desk.chair, "chair"), (desk.head, "manager"), (desk.personnel, "people")):
        row = desks.fire(desks.plan(desk), "announce", who)
        assert (row.status, last_event(row).role) == ("announced", role)


def test_who_stands_in_for_personnel_conducts_in_their_name(desk: Desk) -> None:
    factories.delegation(desk.personnel, desk.stranger)
    row = desks.fire(desks.plan(desk), "announce", desk.stranger)
    event = last_event(row)
    assert (event.actor_id, event.role) == (desk.stranger.id, "people")
    assert (event.on_behalf_of_id, event.on_behalf_of_name) == (desk.personnel.id, "韩梅")


def test_nobody_else_conducts_and_the_refusal_names_the_chair(desk: Desk) -> None:
    row = desks.announced(desk)
    for who in (desk.people[0], desk.stranger):
        with pytest.raises(Denied) as refused:
            desks.fire(row, "cancel", who, "不想讲")
        assert "李工" in refused.value.sentence()
    assert chair_of(row, factories.actor(desk.head)) is None
    assert chair_of(row, SYSTEM) is None
    assert managing(row, factories.actor(desk.head)) is None


# Announcing


def test_as_many_seats_as_must_come_are_enough(desk: Desk) -> None:
    asked: dict[str, Any] = {"attendance": Attendance.REQUIRED, "audience": [desk.department.id]}
    tight = desks.plan(desk, **asked, capacity=5)
    with pytest.raises(Conflict, match="too-few-seats") as refused:
        desks.fire(tight, "announce", desk.chair)
    assert refused.value.params == {"seats": 5, "people": 6}
    assert desks.fire(desks.plan(desk, **asked, capacity=6), "announce", desk.chair).status == "announced"
    assert desks.fire(desks.plan(desk, capacity=1), "announce", desk.chair).status == "announced"


# Signing in and its end


def test_who_did_not_sign_in_is_absent_and_who_waited_goes_home(desk: Desk, at: At) -> None:
    first, second, third, waiting, _elsewhere = desk.people
    row = opened(desk, at, first, second, third, waiting, capacity=3, leave=third)
    assert desks.states(row, third, waiting) == ["leave_asked", "waitlisted"]
    sign_in(row, first)
    done = desks.fire(row, "wrap_up", desk.chair)
    assert desks.states(row, *desk.people) == ["present", "absent", "absent", "withdrawn", ""]
    assert last_event(row).data == {"there": 1, "absent": 2}
    assert (done.code_secret, done.wrapped_up_at) == (None, clock.now())
    # all were told of the session, of its end only who was there: they may say how it was
    assert [notices.unread_count(who.id) for who in desk.people] == [2, 1, 1, 1, 1]
    waited = queries.person_of(row, waiting.id)
    assert waited is not None
    assert (waited.queue_number, waited.presence) == (None, None)


def test_feedback_is_asked_for_a_week_of_who_was_there(desk: Desk, at: At) -> None:
    row = opened(desk, at, *desk.people[:2])
    assert feedback_until(row) is None
    assert list(giving_feedback(row)) == []
    sign_in(row, desk.people[0])
    row = desks.fire(row, "wrap_up", desk.chair)
    until = clock.now() + timedelta(days=FEEDBACK_DAYS)
    assert feedback_until(row) == until
    assert [(task.user_id, task.due_at) for task in giving_feedback(row)] == [(desk.people[0].id, until)]
    with clock.frozen(until):
        assert list(giving_feedback(row)) == []


def test_completing_without_a_cost_keeps_what_was_planned(desk: Desk, at: At) -> None:
    row = opened(desk, at, desk.people[0], cost=Decimal(300))
    sign_in(row, desk.people[0])
    desks.fire(row, "wrap_up", desk.chair)
    for nothing in ({}, {"outcome": None}, {"outcome": "  "}):
        with pytest.raises(Invalid) as refused:
            desks.fire(row, "complete", desk.chair, **nothing)
        assert list(refused.value.fields) == ["outcome"]
    done = desks.fire(row, "complete", desk.chair, outcome=" 先问工况 ")
    assert (done.status, done.outcome, done.cost) == ("completed", "先问工况", Decimal(300))
    assert done.completed_at == clock.now()


def test_a_cancelled_session_signs_nobody_in(desk: Desk, at: At) -> None:
    row = opened(desk, at, desk.people[0])
    assert row.code_secret is not None
    done = desks.fire(row, "cancel", desk.chair, "停电")
    assert (done.status, done.code_secret, done.topic_id) == ("cancelled", None, None)


# Moving


@pytest.mark.parametrize(
    ("starts", "ends", "fields"),
    [
        (None, None, {"starts_at", "ends_at"}),
        (None, 5, {"starts_at"}),
        (5, None, {"ends_at"}),
        (0, 1, {"starts_at"}),
        (5, 5, {"ends_at"}),
        (-2, -3, {"starts_at", "ends_at"}),
    ],
)
def test_a_new_time_lies_ahead_and_ends_after_it_begins(
    desk: Desk, starts: int | None, ends: int | None, fields: set[str]
) -> None:
    row = desks.announced(desk)
    hours = {"starts_at": starts, "ends_at": ends}
    data = {
        name: None if number is None else clock.now() + timedelta(hours=number)
        for name, number in hours.items()
    }
    with pytest.raises(Invalid) as refused:
        desks.fire(row, "move", desk.chair, "讲师出差", **data)
    assert set(refused.value.fields) == fields
    session.expire_all()
    assert session.get_one(TrainingSession, row.id).status == "announced"


def test_a_moved_plan_stays_a_plan_with_its_topic_and_its_own_place(desk: Desk) -> None:
    with unit_of_work():
        topic = topics.propose(actor=factories.actor(desk.people[0]), title="客户压价怎么谈")
    row = desks.plan(desk, topic_id=topic.id)
    later = move(row, desk.chair, place=" 三楼 ")
    assert (later.status, later.number, later.place, later.topic_id) == ("planned", None, "三楼", topic.id)
    assert session.get_one(TrainingTopic, topic.id).status == "planned"
    assert last_event(later).verb == "training_session:replace"
    assert move(later, desk.chair, place=" ").place == "三楼"
    assert FLOW.state(session.get_one(TrainingSession, row.id).status).terminal


def test_who_stepped_back_is_not_taken_along_and_leave_was_for_the_old_time(desk: Desk) -> None:
    row = desks.announced(desk)
    stayed, left, excused = desk.people[:3]
    for who in (stayed, left, excused):
        desks.enrol(row, who)
    desks.withdraw(row, left)
    desks.ask_leave(row, excused)
    desks.answer_leave(row, excused, desk.chair)
    later = move(row, desk.chair)
    assert desks.states(later, stayed, left, excused) == ["enrolled", "", "enrolled"]
    assert desks.states(row, stayed, left, excused) == ["enrolled", "withdrawn", "leave_granted"]

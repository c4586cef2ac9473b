"""The life of a session and of people's parts in it, by example."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core import checks, clock, notices, settings, tasks
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import check_upload, files_for
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work
from app.features.training import (
    actions,
    calendar,
    feedback,
    queries,
    registry,
    rotating_code,
    seats,
    series,
    signing_in,
    topics,
)
from app.features.training.enums import (
    SIGN_IN_SHEET,
    TRAINING_SESSION,
    Attendance,
    Presence,
    SignInMethod,
    TopicStatus,
)
from app.features.training.feedback import FeedbackValues
from app.features.training.flow import FLOW, SIGN_IN_CODE
from app.features.training.models import TrainingFeedback, TrainingSession
from tests import factories
from tests.features.rules import rulebook
from tests.features.training import desk as desks
from tests.features.training.desk import Desk

At = Callable[..., datetime]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 23, 9)
    return desks.build()


def reload(row: TrainingSession) -> TrainingSession:
    return queries.get_session(SYSTEM, row.id)


def open_kinds(row: TrainingSession, who: int) -> list[str]:
    found = tasks.open_tasks(TRAINING_SESSION, row.id)
    return sorted(task.kind for task in found if task.user_id == who)


def held(desk: Desk, at: At) -> TrainingSession:
    """A session of yesterday afternoon at which three of four were there."""
    row = desks.announced(desk, starts_at=clock.now() + timedelta(days=1))
    for who in desk.people[:4]:
        desks.enrol(row, who)
    at(2026, 11, 24, 9)
    desks.fire(row, "open", desk.chair)
    desks.call_roll(row, desk.chair, *desk.people[:3])
    return desks.fire(row, "wrap_up", desk.chair)


# From the plan to the summary


def test_a_session_goes_from_the_plan_to_the_summary(desk: Desk, at: At) -> None:
    row = held(desk, at)
    assert row.number == "PX-2026-0001"
    assert desks.states(row, *desk.people[:4]) == ["present", "present", "present", "absent"]
    assert open_kinds(row, desk.chair.id) == ["training:complete"]
    assert open_kinds(row, desk.people[0].id) == ["training:feedback"]
    assert open_kinds(row, desk.people[3].id) == []
    with pytest.raises(Invalid):
        desks.fire(row, "complete", desk.chair, outcome=" ")
    done = desks.fire(row, "complete", desk.chair, outcome="讲了三偏心的密封", cost=Decimal("300.00"))
    assert (done.status, done.cost) == ("completed", Decimal("300.00"))
    assert checks.run_all() == []


def test_what_is_planned_is_seen_by_who_plans_alone(desk: Desk) -> None:
    row = desks.plan(desk)
    for who in (desk.chair, desk.head, desk.personnel, desk.leader):
        assert queries.get_session(factories.actor(who), row.id).id == row.id
    with pytest.raises(NotVisible):
        queries.get_session(factories.actor(desk.people[0]), row.id)
    desks.fire(row, "announce", desk.head)
    assert queries.get_session(factories.actor(desk.people[0]), row.id).id == row.id


def test_who_leads_no_department_plans_and_conducts_nothing(desk: Desk) -> None:
    with pytest.raises(Denied):
        desks.plan(desk, desk.people[0])
    row = desks.announced(desk)
    with pytest.raises(Denied):
        desks.fire(row, "cancel", desk.people[0], "不想讲")
    other = desks.plan(desk, desk.personnel, department_id=desk.elsewhere.id, chair_id=desk.stranger.id)
    with pytest.raises((Denied, NotVisible)):
        desks.fire(other, "announce", desk.head)
    assert desks.fire(other, "announce", desk.stranger).status == "announced"


def test_what_lies_behind_or_has_no_place_is_not_announced(desk: Desk, at: At) -> None:
    nowhere = desks.plan(desk, place="")
    with pytest.raises(Conflict, match="no-place"):
        desks.fire(nowhere, "announce", desk.chair)
    row = desks.plan(desk)
    at(2026, 11, 25, 9)
    with pytest.raises(Conflict, match="over"):
        desks.fire(row, "announce", desk.chair)


def test_whom_a_voluntary_session_is_for_is_told_of_it(desk: Desk) -> None:
    row = desks.announced(desk, audience=[desk.department.id])
    assert desks.states(row, *desk.people) == [""] * 5
    assert [notices.unread_count(person.id) for person in desk.people] == [1] * 5
    assert notices.unread_count(desk.stranger.id) == 0


def test_who_must_come_is_enrolled_and_told_with_the_announcement(desk: Desk) -> None:
    row = desks.required(desk)
    assert desks.states(row, *desk.people, desk.head) == ["enrolled"] * 6
    assert desks.states(row, desk.stranger, desk.chair) == ["", ""]
    assert notices.unread_count(desk.people[0].id) == 1
    assert notices.unread_count(desk.stranger.id) == 0
    with pytest.raises(Conflict, match="required"):
        desks.withdraw(row, desk.people[0])
    small = desks.plan(desk, attendance=Attendance.REQUIRED, audience=[desk.department.id], capacity=3)
    with pytest.raises(Conflict, match="too-few-seats"):
        desks.fire(small, "announce", desk.chair)


def test_signing_in_begins_two_hours_before(desk: Desk, at: At) -> None:
    row = desks.announced(desk)
    with pytest.raises(Conflict, match="too-early"):
        desks.fire(row, "open", desk.chair)
    at(2026, 11, 24, 7, 30)
    desks.fire(row, "open", desk.chair)
    with pytest.raises(Conflict, match="nobody-there"):
        desks.fire(row, "wrap_up", desk.chair)


def test_a_moved_session_keeps_its_date_and_hands_its_people_on(desk: Desk) -> None:
    row = desks.announced(desk, capacity=2)
    assert [desks.enrol(row, who) for who in desk.people[:4]] == [
        "enrolled", "enrolled", "waitlisted", "waitlisted",
    ]  # fmt: skip
    before = row.starts_at
    with pytest.raises(Invalid):
        desks.fire(row, "move", desk.chair, "讲师出差")
    start = clock.now() + timedelta(days=3)
    desks.fire(row, "move", desk.chair, "讲师出差", starts_at=start, ends_at=start + timedelta(hours=1))
    statement = select(TrainingSession).where(TrainingSession.moved_from_id == row.id)
    later = session.execute(statement).unique().scalar_one()
    old = reload(row)
    assert (old.status, old.starts_at) == ("moved", before)
    assert (later.status, later.starts_at, later.number) == ("announced", start, "PX-2026-0002")
    assert [person.user_id for person in queries.queue(later.id)] == [who.id for who in desk.people[2:4]]
    # the old time binds nobody any more
    assert desks.enrol(desks.announced(desk), desk.people[0]) == "enrolled"
    assert checks.run_all() == []


def test_a_cancelled_session_gives_its_topic_back_and_tells_everybody(desk: Desk) -> None:
    with unit_of_work():
        topic = topics.propose(actor=factories.actor(desk.people[0]), title="客户压价怎么谈")
    row = desks.announced(desk, topic_id=topic.id)
    assert session.get_one(type(topic), topic.id).status == TopicStatus.PLANNED
    desks.enrol(row, desk.people[1])
    before = notices.unread_count(desk.people[1].id)
    with pytest.raises(Invalid):
        desks.fire(row, "cancel", desk.chair)
    desks.fire(row, "cancel", desk.chair, "停电")
    assert session.get_one(type(topic), topic.id).status == TopicStatus.WANTED
    assert notices.unread_count(desk.people[1].id) == before + 1


# Seats


def test_the_queue_moves_up_in_its_order_with_each_seat_that_frees(desk: Desk) -> None:
    row = desks.announced(desk, capacity=1)
    for who in desk.people[:4]:
        desks.enrol(row, who)
    assert desks.states(row, *desk.people[:4]) == ["enrolled", "waitlisted", "waitlisted", "waitlisted"]
    before = notices.unread_count(desk.people[2].id)
    desks.withdraw(row, desk.people[1])
    desks.withdraw(row, desk.people[0])
    assert desks.states(row, *desk.people[:4]) == ["withdrawn", "withdrawn", "enrolled", "waitlisted"]
    assert notices.unread_count(desk.people[2].id) == before + 1
    # who comes back stands at the end
    assert desks.enrol(row, desk.people[0]) == "waitlisted"
    desks.ask_leave(row, desk.people[2])
    assert desks.states(row, desk.people[3]) == ["waitlisted"]
    desks.answer_leave(row, desk.people[2], desk.chair)
    assert desks.states(row, desk.people[2], desk.people[3], desk.people[0]) == [
        "leave_granted", "enrolled", "waitlisted",
    ]  # fmt: skip


def test_more_seats_go_to_those_who_wait(desk: Desk) -> None:
    row = desks.announced(desk, capacity=1)
    for who in desk.people[:3]:
        desks.enrol(row, who)
    found = reload(row)
    changed = desks.values(desk, capacity=2, starts_at=found.starts_at)
    with unit_of_work():
        actions.edit(found, actor=factories.actor(desk.head), version=found.version, values=changed)
    assert desks.states(row, *desk.people[:3]) == ["enrolled", "enrolled", "waitlisted"]
    fewer = desks.values(desk, capacity=1, starts_at=found.starts_at)
    with pytest.raises(Invalid), unit_of_work():
        actions.edit(found, actor=factories.actor(desk.head), version=None, values=fewer)


def test_nobody_enrols_twice_or_at_the_same_time_elsewhere(desk: Desk) -> None:
    row = desks.announced(desk)
    desks.enrol(row, desk.people[0])
    with pytest.raises(Conflict, match="enrolled-already"):
        desks.enrol(row, desk.people[0])
    beside = desks.announced(
        desk, starts_at=row.starts_at + timedelta(minutes=30), chair_id=desk.head.id, capacity=1
    )
    with pytest.raises(Conflict, match="clash") as refused:
        desks.enrol(beside, desk.people[0])
    assert "球阀选型" in refused.value.sentence()
    # who waits there does not take part here either
    desks.enrol(beside, desk.people[1])
    desks.enrol(beside, desk.people[2])
    with pytest.raises(Conflict, match="clash"):
        desks.enrol(row, desk.people[2])
    after = desks.announced(desk, starts_at=row.ends_at, chair_id=desk.head.id)
    assert desks.enrol(after, desk.people[0]) == "enrolled"
    with pytest.raises(Conflict, match="own-session"):
        desks.enrol(row, desk.chair)


def test_leave_is_asked_for_with_a_reason_and_answered_by_the_chair_or_the_head(desk: Desk) -> None:
    row = desks.required(desk)
    who = desk.people[0]
    with pytest.raises(Invalid):
        desks.ask_leave(row, who, "  ")
    desks.ask_leave(row, who)
    assert "training:leave" in open_kinds(row, desk.chair.id)
    for stranger in (who, desk.people[1], desk.stranger):
        with pytest.raises(Denied):
            desks.answer_leave(row, who, stranger)
    with pytest.raises(Invalid):
        desks.answer_leave(row, who, desk.head, granted=False)
    desks.answer_leave(row, who, desk.head, granted=False, note="这次讲新制度")
    assert desks.states(row, who) == ["enrolled"]
    assert "training:leave" not in open_kinds(row, desk.chair.id)
    desks.ask_leave(row, who)
    desks.answer_leave(row, who, desk.chair)
    with pytest.raises(Conflict, match="leave-answered"):
        desks.answer_leave(row, who, desk.chair)


def test_who_must_come_besides_takes_a_seat_before_the_queue(desk: Desk) -> None:
    row = desks.announced(desk, capacity=1)
    desks.enrol(row, desk.people[0])
    with pytest.raises(Conflict, match="full"), unit_of_work():
        seats.summon(row, actor=factories.actor(desk.chair), user_ids=[desk.people[1].id])
    assert desks.states(row, desk.people[1]) == [""]
    wide = desks.announced(desk, starts_at=clock.now() + timedelta(days=2))
    with unit_of_work():
        ids = [desk.people[1].id, desk.stranger.id, desk.chair.id]
        assert seats.summon(wide, actor=factories.actor(desk.chair), user_ids=ids) == 2


# Signing in


def test_the_roll_keeps_who_was_late_who_came_by_chance_and_the_signed_sheet(desk: Desk, at: At) -> None:
    row = desks.announced(desk)
    for who in desk.people[:3]:
        desks.enrol(row, who)
    at(2026, 11, 24, 9)
    desks.fire(row, "open", desk.chair)
    late = queries.person_of(row, desk.people[1].id)
    assert late is not None
    photo = check_upload("sheet.png", io.BytesIO(rulebook.PNG))
    desks.call_roll(
        row,
        desk.chair,
        desk.people[0],
        present={late.id: Presence.LATE},
        walk_in_id=desk.stranger.id,
        sheet=photo,
    )
    assert desks.states(row, *desk.people[:3], desk.stranger) == ["present", "late", "absent", "present"]
    assert len(files_for(TRAINING_SESSION, row.id, SIGN_IN_SHEET)) == 1
    found = queries.person_of(row, desk.people[0].id)
    assert found is not None
    assert (found.signed_in_how, found.signed_in_at) == (SignInMethod.SHEET, clock.now())
    with pytest.raises(Denied):
        desks.call_roll(row, desk.people[0], desk.people[0])


def test_the_code_changes_and_an_old_photo_of_it_signs_nobody_in(desk: Desk, at: At) -> None:
    with unit_of_work():
        settings.put(SIGN_IN_CODE, True)
    row = desks.announced(desk)
    at(2026, 11, 24, 9, 0)
    row = desks.fire(row, "open", desk.chair)
    assert row.code_secret is not None
    photo = rotating_code.current_code(row.code_secret)

    def sign(code: str, number: int) -> None:
        with unit_of_work():
            signing_in.sign_in_by_code(row, actor=factories.actor(desk.people[number]), code=code)

    sign(photo.lower(), 0)
    with pytest.raises(Conflict, match="signed-in-already"):
        sign(photo, 0)
    start = clock.now()
    with clock.frozen(start + timedelta(seconds=20)):
        assert rotating_code.current_code(row.code_secret) != photo
        sign(photo, 1)
    with clock.frozen(start + timedelta(seconds=40)), pytest.raises(Conflict, match="code-over"):
        sign(photo, 2)
    with clock.frozen(start + timedelta(minutes=10)), pytest.raises(Conflict, match="code-over") as refused:
        sign(photo, 2)
    assert "重新扫" in refused.value.sentence()
    with clock.frozen(start + timedelta(minutes=15)):
        sign(rotating_code.current_code(row.code_secret), 3)
    assert desks.states(row, *desk.people[:4]) == ["present", "present", "", "late"]
    # what a person signed themselves stays theirs when the chair calls the roll
    desks.call_roll(row, desk.chair, *desk.people[:2])
    own = queries.person_of(row, desk.people[0].id)
    assert own is not None
    assert own.signed_in_how == SignInMethod.CODE


def test_without_the_setting_there_is_no_code(desk: Desk, at: At) -> None:
    row = desks.announced(desk)
    at(2026, 11, 24, 9)
    row = desks.fire(row, "open", desk.chair)
    assert row.code_secret is None
    with pytest.raises(Conflict, match="no-code"), unit_of_work():
        signing_in.sign_in_by_code(row, actor=factories.actor(desk.people[0]), code="ABCDEFGHIJ")


# Feedback


def give(row: TrainingSession, who: int, **scores: int) -> None:
    values = FeedbackValues(**{"content": 5, "delivery": 4, "usefulness": 3, **scores}, comment="例子好")
    actor = registry.directory().actor(who)
    assert actor is not None
    with unit_of_work():
        feedback.give_feedback(row, actor=actor, values=values)


def test_only_those_present_give_feedback_once_within_a_week_and_without_a_name(desk: Desk, at: At) -> None:
    row = held(desk, at)
    give(row, desk.people[0].id)
    give(row, desk.people[1].id, content=3)
    for who, code in ((0, "feedback-given"), (3, "was-not-there"), (4, "was-not-there")):
        with pytest.raises(Conflict, match=code):
            give(row, desk.people[who].id)
    with pytest.raises(Invalid):
        give(row, desk.people[2].id, usefulness=6)
    found = queries.feedback_of(row.id)
    assert (float(found.content), found.answers) == (4.0, 2)
    columns = {column.name for column in TrainingFeedback.__table__.columns}
    assert not columns & {"user_id", "person_id", "created_at"}
    assert open_kinds(row, desk.people[0].id) == []
    at(2026, 12, 2, 9)
    with pytest.raises(Conflict, match="no-feedback-now"):
        give(row, desk.people[2].id)
    series.watch({})
    assert open_kinds(row, desk.people[2].id) == []


def test_a_test_marks_who_was_there_and_feedback_still_follows(desk: Desk, at: At) -> None:
    row = held(desk, at)
    with unit_of_work():
        feedback.mark_tested(row, desk.people[0].id)
    assert desks.states(row, desk.people[0]) == ["tested"]
    give(row, desk.people[0].id)
    with unit_of_work():
        feedback.mark_tested(row, desk.people[0].id)
    assert desks.states(row, desk.people[0]) == ["gave_feedback"]
    with pytest.raises(Conflict, match="was-not-there"), unit_of_work():
        feedback.mark_tested(row, desk.people[3].id)
    with pytest.raises(Conflict, match="went-further"):
        desks.call_roll(row, desk.chair, desk.people[1])


# What others are told


def test_the_calendar_growth_and_the_leaver_gate_know_the_sessions(desk: Desk, at: At) -> None:
    row = held(desk, at)
    who = desk.people[0]
    events = calendar.own_sessions(factories.actor(who), "http://portal")
    assert [event.address for event in events] == [f"http://portal/training/{row.id}"]
    assert calendar.own_sessions(factories.actor(desk.stranger), "") == []
    count, entries = registry.grown(factories.actor(who), who.id, 5)
    assert (count, entries[0].text) == (1, "球阀选型")
    assert registry.grown(factories.actor(desk.head), who.id, 5)[0] == 1
    assert registry.grown(factories.actor(desk.people[1]), who.id, 5) == (0, [])
    assert registry.grown(factories.actor(desk.people[3]), desk.people[3].id, 5)[0] == 0
    assert session.execute(queries.chaired_open(desk.chair.id)).scalar_one() == 1
    assert FLOW.state(row.status).code == "wrap_up"

"""The life of a session and of people's parts in it, by example."""

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core import checks, clock, indicators, notices, settings, tasks
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import check_upload, files_for
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work
from app.features.training import (
    actions,
    calendar,
    catalogue,
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
from app.features.training.indicators import WEEKLY
from app.features.training.models import TrainingFeedback, TrainingSession
from app.features.training.series import SeriesValues
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
    desks.withdraw(row, desk.people[1])
    desks.withdraw(row, desk.people[0])
    assert desks.states(row, *desk.people[:4]) == ["withdrawn", "withdrawn", "enrolled", "waitlisted"]
    assert notices.unread_count(desk.people[2].id) == 1
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


# Series


def weekly(desk: Desk, **given: object) -> SeriesValues:
    plain = {
        "title": "周三培训",
        "department_id": desk.department.id,
        "weekday": 2,
        "begins": time(16, 0),
        "minutes": 60,
        "chair_id": desk.chair.id,
        "starts_on": date(2026, 11, 1),
        "place": "二楼会议室",
        "audience": [desk.department.id],
    }
    return SeriesValues(**{**plain, **given})  # type: ignore[arg-type]


def begin(desk: Desk, **given: object) -> int:
    with unit_of_work():
        row = series.keep_series(
            None, actor=factories.actor(desk.personnel), version=None, values=weekly(desk, **given)
        )
    return row.id


def days() -> list[date]:
    statement = select(TrainingSession.series_day).order_by(TrainingSession.series_day)
    return [day for day in session.execute(statement).scalars() if day is not None]


def test_a_series_makes_its_sessions_ahead_each_once(desk: Desk, at: At) -> None:
    begin(desk)
    assert days() == [date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 16)]
    first = session.execute(select(TrainingSession).order_by(TrainingSession.starts_at)).scalars().first()
    assert first is not None
    assert f"{clock.to_local(first.starts_at):%m-%d %H:%M}" == "11-25 16:00"
    series.watch({})
    assert len(days()) == 4
    at(2026, 11, 30, 9)
    series.watch({})
    series.watch({})
    assert days()[-1] == date(2026, 12, 23)
    assert len(days()) == 5


def test_a_series_skips_the_days_on_which_nobody_works(desk: Desk, at: At) -> None:
    at(2026, 9, 21, 9)
    begin(desk, starts_on=date(2026, 9, 1), weekday=3)
    assert date(2026, 10, 1) not in days()
    assert date(2026, 9, 24) in days()


def test_the_week_without_a_session_is_the_exception(desk: Desk, at: At) -> None:
    begin(desk)
    rows = (
        session.execute(select(TrainingSession).order_by(TrainingSession.starts_at)).unique().scalars().all()
    )
    # the first week: held; the second: moved to the Friday and held there; the third: nothing happens
    at(2026, 11, 25, 16)
    first = desks.fire(rows[0], "open", desk.chair) if rows[0].status == "announced" else rows[0]
    at(2026, 11, 25, 10)
    desks.fire(first, "announce", desk.chair)
    at(2026, 11, 25, 16)
    desks.fire(first, "open", desk.chair)
    desks.call_roll(first, desk.chair, desk.people[0])
    desks.fire(first, "wrap_up", desk.chair)
    at(2026, 12, 1, 10)
    friday = clock.day_bounds(date(2026, 12, 4))[0] + timedelta(hours=16)
    desks.fire(rows[1], "move", desk.chair, "客户来访", starts_at=friday, ends_at=friday + timedelta(hours=1))
    found = indicators.find(WEEKLY)
    assert found is not None
    november, december, january = (
        clock.day_bounds(day)[0] for day in (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    )
    period, december = indicators.Period(november, december), indicators.Period(december, january)
    at(2026, 12, 3, 9)
    assert (found.compute(period).kept, found.compute(period).due) == (1, 1)
    assert found.compute(december).due == 0
    at(2026, 12, 5, 9)
    assert (found.compute(december).kept, found.compute(december).due) == (0, 1)
    at(2026, 12, 4, 15)
    statement = select(TrainingSession).where(TrainingSession.moved_from_id == rows[1].id)
    later = session.execute(statement).unique().scalar_one()
    desks.fire(later, "announce", desk.chair)
    desks.fire(later, "open", desk.chair)
    at(2026, 12, 11, 9)
    figure = found.compute(december)
    assert (figure.kept, figure.due) == (1, 2)
    exceptions = session.execute(indicators.exceptions(found, december)).all()
    assert [row.doc_id for row in exceptions] == [rows[2].id]


def test_the_day_before_everybody_who_takes_part_is_reminded_once(desk: Desk, at: At) -> None:
    row = desks.announced(desk)
    desks.enrol(row, desk.people[0])
    before = notices.unread_count(desk.people[0].id)
    series.watch({})
    series.watch({})
    assert notices.unread_count(desk.people[0].id) == before + 1


# Topics and what training is arranged by


def test_a_topic_is_voted_for_picked_once_and_done_with_its_session(desk: Desk, at: At) -> None:
    actor = factories.actor(desk.people[0])
    with unit_of_work():
        topic = topics.propose(actor=actor, title="客户压价怎么谈")
        assert topics.vote(topic, actor=factories.actor(desk.people[1])) is True
    assert queries.votes_of(topic.id, actor.id) == (2, True)
    with unit_of_work():
        assert topics.vote(topic, actor=actor) is False
    row = desks.announced(desk, topic_id=topic.id)
    with pytest.raises(Conflict, match="topic-taken"):
        desks.plan(desk, topic_id=topic.id)
    with pytest.raises(Conflict, match="topic-settled"), unit_of_work():
        topics.vote(topic, actor=actor)
    desks.enrol(row, desk.people[0])
    at(2026, 11, 24, 9)
    desks.fire(row, "open", desk.chair)
    desks.call_roll(row, desk.chair, desk.people[0])
    desks.fire(row, "wrap_up", desk.chair)
    desks.fire(row, "complete", desk.chair, outcome="先问用途，再谈价")
    assert session.get_one(type(topic), topic.id).status == TopicStatus.DONE


def test_a_topic_is_dropped_with_a_reason_by_who_picks(desk: Desk) -> None:
    with unit_of_work():
        topic = topics.propose(actor=factories.actor(desk.people[0]), title="年终奖怎么算")
    with pytest.raises(Denied), unit_of_work():
        topics.drop(topic, actor=factories.actor(desk.people[1]), version=None, reason="不合适")
    with pytest.raises(Invalid), unit_of_work():
        topics.drop(topic, actor=factories.actor(desk.head), version=None, reason=" ")
    with unit_of_work():
        topics.drop(topic, actor=factories.actor(desk.head), version=None, reason="请看薪酬制度")
    assert notices.unread_count(desk.people[0].id) == 1


def test_the_six_subjects_are_made_once_and_names_are_unique(desk: Desk) -> None:
    actor = factories.actor(desk.personnel)
    with unit_of_work():
        assert catalogue.provide_subjects(actor=actor) == 6
        assert catalogue.provide_subjects(actor=actor) == 0
    assert [name for _number, name in queries.subject_choices()][:2] == ["企业文化", "产品知识"]
    with pytest.raises(Invalid), unit_of_work():
        catalogue.keep_subject(None, actor=actor, name="产品知识")
    with pytest.raises(Denied), unit_of_work():
        catalogue.keep_provider(None, actor=factories.actor(desk.head), name="某某培训")


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

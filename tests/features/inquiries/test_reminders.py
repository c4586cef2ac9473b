"""What an inquiry waits for is called to mind in working hours: a day before, half a day before, once it is late."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from app.core import clock, jobs, workdays
from app.core.db import session
from app.core.notices import Notice
from app.core.timeline import Event, describe
from app.core.uow import unit_of_work
from app.features.inquiries import opening, reminders
from app.features.inquiries.models import Inquiry
from app.features.inquiries.reminders import Due
from app.features.people.models import User
from tests import factories
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff

# A Monday; the company works from 8:30 to 12 and from 13:30 to 17:30.
YEAR, MONTH, MONDAY = 2026, 11, 23


@pytest.fixture
def staff() -> Staff:
    return Staff()


def day(number: int, hour: int, minute: int = 0) -> tuple[int, ...]:
    """A time of the week, counted from Monday, 0."""
    return (YEAR, MONTH, MONDAY + number, hour, minute)


def moment(*parts: int) -> datetime:
    return clock.from_local(datetime(*parts))  # type: ignore[arg-type]  # noqa: DTZ001


def due_on(staff: Staff, *parts: int) -> Inquiry:
    """A reported inquiry whose customer waits for the offer until a time."""
    document = making.inquiry(staff.owner, deadline=moment(*parts))
    return making.fire(document, "report", staff.owner)


def reminded(inquiry: Inquiry) -> list[tuple[str, str, list[str]]]:
    """What was said of an inquiry: what, how many working hours ahead, to whom."""
    session.rollback()
    rows = session.execute(
        select(Event)
        .where(Event.doc_id == inquiry.id, Event.verb.in_((reminders.REMIND, reminders.OVERDUE)))
        .order_by(Event.seq)
    ).scalars()
    return [(row.verb, row.data["ahead"], told(row)) for row in rows]


def told(event: Event) -> list[str]:
    people = select(User.name).join(Notice, Notice.user_id == User.id).where(Notice.event_seq == event.seq)
    return sorted(session.execute(people).scalars())


def test_the_owner_hears_of_the_customers_deadline_twice_and_with_the_manager_once_it_passed(at, staff):
    at(*day(0, 9))
    inquiry = making.decide(due_on(staff, *day(2, 17, 30)), staff.manager)
    at(*day(1, 16, 59))
    reminders.remind()
    assert reminded(inquiry) == []
    at(*day(1, 17))
    reminders.remind()
    reminders.remind()
    first = [(reminders.REMIND, "8", ["孙晓"])]
    assert reminded(inquiry) == first
    at(*day(2, 13, 20))
    reminders.remind()
    assert reminded(inquiry) == first, "nobody is called at noon"
    at(*day(2, 13, 30))
    reminders.remind()
    second = [*first, (reminders.REMIND, "4", ["孙晓"])]
    assert reminded(inquiry) == second
    at(*day(2, 20))
    reminders.remind()
    assert reminded(inquiry) == second, "nor in the evening"
    at(*day(3, 8, 30))
    reminders.remind()
    reminders.remind()
    assert reminded(inquiry) == [*second, (reminders.OVERDUE, "0", ["孙晓", "马经理"])]


def test_the_departments_hear_of_the_answers_they_owe(at, staff):
    at(*day(0, 8))
    inquiry = making.decide(due_on(staff, *day(4, 17, 30)), staff.manager, technical={1}, purchasing={2})
    at(*day(0, 11, 59))
    reminders.remind()
    assert reminded(inquiry) == [], "asked for a day: half a day before is the first reminder"
    at(*day(0, 13, 30))
    reminders.remind()
    assert reminded(inquiry) == [(reminders.REMIND, "4", ["李工", "赵敏"])]
    at(*day(1, 8, 31))
    reminders.remind()
    assert reminded(inquiry)[1:] == [(reminders.OVERDUE, "0", ["孙晓", "李工", "赵敏", "马经理"])]


def test_a_moved_deadline_is_called_to_mind_anew_and_an_ended_inquiry_is_not(at, staff):
    at(*day(0, 9))
    first, later = moment(*day(1, 17, 30)), moment(*day(2, 17, 30))
    document = making.inquiry(staff.owner, kind="tender", deadline=first, opening_at=later)
    document = making.fire(document, "report", staff.owner)
    inquiry = making.decide(document, staff.manager)
    at(*day(1, 14))
    reminders.remind()
    assert [ahead for _verb, ahead, _people in reminded(inquiry)] == ["4"]
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        actor = factories.actor(staff.owner)
        opening.move(
            row, actor=actor, version=row.version, deadline=later, opening_at=later, reason="更正公告第 1 号"
        )
    at(*day(2, 14))
    reminders.remind()
    assert [ahead for _verb, ahead, _people in reminded(inquiry)] == ["4", "4"]
    making.fire(inquiry, "cancel", staff.owner)
    at(*day(3, 9))
    reminders.remind()
    assert len(reminded(inquiry)) == 2


def test_what_is_late_for_more_than_a_week_is_left_to_the_lists(at, staff):
    at(2026, 11, 2, 9)
    inquiry = making.decide(due_on(staff, 2026, 11, 4, 17, 30), staff.manager)
    at(*day(0, 9))
    reminders.remind()
    assert reminded(inquiry) == []


def test_the_notice_says_what_is_due(at, client: Client, staff: Staff) -> None:
    at(*day(0, 9))
    making.decide(due_on(staff, *day(1, 17, 30)), staff.manager)
    at(*day(1, 14))
    reminders.remind()
    event = session.execute(select(Event).where(Event.verb == reminders.REMIND)).scalar_one()
    assert describe(event) == "期限 2026-11-24 17:30 快到了"
    text = client.as_(staff.owner).get("/notices").get_data(as_text=True)
    assert "期限 2026-11-24 17:30 快到了" in text


def test_reminders_run_by_themselves(app) -> None:
    kinds = {kind.kind: kind for kind in jobs.registered_jobs()}
    assert kinds["inquiries:remind"].every == reminders.EVERY


@given(
    some.datetimes(datetime(2026, 1, 5), datetime(2026, 12, 20)),  # noqa: DTZ001 - a wall clock of the company
    some.integers(0, 60 * 24 * 6),
    some.integers(-60 * 24 * 9, 60 * 24 * 6),
)
def test_a_stage_never_comes_before_its_hours_and_follows_the_clock(since, length, later):
    known = clock.from_local(since)
    due = Due(known + timedelta(minutes=length), known)
    now = due.at + timedelta(minutes=later)
    stage = reminders.stage_of(due, now)
    if stage is None:
        return
    assert stage in reminders.STAGES
    assert now - due.at <= reminders.LATEST
    if stage:
        assert now < due.at
        assert workdays.working_hours_between(now, due.at) <= stage
        assert workdays.working_hours_between(known, due.at) > stage
        later_stage = reminders.stage_of(due, due.at)
        assert later_stage == 0
    else:
        assert due.at <= now

"""The life of a report: who may be told, until when, who answers, who sees it, what stands in 待办, reminders."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, indicators, search, workdays
from app.core import settings as configured
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem
from app.core.notices import Notice
from app.core.permissions import SYSTEM, Role
from app.core.tasks import open_tasks
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.escalations import actions, queries
from app.features.escalations.actions import EscalationValues
from app.features.escalations.enums import ESCALATION, GRAVE_HOURS, EscalationStatus
from app.features.escalations.flow import FLOW
from app.features.escalations.indicators import IN_TIME
from app.features.escalations.models import Escalation
from app.features.people.models import User
from tests import factories


@pytest.fixture(autouse=True)
def everything_on() -> None:
    with unit_of_work():
        configured.put("modules.preset", "standard")


def report(who: User, to: User, kind: str = "grave", text: str = "客户要求停发货", **values: Any) -> int:
    with unit_of_work():
        made = actions.report(
            actor=factories.actor(who), values=EscalationValues(kind, to.id, text, **values)
        )
        return made.id


def load(number: int) -> Escalation:
    return queries.get_escalation(SYSTEM, number)


def step(number: int, name: str, who: User, **data: Any) -> Escalation:
    with unit_of_work():
        actions.fire(load(number), name, actor=factories.actor(who), version=None, data=data)
    return load(number)


def waiting(number: int) -> list[tuple[str, int | None]]:
    return [(task.kind, task.user_id) for task in open_tasks(ESCALATION, number)]


def test_reported_seen_answered_done(salesperson: User, leader: User, at: Any) -> None:
    at(2026, 11, 23, 14, 5)
    number = report(salesperson, leader)
    row = load(number)
    assert row.number == "HB-2026-0001"
    # four working hours from 14:05: the afternoon ends at 17:30, the rest falls on the next morning
    assert clock.to_local(row.due_at).strftime("%m-%d %H:%M") == "11-24 09:05"
    assert waiting(number) == [("escalation:see", leader.id)]
    assert session.execute(select(Notice.user_id)).scalars().all() == [leader.id]
    assert step(number, "see", leader).seen_at == clock.now()
    assert waiting(number) == [("escalation:answer", leader.id)]
    with pytest.raises(Invalid) as missing:
        step(number, "answer", leader, answer=" ")
    assert list(missing.value.fields) == ["answer"]
    row = step(number, "answer", leader, answer="按合同发，货款我来谈")
    assert (row.status, row.answered_by_id) == (EscalationStatus.ANSWERED, leader.id)
    assert waiting(number) == [("escalation:close", salesperson.id)]
    with pytest.raises(Conflict):
        step(number, "withdraw", salesperson)
    assert step(number, "finish", salesperson).status == EscalationStatus.DONE
    assert waiting(number) == []
    assert [group.hits[0].doc_id for group in search.find(factories.actor(leader), "货款我来谈")] == [number]


def test_a_request_is_due_in_working_days_and_goes_to_a_head(
    salesperson: User, technician: User, leader: User, at: Any
) -> None:
    at(2026, 11, 27, 10)
    number = report(salesperson, technician, "request", "请派人看现场")
    assert clock.to_local(load(number).due_at).strftime("%m-%d %H:%M") == "12-01 10:00"
    for kind, to in (("request", leader), ("grave", technician), ("grave", salesperson), ("other", leader)):
        with pytest.raises(Invalid):
            report(salesperson, to, kind)
    with pytest.raises(Invalid) as long_ago:
        report(salesperson, leader, known_at=clock.now() - timedelta(days=40))
    assert list(long_ago.value.fields) == ["known_at"]


def test_the_hours_are_a_setting(salesperson: User, leader: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    with unit_of_work():
        configured.put(GRAVE_HOURS, 1)
    assert load(report(salesperson, leader)).due_at == workdays.add_working_hours(clock.now(), 1)


def test_passed_on_it_keeps_its_time_and_the_chain_of_who_knew(
    salesperson: User, manager: User, leader: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = report(salesperson, manager)
    due = load(number).due_at
    step(number, "see", manager)
    row = step(number, "pass_on", manager, to_id=leader.id)
    assert (row.to_id, row.status, row.due_at, row.seen_at) == (leader.id, "reported", due, None)
    assert [(told.user_id, told.seen_at is not None) for told in row.told] == [
        (manager.id, True),
        (leader.id, False),
    ]
    for wrong in (leader.id, salesperson.id, None, 10**8):
        with pytest.raises(Invalid):
            step(number, "pass_on", leader, to_id=wrong)


def test_only_those_concerned_see_it_and_nobody_else_acts(
    salesperson: User, leader: User, manager: User, outsider: User, back_office: User, administrator: User
) -> None:
    number = report(salesperson, leader)
    seen_by = {salesperson.id, leader.id, manager.id}
    for person in (salesperson, leader, manager, outsider, back_office, administrator):
        actor = factories.actor(person)
        if person.id in seen_by:
            assert queries.get_escalation(actor, number).id == number
        else:
            with pytest.raises(NotVisible):
                queries.get_escalation(actor, number)
            assert search.find(actor, "停发货") == []
    for name in ("see", "answer", "finish"):
        with pytest.raises(Denied if name != "finish" else Problem):
            step(number, name, salesperson, answer="好")


def test_a_deputy_sees_and_answers_for_the_leader(salesperson: User, leader: User, back_office: User) -> None:
    number = report(salesperson, leader)
    factories.delegation(leader, back_office)
    step(number, "answer", back_office, answer="先停")
    event = events_for(ESCALATION, number)[0]
    assert (event.actor_id, event.on_behalf_of_id) == (back_office.id, leader.id)


def test_late_ones_are_reminded_up_the_line_once(
    salesperson: User, leader: User, manager: User, technician: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = report(salesperson, technician, "request", "请出图")
    actions.remind({})
    assert len(events_for(ESCALATION, number)) == 1
    at(2026, 11, 26, 10)
    for _again in range(2):
        actions.remind({})
    events = events_for(ESCALATION, number)
    assert [event.verb for event in events] == ["escalation:remind", "escalation:report"]
    told = {row.user_id for row in load(number).told if row.because_late}
    assert leader.id in told
    at(2026, 11, 26, 20)
    actions.remind({})
    assert len(events_for(ESCALATION, number)) == 2
    at(2026, 11, 27, 10)
    actions.remind({})
    assert len(events_for(ESCALATION, number)) == 3


def test_a_line_about_a_talk_stands_in_the_record_of_its_document(
    salesperson: User, leader: User, outsider: User
) -> None:
    number = report(salesperson, leader)
    with unit_of_work():
        actions.note_talk(
            actor=factories.actor(leader),
            doc_type=ESCALATION,
            doc_id=number,
            means="telephone",
            whom="吴经理",
            text="同意延三天",
        )
    event = events_for(ESCALATION, number)[0]
    assert (event.verb, event.reason, event.data["whom"]) == ("document:spoke", "同意延三天", "吴经理")
    with pytest.raises(NotVisible), unit_of_work():
        actions.note_talk(
            actor=factories.actor(outsider),
            doc_type=ESCALATION,
            doc_id=number,
            means="telephone",
            whom="吴经理",
            text="x",
        )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["see", "answer", "pass_on", "finish", "withdraw"]),
        st.sampled_from(["salesperson", "leader", "manager"]),
        st.integers(0, 30),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=st.lists(STEPS, min_size=1, max_size=3))
def test_tasks_follow_the_state_and_the_indicator_counts_its_exceptions(
    salesperson: User, leader: User, manager: User, histories: list[Any]
) -> None:
    people = {"salesperson": salesperson, "leader": leader, "manager": manager}
    moment = datetime(2026, 11, 9, 1, tzinfo=UTC)
    for history in histories:
        with clock.frozen(moment):
            number = report(salesperson, leader)
        later = moment
        for name, who, hours in history:
            later += timedelta(hours=hours)
            with clock.frozen(later):
                try:
                    step(number, name, people[who], answer="好", to_id=manager.id)
                except Problem:
                    session.rollback()
        row = load(number)
        assert sorted(waiting(number)) == sorted((task.kind, task.user_id) for task in FLOW.wanted_tasks(row))
        assert (row.closed_at is not None) == (row.status in ("done", "withdrawn"))
    indicator = indicators.find(IN_TIME)
    assert indicator is not None
    with clock.frozen(moment + timedelta(days=30)):
        period = indicators.span(clock.to_local(moment).date().replace(day=1), clock.today())
        figure = indicator.compute(period)
        behind = session.execute(indicators.exceptions(indicator, period)).all()
    assert len(behind) == figure.exceptions
    late = [
        row
        for row in session.execute(select(Escalation)).unique().scalars()
        if row.status != "withdrawn" and (row.answered_at is None or row.answered_at > row.due_at)
    ]
    assert {row.case_id for row in behind} == {row.id for row in late}


def test_roles_that_receive_are_those_of_the_table() -> None:
    assert {person.id for person in queries.receivers("grave")} == set()
    head = factories.user("马仓库", "w1", None, [Role.WAREHOUSE])
    assert [person.id for person in queries.receivers("request")] == [head.id]


def test_a_chain_without_who_has_to_answer_is_found(salesperson: User, leader: User) -> None:
    number = report(salesperson, leader)
    assert queries.broken_chains() == []
    with unit_of_work():
        row = load(number)
        session.delete(row.told[0])
    assert queries.broken_chains() == [row.number]

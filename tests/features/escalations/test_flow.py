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
from app.features.escalations.enums import ESCALATION, GRAVE_HOURS, MODULE, EscalationStatus
from app.features.escalations.flow import FLOW
from app.features.escalations.indicators import IN_TIME
from app.features.escalations.models import Escalation
from app.features.people.models import User
from tests import factories

NOBODY = 10**8


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


# What is refused, and where


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"text": " "}, {"text"}),
        ({"text": "停\x00发货"}, {"text"}),
        ({"kind": "other"}, {"kind"}),
        ({"to_id": None}, {"to_id"}),
        ({"to_id": NOBODY}, {"to_id"}),
        ({"kind": "request"}, {"to_id"}),
        (
            {"kind": "other", "text": "", "known_at": datetime(2026, 1, 1, tzinfo=UTC)},
            {"kind", "text", "known_at"},
        ),
    ],
)
def test_a_report_that_cannot_be_says_where(
    salesperson: User, leader: User, at: Any, changed: dict[str, Any], fields: set[str]
) -> None:
    at(2026, 11, 23, 9)
    plain: dict[str, Any] = {"kind": "grave", "to_id": leader.id, "text": "客户要求停发货"}
    values = EscalationValues(**{**plain, **changed})
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.report(actor=factories.actor(salesperson), values=values)
    assert set(refused.value.fields) == fields
    assert session.query(Escalation).count() == 0


def test_one_is_told_what_kind_of_person_receives_a_matter(
    salesperson: User, technician: User, leader: User
) -> None:
    for to, kind, sentence in (
        (technician, "grave", "重大问题向部门经理或公司主管领导汇报，请另选一人"),
        (leader, "request", "协办请找其他部门的负责人，请另选一人"),
        (salesperson, "grave", "请选择向谁汇报或请谁协办，不能是自己"),
    ):
        with pytest.raises(Invalid) as refused:
            report(salesperson, to, kind)
        assert str(refused.value.fields["to_id"]) == sentence


@pytest.mark.parametrize(
    ("ago", "accepted"),
    [
        (timedelta(days=31), True),
        (timedelta(days=31, seconds=1), False),
        (timedelta(minutes=-1), True),
        (timedelta(minutes=-1, seconds=-1), False),
    ],
)
def test_a_matter_was_known_for_a_month_at_most_and_not_from_tomorrow_on(
    salesperson: User, leader: User, at: Any, ago: timedelta, accepted: bool
) -> None:
    now = at(2026, 11, 23, 9)
    if accepted:
        row = load(report(salesperson, leader, known_at=now - ago))
        # the time to answer runs from being told, not from being known
        assert (row.known_at, row.due_at) == (now - ago, actions.due_of("grave", now))
        return
    with pytest.raises(Invalid) as refused:
        report(salesperson, leader, known_at=now - ago)
    assert set(refused.value.fields) == {"known_at"}


def test_a_report_is_about_a_document_its_author_may_see(
    salesperson: User, leader: User, technician: User
) -> None:
    about = report(salesperson, leader)
    again = load(report(salesperson, leader, doc_type=ESCALATION, doc_id=about))
    assert (again.doc_type, again.doc_id) == (ESCALATION, about)
    for who, doc_type, doc_id in (
        (technician, ESCALATION, about),
        (salesperson, ESCALATION, NOBODY),
        (salesperson, ESCALATION, None),
        (salesperson, "nothing", about),
    ):
        with pytest.raises(NotVisible):
            report(who, leader, doc_type=doc_type, doc_id=doc_id)
    assert session.query(Escalation).count() == 2


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"means": "fax"}, {"means"}),
        ({"whom": " "}, {"whom"}),
        ({"whom": "吴\x07经理"}, {"whom"}),
        ({"text": " "}, {"text"}),
        ({"means": "", "whom": "", "text": ""}, {"means", "whom", "text"}),
    ],
)
def test_a_talk_that_says_nothing_is_not_kept(
    salesperson: User, leader: User, changed: dict[str, str], fields: set[str]
) -> None:
    number = report(salesperson, leader)
    plain = {"means": "telephone", "whom": "吴经理", "text": "同意延三天"}
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.note_talk(
            actor=factories.actor(salesperson), doc_type=ESCALATION, doc_id=number, **{**plain, **changed}
        )
    assert set(refused.value.fields) == fields
    assert [event.verb for event in events_for(ESCALATION, number)] == ["escalation:report"]


@pytest.mark.parametrize(
    ("means", "word"), [("telephone", "电话"), ("in_person", "当面"), ("message", "微信")]
)
def test_a_talk_is_told_in_words(means: str, word: str) -> None:
    told = actions.talk_in_words({"whom": "吴经理", "means": means})
    assert (told["whom"], str(told["means"])) == ("吴经理", word)


def test_it_was_seen_at_the_latest_when_it_was_answered(salesperson: User, leader: User, at: Any) -> None:
    seen = at(2026, 11, 23, 9)
    first, second = report(salesperson, leader), report(salesperson, leader)
    step(first, "see", leader)
    answered = at(2026, 11, 23, 10)
    assert step(first, "answer", leader, answer="好").seen_at == seen
    assert step(second, "answer", leader, answer=" 好 ").seen_at == answered
    assert (load(second).answer, load(second).told[0].seen_at) == ("好", answered)
    for name in ("see", "answer", "pass_on", "withdraw"):
        with pytest.raises(Conflict) as refused:
            step(first, name, salesperson if name == "withdraw" else leader, answer="好", to_id=leader.id)
        assert refused.value.code == "core:wrong-state"


def test_an_answer_holds_no_characters_nobody_can_see(salesperson: User, leader: User) -> None:
    number = report(salesperson, leader)
    with pytest.raises(Invalid) as refused:
        step(number, "answer", leader, answer="好\x00")
    assert set(refused.value.fields) == {"answer"}
    assert (load(number).status, load(number).answer) == ("reported", "")


@pytest.mark.parametrize(
    ("moment", "reminded"),
    [
        ((2026, 11, 28, 10), False),
        ((2026, 11, 30, 7, 59), False),
        ((2026, 11, 30, 8), True),
        ((2026, 11, 30, 17, 59), True),
        ((2026, 11, 30, 18), False),
    ],
)
def test_nobody_is_reminded_on_a_day_off_or_out_of_hours(
    salesperson: User, leader: User, at: Any, moment: tuple[int, ...], reminded: bool
) -> None:
    at(2026, 11, 23, 9)
    number = report(salesperson, leader)
    at(*moment)
    actions.remind({})
    verbs = [event.verb for event in events_for(ESCALATION, number)]
    assert verbs == (["escalation:remind"] if reminded else []) + ["escalation:report"]


def test_where_reports_are_switched_off_nobody_is_reminded(salesperson: User, leader: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    number = report(salesperson, leader)
    with unit_of_work():
        configured.put("modules.switches", {MODULE: False})
    at(2026, 11, 30, 10)
    actions.remind({})
    assert len(events_for(ESCALATION, number)) == 1
    with unit_of_work():
        configured.put("modules.switches", {})
    actions.remind({})
    assert [event.verb for event in events_for(ESCALATION, number)] == [
        "escalation:remind",
        "escalation:report",
    ]

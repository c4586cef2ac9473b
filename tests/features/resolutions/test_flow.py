"""The life of a resolution: who decides, who carries it out, who checks, reminders, the indicator."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, indicators
from app.core import settings as configured
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem, Stale
from app.core.permissions import SYSTEM, Role
from app.core.tasks import open_tasks
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.escalations import actions as escalations
from app.features.escalations import queries as escalation_queries
from app.features.escalations.actions import EscalationValues
from app.features.escalations.enums import ESCALATION
from app.features.people.models import User
from app.features.resolutions import actions, queries
from app.features.resolutions.actions import ResolutionValues
from app.features.resolutions.enums import MODULE, RESOLUTION
from app.features.resolutions.flow import FLOW
from app.features.resolutions.indicators import IN_TIME
from app.features.resolutions.models import Resolution
from tests import factories

NOBODY = 10**8


@pytest.fixture(autouse=True)
def everything_on() -> None:
    with unit_of_work():
        configured.put("modules.preset", "standard")


def decide(who: User, whom: User, days: int = 7, text: str = "两周内收回货款") -> int:
    with unit_of_work():
        values = ResolutionValues(text, whom.id, clock.today() + timedelta(days=days))
        return actions.decide(actor=factories.actor(who), values=values).id


def load(number: int) -> Resolution:
    return queries.get_resolution(SYSTEM, number)


def step(number: int, name: str, who: User, note: str = "", **data: Any) -> Resolution:
    with unit_of_work():
        actions.fire(load(number), name, actor=factories.actor(who), version=None, note=note, data=data)
    return load(number)


def waiting(number: int) -> list[tuple[str, int | None]]:
    return [(task.kind, task.user_id) for task in open_tasks(RESOLUTION, number)]


def test_decided_carried_out_sent_back_done_and_checked(salesperson: User, leader: User) -> None:
    number = decide(leader, salesperson)
    assert load(number).number == f"LS-{clock.today().year}-0001"
    assert waiting(number) == [("resolution:carry_out", salesperson.id)]
    with unit_of_work():
        actions.note_progress(
            load(number), actor=factories.actor(salesperson), version=load(number).version, text="已发催款函"
        )
    assert load(number).progress == "已发催款函"
    with pytest.raises(Denied), unit_of_work():
        actions.note_progress(load(number), actor=factories.actor(leader), version=None, text="x")
    with pytest.raises(Invalid):
        step(number, "complete", salesperson, result="")
    step(number, "complete", salesperson, result="到账十万")
    assert waiting(number) == [("resolution:check", leader.id)]
    with pytest.raises(Conflict), unit_of_work():
        actions.note_progress(load(number), actor=factories.actor(salesperson), version=None, text="x")
    with pytest.raises(Denied):
        step(number, "check", salesperson)
    assert step(number, "send_back", leader, note="还差五万").completed_on is None
    step(number, "complete", salesperson, result="到账十五万")
    row = step(number, "check", leader)
    assert (row.status, row.checked_by_id, waiting(number)) == ("checked", leader.id, [])


def test_who_may_decide_and_what_is_refused(
    salesperson: User, manager: User, leader: User, outsider: User
) -> None:
    with pytest.raises(Denied):
        decide(salesperson, manager)
    for whom, days, field in ((leader, 7, "responsible_id"), (salesperson, -1, "due_on")):
        with pytest.raises(Invalid) as refused:
            decide(leader, whom, days)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid):
        decide(leader, salesperson, text=" ")
    number = decide(leader, salesperson)
    assert queries.get_resolution(factories.actor(manager), number).id == number
    with pytest.raises(NotVisible):
        queries.get_resolution(factories.actor(outsider), number)


def test_put_off_and_handed_over_by_who_checks(salesperson: User, manager: User, leader: User) -> None:
    number = decide(leader, salesperson, 7)
    first = load(number).due_on
    later = first + timedelta(days=5)
    with pytest.raises(Invalid):
        step(number, "put_off", leader, due_on=later)
    row = step(number, "put_off", leader, note="客户放假", due_on=later)
    assert (row.due_on, row.first_due_on) == (later, first)
    with pytest.raises(Invalid):
        step(number, "hand_over", leader, responsible_id=salesperson.id)
    assert step(number, "hand_over", leader, responsible_id=manager.id).responsible_id == manager.id
    assert waiting(number) == [("resolution:carry_out", manager.id)]


def test_the_answer_to_a_report_opens_several_at_once_or_none(
    salesperson: User, manager: User, leader: User
) -> None:
    with unit_of_work():
        number = escalations.report(
            actor=factories.actor(salesperson), values=EscalationValues("grave", leader.id, "客户停产")
        ).id
    day = clock.today() + timedelta(days=3)
    data = {
        "answer": "分头去办",
        "resolution_1_text": "去客户现场",
        "resolution_1_responsible_id": salesperson.id,
        "resolution_1_due_on": day,
        "resolution_2_text": "核对欠款",
        "resolution_2_responsible_id": manager.id,
        "resolution_2_due_on": None,
        "resolution_3_text": "",
        "resolution_3_responsible_id": None,
        "resolution_3_due_on": None,
    }

    def answer(**changed: Any) -> None:
        with unit_of_work():
            row = escalation_queries.get_escalation(SYSTEM, number)
            escalations.fire(
                row, "answer", actor=factories.actor(leader), version=None, data={**data, **changed}
            )

    with pytest.raises(Invalid) as refused:
        answer()
    assert list(refused.value.fields) == ["resolution_2_due_on"]
    assert queries.opened_by(ESCALATION, number) == []
    assert escalation_queries.get_escalation(SYSTEM, number).status == "reported"
    answer(resolution_2_due_on=day)
    assert [row.responsible_id for row in queries.opened_by(ESCALATION, number)] == [
        salesperson.id,
        manager.id,
    ]


def test_reminded_before_and_after_the_day(salesperson: User, leader: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    number = decide(leader, salesperson, 7)
    actions.remind({})
    at(2026, 11, 28, 9)
    for _again in range(2):
        actions.remind({})
    at(2026, 12, 1, 9)
    actions.remind({})
    assert [event.verb for event in events_for(RESOLUTION, number)] == [
        "resolution:remind-late",
        "resolution:remind",
        "resolution:decide",
    ]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["complete", "check", "send_back", "cancel", "put_off", "hand_over"]),
        st.sampled_from(["salesperson", "leader", "manager"]),
        st.integers(0, 6),
    ),
    max_size=7,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=st.lists(STEPS, min_size=1, max_size=3))
def test_tasks_follow_the_state_and_the_indicator_counts_its_exceptions(
    salesperson: User, leader: User, manager: User, histories: list[Any]
) -> None:
    people = {"salesperson": salesperson, "leader": leader, "manager": manager}
    start = clock.day_bounds(date(2026, 11, 2))[0] + timedelta(hours=9)
    for history in histories:
        with clock.frozen(start):
            number = decide(leader, salesperson, 5)
        later = start
        for name, who, days in history:
            later += timedelta(days=days)
            with clock.frozen(later):
                data = {
                    "result": "好",
                    "due_on": clock.today() + timedelta(days=4),
                    "responsible_id": manager.id,
                }
                try:
                    step(number, name, people[who], note="原因", **data)
                except Problem:
                    session.rollback()
        row = load(number)
        assert waiting(number) == [(task.kind, task.user_id) for task in FLOW.wanted_tasks(row)]
        assert row.checked_by_id is None or row.checked_by_id != row.responsible_id
    indicator = indicators.find(IN_TIME)
    assert indicator is not None
    with clock.frozen(start + timedelta(days=90)):
        period = indicators.span(date(2026, 11, 1), clock.today())
        figure = indicator.compute(period)
        behind = session.execute(indicators.exceptions(indicator, period)).all()
    assert len(behind) == figure.exceptions
    late = [
        row.id
        for row in session.execute(select(Resolution)).unique().scalars()
        if row.status != "cancelled" and (row.completed_on is None or row.completed_on > row.due_on)
    ]
    assert {row.case_id for row in behind} == set(late)


# What is refused, and where


def test_what_is_decided_on_a_document_is_decided_by_who_may_see_it(
    salesperson: User, leader: User, manager: User, technician: User
) -> None:
    with unit_of_work():
        about = escalations.report(
            actor=factories.actor(salesperson), values=EscalationValues("grave", leader.id, "客户停产")
        ).id
    elsewhere = factories.user("周经理", "m2", factories.department("外贸部"), [Role.MANAGER])
    values = ResolutionValues("去客户现场", salesperson.id, clock.today())

    def decide_on(who: User, doc_type: str, doc_id: int | None) -> Resolution:
        with unit_of_work():
            return actions.decide(actor=factories.actor(who), values=values, doc_type=doc_type, doc_id=doc_id)

    for who, doc_type, doc_id in (
        (elsewhere, ESCALATION, about),
        (leader, ESCALATION, NOBODY),
        (leader, ESCALATION, None),
        (leader, "nothing", about),
    ):
        with pytest.raises(NotVisible):
            decide_on(who, doc_type, doc_id)
    assert queries.opened_by(ESCALATION, about) == []
    made = decide_on(leader, ESCALATION, about)
    assert [row.id for row in queries.opened_by(ESCALATION, about)] == [made.id]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"text": " "}, {"text"}),
        ({"text": "收\x00款"}, {"text"}),
        ({"responsible_id": None}, {"responsible_id"}),
        ({"responsible_id": NOBODY}, {"responsible_id"}),
        ({"due_on": None}, {"due_on"}),
        ({"due_on": date(2026, 11, 22)}, {"due_on"}),
        ({"due_on": date(2028, 11, 23)}, {"due_on"}),
        ({"text": "", "responsible_id": None, "due_on": None}, {"text", "responsible_id", "due_on"}),
    ],
)
def test_a_resolution_that_cannot_be_says_where(
    salesperson: User, leader: User, at: Any, changed: dict[str, Any], fields: set[str]
) -> None:
    at(2026, 11, 23, 9)
    plain: dict[str, Any] = {"text": "收款", "responsible_id": salesperson.id, "due_on": clock.today()}
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.decide(actor=factories.actor(leader), values=ResolutionValues(**{**plain, **changed}))
    assert set(refused.value.fields) == fields
    assert session.query(Resolution).count() == 0


def test_who_left_the_company_carries_out_nothing(salesperson: User, leader: User, manager: User) -> None:
    number = decide(leader, manager)
    with unit_of_work():
        salesperson.active = False
    with pytest.raises(Invalid) as refused:
        decide(leader, salesperson)
    assert set(refused.value.fields) == {"responsible_id"}
    with pytest.raises(Invalid) as refused:
        step(number, "hand_over", leader, responsible_id=salesperson.id)
    assert (set(refused.value.fields), load(number).responsible_id) == ({"responsible_id"}, manager.id)


def test_progress_says_something_and_comes_from_a_fresh_form(salesperson: User, leader: User) -> None:
    number = decide(leader, salesperson)

    def note(version: int | None, text: str) -> None:
        with unit_of_work():
            actor = factories.actor(salesperson)
            actions.note_progress(load(number), actor=actor, version=version, text=text)

    for text in ("", " ", "已\x00发"):
        with pytest.raises(Invalid) as refused:
            note(None, text)
        assert set(refused.value.fields) == {"text"}
    with pytest.raises(Stale):
        note(99, "已发催款函")
    assert (load(number).progress, load(number).progress_at) == ("", None)
    before = load(number).version
    note(before, " 已发催款函 ")
    assert (load(number).progress, load(number).progress_at is not None) == ("已发催款函", True)
    assert load(number).version > before
    told = events_for(RESOLUTION, number)[0]
    assert (told.verb, told.reason) == ("resolution:progress", "已发催款函")


@pytest.mark.parametrize("days", [None, -8, 0, 731])
def test_it_is_put_off_to_another_day_from_today_on(
    salesperson: User, leader: User, at: Any, days: int | None
) -> None:
    at(2026, 11, 16, 9)
    number = decide(leader, salesperson, 7)
    due = load(number).due_on
    at(2026, 11, 23, 9)
    due_on = None if days is None else due + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        step(number, "put_off", leader, note="客户放假", due_on=due_on)
    assert (set(refused.value.fields), load(number).due_on) == ({"due_on"}, due)
    step(number, "put_off", leader, note="客户放假", due_on=due + timedelta(days=730))
    assert load(number).due_on == due + timedelta(days=730)


@pytest.mark.parametrize("name", ["check", "send_back", "put_off", "hand_over", "cancel"])
def test_who_carries_it_out_decides_nothing_about_it(leader: User, manager: User, name: str) -> None:
    # the manager may decide in general, but the hand that carries it out stays out
    number = decide(leader, manager)
    if name in ("check", "send_back"):
        step(number, "complete", manager, result="好")
    before = load(number).status
    with pytest.raises(Denied):
        step(number, name, manager, note="原因", due_on=clock.today(), responsible_id=leader.id)
    assert load(number).status == before


def test_the_result_holds_no_characters_nobody_can_see(salesperson: User, leader: User) -> None:
    number = decide(leader, salesperson)
    with pytest.raises(Denied):
        step(number, "complete", leader, result="好")
    with pytest.raises(Invalid) as refused:
        step(number, "complete", salesperson, result="好\x00")
    assert set(refused.value.fields) == {"result"}
    assert (load(number).status, load(number).completed_on) == ("open", None)


@pytest.mark.parametrize(
    ("moment", "reminded"),
    [((2026, 11, 24, 7, 59), False), ((2026, 11, 24, 8), True), ((2026, 11, 24, 18), False)],
)
def test_nobody_is_reminded_out_of_hours_or_where_resolutions_are_switched_off(
    salesperson: User, leader: User, at: Any, moment: tuple[int, ...], reminded: bool
) -> None:
    at(2026, 11, 23, 9)
    number = decide(leader, salesperson, 1)
    with unit_of_work():
        configured.put("modules.switches", {MODULE: False})
    at(*moment)
    actions.remind({})
    assert len(events_for(RESOLUTION, number)) == 1
    with unit_of_work():
        configured.put("modules.switches", {})
    actions.remind({})
    verbs = [event.verb for event in events_for(RESOLUTION, number)]
    assert verbs == (["resolution:remind"] if reminded else []) + ["resolution:decide"]

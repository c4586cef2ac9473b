"""Talks: private to the two for every role and on every way, notes of both, agreements, the indicator."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, documents, indicators, search
from app.core import settings as configured
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem, Stale
from app.core.notices import Notice
from app.core.permissions import SYSTEM, Role
from app.core.tasks import open_tasks
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.people.leaving import open_matters
from app.features.people.models import Department, User
from app.features.talks import actions, queries
from app.features.talks.actions import TalkValues
from app.features.talks.enums import EVERY_WEEKS, LEADER_READS, TALK
from app.features.talks.flow import FLOW
from app.features.talks.indicators import HELD
from app.features.talks.models import Talk
from tests import factories
from tests.client import Client

Queries = Callable[[], AbstractContextManager[list[str]]]
SECRET = "想调到技术部"
NOBODY = 10**8


@pytest.fixture(autouse=True)
def everything_on() -> None:
    with unit_of_work():
        configured.put("modules.preset", "standard")


def plan(who: User, other: User, hours: float = 2, **values: Any) -> int:
    with unit_of_work():
        return actions.plan(
            actor=factories.actor(who),
            values=TalkValues(
                other.id,
                clock.now() + timedelta(hours=hours),
                "小会议室",
                values.pop("agenda", SECRET),
                **values,
            ),
        ).id


def load(number: int) -> Talk:
    return queries.get_talk(SYSTEM, number)


def step(number: int, name: str, who: User, note: str = "", **data: Any) -> Talk:
    with unit_of_work():
        actions.fire(load(number), name, actor=factories.actor(who), version=None, note=note, data=data)
    return load(number)


def waiting(number: int) -> set[tuple[str, int | None]]:
    return {(task.kind, task.user_id) for task in open_tasks(TALK, number)}


def test_planned_held_agreed_settled_and_planned_again(manager: User, salesperson: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    number = plan(manager, salesperson)
    assert waiting(number) == {("talk:hold", manager.id)}
    with unit_of_work():
        actions.write(
            load(number),
            actor=factories.actor(salesperson),
            version=load(number).version,
            agenda=f"{SECRET}\n加薪",
            notes="想学电控",
        )
    with pytest.raises(Stale), unit_of_work():
        actions.write(load(number), actor=factories.actor(manager), version=1, agenda="", notes="x")
    agreed = {
        "agreement_1_text": "问技术部的意见",
        "agreement_1_responsible_id": manager.id,
        "agreement_1_due_on": date(2026, 11, 30),
    }
    with pytest.raises(Invalid) as half:
        step(number, "hold", manager, notes="谈了", **{**agreed, "agreement_1_due_on": None})
    assert list(half.value.fields) == ["agreement_1_due_on"]
    with pytest.raises(Denied):
        step(number, "hold", salesperson, notes="x")
    row = step(number, "hold", manager, notes="谈了一小时", next_on=date(2026, 12, 21), **agreed)
    assert (row.status, row.owner_notes, row.other_notes) == ("held", "谈了一小时", "想学电控")
    assert waiting(number) == {("talk:agreement", manager.id)}
    following = queries.next_of(row)
    assert following is not None
    assert (load(following).agenda, clock.to_local(load(following).starts_at).date()) == (
        "问技术部的意见",
        date(2026, 12, 21),
    )
    with unit_of_work():
        actions.settle(
            load(number), row.agreements[0].id, actor=factories.actor(manager), version=load(number).version
        )
    assert waiting(number) == set()
    with pytest.raises(Conflict), unit_of_work():
        actions.settle(load(number), row.agreements[0].id, actor=factories.actor(manager), version=None)


def test_whom_one_asks_for_a_talk(
    manager: User, salesperson: User, back_office: User, technician: User, leader: User
) -> None:
    for who, other, hours in (
        (manager, technician, 2),
        (manager, manager, 2),
        (manager, salesperson, -2),
        (manager, salesperson, 24 * 400),
    ):
        with pytest.raises(Invalid):
            plan(who, other, hours)
    with pytest.raises(Denied):
        plan(salesperson, manager)
    with pytest.raises(Invalid):
        plan(manager, salesperson, leader_id=leader.id)
    factories.delegation(manager, back_office)
    with pytest.raises(Denied):
        plan(back_office, salesperson)


@pytest.mark.parametrize("role", [*Role, None])
def test_for_everybody_else_there_is_nothing(
    client: Client, manager: User, salesperson: User, sales_department: Department, role: Role | None
) -> None:
    number = plan(manager, salesperson)
    with unit_of_work():
        actions.write(
            load(number), actor=factories.actor(salesperson), version=None, agenda=SECRET, notes=SECRET
        )
    other = factories.user("旁人", "z9", sales_department, [role] if role else [])
    # even who stands in for one of the two learns nothing
    factories.delegation(manager, other)
    actor = factories.actor(other)
    with pytest.raises(NotVisible):
        queries.get_talk(actor, number)
    assert documents.visible_keys(actor, [(TALK, number)]) == set()
    assert search.find(actor, "TH") == []
    client.as_(other)
    page = f"/talks/{number}"
    for address in (page, f"{page}/write", f"{page}/hold", f"{page}/move"):
        assert client.get(address).status_code == 404, address
    for address in (f"{page}/cancel", f"{page}/write", f"{page}/hold", f"{page}/agreements/1/settle"):
        assert client.post(address, {"version": "1", "note": "x"}).status_code == 404, address
    assert client.get(f"/escalations/new?about={TALK}:{number}").status_code == 404
    for address in (
        "/talks",
        "/tasks",
        "/notices",
        "/",
        "/search?q=调到",
        "/audit",
        "/audit?doc_type=talk",
    ):
        answer = client.get(address)
        if answer.status_code == 200:
            assert SECRET not in client.page.text
            assert "TH-" not in client.page.text
            assert f"/talks/{number}" not in answer.get_data(as_text=True)
            assert "约了一次谈话" not in "".join(cell.text for cell in client.page.all("td"))


def test_the_two_find_it_and_are_told(client: Client, manager: User, salesperson: User) -> None:
    number = plan(manager, salesperson)
    assert session.execute(select(Notice.user_id)).scalars().all() == [salesperson.id]
    for person in (manager, salesperson):
        assert len(search.find(factories.actor(person), "TH")) == 1
        client.as_(person).get(f"/talks/{number}")
        assert SECRET in client.page.text
        client.get("/talks")
        assert client.page.all("a", href=f"/talks/{number}")
        # a talk is no matter to report or to note beside
        assert client.get(f"/escalations/new?about={TALK}:{number}").status_code == 404


def test_the_leader_reads_what_both_know_to_be_open_and_only_while_the_setting_is_on(
    client: Client, manager: User, salesperson: User, leader: User
) -> None:
    hidden = plan(manager, salesperson)
    with unit_of_work():
        configured.put(LEADER_READS, True)
    number = plan(manager, salesperson, leader_id=leader.id)
    assert client.as_(leader).get(f"/talks/{number}").status_code == 200
    assert client.get(f"/talks/{hidden}").status_code == 404
    assert client.post(f"/talks/{number}/cancel", {"version": "1", "note": "x"}).status_code == 403
    assert client.post(f"/talks/{number}/write", {"version": "1", "notes": "x"}).status_code == 403
    client.as_(salesperson).get(f"/talks/{number}")
    assert leader.name in client.page.text
    with unit_of_work():
        configured.put(LEADER_READS, False)
    assert client.as_(leader).get(f"/talks/{number}").status_code == 404


def test_who_leaves_is_not_kept_by_a_talk(manager: User, salesperson: User) -> None:
    plan(manager, salesperson)
    assert [matter.sentence for matter in open_matters(manager.id)] == []


def test_by_hand(client: Client, manager: User, salesperson: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    assert client.as_(salesperson).get("/talks/new").status_code == 403
    client.as_(manager).get("/talks")
    assert client.page.all("a", href=f"/talks/new?other={salesperson.id}")
    form = f"/talks/new?other={salesperson.id}"
    assert client.submit(form, {"starts_at": "2020-01-01 9:00"}).status_code == 422
    page = client.submit(form, {"starts_at": "2026-11-23 10:00", "agenda": "近况"}).headers["Location"]
    typed = {"notes": "状态不错", "agreement_1_text": "报名培训"}
    assert client.submit(f"{page}/hold", typed).status_code == 422
    assert client.page.all("input", value="报名培训")
    typed |= {"agreement_1_responsible_id": str(salesperson.id), "agreement_1_due_on": "2026-11-30"}
    assert client.submit(f"{page}/hold", typed).status_code == 303
    client.as_(salesperson)
    assert client.submit(f"{page}/write", {"notes": "会报名"}).status_code == 303
    client.get(page)
    assert "会报名" in client.page.text
    settle = next(
        form.attributes["action"] for form in client.page.all("form") if "settle" in form.attributes["action"]
    )
    assert client.submit(settle, {}, page=page).status_code == 303
    assert client.post(settle, {"version": "1"}).status_code == 409
    client.get(page)
    assert "已办完" in client.page.text


STEPS = st.lists(
    st.tuples(st.sampled_from(["hold", "move", "cancel"]), st.sampled_from(["manager", "salesperson"])),
    max_size=4,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=st.lists(STEPS, min_size=1, max_size=4), weeks=st.integers(0, 6), later=st.integers(0, 9))
def test_tasks_follow_the_state_and_the_indicator_counts_its_exceptions(
    manager: User, salesperson: User, back_office: User, histories: list[Any], weeks: int, later: int
) -> None:
    people = {"manager": manager, "salesperson": salesperson}
    start = clock.now() + timedelta(weeks=10)
    with unit_of_work():
        configured.put(EVERY_WEEKS, weeks)
    for history in histories:
        with clock.frozen(start):
            number = plan(manager, salesperson, 1)
        with clock.frozen(start + timedelta(hours=3)):
            for name, who in history:
                try:
                    step(
                        number,
                        name,
                        people[who],
                        note="原因",
                        notes="谈了",
                        starts_at=clock.now() + timedelta(minutes=1),
                    )
                except Problem:
                    session.rollback()
            row = load(number)
            assert waiting(number) == {(task.kind, task.user_id) for task in FLOW.wanted_tasks(row)}
    indicator = indicators.find(HELD)
    assert indicator is not None
    with clock.frozen(start + timedelta(weeks=later)):
        today = clock.today()
        period = indicators.span(today.replace(day=1), today + timedelta(days=1))
        figure = indicator.compute(period)
        behind = {row.case_id for row in session.execute(indicators.exceptions(indicator, period))}
        held = select(Talk.other_id).where(
            Talk.status == "held",
            Talk.held_at > clock.now() - timedelta(weeks=weeks),
            Talk.held_at <= clock.now(),
        )
        talked = set(session.execute(held).scalars())
    assert len(behind) == figure.exceptions
    assert behind == ({salesperson.id, back_office.id} - talked if weeks else set())


def test_the_number_of_queries_does_not_grow(
    client: Client, manager: User, salesperson: User, queries: Queries
) -> None:
    client.as_(manager)
    counts = []
    for more in (1, 12):
        for _row in range(more):
            plan(manager, salesperson)
        counted = []
        for address in ("/talks", "/talks/1"):
            client.get(address)
            with queries() as sent:
                client.get(address)
            counted.append(len(sent))
        counts.append(counted)
    assert counts[0] == counts[1], counts


# What is refused, and where


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"other_id": None}, {"other_id"}),
        ({"other_id": NOBODY}, {"other_id"}),
        ({"starts_at": None}, {"starts_at"}),
        ({"agenda": "近\x00况"}, {"agenda"}),
        ({"leader_id": NOBODY}, {"leader_id"}),
        (
            {"other_id": None, "starts_at": None, "leader_id": NOBODY},
            {"other_id", "starts_at", "leader_id"},
        ),
    ],
)
def test_a_talk_that_cannot_be_says_where(
    manager: User, salesperson: User, changed: dict[str, Any], fields: set[str]
) -> None:
    with unit_of_work():
        configured.put(LEADER_READS, True)
    plain: dict[str, Any] = {"other_id": salesperson.id, "starts_at": clock.now() + timedelta(hours=2)}
    values = TalkValues(**{**plain, **changed})
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.plan(actor=factories.actor(manager), values=values)
    assert set(refused.value.fields) == fields
    assert session.query(Talk).count() == 0


def test_each_writes_their_own_notes_and_the_agenda_ends_with_the_talk(
    manager: User, salesperson: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = plan(manager, salesperson, agenda="近况")

    def write(who: User, agenda: str | None, notes: str) -> tuple[str, str, str]:
        with unit_of_work():
            actions.write(load(number), actor=factories.actor(who), version=None, agenda=agenda, notes=notes)
        row = load(number)
        return row.agenda, row.owner_notes, row.other_notes

    assert write(manager, None, " 先听 ") == ("近况", "先听", "")
    assert write(salesperson, " 加薪 ", "想学电控") == ("加薪", "先听", "想学电控")
    for agenda, notes, field in (("加\x00薪", "", "agenda"), (None, "电\x07控", "notes")):
        with pytest.raises(Invalid) as refused:
            write(salesperson, agenda, notes)
        assert set(refused.value.fields) == {field}
    step(number, "hold", manager, notes="谈了")
    assert write(salesperson, "还有", "谢谢") == ("加薪", "谈了", "谢谢")
    assert events_for(TALK, number)[0].verb == "talk:write"


def test_in_a_cancelled_talk_nothing_is_written_and_nothing_done(
    manager: User, salesperson: User, leader: User
) -> None:
    number = plan(manager, salesperson)
    step(number, "cancel", salesperson, note="出差")
    before = [event.verb for event in events_for(TALK, number)]
    for who, problem in ((salesperson, Conflict), (manager, Conflict), (leader, Denied)):
        with pytest.raises(problem) as refused, unit_of_work():
            actions.write(load(number), actor=factories.actor(who), version=None, agenda="", notes="x")
        assert refused.value.code == ("core:denied" if who is leader else "core:wrong-state")
        with pytest.raises(problem), unit_of_work():
            actions.settle(load(number), NOBODY, actor=factories.actor(who), version=None)
    assert [event.verb for event in events_for(TALK, number)] == before
    assert (load(number).agenda, load(number).owner_notes) == (SECRET, "")


def test_only_what_was_agreed_on_in_this_talk_is_done(manager: User, salesperson: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    agreed = {
        "agreement_1_text": "报名培训",
        "agreement_1_responsible_id": salesperson.id,
        "agreement_1_due_on": date(2026, 11, 30),
    }
    first, second = plan(manager, salesperson), plan(manager, salesperson)
    agreement = step(first, "hold", manager, notes="谈了", **agreed).agreements[0].id
    for number, wanted in ((second, agreement), (first, NOBODY)):
        with pytest.raises(NotVisible), unit_of_work():
            actions.settle(load(number), wanted, actor=factories.actor(manager), version=None)
    with pytest.raises(Stale), unit_of_work():
        actions.settle(load(first), agreement, actor=factories.actor(manager), version=99)
    assert load(first).agreements[0].done_at is None
    with unit_of_work():
        actions.settle(load(first), agreement, actor=factories.actor(salesperson), version=None)
    assert load(first).agreements[0].done_at == clock.now()
    told = session.execute(select(Notice.user_id).order_by(Notice.event_seq.desc()).limit(1)).scalar_one()
    assert told == manager.id


def test_nothing_is_noted_of_a_talk_before_its_day(manager: User, salesperson: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    number = plan(manager, salesperson, hours=24)
    with pytest.raises(Conflict) as refused:
        step(number, "hold", manager, notes="谈了")
    assert (refused.value.code, refused.value.params["day"]) == ("talk:not-yet", "11-24")
    at(2026, 11, 24, 0)
    assert step(number, "hold", manager, notes="谈了").held_at == clock.now()
    assert queries.next_of(load(number)) is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"notes": " "}, "notes"),
        ({"notes": "谈\x00了"}, "notes"),
        ({"next_on": date(2026, 11, 23)}, "next_on"),
        ({"next_on": date(2027, 11, 25)}, "next_on"),
        ({"agreement_1_text": " "}, "agreement_1_text"),
        ({"agreement_1_text": "报\x00名"}, "agreement_1_text"),
        ({"agreement_1_responsible_id": NOBODY}, "agreement_1_responsible_id"),
        ({"agreement_1_due_on": date(2026, 11, 22)}, "agreement_1_due_on"),
        ({"agreement_1_due_on": date(2027, 11, 25)}, "agreement_1_due_on"),
    ],
)
def test_notes_that_cannot_be_say_where(
    manager: User, salesperson: User, at: Any, changed: dict[str, Any], field: str
) -> None:
    at(2026, 11, 23, 9)
    number = plan(manager, salesperson)
    plain = {
        "notes": "谈了",
        "next_on": date(2027, 11, 24),
        "agreement_1_text": "报名培训",
        "agreement_1_responsible_id": salesperson.id,
        "agreement_1_due_on": date(2027, 11, 24),
    }
    with pytest.raises(Invalid) as refused:
        step(number, "hold", manager, **{**plain, **changed})
    assert set(refused.value.fields) == {field}
    row = load(number)
    assert (row.status, row.owner_notes, row.agreements, queries.next_of(row)) == ("planned", "", [], None)
    following = queries.next_of(step(number, "hold", manager, **plain))
    assert following is not None
    assert (load(following).agenda, waiting(following)) == ("报名培训", {("talk:hold", manager.id)})


@pytest.mark.parametrize("starts_at", [None, "明天", -timedelta(seconds=1), timedelta(days=366, seconds=1)])
def test_a_talk_is_moved_by_either_into_the_year_to_come(
    manager: User, salesperson: User, leader: User, at: Any, starts_at: Any
) -> None:
    now = at(2026, 11, 23, 9)
    number = plan(manager, salesperson)
    moment = now + starts_at if isinstance(starts_at, timedelta) else starts_at
    with pytest.raises(Invalid) as refused:
        step(number, "move", salesperson, starts_at=moment)
    assert set(refused.value.fields) == {"starts_at"}
    with pytest.raises(Denied):
        step(number, "move", leader, starts_at=now)
    assert load(number).starts_at == now + timedelta(hours=2)
    assert step(
        number, "move", salesperson, starts_at=now + timedelta(days=366)
    ).starts_at == now + timedelta(days=366)
    assert step(number, "move", manager, starts_at=now).starts_at == now

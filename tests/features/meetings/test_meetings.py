"""Meetings: planned by their series, what to talk about, minutes that open resolutions, confirmed, missed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, workdays
from app.core import settings as configured
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem
from app.core.uow import unit_of_work
from app.features.meetings import actions, queries
from app.features.meetings.enums import MEETING
from app.features.meetings.flow import FLOW
from app.features.meetings.models import Meeting, MeetingSeries
from app.features.people.models import User
from app.features.resolutions import queries as resolutions
from tests import factories
from tests.client import Client
from tests.features.meetings.desk import arrange, load, step, waiting, weekly

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def everything_on() -> None:
    with unit_of_work():
        configured.put("modules.preset", "standard")


def test_held_with_a_resolution_and_confirmed_by_all_who_were_there(
    manager: User, technician: User, buyer: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = arrange(manager, technician, buyer)
    with pytest.raises(Conflict):
        step(number, "hold", manager, text="太早")
    at(2026, 11, 24, 10)
    actions.plan({})
    assert waiting(number) == {("meeting:hold", manager.id)}
    with pytest.raises(Denied):
        step(number, "hold", technician, text="不是主持人")
    decided = {
        "resolution_1_text": "出密封圈替代方案",
        "resolution_1_responsible_id": technician.id,
        "resolution_1_due_on": date(2026, 12, 1),
    }
    row = step(number, "hold", manager, text="讨论了密封圈", present=[technician.id, buyer.id], **decided)
    assert (row.status, waiting(number)) == (
        "held",
        {("meeting:confirm", technician.id), ("meeting:confirm", buyer.id)},
    )
    assert [made.responsible_id for made in resolutions.opened_by(MEETING, number)] == [technician.id]
    assert step(number, "confirm", technician).status == "held"
    with pytest.raises(Denied):
        step(number, "confirm", technician)
    assert step(number, "object", buyer, note="少了交货期").status == "held"
    step(number, "correct", manager, text="讨论了密封圈和交货期")
    assert waiting(number) == {("meeting:confirm", technician.id), ("meeting:confirm", buyer.id)}
    step(number, "confirm", technician)
    assert step(number, "confirm", buyer).status == "confirmed"
    assert waiting(number) == set()


def test_minutes_confirmed_too_early_are_found(manager: User, technician: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    number = arrange(manager, technician)
    at(2026, 11, 24, 10)
    step(number, "hold", manager, text="纪要", present=[technician.id])
    assert queries.wrongly_confirmed() == []
    with unit_of_work():
        load(number).status = "confirmed"
    assert queries.wrongly_confirmed() == [load(number).number]


def test_nothing_is_kept_of_minutes_with_a_resolution_half_typed(
    manager: User, technician: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = arrange(manager, technician)
    at(2026, 11, 24, 10)
    with pytest.raises(Invalid) as refused:
        step(number, "hold", manager, text="x", present=[technician.id], resolution_1_text="谁来办")
    assert "resolution_1_responsible_id" in refused.value.fields
    assert (load(number).status, load(number).text) == ("planned", "")


def test_what_to_talk_about_is_brought_along_by_those_invited(
    manager: User, technician: User, buyer: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = arrange(manager, technician)
    with unit_of_work():
        actions.add_item(load(number), actor=factories.actor(technician), text="图纸版本")
    with pytest.raises(Denied), unit_of_work():
        actions.add_item(load(number), actor=factories.actor(buyer), text="x")
    with pytest.raises(Invalid), unit_of_work():
        actions.add_item(load(number), actor=factories.actor(technician), text=" ")
    item = load(number).items[0]
    with pytest.raises(NotVisible), unit_of_work():
        actions.remove_item(load(number), item.id + 1, actor=factories.actor(manager))
    with unit_of_work():
        actions.remove_item(load(number), item.id, actor=factories.actor(manager))
    assert load(number).items == []
    step(number, "cancel", manager, note="都出差")
    with pytest.raises(Conflict), unit_of_work():
        actions.add_item(load(number), actor=factories.actor(technician), text="晚了")


def test_a_series_plans_its_meetings_and_one_not_held_is_missed(
    manager: User, technician: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    with unit_of_work():
        series = actions.put_series(
            None,
            actor=factories.actor(manager),
            version=None,
            values=weekly(chair_id=manager.id, people=[technician.id]),
        ).id
    days = [row.day for row in session.execute(select(Meeting).order_by(Meeting.day)).unique().scalars()]
    assert days == [date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9)]
    for _again in range(2):
        actions.plan({})
    assert session.query(Meeting).count() == 3
    at(2026, 11, 30, 9)
    actions.plan({})
    assert session.query(Meeting).count() == 4
    first = session.execute(select(Meeting).order_by(Meeting.day)).unique().scalars().first()
    assert first is not None
    assert (first.shown_status, first.status) == ("missed", "planned")
    shown = session.execute(select(Meeting.shown_status).where(Meeting.id == first.id)).scalar_one()
    assert shown == "missed"
    with unit_of_work():
        row = session.get_one(MeetingSeries, series)
        actions.put_series(
            row,
            actor=factories.actor(manager),
            version=row.version,
            values=weekly(chair_id=manager.id, people=[technician.id], active=False),
        )
    at(2026, 12, 20, 9)
    actions.plan({})
    assert session.query(Meeting).count() == 4


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rhythm=st.sampled_from(["weekly", "monthly"]),
    weekday=st.integers(1, 7),
    month_day=st.integers(1, 28),
    first=st.dates(date(2024, 1, 1), date(2026, 6, 1)),
)
def test_a_series_meets_on_working_days_only(
    manager: User, rhythm: str, weekday: int, month_day: int, first: date
) -> None:
    series = MeetingSeries(rhythm=rhythm, weekday=weekday, month_day=month_day)
    found = actions.days_of(series, first, first + timedelta(days=90))
    assert all(workdays.is_working_day(day) for day in found)
    if rhythm == "weekly":
        assert {day.isoweekday() for day in found} <= {weekday}
    else:
        assert len(found) in (2, 3, 4)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"weekday": None}, "weekday"),
        ({"rhythm": "monthly"}, "month_day"),
        ({"rhythm": "monthly", "month_day": 31}, "month_day"),
        ({"rhythm": "daily"}, "rhythm"),
        ({"time": "25:00"}, "time"),
        ({"chair_id": 10**6}, "chair_id"),
        ({"name": " "}, "name"),
        ({"people": ()}, "people"),
    ],
)
def test_a_series_that_cannot_be_is_refused_at_its_field(
    manager: User, technician: User, changed: dict[str, Any], field: str
) -> None:
    values = weekly(**{"chair_id": manager.id, "people": [technician.id], **changed})
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.put_series(None, actor=factories.actor(manager), version=None, values=values)
    assert list(refused.value.fields) == [field]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "confirm", "correct", "object", "cancel", "move"]),
        st.sampled_from(["manager", "technician", "buyer"]),
    ),
    max_size=8,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=STEPS)
def test_whatever_is_done_tasks_follow_the_state(
    manager: User, technician: User, buyer: User, history: list[tuple[str, str]]
) -> None:
    people = {"manager": manager, "technician": technician, "buyer": buyer}
    start = clock.from_local(datetime.combine(date(2026, 11, 23), datetime.min.time()))
    with clock.frozen(start):
        number = arrange(manager, technician, buyer, hours=1)
    with clock.frozen(start + timedelta(hours=2)):
        for name, who in history:
            try:
                step(
                    number,
                    name,
                    people[who],
                    note="原因",
                    text="纪要",
                    present=[technician.id],
                    starts_at=clock.now() + timedelta(hours=5),
                )
            except Problem:
                session.rollback()
        row = load(number)
        wanted = {(task.kind, task.user_id) for task in FLOW.wanted_tasks(row)}
        assert {task for task in waiting(number) if task[0] != "meeting:hold"} == {
            task for task in wanted if task[0] != "meeting:hold"
        }
        there = [person for person in row.people if person.present]
        assert (row.status == "confirmed") == (bool(there) and all(person.confirmed_at for person in there))


def test_by_hand_from_arranging_to_the_paper(
    client: Client, manager: User, technician: User, outsider: User, salesperson: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    client.as_(manager).get("/meetings/new")
    typed = {"title": "产销协调会", "starts_at": "2026-11-23 10:00", "people": str(technician.id)}
    assert client.submit("/meetings/new", {**typed, "people": ""}).status_code == 422
    page = client.submit("/meetings/new", typed).headers["Location"]
    assert client.as_(outsider).get(page).status_code == 404
    assert client.get("/meetings/new").status_code == 403
    client.as_(technician).get(page)
    assert client.submit(f"{page}/items", {"text": ""}, page=page).status_code == 422
    client.get(page)
    assert client.submit(f"{page}/items", {"text": "图纸版本"}, page=page).status_code == 303
    assert client.get(f"{page}/minutes.pdf").status_code == 404
    at(2026, 11, 23, 11)
    assert client.get(f"{page}/hold").status_code == 403
    client.as_(manager).get(f"{page}/hold")
    assert "图纸版本" in client.page.text
    assert client.submit(f"{page}/hold", {"text": ""}).status_code == 422
    assert client.submit(f"{page}/hold", {"text": "统一用新版图纸"}).status_code == 303
    client.as_(technician).get(page)
    assert client.submit(f"{page}/confirm", {}).status_code == 303
    paper = client.get(f"{page}/minutes.pdf")
    assert paper.data.startswith(b"%PDF")
    client.get("/meetings")
    assert "纪要已确认" in client.page.text


def test_series_by_hand(client: Client, manager: User, technician: User, salesperson: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    assert client.as_(salesperson).get("/meetings/series").status_code == 403
    client.as_(manager).get("/meetings/series/new")
    typed = {"name": "碰头会", "weekday": "3", "time": "16:00", "people": str(technician.id)}
    assert client.submit("/meetings/series/new", {**typed, "time": "4pm"}).status_code == 422
    assert client.submit("/meetings/series/new", typed).status_code == 303
    client.get("/meetings/series")
    assert "每周 周三 16:00" in client.page.text
    edit = f"/meetings/series/{session.execute(select(MeetingSeries.id)).scalar_one()}/edit"
    assert client.get("/meetings/series/999/edit").status_code == 404
    client.get(edit)
    stale = {**client.page.values(edit), "people": str(technician.id)}
    assert client.post(edit, stale).status_code == 303
    assert client.post(edit, stale).status_code == 409


def test_the_number_of_queries_does_not_grow(
    client: Client, manager: User, technician: User, buyer: User, queries: Queries
) -> None:
    client.as_(manager)
    counts = []
    for more in (1, 12):
        for _row in range(more):
            arrange(manager, technician, buyer)
        counted = []
        for address in ("/meetings", "/meetings/series", "/meetings/1"):
            client.get(address)
            with queries() as sent:
                client.get(address)
            counted.append(len(sent))
        counts.append(counted)
    assert counts[0] == counts[1], counts

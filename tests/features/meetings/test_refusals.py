"""What a meeting and a series refuse and where, and what stays as it was then."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import settings as configured
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.meetings import actions
from app.features.meetings.actions import MeetingValues, SeriesValues
from app.features.meetings.enums import MEETING, MODULE
from app.features.meetings.models import Meeting, MeetingSeries
from app.features.people.models import User
from tests import factories
from tests.features.meetings.desk import arrange, load, step, waiting, weekly


@pytest.fixture(autouse=True)
def everything_on() -> None:
    with unit_of_work():
        configured.put("modules.preset", "standard")


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"title": "例\x00会"}, {"title"}),
        ({"starts_at": None}, {"starts_at"}),
        ({"starts_at": -timedelta(seconds=1)}, {"starts_at"}),
        ({"starts_at": timedelta(days=366, seconds=1)}, {"starts_at"}),
        ({"people": ()}, {"people"}),
        ({"title": "", "starts_at": None, "people": ()}, {"title", "starts_at", "people"}),
    ],
)
def test_a_meeting_that_cannot_be_says_where(
    manager: User, technician: User, at: Any, changed: dict[str, Any], fields: set[str]
) -> None:
    now = at(2026, 11, 23, 9)
    plain = {
        "title": "例会",
        "starts_at": timedelta(days=1),
        "minutes": 60,
        "place": "",
        "people": [technician.id],
    }
    typed: dict[str, Any] = {**plain, **changed}
    if typed["starts_at"] is not None:
        typed["starts_at"] += now
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.arrange(actor=factories.actor(manager), values=MeetingValues(**typed))
    assert set(refused.value.fields) == fields
    assert session.query(Meeting).count() == 0


def test_a_meeting_is_of_two_at_least_and_lasts_an_hour_where_nothing_is_said(
    manager: User, technician: User, salesperson: User, at: Any
) -> None:
    now = at(2026, 11, 23, 9)
    with pytest.raises(Denied):
        arrange(salesperson, technician)
    with pytest.raises(Invalid) as refused:
        arrange(manager, manager)
    assert set(refused.value.fields) == {"people"}
    values = MeetingValues(" 例会 ", now + timedelta(days=366), None, " 二楼 ", [technician.id, manager.id])
    with unit_of_work():
        row = actions.arrange(actor=factories.actor(manager), values=values)
    assert (row.title, row.minutes, row.place, row.starts_at) == ("例会", 60, "二楼", values.starts_at)
    assert sorted(person.user_id for person in row.people) == sorted([manager.id, technician.id])


def test_minutes_say_something_when_written_and_when_corrected(
    manager: User, technician: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = arrange(manager, technician)
    with pytest.raises(Conflict) as early:
        step(number, "hold", manager, text="太早")
    assert (early.value.code, early.value.params["when"]) == ("meeting:not-yet", "11-24 09:00")
    at(2026, 11, 24, 9)
    for text in (None, " ", "纪\x00要"):
        with pytest.raises(Invalid) as refused:
            step(number, "hold", manager, text=text, present=[technician.id])
        assert set(refused.value.fields) == {"text"}
    assert (load(number).status, load(number).text, load(number).held_at) == ("planned", "", None)
    step(number, "hold", manager, text=" 纪要 ", present=[technician.id])
    for text in (None, " ", "纪\x00要"):
        with pytest.raises(Invalid) as refused:
            step(number, "correct", manager, text=text)
        assert set(refused.value.fields) == {"text"}
    assert load(number).text == "纪要"


def test_minutes_of_the_chair_alone_are_confirmed_at_once(manager: User, technician: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    number = arrange(manager, technician)
    at(2026, 11, 24, 9)
    row = step(number, "hold", manager, text="没人来", present=[manager.id])
    assert (row.status, waiting(number)) == ("confirmed", set())
    assert {person.user_id: person.present for person in row.people} == {
        manager.id: True,
        technician.id: False,
    }


def test_who_was_there_confirms_for_themselves_alone(
    manager: User, technician: User, buyer: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = arrange(manager, technician, buyer)
    at(2026, 11, 24, 9)
    step(number, "hold", manager, text="纪要", present=[technician.id, buyer.id])
    row = step(number, "confirm", buyer)
    confirmed = {person.user_id for person in row.people if person.confirmed_at is not None}
    assert (confirmed, row.status) == ({manager.id, buyer.id}, "held")
    with pytest.raises(Denied):
        step(number, "confirm", manager)
    with unit_of_work():
        technician.active = False
    # nobody is waited for any more who has left
    with pytest.raises(Denied):
        step(number, "object", buyer, note="晚了")


@pytest.mark.parametrize("starts_at", [None, "明天", -timedelta(seconds=1), timedelta(days=366, seconds=1)])
def test_a_meeting_is_moved_into_the_year_to_come(
    manager: User, technician: User, at: Any, starts_at: Any
) -> None:
    now = at(2026, 11, 23, 9)
    number = arrange(manager, technician)
    before = load(number).starts_at
    moment = now + starts_at if isinstance(starts_at, timedelta) else starts_at
    with pytest.raises(Invalid) as refused:
        step(number, "move", manager, note="出差", starts_at=moment)
    assert (set(refused.value.fields), load(number).starts_at) == ({"starts_at"}, before)
    with pytest.raises(Denied):
        step(number, "move", technician, note="出差", starts_at=now)
    row = step(number, "move", manager, note="出差", starts_at=now + timedelta(days=366))
    assert row.starts_at == now + timedelta(days=366)
    told = events_for(MEETING, number)[0]
    assert (told.data["before"], told.data["after"]) == ("11-24 09:00", "11-24 09:00")


def test_what_another_brought_along_stays_and_the_agenda_has_an_end(
    manager: User, technician: User, buyer: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    number = arrange(manager, technician, buyer)

    def add(who: User, text: str) -> None:
        with unit_of_work():
            actions.add_item(load(number), actor=factories.actor(who), text=text)

    def remove(who: User) -> None:
        with unit_of_work():
            actions.remove_item(load(number), load(number).items[0].id, actor=factories.actor(who))

    add(technician, " 图纸版本 ")
    with pytest.raises(Denied):
        remove(buyer)
    with pytest.raises(Invalid) as refused:
        add(buyer, "图\x00纸")
    assert (set(refused.value.fields), [item.text for item in load(number).items]) == ({"text"}, ["图纸版本"])
    remove(technician)
    for place in range(actions.MOST_ITEMS):
        add(buyer, f"议题{place}")
    with pytest.raises(Conflict) as full:
        add(buyer, "再一个")
    assert (full.value.code, full.value.params["most"]) == ("meeting:agenda-full", actions.MOST_ITEMS)
    assert len(load(number).items) == actions.MOST_ITEMS


def test_where_meetings_are_switched_off_nothing_is_planned(manager: User, technician: User, at: Any) -> None:
    at(2026, 11, 23, 9)
    values = weekly(chair_id=manager.id, people=[technician.id])
    with unit_of_work():
        actions.put_series(None, actor=factories.actor(manager), version=None, values=values)
    first = session.execute(select(Meeting.id).where(Meeting.day == date(2026, 11, 25))).scalar_one()
    with unit_of_work():
        configured.put("modules.switches", {MODULE: False})
    at(2026, 11, 30, 9)
    actions.plan({})
    assert (session.query(Meeting).count(), waiting(first)) == (3, set())
    with unit_of_work():
        configured.put("modules.switches", {})
    actions.plan({})
    assert (session.query(Meeting).count(), waiting(first)) == (4, {("meeting:hold", manager.id)})


def test_a_series_is_changed_by_who_arranges_from_a_fresh_form(
    manager: User, technician: User, at: Any
) -> None:
    at(2026, 11, 23, 9)
    values = weekly(chair_id=manager.id, people=[technician.id])

    def put(
        series: MeetingSeries | None, who: User, version: int | None, changed: SeriesValues
    ) -> MeetingSeries:
        with unit_of_work():
            return actions.put_series(series, actor=factories.actor(who), version=version, values=changed)

    with pytest.raises(Denied):
        put(None, technician, None, values)
    row = put(None, manager, None, values)
    with pytest.raises(Denied):
        put(row, technician, None, values)
    with pytest.raises(Stale):
        put(row, manager, 99, values)
    assert (row.weekday, row.month_day, row.minutes) == (3, None, 45)
    monthly = weekly(
        rhythm="monthly", month_day=28, minutes=None, chair_id=manager.id, people=[technician.id]
    )
    put(row, manager, row.version, monthly)
    assert (row.rhythm, row.weekday, row.month_day, row.minutes) == ("monthly", None, 28, 60)
    # what was planned already stays; the 28th is a Saturday
    days = session.execute(select(Meeting.day).order_by(Meeting.day)).scalars().all()
    assert days == [date(2026, 11, 25), date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 9)]

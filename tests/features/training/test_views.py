"""The pages of training over HTTP: who opens what, forms and their refusals, paper, and what a page asks for."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock, settings
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.training import queries as training_queries
from app.features.training import rotating_code, topics
from app.features.training.enums import Presence
from app.features.training.flow import SIGN_IN_CODE
from app.features.training.models import TrainingSeries, TrainingSession, TrainingTopic
from tests import factories
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.training import desk as desks
from tests.features.training.desk import Desk

At = Callable[..., datetime]
Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 23, 9)
    return desks.build()


def the_one() -> TrainingSession:
    return session.execute(select(TrainingSession)).unique().scalar_one()


def opened(desk: Desk, at: At, people: int = 3) -> TrainingSession:
    row = desks.announced(desk)
    for who in desk.people[:people]:
        desks.enrol(row, who)
    at(2026, 11, 24, 9)
    return desks.fire(row, "open", desk.chair)


def as_(client: Client, who: User) -> Client:
    return client.as_(session.get_one(User, who.id))


@pytest.mark.parametrize(("held", "marked"), [(True, 2), (False, 3)])
def test_a_week_that_is_over_is_marked_unless_its_session_was_held(
    client: Client, desk: Desk, at: At, held: bool, marked: int
) -> None:
    if held:
        opened(desk, at)
    else:
        desks.announced(desk)
    at(2026, 12, 1, 9)
    html = as_(client, desk.head).get("/training").get_data(as_text=True)
    # the two weeks before had none
    assert html.count("这一周没有培训") == marked


def test_the_head_plans_announces_and_a_salesperson_enrols(client: Client, desk: Desk) -> None:
    as_(client, desk.head).get("/training/new")
    typed = {
        **client.page.values("/training/new"),
        "title": "球阀选型",
        "starts_at": "2026-11-25 16:00",
        "ends_at": "2026-11-25 17:00",
        "place": "二楼",
        "chair_id": str(desk.chair.id),
        "capacity": "1",
    }
    wrong = client.post("/training/new", {**typed, "ends_at": "2026-11-25 15:00", "title": ""})
    assert wrong.status_code == 422
    assert "二楼" in client.page.one("input", name="place").attributes["value"]
    assert client.post("/training/new", typed).status_code == 303
    row = the_one()
    page = f"/training/{row.id}"
    assert as_(client, desk.people[0]).get(page).status_code == 404
    as_(client, desk.head).get(page)
    client.submit(f"{page}/announce", page=page)
    as_(client, desk.people[0]).get(page)
    client.submit(f"{page}/enrol", page=page)
    assert "已报名" in client.get(page).text
    as_(client, desk.people[1]).get(page)
    client.submit(f"{page}/enrol", page=page)
    assert "候补第 1 位" in client.get(page).text
    again = client.post(f"{page}/enrol", {"csrf_token": client.csrf_token()})
    assert again.status_code == 409
    assert "您已经报过名了" in again.text
    as_(client, desk.people[0]).get(page)
    client.submit(f"{page}/withdraw", page=page)
    assert desks.states(row, *desk.people[:2]) == ["withdrawn", "enrolled"]


def test_who_may_not_is_told_so(client: Client, desk: Desk) -> None:
    row = desks.announced(desk)
    as_(client, desk.people[0])
    for address in ("/training/new", "/training/series", "/training/subjects", "/training/providers"):
        assert client.get(address).status_code == 403, address
    for name in ("edit", "sign-in", "summon", "screen", "move", "complete"):
        assert client.get(f"/training/{row.id}/{name}").status_code in (403, 409), name
    assert client.get(f"/training/{row.id}/sheet.pdf").status_code == 404
    assert client.get("/training/999").status_code == 404
    assert client.get(f"/training/{row.id}/unknown").status_code == 404
    assert client.get("/training/topics/999").status_code == 404


def test_the_chair_unticks_the_absent_and_that_is_all(client: Client, desk: Desk, at: At) -> None:
    row = opened(desk, at)
    form = f"/training/{row.id}/sign-in"
    as_(client, desk.chair).get(form)
    ticked = [box for box in client.page.all("input", name="present") if "checked" in box.attributes]
    assert len(ticked) == 3
    data = {
        "csrf_token": client.csrf_token(),
        "version": str(row.version),
        "present": [box.attributes["value"] for box in ticked[:2]],
        "file": (io.BytesIO(rulebook.PNG), "sheet.png"),
    }
    stale = client.post(form, {**data, "version": "1", "file": (io.BytesIO(rulebook.PNG), "sheet.png")})
    assert stale.status_code == 409
    assert client.post(form, data).status_code == 303
    found = [desks.states(row, who)[0] for who in desk.people[:3]]
    assert sorted(found) == ["absent", "present", "present"]
    assert "纸质签到表" in client.get(f"/training/{row.id}").text
    # a colleague who takes part sees neither the others nor the sheet
    text = as_(client, desk.people[0]).get(f"/training/{row.id}").text
    assert desk.people[1].name not in text
    assert "sheet.png" not in text


def test_the_screen_shows_the_code_and_scanning_it_signs_in(client: Client, desk: Desk, at: At) -> None:
    with unit_of_work():
        settings.put(SIGN_IN_CODE, True)
    row = opened(desk, at)
    assert row.code_secret is not None
    code = rotating_code.current_code(row.code_secret)
    as_(client, desk.chair).get(f"/training/{row.id}/screen")
    assert code in client.page.text
    part = client.get(f"/training/{row.id}/screen", htmx=True)
    assert code in part.text
    assert "<html" not in part.text
    # who cannot scan finds the field from the page of the session; the chair has no use for it
    link = f'href="/training/{row.id}/here"'
    assert link not in client.get(f"/training/{row.id}").text
    assert link in as_(client, desk.people[0]).get(f"/training/{row.id}").text
    here = f"/training/{row.id}/here?code={code}"
    client.get(here)
    assert client.page.one("input", name="code").attributes["value"] == code
    address = f"/training/{row.id}/here"
    typed = {"csrf_token": client.csrf_token(), "code": code}
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        late = client.post(address, typed)
        assert late.status_code == 409
        assert "二维码已经换了" in late.text
    assert client.post(address, typed).status_code == 303
    assert desks.states(row, desk.people[0]) == ["present"]
    assert link not in client.get(f"/training/{row.id}").text


def test_who_was_late_by_the_code_and_is_unticked_did_not_come(client: Client, desk: Desk, at: At) -> None:
    row = opened(desk, at)
    late, other = (training_queries.person_of(row, who.id) for who in desk.people[:2])
    assert late is not None
    assert other is not None
    desks.call_roll(row, desk.chair, present={late.id: Presence.LATE})
    form = f"/training/{row.id}/sign-in"
    as_(client, desk.chair).get(form)
    assert "open" in client.page.one("details", **{"class": "card"}).attributes
    typed = {**client.page.values(form), "late": [str(late.id)]}
    # a colleague who is only ticked as late came, though late
    assert (
        client.post(form, {**typed, "present": [], "late": [str(late.id), str(other.id)]}).status_code == 303
    )
    assert desks.states(row, *desk.people[:2]) == ["absent", "late"]


def test_feedback_is_for_those_present_and_shown_as_averages(client: Client, desk: Desk, at: At) -> None:
    row = opened(desk, at)
    desks.call_roll(row, desk.chair, *desk.people[:3])
    desks.fire(row, "wrap_up", desk.chair)
    form = f"/training/{row.id}/feedback"
    assert as_(client, desk.people[3]).get(form).status_code == 409
    as_(client, desk.people[0]).get(form)
    typed = {"csrf_token": client.csrf_token(), "content": "5", "delivery": "4"}
    assert client.post(form, typed).status_code == 422
    assert client.post(form, {**typed, "usefulness": "4", "comment": "<b>好</b>"}).status_code == 303
    as_(client, desk.people[1]).get(form)
    again = {**typed, "csrf_token": client.csrf_token(), "content": "3", "usefulness": "4"}
    assert client.post(form, again).status_code == 303
    # of two, each would know what the other said
    page = as_(client, desk.chair).get(f"/training/{row.id}").text
    assert "2 人，满 3 人后显示" in page
    assert "&lt;b&gt;好" not in page
    as_(client, desk.people[2]).get(form)
    assert client.post(form, {**again, "csrf_token": client.csrf_token(), "content": "4"}).status_code == 303
    page = as_(client, desk.chair).get(f"/training/{row.id}").text
    assert "4.0 / 5" in page
    assert "&lt;b&gt;好" in page
    assert "评价（不记名）" not in as_(client, desk.people[1]).get(f"/training/{row.id}").text


def test_leave_is_asked_for_and_answered_over_pages(client: Client, desk: Desk) -> None:
    row = desks.required(desk)
    who = desk.people[0]
    form = f"/training/{row.id}/leave"
    as_(client, who).get(form)
    assert client.post(form, {"csrf_token": client.csrf_token(), "reason": ""}).status_code == 422
    assert client.post(form, {"csrf_token": client.csrf_token(), "reason": "去奉化装泵"}).status_code == 303
    person = training_queries.person_of(row, who.id)
    assert person is not None
    answer = f"/training/{row.id}/people/{person.id}/leave"
    assert as_(client, desk.people[1]).get(answer).status_code == 404
    page = as_(client, desk.chair).get(f"/training/{row.id}")
    assert "去奉化装泵" in page.text
    client.get(answer)
    typed = {"csrf_token": client.csrf_token(), "answer": "refuse", "note": ""}
    assert client.post(answer, typed).status_code == 422
    assert client.post(answer, {**typed, "answer": "grant"}).status_code == 303
    assert desks.states(row, who) == ["leave_granted"]


def test_steps_with_forms_move_and_complete(client: Client, desk: Desk, at: At) -> None:
    row = desks.announced(desk)
    form = f"/training/{row.id}/move"
    as_(client, desk.chair).get(form)
    typed = {**client.page.values(form), "starts_at": "2026-11-01 09:00", "note": "出差"}
    assert client.post(form, typed).status_code == 422
    good = {**typed, "starts_at": "2026-11-27 09:00", "ends_at": "2026-11-27 10:00"}
    assert client.post(form, good).status_code == 303
    page = client.get(f"/training/{row.id}").text
    assert "已改期" in page
    statement = select(TrainingSession).where(TrainingSession.moved_from_id == row.id)
    later = session.execute(statement).unique().scalar_one()
    assert "原定" in client.get(f"/training/{later.id}").text


def test_series_subjects_and_providers_are_kept_by_people_and_training(client: Client, desk: Desk) -> None:
    as_(client, desk.personnel).get("/training/subjects")
    client.submit("/training/subjects/provide", page="/training/subjects")
    assert "企业文化" in client.get("/training/subjects").text
    client.get("/training/series/new")
    typed = {
        **client.page.values("/training/series/new"),
        "title": "周三培训",
        "weekday": "2",
        "begins": "16点",
        "place": "二楼",
        "department_id": str(desk.department.id),
        "chair_id": str(desk.chair.id),
    }
    assert client.post("/training/series/new", typed).status_code == 422
    assert "16:00 的样式" in client.page.text
    assert client.post("/training/series/new", {**typed, "begins": "16:00"}).status_code == 303
    made = session.execute(select(TrainingSession)).unique().scalars().all()
    assert len(made) == 4
    row = session.execute(select(TrainingSeries)).unique().scalar_one()
    edit = f"/training/series/{row.id}/edit"
    client.get(edit)
    assert client.page.one("input", name="begins").attributes["value"] == "16:00"
    changed = {**client.page.values(edit), "place": "一楼"}
    assert client.post(edit, changed).status_code == 303
    client.get("/training/providers/new")
    form = client.page.values("/training/providers/new")
    assert client.post("/training/providers/new", {**form, "name": ""}).status_code == 422
    assert client.post("/training/providers/new", {**form, "name": "阀门学会"}).status_code == 303
    assert "阀门学会" in client.get("/training/providers").text
    assert as_(client, desk.leader).get("/training/providers").status_code == 200


def test_topics_come_from_people_and_from_the_week(client: Client, desk: Desk) -> None:
    as_(client, desk.people[0]).get("/training/topics/new")
    form = client.page.values("/training/topics/new")
    assert client.post("/training/topics/new", {**form, "title": ""}).status_code == 422
    assert client.post("/training/topics/new", {**form, "title": "客户压价怎么谈"}).status_code == 303
    topic = session.execute(select(TrainingTopic)).unique().scalar_one()
    page = f"/training/topics/{topic.id}"
    as_(client, desk.people[1]).get(page)
    client.submit(f"{page}/vote", page=page)
    assert "不想听了" in client.get(page).text
    assert client.get(f"{page}/drop").status_code == 403
    as_(client, desk.head).get(f"/training/new?topic={topic.id}")
    assert client.page.one("input", name="title").attributes["value"] == "客户压价怎么谈"
    client.get(f"{page}/drop")
    client.post(f"{page}/drop", {**client.page.values(f"{page}/drop"), "reason": "下季度讲"})
    assert "下季度讲" in as_(client, desk.people[0]).get(page).text


def test_the_papers_name_everybody_and_the_record_waits_for_the_end(
    client: Client, desk: Desk, at: At
) -> None:
    row = opened(desk, at)
    as_(client, desk.chair)
    sheet = client.get(f"/training/{row.id}/sheet.pdf")
    assert (sheet.status_code, sheet.data[:5]) == (200, b"%PDF-")
    assert client.get(f"/training/{row.id}/record.pdf").status_code == 409
    desks.call_roll(row, desk.chair, desk.people[0])
    desks.fire(row, "wrap_up", desk.chair)
    assert client.get(f"/training/{row.id}/record.pdf").status_code == 200


def test_materials_are_uploaded_by_who_conducts_and_read_by_all(client: Client, desk: Desk) -> None:
    row = desks.announced(desk)
    as_(client, desk.chair).get(f"/training/{row.id}")
    data = {"csrf_token": client.csrf_token(), "file": (io.BytesIO(rulebook.PNG), "valves.png")}
    assert client.post(f"/training/{row.id}/files", data).status_code == 303
    empty = client.post(f"/training/{row.id}/files", {"csrf_token": client.csrf_token()})
    assert empty.status_code == 422
    as_(client, desk.people[0]).get(f"/training/{row.id}")
    assert "valves.png" in client.page.text
    more = {"csrf_token": client.csrf_token(), "file": (io.BytesIO(rulebook.PNG), "b.png")}
    assert client.post(f"/training/{row.id}/files", more).status_code == 403


@pytest.mark.parametrize("address", ["/training", "/training/all", "/training/topics"])
def test_a_list_asks_the_same_however_long_it_is(
    client: Client, desk: Desk, queries: Queries, address: str
) -> None:
    def more(count: int, day: int) -> None:
        for place in range(count):
            start = clock.now() + timedelta(days=day, minutes=place)
            row = desks.announced(desk, starts_at=start)
            with unit_of_work():
                topics.propose(actor=factories.actor(desk.people[0]), title=f"话题 {day} {place}")
            assert row.number

    more(1, 1)
    as_(client, desk.people[0]).get(address)
    with queries() as one:
        client.get(address)
    more(30, 2)
    with queries() as many:
        client.get(address)
    assert len(many) == len(one)


def test_a_session_asks_the_same_however_many_take_part(client: Client, desk: Desk, queries: Queries) -> None:
    row = desks.announced(desk)
    desks.enrol(row, desk.people[0])
    as_(client, desk.chair).get(f"/training/{row.id}")
    with queries() as one:
        client.get(f"/training/{row.id}")
    for place in range(30):
        desks.enrol(row, factories.user(f"新人{place}", f"n{place}", desk.department))
    client.get(f"/training/{row.id}")
    with queries() as many:
        client.get(f"/training/{row.id}")
    assert len(many) == len(one) <= 10

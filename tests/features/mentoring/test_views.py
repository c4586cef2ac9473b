"""The pages of mentoring over HTTP: list, offer, page, notes, steps, paper."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.mentoring.models import MentorPair
from app.features.people.models import User
from tests.client import Client
from tests.features.mentoring import desk
from tests.features.mentoring.desk import School

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def school(at) -> School:
    at(2026, 11, 2, 9, 0)
    return desk.school()


def test_offered_accepted_noted_and_closed_in_the_browser(client: Client, school: School) -> None:
    client.as_(school.manager).get("/mentoring/new")
    values = {
        **client.page.values("/mentoring/new"),
        "mentor_id": str(school.mentor.id),
        "pupil_id": str(school.pupil.id),
        "starts_on": "2026-11-02",
        "ends_on": "2027-01-31",
        "goals": "独立报价",
    }
    assert client.post("/mentoring/new", {**values, "ends_on": "2026-11-01"}).status_code == 422
    assert "独立报价" in client.page.text
    first = client.post("/mentoring/new", values)
    assert first.status_code == 303
    assert client.post("/mentoring/new", values).headers["Location"] == first.headers["Location"]
    assert session.query(MentorPair).count() == 1
    address = first.headers["Location"]
    for side in (school.mentor, school.pupil):
        client.as_(side).get(address)
        assert client.submit(f"{address}/accept").status_code == 303
    number = int(address.rsplit("/", 1)[1])
    week = desk.load(number).weeks[0].id
    form = f"{address}/weeks/{week}/note"
    client.as_(school.mentor).get(form)
    assert client.post(form, {**client.page.values(form), "note": ""}).status_code == 422
    assert (
        client.post(form, {**client.page.values(form), "note": "练选型", "version": "77"}).status_code == 409
    )
    assert "练选型" in client.page.text
    client.get(form)
    assert client.post(form, {**client.page.values(form), "note": "练选型"}).status_code == 303
    form = f"{address}/weeks/{week}/answer"
    client.as_(school.pupil).get(form)
    assert "练选型" in client.page.text
    assert client.post(form, {**client.page.values(form), "answer": "会了"}).status_code == 303
    for who, name, typed in (
        (school.manager, "mid", {"mid_text": "进展好"}),
        (school.manager, "finish", None),
        (school.mentor, "rate", {"score": "5", "words": "肯学"}),
        (school.pupil, "rate", {"score": "4", "words": "讲得细"}),
        (school.manager, "close", {"conclusion": "可以独立报价"}),
    ):
        step = f"{address}/{name}"
        client.as_(who).get(address if typed is None else step)
        if typed is None:
            assert client.submit(step).status_code == 303
        else:
            assert (
                client.post(step, {**client.page.values(step), **dict.fromkeys(typed, "")}).status_code == 422
            )
            assert client.post(step, {**client.page.values(step), **typed}).status_code == 303, name
    client.get(address)
    for text in ("练选型", "会了", "进展好", "肯学", "讲得细", "可以独立报价", "已结业"):
        assert text in client.page.text


def test_a_missed_week_stands_out_and_is_found(client: Client, school: School, at) -> None:
    number = desk.running(school)
    at(2026, 11, 11, 9, 0)
    client.as_(school.manager).get(f"/mentoring/{number}")
    missed = [each for each in client.page.all("span", **{"data-tone": "bad"}) if each.text.strip() == "缺记"]
    assert len(missed) == 1
    assert "1 周没有周记" in client.page.text
    client.get("/mentoring?missed=yes")
    (link,) = [each for each in client.page.all("a", href=f"/mentoring/{number}") if each.inside("td")]
    assert link.text.strip() == "周文静"
    client.get(f"/mentoring?person={school.keeper.id}")
    assert "没有符合条件的记录" in client.page.text
    assert client.get("/mentoring?format=csv").status_code == 200


@pytest.mark.parametrize("name", ["manager", "personnel", "mentor", "pupil", "keeper"])
def test_who_opens_what(client: Client, school: School, name: str) -> None:
    number = desk.running(school)
    week = desk.load(number).weeks[0].id
    coming = desk.load(number).weeks[1].id
    page = f"/mentoring/{number}"
    client.as_(getattr(school, name))
    arranges, sees = name in ("manager", "personnel"), name != "keeper"
    expected = {
        "/mentoring": 200,
        "/mentoring/new": 200 if arranges else 403,
        page: 200 if sees else 404,
        f"{page}/record.pdf": 200 if sees else 404,
        f"{page}/mid": 200 if arranges else 403 if sees else 404,
        f"{page}/close": 409 if arranges else 403 if sees else 404,
        f"{page}/rate": 409 if name in desk.SIDES else 403 if sees else 404,
        f"{page}/weeks/{week}/note": 200 if name == "mentor" else 403 if sees else 404,
        f"{page}/weeks/{week}/answer": 200 if name == "pupil" else 403 if sees else 404,
        f"{page}/weeks/{coming}/note": 409 if name == "mentor" else 403 if sees else 404,
        f"{page}/weeks/999/note": 404,
        f"{page}/nothing": 404,
        "/mentoring/999": 404,
        "/mentoring/999/record.pdf": 404,
    }
    assert {address: client.get(address).status_code for address in expected} == expected


def test_pages_speak_english(client: Client, school: School) -> None:
    number = desk.running(school)
    with unit_of_work():
        session.get_one(User, school.mentor.id).locale = "en"
    client.as_(school.mentor).get(f"/mentoring/{number}")
    assert "Weekly notes" in client.page.text


def test_queries_do_not_rise_with_the_rows(client: Client, school: School, queries: Queries) -> None:
    number = desk.running(school, days=20)
    client.as_(school.mentor)
    desk.note(school, number, clock.today())

    def counted() -> list[int]:
        found = []
        for page in ("/mentoring", f"/mentoring/{number}"):
            client.get(page)
            with queries() as sent:
                client.get(page)
            found.append(len(sent))
        return found

    before = counted()
    desk.step(school, number, "dissolve", "manager", "调岗")
    for _more in range(29):
        other = desk.offered(school, "leader", pupil_id=school.keeper.id)
        desk.step(school, other, "decline", "keeper", "排不开")
    number = desk.running(school, days=300)
    desk.note(school, number, clock.today())
    assert len(desk.load(number).weeks) > 30
    assert desk.load(number).ends_on == date(2026, 11, 2) + timedelta(days=300)
    assert counted() == before

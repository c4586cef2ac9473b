"""The pages of drills over HTTP: templates, preparing, cast, stages, files, sheets, results, steps, papers."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from app.core.db import session
from app.core.uow import unit_of_work
from app.features.drills.models import Drill, DrillTemplate
from app.features.people.models import User
from tests.client import Client
from tests.features.drills import desk
from tests.features.drills.desk import Stage

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def stage() -> Stage:
    return desk.stage()


def fill(client: Client, form: str, **typed: str) -> int:
    client.get(form)
    return client.post(form, {**client.page.values(form), **typed}).status_code


def test_from_template_to_the_library_in_the_browser(client: Client, stage: Stage) -> None:
    client.as_(stage.manager)
    values = {name: str(value) for name, value in vars(desk.template_values()).items() if name != "active"}
    new = "/drills/templates/new"
    assert fill(client, new, **{**values, "criteria": "调研 | 问清"}, active="y") == 422
    assert "第 1 行" in client.page.text
    assert fill(client, new, **values, active="y") == 303
    template = session.query(DrillTemplate).one().id
    edit = f"/drills/templates/{template}"
    assert fill(client, edit, scene="改写的情景") == 303
    assert fill(client, edit, version="99") == 409
    assert fill(client, "/drills/new", template_id=str(template), title="", held_on="2026-01-05") == 422
    assert (
        fill(client, "/drills/new", template_id=str(template), title="泵站改造", held_on="2026-01-05") == 303
    )
    number = session.query(Drill).one().id
    page = f"/drills/{number}"
    cast = f"{page}/cast"
    assert fill(client, cast, user_id=str(stage.player.id), kind="player", role="") == 422
    assert fill(client, cast, user_id=str(stage.player.id), kind="player", role="销售员") == 303
    for judge in (stage.leader, stage.engineer, stage.second):
        assert fill(client, cast, user_id=str(judge.id), kind="judge") == 303
    assert fill(client, cast, user_id=str(stage.player.id), kind="judge") == 422
    second = desk.load(number).judges[-1].id
    assert client.post(f"{page}/cast/{second}/remove", {}).status_code == 303
    assert client.post(f"{page}/cast/{second}/remove", {}).status_code == 404
    client.as_(stage.player)
    assert client.get(f"{page}/stages/negotiation").status_code == 409
    for kind in desk.STAGES:
        assert fill(client, f"{page}/stages/{kind}", notes="") == 422
        assert fill(client, f"{page}/stages/{kind}", notes=f"记录 {kind}") == 303
    data = {"file": (io.BytesIO(b"plan"), "方案.txt")}
    assert client.post(f"{page}/files", data, content_type="multipart/form-data").status_code == 303
    assert client.post(f"{page}/files", {}).status_code == 422
    client.as_(stage.manager).get(page)
    assert client.submit(f"{page}/rehearse").status_code == 303
    for judge, points in ((stage.leader, "8"), (stage.engineer, "6")):
        client.as_(judge)
        given = {f"points_{each.id}": points for each in desk.load(number).criteria}
        assert fill(client, f"{page}/score", **dict.fromkeys(given, "11"), words="评语留着") == 422
        assert "评语留着" in client.page.text
        assert fill(client, f"{page}/score", **given, words="问得细") == 303
        assert client.get(f"{page}/score").status_code == 409
        assert client.get(f"{page}/sheet.pdf").status_code == 200
    client.as_(stage.manager)
    assert fill(client, f"{page}/debrief", good="问得细", bad="让得快", lesson="先问用量") == 303
    client.get(page)
    assert client.submit(f"{page}/write_case").status_code == 303
    client.get(page)
    for text in ("70.0", "先问用量", "已写入案例库", "记录 survey", "80.0 分"):
        assert text in client.page.text


@pytest.mark.parametrize("name", ["manager", "player", "engineer", "keeper"])
def test_who_opens_what(client: Client, stage: Stage, name: str) -> None:
    number, done = desk.rehearsed(stage), desk.scored(stage)
    ahead = desk.prepared(stage)
    page = f"/drills/{number}"
    client.as_(getattr(stage, name))
    leads, sees = name == "manager", name != "keeper"
    expected = {
        "/drills": 200,
        "/drills/new": 200 if leads else 403,
        "/drills/templates": 200 if leads else 403,
        "/drills/templates/new": 200 if leads else 403,
        "/drills/templates/99": 404 if leads else 403,
        page: 200 if sees else 404,
        f"{page}/score": 200 if name == "engineer" else 403 if sees else 404,
        f"{page}/edit": 409 if leads else 404,
        f"{page}/stages/survey": 403 if name == "engineer" else 409 if sees else 404,
        f"{page}/blank.pdf": 200 if sees else 404,
        f"{page}/sheet.pdf": 404,
        f"{page}/result.pdf": 404,
        f"{page}/debrief": 409 if leads else 403 if sees else 404,
        f"{page}/nothing": 404,
        f"/drills/{done}/result.pdf": 200 if sees else 404,
        f"/drills/{done}/sheet.pdf": 200 if name == "engineer" else 404,
        f"/drills/{done}/debrief": 200 if leads else 403 if sees else 404,
        f"/drills/{ahead}/edit": 200 if leads else 404,
        f"/drills/{ahead}/cast": 200 if leads else 404,
        f"/drills/{ahead}/stages/survey": 200 if name in ("manager", "player") else 403 if sees else 404,
        f"/drills/{ahead}/stages/lunch": 404,
        f"/drills/people/{stage.player.id}": 200 if name in ("manager", "player") else 404,
        "/drills/people/99": 404,
        "/drills/999": 404,
    }
    assert {address: client.get(address).status_code for address in expected} == expected


def test_results_of_a_person_show_their_course_in_both_languages(client: Client, stage: Stage) -> None:
    desk.scored(stage)
    client.as_(stage.player).get(f"/drills/people/{stage.player.id}")
    assert "70.0" in client.page.text
    assert client.page.one("svg", role="img")
    with unit_of_work():
        session.get_one(User, stage.player.id).locale = "en"
    client.as_(stage.player).get(f"/drills/people/{stage.player.id}")
    assert "Average score" in client.page.text


def test_queries_do_not_rise_with_the_rows(client: Client, stage: Stage, queries: Queries) -> None:
    number = desk.scored(stage)
    pages = ("/drills", f"/drills/{number}", "/drills/templates", f"/drills/people/{stage.player.id}")

    def counted() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with queries() as sent:
                client.get(page)
            found.append(len(sent))
        return found

    client.as_(stage.manager)
    before = counted()
    for _more in range(14):
        desk.scored(stage)
    assert counted() == before

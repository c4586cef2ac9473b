"""The pages of checks over HTTP: who opens what, recording with a photo, steps, refusals, list, export, print."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from app.core.db import session
from app.features.checks import queries
from app.features.checks.models import ClauseCheck
from app.features.people.models import User
from tests.client import Client
from tests.features.checks import desk as checks
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


@pytest.fixture
def rule(desk: Desk) -> int:
    return rulebook.published(desk)


@pytest.fixture
def clause(rule: int) -> int:
    return checks.clause(rule)


def sign_in(client: Client, desk: Desk, name: str) -> Client:
    return client.as_(session.get_one(User, getattr(desk, name).id))


def test_the_manager_records_a_check_with_a_photo_from_the_clause(
    client: Client, desk: Desk, rule: int, clause: int
) -> None:
    form = f"/checks/new?clause={clause}"
    sign_in(client, desk, "manager").get(f"/rules/versions/{rule}?acts=1")
    assert client.page.all("a", href=form)
    client.get(form)
    assert "《车辆管理办法》第一条" in client.page.text
    assert "车辆由专人负责。" in client.page.text
    assert "马仓库" not in client.page.text
    typed = {
        **client.page.values(form),
        "subject_id": str(desk.reader.id),
        "result": "deviating",
        "note": "钥匙无人看管",
    }
    wrong = client.post(form, {**typed, "note": "", "file": (io.BytesIO(rulebook.PNG), "a.png")})
    assert wrong.status_code == 422
    assert "车辆由专人负责。" in client.page.text
    assert client.page.one("option", value=str(desk.reader.id)).attributes.get("selected") is not None
    lying = client.post(form, {**typed, "file": (io.BytesIO(b"%PDF-1.4"), "a.png")})
    assert lying.status_code == 422
    assert "钥匙无人看管" in client.page.text
    first = client.post(form, {**typed, "file": (io.BytesIO(rulebook.PNG), "钥匙.png")})
    assert first.status_code == 303
    again = client.post(form, {**typed, "file": (io.BytesIO(rulebook.PNG), "钥匙.png")})
    assert again.headers["Location"] == first.headers["Location"]
    assert session.query(ClauseCheck).count() == 1
    client.get(first.headers["Location"])
    assert all(text in client.page.text for text in ("孙晓", "不符合", "钥匙.png", "已记录"))


def test_only_who_checks_opens_the_form_and_only_for_a_clause_in_force(
    client: Client, desk: Desk, clause: int
) -> None:
    assert sign_in(client, desk, "reader").get(f"/checks/new?clause={clause}").status_code == 403
    sign_in(client, desk, "manager")
    for asked in ("", "?clause=999", "?clause=x", f"?clause={2**40}"):
        assert client.get(f"/checks/new{asked}").status_code == 404
    form = f"/checks/new?clause={clause}"
    client.get(form)
    nobody = {**client.page.values(form), "result": "deviating", "note": "x"}
    assert client.post(form, nobody).status_code == 422
    assert "请选择一个人，或一个部门" in client.page.text


def test_the_person_explains_the_manager_guides_and_closes(client: Client, desk: Desk, clause: int) -> None:
    number = checks.record(desk, clause)
    page = f"/checks/{number}"
    sign_in(client, desk, "manager").get(page)
    assert client.get(f"{page}/explain").status_code == 403
    assert client.get(f"{page}/nothing").status_code == 404
    sign_in(client, desk, "reader").get(page)
    assert client.page.all("a", href=f"{page}/explain")
    assert client.page.all("a", href="/checks") == []
    client.get(f"{page}/explain")
    assert client.submit(f"{page}/explain", {"explanation": ""}).status_code == 422
    assert client.submit(f"{page}/explain", {"explanation": "忘了"}).status_code == 303
    sign_in(client, desk, "manager").get(f"{page}/guide")
    past = client.submit(f"{page}/guide", {"agreed": "锁柜", "look_again_on": "2020-01-01"})
    assert past.status_code == 422
    assert "锁柜" in client.page.text
    day = rulebook.tomorrow(7).isoformat()
    assert client.submit(f"{page}/guide", {"agreed": "锁柜", "look_again_on": day}).status_code == 303
    stale = client.post(f"{page}/close", {"version": "1", "conclusion": "已做到"})
    assert stale.status_code == 409
    assert "已做到" in client.page.text
    client.get(f"{page}/close")
    assert client.submit(f"{page}/close", {"conclusion": "已做到"}).status_code == 303
    client.get(page)
    assert all(text in client.page.text for text in ("忘了", "锁柜", "已做到", "已关闭"))
    assert client.get(f"{page}/guide").status_code == 409


def test_early_guidance_is_refused_with_what_was_typed(client: Client, desk: Desk, clause: int) -> None:
    page = f"/checks/{checks.record(desk, clause)}"
    sign_in(client, desk, "manager").get(f"{page}/guide")
    day = rulebook.tomorrow(7).isoformat()
    response = client.submit(f"{page}/guide", {"agreed": "锁柜", "look_again_on": day})
    assert response.status_code == 409
    assert "还没有说明情况" in client.page.text
    assert "锁柜" in client.page.text


def test_strangers_find_no_name_anywhere_but_everybody_the_figure(
    client: Client, desk: Desk, rule: int, clause: int
) -> None:
    number = checks.record(desk, clause)
    checks.record(desk, clause, result="conforming", subject_id=desk.colleague.id)
    assert sign_in(client, desk, "other").get(f"/checks/{number}").status_code == 404
    assert client.get("/checks").status_code == 403
    client.get("/search?q=车钥匙")
    assert "JC-" not in client.page.text
    client.get(f"/rules/versions/{rule}")
    assert "1/2" in client.page.text
    assert client.page.all("a", href=f"/checks?clause={clause}") == []
    sign_in(client, desk, "manager").get(f"/rules/versions/{rule}")
    assert client.page.one("a", href=f"/checks?clause={clause}").text == "1 项不符合"
    client.get(f"/checks?clause={clause}&result=deviating")
    assert "孙晓" in client.page.text
    assert "周静" not in client.page.text


def test_the_list_equals_the_figure_is_exported_and_printed(
    client: Client, desk: Desk, clause: int, queries: Queries
) -> None:
    sign_in(client, desk, "leader").get("/checks")
    assert "还没有执行检查" in client.page.text
    checks.record(desk, clause)
    client.get("/checks")
    with queries() as one:
        client.get("/checks")
    for _number in range(4):
        checks.record(desk, clause)
    client.get("/checks")
    with queries() as many:
        client.get("/checks")
    assert len(many) == len(one) <= 10
    for kind in ("csv", "xlsx", "print"):
        assert client.get(f"/checks?format={kind}").status_code == 200
    client.get("/checks?clause=999&result=nothing&sort=x")
    assert "共 5 条" in client.page.text


def test_a_figure_on_the_clause_is_that_of_its_list(
    client: Client, desk: Desk, rule: int, clause: int
) -> None:
    for place in range(5):
        checks.record(desk, clause, result="conforming" if place % 2 else "deviating")
    kept, due = queries.counts(rulebook.load(rule).rule_id)[clause]
    sign_in(client, desk, "leader").get(f"/checks?clause={clause}&result=deviating")
    assert f"共 {due - kept} 条" in client.page.text


def test_pages_speak_english(client: Client, desk: Desk, rule: int, clause: int) -> None:
    number = checks.record(desk, clause)
    checks.explained(desk, number)
    client.as_(session.get_one(User, desk.manager.id))
    client.post("/language", {"language": "en"})
    for address, said in (
        ("/checks", "Recorded by"),
        (f"/checks/{number}", "What was found"),
        (f"/checks/{number}/guide", "What was agreed"),
        (f"/checks/new?clause={clause}", "Person checked"),
        (f"/rules/versions/{rule}?acts=1", "Record a check"),
    ):
        client.get(address)
        assert said in client.page.text, address

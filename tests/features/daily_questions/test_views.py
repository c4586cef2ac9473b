"""The daily question over HTTP: in place, without scripts, how far rules are known, who sees names."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from app.core import settings as installation
from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.people.models import User
from tests import factories
from tests.client import Client
from tests.features.daily_questions import quiz
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(2026, 11, 23, 9, 0)


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


def sign_in(client: Client, desk: Desk, name: str) -> Client:
    return client.as_(session.get_one(User, getattr(desk, name).id))


def address(desk: Desk) -> str:
    question = quiz.today(desk)
    assert question is not None
    return f"/daily-questions/{question.id}/answer"


def test_answered_in_place_on_the_workbench(client: Client, desk: Desk) -> None:
    sign_in(client, desk, "reader").get("/")
    assert "每日一题" not in client.page.text
    quiz.rule(desk)
    form = address(desk)
    client.get("/")
    assert "车辆管理办法第 1 题？" in client.page.text
    values = client.page.values(form)
    nothing = client.post(form, values, htmx=True)
    assert nothing.status_code == 422
    assert "请先选择一个答案" in client.page.text
    answered = client.post(form, {**values, "option": str(quiz.WRONG)}, htmx=True)
    assert answered.status_code == 200
    assert all(
        text in client.page.text
        for text in ("答得不对", "您选的是：不用", "正确答案：要", "《车辆管理办法》第一条")
    )
    clause = next(link for link in client.page.all("a") if "#clause-" in link.attributes["href"])
    assert client.get(clause.attributes["href"].split("#")[0]).status_code == 200
    client.get("/")
    assert "答得不对" in client.page.text
    assert client.page.all("form", action=form) == []


def test_answered_without_scripts_on_a_page_of_its_own(client: Client, desk: Desk) -> None:
    sign_in(client, desk, "reader").get("/daily-questions/today")
    assert "今天没有要答的题" in client.page.text
    quiz.rule(desk)
    form = address(desk)
    client.get("/daily-questions/today")
    values = client.page.values(form)
    assert client.post(form, values).status_code == 422
    assert client.page.heading == "每日一题"
    answer = client.post(form, {**values, "option": str(quiz.RIGHT)})
    assert answer.headers["Location"] == "/daily-questions/today"
    client.get("/daily-questions/today")
    assert "答对了" in client.page.text
    assert client.post("/daily-questions/99/answer", {**values, "option": "0"}).status_code == 409


def test_the_reader_sees_the_own_mastery_the_departments_are_figures_for_everybody(
    client: Client, desk: Desk
) -> None:
    sign_in(client, desk, "other").get("/daily-questions/mastery")
    assert "还没有人答过每日一题" in client.page.text
    quiz.rule(desk)
    quiz.answer(desk, quiz.WRONG)
    quiz.answer(desk, quiz.RIGHT, "colleague")
    sign_in(client, desk, "reader").get("/rules/mine")
    assert "共 2 题，答过 1 题 · 1 题最近答错" in client.page.text
    assert "掌握 0 / 2" in client.page.text
    sign_in(client, desk, "other").get("/daily-questions/mastery")
    assert "销售部" in client.page.text
    assert "0%" in client.page.text
    assert "孙晓" not in client.page.text
    assert not [link for link in client.page.all("a") if "mastery/people" in link.attributes["href"]]
    assert client.get("/daily-questions/mastery/people").status_code == 403


def test_names_are_for_the_head_of_the_department_and_personnel(client: Client, desk: Desk) -> None:
    quiz.rule(desk)
    for who in ("reader", "colleague", "other"):
        quiz.answer(desk, quiz.WRONG, who)
    sign_in(client, desk, "manager").get("/daily-questions/mastery")
    links = [
        link.attributes["href"]
        for link in client.page.all("a")
        if "mastery/people?" in link.attributes["href"]
    ]
    assert len(links) == 1
    client.get(links[0])
    assert "孙晓" in client.page.text
    client.get("/daily-questions/mastery/people")
    assert "马仓库" not in client.page.text
    keeper = factories.user("韩梅", "h1", None, [Role.PEOPLE])
    client.as_(keeper).get("/daily-questions/mastery/people")
    assert all(name in client.page.text for name in ("孙晓", "周静", "马仓库"))
    exported = client.get("/daily-questions/mastery/people?format=csv").data.decode("utf-8-sig")
    assert exported.count("车辆管理办法") == 3
    client.get("/daily-questions/mastery?format=print")
    assert "制表人" in client.page.text


def test_queries_do_not_rise_with_questions_and_people(client: Client, desk: Desk, queries: Queries) -> None:
    quiz.rule(desk)
    quiz.answer(desk, quiz.WRONG)
    pages = ("/", "/rules/mine", "/daily-questions/mastery", "/daily-questions/mastery/people")
    counts = []
    for round_ in range(2):
        sign_in(client, desk, "manager")
        for page in pages:
            client.get(page)
            with queries() as sent:
                assert client.get(page).status_code == 200
            counts.append(len([statement for statement in sent if statement.startswith("SELECT")]))
        if not round_:
            for title in ("报销办法", "会议制度"):
                quiz.rule(desk, 5, title=title)
            for who in ("colleague", "other"):
                quiz.answer(desk, quiz.WRONG, who)
    assert counts[: len(pages)] == counts[len(pages) :]
    assert max(counts) <= 10


def test_switched_off_nothing_is_left_of_it(client: Client, desk: Desk) -> None:
    quiz.rule(desk)
    form = address(desk)
    with unit_of_work():
        installation.put("modules.switches", {"daily_questions": False})
    sign_in(client, desk, "reader")
    for page in ("/", "/rules/mine"):
        client.get(page)
        assert "每日一题" not in client.page.text
        assert "掌握情况" not in client.page.text
    for page in ("/daily-questions/today", "/daily-questions/mastery"):
        assert client.get(page).status_code == 404
    assert client.post(form, {"option": "1"}).status_code == 404

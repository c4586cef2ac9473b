"""Rules shipped as templates: what they say, and how an empty installation takes one over."""

import re

import pytest

from app.core import settings as installation
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.rules import templates
from app.features.rules.enums import RuleCategory, VersionStatus
from app.features.rules.models import Rule, RuleVersion
from app.features.rules.versions import STAFF_WORDS, full_words
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

COMPANY = "江苏测试机械有限公司"


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


def test_eight_rules_each_with_a_category_of_its_own_kind_and_questions() -> None:
    found = templates.all_templates(COMPANY)
    assert len(found) == len({each.title for each in found}) == 8
    for each in found:
        assert each.category in set(RuleCategory), each.key
        assert each.summary
        assert len(each.questions) >= 2, each.key
        assert sum(mark == "@" for mark, _text in each.clauses) >= 9, each.key


@pytest.mark.parametrize("key", templates.KEYS)
def test_questions_name_clauses_of_their_template_and_links_lead_somewhere(key: str) -> None:
    chosen = templates.template(key, COMPANY)
    for question in chosen.questions:
        assert question.cited in chosen.cited, question
        assert 0 <= question.answer < len(question.options) == len(set(question.options))
    for _mark, text in chosen.clauses:
        assert set(re.findall(r"\[\[(.+?)\]\]", text)) <= set(chosen.cited)


@pytest.mark.parametrize("key", templates.KEYS)
def test_the_company_is_named_and_no_placeholder_is_left(key: str) -> None:
    said = "".join(text for _mark, text in templates.template(key, COMPANY).clauses)
    assert COMPANY in said
    assert "{" not in said
    unnamed = "".join(text for _mark, text in templates.template(key, " ").clauses)
    assert "本公司（以下简称公司）" in unnamed


def test_an_unknown_template_is_none() -> None:
    with pytest.raises(KeyError):
        templates.template("../enums", COMPANY)


@pytest.mark.parametrize("key", templates.KEYS)
def test_each_becomes_a_draft_with_its_links_and_questions_that_can_be_approved(desk: Desk, key: str) -> None:
    chosen = templates.template(key, COMPANY)
    with unit_of_work():
        version = templates.start_rule_from(
            chosen, actor=desk.actor("manager"), values=templates.values_of(chosen, desk.department.id)
        )
        number = version.id
    version = rulebook.load(number)
    assert (version.status, version.title, version.owner_id) == (
        VersionStatus.DRAFT,
        chosen.title,
        desk.manager.id,
    )
    assert [text.cited for text in version.clauses] == chosen.cited
    assert len(version.questions) == len(chosen.questions)
    assert all(question.clause_id is not None for question in version.questions)
    assert "[[" not in full_words(version)
    if not version.affects_staff:
        rulebook.approve(desk, number)
        assert rulebook.load(number).status == VersionStatus.APPROVED
    else:
        assert STAFF_WORDS.search(full_words(version))


def test_an_empty_installation_takes_a_template_over_once(client: Client, desk: Desk) -> None:
    with unit_of_work():
        installation.put("company.name", COMPANY)
    client.as_(session.get_one(User, desk.manager.id)).get("/rules")
    assert client.page.all("a", href="/rules/templates")
    client.get("/rules/templates")
    assert len([link for link in client.page.all("a") if "/rules/templates/" in link.attributes["href"]]) == 8
    assert "已有同名制度" not in client.page.text
    form = "/rules/templates/contracts"
    client.get(form)
    assert COMPANY in client.page.text
    assert "第一条" in client.page.text
    values = client.page.values(form)
    assert client.post(form, {**values, "department_id": ""}).status_code == 422
    assert client.page.errors()
    typed = {**values, "department_id": str(desk.department.id)}
    first = client.post(form, typed)
    assert first.status_code == 303
    assert client.post(form, typed).headers["Location"] == first.headers["Location"]
    assert session.query(Rule).count() == 1
    client.get(first.headers["Location"])
    assert COMPANY in client.page.html
    assert session.query(RuleVersion).one().title == "合同与单据管理办法"
    client.get("/rules/templates")
    assert client.page.text.count("已有同名制度") == 1
    client.get(form)
    assert "再次取用会另外建立一份草稿" in client.page.text


def test_templates_are_for_who_drafts_rules(client: Client, desk: Desk) -> None:
    client.as_(session.get_one(User, desk.reader.id)).get("/rules")
    assert client.page.all("a", href="/rules/templates") == []
    for page in ("/rules/templates", "/rules/templates/mechanism"):
        assert client.get(page).status_code == 403
    client.as_(session.get_one(User, desk.manager.id))
    assert client.get("/rules/templates/nothing").status_code == 404
    elsewhere = {"department_id": str(desk.elsewhere.id)}
    assert client.submit("/rules/templates/mechanism", elsewhere).status_code == 403
    assert session.query(Rule).count() == 0

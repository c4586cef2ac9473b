"""The kept text of a published version: made once, and never what it would not be if it were made anew."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.rules import whole_text
from app.features.rules.clause_text import Paragraph, Run
from app.features.rules.enums import NumberStyle
from app.features.rules.outline import OutlineRow
from app.features.supervision.actions import bind_clause
from tests import factories
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

ARTICLE = NumberStyle.ARTICLE
TOKEN = re.compile(r'value="[^"]{60,}"')


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def linking(clause: int) -> OutlineRow:
    return OutlineRow(1, ARTICLE, body=(Paragraph((Run("按"), Run("第一条", clause=clause), Run("办。"))),))


def anew(client: Client, address: str) -> str:
    """A page made of nothing kept."""
    whole_text._texts.clear()
    whole_text._outside.clear()
    return shown(client, address)


def shown(client: Client, address: str) -> str:
    """A page without the tokens of its forms, which no two pages share."""
    return TOKEN.sub("", client.get(address).get_data(as_text=True))


def test_the_second_reader_costs_no_clause_and_sees_the_same(
    client: Client, desk: Desk, queries: Callable[[], Any]
) -> None:
    address = f"/rules/versions/{rulebook.published(desk)}"
    first = anew(client.as_(desk.reader), address)
    with queries() as asked:
        second = shown(client, address)
    assert not [statement for statement in asked if "clause_text" in statement]
    assert len(asked) <= 10
    assert second == first
    assert "用车须提前预约。" in second
    manager = shown(client.as_(desk.manager), address)
    assert anew(client, address) == manager


def test_what_one_may_do_is_no_part_of_what_is_kept(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    address = f"/rules/versions/{version_id}?acts=1"
    clause = rulebook.load(version_id).clauses[1].clause_id
    assert f"/supervision/clauses/{clause}" in client.as_(desk.manager).get(address).get_data(as_text=True)
    page = client.as_(desk.reader).get(address).get_data(as_text=True)
    assert f"/supervision/clauses/{clause}" not in page


def test_a_link_follows_the_rule_it_leads_to(client: Client, desk: Desk) -> None:
    first = rulebook.published(desk)
    target = rulebook.load(first).clauses[1].clause_id
    second = rulebook.published(desk, title="用车补贴办法", rows=(linking(target),))
    address = f"/rules/versions/{second}"
    page = client.as_(desk.reader).get(address).get_data(as_text=True)
    rule = rulebook.load(first).rule_id
    assert f'<a href="/rules/{rule}#clause-{target}">《车辆管理办法》第一条</a>' in page
    rulebook.step(desk, first, "void", "leader", note="不用了", void_on=rulebook.tomorrow(0), aware=True)
    page = client.get(address).get_data(as_text=True)
    assert "<del>第一条（该条已不存在）</del>" in page
    client.as_(factories.user("李", "e1", desk.department, [Role.SALESPERSON], locale="en"))
    page = client.get(address).get_data(as_text=True)
    assert "该条已不存在" not in page
    assert "<del>" in page


def test_figures_stand_below_their_clause_and_are_never_kept_with_the_text(
    client: Client, desk: Desk
) -> None:
    version_id = rulebook.published(desk)
    address = f"/rules/versions/{version_id}"
    before = client.as_(desk.reader).get(address).get_data(as_text=True)
    clause = rulebook.load(version_id).clauses[2].clause_id
    with unit_of_work():
        bind_clause(clause, actor=desk.actor("manager"), target="rules-signed", version=0)
    page = client.get(address).get_data(as_text=True)
    assert "制度阅读签认" not in before
    place = page.index(f'id="clause-{clause}"')
    following = rulebook.load(version_id).clauses[3].clause_id
    note = page.index("制度阅读签认")
    assert place < note < page.index(f'id="clause-{following}"')


def test_a_draft_is_never_kept(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager).get(f"/rules/versions/{version_id}")
    kept = [key for key in whole_text._texts._found if key[0] == version_id and key[1] is None]
    assert kept == []

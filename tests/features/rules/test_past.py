"""The search over versions that no longer hold: off by default, marked where it is on, never a draft."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock, search
from app.core.db import session
from app.core.files import check_upload
from app.core.search import Hit
from app.core.uow import unit_of_work
from app.features.rules import attachments, past, versions
from app.features.rules.enums import RULE_ATTACHMENT, RULE_CLAUSE, RULE_VERSION, Standing
from app.features.rules.models import RuleVersion, is_or_was_in_force
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

WORD = "提前预约"
EVERYBODY = ("other", "reader", "colleague", "manager", "leader")


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def hits(
    desk: Desk, words: str, kind: str = RULE_CLAUSE, *, who: str = "other", old: bool = True
) -> list[Hit]:
    """What somebody finds of a kind, old versions among it."""
    groups = search.find(desk.actor(who), words, 50, kind, past=old)
    return [hit for group in groups for hit in group.hits]


def marks(found: list[Hit]) -> list[tuple[str, str]]:
    """Version and state of what was found."""
    return [(hit.mark[0], hit.mark[1]) for hit in found if hit.mark is not None]


def test_old_clauses_are_found_only_when_asked_for_and_say_which_version_they_are_of(desk: Desk) -> None:
    first = rulebook.published(desk)
    second = rulebook.revised(desk, first, material=False, text="归还时交钥匙。")
    third = rulebook.revised(desk, second, text="归还时登记里程。")
    for who in EVERYBODY:
        (only,) = hits(desk, WORD, who=who, old=False)
        assert only.mark is None
        assert marks(hits(desk, WORD, who=who)) == [
            ("第 2 版", "现行"),
            ("第 1 版（第 1 次更正）", "被替代"),
            ("第 1 版", "被替代"),
        ]
    titles = hits(desk, "车辆管理", RULE_VERSION)
    assert [hit.doc_id for hit in titles] == [third, second, first]
    assert [state for _version, state in marks(titles)] == ["现行", "被替代", "被替代"]
    assert [hit.doc_id for hit in hits(desk, "车辆管理", RULE_VERSION, old=False)] == [third]


def test_what_was_made_void_is_found_as_void_and_what_lies_ahead_is_not(desk: Desk) -> None:
    first = rulebook.published(desk)
    second = rulebook.revised(desk, first, rulebook.tomorrow(7), text="将来才要求的报表。")
    assert hits(desk, "将来才要求") == []
    assert marks(hits(desk, WORD)) == [("第 1 版", "现行")]
    rulebook.step(desk, second, "void", "leader", "不再需要", void_on=rulebook.tomorrow(7))
    # Taken back before its day, so it never holds: from now on it is void.
    assert marks(hits(desk, "将来才要求")) == [("第 2 版", "废止")]
    rulebook.step(desk, first, "void", "leader", "并入新办法", void_on=clock.today())
    assert hits(desk, WORD, old=False) == []
    assert {state for _version, state in marks(hits(desk, WORD))} == {"废止"}


def test_a_draft_is_found_by_nobody_whatever_is_asked_for(desk: Desk) -> None:
    first = rulebook.published(desk)
    new = rulebook.begun_again(desk, first)
    draft = rulebook.draft(desk, title="保密制度")
    with unit_of_work():
        read = attachments.read_all([check_upload("a.txt", io.BytesIO("保密附件".encode()))])
        attachments.add(rulebook.load(draft), actor=desk.actor("manager"), brought=read)
    for who in EVERYBODY:
        assert {hit.doc_id for hit in hits(desk, WORD, who=who)} == {rulebook.load(first).clauses[2].id}
        assert hits(desk, "保密制度", RULE_VERSION, who=who) == []
        assert hits(desk, "保密附件", RULE_ATTACHMENT, who=who) == []
        assert new not in {hit.doc_id for hit in hits(desk, "车辆管理", RULE_VERSION, who=who)}


def test_attachments_of_old_versions_are_found_and_marked(desk: Desk) -> None:
    first = rulebook.draft(desk)
    with unit_of_work():
        read = attachments.read_all([check_upload("标准.txt", io.BytesIO("住宿标准三百元".encode()))])
        attachments.add(rulebook.load(first), actor=desk.actor("manager"), brought=read)
    rulebook.approve(desk, first)
    rulebook.revised(desk, first)
    assert len(hits(desk, "住宿标准", RULE_ATTACHMENT, old=False)) == 1
    found = hits(desk, "住宿标准", RULE_ATTACHMENT)
    assert marks(found) == [("第 2 版", "现行"), ("第 1 版", "被替代")]


@pytest.mark.parametrize("days", [0, 1, 7, 8, 40])
def test_the_condition_in_sql_is_that_of_the_standing(desk: Desk, days: int) -> None:
    first = rulebook.published(desk)
    second = rulebook.revised(desk, first, rulebook.tomorrow(7))
    rulebook.step(desk, second, "void", "leader", "停用", void_on=rulebook.tomorrow(8))
    third = rulebook.revised(desk, second, rulebook.tomorrow(40))
    rulebook.begun_again(desk, third)
    with clock.frozen(clock.now() + timedelta(days=days)):
        session.rollback()
        known = session.execute(select(RuleVersion)).unique().scalars().all()
        expected = {each.id for each in known if each.standing not in (None, Standing.PENDING)}
        found = session.execute(select(RuleVersion.id).where(is_or_was_in_force())).scalars()
        assert set(found) == expected
        told = past.version_marks([each.id for each in known if each.standing is not None])
        assert {number: mark[0] for number, mark in told.items()} == {
            each.id: str(versions.label(each)) for each in known if each.standing is not None
        }


def test_the_switch_stands_in_the_address_and_leads_to_the_old_text_with_its_banner(
    client: Client, desk: Desk
) -> None:
    first = rulebook.published(desk)
    rulebook.revised(desk, first)
    client.as_(desk.other).get(f"/search?q={WORD}")
    assert "checked" not in client.page.one("input", id="search-past").attributes
    assert "被替代" not in client.page.text
    client.get(f"/search?q={WORD}&past=1")
    assert "checked" in client.page.one("input", id="search-past").attributes
    assert "第 1 版" in client.page.text
    assert "被替代" in client.page.text
    for link in ("最新的在前", "标题含有的在前"):
        assert "past=1" in next(each for each in client.page.all("a") if each.text == link).attributes["href"]
    old = f"/rules/clauses/{rulebook.load(first).clauses[2].id}"
    assert client.page.all("a", href=old)
    assert client.get(old).headers["Location"].startswith(f"/rules/versions/{first}#")
    assert "这是旧版" in client.get(f"/rules/versions/{first}").get_data(as_text=True)


def test_more_of_a_kind_and_an_order_keep_what_was_asked_for(client: Client, desk: Desk) -> None:
    version = rulebook.published(desk)
    for _time in range(6):
        version = rulebook.revised(desk, version)
    client.as_(desk.other).get(f"/search?q={WORD}&past=1&order=newest")
    more = next(link for link in client.page.all("a") if "kind=rule_clause" in link.attributes["href"])
    assert client.page.one("input", name="order").attributes["value"] == "newest"
    client.get(more.attributes["href"])
    assert len([link for link in client.page.all("a") if "/rules/clauses/" in link.attributes["href"]]) == 7


def test_the_search_costs_two_queries_more_where_old_versions_are_asked_for(desk: Desk, queries: Any) -> None:
    version = rulebook.published(desk)
    for _time in range(3):
        version = rulebook.revised(desk, version)
    reader = desk.actor("other")
    counted = []
    for old in (False, True):
        session.rollback()
        with queries() as sent:
            assert search.find(reader, WORD, past=old)
        counted.append(len(sent))
    assert counted[1] <= counted[0] + 2

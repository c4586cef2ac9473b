"""Links whose clause is gone, and what a change takes away from those who cite it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.uow import unit_of_work
from app.features.rules import actions, citing, editing, versions, writing
from app.features.rules.actions import ClauseValues
from app.features.rules.clause_text import Paragraph, Run, linked_clauses, paragraphs
from app.features.rules.enums import NumberStyle
from app.features.rules.models import RuleVersion
from app.features.rules.outline import OutlineRow
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def linking(clause: int, name: str = "第一条") -> OutlineRow:
    """Return a clause that links to another one."""
    return OutlineRow(1, NumberStyle.ARTICLE, body=(Paragraph((Run("按"), Run(name, clause=clause))),))


def write(desk: Desk, version_id: int, place: int, text: str) -> None:
    """Write a clause."""
    with unit_of_work():
        version = rulebook.load(version_id)
        clause = version.clauses[place]
        actions.write_clause(
            version,
            clause.clause_id,
            actor=desk.actor("manager"),
            revision=clause.revision,
            values=ClauseValues("", text, 1, "article"),
        )


def test_a_link_that_lost_its_clause_never_becomes_a_link_to_another(desk: Desk) -> None:
    first = rulebook.published(desk)
    target = rulebook.load(first).clauses[1].clause_id
    version_id = rulebook.draft(desk, rows=(linking(target), OutlineRow(1, NumberStyle.ARTICLE)))
    rulebook.step(desk, first, "void", "leader", note="x", void_on=rulebook.tomorrow(0))
    version = rulebook.load(version_id)
    # Its old number is that of the clause itself by now.
    text = writing.compose(version.clauses[0].body, editing.link_names(version))
    assert text == "按[[第一条?]]"
    with pytest.raises(Invalid) as refused:
        write(desk, version_id, 0, text + "办。")
    assert "没有“第一条?”这一条" in str(refused.value.fields["text"])
    write(desk, version_id, 0, "按[[第二条]]办。")
    version = rulebook.load(version_id)
    assert linked_clauses(version.clauses[0].body) == {version.clauses[1].clause_id}


def test_all_lost_links_are_named_before_anybody_decides(desk: Desk, client: Client) -> None:
    rows = (linking(998, "第八条"), OutlineRow(1, NumberStyle.ARTICLE, body=paragraphs(["好"])), linking(999))
    version_id = rulebook.draft(desk, rows=rows)
    assert versions.dead_links(rulebook.load(version_id)) == ["第一条 → 第八条", "第三条 → 第一条"]
    with pytest.raises(Conflict, match="dead-link") as refused:
        rulebook.step(desk, version_id, "submit", "manager")
    assert refused.value.params == {"links": "第一条 → 第八条、第三条 → 第一条"}
    client.as_(desk.manager)
    for address in ("", "/edit"):
        page = client.get(f"/rules/versions/{version_id}{address}").get_data(as_text=True)
        assert "第三条 → 第一条" in page
        assert "<del>第八条（该条已不存在）</del>" in page


def test_a_link_that_dies_while_the_draft_waits_blocks_the_approval(desk: Desk, client: Client) -> None:
    first = rulebook.published(desk)
    version_id = rulebook.draft(desk, rows=(linking(rulebook.load(first).clauses[1].clause_id),))
    rulebook.step(desk, version_id, "submit", "manager")
    rulebook.step(desk, first, "void", "leader", note="x", void_on=rulebook.tomorrow(0))
    page = client.as_(desk.leader).get(f"/rules/versions/{version_id}/approve").get_data(as_text=True)
    assert "第一条 → 第一条" in page
    assert "第一条 → 第一条" in client.get(f"/rules/versions/{version_id}").get_data(as_text=True)
    with pytest.raises(Conflict, match="dead-link"):
        rulebook.step(desk, version_id, "approve", "leader", effective_on=rulebook.tomorrow(), material=True)


def test_who_deletes_what_others_cite_is_told_and_so_is_who_approves(desk: Desk, client: Client) -> None:
    first = rulebook.published(desk)
    target = rulebook.load(first).clauses[1].clause_id
    rulebook.published(desk, rows=(linking(target),), title="费用办法")
    rulebook.draft(desk, rows=(linking(target),), title="没人见过的草稿")
    kept = rulebook.begun_again(desk, first)
    assert citing.bereft_by(rulebook.load(kept)) == []
    client.as_(desk.manager)
    said = "其他制度引用了本稿删去的条款"
    assert said not in client.get(f"/rules/versions/{kept}/edit").get_data(as_text=True)
    with unit_of_work():
        editing.remove(rulebook.load(kept), 1)
    page = client.get(f"/rules/versions/{kept}/edit").get_data(as_text=True)
    assert said in page
    assert "《费用办法》第一条" in page
    assert "没人见过的草稿" not in page
    rulebook.step(desk, kept, "submit", "manager")
    page = client.as_(desk.leader).get(f"/rules/versions/{kept}/approve").get_data(as_text=True)
    assert "《费用办法》第一条" in page
    rulebook.approve_submitted(desk, kept)
    page = client.as_(desk.manager).get(f"/rules/{rule_of('费用办法')}").get_data(as_text=True)
    assert "第一条（该条已不存在）" in page
    assert "有链接指向已不存在的条款" in page
    # Who only reads sees the lost link where it stands, without a note for those who mend it.
    page = client.as_(desk.reader).get(f"/rules/{rule_of('费用办法')}").get_data(as_text=True)
    assert "第一条（该条已不存在）" in page
    assert "有链接指向已不存在的条款" not in page


def rule_of(title: str) -> int:
    """Return the rule with a version of this title."""
    return int(session.execute(select(RuleVersion.rule_id).where(RuleVersion.title == title)).scalar_one())


def test_a_first_version_and_the_one_in_force_take_nothing_away(desk: Desk) -> None:
    first = rulebook.draft(desk)
    assert citing.bereft_by(rulebook.load(first)) == []
    rulebook.approve(desk, first)
    assert citing.bereft_by(rulebook.load(first)) == []


def test_voiding_names_those_who_cite_and_those_who_will(desk: Desk, client: Client) -> None:
    first = rulebook.published(desk)
    target = rulebook.load(first).clauses[1].clause_id
    rulebook.published(desk, rows=(linking(target),), title="费用办法")
    rulebook.published(desk, rulebook.tomorrow(5), rows=(linking(target),), title="明年的办法")
    gone = rulebook.published(desk, rows=(linking(target),), title="废止的办法")
    rulebook.step(desk, gone, "void", "leader", note="x", void_on=rulebook.tomorrow(0))
    assert [place.cited for place in citing.cited_by(rulebook.load(first).rule)] == [
        "《费用办法》第一条",
        "《明年的办法》第一条",
    ]
    client.as_(desk.leader)
    address = f"/rules/versions/{first}/void"
    page = client.get(address).get_data(as_text=True)
    for title in ("费用办法", "明年的办法"):
        assert f"《{title}》第一条" in page
    form = {**client.page.values(address), "void_on": "2026-11-30", "note": "合并到新制度"}
    assert client.post(address, form).status_code == 422
    assert "《费用办法》第一条 等引用了本制度" in client.page.text.replace("》第一条等", "》第一条 等")
    assert "合并到新制度" in client.page.html
    assert client.post(address, {**form, "aware": "y"}).status_code == 303

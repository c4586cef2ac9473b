"""Clauses save themselves as one types: over nobody's text, folded in the record, and by the button as before."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.errors import Conflict
from app.core.timeline import describe, events_for, folded
from app.core.uow import unit_of_work
from app.features.rules import actions
from app.features.rules.actions import MOST_WHOLE, ClauseValues
from app.features.rules.clause_text import words_of
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

PLACE = 1


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def address(version_id: int, place: int = PLACE) -> str:
    """Return where a clause is written."""
    return f"/rules/versions/{version_id}/clauses/{rulebook.load(version_id).clauses[place].clause_id}"


def opened(client: Client, version_id: int, place: int = PLACE) -> dict[str, str]:
    """Open the editor at a clause and return the fields of its form."""
    where = address(version_id, place)
    client.get(f"/rules/versions/{version_id}/edit?clause={where.rpartition('/')[2]}")
    return client.page.values(where)


def said(version_id: int, place: int = PLACE) -> str:
    """Return what a clause says."""
    return words_of(rulebook.load(version_id).clauses[place].body)


def saved_version(client: Client) -> str:
    """Return the version the answer of an autosave hands to the form."""
    return next(
        each.attributes["value"]
        for each in client.page.elements
        if each.attributes.get("name") == "saved_version" and "form" not in each.attributes
    )


def test_what_is_typed_saves_itself_and_the_form_goes_on_from_there(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    form = opened(client.as_(desk.manager), version_id)
    where = address(version_id)
    for text in ("车辆", "车辆由专人", "车辆由专人保养。"):
        answer = client.post(f"{where}/autosave", {**form, "text": text}, htmx=True)
        assert answer.status_code == 200
        assert "草稿已自动保存" in answer.get_data(as_text=True)
        form["saved_version"] = saved_version(client)
    assert said(version_id) == "车辆由专人保养。"
    assert client.post(where, {**form, "text": "车辆由专人保养和清洗。"}).status_code == 303
    assert said(version_id) == "车辆由专人保养和清洗。"


def test_the_acts_on_the_outline_go_on_from_an_autosave(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    form = opened(client.as_(desk.manager), version_id)
    outline = f"/rules/versions/{version_id}/outline"
    acts = client.page.values(outline)
    answer = client.post(f"{address(version_id)}/autosave", {**form, "text": "改了。"}, htmx=True)
    later = next(
        each.attributes["value"] for each in client.page.elements if each.attributes.get("form") == "acts"
    )
    assert 'hx-swap-oob="true"' in answer.get_data(as_text=True)
    clause = rulebook.load(version_id).clauses[PLACE].clause_id
    assert client.post(outline, {**acts, "do": f"down-{clause}"}).status_code == 409
    assert client.post(outline, {**acts, "do": f"down-{clause}", "saved_version": later}).status_code == 303


def test_autosaves_are_told_as_one_line_with_what_they_changed_together(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    for place, texts in ((1, ("一", "一二", "一二三")), (2, ("四", "四五"))):
        form = opened(client, version_id, place)
        for text in texts:
            client.post(f"{address(version_id, place)}/autosave", {**form, "text": text}, htmx=True)
            form["saved_version"] = saved_version(client)
    line = folded(events_for("rule_version", version_id))[0]
    assert (describe(line.event), line.count) == ("自动保存正文", 5)
    assert line.changes == [
        ["第一条/text", "车辆由专人负责。", "一二三"],
        ["第二条/text", "用车须提前预约。", "四五"],
    ]
    page = client.get(f"/rules/versions/{version_id}").get_data(as_text=True)
    assert "保存 5 次" in page
    assert "第二条 · 正文" in page


def test_what_did_not_change_leaves_no_event(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    form = opened(client.as_(desk.manager), version_id)
    before = len(events_for("rule_version", version_id))
    assert client.post(f"{address(version_id)}/autosave", form, htmx=True).status_code == 200
    assert len(events_for("rule_version", version_id)) == before
    # A level alone is a change, though no word of it is.
    client.post(f"{address(version_id)}/autosave", {**form, "level": "1"}, htmx=True)
    assert events_for("rule_version", version_id)[0].data["changes"] == []


def test_an_autosave_overwrites_nobody_and_shows_the_difference(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    form = opened(client.as_(desk.manager), version_id)
    with unit_of_work():
        version = rulebook.load(version_id)
        text = version.clauses[PLACE]
        actions.write_clause(
            version,
            text.clause_id,
            actor=desk.actor("manager"),
            revision=text.revision,
            values=ClauseValues("", "同事先改了。", 2, "article"),
        )
    for tail in ("/autosave", ""):
        answer = client.post(address(version_id) + tail, {**form, "text": "我的改动。"}, htmx=True)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "第一条：同事先改了。" in page
        assert "现在是“同事先改了。”，您填写的是“我的改动。”" in page
    assert said(version_id) == "同事先改了。"


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("见[[第九十九条]]", 422, "没有“第九十九条”这一条"),
        ("![x](99)", 422, "没有编号 99 的图片"),
        ("前\n===\n后", 409, "按“保存这一条”时拆成几条"),
        ("长" * 20_001, 422, "还有内容要改正"),
    ],
)
def test_what_cannot_be_saved_yet_waits(
    client: Client, desk: Desk, text: str, status: int, words: str
) -> None:
    version_id = rulebook.draft(desk)
    form = opened(client.as_(desk.manager), version_id)
    answer = client.post(
        f"{address(version_id)}/autosave", {**form, "text": text, "saved_version": "1"}, htmx=True
    )
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)
    assert saved_version(client) == "1"
    assert said(version_id) == "车辆由专人负责。"


def test_only_who_writes_in_a_draft_autosaves(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    where = f"{address(version_id)}/autosave"
    form = opened(client.as_(desk.manager), version_id)
    del form["csrf_token"]
    assert client.as_(desk.reader).post(where, form).status_code == 403
    assert client.as_(desk.leader).post(where, form).status_code == 403
    rulebook.approve(desk, version_id)
    assert client.as_(desk.manager).post(where, form).status_code == 409


def test_an_autosave_is_a_page_of_its_own_without_scripts(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    form = opened(client.as_(desk.manager), version_id)
    answer = client.post(f"{address(version_id)}/autosave", {**form, "text": "改了。"})
    assert (answer.status_code, said(version_id)) == (200, "改了。")
    assert "返回" in answer.get_data(as_text=True)


def autosave(desk: Desk, version_id: int, text: str) -> None:
    """Let the first article save itself."""
    with unit_of_work():
        version = rulebook.load(version_id)
        clause = version.clauses[PLACE]
        actions.write_clause(
            version,
            clause.clause_id,
            actor=desk.actor("manager"),
            revision=clause.revision,
            values=ClauseValues("", text, 2, "article"),
            autosave=True,
        )


def test_a_long_text_is_recorded_by_the_piece_that_changed(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    long = "长" * MOST_WHOLE
    for text in (long, long + "尾"):
        autosave(desk, version_id, text)
    changes = events_for("rule_version", version_id)[0].data["changes"]
    assert changes == [["第一条/text", "…" + "长" * 8, "…" + "长" * 8 + "尾"]]


def test_a_cut_waits_for_the_button(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    with pytest.raises(Conflict, match="cut-waits"):
        autosave(desk, version_id, "甲\n===\n乙")

"""Writing the outline: numbers follow, identities stay, links stay right, what breaks them is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.timeline import describe, describe_changes, events_for
from app.core.uow import rehearsal, unit_of_work
from app.features.rules import actions, editing, versions, writing
from app.features.rules.actions import ClauseValues
from app.features.rules.clause_text import ItemList, Table, linked_clauses, words_of
from app.features.rules.enums import NumberStyle
from app.features.rules.models import RuleVersion
from app.features.rules.outline import DEEPEST, OutlineRow, citations
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


def numbers(version: RuleVersion) -> list[str]:
    return [text.number for text in version.clauses]


def arrange(
    desk: Desk, version_id: int, act: Callable[..., Any], *arguments: Any, **named: Any
) -> RuleVersion:
    with unit_of_work():
        version = rulebook.load(version_id)
        actions.arrange(
            version,
            actor=desk.actor("manager"),
            changed_from=None,
            act=lambda row: act(row, *arguments, **named),
        )
    return rulebook.load(version_id)


def write(desk: Desk, version_id: int, place: int, text: str, **changed: Any) -> RuleVersion:
    with unit_of_work():
        version = rulebook.load(version_id)
        row = version.clauses[place]
        values = {"title": row.title, "text": text, "level": row.level, "style": row.style, **changed}
        actions.write_clause(
            version,
            row.clause_id,
            actor=desk.actor("manager"),
            revision=row.revision,
            values=ClauseValues(**values),
        )
    return rulebook.load(version_id)


def test_numbers_follow_when_a_chapter_is_moved_with_all_below_it(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    assert numbers(rulebook.load(version_id)) == ["第一章", "第一条", "第二条", "第二章", "第三条"]
    before = {text.clause_id: text.title for text in rulebook.load(version_id).clauses}
    version = arrange(desk, version_id, editing.move, 3, up=True)
    assert [text.title for text in version.clauses][0] == "附则"
    assert numbers(version) == ["第一章", "第一条", "第二章", "第二条", "第三条"]
    assert {text.clause_id: text.title for text in version.clauses} == before
    assert numbers(arrange(desk, version_id, editing.move, 0, up=False)) == [
        "第一章", "第一条", "第二条", "第二章", "第三条",
    ]  # fmt: skip


def test_nothing_happens_beyond_the_ends(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    for act, place, up in ((editing.move, 0, True), (editing.move, 3, False), (editing.move, 1, True)):
        arrange(desk, version_id, act, place, up=up)
    arrange(desk, version_id, editing.shift, 0, -1)
    assert [text.title for text in rulebook.load(version_id).clauses][::3] == ["总则", "附则"]


def test_added_clauses_take_level_and_style_of_their_neighbours(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    version = arrange(desk, version_id, editing.add, 1)
    assert (version.clauses[2].number, version.clauses[2].level) == ("第二条", 2)
    version = arrange(desk, version_id, editing.add_below, 2)
    assert (version.clauses[3].number, version.clauses[3].level) == ("（一）", 3)
    assert version.clauses[3].cited == "第二条（一）"
    assert arrange(desk, version_id, editing.add).clauses[0].number == "第一章"
    empty = rulebook.draft(desk, rows=())
    assert numbers(arrange(desk, empty, editing.add)) == ["第一章"]


def test_a_shifted_clause_takes_what_stands_below_it_along(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    version = arrange(desk, version_id, editing.shift, 3, 1)
    assert [(text.level, text.number) for text in version.clauses[3:]] == [(2, "第三条"), (3, "（一）")]
    version = arrange(desk, version_id, editing.shift, 3, -1)
    assert numbers(version)[3] == "第二章"


def test_links_follow_a_clause_that_moves_and_one_that_is_merged(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    version = write(desk, version_id, 4, "按[[第二条]]办理。")
    target = version.clauses[2].clause_id
    assert linked_clauses(version.clauses[4].body) == {target}
    version = arrange(desk, version_id, editing.move, 2, up=True)
    assert writing.compose(version.clauses[4].body, editing.link_names(version)) == "按[[第一条]]办理。"
    version = arrange(desk, version_id, editing.merge_up, 2)
    assert words_of(version.clauses[1].body) == "用车须提前预约。\n车辆由专人负责。"
    version = arrange(desk, version_id, editing.merge_up, 1)
    assert linked_clauses(version.clauses[2].body) == {version.clauses[0].clause_id}


def test_a_clause_that_others_link_to_is_not_deleted(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    write(desk, version_id, 4, "按[[第二条]]办理。")
    with pytest.raises(Conflict) as found:
        arrange(desk, version_id, editing.remove, 2)
    assert found.value.params == {"clause": "第二条", "by": "第三条"}
    write(desk, version_id, 4, "另行规定。")
    assert numbers(arrange(desk, version_id, editing.remove, 2)) == ["第一章", "第一条", "第二章", "第二条"]


def test_nothing_merges_into_nothing_and_a_lost_clause_is_said(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    with pytest.raises(Conflict, match="nothing-before"):
        arrange(desk, version_id, editing.merge_up, 0)
    with pytest.raises(Conflict, match="clause-gone"):
        editing.place_of(rulebook.load(version_id), 999)


def test_a_line_of_equals_signs_cuts_a_clause_in_two(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    first = rulebook.load(version_id).clauses[1].clause_id
    version = write(desk, version_id, 1, "上半条。\n===\n下半条。")
    assert [words_of(text.body) for text in version.clauses[1:3]] == ["上半条。", "下半条。"]
    assert (version.clauses[1].clause_id, version.clauses[2].number) == (first, "第二条")


def test_too_many_clauses_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    version_id = rulebook.draft(desk)
    monkeypatch.setattr(editing, "MOST_CLAUSES", 5)
    with pytest.raises(Conflict, match="too-many"):
        arrange(desk, version_id, editing.add, 1)


def test_two_who_write_in_one_clause_are_told_of_each_other_and_of_nothing_else(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    version = rulebook.load(version_id)
    clause, revision = version.clauses[1].clause_id, version.clauses[1].revision
    write(desk, version_id, 2, "另一条改了。")
    write(desk, version_id, 1, "同事先改了。")
    with unit_of_work(), pytest.raises(Stale) as found:
        actions.write_clause(
            rulebook.load(version_id),
            clause,
            actor=desk.actor("manager"),
            revision=revision,
            values=ClauseValues("", "我的改动。", 2, "article"),
        )
    assert found.value.changes == (
        "第一条：同事先改了。",
        "不同之处：现在是“同事先改了。”，您填写的是“我的改动。”",
    )
    event = events_for("rule_version", version_id)[0]
    assert describe(event) == "修改条款 第一条"
    assert describe_changes(event) == [("正文", "车辆由专人负责。", "同事先改了。")]


def test_only_a_draft_is_written_and_only_by_who_works_on_it(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    with unit_of_work(), pytest.raises(Denied):
        actions.arrange(
            rulebook.load(version_id), actor=desk.actor("reader"), changed_from=None, act=editing.add
        )
    rulebook.approve(desk, version_id)
    with pytest.raises(Conflict, match="not-editable"):
        arrange(desk, version_id, editing.add)


def test_a_link_to_another_rule_is_written_by_its_number(desk: Desk) -> None:
    first = rulebook.load(rulebook.published(desk))
    version_id = rulebook.draft(desk)
    version = write(desk, version_id, 1, f"另按[[{first.rule.number} 第二条]]办理。")
    assert linked_clauses(version.clauses[1].body) == {rulebook.load(first.id).clauses[2].clause_id}
    names = editing.link_names(version)
    assert writing.compose(version.clauses[1].body, names) == "另按[[RUL-2026-0001 第二条]]办理。"


@pytest.mark.parametrize(
    "text", ["按[[第九条]]办理", "见[[RUL-2026-0009 第一条]]", "看不见\x00的字", "字" * 20_001]
)
def test_what_cannot_be_kept_is_refused_at_the_field(desk: Desk, text: str) -> None:
    version_id = rulebook.draft(desk)
    with pytest.raises(Invalid) as found:
        write(desk, version_id, 1, text)
    assert set(found.value.fields) == {"text"}


def test_lists_and_tables_with_merged_cells_are_written_as_lines() -> None:
    text = "先说明。\n- 甲\n- 乙\n1) 一\n2) 二\n| 级别 | 金额 | < |\n| 一级 | 1 | 2 |\n| ^ | **3** | 4 |"
    body = writing.read(text, lambda name: None)
    dots, figures, table = body[1:4]
    assert isinstance(dots, ItemList)
    assert isinstance(figures, ItemList)
    assert isinstance(table, Table)
    assert (dots.ordered, figures.ordered) == (False, True)
    assert [[(cell.columns, cell.rows) for cell in row] for row in table.rows] == [
        [(1, 1), (2, 1)], [(1, 2), (1, 1), (1, 1)], [(1, 1), (1, 1)],
    ]  # fmt: skip
    assert writing.compose(body, {}) == text
    assert words_of(body).splitlines()[:3] == ["先说明。", "甲", "乙"]


written_lines = st.lists(
    st.sampled_from(
        ["一段话", "**粗**字", "- 一点", "2) 二", "| a | b |", "| c | ^ |", "", "* 星", "[[第一条]]"]
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(written_lines)
def test_what_was_read_is_written_the_same_way_again(lines: list[str]) -> None:
    body = writing.read("\n".join(lines), lambda name: 7)
    again = writing.compose(body, {7: "第一条"})
    assert writing.read(again, lambda name: 7) == body


acts = st.lists(
    st.tuples(
        st.sampled_from(["up", "down", "in", "out", "add", "below", "merge", "remove"]), st.integers(0, 30)
    ),
    max_size=12,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_whatever_is_done_numbers_follow_the_order_and_identities_are_kept(
    desk: Desk, acts: list[tuple[str, int]]
) -> None:
    from app.features.rules.draft_views import ACTS

    version_id = kept_draft(desk)
    with rehearsal():
        version = rulebook.load(version_id)
        known = {text.clause_id for text in version.clauses}
        gone = 0
        for name, number in acts:
            if not version.clauses:
                break
            place = number % len(version.clauses)
            before = len(version.clauses)
            if name == "merge" and place == 0:
                continue
            ACTS[name](version, place)
            gone += len(version.clauses) < before
            assert [text.position for text in version.clauses] == list(range(len(version.clauses)))
            assert all(1 <= text.level <= DEEPEST for text in version.clauses)
            articles = [text.number for text in version.clauses if text.style == NumberStyle.ARTICLE]
            assert len(set(articles)) == len(articles)
            assert len({text.clause_id for text in version.clauses}) == len(version.clauses)
        assert len(known - {text.clause_id for text in version.clauses}) <= gone


def kept_draft(desk: Desk) -> int:
    """The one draft that all examples start from."""
    found = session.query(RuleVersion).first()
    return found.id if found is not None else rulebook.draft(desk)


def test_clauses_are_cited_with_the_article_they_stand_below() -> None:
    rows = [
        (1, NumberStyle.CHAPTER, "第一章", "总则"),
        (2, NumberStyle.ARTICLE, "第一条", ""),
        (3, NumberStyle.HAN_IN_BRACKETS, "（一）", ""),
        (4, NumberStyle.DECIMAL, "1.", ""),
        (3, NumberStyle.NONE, "", ""),
        (1, NumberStyle.HAN, "一、", "附则"),
        (1, NumberStyle.NONE, "", "附件"),
        (1, NumberStyle.NONE, "", ""),
    ]
    assert citations(rows) == [
        "第一章", "第一条", "第一条（一）", "第一条（一）1", "第一条", "一", "附件", "正文",
    ]  # fmt: skip


def test_words_of_staff_interest_suggest_the_mark(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    assert versions.suggests_staff_interest(rulebook.load(version_id)) == []
    version = write(desk, version_id, 1, "加班须经批准，工资按月结算，加班另计。")
    assert versions.suggests_staff_interest(version) == ["加班", "工资"]


def test_the_head_says_what_is_missing_and_records_what_changed(desk: Desk) -> None:
    with unit_of_work(), pytest.raises(Invalid) as found:
        actions.start_rule(
            actor=desk.actor("manager"),
            values=rulebook.values(desk, title=" ", category="x", for_everybody=False),
        )
    assert set(found.value.fields) == {"title", "category", "departments"}
    version_id = rulebook.draft(desk)
    with unit_of_work():
        version = rulebook.load(version_id)
        actions.change_head(
            version,
            actor=desk.actor("manager"),
            changed_from=version.version,
            values=rulebook.values(
                desk,
                title="用车办法",
                for_everybody=False,
                departments=(desk.department.id,),
                roles=("driver",),
            ),
        )
    changes = describe_changes(events_for("rule_version", version_id)[0])
    assert changes == [("制度名称", "车辆管理办法", "用车办法"), ("适用范围", "", "销售部、驾驶员")]
    with unit_of_work(), pytest.raises(Stale):
        actions.change_head(
            rulebook.load(version_id),
            actor=desk.actor("manager"),
            changed_from=1,
            values=rulebook.values(desk),
        )


def test_a_text_brought_along_stands_behind_what_is_there(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    with unit_of_work():
        version = rulebook.load(version_id)
        rows = [OutlineRow(2, NumberStyle.ARTICLE, "新条")]
        actions.take_outline(version, actor=desk.actor("manager"), changed_from=version.version, rows=rows)
    assert numbers(rulebook.load(version_id))[-1] == "第四条"
    assert describe(events_for("rule_version", version_id)[0]) == "带入正文 1 条"


def test_what_is_saved_unchanged_tells_of_no_change(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    write(desk, version_id, 1, "车辆由专人负责。")
    assert describe_changes(events_for("rule_version", version_id)[0]) == []
    with unit_of_work():
        version = rulebook.load(version_id)
        count = len(events_for("rule_version", version_id))
        actions.change_head(
            version, actor=desk.actor("manager"), changed_from=version.version, values=rulebook.values(desk)
        )
    assert len(events_for("rule_version", version_id)) == count


def test_a_long_change_is_told_with_a_little_around_it() -> None:
    before, after = "甲" * 30 + "四" + "乙" * 30, "甲" * 30 + "两" + "乙" * 30
    assert actions.changed_piece(before, after) == [
        ["text", f"…{'甲' * 8}四{'乙' * 8}…", f"…{'甲' * 8}两{'乙' * 8}…"]
    ]
    assert actions.changed_piece("", "新") == [["text", "", "新"]]

"""Numbers follow from the order of the rows; a body survives being stored."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.rules.clause_text import (
    Cell,
    ClauseTextError,
    ItemList,
    Paragraph,
    Run,
    Table,
    from_plain,
    linked_clauses,
    paragraphs,
    to_plain,
    words_of,
)
from app.features.rules.enums import NumberStyle as S
from app.features.rules.outline import OutlineRow, chinese_number, number_text, numbers, row_numbers

EXAMPLES = settings(max_examples=40, deadline=None)


def test_articles_count_through_all_chapters_while_points_begin_anew():
    rows = [
        OutlineRow(1, S.CHAPTER, "总则"),
        OutlineRow(2, S.ARTICLE),
        OutlineRow(3, S.HAN_IN_BRACKETS),
        OutlineRow(3, S.HAN_IN_BRACKETS),
        OutlineRow(2, S.ARTICLE),
        OutlineRow(1, S.CHAPTER, "罚则"),
        OutlineRow(2, S.ARTICLE),
        OutlineRow(3, S.HAN_IN_BRACKETS),
    ]
    assert row_numbers(rows) == [
        "第一章", "第一条", "（一）", "（二）", "第二条", "第二章", "第三条", "（一）",
    ]  # fmt: skip


def test_a_row_without_number_does_not_break_the_count_beside_it():
    assert numbers([(1, S.HAN, None), (1, S.NONE, None), (1, S.HAN, None)]) == ["一、", "", "二、"]


def test_a_start_begins_the_count_anew():
    assert numbers([(1, S.ARTICLE, 9), (1, S.ARTICLE, None)]) == ["第九条", "第十条"]


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (100, "一百"), (103, "一百零三"), (110, "一百一十"),
     (1_003, "一千零三"), (1_030, "一千零三十"), (9_999, "九千九百九十九")],
)  # fmt: skip
def test_numbers_are_written_in_chinese(number, written):
    assert chinese_number(number) == written


@pytest.mark.parametrize("number", [0, 10_000])
def test_what_no_rule_counts_is_refused(number):
    with pytest.raises(ValueError, match="not counted"):
        chinese_number(number)


@pytest.mark.parametrize(
    ("style", "number", "written"),
    [(S.SECTION, 2, "第二节"), (S.DECIMAL, 3, "3."), (S.DECIMAL_IN_BRACKETS, 4, "（4）"), (S.CIRCLED, 1, "①"),
     (S.CIRCLED, 21, "㉑"), (S.CIRCLED, 50, "㊿"), (S.CIRCLED, 51, "（51）"), (S.NONE, 5, "")],
)  # fmt: skip
def test_each_style_is_written_its_own_way(style, number, written):
    assert number_text(style, number) == written


levels = st.tuples(st.integers(1, 6), st.sampled_from(list(S)), st.none())


@EXAMPLES
@given(st.lists(levels, max_size=40))
def test_articles_are_numbered_without_gap_whatever_stands_between(rows):
    found = [text for text, row in zip(numbers(rows), rows, strict=True) if row[1] == S.ARTICLE]
    assert found == [f"第{chinese_number(place)}条" for place in range(1, len(found) + 1)]


runs = st.builds(Run, st.text(max_size=8), st.booleans(), st.none() | st.integers(1, 9)).map(
    lambda run: (run,)
)
bodies = st.lists(
    st.builds(Paragraph, runs)
    | st.builds(ItemList, st.lists(runs, max_size=3).map(tuple), st.booleans())
    | st.builds(
        Table, st.lists(st.lists(st.builds(Cell, runs), max_size=3).map(tuple), max_size=3).map(tuple)
    ),
    max_size=4,
).map(tuple)


@EXAMPLES
@given(bodies)
def test_a_body_comes_back_as_it_was_stored(body):
    assert from_plain(to_plain(body)) == body


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [{"kind": "script"}],
        ["text"],
        [{"kind": "paragraph", "runs": "text"}],
        [{"kind": "paragraph", "runs": [{"text": 1}]}],
        [{"kind": "paragraph", "runs": [{"text": "a", "clause": True}]}],
        [{"kind": "paragraph", "runs": [{"text": "a"}] * 401}],
        [{"kind": "table", "rows": [[{"runs": [], "columns": 0}]]}],
        [{"kind": "table", "rows": [[{"runs": []}] * 3_001]}],
    ],
)
def test_a_damaged_body_is_refused(plain):
    with pytest.raises(ClauseTextError):
        from_plain(plain)


def test_words_show_the_present_number_of_a_linked_clause():
    body = (Paragraph((Run("按"), Run("第五条", clause=7), Run("办理"))), *paragraphs(["", " 另行通知 "]))
    assert words_of(body) == "按第五条办理\n另行通知"
    assert words_of(body, {7: "第六条"}) == "按第六条办理\n另行通知"
    assert linked_clauses(body) == {7}
    assert replace(body[0].runs[1], text="x").clause == 7

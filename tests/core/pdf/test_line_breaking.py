from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.pdf.fonts import MissingGlyph, typeface
from app.core.pdf.line_breaking import CLOSING_MARKS, OPENING_MARKS, break_lines, pieces

SIZE = 9.0
WORDS = st.sampled_from(
    [
        "DN80",
        "QT-20",
        "1,234.50",
        "0~1.6MPa",
        "200×100×1.5mm",
        "5.5 kW",
        "≥ 0.03",
        "GB/T 12221-2005",
        "A10VSO71",
    ]
)
HAN = st.text(alphabet="液压油缸密封件阀门价格含税交货验收标准", min_size=1, max_size=9)
MARKS = st.sampled_from(
    ["，", "。", "；", "：", "（", "）", "《", "》", "“", "”", "、", "%", "……", "——", "！"]
)
TEXTS = st.lists(st.one_of(WORDS, HAN, HAN, MARKS, st.just(" ")), max_size=40).map("".join)
WIDTHS = st.floats(min_value=60, max_value=420)


def width(text: str) -> float:
    return typeface("regular").width(text, SIZE)


def is_ordinary(text: str, limit: float) -> bool:
    """No unbreakable part is longer than the line, so that the rules can be kept."""
    return all(width(piece.rstrip()) <= limit for piece in pieces(text))


@given(TEXTS, WIDTHS)
@settings(max_examples=300, deadline=None)
def test_lines_hold_the_text_in_order_and_keep_to_the_width(text, limit):
    lines = break_lines(text, "regular", SIZE, limit)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= limit + 1e-6 for line in lines)


@given(TEXTS, WIDTHS)
@settings(max_examples=300, deadline=None)
def test_no_closing_mark_begins_and_no_opening_mark_ends_a_line(text, limit):
    if not is_ordinary(text, limit):
        limit = max(width(piece) for piece in pieces(text)) + 1
    lines = break_lines(text, "regular", SIZE, limit)
    for before, after in pairwise(lines):
        assert after[0] not in CLOSING_MARKS, (before, after)
        assert before[-1] not in OPENING_MARKS, (before, after)


@given(st.lists(st.one_of(WORDS, HAN), min_size=1, max_size=30), WIDTHS)
@settings(max_examples=300, deadline=None)
def test_numbers_models_and_units_stay_whole(parts, limit):
    text = "，".join(parts)
    if not is_ordinary(text, limit):
        limit = max(width(piece) for piece in pieces(text)) + 1
    joined = "\n".join(break_lines(text, "regular", SIZE, limit))
    for part in parts:
        if not part.isalpha() or part.isascii():
            assert part in joined


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("保修自验收合格之日起30天内", "30天"),
        ("按第12条执行", "第12"),
        ("带压力-流量补偿", "力-"),
        ("爆破压力 ≥ 152 MPa", "≥ 152 MPa"),
        ("结构长度按 GB/T 12221-2005 执行", "GB/T 12221-2005"),
        ("型号 YVF2-132S(B3) 电机", "YVF2-132S(B3)"),
        ("耐温 −30~+100 ℃ 范围", "100 ℃"),
        ("总价 ¥1,234.50 元", "¥1,234.50"),
        ("开始于 09:30:00 结束", "09:30:00"),
    ],
)
def test_what_is_read_together_is_never_parted(text, whole):
    for limit in range(int(width(whole)) + 8, int(width(text)) + 2, 3):
        assert whole in "\n".join(break_lines(text, "regular", SIZE, limit)), limit


def test_a_model_longer_than_the_line_is_cut_behind_a_joint():
    assert break_lines("YVF2-132S-4ABCDEFGHIJ", "regular", SIZE, 60) == ("YVF2-132S-", "4ABCDEFGHIJ")


def test_a_run_without_joints_longer_than_the_line_is_cut_where_it_must():
    lines = break_lines("A" * 200, "regular", SIZE, 60)
    assert "".join(lines) == "A" * 200
    assert all(width(line) <= 60 for line in lines)


def test_closing_marks_longer_than_the_line_still_come_out():
    assert "".join(break_lines("！" * 40, "regular", SIZE, 60)) == "！" * 40


def test_a_character_wider_than_the_line_has_a_line_of_its_own():
    assert break_lines("液压", "regular", SIZE, 3) == ("液", "压")


def test_line_ends_of_the_text_are_kept_and_outer_spaces_dropped():
    assert break_lines(" 甲 \n\n乙 ", "regular", SIZE, 100) == ("甲", "", "乙")
    assert break_lines("", "regular", SIZE, 100) == ("",)
    assert break_lines("  甲", "regular", SIZE, 100) == ("甲",)


def test_spaces_before_a_text_that_is_broken_make_no_line():
    assert break_lines("  " + "甲" * 12, "regular", SIZE, 60)[0].startswith("甲")


def test_an_opening_mark_before_a_space_does_not_end_a_line():
    for limit in range(40, 100, 2):
        for line in break_lines("价格（ 含税含运费），数量", "regular", SIZE, limit)[:-1]:
            assert not line.endswith("（")


def test_a_character_without_glyph_is_refused_by_name():
    with pytest.raises(MissingGlyph) as caught:
        break_lines("甲😀", "regular", SIZE, 100)
    assert caught.value.character == "😀"

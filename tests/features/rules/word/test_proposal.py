"""What a person chooses for the rows of a file, and the outline that follows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.rules.clause_text import ItemList, Paragraph, Run, pictures_of, words_of
from app.features.rules.enums import NumberStyle as S
from app.features.rules.outline import row_numbers
from app.features.rules.word import proposal as proposing
from app.features.rules.word.parts import Picture
from app.features.rules.word.proposal import JOIN, SKIP, Choice, first_choices, propose, read_choices
from app.features.rules.word.reading import ImportedDocument, ImportedRow
from app.features.rules.word.remarks import REMARK_LABELS, Remark

EXAMPLES = settings(max_examples=60, deadline=None)


def row(level=1, style=S.ARTICLE, text="甲", printed="", value=0, **more):
    return ImportedRow(level, style, (Paragraph((Run(text),)),), printed, value, **more)


def numbered(*rows, **changed):
    document = ImportedDocument("", rows)
    choices = [changed.get(f"at_{place}", choice) for place, choice in enumerate(first_choices(document))]
    return propose(document, choices)


def test_numbers_of_the_file_are_kept_where_counting_gives_others():
    found = numbered(
        row(printed="第一条", value=1), row(printed="第五条", value=5), row(printed="第六条", value=6)
    )
    assert found.numbers == ["第一条", "第五条", "第六条"]
    assert [one.start for one in found.rows] == [None, 5, None]


def test_number_of_a_row_that_was_given_another_style_is_counted():
    found = numbered(row(printed="第五条", value=5), at_0=Choice("han", 1))
    assert (found.numbers, found.rows[0].start) == (["一、"], None)


def test_number_no_outline_can_hold_is_counted():
    assert numbered(row(printed="0.", value=0, style=S.DECIMAL)).numbers == ["1."]
    assert numbered(row(printed="1000.", value=1_000, style=S.DECIMAL)).numbers == ["1."]


def test_text_joins_the_clause_above_and_keeps_a_number_it_had():
    found = numbered(row(printed="第一条", value=1), row(0, S.NONE, "乙", printed="a)"), row(0, S.NONE, "丙"))
    [only] = found.rows
    assert words_of(only.body) == "甲\na) 乙\n丙"
    assert found.clause_of == {0: 0, 1: 0, 2: 0}


def test_number_stands_before_a_table_or_alone_where_there_is_no_paragraph():
    found = propose(
        ImportedDocument("", (ImportedRow(0, S.NONE, (ItemList(((Run("甲"),),)),), "a)"),)),
        [Choice("none", 2)],
    )
    assert words_of(found.rows[0].body) == "a)\n甲"


def test_text_before_the_first_clause_is_one_without_number():
    found = numbered(row(0, S.NONE, "前言"), row(0, S.NONE, "续"), row(printed="第一条", value=1))
    assert found.numbers == ["", "第一条"]
    assert [words_of(one.body) for one in found.rows] == ["前言\n续", "甲"]


def test_points_that_follow_each_other_are_one_list():
    point = ImportedRow(0, S.NONE, (ItemList(((Run("点"),),)),))
    found = numbered(row(), point, point)
    assert found.rows[0].body[1:] == (ItemList(((Run("点"),), (Run("点"),))),)


def test_title_of_a_heading_and_one_too_long_for_a_title():
    found = numbered(row(heading=True, text="总则"), row(heading=True, text="长" * 121))
    assert [(one.title, len(words_of(one.body))) for one in found.rows] == [("总则", 0), ("", 121)]


def test_skipped_rows_leave_no_clause():
    found = numbered(row(printed="第一条", value=1), row(printed="第二条", value=2), at_0=Choice(SKIP))
    assert (found.numbers, found.clause_of) == (["第二条"], {1: 0})


def test_pictures_stand_in_the_text_and_are_kept_once_each():
    picture = Picture("image1.png", "image/png", b"1")
    found = numbered(row(pictures=(picture,)), row(pictures=(picture, Picture("b.png", "image/png", b"2"))))
    assert [[block.file for block in pictures_of(one.body)] for one in found.rows] == [[1], [1, 2]]
    assert [picture.content for picture in found.pictures] == [b"1", b"2"]


def test_a_full_clause_gives_its_pictures_to_the_next(monkeypatch):
    monkeypatch.setattr(proposing, "MOST_BLOCKS", 1)
    found = numbered(row(pictures=(Picture("image1.png", "image/png", b"1"),)))
    assert [len(one.body) for one in found.rows] == [1, 1]


def test_full_clause_is_followed_by_one_without_number(monkeypatch):
    monkeypatch.setattr(proposing, "MOST_BLOCKS", 2)
    found = numbered(row(), *(row(0, S.NONE, "乙") for _more in range(3)))
    assert [len(one.body) for one in found.rows] == [2, 2]
    monkeypatch.setattr(proposing, "MOST_CLAUSE_TEXT", 2)
    assert len(numbered(row(), row(0, S.NONE, "乙")).rows) == 2


@pytest.mark.parametrize(
    ("posted", "choice"),
    [
        ({}, Choice("article", 1)),
        ({"style-0": "circled", "level-0": "6"}, Choice("circled", 6)),
        ({"style-0": "join"}, Choice(JOIN, 1)),
        ({"style-0": "<script>", "level-0": "7"}, Choice("article", 1)),
        ({"style-0": "", "level-0": "²"}, Choice("article", 1)),
    ],
)
def test_choices_of_a_form(posted, choice):
    assert read_choices(ImportedDocument("", (row(),)), posted) == [choice]


ROWS = st.lists(
    st.builds(
        row,
        st.integers(0, 6),
        st.sampled_from([one for one in S if one is not S.NONE]),
        st.text("甲乙", min_size=1, max_size=3),
        value=st.integers(0, 40),
    ),
    max_size=20,
)
CHOICES = st.builds(Choice, st.sampled_from([JOIN, SKIP, *map(str, S)]), st.integers(1, 6))


@EXAMPLES
@given(ROWS, st.data())
def test_any_choice_gives_an_outline_that_counts_as_shown(rows, data):
    document = ImportedDocument("", tuple(rows))
    choices = [data.draw(CHOICES) for _row in rows]
    found = propose(document, choices)
    assert found.numbers == row_numbers(found.rows)
    kept = sum(len(words_of(one.body).replace("\n", "")) for one in found.rows)
    taken = [one for one, choice in zip(rows, choices, strict=True) if choice.style != SKIP]
    assert kept == sum(len(words_of(one.body)) for one in taken)


def test_every_remark_has_its_sentence():
    assert set(REMARK_LABELS) == set(Remark)

"""A rule as .docx: Word counts the numbers itself, and what was written is read back the same."""

import io
import zipfile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.rules.clause_text import Cell, ItemList, Paragraph, Run, Table, paragraphs, words_of
from app.features.rules.enums import NumberStyle as S
from app.features.rules.outline import OutlineRow, row_numbers
from app.features.rules.word.parts import open_upload
from app.features.rules.word.proposal import first_choices, propose
from app.features.rules.word.reading import read_document
from app.features.rules.word.writing import WrittenClause, write_document

TABLE = Table(
    (
        (Cell((Run("项目"),), rows=2), Cell((Run("标准", bold=True),), columns=2)),
        (Cell((Run("市内"),)), Cell((Run("外地"),))),
        (Cell((Run("住宿"),)), Cell((Run("300"),)), Cell((Run("500"),))),
    )
)
TRAVEL = Paragraph((Run("出差"), Run("须", bold=True), Run("审批。")))
RULE = (
    OutlineRow(1, S.CHAPTER, "总则"),
    OutlineRow(2, S.ARTICLE, "", (TRAVEL, *paragraphs(["第二段。"]))),
    OutlineRow(3, S.HAN_IN_BRACKETS, "", paragraphs(["甲；"])),
    OutlineRow(3, S.HAN_IN_BRACKETS, "", paragraphs(["乙。"])),
    OutlineRow(1, S.CHAPTER, "标准"),
    OutlineRow(2, S.ARTICLE, "住宿", (TABLE,)),
    OutlineRow(2, S.ARTICLE, "", (*paragraphs(["如下："]), ItemList(((Run("点一"),), (Run("点二"),))))),
)  # fmt: skip


def written(rows, **options):
    return write_document("费用管理办法", [WrittenClause(row) for row in rows], **options)


def read(content):
    return read_document(open_upload("a.docx", content))


def body_of(content):
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


def test_rule_comes_back_as_it_was():
    document = read(written(RULE))
    found = propose(document, first_choices(document))
    assert document.title == "费用管理办法"
    assert found.numbers == row_numbers(RULE)
    assert [(one.level, one.style, one.title, one.body) for one in found.rows] == [
        (one.level, one.style, one.title, one.body) for one in RULE
    ]


def test_another_program_opens_it_and_finds_no_typed_number():
    document = Document(io.BytesIO(written(RULE, header="星河公司")))
    texts = [one.text for one in document.paragraphs]
    assert texts[:3] == ["费用管理办法", "总则", "出差须审批。"]
    assert document.paragraphs[1].style.name == "Heading 1"
    assert document.tables[0].cell(1, 0).text == "项目"
    assert document.sections[0].header.paragraphs[0].text == "星河公司"


def test_usual_rule_needs_no_list_that_begins_anew():
    """Programs that know no lvlRestart, as LibreOffice, count articles through all chapters as well."""
    numbering = zipfile.ZipFile(io.BytesIO(written(RULE))).read("word/numbering.xml").decode()
    assert "startOverride" not in numbering
    assert "lvlRestart" not in numbering


def test_same_text_gives_the_same_bytes():
    assert written(RULE) == written(RULE)


def test_links_lead_to_their_clause_and_elsewhere_stay_words():
    link, outside = Run("旧", clause=7), Run("他处", clause=9)
    rows = (OutlineRow(1, S.ARTICLE, "", (Paragraph((link, outside)),)),)
    content = body_of(
        write_document("甲", [WrittenClause(rows[0], 7)], names={7: "第一条", 9: "《乙》第二条"})
    )
    assert '<w:hyperlink w:anchor="clause_7" w:history="1">' in content
    assert 'w:name="clause_7"' in content
    assert content.count("<w:hyperlink") == 1
    assert "第一条" in content
    assert "《乙》第二条" in content


def test_signs_of_markup_control_characters_breaks_and_tabs():
    rows = (OutlineRow(1, S.NONE, "", (Paragraph((Run("a<b>&\x00\x0b\ufffe\td\ne"),)),)),)
    content = body_of(written(rows))
    assert "a&lt;b&gt;&amp;" in content
    assert content.count("<w:tab/>") == content.count("<w:br/>") == 1
    assert [words_of(row.body) for row in read(written(rows)).rows] == ["a<b>&\td\ne"]


def test_clause_without_text_keeps_its_number_and_an_unnumbered_heading_its_place():
    rows = (
        OutlineRow(1, S.ARTICLE),
        OutlineRow(1, S.NONE, "附件"),
        OutlineRow(1, S.ARTICLE, "", paragraphs(["甲。"])),
    )
    document = read(written(rows))
    assert [(row.printed, words_of(row.body)) for row in document.rows] == [("", "附件"), ("第二条", "甲。")]


def test_ordered_points_are_counted_each_time_anew():
    points = ItemList(((Run("甲"),), (Run("乙"),)), ordered=True)
    body = (*paragraphs(["如下："]), points, *paragraphs(["又："]), points)
    document = read(written((OutlineRow(1, S.ARTICLE, "", body),)))
    assert [row.printed for row in document.rows if row.printed.endswith(")")] == ["1)", "2)", "1)", "2)"]


@pytest.mark.parametrize("count", [20, 21, 50])
def test_circled_figures_beyond_those_of_word_are_typed(count):
    rows = [OutlineRow(1, S.CIRCLED, "", paragraphs(["甲"])) for _row in range(count)]
    document = read(written(rows))
    assert propose(document, first_choices(document)).numbers == row_numbers(rows)


STYLED = st.sampled_from([style for style in S if style is not S.NONE])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), STYLED, st.none() | st.integers(1, 30)), max_size=25))
def test_any_outline_is_counted_by_word_as_by_the_house(rows):
    """Word's own counting, read back by what was proved against LibreOffice, prints the numbers of the pages."""
    outline = [OutlineRow(level, style, "", paragraphs(["甲。"]), start) for level, style, start in rows]
    printed = [row.printed for row in read(written(outline)).rows]
    assert [one.replace("○", "零") for one in printed] == row_numbers(outline)

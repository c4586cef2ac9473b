"""Word files by what is special in their numbering, each with the numbers that are printed before its paragraphs.

The numbers are those LibreOffice Writer 7.4 prints. Where it departs from the standard (ECMA-376 part 1) the standard's
are kept, and ``differs`` says how.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

from docx import Document

from tests.word_files import abstract, docx, level, num, p, run, style


@dataclass(frozen=True)
class Example:
    """A file and what its paragraphs say: (number as printed, text)."""

    content: bytes
    printed: list[tuple[str, str]]
    differs: str = ""


NO_RESTART = "LibreOffice begins every level anew, whatever lvlRestart says"
EXAMPLES: dict[str, Callable[[], Example]] = {}


def example(make: Callable[[], Example]) -> Callable[[], Example]:
    """Add an example under the name of its function."""
    EXAMPLES[make.__name__] = make
    return make


def listed(*lines: str) -> list[tuple[str, str]]:
    """Return lines like "第一章|总则" as pairs."""
    return [(number, text) for number, _, text in (line.partition("|") for line in lines)]


def of_levels(*levels: str, nums: str = "", body: tuple[tuple[int, int, str], ...] = ()) -> bytes:
    """Return a file with one definition (0) and one list (1); ``body`` is (list, level, text)."""
    return docx(
        *(p(text, at=(key, place)) for key, place, text in body),
        numbering=abstract(0, *levels) + num(1, 0) + nums,
    )


RULE = (
    level(0, "chineseCountingThousand", "第%1章"),
    level(1, "chineseCountingThousand", "第%2条", restart=0),
    level(2, "chineseCounting", "（%3）", suffix="nothing"),
    level(3, "decimal", "%4."),
)


@example
def articles_run_across_chapters() -> Example:
    places = (
        (0, "总则"),
        (1, "目的"),
        (1, "范围"),
        (2, "员工"),
        (2, "外协"),
        (0, "职责"),
        (1, "经理"),
        (2, "审核"),
    )
    return Example(
        of_levels(*RULE, body=tuple((1, place, text) for place, text in places)),
        listed(
            "第一章|总则",
            "第一条|目的",
            "第二条|范围",
            "（一）|员工",
            "（二）|外协",
            "第二章|职责",
            "第三条|经理",
            "（一）|审核",
        ),
        differs=NO_RESTART,
    )


@example
def every_level_begins_anew_by_default() -> Example:
    levels = (level(0, "decimal", "%1."), level(1, "lowerLetter", "%2)"), level(2, "lowerRoman", "%3."))
    places = ((0, "A"), (1, "B"), (2, "C"), (2, "D"), (1, "E"), (2, "F"), (0, "G"), (1, "H"), (2, "I"))
    return Example(
        of_levels(*levels, body=tuple((1, place, text) for place, text in places)),
        listed("1.|A", "a)|B", "i.|C", "ii.|D", "b)|E", "i.|F", "2.|G", "a)|H", "i.|I"),
    )


@example
def restart_only_after_the_first_level() -> Example:
    levels = (
        level(0, "decimal", "%1."),
        level(1, "decimal", "%1.%2."),
        level(2, "decimal", "%3)", restart=1),
    )
    places = ((0, "A"), (1, "B"), (2, "C"), (1, "D"), (2, "E"), (0, "F"), (1, "G"), (2, "H"))
    return Example(
        of_levels(*levels, body=tuple((1, place, text) for place, text in places)),
        listed("1.|A", "1.1.|B", "1)|C", "1.2.|D", "2)|E", "2.|F", "2.1.|G", "1)|H"),
        differs=NO_RESTART,
    )


@example
def several_levels_in_one_number() -> Example:
    levels = (level(0, "decimal", "%1"), level(1, "decimal", "%1.%2"), level(2, "decimal", "%1.%2.%3"))
    places = ((0, "A"), (1, "B"), (2, "C"), (2, "D"), (1, "E"), (0, "F"), (1, "G"))
    return Example(
        of_levels(*levels, body=tuple((1, place, text) for place, text in places)),
        listed("1|A", "1.1|B", "1.1.1|C", "1.1.2|D", "1.2|E", "2|F", "2.1|G"),
    )


@example
def legal_numbers_are_figures() -> Example:
    levels = (level(0, "chineseCountingThousand", "第%1章"), level(1, "decimal", "%1.%2", legal=True))
    places = ((0, "A"), (1, "B"), (1, "C"), (0, "D"), (1, "E"))
    return Example(
        of_levels(*levels, body=tuple((1, place, text) for place, text in places)),
        listed("第一章|A", "1.1|B", "1.2|C", "第二章|D", "2.1|E"),
        differs="LibreOffice 7.4 knows no isLgl",
    )


@example
def lists_of_one_definition_count_together() -> Example:
    nums = num(2, 0)
    body = ((1, 0, "A"), (1, 0, "B"), (2, 0, "C"), (1, 0, "D"))
    return Example(
        of_levels(level(0, "decimal", "%1."), nums=nums, body=body), listed("1.|A", "2.|B", "3.|C", "4.|D")
    )


@example
def start_override_begins_anew_once() -> Example:
    nums = num(2, 0, starts={0: 1})
    body = ((1, 0, "A"), (1, 0, "B"), (2, 0, "C"), (2, 0, "D"))
    return Example(
        of_levels(level(0, "decimal", "%1."), nums=nums, body=body), listed("1.|A", "2.|B", "1.|C", "2.|D")
    )


@example
def start_override_at_five() -> Example:
    nums = num(2, 0, starts={0: 5})
    body = ((1, 0, "A"), (2, 0, "B"), (2, 0, "C"))
    return Example(
        of_levels(level(0, "chineseCounting", "%1、"), nums=nums, body=body),
        listed("一、|A", "五、|B", "六、|C"),
    )


@example
def definition_starts_at_three() -> Example:
    return Example(
        of_levels(level(0, "decimal", "%1.", start=3), body=((1, 0, "A"), (1, 0, "B"))),
        listed("3.|A", "4.|B"),
    )


@example
def level_is_replaced_in_one_list() -> Example:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1.")}</w:lvlOverride>'
    nums = num(2, 1, levels=override)
    return Example(
        docx(
            p("A", at=(1, 0)),
            p("B", at=(2, 0)),
            p("C", at=(2, 0)),
            numbering=abstract(0, level(0, "decimal", "%1."))
            + abstract(1, level(0, "decimal", "%1."))
            + num(1, 0)
            + nums,
        ),
        listed("1.|A", "A.|B", "B.|C"),
    )


@example
def headings_carry_the_numbering() -> Example:
    levels = (
        level(0, "chineseCountingThousand", "第%1章", style="Heading1"),
        level(1, "chineseCountingThousand", "第%2条", style="Heading2", restart=0),
    )
    styles = style("Heading1", "heading 1", at=(1, None), outline=0) + style(
        "Heading2", "heading 2", at=(1, 1), outline=1
    )
    return Example(
        docx(
            p("总则", style="Heading1"),
            p("目的", style="Heading2"),
            p("正文在此。"),
            p("附则", style="Heading1"),
            p("解释", style="Heading2"),
            numbering=abstract(0, *levels) + num(1, 0),
            styles=styles,
        ),
        listed("第一章|总则", "第一条|目的", "|正文在此。", "第二章|附则", "第二条|解释"),
        differs=NO_RESTART,
    )


@example
def style_is_tied_to_a_level_by_the_list_alone() -> Example:
    levels = (level(0, "decimal", "%1."), level(1, "decimal", "%1.%2", style="Point"))
    styles = style("Clause", at=(1, 0)) + style("Point", at=(1, None))
    return Example(
        docx(
            p("A", style="Clause"),
            p("B", style="Point"),
            p("C", style="Point"),
            numbering=abstract(0, *levels) + num(1, 0),
            styles=styles,
        ),
        listed("1.|A", "1.1|B", "1.2|C"),
        differs="LibreOffice looks for the level in the style alone, where Word writes none",
    )


@example
def style_inherits_its_list() -> Example:
    styles = style("Base", at=(1, 0)) + style("Derived", based_on="Base")
    return Example(
        docx(
            p("A", style="Base"),
            p("B", style="Derived"),
            numbering=abstract(0, level(0, "decimal", "%1.")) + num(1, 0),
            styles=styles,
        ),
        listed("1.|A", "2.|B"),
    )


@example
def paragraph_takes_its_style_out_of_the_list() -> Example:
    return Example(
        docx(
            p("A", style="Base"),
            p("B", style="Base", at=(0, None)),
            p("C", style="Base"),
            numbering=abstract(0, level(0, "decimal", "%1.")) + num(1, 0),
            styles=style("Base", at=(1, 0)),
        ),
        listed("1.|A", "|B", "2.|C"),
    )


@example
def list_style_leads_to_the_definition() -> Example:
    styles = style("RuleList", kind="numbering", at=(1, None))
    return Example(
        docx(
            p("A", at=(2, 0)),
            p("B", at=(2, 1)),
            p("C", at=(2, 0)),
            numbering=abstract(
                0, level(0, "chineseCounting", "%1、"), level(1, "decimal", "%2."), own="RuleList"
            )
            + abstract(1, link="RuleList")
            + num(1, 0)
            + num(2, 1),
            styles=styles,
        ),
        listed("一、|A", "1.|B", "二、|C"),
    )


@example
def level_above_was_never_used() -> Example:
    levels = (level(0, "decimal", "%1."), level(1, "decimal", "%1.%2"))
    return Example(
        of_levels(*levels, body=((1, 1, "A"), (1, 1, "B"), (1, 0, "C"), (1, 1, "D"))),
        listed("1.1|A", "1.2|B", "2.|C", "2.1|D"),
    )


FORMATS = (
    ("chineseCountingThousand", "第%1条", 101, ("第一百零一条", "第一百零二条"), ""),
    ("chineseCounting", "%1、", 19, ("十九、", "二十、"), ""),
    ("chineseCounting", "（%1）", 99, ("（九十九）", "（一○○）"), "LibreOffice writes 一百"),
    ("japaneseCounting", "%1．", 10, ("十．", "十一．"), ""),
    ("japaneseCounting", "%1、", 110, ("百十、", "百十一、"), "LibreOffice writes 一百一十"),
    ("ideographDigital", "%1、", 10, ("一〇、", "一一、"), "LibreOffice writes 十, 十一"),
    ("chineseLegalSimplified", "%1、", 10, ("壹拾、", "壹拾壹、"), ""),
    ("ideographTraditional", "%1、", 9, ("壬、", "癸、"), ""),
    ("ideographZodiac", "%1、", 12, ("亥、", "13、"), ""),
    ("decimalEnclosedCircle", "%1", 19, ("⑲", "⑳"), ""),
    ("decimalEnclosedCircleChinese", "%1", 20, ("⑳", "21"), "LibreOffice writes ㉑"),
    ("decimalFullWidth", "%1．", 9, ("９．", "１０．"), ""),
    ("decimalEnclosedParen", "%1", 1, ("⑴", "⑵"), "LibreOffice writes 1, 2"),
    ("decimalZero", "%1.", 9, ("09.", "10."), ""),
    ("lowerLetter", "%1)", 26, ("z)", "aa)"), ""),
    ("upperLetter", "%1.", 27, ("AA.", "BB."), ""),
    ("lowerRoman", "(%1)", 3, ("(iii)", "(iv)"), ""),
    ("upperRoman", "%1.", 8, ("VIII.", "IX."), ""),
    ("none", "附件", 1, ("附件", "附件"), ""),
)


def of_format(
    number_format: str, pattern: str, start: int, numbers: tuple[str, str], differs: str
) -> Example:
    """Return a file of two paragraphs in one format of numbers."""
    levels = level(0, number_format, pattern, start=start)
    body = ((1, 0, "甲方"), (1, 0, "乙方"))
    return Example(of_levels(levels, body=body), list(zip(numbers, ("甲方", "乙方"), strict=True)), differs)


for place, facts in enumerate(FORMATS):
    EXAMPLES[f"format_{place}_{facts[0]}"] = lambda facts=facts: of_format(*facts)


@example
def deleted_paragraph_is_not_counted() -> Example:
    gone = '<w:del w:id="1" w:author="a"><w:r><w:delText>旧</w:delText></w:r></w:del>'
    mark = '<w:rPr><w:del w:id="2" w:author="a"/></w:rPr>'
    return Example(
        docx(
            p("A", at=(1, 0)),
            p(gone, at=(1, 0), more=mark),
            p("C", at=(1, 0)),
            numbering=abstract(0, level(0, "decimal", "%1.")) + num(1, 0),
        ),
        listed("1.|A", "2.|C"),
        differs="LibreOffice still shows what was deleted when it converts",
    )


@example
def inserted_paragraph_is_counted() -> Example:
    new = f'<w:ins w:id="1" w:author="a">{run("B")}</w:ins>'
    mark = '<w:rPr><w:ins w:id="2" w:author="a"/></w:rPr>'
    return Example(
        docx(
            p("A", at=(1, 0)),
            p(new, at=(1, 0), more=mark),
            p("C", at=(1, 0)),
            numbering=abstract(0, level(0, "decimal", "%1.")) + num(1, 0),
        ),
        listed("1.|A", "2.|B", "3.|C"),
    )


@example
def empty_paragraph_is_counted_as_well() -> Example:
    return Example(
        docx(
            p("A", at=(1, 0)),
            p(at=(1, 0)),
            p("C", at=(1, 0)),
            numbering=abstract(0, level(0, "decimal", "%1.")) + num(1, 0),
        ),
        listed("1.|A", "3.|C"),
    )


@example
def numbers_go_on_behind_a_table_that_counts() -> Example:
    cell = f"<w:tc><w:tcPr/>{p('B', at=(1, 0))}</w:tc>"
    return Example(
        docx(
            p("A", at=(1, 0)),
            f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr>{cell}</w:tr></w:tbl>",
            p("C", at=(1, 0)),
            numbering=abstract(0, level(0, "decimal", "%1.")) + num(1, 0),
        ),
        listed("1.|A", "3.|C"),
    )


@example
def list_that_is_nowhere_defined() -> Example:
    return Example(docx(p("A", at=(7, 0)), p("B", at=(7, 1))), listed("|A", "|B"))


@example
def definition_leads_round_in_a_circle() -> Example:
    styles = style("One", kind="numbering", at=(1, None)) + style("Two", kind="numbering", at=(2, None))
    return Example(
        docx(
            p("A", at=(1, 0)),
            numbering=abstract(0, link="Two") + abstract(1, link="One") + num(1, 0) + num(2, 1),
            styles=styles,
        ),
        listed("|A"),
        differs="LibreOffice invents a list",
    )


@example
def made_with_python_docx() -> Example:
    document = Document()
    document.add_paragraph("甲", style="List Number")
    document.add_paragraph("乙", style="List Number")
    document.add_paragraph("丙", style="List Number 2")
    document.add_paragraph("丁", style="List Number")
    stream = io.BytesIO()
    document.save(stream)
    return Example(stream.getvalue(), listed("1.|甲", "2.|乙", "1.|丙", "3.|丁"))


@example
def bullets_have_no_number() -> Example:
    document = Document()
    document.add_paragraph("甲", style="List Bullet")
    document.add_paragraph("乙")
    stream = io.BytesIO()
    document.save(stream)
    return Example(
        stream.getvalue(), listed("|甲", "|乙"), differs="LibreOffice writes the dot, which is no number"
    )

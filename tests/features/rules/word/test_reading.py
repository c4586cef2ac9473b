"""Paragraphs, tables and pictures of a Word file become rows; what is left out or changed is said."""

import io
import zipfile

import pytest

from app.core.errors import Invalid
from app.features.rules.clause_text import ItemList, Paragraph, words_of
from app.features.rules.enums import NumberStyle as S
from app.features.rules.word import blocks, inline, reading
from app.features.rules.word.parts import open_upload
from app.features.rules.word.reading import read_document
from app.features.rules.word.remarks import Remark
from tests.word_files import abstract, docx, level, num, p, part, run, style
from tests.word_reading import cell, read, text_of


def outline(document):
    return [(row.level, row.style, row.printed, words_of(row.body)) for row in document.rows]


def typed(*lines):
    return outline(read(*(p(line) for line in lines)))


def test_typed_numbers_are_taken_off_the_text():
    lines = (
        "第一章 总则",
        "第一条　目的是规范。",
        "（一）员工；",
        "1. 甲",
        "①乙",
        "第二章 附则",
        "第二条 解释。",
    )
    assert typed(*lines) == [
        (1, S.CHAPTER, "第一章", "总则"),
        (2, S.ARTICLE, "第一条", "目的是规范。"),
        (3, S.HAN_IN_BRACKETS, "（一）", "员工；"),
        (4, S.DECIMAL, "1.", "甲"),
        (5, S.CIRCLED, "①", "乙"),
        (1, S.CHAPTER, "第二章", "附则"),
        (2, S.ARTICLE, "第二条", "解释。"),
    ]  # fmt: skip


def test_the_usual_order_without_chapters():
    assert [
        row[:3]
        for row in typed(
            "一、报价", "（一）要求", "1、审核", "（1）时限", "(2)责任", "二、合同", "（一）签订"
        )
    ] == [
        (1, S.HAN, "一、"),
        (2, S.HAN_IN_BRACKETS, "（一）"),
        (3, S.DECIMAL, "1、"),
        (4, S.DECIMAL_IN_BRACKETS, "（1）"),
        (4, S.DECIMAL_IN_BRACKETS, "(2)"),
        (1, S.HAN, "二、"),
        (2, S.HAN_IN_BRACKETS, "（一）"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "第五条所列的情形除外。", "2024. 年度计划", "1.5 倍工资", "3.14 是圆周率", "一二三四五", "三、五月各一次",
        "（附件）见后", "第几条", "10000. 太多", "① 以外的", "0. 零", "一、二号车辆归内勤。",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_number_stays_text(line):
    [row] = [one for one in typed("开头。", line) if line[:3] in one[3] or line[0] == "①"][-1:]
    if line.startswith("①"):
        assert row == (1, S.CIRCLED, "①", "以外的")
    else:
        assert row == (0, S.NONE, "", line)


def test_citation_of_the_next_article_begins_a_sentence_only_with_a_space_or_in_order():
    rows = typed(
        "第一条 甲。", "第一条规定的人员，也适用。", "第二条所列的，也适用。", "第二条乙。", "第四条 丁。"
    )
    assert [(row[1], row[2]) for row in rows] == [
        (S.ARTICLE, "第一条"),
        (S.NONE, ""),
        (S.NONE, ""),
        (S.ARTICLE, "第二条"),
        (S.ARTICLE, "第四条"),
    ]


def test_gap_in_typed_numbers_is_said():
    document = read(p("第一条 甲。"), p("第三条 丙。"))
    assert document.remarks == {Remark.GAP: 1}
    assert document.rows[1].remarks == (Remark.GAP,)


def test_decimals_of_several_levels_keep_their_depth_and_are_marked():
    document = read(p("1. 总则"), p("1.1 目的"), p("1.2 范围"), p("2. 职责"), p("2.1 经理"))
    assert [(row.level, row.style, row.printed, row.value) for row in document.rows] == [
        (1, S.DECIMAL, "1.", 1),
        (2, S.DECIMAL, "1.1", 1),
        (2, S.DECIMAL, "1.2", 2),
        (1, S.DECIMAL, "2.", 2),
        (2, S.DECIMAL, "2.1", 1),
    ]
    assert document.remarks == {Remark.STYLE_CHANGED: 3}


def test_number_without_counterpart_stays_with_the_text_above():
    numbering = abstract(0, level(0, "lowerLetter", "%1)")) + num(1, 0)
    document = read(p("第一条 甲。"), p("乙", at=(1, 0)), numbering=numbering)
    assert outline(document)[1] == (0, S.NONE, "a)", "乙")
    assert document.rows[1].remarks == (Remark.STYLE_CHANGED,)


def test_parts_stand_above_chapters():
    numbering = abstract(
        0, level(0, "chineseCounting", "第%1编"), level(1, "chineseCounting", "第%2章")
    ) + num(1, 0)
    document = read(p("总", at=(1, 0)), p("甲", at=(1, 1)), p("分", at=(1, 0)), numbering=numbering)
    assert [(row.level, row.style, row.printed) for row in document.rows] == [
        (1, S.CHAPTER, "第一编"),
        (2, S.CHAPTER, "第一章"),
        (1, S.CHAPTER, "第二编"),
    ]


def test_two_levels_of_one_list_that_look_alike_are_told_apart():
    numbering = abstract(0, level(0, "decimal", "%1."), level(1, "decimal", "%2.")) + num(1, 0)
    document = read(p("A", at=(1, 0)), p("B", at=(1, 1)), p("C", at=(1, 0)), numbering=numbering)
    assert [row.level for row in document.rows] == [1, 2, 1]


def test_headings_without_numbers_and_points_of_a_list_below_them():
    styles = style("H1", "heading 1", outline=0) + style("H2", "Heading 2") + style("Plain", outline=9)
    document = read(
        p("管理办法", more='<w:jc w:val="center"/>'), p("总则", style="H1"), p("目的", style="H2"), p("正文。"),
        p("附则", style="H1"), p("这是一整句话。", style="H1"), p("不是标题", style="Plain"), styles=styles,
    )  # fmt: skip
    assert document.title == "管理办法"
    assert [(row.level, row.heading, words_of(row.body)) for row in document.rows] == [
        (1, True, "总则"), (2, True, "目的"), (0, False, "正文。"), (1, True, "附则"),
        (0, False, "这是一整句话。"), (0, False, "不是标题"),
    ]  # fmt: skip


def test_numbered_headings_stand_above_lists_that_look_like_them():
    styles = style("H1", "heading 1", at=(1, 0), outline=0)
    numbering = (
        abstract(0, level(0, "decimal", "%1.", style="H1"))
        + abstract(1, level(0, "decimal", "%1."))
        + num(1, 0)
        + num(2, 1)
    )
    document = read(
        p("总则", style="H1"), p("甲。", at=(2, 0)), p("乙。", at=(2, 0)), p("附则", style="H1"), p("第一条 丙。"),
        styles=styles, numbering=numbering,
    )  # fmt: skip
    assert [(row.level, row.printed, row.heading) for row in document.rows] == [
        (1, "1.", True), (2, "1.", False), (2, "2.", False), (1, "2.", True), (2, "第一条", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ([p("制度", style="T"), p("第一条 甲。")], "制度"),
        ([p("星河公司", more='<w:jc w:val="center"/>'), p("制度", style="T")], "制度"),
        ([p(run("制度", bold=True)), p("第一条 甲。")], "制度"),
        ([p("总则", style="H1"), p("附则", style="H1")], ""),
        ([p("办法", style="H1"), p("第一条 甲。")], "办法"),
        ([p("第一条 甲", more='<w:jc w:val="center"/>')], ""),
        ([p("这一段是一句话。", more='<w:jc w:val="center"/>')], ""),
        ([p("普通的一段"), p("第一条 甲。")], ""),
    ],
)
def test_title(body, title):
    assert read(*body, styles=style("T", "Title") + style("H1", "heading 1", outline=0)).title == title


def test_bold_line_breaks_and_tabs_are_kept():
    document = read(
        p(
            "第一条 ",
            run("须", bold=True),
            "<w:r><w:t>审核</w:t><w:tab/><w:t>后</w:t><w:br/><w:t>打印</w:t></w:r>",
        )
    )
    [row] = document.rows
    first, second = row.body
    assert {type(first), type(second)} == {Paragraph}
    assert [(piece.text, piece.bold) for piece in first.runs] == [("须", True), ("审核\t后", False)]
    assert second.runs[0].text == "打印"


def test_bold_comes_from_styles_and_can_be_switched_off():
    styles = style("Strong", look="<w:b/>") + style("Loud", kind="character", look="<w:b/>")
    document = read(
        p("A", run("B", look='<w:b w:val="0"/>'), style="Strong"),
        p(run("C", look='<w:rStyle w:val="Loud"/>'), "D"),
        styles=styles,
    )
    assert [[(piece.text, piece.bold) for piece in row.body[0].runs] for row in document.rows] == [
        [("A", True), ("B", False)],
        [("C", True), ("D", False)],
    ]


def test_deleted_is_dropped_and_inserted_kept():
    document = read(
        p("甲", '<w:del w:id="1"><w:r><w:delText>旧</w:delText></w:r></w:del>', f'<w:ins w:id="2">{run("新")}</w:ins>'),
        p(f'<w:moveFrom w:id="3">{run("走")}</w:moveFrom>', f'<w:moveTo w:id="4">{run("来")}</w:moveTo>'),
    )  # fmt: skip
    assert text_of(document) == "甲新\n来"
    assert set(document.remarks) == {Remark.DELETED, Remark.INSERTED}


def test_deleted_end_joins_two_paragraphs():
    mark = '<w:rPr><w:del w:id="1"/></w:rPr>'
    assert text_of(read(p("前半", more=mark), p("后半"))) == "前半后半"
    assert text_of(read(p("前半", more=mark))) == "前半"


def test_deleted_rows_and_blocks_are_dropped():
    def row(text, more=""):
        return f"<w:tr>{more}<w:tc><w:tcPr/>{p(text)}</w:tc></w:tr>"

    document = read(
        "<w:tbl>" + row("留") + row("删", '<w:trPr><w:del w:id="1"/></w:trPr>') + "</w:tbl>",
        f"<w:moveFrom>{p('走')}</w:moveFrom>",
        f"<w:ins>{p('来')}</w:ins>",
    )
    assert text_of(document) == "留\n来"
    assert Remark.DELETED in document.remarks


def field(code, result):
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{code}</w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_of_a_field_the_result_stands():
    document = read(
        p("共", field(" PAGEREF x ", run("7")), "页"),
        p('<w:fldSimple w:instr="DATE"><w:r><w:t>今天</w:t></w:r></w:fldSimple>'),
        p('<w:hyperlink r:id="rId9"><w:r><w:t>网址</w:t></w:r></w:hyperlink>'),
    )
    assert text_of(document) == "共7页\n今天\n网址"


def test_table_of_contents_is_left_out_in_each_of_its_forms():
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>'
    separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("separate", "end"))
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    document = read(
        f"<w:sdt>{gallery}<w:sdtContent>{p('总则 1')}</w:sdtContent></w:sdt>",
        p("总则 1", style="TOC1"),
        p(begin, separate, run("总则 1")),
        p(field(" PAGEREF a ", run("附则 2"))),
        p(end),
        p("正文"),
        styles=style("TOC1", "toc 1"),
    )
    assert text_of(document) == "正文"
    assert Remark.CONTENTS in document.remarks


def test_field_that_never_ends_loses_nothing():
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC </w:instrText></w:r>'
    assert "正文" in text_of(read(p(begin), p('<w:r><w:fldChar w:fldCharType="separate"/></w:r>'), p("正文")))
    assert text_of(read(p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', run("码")), p("正文"))) == "正文"


def test_notes_stand_in_brackets_and_comments_are_counted():
    notes = part(
        "footnotes",
        f'<w:footnote w:type="separator" w:id="0"/><w:footnote w:id="2">{p("见附件")}</w:footnote>',
    )
    comments = part("comments", f'<w:comment w:id="0">{p("改？")}</w:comment>')
    reference = '<w:r><w:footnoteReference w:id="2"/><w:footnoteReference w:id="9"/></w:r>'
    document = read(
        p(
            "甲",
            reference,
            '<w:commentRangeStart w:id="0"/>',
            '<w:r><w:commentReference w:id="0"/></w:r>',
            "乙",
        ),
        parts={"footnotes": notes, "comments": comments},
    )
    assert text_of(document) == "甲（注：见附件）乙"
    assert document.remarks == {Remark.FOOTNOTES: 1, Remark.COMMENTS: 1}


def test_hidden_struck_formulas_symbols_and_ruby():
    document = read(
        p(run("藏", look="<w:vanish/>"), "甲"),
        p(run("划", look="<w:strike/>")),
        p("<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"),
        p('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:char="F999"/></w:r>'),
        p("<w:r><w:ruby><w:rt><w:r><w:t>yin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>音</w:t></w:r></w:rubyBase></w:ruby></w:r>"),
        p("<w:r><w:t>A</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>B</w:t></w:r>"),
        p(run("全藏", look="<w:vanish/>"), more="<w:rPr><w:vanish/></w:rPr>"),
    )  # fmt: skip
    assert text_of(document) == "甲\n划\na+b\n☑□\n音\nA-B"
    assert set(document.remarks) == {Remark.HIDDEN, Remark.STRUCK, Remark.FORMULAS, Remark.SYMBOLS}


def test_text_boxes_follow_their_paragraph_and_shapes_are_said():
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    document = read(
        p("甲", f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"),
        p("乙", "<w:r><w:drawing/></w:r>", "<w:r><w:object/></w:r>"),
        '<w:altChunk r:id="rId5"/>',
    )
    assert text_of(document) == "甲\n框内\n乙"
    assert set(document.remarks) == {Remark.TEXT_BOXES, Remark.DRAWINGS, Remark.EMBEDDED}


def test_headers_and_footers_are_handed_out_apart():
    document = read(
        p("正文"), parts={"header1": part("hdr", p("内部资料")), "footer1": part("ftr", p("第 1 页"))}
    )
    assert (document.headers, document.footers) == (("内部资料",), ("第 1 页",))
    assert text_of(document) == "正文"


def test_points_are_a_list():
    numbering = abstract(0, level(0, "bullet", "•")) + num(1, 0)
    document = read(p("甲：", at=(1, 0)), p("乙", at=(1, 0)), numbering=numbering)
    assert [row.level for row in document.rows] == [0, 0]
    assert all(isinstance(row.body[0], ItemList) for row in document.rows)


def test_levels_deeper_than_six_are_said():
    lines = ["第一章 甲", "第一节 乙", "第一条 丙。", "一、丁。", "（一）戊。", "1. 己。", "（1）庚。"]
    document = read(*(p(line) for line in lines))
    assert [row.level for row in document.rows] == [1, 2, 3, 4, 5, 6, 6]
    assert document.rows[-1].remarks == (Remark.DEEP,)


def test_strict_files_are_read_like_others():
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx(p("第一条 甲。")))) as before,
        zipfile.ZipFile(content, "w") as after,
    ):
        for entry in before.infolist():
            text = before.read(entry).decode()
            for name in ("wordprocessingml", "officeDocument"):
                text = text.replace(
                    f"http://schemas.openxmlformats.org/{name}/2006/", f"http://purl.oclc.org/ooxml/{name}/"
                )
            after.writestr(entry.filename, text)
    document = read_document(open_upload("制度.docx", content.getvalue()))
    assert outline(document) == [(1, S.ARTICLE, "第一条", "甲。")]


@pytest.mark.parametrize(
    ("module", "limit", "body"),
    [
        (blocks, "MOST_PARAGRAPHS", [p("甲"), p("乙"), p("丙")]),
        (inline, "MOST_CHARACTERS", [p("甲乙丙")]),
        (blocks, "MOST_CELLS", [f"<w:tbl><w:tr>{cell('甲') * 3}</w:tr></w:tbl>"]),
        (reading, "MOST_ROWS", [p("甲"), p("乙"), p("丙")]),
    ],
)
def test_what_is_too_long_is_refused(monkeypatch, module, limit, body):
    monkeypatch.setattr(module, limit, 2)
    with pytest.raises(Invalid) as refusal:
        read(*body)
    assert "拆" in str(refusal.value.fields["file"])


def test_file_without_text_is_refused():
    with pytest.raises(Invalid) as refusal:
        read(p(""))
    assert "没有文字" in str(refusal.value.fields["file"])


def test_text_longer_than_a_run_is_cut_and_too_many_looks_are_dropped():
    [long, motley] = read(
        p("甲" * 45_000), p(*(run(f"{place}", bold=bool(place % 2)) for place in range(500)))
    ).rows
    assert [len(piece.text) for piece in long.body[0].runs] == [20_000, 20_000, 5_000]
    [flat] = motley.body[0].runs
    assert flat.text.endswith("498499")


def test_alternatives_and_deleted_fields():
    def either(first, second):
        choice = f'<mc:Choice Requires="w14">{first}</mc:Choice>'
        return f"<mc:AlternateContent>{choice}<mc:Fallback>{second}</mc:Fallback></mc:AlternateContent>"

    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    document = read(
        either(p("新"), p("旧")),
        p(either(run("甲"), run("乙")), "<mc:AlternateContent/>"),
        p(f'<w:del w:id="1">{begin}</w:del>', run("码"), f'<w:del w:id="2">{end}</w:del>', run("后")),
        p("<w:sdt><w:sdtContent><w:r><w:t>框</w:t></w:r></w:sdtContent></w:sdt>"),
    )
    assert text_of(document) == "新\n甲\n后\n框"


def test_table_of_contents_in_one_paragraph_is_left_out_and_said():
    document = read(p(field(" TOC ", run("总则 1"))), p("正文"))
    assert text_of(document) == "正文"
    assert document.remarks == {Remark.CONTENTS: 1}

"""Rich text that is pasted into a clause: words, bold, lists and tables come through, everything else vanishes."""

import contextlib
import html
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.features.rules import pasting, writing
from app.features.rules.clause_text import Body, ItemList, Paragraph, Run, Table, words_of
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def typed(source: str) -> str:
    """Return what pasted HTML becomes."""
    return pasting.from_html(source.encode())


def body(source: str) -> Body:
    """Return the body of a clause into which HTML was pasted; no link and no picture is ever made of it."""

    def no_link(name: str) -> int:
        raise AssertionError(name)

    return writing.read(typed(source), no_link)


# As Word and WPS put it on the clipboard: numbers of lists written out, conditional comments around them.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset=utf-8>
<style><!-- p.MsoNormal {margin:0cm;} --></style><!--[if gte mso 9]><xml><o:x>1</o:x></xml><![endif]--></head>
<body lang=ZH-CN><!--StartFragment-->
<p class=MsoNormal style='text-indent:21.0pt'><b><span style='font-family:宋体'>出差</span></b><span>须经
审批，<span style='font-weight:700'>不得</span>补办。</span><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span lang=EN-US
style='font-family:Wingdings'><span style='mso-list:Ignore'>l<span style='font:7.0pt "Times New Roman"'>&nbsp; </span>
</span></span><![endif]><span>部门经理；</span></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span>
先申请</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2)<span>&nbsp;</span></span>
后出发</p>
<p class=MsoListParagraph style='mso-list:l2 level1 lfo2'><span style='mso-list:Ignore'>（一）</span>另行规定</p>
<table class=MsoTableGrid border=1><tr><td colspan=2><p><b>标准</b></p></td><td><p>备注</p></td></tr>
<tr><td rowspan=2><p>住宿</p></td><td><p>一线</p><p>城市</p></td><td><p>500|元</p></td></tr>
<tr><td><p>其他</p></td><td><p>300</p></td></tr></table>
<p class=MsoNormal><del>删去的</del><span style='mso-hide:all;display:none'>隐藏的</span>完。</p>
<!--EndFragment--></body></html>"""


def test_what_word_copies_becomes_a_clause() -> None:
    assert typed(WORD).split("\n") == [
        "**出差**须经 审批，**不得**补办。",
        "- 部门经理；",
        "1) 先申请",
        "2) 后出发",
        "（一） 另行规定",
        "| **标准** | < | 备注 |",
        "| 住宿 | 一线 城市 | 500｜元 |",
        "| ^ | 其他 | 300 |",
        "完。",
    ]
    kinds = [type(block) for block in body(WORD)]
    assert kinds == [Paragraph, ItemList, ItemList, Paragraph, Table, Paragraph]


def test_what_a_browser_copies_becomes_a_clause() -> None:
    source = (
        '<meta charset="utf-8"><h2>规定</h2><div>甲<br>乙 <a href="https://example.com/">丙</a></div>'
        "<ul><li><p>一</p></li><li>二<ol><li>三</li></ol></li></ul><ol><li><strong>四</strong></li></ol><li>散</li>"
        '<p style="font-weight:bold">粗<span style="font-weight: normal">细</span></p>'
        '<b style="font-weight:normal">不粗</b><pre>第一行\n第二行</pre>'
    )
    assert typed(source).split("\n") == [
        "**规定**", "甲", "乙 丙", "- 一", "- 二", "1) 三", "1) **四**", "- 散", "**粗**细", "不粗", "第一行", "第二行",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>好",
        "<p onclick='x()' hx-get='/a' data-hx-post='/b' style='background:url(//e)'>好</p>",
        "<style>*{display:none}</style>好",
        "<img src=x onerror=alert(1)>好",
        "<svg><script>alert(1)</script><text>x</text></svg>好",
        "<iframe srcdoc='<script>1</script>'></iframe>好",
        "<template><p>x</p></template>好",
        "<textarea>x</textarea>好<button>y</button>",
        "<!-- x --><?php x ?>好",
        "<a href='javascript:alert(1)'>好</a>",
        "<math><mi xlink:href='data:x'>x</mi></math>好",
        "<p>好</p><object data='x'>x</object><div hidden style='display : none'>x</div>",
        "<form action=/x><p>好</p></form>",
        "<div hx-on:click='x()'><p hx-disable>好",
    ],
)
def test_what_acts_vanishes(source: str) -> None:
    assert typed(source) == "好"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("**不粗**", "＊＊不粗＊＊"),
        ("见[[第五条]]", "见［［第五条］］"),
        ("![x](17)", "！[x](17)"),
        ("| a | b |", "｜ a ｜ b ｜"),
        ("===", "＝＝＝"),
        ("&lt;script&gt;", "<script>"),
    ],
)
def test_what_looks_like_a_mark_of_ours_is_none(source: str, says: str) -> None:
    assert typed(f"<p>{source}</p>") == says
    assert body(f"<p>{source}</p>") == (Paragraph((Run(says),)),)


def test_cells_that_look_merged_are_not() -> None:
    (table,) = body("<table><tr><td>a<td>&lt;<tr><td>^<td>b</table>")
    assert isinstance(table, Table)
    assert [len(row) for row in table.rows] == [2, 2]


def test_tables_stand_apart_and_one_in_a_cell_becomes_words() -> None:
    assert typed("<table><tr><td>a</table><table><tr><td>b</table>").split("\n") == ["| a |", "", "| b |"]
    inner = "<table><tr><td>b</td><td>c</td></tr></table><ul><li>d</li></ul>"
    assert typed(f"<table><tr><td>a{inner}</td><td>e</td></tr></table>") == "| a b c d | e |"
    assert typed("<table></table><td>散") == "散"


@pytest.mark.parametrize(
    "source", ["", " ", "<", "<p", "&#0;", "\0", "<p>\0</p>", "</p></p>", "<!--", "<![CDATA["]
)
def test_nothing_is_nothing(source: str) -> None:
    assert typed(source).strip("<�") == ""


def test_bytes_that_are_no_text_are_read_as_far_as_they_go() -> None:
    assert "好" in pasting.from_html("<p>好</p>".encode() + b"\xff\xfe")


@pytest.mark.parametrize(
    "source",
    [
        "x" * (pasting.MOST_BYTES + 1),
        "<p>长</p>" * 401,
        "长" * 20_001,
        "<table>" + "<tr><td>x" * 401 + "</table>",
        "<table><tr>" + "<td>x" * 64 + "</table>",
        "<table><tr>" + "<td colspan=60 rowspan=60>x" * 2 + "</table>",
    ],
)
def test_too_much_is_refused_with_a_way_out(source: str) -> None:
    with pytest.raises(Invalid) as refusal:
        typed(source)
    assert "从 Word 导入" in str(refusal.value.fields["text"])


@pytest.mark.parametrize(
    "piece",
    [
        "<b>",
        "<b>x",
        "<div>",
        "<table><tr><td>",
        "<!--",
        "<![",
        "&",
        "<a ",
        "</",
        "<p style='",
        "<span>x</span>",
    ],
)
def test_a_flood_of_one_thing_ends_soon(piece: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(Invalid):
        typed(piece * (pasting.MOST_BYTES // len(piece.encode())))
    # Less than a second; a reader that is quadratic takes minutes.
    assert time.process_time() - begun < 20


WORDS = st.text(st.sampled_from("甲a 1-|*[]!()=^<>&#\n\t\u3000\xa0。"), max_size=24)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "li", "td", "b", "div", "ol", "table", "tr", "h1", "br"]), WORDS)
    )
)
def test_whatever_is_pasted_can_be_saved_and_is_typed_the_same_again(parts: list[tuple[str, str]]) -> None:
    source = "".join(f"<{tag}>{html.escape(text)}" for tag, text in parts)
    found = body(source)
    again = writing.compose(found, {})
    assert writing.compose(writing.read(again, lambda _name: None), {}) == again
    assert "**" not in words_of(found) or "*" in source


# Over HTTP


def paste(client: Client, version_id: int, source: bytes, query: str = "") -> Any:
    """Send rich text as the page does."""
    headers = {"X-CSRFToken": client.csrf_token()}
    address = f"/rules/versions/{version_id}/pasted{query}"
    options = {"data": source, "headers": headers, "content_type": "text/plain;charset=UTF-8"}
    return client._send("POST", address, False, options)


def test_the_editor_gets_the_lines_and_nothing_is_saved(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    clause = rulebook.load(version_id).clauses[1].clause_id
    client.get(f"/rules/versions/{version_id}/edit?clause={clause}")
    assert f'data-paste="/rules/versions/{version_id}/pasted"' in client.page.html
    answer = paste(client, version_id, WORD.encode())
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.get_data(as_text=True) == typed(WORD)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert words_of(rulebook.load(version_id).clauses[1].body) == "车辆由专人负责。"


def test_five_megabytes_are_refused_with_a_sentence(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    answer = paste(client, version_id, b"<p>x</p>" * (5 * 1024 * 1024 // 8))
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert "粘贴的内容太大（最大 2 MB）" in answer.get_data(as_text=True)


def test_only_who_writes_in_a_draft_pastes(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    assert paste(client.as_(desk.reader), version_id, b"<p>x</p>").status_code == 403
    address = f"/rules/versions/{version_id}/pasted"
    assert client.as_(desk.manager).post(address, token=False).status_code == 400
    rulebook.approve(desk, version_id)
    assert paste(client.as_(desk.manager), version_id, b"<p>x</p>").status_code == 409


def test_markup_that_is_typed_stays_words(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    clause = rulebook.load(version_id).clauses[1].clause_id
    address = f"/rules/versions/{version_id}/clauses/{clause}"
    client.get(f"/rules/versions/{version_id}/edit?clause={clause}")
    evil = "<script>alert(1)</script><p hx-get='/x' style='color:red'>文字</p>"
    assert client.post(address, {**client.page.values(address), "text": evil}).status_code == 303
    for where in ("", "/edit", "/print"):
        page = client.get(f"/rules/versions/{version_id}{where}").get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<p hx-get" not in page
        assert html.escape(evil).replace("&#x27;", "&#39;") in page

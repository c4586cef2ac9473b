"""The box in which a clause is written as it is printed: what it holds goes to the marks and back unharmed."""

import io
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.timeline import describe_changes, events_for
from app.features.rules import actions, clause_box, pasting, writing
from app.features.rules.clause_text import Picture, pictures_of, words_of
from tests.client import Client
from tests.features.rules import rulebook, test_pictures
from tests.features.rules.rulebook import Desk
from tests.features.rules.test_autosave import saved_version
from tests.features.rules.test_pasting import paste

# A version as far as the box looks at it: two clauses, a picture.
VERSION: Any = SimpleNamespace(
    clauses=[SimpleNamespace(cited="第一条"), SimpleNamespace(cited="附件 1")],
    pictures=[
        SimpleNamespace(stored_file_id=17, width=4, height=2, stored_file=SimpleNamespace(sha256="a" * 64))
    ],
)
PLACE = 1


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def shown(text: str) -> str:
    """Return what the box holds for a text."""
    return render_template("rules/_box.html", blocks=clause_box.blocks(VERSION, text), whole=True)


def there_and_back(app: Flask, text: str) -> str:
    """Return the text after it was shown in the box and sent unchanged."""
    with app.test_request_context():
        return pasting.from_box(f'<div id="text" role="textbox">{shown(text)}</div>')


def normal(text: str) -> str:
    """Return the normal form of a text: as its body is written again, blanks in a row being one."""
    names: list[str] = []

    def number(name: str) -> int:
        names.append(name)
        return len(names) - 1

    lines: list[str] = []
    for place, part in enumerate(actions.cut(text)):
        lines += [writing.CUT] if place else []
        body = writing.read_blocks(part, number, lambda said, file: Picture(file, "", 0, 0, said))
        lines += writing.compose(body, dict(enumerate(names))).split("\n") if body else []
    return "\n".join(re.sub(r"(?<!\|) +(?!\|)", " ", line) for line in lines)


words = st.text(st.sampled_from("甲乙a1，。（&<> 　"), min_size=1, max_size=8).map(str.strip).filter(bool)
piece = st.one_of(
    words,
    words.map(lambda text: f"**{text}**"),
    st.sampled_from(["[[第一条]]", "[[附件 1]]", "[[RUL-2026-0002 第五条]]", "[[第九条?]]"]),
)
line = st.lists(piece, min_size=1, max_size=4).map("、".join)
spoken = line.filter(lambda text: text not in ("<", "^"))
cell = st.one_of(st.just(""), st.just("<"), st.just("^"), spoken)
rows = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(spoken, st.lists(cell, min_size=width, max_size=width)), min_size=1, max_size=4
    )
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A table that may have merged cells: marks stand nowhere where nothing stands before them."""
    found = []
    for top, (first, cells) in enumerate(draw(rows)):
        kept = [text if text != "^" or top else "" for text in cells]
        found.append(f"| {' | '.join([first, *kept])} |")
    return "\n".join(found)


blocks = st.one_of(
    line,
    st.lists(line.map(lambda text: f"- {text}"), min_size=1, max_size=3).map("\n".join),
    st.lists(line, min_size=1, max_size=3).map(
        lambda found: "\n".join(f"{place}) {text}" for place, text in enumerate(found, 1))
    ),
    tables(),
    st.sampled_from(["![车位图](17)", "![](17)", "![没有的](99)", "===", ""]),
)
texts = st.lists(blocks, max_size=6).map("\n".join)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(text=texts)
def test_a_text_comes_back_from_the_box_as_it_was(app: Flask, text: str) -> None:
    assert there_and_back(app, text) == normal(normal(text))


@QUICK
@given(text=st.text(st.sampled_from("甲a 1)-|*[]!(17)=^<>&#\n\t　。"), max_size=60))
def test_whatever_is_typed_stands_still_after_one_time_through_the_box(app: Flask, text: str) -> None:
    once = there_and_back(app, text)
    assert there_and_back(app, once) == once


@pytest.mark.parametrize(
    ("held", "marks"),
    [
        ("<p>一<b>二</b>三</p>", "一**二**三"),
        ("<p>* <b>*二*</b> *三</p>", "* **＊二＊** *三"),
        ("<p>*<b>二</b></p>", "＊**二**"),
        ("<p>[<a data-link='第一条'>x</a>]</p>", "［[[第一条]]]"),
        ("<p><b>见 <a data-link='第一条'>x</a> 办</b></p>", "**见** [[第一条]] **办**"),
        ("<p>\u200b<a data-link='第一条'>x</a>\u200b</p>", "[[第一条]]"),
        ("<p>a<a data-link='x]]**y'>坏</a></p>", "a坏"),
        ("<p>a<a data-link=' '>空</a></p>", "a空"),
        ("<p><ul><li>一</li><li><br></li><li>二</li></ul><p>后</p></p>", "- 一\n- 二\n后"),
        ("<ol><li>一</li></ol><ol><li>二</li></ol>", "1) 一\n\n1) 二"),
        ("<p>一</p><hr><p>二</p>", "一\n===\n二"),
        ("<p>===</p><p>姓　名</p>", "＝＝＝\n姓　名"),
        (
            "<figure data-picture='17'><img src='/x'><figcaption> 车\n位 </figcaption></figure>",
            "![车 位](17)",
        ),
        ("<figure data-picture='x'><figcaption>字</figcaption></figure>", "字"),
        (
            "<table><tr><td>a<figure data-picture='17'></figure><hr></td></tr></table><p>后</p>",
            "| a |\n![](17)\n后",
        ),
        ("<table><tr><td>a<figure data-picture='17'></figure>", "| a |\n![](17)"),
        ("<div>一<br></div><div><br></div><div>二</div>", "一\n二"),
    ],
)
def test_what_people_do_in_the_box_becomes_marks(held: str, marks: str) -> None:
    assert pasting.from_box(held) == marks


def test_links_and_pictures_of_ours_are_words_where_they_are_not_kept() -> None:
    held = "<p>见<a data-link='第一条'>第一条</a></p><figure data-picture='17'><figcaption>图</figcaption></figure><hr>"
    assert pasting.from_html(held.encode()) == "见第一条\n图"


def test_a_text_of_any_length_is_kept_and_a_table_beyond_all_measure_leaves_its_words() -> None:
    assert len(pasting.from_box("<p>长</p>" * 30_000)) == 59_999
    held = "<table><tr>" + "<td>x**</td>" * 64 + "</tr></table>"
    with pytest.raises(Invalid):
        pasting.from_box(held)
    assert pasting.words_only(held) == "x＊＊" * 64
    assert pasting.words_only("") == ""


def test_a_table_of_too_many_cells_is_refused_before_it_is_kept() -> None:
    rows = ["|" * 400, *["| a |"] * 20]
    with pytest.raises(Invalid) as refusal:
        writing.read("\n".join(rows), lambda _name: None)
    assert "3000" in str(refusal.value.fields["text"])


# Over HTTP


def opened(client: Client, version_id: int, place: int = PLACE) -> tuple[str, dict[str, str]]:
    """Open the editor at a clause; return where it is written and the fields of its form."""
    clause = rulebook.load(version_id).clauses[place].clause_id
    where = f"/rules/versions/{version_id}/clauses/{clause}"
    client.get(f"/rules/versions/{version_id}/edit?clause={clause}")
    return where, client.page.values(where)


HELD = (
    "<div xmlns='http://www.w3.org/1999/xhtml'><p>车辆由<b>专人</b>负责，按<a data-link='第二条'>第二条</a>。</p>"
    "<ul><li>一</li></ul><table><tbody><tr><th>级别</th><th>金额</th></tr>"
    "<tr><td colspan='2'>二</td></tr></tbody></table></div>"
)
MARKS = "车辆由**专人**负责，按[[第二条]]。\n- 一\n| 级别 | 金额 |\n| 二 | < |"


def test_what_was_written_in_the_box_is_saved_and_printed_the_same(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    assert client.page.one("div", id="box").attributes["role"] == "textbox"
    assert client.post(where, {**form, "html": HELD}).status_code == 303
    for address in (f"/rules/versions/{version_id}", f"/rules/versions/{version_id}/print"):
        page = client.get(address).get_data(as_text=True)
        assert "<strong>专人</strong>" in page
        assert '<td colspan="2">' in page
        assert 'href="#clause-' in page
    _where, form = opened(client, version_id)
    assert form["text"] == MARKS


def test_an_untouched_box_sends_the_marks_as_they_are(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    assert client.post(where, {**form, "html": "", "text": "二  格**不动"}).status_code == 303
    assert words_of(rulebook.load(version_id).clauses[PLACE].body) == "二  格**不动"


def test_a_refusal_shows_the_box_as_it_was_written(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    held = "<p>按<a data-link='第九条'>第九条</a><b>办</b>。</p>"
    answer = client.post(where, {**form, "html": held}, htmx=True)
    assert answer.status_code == 422
    box = client.page.one("div", id="box")
    assert (box.attributes["aria-invalid"], box.text) == ("true", "按\u200b第九条\u200b办。")
    assert 'data-link="第九条"' in client.page.html
    assert "<strong>办</strong>" in client.page.html
    assert "data-boxed" in client.page.html
    assert 'data-changed="1"' in client.page.html
    assert any("没有“第九条”这一条" in error for error in client.page.errors())


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ("<p>" + "长" * 20_001 + "</p>", "20001"),
        ("<p>行</p>" * 401, "400 行"),
        ("<table><tr>" + "<td>x</td>" * 64 + "</tr></table>", "从 Word 导入"),
    ],
)
def test_what_is_too_long_stays_in_the_box(client: Client, desk: Desk, held: str, says: str) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    assert client.post(where, {**form, "html": held}).status_code == 422
    assert any(says in error.replace(",", "") for error in client.page.errors())
    typed = client.page.one("div", id="box").text
    assert [typed.count(word) for word in "长行x"] == [held.count(word) for word in ("长", "行", "x")]
    assert words_of(rulebook.load(version_id).clauses[PLACE].body) == "车辆由专人负责。"


def test_somebody_elses_change_shows_both_in_plain_words(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    client.post(where, {**form, "text": "同事**先改**。"})
    answer = client.post(where, {**form, "html": "<p>我的<b>改动</b>。</p>"}, htmx=True)
    assert answer.status_code == 409
    assert "<strong>改动</strong>" in client.page.html
    said = " ".join(client.page.errors())
    assert "同事先改。" in said
    assert "您填写的是“我的改动。”" in said
    assert "**" not in said


def test_the_way_of_writing_is_changed_without_saving(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    answer = client.post(where, {**form, "html": HELD, "written": "marks"}, htmx=True)
    assert answer.status_code == 200
    typed = client.page.values(where)
    assert typed["text"] == MARKS
    assert "data-boxed" not in client.page.html
    client.post(where, {**typed, "text": "**粗**\n===\n二", "written": "box"}, htmx=True)
    assert "data-boxed" in client.page.html
    assert re.search(r"<strong>粗</strong></p>\s*<hr>\s*<p>", client.page.html)
    assert words_of(rulebook.load(version_id).clauses[PLACE].body) == "车辆由专人负责。"


def test_the_box_saves_itself_and_a_cut_waits_for_the_button(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    saved = client.post(f"{where}/autosave", {**form, "html": "<p>自己<b>保存</b></p>"}, htmx=True)
    assert "草稿已自动保存" in saved.get_data(as_text=True)
    assert words_of(rulebook.load(version_id).clauses[PLACE].body) == "自己保存"
    assert describe_changes(events_for("rule_version", version_id)[0])[0][1:] == (
        "车辆由专人负责。",
        "自己保存",
    )
    # Refused afterwards, the form goes on from what it saved by itself.
    form["saved_version"] = saved_version(client)
    assert client.post(where, {**form, "html": "<p><a data-link='九'>九</a></p>"}).status_code == 422
    again = client.page.values(where)
    assert client.post(where, {**again, "html": "<p>改好了</p>"}).status_code == 303
    where, form = opened(client, version_id)
    held = "<p>一</p><hr><p>二</p>"
    assert client.post(f"{where}/autosave", {**form, "html": held}, htmx=True).status_code == 409
    assert client.post(where, {**form, "html": held}).status_code == 303
    texts = [words_of(text.body) for text in rulebook.load(version_id).clauses[PLACE : PLACE + 2]]
    assert texts == ["一", "二"]


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<p hx-get='/x' onclick='x()' style='background:url(//e)'>文</p>",
        "<a data-link='<script>alert(1)</script>' href='javascript:x'>文</a>",
        "<figure data-picture='17' onclick=x()><figcaption><script>x</script></figcaption></figure>",
        "<table><tr><td colspan='9999999' rowspan='9999999'>x</table>" * 9,
        "<svg><a data-link='第二条'/></svg>",
    ],
)
def test_hostile_html_in_the_field_is_words_or_nothing(client: Client, desk: Desk, evil: str) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    answer = client.post(where, {**form, "html": evil}, htmx=True)
    assert answer.status_code in (200, 422)
    page = answer.get_data(as_text=True) + client.get(f"/rules/versions/{version_id}").get_data(as_text=True)
    for harm in ("alert(1)</script>", "onerror", "hx-get='/x'", 'hx-get="/x"', "onclick", "javascript:"):
        assert harm not in page


def test_pictures_stay_where_they_are_put(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    where, form = opened(client.as_(desk.manager), version_id)
    content = test_pictures.image()
    client.post(where, {**form, "picture": (io.BytesIO(content), "a.png"), "caption": "车位"})
    (kept,) = pictures_of(rulebook.load(version_id).clauses[PLACE].body)
    where, form = opened(client, version_id)
    assert f'data-picture="{kept.file}"' in client.page.html
    held = f"<figure data-picture='{kept.file}'><figcaption>新说明</figcaption></figure><p>后面的话</p>"
    assert client.post(where, {**form, "html": held}).status_code == 303
    body = rulebook.load(version_id).clauses[PLACE].body
    assert [picture.caption for picture in pictures_of(body)] == ["新说明"]
    assert words_of(body).endswith("后面的话")
    where, form = opened(client, version_id)
    refused = client.post(where, {**form, "html": "<figure data-picture='99'></figure>"})
    assert refused.status_code == 422


def test_what_is_pasted_into_the_box_is_shown_as_it_will_be_printed(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager).get(f"/rules/versions/{version_id}/edit")
    source = (
        "<p onclick=x()>一<b>粗</b><a data-link='第二条'>第二条</a><a data-link='第九条'>没有</a></p>"
        "<figure data-picture='99'></figure><ul><li>点</li></ul><script>x</script>"
    )
    answer = paste(client, version_id, source.encode(), "?into=box")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    said = re.sub(r"\s+", " ", answer.get_data(as_text=True).replace("&#8203;", ""))
    assert said == (
        '<p>一<strong>粗</strong><a contenteditable="false" data-link="第二条">第二条</a>没有</p>'
        ' <ul class="plain-list"><li>点</li></ul> '
    )
    assert paste(client, version_id, b"x" * (2 * 1024 * 1024 + 1), "?into=box").mimetype == "text/plain"

"""What is no Word file, or would do harm, is refused by a sentence that says what to do; nothing else happens."""

import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.office_package import OLD_OFFICE, Package, PackageError, parse
from app.features.rules.word import parts
from app.features.rules.word.parts import open_upload
from app.features.rules.word.reading import read_document
from tests.tables import bomb, changed_part, xlsx
from tests.word_files import archive, docx, p, part, run, style

GOOD = docx(p("第一条 甲。"))
ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def refusal(name, content):
    with pytest.raises(Invalid) as found:
        read_document(open_upload(name, content))
    return str(found.value.fields["file"])


def read_or_refused(content):
    """Return what a file was read as, or the sentence it was refused by; anything else fails the test."""
    try:
        return read_document(open_upload("a.docx", content)).rows
    except Invalid as refused:
        return refused.fields["file"]


def old(*streams):
    return OLD_OFFICE + b"\0" * 600 + b"".join(stream.encode("utf-16-le") for stream in streams)


def without(name):
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as before, zipfile.ZipFile(content, "w") as after:
        for entry in before.infolist():
            if entry.filename != name:
                after.writestr(entry.filename, before.read(entry))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", b"", "空的"),
        ("a.docx", old("EncryptedPackage"), "密码"),
        ("a.docx", old("WordDocument"), "改扩展名没有用"),
        ("a.doc", old("WordDocument"), "另存为 .docx"),
        ("a.wps", old("WordDocument"), "另存为 .docx"),
        ("a.docx", old("Workbook"), "不是 Word 文件"),
        ("a.docx", b"{\\rtf1 x}", ".rtf"),
        ("a.docx", b"\xef\xbb\xbf <html>", "网页"),
        ("a.docx", b"MIME-Version: 1.0", "网页"),
        ("a.docx", b"<?xml version='1.0'?><w:wordDocument/>", "XML"),
        ("a.docx", b"%PDF-1.7", "不是 Word 文件"),
        ("a.doc", GOOD, ".docx 文件"),
        ("a.docm", GOOD, ".docx 文件"),
        ("a", GOOD, ".docx 文件"),
        ("a.docx", GOOD[:400], "损坏"),
        ("a.docx", bomb(), "过大"),
        ("a.docx", archive({f"{place}.xml": "" for place in range(2_100)}), "过大"),
        ("a.docx", xlsx(["甲"]), "Excel"),
        ("a.docx", archive({"ppt/presentation.xml": "<a/>"}), "PPT"),
        ("a.docx", archive({"readme.txt": "x"}), "没有 Word 的正文"),
        ("a.docx", without("word/document.xml"), "没有 Word 的正文"),
        ("a.docx", docx(p("甲"), parts={"styles": "<broken"}), "损坏"),
        ("a.docx", docx(p("甲"), parts={"styles": part("styles", "\x01")}), "损坏"),
        ("a.docx", docx(p("甲"), parts={"styles": ENTITIES + "<x>&b;</x>"}), "不安全"),
        ("a.docx", docx(p("甲"), parts={"styles": OUTSIDE + "<x>&a;</x>"}), "不安全"),
        ("a.docx", docx(p("甲"), parts={"styles": "<x>" + "<y>" * 400 + "</y>" * 400 + "</x>"}), "损坏"),
        ("a.docx", docx("<w:sdt>" * 300 + "</w:sdt>" * 300), "损坏"),
    ],
)
def test_refusals_say_what_to_do(name, content, words):
    assert words in refusal(name, content)


def test_large_files_are_refused_by_size_and_by_text(monkeypatch):
    monkeypatch.setattr(parts, "MOST_TEXT_BYTES", 200)
    assert "拆成几份" in refusal("a.docx", GOOD)
    monkeypatch.setattr(parts, "MOST_BYTES", 100)
    assert "20 MB" in refusal("a.docx", GOOD)


def test_two_thousand_pages_are_refused():
    page = "".join(p("本条规定甲乙丙丁各部门在工作中须共同遵守的事项与时限。") for _line in range(30))
    assert "太长" in refusal("a.docx", docx(page * 2_000))


def test_damaged_content_behind_a_good_directory():
    place = GOOD.index(b"word/document.xml") + 40
    assert "损坏" in refusal("a.docx", GOOD[:place] + b"\xff" * 40 + GOOD[place + 40 :])


def test_missing_parts_that_are_not_needed_are_not_missed():
    for name in ("[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"):
        assert len(read_document(open_upload("a.docx", without(name))).rows) == 1


def test_document_at_another_place_is_found():
    content = changed_part(GOOD, "_rels/.rels", b"word/document.xml", b"/Word/Document.XML")
    assert len(read_document(open_upload("a.docx", content)).rows) == 1


def test_a_circle_of_styles_ends():
    styles = style("A", based_on="B") + style("B", based_on="A")
    assert len(read_document(open_upload("a.docx", docx(p("甲", style="A"), styles=styles))).rows) == 1


def test_parser_reaches_nothing_outside(tmp_path):
    """The scan refuses declarations before the parser; should one pass, it stays unread."""
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim", encoding="utf-8")
    root = parse(f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]><x>&a;</x>'.encode())
    assert "geheim" not in "".join(root.itertext())


def test_parts_are_read_without_case_and_missing_ones_are_named():
    package = Package(GOOD)
    assert package.has("/WORD/document.xml")
    with pytest.raises(PackageError, match=r"missing: word/nothing\.xml"):
        package.read("word/nothing.xml")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_files_are_read_or_refused_but_never_fail(data):
    content = bytearray(GOOD)
    for _change in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert read_or_refused(bytes(content))


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60))
def test_any_text_is_read_as_text(text):
    escaped = escape(text.replace("\ufffe", "").replace("\uffff", ""))
    document = read_document(
        open_upload("a.docx", docx(p("标题。"), f"<w:p><w:r><w:t>{escaped}</w:t></w:r></w:p>"))
    )
    assert document.rows


def test_nesting_as_deep_as_the_parser_lets_it_is_read():
    deep = "<w:ins>" * 120 + run("甲") + "</w:ins>" * 120
    boxes = "<w:sdt><w:sdtContent>" * 110 + p("乙") + "</w:sdtContent></w:sdt>" * 110
    tables = "<w:tbl><w:tr><w:tc>" * 75 + p("丙") + "</w:tc></w:tr></w:tbl>" * 75
    document = read_document(open_upload("a.docx", docx(p(deep), boxes, tables)))
    assert len(document.rows) == 3


def test_a_note_cited_without_end_is_refused():
    notes = part("footnotes", f'<w:footnote w:id="2">{p("长" * 5_000)}</w:footnote>')
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    assert "太长" in refusal("a.docx", docx(p(reference * 2_000), parts={"footnotes": notes}))


def test_many_empty_runs_take_no_time():
    spaces = "".join(run(" ", bold=bool(place % 2)) for place in range(20_000))
    document = read_document(open_upload("a.docx", docx(p("甲。"), p(spaces))))
    assert len(document.rows) == 1

"""Attachments of rules: several at once, found once in force, frozen with the version, never in the way of keeping."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from app.core import files, search, search_tokens
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import CheckedFile, StoredFile, check_upload
from app.core.pdf import uploads
from app.core.uow import unit_of_work
from app.features.rules import attachment_text, attachments, pdf, versions
from app.features.rules.enums import RULE_ATTACHMENT, TextReading
from app.features.rules.models import RuleAttachment
from tests import bids, word_files
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

WORDS = "出差须提前两天填写XK-300申请单"


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def checked(content: bytes, name: str) -> CheckedFile:
    """Return an upload that passed the checks."""
    return check_upload(name, io.BytesIO(content))


def workbook() -> bytes:
    """Return a workbook with two sheets, one of them hidden."""
    book, stream = Workbook(), io.BytesIO()
    book.active.append(["项目", "标准"])
    book.active.append([WORDS, 200])
    book.create_sheet("费用").append(["住宿费每晚三百元"])
    hidden = book.create_sheet("底稿")
    hidden.append(["不给人看的底稿"])
    hidden.sheet_state = "hidden"
    book.save(stream)
    return stream.getvalue()


def attach(desk: Desk, version_id: int, *brought: CheckedFile) -> None:
    """Attach files to a draft."""
    read = attachments.read_all(brought)
    with unit_of_work():
        attachments.add(rulebook.load(version_id), actor=desk.actor("manager"), brought=read)


def found(desk: Desk, words: str, who: str = "other") -> list[search.Hit]:
    """Return the attachments somebody finds."""
    return [hit for group in search.find(desk.actor(who), words, only=RULE_ATTACHMENT) for hit in group.hits]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (word_files.docx(word_files.p(word_files.run(WORDS))), "办法.docx"),
        (workbook(), "标准.xlsx"),
        (bids.pdf([WORDS]), "流程.pdf"),
        (WORDS.encode(), "说明.txt"),
        (WORDS.encode("gb18030"), "旧说明.txt"),
    ],
)
def test_the_words_of_every_kind_are_read(content: bytes, name: str) -> None:
    read = attachment_text.read(checked(content, name))
    assert read.reading == TextReading.WHOLE
    assert WORDS in read.text.replace(" ", "")


def test_all_visible_sheets_of_a_workbook_are_read() -> None:
    text = attachment_text.read(checked(workbook(), "标准.xlsx")).text
    assert "住宿费每晚三百元" in text
    assert "底稿" not in text


def locked_pdf() -> bytes:
    """Return a PDF that opens with a password only."""
    from pypdf import PdfReader, PdfWriter

    writer, stream = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(bids.pdf([WORDS]))))
    writer.encrypt("geheim")
    writer.write(stream)
    return stream.getvalue()


def unsafe_docx() -> bytes:
    """Return a .docx whose text declares entities of its own."""
    return word_files.archive(
        {"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "[Content_Types].xml": "<a/>"}
    )


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (bids.pdf([WORDS])[:200], "断.pdf"),
        (locked_pdf(), "密.pdf"),
        (unsafe_docx(), "毒.docx"),
        (word_files.archive({"word/other.xml": "<a/>"}), "空.docx"),
        (word_files.archive({"word/document.xml": "<w:document"}), "坏.docx"),
        (word_files.archive({"xl/workbook.xml": "x"}), "坏.xlsx"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08", "乱码.txt"),
    ],
)
def test_what_cannot_be_read_is_kept_and_says_so(desk: Desk, content: bytes, name: str) -> None:
    version_id = rulebook.draft(desk)
    attach(desk, version_id, checked(content, name))
    (kept,) = rulebook.load(version_id).attachments
    assert (kept.reading, kept.text) == (TextReading.UNREADABLE, "")
    assert files.read_bytes(kept.stored_file) == content


def test_a_pdf_that_takes_too_long_is_kept_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SECONDS_FOR_WORDS", 0.01)
    assert uploads._answer(bids.pdf([WORDS]), "500", "texts", seconds=0.01) is None
    assert attachment_text.read(checked(bids.pdf([WORDS]), "慢.pdf")).reading == TextReading.UNREADABLE


def test_a_long_text_is_found_by_its_beginning_and_a_longer_one_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = attachment_text.read(checked(("很长的说明" * 30_000).encode(), "长.txt"))
    assert (read.reading, len(read.text)) == (TextReading.PARTLY, search_tokens.MOST_TEXT)
    rows = Workbook()
    for _row in range(40):
        rows.active.append(["x" * 4_000])
    stream = io.BytesIO()
    rows.save(stream)
    assert attachment_text.read(checked(stream.getvalue(), "长.xlsx")).reading == TextReading.PARTLY
    monkeypatch.setattr(attachment_text, "MOST_TEXT_BYTES", 10)
    huge = checked(word_files.docx(word_files.p(word_files.run(WORDS))), "巨.docx")
    assert attachment_text.read(huge).reading == TextReading.UNREADABLE


def test_pictures_scans_and_archives_hold_no_words() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", WORDS)
    for content, name in (
        (word_files.PNG, "图.png"),
        (bids.scan(1), "扫描.pdf"),
        (stream.getvalue(), "包.zip"),
    ):
        assert attachment_text.read(checked(content, name)).reading == TextReading.NONE


def test_attachments_are_found_while_their_version_is_in_force_and_say_whose_they_are(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    attach(desk, version_id, checked(WORDS.encode(), "说明.txt"))
    for who in ("manager", "leader", "reader"):
        assert found(desk, "XK-300", who) == found(desk, "说明", who) == []
    rulebook.approve(desk, version_id)
    (hit,) = found(desk, "XK-300")
    version = rulebook.load(version_id)
    assert (hit.title, hit.belongs) == ("说明.txt", f"{version.rule.number}《车辆管理办法》的附件")
    assert hit.url == f"/rules/attachments/{version.attachments[0].id}"
    assert found(desk, "说明") != []
    rulebook.step(desk, version_id, "void", "leader", "不再适用", void_on=rulebook.tomorrow(0))
    assert found(desk, "XK-300") == []


def test_a_revision_takes_attachments_over_and_its_changes_touch_no_earlier_version(desk: Desk) -> None:
    first = rulebook.draft(desk)
    attach(desk, first, checked(WORDS.encode(), "说明.txt"), checked(b"old", "b.txt"))
    rulebook.approve(desk, first)
    second = rulebook.begun_again(desk, first)
    gone = rulebook.load(second).attachments[0]
    with unit_of_work():
        attachments.remove(rulebook.load(second), gone.id, actor=desk.actor("manager"))
    attach(desk, second, checked(b"new", "c.txt"))
    assert [each.stored_file.name for each in rulebook.load(second).attachments] == ["b.txt", "c.txt"]
    assert [each.stored_file.name for each in rulebook.load(first).attachments] == ["说明.txt", "b.txt"]
    assert len(found(desk, "XK-300")) == 1
    rulebook.approve(desk, second)
    assert found(desk, "XK-300") == []
    assert len(found(desk, "new")) == 1


def test_attachments_are_frozen_with_the_version_and_a_part_of_its_hash(desk: Desk) -> None:
    plain = rulebook.published(desk)
    assert "attachments" not in versions.content(rulebook.load(plain))
    version_id = rulebook.draft(desk)
    attach(desk, version_id, checked(WORDS.encode(), "说明.txt"))
    before = versions.hash_of(rulebook.load(version_id))
    attach(desk, version_id, checked(b"more", "b.txt"))
    assert versions.hash_of(rulebook.load(version_id)) != before
    rulebook.approve(desk, version_id)
    version = rulebook.load(version_id)
    assert versions.hash_of(version) == version.content_hash
    kept = version.attachments[0]
    for act in (
        lambda row: attachments.remove(row, kept.id, actor=desk.actor("manager")),
        lambda row: attachments.add(row, actor=desk.actor("manager"), brought=[]),
    ):
        with pytest.raises(Conflict) as refused, unit_of_work():
            act(rulebook.load(version_id))
        assert refused.value.code == "rule:not-editable"
    with pytest.raises(Invalid), unit_of_work():
        files.mark_deleted(session.get_one(StoredFile, kept.stored_file_id))


def test_there_is_a_limit_of_attachments(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST_ATTACHMENTS", 2)
    version_id = rulebook.draft(desk)
    one = checked(b"a", "a.txt")
    with pytest.raises(Conflict):
        attachments.read_all([one] * 3)
    attach(desk, version_id, one)
    with pytest.raises(Conflict):
        attach(desk, version_id, one, one)
    with pytest.raises(NotVisible), unit_of_work():
        attachments.remove(rulebook.load(version_id), 99_999, actor=desk.actor("manager"))


# Over HTTP


def upload(client: Client, version_id: int, *brought: tuple[bytes, str], token: str = "") -> Any:
    """Send files with the form of the page."""
    address = f"/rules/versions/{version_id}/attachments"
    client.get(address)
    form = {**client.page.values(address)}
    form |= {"form_token": token} if token else {}
    form["file"] = [(io.BytesIO(content), name) for content, name in brought]
    return client.post(address, form, content_type="multipart/form-data")


def test_several_files_are_brought_listed_and_taken_away(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    assert (
        upload(client, version_id, (WORDS.encode(), "说明.txt"), (word_files.PNG, "图.png")).status_code
        == 303
    )
    page = client.get(f"/rules/versions/{version_id}").get_data(as_text=True)
    assert "说明.txt" in page
    assert "没有可搜索的文字" in page
    assert "添加附件 2 个" in page
    base = f"/rules/versions/{version_id}/attachments"
    removal = f"{base}/{rulebook.load(version_id).attachments[0].id}/remove"
    assert client.post(removal).status_code == 303
    page = client.get(base).get_data(as_text=True)
    assert "说明.txt" not in page
    assert "图.png" in page
    assert client.post(removal).status_code == 404


def test_one_bad_file_of_several_is_named_and_nothing_is_kept(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    assert upload(client, version_id).status_code == 422
    answer = upload(client, version_id, (b"ok", "好.txt"), (b"MZ\x90", "程序.exe"))
    assert answer.status_code == 422
    assert "程序.exe：不接受这种文件" in answer.get_data(as_text=True)
    assert rulebook.load(version_id).attachments == []


def test_the_same_form_sent_twice_brings_its_files_once(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    for _time in range(2):
        assert upload(client, version_id, (b"ok", "好.txt"), token="t" * 22).status_code == 303
    assert len(rulebook.load(version_id).attachments) == 1


def test_attachments_of_a_draft_are_at_no_address_for_readers(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    attach(desk, version_id, checked(WORDS.encode(), "密件.txt"))
    kept = rulebook.load(version_id).attachments[0]
    addresses = (
        f"/files/{kept.stored_file_id}",
        f"/rules/attachments/{kept.id}",
        f"/rules/versions/{version_id}/attachments",
    )
    removal = f"/rules/versions/{version_id}/attachments/{kept.id}/remove"
    for who in ("reader", "other"):
        client.as_(getattr(desk, who))
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code in (403, 404)
            assert "密件" not in answer.get_data(as_text=True)
        assert client.post(removal).status_code in (403, 404)
        assert "密件" not in client.get(f"/search?q={WORDS}").get_data(as_text=True)
    client.as_(None)
    for address in addresses:
        assert client.get(address).status_code == 303
    rulebook.approve(desk, version_id)
    client.as_(desk.reader)
    assert client.get(addresses[0]).data == WORDS.encode()
    assert client.get(addresses[1]).headers["Location"] == f"/rules/versions/{version_id}#attachments"
    assert client.get("/rules/attachments/99999").status_code == 404
    for address in (
        f"/rules/versions/{version_id}",
        f"/rules/versions/{version_id}/read",
        f"/rules/versions/{version_id}/print",
    ):
        assert "密件.txt" in client.get(address).get_data(as_text=True)
    assert kept_hash(version_id) in client.page.text
    client.as_(desk.manager)
    assert client.get(addresses[2]).status_code == 409
    assert client.post(removal).status_code == 409


def kept_hash(version_id: int) -> str:
    """Return the SHA-256 of the first attachment."""
    return rulebook.load(version_id).attachments[0].stored_file.sha256


def test_the_papers_name_attachments_with_their_hash(desk: Desk) -> None:
    from pypdf import PdfReader

    version_id = rulebook.draft(desk)
    attach(desk, version_id, checked(WORDS.encode(), "说明.txt"))
    rulebook.approve(desk, version_id)
    version = rulebook.load(version_id)
    for paper in (pdf.text_paper(version, "公司"), pdf.evidence_paper(version, "公司", [], "code", {})):
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
        assert "说明.txt" in text
        assert kept_hash(version_id) in re.sub(r"\s", "", text)


def test_the_page_of_a_rule_asks_no_more_for_many_attachments(
    client: Client, desk: Desk, queries: Callable[[], Any]
) -> None:
    version_id = rulebook.draft(desk)
    attach(desk, version_id, *(checked(b"a", f"{place}.txt") for place in range(12)))
    rulebook.approve(desk, version_id)
    client.as_(desk.reader)
    for address in (f"/rules/versions/{version_id}", f"/rules/versions/{version_id}/read"):
        client.get(address)
        with queries() as sent:
            client.get(address)
        assert len(sent) <= 10
    assert len(session.execute(select(RuleAttachment)).all()) == 12

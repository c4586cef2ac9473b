"""Files: checked by content before any transaction, stored by hash, never unlinked inside a request."""

import io
import itertools
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import files
from app.core.db import session
from app.core.errors import Invalid
from app.core.files import StoredFile
from app.core.uow import unit_of_work
from tests import factories

PDF = b"%PDF-1.7 content"
PNG = b"\x89PNG\r\n\x1a\n content"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_folder", [])
    files.use_folder(tmp_path / "files")
    return tmp_path / "files"


def archive(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return stream.getvalue()


def check(name: str, content: bytes) -> files.CheckedFile:
    return files.check_upload(name, io.BytesIO(content))


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(Invalid) as problem:
        check(name, content)
    return str(problem.value.fields["file"])


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("客户来函.pdf", PDF, "application/pdf"),
        ("photo.PNG", PNG, "image/png"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("anim.gif", b"GIF89a", "image/gif"),
        ("alt.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/octet-stream"),
        ("phone.heic", b"\0\0\0\x18ftypheic", "image/heic"),
        ("photo.webp", b"RIFF\0\0\0\0WEBP", "image/webp"),
        ("list.csv", "名称,数量".encode("gb18030"), "text/csv"),
        ("note.txt", b"text", "text/plain"),
        ("offer.docx", archive({"word/document.xml": b"<x/>"}), files.ZIP_TYPES["docx"]),
        ("all.zip", archive({"a.txt": b"x"}), "application/zip"),
    ],
    ids=itertools.count(),
)
def test_the_kind_is_found_in_the_content(name, content, media_type):
    checked = check(name, content)
    assert (checked.media_type, checked.content) == (media_type, content)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pdf", b"", "文件是空的"),
        ("lying.pdf", PNG, "与扩展名不符"),
        ("lying.png", archive({"a": b"x"}), "与扩展名不符"),
        ("lying.txt", PDF, "与扩展名不符"),
        ("lying.jpg", b"\0\0\0\x18ftypheic", "与扩展名不符"),
        ("page.html", b"<script>", "不接受这种文件"),
        ("picture.svg", b"<svg/>", "不接受这种文件"),
        ("program.exe", b"MZ", "不接受这种文件"),
        ("binary.txt", b"a\0b", "不接受这种文件"),
        ("noextension", b"text", "不接受这种文件"),
        ("broken.zip", b"PK\x03\x04 nothing", "文件已损坏"),
        ("broken.docx", archive({"a": b"x"})[:-10], "文件已损坏"),
    ],
    # the bytes of an archive hold the time of its making: every worker would name its test otherwise
    ids=itertools.count(),
)
def test_what_cannot_be_accepted_is_said(name, content, words):
    assert words in refusal(name, content)


def test_a_file_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    assert "超过 50 MB" in refusal("big.txt", b"x" * 101)
    assert check("fits.txt", b"x" * 100).content


def test_archives_that_unpack_to_too_much_are_refused_without_unpacking():
    bomb = archive({"zeros": b"\0" * (51 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert "解开后过大" in refusal("bomb.zip", bomb)


def test_archives_of_too_many_entries_are_refused_before_their_directory_is_read(monkeypatch):
    many = archive({f"{number}.txt": b"" for number in range(2001)}, zipfile.ZIP_STORED)
    monkeypatch.setattr(files.zipfile, "ZipFile", lambda *_: pytest.fail("read the directory"))
    assert "解开后过大" in refusal("many.zip", many)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("客户来函（第2版）.pdf", "客户来函（第2版）.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\张三\\报价.xlsx", "报价.xlsx"),
        ("a\x00b\u202egnp.exe", "abgnp.exe"),
        ('a<b>:"|?*.pdf', "ab.pdf"),
        ("..", "file"),
        ("", "file"),
        (" . hidden . ", "hidden"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
        ("长" * 200, "长" * 120),
    ],
)
def test_names_are_kept_for_people_and_made_safe(name, safe):
    assert files.safe_name(name) == safe


@given(st.text(max_size=300))
def test_no_name_holds_a_path_or_a_hidden_character(name):
    safe = files.safe_name(name)
    assert 1 <= len(safe) <= files.MAX_NAME
    assert not set(safe) & set('/\\<>:"|?*\0\n\r\t\u202e')
    assert safe not in (".", "..")


def test_bytes_lie_under_their_hash_and_are_written_once(folder):
    digest = files.save_bytes(b"content")
    path = files.path_of(digest)
    assert path == folder / digest[:2] / digest
    written = path.stat().st_mtime_ns
    assert files.save_bytes(b"content") == digest
    assert path.stat().st_mtime_ns == written
    path.write_bytes(b"half")
    files.save_bytes(b"content")
    assert path.read_bytes() == b"content"


def test_a_full_disk_leaves_no_half_file_behind(folder, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        files.save_bytes(b"content")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_file_belongs_to_a_document_and_knows_who_put_it_there(salesperson, at):
    moment = at(2026, 11, 23, 9)
    with unit_of_work():
        row = files.attach(check("来函.pdf", PDF), "letter", 7, factories.actor(salesperson), line_id=3)
        files.attach(check("图.png", PNG), "letter", 7, factories.actor(salesperson), kind="drawing")
        files.attach(check("别的.png", PNG), "letter", 8, factories.actor(salesperson))
    assert [file.name for file in files.files_for("letter", 7)] == ["来函.pdf", "图.png"]
    assert [file.name for file in files.files_for("letter", 7, "drawing")] == ["图.png"]
    kept = session.get(StoredFile, row.id)
    assert (kept.size, kept.uploaded_by_id, kept.uploaded_at, kept.line_id) == (
        len(PDF),
        salesperson.id,
        moment,
        3,
    )
    assert files.read_bytes(kept) == PDF


def test_deleting_marks_the_row_and_keeps_the_bytes(salesperson):
    with unit_of_work():
        row = files.attach(check("来函.pdf", PDF), "letter", 7, factories.actor(salesperson))
    with unit_of_work():
        files.mark_deleted(row)
    assert files.files_for("letter", 7) == []
    assert files.read_bytes(row) == PDF


def test_an_issued_paper_cannot_be_deleted(salesperson):
    with unit_of_work():
        row = files.attach(check("报价.pdf", PDF), "letter", 7, factories.actor(salesperson), legal_hold=True)
    with pytest.raises(Invalid), unit_of_work():
        files.mark_deleted(row)
    assert files.files_for("letter", 7) != []


def test_a_lost_file_is_an_error_of_the_folder(salesperson):
    with unit_of_work():
        row = files.attach(check("来函.pdf", PDF), "letter", 7, factories.actor(salesperson))
    files.path_of(row.sha256).unlink()
    with pytest.raises(FileNotFoundError):
        files.read_bytes(row)

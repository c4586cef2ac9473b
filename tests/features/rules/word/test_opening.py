"""Old Word files: converted where the server has LibreOffice, told how to help themselves where it has not."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.core import kept_uploads, office_conversion
from app.core.db import session
from app.core.errors import Invalid
from app.core.files import files_for, read_bytes
from app.core.office_package import OLD_OFFICE
from app.features.rules.importing import ORIGINAL_FILE
from app.features.rules.models import RuleVersion
from app.features.rules.word.opening import open_word
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk
from tests.imports import post_file
from tests.word_files import docx, p, run

DOCX = docx(p(run("车辆由专人负责。")), p(run("用车须提前预约。")))
OLD = OLD_OFFICE + b"\0" * 600 + "WordDocument".encode("utf-16-le")
LOCKED = OLD + "EncryptedPackage".encode("utf-16-le")

# What it writes stands where the real one would write it: the name of the source, in the folder of ``--outdir``.
GOOD = """
import pathlib, shutil, sys
out = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1])
assert pathlib.Path(sys.argv[-1]).read_bytes().startswith(bytes.fromhex("d0cf11e0"))
profile = next(one for one in sys.argv if one.startswith("-env:UserInstallation=file://"))
assert (pathlib.Path(profile.split("file://")[1]) / "user" / "registrymodifications.xcu").is_file()
shutil.copy({source!r}, out / (pathlib.Path(sys.argv[-1]).stem + ".docx"))
"""
FAILING = "import sys; sys.exit(77)"
SILENT = "pass"
HANGING = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path({note!r}).write_text(str(child.pid))
time.sleep(600)
"""
TELLING = "import os, pathlib; pathlib.Path({note!r}).write_text(' '.join(os.environ)); raise SystemExit(1)"


@pytest.fixture
def soffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a program of the name of LibreOffice on the path; returns a file it may note something in."""

    def put(program: str) -> Path:
        folder, note = tmp_path / "bin", tmp_path / "note"
        folder.mkdir()
        source = tmp_path / "made.docx"
        source.write_bytes(DOCX)
        text = program.format(source=str(source), note=str(note))
        path = folder / "soffice"
        path.write_text(f"#!{sys.executable}\n{text}")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return note

    return put


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server without LibreOffice."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def said(name: str, content: bytes) -> str:
    """Return the sentence a file is refused by."""
    with pytest.raises(Invalid) as refusal:
        open_word(name, content)
    return str(refusal.value.fields["file"])


@pytest.mark.parametrize("name", ["旧制度.doc", "旧制度.WPS"])
def test_an_old_file_is_converted_and_kept(soffice: Callable[[str], Path], name: str) -> None:
    soffice(GOOD)
    opened = open_word(name, OLD)
    assert (opened.docx.name, opened.docx.content) == ("旧制度.docx", DOCX)
    assert (opened.original.name, opened.original.content) == (name, OLD)


def test_a_docx_is_opened_as_ever(soffice: Callable[[str], Path]) -> None:
    soffice(FAILING)
    opened = open_word("制度.docx", DOCX)
    assert opened.original is opened.docx


def test_without_a_converter_people_are_told_what_to_do(without: None) -> None:
    assert not office_conversion.is_available()
    assert office_conversion.to_docx(OLD, "doc") is None
    assert "另存为 .docx" in said("旧制度.doc", OLD)


@pytest.mark.parametrize("program", [FAILING, SILENT])
def test_a_failure_is_said(soffice: Callable[[str], Path], program: str) -> None:
    soffice(program)
    assert "没能把这个旧格式文件转换成 .docx" in said("旧制度.doc", OLD)


def test_a_program_that_cannot_be_started_is_a_failure(soffice: Callable[[str], Path]) -> None:
    soffice(SILENT)
    path = Path(os.environ["PATH"].split(os.pathsep)[0]) / "soffice"
    path.write_text("#!/nowhere/at/all\n")
    assert office_conversion.is_available()
    assert office_conversion.to_docx(OLD, "doc") is None


def test_one_that_hangs_is_ended_with_all_it_started(
    soffice: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_conversion, "SECONDS", 0.7)
    note = soffice(HANGING)
    assert office_conversion.to_docx(OLD, "doc") is None
    child = int(note.read_text())
    # Whoever takes in orphans may need a moment to let its number go.
    until = time.monotonic() + 5
    while runs(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not runs(child)


def runs(number: int) -> bool:
    """Tell whether a process still runs; one that only waits to be noticed does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_converter_is_told_no_secret(
    soffice: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "geheim")
    note = soffice(TELLING)
    assert office_conversion.to_docx(OLD, "doc") is None
    assert "SECRET_KEY" not in note.read_text().split()
    assert "HOME" in note.read_text().split()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("锁.doc", LOCKED, "打开密码"),
        ("改名.docx", OLD, "改扩展名没有用"),
        ("表.doc", OLD_OFFICE + b"\0" * 600, "不是 Word 文件"),
        ("大.doc", OLD + b"\0" * 20 * 1024 * 1024, "超过 20 MB"),
    ],
)
def test_what_is_no_old_text_is_refused_unconverted(
    soffice: Callable[[str], Path], name: str, content: bytes, words: str
) -> None:
    soffice(FAILING)
    assert words in said(name, content)


def test_what_comes_out_is_opened_like_any_upload(soffice: Callable[[str], Path], tmp_path: Path) -> None:
    soffice(GOOD)
    (tmp_path / "made.docx").write_bytes(b"no archive")
    assert "不是 Word 文件" in said("旧制度.doc", OLD)


# Over HTTP


def test_an_old_file_is_previewed_and_kept_as_the_original(
    client: Client, desk: Desk, soffice: Callable[[str], Path]
) -> None:
    soffice(GOOD)
    client.as_(desk.manager)
    assert ".doc,.wps" in client.get("/rules/import").get_data(as_text=True)
    answer = post_file(client, "/rules/import", "旧制度.doc", OLD)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    page = client.get(address).get_data(as_text=True)
    assert "旧制度.doc" in page
    assert "车辆由专人负责" in page
    form = {**client.page.values(address), "do": "save", "title": "车辆", "category": "assets"}
    assert client.post(address, {**form, "department_id": str(desk.department.id)}).status_code == 303
    (version,) = session.execute(select(RuleVersion)).scalars()
    (original,) = files_for("rule_version", version.id, ORIGINAL_FILE)
    assert (original.name, read_bytes(original)) == ("旧制度.doc", OLD)
    assert client.get(f"/files/{original.id}").data == OLD
    assert client.as_(desk.reader).get(f"/files/{original.id}").status_code == 404


def test_a_failed_conversion_shows_the_upload_again(
    client: Client, desk: Desk, soffice: Callable[[str], Path]
) -> None:
    soffice(FAILING)
    answer = post_file(client.as_(desk.manager), "/rules/import", "旧制度.doc", OLD)
    assert answer.status_code == 422
    assert "另存为 .docx 后再上传" in answer.get_data(as_text=True)


def test_both_files_of_an_upload_go_together(desk: Desk, soffice: Callable[[str], Path]) -> None:
    soffice(GOOD)
    opened, actor = open_word("旧制度.doc", OLD), desk.actor("manager")
    first = kept_uploads.keep(actor, opened.docx, opened.converted_from)
    assert kept_uploads.fetch_original(actor, first) == opened.original
    folder = kept_uploads._folder[0]
    for path in folder.iterdir():
        os.utime(path, (time.time() - 90_000,) * 2)
    second = kept_uploads.keep(actor, opened.docx)
    assert kept_uploads.fetch_original(actor, second) == opened.docx
    assert [path.name for path in folder.iterdir()] == [f"{actor.id}-{second}"]

"""PDFs that were made elsewhere: taken when sound and harmless, refused in a sentence otherwise."""

import io
import subprocess
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.core.errors import Invalid
from app.core.files import CheckedFile
from app.core.pdf import examine, uploads
from tests import bids

PDF = "application/pdf"
WANTED = {
    "javascript": "javascript",
    "launch": "action",
    "submit": "action",
    "embedded": "attachment",
    "attached": "attachment",
    "film": "media",
    "form": "form",
    "xfa": "form",
    "signed": "signed",
    "page without": "page-size",
}


def refusal(
    content: bytes, *, most_pages: int = 300, most_bytes: int = 1 << 24, media_type: str = PDF
) -> str:
    with pytest.raises(Invalid) as found:
        uploads.read_upload(
            CheckedFile("a.pdf", media_type, content), most_pages=most_pages, most_bytes=most_bytes
        )
    return str(found.value.fields["file"])


def test_text_and_pages_are_read_in_a_process_of_their_own():
    found = uploads.read_upload(
        bids.checked(bids.pdf(["投标总价 1,234.50"], [], ["末页"])), most_pages=3, most_bytes=1 << 20
    )
    assert found.pages == 3
    first, second, third = (text or "" for text in found.texts)
    assert "投标总价 1,234.50" in first
    assert second.strip() == ""
    assert "末页" in third


@pytest.mark.parametrize("name", sorted(bids.HOSTILE))
def test_hostile_file_is_refused_for_what_it_is(name):
    answer = examine.examine(bids.HOSTILE[name](), 300)
    wanted = next((code for start, code in WANTED.items() if name.startswith(start)), "broken")
    assert answer == {"refusal": wanted}


def test_what_is_refused_is_said_in_a_sentence():
    assert "JavaScript" in refusal(bids.HOSTILE["javascript at opening"]())
    assert "结构有错误" in refusal(bids.HOSTILE["cut short"]())
    assert "超过 2 页" in refusal(bids.pdf(["a"], ["b"], ["c"]), most_pages=2)
    assert "超过 1 MB" in refusal(b"%PDF-1.7" + bytes(1 << 20), most_bytes=1 << 20)
    assert "请上传 PDF" in refusal(b"x", media_type="text/plain")
    codes = {*examine.ACTIONS.values(), *examine.ANNOTATIONS.values(), *examine.KEYS.values()}
    assert codes | set(examine.TYPES.values()) <= set(uploads.REFUSALS)


def test_locked_file_is_refused_with_and_without_a_password():
    for user in ("", "geheim"):
        stream = io.BytesIO()
        canvas = Canvas(stream, encrypt=user or None)
        if not user:
            from reportlab.lib.pdfencrypt import StandardEncryption

            canvas = Canvas(stream, encrypt=StandardEncryption("", ownerPassword="z", canPrint=0))
        canvas.drawString(9, 9, "a")
        canvas.save()
        assert examine.examine(stream.getvalue(), 9) == {"refusal": "encrypted"}


def test_file_as_word_saves_it_with_hidden_objects_is_taken_and_looked_through():
    assert examine.examine(bids.hybrid(), 9) == {"pages": 1, "texts": [""]}


def test_links_and_turned_or_cropped_pages_are_taken():
    link = b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://a.example) >> >>]"
    assert examine.examine(bids.one_page(b"/OpenAction [3 0 R /Fit]", link), 9)["pages"] == 1
    cropped = bids.one_page(b"", b"/Rotate 270 /CropBox [500 700 100 100] /UserUnit 2")
    assert examine.examine(cropped, 9)["pages"] == 1
    assert examine.examine(bids.one_page(b"", b"/Rotate 45"), 9) == {"refusal": "page-size"}


def test_page_that_cannot_be_read_is_told_as_unread(monkeypatch):
    stream = b"<< /Length 6 /Filter /FlateDecode >>\nstream\nxxxxxx\nendstream"
    broken = bids.one_page().replace(bids.CONTENT, stream)
    content = bids.raw(b"<< /Type /Catalog /Pages 2 0 R >>", bids.PAGES, bids.PAGE % b"", stream)
    assert broken != content
    assert examine.examine(content, 9)["texts"] in ([None], [""])
    monkeypatch.setattr(examine, "SECONDS_FOR_TEXT", -1.0)
    assert examine.examine(bids.pdf(["a"], ["b"]), 9)["texts"] == [None, None]
    monkeypatch.undo()
    monkeypatch.setattr(examine, "LARGEST_CONTENT", 1)
    assert examine.examine(bids.pdf(["a"]), 9)["texts"] == [None]


def test_file_with_too_many_objects_or_no_end_is_refused(monkeypatch):
    monkeypatch.setattr(examine, "MOST_OBJECTS", 3)
    assert examine.examine(bids.pdf(["a"]), 9) == {"refusal": "too-complex"}

    def never(*_arguments: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("python", options["timeout"])

    monkeypatch.setattr(subprocess, "run", never)
    assert "太复杂" in refusal(bids.pdf(["a"]))

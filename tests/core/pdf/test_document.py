import io
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from app.core.pdf.document import A4, MM, Document, DocumentFacts, Margins, Style
from tests.paper_tools import fonts_of, picture_of, run, saved, text_of

FACTS = DocumentFacts("交接单", "沃野", "测试", datetime(2026, 11, 23, 6, tzinfo=UTC))
MARGINS = Margins(20, 20, 20, 30)
PLAIN = Style("regular", 10, 14)


def new() -> Document:
    return Document(FACTS, MARGINS)


def contents(paper: bytes) -> list[str]:
    """The drawing instructions of the pages."""
    return [page.get_contents().get_data().decode("ascii") for page in PdfReader(io.BytesIO(paper)).pages]


def test_a_document_is_sound_with_properties_and_embedded_fonts(tmp_path):
    document = new()
    document.page.text(20, 40, "液压油缸 DN80 𠮷", PLAIN)
    path = saved(tmp_path, document.to_bytes())
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", path)
    information = run("pdfinfo", path)
    assert "交接单" in information
    assert "沃野" in information
    assert "A4" in information
    assert [row[:3] for row in fonts_of(path)] == [["yes", "yes", "yes"]] * 2
    assert "液压油缸 DN80 𠮷" in text_of(path)


def test_creation_time_is_the_documents_own_in_its_own_zone():
    assert b"/CreationDate (D:20261123060000+00'00')" in new().to_bytes()


def test_the_same_document_gives_the_same_bytes():
    assert new().to_bytes() == new().to_bytes()


def test_pages_begin_where_room_ends_and_further_ones_get_the_running_drawings():
    document = new()
    seen = []
    document.on_new_page(lambda on: seen.append(len(on.pages)))
    closing = []
    document.on_close(lambda page, pages: closing.append((page.number, pages)))
    document.need(100)
    assert len(document.pages) == 1
    document.y = document.bottom - 50
    assert document.fits(50)
    document.need(51)
    assert len(document.pages) == 2
    assert document.y == document.top
    document.to_bytes()
    assert seen == [2]
    assert closing == [(1, 2), (2, 2)]


def test_right_and_centred_text_is_condensed_to_its_room():
    document = new()
    width = PLAIN.width("液压油缸")
    document.page.text_right(200, 40, "液压油缸", PLAIN, room=width / 2)
    document.page.text_centred(200, 60, "液压油缸", PLAIN, room=width / 4)
    document.page.text_right(200, 80, "液压油缸", PLAIN, room=width)
    document.page.text_centred(200, 100, "液压油缸", PLAIN)
    document.page.text(20, 120, "", PLAIN)
    (content,) = contents(document.to_bytes())
    assert content.count(" Tj") == 4
    assert "50 Tz" in content
    assert "25 Tz" in content
    assert content.count("100 Tz") == 2
    assert f"1 0 0 1 {200 - width / 2:g} {A4[1] - 40:.2f} Tm" in content


def test_tracking_widens_the_text():
    assert PLAIN._replace(tracking=3).width("液压") == pytest.approx(PLAIN.width("液压") + 3)
    assert PLAIN._replace(tracking=3).width("") == 0


def test_state_is_written_only_where_it_changes():
    document = new()
    for y in (40, 60):
        document.page.text(20, y, "液", PLAIN)
        document.page.text(80, y, "压", PLAIN)
        document.page.line(20, y, 90, y)
    (content,) = contents(document.to_bytes())
    assert content.count("BT") == 2
    assert content.count(" Tf ") == 2
    assert content.count(" rg") == 1
    assert content.count(" RG") == 1
    assert content.count(" w") == 1


def test_forms_are_placed_with_blend_and_clip(tmp_path):
    document = new()
    form = document.add_form((-10, -10, 10, 10), b"1 0 0 rg -10 -10 20 20 re f")
    document.page.place(form, 100, 100, blend="Ink")
    document.page.place(form, 200, 100, clip=(190, 90, 10, 20))
    document.page.raw("0 0 1 rg 300 700 10 10 re f")
    document.page.fill(400, 100, 10, 10, (0, 1, 0))
    path = saved(tmp_path, document.to_bytes())
    picture = picture_of(path, resolution=72)
    assert picture.at(100, 100)[1] < 60
    assert picture.at(195, 100) == (255, 0, 0)
    assert picture.at(205, 100) == (255, 255, 255)
    assert picture.at(305, 842 - 705) == (0, 0, 255)
    assert picture.at(405, 105) == (0, 255, 0)


def test_an_underlay_text_lies_below_other_ink(tmp_path):
    document = new()
    document.page.fill(0, 0, *A4, (0, 0, 1))
    document.page.underlay_text("样张", Style("bold", 80, 80, (1, 0, 0)), 0.6)
    picture = picture_of(saved(tmp_path, document.to_bytes()), resolution=20)
    assert {picture.at(x, y) for x in range(0, 165, 4) for y in range(0, 230, 4)} == {(0, 0, 255)}


_SCRIPT = """
import sys
from datetime import UTC, datetime
from app.core.pdf.document import Document, DocumentFacts, Margins, Style
document = Document(DocumentFacts("单", "沃野", "", datetime(2026, 11, 23, tzinfo=UTC)), Margins(20, 20, 20, 30))
document.page.text(20, 40, "液压油缸 𠮷", Style())
assert not any(name.startswith(("reportlab", "PIL")) for name in sys.modules), "imported at start"
sys.stdout.buffer.write(document.to_bytes())
"""


def test_the_environment_does_not_change_the_bytes_and_reportlab_is_imported_when_drawing():
    papers = set()
    for epoch in ("", "1700000000"):
        environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        papers.add(done.stdout)
    assert len(papers) == 1


def test_papers_with_other_words_have_other_identifiers():
    identifiers = set()
    for words in ("第 1 份", "第 2 份"):
        document = new()
        document.page.text(20, 40, words, PLAIN)
        identifiers.add(str(PdfReader(io.BytesIO(document.to_bytes())).trailer["/ID"]))
    assert len(identifiers) == 2


def test_millimetres_are_points():
    assert pytest.approx(297) == A4[1] / MM

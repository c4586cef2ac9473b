import io

import pytest
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from app.core.pdf import embedding
from app.core.pdf.embedding import registered
from app.core.pdf.fonts import MissingGlyph, typeface
from tests.paper_tools import fonts_of, run, saved, text_of


def canvas() -> Canvas:
    return Canvas("", invariant=1, pageCompression=1, initialFontName=registered("regular"))


def write(on: Canvas, y: float, text: str, face: str = "regular") -> None:
    on.setFont(registered(face), 12)
    on.drawString(40, y, text)


def test_reportlab_knows_the_typefaces_and_measures_with_them():
    font = pdfmetrics.getFont(registered("bold"))
    assert pdfmetrics.stringWidth("液压 DN80", registered("bold"), 10) == typeface("bold").width(
        "液压 DN80", 10
    )
    assert font.face.ascent > 800
    assert font.face.descent < 0
    assert registered("bold") == registered("bold")


def test_any_reportlab_drawing_can_use_them(tmp_path):
    on = canvas()
    write(on, 700, "液压油缸 (DN80)")
    on.drawCentredString(300, 600, "居中")
    path = saved(tmp_path, on.getpdfdata())
    run("qpdf", "--check", path)
    assert "液压油缸 (DN80)" in text_of(path)
    assert "居中" in text_of(path)
    assert [row[:3] for row in fonts_of(path)] == [["yes", "yes", "yes"]]


def test_a_font_file_that_two_typefaces_share_is_embedded_once(tmp_path):
    on = canvas()
    write(on, 700, "吉𠮷吉")
    write(on, 600, "吉𠮷野", "bold")
    path = saved(tmp_path, on.getpdfdata())
    assert "吉𠮷野" in text_of(path)
    names = [line.split()[0].partition("+")[2] for line in run("pdffonts", path).splitlines()[2:]]
    assert sorted(names) == ["LXGWWenKai-Regular", "NotoSansSC-Bold", "NotoSansSC-Regular"]


def test_more_characters_than_one_byte_can_name_stay_one_font(tmp_path):
    on = canvas()
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 700)))
    for place in range(0, 700, 35):
        write(on, 800 - place, text[place : place + 35])
    path = saved(tmp_path, on.getpdfdata())
    assert "".join(text_of(path).split()) == text
    assert len(fonts_of(path)) == 1


def test_documents_drawn_at_the_same_time_keep_their_own_characters(tmp_path):
    one, other = canvas(), canvas()
    for place, (left, right) in enumerate(zip("江苏沃野", "宁夏农垦", strict=True)):
        write(one, 700 - 20 * place, left)
        write(other, 700 - 20 * place, right)
    words = [text_of(saved(tmp_path, on.getpdfdata())).split() for on in (one, other)]
    assert words == [list("江苏沃野"), list("宁夏农垦")]


def test_nothing_of_a_finished_or_abandoned_document_is_kept():
    before = len(embedding._subsets)
    finished, abandoned = canvas(), canvas()
    write(finished, 700, "完")
    write(abandoned, 700, "弃")
    assert len(embedding._subsets) == before + 2
    finished.getpdfdata()
    assert len(embedding._subsets) == before + 1
    del abandoned
    assert len(embedding._subsets) == before


def test_a_typeface_that_was_chosen_and_not_written_with_is_not_embedded():
    on = canvas()
    on.setFont(registered("bold"), 12)
    on.rect(10, 10, 20, 20)
    page = PdfReader(io.BytesIO(on.getpdfdata())).pages[0]
    assert page["/Resources"]["/Font"] == {}


def test_a_character_no_font_has_is_refused_when_drawn():
    with pytest.raises(MissingGlyph):
        write(canvas(), 700, "甲😀")

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.core.pdf.document import MM, Document, DocumentFacts, Margins
from app.core.pdf.fonts import MissingGlyph
from app.features.seals import drawing
from app.features.seals.drawing import (
    SealMark,
    seal_operators,
    seal_path,
    seal_svg,
    small_type,
    split_slices,
)
from tests.paper_tools import Picture, picture_of, run, saved
from tests.seal_reading import ALPHABET, SIDES, learned, read_along

NAME = "江苏沃野农机液压有限公司"
LONG_NAME = "新疆维吾尔自治区乌鲁木齐经济技术开发区天山农业机械装备制造有限责任公司"
ROUND = SealMark(NAME, "报价专用章", "3209010012345")
OVAL = SealMark(NAME, "投标专用章", "91320900MA01WY2X7K", diameter_mm=45, shape="oval")
SMALL = small_type("BJ-2026-0012-R1", 1, 2, "7K3M9QXZ4HTD2WPV8RNC5BJE")
CENTRE = 60 * MM


def drawn(tmp_path, mark: SealMark, ring_text: str = "", *, resolution: int = 254) -> Picture:
    """The seal alone on a page, its centre 60 mm from the left and the top."""
    document = Document(
        DocumentFacts("章", "", "", datetime(2026, 11, 23, tzinfo=UTC)),
        Margins(0, 0, 0, 0),
        (120 * MM, 120 * MM),
    )
    box = (-mark.width / 2, -mark.height / 2, mark.width / 2, mark.height / 2)
    form = document.add_form(box, seal_operators(mark, ring_text))
    document.page.place(form, CENTRE, CENTRE, blend="Ink")
    path = saved(tmp_path, document.to_bytes())
    run("qpdf", "--check", path)
    return picture_of(path, resolution=resolution)


def inked(picture: Picture) -> list[tuple[int, int]]:
    return [(x, y) for y in range(picture.height) for x in range(picture.width) if picture.at(x, y)[1] < 128]


@pytest.mark.parametrize("diameter", [40.0, 42.0])
def test_a_round_seal_measures_its_diameter(tmp_path, diameter):
    points = inked(drawn(tmp_path, replace(ROUND, diameter_mm=diameter)))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    assert (max(xs) - min(xs) + 1) / 10 == pytest.approx(diameter, abs=0.2)
    assert (max(ys) - min(ys) + 1) / 10 == pytest.approx(diameter, abs=0.2)
    assert (min(xs) + max(xs)) / 20 == pytest.approx(60, abs=0.1)


def test_an_oval_is_two_thirds_as_high_as_wide(tmp_path):
    points = inked(drawn(tmp_path, OVAL))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    assert (max(xs) - min(xs) + 1) / 10 == pytest.approx(45, abs=0.2)
    assert (max(ys) - min(ys) + 1) / 10 == pytest.approx(30, abs=0.2)


def test_a_seal_is_red_with_a_star_in_the_middle(tmp_path):
    picture = drawn(tmp_path, ROUND)
    red, green, blue = picture.at(600, 600)
    assert red > 180
    assert max(green, blue) < 80


@pytest.mark.parametrize(
    "mark", [ROUND, OVAL, replace(ROUND, legal_name=LONG_NAME), replace(OVAL, legal_name=LONG_NAME)]
)
def test_letters_stay_inside_the_ring_and_apart_from_each_other(mark):
    letters = drawing._body(mark)[1:]
    centres = []
    for piece in letters:
        points = [
            carried(piece.matrix, values[place], values[place + 1])
            for name, values in piece.commands
            for place in range(0, len(values), 2)
        ]
        for x, y in points:
            assert math.hypot(x / mark.width * 2, y / mark.height * 2) < 1
        centres.append((sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)))
    for place, one in enumerate(centres):
        for other in centres[place + 1 :]:
            assert math.dist(one, other) > 1.2


def carried(matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def width_of_letter(piece) -> float:
    return math.hypot(piece.matrix[0], piece.matrix[1])


def height_of_letter(piece) -> float:
    return math.hypot(piece.matrix[2], piece.matrix[3])


def test_a_long_name_is_condensed_instead_of_made_small():
    def shape(mark):
        letter = drawing._body(mark)[2]
        return width_of_letter(letter) / height_of_letter(letter), height_of_letter(letter)

    usual, long = shape(ROUND), shape(replace(ROUND, legal_name=LONG_NAME))
    assert long[0] < 0.6 * usual[0]
    assert replace(ROUND, legal_name=LONG_NAME).diameter_mm == ROUND.diameter_mm
    assert len(drawing._body(replace(ROUND, legal_name=LONG_NAME))) == len(drawing._body(ROUND)) + len(
        LONG_NAME
    ) - len(NAME)


def test_purpose_number_and_demo_line_are_part_of_the_body():
    bare = len(drawing._body(replace(ROUND, filed_number=None)))
    assert bare == 2 + len(NAME) + len("报价专用章")
    assert len(drawing._body(ROUND)) == bare + len("3209010012345")
    assert len(drawing._body(replace(ROUND, demo=True))) == bare + len("3209010012345") + len("演示专用")
    assert len(drawing._body(replace(OVAL, demo=True))) == len(drawing._body(OVAL)) + len("演示专用")
    assert len(drawing._body(replace(OVAL, filed_number=None))) == 1 + len(NAME) + len("投标专用章")


def test_small_type_names_number_copy_and_the_last_eight_of_the_code():
    assert (
        small_type("BJ-2026-0012-R1", 3, 2, "7K3M-9QXZ-4HTD-2WPV-8RNC-5BJE") == "BJ-2026-0012-R1 3/2 8RNC5BJE"
    )


@pytest.mark.parametrize("mark", [ROUND, OVAL])
def test_small_type_changes_nothing_else_of_the_seal(mark):
    with_text, without = seal_path(mark, SMALL), seal_path(mark)
    assert with_text.seal[: len(without.seal)] == without.seal
    # Twice, for each half of a split seal; the blanks draw nothing.
    assert len(with_text.seal) - len(without.seal) == 2 * len(SMALL)


def test_a_specimen_is_crossed_in_ink_and_a_real_seal_is_not(tmp_path):
    assert seal_path(ROUND).crossing == ()
    specimen = replace(ROUND, specimen=True)
    assert len(seal_path(specimen).crossing) == 2 + len("样章")
    picture = drawn(tmp_path, specimen)
    red, green, blue = picture.at(600 + 140, 600 + 140)
    assert max(red, green, blue) < 120
    plain = drawn(tmp_path, ROUND)
    assert min(plain.at(600 + 140, 600 + 140)) > 60 or plain.at(600 + 140, 600 + 140)[0] > 180


@pytest.mark.parametrize("mark", [replace(ROUND, specimen=True), OVAL])
def test_the_svg_holds_paths_only_and_no_style_or_script(mark):
    markup = seal_svg(mark)
    root = ET.fromstring(markup)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "g", "path"}
    allowed = {"viewBox", "width", "height", "fill", "fill-opacity", "transform", "d"}
    assert {name for element in root.iter() for name in element.attrib} <= allowed
    assert root.attrib["width"] == f"{mark.diameter_mm:.2f}mm"
    assert NAME not in markup


def test_preview_and_paper_are_drawn_from_the_same_path():
    operators = seal_operators(ROUND, SMALL).decode("ascii")
    markup = seal_svg(ROUND, SMALL)
    on_paper = re.findall(r"^q (.+) cm$", operators, re.MULTILINE)
    on_screen = re.findall(r"matrix\(([^)]+)\)", markup)
    assert on_paper == on_screen
    for piece in seal_path(ROUND, SMALL).seal[:3]:
        assert drawing._pdf_outline(piece.commands) in operators
        assert drawing._svg_outline(piece.commands) in markup


def test_coordinates_have_no_more_than_two_decimals_in_points():
    for number in re.findall(r"-?\d+\.(\d+)", drawing._pdf_outline(seal_path(ROUND).seal[0].commands)):
        assert len(number) <= 2


def test_a_name_with_a_character_no_font_has_is_refused():
    with pytest.raises(MissingGlyph):
        seal_path(replace(ROUND, legal_name="沃野😀公司"))


def test_a_rare_character_of_a_name_comes_from_the_fallback():
    assert len(drawing._body(replace(ROUND, legal_name="𠮷野公司"))) > 4


@pytest.mark.parametrize("pages", [2, 3, 7, 14, 15, 40, 200])
def test_slices_of_a_split_seal_join_without_gap(pages):
    slices = split_slices(ROUND, pages)
    assert len(slices) == pages
    for seal in {number for number, _, _ in slices}:
        own = [(left, width) for number, left, width in slices if number == seal]
        edge = 0.0
        for left, width in own:
            assert left == pytest.approx(edge, abs=1e-9)
            assert width >= 3 * MM - 1e-9
            edge = left + width
        assert edge == pytest.approx(ROUND.width)
        assert len(own) >= 2


def test_one_page_has_no_split_seal():
    assert split_slices(ROUND, 1) == []


# Reading the small type with the eyes of a scanner -------------------------------------------------------------


@pytest.mark.parametrize("code", ["7K3M9QXZ4HTD2WPV8RNC5BJE", "000000000000000068S5Z2B8"])
def test_the_small_type_can_be_read_in_a_rendering_at_600_dpi(tmp_path, code):
    centre = (60 / 25.4 * 600, 60 / 25.4 * 600)
    letters = learned(drawn(tmp_path, ROUND, ALPHABET, resolution=600), centre, ROUND)
    written = small_type("BJ-2026-0012-R1", 1, 2, code)
    paper = drawn(tmp_path, ROUND, written, resolution=600)
    for side in SIDES:
        assert read_along(paper, centre, ROUND, written, side, letters) == written


def test_a_contour_of_control_points_only_is_closed_between_two_of_them():
    circle = ((0, 0, False), (10, 0, False), (10, 10, False), (0, 10, False))
    commands = drawing._curves(circle)
    assert commands[0] == ("M", (0, 5))
    assert commands[-2][1][-2:] == (0, 5)
    assert commands[-1] == ("Z", ())

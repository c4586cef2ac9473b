import hashlib
import struct

import pytest

from app.core.i18n import using_locale
from app.core.pdf.fonts import FONT_FOLDER, MissingGlyph, missing_in, typeface
from app.core.pdf.truetype import TrueTypeFile, _components, encode_outline


def test_fonts_are_the_vendored_ones_each_with_its_licence():
    lines = (FONT_FOLDER / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    assert set(sums) == {path.name for path in FONT_FOLDER.glob("*.ttf")}
    for name, digest in sums.items():
        assert hashlib.sha256((FONT_FOLDER / name).read_bytes()).hexdigest() == digest
        licence = FONT_FOLDER / f"LICENSE-{name.partition('-')[0]}.txt"
        assert "SIL OPEN FONT LICENSE" in licence.read_text("utf-8").upper()


def test_a_rare_character_is_taken_from_the_fallback_and_the_rest_is_not():
    assert list(typeface("regular").runs("吉𠮷吉")) == [(0, "吉"), (1, "𠮷"), (0, "吉")]
    assert list(typeface("regular").runs("吉")) == [(0, "吉")]
    assert list(typeface("regular").runs("")) == []
    assert missing_in("𠮷") == []


def test_a_character_no_font_has_is_named_with_its_place():
    with pytest.raises(MissingGlyph) as caught:
        typeface("regular").width("甲😀", 9)
    assert caught.value.character == "😀"
    problem = MissingGlyph("😀", "第 3 项 型号规格")
    assert problem.status == 422
    with using_locale("zh"):
        assert "😀" in problem.sentence()
        assert "U+1F600" in problem.sentence()
        assert "第 3 项 型号规格" in problem.sentence()


@pytest.mark.parametrize("character", ["\x00", "\u200b", "\u202e", "\ufeff", "\ud800", "\ue000", "\t", "\r"])
def test_characters_that_show_nothing_count_as_missing_and_are_named_by_number(character):
    assert missing_in(f"甲{character}乙") == [character]
    assert MissingGlyph(character).params["character"] == f"U+{ord(character):04X}"


def test_line_ends_are_no_characters_to_print():
    assert missing_in("甲\n乙") == []


def test_missing_characters_come_once_and_in_order():
    assert missing_in("😀甲🚀😀") == ["😀", "🚀"]


def test_width_is_the_sum_of_the_advances():
    assert typeface("regular").width("液压", 10) == pytest.approx(20)
    assert typeface("regular").width("00", 10) == pytest.approx(2 * typeface("regular").width("0", 10))


def test_a_font_with_other_outlines_is_refused(tmp_path):
    other = tmp_path / "other.otf"
    other.write_bytes(b"OTTO\x00\x01" + b"\x00" * 6 + b"CFF \x00\x00\x00\x00" + b"\x00" * 60)
    with pytest.raises(ValueError, match="not a static TrueType font"):
        TrueTypeFile(other)


@pytest.fixture
def subset(tmp_path):
    def make(text: str, face: str = "regular", file_index: int = 0) -> TrueTypeFile:
        file = typeface(face).files[file_index]
        glyphs = [0, *(file.glyph_of(ord(character)) for character in text)]
        path = tmp_path / "subset.ttf"
        path.write_bytes(with_map_and_os2(file, file.subset(glyphs)))
        return TrueTypeFile(path)

    return make


def with_map_and_os2(file: TrueTypeFile, data: bytes) -> bytes:
    """Add the two tables a subset for a PDF does not carry, so that our own reader can open it again."""
    count = struct.unpack_from(">H", data, 4)[0]
    added = {
        b"cmap": struct.pack(">HHHHL", 0, 1, 3, 10, 12) + struct.pack(">HHLLL", 12, 0, 16, 0, 0),
        b"OS/2": file._table("OS/2"),
    }
    shift = 16 * len(added)
    entries, body = b"", data[12 + 16 * count :]
    for index in range(count):
        tag, checksum, offset, length = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        entries += struct.pack(">4sLLL", tag, checksum, offset + shift, length)
    for tag, content in added.items():
        entries += struct.pack(">4sLLL", tag, 0, 12 + 16 * count + shift + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    return data[:4] + struct.pack(">H", count + len(added)) + data[6:12] + entries + body


@pytest.mark.parametrize(("face", "file_index"), [("regular", 0), ("regular", 1), ("bold", 0), ("seal", 0)])
def test_a_subset_keeps_outlines_and_widths_on_the_coarser_grid(subset, face, file_index):
    text = "液A1，é"
    original = typeface(face).files[file_index]
    made = subset(text, face, file_index)
    assert made.units_per_em == original.units_per_em // 2
    for place, character in enumerate(text, 1):
        glyph = original.glyph_of(ord(character))
        assert abs(made.advance_of(place) - original.advance_of(glyph)) <= 2
        expected = original.outline(glyph)
        outline = made.outline(place)
        assert [len(contour) for contour in outline] == [len(contour) for contour in expected]
        for contour, model in zip(outline, expected, strict=True):
            for (x, y, on_curve), (model_x, model_y, model_on) in zip(contour, model, strict=True):
                assert (abs(2 * x - model_x), abs(2 * y - model_y)) <= (1, 1)
                assert on_curve == model_on


def test_a_glyph_without_ink_has_an_empty_record():
    assert encode_outline(()) == b""
    file = typeface("regular").files[0]
    assert file.outline(file.glyph_of(ord(" "))) == ()


def test_every_listed_checksum_of_a_subset_is_right():
    file = typeface("regular").files[0]
    data = file.subset([0, file.glyph_of(ord("液"))])
    words = struct.unpack(f">{len(data) // 4}L", data)
    assert sum(words) & 0xFFFFFFFF == 0xB1B0AFBA


def copied(tmp_path, name: str, change) -> TrueTypeFile:
    data = bytearray((FONT_FOLDER / f"{name}.ttf").read_bytes())
    tables = {}
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, length = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        tables[tag.decode()] = (offset, length)
    change(data, tables)
    path = tmp_path / "changed.ttf"
    path.write_bytes(data)
    return TrueTypeFile(path)


def test_fonts_with_short_offsets_or_without_the_full_map_are_refused(tmp_path):
    def short(data, tables):
        struct.pack_into(">h", data, tables["head"][0] + 50, 0)

    def mapless(data, tables):
        struct.pack_into(">H", data, tables["cmap"][0] + 2, 0)

    with pytest.raises(ValueError, match="short outline offsets"):
        copied(tmp_path, "NotoSansSC-Regular", short)
    with pytest.raises(ValueError, match="no full Unicode character map"):
        copied(tmp_path, "NotoSansSC-Regular", mapless)


def test_all_composite_glyphs_of_the_fonts_can_be_drawn():
    found = 0
    for path in sorted(FONT_FOLDER.glob("*.ttf")):
        file = TrueTypeFile(path)
        for glyph in range(struct.unpack(">H", file._table("maxp")[4:6])[0]):
            data = file.glyph_data(glyph)
            if data and data[0] & 0x80:
                found += 1
                parts = [file.outline(part) for part, _dx, _dy in _components(data)]
                assert sum(map(len, parts)) == len(file.outline(glyph)) > 0
                assert len(file.subset([glyph])) > 100
    assert found == 4


def test_a_turned_part_of_a_composite_glyph_is_refused_and_bytes_as_shifts_are_read():
    head = struct.pack(">5h", -1, 0, 0, 0, 0)
    assert _components(head + struct.pack(">HHbb", 0x0002, 7, 3, -4)) == [(7, 3, -4)]
    with pytest.raises(ValueError, match="turned"):
        _components(head + struct.pack(">HHbbh", 0x000A, 7, 3, -4, 1))


def test_a_glyph_behind_the_list_of_advances_has_the_last_advance():
    file = typeface("seal").files[0]
    assert file.advance_of(file._advance_count + 5) == file.advance_of(file._advance_count - 1)
    assert len(file.subset([file._advance_count + 5])) > 100

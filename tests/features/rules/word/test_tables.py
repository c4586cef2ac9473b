"""Tables and pictures of a Word file."""

import zlib

from app.features.rules.clause_text import Table
from app.features.rules.word.remarks import Remark
from tests.word_files import PNG, abstract, level, num, p
from tests.word_reading import cell, read, text_of

RESTART, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def table_of(*rows):
    [row] = read("<w:tbl>" + "".join(f"<w:tr>{one}</w:tr>" for one in rows) + "</w:tbl>").rows
    [table] = row.body
    assert isinstance(table, Table)
    return [
        [("".join(piece.text for piece in one.runs), one.columns, one.rows) for one in cells]
        for cells in table.rows
    ], table.heads


def test_merged_cells():
    rows, heads = table_of(
        cell("项目", RESTART) + cell("标准", '<w:gridSpan w:val="2"/>'),
        cell("", GOES_ON) + cell("市内") + cell("外地"),
        cell("住宿") + cell("300") + cell("500"),
    )
    assert rows == [
        [("项目", 1, 2), ("标准", 2, 1)],
        [("市内", 1, 1), ("外地", 1, 1)],
        [("住宿", 1, 1), ("300", 1, 1), ("500", 1, 1)],
    ]
    assert heads == 1


def test_merge_that_goes_on_from_nowhere_is_a_cell_of_its_own():
    assert table_of(cell("甲", GOES_ON), cell("乙"))[0] == [[("甲", 1, 1)], [("乙", 1, 1)]]
    wide = cell("甲", '<w:gridSpan w:val="2"/>' + RESTART)
    assert table_of(wide, cell("乙", GOES_ON) + cell("丙"))[0] == [
        [("甲", 2, 1)],
        [("乙", 1, 1), ("丙", 1, 1)],
    ]


def test_skipped_places_and_repeated_heads():
    marked = "<w:trPr><w:tblHeader/></w:trPr>"
    skipping = '<w:trPr><w:gridBefore w:val="1"/><w:gridAfter w:val="2"/></w:trPr>'
    rows, heads = table_of(marked + cell("甲"), marked + cell("乙"), skipping + cell("丙"))
    assert heads == 2
    assert rows[2] == [("", 1, 1), ("丙", 1, 1), ("", 2, 1)]


def test_cells_hold_lines_numbers_dots_and_tables_as_text():
    inner = f"<w:tbl><w:tr>{cell('内')}{cell('层')}</w:tr></w:tbl>"
    numbering = (
        abstract(0, level(0, "decimal", "%1.")) + abstract(1, level(0, "bullet", "")) + num(1, 0) + num(2, 1)
    )
    content = p("首行") + p("甲", at=(1, 0)) + p("乙", at=(2, 0)) + inner
    document = read(f"<w:tbl><w:tr>{cell(content)}</w:tr></w:tbl>", numbering=numbering)
    assert text_of(document) == "首行\n1. 甲\n• 乙\n内 | 层"
    assert document.remarks == {Remark.NESTED_TABLES: 1}


def test_rows_and_cells_inside_controls_are_found():
    def controlled(content):
        return f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    row = controlled(f"<w:tr>{controlled(cell('甲'))}</w:tr>")
    assert text_of(read(f"<w:tbl>{row}</w:tbl>", controlled(p("乙")))) == "甲\n乙"


def drawing(key):
    return f'<w:r><w:drawing><a:blip r:embed="{key}"/></w:drawing></w:r>'


def test_pictures_are_kept_once_and_checked():
    document = read(
        p("甲", drawing("p1")),
        p(drawing("p1")),
        p(drawing("p2"), drawing("p3"), drawing("p4"), drawing("p5"), drawing("nowhere")),
        '<w:p><w:r><w:pict><v:imagedata r:id="p1"/></w:pict></w:r></w:p>',
        links=[
            ("p1", "image", "media/image1.png"), ("p2", "image", "media/image2.emf"),
            ("p3", "image", "https://example.com/a.png"), ("p4", "image", "media/lost.png"),
            ("p5", "image", "media/broken.png"),
        ],
        media={"word/media/image1.png": PNG, "word/media/image2.emf": b"\x01\0\0\0", "word/media/broken.png": PNG[:20]},
    )  # fmt: skip
    [picture] = document.pictures
    assert (picture.name, picture.media_type, picture.content) == ("image1.png", "image/png", PNG)
    assert set(document.remarks) == {Remark.PICTURE_FORMAT, Remark.PICTURE_OUTSIDE}


def test_huge_pictures_are_left_out(monkeypatch):
    wide = PNG[:16] + (60_000).to_bytes(4) + (60_000).to_bytes(4)
    wide += PNG[24:29] + zlib.crc32(wide[12:] + PNG[24:29]).to_bytes(4) + PNG[33:]
    document = read(
        p("甲", drawing("p1")), links=[("p1", "image", "media/a.png")], media={"word/media/a.png": wide}
    )
    assert document.remarks == {Remark.PICTURE_SIZE: 1}
    monkeypatch.setattr("app.features.rules.word.parts.MOST_PICTURES", 0)
    document = read(
        p("甲", drawing("p1")), links=[("p1", "image", "media/a.png")], media={"word/media/a.png": PNG}
    )
    assert document.remarks == {Remark.PICTURE_SIZE: 1}

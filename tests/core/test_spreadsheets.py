"""Tables people upload: what is read of them, and what is refused with which sentence."""

import io
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.core import export, spreadsheets
from app.core.errors import Invalid
from app.core.spreadsheets import BROKEN, FORMULA, MOST_ROWS, TOO_LONG, Table, clean_cell
from tests.tables import bomb, changed_part, csv_of, xlsx

HEAD = ("编码", "名称", "标价")
KNOWN = {"编码", "名称", "标价", "税率", "code"}
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes, name: str = "价格表.xlsx") -> Table:
    return spreadsheets.read_table(spreadsheets.open_upload(name, content), KNOWN)


def refusal(content: bytes, name: str = "价格表.xlsx") -> str:
    with pytest.raises(Invalid) as refused:
        read(content, name)
    return str(refused.value.fields["file"])


def cells(content: bytes, name: str = "价格表.xlsx") -> list[list[str]]:
    return [row for _number, row in read(content, name).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_of_the_office(encoding):
    content = csv_of(HEAD, ("A1", "液压泵", "1,5"), encoding=encoding, delimiter=";")
    table = read(content, "a.csv")
    assert table.head == list(HEAD)
    assert table.rows == [(2, ["A1", "液压泵", "1,5"])]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "；", "，"])
def test_the_delimiter_is_found_by_the_head(delimiter):
    assert cells(csv_of(HEAD, ("A1", "泵", "5"), delimiter=delimiter), "a.csv") == [["A1", "泵", "5"]]


def test_quoted_text_keeps_its_commas_and_becomes_one_line():
    content = '编码,名称\nA1,"泵,\n""大""  号"\n'.encode()
    assert cells(content, "a.txt") == [["A1", '泵, "大" 号']]


def test_the_guard_of_an_export_is_no_part_of_the_text():
    assert cells("编码,名称\n'=A1,''s\n".encode(), "a.csv") == [["=A1", "''s"]]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1001, "", "1001"),
        (1234.5, "#,##0.00", "1234.5"),
        (0.1 + 0.2, "", "0.3"),
        (0.13, "0%", "13%"),
        (0.125, "0.00%", "12.5%"),
        (13900001111, "", "13900001111"),
        (913200001234567890, "", TOO_LONG),
        (-3, "", "-3"),
        (1e-7, "", "0.0000001"),
        (True, "", "是"),
        (False, "", "否"),
        (datetime(2026, 11, 27), "", "2026-11-27"),  # noqa: DTZ001 - a cell has no zone
        (datetime(2026, 11, 27, 9, 30), "", "2026-11-27 09:30"),  # noqa: DTZ001
        (date(2026, 11, 27), "", "2026-11-27"),
        (time(9, 30), "", "09:30:00"),
        ("  全角　空格\u200b\n", "", "全角 空格"),
        ("x" * 9_000, "", "x" * 5_000),
    ],
)
def test_a_value_becomes_what_excel_shows(value, number_format, text):
    assert spreadsheets.text_of(value, number_format) == text


def test_a_date_and_a_percentage_are_read_from_a_workbook():
    content = xlsx(HEAD, ("A1", datetime(2026, 1, 2), 0.12), formats={"C2": "0%", "B2": "yyyy-mm-dd"})  # noqa: DTZ001
    assert cells(content) == [["A1", "2026-01-02", "12%"]]


def test_a_formula_gives_the_result_excel_kept():
    content = changed_part(
        xlsx(HEAD, ("A1", "泵", "=1+1")), SHEET, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>"
    )
    assert cells(content) == [["A1", "泵", "2"]]


def test_a_formula_without_a_result_is_marked_in_its_cell():
    assert cells(xlsx(HEAD, ("A1", "泵", "=B1*2"), ("A2", "阀", 5))) == [
        ["A1", "泵", FORMULA],
        ["A2", "阀", "5"],
    ]


def test_an_error_of_a_formula_is_marked_in_its_cell():
    content = changed_part(
        xlsx(HEAD, ("A1", "泵", 77)), SHEET, b'<c r="C2" t="n"><v>77</v>', b'<c r="C2" t="e"><v>#N/A</v>'
    )
    assert cells(content) == [["A1", "泵", BROKEN]]


def test_titles_above_the_head_are_passed_over():
    table = read(xlsx(("2026 年价格表",), (), ("制表：", "王"), HEAD, ("A1", "泵", 5)))
    assert table.head == list(HEAD)
    assert table.rows == [(5, ["A1", "泵", "5"])]


def test_a_merged_head_of_two_rows_is_put_together():
    content = xlsx(
        ("编码", "产品", None, "标价"),
        (None, "名称", "型号", None),
        ("A1", "泵", "X", 5),
        merged=("B1:C1", "A1:A2"),
    )
    assert read(content).head == ["编码", "名称", "型号", "标价"]


def test_rows_without_anything_are_passed_over_and_numbers_stay():
    assert read(xlsx(HEAD, (), ("A1",), (None, " "), ("A2",))).rows == [
        (3, ["A1", "", ""]),
        (5, ["A2", "", ""]),
    ]


def test_the_first_sheet_with_something_in_it_is_read_and_hidden_ones_are_not():
    book = Workbook()
    book.worksheets[0].sheet_state = "hidden"
    book.worksheets[0].append(["编码", "名称"])
    book.create_sheet("空")
    sheet = book.create_sheet("价格")
    sheet.append(["编码"])
    sheet.append(["A1"])
    stream = io.BytesIO()
    book.save(stream)
    table = read(stream.getvalue())
    assert (table.sheet, table.others, table.rows) == ("价格", ("空",), [(2, ["A1"])])


def test_doubled_heads_stay_and_a_row_may_be_wider_than_the_head():
    table = read(xlsx(("编码", "编码"), ("A1", "A2", "多出来")))
    assert table.head == ["编码", "编码", ""]
    assert table.rows == [(2, ["A1", "A2", "多出来"])]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"", "空"),
        ("a.csv", b"", "空"),
        ("a.csv", b"\xef\xbb\xbf", "没有内容"),
        ("a.csv", b"\r\n\r\n,,\r\n", "没有内容"),
        ("a.xlsx", xlsx(), "没有内容"),
        ("a.xlsx", xlsx(HEAD), "只有表头"),
        ("a.csv", csv_of(HEAD), "只有表头"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 900, "旧的 .xls"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 900, "密码"),
        ("a.xls", b"<html><table><tr><td>A1</td></tr></table></html>", "网页"),
        ("a.xlsx", b"\n <?xml version='1.0'?><Workbook/>", "网页"),
        ("a.pdf", b"%PDF-1.4", ".xlsx 或 .csv"),
        ("a", b"abc", ".xlsx 或 .csv"),
        ("a.xlsx", b"%PDF-1.4", "扩展名不符"),
        ("a.xlsx", "编码,名称".encode(), "不接受"),
        ("a.csv", xlsx(HEAD, ("A1",)), "扩展名不符"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 200, "损坏"),
        ("a.xlsx", xlsx(HEAD, ("A1",))[:-300], "损坏"),
        ("a.xlsx", bomb(), "过大"),
        ("a.csv", b"\x81\xff\xfe\x00\x01\x02" * 50, "编码"),
        ("a.csv", b"a\0b,c\n1,2", "编码"),
        ("a.csv", b"\xff\xfea", "编码"),
        ("a.csv", bytes(range(1, 32)) * 5, "编码"),
        ("a.csv", csv_of(HEAD, *([("A1", "b", "c")] * (MOST_ROWS + 20))), "20000 行"),
        ("a.csv", csv_of(HEAD, *([("A1", "b", "c")] * (MOST_ROWS + 1))), "20000 行"),
        ("a.csv", csv_of(HEAD, ["x"] * 61), "61 列"),
        ("a.csv", b"x" * (20 * 1024 * 1024 + 1), "20 MB"),
        ("a.csv", b'a,b\n1,"' + b"x" * 200_000, "格式不完整"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(name, content, sentence):
    assert sentence in refusal(content, name)


def test_entities_of_its_own_are_refused_before_they_unfold():
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    content = changed_part(xlsx(HEAD, ("A1",)), SHEET, b"<worksheet", laughs + b"<worksheet")
    assert "不安全" in refusal(content)


def test_entities_are_found_behind_any_padding_and_in_any_encoding():
    padding = b"<!--" + b"x" * 1_048_570 + b"--><!DOCTYPE x>"
    for hidden in (padding, '<?xml version="1.0" encoding="utf-16"?>'.encode("utf-16-le")):
        content = changed_part(xlsx(HEAD, ("A1",)), SHEET, b"<worksheet", hidden + b"<worksheet")
        assert "不安全" in refusal(content)


def test_the_guard_of_an_exported_workbook_is_no_part_of_the_text():
    assert cells(xlsx(HEAD, ("'=A1", "'s", "'-5"))) == [["=A1", "'s", "-5"]]


def test_a_workbook_with_a_broken_part_is_refused():
    content = changed_part(xlsx(HEAD, ("A1",)), SHEET, b"</sheetData>", b"</sheet")
    assert "损坏" in refusal(content)


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is():
    content = changed_part(
        xlsx(HEAD, ("A1", "泵", 5)), SHEET, b'<dimension ref="A1:C2"', b'<dimension ref="A1:XFD1048576"'
    )
    assert cells(content) == [["A1", "泵", "5"]]


def test_a_cell_far_to_the_right_is_refused_and_far_below_not_waited_for():
    far = Workbook()
    far.worksheets[0].append(list(HEAD))
    far.worksheets[0]["XFD2"] = "x"
    stream = io.BytesIO()
    far.save(stream)
    assert "只有表头" in refusal(stream.getvalue())
    low = Workbook()
    low.worksheets[0].append(list(HEAD))
    low.worksheets[0].append(["A1"])
    low.worksheets[0]["A900000"] = "x"
    stream = io.BytesIO()
    low.save(stream)
    assert len(read(stream.getvalue()).rows) == 1


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ("标价（含税，元）", "标价"),
        (" 产品 名称* ", "产品名称"),
        ("Product Code", "productcode"),
        ("［单位］", ""),
        ("税率％", "税率"),
    ],
)
def test_of_a_head_only_its_words_count(head, key):
    assert spreadsheets.head_key(head) == key


def test_the_file_to_fill_in_has_the_heads_alone_and_explains_them():
    content = spreadsheets.template(
        [("编码", True, "每个产品不同"), ("名称", False, "")], "产品", "填写说明", ["列", "必填", "说明"]
    )
    book = load_workbook(io.BytesIO(content))
    assert [cell.value for cell in next(book.worksheets[0].iter_rows())] == ["编码*", "名称"]
    assert [cell.value for cell in list(book.worksheets[1].iter_rows())[1]] == ["编码", "✓", "每个产品不同"]
    assert book.worksheets[0]["A2"].number_format == "@"
    assert "只有表头" in refusal(content)


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs", "Cn")), max_size=12
).filter(lambda text: not clean_cell(text).startswith("'"))


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=4), st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_an_export_writes_an_import_reads(rows, as_workbook):
    columns = [export.ExportColumn(head) for head in HEAD]
    lines = [[f"A{number}", *row] for number, row in enumerate(rows)]
    if as_workbook:
        found = cells(export.as_xlsx("价格", columns, lines))
    else:
        found = cells(b"".join(export.as_csv(columns, lines)), "a.csv")
    assert found == [[clean_cell(text) for text in line] for line in lines]

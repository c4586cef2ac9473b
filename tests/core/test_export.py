"""Lists as files."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.core import export
from app.core.export import FORMULA_STARTS, ExportColumn, as_csv, as_xlsx, safe_text

COLUMNS = [
    ExportColumn("名称"),
    ExportColumn("金额", "money"),
    ExportColumn("数量", "number"),
    ExportColumn("日期", "date"),
    ExportColumn("时间", "datetime"),
    ExportColumn("在用"),
]
ROW = [
    "江苏大地",
    Decimal("-1234.50"),
    7,
    date(2026, 11, 23),
    datetime(2026, 11, 23, 1, 41, tzinfo=UTC),
    True,
]


def read_csv(*rows: list[Any]) -> list[list[str]]:
    text = b"".join(as_csv(COLUMNS[: len(rows[0])], rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def read_xlsx(columns: list[ExportColumn], *rows: list[Any]) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(as_xlsx("客户", columns, rows))).active
    return [list(row) for row in sheet.iter_rows()]


def test_csv_opens_in_chinese_excel():
    content = b"".join(as_csv(COLUMNS, [ROW]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2


def test_csv_keeps_figures_dates_and_company_time():
    assert read_csv(ROW)[1] == ["江苏大地", "-1234.50", "7", "2026-11-23", "2026-11-23 09:41", "True"]


def test_csv_shows_nothing_as_an_empty_cell():
    assert read_csv(["a", None, None, None, None, None])[1] == ["a", "", "", "", "", ""]


def test_a_long_csv_comes_in_pieces_that_make_the_whole():
    pieces = list(as_csv([ExportColumn("名称")], [[f"客户{number}" * 20] for number in range(2_000)]))
    assert len(pieces) > 1
    assert len(list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))) == 2_001


def test_xlsx_holds_typed_figures_and_dates():
    head, row = read_xlsx(COLUMNS, ROW)
    assert [cell.value for cell in head] == ["名称", "金额", "数量", "日期", "时间", "在用"]
    assert [cell.data_type for cell in row] == ["s", "n", "n", "d", "d", "s"]
    assert row[1].value == pytest.approx(-1234.5)
    assert row[3].value == datetime(2026, 11, 23)  # noqa: DTZ001 - a workbook knows no zones
    assert row[4].value == datetime(2026, 11, 23, 9, 41)  # noqa: DTZ001
    assert row[1].number_format == "#,##0.00##"


def test_xlsx_shows_nothing_as_an_empty_cell():
    assert [cell.value for cell in read_xlsx(COLUMNS[:2], [None, Decimal(1)])[1]] == [None, 1]


@pytest.mark.parametrize("start", [*FORMULA_STARTS, " =", "\u3000＝", "\u00a0@"])
def test_a_text_that_begins_a_formula_is_disarmed_in_both_formats(start: str):
    typed = f"{start}HYPERLINK(1)"
    [_head, row] = read_csv([typed])
    assert row[0].startswith("'")
    cell = read_xlsx([ExportColumn("名称")], [typed])[1][0]
    assert cell.value.startswith("'")
    assert cell.data_type == "s"


def test_a_head_that_begins_a_formula_is_disarmed_too():
    columns = [ExportColumn("=1+1")]
    assert read_xlsx(columns, ["a"])[0][0].value == "'=1+1"
    assert "'=1+1" in b"".join(as_csv(columns, [])).decode()


def test_characters_no_file_can_hold_are_left_out():
    assert safe_text("a\x00b\ud800c\ufffed") == "abcd"
    assert read_xlsx([ExportColumn("名称")], ["a\x0bb"])[1][0].value == "ab"


def test_a_text_longer_than_a_cell_is_cut():
    assert len(read_xlsx([ExportColumn("名称")], ["长" * 40_000])[1][0].value) == 32_000


def test_a_sheet_is_named_without_what_excel_forbids():
    book = load_workbook(io.BytesIO(as_xlsx("客户/[全部]:*?" + "长" * 40, [ExportColumn("a")], [])))
    assert book.sheetnames[0].startswith("客户全部长")
    assert len(book.sheetnames[0]) == 31
    assert load_workbook(io.BytesIO(as_xlsx("[]", [ExportColumn("a")], []))).sheetnames == ["Sheet1"]


@given(st.text(max_size=40))
def test_no_text_begins_a_formula_after_it_was_made_safe(text: str):
    safe = safe_text(text)
    assert not safe.strip() or not safe.lstrip(" \u3000\u00a0").startswith(FORMULA_STARTS)


def test_a_cell_of_nothing_but_spaces_is_not_taken_for_a_formula():
    assert export.safe_text("\n") == "\n"
    assert export.safe_text("\n=1") == "'\n=1"

"""What is copied out of a spreadsheet is read as it looked there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import pasted
from app.core.pasted import PastedColumn

COLUMNS = (
    PastedColumn("name", ("名称", "name")),
    PastedColumn("quantity", ("数量", "qty"), unit_into="unit"),
    PastedColumn("unit", ("单位", "unit")),
    PastedColumn("days", ("交货期", "lead time"), drop_unit=True),
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\t\tb\t\t\t\n", [["a", "", "b"]]),
        ('"两行\n一格"\tb', [["两行\n一格", "b"]]),
        ('"他说""好"""\tb', [['他说"好"', "b"]]),
        ('3/4"\t2" 管', [['3/4"', '2" 管']]),
        ('"未完\tb\nc', [['"未完', "b"], ["c"]]),
        ("\n \t\n\na", [["a"]]),
        ('""\tb', [["", "b"]]),
        ("", []),
        ('"a"x\tb', [['"a"x', "b"]]),
    ],
)
def test_cells_of_a_copied_range(text: str, rows: list[list[str]]) -> None:
    assert pasted.split_cells(text) == rows


def written(cell: str) -> str:
    """A cell as a spreadsheet writes it."""
    marked = any(mark in cell for mark in '\t\n"')
    return '"' + cell.replace('"', '""') + '"' if marked else cell


CELLS = st.text(alphabet='ab "\t\n１,，5台', max_size=8).map(str.strip)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=8))
def test_what_a_spreadsheet_writes_is_read_back(table: list[list[str]]) -> None:
    expected = []
    for row in table:
        kept = list(row)
        while kept and not kept[-1]:
            kept.pop()
        if kept:
            expected.append(kept)
    text = "\r\n".join("\t".join(map(written, row)) for row in table)
    assert pasted.split_cells(text) == expected


@given(st.text(alphabet='a"\t\n', max_size=30))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    letters = sum(character == "a" for character in text)
    assert sum(cell.count("a") for row in pasted.split_cells(text) for cell in row) == letters


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["名称", "数量（台）", "别的"], ["name", "quantity", ""]),
        (["Name", "QTY.", "Lead Time"], ["name", "quantity", "days"]),
        (["名 称*", "ｑｔｙ"], ["name", "quantity"]),
        (["名称"], ["name"]),
        (["名称", "齿轮泵"], None),
        (["名称", "name", "数量"], None),
        (["齿轮泵", "5"], None),
    ],
)
def test_titles_are_known_in_either_language(cells: list[str], order: list[str] | None) -> None:
    assert pasted.recognise(cells, COLUMNS) == order


@pytest.mark.parametrize(
    ("quantity", "taken"),
    [
        ("5台", ("5", "台")),
        ("１,２００ 套", ("1,200", "套")),
        ("1,234.50", ("1,234.50", None)),
        ("12％", ("12％", None)),
        ("约5台", ("约5台", None)),
    ],
)
def test_a_unit_is_taken_off_its_figure(quantity: str, taken: tuple[str, str | None]) -> None:
    (row,) = pasted.named_rows([["泵", quantity]], ["name", "quantity"], COLUMNS)
    assert (row["quantity"], row.get("unit")) == taken


def test_a_unit_that_stands_in_its_own_column_is_kept_and_a_needless_one_dropped() -> None:
    rows = pasted.named_rows(
        [["5台", "套", "20天", "x"], ["", ""]], ["quantity", "unit", "days", ""], COLUMNS
    )
    assert rows == [{"quantity": "5", "unit": "套", "days": "20"}]


def test_words_around_a_line_break_stay_apart() -> None:
    cells = pasted.split_cells('"16 MPa \n通径 4"\t"甲\n\n乙"')
    assert pasted.named_rows(cells, ["name", "note"], COLUMNS) == [{"name": "16 MPa 通径 4", "note": "甲 乙"}]


def test_labels_of_a_choice_become_its_codes() -> None:
    rows = [{"kind": "分组 标题"}, {"kind": "不认得"}, {"name": "泵"}]
    pasted.replace_labels(rows, "kind", {"分组标题": "heading"})
    assert rows == [{"kind": "heading"}, {"kind": "不认得"}, {"name": "泵"}]


def test_titles_are_found_below_the_name_of_the_list() -> None:
    cells = [["农机合作社询价单"], ["日期", "11月27日"], ["序号", "名称", "数量"], ["1", "泵", "2"]]
    assert pasted.titles_of(cells, COLUMNS) == (["", "name", "quantity"], 3)
    assert pasted.titles_of([["泵", "2"], ["名称"]], COLUMNS) == (None, 0)
    assert pasted.titles_of([["泵", "2"]] * 5 + [["名称", "数量"]], COLUMNS) == (None, 0)


def test_sums_below_the_lines_are_no_lines() -> None:
    cells = [["1", "泵", "2"], ["", "合 计：", "2"], ["TOTAL", "", "2"], ["合计阀", "3"]]
    assert pasted.without_sums(cells) == [cells[0], cells[3]]


def test_columns_that_are_not_taken_are_told_where_they_hold_something() -> None:
    titles, order = ["序号", "名称", "颜色", "图号", ""], ["", "name", "", "", ""]
    assert pasted.left_columns(titles, order, [["1", "泵", "", "A-3"], ["2", "阀"]]) == ["图号"]


def test_merged_cells_are_filled_down_until_a_group_ends_them() -> None:
    rows = [
        {"name": "泵", "quantity": "1"},
        {"name": "阀", "quantity": "2", "unit": "台"},
        {"name": "油封", "quantity": "3"},
        {"name": "二组"},
        {"name": "油管", "quantity": "4"},
    ]
    assert pasted.fill_merged(rows, "unit", "quantity") == 1
    assert [row.get("unit") for row in rows] == [None, "台", "台", None, None]

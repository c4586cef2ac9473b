"""The rows of a line editor: every cell named and labelled, nothing typed read as markup, errors at their cells."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from app.core.i18n import lazy, using_locale
from app.web import line_rows, ready_bytes
from app.web.line_rows import BoxedText
from tests.client import Page

COLUMNS: list[dict[str, Any]] = [
    {
        "name": "kind",
        "label": lazy("类型"),
        "kind": "select",
        "size": "s",
        "options": [("a", "甲"), ("b", "乙 & 丙")],
    },
    {"name": "name", "label": "100 % <名称>", "list": "names", "placeholder": "50 %"},
    {"name": "quantity", "label": lazy("数量"), "kind": "number", "size": "xs"},
    {"name": "note", "label": lazy("备注"), "kind": "textarea"},
    {"name": "urgent", "label": lazy("急"), "kind": "checkbox"},
    {"name": "before", "label": lazy("此前报价"), "kind": "static"},
]
HOSTILE = """"><script>%s%(x)s & 'x'\x01\x02"""


@pytest.fixture(autouse=True)
def _asked(app: Flask) -> Any:
    with app.test_request_context():
        yield


def written(*rows: dict[str, Any], **table: Any) -> Page:
    told = {"columns": COLUMNS, "rows": rows, "errors": {}, "hidden_names": ("id",), **table}
    return Page(ready_bytes.sent(f"<table>{line_rows.line_rows(told)}</table>").decode())


def by_id(page: Page, name: str) -> Any:
    return next(element for element in page.elements if element.attributes.get("id") == name)


def test_each_cell_is_named_and_labelled_with_its_row() -> None:
    page = written({"name": "泵", "quantity": "2"}, {"name": "阀", "id": "7", "urgent": "y", "kind": "b"})
    for row in (0, 1):
        for column in COLUMNS[:-1]:
            field = by_id(page, f"line-{row}-{column['name']}")
            assert field.attributes["name"] == field.attributes["id"]
            assert field.attributes["aria-label"] == f"第 {row + 1} 行 {column['label']}"
    assert by_id(page, "line-0-quantity").attributes["value"] == "2"
    assert "checked" in by_id(page, "line-1-urgent").attributes
    assert "checked" not in by_id(page, "line-0-urgent").attributes
    chosen = [element.attributes["value"] for element in page.elements if "selected" in element.attributes]
    assert chosen == ["b"]
    hidden = [element.attributes for element in page.elements if element.attributes.get("type") == "hidden"]
    assert [(field["name"], field["value"]) for field in hidden] == [("line-1-id", "7")]
    acts = [element.attributes["value"] for element in page.elements if element.tag == "button"]
    assert acts == [f"{act}-{row}" for row in (0, 1) for act in ("up", "down", "copy", "remove")]


def test_what_was_typed_stays_text() -> None:
    row = dict.fromkeys(("id", "name", "quantity", "note", "before", "kind"), HOSTILE)
    page = written(row, errors={"line-0-name": [HOSTILE]})
    assert not [element for element in page.elements if element.tag == "script"]
    assert by_id(page, "line-0-name").attributes["value"] == HOSTILE
    assert by_id(page, "line-0-quantity").attributes["value"] == HOSTILE
    assert "selected" not in page.html
    assert by_id(page, "line-0-name-error").text == HOSTILE.rstrip("\x01\x02")


def test_an_error_stands_at_its_cell_and_in_no_other_row() -> None:
    errors = {"line-1-quantity": ["不能为空", "要大于 0"], "line-1-kind": "请选择", "line-1-note": ["太长"]}
    page = written({"name": "泵"}, {"name": "阀"}, {"name": "缸"}, errors=errors)
    assert by_id(page, "line-1-quantity-error").text == "不能为空 要大于 0"
    assert by_id(page, "line-1-kind-error").text == "请选择"
    marked = [element.attributes["id"] for element in page.elements if "aria-invalid" in element.attributes]
    assert marked == ["line-1-kind", "line-1-quantity", "line-1-note"]
    assert by_id(page, "line-1-note").attributes["aria-describedby"] == "line-1-note-error"
    assert "aria-invalid" not in written({"name": "泵"}, {"name": "阀"}).html


def test_a_fixed_table_has_no_tools_and_another_prefix_its_own_names() -> None:
    page = written({"name": "泵"}, fixed=True, prefix="item")
    assert not [element for element in page.elements if element.tag == "button"]
    assert by_id(page, "item-0-name").attributes["value"] == "泵"


def test_rows_speak_the_language_of_their_reader() -> None:
    assert "上移" in written({}).html
    with using_locale("en"):
        assert "上移" not in written({}).html
    assert "上移" in written({}).html


def test_no_more_tables_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_rows, "_tables", {})
    monkeypatch.setattr(line_rows, "KEPT_TABLES", 2)
    for prefix in ("a", "b", "c"):
        assert f'name="{prefix}-0-name"' in written({}, prefix=prefix).html
    assert len(line_rows._tables) == 1


VALUES = st.sampled_from(
    ["", "a", "b", "泵", HOSTILE, None, 1, True, Decimal("1.0"), Decimal(1), Markup("a"), "1"]
)
BOXES = st.builds(
    BoxedText, st.sampled_from(["", "P-1", HOSTILE]), st.sampled_from(["", "P-1"]), st.booleans()
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {"product": BOXES},
            optional=dict.fromkeys(("id", "name", "kind", "quantity", "urgent", "note", "before"), VALUES),
        ),
        max_size=5,
    )
)
def test_a_row_that_was_written_before_is_written_the_same(rows: list[dict[str, Any]]) -> None:
    """Which rows were written before it, and equal values that are written differently, must not show."""
    columns = [*COLUMNS, {"name": "product", "label": "产品", "kind": "boxed", "box": "不是它"}]
    pattern = line_rows.RowPattern(columns, "line", ("id",), False)
    for index, row in enumerate(rows):
        line_rows._written.clear()
        anew = pattern.written(index, row, {}).encode()
        for place, other in enumerate(rows):
            pattern.row(place, other, {})
            pattern.row(index, other, {})
        assert pattern.row(index, row, {}) == anew

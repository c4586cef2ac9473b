"""Which product a typed line is: by model or code in any spelling, one only, and never against what was said."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.db import session
from app.core.uow import unit_of_work
from app.features.products import line_column, matching
from app.features.products.models import Product, number_key


@dataclass(frozen=True)
class Line:
    model: str = ""
    product_id: int | None = None
    unmatched_code: str = ""


def product(code: str, model: str = "", *, active: bool = True) -> Product:
    with unit_of_work():
        row = Product(
            code=code, name=f"产品{code}", model=model, unit="台", active=active, floor_price=Decimal(90)
        )
        session.add(row)
    return row


def settled(*lines: Line) -> list[tuple[int | None, str]]:
    found = matching.settled(lines, matching.matches(lines))
    return [(line.product_id, line.unmatched_code) for line in found]


@given(st.text("aB5-/. １Ａ", min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_the_spelling_of_a_number_does_not_matter(text: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)
    for other in (wide, text.upper(), text.lower(), f" {text}\u3000", " ".join(text)):
        assert number_key(other) == number_key(text)
    assert number_key(text) == unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def test_marks_count_and_the_longest_expansion_fits_the_column() -> None:
    assert number_key("10-5") != number_key("105")
    assert len(number_key("\ufdfa" * 120)) == 120


@pytest.mark.usefixtures("app")
def test_a_model_or_code_of_one_product_is_that_product() -> None:
    pump, valve = product("CB-1", "CBN-E306"), product("CB-2", "DF-10")
    assert settled(Line("ｃｂｎ－e306"), Line(" df - 10 "), Line("cb-2"), Line("CBN-E30"), Line()) == [
        (pump.id, ""),
        (valve.id, ""),
        (valve.id, ""),
        (None, ""),
        (None, ""),
    ]
    with unit_of_work():
        session.get_one(Product, pump.id).model = "E400"
    assert settled(Line("CBN-E306"), Line("e400")) == [(None, ""), (pump.id, "")]


@pytest.mark.usefixtures("app")
def test_several_products_stay_open_and_say_so() -> None:
    product("A-1", "X 1")
    product("A-2", "x1")
    product("B-1", "Y1", active=False)
    line, other = Line("Ｘ1"), Line("Y1")
    found = matching.matches([line, other])
    assert [match.product for match in found] == [None, None]
    assert line_column.remarks([line, other], found) == ["第 1 行：有 2 个产品是这个型号，请从建议中选定"]
    shown = line_column.beside([{}, {}, {}], found)
    assert "有 2 个产品" in shown[0]["unmatched_code"].text
    assert line_column.columns(shown)
    assert not line_column.columns(shown[1:])


@pytest.mark.usefixtures("app")
def test_what_was_chosen_stays_unless_the_model_is_of_another_product() -> None:
    pump, other, old = product("A-1", "X1"), product("A-2", "X1"), product("B-1", "Y1", active=False)
    single = product("C-1", "Z1")
    assert settled(
        Line("X1", pump.id),
        Line("X1", other.id),
        Line("X1 加长", pump.id),
        Line("", pump.id),
        Line("Z1", pump.id),
        Line("Y1", old.id),
        Line("Z1", 987_654),
        Line("", 987_654),
    ) == [
        (pump.id, ""),
        (other.id, ""),
        (pump.id, ""),
        (pump.id, ""),
        (single.id, ""),
        (old.id, ""),
        (single.id, ""),
        (None, ""),
    ]


@pytest.mark.usefixtures("app")
def test_what_a_line_is_said_not_to_be_it_is_not_as_long_as_the_model_stands() -> None:
    pump, other = product("A-1", "X1"), product("B-1", "Y1")
    assert settled(
        Line("X1", pump.id, "A-1"),
        Line("X1", None, "A-1"),
        Line("X2", None, "A-1"),
        Line("Y1", None, "A-1"),
        Line("X1", other.id, "A-1"),
        Line("特制", pump.id, "A-1"),
    ) == [(None, "A-1"), (None, "A-1"), (None, ""), (other.id, ""), (other.id, ""), (None, "")]
    refused = line_column.in_words(matching.matches([Line("X1", None, "A-1")])[0])
    assert (refused.text, refused.value, refused.ticked) == ("A-1", "A-1", True)


@pytest.mark.usefixtures("app")
def test_one_query_finds_them_all_and_none_where_nothing_is_named(queries: Callable[[], Any]) -> None:
    products = [product(f"A-{number}", f"M{number}") for number in range(30)]
    lines = [Line(f"m{number}") for number in range(30)]
    with queries() as sent:
        found = matching.matches(lines)
    assert [match.product.id for match in found if match.product] == [row.id for row in products]
    assert len(sent) == 1
    assert line_column.remarks(lines[:2], found[:2]) == ["第 1、2 行按型号对应了价目表产品"]
    with queries() as sent:
        assert matching.matches([Line()]) == [matching.Match()]
    assert not sent

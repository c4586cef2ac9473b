"""The margin over the purchase prices: computed without tax, only where it can be compared, told to few."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.quotations.margins import margin_of
from app.features.quotations.models import QuotationLine, QuotationRevision
from tests import stories
from tests.client import Client


def revision_of(*lines: QuotationLine) -> QuotationRevision:
    found = QuotationRevision()
    found.lines = list(lines)
    return found


def line(position: int, price: str, quantity: str = "10", **values: Any) -> QuotationLine:
    usual = {"kind": "item", "unit": "台", "tax_rate": Decimal(13), "inquiry_line_id": position}
    return QuotationLine(
        position=position, unit_price=Decimal(price), quantity=Decimal(quantity), **{**usual, **values}
    )


def cost(price: str, **values: Any) -> Any:
    usual = {"currency": "CNY", "price_unit": "台", "tax_rate": Decimal(13)}
    return SimpleNamespace(price=Decimal(price), **{**usual, **values})


def test_the_margin_is_a_share_of_the_sale_without_tax():
    margin = margin_of(revision_of(line(1, "113"), line(2, "226")), {1: cost("90.40"), 2: cost("226")})
    # sold for 1,000 and 2,000 without tax, bought for 800 and 2,000
    assert margin is not None
    assert (margin.percent, margin.compared, margin.items, margin.losing) == (Decimal("6.7"), 2, 2, ())


def test_taxes_of_buying_and_selling_may_differ():
    margin = margin_of(revision_of(line(1, "113")), {1: cost("101", tax_rate=Decimal(1))})
    assert margin is not None
    assert margin.percent == Decimal("0.0")


@pytest.mark.parametrize(
    "answer", [None, cost("90", currency="USD"), cost("5320", price_unit="吨")], ids=["none", "USD", "tonne"]
)
def test_what_cannot_be_compared_is_counted_not_guessed(answer):
    evidence = {1: cost("100")} | ({2: answer} if answer else {})
    margin = margin_of(revision_of(line(1, "90"), line(2, "500")), evidence)
    assert margin is not None
    assert (margin.compared, margin.items, margin.losing) == (1, 2, (1,))
    assert margin.percent < 0


def test_headings_and_options_count_for_nothing():
    rows = (line(1, "113"), line(2, "50", kind="option"), line(3, "0", kind="heading"))
    margin = margin_of(revision_of(*rows), {number: cost("60") for number in (1, 2, 3)})
    assert margin is not None
    assert (margin.compared, margin.items) == (1, 1)
    assert margin_of(revision_of(*rows[1:]), {2: cost("60")}) is None


@given(
    st.lists(
        st.tuples(st.decimals("0.01", "9999", places=2), st.decimals("0.01", "9999", places=2)), min_size=1
    )
)
def test_a_margin_is_below_a_hundred_and_negative_only_where_something_loses(prices):
    rows = [line(number, str(sold)) for number, (sold, _bought) in enumerate(prices, 1)]
    evidence = {number: cost(str(bought)) for number, (_sold, bought) in enumerate(prices, 1)}
    margin = margin_of(revision_of(*rows), evidence)
    assert margin is not None
    assert margin.percent <= 100
    assert margin.percent >= 0 or margin.losing
    assert set(margin.losing) == {number for number, (sold, bought) in enumerate(prices, 1) if sold < bought}


def test_manager_and_leader_see_it_and_nobody_else(client: Client):
    desk = stories.desk()
    revision = desk.quotation("review")
    place = f"/quotations/{revision.quotation_id}/r/1"
    for part, sees in (
        ("manager", True),
        ("leader", True),
        ("salesperson", False),
        ("back_office", False),
        ("keeper", False),
        ("administrator", False),
    ):
        client.as_(getattr(desk.people, part)).get(place)
        assert ("毛利" in client.page.text) is sees, part
    client.as_(desk.people.manager).get(f"{place}/approve")
    assert "18.3%（3 项中的 1 项）" in client.page.text

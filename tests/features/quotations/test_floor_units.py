"""A floor is for a unit: a price for another one is neither called below it nor let past it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import session
from app.core.errors import Conflict
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.products.models import Product, same_unit
from app.features.quotations import actions, presentation
from app.features.quotations.line_warnings import TypedFloor
from app.features.quotations.models import QuotationRevision
from tests import stories
from tests.client import Client


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


@pytest.fixture
def hose() -> Product:
    """Sold by the roll of fifty metres, never under 400 yuan the roll."""
    with unit_of_work():
        product = Product(
            code="RG-50", name="软管", unit="卷", list_price=Decimal(500), floor_price=Decimal(400)
        )
        session.add(product)
        session.flush()
    return product


def priced(
    desk: stories.Desk, product: Product, price: str, unit: str, reason: str = ""
) -> QuotationRevision:
    revision = desk.quotation("draft", lines=1)
    save(desk, revision, product, price, unit, reason)
    return revision


def save(
    desk: stories.Desk, revision: QuotationRevision, product: Product, price: str, unit: str, reason: str = ""
) -> None:
    values = {"product_id": product.id, "unit": unit, "unit_price": Decimal(price), "floor_reason": reason}
    with unit_of_work():
        actions.edit(
            revision,
            actor=desk.people.actor("salesperson"),
            version=revision.version,
            head=stories.head(revision),
            lines=stories.typed(revision, model="", **values),
        )


def submit(desk: stories.Desk, revision: QuotationRevision) -> str:
    return stories.step(desk.people, revision, "submit", "salesperson").status


@pytest.mark.parametrize(("price", "unit"), [("12", "米"), ("9999", "米"), ("450", "盘")])
def test_another_unit_is_said_and_goes_to_the_leader_whatever_the_figure(
    desk: stories.Desk, hose: Product, price: str, unit: str
) -> None:
    revision = priced(desk, hose, price, unit)
    (line,) = revision.lines
    assert (line.below_floor, line.in_other_unit, line.floor_unit) == (False, True, "卷")
    with pytest.raises(Conflict) as refused:
        submit(desk, revision)
    assert refused.value.code == "quotation:line-floor-unit"
    assert "第 1 项" in refused.value.sentence()
    assert "卷" in refused.value.sentence()
    session.rollback()
    save(desk, revision, hose, price, unit, "每卷 50 米，合 600 元一卷")
    assert submit(desk, revision) == "review"
    assert presentation.leader_reasons(revision) == ["第 1 项的单位与价目表不同，单价没有与底价比较"]
    assert "每卷 50 米" in presentation.floor_text(line)
    assert "低于底价" not in presentation.floor_text(line)
    assert stories.approve(desk.people, revision).status == "leader_review"


@pytest.mark.parametrize("unit", ["卷", " 卷 ", "卷\u3000"])
def test_the_same_unit_is_compared_as_before(desk: stories.Desk, hose: Product, unit: str) -> None:
    revision = priced(desk, hose, "399.99", unit)
    assert (revision.lines[0].below_floor, revision.lines[0].in_other_unit) == (True, False)
    save(desk, revision, hose, "400", unit)
    assert not revision.lines[0].needs_floor_reason
    assert submit(desk, revision) == "review"
    assert stories.approve(desk.people, revision).status == "approved"


def test_a_unit_changed_back_takes_the_doubt_away(desk: stories.Desk, hose: Product) -> None:
    revision = priced(desk, hose, "12", "米")
    save(desk, revision, hose, "450", "卷")
    assert not revision.lines[0].needs_floor_reason
    with unit_of_work():
        session.get_one(Product, hose.id).unit = "米"
    save(desk, revision, hose, "451", "卷")
    assert revision.lines[0].in_other_unit


FIGURES = st.decimals(min_value=0, max_value=1000, places=2)


@given(
    unit=st.sampled_from(["", "米", "卷", "ＫＧ", "kg"]),
    floor_unit=st.sampled_from(["", "米", "卷", "kg"]),
    price=st.none() | FIGURES,
    floor=st.none() | FIGURES,
)
def test_a_price_is_below_or_in_another_unit_or_free(
    unit: str, floor_unit: str, price: Decimal | None, floor: Decimal | None
) -> None:
    line = TypedFloor(unit, price, floor, floor_unit)
    known = price is not None and floor is not None
    alike = unit == "" or floor_unit == "" or unit.replace("ＫＧ", "kg") == floor_unit
    assert same_unit(unit, floor_unit) == alike
    assert line.in_other_unit == (known and not alike)
    assert line.below_floor == bool(known and alike and price < floor)  # type: ignore[operator]
    assert line.needs_floor_reason == (line.in_other_unit or line.below_floor)


def test_it_is_said_while_one_types(client: Client, desk: stories.Desk, hose: Product) -> None:
    revision = desk.quotation("draft", lines=1)
    client.as_(session.get_one(User, desk.people.ids["salesperson"]))
    place = f"/quotations/{revision.quotation_id}/r/1"
    client.get(f"{place}/edit")
    fields = {
        **client.page.values(f"{place}/edit"),
        "line-0-product_id": str(hose.id),
        "line-0-model": "",
        "line-0-unit": "米",
        "line-0-unit_price": "12",
    }
    client.post(f"{place}/totals", fields, htmx=True)
    assert "单位与价目表（卷）不同" in client.page.text
    assert "低于底价" not in client.page.text
    assert "400" not in client.page.text
    client.post(f"{place}/totals", {**fields, "line-0-unit": "卷"}, htmx=True)
    assert "低于底价" in client.page.text


def test_a_draft_takes_no_list_price_of_another_unit(desk: stories.Desk, hose: Product) -> None:
    row = stories.inquiry(desk.people, desk.customer, lines=2)
    with unit_of_work():
        for line, unit in zip(row.lines, ("米", "卷"), strict=True):
            line.product_id, line.unit = hose.id, unit
    stories.decide(desk.people, stories.report(desk.people, row), 0, 0)
    revision = stories.draft(desk.people, row)
    assert [line.unit_price for line in revision.lines] == [None, Decimal(500)]


def test_a_revision_in_another_unit_needs_a_talk(desk: stories.Desk) -> None:
    first = desk.quotation("issued", lines=1)
    owner = desk.people.actor("salesperson")
    with unit_of_work():
        second = actions.revise(first, actor=owner, version=first.version, reason="客户按套要")

    def change(**values: Any) -> None:
        with unit_of_work():
            head, lines = stories.head(second), stories.typed(second, **values)
            actions.edit(second, actor=owner, version=second.version, head=head, lines=lines)

    change(unit="套", unit_price=Decimal(9000))
    with pytest.raises(Conflict) as refused:
        submit(desk, second)
    assert refused.value.code == "quotation:line-other-unit"
    assert "R1（台）" in refused.value.sentence()
    session.rollback()
    change(unit="台", unit_price=Decimal(9000))
    assert submit(desk, second) == "review"

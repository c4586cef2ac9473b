"""Finding products as one types, by pinyin too, and the changes of their prices."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.core import search, timeline
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.products import actions, queries
from app.features.products.actions import ProductValues
from app.features.products.models import Product
from tests import factories

VALUES = ProductValues(
    code="CB-500",
    name="液压泵",
    unit="台",
    brand="常林",
    model="HG500",
    spec="排量 50 mL/r",
    category="泵类",
    list_price=Decimal(480),
    floor_price=Decimal(400),
    lead_time_days=7,
)


def make(person, **values) -> Product:
    with unit_of_work():
        return actions.create_product(actor=factories.actor(person), values=replace(VALUES, **values))


def change(product: Product, person, **values) -> None:
    with unit_of_work():
        row = session.get_one(Product, product.id)
        new = replace(VALUES, **values)
        actions.update_product(row, actor=factories.actor(person), version=None, values=new)


@pytest.mark.parametrize(
    "typed", ["yyb", "yeyabeng", "YYB", "beng 50", "cb-500", "ＣＢ", "hg5", "常林", "cl", "泵类", "50 ml"]
)
def test_a_product_is_found_as_it_is_typed(manager, salesperson, typed):
    make(manager)
    make(manager, code="X", name="密封圈", brand="", model="", spec="", category="")
    assert [item.code for item in queries.options(factories.actor(salesperson), typed)] == ["CB-500"]


def test_what_begins_as_typed_comes_first(manager):
    make(manager, code="A1", name="阀", spec="配 hg 泵")
    make(manager, code="B2", name="HG 专用阀", model="", spec="")
    make(manager, code="C3", name="阀", model="HG1", spec="")
    make(manager, code="HG9", name="阀", model="", spec="")
    found = queries.options(factories.actor(manager), "hg")
    assert [item.code for item in found] == ["HG9", "A1", "C3", "B2"]


def test_marks_of_the_query_language_are_taken_as_they_are(manager):
    make(manager, spec="100%_a")
    assert [item.code for item in queries.options(factories.actor(manager), "100%_")] == ["CB-500"]
    assert queries.options(factories.actor(manager), "1%0") == []


def test_suggestions_are_options_with_what_a_line_needs(client, manager, salesperson, technician):
    product = make(manager)
    client.as_(salesperson).get("/products/suggest?q=yyb", htmx=True)
    option = client.page.one("li", role="option")
    assert option.text == "CB-500 液压泵 HG500 ¥480.00"
    wanted = {
        "data-id": str(product.id),
        "data-unit": "台",
        "data-tax-rate": "13",
        "data-unit-price": "480.00",
        "data-lead-time-days": "7",
        "data-model": "HG500",
    }
    assert {key: option.attributes[key] for key in wanted} == wanted
    client.as_(technician).get("/products/suggest?q=yyb", htmx=True)
    assert client.page.one("li", role="option").attributes["data-unit-price"] == ""


def test_no_more_than_twenty_are_suggested_and_nothing_for_nothing(client, manager):
    with unit_of_work():
        for number in range(25):
            values = replace(VALUES, code=f"P-{number:02}")
            actions.create_product(actor=factories.actor(manager), values=values)
    client.as_(manager).get("/products/suggest?q=yyb", htmx=True)
    assert len(client.page.all("li", role="option")) == 20
    client.get("/products/suggest?q=%20", htmx=True)
    assert client.page.all("li", role="option") == []
    assert client.get("/products/suggest?q=yyb").status_code == 200


def test_a_product_out_of_use_is_not_suggested(client, manager):
    product = make(manager)
    with unit_of_work():
        row = session.get_one(Product, product.id)
        actions.set_product_active(row, actor=factories.actor(manager), version=None, active=False)
    client.as_(manager).get("/products/suggest?q=yyb", htmx=True)
    assert client.page.all("li", role="option") == []


def test_who_sees_no_products_is_suggested_none(client, outsider):
    assert client.as_(outsider).get("/products/suggest?q=a").status_code == 403


def test_search_and_list_find_by_pinyin(client, manager):
    make(manager)
    assert search.find(factories.actor(manager), "yyb")
    client.as_(manager).get("/products?q=yeyabeng")
    assert "CB-500" in client.page.one("table").text


def test_the_list_is_filtered_by_category(client, manager):
    make(manager)
    make(manager, code="M1", name="密封圈", category="密封件")
    client.as_(manager).get("/products?category=密封件")
    assert "M1" in client.page.one("table").text
    assert "CB-500" not in client.page.one("table").text
    client.get("/products/new")
    assert [one.attributes["value"] for one in client.page.all("option") if one.inside("datalist")] == [
        "密封件",
        "泵类",
    ]


def test_changes_of_prices_are_told_to_who_may_see_them(client, manager, salesperson, technician):
    product = make(manager)
    change(product, manager, list_price=Decimal("520.5"), floor_price=Decimal(450), spec="新")
    change(product, manager, list_price=None, floor_price=None, spec="新")
    events = timeline.events_for("product", product.id)

    def told(person) -> list[tuple[str, Decimal | None, Decimal | None]]:
        found = queries.price_changes(factories.actor(person), events)
        return [(item.field, item.old, item.new) for item in found]

    lists = [
        ("list_price", Decimal("520.5"), None),
        ("list_price", Decimal(480), Decimal("520.5")),
        ("list_price", None, Decimal(480)),
    ]
    assert told(salesperson) == lists
    assert len(told(manager)) == 6
    assert ("floor_price", Decimal(400), Decimal(450)) in told(manager)
    assert told(technician) == []
    client.as_(salesperson).get(f"/products/{product.id}")
    assert "调价记录" in client.page.text
    assert "520.50" in client.page.text
    assert "450" not in client.page.text
    client.as_(technician).get(f"/products/{product.id}")
    assert "调价记录" not in client.page.text
    assert "520" not in client.page.text


def test_the_log_of_all_events_tells_no_price(client, manager, administrator):
    product = make(manager, list_price=Decimal("98765.43"), floor_price=Decimal("87654.32"))
    change(product, manager, list_price=Decimal("98765.44"), floor_price=Decimal("87654.33"))
    client.as_(administrator)
    for address in ("/admin/audit", "/admin/audit?format=csv"):
        text = client.get(address).get_data(as_text=True)
        assert "98765" not in text
        assert "87654" not in text

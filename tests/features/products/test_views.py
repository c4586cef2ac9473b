"""The pages of products, and who sees which price there."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from app.core.db import session
from app.core.uow import unit_of_work
from app.features.products import actions
from app.features.products.actions import ProductValues
from app.features.products.models import Product
from tests import factories

PRICE, FLOOR = "98765.43", "87654.32"
PAGES = (
    "/products",
    "/products/1",
    "/products?format=csv",
    "/products?format=print",
    "/products/options?q=泵",
)


@pytest.fixture
def product(manager) -> Product:
    with unit_of_work():
        return actions.create_product(
            actor=factories.actor(manager),
            values=ProductValues(
                code="CB-500", name="齿轮泵", unit="台", list_price=Decimal(PRICE), floor_price=Decimal(FLOOR)
            ),
        )


def shown(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True).replace(",", "")


@pytest.mark.parametrize(
    ("part", "price", "floor"),
    [("manager", True, True), ("salesperson", True, False), ("back_office", True, False), ("technician", False, False),
     ("buyer", False, False)],
)  # fmt: skip
@pytest.mark.parametrize("address", PAGES)
def test_each_sees_the_prices_they_may_see(client, product, request, part, price, floor, address):
    text = shown(client.as_(request.getfixturevalue(part)), address)
    assert (PRICE in text) is price
    assert (FLOOR in text) is (floor and "options" not in address)


def test_an_xlsx_of_who_may_not_see_prices_holds_none(client, product, technician):
    content = client.as_(technician).get("/products?format=xlsx").get_data()
    cells = [str(cell.value) for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert "CB-500" in cells
    assert not [value for value in cells if PRICE in value or FLOOR in value or "价" in value]


def test_a_product_is_made_by_the_form_as_people_type(client, manager):
    client.as_(manager)
    fields = {"code": "A1", "name": "泵", "unit": "台", "list_price": "１,２３４.5", "floor_price": "1.2万"}
    assert client.submit("/products/new", fields).status_code == 422
    assert "底价不能高于标价" in client.page.text
    again = {**client.page.values("/products/new"), "floor_price": "1000"}
    assert client.post("/products/new", again).status_code == 303
    made = session.get_one(Product, 1)
    assert (made.list_price, made.floor_price, made.tax_rate) == (Decimal("1234.5"), 1000, 13)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("list_price", "-1"),
        ("list_price", "NaN"),
        ("list_price", "1e400"),
        ("list_price", "1.23456"),
        ("floor_price", "abc"),
        ("tax_rate", "0.13"),
        ("tax_rate", ""),
        ("lead_time_days", "3.5"),
        ("lead_time_days", "99999"),
        ("code", ""),
        ("unit", ""),
        ("spec", "长" * 201),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_kept(client, manager, field, value):
    client.as_(manager)
    fields = {"code": "A1", "name": "泵", "unit": "台", field: value}
    assert client.submit("/products/new", fields).status_code == 422
    wrong = client.page.one("input", name=field)
    assert wrong.attributes["aria-invalid"] == "true"
    assert wrong.attributes["value"] == value
    assert session.query(Product).count() == 0


def test_who_may_not_see_the_floor_is_not_asked_for_it(client, product, back_office):
    client.as_(back_office)
    for address in ("/products/new", "/products/1/edit"):
        client.get(address)
        assert not client.page.all("input", name="floor_price")
    assert client.submit("/products/1/edit", {"name": "泵", "floor_price": "1"}).status_code == 303
    assert session.get_one(Product, 1).floor_price == Decimal(FLOOR)
    assert client.submit("/products/new", {"code": "B", "name": "b", "unit": "件"}).status_code == 303


def test_a_stale_form_comes_back_with_what_changed(client, product, manager, back_office):
    client.as_(manager).get("/products/1/edit")
    fields = {**client.page.values("/products/1/edit"), "brand": "常林"}
    fields.pop("csrf_token")
    client.as_(back_office).submit("/products/1/edit", {"spec": "50 升"})
    assert client.as_(manager).post("/products/1/edit", fields).status_code == 409
    assert "规格:" in client.page.text
    assert client.post("/products/1/edit", client.page.values("/products/1/edit")).status_code == 303
    assert session.get_one(Product, 1).brand == "常林"


def test_a_wrong_change_is_refused(client, product, manager):
    client.as_(manager)
    assert client.submit("/products/1/edit", {"name": ""}).status_code == 422


def test_a_product_leaves_the_list_of_choices_by_a_button(client, product, manager):
    client.as_(manager).get("/products/1")
    fields = client.page.values("/products/1/deactivate")
    assert client.post("/products/1/deactivate", fields).status_code == 303
    assert client.post("/products/1/deactivate", fields).status_code == 409
    client.get("/products?use=unused")
    assert "CB-500" in client.page.text
    client.get("/products/1")
    assert client.post("/products/1/activate", client.page.values("/products/1/activate")).status_code == 303
    client.get("/products?use=unused")
    assert "CB-500" not in client.page.text


@pytest.mark.parametrize("address", ["/products/new", "/products/1/edit"])
def test_who_only_reads_opens_no_form(client, product, salesperson, address):
    assert client.as_(salesperson).get(address).status_code == 403


@pytest.mark.parametrize(
    "address", ["/products/1/edit", "/products/1/deactivate", "/products/1/activate", "/products/new"]
)
def test_who_only_reads_posts_nothing(client, product, salesperson, address):
    assert client.as_(salesperson).post(address).status_code == 403


def test_without_any_role_there_are_no_products(client, product, outsider):
    client.as_(outsider)
    assert [client.get(address).status_code for address in PAGES] == [403] * len(PAGES)


def test_an_unknown_product_is_not_there(client, manager):
    assert client.as_(manager).get("/products/99").status_code == 404


def test_products_are_offered_as_one_types(client, product, salesperson):
    [option] = client.as_(salesperson).get("/products/options?q=CB 泵").get_json()["options"]
    assert option["value"] == product.id
    assert option["fields"]["unit_price"] == "98,765.43"
    assert option["fields"]["tax_rate"] == "13"


def test_the_list_costs_the_same_queries_for_one_row_and_for_thirty(client, manager, queries):
    counts = []
    for first, last in ((0, 1), (1, 30)):
        for number in range(first, last):
            with unit_of_work():
                values = ProductValues(code=f"P{number}", name="泵", unit="台")
                actions.create_product(actor=factories.actor(manager), values=values)
        client.as_(manager).get("/products")
        with queries() as sent:
            assert client.get("/products").status_code == 200
        counts.append(len([statement for statement in sent if statement.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 10

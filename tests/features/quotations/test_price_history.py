"""At which prices we offered what to whom: only what was issued, only what the reader sees."""

from decimal import Decimal

import pytest

from app.core.db import session
from app.core.uow import unit_of_work
from app.features.customers.models import Customer
from app.features.products import actions as products
from app.features.products.actions import ProductValues
from app.features.products.models import Product
from app.features.quotations import price_history
from app.features.quotations.models import QuotationRevision
from tests import stories
from tests.stories import Desk


@pytest.fixture
def desk(at) -> Desk:
    at(2026, 11, 23, 9, 41)
    return stories.desk()


@pytest.fixture
def product(desk) -> Product:
    with unit_of_work():
        return products.create_product(
            actor=desk.people.actor("manager"), values=ProductValues(code="CB-1", name="齿轮泵", unit="台")
        )


def offer(desk: Desk, price: str, product: Product | None = None, state: str = "issued") -> QuotationRevision:
    """A quotation of the desk's customer whose first line is of a product."""
    revision = desk.quotation(state, lines=1, price=price)
    if product is not None:
        with unit_of_work():
            session.get_one(QuotationRevision, revision.id).lines[0].product_id = product.id
    return session.get_one(QuotationRevision, revision.id)


def prices(found) -> list[Decimal]:
    return [item.unit_price for item in found]


def test_the_last_prices_of_a_product_come_newest_first(desk, product, at):
    actor = desk.people.actor("salesperson")
    for day, price in enumerate(("100", "110", "120", "130"), 23):
        at(2026, 11, day, 9, 41)
        offer(desk, price, product)
    offer(desk, "999", product, state="approved")
    found = price_history.last_prices(actor, desk.customer.id, product_id=product.id)
    assert prices(found) == [130, 120, 110]
    assert (found[0].customer_name, found[0].quantity, found[0].unit) == (desk.customer.name, 10, "台")
    assert found[0].number.startswith("BJ-2026-")
    assert found[0].url.startswith("/quotations/")
    assert prices(price_history.of_product(actor, product.id)) == [130, 120, 110, 100]
    assert prices(price_history.of_customer(actor, desk.customer.id, limit=1)) == [130]


def test_a_quotation_stands_once_with_its_newest_issued_revision(desk, product, at):
    actor = desk.people.actor("salesperson")
    first = offer(desk, "100", product)
    at(2026, 11, 24, 9, 41)
    other = offer(desk, "90", product)
    at(2026, 11, 25, 9, 41)
    fresh = desk.quotation("issued", lines=1, price="120")
    with unit_of_work():
        row = session.get_one(QuotationRevision, fresh.id)
        row.lines[0].product_id = product.id
        row.quotation_id, row.revision = first.quotation_id, 2
    found = price_history.last_prices(actor, desk.customer.id, product_id=product.id)
    assert [(item.quotation_id, item.revision) for item in found] == [
        (first.quotation_id, 2),
        (other.quotation_id, 1),
    ]
    assert prices(found) == [120, 90]


def test_a_model_finds_what_has_no_product(desk, product):
    actor = desk.people.actor("salesperson")
    offer(desk, "100")
    assert prices(price_history.last_prices(actor, desk.customer.id, model="HY-001-T")) == [100]
    assert prices(price_history.last_prices(actor, desk.customer.id, product_id=product.id)) == []
    both = price_history.last_prices(actor, desk.customer.id, product_id=product.id, model="HY-001-T")
    assert prices(both) == [100]
    assert price_history.last_prices(actor, desk.customer.id) == []
    assert price_history.last_prices(actor, desk.customer.id + 1, model="HY-001-T") == []


def test_another_product_of_the_same_model_is_not_the_same(desk, product):
    actor = desk.people.actor("salesperson")
    offer(desk, "100", product)
    assert price_history.last_prices(actor, desk.customer.id, product_id=99, model="HY-001-T") == []


def test_many_lines_cost_one_query(desk, product, queries):
    actor = desk.people.actor("salesperson")
    offer(desk, "100", product)
    lines = [(product.id, ""), (None, "HY-001-T"), (None, ""), (None, "unknown")]
    with queries() as sent:
        found = price_history.last_prices_of_lines(actor, desk.customer.id, lines)
    assert [prices(one) for one in found] == [[100], [100], [], []]
    # what a request knows of the configuration beforehand is asked for here
    assert len([text for text in sent if "configuration_stamp" not in text]) == 1
    assert price_history.last_prices_of_lines(actor, desk.customer.id, [(None, "")]) == [[]]


def test_a_reader_learns_no_price_of_a_quotation_they_do_not_see(client, desk, product):
    offer(desk, "9876.43", product)
    for part in ("colleague", "technician", "outsider"):
        assert price_history.of_product(desk.people.actor(part), product.id) == []
    for part, status in (("colleague", 200), ("technician", 403)):
        client.as_(getattr(desk.people, part))
        assert client.get("/quotations/prices").status_code == status
        assert "9,876" not in client.get(f"/products/{product.id}").get_data(as_text=True)


def test_a_void_quotation_no_longer_counts(desk, product):
    revision = offer(desk, "100", product)
    stories.step(desk.people, revision, "void", "manager", note="写错了")
    assert price_history.of_product(desk.people.actor("manager"), product.id) == []


def test_product_and_customer_show_the_prices_and_lead_to_all_of_them(client, desk, product):
    revision = offer(desk, "465.50", product)
    client.as_(desk.people.salesperson)
    for address, key in (
        (f"/products/{product.id}", "product"),
        (f"/customers/{desk.customer.id}", "customer"),
    ):
        client.get(address)
        assert "465.50" in client.page.text
        assert client.page.all("a", href=f"/quotations/{revision.quotation_id}/r/1")
        link = f"/quotations/prices?{key}={product.id if key == 'product' else desk.customer.id}"
        assert client.page.all("a", href=link)
        client.get(link)
        assert "465.50" in client.page.one("table").text
        assert client.page.one("option", selected="").attributes["value"]
    client.get("/quotations/prices?product=99&customer=x&q=液压件")
    assert "465.50" in client.page.one("table").text
    assert not client.page.all("select", name="product")
    assert client.get("/quotations/prices?format=csv").get_data().decode("utf-8-sig").count("465.5") == 1


def test_the_page_of_a_customer_without_offers_shows_no_empty_card(client, desk):
    client.as_(desk.people.salesperson).get(f"/customers/{desk.customer.id}")
    assert "历史报价" not in client.page.text
    client.get("/quotations/prices")
    assert "还没有出具过报价" in client.page.text


def test_a_list_of_offers_of_a_customer_that_is_not_seen_names_nobody(client, desk, product):
    offer(desk, "465.50", product)
    client.as_(desk.people.colleague).get(f"/quotations/prices?customer={desk.customer.id}")
    assert session.get_one(Customer, desk.customer.id).name not in client.page.text


def test_the_editor_shows_them_beside_the_line(client, desk):
    paper = offer(desk, "10.5")
    draft = desk.quotation("draft", lines=1)
    client.as_(desk.people.salesperson).get(f"/quotations/{draft.quotation_id}/r/1/edit")
    assert "¥10.50" in client.page.text
    assert str(paper.number) in client.page.text

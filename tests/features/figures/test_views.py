"""The pages of figures over HTTP: who sees whose, every number leads to its rows, files and paper."""

from decimal import Decimal

import pytest

from app.core.db import session
from app.features.figures import actions
from app.features.people.models import User
from app.web import charts
from app.web.charts import Bar
from tests import stories
from tests.client import Client

PAGES = (
    "/figures",
    "/figures/win-rate",
    "/figures/win-rate?by=customer",
    "/figures/win-rate?by=product",
    "/figures/win-rate?by=reason",
    "/figures/win-rate?by=month",
    "/figures/reporting",
    "/figures/reporting?by=person",
    "/figures/answers",
    "/figures/rows?kind=issued",
    "/figures/rows?kind=issued_product&product=0&customer=1",
    "/figures/rows?kind=answered&late=1",
)
MOST_QUERIES = 10


@pytest.fixture
def desk() -> stories.Desk:
    desk = stories.desk()
    desk.quotation("issued")
    actions.recount({})
    return desk


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens_for_those_who_sell_and_nobody_else(
    client: Client, desk: stories.Desk, address: str, queries
) -> None:
    for reader in ("salesperson", "manager", "leader"):
        sign_in(client, desk, reader)
        assert client.get(address).status_code == 200
        with queries() as sent:
            client.get(address)
        assert len([one for one in sent if not one.startswith("PRAGMA")]) <= MOST_QUERIES
    for stranger in ("technician", "buyer", "administrator", "outsider", "back_office"):
        assert sign_in(client, desk, stranger).get(address).status_code == 403


def test_a_salesperson_sees_own_figures_only(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "colleague").get("/figures/reporting?by=person")
    assert desk.people.salesperson.name not in client.page.html
    sign_in(client, desk, "salesperson").get("/figures/reporting?by=person")
    assert desk.people.salesperson.name in client.page.html


def test_no_name_of_a_customer_is_told_to_who_sees_no_figure_of_them(
    client: Client, desk: stories.Desk
) -> None:
    name = desk.customer.name
    sign_in(client, desk, "colleague").get(f"/figures/rows?kind=issued&customer={desk.customer.id}")
    assert name not in client.page.html


def test_a_number_leads_to_the_rows_it_counts(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "manager").get("/figures")
    links = [one.attributes["href"] for one in client.page.elements if one.tag == "a"]
    address = next(link for link in links if link.startswith("/figures/rows?kind=issued"))
    client.get(address)
    assert "BJ-" in client.page.html
    assert "共 1 条" in client.page.html


def test_a_ranking_of_people_says_what_it_is_not_for(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "manager").get("/figures/reporting?by=person")
    assert "排名不作为解除劳动合同的依据" in client.page.html


def test_tables_are_exported_and_printed(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "manager")
    assert "出具报价" in client.get("/figures?format=csv").get_data(as_text=True)
    assert client.get("/figures?format=xlsx").data.startswith(b"PK")
    assert "近 12 个月" in client.get("/figures/win-rate?format=print").get_data(as_text=True)


@pytest.mark.parametrize(
    "bad", ["period=never", "day_from=x", "owner=999", "by=x", "kind=x", "product=abc", "customer=٣"]
)
def test_an_address_that_makes_no_sense_is_no_error(client: Client, desk: stories.Desk, bad: str) -> None:
    sign_in(client, desk, "manager")
    for page in ("/figures", "/figures/win-rate", "/figures/rows"):
        assert client.get(f"{page}?{bad}").status_code == 200


def test_charts_escape_names_and_say_their_values_in_words() -> None:
    image = charts.bars("题", "说明 <1>", [Bar("<b>", Decimal(3), "3"), Bar("零", Decimal(0), "0")])
    assert "&lt;b&gt;" in image
    assert "说明 &lt;1&gt;" in image
    assert 'role="img"' in image
    assert 'width="0.0%"' in image


def test_a_chart_of_nothing_is_nothing() -> None:
    assert charts.bars("题", "", []) == charts.columns("题", "", []) == ""


def test_a_long_name_is_cut_by_its_width() -> None:
    assert charts.cut("江苏测试液压有限公司盐城分公司") == "江苏测试液压有限公…"
    assert charts.cut("short") == "short"

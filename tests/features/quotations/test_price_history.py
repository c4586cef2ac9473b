"""What a customer was quoted before stands beside the line that is quoted again."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.core.db import session
from app.core.uow import unit_of_work
from app.features.products.models import Product
from app.features.quotations import price_history
from app.features.quotations.models import QuotationRevision
from tests import stories
from tests.client import Client
from tests.features.quotations.test_views import address, sign_in


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def quoted(desk: stories.Desk, price: str, **values: Any) -> QuotationRevision:
    """An issued quotation whose first line has this price."""
    revision = desk.quotation("issued", lines=1)
    with unit_of_work():
        line = session.get_one(QuotationRevision, revision.id).lines[0]
        line.unit_price = Decimal(price)
        for name, value in values.items():
            setattr(line, name, value)
    return revision


def prices(desk: stories.Desk, who: str, product_id: int | None, model: str, limit: int = 3) -> list[str]:
    found = price_history.last_prices(desk.people.actor(who), desk.customer.id, product_id, model, limit)
    return [str(price.unit_price.normalize()) for price in found]


def test_the_last_three_issued_prices_come_newest_first(desk: stories.Desk) -> None:
    for price in ("10.5", "11.5", "12.5", "13.5"):
        quoted(desk, price, model="CBN-1")
    assert prices(desk, "salesperson", None, " CBN-1 ") == ["13.5", "12.5", "11.5"]
    assert prices(desk, "salesperson", None, "CBN-1", 1) == ["13.5"]
    assert prices(desk, "manager", None, "CBN-1") == ["13.5", "12.5", "11.5"]
    assert prices(desk, "salesperson", None, "CBN-2") == []
    assert prices(desk, "salesperson", None, "") == []


def test_a_product_is_found_whatever_its_model_was_written_as(desk: stories.Desk) -> None:
    with unit_of_work():
        product = Product(code="P-1", name="泵", unit="台")
        session.add(product)
        session.flush()
        number = product.id
    quoted(desk, "10.5", model="写法一", product_id=number)
    quoted(desk, "11.5", model="写法二", product_id=number)
    assert prices(desk, "salesperson", number, "写法一") == ["11.5", "10.5"]


def test_what_is_not_issued_or_not_visible_does_not_count(desk: stories.Desk) -> None:
    quoted(desk, "10.5", model="CBN-1")
    draft = desk.quotation("draft", lines=1)
    with unit_of_work():
        session.get_one(QuotationRevision, draft.id).lines[0].model = "CBN-1"
    assert prices(desk, "salesperson", None, "CBN-1") == ["10.5"]
    assert prices(desk, "colleague", None, "CBN-1") == []
    other = stories.customer(desk.people, "另一家农机有限公司")
    found = price_history.last_prices(desk.people.actor("salesperson"), other.id, None, "CBN-1")
    assert found == []


def test_many_lines_take_one_query(desk: stories.Desk, queries: Callable[[], Any]) -> None:
    quoted(desk, "10.5", model="CBN-1")
    actor, customer_id = desk.people.actor("salesperson"), desk.customer.id
    wanted = [(None, f"CBN-{number}") for number in range(200)]
    with queries() as sent:
        found = price_history.last_prices_of(actor, customer_id, wanted)
    assert len(sent) == 1
    assert [len(each) for each in found] == [0, 1, *[0] * 198]


def test_the_editor_shows_them_beside_the_line(client: Client, desk: stories.Desk) -> None:
    paper = quoted(desk, "10.5", model="CBN-1")
    draft = desk.quotation("draft", lines=1)
    with unit_of_work():
        session.get_one(QuotationRevision, draft.id).lines[0].model = "CBN-1"
    sign_in(client, desk, "salesperson").get(address(draft, "/edit"))
    assert "¥10.50" in client.page.text
    assert str(paper.number) in client.page.text

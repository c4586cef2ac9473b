"""What lists, pages and the record of a quotation tell of it."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.permissions import SYSTEM
from app.core.timeline import record
from app.core.uow import unit_of_work
from app.features.quotations.line_changes import line_changes, line_facts
from tests import stories
from tests.client import Client
from tests.features.quotations.test_views import address, sign_in


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def test_expired_offer_says_so_everywhere(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    with unit_of_work():
        revision.valid_until = clock.today() - timedelta(days=1)
    sign_in(client, desk, "salesperson").get(address(revision))
    assert "已过有效期" in client.page.text
    client.get("/quotations?status=expired")
    assert revision.number in client.page.text
    client.get("/quotations?status=issued")
    assert "已过有效期" in client.page.text


def test_list_exports_and_prints(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    sign_in(client, desk, "manager")
    csv = client.get("/quotations?format=csv")
    assert csv.data.startswith(b"\xef\xbb\xbf")
    assert revision.number in csv.get_data(as_text=True)
    assert client.get("/quotations?format=xlsx").data.startswith(b"PK")
    client.get("/quotations?format=print")
    assert revision.number in client.page.text


def test_list_offers_no_state_that_no_current_revision_has(client: Client, desk: stories.Desk) -> None:
    desk.quotation("review")
    sign_in(client, desk, "manager")
    client.get("/quotations")
    assert 'value="issued"' in client.page.html
    assert 'value="superseded"' not in client.page.html


def test_changes_name_their_line_and_write_prices_as_prices(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    with unit_of_work():
        record(
            "quotation",
            revision.id,
            "quotation:edit",
            SYSTEM,
            data={"changes": [["2/unit_price", "1180", "1144.6"], ["total", "", "12000"]]},
        )
    sign_in(client, desk, "salesperson")
    client.get(address(revision))
    assert "第 2 项 · 含税单价 1,180.00 → 1,144.60" in client.page.text
    assert "含税合计 — → 12,000.00" in client.page.text


def test_what_is_filled_in_later_stands_at_its_line(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    before = line_facts(revision)
    after = {place: (*told[:-1], "加急") for place, told in before.items()}
    assert line_changes(before, after) == [[f"{place}/note", "", "加急"] for place in sorted(before)]


@pytest.mark.parametrize(("reader", "offered"), [("salesperson", True), ("manager", False)])
def test_only_who_waits_for_others_may_remind(
    client: Client, desk: stories.Desk, reader: str, offered: bool
) -> None:
    revision = desk.quotation("review")
    sign_in(client, desk, reader)
    client.get(address(revision))
    assert ("催办" in client.page.text) is offered

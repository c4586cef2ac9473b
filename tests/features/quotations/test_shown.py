"""What lists, pages and the record of a quotation tell of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask, url_for
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock, i18n, money
from app.core.permissions import SYSTEM
from app.core.timeline import record
from app.core.uow import unit_of_work
from app.features.quotations import actions, presentation
from app.features.quotations.enums import LineKind
from app.features.quotations.line_changes import line_changes, line_facts
from app.features.quotations.models import QuotationLine, QuotationRevision
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


TEXTS = st.sampled_from(["", "阀", "<b>", "HY-1"])
PRICES = st.one_of(st.none(), st.decimals(0, 5_000, places=4))
LINES = st.builds(
    QuotationLine,
    position=st.integers(1, 3),
    kind=st.sampled_from(list(LineKind)),
    name=TEXTS,
    brand=TEXTS,
    model=TEXTS,
    spec=TEXTS,
    note=TEXTS,
    unit=st.sampled_from(["", "台", "个"]),
    quantity=st.one_of(st.none(), st.decimals(0, 100, places=3)),
    unit_price=PRICES,
    tax_rate=st.sampled_from([None, Decimal(13), Decimal("6.00"), Decimal("6.0")]),
    lead_time_days=st.one_of(st.none(), st.integers(0, 3)),
    floor_price=PRICES,
    floor_unit=st.sampled_from(["", "台"]),
    floor_reason=TEXTS,
    unmatched_code=st.sampled_from(["", "CB-9"]),
)


@pytest.mark.engine_free
@settings(max_examples=40)
@given(lines=st.lists(LINES, min_size=1, max_size=4), locale=st.sampled_from(i18n.LOCALES))
def test_a_kept_line_and_kept_sums_are_those_made_anew(lines: list[QuotationLine], locale: str) -> None:
    with i18n.using_locale(locale):
        for line in lines:
            assert presentation.line_row(line, None) == presentation.made_row(line)
            assert presentation.line_row(line, None) is presentation.line_row(line, None)
    items = [
        money.TaxedAmount(line.amount, line.tax_rate)
        for line in lines
        if line.kind == LineKind.ITEM and line.amount is not None and line.tax_rate is not None
    ]
    assert actions.totals_of(lines) == money.totals(items)


@pytest.mark.engine_free
def test_a_line_that_is_not_its_product_any_more_is_not_shown_as_kept_before() -> None:
    plain, refused = (
        QuotationLine(position=1, kind=LineKind.ITEM, name="齿轮泵", unmatched_code=code)
        for code in ("", "CB-9")
    )
    with i18n.using_locale("zh"):
        assert "CB-9" not in presentation.line_row(plain, None).floor
        assert "CB-9" in presentation.line_row(refused, None).floor


def test_the_addresses_under_a_revision_are_those_of_its_views(app: Flask) -> None:
    revision = QuotationRevision(quotation_id=7, revision=3)
    for root in ("", "/intranet"):
        with app.test_request_context("/", base_url=f"http://office{root}"):
            found = presentation.addresses(revision)
            place = {"quotation_id": 7, "number": 3}
            assert found.pop("steps") == url_for("quotations.show", **place)
            assert found == {name: url_for(f"quotations.{name}", **place) for name in found}
            assert "/intranet" in found["paper"] or not root

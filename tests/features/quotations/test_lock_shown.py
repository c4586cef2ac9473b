"""How the lock of a waiting negotiation shows to each reader of a quotation."""

from typing import Any

import pytest

from app.core.db import session
from app.features.quotations.models import QuotationRevision
from tests import stories
from tests.client import Client
from tests.features.quotations.test_negotiation import sign_in, talk


@pytest.fixture
def desk(at: Any) -> stories.Desk:
    at(2026, 11, 23, 9, 41)
    return stories.desk()


def test_a_lock_is_told_to_whoever_may_not_do_the_blocked_step_and_opens_no_form(
    client: Client, desk: stories.Desk, at: Any
) -> None:
    approved, issued = desk.quotation("approved"), desk.quotation("issued")
    for revision in (approved, issued):
        talk(desk, revision, "price")
    place = f"/quotations/{approved.quotation_id}/r/1"
    sign_in(client, desk, "manager").get(place)
    assert "经理答复之前报价锁定" in client.page.text
    assert "尚未盖章出具，请找" not in client.page.text
    until = session.get_one(QuotationRevision, issued.id).valid_until
    at(until.year, until.month, until.day, 8, 0)
    client = sign_in(client, desk, "salesperson")
    assert client.get(f"/quotations/{issued.quotation_id}/r/1/prolong").status_code == 409
    assert "经理答复之前报价锁定" in client.page.text

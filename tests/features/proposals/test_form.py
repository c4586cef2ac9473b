"""The form of a proposal over HTTP: what it says of the chosen clause, and amounts out of its range."""

from decimal import Decimal

import pytest

from app.core.db import session
from app.core.uow import unit_of_work
from app.features.proposals import ranges
from app.features.proposals.models import Proposal
from tests.client import Client
from tests.features.proposals import desk as proposals
from tests.features.proposals.desk import Company
from tests.features.proposals.test_views import sign_in, typed


@pytest.fixture
def company() -> Company:
    return proposals.company()


def test_a_penalty_out_of_range_comes_back_at_its_field_with_what_was_typed(
    client: Client, company: Company
) -> None:
    with unit_of_work():
        ranges.set_range(company.clause, actor=company.actor("manager"), least=None, most=Decimal(100))
    form = "/proposals/new"
    sign_in(client, company, "manager").get(form)
    values = typed(client, company, form)
    assert client.post(form, values).status_code == 422
    field = client.page.one("input", name="amount")
    assert (field.attributes["value"], field.attributes["aria-invalid"]) == ("200", "true")
    assert "《车辆管理办法》第一条规定的幅度是 ≤ 100.00 元" in client.page.text
    assert "处罚幅度：≤ 100.00 元" in client.page.text
    assert session.query(Proposal).count() == 0
    assert client.post(form, {**values, "kind": "reward"}).status_code == 303
    assert client.post(form, {**typed(client, company, form), "amount": "100"}).status_code == 303


def test_the_text_of_the_chosen_clause_is_shown_with_and_without_scripts(
    client: Client, company: Company
) -> None:
    form, text = "/proposals/new", "车辆由专人负责。"
    sign_in(client, company, "manager").get(form)
    assert text not in client.page.text
    assert "这里显示它的条文" in client.page.text
    values = typed(client, company, form)
    client.post(form, {**values, "find": "1"})
    assert text in client.page.text
    client.get(f"{form}?clause={company.clause}")
    assert text in client.page.text
    number = proposals.draft(company)
    client.get(f"/proposals/{number}/edit")
    assert text in client.page.text
    asked = f"/proposals/clause?clause_id={company.clause}"
    client.get(asked, htmx=True)
    assert "<html" not in client.page.html
    assert text in client.page.text
    assert client.page.one("a").attributes["href"].startswith("/rules/clauses/")
    client.get(f"{asked}&happened_at=2020-01-01", htmx=True)
    assert "不是现行条款" in client.page.text
    for asked in ("", "?clause_id=x", f"?clause_id={2**40}", "?clause_id=-1", "?happened_at=never"):
        client.get(f"/proposals/clause{asked}", htmx=True)
        assert "这里显示它的条文" in client.page.text, asked
    assert sign_in(client, company, "reader").get("/proposals/clause").status_code == 403

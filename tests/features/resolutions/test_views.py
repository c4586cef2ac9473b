"""Reports and resolutions over HTTP: from a document, seen, answered with a decision, carried out, checked."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from app.core import clock
from app.core import settings as configured
from app.core.uow import unit_of_work
from app.features.escalations import actions as escalations
from app.features.escalations.actions import EscalationValues
from app.features.people.models import User
from app.features.resolutions import actions
from app.features.resolutions.actions import ResolutionValues
from tests import factories
from tests.client import Client

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def everything_on() -> None:
    with unit_of_work():
        configured.put("modules.preset", "standard")


def decide(who: User, whom: User, text: str = "收回货款") -> int:
    with unit_of_work():
        values = ResolutionValues(text, whom.id, clock.today() + timedelta(days=5))
        return actions.decide(actor=factories.actor(who), values=values).id


def test_reported_from_a_document_seen_answered_with_a_decision(
    client: Client, salesperson: User, leader: User, manager: User, outsider: User
) -> None:
    number = decide(leader, salesperson)
    page = f"/resolutions/{number}"
    client.as_(salesperson).get(page)
    form = f"/escalations/new?about=resolution:{number}&kind=grave"
    assert client.page.all("a", href=form)
    client.get(form)
    assert "收回货款" in client.page.text
    assert client.submit(form, {"text": "", "to_id": str(leader.id)}).status_code == 422
    assert client.submit(form, {"text": "客户拒付", "to_id": str(leader.id)}).headers["Location"] == page
    client.get(page)
    assert f"汇报{leader.name}" in client.page.text
    report = next(
        link.attributes["href"]
        for link in client.page.all("a")
        if link.attributes.get("href", "").startswith("/escalations/1")
    )
    assert client.as_(outsider).get(report).status_code == 404
    assert client.get(page).status_code == 404
    client.as_(leader).get(report)
    assert client.submit(f"{report}/see", {}).status_code == 303
    client.get(f"{report}/answer")
    typed = {"answer": "我来谈", "resolution_1_text": "对账"}
    assert client.submit(f"{report}/answer", typed).status_code == 422
    assert "对账" in client.page.text
    day = (clock.today() + timedelta(days=3)).isoformat()
    whole = {**typed, "resolution_1_responsible_id": str(manager.id), "resolution_1_due_on": day}
    assert client.submit(f"{report}/answer", whole).status_code == 303
    client.get(report)
    assert all(text in client.page.text for text in ("我来谈", "对账", "已答复"))
    client.as_(salesperson).get(report)
    assert client.get(f"{report}/answer").status_code == 403
    client.get(report)
    assert client.submit(f"{report}/finish", {}).status_code == 303
    client.get("/escalations")
    assert "客户拒付" in client.page.text


def test_carried_out_and_checked_by_hand(client: Client, salesperson: User, leader: User) -> None:
    page = f"/resolutions/{decide(leader, salesperson)}"
    client.as_(salesperson).get(f"{page}/progress")
    assert client.submit(f"{page}/progress", {"text": ""}).status_code == 422
    assert client.submit(f"{page}/progress", {"text": "已发函"}).status_code == 303
    assert client.post(f"{page}/progress", {"version": "1", "text": "第二次"}).status_code == 409
    assert "第二次" in client.page.text
    client.get(f"{page}/complete")
    assert client.submit(f"{page}/complete", {"result": "全部到账"}).status_code == 303
    assert client.get("/resolutions/new").status_code == 403
    client.as_(leader).get(page)
    assert client.submit(f"{page}/check", {}).status_code == 303
    client.get(page)
    assert all(text in client.page.text for text in ("已发函", "全部到账", "已核实"))
    assert client.get(f"{page}/progress").status_code == 200
    assert client.submit(f"{page}/progress", {"text": "x"}).status_code == 403


def test_what_the_address_names_must_be_visible(client: Client, outsider: User, leader: User) -> None:
    client.as_(outsider)
    for asked in ("resolution:1", "x:1", "resolution:", "resolution:²", f"resolution:{2**40}", ":1:"):
        expected = 200 if asked.startswith(":") else 404
        assert client.get(f"/escalations/new?about={asked}").status_code == expected, asked
    assert client.get("/escalations/talk").status_code == 404
    assert client.as_(leader).get("/resolutions/new?about=resolution:9").status_code == 404


def test_a_talk_is_kept_in_the_record_of_the_document(
    client: Client, salesperson: User, leader: User
) -> None:
    number = decide(leader, salesperson)
    form = f"/escalations/talk?about=resolution:{number}"
    client.as_(salesperson).get(form)
    assert client.submit(form, {"whom": "", "text": "x"}).status_code == 422
    assert client.submit(form, {"whom": "吴经理", "text": "答应周五付款"}).status_code == 303
    client.get(f"/resolutions/{number}")
    assert "吴经理" in client.page.text
    assert "答应周五付款" in client.page.text


def test_the_number_of_queries_does_not_grow(
    client: Client, salesperson: User, leader: User, queries: Queries
) -> None:
    client.as_(leader)
    counts = []
    for more in (1, 12):
        for _row in range(more):
            number = decide(leader, salesperson)
            with unit_of_work():
                escalations.report(
                    actor=factories.actor(salesperson),
                    values=EscalationValues("grave", leader.id, "事", doc_type="resolution", doc_id=number),
                )
        counted = []
        for address in ("/resolutions", "/escalations", "/resolutions/1"):
            client.get(address)
            with queries() as sent:
                client.get(address)
            counted.append(len(sent))
        counts.append(counted)
    assert counts[0] == counts[1], counts

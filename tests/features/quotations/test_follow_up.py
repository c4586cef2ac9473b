"""Offers nobody spoke of: they are listed with whom to call, and one line takes them off the list."""

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations import follow_up
from app.features.quotations.models import ContactNote, QuotationRevision
from app.features.quotations.negotiation import actions as negotiations
from app.features.quotations.negotiation.actions import NegotiationInput
from tests import stories
from tests.client import Client


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def set_back(revision: QuotationRevision, days: int, valid: int = 30) -> QuotationRevision:
    """As if it had been issued so many days ago, valid for so many days from today."""
    with unit_of_work():
        revision.issued_at = clock.now() - timedelta(days=days)
        revision.valid_until = clock.today() + timedelta(days=valid)
    return revision


def numbers(client: Client, address: str) -> list[str]:
    client.get(address)
    place = "/quotations/"
    links = [link.text for link in client.page.all("a") if link.attributes["href"].startswith(place)]
    return sorted({text.split()[0] for text in links if text.startswith("BJ-")})


def test_offers_are_listed_by_how_long_nobody_called_and_how_soon_they_expire(
    client: Client, desk: stories.Desk, queries: Any
) -> None:
    silent = [set_back(desk.quotation("issued", lines=1), days) for days in (4, 8, 15)]
    ending = set_back(desk.quotation("issued", lines=1), 1, valid=6)
    over = set_back(desk.quotation("issued", lines=1), 20, valid=-1)
    fresh = set_back(desk.quotation("issued", lines=1), 2)
    three, seven, fourteen = (str(row.number) for row in silent)
    sign_in(client, desk, "salesperson")
    list_of = "/quotations/follow-up"
    assert numbers(client, list_of) == sorted([three, seven, fourteen, ending.number, over.number])
    assert fresh.number not in client.page.text
    assert numbers(client, f"{list_of}?due=3") == sorted([three, seven, fourteen])
    assert numbers(client, f"{list_of}?due=7") == sorted([seven, fourteen])
    assert numbers(client, f"{list_of}?due=14") == [fourteen]
    assert numbers(client, f"{list_of}?due=expiring") == [ending.number]
    assert numbers(client, f"{list_of}?due=expired") == [over.number]
    client.get(list_of)
    assert client.page.all("a", href="tel:139-0000-0001")
    assert "139-0000-0001" in client.get(f"{list_of}?format=csv").get_data(as_text=True)
    with queries() as sent:
        client.get(list_of)
    assert len(sent) <= 10
    client.get("/")
    assert "3 份报价三天以上未跟进" in client.page.text
    assert "1 份已出具的报价将在 7 天内到期" in client.page.text
    client.get("/today")
    assert "139-0000-0001" in client.page.text
    assert follow_up.counts(desk.people.actor("colleague")) == (0, 0)
    assert numbers(sign_in(client, desk, "colleague"), list_of) == []
    assert numbers(sign_in(client, desk, "manager"), f"{list_of}?owner={desk.people.colleague.id}") == []
    assert sign_in(client, desk, "technician").get(list_of).status_code == 403


def test_one_line_takes_an_offer_off_the_list_and_stands_on_the_timeline(
    client: Client, desk: stories.Desk
) -> None:
    revision = set_back(desk.quotation("issued", lines=1), 5)
    place = f"/quotations/{revision.quotation_id}/r/1/contact"
    sign_in(client, desk, "salesperson").get("/quotations/follow-up?due=3")
    fields = client.page.values(place)
    assert client.post(place, {**fields, "text": " "}).status_code == 422
    response = client.post(place, {**fields, "text": "打了电话：下周定"})
    assert (response.status_code, response.location) == (303, "/quotations/follow-up?due=3")
    assert client.post(place, {**fields, "text": "打了电话：下周定"}).status_code == 303
    assert session.query(ContactNote).count() == 1
    event = events_for("quotation", revision.id)[0]
    assert (event.verb, event.reason) == ("quotation:contact", "打了电话：下周定")
    client.get("/quotations/follow-up")
    assert "没有要跟进的报价" in client.page.text
    client.get(f"/quotations/{revision.quotation_id}")
    assert "打了电话：下周定" in client.page.text
    response = client.submit(place, {"text": "再打一次"}, page=f"/quotations/{revision.quotation_id}")
    assert response.location == f"/quotations/{revision.quotation_id}/r/1"
    bad = {**client.page.values(place), "text": "x", "back": "https://evil.example/"}
    assert "evil" not in client.post(place, bad).location
    assert sign_in(client, desk, "colleague").post(place, {"text": "x"}).status_code == 404


def test_a_negotiation_is_a_follow_up_too(desk: stories.Desk) -> None:
    revision = set_back(desk.quotation("issued", lines=1), 5)
    owner = desk.people.actor("salesperson")
    assert follow_up.counts(owner) == (1, 0)
    with unit_of_work():
        negotiations.record(revision, actor=owner, typed=NegotiationInput("王采购", "降 3%"))
    assert follow_up.counts(owner) == (0, 0)
    with clock.frozen(clock.now() + timedelta(days=4)):
        assert follow_up.counts(owner) == (1, 0)


def test_who_may_note_what(desk: stories.Desk) -> None:
    draft = desk.quotation("draft", lines=1)
    with pytest.raises(Conflict), unit_of_work():
        follow_up.note_contact(draft, actor=desk.people.actor("salesperson"), text="x")
    with pytest.raises(Denied), unit_of_work():
        follow_up.note_contact(draft, actor=desk.people.actor("keeper"), text="x")
    stories.step(desk.people, draft, "submit", "salesperson")
    with pytest.raises(Invalid), unit_of_work():
        follow_up.note_contact(draft, actor=desk.people.actor("salesperson"), text="长" * 501)
    with unit_of_work():
        row = follow_up.note_contact(draft, actor=desk.people.actor("manager"), text=" 经理\n也打了 ")
    assert row.text == "经理 也打了"

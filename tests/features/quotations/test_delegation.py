"""Who stands in decides in both names, until the last minute of the last day, and never on their own documents."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.core.db import session
from app.core.timeline import events_for, verify_chain
from app.core.uow import unit_of_work
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import actions as negotiations
from app.features.quotations.negotiation.actions import NegotiationInput
from app.features.quotations.negotiation.models import Negotiation
from app.features.seals.models import Seal, SealRequest
from tests import factories, stories
from tests.client import Client
from tests.features.seals import wet

# What waits for a decision: the document, its kind in the record, its address, what the decision posts.
Waiting = tuple[Any, str, str, dict[str, str]]


def inquiry(desk: stories.Desk) -> Waiting:
    row = stories.report(desk.people, stories.inquiry(desk.people, desk.customer, lines=1))
    return row, "inquiry", f"/inquiries/{row.id}/decide", {}


def quotation(desk: stories.Desk) -> Waiting:
    row = desk.quotation("review", lines=1)
    return row, "quotation", f"/quotations/{row.quotation_id}/r/1/approve", {"warnings_ticked": "y"}


def negotiation(desk: stories.Desk) -> Waiting:
    revision = desk.quotation("issued", lines=1)
    typed = NegotiationInput(counterpart="王采购", asked="降 3%", offered="降 1%", outside=("price",))
    with unit_of_work():
        row = negotiations.record(revision, actor=desk.people.actor("salesperson"), typed=typed)
    return row, "negotiation", f"/quotations/negotiations/{row.id}/consent", {"note": "可以"}


def seal(desk: stories.Desk) -> Waiting:
    known = session.query(Seal).filter_by(form="wet").first()
    row = wet.ask_for(desk, known or wet.wet_seal(desk), wet.paper(desk))
    return row, "seal_request", f"/seals/requests/{row.id}/approve", {}


MAKERS: dict[str, Callable[[stories.Desk], Waiting]] = {
    "inquiry": inquiry,
    "quotation": quotation,
    "negotiation": negotiation,
    "seal": seal,
}
TABLES = {
    "inquiry": Inquiry,
    "quotation": QuotationRevision,
    "negotiation": Negotiation,
    "seal_request": SealRequest,
}


@pytest.fixture(params=sorted(MAKERS))
def make(request: pytest.FixtureRequest) -> Callable[[stories.Desk], Waiting]:
    return MAKERS[request.param]


@pytest.fixture
def desk(at: Any) -> stories.Desk:
    at(2026, 11, 23, 10)
    made = wet.desk()
    factories.delegation(made.people.manager, made.people.colleague, date(2026, 11, 23), date(2026, 11, 25))
    return made


def decide(client: Client, desk: stories.Desk, who: str, found: Waiting) -> int:
    """Send the decision as the page would: with the version, and the hash of what was shown."""
    row, kind, address, fields = found
    session.expire_all()
    row = session.get_one(TABLES[kind], row.id)
    more = {"content_hash": row.submitted_hash} if kind == "quotation" else {}
    client.as_(session.get_one(User, desk.people.ids[who]))
    return client.post(address, {"version": str(row.version), **more, **fields}).status_code


def status(found: Waiting) -> str:
    session.expire_all()
    return str(session.get_one(TABLES[found[1]], found[0].id).status)


def test_until_midnight_of_the_last_day_and_no_longer(
    client: Client, desk: stories.Desk, make: Callable[[stories.Desk], Waiting], at: Any
) -> None:
    found, other = make(desk), make(desk)
    before = status(other)

    at(2026, 11, 25, 23, 59)
    assert decide(client, desk, "colleague", found) == 303
    event = events_for(found[1], found[0].id)[0]
    assert (event.actor_name, event.on_behalf_of_name, event.role) == ("陈同", "马经理", "manager")
    assert (event.actor_id, event.on_behalf_of_id) == (
        desk.people.ids["colleague"],
        desk.people.ids["manager"],
    )

    at(2026, 11, 26, 0, 0)
    refused = decide(client, desk, "colleague", other)
    # who no longer stands in may not even see a colleague's document
    assert refused in (403, 404)
    assert status(other) == before
    assert decide(client, desk, "manager", other) == 303
    event = events_for(other[1], other[0].id)[0]
    assert (event.actor_name, event.on_behalf_of_name) == ("马经理", "")
    assert verify_chain() == []


def test_who_stands_in_never_decides_their_own(
    client: Client, desk: stories.Desk, make: Callable[[stories.Desk], Waiting]
) -> None:
    factories.delegation(desk.people.manager, desk.people.salesperson, date(2026, 11, 23), date(2026, 11, 25))
    found = make(desk)
    before = status(found)
    assert decide(client, desk, "salesperson", found) == 403
    assert status(found) == before
    assert decide(client, desk, "colleague", found) == 303
    assert status(found) != before


def test_what_is_the_givers_own_is_not_decided_by_who_stands_in_for_them(
    client: Client, desk: stories.Desk, make: Callable[[stories.Desk], Waiting]
) -> None:
    found = make(desk)
    with unit_of_work():
        session.get_one(TABLES[found[1]], found[0].id).owner_id = desk.people.manager.id
    before = status(found)
    assert decide(client, desk, "colleague", found) == 403
    assert status(found) == before

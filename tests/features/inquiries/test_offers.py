"""Several suppliers' offers for a line: weighed alike, one chosen, earlier ones taken over."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core import clock, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, NotVisible, Stale
from app.core.uow import unit_of_work
from app.features.inquiries import actions, offers
from app.features.inquiries.models import Inquiry, PurchasingAnswer, in_force, standing_offers
from app.features.people.models import User
from app.features.quotations.actions import line_from_inquiry
from app.features.quotations.checks import evidence_of
from tests import factories, stories
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff


@pytest.fixture
def staff() -> Staff:
    return Staff()


def asked(staff: Staff) -> Inquiry:
    """An inquiry whose first line waits for purchasing."""
    document = making.fire(making.inquiry(staff.owner, count=2), "report", staff.owner)
    return making.decide(document, staff.manager, frozenset(), {1})


def offer(staff: Staff, row: Inquiry, source: str, **values: Any) -> PurchasingAnswer:
    with unit_of_work():
        row = session.get_one(Inquiry, row.id)
        return actions.answer_purchasing(
            row,
            row.lines[0].id,
            actor=factories.actor(staff.buyer),
            answer=making.price(source=source, **values),
        )


def choose(row: Inquiry, answer: PurchasingAnswer, person: User, version: int | None = None) -> None:
    with unit_of_work():
        document = session.get_one(Inquiry, row.id)
        offers.choose(
            document, document.lines[0].id, answer.id, actor=factories.actor(person), version=version
        )


def test_offers_stand_side_by_side_and_one_of_the_same_supplier_replaces(staff: Staff) -> None:
    row = asked(staff)
    offer(staff, row, "甲", price=Decimal(10))
    offer(staff, row, "乙", price=Decimal(9))
    offer(staff, row, "甲", price=Decimal(8))
    line = session.get_one(Inquiry, row.id).lines[0]
    assert [(item.source, item.price) for item in standing_offers(line.purchasing_answers)] == [
        ("乙", Decimal(9)),
        ("甲", Decimal(8)),
    ]
    assert line.purchasing is line.purchasing_answers[-1]


def test_they_are_weighed_in_yuan_by_price_lead_time_and_validity(staff: Staff) -> None:
    today = clock.today()
    with unit_of_work():
        settings.put(offers.RATES, "USD 7\nbroken")
    row = asked(staff)
    offer(staff, row, "甲", price=Decimal(60), lead_time_days=5, valid_until=today + timedelta(days=3))
    offer(staff, row, "乙", price=Decimal(9), currency="USD", lead_time_days=9)
    offer(staff, row, "丙", price=Decimal(1), currency="EUR", lead_time_days=5)
    line = session.get_one(Inquiry, row.id).lines[0]
    found = {item.row.source: item for item in offers.weigh(line.purchasing_answers)}
    assert [item.row.source for item in offers.weigh(line.purchasing_answers)] == ["甲", "乙", "丙"]
    assert (found["甲"].yuan, found["乙"].yuan, found["丙"].yuan) == (Decimal(60), Decimal(63), None)
    assert [name for name, item in found.items() if item.cheapest] == ["甲"]
    assert {name for name, item in found.items() if item.fastest} == {"甲", "丙"}
    assert {name for name, item in found.items() if item.longest} == {"乙", "丙"}
    assert [name for name, item in found.items() if item.chosen] == ["丙"]


def test_what_has_expired_is_last_and_best_in_nothing(staff: Staff) -> None:
    row = asked(staff)
    old = offer(staff, row, "甲", price=Decimal(1))
    offer(staff, row, "乙", price=Decimal(9))
    with unit_of_work():
        session.get_one(PurchasingAnswer, old.id).valid_until = clock.today() - timedelta(days=1)
    line = session.get_one(Inquiry, row.id).lines[0]
    last = offers.weigh(line.purchasing_answers)[-1]
    assert (last.row.source, last.expired, last.cheapest) == ("甲", True, False)
    with pytest.raises(Conflict) as refused:
        choose(row, old, staff.buyer)
    assert refused.value.code == "inquiry:offer-expired"


def test_prices_per_different_units_are_not_compared(staff: Staff) -> None:
    row = asked(staff)
    offer(staff, row, "甲", price=Decimal(1), price_unit="公斤")
    offer(staff, row, "乙", price=Decimal(9))
    line = session.get_one(Inquiry, row.id).lines[0]
    assert not any(item.cheapest for item in offers.weigh(line.purchasing_answers))


def test_the_chosen_one_is_in_force_and_a_newer_word_of_its_supplier_too(staff: Staff) -> None:
    row = asked(staff)
    first = offer(staff, row, "甲", lead_time_days=3)
    offer(staff, row, "乙", lead_time_days=7)
    choose(row, first, staff.buyer)
    told = timeline.events_for("inquiry", row.id)[0]
    assert (told.verb, told.data["position"]) == ("inquiry:choose-offer", 1)
    line = session.get_one(Inquiry, row.id).lines[0]
    assert line.purchasing is not None
    assert line_from_inquiry(line).lead_time_days == 3
    newer = offer(staff, row, "甲", lead_time_days=4)
    assert in_force(session.get_one(Inquiry, row.id).lines[0].purchasing_answers).id == newer.id  # type: ignore[union-attr]
    with pytest.raises(Conflict) as refused:
        choose(row, first, staff.buyer)
    assert refused.value.code == "inquiry:offer-gone"


def test_who_chooses_and_when(staff: Staff) -> None:
    row = asked(staff)
    first = offer(staff, row, "甲")
    second = offer(staff, row, "乙")
    with pytest.raises(Denied):
        choose(row, first, staff.owner)
    with pytest.raises(Stale):
        choose(row, first, staff.buyer, version=1)
    choose(row, first, staff.manager)
    choose(row, second, staff.buyer)
    document, buyer = session.get_one(Inquiry, row.id), factories.actor(staff.buyer)
    with unit_of_work(), pytest.raises(NotVisible):
        offers.choose(document, document.lines[1].id, first.id, actor=buyer, version=None)
    making.fire(row, "cancel", staff.owner)
    with pytest.raises(Conflict):
        choose(row, first, staff.buyer)


def test_an_earlier_answer_is_taken_over_with_its_author_and_date(staff: Staff) -> None:
    before = asked(staff)
    given = offer(staff, before, "甲", price=Decimal(12))
    row = asked(staff)

    def take(answer_id: int) -> PurchasingAnswer:
        with unit_of_work():
            document = session.get_one(Inquiry, row.id)
            buyer = factories.actor(staff.buyer)
            return offers.take_over(document, document.lines[0].id, answer_id, actor=buyer)

    taken = take(given.id)
    assert (taken.author_id, taken.answered_at, taken.price) == (staff.buyer.id, given.created_at, 12)
    assert (taken.quoted_on, taken.valid_until) == (given.quoted_on, given.valid_until)
    assert timeline.events_for("inquiry", row.id)[0].verb == "inquiry:take-over"
    for wrong, code in ((given.id, "inquiry:offer-taken"), (10_000, "inquiry:offer-gone")):
        with pytest.raises(Conflict) as refused:
            take(wrong)
        assert refused.value.code == code


def test_the_quotations_evidence_is_the_chosen_offer() -> None:
    desk = stories.desk()
    people = desk.people
    row = stories.decide(people, stories.report(people, stories.inquiry(people, desk.customer)))
    stories.answer(people, row, source="甲")
    stories.answer(people, row, source="乙")
    line = row.lines[0]
    with unit_of_work():
        offers.choose(row, line.id, line.purchasing_answers[0].id, actor=people.actor("buyer"), version=None)
    revision = stories.draft(people, row)
    assert evidence_of(revision)[line.id].source == "甲"


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(0, 5)), min_size=1, max_size=8))
def test_what_is_in_force_stands_and_each_supplier_stands_once(said: list[tuple[str, int]]) -> None:
    now = clock.now()
    answers = [
        PurchasingAnswer(
            id=number,
            source=source,
            chosen_at=now + timedelta(hours=mark) if mark else None,
            created_at=now,
        )
        for number, (source, mark) in enumerate(said, 1)
    ]
    standing = standing_offers(answers)
    assert sorted(item.source for item in standing) == sorted({source for source, _mark in said})
    assert in_force(answers) in standing
    assert in_force([]) is None


@pytest.mark.parametrize(("typed", "right"), [("", True), ("USD 7.1\n\nEUR 8", True), ("美元 7", False)])
def test_rates_are_a_currency_and_a_number_a_line(typed: str, right: bool) -> None:
    assert (offers.check_rates(typed) is None) == right


def test_over_http_purchasing_compares_chooses_and_takes_over(client: Client, staff: Staff) -> None:
    before = asked(staff)
    first = offer(staff, before, "甲供应商")
    offer(staff, before, "乙供应商", lead_time_days=2)
    place = f"/inquiries/{before.id}"
    client.as_(staff.buyer).get(place)
    assert "供应商报价比较" in client.page.text
    assert "交货最快" in client.page.text
    target = f"{place}/lines/{before.lines[0].id}/offers/{first.id}/choose"
    assert client.post(target, client.page.values(target)).status_code == 303
    assert client.post(target, {"version": "1"}).status_code == 409
    client.as_(staff.owner).get(place)
    assert "供应商报价比较" in client.page.text
    assert target not in client.page.html
    assert client.post(target, {"version": "1"}).status_code == 403
    client.as_(staff.technician)
    assert client.post(target, {"version": "1"}).status_code == 404
    row = asked(staff)
    answer = f"/inquiries/{row.id}/lines/{row.lines[0].id}/purchasing"
    client.as_(staff.buyer).get(answer)
    taking = f"/inquiries/{row.id}/lines/{row.lines[0].id}/offers/{first.id}/take-over"
    assert client.post(taking, client.page.values(taking)).status_code == 303
    assert client.post(taking).status_code == 409
    client.get(f"/inquiries/{row.id}")
    assert "沿用此前的答复" in client.page.text

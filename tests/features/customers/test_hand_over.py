"""Handing many customers over in one act, and the gate for who leaves."""

import pytest
from sqlalchemy import select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.notices import unread_count
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.customers import actions
from app.features.customers.actions import CustomerValues
from app.features.customers.models import Customer
from app.features.people import actions as people
from app.features.people.models import User
from tests import factories

PAGE = "/customers/hand-over"


@pytest.fixture
def colleague(sales_department) -> User:
    return factories.user(name="陈志远", roles=[Role.SALESPERSON], department=sales_department)


@pytest.fixture
def customers(salesperson) -> list[int]:
    made = []
    for number, region in enumerate(("江苏-盐城市", "江苏-南通市", "山东-临沂市"), 1):
        with unit_of_work():
            values = CustomerValues(name=f"客户{number}", region=region)
            made.append(actions.create_customer(actor=factories.actor(salesperson), values=values).id)
    return made


def hand_over(person: User, chosen, to: User | None) -> int:
    with unit_of_work():
        return actions.hand_over_customers(
            chosen, actor=factories.actor(person), owner_id=to.id if to else None, note="换区域"
        )


def owners() -> list[int]:
    return list(session.execute(select(Customer.owner_id).order_by(Customer.id)).scalars())


def test_many_change_hands_with_an_event_each_and_one_notice(customers, manager, salesperson, colleague):
    assert hand_over(manager, [(number, 1) for number in customers], colleague) == 3
    assert owners() == [colleague.id] * 3
    for number in customers:
        event = timeline.events_for("customer", number)[-2]
        assert (event.verb, event.reason) == ("customer:hand-over", "换区域")
        assert event.data == {"from": "孙晓", "to": "陈志远"}
    assert (unread_count(salesperson.id), unread_count(colleague.id)) == (1, 1)


def test_what_is_theirs_already_stays(customers, manager, salesperson, colleague):
    hand_over(manager, [(customers[0], None)], colleague)
    assert hand_over(manager, [(number, None) for number in customers], colleague) == 2
    with pytest.raises(Conflict):
        hand_over(manager, [(number, None) for number in customers], colleague)


def test_one_refusal_leaves_all_as_they_were(customers, manager, salesperson, colleague):
    with pytest.raises(Stale):
        hand_over(manager, [(customers[0], 1), (customers[1], 7)], colleague)
    with pytest.raises(NotVisible):
        hand_over(manager, [(customers[0], 1), (99, 1)], colleague)
    with pytest.raises(Invalid):
        hand_over(manager, [(customers[0], 1)], None)
    with pytest.raises(Denied):
        hand_over(salesperson, [(customers[0], 1)], colleague)
    assert owners() == [salesperson.id] * 3


def test_customers_are_ticked_in_the_filtered_list(client, customers, manager, colleague, salesperson):
    client.as_(manager).get(f"{PAGE}?region=江苏")
    assert "客户1" in client.page.text
    assert "客户3" not in client.page.one("table").text
    form = client.page.one("form", id="hand-over-form").attributes["action"]
    fields = {**client.page.values(form), "owner_id": str(colleague.id), "customer": f"{customers[0]}:1"}
    assert client.post(form, fields).status_code == 303
    assert owners() == [colleague.id, salesperson.id, salesperson.id]
    # The same form sent again does nothing more.
    assert client.post(form, fields).status_code == 303
    assert len(timeline.events_for("customer", customers[0])) == 2


def test_all_that_the_filters_leave_go_at_once(client, customers, manager, colleague, salesperson):
    client.as_(manager).get(f"{PAGE}?region=江苏")
    form = client.page.one("form", id="hand-over-form").attributes["action"]
    fields = {**client.page.values(form), "owner_id": str(colleague.id), "scope": "all"}
    assert client.post(form, fields).status_code == 303
    assert owners() == [colleague.id, colleague.id, salesperson.id]


@pytest.mark.parametrize("ticked", ["", "x", "1", "1:", ":1", "1:99999999999"])
def test_nothing_ticked_is_said_on_the_page(client, customers, manager, colleague, ticked):
    client.as_(manager).get(PAGE)
    fields = {**client.page.values(PAGE), "owner_id": str(colleague.id), "customer": ticked}
    assert client.post(PAGE, fields).status_code == 422
    assert [text for text in client.page.errors() if "勾选" in text]


def test_a_refused_page_keeps_what_was_ticked(client, customers, manager, colleague):
    client.as_(manager).get(PAGE)
    value = f"{customers[0]}:1"
    assert client.post(PAGE, {**client.page.values(PAGE), "customer": value}).status_code == 422
    assert client.page.one("input", name="customer", value=value).attributes.get("checked") is not None
    stale = {**client.page.values(PAGE), "owner_id": str(colleague.id), "customer": f"{customers[0]}:9"}
    assert client.post(PAGE, stale).status_code == 409


def test_one_from_its_page_goes_once_however_often_it_is_sent(client, customers, manager, colleague):
    place = f"/customers/{customers[0]}/hand-over"
    client.as_(manager).get(place)
    fields = {**client.page.values(place), "owner_id": str(colleague.id), "note": "换区域"}
    assert client.post(place, {**fields, "version": "9"}).status_code == 409
    assert client.page.values(place)["note"] == "换区域"
    for _time in range(2):
        response = client.post(place, fields)
        assert (response.status_code, response.location) == (303, f"/customers?owner={colleague.id}")
    assert [event.verb for event in timeline.events_for("customer", customers[0])] == [
        "customer:hand-over",
        "customer:create",
    ]


def test_too_many_at_once_are_refused(client, customers, manager, colleague, monkeypatch):
    from app.features.customers import hand_over_views

    monkeypatch.setattr(hand_over_views, "MOST_AT_ONCE", 2)
    client.as_(manager).get(PAGE)
    fields = {**client.page.values(PAGE), "owner_id": str(colleague.id), "scope": "all"}
    assert client.post(PAGE, fields).status_code == 422


def test_an_empty_list_says_so(client, manager):
    client.as_(manager).get(PAGE)
    assert "没有符合条件的记录" in client.page.text


@pytest.mark.parametrize("part", ["salesperson", "back_office", "technician", "outsider"])
def test_who_may_not_hand_over_opens_no_list(client, request, part):
    client.as_(request.getfixturevalue(part))
    assert (client.get(PAGE).status_code, client.post(PAGE).status_code) == (403, 403)


def test_whoever_leaves_hands_over_first(client, customers, administrator, manager, salesperson, colleague):
    def close() -> None:
        with unit_of_work():
            people.deactivate(
                session.get_one(User, salesperson.id), version=None, actor=factories.actor(administrator)
            )

    with pytest.raises(Conflict) as refused:
        close()
    assert "还负责着 3 家客户" in refused.value.sentence()
    hand_over(manager, [(number, None) for number in customers], colleague)
    close()
    assert not session.get_one(User, salesperson.id).active


def test_the_customers_of_who_left_can_still_be_found_by_their_owner(client, customers, manager, salesperson):
    with unit_of_work():
        session.get_one(User, salesperson.id).active = False
    client.as_(manager).get(f"{PAGE}?owner={salesperson.id}")
    assert "客户1" in client.page.text

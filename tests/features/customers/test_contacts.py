"""Contacts of customers: several, one of them the main one, and gone for good when they are removed."""

import pytest
from sqlalchemy import select

from app.core import search, timeline
from app.core.db import session
from app.core.errors import Denied, Invalid, NotVisible, Stale
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.customers import actions, contacts, queries
from app.features.customers.actions import CustomerValues
from app.features.customers.contacts import ContactValues
from app.features.customers.models import Customer, CustomerContact
from tests import factories

WANG = ContactValues(
    name="王强", position="采购经理", phone="139-0000-1111", email="wang@example.com", note="周五不在"
)


@pytest.fixture
def customer(salesperson) -> Customer:
    with unit_of_work():
        return actions.create_customer(
            actor=factories.actor(salesperson), values=CustomerValues(name="江苏大地农机有限公司")
        )


def add(customer: Customer, person, values: ContactValues = WANG) -> CustomerContact:
    with unit_of_work():
        row = session.get_one(Customer, customer.id)
        return contacts.add_contact(row, actor=factories.actor(person), values=values)


def change(customer: Customer, person, contact: CustomerContact, values: ContactValues, version=None) -> None:
    with unit_of_work():
        contacts.update_contact(
            session.get_one(Customer, customer.id),
            contact.id,
            actor=factories.actor(person),
            version=version,
            values=values,
        )


def remove(customer: Customer, person, contact_id: int, version=None) -> None:
    with unit_of_work():
        row = session.get_one(Customer, customer.id)
        contacts.remove_contact(row, contact_id, actor=factories.actor(person), version=version)


def names(customer: Customer) -> list[tuple[str, bool]]:
    return [(contact.name, contact.main) for contact in queries.contacts_of(customer.id)]


def main_of(customer: Customer) -> tuple[str, str]:
    row = session.get_one(Customer, customer.id)
    return row.contact_name, row.contact_phone


def test_the_first_contact_is_the_main_one_and_another_may_become_it(customer, salesperson):
    add(customer, salesperson)
    assert main_of(customer) == ("王强", "139-0000-1111")
    li = add(customer, salesperson, ContactValues(name="李梅"))
    assert names(customer) == [("王强", True), ("李梅", False)]
    change(customer, salesperson, li, ContactValues(name="李梅", phone="138", main=True))
    assert names(customer) == [("李梅", True), ("王强", False)]
    assert main_of(customer) == ("李梅", "138")


def test_a_contact_of_the_customer_form_is_the_main_one(salesperson):
    with unit_of_work():
        made = actions.create_customer(
            actor=factories.actor(salesperson),
            values=CustomerValues(name="a", contact_name="吴", contact_phone="1"),
        )
    assert names(made) == [("吴", True)]
    with unit_of_work():
        row = session.get_one(Customer, made.id)
        values = CustomerValues(name="a", contact_name="吴刚", contact_phone="2")
        actions.update_customer(row, actor=factories.actor(salesperson), version=None, values=values)
    assert names(made) == [("吴刚", True)]
    add(made, salesperson, ContactValues(name="乙"))
    with unit_of_work():
        row = session.get_one(Customer, made.id)
        values = CustomerValues(name="a")
        actions.update_customer(row, actor=factories.actor(salesperson), version=None, values=values)
    # Emptying both fields takes the person away; the next one is the main one.
    assert names(made) == [("乙", True)]
    assert main_of(made) == ("乙", "")


def test_removing_a_contact_leaves_nothing_of_the_person_but_the_fact(customer, salesperson):
    kept = add(customer, salesperson, ContactValues(name="乙"))
    gone = add(customer, salesperson, ContactValues(**{**vars(WANG), "main": True}))
    reader = factories.actor(salesperson)
    for typed in ("王强", "139-0000-1111", "wang"):
        assert search.find(reader, typed), typed
    remove(customer, salesperson, gone.id)
    assert main_of(customer) == ("乙", "")
    for typed in ("王强", "139-0000-1111", "wang"):
        assert search.find(reader, typed) == [], typed
    assert session.execute(select(CustomerContact.id)).scalars().all() == [kept.id]
    events = timeline.events_for("customer", customer.id)
    assert events[0].verb == "customer:contact-remove"
    assert "王强" not in "".join(str(event.data) + event.reason for event in events)
    assert session.get_one(Customer, customer.id).search_key.find("王强") == -1
    remove(customer, salesperson, kept.id)
    assert main_of(customer) == ("", "")


@pytest.mark.parametrize("part", ["leader", "technician", "outsider"])
def test_who_may_not_change_the_customer_changes_no_contact(customer, salesperson, part, request):
    contact = add(customer, salesperson)
    person = request.getfixturevalue(part)
    for act in (
        lambda: add(customer, person),
        lambda: change(customer, person, contact, WANG),
        lambda: remove(customer, person, contact.id),
    ):
        with pytest.raises(Denied):
            act()


def test_a_contact_needs_a_name_and_there_is_a_limit(customer, salesperson, monkeypatch):
    with pytest.raises(Invalid):
        add(customer, salesperson, ContactValues(name=""))
    monkeypatch.setattr(contacts, "MOST_CONTACTS", 1)
    contact = add(customer, salesperson)
    with pytest.raises(Invalid) as refused:
        add(customer, salesperson)
    assert "name" in refused.value.fields
    with pytest.raises(Invalid):
        change(customer, salesperson, contact, ContactValues(name=""))


def test_a_stale_or_foreign_contact_is_refused(customer, salesperson):
    contact = add(customer, salesperson)
    change(customer, salesperson, contact, ContactValues(name="王小强"))
    with pytest.raises(Stale):
        change(customer, salesperson, contact, WANG, version=1)
    with pytest.raises(Stale):
        remove(customer, salesperson, contact.id, version=1)
    with pytest.raises(NotVisible):
        remove(customer, salesperson, 99)


def test_contacts_are_kept_by_the_pages(client, customer, salesperson):
    client.as_(salesperson)
    place = f"/customers/{customer.id}"
    assert (
        client.submit(f"{place}/contacts/new", {"name": "", "email": "x", "phone": "打电话"}).status_code
        == 422
    )
    assert len(client.page.errors()) >= 3
    fields = {"name": "王强", "position": "采购经理", "phone": "139-0000-1111", "email": "wang@example.com"}
    assert client.submit(f"{place}/contacts/new", fields).status_code == 303
    client.get(place)
    assert "采购经理 · 139-0000-1111 · wang@example.com" in client.page.text
    number = session.execute(select(CustomerContact.id)).scalar_one()
    assert client.submit(f"{place}/contacts/{number}/edit", {"position": "厂长"}).status_code == 303
    assert client.submit(f"{place}/contacts/{number}/edit", {"name": ""}).status_code == 422
    client.get(f"{place}/contacts/{number}/remove")
    assert "不能恢复" in client.page.text
    assert client.post(f"{place}/contacts/{number}/remove", {"version": "1"}).status_code == 409
    assert client.submit(f"{place}/contacts/{number}/remove").status_code == 303
    client.get(place)
    assert "还没有联系人" in client.page.text


def test_a_stale_contact_form_comes_back_with_what_was_typed(client, customer, salesperson):
    contact = add(customer, salesperson)
    address = f"/customers/{customer.id}/contacts/{contact.id}/edit"
    client.as_(salesperson).get(address)
    fields = {**client.page.values(address), "note": "我写的"}
    change(customer, salesperson, contact, ContactValues(name="王小强"))
    assert client.post(address, fields).status_code == 409
    assert client.page.one("input", name="note").attributes["value"] == "我写的"
    assert client.post(address, client.page.values(address)).status_code == 303


def test_more_contacts_than_there_may_be_are_refused_on_the_page(client, customer, salesperson, monkeypatch):
    monkeypatch.setattr(contacts, "MOST_CONTACTS", 0)
    address = f"/customers/{customer.id}/contacts/new"
    assert client.as_(salesperson).submit(address, {"name": "王"}).status_code == 422


def test_a_colleague_finds_no_contacts_and_a_reader_may_not_change_them(
    client, customer, salesperson, sales_department, leader
):
    number = add(customer, salesperson).id
    place = f"/customers/{customer.id}/contacts"
    addresses = (f"{place}/new", f"{place}/{number}/edit", f"{place}/{number}/remove")
    client.as_(factories.user(name="同事", department=sales_department, roles=[Role.SALESPERSON]))
    for address in addresses:
        assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    client.as_(leader)
    for address in addresses:
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    client.as_(salesperson)
    assert client.get(f"{place}/99/edit").status_code == 404

"""What people do with customers."""

from dataclasses import replace

import pytest

from app.core import search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.notices import unread_count
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.customers import actions
from app.features.customers.actions import CustomerValues
from app.features.customers.models import Customer
from app.features.people.models import User
from tests import factories

VALUES = CustomerValues(
    name="江苏大地农机有限公司",
    kind="dealer",
    region="江苏南京",
    credit_code="91320000MA1XBTTT1X",
    phone="025-8888 1234",
    contact_name="吴采购",
    contact_phone="139-0000-1111",
)


@pytest.fixture
def colleague(sales_department) -> User:
    return factories.user(name="陈志远", roles=[Role.SALESPERSON], department=sales_department)


def create(person: User, values: CustomerValues = VALUES, **options) -> Customer:
    with unit_of_work():
        return actions.create_customer(actor=factories.actor(person), values=values, **options)


def act(action, customer: Customer, person: User, **options) -> Customer:
    """Do something with the customer as they stand now."""
    with unit_of_work():
        row = session.get_one(Customer, customer.id)
        action(row, actor=factories.actor(person), version=options.pop("version", row.version), **options)
    return session.get_one(Customer, customer.id)


def last_event(customer: Customer) -> timeline.Event:
    return timeline.events_for("customer", customer.id)[0]


def test_a_new_customer_belongs_to_its_maker_and_has_the_next_number(salesperson):
    first, second = (
        create(salesperson),
        create(salesperson, replace(VALUES, name="镇江宏达", phone="", contact_phone="", credit_code="")),
    )
    assert (first.number, second.number) == ("KH-0001", "KH-0002")
    assert (first.owner_id, first.department_id, first.active) == (
        salesperson.id,
        salesperson.department_id,
        True,
    )
    assert last_event(first).verb == "customer:create"


def test_the_number_goes_on_in_the_new_year(salesperson, at):
    at(2026, 12, 31, 23, 0)
    create(salesperson)
    at(2027, 1, 1, 9, 0)
    assert create(salesperson, CustomerValues(name="镇江宏达")).number == "KH-0002"


def test_without_the_right_no_customer_is_made(technician):
    with pytest.raises(Denied):
        create(technician)


def test_a_manager_makes_a_customer_for_a_salesperson_who_is_told(manager, salesperson):
    customer = create(manager, owner_id=salesperson.id)
    assert customer.owner_id == salesperson.id
    assert unread_count(salesperson.id) == 1


def test_a_salesperson_makes_no_customer_for_another(salesperson, colleague):
    with pytest.raises(Denied):
        create(salesperson, owner_id=colleague.id)


def test_nobody_who_left_owns_a_customer(manager):
    gone = factories.user(name="离职", active=False)
    with pytest.raises(Invalid) as refused:
        create(manager, owner_id=gone.id)
    assert "owner_id" in refused.value.fields


@pytest.mark.parametrize(
    "again",
    [
        CustomerValues(name="江苏大地农机"),
        CustomerValues(name="江苏（大地）农机有限责任公司"),
        CustomerValues(name="江蘇別的", credit_code="91320000MA1XBTTT1X"),
        CustomerValues(name="别的", phone="+86 (025) 88881234"),
        CustomerValues(name="别的", contact_phone="025-8888 1234"),
        CustomerValues(name="别的", contact_phone="13900001111"),
        CustomerValues(name="别的", phone="+86 139 0000 1111"),
    ],
)
def test_a_customer_typed_a_second_time_is_noticed_whoever_owns_the_first(again, salesperson, colleague):
    create(salesperson)
    with pytest.raises(Invalid) as refused:
        create(colleague, again)
    sentence = str(refused.value.fields["accept_similar"])
    # A colleague's customer is there and whose it is: no more is told.
    assert "孙晓" in sentence
    assert "KH-0001" not in sentence
    assert "大地" not in sentence
    with pytest.raises(Invalid) as refused:
        create(salesperson, again)
    assert "KH-0001" in str(refused.value.fields["accept_similar"])
    assert create(colleague, again, accept_similar=True).number == "KH-0002"


@pytest.mark.parametrize(
    "other",
    [
        CustomerValues(name="江苏大地机械有限公司"),
        CustomerValues(name="大地农机", phone="8888"),
        CustomerValues(name="镇江宏达", phone="", contact_phone="", credit_code=""),
    ],
)
def test_another_customer_is_not_taken_for_one_that_is_there(other, salesperson):
    create(salesperson)
    assert create(salesperson, other).number == "KH-0002"


def test_a_change_is_recorded_with_old_and_new_but_never_a_personal_value(salesperson):
    customer = create(salesperson)
    act(
        actions.update_customer,
        customer,
        salesperson,
        values=replace(VALUES, region="苏州", contact_phone="138-0000-2222"),
    )
    changes = last_event(customer).data["changes"]
    assert changes == [["region", "江苏南京", "苏州"], ["contact_phone", "…", "…"]]
    assert session.get_one(Customer, customer.id).contact_phone == "138-0000-2222"


def test_saving_without_a_change_records_nothing(salesperson):
    customer = create(salesperson)
    before = customer.version
    assert act(actions.update_customer, customer, salesperson, values=VALUES).version == before
    assert last_event(customer).verb == "customer:create"


def test_a_stale_form_is_refused_with_what_changed_since(salesperson, manager):
    customer = create(salesperson)
    act(actions.update_customer, customer, manager, values=replace(VALUES, region="苏州"))
    with pytest.raises(Stale) as refused:
        act(actions.update_customer, customer, salesperson, values=VALUES, version=1)
    assert refused.value.params["who"] == "马经理"
    assert refused.value.changes == ("区域: 江苏南京 → 苏州",)


def test_a_change_of_name_to_another_customer_is_noticed(salesperson):
    create(salesperson)
    other = create(salesperson, CustomerValues(name="镇江宏达"))
    with pytest.raises(Invalid) as refused:
        act(actions.update_customer, other, salesperson, values=CustomerValues(name="江苏大地农机"))
    assert "accept_similar" in refused.value.fields
    same = CustomerValues(name="江苏大地农机")
    act(actions.update_customer, other, salesperson, values=same, accept_similar=True)
    assert session.get_one(Customer, other.id).name == "江苏大地农机"


def test_a_change_of_the_address_alone_is_not_taken_for_a_second_customer(salesperson):
    create(salesperson)
    twin = create(salesperson, VALUES, accept_similar=True)
    assert (
        act(actions.update_customer, twin, salesperson, values=replace(VALUES, address="新街")).address
        == "新街"
    )


@pytest.mark.parametrize(
    ("action", "options"),
    [
        (actions.update_customer, {"values": VALUES}),
        (actions.deactivate_customer, {"reason": "停业"}),
        (actions.activate_customer, {}),
    ],
)
def test_colleagues_change_nothing(action, options, salesperson, colleague):
    customer = create(salesperson)
    with pytest.raises(Denied) as refused:
        act(action, customer, colleague, **options)
    assert "孙晓" in refused.value.sentence()


@pytest.mark.parametrize("part", ["salesperson", "manager", "back_office"])
def test_owner_manager_and_back_office_change_a_customer(part, salesperson, request):
    customer = create(salesperson)
    person = request.getfixturevalue(part)
    assert act(actions.update_customer, customer, person, values=replace(VALUES, region=part)).region == part


def test_a_customer_is_deactivated_with_a_reason_and_comes_back(salesperson, manager):
    customer = create(salesperson)
    with pytest.raises(Invalid):
        act(actions.deactivate_customer, customer, manager, reason="  ")
    assert not act(actions.deactivate_customer, customer, manager, reason="停业").active
    assert last_event(customer).reason == "停业"
    with pytest.raises(Conflict):
        act(actions.deactivate_customer, customer, manager, reason="停业")
    assert act(actions.activate_customer, customer, manager).active
    with pytest.raises(Conflict):
        act(actions.activate_customer, customer, manager)
    assert unread_count(salesperson.id) == 2


def hand_over(customer: Customer, person: User, to: User, note: str = "") -> Customer:
    with unit_of_work():
        chosen = [(customer.id, customer.version)]
        actions.hand_over_customers(chosen, actor=factories.actor(person), owner_id=to.id, note=note)
    return session.get_one(Customer, customer.id)


def test_a_customer_is_handed_over_and_both_are_told(salesperson, colleague, manager):
    customer = create(salesperson)
    moved = hand_over(customer, manager, colleague, note="片区调整")
    assert (moved.owner_id, moved.department_id) == (colleague.id, colleague.department_id)
    event = last_event(customer)
    assert timeline.describe(event) == "把客户从孙晓移交给陈志远"
    assert event.reason == "片区调整"
    assert (unread_count(salesperson.id), unread_count(colleague.id)) == (1, 1)
    with pytest.raises(Conflict):
        hand_over(customer, manager, colleague)


def test_a_salesperson_hands_over_nothing(salesperson, colleague):
    with pytest.raises(Denied):
        hand_over(create(salesperson), salesperson, colleague)


def test_search_knows_a_customer_as_they_are_now(salesperson):
    customer = create(salesperson)
    reader = factories.actor(salesperson)
    assert [group.hits[0].doc_id for group in search.find(reader, "大地农机")] == [customer.id]
    act(actions.update_customer, customer, salesperson, values=CustomerValues(name="镇江宏达"))
    assert search.find(reader, "大地农机") == []
    assert search.find(reader, "宏达")

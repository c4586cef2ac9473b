"""Who sees which customer."""

import pytest

from app.core import documents, search
from app.core.db import session
from app.core.errors import NotVisible
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.customers import actions, queries
from app.features.customers.actions import CustomerValues
from app.features.customers.models import Customer, name_key, phone_key
from tests import factories


@pytest.fixture
def people(sales_department, salesperson, manager, leader, technician, outsider):
    team = factories.department("华东一组", parent=sales_department)
    other = factories.department("国际部")
    return {
        "salesperson": salesperson,
        "manager": manager,
        "leader": leader,
        "technician": technician,
        "outsider": outsider,
        "team_member": factories.user(name="组员", roles=[Role.SALESPERSON], department=team),
        "team_manager": factories.user(name="组长", roles=[Role.MANAGER], department=team),
        "stranger": factories.user(name="国际", roles=[Role.SALESPERSON], department=other),
        "back_office": factories.user(name="内勤", roles=[Role.BACK_OFFICE]),
    }


@pytest.fixture
def customers(people) -> dict[str, int]:
    made = {}
    for owner in ("salesperson", "team_member", "stranger"):
        with unit_of_work():
            made[owner] = actions.create_customer(
                actor=factories.actor(people[owner]), values=CustomerValues(name=f"客户{owner}")
            ).id
    return made


@pytest.mark.parametrize(
    ("part", "seen"),
    [
        ("salesperson", {"salesperson"}),
        ("team_member", {"team_member"}),
        ("team_manager", {"team_member"}),
        ("manager", {"salesperson", "team_member"}),
        ("leader", {"salesperson", "team_member", "stranger"}),
        ("back_office", {"salesperson", "team_member", "stranger"}),
        ("technician", set()),
        ("outsider", set()),
    ],
)
def test_each_sees_their_own_their_departments_or_all(part, seen, people, customers):
    actor = factories.actor(people[part])
    expected = {customers[owner] for owner in seen}
    assert set(session.execute(queries.visible_ids(actor)).scalars()) == expected
    assert {row.id for row in session.execute(queries.visible_to(actor)).scalars()} == expected
    assert {item.id for item in queries.options(actor, "客户")} == expected
    assert {hit.doc_id for group in search.find(actor, "客户") for hit in group.hits} == expected
    keys = {("customer", number) for number in customers.values()}
    assert documents.visible_keys(actor, keys) == {("customer", number) for number in expected}
    for number in customers.values():
        if number in expected:
            assert queries.get(actor, number).id == number
        else:
            with pytest.raises(NotVisible):
                queries.get(actor, number)


def test_a_customer_out_of_use_is_no_choice(people, customers):
    actor = factories.actor(people["salesperson"])
    with unit_of_work():
        row = session.get_one(Customer, customers["salesperson"])
        actions.deactivate_customer(row, actor=actor, version=None, reason="停业")
    assert queries.options(actor, "") == []


def test_similar_tells_whether_the_reader_may_open_what_was_found(people, customers):
    found = queries.similar(factories.actor(people["salesperson"]), name="客户stranger有限公司")
    assert [(item.id, item.owner_name, item.visible) for item in found] == [
        (customers["stranger"], "国际", False)
    ]
    own = queries.similar(factories.actor(people["stranger"]), name="客户stranger")
    assert [item.visible for item in own] == [True]
    besides = queries.similar(
        factories.actor(people["stranger"]), name="客户stranger", besides=customers["stranger"]
    )
    assert besides == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("江苏大地农机有限公司", "江苏大地农机"),
        ("江苏大地农机股份有限公司", "江苏大地农机"),
        ("江苏（大地）农机 有限责任公司", "江苏大地农机"),
        ("ＡＢＣ Machinery", "abcmachinery"),
        ("有限公司", "有限公司"),
    ],
)
def test_the_key_of_a_name_is_what_is_left_of_it(name, key):
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("phone", "key"),
    [("025-8888 1234", "02588881234"), ("+86 13900001111", "13900001111"), ("０２５", "025"), ("", "")],
)
def test_the_key_of_a_telephone_is_its_digits(phone, key):
    assert phone_key(phone) == key


def test_titles_name_number_and_customer(customers):
    assert queries.titles([customers["salesperson"]]) == {customers["salesperson"]: "KH-0001 客户salesperson"}

"""The pages of customers."""

import csv
import io
from dataclasses import replace

import pytest

from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.customers import actions, panels
from app.features.customers.actions import CustomerValues
from app.features.customers.models import Customer
from tests import factories


def make(person, name: str = "江苏大地农机有限公司", **values) -> int:
    with unit_of_work():
        return actions.create_customer(
            actor=factories.actor(person), values=CustomerValues(name=name, **values), accept_similar=True
        ).id


def test_a_customer_is_made_by_the_form(client, salesperson):
    client.as_(salesperson)
    response = client.submit(
        "/customers/new", {"name": "江苏大地农机有限公司", "kind": "dealer", "region": "南京"}
    )
    assert response.status_code == 303
    customer = session.get_one(Customer, 1)
    assert (customer.name, customer.kind, customer.owner_id) == (
        "江苏大地农机有限公司",
        "dealer",
        salesperson.id,
    )
    client.get(response.location)
    assert client.page.heading.startswith("江苏大地农机有限公司")


def test_the_same_form_sent_twice_makes_one_customer(client, salesperson):
    client.as_(salesperson).get("/customers/new")
    fields = {**client.page.values("/customers/new"), "name": "江苏大地农机有限公司"}
    assert client.post("/customers/new", fields).location == client.post("/customers/new", fields).location
    assert [row.number for row in session.query(Customer)] == ["KH-0001"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"name": "长" * 1_000_000}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"kind": "friend"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"credit_code": "123"}, "credit_code"),
        ({"phone": "打电话"}, "phone"),
        ({"contact_phone": "x" * 41}, "contact_phone"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_kept(client, salesperson, fields, field):
    client.as_(salesperson)
    typed = {"name": "江苏大地农机有限公司", "region": "南京", **fields}
    assert client.submit("/customers/new", typed).status_code == 422
    assert client.page.errors()
    assert [
        element for element in client.page.elements if element.attributes.get("aria-invalid") == "true"
    ] or (field == "kind")
    assert client.page.one("input", name="region").attributes["value"] == "南京"
    assert session.query(Customer).count() == 0


def test_a_customer_typed_twice_asks_before_it_is_saved(client, salesperson):
    make(salesperson)
    client.as_(salesperson)
    assert client.submit("/customers/new", {"name": "江苏大地农机"}).status_code == 422
    assert "KH-0001" in client.page.text
    again = {**client.page.values("/customers/new"), "accept_similar": "y"}
    assert client.post("/customers/new", again).status_code == 303
    assert session.query(Customer).count() == 2


def test_a_credit_code_is_brought_into_its_one_form(client, salesperson):
    client.as_(salesperson)
    client.submit("/customers/new", {"name": "a", "credit_code": "91320000 ma1xbttt1x"})
    assert session.get_one(Customer, 1).credit_code == "91320000MA1XBTTT1X"


def test_a_customer_is_changed_by_the_form(client, salesperson):
    number = make(salesperson)
    client.as_(salesperson)
    assert client.submit(f"/customers/{number}/edit", {"notes": "要发票\n两份"}).status_code == 303
    assert session.get_one(Customer, number).notes == "要发票\n两份"


def test_a_stale_form_comes_back_with_what_was_typed_and_what_changed(client, salesperson, manager):
    number = make(salesperson, region="南京")
    client.as_(salesperson).get(f"/customers/{number}/edit")
    fields = {**client.page.values(f"/customers/{number}/edit"), "short_name": "大地"}
    with unit_of_work():
        actions.update_customer(
            session.get_one(Customer, number),
            actor=factories.actor(manager),
            version=None,
            values=replace(CustomerValues(name="江苏大地农机有限公司"), region="苏州"),
        )
    assert client.post(f"/customers/{number}/edit", fields).status_code == 409
    assert "区域: 南京 → 苏州" in client.page.text
    assert client.page.one("input", name="short_name").attributes["value"] == "大地"
    again = client.page.values(f"/customers/{number}/edit")
    assert client.post(f"/customers/{number}/edit", again).status_code == 303
    assert session.get_one(Customer, number).short_name == "大地"


def test_a_form_without_its_version_changes_nothing(client, salesperson):
    number = make(salesperson)
    client.as_(salesperson)
    assert client.post(f"/customers/{number}/edit", {"name": "别的", "kind": "other"}).status_code == 409
    assert session.get_one(Customer, number).name == "江苏大地农机有限公司"


def test_a_customer_is_deactivated_with_a_reason_and_comes_back(client, salesperson):
    number = make(salesperson)
    client.as_(salesperson)
    assert client.submit(f"/customers/{number}/deactivate", {"reason": ""}).status_code == 422
    assert client.submit(f"/customers/{number}/deactivate", {"reason": "停业"}).status_code == 303
    client.get(f"/customers/{number}")
    assert "已停用" in client.page.text
    fields = client.page.values(f"/customers/{number}/activate")
    assert client.post(f"/customers/{number}/activate", fields).status_code == 303
    assert client.post(f"/customers/{number}/activate", fields).status_code == 409
    assert session.get_one(Customer, number).active


def test_deactivating_twice_is_a_conflict(client, salesperson):
    number = make(salesperson)
    client.as_(salesperson).get(f"/customers/{number}/deactivate")
    fields = {**client.page.values(f"/customers/{number}/deactivate"), "reason": "停业"}
    assert client.post(f"/customers/{number}/deactivate", fields).status_code == 303
    assert client.post(f"/customers/{number}/deactivate", fields).status_code == 409


def test_a_manager_hands_a_customer_over(client, salesperson, manager, leader):
    number = make(salesperson)
    client.as_(manager)
    assert client.submit(f"/customers/{number}/hand-over", {"owner_id": "999"}).status_code == 422
    own = {"owner_id": str(salesperson.id)}
    assert client.submit(f"/customers/{number}/hand-over", own).status_code == 409
    assert client.submit(f"/customers/{number}/hand-over", {"owner_id": str(manager.id)}).status_code == 303
    assert session.get_one(Customer, number).owner_id == manager.id
    client.as_(salesperson)
    assert client.get(f"/customers/{number}").status_code == 404


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/customers/1", 404),
        ("get", "/customers/1/edit", 404),
        ("post", "/customers/1/edit", 404),
        ("post", "/customers/1/deactivate", 404),
        ("post", "/customers/1/activate", 404),
        ("get", "/customers/1/hand-over", 403),
        ("post", "/customers/1/hand-over", 403),
        ("get", "/customers/99", 404),
    ],
)
def test_a_colleague_finds_nothing_under_a_foreign_id(
    client, salesperson, sales_department, method, address, status
):
    make(salesperson)
    client.as_(factories.user(name="同事", department=sales_department, roles=[Role.SALESPERSON]))
    assert getattr(client, method)(address).status_code == status


@pytest.mark.parametrize("address", ["/customers", "/customers/new", "/customers/1", "/customers/options"])
def test_who_does_not_sell_opens_no_customers(client, technician, address):
    assert client.as_(technician).get(address).status_code == 403


def test_who_sees_but_may_not_change_is_told_whom_to_ask(client, salesperson, leader):
    number = make(salesperson)
    client.as_(leader)
    assert client.get(f"/customers/{number}/edit").status_code == 403
    assert "孙晓" in client.page.text
    client.get(f"/customers/{number}")
    assert not [link for link in client.page.all("a") if link.attributes.get("href", "").endswith("/edit")]


def test_the_list_costs_the_same_queries_for_one_row_and_for_thirty(client, manager, queries):
    counts = []
    for first, last in ((0, 1), (1, 30)):
        for number in range(first, last):
            make(manager, f"客户{number}")
        client.as_(manager).get("/customers")
        with queries() as sent:
            assert client.get("/customers").status_code == 200
        counts.append(len([statement for statement in sent if statement.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 10


def test_the_list_answers_htmx_with_its_rows(client, salesperson):
    make(salesperson)
    client.as_(salesperson).get("/customers?q=大地", htmx=True)
    assert "<html" not in client.page.html
    assert "KH-0001" in client.page.text


def test_owners_can_be_chosen_by_those_who_see_others(client, salesperson, manager):
    make(salesperson)
    make(manager, "镇江宏达")
    client.as_(manager).get(f"/customers?owner={salesperson.id}")
    assert "江苏大地" in client.page.text
    assert "镇江宏达" not in client.page.one("table").text
    client.as_(salesperson).get("/customers")
    assert not client.page.all("select", name="owner")


def test_the_list_leaves_as_a_file(client, salesperson):
    make(salesperson, '=HYPERLINK("x")')
    client.as_(salesperson)
    response = client.get("/customers?format=csv")
    assert "filename*=UTF-8''" in response.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert rows[1][:2] == ["KH-0001", '\'=HYPERLINK("x")']
    assert rows[1][rows[0].index("状态")] == "使用中"
    assert client.get("/customers?format=xlsx").get_data().startswith(b"PK")


def test_the_list_prints_with_letterhead(client, salesperson):
    make(salesperson)
    client.as_(salesperson).get("/customers?format=print&q=大地")
    assert client.page.heading == "客户"
    assert "KH-0001" in client.page.text
    assert "查找" in client.page.text


def test_customers_are_offered_as_one_types(client, salesperson):
    make(salesperson, contact_name="吴采购")
    answer = client.as_(salesperson).get("/customers/options?q=大地").get_json()
    assert answer["options"] == [
        {
            "value": 1,
            "label": "KH-0001 江苏大地农机有限公司",
            "fields": {"contact_name": "吴采购", "contact_phone": ""},
        }
    ]


def test_a_panel_stands_in_a_known_place_only():
    with pytest.raises(ValueError, match="no place"):
        panels.register("x.html", lambda customer, actor: None, place="roof")


def test_the_page_shows_what_upper_features_add_for_this_reader(client, salesperson, manager, monkeypatch):
    number = make(salesperson)
    monkeypatch.setattr(panels.PANELS, "registered", [])

    def provide(customer, actor):
        return {"remind_url": f"/added/{customer.id}"} if actor.id == salesperson.id else None

    panels.register("home/remind_panel.html", provide, place=panels.SIDE)
    client.as_(salesperson).get(f"/customers/{number}")
    assert client.page.one("a", href=f"/added/{number}")
    client.as_(manager).get(f"/customers/{number}")
    assert not client.page.all("a", href=f"/added/{number}")

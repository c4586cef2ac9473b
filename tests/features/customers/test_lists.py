"""Finding customers: by region, class, pinyin; and the warning about likely duplicates."""

import pytest

from app.core import search
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.customers import actions, queries
from app.features.customers.actions import CustomerValues
from app.features.customers.models import name_key, plain_name, region_text
from tests import factories


def make(person, name: str, **values):
    with unit_of_work():
        return actions.create_customer(
            actor=factories.actor(person), values=CustomerValues(name=name, **values), accept_similar=True
        )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("江苏-盐城市-射阳县", "江苏-盐城市-射阳县"),
        (" 江苏 / 盐城市 ", "江苏-盐城市"),
        ("江苏，盐城", "江苏-盐城"),
        ("江苏", "江苏"),
        ("", ""),
    ],
)
def test_a_region_has_one_spelling(typed, kept):
    assert region_text(typed) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("江苏大地农机有限公司", "江苏大地农机（集团）有限公司"),
        ("博世（中国）有限公司", "博世有限责任公司"),
        ("大地农机 (江苏省) 股份有限公司", "大地农机"),
        ("大地集团有限公司", "大地"),
        ("大地【上海】公司", "大地"),
        ("ＡＢＣ机械", "abc机械"),
    ],
)
def test_names_that_differ_in_form_alone_have_one_key(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("大地（射阳）农机", "大地农机"),
        ("大地农机", "大地机械"),
        ("（上海）", ""),
        ("大地公司南京分公司", "大地公司"),
    ],
)
def test_names_that_differ_otherwise_keep_their_own(one, other):
    assert name_key(one) != name_key(other)


def test_a_name_in_one_spelling_keeps_its_legal_form():
    assert plain_name("大地（集团） 有限公司") == "大地集团有限公司"


def test_the_list_is_filtered_by_province_city_and_class(client, manager):
    make(manager, "甲", region="江苏-盐城市-射阳县", level="A")
    make(manager, "乙", region="江苏-南通市")
    make(manager, "丙", region="江苏省")
    make(manager, "丁", region="山东", level="A")
    assert queries.regions(factories.actor(manager)) == [
        "山东",
        "江苏",
        "江苏-南通市",
        "江苏-盐城市",
        "江苏省",
    ]

    def names(query: str) -> set[str]:
        client.as_(manager).get(f"/customers?{query}")
        return {one.text for one in client.page.all("td", data_label="客户全称")}

    assert names("region=江苏") == {"甲", "乙"}
    assert names("region=江苏-盐城市") == {"甲"}
    assert names("level=A") == {"甲", "丁"}
    assert names("region=江苏&level=A") == {"甲"}
    assert names("region=火星") == {"甲", "乙", "丙", "丁"}


@pytest.mark.parametrize("typed", ["jsddnj", "dadinongji", "DDNJ", "大地", "ＫＨ-0001", "91320000"])
def test_customers_are_found_as_they_are_typed(client, salesperson, typed):
    make(salesperson, "江苏大地农机有限公司", short_name="大地农机", credit_code="91320000MA1XBTTT1X")
    make(salesperson, "镇江宏达")
    found = [item.number for item in queries.options(factories.actor(salesperson), typed)]
    assert found == ["KH-0001"] or typed.startswith("Ｋ")
    client.as_(salesperson).get("/customers", query_string={"q": typed})
    assert [
        hit.doc_id for group in search.find(factories.actor(salesperson), typed) for hit in group.hits
    ] == [1]


def test_likely_duplicates_are_shown_as_one_types_with_their_reasons(client, salesperson):
    made = make(salesperson, "江苏大地农机有限公司", phone="025-88881234")
    client.as_(salesperson).get("/customers/similar?name=江苏大地农机&phone=025 8888 1234", htmx=True)
    assert client.page.one("a", href=f"/customers/{made.id}").text == "KH-0001 江苏大地农机有限公司"
    assert "名称相近" in client.page.text
    assert "电话相同" in client.page.text
    client.get(f"/customers/similar?name=江苏大地农机&besides={made.id}", htmx=True)
    assert client.page.text == ""
    assert client.get("/customers/similar").status_code == 200


def test_a_colleagues_customer_is_told_by_its_owner_alone(client, salesperson, sales_department):
    make(salesperson, "江苏大地农机有限公司")
    client.as_(factories.user(name="同事", department=sales_department, roles=[Role.SALESPERSON]))
    client.get("/customers/similar?name=江苏大地农机", htmx=True)
    assert "同事孙晓负责的一家客户" in client.page.text
    assert "KH-0001" not in client.page.text
    assert client.submit("/customers/new", {"name": "江苏大地农机"}).status_code == 422
    assert "KH-0001" not in client.page.text
    assert not client.page.all("a", href="/customers/1")


def test_a_refused_twin_is_linked_for_who_may_open_it(client, salesperson):
    make(salesperson, "江苏大地农机有限公司")
    client.as_(salesperson).submit("/customers/new", {"name": "江苏大地农机"})
    assert client.page.all("a", href="/customers/1")
    other = make(salesperson, "镇江宏达")
    client.submit(f"/customers/{other.id}/edit", {"name": "江苏大地农机"})
    assert client.page.all("a", href="/customers/1")


def test_similar_needs_the_right_to_make_customers(client, technician):
    assert client.as_(technician).get("/customers/similar?name=a").status_code == 403


def test_the_class_is_chosen_once_a_customer_is_known(client, salesperson):
    number = make(salesperson, "甲").id
    client.as_(salesperson).get("/customers/new")
    assert not client.page.all("select", name="level")
    assert client.submit(f"/customers/{number}/edit", {"level": "B"}).status_code == 303
    assert client.submit(f"/customers/{number}/edit", {"level": "Z"}).status_code == 422
    client.get(f"/customers/{number}")
    assert "B 类" in client.page.text

"""Importing customers: duplicates, owners, and what a salesperson may be told of the customers of others."""

import pytest
from sqlalchemy import func, select

from app.core import imports, search, timeline
from app.core.db import session
from app.core.errors import Denied, NotVisible
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.customers import actions, contacts
from app.features.customers.actions import CustomerValues
from app.features.customers.contacts import ContactValues
from app.features.customers.imports import KIND
from app.features.customers.models import Customer, CustomerContact
from app.features.inquiries.models import Inquiry
from tests import factories
from tests.features.inquiries import making
from tests.imports import act, choose, counted, digest, faults, outcomes, rows_of, upload
from tests.tables import csv_of

HEAD = ("客户名称", "类型", "区域", "联系人", "手机", "电话", "税号")
DADI = (
    "江苏大地农机有限公司",
    "经销商",
    "江苏/南京",
    "吴采购",
    "139-0000-1111",
    "025-88881234",
    "91320000MA1XBTTT1X",
)


@pytest.fixture
def colleague(sales_department):
    return factories.user(name="陈志远", roles=[Role.SALESPERSON], department=sales_department)


def make(person, **values) -> Customer:
    with unit_of_work():
        known = {"name": "江苏大地农机有限公司", **values}
        return actions.create_customer(
            actor=factories.actor(person), values=CustomerValues(**known), accept_similar=True
        )


def customer(name: str) -> Customer:
    return session.execute(select(Customer).where(Customer.name == name)).scalar_one()


def test_a_table_becomes_customers_of_who_imports_it(salesperson):
    before = digest()
    batch = upload(KIND, salesperson, HEAD, DADI)
    assert digest() == before
    batch = act(imports.confirm, KIND, batch, salesperson)
    assert counted(batch) == (1, 0, 0, 0)
    made = customer(DADI[0])
    assert (made.number, made.owner_id, made.kind, made.region) == (
        "KH-0001",
        salesperson.id,
        "dealer",
        "江苏-南京",
    )
    assert [(contact.name, contact.main) for contact in made.contacts] == [("吴采购", True)]
    assert [event.verb for event in timeline.events_for("customer", made.id)] == ["customer:import"]
    for typed in ("大地", "ddnj", "吴采购"):
        assert search.find(factories.actor(salesperson), typed), typed


def test_province_city_and_county_become_one_region(salesperson):
    rows = (
        ("客户全称", "省份", "城市", "区县"),
        ("甲", "江苏", "盐城市", "射阳县"),
        ("乙", "上海", "上海", "奉贤区"),
    )
    act(imports.confirm, KIND, upload(KIND, salesperson, *rows), salesperson)
    assert [customer(name).region for name in "甲乙"] == ["江苏-盐城市-射阳县", "上海-奉贤区"]


@pytest.mark.parametrize(
    ("typed", "kind", "level"),
    [
        ("经销商", "dealer", "A"),
        ("Dealer", "dealer", "a"),
        ("其他", "other", "A 类"),
        ("", "end_user", "Class A"),
    ],
)
def test_words_of_choices_are_known_in_either_language(salesperson, typed, kind, level):
    batch = upload(KIND, salesperson, ("客户全称", "客户类型", "客户等级"), ("甲", typed, level))
    assert faults(batch) == []
    act(imports.confirm, KIND, batch, salesperson)
    assert (customer("甲").kind, customer("甲").level) == (kind, "A")


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({0: ""}, "name", "请填写客户全称"),
        ({0: "长" * 121}, "name", "120"),
        ({1: "朋友"}, "kind", "可选范围"),
        ({4: "打电话"}, "contact_phone", "电话只能有数字"),
        ({6: "123"}, "credit_code", "18 位"),
        ({6: 913200001234567890}, "credit_code", "15 位"),
        ({0: DADI[0]}, "name", "第 2 行"),
        ({6: DADI[6]}, "credit_code", "第 2 行"),
    ],
)
def test_a_wrong_row_is_named_and_the_rest_stays(salesperson, changed, field, sentence):
    row = [changed.get(place, value) for place, value in enumerate(("镇江宏达", "", "江苏", "", "", "", ""))]
    batch = upload(KIND, salesperson, HEAD, DADI, row, ("徐州云龙",))
    assert outcomes(batch) == ["new", "faulty", "new"]
    ((number, key, text),) = faults(batch)
    assert (number, key) == (3, field)
    assert sentence in text
    assert counted(act(imports.confirm, KIND, batch, salesperson)) == (2, 0, 0, 1)


def test_a_customer_who_is_there_is_changed_only_where_one_chooses_so(salesperson):
    made = make(salesperson, credit_code=DADI[6], address="老街 1 号", contact_name="旧联系人")
    batch = upload(KIND, salesperson, HEAD, ("江苏大地农机公司", *DADI[1:]))
    (row,) = rows_of(batch)
    assert (row.outcome, row.doc_id) == ("changed", made.id)
    assert ["区域", "", "江苏-南京"] in row.changes
    batch = act(imports.confirm, KIND, choose(KIND, batch, salesperson, update_existing=True), salesperson)
    assert counted(batch) == (0, 1, 0, 0)
    changed = session.get_one(Customer, made.id)
    assert (changed.name, changed.address, changed.contact_name) == (
        "江苏大地农机公司",
        "老街 1 号",
        "吴采购",
    )
    assert len(changed.contacts) == 1
    event = timeline.events_for("customer", made.id)[0]
    assert ["contact_name", "…", "…"] in event.data["changes"]


def test_who_looks_alike_is_imported_only_after_an_explicit_tick(salesperson):
    make(salesperson, phone="025-88881234", contact_phone="139-0000-1111")
    mobile = ("", "", "", "", "13900001111")
    table = (HEAD, ("江苏大地农机（集团）股份有限公司",), ("别家", "", "", "", "", "025 8888 1234"))
    batch = upload(KIND, salesperson, *table, ("第三家",), ("第四家", *mobile))
    assert outcomes(batch) == ["similar", "similar", "new", "similar"]
    assert "KH-0001" in rows_of(batch)[0].note
    assert counted(act(imports.confirm, KIND, batch, salesperson)) == (1, 0, 3, 0)
    batch = choose(KIND, upload(KIND, salesperson, *table), salesperson, accept_similar=True)
    assert counted(act(imports.confirm, KIND, batch, salesperson)) == (2, 0, 0, 0)


def test_of_the_customer_of_another_one_learns_whose_it_is_and_no_more(salesperson, colleague):
    make(salesperson, credit_code=DADI[6])
    batch = upload(KIND, colleague, ("客户全称", "税号"), ("完全不同的名字", DADI[6]))
    (row,) = rows_of(batch)
    assert (row.outcome, row.note, row.doc_id, row.changes) == ("taken", "同事孙晓负责的一家客户", None, [])
    batch = choose(KIND, batch, colleague, update_existing=True, accept_similar=True)
    assert imports.will_save(batch, imports.counts(batch)) == 0


def test_a_number_names_one_customer_and_never_makes_one(salesperson):
    made = make(salesperson)
    rows = (
        ("客户编号", "客户全称"),
        ("KH-0001", "江苏大地机械有限公司"),
        ("KH-0099", "甲"),
        ("KH-0001", "乙"),
    )
    batch = choose(KIND, upload(KIND, salesperson, *rows), salesperson, update_existing=True)
    assert outcomes(batch) == ["changed", "faulty", "faulty"]
    assert counted(act(imports.confirm, KIND, batch, salesperson)) == (0, 1, 0, 2)
    assert session.get_one(Customer, made.id).name == "江苏大地机械有限公司"


def test_a_manager_puts_customers_into_the_care_of_others(manager, salesperson, colleague):
    factories.user(name="陈志远")
    rows = (
        ("客户全称", "业务员"),
        ("甲", "孙晓"),
        ("乙", "s1"),
        ("丙", "陈志远"),
        ("丁", "无此人"),
        ("戊", ""),
    )
    batch = upload(KIND, manager, *rows)
    assert [(row, key) for row, key, _text in faults(batch)] == [(4, "owner"), (5, "owner")]
    act(imports.confirm, KIND, batch, manager)
    assert [customer(name).owner_id for name in "甲乙戊"] == [salesperson.id, salesperson.id, manager.id]
    assert "owner" not in upload(KIND, salesperson, *rows).mapping


def test_others_may_not_be_given_customers_without_the_right(salesperson, manager):
    with pytest.raises(Denied), unit_of_work():
        actions.save_imported(
            actor=factories.actor(salesperson), new=[(CustomerValues(name="甲"), manager.id)], changed=[]
        )
    assert session.execute(select(func.count()).select_from(Customer)).scalar_one() == 0


def test_after_undoing_customers_contacts_and_search_are_as_they_were(salesperson):
    make(salesperson, name="老客户", contact_name="甲")
    before = digest()
    rows = [(f"第{number}家农机合作社", "", "江苏", f"联系{number}") for number in range(1, 230)]
    batch = act(imports.confirm, KIND, upload(KIND, salesperson, HEAD, *rows), salesperson)
    assert counted(batch) == (229, 0, 0, 0)
    assert digest() != before
    batch = act(imports.undo, KIND, batch, salesperson)
    assert (batch.status, batch.removed_rows) == ("undone", 229)
    assert digest() == before


def test_what_a_document_names_or_somebody_changed_is_kept_and_named(salesperson):
    batch = act(
        imports.confirm, KIND, upload(KIND, salesperson, HEAD, ("甲家",), ("乙家",), ("丙家",)), salesperson
    )
    with unit_of_work():
        contacts.add_contact(
            customer("甲家"), actor=factories.actor(salesperson), values=ContactValues(name="吴")
        )
    making.inquiry(salesperson, of=customer("乙家"))
    batch = act(imports.undo, KIND, batch, salesperson)
    assert outcomes(batch) == ["kept", "kept", "removed"]
    assert [row.note for row in rows_of(batch)][:2] == ["导入后有人改过", "已被单据引用"]
    assert session.execute(select(func.count()).select_from(Inquiry)).scalar_one() == 1
    assert session.execute(select(func.count()).select_from(CustomerContact)).scalar_one() == 1


def test_an_import_is_seen_by_who_made_it_and_who_sees_the_department(
    salesperson, colleague, manager, technician
):
    batch = upload(KIND, salesperson, HEAD, DADI)
    assert imports.get(KIND, factories.actor(manager), batch.id).id == batch.id
    for person in (colleague, technician):
        with pytest.raises(NotVisible):
            imports.get(KIND, factories.actor(person), batch.id)


def test_a_list_of_customers_from_another_program_is_read(salesperson):
    content = csv_of(
        ("单位名称", "公司地址", "纳税人识别号", "座机", "结算方式"),
        ("镇江宏达农机有限公司", "镇江市 1 号", "91321100ma1xbttt1x", "0511-85550000", "月结"),
        encoding="gb18030",
        delimiter="\t",
    )
    batch = upload(KIND, salesperson, name="客户.txt", content=content)
    assert set(batch.mapping) == {"name", "address", "credit_code", "phone", "payment_terms"}
    act(imports.confirm, KIND, batch, salesperson)
    assert customer("镇江宏达农机有限公司").credit_code == "91321100MA1XBTTT1X"

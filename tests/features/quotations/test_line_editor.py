"""Editing the lines of a quotation: pasting, moving, copying, putting back, drafts that save themselves."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.core import db
from app.core.db import session
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.customers import contacts
from app.features.customers.models import Customer
from app.features.products.models import Product
from app.features.quotations import actions, checks, snapshot
from app.features.quotations.models import QuotationRevision
from tests import stories
from tests.client import Client
from tests.features.quotations.test_views import address, sign_in, version

TABLE = """名称\t型号\t数量\t含税单价\t税率\t交货期（天）
泵类
齿轮泵\tCBN-E316\t5台\t￥1,234.50\t13％\t20天
"轴承
加长"\t6204\t１０套\t12.5\t13\t7
"""


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


@pytest.fixture
def draft(client: Client, desk: stories.Desk) -> QuotationRevision:
    revision = desk.quotation("draft")
    sign_in(client, desk, "salesperson").get(address(revision, "/edit"))
    return revision


def names(client: Client, place: str) -> list[str]:
    values = client.page.values(place)
    count = sum(1 for key in values if key.endswith("-name") and key.startswith("line-"))
    return [name for number in range(count) if (name := values[f"line-{number}-name"])]


def post(client: Client, place: str, **fields: str) -> Any:
    values = client.page.values(place)
    return client.post(place, {**values, **fields})


# Rows


def test_rows_move_are_copied_removed_and_put_back_without_scripts(
    client: Client, draft: QuotationRevision
) -> None:
    place = address(draft, "/edit")
    first, second = names(client, place)[:2]
    rest = names(client, place)[2:]
    for act, expected in (
        ("down-0", [second, first]),
        ("up-1", [first, second]),
        ("up-0", [first, second]),
        ("copy-0", [first, first, second]),
        ("remove-0", [first, second]),
        ("remove-0", [second]),
        ("undo-0", [first, second]),
        ("nonsense", [first, second]),
        ("remove-77", [first, second]),
    ):
        response = post(client, place, row_act=act)
        if act == "nonsense":
            assert response.status_code == 303
            client.get(place)
            continue
        assert response.status_code == 200, act
        assert names(client, place) == [*expected, *rest], act
    session.refresh(draft)
    assert [line.name for line in draft.lines] == [first, second, *rest]


def test_what_was_removed_is_named_and_a_forged_one_is_left_out(
    client: Client, draft: QuotationRevision
) -> None:
    place = address(draft, "/edit")
    before = names(client, place)
    post(client, place, row_act="remove-0")
    assert f"已删除一行 {before[0]}" in client.page.text
    for forged in ("", "{", "[1]", '[0, [["name"]]]', '["x", [["name", "y"]]]', '[0, [["name", 7]]]'):
        fields = {"row_act": "undo-0", "line-removed": forged}
        assert client.post(place, {**client.page.values(place), **fields}).status_code == 200
        assert names(client, place) == before[1:]


# Pasting


def test_a_table_of_a_spreadsheet_becomes_lines(client: Client, draft: QuotationRevision) -> None:
    place = address(draft, "/edit")
    before = len(names(client, place))
    response = post(client, place, paste="1", pasted=TABLE)
    assert response.status_code == 200
    assert "已加入 3 行" in client.page.text
    values = client.page.values(place)
    assert values[f"line-{before}-kind"] == "heading"
    assert client.post(place, values).status_code == 303
    session.expire_all()
    group, pump, bearing = session.get_one(QuotationRevision, draft.id).lines[before:]
    assert (group.kind, group.name) == ("heading", "泵类")
    assert (pump.model, pump.quantity, pump.unit) == ("CBN-E316", Decimal(5), "台")
    assert (pump.unit_price, pump.tax_rate, pump.lead_time_days) == (Decimal("1234.5"), Decimal(13), 20)
    assert (bearing.name, bearing.quantity, bearing.unit) == ("轴承 加长", Decimal(10), "套")


def test_a_wrong_line_is_named_and_the_others_stay(client: Client, draft: QuotationRevision) -> None:
    place = address(draft, "/edit")
    before = len(names(client, place))
    text = "name\tquantity\tunit price\n泵\t很多\t10\n阀\t2\t20\n"
    assert post(client, place, paste="1", pasted=text).status_code == 422
    assert any(f"第 {before + 1} 行" in error and "数量" in error for error in client.page.errors())
    values = client.page.values(place)
    assert values[f"line-{before}-quantity"] == "很多"
    assert values[f"line-{before + 1}-unit_price"] == "20"


def test_without_titles_the_columns_are_asked_for(client: Client, draft: QuotationRevision) -> None:
    place = address(draft, "/edit")
    before = len(names(client, place))
    assert post(client, place, paste="1", pasted="2\t泵\n3\t阀").status_code == 422
    assert "没有认出标题行" in client.page.text
    assert len(names(client, place)) == before
    twice = {"paste-column-0": "name", "paste-column-1": "name"}
    assert post(client, place, paste="1", **twice).status_code == 422
    assert "只能指定一次" in client.page.text
    right = {"paste-column-0": "quantity", "paste-column-1": "name"}
    assert post(client, place, paste="1", **right).status_code == 200
    assert names(client, place)[before:] == ["泵", "阀"]


def test_copied_once_more_with_the_titles_the_titles_count(client: Client, draft: QuotationRevision) -> None:
    place = address(draft, "/edit")
    before = len(names(client, place))
    assert post(client, place, paste="1", pasted="泵\t2\t台").status_code == 422
    assert post(client, place, paste="1", pasted="数量\t名称\t单位\n2\t泵\t台").status_code == 200
    values = client.page.values(place)
    row = f"line-{before}-"
    assert [values[row + name] for name in ("name", "quantity", "unit")] == ["泵", "2", "台"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [(0, "请先在 Excel 中复制"), (201, "一份报价最多 200 行"), (2_000, "一次最多粘贴 2000 行")],
)
def test_nothing_or_too_much_is_refused_with_its_limit(
    client: Client, draft: QuotationRevision, rows: int, said: str
) -> None:
    place = address(draft, "/edit")
    before = names(client, place)
    text = "名称\t数量\n" + "泵\t1\n" * rows if rows else ""
    assert post(client, place, paste="1", pasted=text).status_code == 422
    assert said in client.page.text
    assert names(client, place) == before


# Two hundred lines


def fill(revision: QuotationRevision, count: int) -> None:
    lines = [
        actions.LineInput(
            name=f"零件{number}", unit="件", quantity=Decimal(number), unit_price=Decimal("9.9")
        )
        for number in range(1, count + 1)
    ]
    with unit_of_work():
        row = session.get_one(QuotationRevision, revision.id)
        actions.put_lines(row, lines)
        row.touch()


def test_opening_previewing_and_saving_cost_no_query_per_line(
    client: Client, draft: QuotationRevision, queries: Callable[[], Any]
) -> None:
    place, found = address(draft, "/edit"), {}
    for count in (2, 60):
        fill(draft, count)
        client.get(place)
        with queries() as opened:
            client.get(place)
        values = client.page.values(place)
        with queries() as summed:
            assert client.post(address(draft, "/totals"), values, htmx=True).status_code == 200
        with queries() as saved:
            assert client.post(place, {**values, "project": f"项目 {count}"}).status_code == 303
        reads = [text for text in saved if text.startswith("SELECT")]
        found[count] = (len(opened), len(summed), len(reads))
    assert found[2] == found[60]
    assert found[60][0] <= 10
    assert found[60][1] <= 10


def test_adding_up_only_reads_and_waits_for_nobody_who_writes(
    client: Client, draft: QuotationRevision, queries: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, locked = address(draft, "/edit"), list[object]()
    fill(draft, 3)
    client.get(place)
    values = client.page.values(place)
    monkeypatch.setattr(db, "take_write_lock", locked.append)
    with queries() as sent:
        assert client.post(address(draft, "/totals"), values, htmx=True).status_code == 200
    assert not locked
    assert sent
    assert all(text.startswith("SELECT") and "FOR UPDATE" not in text for text in sent)


# While it is typed


def test_a_price_under_the_floor_is_named_while_it_is_typed(client: Client, draft: QuotationRevision) -> None:
    with unit_of_work():
        product = Product(code="P-1", name="泵", unit="台", floor_price=Decimal(100), list_price=Decimal(120))
        session.add(product)
        session.flush()
        number = product.id
    fields = {
        **client.page.values(address(draft, "/edit")),
        "line-0-product_id": str(number),
        "line-0-unit_price": "99",
    }
    client.post(address(draft, "/totals"), fields, htmx=True)
    assert "第 1 行" in client.page.text
    assert "低于底价" in client.page.text
    client.post(address(draft, "/totals"), {**fields, "line-0-unit_price": "100"}, htmx=True)
    assert "低于底价" not in client.page.text


def test_a_draft_saves_itself_and_the_form_may_be_saved_after_it(
    client: Client, draft: QuotationRevision
) -> None:
    place = address(draft, "/edit")
    values = {**client.page.values(place), "project": "自动"}
    assert client.post(address(draft, "/autosave"), values, htmx=True).status_code == 200
    (kept,) = client.page.all("input", name="saved_version")
    session.refresh(draft)
    assert (draft.project, kept.attributes["value"]) == ("自动", str(draft.version))
    after = {**values, "saved_version": kept.attributes["value"], "project": "手动"}
    assert client.post(place, after).status_code == 303
    session.refresh(draft)
    assert draft.project == "手动"


def test_autosaves_keep_their_events_and_are_told_as_one_line(
    client: Client, draft: QuotationRevision
) -> None:
    values = client.page.values(address(draft, "/edit"))
    for project in ("一", "二", "三"):
        client.post(address(draft, "/autosave"), {**values, "project": project}, htmx=True)
        values["saved_version"] = client.page.one("input", name="saved_version").attributes["value"]
    assert [event.verb for event in events_for("quotation", draft.id)[:3]] == ["quotation:autosave"] * 3
    client.get(address(draft))
    record = client.page.one("section", id="record").text
    assert record.count("保存 4 次") == 1
    assert "自动保存草稿" not in record
    assert "— → 三" in record
    assert client.post(address(draft, "/edit"), {**values, "saved_version": ""}).status_code == 409
    assert "项目或对方编号: → 三" in client.page.text


def test_autosave_overwrites_nobody_and_shows_the_difference(
    client: Client, desk: stories.Desk, draft: QuotationRevision
) -> None:
    values = client.page.values(address(draft, "/edit"))
    assert client.post(address(draft, "/edit"), {**values, "attention": "李采购"}).status_code == 303
    response = client.post(address(draft, "/autosave"), {**values, "attention": "赵采购"}, htmx=True)
    assert response.status_code == 409
    assert "李采购" in client.page.text
    session.refresh(draft)
    assert draft.attention == "李采购"


def test_autosave_waits_for_what_is_wrong_and_for_drafts_only(
    client: Client, desk: stories.Desk, draft: QuotationRevision
) -> None:
    place = address(draft, "/autosave")
    values = client.page.values(address(draft, "/edit"))
    before = len(events_for("quotation", draft.id))
    assert client.post(place, {**values, "line-0-quantity": "x"}).status_code == 422
    assert client.post(place, {**values, "valid_until": "2020-01-01"}).status_code == 422
    assert client.post(place, values).status_code == 200
    assert len(events_for("quotation", draft.id)) == before
    del values["csrf_token"]
    assert sign_in(client, desk, "manager").post(place, values).status_code == 403
    sign_in(client, desk, "salesperson")
    client.post(address(draft, "/submit"), {"version": version(draft)})
    assert client.post(place, values).status_code == 409


def test_the_keys_are_listed_on_a_page_and_in_the_editor(client: Client, draft: QuotationRevision) -> None:
    assert client.page.one("dialog").attributes["id"] == "shortcuts"
    link = client.page.one("a", data_dialog="shortcuts")
    assert client.get(link.attributes["href"]).status_code == 200
    assert "Alt ↑" in client.page.text


def test_the_keys_are_listed_for_everybody_from_every_page(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "technician").get("/tasks")
    link = client.page.all("a", href="/shortcuts")[0]
    assert client.get(link.attributes["href"]).status_code == 200
    assert "Ctrl K" in client.page.text


def test_products_are_suggested_with_what_fills_the_line(client: Client, draft: QuotationRevision) -> None:
    with unit_of_work():
        session.add_all(
            Product(code=f"CB-{number}", name="齿轮泵", model="E3", unit="台", list_price=Decimal(120))
            for number in range(25)
        )
    assert client.get("/products/suggest?q=齿轮", htmx=True).status_code == 200
    found = client.page.all("li", role="option")
    assert len(found) == 20
    data = found[0].attributes
    assert (data["data-name"], data["data-unit"], data["data-unit-price"]) == ("齿轮泵", "台", "120.00")
    client.get("/products/suggest?q=没有这个", htmx=True)
    assert client.page.all("li", role="option") == []


def test_contacts_of_the_customer_are_proposed_with_their_telephones(
    client: Client, desk: stories.Desk, draft: QuotationRevision
) -> None:
    with unit_of_work():
        contacts.add_contact(
            session.get_one(Customer, desk.customer.id),
            actor=desk.people.actor("salesperson"),
            values=contacts.ContactValues(name="李厂长", position="厂长", phone="139-0000-0077"),
        )
    sign_in(client, desk, "salesperson").get(address(draft, "/edit"))
    names = client.page.one("datalist", id="contact-names")
    proposed = [
        (option.attributes["value"], option.attributes["data-phone"], option.attributes["label"])
        for option in client.page.all("option")
        if option.parent is names
    ]
    assert proposed == [
        ("王采购", "139-0000-0001", "王采购 · 139-0000-0001"),
        ("李厂长", "139-0000-0077", "李厂长 · 厂长 · 139-0000-0077"),
    ]
    assert client.page.one("input", name="attention").attributes["list"] == "contact-names"
    assert client.page.one("input", name="customer_phone").attributes["list"] == "contact-phones"


# Products by their model


@pytest.fixture
def listed() -> Product:
    with unit_of_work():
        row = Product(code="CB-9", name="齿轮泵", model="CBN-E399", unit="台", floor_price=Decimal(100))
        session.add(row)
    return row


def last_line(revision: QuotationRevision) -> Any:
    session.expire_all()
    return session.get_one(QuotationRevision, revision.id).lines[-1]


def test_a_pasted_model_is_its_product_and_the_floor_guards_it(
    client: Client, draft: QuotationRevision, listed: Product
) -> None:
    place = address(draft, "/edit")
    at = len(names(client, place))
    text = "名称\t型号\t单位\t数量\t含税单价\t交货期\n齿轮泵\tｃｂｎ－e399\t台\t2\t99\t7\n"
    assert post(client, place, paste="1", pasted=text).status_code == 200
    assert f"第 {at + 1} 行 齿轮泵：单价低于底价" in client.page.text
    assert f"第 {at + 1} 行按型号对应了价目表产品" in client.page.text
    values = client.page.values(place)
    assert values[f"line-{at}-product_id"] == str(listed.id)
    assert (
        client.page.one("input", type="checkbox", name=f"line-{at}-unmatched_code").attributes["value"]
        == "CB-9"
    )
    assert client.post(place, values).status_code == 303
    line = last_line(draft)
    assert (line.product_id, line.floor_price, line.below_floor) == (listed.id, 100, True)
    client.get(place)
    refused = client.post(place, {**client.page.values(place), "then": "submit"})
    assert refused.status_code == 409
    assert f"第 {at + 1} 行：单价低于底价，请写明理由" in client.page.text
    cell = f"line-{at}-floor_reason"
    assert client.page.one("a", href=f"#{cell}").text
    assert client.page.one("input", name=cell).attributes["aria-invalid"] == "true"


def test_a_match_is_taken_back_told_to_the_reviewer_and_written_down(
    client: Client, draft: QuotationRevision, listed: Product
) -> None:
    place = address(draft, "/edit")
    at = len(names(client, place))
    text = "名称\t型号\t单位\t数量\t含税单价\t交货期\n齿轮泵\tCBN-E399\t台\t2\t99\t7\n"
    post(client, place, paste="1", pasted=text)
    fields = {**client.page.values(place), f"line-{at}-unmatched_code": "CB-9"}
    client.post(address(draft, "/totals"), fields, htmx=True)
    assert "低于底价" not in client.page.text
    assert client.post(place, fields).status_code == 303
    line = last_line(draft)
    assert (line.product_id, line.floor_price, line.unmatched_code) == (None, None, "CB-9")
    newest = events_for("quotation", draft.id)[0]
    assert [f"{at + 1}/unmatched_code", "", "CB-9"] in newest.data["changes"]
    client.get(address(draft))
    assert "型号与价目表产品 CB-9 相同，编制人标明不是它" in client.page.text
    client.get(place)
    box = client.page.one("input", type="checkbox", name=f"line-{at}-unmatched_code")
    assert "checked" in box.attributes
    values = client.page.values(place)
    assert values[f"line-{at}-unmatched_code"] == "CB-9"
    del values[f"line-{at}-unmatched_code"]
    assert client.post(place, values).status_code == 303
    assert last_line(draft).product_id == listed.id


def test_products_of_two_hundred_models_cost_one_query(
    client: Client, draft: QuotationRevision, queries: Callable[[], Any]
) -> None:
    with unit_of_work():
        session.add_all(
            Product(code=f"Q-{number}", name="阀", model=f"DF{number}", unit="台") for number in range(60)
        )
    place, counts = address(draft, "/edit"), []
    for count in (2, 60):
        typed = [actions.LineInput(name="阀", model=f"df {number}", unit="台") for number in range(count)]
        with unit_of_work():
            actions.put_lines(session.get_one(QuotationRevision, draft.id), typed)
        client.get(place)
        with queries() as sent:
            client.post(address(draft, "/totals"), client.page.values(place), htmx=True)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    session.expire_all()
    assert all(line.product_id for line in session.get_one(QuotationRevision, draft.id).lines)


def test_what_the_head_lacks_is_said_at_its_field(client: Client, draft: QuotationRevision) -> None:
    place = address(draft, "/edit")
    assert post(client, place, delivery_place=" ", then="submit").status_code == 409
    field = client.page.one("input", name="delivery_place")
    assert field.attributes["aria-invalid"] == "true"
    assert client.page.one("a", href="#delivery_place").text == "请填写交货地点与方式"


# Numbers


def test_page_reviewer_and_paper_give_a_line_the_same_number(
    client: Client, desk: stories.Desk, draft: QuotationRevision
) -> None:
    place = address(draft, "/edit")
    at = len(names(client, place))
    assert post(client, place, paste="1", pasted="名称\t数量\n泵类\n齿轮泵\t5 台\n").status_code == 200
    assert client.post(place, client.page.values(place)).status_code == 303
    client.get(address(draft))
    table = client.page.one("table").text
    assert f"泵类 {at + 1} 齿轮泵" in table
    session.expire_all()
    revision = session.get_one(QuotationRevision, draft.id)
    lines = snapshot.content(revision)["lines"]
    assert [line.get("position") for line in lines[-2:]] == [None, str(at + 1)]
    problem = checks.missing_content(revision)
    assert problem is not None
    assert problem.sentence() == f"请填写第 {at + 1} 项的含税单价"

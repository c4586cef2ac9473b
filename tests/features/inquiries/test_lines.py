"""The lines of an inquiry: pasted out of a spreadsheet, found among the products, known by their model."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.core import timeline
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.inquiries.models import Inquiry
from app.features.products.models import Product
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff

TABLE = "名称\t型号\t数量\n齿轮泵\tｃｂｎ－e306\t2台\n别的\tXX-1\t1套\n"


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
def listed() -> Product:
    with unit_of_work():
        row = Product(code="CB-1", name="齿轮泵", model="CBN-E306", unit="台", list_price=Decimal(120))
        session.add(row)
    return row


def stored(inquiry: Inquiry) -> Inquiry:
    session.expire_all()
    return session.get_one(Inquiry, inquiry.id)


def test_a_new_inquiry_takes_pasted_lines_with_their_products(
    client: Client, staff: Staff, listed: Product, queries: Callable[[], Any]
) -> None:
    known = making.customer(staff.owner)
    place = "/inquiries/new"
    client.as_(staff.owner).get(place)
    tables = client.page.all("table")
    assert [table for table in tables if table.attributes.get("data-suggest") == "/products/suggest"]
    fields = {**client.page.values(place), "customer_id": str(known.id), "paste": "1", "pasted": TABLE}
    assert client.post(place, fields).status_code == 200
    assert "已加入 2 行" in client.page.text
    values = client.page.values(place)
    assert (values["line-0-product_id"], values["line-0-unit"]) == (str(listed.id), "台")
    assert "line-1-product_id" not in values
    assert client.post(place, values).status_code == 303
    made = session.query(Inquiry).one()
    assert [(line.product_id, line.quantity) for line in made.lines] == [(listed.id, 2), (None, 1)]
    with queries() as sent:
        client.get(f"/inquiries/{made.id}")
    assert "价目表产品 CB-1 齿轮泵" in client.page.text
    assert len(sent) <= 10


def test_the_short_form_hands_pasted_lines_to_the_full_one(
    client: Client, staff: Staff, listed: Product
) -> None:
    making.customer(staff.owner, "镇江宏达农机有限公司")
    client.as_(staff.owner).get("/inquiries/report")
    button = client.page.one("button", name="paste")
    assert button.attributes["formaction"] == "/inquiries/new"
    fields = {
        **client.page.values("/inquiries/report"),
        "customer": "镇江宏达农机有限公司",
        "summary": "客户原话",
        "paste": "1",
        "pasted": TABLE,
    }
    assert client.post("/inquiries/new", fields).status_code == 200
    values = client.page.values("/inquiries/new")
    assert (values["summary"], values["line-1-name"]) == ("客户原话", "别的")
    assert client.post("/inquiries/new", {**values, "then": "report"}).status_code == 303
    made = session.query(Inquiry).one()
    assert (made.status, len(made.lines), made.lines[0].product_id) == ("reported", 2, listed.id)


def test_the_short_form_takes_pasted_lines_itself_and_keeps_what_is_not_clear(
    client: Client, staff: Staff, listed: Product
) -> None:
    making.customer(staff.owner, "镇江宏达农机有限公司")
    place = "/inquiries/report"
    told = {"customer": "镇江宏达农机有限公司", "summary": "客户原话"}
    for wrong, sentence in (
        ("泵\t2台", "没有认出标题行"),
        ("名称\t数量\t单位\n泵\t0\t台", "第 1 行：数量须大于 0"),
    ):
        assert client.as_(staff.owner).submit(place, {**told, "pasted": wrong}).status_code == 422
        assert sentence in client.page.text
        assert client.page.values(place)["pasted"] == wrong
    assert not session.query(Inquiry).all()
    assert client.submit(place, {**told, "customer": "", "pasted": TABLE}).status_code == 422
    assert client.page.values(place)["pasted"].splitlines() == TABLE.strip().splitlines()
    assert client.submit(place, {**told, "pasted": TABLE}).status_code == 303
    made = session.query(Inquiry).one()
    assert (made.status, [line.product_id for line in made.lines]) == ("reported", [listed.id, None])


def test_rows_that_wait_in_the_field_are_not_lost_by_saving(client: Client, staff: Staff) -> None:
    place = "/inquiries/new"
    client.as_(staff.owner).get(place)
    assert client.post(place, {**client.page.values(place), "pasted": TABLE}).status_code == 200
    assert "已加入 2 行" in client.page.text
    assert not session.query(Inquiry).all()


def test_a_customers_list_names_three_wrong_lines_and_keeps_the_others(client: Client, staff: Staff) -> None:
    rows = [f"{at}\t泵{at}\tCB-{at}\t\t{at + 1}\t\t\t" for at in range(1, 41)]
    rows[0] = '1\t泵1\tCB-1\t"两端\n接头 ""M22"""\t1,234.50\t台\t红\t'
    rows[12], rows[20] = "13\t泵13\tCB-13\t\t若干\t\t\t", "21\t泵21\tCB-21\t\t-3\t\t\t"
    rows[33] = "34\t\tCB-34\t\t２\t\t\t"
    head = "大丰合作社询价单\t\t\n序号\t名称\t规格型号\t技术要求\t数量\t单位\t颜色\t\n"
    place = "/inquiries/new"
    client.as_(staff.owner).get(place)
    pasted = head + "\n".join(rows) + "\n\t\t\n合计\t\t\t\t820\n"
    assert (
        client.post(place, {**client.page.values(place), "paste": "1", "pasted": pasted}).status_code == 422
    )
    problems = [item.text for item in client.page.all("a") if item.attributes["href"].startswith("#line-")]
    assert problems == [
        "第 13 行：数量应是数字，例如 1234.5",
        "第 21 行：数量不能是负数",
        "第 34 行：请填写名称",
    ]
    told = "已加入 40 行；39 行没有单位，照上一行填写，请核对；1 行合计没有加入；没有取的列：颜色"
    assert told in client.page.text
    values = client.page.values(place)
    assert values["line-0-spec"] == '两端 接头 "M22"'
    assert {values[f"line-{at}-unit"] for at in range(40)} == {"台"}
    assert "line-40-quantity" not in values


def test_unclear_columns_and_too_many_rows_are_said_with_their_limit(client: Client, staff: Staff) -> None:
    place = "/inquiries/new"
    client.as_(staff.owner).get(place)
    fields = client.page.values(place)
    assert client.post(place, {**fields, "paste": "1", "pasted": "泵\t2"}).status_code == 422
    assert "没有认出标题行" in client.page.text
    many = "名称\t数量\t单位\n" + "泵\t1\t台\n" * 201
    assert client.post(place, {**fields, "paste": "1", "pasted": many}).status_code == 422
    assert "一份询价最多 200 行，请分成几份" in client.page.text


def test_a_draft_is_changed_the_match_taken_back_and_told(
    client: Client, staff: Staff, listed: Product
) -> None:
    draft = making.inquiry(staff.owner, count=1)
    place = f"/inquiries/{draft.id}/edit"
    client.as_(staff.owner).get(place)
    fields = {**client.page.values(place), "paste": "1", "pasted": TABLE}
    assert client.post(place, fields).status_code == 200
    values = client.page.values(place)
    assert client.post(place, values).status_code == 303
    assert [line.product_id for line in stored(draft).lines] == [None, listed.id, None]
    client.get(place)
    values = {**client.page.values(place), "line-1-unmatched_code": "CB-1"}
    assert client.post(place, values).status_code == 303
    line = stored(draft).lines[1]
    assert (line.product_id, line.unmatched_code) == (None, "CB-1")
    newest = timeline.events_for("inquiry", draft.id)[0]
    assert newest.data["changes"] == [["2/unmatched_code", "", "CB-1"]]


def test_later_lines_are_pasted_too(client: Client, staff: Staff, listed: Product) -> None:
    reported = making.bring_to(staff, "reported")
    place = f"/inquiries/{reported.id}/lines"
    client.as_(staff.owner).get(place)
    fields = {**client.page.values(place), "paste": "1", "pasted": TABLE}
    assert client.post(place, fields).status_code == 200
    assert client.post(place, client.page.values(place)).status_code == 303
    assert [line.product_id for line in stored(reported).lines][-2:] == [listed.id, None]
    client.get(place)
    wrong = {**client.page.values(place), "paste": "1", "pasted": "名称\t数量\t单位\n泵\t很多\t台\n"}
    assert client.post(place, wrong).status_code == 422
    assert "第 1 行：" in client.page.text


# Beginning the quotation


def draft_of(inquiry: Inquiry) -> str:
    return f"/quotations/of-inquiry/{inquiry.id}"


def test_the_task_leads_to_the_form_and_the_form_to_the_draft(client: Client, staff: Staff) -> None:
    ready = making.bring_to(staff, "preparing")
    place = f"/inquiries/{ready.id}/start_quoting"
    client.as_(staff.owner).get("/tasks")
    assert client.page.all("a", href=place)
    client.get(place)
    assert "名称1号" in client.page.text
    begun = client.post(place, client.page.values(place))
    assert (begun.status_code, begun.location) == (303, draft_of(ready))
    assert stored(ready).status == "quoting"
    assert client.get(draft_of(ready)).location.endswith("/edit")
    assert client.get(place).location == draft_of(ready)
    assert not client.as_(staff.manager).get(draft_of(ready)).location.endswith("/edit")


def test_only_the_owner_begins_and_not_before_all_is_answered(client: Client, staff: Staff) -> None:
    asked = making.bring_to(staff, "reported")
    making.decide(asked, staff.manager, technical={1})
    place = f"/inquiries/{asked.id}/start_quoting"
    assert client.as_(staff.manager).get(place).status_code == 403
    assert client.as_(staff.outsider).get(place).status_code == 404
    assert client.as_(staff.owner).get(place).status_code == 409
    assert "缺技术答复" in client.page.text
    assert client.get(draft_of(asked)).location == f"/inquiries/{asked.id}"


def test_an_inquiry_won_without_being_handed_over_says_so(client: Client, staff: Staff) -> None:
    won = making.bring_to(staff, "quoting")
    making.fire(won, "win", staff.manager)
    client.as_(staff.owner).get(f"/inquiries/{won.id}")
    states = {
        item.text.split("（")[0].split()[0]: item.attributes["data-state"]
        for item in client.page.all("li")
        if "data-state" in item.attributes and item.inside("ol")
    }
    assert states["已递交"] == "skipped"
    assert "未登记" in client.page.text
    assert states["成交"] == "done"

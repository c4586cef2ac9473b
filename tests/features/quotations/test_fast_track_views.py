"""The fast track over HTTP: the form, the one button, who may open what, and that what was typed is kept."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock, settings
from app.core.db import session
from app.core.files import CheckedFile
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.customers.models import Customer
from app.features.inquiries import actions as inquiry_actions
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.products import actions as product_actions
from app.features.products.models import Product
from app.features.quotations.fast_track import actions
from app.features.quotations.fast_track.actions import Typed, TypedLine
from app.features.quotations.models import IssuedFile, Quotation, QuotationRevision
from tests import factories, stories
from tests.client import Client

FORM = "/quotations/fast"
LETTER = CheckedFile("来函.pdf", "application/pdf", b"%PDF-1.4 letter")
PUMP = {"line-0-name": "齿轮泵", "line-0-quantity": "2"}


@pytest.fixture
def desk() -> stories.Desk:
    made = stories.desk()
    keeper = made.people.actor("back_office")
    with unit_of_work():
        for code, name, model, price in (
            ("P-1", "齿轮泵", "CBN-F532", 480),
            ("P-2", "多路阀", "ZT-L12E", 1280),
        ):
            values = product_actions.ProductValues(
                code=code, name=name, model=model, unit="台", list_price=Decimal(price), lead_time_days=10
            )
            product_actions.create_product(actor=keeper, values=values)
    return made


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def propose(desk: stories.Desk, who: str = "salesperson", lines: int = 1) -> Inquiry:
    typed = Typed(
        customer=session.get_one(Customer, desk.customer.id),
        received_at=clock.now(),
        deadline=clock.now() + timedelta(days=3),
        channel="phone",
        head={},
        lines=[TypedLine("齿轮泵", Decimal(2)) for _number in range(lines)],
    )
    with unit_of_work():
        return actions.propose(typed, actor=desk.people.actor(who))


def address(inquiry: Inquiry) -> str:
    return f"/quotations/fast/{inquiry.id}"


def only_inquiry() -> Inquiry:
    return session.query(Inquiry).one()


def visible_fields(client: Client) -> list[str]:
    """The fields a person sees in the form before anything is unfolded."""
    return [
        element.attributes["name"]
        for tag in ("input", "select", "textarea")
        for element in client.page.all(tag)
        if element.inside("form")
        and element.inside("main")
        and not element.inside("details")
        and element.attributes.get("type") != "hidden"
    ]


# The salesperson's form


def test_customer_product_and_quantity_are_all_one_must_type(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "salesperson").get(FORM)
    assert visible_fields(client) == [
        "customer",
        *(f"line-0-{name}" for name in ("name", "model", "quantity", "unit_price", "lead_time_days")),
    ]
    answer = client.submit(FORM, {"customer": desk.customer.name, **PUMP})
    made = only_inquiry()
    assert (answer.status_code, answer.location) == (303, f"/inquiries/{made.id}")
    assert made.status == "reported"
    assert session.query(Quotation).count() == 0
    client.get(f"/inquiries/{made.id}")
    assert "快速报价已送经理审核" in client.page.text
    assert "960.00" in client.page.text
    assert "同意参与并审核通过" not in client.page.text


def test_the_short_form_the_workbench_and_the_customer_lead_there(client: Client, desk: stories.Desk) -> None:
    for place in ("/", "/inquiries/report"):
        sign_in(client, desk, "salesperson").get(place)
        assert [link for link in client.page.all("a", href=FORM) if "快速报价" in link.text], place
    client.get(f"/customers/{desk.customer.id}")
    assert client.page.all("a", href=f"{FORM}?customer={desk.customer.id}")
    client.get(f"{FORM}?customer={desk.customer.id}")
    values = client.page.values(FORM)
    assert (values["customer"], values["delivery_place"]) == (desk.customer.name, "宁夏银川市测试街 2 号")
    assert values["payment_term"] == "thirty_seventy"


def test_sending_twice_makes_one_inquiry(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "salesperson").get(FORM)
    values = {**client.page.values(FORM), "customer": desk.customer.name, **PUMP}
    places = {client.post(FORM, values).location for _time in range(2)}
    assert len(places) == 1
    assert session.query(Inquiry).count() == 1


@pytest.mark.parametrize(
    ("typed", "status", "said", "field"),
    [
        ({"line-0-unit_price": "479"}, 422, "低于价目表的 480.00 元", "line-0-unit_price"),
        ({"line-0-name": "没有的"}, 422, "不在价目表中", "line-0-name"),
        ({"line-0-quantity": "0"}, 422, "须大于 0", "line-0-quantity"),
        ({"line-0-quantity": "500"}, 409, "须主管领导审批", ""),
        ({"valid_until": "2020-01-01"}, 422, "有效期不能早于今天", ""),
        ({"customer": "没有这家公司"}, 422, "新客户请按普通流程上报", ""),
    ],
)
def test_what_is_not_standard_says_which_line_and_keeps_what_was_typed(
    client: Client, desk: stories.Desk, typed: dict[str, str], status: int, said: str, field: str
) -> None:
    fields = {"customer": desk.customer.name, **PUMP, "warranty": "9 个月", **typed}
    assert sign_in(client, desk, "salesperson").submit(FORM, fields).status_code == status
    assert said in client.page.text
    kept = client.page.values(FORM)
    assert {name: kept[name] for name in fields} == fields
    if field:
        assert any(
            element.attributes.get("name") == field and "aria-invalid" in element.attributes
            for element in client.page.all("input")
        )
    assert session.query(Inquiry).count() == 0


def test_the_ordinary_way_takes_over_what_was_typed(client: Client, desk: stories.Desk) -> None:
    fields = {"customer": desk.customer.name, **PUMP, "line-0-unit_price": "450"}
    sign_in(client, desk, "salesperson").submit(FORM, fields)
    assert [
        button for button in client.page.all("button", value="ordinary") if "按普通流程上报" in button.text
    ]
    answer = client.post(FORM, {**client.page.values(FORM), "then": "ordinary"})
    assert answer.status_code == 303
    inquiry = only_inquiry()
    assert (inquiry.status, inquiry.lines[0].name) == ("reported", "齿轮泵")
    sign_in(client, desk, "manager").get(f"/inquiries/{inquiry.id}")
    assert "同意参与并审核通过" not in client.page.text


def test_a_new_customer_and_other_goods_go_the_ordinary_way(client: Client, desk: stories.Desk) -> None:
    fields = {"customer": "镇江新客户公司", "line-0-name": "油封", "line-0-quantity": "5", "then": "ordinary"}
    assert sign_in(client, desk, "salesperson").submit(FORM, fields).status_code == 422
    assert "第 1 项的单位" in client.page.text
    answer = client.post(FORM, {**client.page.values(FORM), "line-0-unit": "只", "then": "ordinary"})
    assert answer.status_code == 303
    assert only_inquiry().customer.name == "镇江新客户公司"


def test_rows_are_added_and_terms_brought_without_sending(client: Client, desk: stories.Desk) -> None:
    fields = {"customer": desk.customer.name, **PUMP}
    sign_in(client, desk, "salesperson").submit(FORM, {**fields, "add_rows": "3"})
    assert len(client.page.all("tr", data_line="")) == 4
    client.post(FORM, {**client.page.values(FORM), "fill": "terms"})
    assert client.page.values(FORM)["delivery_place"] == "宁夏银川市测试街 2 号"
    names = [
        option
        for option in client.page.all("option")
        if option.parent.attributes.get("id") == "contact-names"
    ]
    assert [option.attributes["value"] for option in names] == ["王采购"]
    assert "960.00" in client.page.text
    client.post(FORM, {**client.page.values(FORM), "customer": "谁", "fill": "terms"})
    assert session.query(Inquiry).count() == 0


def test_totals_come_from_the_server_with_what_stands_in_the_way(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "salesperson").get(FORM)
    values = {**client.page.values(FORM), **PUMP}
    assert client.post(f"{FORM}/totals", values).status_code == 200
    assert "960.00" in client.page.text
    second = {"line-1-name": "齿轮泵", "line-1-quantity": "500", "line-1-unit_price": "470"}
    client.post(f"{FORM}/totals", {**values, **second, "line-0-quantity": ""})
    assert "第 2 项单价低于价目表" in client.page.text
    assert "须主管领导审批" in client.page.text


@pytest.mark.parametrize("who", ["technician", "buyer", "back_office", "keeper", "outsider", "leader"])
def test_only_who_quotes_opens_the_form(client: Client, desk: stories.Desk, who: str) -> None:
    sign_in(client, desk, who)
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, {}).status_code == 403
    assert client.post(f"{FORM}/totals", {}).status_code == 403


def test_switched_off_it_leaves_no_trace(client: Client, desk: stories.Desk) -> None:
    inquiry = propose(desk)
    with unit_of_work():
        settings.put("modules.switches", {"fast_track": False})
    for place in (FORM, address(inquiry), f"{address(inquiry)}/mend"):
        assert sign_in(client, desk, "salesperson").get(place).status_code == 404
    client.get("/inquiries/report")
    assert not client.page.all("a", href=FORM)
    sign_in(client, desk, "manager").get(f"/inquiries/{inquiry.id}")
    assert "同意参与并审核通过" not in client.page.text


# The manager's page


def test_the_manager_sees_all_on_the_page_of_the_message_and_presses_one_button(
    client: Client, desk: stories.Desk
) -> None:
    """Two taps: the notice, the button."""
    inquiry = propose(desk)
    sign_in(client, desk, "manager").get("/notices")
    assert client.page.all("a", href=f"/inquiries/{inquiry.id}") or "快速报价 1 项" in client.page.text
    client.get(f"/inquiries/{inquiry.id}")
    text = client.page.text
    for said in (
        desk.customer.name,
        "齿轮泵",
        "价目表 480.00 元",
        "960.00",
        "付款方式",
        "宁夏银川市测试街 2 号",
        "孙晓",
    ):
        assert said in text, said
    assert "通过并出具" not in text
    values = client.page.values(address(inquiry))
    answer = client.post(address(inquiry), {**values, "then": "approve"})
    revision = session.query(QuotationRevision).one()
    assert (answer.status_code, answer.location) == (303, f"/quotations/{revision.quotation_id}/r/1")
    assert revision.status == "approved"
    client.get(answer.location)
    assert "已同意参与并审核通过" in client.page.text
    assert client.get(f"/quotations/approval-sheet/{inquiry.id}.pdf").mimetype == "application/pdf"
    assert client.get(f"/inquiries/{inquiry.id}").status_code == 200
    assert "系统自动 代 孙晓" in client.page.text


def test_with_the_seal_right_one_button_issues_and_the_owner_downloads(
    client: Client, desk: stories.Desk
) -> None:
    factories.role(
        session.get_one(User, desk.people.ids["manager"]), Role.SEAL_KEEPER, desk.people.department
    )
    inquiry = propose(desk)
    sign_in(client, desk, "manager").get(f"/inquiries/{inquiry.id}")
    assert "通过并出具" in client.page.text
    values = client.page.values(address(inquiry))
    assert client.post(address(inquiry), {**values, "then": "issue"}).status_code == 303
    revision = session.query(QuotationRevision).one()
    assert revision.status == "issued"
    sign_in(client, desk, "salesperson").get(f"/quotations/{revision.quotation_id}/r/1")
    (link,) = [item for item in client.page.all("a") if item.text == "下载正式件"]
    paper = client.get(link.attributes["href"])
    assert paper.mimetype == "application/pdf"
    assert session.query(IssuedFile).count() == 1
    client.get(f"/inquiries/{inquiry.id}")
    assert [item for item in client.page.all("a") if item.text == "下载正式件"]


def test_issuing_without_the_right_saves_nothing(client: Client, desk: stories.Desk) -> None:
    inquiry = propose(desk)
    sign_in(client, desk, "manager").get(f"/inquiries/{inquiry.id}")
    values = client.page.values(address(inquiry))
    assert (
        client.post(address(inquiry), {**values, "then": "issue", "seal_id": str(desk.seal.id)}).status_code
        == 403
    )
    assert session.query(Quotation).count() == 0


@pytest.mark.parametrize("seal_id", ["", "x", "999"])
def test_a_seal_that_is_none_is_said(client: Client, desk: stories.Desk, seal_id: str) -> None:
    factories.role(
        session.get_one(User, desk.people.ids["manager"]), Role.SEAL_KEEPER, desk.people.department
    )
    inquiry = propose(desk)
    sign_in(client, desk, "manager").get(f"/inquiries/{inquiry.id}")
    values = {**client.page.values(address(inquiry)), "then": "issue", "seal_id": seal_id}
    assert client.post(address(inquiry), values).status_code == 422
    assert "请选择要使用的印章" in client.page.text
    assert session.query(Quotation).count() == 0


def test_a_stale_page_shows_the_proposal_as_it_is_now(client: Client, desk: stories.Desk) -> None:
    inquiry = propose(desk)
    sign_in(client, desk, "manager").get(f"/inquiries/{inquiry.id}")
    values = {**client.page.values(address(inquiry)), "then": "approve"}
    with unit_of_work():
        session.get_one(Inquiry, inquiry.id).touch()
    assert client.post(address(inquiry), values).status_code == 409
    assert "同意参与并审核通过" in client.page.text
    again = {**client.page.values(address(inquiry)), "then": "approve"}
    assert client.post(address(inquiry), again).status_code == 303


def test_a_price_list_changed_meanwhile_says_the_line_and_offers_the_ordinary_way(
    client: Client, desk: stories.Desk
) -> None:
    inquiry = propose(desk)
    sign_in(client, desk, "manager").get(address(inquiry))
    values = {**client.page.values(address(inquiry)), "then": "approve"}
    with unit_of_work():
        session.query(Product).filter_by(code="P-1").one().list_price = Decimal(490)
    assert client.post(address(inquiry), values).status_code == 409
    assert "第 1 项单价低于价目表的 490.00 元" in client.page.text
    assert client.page.all("a", href=f"/inquiries/{inquiry.id}/decide")
    assert "同意参与并审核通过" not in client.page.text


@pytest.mark.parametrize("who", ["colleague", "technician", "buyer", "outsider"])
def test_those_who_may_not_see_the_inquiry_see_no_proposal(
    client: Client, desk: stories.Desk, who: str
) -> None:
    inquiry = propose(desk)
    sign_in(client, desk, who)
    assert client.get(address(inquiry)).status_code in (403, 404)
    assert client.post(address(inquiry), {}).status_code in (403, 404)


@pytest.mark.parametrize("who", ["salesperson", "back_office", "administrator", "leader"])
def test_readers_read_and_decide_nothing(client: Client, desk: stories.Desk, who: str) -> None:
    inquiry = propose(desk)
    sign_in(client, desk, who).get(address(inquiry))
    assert "960.00" in client.page.text
    assert "同意参与并审核通过" not in client.page.text
    assert client.post(address(inquiry), {"then": "approve"}).status_code == 403


def test_one_button_of_the_page_is_the_first_to_press(client: Client, desk: stories.Desk) -> None:
    def weighty() -> list[str]:
        heavy = client.page.all("a", data_kind="primary") + client.page.all("button", data_kind="primary")
        return [button.text for button in heavy if button.text in ("决定参与", "同意参与并审核通过")]

    inquiry = propose(desk)
    sign_in(client, desk, "manager").get(f"/inquiries/{inquiry.id}")
    assert weighty() == ["同意参与并审核通过"]
    assert client.page.one("a", href=f"/inquiries/{inquiry.id}/decide", data_kind="plain").text == "决定参与"
    ordinary = stories.report(desk.people, stories.inquiry(desk.people, desk.customer))
    client.get(f"/inquiries/{ordinary.id}")
    assert weighty() == ["决定参与"]


def test_a_deputy_sees_in_whose_name_the_button_decides(client: Client, desk: stories.Desk) -> None:
    inquiry = propose(desk)
    factories.delegation(session.get_one(User, desk.people.ids["manager"]), desk.people.colleague)
    sign_in(client, desk, "colleague").get(f"/inquiries/{inquiry.id}")
    (button,) = client.page.all("button", value="approve")
    assert "代 马经理" in button.text
    values = {**client.page.values(address(inquiry)), "then": "approve"}
    assert client.post(address(inquiry), values).status_code == 303


def test_a_decided_or_returned_proposal_leads_to_its_inquiry(client: Client, desk: stories.Desk) -> None:
    inquiry = propose(desk)
    manager = sign_in(client, desk, "manager")
    manager.get(address(inquiry))
    values = {**client.page.values(address(inquiry)), "then": "approve"}
    manager.post(f"/inquiries/{inquiry.id}/return", {"version": str(inquiry.version), "note": "再议"})
    answer = manager.get(address(inquiry))
    assert (answer.status_code, answer.location) == (303, f"/inquiries/{inquiry.id}")
    assert manager.post(address(inquiry), values).status_code == 409


# Returned


def returned(desk: stories.Desk, client: Client) -> Inquiry:
    inquiry = propose(desk)
    manager = sign_in(client, desk, "manager")
    manager.post(f"/inquiries/{inquiry.id}/return", {"version": str(inquiry.version), "note": "价格再高一点"})
    session.expire_all()
    return inquiry


def test_what_was_returned_is_mended_with_all_that_was_typed(client: Client, desk: stories.Desk) -> None:
    inquiry = returned(desk, client)
    place = f"{address(inquiry)}/mend"
    sign_in(client, desk, "salesperson").get(f"/inquiries/{inquiry.id}")
    assert client.page.all("a", href=place)
    client.get(place)
    assert "价格再高一点" in client.page.text
    values = client.page.values(place)
    assert (values["line-0-name"], values["line-0-quantity"], values["line-0-unit_price"]) == (
        "齿轮泵",
        "2",
        "480.00",
    )
    low = client.post(place, {**values, "line-0-unit_price": "470"})
    assert low.status_code == 422
    answer = client.post(place, {**client.page.values(place), "line-0-unit_price": "500"})
    assert (answer.status_code, answer.location) == (303, f"/inquiries/{inquiry.id}")
    sign_in(client, desk, "manager").get(f"/inquiries/{inquiry.id}")
    assert "价目表 480.00 元，高 20.00 元" in client.page.text
    assert "1,000.00" in client.page.text


def test_a_stale_mending_is_told_and_may_be_sent_knowingly(client: Client, desk: stories.Desk) -> None:
    inquiry = returned(desk, client)
    place = f"{address(inquiry)}/mend"
    sign_in(client, desk, "salesperson").get(place)
    values = {**client.page.values(place), "line-0-quantity": "3"}
    with unit_of_work():
        session.get_one(Inquiry, inquiry.id).touch()
    assert client.post(place, values).status_code == 409
    again = client.page.values(place)
    assert again["line-0-quantity"] == "3"
    assert client.post(place, again).status_code == 303


def test_only_the_owner_mends(client: Client, desk: stories.Desk) -> None:
    inquiry = returned(desk, client)
    assert sign_in(client, desk, "manager").get(f"{address(inquiry)}/mend").status_code == 403
    assert sign_in(client, desk, "colleague").get(f"{address(inquiry)}/mend").status_code == 404


# Size, languages


@pytest.mark.parametrize("seals", [False, True])
def test_both_pages_cost_the_same_at_any_size_with_the_seal_right_too(
    client: Client, desk: stories.Desk, queries: Callable[[], Any], seals: bool
) -> None:
    manager = session.get_one(User, desk.people.ids["manager"])
    if seals:
        factories.role(manager, Role.SEAL_KEEPER, desk.people.department)
    with unit_of_work():
        settings.put("modules.preset", "full")
    counts = []
    for lines in (1, 30):
        inquiry = propose(desk, lines=lines)
        with unit_of_work():
            inquiry_actions.attach_file(inquiry, actor=desk.people.actor("back_office"), file=LETTER)
        for page in (f"/inquiries/{inquiry.id}", address(inquiry)):
            sign_in(client, desk, "manager").get(page)
            assert ("通过并出具" in client.page.text) is seals
            with queries() as made:
                client.get(page)
            counts.append(len(made))
    assert counts[:2] == counts[2:]
    # one of them asks what was reported upwards
    assert max(counts) <= 11


def test_both_pages_speak_english(client: Client, desk: stories.Desk) -> None:
    inquiry = propose(desk)
    with unit_of_work():
        for number in desk.people.ids.values():
            session.get_one(User, number).locale = "en"
    sign_in(client, desk, "salesperson").get(FORM)
    assert client.page.heading == "Quick quotation"
    sign_in(client, desk, "manager").get(address(inquiry))
    assert "Take part and approve" in client.page.text

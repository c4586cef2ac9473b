"""快报: an inquiry is registered and reported with three fields; its lines may follow."""

import io
from datetime import timedelta

import pytest

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.files import files_for
from app.core.uow import unit_of_work
from app.features.customers.models import Customer
from app.features.inquiries import reporting
from app.features.inquiries.models import Inquiry
from tests import factories
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff

ADDRESS = "/inquiries/report"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def staff() -> Staff:
    return Staff()


def verbs(inquiry: Inquiry) -> list[str]:
    return [event.verb for event in reversed(timeline.events_for("inquiry", inquiry.id))]


def only() -> Inquiry:
    return session.query(Inquiry).one()


# The form


def test_the_first_screen_asks_for_three_fields(client: Client, staff: Staff) -> None:
    """The budget: customer, what is asked (written, or as photo or file), deadline; the rest is folded away."""
    client.as_(staff.owner).get(ADDRESS)
    shown = [
        element.attributes["name"]
        for tag in ("input", "select", "textarea")
        for element in client.page.all(tag)
        if element.inside("form")
        and element.inside("main")
        and not element.inside("details")
        and element.attributes.get("type") not in ("hidden", "file")
    ]
    assert sorted(shown) == ["customer", "deadline", "summary"]
    assert len(client.page.all("input", type="file")) == 1


def test_what_is_known_is_filled_in(client: Client, staff: Staff, at: object) -> None:
    at(2026, 11, 23, 9, 0)  # type: ignore[operator]
    client.as_(staff.owner).get(ADDRESS)
    values = client.page.values(ADDRESS)
    assert (values["kind"], values["channel"]) == ("inquiry", "phone")
    assert (values["received_at"], values["deadline"]) == ("2026-11-23 09:00", "2026-11-25 09:00")


def test_the_workbench_and_the_list_lead_there(client: Client, staff: Staff) -> None:
    for address in ("/", "/inquiries"):
        client.as_(staff.owner).get(address)
        assert [link for link in client.page.all("a", href=ADDRESS) if "快报" in link.text]


@pytest.mark.parametrize("part", ["technician", "buyer", "back_office", "outsider"])
def test_only_who_registers_reports(client: Client, staff: Staff, part: str) -> None:
    client.as_(staff.everybody()[part])
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {}).status_code == 403


# Both steps at once


def test_both_steps_are_done_with_both_events(client: Client, staff: Staff) -> None:
    making.customer(staff.owner, "镇江宏达农机有限公司")
    response = client.as_(staff.owner).submit(
        ADDRESS, {"customer": "镇江宏达农机有限公司", "summary": "齿轮泵 20 台"}
    )
    made = only()
    assert (response.status_code, response.location) == (303, f"/inquiries/{made.id}")
    assert (made.status, made.summary, made.contact_name) == ("reported", "齿轮泵 20 台", "吴采购")
    assert made.number is not None
    assert verbs(made) == ["inquiry:register", "inquiry:report"]


def test_a_new_name_makes_a_customer_of_the_actor(client: Client, staff: Staff) -> None:
    client.as_(staff.owner).submit(ADDRESS, {"customer": "盐城新丰收农机有限公司", "summary": "要报价"})
    customer = session.query(Customer).one()
    assert (customer.name, customer.owner_id) == ("盐城新丰收农机有限公司", staff.owner.id)
    assert only().customer_id == customer.id
    client.get(f"/inquiries/{only().id}")
    assert "新建了客户" in client.page.text


def test_the_same_name_but_for_its_legal_form_is_the_same_customer_and_said(
    client: Client, staff: Staff
) -> None:
    known = making.customer(staff.owner, "镇江宏达农机有限公司")
    client.as_(staff.owner).submit(ADDRESS, {"customer": "镇江宏达 农机", "summary": "要报价"})
    assert only().customer_id == known.id
    client.get(f"/inquiries/{only().id}")
    assert "用的是已有的客户“镇江宏达农机有限公司”" in client.page.text


def test_a_colleagues_customer_of_that_name_is_told_before_a_second_one_is_made(
    client: Client, staff: Staff
) -> None:
    making.customer(staff.colleague, "镇江宏达农机有限公司")
    fields = {"customer": "镇江宏达农机", "summary": "要报价"}
    assert client.as_(staff.owner).submit(ADDRESS, fields).status_code == 422
    assert any("钱进" in text for text in client.page.errors())
    assert session.query(Inquiry).count() == 0
    values = {**client.page.values(ADDRESS), "accept_similar": "y"}
    assert client.post(ADDRESS, values).status_code == 303
    assert session.query(Customer).filter_by(owner_id=staff.owner.id).count() == 1


def test_a_deactivated_customer_is_named_and_not_doubled(staff: Staff) -> None:
    known = making.customer(staff.owner)
    with unit_of_work():
        session.get_one(Customer, known.id).active = False
    with pytest.raises(Invalid) as refused:
        reporting.customer_named(factories.actor(staff.owner), "镇江宏达农机")
    assert "已停用" in str(refused.value.fields["customer"])


def test_a_photo_alone_is_a_request(client: Client, staff: Staff) -> None:
    client.as_(staff.owner).get(ADDRESS)
    values = {**client.page.values(ADDRESS), "customer": "新客户甲公司"}
    files = [(io.BytesIO(PNG), "一.png"), (io.BytesIO(PNG), "二.png")]
    assert client.post(ADDRESS, {**values, "file": files}).status_code == 303
    assert sorted(row.name for row in files_for("inquiry", only().id)) == ["一.png", "二.png"]
    assert only().status == "reported"


def test_nothing_is_half_saved(client: Client, staff: Staff) -> None:
    """Without a request the report is refused: neither inquiry nor customer stay behind, what was typed does."""
    response = client.as_(staff.owner).submit(ADDRESS, {"customer": "新客户甲公司"})
    assert response.status_code == 409
    assert "至少一项" in client.page.text
    assert (session.query(Inquiry).count(), session.query(Customer).count()) == (0, 0)
    assert client.page.values(ADDRESS)["customer"] == "新客户甲公司"


def test_a_wrong_file_or_too_many_are_refused_at_the_field(client: Client, staff: Staff) -> None:
    client.as_(staff.owner).get(ADDRESS)
    values = {**client.page.values(ADDRESS), "customer": "新客户甲公司", "summary": "要报价"}
    bad = client.post(ADDRESS, {**values, "file": [(io.BytesIO(b"MZ\0"), "a.exe")]})
    assert bad.status_code == 422
    many = [(io.BytesIO(PNG), f"{number}.png") for number in range(11)]
    assert client.post(ADDRESS, {**values, "file": many}).status_code == 422
    assert "最多 10 个文件" in client.page.text
    assert session.query(Inquiry).count() == 0


def test_the_same_form_sent_twice_reports_once(client: Client, staff: Staff) -> None:
    client.as_(staff.owner).get(ADDRESS)
    fields = {**client.page.values(ADDRESS), "customer": "新客户甲公司", "summary": "要报价"}
    first, second = client.post(ADDRESS, fields), client.post(ADDRESS, fields)
    assert first.location == second.location
    assert (session.query(Inquiry).count(), session.query(Customer).count()) == (1, 1)


def test_the_full_form_takes_over_what_was_typed(client: Client, staff: Staff) -> None:
    known = making.customer(staff.owner)
    client.as_(staff.owner).get(ADDRESS)
    button = next(one for one in client.page.all("button") if one.text == "填写完整")
    assert button.attributes["formaction"] == "/inquiries/new"
    fields = {**client.page.values(ADDRESS), "customer": known.name, "summary": "留着", "add_rows": "3"}
    assert client.post("/inquiries/new", fields).status_code == 200
    values = client.page.values("/inquiries/new")
    assert (values["summary"], values["customer_id"]) == ("留着", str(known.id))


def test_the_page_costs_the_same_with_many_customers(client: Client, staff: Staff, queries: object) -> None:
    making.customer(staff.owner, "甲厂")
    client.as_(staff.owner).get(ADDRESS)
    counts = []
    for _round in range(2):
        with queries() as sent:  # type: ignore[operator]
            client.get(ADDRESS)
        counts.append(len(sent))
        for number in range(20):
            making.customer(staff.owner, f"乙厂{number}")
    assert counts[0] == counts[1] <= 10


# The lines that follow


def test_lines_follow_after_the_report_and_the_manager_is_told(client: Client, staff: Staff) -> None:
    client.as_(staff.owner).submit(ADDRESS, {"customer": "新客户甲公司", "summary": "要报价"})
    made = only()
    client.get(f"/inquiries/{made.id}")
    assert client.page.all("a", href=f"/inquiries/{made.id}/lines")
    row = {"line-0-name": "齿轮泵", "line-0-quantity": "２０", "line-0-unit": "台"}
    assert client.submit(f"/inquiries/{made.id}/lines", row).status_code == 303
    session.expire_all()
    assert [(line.position, line.name) for line in only().lines] == [(1, "齿轮泵")]
    assert verbs(made)[-1] == "inquiry:add-lines"


def test_added_lines_leave_those_before_with_their_answers(staff: Staff) -> None:
    document = making.decide(
        making.fire(making.inquiry(staff.owner, count=2), "report", staff.owner), staff.manager, {1}
    )
    kept = [(line.id, line.ask_technical, line.question) for line in document.lines]
    with unit_of_work():
        row = session.get_one(Inquiry, document.id)
        reporting.add_lines(
            row, actor=factories.actor(staff.owner), version=row.version, lines=making.lines(1)
        )
    lines = session.get_one(Inquiry, document.id).lines
    assert [(line.id, line.ask_technical, line.question) for line in lines[:2]] == kept
    assert len(lines) == 3


@pytest.mark.parametrize("status", ["draft", "declined", "quoting", "submitted", "won", "cancelled"])
def test_lines_are_closed_in_every_other_state(staff: Staff, client: Client, status: str) -> None:
    document = making.bring_to(staff, status)
    row, owner = session.get_one(Inquiry, document.id), factories.actor(staff.owner)
    with pytest.raises(Conflict), unit_of_work():
        reporting.add_lines(row, actor=owner, version=row.version, lines=making.lines(1))
    assert client.as_(staff.owner).get(f"/inquiries/{document.id}/lines").status_code == 409


def test_lines_are_added_by_the_owner_who_saw_the_present_version_and_typed_something(
    client: Client, staff: Staff
) -> None:
    document = making.bring_to(staff, "reported")
    owner, address = factories.actor(staff.owner), f"/inquiries/{document.id}/lines"
    for person, version, lines, refusal in (
        (factories.actor(staff.manager), document.version, making.lines(1), Denied),
        (owner, document.version - 1, making.lines(1), Stale),
        (owner, document.version, [], Invalid),
        (owner, document.version, making.lines(198), Invalid),
    ):
        with pytest.raises(refusal), unit_of_work():
            reporting.add_lines(
                session.get_one(Inquiry, document.id), actor=person, version=version, lines=lines
            )
    assert client.as_(staff.manager).get(address).status_code == 403
    assert client.as_(staff.outsider).get(address).status_code == 404
    row = {"line-0-name": "齿轮泵", "line-0-quantity": "-1", "line-0-unit": "台"}
    assert client.as_(staff.owner).submit(address, row).status_code == 422
    assert client.page.values(address)["line-0-quantity"] == "-1"
    assert client.submit(address, {"add_rows": "10"}).status_code == 200
    assert client.submit(address, {}).status_code == 422
    stale = {**client.page.values(address), **row, "line-0-quantity": "1", "version": "1"}
    assert client.post(address, stale).status_code == 409


def test_a_deadline_that_passed_cannot_be_reported(staff: Staff) -> None:
    with pytest.raises(Conflict), unit_of_work():
        reporting.report_at_once(
            actor=factories.actor(staff.owner),
            customer=reporting.customer_named(factories.actor(staff.owner), "新客户甲公司").customer,
            received_at=clock.now() - timedelta(days=2),
            deadline=clock.now() - timedelta(days=1),
            kind="inquiry",
            channel="phone",
            summary="要报价",
        )

"""The pages of inquiries over HTTP: registering, editing, the document, lists, how many queries they take."""

import io
from datetime import timedelta

import pytest

from app.core import clock, timeline
from app.core.db import session
from app.features.inquiries import panels
from app.features.inquiries.models import Inquiry
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff
from tests.sending import sent


@pytest.fixture
def staff() -> Staff:
    return Staff()


def new_fields(customer_id: int, **values: str) -> dict[str, str]:
    return {
        "customer_id": str(customer_id),
        "summary": "客户要齿轮泵 20 台",
        "line-0-name": "齿轮泵",
        "line-0-model": "CBN-E316",
        "line-0-quantity": "２０",
        "line-0-unit": "台",
        **values,
    }


def only_inquiry() -> Inquiry:
    return session.query(Inquiry).one()


def verbs_of(inquiry: Inquiry) -> list[str]:
    return [event.verb for event in reversed(timeline.events_for("inquiry", inquiry.id))]


# Registering


def test_registering_keeps_head_and_lines_and_goes_to_the_page(client: Client, staff: Staff) -> None:
    customer = making.customer(staff.owner)
    client.as_(staff.owner)
    response = client.submit("/inquiries/new", new_fields(customer.id))
    made = only_inquiry()
    assert (response.status_code, response.location) == (303, f"/inquiries/{made.id}")
    assert (made.status, made.number, made.lines[0].model) == ("draft", None, "CBN-E316")
    assert str(made.lines[0].quantity) == "20.000"
    assert made.contact_name == "吴采购"
    client.get(f"/inquiries/{made.id}")
    assert "CBN-E316" in client.page.text


def test_the_form_knows_now_and_two_working_days(client: Client, staff: Staff, at: object) -> None:
    at(2026, 11, 23, 9, 0)  # type: ignore[operator]
    client.as_(staff.owner).get("/inquiries/new")
    values = client.page.values("/inquiries/new")
    assert values["received_at"] == "2026-11-23 09:00"
    assert values["deadline"] == "2026-11-25 09:00"
    assert (values["kind"], values["channel"]) == ("inquiry", "phone")


def test_registering_and_reporting_at_once_is_one_transaction_with_both_events(
    client: Client, staff: Staff
) -> None:
    customer = making.customer(staff.owner)
    client.as_(staff.owner).submit("/inquiries/new", new_fields(customer.id, then="report"))
    made = only_inquiry()
    assert made.status == "reported"
    assert made.number is not None
    assert verbs_of(made) == ["inquiry:register", "inquiry:report"]


def test_what_cannot_be_reported_is_not_registered_either(client: Client, staff: Staff) -> None:
    customer = making.customer(staff.owner)
    fields = {"customer_id": str(customer.id), "project": "保留的项目", "then": "report"}
    response = client.as_(staff.owner).submit("/inquiries/new", fields)
    assert response.status_code == 409
    assert session.query(Inquiry).count() == 0
    assert "至少一项" in client.page.text
    assert client.page.values("/inquiries/new")["project"] == "保留的项目"


def test_ten_rows_are_added_without_scripts_and_what_was_typed_stays(client: Client, staff: Staff) -> None:
    customer = making.customer(staff.owner)
    response = client.as_(staff.owner).submit("/inquiries/new", new_fields(customer.id, add_rows="10"))
    assert response.status_code == 200
    values = client.page.values("/inquiries/new")
    assert (values["line-0-name"], values["line-10-name"]) == ("齿轮泵", "")
    assert "line-11-name" not in values
    assert session.query(Inquiry).count() == 0


def test_wrong_input_is_422_at_its_field_and_keeps_everything(client: Client, staff: Staff) -> None:
    fields = new_fields(0, **{"line-0-quantity": "-3", "received_at": "2026-02-30", "summary": "留着"})
    response = client.as_(staff.owner).submit("/inquiries/new", fields)
    assert response.status_code == 422
    said = " ".join(client.page.errors())
    assert "请重新选择" in said
    assert "收到时间不是有效的时间" in said
    assert "第 1 行" in said
    values = client.page.values("/inquiries/new")
    assert (values["summary"], values["line-0-quantity"], values["received_at"]) == (
        "留着",
        "-3",
        "2026-02-30",
    )
    assert session.query(Inquiry).count() == 0


@pytest.mark.parametrize("quantity", ["0", "NaN", "1e400", "1.2345", "abc", ""])
def test_a_line_needs_a_real_quantity(client: Client, staff: Staff, quantity: str) -> None:
    customer = making.customer(staff.owner)
    fields = new_fields(customer.id, **{"line-0-quantity": quantity})
    assert client.as_(staff.owner).submit("/inquiries/new", fields).status_code == 422


def test_a_deadline_before_the_call_is_refused_at_its_field(client: Client, staff: Staff) -> None:
    customer = making.customer(staff.owner)
    fields = new_fields(customer.id, received_at="2026-01-05 09:00", deadline="2026-01-04")
    assert client.as_(staff.owner).submit("/inquiries/new", fields).status_code == 422
    assert "答复期限须晚于收到时间" in " ".join(client.page.errors())


def test_the_same_form_twice_makes_one_inquiry(client: Client, staff: Staff) -> None:
    customer = making.customer(staff.owner)
    client.as_(staff.owner).get("/inquiries/new")
    fields = {**client.page.values("/inquiries/new"), **new_fields(customer.id)}
    first, second = client.post("/inquiries/new", fields), client.post("/inquiries/new", fields)
    assert first.location == second.location
    assert session.query(Inquiry).count() == 1


def test_a_colleagues_customer_cannot_be_chosen(client: Client, staff: Staff) -> None:
    foreign = making.customer(staff.colleague, name="常州别人家的客户")
    client.as_(staff.owner).submit("/inquiries/new", new_fields(foreign.id))
    assert session.query(Inquiry).count() == 0
    assert "常州别人家的客户" not in client.page.text


@pytest.mark.parametrize("person", ["technician", "buyer", "leader", "outsider"])
def test_only_those_who_sell_register(client: Client, staff: Staff, person: str) -> None:
    client.as_(staff.everybody()[person])
    assert client.get("/inquiries/new").status_code == 403
    assert client.post("/inquiries/new", {}).status_code == 403


def test_a_customer_in_the_address_is_chosen_beforehand(client: Client, staff: Staff) -> None:
    customer = making.customer(staff.owner)
    client.as_(staff.owner).get(f"/inquiries/new?customer={customer.id}")
    assert client.page.values("/inquiries/new")["customer_id"] == str(customer.id)


# Editing a draft


def test_a_draft_is_edited_and_the_record_says_what_changed(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner, count=2)
    other = making.customer(staff.owner, name="扬州新客户机械厂")
    address = f"/inquiries/{inquiry.id}/edit"
    fields = {"line-0-quantity": "7", "contact_phone": "13900001111", "customer_id": str(other.id)}
    assert client.as_(staff.owner).submit(address, fields).status_code == 303
    client.get(f"/inquiries/{inquiry.id}")
    assert "第 1 项 · 数量 1 → 7" in client.page.text
    assert "镇江宏达农机有限公司 → 扬州新客户机械厂" in client.page.text
    record = timeline.events_for("inquiry", inquiry.id)[0]
    assert "13900001111" not in str(record.data)


def test_lines_keep_their_row_when_others_go(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner, count=3)
    kept = inquiry.lines[2].id
    emptied = {f"line-0-{name}": "" for name in ("name", "model", "spec", "quantity", "unit", "note")}
    client.as_(staff.owner).submit(f"/inquiries/{inquiry.id}/edit", emptied)
    after = session.get_one(Inquiry, inquiry.id)
    assert [line.position for line in after.lines] == [1, 2]
    assert after.lines[1].id == kept


def test_a_stale_edit_is_409_with_the_difference_beside_what_was_typed(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    address = f"/inquiries/{inquiry.id}/edit"
    client.as_(staff.owner).get(address)
    fields = client.page.values(address)
    client.post(address, {**fields, "project": "先保存的项目"})
    response = client.post(address, {**fields, "summary": "后写的内容"})
    assert response.status_code == 409
    assert "先保存的项目" in " ".join(client.page.errors())
    values = client.page.values(address)
    assert values["summary"] == "后写的内容"
    assert client.post(address, values).status_code == 303
    assert only_inquiry().summary == "后写的内容"


def test_only_the_owner_edits_and_only_a_draft(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    address = f"/inquiries/{inquiry.id}/edit"
    assert client.as_(staff.manager).get(address).status_code == 403
    assert client.as_(staff.colleague).get(address).status_code == 404
    client.as_(staff.owner).get(address)
    fields = client.page.values(address)
    making.fire(inquiry, "report", staff.owner)
    assert client.get(address).status_code == 409
    assert client.post(address, fields).status_code == 409


# The document


def test_the_page_says_how_long_reporting_took_and_that_it_was_late(
    client: Client, staff: Staff, at: object
) -> None:
    at(2026, 11, 23, 15, 0)  # type: ignore[operator]
    received = clock.now() - timedelta(hours=4)
    inquiry = making.inquiry(staff.owner, received_at=received)
    making.fire(inquiry, "report", staff.owner)
    client.as_(staff.manager).get(f"/inquiries/{inquiry.id}")
    assert "上报用时 2 小时 30 分（工作时间），迟报" in client.page.text
    assert client.page.heading.startswith("XJ-2026-0001")


def test_a_blocked_step_says_why(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    making.decide(inquiry, staff.manager, purchasing={3})
    client.as_(staff.owner).get(f"/inquiries/{inquiry.id}")
    assert "第 3 项缺采购答复" in client.page.text
    assert not client.page.all("form", action=f"/inquiries/{inquiry.id}/start_quoting")


def test_handing_over_is_blocked_until_an_offer_was_sealed(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "quoting")
    client.as_(staff.owner).get(f"/inquiries/{inquiry.id}")
    assert "还没有已盖章出具的报价" in client.page.text
    making.issue_offer(inquiry)
    client.get(f"/inquiries/{inquiry.id}")
    assert client.page.all("a", href=f"/inquiries/{inquiry.id}/submit")


def test_strangers_to_an_inquiry_get_404(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "preparing")
    for name in ("colleague", "stranger_manager", "technician", "buyer", "outsider"):
        client.as_(staff.everybody()[name])
        for path in ("", "/edit", "/report", "/files", "/lines/1/technical", "/lines/1/purchasing/waive"):
            method = client.post if path == "/files" else client.get
            assert method(f"/inquiries/{inquiry.id}{path}").status_code == 404, (name, path)


def test_panels_of_upper_features_stand_on_the_page(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    before = list(panels.PANELS.registered)
    try:
        panels.register(
            "_ui/refusal.html", lambda inquiry, actor: {"refusal": {"sentence": f"面板{inquiry.id}"}}
        )
        panels.register("_ui/toast.html", lambda inquiry, actor: None, place=panels.SIDE)
        client.as_(staff.owner).get(f"/inquiries/{inquiry.id}")
    finally:
        panels.PANELS.registered[:] = before
    assert f"面板{inquiry.id}" in client.page.text
    with pytest.raises(ValueError, match="no place"):
        panels.register("_ui/refusal.html", lambda inquiry, actor: None, place="cellar")


# Files


def upload(client: Client, inquiry: Inquiry, name: str, content: bytes, **fields: str) -> int:
    client.get(f"/inquiries/{inquiry.id}")
    values = client.page.values(f"/inquiries/{inquiry.id}/files")
    data = {**values, **fields, "file": (io.BytesIO(content), name)}
    address = f"/inquiries/{inquiry.id}/files"
    return client.post(address, data, content_type="multipart/form-data").status_code


def test_a_letter_is_attached_served_and_taken_back(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    client.as_(staff.owner)
    assert upload(client, inquiry, "客户来函 三月.txt", "你好".encode()) == 303
    client.get(f"/inquiries/{inquiry.id}")
    link = next(a for a in client.page.all("a") if a.text == "客户来函 三月.txt")
    served = client.get(link.attributes["href"], buffered=True)
    assert served.data.decode() == "你好"
    assert "UTF-8''%E5%AE%A2%E6%88%B7" in served.headers["Content-Disposition"]
    removal = next(f for f in client.page.all("form") if f.attributes["action"].endswith("/remove"))
    assert client.post(removal.attributes["action"]).status_code == 303
    assert client.post(removal.attributes["action"]).status_code == 404
    assert client.get(link.attributes["href"]).status_code == 404
    assert verbs_of(only_inquiry())[-2:] == ["inquiry:attach", "inquiry:remove-file"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b""), ("a.pdf", b"MZ not a pdf"), ("a.exe", b"MZ"), ("a.txt", b"\0")]
)
def test_a_bad_upload_is_422_with_its_reason(client: Client, staff: Staff, name: str, content: bytes) -> None:
    inquiry = making.inquiry(staff.owner)
    assert upload(client.as_(staff.owner), inquiry, name, content) == 422
    assert client.page.errors()


def test_an_upload_without_file_asks_for_one(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    assert upload(client.as_(staff.owner), inquiry, "", b"") == 422
    assert "请选择要上传的文件" in client.page.text


def test_the_same_upload_twice_attaches_once(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    client.as_(staff.owner).get(f"/inquiries/{inquiry.id}")
    address = f"/inquiries/{inquiry.id}/files"
    values = client.page.values(address)
    for _time in range(2):
        data = {**values, "file": (io.BytesIO(b"once"), "a.txt")}
        assert client.post(address, data, content_type="multipart/form-data").status_code == 303
    assert verbs_of(only_inquiry()).count("inquiry:attach") == 1


def test_files_stay_once_reported(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    upload(client.as_(staff.owner), inquiry, "a.txt", b"letter")
    making.fire(inquiry, "report", staff.owner)
    client.get(f"/inquiries/{inquiry.id}")
    assert not [f for f in client.page.all("form") if f.attributes["action"].endswith("/remove")]
    assert client.post(f"/inquiries/{inquiry.id}/files/1/remove").status_code == 409
    assert client.as_(staff.manager).post(f"/inquiries/{inquiry.id}/files/1/remove").status_code == 403


# The list


def test_the_list_shows_own_inquiries_and_narrows(client: Client, staff: Staff) -> None:
    mine = making.bring_to(staff, "reported")
    making.inquiry(staff.colleague, of=making.customer(staff.colleague, name="别人的客户"))
    client.as_(staff.owner).get("/inquiries")
    assert str(mine.number) in client.page.text
    assert "别人的客户" not in client.page.text
    client.get("/inquiries?status=draft")
    assert str(mine.number) not in client.page.text
    client.get("/inquiries?status=open&q=客户原话")
    assert str(mine.number) in client.page.text
    client.get("/inquiries?status=closed")
    assert str(mine.number) not in client.page.text
    client.as_(staff.manager).get(f"/inquiries?owner={staff.colleague.id}")
    assert "别人的客户" in client.page.text
    assert str(mine.number) not in client.page.text


def test_the_list_is_exported_and_printed(client: Client, staff: Staff) -> None:
    mine = making.bring_to(staff, "reported")
    exported = client.as_(staff.owner).get("/inquiries?format=csv")
    assert exported.data.startswith(b"\xef\xbb\xbf")
    assert str(mine.number) in exported.data.decode("utf-8-sig")
    assert client.get("/inquiries?format=xlsx").data[:2] == b"PK"
    client.get("/inquiries?format=print")
    assert str(mine.number) in client.page.text


def test_who_has_nothing_to_do_with_inquiries_has_no_list(client: Client, staff: Staff) -> None:
    assert client.as_(staff.outsider).get("/inquiries").status_code == 403
    client.as_(staff.technician).get("/inquiries")
    assert any(a.attributes.get("href") == "/inquiries" for a in client.page.all("a"))


# Queries


@pytest.mark.parametrize("person", ["owner", "manager", "leader"])
def test_the_page_takes_few_queries_whatever_the_number_of_lines(
    client: Client, staff: Staff, person: str
) -> None:
    taken = []
    for count in (1, 30):
        inquiry = making.inquiry(staff.owner, of=making.customer(staff.owner), count=count)
        making.fire(inquiry, "report", staff.owner)
        making.decide(inquiry, staff.manager, technical=set(range(1, count + 1)))
        address = f"/inquiries/{inquiry.id}"
        client.as_(staff.everybody()[person]).get(address)
        with sent() as statements:
            client.get(address)
        taken.append([text for text in statements if text.startswith("SELECT")])
    assert len(taken[0]) == len(taken[1])
    assert len(taken[1]) <= 10, "\n".join(taken[1])


def test_the_list_takes_few_queries_whatever_the_number_of_rows(client: Client, staff: Staff) -> None:
    taken = []
    for count in (1, 29):
        for _number in range(count):
            making.inquiry(staff.owner, of=making.customer(staff.owner), count=1)
        client.as_(staff.manager).get("/inquiries")
        with sent() as statements:
            client.get("/inquiries")
        taken.append([text for text in statements if text.startswith("SELECT")])
    assert len(taken[0]) == len(taken[1])
    assert len(taken[1]) <= 10, "\n".join(taken[1])

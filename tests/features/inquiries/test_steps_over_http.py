"""Every step of an inquiry as a post: by the wrong role, in the wrong state, stale, without its input."""

import pytest

from app.core.db import session
from app.features.inquiries.enums import InquiryStatus
from app.features.inquiries.flow import FLOW
from app.features.inquiries.models import Inquiry
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff

# Who may do what, written down a second time: a change of the table must be meant.
OWNERS_STEPS = {"report", "start_quoting", "submit", "submit_again", "claim_loss", "cancel"}
DECIDERS_STEPS = {
    "decide",
    "return",
    "decline",
    "allow_late",
    "confirm_loss",
    "refuse_loss",
    "withdraw",
    "reopen",
}
FROM = {
    "report": {"draft"},
    "decide": {"reported"},
    "return": {"reported"},
    "decline": {"reported"},
    "start_quoting": {"preparing"},
    "submit": {"quoting"},
    "submit_again": {"submitted"},
    "allow_late": {"quoting", "submitted"},
    "claim_loss": {"submitted"},
    "confirm_loss": {"loss_claimed"},
    "refuse_loss": {"loss_claimed"},
    "withdraw": {"preparing", "quoting"},
    "cancel": {"draft", "reported", "preparing", "quoting", "submitted"},
    "reopen": {"declined", "won", "lost", "withdrawn", "cancelled"},
}
INPUT = {
    "note": "原因",
    "decline_reason": "scope",
    "delivered_how": "当面递交",
    "loss_cause": "price",
    "lost_reason": "价格高",
}
SEE_ALL = {"owner", "manager", "leader", "administrator", "back_office"}


@pytest.fixture
def staff() -> Staff:
    return Staff()


def test_the_table_has_exactly_these_steps() -> None:
    assert {item.name for item in FLOW.steps if not item.hidden} == OWNERS_STEPS | DECIDERS_STEPS == set(FROM)


@pytest.mark.parametrize("status", list(InquiryStatus))
def test_each_step_by_each_person_in_each_state(client: Client, staff: Staff, status: str) -> None:
    inquiry = making.bring_to(staff, status)
    number, version = inquiry.id, inquiry.version
    for name, person in staff.everybody().items():
        client.as_(person)
        for step, sources in FROM.items():
            allowed = (name == "owner" and step in OWNERS_STEPS) or (
                name == "manager" and step in DECIDERS_STEPS
            )
            if allowed and status in sources:
                continue
            expected = 404 if name not in SEE_ALL else 403 if not allowed else 409
            answer = client.post(f"/inquiries/{number}/{step}", {**INPUT, "version": str(version)})
            assert answer.status_code == expected, (name, step)
    session.rollback()
    assert session.get_one(Inquiry, number).version == version


@pytest.mark.parametrize(
    ("step", "status"), [(step, status) for step in FROM for status in sorted(FROM[step])]
)
def test_each_step_in_each_of_its_states_is_done_by_its_person(
    client: Client, staff: Staff, step: str, status: str
) -> None:
    inquiry = making.bring_to(staff, status)
    if step == "submit":
        making.issue_offer(inquiry)
    if step == "allow_late":
        making.miss_deadline(inquiry)
    address = f"/inquiries/{inquiry.id}"
    client.as_(staff.owner if step in OWNERS_STEPS else staff.manager).get(address)
    version = session.get_one(Inquiry, inquiry.id).version
    answer = client.post(f"{address}/{step}", {**INPUT, "version": str(version)})
    back = f"/quotations/of-inquiry/{inquiry.id}" if step == "start_quoting" else address
    assert (answer.status_code, answer.location) == (303, back)
    assert session.get_one(Inquiry, inquiry.id).status in FLOW.step(step).targets
    client.get(address)
    assert f"“{FLOW.step(step).label}”已完成" in client.page.text


@pytest.mark.parametrize("step", ["win", "fly", "edit2"])
def test_a_step_that_is_no_step_of_a_page_is_404(client: Client, staff: Staff, step: str) -> None:
    inquiry = making.bring_to(staff, "quoting")
    assert client.as_(staff.manager).post(f"/inquiries/{inquiry.id}/{step}").status_code == 404


@pytest.mark.parametrize("version", ["", "x", "-1", "1e3", "９９９９", "99999999999999"])
def test_a_step_without_a_true_version_changes_nothing(client: Client, staff: Staff, version: str) -> None:
    inquiry = making.inquiry(staff.owner)
    answer = client.as_(staff.owner).post(f"/inquiries/{inquiry.id}/report", {"version": version})
    assert answer.status_code == 409
    assert session.get_one(Inquiry, inquiry.id).status == "draft"


def test_a_reason_is_asked_for_and_the_page_comes_back(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    fields = {"version": str(inquiry.version), "note": "  "}
    answer = client.as_(staff.manager).post(f"/inquiries/{inquiry.id}/return", fields)
    assert answer.status_code == 422
    assert "请写明原因" in " ".join(client.page.errors() + [client.page.text])
    assert client.page.one("div", id="refusal").attributes["role"] == "alert"


def test_a_stale_step_is_409_with_what_changed_and_the_typed_reason(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    old = inquiry.version
    client.as_(staff.owner).submit(f"/inquiries/{inquiry.id}/edit", {"project": "新的项目号"})
    fields = {"version": str(old), "note": "客户不要了"}
    answer = client.post(f"/inquiries/{inquiry.id}/cancel", fields)
    assert answer.status_code == 409
    refusal = client.page.one("div", id="refusal").text
    assert "孙晓" in refusal
    assert "新的项目号" in refusal
    assert "客户不要了" in refusal


def test_htmx_gets_a_toast_and_renewed_buttons(client: Client, staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    old = str(inquiry.version)
    making.fire(inquiry, "report", staff.owner)
    address = f"/inquiries/{inquiry.id}/report"
    answer = client.as_(staff.owner).post(address, {"version": old}, htmx=True)
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert client.page.all("div", id="steps", hx_swap_oob="true")
    assert "孙晓" in client.page.text
    missing = client.as_(staff.manager)
    current = str(session.get_one(Inquiry, inquiry.id).version)
    answer = missing.post(f"/inquiries/{inquiry.id}/return", {"version": current, "note": ""}, htmx=True)
    assert answer.status_code == 422
    assert not client.page.all("div", id="steps")
    answer = client.post(f"/inquiries/{inquiry.id}/return", {"version": current, "note": "补型号"}, htmx=True)
    assert answer.headers["HX-Redirect"] == f"/inquiries/{inquiry.id}"


def test_a_step_that_is_not_ready_says_why(client: Client, staff: Staff) -> None:
    inquiry = making.decide(making.bring_to(staff, "reported"), staff.manager, technical={2})
    fields = {"version": str(inquiry.version)}
    answer = client.as_(staff.owner).post(f"/inquiries/{inquiry.id}/start_quoting", fields)
    assert answer.status_code == 409
    assert "第 2 项缺技术答复" in client.page.one("div", id="refusal").text


def test_an_address_of_a_step_opened_by_hand_leads_to_the_page_or_its_form(
    client: Client, staff: Staff
) -> None:
    inquiry = making.bring_to(staff, "reported")
    client.as_(staff.manager)
    assert client.get(f"/inquiries/{inquiry.id}/return").location == f"/inquiries/{inquiry.id}"
    assert client.get(f"/inquiries/{inquiry.id}/decide").status_code == 200
    assert client.get(f"/inquiries/{inquiry.id}/submit").status_code == 403
    assert client.as_(staff.owner).get(f"/inquiries/{inquiry.id}/decide").status_code == 403
    assert client.get(f"/inquiries/{inquiry.id}/submit").status_code == 409


# The manager's decision


def ticked(inquiry: Inquiry, technical: int, purchasing: int) -> dict[str, str]:
    lines = {line.position: line.id for line in inquiry.lines}
    return {
        "technical": str(lines[technical]),
        "purchasing": str(lines[purchasing]),
        f"question-{lines[technical]}": "能否替代？",
    }


def test_the_decision_puts_lines_to_the_departments(client: Client, staff: Staff, at: object) -> None:
    at(2026, 11, 23, 14, 0)  # type: ignore[operator]
    inquiry = making.bring_to(staff, "reported")
    address = f"/inquiries/{inquiry.id}/decide"
    client.as_(staff.manager).get(address)
    assert client.page.values(address)["answers_due_at"] == "2026-11-24 14:00"
    fields = {**client.page.values(address), **ticked(inquiry, 1, 3), "note": "重点客户"}
    assert client.post(address, fields).status_code == 303
    after = session.get_one(Inquiry, inquiry.id)
    assert [line.ask_technical for line in after.lines] == [True, False, False]
    assert [line.ask_purchasing for line in after.lines] == [False, False, True]
    assert after.lines[0].question == "能否替代？"
    client.get(f"/inquiries/{inquiry.id}")
    assert "重点客户" in client.page.text


def test_all_lines_are_put_to_a_department_by_one_tick(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    address = f"/inquiries/{inquiry.id}/decide"
    client.as_(staff.manager).get(address)
    assert "全部 3 项请采购答复" in client.page.text
    fields = {**client.page.values(address), "purchasing": "all", "answers_due_at": ""}
    assert client.post(address, fields).status_code == 422
    boxes = client.page.all("input", type="checkbox", name="purchasing")
    assert ["checked" in box.attributes for box in boxes] == [False, True, True, True]
    fields = {**client.page.values(address), "purchasing": "all", "answers_due_at": "2099-01-01"}
    assert client.post(address, fields).status_code == 303
    after = session.get_one(Inquiry, inquiry.id)
    assert [(line.ask_technical, line.ask_purchasing) for line in after.lines] == [(False, True)] * 3


@pytest.mark.parametrize(
    ("due", "status"), [("", 422), ("2020-01-01", 422), ("nonsense", 422), ("2099-01-01", 303)]
)
def test_asked_departments_need_a_deadline_in_the_future(
    client: Client, staff: Staff, due: str, status: int
) -> None:
    inquiry = making.bring_to(staff, "reported")
    address = f"/inquiries/{inquiry.id}/decide"
    fields = {"version": str(inquiry.version), **ticked(inquiry, 1, 2), "answers_due_at": due}
    assert client.as_(staff.manager).post(address, fields).status_code == status
    if status == 422:
        assert client.page.errors()
        boxes = client.page.all("input", type="checkbox", name="technical")
        assert ["checked" in box.attributes for box in boxes] == [False, True, False, False]


def test_a_stale_decision_keeps_its_ticks_and_may_be_sent_again(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    address = f"/inquiries/{inquiry.id}/decide"
    fields = {"version": "1", **ticked(inquiry, 2, 2), "answers_due_at": "2099-01-01"}
    assert client.as_(staff.manager).post(address, fields).status_code == 409
    boxes = client.page.all("input", type="checkbox", name="technical")
    assert ["checked" in box.attributes for box in boxes] == [False, False, True, False]
    again = {**fields, "version": client.page.values(address)["version"]}
    assert client.post(address, again).status_code == 303


def test_a_question_with_hidden_characters_or_too_long_is_422(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    address = f"/inquiries/{inquiry.id}/decide"
    for question in ("a\u202eb", "长" * 501, "\0"):
        fields = {
            "version": str(inquiry.version),
            **ticked(inquiry, 1, 1),
            "answers_due_at": "2099-01-01",
            f"question-{inquiry.lines[1].id}": question,
        }
        assert client.as_(staff.manager).post(address, fields).status_code == 422
        assert "第 2 项的问题" in client.page.text


def test_declining_needs_a_reason_of_the_list_and_words(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    address = f"/inquiries/{inquiry.id}/decline"
    client.as_(staff.manager).get(address)
    fields = client.page.values(address)
    for wrong in (
        {"note": "不做"},
        {"decline_reason": "scope"},
        {"decline_reason": "weather", "note": "不做"},
    ):
        assert client.post(address, {**fields, **wrong}).status_code == 422
    assert client.post(address, {**fields, "decline_reason": "scope", "note": "不做农药"}).status_code == 303
    client.as_(staff.owner).get(f"/inquiries/{inquiry.id}")
    assert "不在经营范围" in client.page.text
    assert "不做农药" in client.page.text


def test_a_loss_is_recorded_with_competitor_and_price(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "submitted")
    address = f"/inquiries/{inquiry.id}/claim_loss"
    client.as_(staff.owner).get(address)
    fields = {
        **client.page.values(address),
        "loss_cause": "price",
        "lost_reason": "",
        "competitor": "甲厂",
        "competitor_price": "1.2万",
    }
    assert client.post(address, fields).status_code == 422
    fields |= {"price_source": "other", "price_source_note": "招标公示"}
    assert client.post(address, fields).status_code == 303
    client.get(f"/inquiries/{inquiry.id}")
    assert "¥12,000.00" in client.page.text
    assert "其他途径 · 招标公示" in client.page.text

"""The pages of quotations over HTTP: who may open what, the official file before and after, the editor, the steps."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations.flow import FLOW
from app.features.quotations.models import QuotationRevision
from app.features.seals.models import Seal
from app.features.seals.queries import titles as seal_titles
from tests import stories
from tests.client import Client

READERS = ("salesperson", "manager", "leader", "back_office", "keeper", "administrator")
STRANGERS = ("colleague", "outsider", "technician", "buyer")
UNREVIEWED = ("draft", "review", "returned", "leader_review", "void")


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def address(revision: QuotationRevision, tail: str = "") -> str:
    return f"/quotations/{revision.quotation_id}/r/{revision.revision}{tail}"


def put_into(revision: QuotationRevision, status: str) -> None:
    """Set a state as a fixture, past the flow: the pages must be right in every state."""
    with unit_of_work():
        revision.status = status


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def attempts(revision: QuotationRevision) -> list[str]:
    return [
        event.actor_name
        for event in events_for("quotation", revision.id)
        if event.verb.endswith("paper-refused")
    ]


# The official file


@pytest.mark.parametrize("status", ["draft", "review", "returned", "leader_review"])
@pytest.mark.parametrize("reader", READERS)
def test_official_file_is_refused_before_approval_and_the_attempt_stays(
    client: Client, desk: stories.Desk, status: str, reader: str
) -> None:
    revision = desk.quotation("review")
    put_into(revision, status)
    person = session.get_one(User, desk.people.ids[reader]).name

    response = sign_in(client, desk, reader).get(address(revision, "/pdf"))

    assert response.status_code == 403
    assert str(FLOW.state(status).label) in client.page.text
    assert "未经审核" in client.page.text
    assert attempts(revision) == [person]


@pytest.mark.parametrize("reader", READERS)
def test_official_file_of_approved_but_not_issued_is_a_conflict_that_names_the_keeper(
    client: Client, desk: stories.Desk, reader: str
) -> None:
    revision = desk.quotation("approved")

    response = sign_in(client, desk, reader).get(address(revision, "/pdf"))

    assert response.status_code == 409
    assert "已审核，尚未盖章出具" in client.page.text
    assert "钱保管" in client.page.text
    assert len(attempts(revision)) == 1


@pytest.mark.parametrize("status", ["draft", "approved", "issued"])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_official_file_does_not_exist_for_those_who_may_not_see_the_quotation(
    client: Client, desk: stories.Desk, status: str, stranger: str
) -> None:
    revision = desk.quotation(status)

    response = sign_in(client, desk, stranger).get(address(revision, "/pdf"))

    assert response.status_code in (403, 404)
    assert "BJ-" not in client.page.text
    assert attempts(revision) == []


def test_salesperson_of_another_quotation_gets_404(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    sign_in(client, desk, "colleague")
    for tail in ("", "/pdf", "/preview", "/copies/1.pdf", "/edit"):
        assert client.get(address(revision, tail)).status_code == 404, tail


def test_stranger_is_sent_to_sign_in(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    response = client.get(address(revision, "/pdf"))
    assert response.status_code == 303
    assert response.location.startswith("/login")


@pytest.mark.parametrize("reader", READERS)
def test_issued_copies_are_the_stored_bytes(client: Client, desk: stories.Desk, reader: str) -> None:
    revision = desk.quotation("issued")
    sign_in(client, desk, reader)

    redirect = client.get(address(revision, "/pdf"))
    assert (redirect.status_code, redirect.location) == (303, address(revision, "/copies/1.pdf"))
    first = client.get(address(revision, "/copies/1.pdf"))
    again = client.get(address(revision, "/copies/1.pdf"))
    second = client.get(address(revision, "/copies/2.pdf"))

    assert first.mimetype == "application/pdf"
    assert first.data == again.data != second.data
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(address(revision, "/copies/3.pdf")).status_code == 404


# Pages in every state for every role


@pytest.mark.parametrize("status", [state.code for state in FLOW.states])
def test_every_page_of_a_quotation_opens_for_every_reader_in_every_state(
    client: Client, desk: stories.Desk, status: str
) -> None:
    revision = desk.quotation("approved")
    put_into(revision, status)
    for reader in READERS:
        sign_in(client, desk, reader)
        for tail in ("", "/preview"):
            assert client.get(address(revision, tail)).status_code == 200, (reader, tail)
        assert client.get(f"/quotations/{revision.quotation_id}").status_code == 200
        assert client.get("/quotations").status_code == 200


def test_preview_carries_the_watermark_until_approved(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    sign_in(client, desk, "salesperson").get(address(revision, "/preview"))
    assert "未审核" in client.page.text
    assert "未经审核的报价不能打印" in client.page.text


# Each step by each role in each state, without the button

STEPS = [step for step in FLOW.steps if not step.hidden]
EXPECTED = {
    "submit": {"salesperson"},
    "withdraw": {"salesperson"},
    "approve": {"manager"},
    "return": {"manager"},
    "approve_as_leader": {"leader"},
    "return_as_leader": {"leader"},
    "reject": {"manager"},
    "issue": {"keeper", "back_office"},
    "ask_extra": {"back_office", "salesperson"},
    # nothing was asked for, so nobody has anything to consent to
    "consent_extra": set(),
    "refuse_extra": set(),
    "issue_extra": set(),
    "claim_acceptance": {"salesperson"},
    "confirm_acceptance": {"manager"},
    "refuse_acceptance": {"manager"},
    "lose": {"salesperson"},
    "void": {"manager"},
}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_is_refused_to_the_wrong_role_and_in_the_wrong_state(
    client: Client, desk: stories.Desk, step: object
) -> None:
    revision = desk.quotation("approved")
    name = step.name  # type: ignore[attr-defined]
    for reader in READERS:
        sign_in(client, desk, reader)
        for state in FLOW.states:
            put_into(revision, state.code)
            allowed = set(EXPECTED[name])
            if name == "reject" and state.code == "leader_review":
                allowed = {"leader"}
            if reader in allowed and state.code in step.sources:  # type: ignore[attr-defined]
                continue
            response = client.post(
                address(revision, f"/{name}"), {"version": str(revision.version), "note": "理由"}, htmx=True
            )
            expected = 403 if reader not in allowed else 409
            assert response.status_code == expected, (name, reader, state.code, response.status_code)
            session.refresh(revision)
            assert revision.status == state.code


def test_the_leader_reads_why_it_is_his_turn(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("review", payment_term="other", payment_other="货到 90 天付款")
    with unit_of_work():
        revision.lines[1].floor_price = revision.lines[1].unit_price + 1
        revision.lines[1].floor_reason = "首单"
    sign_in(client, desk, "manager").get(address(revision, "/approve"))
    why = "第 2 项单价低于底价；付款方式不在列表内"
    assert f"审核通过后还须主管领导审批：{why}" in client.page.text
    put_into(revision, "leader_review")
    sign_in(client, desk, "leader").get(address(revision, "/approve_as_leader"))
    assert f"须您审批的原因：{why}" in client.page.text
    large = desk.quotation("review", price="9999.99")
    sign_in(client, desk, "manager").get(address(large, "/approve"))
    assert "须主管领导审批：含税合计达到 ¥200,000.00 审核意见" in client.page.text


def test_unknown_and_hidden_steps_do_not_exist(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("approved")
    sign_in(client, desk, "manager")
    for name in ("supersede", "nonsense"):
        assert client.post(address(revision, f"/{name}"), {"version": "1"}).status_code == 404


# The road over HTTP


def test_the_whole_road_in_the_browser_of_each_person(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    place = address(revision)

    sign_in(client, desk, "salesperson")
    assert client.submit(f"{place}/submit", page=place).status_code == 303
    sign_in(client, desk, "manager")
    client.get(place)
    assert "退回修改" in client.page.text
    assert client.post(f"{place}/return", {"version": version(revision)}).status_code == 422
    assert (
        client.post(f"{place}/return", {"version": version(revision), "note": "交货期太短"}).status_code
        == 303
    )
    sign_in(client, desk, "salesperson").get(place)
    assert "交货期太短" in client.page.text
    response = client.submit(f"{place}/edit", {"line-0-lead_time_days": "25", "then": "submit"})
    assert (response.status_code, response.location) == (303, place)
    sign_in(client, desk, "manager").get(f"{place}/approve")
    assert "25" in client.page.text
    assert "15" in client.page.text
    fields = client.page.values(f"{place}/approve")
    assert client.post(f"{place}/approve", fields).status_code == 303
    sign_in(client, desk, "keeper").get(f"{place}/issue")
    fields = {**client.page.values(f"{place}/issue"), "copies": "2", "file_form": "electronic"}
    assert client.post(f"{place}/issue", fields).status_code == 303

    session.refresh(revision)
    assert revision.status == "issued"
    assert revision.lines[0].lead_time_days == 25
    assert len(revision.issued_files) == 2


def version(revision: QuotationRevision) -> str:
    session.refresh(revision)
    return str(revision.version)


def test_approval_of_other_content_than_was_shown_is_refused(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    sign_in(client, desk, "manager").get(address(revision, "/approve"))
    fields = {**client.page.values(address(revision, "/approve")), "content_hash": "0" * 64}

    assert client.post(address(revision, "/approve"), fields).status_code == 409
    session.refresh(revision)
    assert revision.status == "review"


def test_stale_editor_gets_409_with_what_was_typed_and_what_changed(
    client: Client, desk: stories.Desk
) -> None:
    revision = desk.quotation("draft")
    place = address(revision, "/edit")
    sign_in(client, desk, "salesperson").get(place)
    first = client.page.values(place)
    assert client.post(place, {**first, "attention": "李采购"}).status_code == 303

    response = client.post(place, {**first, "attention": "赵采购"})

    assert response.status_code == 409
    assert client.page.values(place)["attention"] == "赵采购"
    assert "李采购" in client.page.text
    assert "孙晓" in client.page.text
    session.refresh(revision)
    assert revision.attention == "李采购"


def test_double_submission_of_a_step_has_one_effect(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    fields = {"version": version(revision)}
    sign_in(client, desk, "salesperson")
    assert client.post(address(revision, "/submit"), fields).status_code == 303
    assert client.post(address(revision, "/submit"), fields).status_code == 409
    assert [event.verb for event in events_for("quotation", revision.id)].count("quotation:submit") == 1


BAD_LINES = [
    ("line-0-quantity", "-1"),
    ("line-0-quantity", "NaN"),
    ("line-0-unit_price", "1e400"),
    ("line-0-unit_price", "1.123456789"),
    ("line-0-tax_rate", "0.13"),
    ("line-0-lead_time_days", "1.5"),
    ("valid_until", "2026-02-30"),
    ("valid_until", "0000-00-00"),
    ("valid_until", "9999-12-31"),
    ("valid_until", "2020-01-01"),
    ("attention", "a\u202eb"),
    ("project", "x" * 201),
    ("line-0-name", ""),
]


@pytest.mark.parametrize(("field", "value"), BAD_LINES)
def test_bad_input_is_refused_beside_the_field_and_kept(
    client: Client, desk: stories.Desk, field: str, value: str
) -> None:
    revision = desk.quotation("draft")
    place = address(revision, "/edit")
    response = sign_in(client, desk, "salesperson").submit(place, {field: value})

    assert response.status_code == 422
    assert client.page.errors()
    if value and value.isprintable():
        assert client.page.values(place)[field] == value
    session.refresh(revision)
    assert revision.lines[0].unit_price == Decimal("465.50")


def test_ten_rows_are_added_without_scripts_and_keep_what_was_typed(
    client: Client, desk: stories.Desk
) -> None:
    revision = desk.quotation("draft")
    place = address(revision, "/edit")
    response = sign_in(client, desk, "salesperson").submit(
        place, {"line-0-name": "改过的名称", "add_rows": "10"}
    )

    assert response.status_code == 200
    values = client.page.values(place)
    assert values["line-0-name"] == "改过的名称"
    assert "line-12-name" in values


def test_totals_follow_what_is_typed_without_saving(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    sign_in(client, desk, "salesperson").get(address(revision, "/edit"))
    fields = {**client.page.values(address(revision, "/edit")), "line-0-quantity": "1,000"}

    response = client.post(address(revision, "/totals"), fields, htmx=True)

    assert response.status_code == 200
    assert "474,810.00" in client.page.text
    session.refresh(revision)
    assert revision.total == Decimal("13965.00")


def test_acceptance_needs_the_customers_paper_then_the_managers_word(
    client: Client, desk: stories.Desk
) -> None:
    revision = desk.quotation("issued")
    place = address(revision)
    sign_in(client, desk, "salesperson")
    assert client.post(f"{place}/claim_acceptance", {"version": version(revision)}).status_code == 409
    upload = {"file": (io.BytesIO(b"%PDF-1.7 paper"), "回传件.pdf")}
    assert client.post(f"{place}/acceptance", upload, content_type="multipart/form-data").status_code == 303
    assert client.post(f"{place}/claim_acceptance", {"version": version(revision)}).status_code == 303
    sign_in(client, desk, "manager").get(f"{place}/confirm_acceptance")
    fields = client.page.values(f"{place}/confirm_acceptance")
    assert client.post(f"{place}/confirm_acceptance", fields).status_code == 303
    session.refresh(revision)
    assert revision.status == "accepted"
    assert revision.quotation.inquiry.status == "won"


def test_a_loss_keeps_who_got_the_order_and_how_their_price_was_learnt(
    client: Client, desk: stories.Desk
) -> None:
    revision = desk.quotation("issued")
    place = address(revision, "/lose")
    sign_in(client, desk, "salesperson")
    assert client.submit(place, {"note": "价格高"}).status_code == 422
    assert client.submit(place, {"loss_cause": "other", "note": " "}).status_code == 422
    assert "请写明" in " ".join(client.page.errors())
    fields = {"loss_cause": "price", "note": "价格高出 6%", "competitor": "甲厂", "competitor_price": "1.2万"}
    assert client.submit(place, fields).status_code == 422
    assert "怎样得知" in " ".join(client.page.errors())
    assert client.submit(place, {**fields, "price_source": "opening"}).status_code == 303
    client.get(address(revision))
    for text in ("价格", "价格高出 6%", "甲厂", "¥12,000.00", "公开开标记录"):
        assert text in client.page.text
    inquiry = revision.quotation.inquiry
    session.refresh(inquiry)
    assert (inquiry.competitor, inquiry.price_source) == ("甲厂", "opening")
    stories_submit = {"delivered_how": "微信"}
    assert client.submit(f"/inquiries/{inquiry.id}/submit", stories_submit).status_code == 303
    client.get(f"/inquiries/{inquiry.id}/claim_loss")
    known = client.page.values(f"/inquiries/{inquiry.id}/claim_loss")
    assert (known["competitor"], known["loss_cause"]) == ("甲厂", "price")


def test_an_expired_acceptance_is_confirmed_with_a_reason_only(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    place = address(revision)
    with clock.frozen(clock.now() + timedelta(days=45)):
        sign_in(client, desk, "salesperson")
        upload = {"file": (io.BytesIO(b"%PDF-1.7 paper"), "回传件.pdf")}
        client.post(f"{place}/acceptance", upload, content_type="multipart/form-data")
        assert client.post(f"{place}/claim_acceptance", {"version": version(revision)}).status_code == 303
        confirm = f"{place}/confirm_acceptance"
        sign_in(client, desk, "manager").get(confirm)
        assert "已过有效期" in client.page.text
        assert client.submit(confirm, {"late_reason": " "}).status_code == 422
        assert client.submit(confirm, {"late_reason": "货已备好"}).status_code == 303
        client.get(place)
        assert "逾期仍接受" in client.page.text
        assert "货已备好" in client.page.text


def test_revision_keeps_the_number_and_supersedes_when_issued(client: Client, desk: stories.Desk) -> None:
    first = desk.quotation("issued")
    place = address(first)
    sign_in(client, desk, "salesperson")
    assert client.post(f"{place}/revise", {"version": version(first), "note": " "}).status_code == 422
    form = client.page.one("form", action=f"{place}/revise")
    assert "请写明修订的原因 修订的原因" in form.text, "the open form covers what is said on the page"
    response = client.post(f"{place}/revise", {"version": version(first), "note": "客户要求降价"})
    assert response.location == f"/quotations/{first.quotation_id}/r/2/edit"
    client.get(place)
    assert "这不是当前版本" in client.page.text
    second = session.query(QuotationRevision).filter_by(quotation_id=first.quotation_id, revision=2).one()
    stories.step(desk.people, second, "submit", "salesperson")
    stories.approve(desk.people, second)
    session.refresh(first)
    assert first.status == "issued"
    stories.issue(desk.people, second, desk.seal)
    session.refresh(first)
    assert (first.status, second.number) == ("superseded", f"{first.quotation.number}-R2")


def test_reprint_registers_the_reason_and_gives_the_same_copy(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    place = address(revision, "/copies/2/reprint")
    sign_in(client, desk, "back_office")
    assert client.post(place, {}).status_code == 422
    assert client.post(place, {"note": "客户\x00遗失"}).status_code == 422
    assert "看不见的控制字符" in client.page.text
    response = client.post(place, {"note": "客户遗失"})
    assert response.location == address(revision, "/copies/2.pdf")
    assert events_for("quotation", revision.id)[0].reason == "客户遗失"
    assert sign_in(client, desk, "salesperson").post(place, {"note": "x"}).status_code == 403


def test_a_seal_without_a_purpose_is_offered_by_its_kind(client: Client, desk: stories.Desk) -> None:
    values = {"legal_entity_id": desk.entity.id, "form": "wet", "keeper_id": desk.people.keeper.id}
    with unit_of_work():
        session.add_all(Seal(kind=kind, **values) for kind in ("company", "legal_representative"))
    revision = desk.quotation("approved")
    sign_in(client, desk, "keeper").get(address(revision, "/issue"))
    offered = [option.text for option in client.page.all("option")]
    assert len(set(offered)) == len(offered)
    assert any(text.endswith("公章") for text in offered)
    assert any(text.endswith("法人章") for text in offered)
    assert all(text.endswith("章") for text in seal_titles(list(session.scalars(select(Seal.id)))).values())


def test_character_no_font_has_stops_the_issue_and_is_named(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("draft", project="项目\U0001fae0")
    stories.step(desk.people, revision, "submit", "salesperson")
    stories.approve(desk.people, revision)
    sign_in(client, desk, "keeper").get(address(revision, "/issue"))
    fields = {**client.page.values(address(revision, "/issue")), "file_form": "electronic"}

    assert client.post(address(revision, "/issue"), fields).status_code == 409
    assert "\U0001fae0" in client.page.text
    session.refresh(revision)
    assert revision.status == "approved"

"""Terms from the library, terms and lines from earlier quotations, a whole quotation into another inquiry's draft."""

from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.quotations import actions, copying
from app.features.quotations.actions import LineInput
from app.features.quotations.models import QuotationRevision
from app.features.quotations.terms import actions as terms
from app.features.quotations.terms import queries
from app.features.quotations.terms.models import TermsSet
from app.features.seals.models import LegalEntity
from tests import stories
from tests.client import Client


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def library(desk: stories.Desk, name: str = "月结老客户", who: str = "manager", **values: Any) -> TermsSet:
    with unit_of_work():
        return terms.create(
            actor=desk.people.actor(who),
            values={"name": name, "payment_term": "monthly", "warranty": "24 个月", **values},
        )


def other_entity() -> LegalEntity:
    with unit_of_work():
        row = LegalEntity(
            name="江苏第二测试有限公司",
            short_name="第二测试",
            credit_code=stories.valid_credit_code("91320000MA1XBTTT2"),
            address="镇江",
            phone="0511-0000-0001",
            bank="测试银行",
            bank_account="1",
        )
        session.add(row)
        session.flush()
    return row


def draft_of(desk: stories.Desk) -> QuotationRevision:
    people = desk.people
    row = stories.inquiry(people, desk.customer)
    return stories.draft(people, stories.answer(people, stories.decide(people, stories.report(people, row))))


# The library


def test_the_manager_keeps_the_library(desk: stories.Desk) -> None:
    manager = desk.people.actor("manager")
    for who in ("salesperson", "administrator", "leader"):
        with pytest.raises(Denied):
            library(desk, who=who)
    for wrong, field in (
        ({"name": " "}, "name"),
        ({"payment_term": "", "warranty": ""}, "payment_term"),
        ({"payment_term": "other"}, "payment_other"),
    ):
        with pytest.raises(Invalid) as caught:
            library(desk, **wrong)
        assert field in caught.value.fields
    row = library(desk)
    values = {name: getattr(row, name) for name in terms.FIELDS}
    with unit_of_work():
        terms.change(row, actor=manager, version=row.version, values={**values, "warranty": "12 个月"})
    with pytest.raises(Stale), unit_of_work():
        terms.change(row, actor=manager, version=1, values=values)
    with unit_of_work():
        terms.change(row, actor=manager, version=row.version, values={**values, "warranty": "12 个月"})
    with unit_of_work():
        terms.put_away(row, actor=manager, version=row.version, active=False)
        terms.put_away(row, actor=manager, version=row.version, active=False)
    assert queries.usable() == []
    verbs = [event.verb for event in events_for("terms_set", row.id)]
    assert verbs == ["terms:retire", "terms:change", "terms:create"]
    with pytest.raises(NotVisible):
        queries.get(999)


def test_a_default_fills_new_quotations_of_its_company_and_kind(desk: stories.Desk) -> None:
    general = library(desk, "常规", is_default=True, packing="木箱")
    library(desk, "招标", is_default=True, kind="tender", payment_term="on_delivery")
    again = library(desk, "常规二", is_default=True, warranty="36 个月")
    session.refresh(general)
    assert not general.is_default
    revision = draft_of(desk)
    assert (revision.payment_term, revision.warranty) == ("monthly", "36 个月")
    assert revision.acceptance
    own = library(desk, "本公司", is_default=True, legal_entity_id=desk.entity.id)
    assert queries.default_for(desk.entity.id, "inquiry").id == own.id  # type: ignore[union-attr]
    assert queries.default_for(999, "inquiry").id == again.id  # type: ignore[union-attr]
    assert queries.default_for(999, "tender").name == "招标"  # type: ignore[union-attr]


def test_the_library_over_http(client: Client, desk: stories.Desk) -> None:
    sign_in(client, desk, "manager").get("/quotations/terms")
    assert client.page.all("a", href="/quotations/terms/new")
    assert client.submit("/quotations/terms/new", {"name": ""}).status_code == 422
    assert client.submit("/quotations/terms/new", {"name": "空"}).status_code == 422
    response = client.submit(
        "/quotations/terms/new", {"name": "招标用", "kind": "tender", "warranty": "18 个月"}
    )
    place = response.location
    assert client.submit(place, {"warranty": "20 个月"}).status_code == 303
    client.get(place)
    assert "18 个月" in client.page.text
    stale = {**client.page.values(place), "version": "1"}
    assert client.post(place, stale).status_code == 409
    assert client.submit(place, {"name": ""}).status_code == 422
    sign_in(client, desk, "salesperson").get(place)
    assert "20 个月" in client.page.text
    assert client.post(place, {"name": "x"}).status_code == 403
    assert client.get("/quotations/terms/new").status_code == 403
    row = session.query(TermsSet).one()
    sign_in(client, desk, "manager")
    for act, active in (("retire", False), ("restore", True)):
        session.refresh(row)
        assert client.post(f"{place}/{act}", {"version": str(row.version)}).status_code == 303
        session.refresh(row)
        assert row.active is active
    assert "招标用" in client.get("/quotations/terms?format=csv&active=True").get_data(as_text=True)
    assert sign_in(client, desk, "technician").get("/quotations/terms").status_code == 403


# Filling the form


def test_the_form_is_filled_without_scripts_and_keeps_what_was_typed(
    client: Client, desk: stories.Desk, queries: Any
) -> None:
    earlier = desk.quotation("approved", payment_term="on_delivery", warranty="36 个月")
    chosen = library(desk)
    revision = draft_of(desk)
    place = f"/quotations/{revision.quotation_id}/r/1/edit"
    sign_in(client, desk, "salesperson")
    with queries() as sent:
        client.get(place)
    assert len(sent) <= 10
    typed = {**client.page.values(place), "attention": "李采购", "line-0-quantity": "一百"}

    client.post(place, {**typed, "fill": "terms", "terms_set": str(chosen.id)})
    values = client.page.values(place)
    assert "已套用“月结老客户”" in client.page.text
    assert (values["payment_term"], values["warranty"]) == ("monthly", "24 个月")
    assert (values["attention"], values["line-0-quantity"]) == ("李采购", "一百")

    client.post(place, {**typed, "fill": "find", "copy_q": earlier.number or ""})
    offered = [option for option in client.page.all("option") if str(earlier.number) in option.text]
    assert [option.attributes["value"] for option in offered] == [str(earlier.id)]
    client.post(place, {**typed, "fill": "find", "copy_q": "没有这家"})
    assert "没有找到可以复制的报价" in client.page.text
    client.post(place, {**typed, "fill": "copy_both", "copy_from": str(earlier.id)}, htmx=True)
    values = client.page.values(place)
    assert (values["payment_term"], values["warranty"]) == ("on_delivery", "36 个月")
    assert (values["line-0-unit_price"], values["line-0-quantity"]) == ("465.50", "一百")
    nothing: tuple[dict[str, str], ...] = (
        {"fill": "terms", "terms_set": "999"},
        {"fill": "copy_terms"},
        {"fill": "copy_lines", "copy_from": "999"},
    )
    for wrong in nothing:
        assert client.post(place, {**typed, **wrong}).status_code == 200
    session.refresh(revision)
    assert (revision.attention, revision.lines[0].unit_price) == ("王采购", None)


def test_lines_fill_gaps_and_the_others_stand_behind() -> None:
    present = [LineInput("油泵", model="CB-1", unit_price=Decimal(10)), LineInput("油缸", model="HSG")]
    earlier = [
        LineInput("油缸", model="hsg ", unit_price=Decimal(7), unit="支", quantity=Decimal(3), origin="a"),
        LineInput("油泵", model="CB-1", unit_price=Decimal(9), note="现货", floor_reason="x"),
        LineInput("胶管", inquiry_line_id=4),
    ]
    first, second, third = copying.merged(present, earlier)
    assert (first.unit_price, first.note, first.floor_reason) == (Decimal(10), "现货", "")
    assert (second.unit_price, second.unit, second.quantity, second.origin) == (Decimal(7), "支", None, "")
    assert (third.name, third.inquiry_line_id) == ("胶管", None)


def test_the_quoting_company_is_chosen_where_there_are_several(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    place = f"/quotations/{revision.quotation_id}/r/1/edit"
    sign_in(client, desk, "salesperson").get(place)
    assert not client.page.all("select", name="legal_entity_id")
    second = other_entity()
    assert client.submit(place, {"legal_entity_id": str(second.id)}).status_code == 303
    session.refresh(revision)
    assert revision.legal_entity_id == second.id
    change = events_for("quotation", revision.id)[0].data["changes"][0]
    assert change == ["legal_entity", desk.entity.name, second.name]
    assert client.submit(place, {"legal_entity_id": "999"}).status_code == 422
    with unit_of_work():
        session.get_one(LegalEntity, desk.entity.id).active = False
    with pytest.raises(Invalid), unit_of_work():
        actions.edit(
            revision,
            actor=desk.people.actor("salesperson"),
            version=revision.version,
            head=stories.head(revision),
            lines=stories.typed(revision),
            legal_entity_id=desk.entity.id,
        )


# The whole of it


def test_a_whole_quotation_is_copied_into_another_inquirys_draft(client: Client, desk: stories.Desk) -> None:
    earlier = desk.quotation("approved", warranty="36 个月")
    place = f"/quotations/{earlier.quotation_id}/r/1"
    sign_in(client, desk, "salesperson").get(f"{place}/copy")
    assert "没有处于“编制报价”的其他询价" in client.page.text
    target = draft_of(desk)
    client.get(place)
    assert client.page.all("a", href=f"{place}/copy")
    assert client.submit(f"{place}/copy", {"inquiry_id": ""}).status_code == 422
    inquiry = str(target.quotation.inquiry_id)
    response = client.submit(f"{place}/copy", {"inquiry_id": inquiry})
    assert response.location == f"/quotations/{target.quotation_id}/r/1/edit"
    session.refresh(target)
    assert (target.warranty, [str(line.unit_price) for line in target.lines]) == ("36 个月", ["465.5000"] * 3)
    assert all(line.inquiry_line_id for line in target.lines)
    stories.step(desk.people, target, "submit", "salesperson")
    assert client.submit(f"{place}/copy", {"inquiry_id": inquiry}).status_code == 409
    assert sign_in(client, desk, "colleague").get(f"{place}/copy").status_code == 404
    assert sign_in(client, desk, "keeper").get(f"{place}/copy").status_code == 403


def test_copying_ends_at_another_persons_inquiry_and_at_other_states(desk: stories.Desk) -> None:
    earlier = desk.quotation("approved")
    reported = stories.report(desk.people, stories.inquiry(desk.people, desk.customer))
    with pytest.raises(Denied), unit_of_work():
        copying.copy_to_inquiry(earlier, reported, actor=desk.people.actor("manager"))
    with pytest.raises(Conflict), unit_of_work():
        copying.copy_to_inquiry(earlier, reported, actor=desk.people.actor("salesperson"))
    with pytest.raises(NotVisible):
        copying.source(desk.people.actor("colleague"), earlier.id)
    stories.answer(desk.people, stories.decide(desk.people, reported))
    target = stories.draft(desk.people, reported)
    stories.step(desk.people, target, "void", "manager", note="重来")
    with unit_of_work():
        inquiry = session.get_one(Inquiry, reported.id)
        fresh = copying.copy_to_inquiry(earlier, inquiry, actor=desk.people.actor("salesperson"))
    assert (fresh.status, fresh.total) == ("draft", earlier.total)
    assert fresh.valid_until >= clock.today()

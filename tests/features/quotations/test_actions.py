"""What people do with a quotation besides its steps: made from answers, edited, revised, accepted, and refused."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.files import CheckedFile
from app.core.permissions import SYSTEM
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.inquiries import actions as inquiry_actions
from app.features.products.models import Product
from app.features.quotations import actions
from app.features.quotations.enums import LineKind
from app.features.quotations.line_changes import line_changes, line_facts
from app.features.quotations.models import QuotationRevision
from app.features.seals.models import LegalEntity
from tests import stories

PAPER = CheckedFile("回传.pdf", "application/pdf", b"%PDF-1.4")


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def answered(desk: stories.Desk) -> Any:
    people = desk.people
    return stories.answer(
        people, stories.decide(people, stories.report(people, stories.inquiry(people, desk.customer)))
    )


def edit(desk: stories.Desk, revision: QuotationRevision, who: str = "salesperson", **values: Any) -> None:
    with unit_of_work():
        actions.edit(
            revision,
            actor=desk.people.actor(who),
            version=values.pop("version", revision.version),
            head=stories.head(revision, **values.pop("head", {})),
            lines=values.pop("lines", None) or stories.typed(revision, **values),
        )


# Made from answers


def test_lines_are_filled_from_answers_and_price_list(desk: stories.Desk) -> None:
    people = desk.people
    with unit_of_work():
        product = Product(
            code="P-1",
            name="齿轮泵",
            brand="安恒",
            unit="台",
            tax_rate=Decimal(9),
            list_price=Decimal("512.5"),
            floor_price=Decimal(480),
            lead_time_days=7,
        )
        session.add(product)
        session.flush()
        row = inquiry_actions.register(
            actor=people.actor("salesperson"),
            customer=desk.customer,
            received_at=clock.now() - timedelta(hours=1),
            deadline=clock.now() + timedelta(days=2),
            kind="inquiry",
            channel="phone",
            summary="询价",
            lines=[
                stories.line("齿轮泵", model="CB-1", spec="20 mL/r", product_id=product.id),
                stories.line("油缸", model="HSG-63"),
            ],
        )
    stories.decide(people, stories.report(people, row), technical=1, purchasing=0)
    with unit_of_work():
        inquiry_actions.answer_technical(
            row,
            row.lines[0].id,
            actor=people.actor("technician"),
            model="CB-2",
            parameters="25 MPa",
            deviation="法兰不同",
        )
    revision = stories.draft(people, row)

    first, second = revision.lines
    assert (first.model, first.spec) == ("CB-2", "20 mL/r；25 MPa；偏离：法兰不同")
    assert (first.unit_price, first.tax_rate, first.lead_time_days) == (Decimal("512.5"), Decimal(9), 7)
    assert (second.unit_price, second.tax_rate, second.lead_time_days) == (None, Decimal(13), None)
    assert revision.total == Decimal("5125.00")


def test_only_the_owner_makes_a_quotation_and_only_when_all_is_answered(desk: stories.Desk) -> None:
    row = answered(desk)
    for who, refusal in (("outsider", Denied), ("manager", Denied), ("salesperson", Conflict)):
        with pytest.raises(refusal), unit_of_work():
            actions.create_from_inquiry(row, actor=desk.people.actor(who))
    assert session.query(QuotationRevision).count() == 0


def test_without_a_legal_entity_nothing_is_quoted(desk: stories.Desk) -> None:
    row = answered(desk)
    with unit_of_work():
        session.get_one(LegalEntity, desk.entity.id).active = False
    with pytest.raises(Conflict) as refused, unit_of_work():
        inquiry_actions.fire(row, "start_quoting", actor=desk.people.actor("salesperson"), version=None)
    assert refused.value.code == "quotation:no-legal-entity"
    session.refresh(row)
    assert row.status == "preparing"


def test_the_system_makes_no_quotation(desk: stories.Desk) -> None:
    row = answered(desk)
    with unit_of_work():
        actions.create_on_start(row.id, SYSTEM)
    assert session.query(QuotationRevision).count() == 0


# Edited


def test_editing_is_the_owners_and_of_the_version_they_saw(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    with pytest.raises(Denied):
        edit(desk, revision, "manager")
    with pytest.raises(Stale):
        edit(desk, revision, version=revision.version - 1)
    stories.step(desk.people, revision, "submit", "salesperson")
    with pytest.raises(Conflict) as refused:
        edit(desk, revision)
    assert refused.value.code == "quotation:not-editable"


def test_saving_without_a_change_leaves_no_event(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    before = len(events_for("quotation", revision.id))
    edit(desk, revision)
    assert len(events_for("quotation", revision.id)) == before


@pytest.mark.parametrize("days", [-1, 400])
def test_validity_lies_between_today_and_a_year(desk: stories.Desk, days: int) -> None:
    revision = desk.quotation("draft")
    with pytest.raises(Invalid) as refused:
        edit(desk, revision, head={"valid_until": clock.today() + timedelta(days=days)})
    assert list(refused.value.fields) == ["valid_until"]


def test_too_many_lines_and_too_large_a_sum_are_refused(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    with pytest.raises(Invalid):
        edit(desk, revision, lines=[actions.LineInput(name="油缸")] * 201)
    with pytest.raises(Invalid):
        edit(desk, revision, unit_price=Decimal(9999999999))
    session.refresh(revision)
    assert revision.total == Decimal("13965.00")


def test_headings_and_options_are_not_summed(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    lines = [
        actions.LineInput(name="泵类", kind="heading"),
        *stories.typed(revision),
        actions.LineInput(
            name="备件包",
            kind="option",
            quantity=Decimal(1),
            unit_price=Decimal(900),
            tax_rate=Decimal(13),
            unit="套",
        ),
    ]
    edit(desk, revision, lines=lines)
    assert revision.total == Decimal("13965.00")
    assert actions.totals_of(revision.lines).gross == Decimal("13965.00")


def test_line_of_another_inquiry_is_left_out(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    lines = [*stories.typed(revision), actions.LineInput(name="别家的", inquiry_line_id=999_999)]
    edit(desk, revision, lines=lines)
    assert [line.name for line in revision.lines] == ["液压件1", "液压件2", "液压件3"]


# Revised


def test_revising_is_refused_with_its_reason(desk: stories.Desk) -> None:
    revision, people = desk.quotation("issued"), desk.people
    owner = people.actor("salesperson")
    for actor, version, reason, refusal in (
        (people.actor("manager"), revision.version, "降价", Denied),
        (owner, revision.version - 1, "降价", Stale),
        (owner, revision.version, "  ", Invalid),
    ):
        with pytest.raises(refusal), unit_of_work():
            actions.revise(revision, actor=actor, version=version, reason=reason)
    with unit_of_work():
        second = actions.revise(revision, actor=owner, version=revision.version, reason="降价")
    with pytest.raises(Conflict) as again, unit_of_work():
        actions.revise(revision, actor=owner, version=revision.version, reason="再降")
    assert again.value.code == "quotation:newer-revision"
    with pytest.raises(Conflict) as early, unit_of_work():
        actions.revise(second, actor=owner, version=second.version, reason="再降")
    assert early.value.code == "quotation:not-revisable"
    assert [line.unit_price for line in second.lines] == [line.unit_price for line in revision.lines]


# Accepted


def test_acceptance_is_attached_by_the_owner_to_an_issued_offer(desk: stories.Desk) -> None:
    people, draft, issued = desk.people, desk.quotation("draft"), desk.quotation("issued")
    with pytest.raises(Denied), unit_of_work():
        actions.attach_acceptance(issued, actor=people.actor("manager"), file=PAPER)
    with pytest.raises(Conflict), unit_of_work():
        actions.attach_acceptance(draft, actor=people.actor("salesperson"), file=PAPER)
    with unit_of_work():
        row = actions.attach_acceptance(issued, actor=people.actor("salesperson"), file=PAPER)
    assert (row.kind, row.name) == ("acceptance", "回传.pdf")


def test_nothing_changed_before_the_second_submission(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    assert actions.submitted_changes(revision) == []
    stories.step(desk.people, revision, "submit", "salesperson")
    assert actions.submitted_changes(revision) == []


def test_a_refused_attempt_is_recorded_with_its_code(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    with unit_of_work():
        actions.record_refused_paper(revision.id, desk.people.actor("administrator"))
    event = events_for("quotation", revision.id)[0]
    assert (event.verb, event.data["code"]) == ("quotation:paper-refused", "quotation:not-approved")


def test_a_line_stays_the_same_row_and_is_written_only_where_it_changed(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    first, second = revision.lines[:2]
    ids = (first.id, second.id)
    inputs = [
        actions.LineInput(**{name: getattr(line, name) for name in actions.LINE_FIELDS})
        for line in revision.lines
    ]
    changed = replace(inputs[1], quantity=Decimal(17))
    with unit_of_work():
        row = session.get_one(QuotationRevision, revision.id)
        actions.put_lines(row, [inputs[0], changed, *inputs[2:]])
        assert [line.position for line in row.lines if session.is_modified(line)] == [2]
    with unit_of_work():
        row = session.get_one(QuotationRevision, revision.id)
        actions.put_lines(row, [changed, inputs[0], replace(inputs[0], name="另一台")])
    session.refresh(revision)
    assert [line.id for line in revision.lines[:2]] == [ids[1], ids[0]]
    assert [line.name for line in revision.lines] == [changed.name, inputs[0].name, "另一台"]
    assert len({line.origin for line in revision.lines}) == 3
    assert revision.lines[0].quantity == 17


def test_a_line_that_must_be_read_again_is_compared_all_the_same(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    inputs = [
        actions.LineInput(**{name: getattr(line, name) for name in actions.LINE_FIELDS})
        for line in revision.lines
    ]
    assert inputs[0].unit_price is not None
    with unit_of_work():
        row = session.get_one(QuotationRevision, revision.id)
        session.expire(row.lines[0])
        actions.put_lines(row, inputs)
        assert not session.is_modified(row.lines[0])
        session.expire(row.lines[0])
        assert line_facts(row)[1][0] == inputs[0].name
        session.expire(row.lines[0])
        actions.put_lines(row, [replace(inputs[0], unit_price=None), *inputs[1:]])
    session.refresh(revision)
    assert revision.lines[0].unit_price is None
    assert revision.lines[0].name == inputs[0].name


def test_changes_of_lines_are_told_by_position_and_field(desk: stories.Desk) -> None:
    before = {
        1: ("泵", *[""] * 4, Decimal("2.000"), None, None, 5, ""),
        2: ("阀", *[""] * 4, None, None, None, None, ""),
    }
    after = {1: ("泵", *[""] * 4, Decimal(2), Decimal("1.50"), None, 7, "")}
    assert line_changes(before, after) == [
        ["1/unit_price", "", "1.5"],
        ["1/lead_time_days", "5", "7"],
        ["2/name", "阀", ""],
    ]
    assert line_changes(after, after) == []


TYPED_LINES = st.lists(
    st.builds(
        actions.LineInput,
        name=st.sampled_from(["泵", "阀"]),
        kind=st.sampled_from(list(LineKind)),
        quantity=st.sampled_from([None, Decimal(2), Decimal("2.000"), Decimal("0.5")]),
        unit_price=st.sampled_from([None, Decimal("1.25")]),
        origin=st.sampled_from(["", "a", "b", "c"]),
    ),
    max_size=5,
)


@settings(max_examples=40)
@given(before=TYPED_LINES, after=TYPED_LINES)
def test_lines_become_what_was_typed_whatever_stood_there(
    before: list[actions.LineInput], after: list[actions.LineInput]
) -> None:
    revision = QuotationRevision()
    actions.put_lines(revision, before, floors={})
    stood = {line.origin: line for line in revision.lines}
    actions.put_lines(revision, after, floors={})
    for line, item in zip(revision.lines, after, strict=True):
        assert all(
            getattr(line, name) == getattr(item, name) for name in actions.LINE_FIELDS if name != "origin"
        )
        assert stood.get(line.origin, line) is line
    assert [line.position for line in revision.lines] == list(range(1, len(after) + 1))
    marks = [line.origin for line in revision.lines]
    assert all(marks)
    assert len(set(marks)) == len(marks)
    assert {item.origin for item in after} - {""} <= set(marks)
    assert revision.total == actions.total_of(after)

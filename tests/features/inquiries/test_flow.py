"""The life of an inquiry: by example, and by random walks that keep what must always hold."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock, timeline, workflow
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Problem
from app.core.permissions import SYSTEM, Role
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.inquiries import actions
from app.features.inquiries.enums import InquiryStatus, Subject
from app.features.inquiries.flow import FLOW, answering_people, ready_to_decide, ready_to_report
from app.features.inquiries.models import Inquiry
from tests import factories
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff


@pytest.fixture
def staff() -> Staff:
    return Staff()


def kinds(inquiry: Inquiry) -> list[str]:
    return [task.kind for task in open_tasks("inquiry", inquiry.id)]


# Reporting


def test_reporting_numbers_the_inquiry_once_and_measures_working_hours(staff: Staff, at) -> None:  # type: ignore[no-untyped-def]
    at(2026, 11, 23, 11, 0)
    inquiry = making.inquiry(staff.owner, received_at=clock.now() - timedelta(hours=2))
    at(2026, 11, 23, 14, 0)
    inquiry = making.fire(inquiry, "report", staff.owner)
    assert (inquiry.number, inquiry.reported_late) == ("XJ-2026-0001", True)
    assert inquiry.report_latency_hours == Decimal("3.500")
    at(2026, 11, 23, 15, 0)
    making.fire(inquiry, "return", staff.manager)
    inquiry = making.fire(inquiry, "report", staff.owner)
    assert (inquiry.number, inquiry.report_latency_hours) == ("XJ-2026-0001", Decimal("3.500"))


def test_a_report_within_two_working_hours_is_in_time(staff: Staff, at) -> None:  # type: ignore[no-untyped-def]
    at(2026, 11, 23, 11, 0)
    inquiry = making.fire(making.inquiry(staff.owner), "report", staff.owner)
    assert (inquiry.report_latency_hours, inquiry.reported_late) == (Decimal("1.000"), False)
    told = timeline.events_for("inquiry", inquiry.id)[0]
    assert told.data == {"hours": "1.00", "late": False}


def test_nothing_can_be_reported_after_the_deadline_or_without_a_request(staff: Staff) -> None:
    late = making.inquiry(staff.owner)
    with unit_of_work():
        session.get_one(Inquiry, late.id).deadline = clock.now()
    with pytest.raises(Conflict, match="deadline-past"):
        making.fire(late, "report", staff.owner)
    empty = making.inquiry(staff.owner, of=making.customer(staff.owner), summary=" ", lines=[])
    with pytest.raises(Conflict, match="no-request"):
        making.fire(empty, "report", staff.owner)


def test_without_anybody_to_decide_the_missing_role_is_named() -> None:
    department = factories.department()
    lonely = factories.user(name="独人", roles=[Role.SALESPERSON], department=department)
    inquiry = making.inquiry(lonely)
    problem = ready_to_report(inquiry, factories.actor(lonely), {})
    assert problem is not None
    assert problem.code == "inquiry:nobody-decides"


# Deciding


def test_a_managers_own_inquiry_is_the_leaders_to_decide(staff: Staff) -> None:
    inquiry = making.fire(making.inquiry(staff.manager), "report", staff.manager)
    task = open_tasks("inquiry", inquiry.id)[0]
    assert task.permission == "inquiries:inquiry:decide-for-manager"
    with pytest.raises(Denied) as refused:
        making.decide(inquiry, staff.manager)
    assert "刘总" in refused.value.sentence()
    assert making.decide(inquiry, staff.leader).status == "preparing"


def test_a_delegate_decides_in_the_managers_name_but_not_on_his_own(staff: Staff) -> None:
    factories.delegation(staff.manager, staff.colleague)
    theirs = making.fire(making.inquiry(staff.colleague), "report", staff.colleague)
    with pytest.raises(Denied):
        making.decide(theirs, staff.colleague)
    inquiry = making.bring_to(staff, "reported")
    making.decide(inquiry, staff.colleague)
    told = timeline.events_for("inquiry", inquiry.id)[0]
    assert (told.actor_name, told.on_behalf_of_name) == ("钱进", "马经理")


def test_the_leader_does_not_decide_where_a_manager_can(staff: Staff) -> None:
    with pytest.raises(Denied):
        making.decide(making.bring_to(staff, "reported"), staff.leader)


def test_a_decision_tells_exactly_the_asked(staff: Staff) -> None:
    inquiry = making.decide(making.bring_to(staff, "reported"), staff.manager, technical={1})
    assert answering_people(inquiry) == [staff.owner.id, staff.technician.id]
    other = making.fire(making.inquiry(staff.owner), "report", staff.owner)
    other = making.decide(other, staff.manager, purchasing={1})
    assert answering_people(other) == [staff.owner.id, staff.buyer.id]
    assert kinds(inquiry) == ["inquiry:answer-technical"]
    assert kinds(other) == ["inquiry:answer-purchasing"]


def test_asking_needs_a_deadline_in_the_future(staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    actor = factories.actor(staff.manager)
    asked = {"technical": {inquiry.lines[0].id}}
    for data in (asked, {**asked, "answers_due_at": clock.now() - timedelta(minutes=1)}):
        assert isinstance(ready_to_decide(inquiry, actor, data), Invalid)
    assert ready_to_decide(inquiry, actor, {}) is None
    assert (
        ready_to_decide(inquiry, actor, {**asked, "answers_due_at": clock.now() + timedelta(hours=1)}) is None
    )


def test_a_decision_to_decline_needs_a_reason_of_the_list_and_words(staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    with pytest.raises(Invalid):
        making.fire(inquiry, "decline", staff.manager, data={"decline_reason": "mood"})
    with pytest.raises(Invalid):
        making.fire(inquiry, "decline", staff.manager, data={"decline_reason": "scope"}, note=" ")
    declined = making.fire(inquiry, "decline", staff.manager, data={"decline_reason": "scope"})
    assert (declined.status, declined.decline_reason) == ("declined", "scope")


# Quoting and after


def test_the_quotation_waits_for_every_asked_line(staff: Staff) -> None:
    inquiry = making.decide(making.bring_to(staff, "reported"), staff.manager, technical={2}, purchasing={1})
    with pytest.raises(Conflict, match="lacks-purchasing"):
        making.fire(inquiry, "start_quoting", staff.owner)
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        actions.answer_purchasing(
            row, row.lines[0].id, actor=factories.actor(staff.buyer), answer=making.price()
        )
    with pytest.raises(Conflict, match="lacks-technical"):
        making.fire(inquiry, "start_quoting", staff.owner)
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        actions.answer_technical(
            row, row.lines[1].id, actor=factories.actor(staff.technician), model="X", parameters="16 MPa"
        )
    assert making.fire(inquiry, "start_quoting", staff.owner).status == "quoting"


def test_there_must_be_something_to_quote(staff: Staff) -> None:
    inquiry = making.fire(making.inquiry(staff.owner, lines=[]), "report", staff.owner)
    making.decide(inquiry, staff.manager)
    with pytest.raises(Conflict, match="no-lines"):
        making.fire(inquiry, "start_quoting", staff.owner)


def test_only_a_sealed_offer_is_handed_over(staff: Staff) -> None:
    inquiry = making.bring_to(staff, "quoting")
    with pytest.raises(Conflict, match="no-offer"):
        making.fire(inquiry, "submit", staff.owner, data={"delivered_how": "邮件"})
    making.issue_offer(inquiry)
    inquiry = making.fire(inquiry, "submit", staff.owner, data={"delivered_how": " 邮件 "})
    assert (inquiry.delivered_how, inquiry.submitted_at is not None) == ("邮件", True)
    assert kinds(inquiry) == []
    again = making.fire(inquiry, "submit_again", staff.owner, data={"delivered_how": "快递"})
    assert (again.status, again.delivered_how) == ("submitted", "快递")


def test_a_loss_is_claimed_by_one_and_confirmed_by_another(staff: Staff) -> None:
    inquiry = making.bring_to(staff, "submitted")
    for wrong, field in (
        ({}, "loss_cause"),
        ({"loss_cause": "weather", "lost_reason": "价格高"}, "loss_cause"),
        ({"loss_cause": "other", "lost_reason": " "}, "lost_reason"),
    ):
        with pytest.raises(Invalid) as unsaid_cause:
            making.fire(inquiry, "claim_loss", staff.owner, data=wrong)
        assert list(unsaid_cause.value.fields) == [field]
    data = {
        "loss_cause": "price",
        "lost_reason": "价格高",
        "competitor": "甲厂",
        "competitor_price": Decimal("9.90"),
    }
    for unsaid, field in (
        ({}, "price_source"),
        ({"price_source": "spying"}, "price_source"),
        ({"price_source": "other", "price_source_note": " "}, "price_source_note"),
    ):
        with pytest.raises(Invalid) as caught:
            making.fire(inquiry, "claim_loss", staff.owner, data={**data, **unsaid})
        assert list(caught.value.fields) == [field]
    data = {**data, "price_source": "customer"}
    inquiry = making.fire(inquiry, "claim_loss", staff.owner, data=data)
    assert kinds(inquiry) == ["inquiry:confirm-loss"]
    with pytest.raises(Denied):
        making.fire(inquiry, "confirm_loss", staff.owner)
    inquiry = making.fire(inquiry, "refuse_loss", staff.manager)
    assert inquiry.status == "submitted"
    inquiry = making.fire(inquiry, "claim_loss", staff.owner, data=data)
    inquiry = making.fire(inquiry, "confirm_loss", staff.manager)
    assert (inquiry.status, inquiry.result_on, inquiry.competitor_price) == (
        "lost",
        clock.today(),
        Decimal("9.90"),
    )


def test_a_managers_own_loss_is_confirmed_by_the_leader(staff: Staff) -> None:
    inquiry = making.inquiry(staff.manager)
    making.fire(inquiry, "report", staff.manager)
    making.decide(inquiry, staff.leader)
    making.fire(inquiry, "start_quoting", staff.manager)
    making.issue_offer(inquiry)
    making.fire(inquiry, "submit", staff.manager, data={"delivered_how": "面交"})
    inquiry = making.fire(inquiry, "claim_loss", staff.manager, data={"loss_cause": "late"})
    assert open_tasks("inquiry", inquiry.id)[0].permission == "inquiries:inquiry:decide-for-manager"
    assert making.fire(inquiry, "confirm_loss", staff.leader).status == "lost"


def test_a_reopened_inquiry_gets_a_deadline_that_can_be_kept(staff: Staff) -> None:
    inquiry = making.bring_to(staff, "withdrawn")
    kept = inquiry.deadline
    inquiry = making.fire(inquiry, "reopen", staff.manager)
    assert (inquiry.status, inquiry.deadline, inquiry.result_on) == ("preparing", kept, None)
    making.fire(inquiry, "cancel", staff.owner)
    with unit_of_work():
        session.get_one(Inquiry, inquiry.id).deadline = clock.now() - timedelta(days=9)
    assert making.fire(inquiry, "reopen", staff.manager).deadline > clock.now()


def test_the_system_begins_a_quotation_in_its_owners_name_and_takes_no_other_step(staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        for item in FLOW.steps:
            if item.name != "start_quoting":
                with pytest.raises(Denied):
                    actions.fire(row, item.name, actor=SYSTEM, version=None, note="x")
        authority = FLOW.step("start_quoting").allowed.test(row, SYSTEM)
        assert authority is not None
        assert (authority.role, authority.on_behalf_of) == ("system", (row.owner_id, row.owner.name))


def test_the_table_is_drawn(staff: Staff) -> None:
    drawn = workflow.to_mermaid(FLOW)
    for state in FLOW.states:
        assert str(state.label) in drawn


# Random walks

PEOPLE = (
    "owner",
    "colleague",
    "manager",
    "stranger_manager",
    "leader",
    "technician",
    "buyer",
    "administrator",
)
ACTS = (*(item.name for item in FLOW.steps), "answer", "waive", "offer")


def act(inquiry: Inquiry, name: str, staff: Staff, person: str, chance: random.Random) -> None:
    """Try something; what is refused changes nothing, which the caller checks."""
    actor = factories.actor(staff.everybody()[person])
    lines = [line.id for line in inquiry.lines]
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        if name == "offer":
            actions.note_offer_issued(row, "BJ-2026-0001")
        elif name == "answer" and chance.random() < 0.5:
            actions.answer_technical(row, chance.choice(lines), actor=actor, model="X", parameters="16 MPa")
        elif name == "answer":
            actions.answer_purchasing(row, chance.choice(lines), actor=actor, answer=making.price())
        elif name == "waive":
            subject = chance.choice(list(Subject))
            actions.waive(
                row, chance.choice(lines), actor=actor, version=row.version, subject=subject, reason="免"
            )
        else:
            data = {
                "technical": {line for line in lines if chance.random() < 0.3},
                "purchasing": {line for line in lines if chance.random() < 0.3},
                "answers_due_at": clock.now() + timedelta(days=1),
                "decline_reason": "scope",
                "delivered_how": "面交",
                "loss_cause": "price",
                "lost_reason": "价格",
            }
            note = "原因" if chance.random() < 0.9 else ""
            actions.fire(row, name, actor=actor, version=row.version, note=note, data=data)


def facts(inquiry: Inquiry) -> tuple[object, ...]:
    return inquiry.status, inquiry.version, inquiry.number, len(timeline.events_for("inquiry", inquiry.id))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_whatever_people_try_the_invariants_hold(staff: Staff, seed: int) -> None:
    chance = random.Random(seed)
    session.rollback()
    inquiry = making.inquiry(staff.owner, of=making.customer(staff.owner), count=2)
    number = inquiry.id
    numbered: str | None = None
    for _step in range(25):
        name, person = chance.choice(ACTS), chance.choice(PEOPLE)
        if chance.random() < 0.5:
            # Half of the time what the state allows, so that walks get far.
            possible = [item for item in FLOW.steps if inquiry.status in item.sources]
            name = chance.choice(possible).name
            person = chance.choice(("owner", "manager"))
        before = facts(session.get_one(Inquiry, number))
        try:
            act(session.get_one(Inquiry, number), name, staff, person, chance)
        except Problem:
            session.rollback()
            assert facts(session.get_one(Inquiry, number)) == before, "a refusal changes nothing"
            continue
        inquiry = session.get_one(Inquiry, number)
        assert inquiry.version > before[1]  # type: ignore[operator]
        if FLOW.has_step(name):
            item = FLOW.step(name)
            assert before[0] in item.sources
            assert inquiry.status in item.targets
            assert person not in ("colleague", "stranger_manager", "technician", "buyer", "administrator")
        else:
            assert inquiry.status == before[0]
        assert numbered in (None, inquiry.number), "a number is given once and stays"
        numbered = inquiry.number or numbered
        assert (inquiry.number is None) == (inquiry.reported_at is None)
        wanted = sorted(want.kind for want in FLOW.wanted_tasks(inquiry))
        assert sorted(kinds(inquiry)) == wanted, "tasks are those the state implies"
        assert not (inquiry.status == InquiryStatus.SUBMITTED and inquiry.submitted_at is None)
    last = [event for event in timeline.events_for("inquiry", number) if event.to_status][0]
    assert last.to_status == session.get_one(Inquiry, number).status

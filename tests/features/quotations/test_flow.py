"""The life of a quotation: who may decide, what must be complete, who stands in, and that no walk leaves the table."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Problem
from app.core.files import CheckedFile
from app.core.permissions import SYSTEM, Role, roles_holding
from app.core.tasks import open_tasks
from app.core.timeline import events_for, verify_chain
from app.core.uow import unit_of_work
from app.features.inquiries import actions as inquiry_actions
from app.features.inquiries.models import PurchasingAnswer
from app.features.products.models import Product
from app.features.quotations import actions, flow, snapshot
from app.features.quotations.checks import evidence_warnings
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.flow import FLOW
from app.features.quotations.models import QuotationRevision
from tests import factories, stories


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def refusal(function: Any, *arguments: Any, **options: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        function(*arguments, **options)
    return caught.value


# Completeness


@pytest.mark.parametrize(
    ("head", "line", "code"),
    [
        ({"valid_until": None}, {}, "quotation:validity-missing"),
        ({"payment_term": ""}, {}, "quotation:payment-missing"),
        ({"payment_term": "other", "payment_other": " "}, {}, "quotation:payment-missing"),
        ({"delivery_place": ""}, {}, "quotation:delivery-place-missing"),
        ({"delivery_start": ""}, {}, "quotation:delivery-start-missing"),
        ({}, {"unit_price": None}, "quotation:line-price"),
        ({}, {"unit_price": Decimal(0)}, "quotation:line-price"),
        ({}, {"quantity": None}, "quotation:line-quantity"),
        ({}, {"unit": ""}, "quotation:line-unit"),
        ({}, {"tax_rate": None}, "quotation:line-tax"),
        ({}, {"lead_time_days": None}, "quotation:line-lead-time"),
        ({}, {"kind": "option"}, "quotation:no-lines"),
    ],
)
def test_an_incomplete_quotation_is_not_submitted(
    desk: stories.Desk, head: dict[str, Any], line: dict[str, Any], code: str
) -> None:
    revision = desk.quotation("draft")
    with unit_of_work():
        actions.edit(
            revision,
            actor=desk.people.actor("salesperson"),
            version=revision.version,
            head=stories.head(revision, **head),
            lines=stories.typed(revision, **line),
        )

    problem = refusal(stories.step, desk.people, revision, "submit", "salesperson")

    assert (problem.code, problem.status) == (code, 409)
    session.refresh(revision)
    assert (revision.status, revision.number) == ("draft", None)


def test_validity_that_passed_while_drafting_stops_the_submission(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    with clock.frozen(clock.now() + timedelta(days=60)):
        problem = refusal(stories.step, desk.people, revision, "submit", "salesperson")
    assert problem.code == "quotation:validity-past"


def test_effect_must_be_chosen_before_the_first_submission(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    with unit_of_work():
        settings.put("quotations.effect", "")
    assert (
        refusal(stories.step, desk.people, revision, "submit", "salesperson").code == "quotation:effect-unset"
    )


def test_price_below_the_floor_needs_a_reason_and_goes_to_the_leader(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    with unit_of_work():
        product = Product(
            code="P-1",
            name="齿轮泵",
            unit="台",
            tax_rate=Decimal(13),
            list_price=Decimal(500),
            floor_price=Decimal(480),
        )
        session.add(product)
        session.flush()
        actions.edit(
            revision,
            actor=desk.people.actor("salesperson"),
            version=revision.version,
            head=stories.head(revision),
            lines=stories.typed(revision, product_id=product.id),
        )
    assert (
        refusal(stories.step, desk.people, revision, "submit", "salesperson").code == "quotation:line-floor"
    )
    with unit_of_work():
        lines = stories.typed(revision, floor_reason="老客户清库存")
        actions.edit(
            revision,
            actor=desk.people.actor("salesperson"),
            version=revision.version,
            head=stories.head(revision),
            lines=lines,
        )
    stories.step(desk.people, revision, "submit", "salesperson")
    stories.approve(desk.people, revision)
    assert revision.status == "leader_review"


# Who decides


def test_amount_above_the_limit_is_the_leaders_turn(desk: stories.Desk) -> None:
    revision = stories.approve(desk.people, desk.quotation("review", price="9999.99"))
    assert revision.status == "leader_review"
    assert revision.snapshot is None
    assert [task.kind for task in open_tasks("quotation", revision.id)] == ["quotation:approve"]

    stories.step(desk.people, revision, "approve_as_leader", "leader", data={"warnings_ticked": True})

    assert revision.status == "approved"
    assert revision.snapshot is not None
    assert [item["name"] for item in revision.snapshot["reviewed"]] == ["马经理", "刘总"]
    assert revision.content_hash == snapshot.hash_of(revision.snapshot)


def test_payment_term_outside_the_list_is_the_leaders_turn(desk: stories.Desk) -> None:
    revision = desk.quotation("review", payment_term="other", payment_other="货到 90 天付款")
    assert stories.approve(desk.people, revision).status == "leader_review"
    assert snapshot.payment_text(revision) == "货到 90 天付款"


def test_manager_cannot_approve_their_own_and_the_leader_does(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    with unit_of_work():
        revision.owner_id = desk.people.manager.id
    with unit_of_work():
        actions.fire(revision, "submit", actor=desk.people.actor("manager"), version=None)
    refused = refusal(stories.approve, desk.people, revision)
    assert isinstance(refused, Denied)
    data = {"content_hash": revision.submitted_hash, "warnings_ticked": True}
    assert stories.step(desk.people, revision, "approve", "leader", data=data).status == "approved"


def test_nobody_left_to_review_is_said_with_the_missing_setting(desk: stories.Desk) -> None:
    revision = desk.quotation("draft", price="90000")
    with unit_of_work():
        revision.owner_id = desk.people.leader.id
    actor = desk.people.actor("leader")

    def submit() -> None:
        with unit_of_work():
            actions.fire(revision, "submit", actor=actor, version=None)

    problem = refusal(submit)
    assert problem.code == "quotation:nobody-reviews"
    assert "第二审批人" in problem.sentence()
    with unit_of_work():
        settings.put("quotations.second_approver", desk.people.keeper.id)
    submit()
    assert stories.approve(desk.people, revision).status == "leader_review"
    assert (
        refusal(
            stories.step, desk.people, revision, "approve_as_leader", "leader", data={"warnings_ticked": True}
        ).status
        == 403
    )
    kinds = [(task.kind, task.user_id) for task in open_tasks("quotation", revision.id)]
    assert kinds == [("quotation:approve", desk.people.keeper.id)]
    stories.step(desk.people, revision, "approve_as_leader", "keeper", data={"warnings_ticked": True})
    assert revision.approved_role == "second_approver"


def test_deputy_approves_in_the_managers_name_but_not_their_own(desk: stories.Desk) -> None:
    people = desk.people
    factories.delegation(people.manager, people.colleague)
    revision = desk.quotation("review")
    data = {"content_hash": revision.submitted_hash, "warnings_ticked": True}

    stories.step(people, revision, "approve", "colleague", data=data)

    event = events_for("quotation", revision.id)[0]
    assert (event.actor_name, event.on_behalf_of_name, event.role) == ("陈同", "马经理", "manager")
    assert revision.snapshot is not None
    assert revision.snapshot["reviewed"][-1]["name"] == "陈同（代马经理）"
    factories.delegation(people.manager, people.salesperson)
    own = desk.quotation("review")
    assert refusal(stories.step, people, own, "approve", "salesperson", data=data).status == 403


# Review


def test_unticked_evidence_stops_the_approval(desk: stories.Desk) -> None:
    revision = desk.quotation("review", valid_until=clock.today() + timedelta(days=90))
    warnings = evidence_warnings(revision)
    assert [warning.code for warning in warnings] == ["quotation:evidence-short"]
    assert "第 1 项" in warnings[0].sentence()

    data = {"content_hash": revision.submitted_hash, "warnings_ticked": False}
    problem = refusal(stories.step, desk.people, revision, "approve", "manager", data=data)

    assert isinstance(problem, Invalid)
    assert list(problem.fields) == ["warnings_ticked"]


def test_old_evidence_is_named_with_its_age(desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    with unit_of_work():
        answer = session.execute(select(PurchasingAnswer)).scalars().first()
        answer.quoted_on = clock.today() - timedelta(days=40)
    assert [(item.code, item.params) for item in evidence_warnings(revision)] == [
        ("quotation:evidence-old", {"days": 40})
    ]


def test_content_changed_behind_the_flow_cannot_be_approved(desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    with unit_of_work():
        revision.lines[0].unit_price = Decimal("1.00")
    assert refusal(stories.approve, desk.people, revision).code == "quotation:content-changed"


def test_expired_while_waiting_is_neither_approved_nor_issued(desk: stories.Desk) -> None:
    waiting, approved = desk.quotation("review"), desk.quotation("approved")
    with clock.frozen(clock.now() + timedelta(days=45)):
        assert refusal(stories.approve, desk.people, waiting).code == "quotation:validity-past"
        assert refusal(stories.issue, desk.people, approved, desk.seal).code == "quotation:validity-past"


def test_leaders_return_goes_back_to_the_leader_unless_money_changed(desk: stories.Desk) -> None:
    people = desk.people
    revision = stories.approve(people, desk.quotation("review", price="9999"))
    stories.step(people, revision, "return_as_leader", "leader", note="质保期写清楚")
    edit(people, revision, head={"warranty": "18 个月"})
    assert stories.step(people, revision, "submit", "salesperson").status == "leader_review"
    stories.step(people, revision, "return_as_leader", "leader", note="价格太高")
    edit(people, revision, line={"unit_price": Decimal(9500)})
    assert stories.step(people, revision, "submit", "salesperson").status == "review"
    assert [change[0] for change in actions.submitted_changes(revision)][:2] == ["1/unit_price", "1/amount"]


def edit(people: stories.Cast, revision: QuotationRevision, head: Any = None, line: Any = None) -> None:
    with unit_of_work():
        actions.edit(
            revision,
            actor=people.actor("salesperson"),
            version=revision.version,
            head=stories.head(revision, **(head or {})),
            lines=stories.typed(revision, **(line or {})),
        )


def test_manager_returns_with_a_reason_only(desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    assert refusal(stories.step, desk.people, revision, "return", "manager", note="  ").status == 422
    stories.step(desk.people, revision, "return", "manager", note="第 2 项价格核对")
    assert revision.status == "returned"
    assert [task.kind for task in open_tasks("quotation", revision.id)] == ["quotation:mend"]


def test_rejection_keeps_the_reason(desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    stories.step(desk.people, revision, "reject", "manager", note="客户信用不佳")
    assert (revision.status, revision.void_reason) == ("void", "客户信用不佳")
    assert open_tasks("quotation", revision.id) == []


def test_withdrawal_before_the_first_decision(desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    number = revision.number
    assert stories.step(desk.people, revision, "withdraw", "salesperson").status == "draft"
    assert stories.step(desk.people, revision, "submit", "salesperson").number == number


# The result


def test_late_acceptance_needs_the_managers_reason(desk: stories.Desk) -> None:
    people, revision = desk.people, desk.quotation("issued")
    with unit_of_work():
        paper = CheckedFile("回传.pdf", "application/pdf", b"%PDF-1.4")
        actions.attach_acceptance(revision, actor=people.actor("salesperson"), file=paper)
    with clock.frozen(clock.now() + timedelta(days=45)):
        stories.step(people, revision, "claim_acceptance", "salesperson")
        refused = refusal(
            stories.step, people, revision, "confirm_acceptance", "manager", data={"asked": True}
        )
        assert list(refused.fields) == ["late_reason"]  # type: ignore[attr-defined]
        stories.step(people, revision, "confirm_acceptance", "manager", data={"late_reason": "库存有货"})
    assert events_for("quotation", revision.id)[0].data["late_reason"] == "库存有货"
    assert revision.quotation.inquiry.status == "won"


def test_refused_acceptance_stays_issued_and_loss_ends_it(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    assert isinstance(
        refusal(stories.step, desk.people, revision, "claim_acceptance", "salesperson"), Conflict
    )
    assert (
        stories.step(desk.people, revision, "lose", "salesperson", data={"loss_cause": "price"}).status
        == "lost"
    )


def test_voiding_the_newer_revision_brings_the_older_back(desk: stories.Desk) -> None:
    first = desk.quotation("issued")
    with unit_of_work():
        second = actions.revise(
            first, actor=desk.people.actor("salesperson"), version=first.version, reason="降价"
        )
    assert (first.current, second.current) == (False, True)
    stories.step(desk.people, second, "void", "manager", note="不改了")
    session.refresh(first)
    assert (first.current, first.status) == (True, "issued")


def test_supersession_is_nobodys_button(desk: stories.Desk) -> None:
    revision = desk.quotation("approved")
    assert refusal(stories.step, desk.people, revision, "supersede", "manager").status == 403
    with unit_of_work():
        FLOW.fire(revision, "supersede", SYSTEM, version=None)
    assert (revision.status, flow.refused_paper(revision).code) == ("superseded", "quotation:no-paper")


def test_quotation_of_a_department_without_sealer_names_nobody(desk: stories.Desk) -> None:
    revision = desk.quotation("approved")
    problem = flow.refused_paper(revision)
    assert problem.code == "quotation:not-issued"
    assert "钱保管" in problem.sentence()


@pytest.mark.parametrize(("ending", "who"), [("withdraw", "manager"), ("cancel", "salesperson")])
def test_draft_lapses_when_its_inquiry_ends(desk: stories.Desk, ending: str, who: str) -> None:
    revision = desk.quotation("review")
    inquiry = revision.quotation.inquiry
    with unit_of_work():
        inquiry_actions.fire(inquiry, ending, actor=desk.people.actor(who), version=None, note="客户停产")
    session.refresh(revision)
    assert (revision.status, revision.void_reason) == ("void", flow.LAPSED)
    assert open_tasks("quotation", revision.id) == []
    assert events_for("quotation", revision.id)[0].actor_id is None


def test_issued_offer_does_not_lapse_with_its_inquiry(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    with unit_of_work():
        inquiry = revision.quotation.inquiry
        inquiry_actions.fire(
            inquiry, "cancel", actor=desk.people.actor("salesperson"), version=None, note="x"
        )
    session.refresh(revision)
    assert revision.status == "issued"


# Any walk


WHO = ("salesperson", "manager", "leader", "keeper", "back_office", "colleague")


@hypothesis_settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    walk=st.lists(
        st.tuples(st.sampled_from([step.name for step in FLOW.steps]), st.sampled_from(WHO)), max_size=14
    )
)
def test_no_walk_leaves_the_table(desk: stories.Desk, walk: list[tuple[str, str]]) -> None:
    revision = desk.quotation("draft")
    numbers = set()
    for name, who in walk:
        before = revision.status
        step = FLOW.step(name)
        try:
            with unit_of_work():
                data = {"content_hash": revision.submitted_hash, "warnings_ticked": True}
                if name == "issue":
                    continue
                actions.fire(
                    revision, name, actor=desk.people.actor(who), version=None, note="理由", data=data
                )
        except Problem:
            session.refresh(revision)
            assert revision.status == before
            continue
        assert before in step.sources
        assert revision.status in step.targets
        wanted = sorted((task.kind, task.user_id, task.permission) for task in FLOW.wanted_tasks(revision))
        found = sorted(
            (task.kind, task.user_id, task.permission) for task in open_tasks("quotation", revision.id)
        )
        assert found == wanted
        if revision.number:
            numbers.add(revision.number)
    assert len(numbers) <= 1
    assert (revision.snapshot is not None) == (revision.approved_at is not None)
    assert verify_chain() == []


def test_starting_twice_makes_one_quotation(desk: stories.Desk) -> None:
    people = desk.people
    row = stories.answer(
        people, stories.decide(people, stories.report(people, stories.inquiry(people, desk.customer)))
    )
    stories.draft(people, row)
    with pytest.raises(Conflict), unit_of_work():
        inquiry_actions.fire(row, "start_quoting", actor=people.actor("salesperson"), version=None)
    assert session.query(QuotationRevision).count() == 1


def test_roles_hold_what_the_table_of_roles_says() -> None:
    assert roles_holding(QuotationPerm.REVIEW) == {Role.MANAGER}
    assert roles_holding(QuotationPerm.APPROVE_ABOVE_LIMIT) == {Role.LEADER}

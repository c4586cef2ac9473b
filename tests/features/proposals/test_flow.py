"""The life of a proposal, row by row of the department's table, and what no walk through it can break."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, documents, search, settings, workdays
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem
from app.core.notices import Notice
from app.core.permissions import Role
from app.core.tasks import open_tasks
from app.core.timeline import describe, events_for
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.proposals import actions, queries, ranges
from app.features.proposals.enums import PROPOSAL
from app.features.proposals.flow import FLOW
from app.features.proposals.models import ProposalTip
from tests import factories
from tests.features.proposals import desk as proposals
from tests.features.proposals.desk import ANSWER, DECIDED, Company
from tests.features.rules import rulebook


@pytest.fixture
def company() -> Company:
    return proposals.company()


def waiting(number: int) -> list[tuple[str, int | None, str | None]]:
    return [(task.kind, task.user_id, task.permission) for task in open_tasks(PROPOSAL, number)]


def day_of(moment: datetime | None) -> date | None:
    return clock.to_local(moment).date() if moment is not None else None


def refused(code: str, run: Any) -> Conflict:
    with pytest.raises(Conflict) as problem:
        run()
    assert problem.value.code == code
    return problem.value


def test_a_penalty_is_proposed_heard_decided_served_and_carried_out(company: Company) -> None:
    reader = company.ident("reader")
    number = proposals.draft(company)
    assert proposals.load(number).number is None
    assert waiting(number) == []
    row = proposals.step(company, number, "submit", "manager")
    assert (row.number, row.month) == (f"RPP-{clock.today().year}-0001", clock.today().replace(day=1))
    assert waiting(number) == [("proposal:hear", None, "proposals:proposal:hear")]
    row = proposals.step(company, number, "hear", "personnel")
    assert day_of(row.hearing_due_at) == workdays.add_working_days(clock.today(), 3)
    assert waiting(number) == [("proposal:state", reader, None)]
    row = proposals.step(company, number, "state", "reader", no_objection=True)
    assert (row.status, row.no_objection) == ("hearing", True)
    assert waiting(number) == [("proposal:decide", None, "proposals:proposal:decide")]
    row = proposals.step(company, number, "decide", "leader", **DECIDED)
    assert (row.status, row.decided_amount, row.decided_measure) == ("decided", Decimal(200), row.measure)
    assert [kind for kind, _user, _permission in waiting(number)] == [
        "proposal:acknowledge",
        "proposal:serve",
    ]
    proposals.step(company, number, "acknowledge", "reader")
    row = proposals.step(company, number, "serve", "personnel")
    assert day_of(row.appeal_due_at) == workdays.add_working_days(clock.today(), 5)
    assert waiting(number) == [("proposal:answer", reader, None)]
    proposals.step(company, number, "accept", "reader")
    assert waiting(number) == [("proposal:execute", None, "proposals:proposal:execute")]
    row = proposals.step(company, number, "execute", "finance", execution="十二月奖金单列")
    assert row.executed_by_id == company.finance.id
    row = proposals.step(company, number, "close", "personnel")
    assert (row.status, row.closed_at is not None, waiting(number)) == ("closed", True, [])
    assert all(describe(event) for event in events_for(PROPOSAL, number))
    told = session.execute(select(Notice.user_id).where(Notice.user_id == reader)).all()
    assert len(told) > 3


def test_a_reward_needs_no_hearing_and_no_waiting(company: Company) -> None:
    number = proposals.draft(company, kind="reward", measure="通报表扬", amount=None)
    proposals.step(company, number, "submit", "manager")
    assert waiting(number) == [("proposal:decide", None, "proposals:proposal:decide")]
    row = proposals.step(company, number, "decide", "leader", decision="agreed", text="值得学习")
    assert (row.published, row.joint_liability) == (True, None)
    proposals.step(company, number, "serve", "personnel", witness_id=company.ident("colleague"))
    assert waiting(number) == [("proposal:execute", None, "proposals:proposal:hear")]
    assert proposals.step(company, number, "execute", "personnel", execution="例会宣布").status == "executed"


def test_a_reward_may_be_heard_and_is_decided_without_a_statement(company: Company) -> None:
    number = proposals.draft(company, kind="reward")
    proposals.step(company, number, "submit", "manager")
    proposals.step(company, number, "hear", "personnel")
    row = proposals.step(company, number, "decide", "leader", decision="refused", text="是本职工作")
    assert (row.status, row.published, row.decided_measure) == ("dismissed", False, "")


def test_the_person_is_heard_or_has_the_time_before_anybody_decides(company: Company) -> None:
    number = proposals.brought_to(company, "proposed")

    def decide() -> Any:
        return proposals.step(company, number, "decide", "leader", **DECIDED)

    refused("proposal:not-heard", decide)
    proposals.step(company, number, "hear", "personnel")
    assert "孙晓" in refused("proposal:still-hearing", decide).sentence()
    with pytest.raises(Invalid) as silent:
        proposals.step(company, number, "state", "reader", statement=" ")
    assert list(silent.value.fields) == ["statement"]
    with clock.frozen(clock.now() + timedelta(days=20)):
        assert decide().status == "decided"


def test_who_spoke_has_spoken(company: Company) -> None:
    number = proposals.brought_to(company, "heard")
    refused(
        "proposal:already-heard",
        lambda: proposals.step(company, number, "state", "reader", statement="还有"),
    )


@pytest.mark.parametrize(
    ("left_out", "field"),
    [
        ("decision", "decision"),
        ("text", "text"),
        ("joint_liability", "joint_liability"),
        ("joint_reason", "joint_reason"),
    ],
)
def test_a_decision_on_a_penalty_is_whole_or_none(company: Company, left_out: str, field: str) -> None:
    number = proposals.brought_to(company, "heard")
    with pytest.raises(Invalid) as problem:
        proposals.step(company, number, "decide", "leader", **{**DECIDED, left_out: None})
    assert list(problem.value.fields) == [field]


def test_a_changed_decision_says_what_it_comes_to_and_stays_in_range(company: Company) -> None:
    with unit_of_work():
        ranges.set_range(
            company.clause, actor=company.actor("manager"), least=Decimal(100), most=Decimal(300)
        )
    number = proposals.brought_to(company, "heard")
    changed = {**DECIDED, "decision": "changed"}
    with pytest.raises(Invalid) as bare:
        proposals.step(company, number, "decide", "leader", **changed, amount=Decimal(500))
    assert set(bare.value.fields) == {"measure", "amount"}
    assert "《车辆管理办法》第一条" in str(bare.value.fields["amount"])
    row = proposals.step(company, number, "decide", "leader", **changed, measure="警告", amount=Decimal(100))
    assert (row.decided_measure, row.decided_amount) == ("警告", Decimal(100))


@pytest.mark.parametrize("amount", [None, Decimal(99), Decimal(301)])
def test_a_penalty_outside_the_range_of_its_clause_is_refused_with_the_clause(
    company: Company, amount: Decimal | None
) -> None:
    number = proposals.draft(company, amount=amount)
    with unit_of_work():
        ranges.set_range(
            company.clause, actor=company.actor("manager"), least=Decimal(100), most=Decimal(300)
        )
    said = refused(
        "proposal:out-of-range", lambda: proposals.step(company, number, "submit", "manager")
    ).sentence()
    assert "《车辆管理办法》第一条" in said
    assert "100.00 – 300.00" in said
    # A draft is told at once, at its field; what was there before is left as it is.
    with pytest.raises(Invalid) as drafted:
        proposals.draft(company, amount=amount)
    assert [str(each) for each in drafted.value.fields.values()] == [said]
    assert list(drafted.value.fields) == ["amount"]
    values = proposals.values(company, amount=amount)
    with pytest.raises(Invalid), unit_of_work():
        actions.edit(proposals.load(number), actor=company.actor("manager"), version=None, values=values)
    assert proposals.draft(company, amount=Decimal(300))
    reward = proposals.draft(company, kind="reward", amount=Decimal(1000))
    assert proposals.step(company, reward, "submit", "manager").status == "proposed"


def test_ranges_of_one_end_are_told(company: Company) -> None:
    actor = company.actor("manager")
    number = proposals.draft(company)
    for least, most, said in ((Decimal(300), None, "≥ 300.00"), (None, Decimal(100), "≤ 100.00")):
        with unit_of_work():
            ranges.set_range(company.clause, actor=actor, least=least, most=most)
        problem = refused(
            "proposal:out-of-range", lambda: proposals.step(company, number, "submit", "manager")
        )
        assert said in problem.sentence()


def test_without_evidence_and_without_a_clause_in_force_nothing_is_submitted(company: Company) -> None:
    number = proposals.draft(company)
    with unit_of_work():
        row = proposals.load(number)
        actions.remove_evidence(row, row.evidence[0].id, actor=company.actor("manager"), version=None)
    submit = lambda: proposals.step(company, number, "submit", "manager")  # noqa: E731 - said once, tried twice
    refused("proposal:no-evidence", submit)
    with unit_of_work():
        proposals.load(number).happened_at = clock.now() - timedelta(days=3)
    assert "第一条" in refused("proposal:not-in-force", submit).sentence()


def test_a_new_version_since_the_facts_does_not_matter(company: Company) -> None:
    number = proposals.draft(company)
    rulebook.revised(company.desk, company.version_id, rulebook.tomorrow())
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert proposals.step(company, number, "submit", "manager").status == "proposed"


def test_a_leader_who_proposed_does_not_decide_but_the_one_of_the_settings(company: Company) -> None:
    number = proposals.draft(company, "leader")
    refused("proposal:nobody-decides", lambda: proposals.step(company, number, "submit", "leader"))
    with unit_of_work():
        settings.put("proposals.second_decider", company.finance.id)
    proposals.step(company, number, "submit", "leader")
    proposals.step(company, number, "hear", "personnel")
    proposals.step(company, number, "state", "reader", no_objection=True)
    assert waiting(number) == [("proposal:decide", company.finance.id, None)]
    with pytest.raises(Denied):
        proposals.step(company, number, "decide", "leader", **DECIDED)
    assert queries.get_proposal(company.actor("finance"), number).id == number
    row = proposals.step(company, number, "decide", "finance", **DECIDED)
    assert row.decided_by_id == company.finance.id


def test_an_appeal_is_decided_by_somebody_else(company: Company) -> None:
    number = proposals.appealed(company)
    with pytest.raises(Denied):
        proposals.step(company, number, "redecide", "leader", decision="agreed", text="维持")
    other = session.query(User).filter_by(staff_number="l2").one()
    with unit_of_work():
        actions.fire(
            proposals.load(number),
            "redecide",
            actor=factories.actor(other),
            version=None,
            data={"decision": "changed", "text": "从轻", "measure": "警告", "amount": None},
        )
    row = proposals.load(number)
    assert (row.status, row.final_decision, row.decided_measure, row.decided_amount) == (
        "redecided",
        "changed",
        "警告",
        None,
    )
    refused("proposal:not-executed", lambda: proposals.step(company, number, "close", "personnel"))
    assert waiting(number) == [("proposal:execute", None, "proposals:proposal:hear")]
    assert proposals.step(company, number, "execute", "personnel", execution="谈话").status == "executed"


def redecided(company: Company, decision: str) -> int:
    number = proposals.appealed(company)
    other = session.query(User).filter_by(staff_number="l2").one()
    with unit_of_work():
        actions.fire(
            proposals.load(number),
            "redecide",
            actor=factories.actor(other),
            version=None,
            data={"decision": decision, "text": "查明"},
        )
    return number


def test_what_was_revoked_is_not_carried_out_but_closed(company: Company) -> None:
    number = redecided(company, "refused")
    assert waiting(number) == [("proposal:close", None, "proposals:proposal:hear")]
    refused(
        "proposal:revoked",
        lambda: proposals.step(company, number, "execute", "personnel", execution="扣"),
    )
    row = proposals.step(company, number, "close", "personnel")
    assert (row.status, row.final_decision) == ("closed", "refused")


def test_what_was_upheld_stays(company: Company) -> None:
    row = proposals.load(redecided(company, "agreed"))
    assert (row.final_decision, row.decided_amount) == ("agreed", Decimal(200))
    with pytest.raises(Invalid):
        proposals.step(company, row.id, "execute", "finance", execution=" ")


def test_who_stood_in_for_the_decider_leaves_both_out_of_the_appeal(company: Company) -> None:
    factories.delegation(company.desk.leader, company.desk.colleague)
    number = proposals.brought_to(company, "heard")
    proposals.step(company, number, "decide", "colleague", **DECIDED)
    assert proposals.load(number).decided_for_id == company.desk.leader.id
    proposals.step(company, number, "acknowledge", "reader")
    proposals.step(company, number, "serve", "personnel")
    proposals.step(company, number, "appeal", "reader", appeal="不服")
    for who in ("leader", "colleague"):
        with pytest.raises(Denied) as denied:
            proposals.step(company, number, "redecide", who, decision="agreed", text="维持")
        assert "系统管理员" in denied.value.sentence()


def test_the_time_to_appeal_is_five_working_days(company: Company) -> None:
    number = proposals.brought_to(company, "served")
    early = refused(
        "proposal:may-appeal",
        lambda: proposals.step(company, number, "execute", "personnel", execution="扣"),
    )
    assert "可以申诉" in early.sentence()
    with pytest.raises(Invalid):
        proposals.step(company, number, "appeal", "reader", appeal="")
    with clock.frozen((proposals.load(number).appeal_due_at or clock.now()) + timedelta(minutes=1)):
        for name in ("appeal", "accept"):
            refused(
                "proposal:appeal-over",
                lambda n=name: proposals.step(company, number, n, "reader", appeal="晚了"),
            )
        assert proposals.step(company, number, "execute", "personnel", execution="办").status == "executed"


def test_who_accepted_does_not_appeal(company: Company) -> None:
    number = proposals.brought_to(company, "accepted")
    refused("proposal:accepted", lambda: proposals.step(company, number, "appeal", "reader", appeal="又想"))


def test_a_decision_is_served_with_a_receipt_or_a_witness(company: Company) -> None:
    number = proposals.brought_to(company, "decided")
    for witness in (None, company.personnel.id, company.ident("reader")):
        with pytest.raises(Invalid) as problem:
            proposals.step(company, number, "serve", "personnel", witness_id=witness)
        assert list(problem.value.fields) == ["witness_id"]
    proposals.step(company, number, "acknowledge", "reader")
    refused("proposal:already-read", lambda: proposals.step(company, number, "acknowledge", "reader"))
    assert proposals.step(company, number, "serve", "personnel").witness_id is None


@pytest.mark.parametrize(
    ("place", "name", "who"),
    [
        ("proposed", "hear", "manager"),
        ("proposed", "withdraw", "leader"),
        ("hearing", "state", "manager"),
        ("heard", "decide", "manager"),
        ("heard", "decide", "personnel"),
        ("decided", "acknowledge", "leader"),
        ("decided", "serve", "reader"),
        ("served", "appeal", "manager"),
        ("accepted", "execute", "reader"),
        ("executed", "close", "leader"),
    ],
)
def test_nobody_does_the_step_of_another(company: Company, place: str, name: str, who: str) -> None:
    number = proposals.brought_to(company, place)
    with pytest.raises(Denied):
        proposals.step(company, number, name, who, "原因")


def test_a_proposal_is_taken_back_with_a_reason_until_it_is_heard(company: Company) -> None:
    number = proposals.brought_to(company, "proposed")
    with pytest.raises(Invalid):
        proposals.step(company, number, "withdraw", "manager")
    assert proposals.step(company, number, "withdraw", "manager", "查错了人").status == "withdrawn"
    heard = proposals.brought_to(company, "hearing")
    with pytest.raises(Conflict):
        proposals.step(company, heard, "withdraw", "manager", "晚了")
    draft = proposals.draft(company)
    assert proposals.step(company, draft, "withdraw", "manager", "不提了").status == "withdrawn"
    with pytest.raises(NotVisible):
        queries.get_proposal(company.actor("reader"), draft)


def test_a_proposal_is_for_those_it_concerns_everywhere(company: Company) -> None:
    names = ("manager", "leader", "reader", "personnel", "finance", "colleague", "other")
    seen = {
        "draft": {"manager"},
        "heard": {"manager", "leader", "reader", "personnel"},
        "served": {"manager", "leader", "reader", "personnel", "finance"},
    }
    for place, allowed in seen.items():
        number = proposals.draft(company) if place == "draft" else proposals.brought_to(company, place)
        for name in names:
            actor = company.actor(name)
            assert documents.is_visible(actor, PROPOSAL, number) == (name in allowed), (place, name)
            found = {hit.doc_id for group in search.find(actor, "没有交钥匙") for hit in group.hits}
            assert (number in found) == (name in allowed), (place, name)


def test_where_all_leaders_have_a_hand_in_it_the_rest_are_named(company: Company) -> None:
    second = proposals.second_leader(company)
    factories.user("赵总", "l3", None, [Role.LEADER])
    about = factories.user("钱总", "l4", company.desk.department, [Role.LEADER])
    number = proposals.draft(company, "leader", subject_id=about.id)
    proposals.step(company, number, "submit", "leader")
    proposals.step(company, number, "hear", "personnel")
    with clock.frozen(clock.now() + timedelta(days=20)):
        with unit_of_work():
            FLOW.sync_tasks(proposals.load(number))
        people = [user for kind, user, _permission in waiting(number) if kind == "proposal:decide"]
    assert second.id in people
    assert len(people) == 2
    assert company.desk.leader.id not in people


STEPS = [str(item.name) for item in FLOW.steps]
PEOPLE = ("manager", "leader", "reader", "personnel", "finance", "colleague")
GIVEN = {
    **DECIDED,
    **ANSWER,
    "statement": "说明",
    "measure": "警告",
    "appeal": "不服",
    "execution": "已办",
    "amount": None,
}


@hypothesis_settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["reward", "penalty"]),
    walk=st.lists(
        st.tuples(
            st.sampled_from(STEPS),
            st.sampled_from(PEOPLE),
            st.sampled_from(["agreed", "changed", "refused"]),
            st.integers(0, 9),
        ),
        min_size=6,
        max_size=16,
    ),
    start=st.sampled_from(["draft", "heard", "served"]),
)
def test_whatever_is_tried_tasks_follow_the_state_and_nobody_judges_the_own_case(
    company: Company, kind: str, walk: list[tuple[str, str, str, int]], start: str
) -> None:
    tip_id = proposals.send_tip(company)
    number = (
        proposals.draft(company, kind=kind, tip_id=tip_id)
        if start == "draft"
        else proposals.brought_to(company, start, tip_id=tip_id)
    )
    moment = clock.now()
    for name, who, decision, days in walk:
        moment += timedelta(days=days)
        with clock.frozen(moment):
            witness = company.ident("colleague")
            try:
                row = proposals.step(
                    company,
                    number,
                    name,
                    who,
                    "原因",
                    **GIVEN | {"decision": decision, "witness_id": witness},
                )
            except Problem:
                continue
            wanted = [(want.kind, want.user_id, want.permission) for want in FLOW.wanted_tasks(row)]
            assert waiting(number) == wanted
            tip = session.get_one(ProposalTip, tip_id)
            assert (tip.status, row.tip_id) == (
                ("sent", None) if row.status == "withdrawn" else ("taken_up", tip.id)
            )
            assert row.decided_by_id not in (row.owner_id, row.subject_id)
            assert row.second_decided_by_id is None or row.second_decided_by_id != row.decided_by_id
            assert row.is_reward or row.decision is None or row.joint_reason
            assert (row.number is None) == (row.submitted_at is None)

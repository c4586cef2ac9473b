"""Drafting, evidence, tips, ranges, reminders; checks that become proposals; what the system itself finds."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, modules, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.notices import Notice
from app.core.permissions import SYSTEM, Role
from app.core.tasks import open_tasks
from app.core.timeline import Event, describe, describe_changes, events_for, who_acted
from app.core.uow import unit_of_work
from app.features.checks.enums import CLAUSE_CHECK
from app.features.proposals import actions, queries, ranges
from app.features.proposals.enums import PROPOSAL, TIP
from app.features.proposals.models import ClauseRange, Proposal
from app.features.proposals.tip_flow import FLOW as TIP_FLOW
from app.features.rules.enums import RULE_VERSION
from tests import factories
from tests.features.checks import desk as checks
from tests.features.proposals import desk as proposals
from tests.features.proposals.desk import Company
from tests.features.rules import rulebook


@pytest.fixture
def company() -> Company:
    return proposals.company()


def fields_of(run: Callable[[], Any]) -> set[str]:
    with pytest.raises(Invalid) as problem, unit_of_work():
        run()
    return set(problem.value.fields)


# Drafting


def test_wrong_values_are_told_at_their_fields(company: Company) -> None:
    leaver = factories.user("离职者", "x1", company.desk.department, [], active=False)
    tomorrow = clock.now() + timedelta(days=1)
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"kind": "praise"}, "kind"),
        ({"subject_id": None}, "subject_id"),
        ({"subject_id": leaver.id}, "subject_id"),
        ({"subject_id": company.ident("manager")}, "subject_id"),
        ({"happened_at": None}, "happened_at"),
        ({"happened_at": tomorrow}, "happened_at"),
        ({"happened_at": clock.now() - timedelta(days=2)}, "clause_id"),
        ({"clause_id": None}, "clause_id"),
        ({"clause_id": 999}, "clause_id"),
        ({"place": " "}, "place"),
        ({"facts": ""}, "facts"),
        ({"measure": ""}, "measure"),
        ({"facts": "a\u202eb"}, "facts"),
    )
    for changed, name in wrong:
        values = proposals.values(company, **changed)
        assert name in fields_of(lambda v=values: actions.draft(actor=company.actor("manager"), values=v))
    assert session.query(Proposal).count() == 0


def test_only_the_head_proposes_and_only_in_the_own_department(company: Company) -> None:
    for who, changed in (("reader", {}), ("manager", {"subject_id": company.ident("other")})):
        with pytest.raises(Denied), unit_of_work():
            actions.draft(actor=company.actor(who), values=proposals.values(company, **changed))


def test_a_draft_is_changed_by_its_proposer_until_it_is_submitted(company: Company) -> None:
    number = proposals.draft(company)
    manager = company.actor("manager")
    with unit_of_work():
        actions.edit(
            proposals.load(number),
            actor=manager,
            version=None,
            values=proposals.values(company, facts="还车时没有交钥匙，也没有登记。", kind="reward"),
        )
    event = events_for(PROPOSAL, number)[0]
    changed = {label for label, _old, _new in describe_changes(event)} - {"发生时间"}
    assert changed == {"类别", "事实"}
    with unit_of_work():
        row = proposals.load(number)
        same = proposals.values(company, facts=row.facts, kind=row.kind, happened_at=row.happened_at)
        actions.edit(row, actor=manager, version=None, values=same)
    assert events_for(PROPOSAL, number)[0].seq == event.seq
    with pytest.raises(Stale), unit_of_work():
        actions.edit(proposals.load(number), actor=manager, version=1, values=proposals.values(company))
    with pytest.raises(Denied), unit_of_work():
        actions.edit(
            proposals.load(number),
            actor=company.actor("leader"),
            version=None,
            values=proposals.values(company),
        )
    proposals.step(company, number, "submit", "manager")
    with pytest.raises(Conflict), unit_of_work():
        actions.edit(proposals.load(number), actor=manager, version=None, values=proposals.values(company))


def test_hidden_characters_in_a_step_are_refused_at_their_field(company: Company) -> None:
    number = proposals.brought_to(company, "hearing")
    with pytest.raises(Invalid) as problem:
        proposals.step(company, number, "state", "reader", statement="a\u202eb")
    assert list(problem.value.fields) == ["statement"]


# Evidence


def test_evidence_of_every_kind_is_added_and_taken_back(company: Company) -> None:
    check_id = checks.record(company.desk, company.clause)
    event = session.execute(select(Event.seq).where(Event.doc_type == RULE_VERSION)).scalars().first()
    manager = company.actor("manager")
    number = proposals.draft(company)
    with unit_of_work():
        added = actions.add_evidence(
            proposals.load(number),
            actor=manager,
            version=None,
            check_id=check_id,
            event_seq=event,
            file=rulebook.picture(),
            address="http://portal/inquiries/12?tab=2",
            note="看这里",
        )
    assert [row.kind for row in added] == ["check", "event", "file", "address"]
    assert added[-1].address == "/inquiries/12?tab=2"
    with unit_of_work():
        row = proposals.load(number)
        for each in list(row.evidence):
            actions.remove_evidence(row, each.id, actor=manager, version=None)
    assert proposals.load(number).evidence == []
    with pytest.raises(NotVisible), unit_of_work():
        actions.remove_evidence(proposals.load(number), 999, actor=manager, version=None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "address"),
        ({"address": "inquiries/12"}, "address"),
        ({"address": "//evil"}, "address"),
        ({"address": "https://evil.example"}, "address"),
        ({"address": "/a\\b"}, "address"),
        ({"address": "/" + "a" * 300}, "address"),
        ({"check_id": 999}, "check_id"),
        ({"event_seq": 999_999}, "event_seq"),
    ],
)
def test_what_is_no_evidence_is_refused_at_its_field(
    company: Company, given: dict[str, Any], field: str
) -> None:
    number = proposals.draft(company)
    manager = company.actor("manager")
    assert fields_of(
        lambda: actions.add_evidence(proposals.load(number), actor=manager, version=None, **given)
    ) == {field}


def test_a_check_of_somebody_else_and_an_event_one_may_not_see_are_no_evidence(company: Company) -> None:
    other = checks.record(company.desk, company.clause, subject_id=company.ident("colleague"))
    hidden = proposals.draft(company, "leader")
    unseen = events_for(PROPOSAL, hidden)[0].seq
    number = proposals.draft(company)
    manager = company.actor("manager")
    for piece, field in (({"check_id": other}, "check_id"), ({"event_seq": unseen}, "event_seq")):
        assert fields_of(
            lambda g=piece: actions.add_evidence(proposals.load(number), actor=manager, version=None, **g)
        ) == {field}


@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=30))
def test_whatever_is_typed_an_address_stays_within_the_site(company: Company, typed: str) -> None:
    try:
        found = actions.site_address(typed)
    except Invalid:
        return
    assert found.startswith("/")
    assert not found.startswith("//")
    assert "\\" not in found


# Of a check


def test_a_check_becomes_a_proposal_with_itself_as_evidence_in_one_transaction(company: Company) -> None:
    check_id = checks.record(company.desk, company.clause)
    with pytest.raises(Conflict) as early:
        proposals.draft(company, check_id=check_id)
    assert early.value.code == "check:not-explained"
    assert session.query(Proposal).count() == 0
    checks.explained(company.desk, check_id)
    number = proposals.draft(company, check_id=check_id)
    row = proposals.load(number)
    assert (checks.load(check_id).status, row.check_id) == ("proposed", check_id)
    assert [each.kind for each in row.evidence] == ["check", "address"]
    assert open_tasks(CLAUSE_CHECK, check_id) == []
    assert queries.proposal_of_check(company.actor("manager"), check_id) == (number, None)
    manager = company.actor("manager")
    with pytest.raises(Conflict) as stays, unit_of_work():
        actions.remove_evidence(proposals.load(number), row.evidence[0].id, actor=manager, version=None)
    assert stays.value.code == "proposal:from-check"
    another = proposals.values(company, subject_id=company.ident("colleague"))
    assert fields_of(
        lambda: actions.edit(proposals.load(number), actor=manager, version=None, values=another)
    ) == {"subject_id"}
    with pytest.raises(Conflict):
        proposals.draft(company, check_id=check_id)


def test_guided_and_good_practice_become_proposals_but_not_what_was_settled(company: Company) -> None:
    guided = checks.record(company.desk, company.clause)
    checks.explained(company.desk, guided)
    checks.guided(company.desk, guided)
    proposals.draft(company, check_id=guided)
    good = checks.record(company.desk, company.clause, result="conforming")
    proposals.draft(company, kind="reward", check_id=good)
    assert {checks.load(number).status for number in (guided, good)} == {"proposed"}
    settled = checks.record(company.desk, company.clause)
    checks.explained(company.desk, settled)
    checks.step(company.desk, settled, "close", "manager", conclusion="已改")
    with pytest.raises(Conflict) as problem:
        proposals.draft(company, check_id=settled)
    assert problem.value.code == "check:settled"
    department = checks.record(
        company.desk, company.clause, "leader", subject_id=None, department_id=company.desk.department.id
    )
    with pytest.raises((Conflict, Invalid)):
        proposals.draft(company, check_id=department)
    other = checks.record(company.desk, company.clause, subject_id=company.ident("colleague"))
    with pytest.raises(Invalid):
        proposals.draft(company, check_id=other)


# Tips


def test_a_tip_waits_for_the_head_and_becomes_a_draft(company: Company) -> None:
    tip_id = proposals.send_tip(company, clause_id=company.clause)
    tip = queries.get_tip(company.actor("manager"), tip_id)
    assert tip.number == f"XS-{clock.today().year}-0001"
    task = open_tasks(TIP, tip_id)[0]
    assert (task.kind, task.department_id, task.excluded_user_id) == (
        "proposal_tip:answer",
        company.desk.department.id,
        company.ident("reader"),
    )
    assert queries.get_tip(company.actor("colleague"), tip_id).id == tip_id
    for who in ("reader", "other", "personnel"):
        with pytest.raises(NotVisible):
            queries.get_tip(company.actor(who), tip_id)
    with pytest.raises(Invalid):
        proposals.draft(company, tip_id=tip_id, subject_id=company.ident("colleague"))
    number = proposals.draft(company, tip_id=tip_id, kind="reward")
    assert queries.proposal_of_tip(company.actor("manager"), tip_id) == number
    assert open_tasks(TIP, tip_id) == []
    with pytest.raises(Conflict):
        proposals.draft(company, tip_id=tip_id)


def test_a_tip_is_closed_with_a_reason_and_its_sender_is_told(company: Company) -> None:
    tip_id = proposals.send_tip(company)
    load = lambda: queries.get_tip(company.actor("colleague"), tip_id)  # noqa: E731 - said once, used often
    with pytest.raises(Denied) as denied, unit_of_work():
        TIP_FLOW.fire(load(), "close", company.actor("colleague"), version=None, note="算了")
    assert "马经理" in denied.value.sentence()
    with pytest.raises(Invalid), unit_of_work():
        TIP_FLOW.fire(load(), "close", company.actor("manager"), version=None)
    notices = session.query(Notice).filter_by(user_id=company.ident("colleague"))
    before = notices.count()
    with unit_of_work():
        TIP_FLOW.fire(load(), "close", company.actor("manager"), version=None, note="已口头表扬")
    assert (load().status, notices.count()) == ("closed", before + 1)


def test_a_tip_whose_proposal_is_withdrawn_waits_for_an_answer_again(company: Company) -> None:
    tip_id = proposals.send_tip(company)
    load = lambda: queries.get_tip(company.actor("manager"), tip_id)  # noqa: E731 - said once, used often
    notices = session.query(Notice).filter_by(user_id=company.ident("colleague"))
    for submitted in (False, True):
        number = proposals.draft(company, tip_id=tip_id, kind="reward")
        assert (load().status, open_tasks(TIP, tip_id)) == ("taken_up", [])
        if submitted:
            proposals.step(company, number, "submit", "manager")
        before = notices.count()
        proposals.step(company, number, "withdraw", "manager", note="再了解情况")
        assert (load().status, proposals.load(number).tip_id) == ("sent", None)
        assert queries.proposal_of_tip(company.actor("manager"), tip_id) is None
        assert [task.kind for task in open_tasks(TIP, tip_id)] == ["proposal_tip:answer"]
        newest = events_for(TIP, tip_id)[0]
        assert (who_acted(newest), describe(newest)) == ("系统自动", "奖惩建议已撤回，线索恢复待处理")
        assert notices.count() > before
    # It may become another proposal, whose decision leaves it answered; by hand nobody brings it back.
    number = proposals.draft(company, tip_id=tip_id, kind="reward")
    proposals.step(company, number, "submit", "manager")
    proposals.step(company, number, "decide", "leader", decision="refused", text="是本职工作")
    assert (load().status, proposals.load(number).tip_id) == ("taken_up", tip_id)
    for who in ("manager", "leader"):
        with pytest.raises(Denied), unit_of_work():
            TIP_FLOW.fire(load(), "reopen", company.actor(who), version=None)


def test_a_closed_tip_is_not_reopened(company: Company) -> None:
    tip_id = proposals.send_tip(company)
    with unit_of_work():
        TIP_FLOW.fire(
            queries.get_tip(company.actor("manager"), tip_id),
            "close",
            company.actor("manager"),
            version=None,
            note="已口头表扬",
        )
    with pytest.raises(Conflict), unit_of_work():
        TIP_FLOW.fire(queries.get_tip(company.actor("manager"), tip_id), "reopen", SYSTEM, version=None)


def test_a_tip_about_the_head_goes_to_the_leader_alone(company: Company) -> None:
    tip_id = proposals.send_tip(company, subject_id=company.ident("manager"), kind="penalty")
    with pytest.raises(NotVisible):
        queries.get_tip(company.actor("manager"), tip_id)
    factories.delegation(company.desk.manager, company.desk.reader)
    with pytest.raises(Denied), unit_of_work():
        TIP_FLOW.fire(
            queries.get_tip(company.actor("leader"), tip_id), "close", company.actor("reader"), version=None
        )
    with unit_of_work():
        TIP_FLOW.fire(
            queries.get_tip(company.actor("leader"), tip_id),
            "close",
            company.actor("leader"),
            version=None,
            note="已谈话",
        )


def test_wrong_tips_are_refused(company: Company) -> None:
    for changed, field in (
        ({"kind": "x"}, "kind"),
        ({"subject_id": None}, "subject_id"),
        ({"subject_id": company.ident("colleague")}, "subject_id"),
        ({"text": " "}, "text"),
    ):
        with pytest.raises(Invalid) as problem:
            proposals.send_tip(company, **changed)
        assert list(problem.value.fields) == [field]
    with pytest.raises(Conflict) as nobody:
        proposals.send_tip(company, "leader", subject_id=company.ident("other"))
    assert nobody.value.code == "proposal_tip:nobody-answers"


# Ranges


def test_a_range_is_kept_by_who_answers_for_the_rule(company: Company) -> None:
    def put(who: str, version: int | None = None, **amounts: Any) -> ClauseRange:
        with unit_of_work():
            return ranges.set_range(company.clause, actor=company.actor(who), version=version, **amounts)

    with pytest.raises(Denied):
        put("reader", least=Decimal(1), most=None)
    with pytest.raises(Invalid) as turned:
        put("manager", least=Decimal(500), most=Decimal(100))
    assert list(turned.value.fields) == ["most"]
    first = put("manager", ranges.UNSET, least=Decimal(100), most=Decimal(500)).version
    event = events_for(RULE_VERSION, company.version_id)[0]
    assert "第一条" in describe(event)
    for version in (ranges.UNSET, first - 1):
        with pytest.raises(Stale) as stale:
            put("leader", version, least=None, most=None)
        assert "马经理" in stale.value.sentence()
    put("manager", first, least=None, most=None)
    assert queries.ranges_of([company.clause]) == {}
    with pytest.raises(Stale), unit_of_work():
        ranges.set_range(
            checks.clause(company.version_id, "第二条"),
            actor=company.actor("manager"),
            least=None,
            most=None,
            version=7,
        )
    with pytest.raises(NotVisible), unit_of_work():
        ranges.set_range(999, actor=company.actor("manager"), least=None, most=None)


@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    least=st.none() | st.integers(0, 9),
    most=st.none() | st.integers(0, 9),
    amount=st.none() | st.integers(0, 9),
)
def test_a_range_holds_what_lies_between_its_ends(
    least: int | None, most: int | None, amount: int | None
) -> None:
    kept = ClauseRange(
        least=None if least is None else Decimal(least), most=None if most is None else Decimal(most)
    )
    value = amount or 0
    expected = (least is None or value >= least) and (most is None or value <= most)
    assert kept.holds(None if amount is None else Decimal(amount)) == expected


# What a job brings


def test_the_person_is_reminded_once_and_the_leader_gets_the_task_when_the_time_is_over(
    at: Callable[..., None],
) -> None:
    at(2026, 11, 23, 9, 0)
    company = proposals.company()
    number = proposals.brought_to(company, "hearing")
    served = proposals.brought_to(company, "served")

    def verbs(which: int) -> list[str]:
        return [event.verb for event in events_for(PROPOSAL, which)]

    actions.remind({})
    assert "proposal:remind-hearing" not in verbs(number)
    at(2026, 11, 26, 3, 0)
    actions.remind({})
    assert "proposal:remind-hearing" not in verbs(number)
    at(2026, 11, 26, 8, 30)
    for _time in range(2):
        actions.remind({})
    assert verbs(number).count("proposal:remind-hearing") == 1
    at(2026, 11, 27, 9, 0)
    actions.remind({})
    assert [task.kind for task in open_tasks(PROPOSAL, number)] == ["proposal:state", "proposal:decide"]
    at(2026, 11, 30, 8, 30)
    actions.remind({})
    assert verbs(served).count("proposal:remind-appeal") == 1
    at(2026, 12, 1, 9, 0)
    actions.remind({})
    assert [task.kind for task in open_tasks(PROPOSAL, served)] == ["proposal:execute"]


def test_the_job_does_nothing_where_nothing_waits_or_the_module_is_off(company: Company) -> None:
    actions.remind({})
    number = proposals.brought_to(company, "hearing")
    with unit_of_work():
        settings.put("modules.switches", {actions.MODULE: False})
    assert not modules.is_on(actions.MODULE)
    due = proposals.load(number).hearing_due_at or clock.now()
    with clock.frozen(due - timedelta(hours=2)):
        actions.remind({})
    assert [event.verb for event in events_for(PROPOSAL, number)][0] == "proposal:hear"


def test_nobody_but_a_leader_proposes_for_a_head(company: Company) -> None:
    head = factories.user("林经理", "m2", company.desk.department, [Role.MANAGER])
    number = proposals.draft(company, "manager", subject_id=head.id)
    assert proposals.load(number).subject_id == head.id

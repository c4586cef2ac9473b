"""The life of a version: who does what, what stops it, and which version is in force on a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.core import clock
from app.core.db import session
from app.core.errors import Denied, Invalid, Problem
from app.core.notices import unread_count
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.rules import in_force, procedure, queries, reading, versions
from app.features.rules.clause_text import Paragraph, Run
from app.features.rules.enums import NumberStyle, Standing
from app.features.rules.models import Rule, RuleVersion, is_in_force
from app.features.rules.outline import OutlineRow
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def refusal(act: Callable[..., Any], *arguments: Any, **options: Any) -> Problem:
    with pytest.raises(Problem) as found:
        act(*arguments, **options)
    return found.value


def kinds(version_id: int) -> list[tuple[str, int | None, str | None]]:
    return [(task.kind, task.user_id, task.permission) for task in open_tasks("rule_version", version_id)]


def test_rule_goes_from_draft_to_force_and_asks_everybody_to_read(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    assert rulebook.load(version_id).rule.number == "RUL-2026-0001"
    rulebook.step(desk, version_id, "submit", "manager")
    assert kinds(version_id) == [("rule:approve", None, "rules:rule:approve")]
    rulebook.step(desk, version_id, "approve", "leader", effective_on=clock.today(), material=True)
    version = rulebook.load(version_id)
    assert (version.number, version.edition, version.standing) == ("RUL-2026-0001 V1", 1, Standing.IN_FORCE)
    assert version.content_hash == versions.hash_of(version)
    everybody = sorted(queries.audience_ids(version))
    assert len(everybody) == 5
    assert sorted(user for kind, user, _ in kinds(version_id) if kind == "rule:read") == everybody
    assert unread_count(desk.reader.id) == 1


def test_returned_draft_is_a_task_of_its_owner_until_it_is_submitted_again(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    rulebook.step(desk, version_id, "submit", "manager")
    assert isinstance(refusal(rulebook.step, desk, version_id, "return", "leader"), Invalid)
    rulebook.step(desk, version_id, "return", "leader", note="第二条写清楚")
    assert kinds(version_id) == [("rule:revise", desk.manager.id, None)]
    rulebook.step(desk, version_id, "submit", "manager")
    rulebook.step(desk, version_id, "withdraw", "manager")
    assert kinds(version_id) == []
    rulebook.step(desk, version_id, "drop", "manager", note="不再需要")
    assert rulebook.load(version_id).status == "dropped"


def test_nobody_decides_on_the_own_draft_or_without_the_right(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    rulebook.step(desk, version_id, "submit", "manager")
    for who in ("manager", "reader"):
        found = refusal(
            rulebook.step, desk, version_id, "approve", who, effective_on=clock.today(), material=True
        )
        assert isinstance(found, Denied)
        assert "刘总" in found.sentence()


def test_a_draft_that_nobody_could_decide_on_is_not_submitted(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    with unit_of_work():
        leader = session.merge(desk.leader)
        leader.active = False
    assert refusal(rulebook.step, desk, version_id, "submit", "manager").code == "rule:nobody-approves"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"effective_on": date(2026, 11, 22), "material": True}, "effective_on"),
        ({"effective_on": None, "material": True}, "effective_on"),
        ({"effective_on": date(2026, 12, 1), "material": None}, "material"),
        ({"effective_on": date(2026, 12, 1), "material": False}, "material"),
    ],
)
def test_approval_refuses_what_cannot_be_meant(desk: Desk, data: dict[str, Any], field: str) -> None:
    version_id = rulebook.draft(desk)
    rulebook.step(desk, version_id, "submit", "manager")
    found = refusal(rulebook.step, desk, version_id, "approve", "leader", **data)
    assert isinstance(found, Invalid)
    assert set(found.fields) == {field}


def test_effect_may_not_come_before_that_of_the_version_before(desk: Desk) -> None:
    first = rulebook.published(desk, rulebook.tomorrow(9))
    second = rulebook.begun_again(desk, first)
    rulebook.step(desk, second, "submit", "manager")
    found = refusal(
        rulebook.step, desk, second, "approve", "leader", effective_on=rulebook.tomorrow(), material=True
    )
    assert isinstance(found, Invalid)
    assert "2026-12-02" in str(found.fields["effective_on"])


def test_an_empty_text_and_a_dead_link_are_refused(desk: Desk) -> None:
    empty = rulebook.draft(desk, rows=())
    assert refusal(rulebook.step, desk, empty, "submit", "manager").code == "rule:empty"
    assert (
        refusal(rulebook.step, desk, empty, "consult", "manager", comments_until=rulebook.tomorrow()).code
        == "rule:empty"
    )
    dead = OutlineRow(1, NumberStyle.ARTICLE, body=(Paragraph((Run("第九条", clause=999),)),))
    found = refusal(rulebook.step, desk, rulebook.draft(desk, rows=(dead,)), "submit", "manager")
    assert (found.code, found.params) == ("rule:dead-link", {"links": "第一条 → 第九条"})


def test_the_law_asks_for_consultation_and_two_records_and_the_refusal_names_the_missing_one(
    desk: Desk,
) -> None:
    version_id = rulebook.draft(desk, affects_staff=True)
    assert refusal(rulebook.step, desk, version_id, "submit", "manager").code == "rule:not-consulted"
    found = refusal(rulebook.step, desk, version_id, "consult", "manager", comments_until=clock.today())
    assert isinstance(found, Invalid)
    rulebook.step(desk, version_id, "consult", "manager", comments_until=rulebook.tomorrow(2))
    assert kinds(version_id) == [("rule:answer-comments", desk.manager.id, None)]
    assert refusal(rulebook.step, desk, version_id, "end_comments", "manager").code == "rule:comments-running"
    with clock.frozen(clock.now() + timedelta(days=3)):
        rulebook.step(desk, version_id, "end_comments", "manager")
        found = refusal(rulebook.step, desk, version_id, "submit", "manager")
        assert "全体职工或职工代表大会讨论" in found.sentence()
        keep(desk, version_id, "staff_discussion")
        found = refusal(rulebook.step, desk, version_id, "submit", "manager")
        assert "与工会或职工代表平等协商" in found.sentence()
        keep(desk, version_id, "equal_consultation")
        rulebook.approve(desk, version_id)
        assert rulebook.load(version_id).standing == Standing.IN_FORCE


def keep(desk: Desk, version_id: int, kind: str) -> None:
    with unit_of_work():
        procedure.keep_record(
            rulebook.load(version_id),
            actor=desk.actor("manager"),
            kind=kind,
            held_on=clock.today(),
            participants="全体 12 人",
            result="同意",
            paper=rulebook.picture(),
        )


def test_a_correction_asks_nobody_who_signed_and_keeps_the_edition(desk: Desk) -> None:
    first = rulebook.published(desk)
    sign(desk, first, "reader")
    second = rulebook.revised(desk, first, material=False)
    version = rulebook.load(second)
    assert (version.edition, version.correction, version.number) == (1, 1, "RUL-2026-0001 V1.1")
    assert kinds(first) == []
    assert desk.reader.id not in {user for _, user, _ in kinds(second)}
    assert desk.colleague.id in {user for _, user, _ in kinds(second)}


def test_a_material_version_asks_everybody_again(desk: Desk) -> None:
    first = rulebook.published(desk)
    sign(desk, first, "reader")
    second = rulebook.revised(desk, first)
    assert rulebook.load(second).edition == 2
    assert desk.reader.id in {user for _, user, _ in kinds(second)}
    assert rulebook.load(first).standing == Standing.SUPERSEDED


def sign(desk: Desk, version_id: int, who: str) -> None:
    person = getattr(desk, who)
    with unit_of_work():
        reading.note_opened(version_id, person.id)
        reading.reach_end(rulebook.load(version_id), actor=desk.actor(who))
        reading.sign(rulebook.load(version_id), actor=desk.actor(who), answers={})


def test_a_version_comes_into_force_on_its_day_without_anybody_doing_anything(desk: Desk) -> None:
    first = rulebook.published(desk)
    second = rulebook.revised(desk, first, rulebook.tomorrow(7))
    assert rulebook.load(second).standing == Standing.PENDING
    assert rulebook.load(first).rule.in_force == rulebook.load(first)
    with clock.frozen(clock.now() + timedelta(days=7)):
        session.expire_all()
        assert rulebook.load(second).rule.in_force == rulebook.load(second)
        assert rulebook.load(first).shown_status == "superseded"


def test_a_rule_is_made_void_from_a_day_and_what_it_replaced_does_not_come_back(desk: Desk) -> None:
    first = rulebook.published(desk)
    second = rulebook.revised(desk, first)
    found = refusal(
        rulebook.step, desk, second, "void", "leader", note="并入新办法", void_on=clock.today() - timedelta(1)
    )
    assert isinstance(found, Invalid)
    rulebook.step(desk, second, "void", "leader", note="并入新办法", void_on=rulebook.tomorrow())
    assert rulebook.load(second).standing == Standing.IN_FORCE
    with clock.frozen(clock.now() + timedelta(days=1)):
        session.expire_all()
        assert rulebook.load(second).standing == Standing.VOID
        assert rulebook.load(first).standing == Standing.SUPERSEDED
        assert rulebook.load(first).rule.in_force is None
        assert (
            refusal(rulebook.step, desk, first, "void", "leader", note="x", void_on=rulebook.tomorrow()).code
            == "rule:not-in-force"
        )


def test_a_coming_version_taken_back_lets_the_present_one_ask_again(desk: Desk) -> None:
    first = rulebook.published(desk)
    second = rulebook.revised(desk, first, rulebook.tomorrow(7))
    assert kinds(first) == []
    rulebook.step(desk, second, "void", "leader", note="重拟", void_on=clock.today())
    assert len([kind for kind, _, _ in kinds(first) if kind == "rule:read"]) == 5
    assert rulebook.load(first).rule.in_force == rulebook.load(first)


def test_what_others_cite_is_made_void_knowingly_only(desk: Desk) -> None:
    first = rulebook.published(desk)
    cited = rulebook.load(first).clauses[1].clause_id
    rows = (OutlineRow(1, NumberStyle.ARTICLE, body=(Paragraph((Run("第一条", clause=cited),)),)),)
    rulebook.published(desk, rows=rows, title="费用办法")
    found = refusal(rulebook.step, desk, first, "void", "leader", note="x", void_on=clock.today())
    assert isinstance(found, Invalid)
    assert "《费用办法》第一条" in str(found.fields["aware"])
    rulebook.step(desk, first, "void", "leader", note="x", void_on=clock.today(), aware=True)
    assert rulebook.load(first).standing == Standing.VOID


def test_one_version_is_worked_on_at_a_time(desk: Desk) -> None:
    first = rulebook.published(desk)
    rulebook.begun_again(desk, first)
    assert refusal(rulebook.begun_again, desk, first).code == "rule:in-work"


# In force by date


@dataclass
class Dated:
    sequence: int
    effective_on: date
    void_on: date | None


BEGIN = date(2026, 1, 1)
histories = st.lists(
    st.tuples(st.integers(0, 30), st.none() | st.integers(0, 60)), min_size=1, max_size=6
).map(
    lambda pairs: [
        Dated(place, BEGIN + timedelta(day), None if void is None else BEGIN + timedelta(void))
        for place, (day, void) in enumerate(sorted(pairs, key=lambda pair: pair[0]), 1)
    ]
)


@settings(max_examples=150)
@given(histories, st.integers(-2, 70))
def test_on_every_day_at_most_one_version_is_in_force_and_none_is_skipped(
    history: list[Dated], days: int
) -> None:
    day = BEGIN + timedelta(days)
    standings = [in_force.standing(version, history, day) for version in history]
    holding = [each for each, known in zip(history, standings, strict=True) if known == Standing.IN_FORCE]
    assert len(holding) <= 1
    assert holding == [each for each in [in_force.in_force(history, day)] if each is not None]
    begun = [each for each in history if in_force.ever_counts(each) and each.effective_on <= day]
    if begun and begun[-1].void_on is None:
        assert holding == [begun[-1]]
    if not begun:
        assert holding == []


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, days=st.integers(-2, 70))
def test_the_database_says_the_same_of_a_day_as_the_dates(
    desk: Desk, history: list[Dated], days: int
) -> None:
    rule_id = written(desk, history)
    with clock.frozen(clock.day_bounds(BEGIN + timedelta(days))[0] + timedelta(hours=9)):
        expected = in_force.in_force(history, clock.today())
        statement = select(RuleVersion.sequence).where(RuleVersion.rule_id == rule_id, is_in_force())
        assert list(session.execute(statement).scalars()) == ([expected.sequence] if expected else [])
        shown = session.execute(
            select(RuleVersion, RuleVersion.shown_status.label("told"))
            .where(RuleVersion.rule_id == rule_id)
            .order_by(RuleVersion.sequence)
        ).unique()
        assert [(row[0].sequence, row.told) for row in shown] == [
            (each.sequence, str(in_force.standing(each, history, clock.today()))) for each in history
        ]
        session.rollback()


def written(desk: Desk, history: list[Dated]) -> int:
    """Put a history of versions into the database as it is, and return its rule."""
    with unit_of_work():
        rule = Rule(number=f"RUL-{len(list(session.execute(select(Rule.id))))}", owner_id=desk.manager.id)
        session.add(rule)
        for each in history:
            session.add(
                RuleVersion(
                    rule=rule,
                    owner_id=desk.manager.id,
                    sequence=each.sequence,
                    status="approved" if each.void_on is None else "void",
                    title="办法",
                    category="other",
                    department_id=desk.department.id,
                    edition=each.sequence,
                    effective_on=each.effective_on,
                    void_on=each.void_on,
                    content_hash="0" * 64,
                    approved_by_id=desk.leader.id,
                )
            )
        session.flush()
        return rule.id


def test_a_draft_that_nobody_could_approve_is_not_submitted(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    with unit_of_work():
        session.execute(update(User).where(User.id == desk.leader.id).values(active=False))
    assert "没有人可以批准" in refusal(rulebook.step, desk, version_id, "submit", "manager").sentence()


def test_a_rule_made_void_may_begin_again(desk: Desk) -> None:
    first = rulebook.published(desk)
    rulebook.step(desk, first, "void", "leader", "不再适用", void_on=clock.today())
    second = rulebook.revised(desk, first)
    assert rulebook.load(second).edition == 2
    assert rulebook.load(first).status == "void"

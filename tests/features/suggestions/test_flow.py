"""The life of a suggestion by example: its clock, its answers, appeal, joining, carrying out, reward, effect."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import checks, clock, workdays
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.permissions import Role
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.proposals import actions as proposals
from app.features.proposals.models import Proposal
from app.features.suggestions import actions, discussing, queries, rewarding, upkeep, wording
from app.features.suggestions.people_of import turn_name
from tests import factories
from tests.features.checks import desk as checks_desk
from tests.features.rules import rulebook
from tests.features.suggestions import desk
from tests.features.suggestions.desk import Office

# A Friday without holidays around it.
FRIDAY = clock.from_local(datetime(2026, 11, 27, 10, 0))  # noqa: DTZ001


@pytest.fixture
def office() -> Iterator[Office]:
    with clock.frozen(FRIDAY):
        yield desk.office()


def words(number: int) -> str:
    row = desk.load(number)
    doing = row.implementer.name if row.implementer is not None else None
    return wording.clock_words(
        row.status, row.due_at, turn_name(row.status, row.department_id, row.owner_id, doing)
    )


def on(days: int) -> datetime:
    """The same hour so many calendar days later."""
    return FRIDAY + timedelta(days=days)


def test_one_sentence_is_enough_and_it_says_who_has_how_long(office: Office) -> None:
    number = desk.sent(office, title="扫码领料", method="")
    row = desk.load(number)
    assert (row.number, row.status, row.method) == ("JY-2026-0001", "submitted", "")
    assert words(number) == "受理剩余 2 个工作日 · 王建国"
    with clock.frozen(on(4)):
        assert words(number) == "受理今天到期 · 王建国"
    with clock.frozen(on(5)):
        assert words(number) == "受理超期 1 个工作日 · 王建国"
    with pytest.raises(Invalid), unit_of_work():
        actions.send(actor=office.actor("author"), values=desk.values(title=" "))


def test_each_stage_has_its_days(office: Office) -> None:
    number = desk.sent(office)
    fridays = []
    for step, who in (("accept", "manager"), ("begin_review", "manager"), ("escalate", "manager")):
        row = desk.fire(office, number, step, who)
        assert row.due_at is not None
        fridays.append(clock.to_local(row.due_at).date())
    assert fridays == [date(2026, 12, 4), date(2026, 12, 4), date(2026, 12, 18)]
    assert [task.kind for task in open_tasks("suggestion", number)] == ["suggestion:decide"]


def test_the_clock_stands_still_while_the_author_has_it(office: Office) -> None:
    number = desk.sent(office, method="")
    with clock.frozen(on(3)):
        row = desk.fire(office, number, "return", "manager", note="请写办法")
        assert (row.due_at, row.days_left) == (None, 1)
        assert words(number) == "等作者补充，时限暂停"
    with clock.frozen(on(31)):
        row = desk.fire(office, number, "resubmit", "author", method="买扫码枪")
        assert row.status == "submitted"
        assert row.due_at is not None
        assert workdays.working_days_between(clock.today(), clock.to_local(row.due_at).date()) == 1
    assert checks.run_all() == []


def test_what_was_late_when_it_went_back_stays_late(office: Office) -> None:
    number = desk.sent(office)
    due = desk.load(number).due_at
    with clock.frozen(on(10)):
        desk.fire(office, number, "return", "manager", note="请补充")
        assert desk.fire(office, number, "resubmit", "author", method="买").due_at == due


def test_without_a_method_it_is_answered_as_an_opinion_and_not_reviewed(office: Office) -> None:
    number = desk.sent(office, method="")
    desk.fire(office, number, "accept", "manager")
    kinds = {task.kind: task.user_id for task in open_tasks("suggestion", number)}
    assert kinds["suggestion:complete"] == office.people["author"]
    with pytest.raises(Conflict, match="no-method"):
        desk.fire(office, number, "begin_review", "manager")
    desk.fire(office, number, "redirect", "manager")
    with pytest.raises(Conflict):
        desk.fire(office, number, "score", "manager", points={})
    row = desk.fire(office, number, "answer", "personnel", answer="食堂本月起开到七点。")
    assert (row.status, row.answer_days, row.due_at) == ("answered", 0, None)


def test_above_its_authority_the_department_passes_it_on(office: Office) -> None:
    number = desk.sent(office)
    desk.fire(office, number, "accept", "manager")
    desk.fire(office, number, "begin_review", "manager", cost=Decimal(8000))
    with pytest.raises(Conflict, match="above-authority"):
        desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    desk.fire(office, number, "escalate", "manager")
    with pytest.raises(Denied):
        desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    assert desk.fire(office, number, "adopt", "leader", **desk.ANSWER).status == "adopted"


def test_nothing_is_declined_without_a_reason_and_one_appeal_is_heard(office: Office) -> None:
    number = desk.in_review(office)
    with pytest.raises(Invalid):
        desk.fire(office, number, "decline", "manager")
    row = desk.fire(office, number, "decline", "manager", note="今年没有预算")
    assert row.answer == "今年没有预算"
    with pytest.raises(Conflict, match="no-appeal"):
        desk.fire(office, number, "appeal", "author", appeal="只要三百元")
    desk.put(appeal=True)
    with pytest.raises(Denied):
        desk.fire(office, number, "confirm", "colleague")
    assert desk.fire(office, number, "confirm", "author").read_at is not None
    assert desk.fire(office, number, "appeal", "author", appeal="只要三百元").status == "company_review"
    desk.fire(office, number, "decline", "leader", note="明年再看")
    with pytest.raises(Conflict) as refused:
        desk.fire(office, number, "appeal", "author", appeal="再看看")
    assert "已经申诉过一次" in refused.value.sentence()


def test_nobody_decides_on_their_own_where_somebody_else_can(office: Office) -> None:
    number = desk.sent(office, who="manager")
    with pytest.raises(Denied):
        desk.fire(office, number, "accept", "manager")
    task = open_tasks("suggestion", number)[0]
    assert task.excluded_user_id == office.people["manager"]
    assert desk.fire(office, number, "accept", "leader").status == "accepted"


def test_scores_are_asked_for_only_where_switched_on(office: Office) -> None:
    number = desk.in_review(office)
    with pytest.raises(Conflict, match="no-scoring"):
        desk.fire(office, number, "score", "manager", points={})
    desk.put(scoring=True, second_reviewer=True)
    points = {"可行性": 25, "效果": 30, "创新": 20}
    with pytest.raises(Invalid):
        desk.fire(office, number, "score", "manager", points={**points, "创新": 31})
    desk.fire(office, number, "score", "manager", points=points)
    desk.fire(office, number, "score", "manager", points=points)
    with pytest.raises(Conflict, match="not-scored"):
        desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    row = desk.fire(office, number, "score", "leader", points={**points, "效果": 40})
    assert (len(row.scores), row.total) == (2, 80)
    assert desk.fire(office, number, "adopt", "manager", **desk.ANSWER).status == "adopted"


def test_joining_brings_the_votes_along_once_each(office: Office) -> None:
    first, second = desk.sent(office, who="colleague"), desk.sent(office)
    for number, who in ((first, "stranger"), (second, "stranger"), (second, "leader"), (second, "colleague")):
        with unit_of_work():
            discussing.vote(desk.load(number), actor=office.actor(who))
    with pytest.raises(Invalid):
        desk.fire(office, second, "merge", "manager", number="JY-2026-0002")
    with pytest.raises(Invalid):
        desk.fire(office, second, "merge", "manager", number="JY-1999-0001")
    row = desk.fire(office, second, "merge", "manager", number="jy-2026-0001")
    assert (row.status, row.duplicate_of_id) == ("duplicate", first)
    # the stranger once, the leader, and the author of the joined one; never the author of the other
    expected = sorted(office.people[name] for name in ("stranger", "leader", "author"))
    assert list(queries.supporters(first)) == expected


def test_one_vote_each_and_none_after_it_ended(office: Office) -> None:
    number = desk.sent(office)
    colleague = office.actor("colleague")
    with unit_of_work():
        discussing.vote(desk.load(number), actor=colleague)
    for who in ("colleague", "author"):
        with pytest.raises(Conflict), unit_of_work():
            discussing.vote(desk.load(number), actor=office.actor(who))
    with unit_of_work():
        discussing.take_back_vote(desk.load(number), actor=colleague)
        discussing.vote(desk.load(number), actor=colleague)
    desk.fire(office, number, "withdraw", "author", note="已有别的办法")
    for act in (discussing.vote, discussing.take_back_vote):
        with pytest.raises(Conflict), unit_of_work():
            act(desk.load(number), actor=office.actor("colleague"))
    with pytest.raises(Conflict), unit_of_work():
        discussing.comment(desk.load(number), actor=colleague, text="好")
    assert queries.vote_count(number) == 1


def test_it_is_carried_out_step_by_step_and_its_effect_looked_at_twice(office: Office) -> None:
    desk.put(effect_checks=True)
    number = desk.in_review(office)
    desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    day = clock.today() + timedelta(days=10)
    given: dict[str, Any] = {"implementer_id": office.people["colleague"], "due_on": day}
    with pytest.raises(Invalid):
        desk.fire(office, number, "implement", "manager", **given, plan="尽快")
    row = desk.fire(office, number, "implement", "manager", **given, plan="2026-12-01 买\n2026-12-05 装")
    assert [step.text for step in row.milestones] == ["买", "装"]
    step = row.milestones[0].id
    with pytest.raises(Denied), unit_of_work():
        actions.finish_milestone(desk.load(number), step, actor=office.actor("author"), version=None)
    with unit_of_work():
        actions.finish_milestone(desk.load(number), step, actor=office.actor("colleague"), version=None)
    desk.fire(office, number, "deliver", "colleague", result="装好了")
    desk.fire(office, number, "rework", "manager", note="还没有接电脑")
    desk.fire(office, number, "deliver", "colleague", result="接好了")
    row = desk.fire(office, number, "verify", "manager", verified_text="每天省一小时")
    assert [effect.due_on for effect in row.effects] == [date(2027, 2, 27), date(2027, 11, 27)]
    with pytest.raises(Conflict, match="too-early"):
        desk.fire(office, number, "check_effect", "manager", text="好")
    for moment, months in ((on(95), 3), (on(367), 12)):
        with clock.frozen(moment):
            upkeep.remind({})
            assert [task.kind for task in open_tasks("suggestion", number)] == ["suggestion:check-effect"]
            row = desk.fire(office, number, "check_effect", "manager", text=f"{months} 个月后仍在用")
    assert row.next_effect is None
    assert open_tasks("suggestion", number) == []


def test_a_trial_ends_and_a_parked_one_is_looked_at_again(office: Office) -> None:
    number = desk.in_review(office)
    with pytest.raises(Invalid):
        desk.fire(office, number, "try", "manager", answer="试两周", until=clock.today())
    row = desk.fire(office, number, "try", "manager", answer="试两周", until=clock.today() + timedelta(14))
    assert words(number) == "试行剩余 10 个工作日 · 王建国"
    with pytest.raises(Invalid):
        desk.fire(office, number, "park", "manager", condition="", until=clock.today() + timedelta(60))
    row = desk.fire(
        office, number, "park", "manager", condition="等新库房", until=clock.today() + timedelta(60)
    )
    assert (row.status, row.condition, open_tasks("suggestion", number)) == ("parked", "等新库房", [])
    with clock.frozen(on(60)):
        upkeep.remind({})
        assert [task.kind for task in open_tasks("suggestion", number)] == ["suggestion:look-again"]
        assert desk.fire(office, number, "take_up", "manager").status == "review"


def test_overdue_is_told_once_a_day_and_votes_in_one_digest(office: Office) -> None:
    number = desk.sent(office)
    for who in ("colleague", "stranger"):
        with unit_of_work():
            discussing.vote(desk.load(number), actor=office.actor(who))
    with unit_of_work():
        discussing.comment(desk.load(number), actor=office.actor("colleague"), text="早该有了")
    with clock.frozen(on(11)):
        for _time in range(2):
            upkeep.remind({})
            upkeep.digest({})
        told = [
            event for event in events(number) if event.verb in ("suggestion:overdue", "suggestion:digest")
        ]
        assert {event.verb: event.data for event in told}["suggestion:digest"] == {"votes": 2, "comments": 1}
        assert len(told) == 2
    with clock.frozen(on(12)):
        upkeep.digest({})
        upkeep.remind({})
        assert len([event for event in events(number) if event.verb == "suggestion:digest"]) == 1
        assert len([event for event in events(number) if event.verb == "suggestion:overdue"]) == 2


def events(number: int) -> list:
    from app.core.timeline import events_for

    return events_for("suggestion", number)


def test_the_reward_goes_through_a_proposal_of_its_tier(office: Office) -> None:
    rules = rulebook.desk()
    version = rulebook.published(rules)
    clause = checks_desk.clause(version)
    finance = factories.user("冯丽", "xf", None, [Role.FINANCE])
    desk.put(scoring=True, awards=True)
    number = desk.in_review(office)
    desk.fire(office, number, "score", "manager", points={"可行性": 28, "效果": 30, "创新": 20})
    desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    given: dict[str, Any] = {
        "implementer_id": office.people["colleague"],
        "due_on": clock.today() + timedelta(days=10),
    }
    desk.fire(office, number, "implement", "manager", **given)
    desk.fire(office, number, "deliver", "colleague", result="装好了")
    row = desk.fire(office, number, "verify", "manager", verified_text="好用")
    assert rewarding.may_reward(row, office.actor("manager"))
    assert not rewarding.may_reward(row, office.actor("author"))
    assert [task.kind for task in open_tasks("suggestion", number)] == ["suggestion:reward"]
    with unit_of_work():
        made = rewarding.propose_reward(
            desk.load(number), actor=office.actor("manager"), version=None, clause_id=clause,
            measure="二等奖", amount=Decimal(200),
        )  # fmt: skip
        proposal_id = made.id
    assert open_tasks("suggestion", number) == []
    with pytest.raises(Conflict, match="proposed-already"), unit_of_work():
        rewarding.propose_reward(
            desk.load(number), actor=office.actor("manager"), version=None, clause_id=clause,
            measure="二等奖", amount=None,
        )  # fmt: skip

    def propose(step: str, who: str, **data: object) -> None:
        actor = office.actor(who) if who in office.people else factories.actor(finance)
        with unit_of_work():
            proposals.fire(session.get_one(Proposal, proposal_id), step, actor=actor, version=None, data=data)

    propose("submit", "manager")
    propose("decide", "leader", decision="agreed", text="好")
    propose("acknowledge", "author")
    propose("serve", "personnel")
    assert desk.load(number).status == "done"
    propose("execute", "finance", execution="随工资发放")
    assert desk.load(number).status == "rewarded"


def test_an_adopted_one_becomes_a_draft_of_its_clause_which_says_so(office: Office) -> None:
    rules = rulebook.desk()
    version = rulebook.published(rules)
    clause = checks_desk.clause(version)
    drafter = rules.actor("manager")
    number = desk.in_review(office, clause_id=clause)
    with pytest.raises(Conflict, match="not-adopted"), unit_of_work():
        actions.draft_clause(desk.load(number), actor=drafter)
    desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    with unit_of_work():
        made = actions.draft_clause(desk.load(number), actor=drafter)
        assert (made.origin_type, made.origin_id, made.status) == ("suggestion", number, "draft")
    with pytest.raises(Conflict, match="drafted-already"), unit_of_work():
        actions.draft_clause(desk.load(number), actor=drafter)

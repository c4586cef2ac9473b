"""Comments and their answers, the records before an approval, questions, and who answers for a rule."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.notices import unread_count
from app.core.tasks import open_tasks
from app.core.timeline import describe, events_for
from app.core.uow import unit_of_work
from app.features.people.leaving import open_matters
from app.features.rules import actions, procedure
from app.features.rules.models import RuleComment
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


@pytest.fixture
def consulted(desk: Desk) -> int:
    version_id = rulebook.draft(desk)
    rulebook.step(desk, version_id, "consult", "manager", comments_until=rulebook.tomorrow(2))
    return version_id


def say(desk: Desk, version_id: int, text: str = "第二条太严。", **options: Any) -> int:
    with unit_of_work():
        options.setdefault("clause_id", None)
        return procedure.comment(
            rulebook.load(version_id), actor=desk.actor("reader"), text=text, **options
        ).id


def answer(
    desk: Desk, version_id: int, comment_id: int, answer: str = "adopted", reason: str = "已改。"
) -> None:
    with unit_of_work():
        procedure.answer_comment(
            rulebook.load(version_id), comment_id, actor=desk.actor("manager"), answer=answer, reason=reason
        )


def test_every_comment_is_answered_before_the_approval(desk: Desk, consulted: int) -> None:
    clause = rulebook.load(consulted).clauses[2].clause_id
    before = unread_count(desk.reader.id)
    comment = say(desk, consulted, clause_id=clause)
    with clock.frozen(clock.now() + timedelta(days=3)):
        rulebook.step(desk, consulted, "end_comments", "manager")
        with pytest.raises(Conflict) as found:
            rulebook.step(desk, consulted, "submit", "manager")
        assert found.value.params == {"count": 1}
        answer(desk, consulted, comment, "declined", "安全要求不能放宽。")
        assert unread_count(desk.reader.id) == before + 1
        rulebook.step(desk, consulted, "submit", "manager")
    row = session.get_one(RuleComment, comment)
    assert (row.answer, row.answered_by_id) == ("declined", desk.manager.id)


def test_comments_are_taken_until_the_day_that_was_announced(desk: Desk, consulted: int) -> None:
    say(desk, consulted)
    with clock.frozen(clock.now() + timedelta(days=3)), pytest.raises(Conflict, match="no-comments"):
        say(desk, consulted)
    with pytest.raises(Conflict, match="no-comments"):
        say(desk, rulebook.draft(desk))


@pytest.mark.parametrize("text", [" ", "字" * 2_001, "看不见\x00"])
def test_a_comment_that_says_nothing_is_refused(desk: Desk, consulted: int, text: str) -> None:
    with pytest.raises(Invalid) as found:
        say(desk, consulted, text)
    assert set(found.value.fields) == {"text"}


def test_an_answer_needs_a_reason_and_somebody_who_works_on_the_draft(desk: Desk, consulted: int) -> None:
    comment = say(desk, consulted)
    with pytest.raises(Invalid) as found:
        answer(desk, consulted, comment, "perhaps", " ")
    assert set(found.value.fields) == {"answer", "reason"}
    with pytest.raises(Conflict, match="comment-gone"):
        answer(desk, consulted, 999)
    with unit_of_work(), pytest.raises(Denied):
        procedure.answer_comment(
            rulebook.load(consulted), comment, actor=desk.actor("reader"), answer="adopted", reason="好"
        )
    rulebook.step(desk, consulted, "drop", "manager", note="不做了")
    with pytest.raises(Conflict, match="not-editable"):
        answer(desk, consulted, comment)


def record(desk: Desk, version_id: int, **changed: Any) -> None:
    values = {
        "kind": "staff_discussion",
        "held_on": clock.today(),
        "participants": "全体",
        "result": "同意",
        "paper": rulebook.picture(),
    }
    with unit_of_work():
        procedure.keep_record(rulebook.load(version_id), actor=desk.actor("manager"), **{**values, **changed})


def test_a_record_needs_its_paper_once_and_is_replaced_by_the_next(desk: Desk) -> None:
    version_id = rulebook.draft(desk, affects_staff=True)
    with pytest.raises(Invalid) as found:
        record(desk, version_id, paper=None, participants=" ", held_on=rulebook.tomorrow())
    assert set(found.value.fields) == {"file", "participants", "held_on"}
    record(desk, version_id)
    first = rulebook.load(version_id).records[0].stored_file_id
    record(desk, version_id, paper=None, result="修改后同意")
    (row,) = rulebook.load(version_id).records
    assert (row.result, row.stored_file_id) == ("修改后同意", first)
    record(desk, version_id, paper=rulebook.picture())
    assert rulebook.load(version_id).records[0].stored_file_id != first
    assert describe(events_for("rule_version", version_id)[0]) == "登记程序材料：全体职工或职工代表大会讨论"


def ask(desk: Desk, version_id: int, **changed: Any) -> None:
    values = {"text": "谁派车？", "options": ("驾驶员", "车辆管理员", "", ""), "answer": 1}
    with unit_of_work():
        procedure.put_question(
            rulebook.load(version_id), actor=desk.actor("manager"), **{**values, **changed}
        )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": " "}, "text"),
        ({"options": ("甲", "", "", "")}, "options"),
        ({"options": ("甲", "甲", "", "")}, "options"),
        ({"answer": 3}, "answer"),
        ({"answer": None}, "answer"),
    ],
)
def test_a_question_without_a_right_answer_is_refused(
    desk: Desk, changed: dict[str, Any], field: str
) -> None:
    version_id = rulebook.draft(desk)
    with pytest.raises(Invalid) as found:
        ask(desk, version_id, **changed)
    assert set(found.value.fields) == {field}


def test_questions_come_along_into_the_next_version_and_can_be_taken_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id = rulebook.draft(desk)
    ask(desk, version_id)
    ask(desk, version_id, text="何时还车？")
    monkeypatch.setattr(procedure, "MOST_QUESTIONS", 2)
    with pytest.raises(Conflict, match="too-many"):
        ask(desk, version_id)
    rulebook.approve(desk, version_id)
    new = rulebook.begun_again(desk, version_id)
    first, second = rulebook.load(new).questions
    assert (first.text, first.options[first.answer]) == ("谁派车？", "车辆管理员")
    with unit_of_work():
        procedure.remove_question(rulebook.load(new), first.id, actor=desk.actor("manager"))
    assert [(each.id, each.position) for each in rulebook.load(new).questions] == [(second.id, 0)]


def test_the_owner_gets_a_task_a_month_before_the_day_of_review(desk: Desk) -> None:
    version_id = rulebook.published(desk)
    care(desk, version_id, owner_id=desk.colleague.id, review_on=rulebook.tomorrow(20))
    kinds = {(task.kind, task.user_id) for task in open_tasks("rule_version", version_id)}
    assert ("rule:review-due", desk.colleague.id) in kinds
    assert any("1 份制度" in str(matter.sentence) for matter in open_matters(desk.colleague.id))
    care(desk, version_id, owner_id=desk.colleague.id, review_on=rulebook.tomorrow(60))
    kinds = {(task.kind, task.user_id) for task in open_tasks("rule_version", version_id)}
    assert ("rule:review-due", desk.colleague.id) not in kinds


def care(desk: Desk, version_id: int, **changed: Any) -> None:
    with unit_of_work():
        rule = rulebook.load(version_id).rule
        values = {"version": rule.version, "owner_id": desk.manager.id, "review_on": None}
        actions.change_care(rule, actor=desk.actor("manager"), **{**values, **changed})


def test_care_is_given_to_people_who_work_here_for_days_to_come(desk: Desk) -> None:
    version_id = rulebook.published(desk)
    with pytest.raises(Invalid) as found:
        care(desk, version_id, owner_id=999, review_on=clock.today())
    assert set(found.value.fields) == {"owner_id", "review_on"}
    with pytest.raises(Stale):
        care(desk, version_id, version=0)


def test_a_version_can_be_begun_from_a_published_one_only(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    with pytest.raises(Conflict, match="nothing-published"):
        rulebook.begun_again(desk, version_id)

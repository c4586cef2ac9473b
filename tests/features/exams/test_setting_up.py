"""Setting up a test by action: what is kept of what was typed, which questions are chosen, what is refused where."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.exams import actions, bank
from app.features.exams.enums import DIFFICULTY_LABELS, EXAM, Difficulty
from app.features.exams.models import Exam, ExamQuestion
from app.features.people.models import User
from app.features.training.enums import SessionStatus
from tests import factories
from tests.features.exams import school as schools
from tests.features.exams.school import School, load

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(2026, 11, 23, 9, 0)


@pytest.fixture
def school() -> School:
    return schools.school()


def change(
    school: School, exam: Exam, who: User | None = None, version: int | None = None, **typed: Any
) -> Exam:
    """Change a test, which else stays as ``School.exam`` made it."""
    with unit_of_work():
        found = load(exam.id)
        values: dict[str, Any] = {
            "title": found.title,
            "opens_at": found.opens_at,
            "closes_at": found.closes_at,
            "department_id": school.department.id,
            **typed,
        }
        actor = factories.actor(who or school.keeper)
        actions.change_exam(found, actor=actor, version=version, values=actions.ExamValues(**values))
    return load(exam.id)


def choose(
    school: School,
    exam: Exam,
    offered: Collection[int],
    chosen: Collection[int],
    who: User | None = None,
    version: int | None = None,
) -> list[int]:
    """Choose among what was offered and return the questions of the test in their order."""
    actor = factories.actor(who or school.keeper)
    with unit_of_work():
        actions.choose(load(exam.id), actor=actor, version=version, offered=offered, chosen=chosen)
    return questions_of(exam)


def questions_of(exam: Exam) -> list[int]:
    return [item.question_id for item in sorted(load(exam.id).items, key=lambda item: item.position)]


def verbs(exam: Exam) -> list[str]:
    return [event.verb for event in sorted(timeline.events_for(EXAM, exam.id), key=lambda event: event.seq)]


def last_data(exam: Exam) -> Any:
    return max(timeline.events_for(EXAM, exam.id), key=lambda event: event.seq).data


# What is typed


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": "字" * 121}, "title"),
        ({"title": "测\u0007试"}, "title"),
        ({"pass_mark": 101}, "pass_mark"),
        ({"attempts": 0}, "attempts"),
        ({"draw_count": -1}, "draw_count"),
        ({"subject_id": 999}, "subject_id"),
        ({"department_id": 999}, "department_id"),
        ({"draw_subject_id": 999}, "draw_subject_id"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_made(
    school: School, typed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        school.exam(published=False, **typed)
    assert list(refused.value.fields) == [field]
    assert session.execute(select(func.count()).select_from(Exam)).scalar_one() == 0


@pytest.mark.parametrize("status", [SessionStatus.CANCELLED, SessionStatus.MOVED])
def test_a_session_that_does_not_take_place_has_no_test(school: School, status: SessionStatus) -> None:
    of = school.training(status=status)
    with pytest.raises(Invalid) as refused:
        school.exam(published=False, session_id=of.id)
    assert "已取消或改期" in str(refused.value.fields["session_id"])


def test_a_test_of_a_session_takes_its_department_and_subject_unless_another_is_chosen(
    school: School,
) -> None:
    of, other = school.training(), schools.subject("销售技能", 20)
    elsewhere = factories.department("采购部")
    exam = school.exam(published=False, session_id=of.id, department_id=elsewhere.id)
    assert (exam.department_id, exam.subject_id) == (school.department.id, school.subject.id)
    assert school.exam(published=False, session_id=of.id, subject_id=other.id).subject_id == other.id
    bare = school.training(subject_id=None, number="PX-BARE")
    assert school.exam(published=False, session_id=bare.id).subject_id is None


def test_tests_are_kept_by_who_may_in_the_department_concerned(school: School) -> None:
    values = actions.ExamValues("测试", clock.now(), clock.now() + timedelta(hours=1))
    with pytest.raises(Denied), unit_of_work():
        actions.create_exam(actor=factories.actor(school.reader), values=values)
    elsewhere = factories.department("采购部")
    exam = school.exam(published=False)
    with pytest.raises(Denied):
        change(school, exam, school.manager, department_id=elsewhere.id)
    assert load(exam.id).department_id == school.department.id
    assert change(school, exam, school.manager, title="经理改的").title == "经理改的"
    other = school.exam(published=False, department_id=elsewhere.id)
    for who in (school.manager, school.reader):
        with pytest.raises(Denied):
            change(school, other, who, department_id=elsewhere.id)
        with pytest.raises(Denied):
            choose(school, other, [], [], who)


def test_a_draft_changes_in_everything_and_the_record_says_what(school: School) -> None:
    exam = school.exam(published=False)
    other = schools.subject("销售技能", 20)
    changed = change(
        school,
        exam,
        version=exam.version,
        title=" 选型测试 ",
        department_id=None,
        subject_id=other.id,
        pass_mark=60,
        attempts=10,
        draw_count=100,
        draw_subject_id=school.subject.id,
        draw_difficulty=Difficulty.EXPERT,
    )
    assert (changed.title, changed.department_id, changed.subject_id) == ("选型测试", None, other.id)
    assert (changed.pass_mark, changed.attempts, changed.draw_count) == (60, 10, 100)
    assert (changed.draw_subject_id, changed.draw_difficulty) == (school.subject.id, "expert")
    assert {name: (old, new) for name, old, new in last_data(exam)["changes"]} == {
        "title": ("产品知识测试", "选型测试"),
        "subject": ("", "销售技能"),
        "department": ("销售部", ""),
        "pass_mark": ("80", "60"),
        "attempts": ("1", "10"),
        "draw_count": ("0", "100"),
        "draw_subject": ("", "产品知识"),
        "draw_difficulty": ("", "expert"),
    }
    keeper = factories.actor(school.keeper)
    found = [group.source.doc_type for group in search.find(keeper, "选型测试") if group.hits]
    assert found == [EXAM]
    assert search.find(keeper, "产品知识测试", only=EXAM) == []


def test_what_is_drawn_of_is_recorded_like_everything_else(school: School) -> None:
    exam = school.exam(published=False, draw_count=2)
    of = {"draw_count": 2, "draw_subject_id": school.subject.id}
    change(school, exam, **of)
    assert last_data(exam)["changes"] == [["draw_subject", "", "产品知识"]]
    change(school, exam, **of, draw_difficulty=Difficulty.EXPERT)
    event = max(timeline.events_for(EXAM, exam.id), key=lambda event: event.seq)
    assert timeline.describe_changes(event) == [("抽题的难度", "", str(DIFFICULTY_LABELS[Difficulty.EXPERT]))]


def test_a_form_that_changes_nothing_leaves_no_trace(school: School) -> None:
    exam = school.exam(school.question())
    before = (exam.version, verbs(exam))
    after = change(school, exam)
    assert (after.version, verbs(after)) == before


def test_an_older_form_changes_and_chooses_nothing(school: School) -> None:
    question = school.question()
    exam = school.exam(published=False)
    read = exam.version
    change(school, exam, title="新的")
    with pytest.raises(Stale):
        change(school, exam, version=read, title="旧的")
    with pytest.raises(Stale):
        choose(school, exam, [question.id], [question.id], version=read)
    assert (load(exam.id).title, questions_of(exam)) == ("新的", [])


@pytest.mark.parametrize(("step", "said"), [("close", "已结束"), ("cancel", "已取消")])
def test_a_test_that_is_over_changes_no_more(school: School, step: str, said: str) -> None:
    exam = school.exam(school.question())
    school.step(exam, step, note="换一份")
    with pytest.raises(Conflict, match="core:wrong-state") as refused:
        change(school, exam, title="新的")
    assert said in refused.value.sentence()
    assert load(exam.id).title == "产品知识测试"


# A published one


def test_the_end_of_a_published_test_lies_ahead_and_after_its_beginning(school: School, at) -> None:
    begins = clock.now() + timedelta(hours=2)
    exam = school.exam(school.question(), opens_at=begins, closes_at=begins + timedelta(hours=1))
    for end in (clock.now(), clock.now() + timedelta(hours=1), begins):
        with pytest.raises(Invalid) as refused:
            change(school, exam, closes_at=end)
        assert list(refused.value.fields) == ["closes_at"]
    assert load(exam.id).closes_at == begins + timedelta(hours=1)
    at(2026, 11, 23, 13)
    # the end that has come may stay where it is
    assert change(school, exam, title="改了名").title == "改了名"
    with pytest.raises(Invalid) as refused:
        change(school, exam, closes_at=begins + timedelta(minutes=30))
    assert "结束测试" in str(refused.value.fields["closes_at"])
    with pytest.raises(Invalid) as refused:
        change(school, exam, title=" ")
    assert list(refused.value.fields) == ["title"]


def test_a_later_end_moves_the_tasks_of_who_is_to_answer(school: School) -> None:
    exam = school.exam(school.question())
    later = exam.closes_at + timedelta(days=1)
    change(school, exam, closes_at=later)
    tasks = open_tasks(EXAM, exam.id)
    assert {task.user_id for task in tasks} == {school.manager.id, school.reader.id, school.colleague.id}
    assert {task.due_at for task in tasks} == {later}


# Its questions


def test_what_is_ticked_is_chosen_and_what_was_not_offered_stays(school: School) -> None:
    first, second, third, fourth = (question.id for question in school.questions(4))
    exam = school.exam(published=False)
    assert choose(school, exam, [first, second, third], [third, first]) == [first, third]
    assert choose(school, exam, [second, fourth], [fourth]) == [first, third, fourth]
    assert choose(school, exam, [first, fourth], [fourth]) == [third, fourth]
    assert choose(school, exam, [first], [second]) == [third, fourth]
    assert [item.position for item in load(exam.id).items] == [0, 1]
    chosen = [event.data for event in timeline.events_for(EXAM, exam.id) if event.verb == "exam:choose"]
    assert sorted(data["count"] for data in chosen) == [2, 2, 3]


def test_a_question_that_was_retired_meanwhile_stays_chosen_but_is_not_chosen_anew(school: School) -> None:
    kept, late = school.questions(2)
    exam = school.exam(kept, published=False)
    with unit_of_work():
        for question in (kept, late):
            row = session.get_one(ExamQuestion, question.id)
            bank.set_active(row, actor=factories.actor(school.keeper), version=None, active=False)
    both = [kept.id, late.id]
    assert choose(school, exam, both, both) == [kept.id]
    assert choose(school, exam, [kept.id], []) == []


def test_a_test_holds_a_hundred_questions_at_most(school: School) -> None:
    ids = [question.id for question in school.questions(actions.MOST_QUESTIONS + 1)]
    exam = school.exam(published=False)
    with pytest.raises(Invalid) as refused:
        choose(school, exam, ids, ids)
    assert "100" in str(refused.value.fields["chosen"])
    assert questions_of(exam) == []
    assert choose(school, exam, ids, ids[1:]) == ids[1:]


def test_the_questions_of_a_published_test_are_fixed(school: School) -> None:
    first, second = school.questions(2)
    exam = school.exam(first)
    with pytest.raises(Conflict, match="core:wrong-state") as refused:
        choose(school, exam, [second.id], [second.id])
    assert "选题" in refused.value.sentence()
    assert questions_of(exam) == [first.id]


@pytest.mark.parametrize("drawn", [False, True])
def test_the_bank_is_read_once_however_many_questions_are_taken_over(
    school: School, queries: Queries, drawn: bool
) -> None:
    counts = []
    for count in (1, 8):
        ids = [school.question(f"第 {count}-{place} 题？").id for place in range(count)]
        exam = school.exam(published=False, draw_count=count if drawn else 0)
        with queries() as sent:
            if not drawn:
                choose(school, exam, ids, ids)
            school.step(exam, "publish")
        counts.append(len([statement for statement in sent if "FROM exam_question" in statement]))
        taken = {item.text for item in load(exam.id).items}
        assert len(taken) == count
        assert drawn or taken == {f"第 {count}-{place} 题？" for place in range(count)}
    assert counts[0] == counts[1]


# What the hours bring


def test_each_hour_asks_who_came_meanwhile_and_ends_what_is_over(school: School, at) -> None:
    exam = school.exam(school.question())
    over = school.exam(school.question("另一题？"), closes_at=clock.now() + timedelta(minutes=30))
    newcomer = factories.user("新来的", "e9", school.department)
    at(2026, 11, 23, 10)
    for _twice in range(2):
        actions.keep_up({})
        assert (load(exam.id).status, load(over.id).status) == ("published", "closed")
        assert newcomer.id in {task.user_id for task in open_tasks(EXAM, exam.id)}
        assert open_tasks(EXAM, over.id) == []
    assert verbs(over).count("exam:close") == 1

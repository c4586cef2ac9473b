"""Tests by action: who may answer, when, how often, how it is judged, what is refused and loses nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock
from app.core import settings as installation
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.questions import QuestionKind
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.features.exams import actions, answering, bank
from app.features.exams import queries as exam_queries
from app.features.exams.models import Exam, ExamQuestion, ExamSheet
from app.features.exams.registry import check_sheets
from app.features.people.leaving import open_matters
from app.features.people.models import User
from app.features.rules.models import RuleSignature
from app.features.rules.queries import signature_of
from app.features.training.enums import PersonStatus
from app.features.training.models import TrainingPerson
from tests import factories
from tests.features.exams import school as schools
from tests.features.exams.school import School, answered, load
from tests.features.rules import rulebook

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(2026, 11, 23, 9, 0)


@pytest.fixture
def school() -> School:
    return schools.school()


def open_tasks(exam: Exam) -> set[int]:
    statement = select(Task.user_id).where(
        Task.doc_type == "exam", Task.doc_id == exam.id, Task.closed_at.is_(None)
    )
    return {int(number or 0) for number in session.execute(statement).scalars()}


def people(*some: User) -> set[int]:
    return {person.id for person in some}


# The bank


def test_a_published_test_keeps_a_question_as_it_was(school: School) -> None:
    question = school.question()
    exam = school.exam(question)
    with unit_of_work():
        bank.change_question(
            session.get_one(ExamQuestion, question.id),
            actor=factories.actor(school.keeper),
            version=None,
            values=bank.QuestionValues(
                QuestionKind.SINGLE, "改过的题？", school.subject.id, ("甲", "乙"), (0,)
            ),
        )
    item = load(exam.id).items[0]
    assert (item.text, item.options, item.answers) == ("阀门选型先问什么？", ["价格", "工况", "颜色"], [1])
    assert session.get_one(ExamQuestion, question.id).text == "改过的题？"


def test_the_bank_refuses_twins_outsiders_and_older_versions(school: School) -> None:
    question = school.question()
    with pytest.raises(Invalid):
        school.question()
    with pytest.raises(Denied), unit_of_work():
        bank.set_active(question, actor=factories.actor(school.reader), version=None, active=False)
    keeper = factories.actor(school.keeper)
    with unit_of_work():
        bank.set_active(question, actor=keeper, version=question.version, active=False)
    with pytest.raises(Stale), unit_of_work():
        bank.set_active(question, actor=keeper, version=1, active=True)
    with pytest.raises(Conflict), unit_of_work():
        bank.set_active(question, actor=keeper, version=None, active=False)


def test_a_retired_question_is_neither_drawn_nor_chosen(school: School) -> None:
    kept, retired = school.questions(2)
    with unit_of_work():
        bank.set_active(retired, actor=factories.actor(school.keeper), version=None, active=False)
    assert len(school.exam(kept, retired, published=False).items) == 1
    exam = school.exam(published=False, draw_count=2)
    with pytest.raises(Conflict, match="too-few"):
        school.step(exam, "publish")


# Publishing


def test_nothing_is_published_without_questions_or_after_its_end(school: School, at) -> None:
    empty = school.exam(published=False)
    with pytest.raises(Conflict, match="no-questions"):
        school.step(empty, "publish")
    late = school.exam(school.question(), published=False)
    at(2026, 11, 24, 9, 0)
    with pytest.raises(Conflict, match="over-already"):
        school.step(late, "publish")


def test_drawn_questions_come_besides_the_chosen_ones_and_go_with_taking_back(school: School) -> None:
    questions = school.questions(6)
    exam = school.exam(questions[0], draw_count=3, draw_subject_id=school.subject.id)
    assert len(exam.items) == 4
    assert len({item.question_id for item in exam.items}) == 4
    assert [item.position for item in exam.items] == [0, 1, 2, 3]
    back = school.step(exam, "take_back")
    assert [item.question_id for item in back.items] == [questions[0].id]
    again = school.step(back, "publish")
    school.start(again)
    with pytest.raises(Conflict, match="answered-already"):
        school.step(again, "take_back")


def test_times_and_numbers_that_cannot_be_are_refused(school: School) -> None:
    for changed, field in (
        ({"closes_at": clock.now()}, "closes_at"),
        ({"pass_mark": 0}, "pass_mark"),
        ({"attempts": 11}, "attempts"),
        ({"draw_count": 101}, "draw_count"),
        ({"session_id": 99}, "session_id"),
        ({"title": " "}, "title"),
    ):
        with pytest.raises(Invalid) as refused:
            school.exam(published=False, **changed)
        assert field in refused.value.fields


def test_of_a_published_test_only_title_and_end_change(school: School) -> None:
    exam = school.exam(school.question())
    later = clock.now() + timedelta(days=1)
    values = actions.ExamValues("新名称", clock.now(), later, pass_mark=10)
    with unit_of_work():
        actions.change_exam(load(exam.id), actor=factories.actor(school.keeper), version=None, values=values)
    changed = load(exam.id)
    assert (changed.title, changed.closes_at, changed.pass_mark) == ("新名称", later, 80)


# Answering


def test_who_passes_is_done_and_who_fails_tries_again(school: School) -> None:
    exam = school.exam(*school.questions(5), attempts=2)
    assert open_tasks(exam) == people(school.manager, school.reader, school.colleague)
    first = school.answer(exam, 3)
    assert (first.score, first.passed, first.attempt) == (60, False, 1)
    second = school.answer(exam, 4)
    assert (second.score, second.passed, second.attempt) == (80, True, 2)
    assert school.reader.id not in open_tasks(exam)
    with pytest.raises(Conflict, match="passed-already"):
        school.start(exam)
    school.answer(exam, 0, school.colleague)
    school.answer(exam, 0, school.colleague)
    with pytest.raises(Conflict, match="no-attempt-left"):
        school.start(exam, school.colleague)
    assert open_tasks(exam) == people(school.manager)


def test_handed_in_twice_is_refused_and_changes_nothing(school: School) -> None:
    exam = school.exam(*school.questions(2))
    school.answer(exam, 2)
    with pytest.raises(Conflict, match="handed-in-already"):
        school.submit(exam, answered(exam, 0))
    with pytest.raises(Conflict, match="handed-in-already"):
        school.save(exam, answered(exam, 0))
    sheet = exam_queries.sheets_of(exam.id, school.reader.id)[0]
    assert (sheet.right_count, sheet.passed) == (2, True)


def test_what_was_handed_in_is_said_before_that_time_is_over_and_the_sheets_are_read_once(
    school: School, at, queries: Queries
) -> None:
    exam = school.exam(*school.questions(2))
    school.start(exam)
    with queries() as sent:
        school.save(exam, answered(exam, 1))
    assert len([statement for statement in sent if "FROM exam_sheet" in statement]) == 1
    school.submit(exam, answered(exam, 2))
    at(2026, 11, 23, 11, 0)
    with pytest.raises(Conflict, match="handed-in-already") as refused:
        school.save(exam, answered(exam, 0))
    assert refused.value.params == {"when": "11-23 09:00", "score": 100}
    with pytest.raises(Conflict, match="exam:over"):
        school.save(exam, answered(exam, 0), school.colleague)


def test_after_its_end_what_was_saved_stays_and_nothing_is_handed_in(school: School, at) -> None:
    exam = school.exam(*school.questions(2))
    school.start(exam)
    school.save(exam, answered(exam, 1))
    at(2026, 11, 23, 11, 0)
    with pytest.raises(Conflict, match="exam:over"):
        school.submit(exam, answered(exam, 2))
    sheet = exam_queries.sheets_of(exam.id, school.reader.id)[0]
    assert sheet.submitted_at is None
    assert sheet.answers == {
        str(number): list(places) for number, places in answered(exam, 1).items() if places
    }
    actions.keep_up({})
    assert load(exam.id).status == "closed"
    assert open_tasks(exam) == set()


def test_before_it_opens_after_cancelling_and_without_beginning_nothing_is_taken(school: School) -> None:
    coming = school.exam(
        school.question(),
        opens_at=clock.now() + timedelta(hours=1),
        closes_at=clock.now() + timedelta(hours=2),
    )
    with pytest.raises(Conflict, match="not-yet"):
        school.start(coming)
    assert open_tasks(coming) == set()
    exam = school.exam(school.question("另一题？"))
    with pytest.raises(Conflict, match="not-begun"):
        school.submit(exam, {})
    school.step(exam, "cancel", note="换一份")
    with pytest.raises(Conflict, match="cancelled"):
        school.start(exam)


def test_a_test_of_another_department_is_not_for_the_reader(school: School) -> None:
    other = factories.department("采购部")
    exam = school.exam(school.question(), department_id=other.id)
    with pytest.raises(Denied, match="not-concerned"):
        school.start(exam)


def test_only_those_present_answer_the_test_of_a_session(school: School) -> None:
    of = school.training(school.reader, absent=[school.colleague])
    exam = school.exam(school.question(), session_id=of.id)
    assert open_tasks(exam) == people(school.reader)
    with pytest.raises(Denied, match="not-present"):
        school.start(exam, school.colleague)
    school.answer(exam, 1)
    person = (
        session.execute(select(TrainingPerson).where(TrainingPerson.user_id == school.reader.id))
        .unique()
        .scalar_one()
    )
    assert person.status == PersonStatus.TESTED


def test_whoever_is_signed_in_later_is_asked_too(school: School) -> None:
    of = school.training(school.reader, absent=[school.colleague])
    exam = school.exam(school.question(), session_id=of.id)
    with unit_of_work():
        person = (
            session.execute(select(TrainingPerson).where(TrainingPerson.user_id == school.colleague.id))
            .unique()
            .scalar_one()
        )
        person.status, person.presence = "late", "late"
        person.signed_in_at, person.signed_in_how = clock.now(), "chair"
    with unit_of_work():
        actions.after_attendance(of.id, factories.actor(school.manager))
    assert open_tasks(exam) == people(school.reader, school.colleague)


def test_present_and_passed_signs_the_rule_version(school: School) -> None:
    desk = rulebook.desk()
    number = rulebook.published(desk)
    reader = desk.reader
    of = school.training(reader, school.reader, rule_version_id=number)
    exam = school.exam(*school.questions(5), session_id=of.id, attempts=2)
    school.answer(exam, 1, reader)
    assert signature_of(rulebook.load(number), reader.id) is None
    school.answer(exam, 4, reader)
    signature = signature_of(rulebook.load(number), reader.id)
    assert signature is not None
    assert (signature.way, signature.questions, signature.attempts) == ("training", 5, 2)
    assert str(of.number) in signature.basis
    assert str(exam.number) in signature.basis
    assert session.query(RuleSignature).count() == 1


# Judging


def test_several_must_all_be_ticked_and_nothing_else(school: School) -> None:
    question = school.question(
        "哪些？", kind=QuestionKind.SEVERAL, options=("甲", "乙", "丙"), answers=(0, 2)
    )
    exam = school.exam(question)
    item = load(exam.id).items[0]
    for ticked, right in (((0, 2), 1), ((0,), 0), ((0, 1, 2), 0), ((), 0), ((2, 0, 9), 1)):
        kept = answering.clean_answers(exam, {item.id: ticked})
        assert answering.right_count(exam.items, kept) == right


@settings(max_examples=200)
@given(total=st.integers(1, 100), mark=st.integers(1, 100))
def test_the_pass_mark_is_never_undercut(total: int, mark: int) -> None:
    least = exam_queries.needed(total, mark)
    assert 100 * least >= mark * total > 100 * (least - 1)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticks=st.lists(st.sets(st.integers(-1, 5)), min_size=4, max_size=4), mark=st.integers(1, 100))
def test_whatever_is_ticked_is_judged_like_by_hand(school: School, ticks: list[set[int]], mark: int) -> None:
    if not session.execute(select(ExamQuestion.id)).first():
        school.questions(3)
        school.question("判断？", kind=QuestionKind.TRUE_FALSE, options=(), answers=(0,))
    questions = list(session.execute(select(ExamQuestion).order_by(ExamQuestion.id)).unique().scalars())
    exam = school.exam(*questions, pass_mark=mark)
    items = load(exam.id).items
    school.start(exam)
    sheet = school.submit(exam, {item.id: ticked for item, ticked in zip(items, ticks, strict=True)})
    right = 0
    for item, ticked in zip(items, ticks, strict=True):
        places = {place for place in ticked if 0 <= place < (len(item.options) or 2)}
        first = {min(places)} if places else set()
        right += first == set(item.answers)
    assert sheet.right_count == right
    assert sheet.passed is (100 * right >= mark * 4)


def test_the_order_of_a_person_stays_and_differs_from_others(school: School) -> None:
    exam = school.exam(*school.questions(8))
    own = [item.id for item, _places in answering.own_order(exam, school.reader.id)]
    assert own == [item.id for item, _places in answering.own_order(load(exam.id), school.reader.id)]
    assert sorted(own) == sorted(item.id for item in exam.items)
    orders = {
        tuple(item.id for item, _places in answering.own_order(exam, person)) for person in range(1, 30)
    }
    assert len(orders) > 20


def test_right_answers_are_shown_as_the_setting_says(school: School, at) -> None:
    exam = school.exam(school.question(), attempts=2)
    school.answer(exam, 0)
    sheets = exam_queries.sheets_of(exam.id, school.reader.id)
    for when, shown in (("after_closing", False), ("at_once", False), ("never", False)):
        with unit_of_work():
            installation.put("exams.show_answers", when)
        assert answering.answers_shown(load(exam.id), sheets) is shown
    school.answer(exam, 0)
    sheets = exam_queries.sheets_of(exam.id, school.reader.id)
    with unit_of_work():
        installation.put("exams.show_answers", "at_once")
    assert answering.answers_shown(load(exam.id), sheets)
    at(2026, 11, 23, 12, 0)
    for when, shown in (("after_closing", True), ("never", False)):
        with unit_of_work():
            installation.put("exams.show_answers", when)
        assert (
            answering.answers_shown(load(exam.id), exam_queries.sheets_of(exam.id, school.reader.id)) is shown
        )


def test_a_sheet_counts_once_however_often_it_is_begun(school: School) -> None:
    exam = school.exam(school.question())
    first, again = school.start(exam), school.start(exam)
    assert first.id == again.id
    assert session.query(ExamSheet).count() == 1


def test_who_leaves_ends_the_own_tests_first_and_the_check_finds_a_false_result(school: School) -> None:
    exam = school.exam(*school.questions(2))
    assert [matter.sentence for matter in open_matters(school.keeper.id)] == [
        "拟定的 1 场测试还没有结束，请先结束或取消"
    ]
    sheet = school.answer(exam, 1)
    assert check_sheets() == []
    with unit_of_work():
        session.get_one(ExamSheet, sheet.id).right_count = 2
    assert len(check_sheets()) == 1
    school.step(exam, "close")
    assert open_matters(school.keeper.id) == []

"""The question of the day: whose, when, in which order, and how it comes back."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core import settings as installation
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work
from app.features.daily_questions import actions, queries
from app.features.daily_questions.boxes import DAYS, FIRST, KNOWN, LAST, due_after, next_box
from app.features.daily_questions.models import QuestionProgress
from tests.features.daily_questions import quiz
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(2026, 11, 23, 9, 0)


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


def test_one_question_a_day_with_its_answer_and_clause(desk: Desk) -> None:
    assert quiz.today(desk) is None
    quiz.rule(desk)
    question = quiz.today(desk)
    assert question is not None
    assert (question.text, question.clause, question.is_answered) == (
        "车辆管理办法第 1 题？",
        "第一条",
        False,
    )
    answered = quiz.answer(desk, quiz.RIGHT)
    assert (answered.id, answered.is_answered, answered.was_right) == (question.id, True, True)
    assert answered.due_on == date(2026, 11, 26)
    with quiz.after(1):
        tomorrow = quiz.today(desk)
        assert tomorrow is not None
        assert tomorrow.text == "车辆管理办法第 2 题？"


def test_a_second_answer_on_the_same_day_changes_nothing(desk: Desk) -> None:
    quiz.rule(desk)
    first = quiz.answer(desk, quiz.WRONG)
    assert quiz.answer(desk, quiz.RIGHT) == first
    row = session.query(QuestionProgress).one()
    assert (row.right_count, row.wrong_count, row.box) == (0, 1, FIRST)


def test_what_was_wrong_comes_back_the_next_day_before_anything_new(desk: Desk) -> None:
    quiz.rule(desk)
    wrong = quiz.answer(desk, quiz.WRONG)
    with quiz.after(1):
        again = quiz.today(desk)
        assert again is not None
        assert again.id == wrong.id
        assert quiz.answer(desk, quiz.RIGHT).due_on == date(2026, 11, 27)
    with quiz.after(2):
        other = quiz.today(desk)
        assert other is not None
        assert other.id != wrong.id


def test_nothing_on_a_day_off_for_the_system_and_where_it_is_switched_off(desk: Desk) -> None:
    quiz.rule(desk)
    assert quiz.today(desk) is not None
    for days in (5, 6):
        with quiz.after(days):
            assert quiz.today(desk) is None
    assert queries.of_today(SYSTEM) is None
    with unit_of_work():
        installation.put("company.week", "six")
    with quiz.after(5):
        assert quiz.today(desk) is not None
    with unit_of_work():
        installation.put("modules.switches", {"daily_questions": False})
    assert quiz.today(desk) is None


def test_only_rules_in_force_that_concern_the_reader_are_asked_about(desk: Desk) -> None:
    number = quiz.rule(desk, 1, for_everybody=False, departments=(desk.department.id,), roles=("warehouse",))
    for who, asked in (("reader", True), ("other", True), ("leader", False)):
        assert (quiz.today(desk, who) is not None) == asked, who
    rulebook.step(desk, number, "void", "leader", "不再需要", void_on=clock.today())
    assert quiz.today(desk) is None


def test_a_draft_and_a_version_to_come_are_not_asked_about(desk: Desk) -> None:
    number = quiz.rule(desk, 1)
    quiz.answer(desk, quiz.WRONG)
    new = rulebook.revised(desk, number, rulebook.tomorrow(3))
    with quiz.after(1):
        question = quiz.today(desk)
        assert question is not None
        assert question.answered_on == date(2026, 11, 23)
    with quiz.after(3):
        # the same question of the new version, with what is known of it
        question = quiz.today(desk)
        assert question is not None
        assert question.id in {each.id for each in rulebook.load(new).questions}
        assert question.was_right is False


def test_what_is_not_todays_question_and_no_choice_are_refused(desk: Desk) -> None:
    quiz.rule(desk)
    question = quiz.today(desk)
    assert question is not None
    for chosen in (None, -1, 2):
        with pytest.raises(Invalid) as refused:
            quiz.answer(desk, chosen)
        assert list(refused.value.fields) == ["option"]
    with pytest.raises(Conflict, match="daily_question:not-today"), unit_of_work():
        actions.answer(question.id + 1, actor=desk.actor("reader"), chosen=quiz.RIGHT)
    assert session.query(QuestionProgress).count() == 0


def test_two_right_answers_days_apart_are_knowledge(desk: Desk) -> None:
    quiz.rule(desk, 1)
    quiz.answer(desk, quiz.RIGHT)
    assert [row.known for row in queries.mastery_of(desk.actor("reader"))] == [0]
    with quiz.after(3):
        quiz.answer(desk, quiz.RIGHT)
        row = queries.mastery_of(desk.actor("reader"))[0]
        assert (row.title, row.questions, row.answered, row.known, row.wrong) == ("车辆管理办法", 1, 1, 1, 0)
    untouched = queries.mastery_of(desk.actor("colleague"))[0]
    assert (untouched.answered, untouched.known) == (0, 0)


@given(answers=st.lists(st.booleans(), max_size=30))
def test_boxes_stay_in_bounds_and_intervals_grow(answers: list[bool]) -> None:
    box, streak = FIRST, 0
    day = date(2026, 11, 23)
    for right in answers:
        box, streak = next_box(box, right=right), streak + 1 if right else 0
        assert FIRST <= box <= LAST
        assert box == min(FIRST + streak, LAST)
        assert (box >= KNOWN) == (streak >= KNOWN - FIRST)
        assert due_after(box, day) == day + timedelta(days=DAYS[box])
    assert list(DAYS.values()) == sorted(set(DAYS.values()))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=6))
def test_after_any_course_each_question_is_due_as_its_box_says(
    desk: Desk, answers: list[tuple[int, bool]]
) -> None:
    if not rulebook.queries.asking_versions():
        quiz.rule(desk)
    with unit_of_work():
        session.query(QuestionProgress).delete()
    passed, counted = 0, 0
    for days, right in answers:
        passed += days
        with quiz.after(passed):
            question = quiz.today(desk)
            if question is None:
                continue
            assert question.due_on is None or question.due_on <= clock.today()
            quiz.answer(desk, quiz.RIGHT if right else quiz.WRONG)
            counted += 1
    rows = session.query(QuestionProgress).all()
    assert sum(row.right_count + row.wrong_count for row in rows) == counted
    for row in rows:
        assert row.due_on == due_after(row.box, row.answered_on)
        assert row.was_right == (row.box > FIRST)

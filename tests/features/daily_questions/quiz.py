"""Rules with questions for tests of the daily question."""

from datetime import date, timedelta
from typing import Any

from app.core import clock, workdays
from app.core.uow import unit_of_work
from app.features.daily_questions import actions, queries
from app.features.daily_questions.queries import DailyQuestion
from app.features.rules import procedure
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

RIGHT, WRONG = 1, 0


def rule(desk: Desk, questions: int = 2, **changed: Any) -> int:
    """Publish a rule with questions whose second option is right, each about its first article."""
    number = rulebook.draft(desk, **changed)
    for place in range(questions):
        with unit_of_work():
            version = rulebook.load(number)
            procedure.put_question(
                version,
                actor=desk.actor("manager"),
                text=f"{version.title}第 {place + 1} 题？",
                options=("不用", "要"),
                answer=RIGHT,
                clause_id=version.clauses[1].clause_id,
            )
    rulebook.approve(desk, number)
    return number


def today(desk: Desk, who: str = "reader") -> DailyQuestion | None:
    return queries.of_today(desk.actor(who))


def answer(desk: Desk, chosen: int | None, who: str = "reader") -> DailyQuestion:
    question = today(desk, who)
    assert question is not None
    with unit_of_work():
        actions.answer(question.id, actor=desk.actor(who), chosen=chosen)
    answered = today(desk, who)
    assert answered is not None
    return answered


def next_working_day(day: date) -> date:
    return workdays.add_working_days(day, 1)


def after(days: int) -> Any:
    """Freeze the clock some days later."""
    return clock.frozen(clock.now() + timedelta(days=days))

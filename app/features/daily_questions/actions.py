"""Answering the question of the day."""

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.daily_questions import queries
from app.features.daily_questions.boxes import FIRST, due_after, next_box
from app.features.daily_questions.models import QuestionProgress


def answer(question_id: int, *, actor: Actor, chosen: int | None) -> None:
    """Answer today's question; a second answer on the same day changes nothing.

    What is answered is learning and no deed: it is kept with the person's progress and leaves no line in the timeline
    of the rule, which others read. Raises Conflict for what is not today's question, Invalid without a choice.
    """
    question = queries.of_today(actor)
    if question is None or question.id != question_id:
        raise Conflict("daily_question:not-today")
    if question.is_answered:
        return
    if chosen is None or not 0 <= chosen < len(question.options):
        raise Invalid(fields={"option": lazy("请先选择一个答案")})
    progress = queries.progress_of(int(actor.id or 0), question.rule_id, question.text)
    if progress is None:
        progress = QuestionProgress(
            user_id=actor.id,
            rule_id=question.rule_id,
            text=question.text,
            box=FIRST,
            right_count=0,
            wrong_count=0,
        )
        session.add(progress)
    right = chosen == question.answer
    today = clock.today()
    progress.box = next_box(progress.box, right=right)
    progress.answered_on, progress.due_on = today, due_after(progress.box, today)
    progress.chosen, progress.was_right = chosen, right
    progress.right_count += right
    progress.wrong_count += not right
    session.flush()

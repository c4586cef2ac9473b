"""The life of a test: drafted, published with its questions fixed, closed when its time is over."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.questions import in_own_order
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, any_of, may, step, system_only
from app.features.exams import queries
from app.features.exams.enums import EXAM as DOC_TYPE
from app.features.exams.enums import ExamPerm, ExamStatus
from app.features.exams.models import Exam, ExamItem, ExamQuestion

keeper = may(ExamPerm.KEEP)


def answering(exam: Exam) -> Iterable[WantedTask]:
    """Yield for each person who is still to answer an open test the task of doing so; it falls away at the end."""
    if exam.is_open:
        for user_id in queries.still_to_answer(exam):
            yield WantedTask("exam:answer", user_id=user_id, due_at=exam.closes_at)


def drawable(exam: Exam) -> list[int]:
    """Return the ids of the questions that may be drawn for a test: active ones that were not chosen for it."""
    chosen = {item.question_id for item in exam.items}
    statement = queries.usable(exam.draw_subject_id, exam.draw_difficulty).order_by(ExamQuestion.id)
    return [each for each in session.execute(statement).scalars() if each not in chosen]


def with_questions(exam: Exam, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to publish a test without questions, with fewer in the bank than are to be drawn, or after its end."""
    if exam.closes_at <= clock.now():
        return Conflict("exam:over-already")
    if not exam.items and not exam.draw_count:
        return Conflict("exam:no-questions")
    there = len(drawable(exam)) if exam.draw_count else 0
    if there < exam.draw_count:
        return Conflict("exam:too-few-questions", wanted=exam.draw_count, there=there)
    return None


def nobody_answered(exam: Exam, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to take back a test that somebody has begun to answer."""
    return Conflict("exam:answered-already") if queries.was_begun(exam.id) else None


def fix_questions(exam: Exam, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw what is to be drawn, by lot, and keep every question as it is now."""
    drawn = (
        in_own_order(drawable(exam), int, secrets.token_hex(8))[: exam.draw_count] if exam.draw_count else []
    )
    place = len(exam.items)
    for question_id in drawn:
        exam.items.append(ExamItem(question_id=question_id, position=place, drawn=True))
        place += 1
    copy_questions(exam.items)
    exam.published_at = clock.now()
    return {"count": len(exam.items)}


def copy_questions(items: Sequence[ExamItem]) -> None:
    """Take the questions of the bank over into a test as they are now, by one statement."""
    statement = select(ExamQuestion).where(ExamQuestion.id.in_([item.question_id for item in items]))
    # items that hold no question yet cannot be written
    with session.no_autoflush:
        bank = {question.id: question for question in session.execute(statement).unique().scalars()}
    for item in items:
        question = bank[item.question_id]
        item.kind, item.text = question.kind, question.text
        item.options, item.answers = list(question.options), list(question.answers)
        item.about, item.explanation = question.about, question.explanation


def give_back_drawn(exam: Exam, actor: Actor, data: Mapping[str, Any]) -> None:
    """Leave only the chosen questions: others may be drawn when it is published again."""
    exam.items[:] = [item for item in exam.items if not item.drawn]
    exam.published_at = None


S = ExamStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.DRAFT,
    (
        State(S.DRAFT, lazy("拟题中"), "info", milestone=True),
        State(S.PUBLISHED, lazy("已发布"), "warn", answering, milestone=True),
        State(S.CLOSED, lazy("已结束"), "ok", terminal=True, milestone=True),
        State(S.CANCELLED, lazy("已取消"), "neutral", terminal=True),
    ),
    (
        step("publish", "draft", "published", keeper, lazy("发布测试"), ready=with_questions, effect=fix_questions,
             kind="primary", fields=frozenset({"count"}), sentence=lazy("发布测试，共 %(count)s 题")),
        step("take_back", "published", "draft", keeper, lazy("收回修改"), ready=nobody_answered,
             effect=give_back_drawn),
        step("close", "published", "closed", any_of(keeper, system_only), lazy("结束测试")),
        step("cancel", "draft published", "cancelled", keeper, lazy("取消测试"), reason=True, kind="danger"),
    ),
    lazy("测试"),
)
# fmt: on

"""The question bank: writing, changing and retiring questions. A test keeps them as they were when it was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.questions import QuestionKind, check_question, letters_of
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.exams.enums import EXAM_QUESTION, Difficulty, ExamPerm
from app.features.exams.models import ExamQuestion
from app.features.training.models import TrainingSubject

LONGEST_ABOUT = 120
LONGEST_EXPLANATION = 500


@dataclass(frozen=True)
class QuestionValues:
    """What is typed about a question; ``answers`` are places among the options as typed, or TRUE or FALSE."""

    kind: QuestionKind
    text: str
    subject_id: int
    options: tuple[str, ...] = ()
    answers: tuple[int, ...] = ()
    difficulty: Difficulty = Difficulty.BASIC
    about: str = ""
    explanation: str = ""


def add_question(*, actor: Actor, values: QuestionValues, verb: str = "exam_question:add") -> ExamQuestion:
    """Put a question into the bank. Raises Denied, and Invalid at its fields or for one that is there already."""
    require(actor, ExamPerm.KEEP)
    question = ExamQuestion(active=True)
    assign(question, values)
    session.add(question)
    session.flush()
    timeline.record(EXAM_QUESTION, question.id, verb, actor)
    return question


def change_question(
    question: ExamQuestion, *, actor: Actor, version: int | None, values: QuestionValues
) -> None:
    """Change a question; tests that were published keep it as it was. Raises Denied, Stale, Invalid."""
    lock(question)
    require(actor, ExamPerm.KEEP)
    check_version(EXAM_QUESTION, question, version)
    before = facts(question)
    assign(question, values)
    changes = timeline.diff(before, facts(question))
    if not changes:
        return
    question.touch()
    session.flush()
    timeline.record(EXAM_QUESTION, question.id, "exam_question:change", actor, data={"changes": changes})


def set_active(question: ExamQuestion, *, actor: Actor, version: int | None, active: bool) -> None:
    """Retire a question from new tests, or take it back into use; Conflict where it is so already."""
    lock(question)
    require(actor, ExamPerm.KEEP)
    check_version(EXAM_QUESTION, question, version)
    if question.active == active:
        raise Conflict("exam_question:already-active" if active else "exam_question:already-retired")
    question.active = active
    question.touch()
    session.flush()
    verb = "exam_question:restore" if active else "exam_question:retire"
    timeline.record(EXAM_QUESTION, question.id, verb, actor)


def remove_imported(ids: Sequence[int]) -> None:
    """Take questions away that an import made and no test uses; what was recorded of them stays."""
    session.execute(delete(ExamQuestion).where(ExamQuestion.id.in_(ids)))


def assign(question: ExamQuestion, values: QuestionValues) -> None:
    """Write the typed values into a question after checking them; raises Invalid at the fields."""
    subject = session.get(TrainingSubject, values.subject_id)
    if subject is None:
        raise Invalid(fields={"subject_id": lazy("请从列表中选择科目")})
    checked = check_question(
        text=values.text, options=values.options, answers=values.answers, kind=values.kind
    )
    for name, longest in (("about", LONGEST_ABOUT), ("explanation", LONGEST_EXPLANATION)):
        typed = getattr(values, name)
        check_written(typed, name)
        if len(typed) > longest:
            raise Invalid(fields={name: lazy("最多 %(most)s 个字", most=longest)})
    with session.no_autoflush:
        twin = session.execute(
            select(ExamQuestion.id).where(
                ExamQuestion.text == checked.text, ExamQuestion.subject_id == subject.id
            )
        ).first()
    if twin is not None and twin[0] != question.id:
        raise Invalid(fields={"text": lazy("题库里这个科目已有同样的题目")})
    question.kind, question.text = str(checked.kind), checked.text
    question.options, question.answers = list(checked.options), list(checked.answers)
    question.subject, question.subject_id = subject, subject.id
    question.difficulty = str(Difficulty(values.difficulty))
    question.about, question.explanation = values.about.strip(), values.explanation.strip()


def facts(question: ExamQuestion) -> dict[str, Any]:
    """Return what the record says of a question, by field."""
    return {
        "kind": question.kind,
        "text": question.text,
        "options": " / ".join(question.options),
        "answers": letters_of(question.answers),
        "subject": question.subject.name,
        "difficulty": question.difficulty,
        "about": question.about,
        "explanation": question.explanation,
    }

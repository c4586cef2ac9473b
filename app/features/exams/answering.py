"""Answering a test: begun, saved as often as one likes, handed in once, judged at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.core import clock, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied
from app.core.i18n import CHINESE, using_locale
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.questions import QuestionKind, in_own_order, is_right, shown_options
from app.core.workflow import lock
from app.features.exams import queries
from app.features.exams.enums import EXAM, ExamStatus, ShowAnswers
from app.features.exams.flow import FLOW
from app.features.exams.models import Exam, ExamItem, ExamSheet
from app.features.rules import reading
from app.features.rules.models import RuleVersion
from app.features.training.feedback import mark_tested

SHOW_ANSWERS = "exams.show_answers"
Answers = Mapping[int, Collection[int]]


def check_answerable(exam: Exam, actor: Actor) -> None:
    """Raise Denied for whom a test is not for, Conflict before it opens and after its end."""
    if not queries.is_concerned(actor, exam):
        raise Denied("exam:not-present" if exam.session_id is not None else "exam:not-concerned")
    if exam.status == ExamStatus.CANCELLED:
        raise Conflict("exam:cancelled")
    if exam.is_over:
        raise Conflict("exam:over", when=local(exam.closes_at))
    if exam.status != ExamStatus.PUBLISHED or clock.now() < exam.opens_at:
        raise Conflict("exam:not-yet", when=local(exam.opens_at))


def local(moment: Any) -> str:
    """Return a moment in the company's zone, to the minute."""
    return clock.to_local(moment).strftime("%m-%d %H:%M")


def start(exam: Exam, *, actor: Actor) -> ExamSheet:
    """Begin an attempt, or return the one that was begun. Raises as check_answerable, Conflict without one left."""
    lock(exam)
    check_answerable(exam, actor)
    sheets = queries.sheets_of(exam.id, actor.id)
    if sheets and sheets[-1].submitted_at is None:
        return sheets[-1]
    check_may_try(exam, sheets)
    sheet = ExamSheet(
        exam_id=exam.id, user_id=actor.id, attempt=len(sheets) + 1, total=len(exam.items), answers={}
    )
    session.add(sheet)
    session.flush()
    timeline.record(EXAM, exam.id, "exam:begin", actor, data={"attempt": sheet.attempt})
    return sheet


def check_may_try(exam: Exam, sheets: Sequence[ExamSheet]) -> None:
    """Raise Conflict where a person passed already or has no attempt left."""
    if any(sheet.passed for sheet in sheets):
        raise Conflict("exam:passed-already")
    if len([sheet for sheet in sheets if sheet.submitted_at is not None]) >= exam.attempts:
        raise Conflict("exam:no-attempt-left", attempts=exam.attempts)


def running_sheet(exam: Exam, actor: Actor) -> ExamSheet | None:
    """Return the attempt a person is at, None where none was begun.

    Raises Conflict where it was handed in already.
    """
    sheets = queries.sheets_of(exam.id, actor.id)
    if not sheets:
        return None
    last = sheets[-1]
    if last.submitted_at is not None:
        raise Conflict("exam:handed-in-already", when=local(last.submitted_at), score=last.score)
    return last


def save(exam: Exam, *, actor: Actor, answers: Answers) -> ExamSheet:
    """Keep what was ticked so far; what was kept before stays where it is refused.

    Raises Conflict where it was handed in already, which is said before anything about time, then as
    check_answerable, and Conflict where none was begun.
    """
    lock(exam)
    sheet = running_sheet(exam, actor)
    check_answerable(exam, actor)
    if sheet is None:
        raise Conflict("exam:not-begun")
    sheet.answers = clean_answers(exam, answers)
    sheet.saved_at = clock.now()
    session.flush()
    return sheet


def submit(exam: Exam, *, actor: Actor, answers: Answers) -> ExamSheet:
    """Hand in an attempt with what is ticked, judge it, and sign the rule version its session was about if passed.

    Raises as ``save``.
    """
    sheet = save(exam, actor=actor, answers=answers)
    sheet.right_count = right_count(exam.items, sheet.answers)
    sheet.passed = sheet.right_count >= queries.needed_of(exam)
    sheet.submitted_at = clock.now()
    session.flush()
    timeline.record(EXAM, exam.id, "exam:hand-in", actor, data={"attempt": sheet.attempt})
    note_for_session(exam, sheet, actor)
    FLOW.sync_tasks(exam)
    return sheet


def note_for_session(exam: Exam, sheet: ExamSheet, actor: Actor) -> None:
    """Tell the session that its test was passed; the rule version it was about counts as signed then."""
    of = exam.training_session
    if of is None or not sheet.passed:
        return
    mark_tested(of, int(actor.id or 0))
    if of.rule_version_id is None:
        return
    with using_locale(CHINESE):
        basis = _(
            "%(session)s 培训到场，%(exam)s 测试 %(score)s 分",
            session=of.number or of.title,
            exam=exam.number,
            score=sheet.score,
        )
    version = session.get_one(RuleVersion, of.rule_version_id)
    reading.sign_by_training(version, actor=actor, basis=basis, questions=sheet.total, attempts=sheet.attempt)


def clean_answers(exam: Exam, answers: Answers) -> dict[str, list[int]]:
    """Return what was ticked as it is kept: only what this test has, one unless several may be."""
    kept: dict[str, list[int]] = {}
    for item in exam.items:
        places = range(len(shown_options(item.kind, item.options)))
        ticked = sorted(place for place in set(answers.get(item.id, ())) if place in places)
        if item.kind != QuestionKind.SEVERAL:
            ticked = ticked[:1]
        if ticked:
            kept[str(item.id)] = ticked
    return kept


def right_count(items: Sequence[ExamItem], answers: Mapping[str, Collection[int]]) -> int:
    """Return how many questions were answered right: a question counts whole or not at all."""
    return sum(is_right(item.answers, answers.get(str(item.id), ())) for item in items)


def own_order(exam: Exam, user_id: int | None) -> list[tuple[ExamItem, list[int]]]:
    """Return the questions of a test in a person's own order, each with the places of its options in theirs.

    The order follows from test and person alone, so that it is the same at every visit and after every save.
    """
    ordered = in_own_order(exam.items, lambda item: item.id, exam.id, user_id)
    return [(item, options_order(item, user_id)) for item in ordered]


def options_order(item: ExamItem, user_id: int | None) -> list[int]:
    """Return the places of the options of a question in a person's own order; true stands before false always."""
    places = list(range(len(shown_options(item.kind, item.options))))
    if item.kind == QuestionKind.TRUE_FALSE:
        return places
    return in_own_order(places, int, "options", item.id, user_id)


def answers_shown(exam: Exam, sheets: Sequence[ExamSheet]) -> bool:
    """Tell whether the right answers are shown to a person with these attempts, by the setting.

    At once means once the person cannot try again.
    """
    handed_in = [sheet for sheet in sheets if sheet.submitted_at is not None]
    if not handed_in:
        return False
    when = settings.get(SHOW_ANSWERS)
    if when == ShowAnswers.NEVER:
        return False
    done = any(sheet.passed for sheet in handed_in) or len(handed_in) >= exam.attempts
    return exam.is_over or (when == ShowAnswers.AT_ONCE and done)

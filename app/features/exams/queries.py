"""What is read of questions, tests, sheets and certificates. The bank is for who keeps it: it holds the answers."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true

from app.core.db import in_departments, one_visible, session
from app.core.permissions import Actor, can, departments_of
from app.features.exams.enums import ExamPerm, ExamStatus
from app.features.exams.models import Certificate, Exam, ExamItem, ExamQuestion, ExamSheet
from app.features.people.audience import own_department_chain
from app.features.people.directory import department_parents, subtree
from app.features.people.models import User
from app.features.training.enums import WAS_THERE
from app.features.training.models import TrainingPerson

SEEN_BY_CONCERNED = (ExamStatus.PUBLISHED, ExamStatus.CLOSED, ExamStatus.CANCELLED)


# The bank


def question_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a question: who keeps the bank sees all of it."""
    return true() if actor.is_system or can(actor, ExamPerm.KEEP) else false()


def visible_questions(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the questions an actor may see."""
    return select(ExamQuestion.id).where(question_condition(actor))


def get_question(actor: Actor, question_id: int) -> ExamQuestion:
    """Return a question the actor may see; raises NotVisible."""
    statement = select(ExamQuestion).where(ExamQuestion.id == question_id, question_condition(actor))
    return one_visible(statement)


def question_titles(ids: list[int]) -> dict[int, str]:
    """Return the texts of questions, for the log."""
    rows = session.execute(select(ExamQuestion.id, ExamQuestion.text).where(ExamQuestion.id.in_(ids)))
    return {row.id: row.text for row in rows}


def usable(subject_id: int | None, difficulty: str | None) -> Select[int]:
    """Return the SELECT of the ids of the active questions of a subject and a difficulty; None for any."""
    statement = select(ExamQuestion.id).where(ExamQuestion.active)
    if subject_id is not None:
        statement = statement.where(ExamQuestion.subject_id == subject_id)
    if difficulty is not None:
        statement = statement.where(ExamQuestion.difficulty == difficulty)
    return statement


def offered(subject_id: int | None, limit: int) -> list[ExamQuestion]:
    """Return the active questions of a subject, by subject and difficulty: what a test may choose from."""
    statement = (
        select(ExamQuestion)
        .where(ExamQuestion.id.in_(usable(subject_id, None)))
        .order_by(ExamQuestion.subject_id, ExamQuestion.difficulty, ExamQuestion.id)
        .limit(limit)
    )
    return list(session.execute(statement).unique().scalars())


def used_in(question_id: int) -> list[tuple[int, str]]:
    """Return id and title of the tests a question was used in, the newest first."""
    rows = session.execute(
        select(Exam.id, Exam.title)
        .join(ExamItem, ExamItem.exam_id == Exam.id)
        .where(ExamItem.question_id == question_id)
        .order_by(Exam.id.desc())
        .limit(30)
    )
    return [(row.id, row.title) for row in rows]


# Tests


def was_there(user_id: int | None) -> ColumnElement[bool]:
    """Return the condition that a person was present at the session of a test."""
    return exists().where(
        TrainingPerson.session_id == Exam.session_id,
        TrainingPerson.user_id == user_id,
        TrainingPerson.presence.in_(WAS_THERE),
    )


def concerns(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a test is for an actor: present at its session, or of the department it is for."""
    of_department = or_(
        Exam.department_id.is_(None), Exam.department_id.in_(own_department_chain(actor) or [0])
    )
    return or_(
        and_(Exam.session_id.is_not(None), was_there(actor.id)),
        and_(Exam.session_id.is_(None), of_department),
    )


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a test: who keeps it, who sees results, whom it concerns."""
    if actor.is_system:
        return true()
    return or_(
        Exam.owner_id == actor.id,
        *(
            in_departments(Exam.department_id, departments_of(actor, permission))
            for permission in (ExamPerm.KEEP, ExamPerm.RESULTS)
        ),
        and_(Exam.status.in_(SEEN_BY_CONCERNED), concerns(actor)),
    )


def visible_to(actor: Actor) -> Select[Exam]:
    """Return the SELECT of the tests an actor may see."""
    return select(Exam).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the tests an actor may see."""
    return select(Exam.id).where(condition(actor))


def get_exam(actor: Actor, exam_id: int) -> Exam:
    """Return a test the actor may see; raises NotVisible."""
    return one_visible(visible_to(actor).where(Exam.id == exam_id))


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and title of tests, for tasks, notices and the log."""
    rows = session.execute(select(Exam.id, Exam.number, Exam.title).where(Exam.id.in_(ids)))
    return {row.id: " ".join(filter(None, (row.number, row.title))) for row in rows}


def is_concerned(actor: Actor, exam: Exam) -> bool:
    """Tell whether a test is for an actor (``concerns``, for a test at hand)."""
    statement = select(Exam.id).where(Exam.id == exam.id, concerns(actor))
    return session.execute(statement).first() is not None


def concerned_people(exam: Exam) -> Select[int]:
    """Return the SELECT of the ids of the active people a test is for today."""
    statement = select(User.id).where(User.active)
    if exam.session_id is not None:
        there = select(TrainingPerson.user_id).where(
            TrainingPerson.session_id == exam.session_id, TrainingPerson.presence.in_(WAS_THERE)
        )
        return statement.where(User.id.in_(there))
    if exam.department_id is None:
        return statement
    below = subtree(department_parents(), exam.department_id)
    return statement.where(User.department_id.in_(sorted(below)))


def still_to_answer(exam: Exam) -> list[int]:
    """Return the ids of the people who are asked for a test: not passed yet, with an attempt left."""
    done = (
        select(ExamSheet.user_id)
        .where(ExamSheet.exam_id == exam.id, ExamSheet.submitted_at.is_not(None))
        .group_by(ExamSheet.user_id)
        .having(or_(func.count() >= exam.attempts, func.max(ExamSheet.right_count) >= needed_of(exam)))
    )
    statement = concerned_people(exam).where(User.id.not_in(done)).order_by(User.id)
    return list(session.execute(statement).scalars())


def needed_of(exam: Exam) -> int:
    """Return how many questions must be right to pass."""
    return needed(len(exam.items), exam.pass_mark)


def needed(total: int, pass_mark: int) -> int:
    """Return how many of ``total`` questions must be right to reach a pass mark in percent: never fewer than that."""
    return -(-total * pass_mark // 100)


def sheets_of(exam_id: int, user_id: int | None) -> list[ExamSheet]:
    """Return the attempts of a person at a test, the first one first."""
    statement = (
        select(ExamSheet)
        .where(ExamSheet.exam_id == exam_id, ExamSheet.user_id == user_id)
        .order_by(ExamSheet.attempt)
    )
    return list(session.execute(statement).unique().scalars())


def was_begun(exam_id: int) -> bool:
    """Tell whether anybody has begun to answer a test."""
    return (
        session.execute(select(ExamSheet.id).where(ExamSheet.exam_id == exam_id).limit(1)).first() is not None
    )


def missing_names(exam: Exam, limit: int) -> tuple[int, list[str]]:
    """Return how many of those a test is for have handed in nothing, and the names of the first."""
    handed_in = select(ExamSheet.user_id).where(
        ExamSheet.exam_id == exam.id, ExamSheet.submitted_at.is_not(None)
    )
    missing = concerned_people(exam).where(User.id.not_in(handed_in)).subquery()
    statement = (
        select(User.name, func.count().over().label("whole"))
        .where(User.id.in_(select(missing.c.id)))
        .order_by(User.name, User.id)
        .limit(limit)
    )
    rows = session.execute(statement).all()
    return (rows[0].whole, [row.name for row in rows]) if rows else (0, [])


def judged_answers(exam_id: int) -> list[ExamSheet]:
    """Return the sheets of a test that were handed in, the last ones first, at most 500."""
    statement = (
        select(ExamSheet)
        .where(ExamSheet.exam_id == exam_id, ExamSheet.submitted_at.is_not(None))
        .order_by(ExamSheet.id.desc())
        .limit(500)
    )
    return list(session.execute(statement).unique().scalars())


def owned_open(user_id: int) -> Select[int]:
    """Return the SELECT of how many tests a person set up that are not over."""
    return select(func.count(Exam.id)).where(
        Exam.owner_id == user_id, Exam.status.in_((ExamStatus.DRAFT, ExamStatus.PUBLISHED))
    )


def exams_of_sessions(session_ids: Iterable[int]) -> dict[int, list[Exam]]:
    """Return the tests of training sessions that were published, by session."""
    statement = (
        select(Exam)
        .where(
            Exam.session_id.in_(list(session_ids)),
            Exam.status.in_((ExamStatus.PUBLISHED, ExamStatus.CLOSED)),
        )
        .order_by(Exam.id)
    )
    found: dict[int, list[Exam]] = {}
    for exam in session.execute(statement).unique().scalars():
        found.setdefault(int(exam.session_id or 0), []).append(exam)
    return found


def published_exams() -> Sequence[tuple[int, str]]:
    """Return id and title of the tests that were published, the newest first: what a plan may ask for."""
    statement = (
        select(Exam.id, Exam.number, Exam.title)
        .where(Exam.status.in_((ExamStatus.PUBLISHED, ExamStatus.CLOSED)))
        .order_by(Exam.id.desc())
        .limit(200)
    )
    return [(row.id, f"{row.number} {row.title}") for row in session.execute(statement)]


# Certificates


def certificate_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a certificate: the person, who issues them, who sees results."""
    if actor.is_system or can(actor, ExamPerm.CERTIFY):
        return true()
    reach = departments_of(actor, ExamPerm.RESULTS)
    within = select(User.id).where(in_departments(User.department_id, reach))
    return or_(Certificate.user_id == actor.id, Certificate.user_id.in_(within))


def visible_certificates(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the certificates an actor may see."""
    return select(Certificate.id).where(certificate_condition(actor))


def get_certificate(actor: Actor, certificate_id: int) -> Certificate:
    """Return a certificate the actor may see; raises NotVisible."""
    statement = select(Certificate).where(Certificate.id == certificate_id, certificate_condition(actor))
    return one_visible(statement)


def certificate_titles(ids: list[int]) -> dict[int, str]:
    """Return number, person and title of certificates, for notices and the log."""
    rows = session.execute(
        select(Certificate.id, Certificate.number, Certificate.person_name, Certificate.title).where(
            Certificate.id.in_(ids)
        )
    )
    return {row.id: f"{row.number} {row.person_name} {row.title}" for row in rows}


def passed_without_certificate(exam: Exam) -> list[tuple[int, str]]:
    """Return id and name of those who passed a test and have no certificate of it that stands."""
    certified = select(Certificate.user_id).where(
        Certificate.exam_id == exam.id, Certificate.revoked_at.is_(None)
    )
    statement = (
        select(User.id, User.name)
        .where(
            User.id.in_(
                select(ExamSheet.user_id).where(ExamSheet.exam_id == exam.id, ExamSheet.passed.is_(True))
            ),
            User.id.not_in(certified),
            User.active,
        )
        .order_by(User.name, User.id)
    )
    return [(row.id, row.name) for row in session.execute(statement)]

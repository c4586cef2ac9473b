"""Setting up tests: create, change, choose questions, and what days bring."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, require
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.exams import queries
from app.features.exams.enums import EXAM, Difficulty, ExamPerm, ExamStatus
from app.features.exams.flow import FLOW, copy_questions
from app.features.exams.models import MOST_ATTEMPTS, Exam, ExamItem
from app.features.people.models import Department, User
from app.features.training.enums import TAKES_PLACE
from app.features.training.models import TrainingSession, TrainingSubject

LONGEST_TITLE = 120
MOST_QUESTIONS = 100
KEEP_UP_EVERY = timedelta(minutes=10)
ENDS_BEFORE_IT_BEGINS = lazy("截止时间须晚于开始时间")


@dataclass(frozen=True)
class ExamValues:
    """What is typed about a test; ``pass_mark`` in percent, times are aware UTC.

    Of a session (``session_id``) those present answer it, else the people of a department, None for the company.
    """

    title: str
    opens_at: datetime
    closes_at: datetime
    session_id: int | None = None
    subject_id: int | None = None
    department_id: int | None = None
    pass_mark: int = 80
    attempts: int = 1
    draw_count: int = 0
    draw_subject_id: int | None = None
    draw_difficulty: Difficulty | None = None


def create_exam(*, actor: Actor, values: ExamValues) -> Exam:
    """Begin a test as a draft. Raises Denied, and Invalid at the fields."""
    require(actor, ExamPerm.KEEP)
    exam = Exam(status=FLOW.initial, created_at=clock.now(), updated_at=clock.now())
    exam.owner, exam.owner_id = session.get_one(User, actor.id), int(actor.id or 0)
    assign(exam, actor, values)
    exam.number = next_number(EXAM, "CS")
    session.add(exam)
    session.flush()
    timeline.record(EXAM, exam.id, "exam:create", actor, to_status=exam.status)
    index(exam)
    return exam


def change_exam(exam: Exam, *, actor: Actor, version: int | None, values: ExamValues) -> None:
    """Change a draft; of a published test only the title and the end, which comes after now and its beginning.

    Raises Denied, Stale, Conflict for a test that is over, Invalid at the fields.
    """
    lock(exam)
    require(actor, ExamPerm.KEEP, exam.department_id)
    check_version(EXAM, exam, version)
    if exam.status not in (ExamStatus.DRAFT, ExamStatus.PUBLISHED):
        raise Conflict("core:wrong-state", state=FLOW.state(exam.status).label, step=lazy("修改测试"))
    before = facts(exam)
    if exam.status == ExamStatus.PUBLISHED:
        if values.closes_at <= clock.now() and values.closes_at != exam.closes_at:
            raise Invalid(fields={"closes_at": lazy("截止时间须在现在以后；要马上结束，请用“结束测试”")})
        if values.closes_at <= exam.opens_at:
            raise Invalid(fields={"closes_at": ENDS_BEFORE_IT_BEGINS})
        exam.title, exam.closes_at = checked_title(values.title), values.closes_at
    else:
        assign(exam, actor, values)
    changes = timeline.diff(before, facts(exam))
    if not changes:
        return
    exam.touch()
    session.flush()
    timeline.record(EXAM, exam.id, "exam:change", actor, data={"changes": changes})
    FLOW.sync_tasks(exam)
    index(exam)


def checked_title(title: str) -> str:
    """Return the title of a test; raises Invalid for none, and for one that is too long."""
    check_written(title, "title")
    if not title.strip() or len(title.strip()) > LONGEST_TITLE:
        raise Invalid(fields={"title": lazy("请填写名称，最多 %(most)s 个字", most=LONGEST_TITLE)})
    return title.strip()


def assign(exam: Exam, actor: Actor, values: ExamValues) -> None:
    """Write the typed values into a draft after checking them; raises Denied, and Invalid at the fields."""
    title = checked_title(values.title)
    faults: dict[str, LazyText | str] = {}
    if values.closes_at <= values.opens_at:
        faults["closes_at"] = ENDS_BEFORE_IT_BEGINS
    if not 1 <= values.pass_mark <= 100:
        faults["pass_mark"] = lazy("及格线应是 1 到 100 之间的整数")
    if not 1 <= values.attempts <= MOST_ATTEMPTS:
        faults["attempts"] = lazy("次数应是 1 到 %(most)s 之间的整数", most=MOST_ATTEMPTS)
    if not 0 <= values.draw_count <= MOST_QUESTIONS:
        faults["draw_count"] = lazy("一次最多抽 %(most)s 题", most=MOST_QUESTIONS)
    found: dict[str, Any] = {}
    for name, model in (
        ("session", TrainingSession),
        ("subject", TrainingSubject),
        ("department", Department),
        ("draw_subject", TrainingSubject),
    ):
        number = getattr(values, f"{name}_id")
        found[name] = None if number is None else session.get(model, number)
        if number is not None and found[name] is None:
            faults[f"{name}_id"] = lazy("请从列表中选择")
    of = found["session"]
    if of is not None and of.status not in TAKES_PLACE:
        faults["session_id"] = lazy("这场培训已取消或改期，请选择另一场")
    if faults:
        raise Invalid(fields=faults)
    department = of.department if of is not None else found["department"]
    require(actor, ExamPerm.KEEP, department.id if department is not None else None)
    exam.title = title
    for item in fields(values):
        if item.name != "title":
            setattr(exam, item.name, getattr(values, item.name))
    exam.draw_difficulty = str(values.draw_difficulty) if values.draw_difficulty else None
    exam.training_session, exam.department = of, department
    exam.department_id = department.id if department is not None else None
    exam.subject = found["subject"] or (of.subject if of is not None else None)
    exam.subject_id = exam.subject.id if exam.subject is not None else None
    exam.draw_subject = found["draw_subject"]


def facts(exam: Exam) -> dict[str, Any]:
    """Return what the record says of a test, by field."""
    return {
        "title": exam.title,
        "session": exam.training_session.title if exam.training_session is not None else "",
        "subject": exam.subject.name if exam.subject is not None else "",
        "department": exam.department.name if exam.department is not None else "",
        "pass_mark": exam.pass_mark,
        "attempts": exam.attempts,
        "opens_at": stamp(exam.opens_at),
        "closes_at": stamp(exam.closes_at),
        "draw_count": exam.draw_count,
        "draw_subject": exam.draw_subject.name if exam.draw_subject is not None else "",
        "draw_difficulty": exam.draw_difficulty,
    }


def stamp(moment: datetime) -> str:
    """Return a moment in the company's zone, to the minute."""
    return clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def choose(
    exam: Exam, *, actor: Actor, version: int | None, offered: Collection[int], chosen: Collection[int]
) -> None:
    """Make the chosen questions of a draft those that were ticked among the ``offered`` ones; others stay.

    Raises Denied, Stale, Conflict where it is no draft, Invalid for too many.
    """
    lock(exam)
    require(actor, ExamPerm.KEEP, exam.department_id)
    check_version(EXAM, exam, version)
    if exam.status != ExamStatus.DRAFT:
        raise Conflict("core:wrong-state", state=FLOW.state(exam.status).label, step=lazy("选题"))
    present = {item.question_id for item in exam.items}
    known = set(session.execute(queries.usable(None, None)).scalars())
    wanted = (present - set(offered)) | (set(chosen) & set(offered) & (known | present))
    if len(wanted) > MOST_QUESTIONS:
        raise Invalid(fields={"chosen": lazy("一份测试最多 %(most)s 题", most=MOST_QUESTIONS)})
    if wanted == present:
        return
    exam.items[:] = [item for item in exam.items if item.question_id in wanted]
    fresh = [ExamItem(question_id=question_id) for question_id in sorted(wanted - present)]
    copy_questions(fresh)
    exam.items.extend(fresh)
    for place, item in enumerate(exam.items):
        item.position = place
    exam.touch()
    session.flush()
    timeline.record(EXAM, exam.id, "exam:choose", actor, data={"count": len(wanted)})


def fire(
    exam: Exam,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a test."""
    FLOW.fire(exam, name, actor, version=version, note=note, data=data)


def index(exam: Exam) -> None:
    """Bring the search index up to date; questions never enter it."""
    subject = exam.subject.name if exam.subject is not None else ""
    search.put(EXAM, exam.id, f"{exam.number} {exam.title}", subject)


def after_attendance(session_id: int, actor: Actor) -> None:
    """Open the tests of a session to those who are present now (subscribed to what changes attendance)."""
    for exam in queries.exams_of_sessions([session_id]).get(session_id, []):
        FLOW.sync_tasks(exam)


def keep_up(payload: dict[str, Any]) -> None:
    """End tests whose time is over, and bring the tasks of open ones to whom they concern now; harmless twice."""
    statement = select(Exam.id).where(Exam.status == ExamStatus.PUBLISHED).order_by(Exam.id)
    ids = list(session.execute(statement).scalars())
    session.rollback()
    for exam_id in ids:
        with unit_of_work():
            exam = session.get_one(Exam, exam_id)
            if exam.closes_at <= clock.now() and exam.status == ExamStatus.PUBLISHED:
                FLOW.fire(exam, "close", SYSTEM, version=None)
            else:
                FLOW.sync_tasks(exam)

"""What is read of the curriculum: levels, plans, who has had what, who is ready. Names are for heads, H and L."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, join, or_, select, true

from app.core import clock, settings
from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.permissions import Actor, departments_of
from app.features.curriculum.enums import COVERED_MONTHS, STAGE, CurriculumPerm
from app.features.curriculum.models import CareerLevel, CareerPlacement, CurriculumItem, CurriculumPlan
from app.features.exams.models import Exam, ExamSheet
from app.features.people.models import User
from app.features.training.enums import WAS_HELD, WAS_THERE, SessionStatus
from app.features.training.models import TrainingPerson, TrainingSession, TrainingSubject

DAYS_A_MONTH = 30.4375
SHOWN = 30


def covered_months() -> int:
    """Return for how many months a subject counts as covered after a session, by the setting."""
    return int(settings.get(COVERED_MONTHS))


def covered_for() -> timedelta:
    """Return how long a subject counts as covered after a session, by the setting."""
    return timedelta(days=round(covered_months() * DAYS_A_MONTH))


# People


def people_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees the training record of a person (of ``User``)."""
    if actor.is_system:
        return true()
    return or_(
        User.id == actor.id,
        in_departments(User.department_id, departments_of(actor, CurriculumPerm.VIEW)),
    )


def visible_people(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the people whose training record an actor may see."""
    return select(User.id).where(people_condition(actor))


def get_person(actor: Actor, user_id: int) -> User:
    """Return a person whose training record the actor may see; raises NotVisible."""
    statement = select(User).where(User.id == user_id, people_condition(actor))
    return one_visible(statement)


def names(ids: list[int]) -> dict[int, str]:
    """Return the names of people, for the log and lists of exceptions."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


def present_level() -> Select[*tuple[Any, ...]]:
    """Return the SELECT of where each person stands today: user, level, since when."""
    place = (
        func.row_number()
        .over(
            partition_by=CareerPlacement.user_id,
            order_by=(CareerPlacement.since.desc(), CareerPlacement.id.desc()),
        )
        .label("place")
    )
    ranked = (
        select(CareerPlacement.user_id, CareerPlacement.level_id, CareerPlacement.since, place)
        .where(CareerPlacement.since <= clock.today())
        .subquery()
    )
    return select(ranked.c.user_id, ranked.c.level_id, ranked.c.since).where(ranked.c.place == 1)


def placements_of(user_id: int) -> list[CareerPlacement]:
    """Return where a person stood, the latest first."""
    statement = (
        select(CareerPlacement)
        .where(CareerPlacement.user_id == user_id)
        .order_by(CareerPlacement.since.desc(), CareerPlacement.id.desc())
    )
    return list(session.execute(statement).unique().scalars())


# Levels and plans


def levels(*, active_only: bool = True) -> list[CareerLevel]:
    """Return the career levels from the lowest up."""
    statement = select(CareerLevel).order_by(CareerLevel.rank)
    if active_only:
        statement = statement.where(CareerLevel.active)
    return list(session.execute(statement).scalars())


def visible_levels(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the levels an actor may see: all of them are for everybody."""
    return select(CareerLevel.id)


def get_level(level_id: int) -> CareerLevel:
    """Return a level; raises NotVisible."""
    level = session.get(CareerLevel, level_id)
    if level is None:
        raise NotVisible
    return level


def plan_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a plan: all of them are for everybody."""
    return true()


def visible_plans(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the plans an actor may see."""
    return select(CurriculumPlan.id).where(plan_condition(actor))


def get_plan(actor: Actor, plan_id: int) -> CurriculumPlan:
    """Return a plan; raises NotVisible."""
    statement = select(CurriculumPlan).where(CurriculumPlan.id == plan_id, plan_condition(actor))
    return one_visible(statement)


def plan_titles(ids: list[int]) -> dict[int, str]:
    """Return the titles of plans, for the log."""
    rows = session.execute(select(CurriculumPlan.id, CurriculumPlan.title).where(CurriculumPlan.id.in_(ids)))
    return {row.id: row.title for row in rows}


def level_titles(ids: list[int]) -> dict[int, str]:
    """Return the names of levels, for the log."""
    rows = session.execute(select(CareerLevel.id, CareerLevel.name).where(CareerLevel.id.in_(ids)))
    return {row.id: row.name for row in rows}


def asked_items() -> dict[int, list[CurriculumItem]]:
    """Return what the plans in use of the company's present stage ask for, by level."""
    statement = (
        select(CurriculumItem)
        .join(CurriculumPlan, CurriculumPlan.id == CurriculumItem.plan_id)
        .where(CurriculumPlan.active, CurriculumPlan.stage == str(settings.get(STAGE)))
        .order_by(CurriculumPlan.id, CurriculumItem.position)
        .add_columns(CurriculumPlan.level_id)
    )
    found: dict[int, list[CurriculumItem]] = {}
    for item, level_id in session.execute(statement).unique():
        found.setdefault(level_id, []).append(item)
    return found


# Who has had what


def subjects() -> list[TrainingSubject]:
    """Return the subjects in use, in their order."""
    statement = (
        select(TrainingSubject)
        .where(TrainingSubject.active)
        .order_by(TrainingSubject.position, TrainingSubject.id)
    )
    return list(session.execute(statement).scalars())


def held_with(user_id: Any, subject_id: Any, since: Any, until: Any) -> ColumnElement[bool]:
    """Return the condition that a session of a subject was held in a span and the person was there."""
    return (
        select(TrainingPerson.id)
        .join(TrainingSession, TrainingSession.id == TrainingPerson.session_id)
        .where(
            TrainingPerson.user_id == user_id,
            TrainingPerson.presence.in_(WAS_THERE),
            TrainingSession.subject_id == subject_id,
            TrainingSession.status.in_(WAS_HELD),
            TrainingSession.starts_at > since,
            TrainingSession.starts_at <= until,
        )
        .exists()
    )


def last_had(user_id: Any, subject_id: Any, since: datetime) -> Any:
    """Return the scalar SELECT of when a person was last at a session of a subject since then, null for never."""
    return (
        select(func.max(TrainingSession.starts_at))
        .join(TrainingPerson, TrainingPerson.session_id == TrainingSession.id)
        .where(
            TrainingPerson.user_id == user_id,
            TrainingPerson.presence.in_(WAS_THERE),
            TrainingSession.subject_id == subject_id,
            TrainingSession.status.in_(WAS_HELD),
            TrainingSession.starts_at > since,
        )
        .correlate(User)
        .scalar_subquery()
    )


def attended(user_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Return how many sessions of each subject people were at, by person and subject."""
    statement = (
        select(TrainingPerson.user_id, TrainingSession.subject_id, func.count())
        .join(TrainingSession, TrainingSession.id == TrainingPerson.session_id)
        .where(
            TrainingPerson.user_id.in_(list(user_ids)),
            TrainingPerson.presence.in_(WAS_THERE),
            TrainingSession.subject_id.is_not(None),
            TrainingSession.status.in_(WAS_HELD),
        )
        .group_by(TrainingPerson.user_id, TrainingSession.subject_id)
    )
    return {(row[0], int(row[1] or 0)): row[2] for row in session.execute(statement)}


def subject_history(user_id: int) -> dict[int, tuple[int, datetime]]:
    """Return how many sessions of each subject a person was at, and when the last one was, by subject."""
    statement = (
        select(TrainingSession.subject_id, func.count(), func.max(TrainingSession.starts_at))
        .join(TrainingPerson, TrainingPerson.session_id == TrainingSession.id)
        .where(
            TrainingPerson.user_id == user_id,
            TrainingPerson.presence.in_(WAS_THERE),
            TrainingSession.subject_id.is_not(None),
            TrainingSession.status.in_(WAS_HELD),
        )
        .group_by(TrainingSession.subject_id)
    )
    return {int(row[0] or 0): (row[1], row[2]) for row in session.execute(statement)}


def passed_exams(user_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Return which tests people passed, as (person, test)."""
    statement = (
        select(ExamSheet.user_id, ExamSheet.exam_id)
        .where(ExamSheet.user_id.in_(list(user_ids)), ExamSheet.passed.is_(True))
        .distinct()
    )
    return {(row[0], row[1]) for row in session.execute(statement)}


def coverage_by_level(since: datetime) -> dict[tuple[int | None, int], tuple[int, int]]:
    """Return by level (None without one) and subject how many active people had the subject since then, of how many."""
    place = present_level().subquery()
    covered = held_with(User.id, TrainingSubject.id, since, clock.now())
    statement = (
        select(place.c.level_id, TrainingSubject.id, func.count().filter(covered), func.count())
        .select_from(join(User, TrainingSubject, TrainingSubject.active))
        .outerjoin(place, place.c.user_id == User.id)
        .where(User.active)
        .group_by(place.c.level_id, TrainingSubject.id)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in session.execute(statement)}


@dataclass(frozen=True)
class SessionRow:
    """A session in a person's record; ``presence`` None for one that is still ahead."""

    id: int
    title: str
    subject: str
    starts_at: datetime
    presence: str | None


def sessions_of(user_id: int, subject_id: int | None = None, limit: int = SHOWN) -> list[SessionRow]:
    """Return the sessions that were held and a person was at or missed, of one subject or all, the newest first."""
    statement = (
        select(
            TrainingSession.id,
            TrainingSession.title,
            func.coalesce(TrainingSubject.name, ""),
            TrainingSession.starts_at,
            TrainingPerson.presence,
        )
        .join(TrainingPerson, TrainingPerson.session_id == TrainingSession.id)
        .outerjoin(TrainingSubject, TrainingSubject.id == TrainingSession.subject_id)
        .where(
            TrainingPerson.user_id == user_id,
            TrainingPerson.presence.is_not(None),
            TrainingSession.status.in_(WAS_HELD),
        )
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id.desc())
        .limit(limit)
    )
    if subject_id is not None:
        statement = statement.where(TrainingSession.subject_id == subject_id)
    return [SessionRow(*row) for row in session.execute(statement)]


def sessions_ahead(subject_id: int, limit: int = SHOWN) -> list[SessionRow]:
    """Return the announced sessions of a subject that are still ahead, the next one first."""
    statement = (
        select(TrainingSession.id, TrainingSession.title, TrainingSubject.name, TrainingSession.starts_at)
        .join(TrainingSubject, TrainingSubject.id == TrainingSession.subject_id)
        .where(
            and_(TrainingSession.subject_id == subject_id, TrainingSession.status == SessionStatus.ANNOUNCED),
            TrainingSession.starts_at > clock.now(),
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .limit(limit)
    )
    return [SessionRow(*row, None) for row in session.execute(statement)]


def get_subject(subject_id: int) -> TrainingSubject:
    """Return a subject; raises NotVisible."""
    subject = session.get(TrainingSubject, subject_id)
    if subject is None:
        raise NotVisible
    return subject


@dataclass(frozen=True)
class ExamRow:
    """A test in a person's record with the best result in whole percent."""

    id: int
    title: str
    score: int
    passed: bool
    at: datetime


def exams_of(user_id: int, limit: int = SHOWN) -> list[ExamRow]:
    """Return the tests a person handed in with the best result of each, the newest first."""
    best = func.max(100 * ExamSheet.right_count // ExamSheet.total)
    statement = (
        select(
            Exam.id,
            Exam.title,
            best,
            func.count().filter(ExamSheet.passed.is_(True)),
            func.max(ExamSheet.submitted_at),
        )
        .join(ExamSheet, ExamSheet.exam_id == Exam.id)
        .where(ExamSheet.user_id == user_id, ExamSheet.submitted_at.is_not(None))
        .group_by(Exam.id, Exam.title)
        .order_by(func.max(ExamSheet.submitted_at).desc(), Exam.id.desc())
        .limit(limit)
    )
    # a sheet that was handed in was judged, and has its moment
    rows: Iterable[Any] = session.execute(statement)
    return [ExamRow(row[0], row[1], int(row[2]), bool(row[3]), row[4]) for row in rows]


def active_people_of(actor: Actor) -> Sequence[User]:
    """Return the active people whose record an actor may see, by name."""
    statement = select(User).where(User.active, people_condition(actor)).order_by(User.name, User.id)
    return list(session.execute(statement).scalars())

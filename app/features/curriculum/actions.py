"""Keeping the curriculum: levels, plans with their parts, plans out of templates, where people stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.curriculum.enums import CAREER_LEVEL, PLAN, RECORD, CurriculumPerm, Stage
from app.features.curriculum.models import (
    MOST_SESSIONS,
    CareerLevel,
    CareerPlacement,
    CurriculumItem,
    CurriculumPlan,
)
from app.features.exams.models import Exam
from app.features.people.models import User
from app.features.training.models import TrainingSubject

MOST_ITEMS = 40
MOST_RANK = 20
MOST_POINTS = 100_000


@dataclass(frozen=True)
class LevelValues:
    """What is typed about a level; ``points_needed`` of the running period are asked of who moves up to it."""

    rank: int
    name: str
    description: str = ""
    points_needed: int = 0
    active: bool = True


@dataclass(frozen=True)
class ItemValues:
    """What is typed about a part of a plan."""

    subject_id: int
    topic: str = ""
    sessions_needed: int = 1
    exam_id: int | None = None


@dataclass(frozen=True)
class PlanValues:
    """What is typed about a plan, with its parts in their order."""

    title: str
    stage: Stage
    level_id: int
    description: str = ""
    active: bool = True
    items: tuple[ItemValues, ...] = ()


# Levels


def put_level(
    level: CareerLevel | None, *, actor: Actor, version: int | None, values: LevelValues
) -> CareerLevel:
    """Make a level, or change one. Raises Denied, Stale, and Invalid at the fields."""
    require(actor, CurriculumPerm.KEEP)
    if level is not None:
        lock(level)
        check_version(CAREER_LEVEL, level, version)
    check_level(level, values)
    row = level if level is not None else CareerLevel(created_at=clock.now(), updated_at=clock.now())
    before = level_facts(row) if level is not None else {}
    row.rank, row.name, row.description = values.rank, values.name.strip(), values.description.strip()
    row.points_needed, row.active = values.points_needed, values.active
    if level is None:
        session.add(row)
        session.flush()
        timeline.record(CAREER_LEVEL, row.id, "career_level:add", actor)
    elif changes := timeline.diff(before, level_facts(row)):
        row.touch()
        session.flush()
        timeline.record(CAREER_LEVEL, row.id, "career_level:change", actor, data={"changes": changes})
    return row


def check_level(level: CareerLevel | None, values: LevelValues) -> None:
    """Raise Invalid at the fields for a level that cannot be kept."""
    faults: dict[str, LazyText | str] = {}
    check_written(values.name, "name")
    check_written(values.description, "description")
    if not values.name.strip() or len(values.name.strip()) > 40:
        faults["name"] = lazy("请填写层级名称，最多 40 个字")
    if not 1 <= values.rank <= MOST_RANK:
        faults["rank"] = lazy("次序应是 1 到 %(most)s 之间的整数", most=MOST_RANK)
    if not 0 <= values.points_needed <= MOST_POINTS:
        faults["points_needed"] = lazy("积分应是 0 到 %(most)s 之间的整数", most=MOST_POINTS)
    statement = select(CareerLevel).where(
        (CareerLevel.rank == values.rank) | (CareerLevel.name == values.name.strip())
    )
    for twin in session.execute(statement).scalars():
        if level is None or twin.id != level.id:
            key = "rank" if twin.rank == values.rank else "name"
            faults[key] = lazy("“%(name)s”已用了同样的次序或名称", name=twin.name)
    if faults:
        raise Invalid(fields=faults)


def level_facts(level: CareerLevel) -> dict[str, Any]:
    """Return what the record says of a level, by field."""
    return {key: getattr(level, key) for key in ("rank", "name", "description", "points_needed", "active")}


# Plans


def put_plan(
    plan: CurriculumPlan | None, *, actor: Actor, version: int | None, values: PlanValues
) -> CurriculumPlan:
    """Make a plan, or change one together with its parts. Raises Denied, Stale, and Invalid at the fields."""
    require(actor, CurriculumPerm.KEEP)
    if plan is not None:
        lock(plan)
        check_version(PLAN, plan, version)
    level = check_plan(values)
    row = plan if plan is not None else CurriculumPlan(created_at=clock.now(), updated_at=clock.now())
    before = plan_facts(row) if plan is not None else {}
    row.title, row.stage, row.description = (
        values.title.strip(),
        str(values.stage),
        values.description.strip(),
    )
    row.level, row.level_id, row.active = level, level.id, values.active
    put_items(row, values.items)
    if plan is None:
        session.add(row)
        session.flush()
        timeline.record(PLAN, row.id, "curriculum_plan:add", actor)
        return row
    session.flush()
    session.expire(row, ["items"])
    if changes := timeline.diff(before, plan_facts(row)):
        row.touch()
        session.flush()
        timeline.record(PLAN, row.id, "curriculum_plan:change", actor, data={"changes": changes})
    return row


def check_plan(values: PlanValues) -> CareerLevel:
    """Return the level of a plan that can be kept; raises Invalid at the fields."""
    faults: dict[str, LazyText | str] = {}
    check_written(values.title, "title")
    check_written(values.description, "description")
    if not values.title.strip() or len(values.title.strip()) > 120:
        faults["title"] = lazy("请填写计划名称，最多 120 个字")
    level = session.get(CareerLevel, values.level_id)
    if level is None:
        faults["level_id"] = lazy("请从列表中选择层级")
    if not values.items:
        faults["items"] = lazy("请至少填写一项要求")
    elif len(values.items) > MOST_ITEMS:
        faults["items"] = lazy("一个计划最多 %(most)s 项", most=MOST_ITEMS)
    subjects = set(session.execute(select(TrainingSubject.id)).scalars())
    exams = set(
        session.execute(
            select(Exam.id).where(Exam.id.in_([item.exam_id for item in values.items if item.exam_id]))
        ).scalars()
    )
    for place, item in enumerate(values.items, 1):
        check_written(item.topic, "items")
        if item.subject_id not in subjects or (item.exam_id is not None and item.exam_id not in exams):
            faults["items"] = lazy("第 %(place)s 项：请从列表中选择科目和测试", place=place)
        elif not 0 <= item.sessions_needed <= MOST_SESSIONS or len(item.topic.strip()) > 120:
            faults["items"] = lazy(
                "第 %(place)s 项：场次应是 0 到 %(most)s 之间的整数，内容最多 120 个字",
                place=place,
                most=MOST_SESSIONS,
            )
        elif not item.sessions_needed and item.exam_id is None:
            faults["items"] = lazy("第 %(place)s 项：请填写场次，或选择一场测试", place=place)
    if faults or level is None:
        raise Invalid(fields=faults)
    return level


def put_items(plan: CurriculumPlan, items: Sequence[ItemValues]) -> None:
    """Make the parts of a plan those that were typed: rows are used again in their order."""
    del plan.items[len(items) :]
    for place, values in enumerate(items):
        if place >= len(plan.items):
            plan.items.append(CurriculumItem())
        row = plan.items[place]
        row.position, row.subject_id, row.topic = place, values.subject_id, values.topic.strip()
        row.sessions_needed, row.exam_id = values.sessions_needed, values.exam_id


def plan_facts(plan: CurriculumPlan) -> dict[str, Any]:
    """Return what the record says of a plan, by field."""
    items = "；".join(
        " ".join(
            filter(
                None,
                (
                    item.subject.name,
                    item.topic,
                    f"×{item.sessions_needed}" if item.sessions_needed else "",
                    item.exam.title if item.exam is not None else "",
                ),
            )
        )
        for item in plan.items
    )
    return {
        "title": plan.title,
        "stage": plan.stage,
        "level": plan.level.name,
        "description": plan.description,
        "active": plan.active,
        "items": items,
    }


# Where people stand


def place_person(
    user_id: int, *, actor: Actor, level_id: int, since: date, note: str = ""
) -> CareerPlacement:
    """Note that a person stands at a level from a day on. Raises Denied (oneself too), Conflict, Invalid."""
    require(actor, CurriculumPerm.KEEP)
    if actor.id == user_id:
        raise Conflict("curriculum:own-level")
    level = session.get(CareerLevel, level_id)
    person = session.get(User, user_id)
    faults: dict[str, LazyText | str] = {}
    check_written(note, "note")
    if person is None:
        faults["user_id"] = lazy("请从列表中选择")
    if level is None or not level.active:
        faults["level_id"] = lazy("请从列表中选择层级")
    if since > clock.today():
        faults["since"] = lazy("起始日期不能晚于今天")
    if len(note.strip()) > 200:
        faults["note"] = lazy("最多 %(most)s 个字", most=200)
    if faults or level is None:
        raise Invalid(fields=faults)
    row = CareerPlacement(
        user_id=user_id,
        level_id=level.id,
        since=since,
        note=note.strip(),
        noted_by_id=actor.id,
        noted_at=clock.now(),
    )
    session.add(row)
    session.flush()
    timeline.record(
        RECORD,
        user_id,
        "training_record:place",
        actor,
        data={"level": level.name, "since": since.isoformat()},
        tell=[user_id],
    )
    return row

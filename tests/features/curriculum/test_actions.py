"""Keeping levels, plans and places by action: what is refused at which field, what the record says of a change."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.uow import unit_of_work
from app.features.curriculum import actions
from app.features.curriculum.actions import ItemValues, LevelValues, PlanValues
from app.features.curriculum.enums import CAREER_LEVEL, PLAN, RECORD, Stage
from app.features.curriculum.models import CareerLevel, CareerPlacement, CurriculumPlan
from app.features.people.models import User
from tests import factories
from tests.features.exams import school as schools
from tests.features.exams.school import School


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(2026, 11, 23, 9, 0)


@pytest.fixture
def school() -> School:
    return schools.school()


def put_level(
    school: School,
    values: LevelValues,
    level: CareerLevel | None = None,
    version: int | None = None,
    who: User | None = None,
) -> CareerLevel:
    actor = factories.actor(who or school.keeper)
    with unit_of_work():
        row = session.get_one(CareerLevel, level.id) if level is not None else None
        made = actions.put_level(row, actor=actor, version=version, values=values)
    session.expire_all()
    return session.get_one(CareerLevel, made.id)


def put_plan(
    school: School,
    values: PlanValues,
    plan: CurriculumPlan | None = None,
    version: int | None = None,
    who: User | None = None,
) -> CurriculumPlan:
    actor = factories.actor(who or school.keeper)
    with unit_of_work():
        row = session.get_one(CurriculumPlan, plan.id) if plan is not None else None
        made = actions.put_plan(row, actor=actor, version=version, values=values)
    session.expire_all()
    return session.get_one(CurriculumPlan, made.id)


def place(school: School, who: User, by: User | None = None, **given: Any) -> CareerPlacement:
    with unit_of_work():
        return actions.place_person(
            who.id,
            actor=factories.actor(by or school.keeper),
            **{"level_id": 1, "since": date(2026, 11, 23), **given},
        )


def count(table: type) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def events(doc_type: str, doc_id: int) -> list[timeline.Event]:
    return sorted(timeline.events_for(doc_type, doc_id), key=lambda event: event.seq)


def changes(doc_type: str, doc_id: int) -> dict[str, tuple[str, str]]:
    """What the record says that the last change did, by field."""
    return {name: (old, new) for name, old, new in events(doc_type, doc_id)[-1].data["changes"]}


# Levels


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (LevelValues(1, "  "), "name"),
        (LevelValues(1, "层" * 41), "name"),
        (LevelValues(1, "新\u0007人"), "name"),
        (LevelValues(1, "新人", "说\u0007明"), "description"),
        (LevelValues(0, "新人"), "rank"),
        (LevelValues(21, "新人"), "rank"),
        (LevelValues(1, "新人", points_needed=-1), "points_needed"),
        (LevelValues(1, "新人", points_needed=100_001), "points_needed"),
    ],
)
def test_a_level_that_cannot_be_is_refused_at_its_field(
    school: School, values: LevelValues, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        put_level(school, values)
    assert list(refused.value.fields) == [field]
    assert count(CareerLevel) == 0


def test_a_rank_and_a_name_that_are_taken_are_told_each_at_its_field(school: School) -> None:
    put_level(school, LevelValues(1, "新人"))
    second = put_level(school, LevelValues(20, "层" * 40, points_needed=100_000))
    for values, fields in (
        (LevelValues(1, "骨干"), {"rank"}),
        (LevelValues(3, " 新人 "), {"name"}),
        (LevelValues(20, "新人"), {"rank", "name"}),
    ):
        with pytest.raises(Invalid) as refused:
            put_level(school, values)
        assert set(refused.value.fields) == fields
    with pytest.raises(Invalid) as refused:
        put_level(school, LevelValues(1, "骨干"), second)
    assert "新人" in str(refused.value.fields["rank"])
    assert put_level(school, LevelValues(20, "骨干"), second).name == "骨干"


def test_a_level_changes_by_who_keeps_it_and_the_record_says_what(school: School) -> None:
    level = put_level(school, LevelValues(1, "新人"))
    with pytest.raises(Denied):
        put_level(school, LevelValues(1, "新手"), level, who=school.manager)
    changed = put_level(school, LevelValues(2, " 新手 ", "三个月内", 5, active=False), level, level.version)
    assert (changed.rank, changed.name, changed.description) == (2, "新手", "三个月内")
    assert (changed.points_needed, changed.active) == (5, False)
    assert changes(CAREER_LEVEL, level.id) == {
        "rank": ("1", "2"),
        "name": ("新人", "新手"),
        "description": ("", "三个月内"),
        "points_needed": ("0", "5"),
        "active": ("True", "False"),
    }


def test_a_level_saved_as_it_was_leaves_no_trace(school: School) -> None:
    level = put_level(school, LevelValues(1, "新人"))
    same = put_level(school, LevelValues(1, " 新人 "), level)
    assert same.version == level.version
    assert [event.verb for event in events(CAREER_LEVEL, level.id)] == ["career_level:add"]


# Plans


def test_a_plan_that_cannot_be_is_refused_at_its_field(school: School) -> None:
    level = put_level(school, LevelValues(1, "新人"))
    part = (ItemValues(school.subject.id),)
    refusals = [
        (PlanValues(" ", Stage.GROWTH, level.id, items=part), "title", "120"),
        (PlanValues("计" * 121, Stage.GROWTH, level.id, items=part), "title", "120"),
        (PlanValues("计\u0007划", Stage.GROWTH, level.id, items=part), "title", "控制字符"),
        (PlanValues("计划", Stage.GROWTH, level.id, "说\u0007明", items=part), "description", "控制字符"),
        (PlanValues("计划", Stage.GROWTH, 999, items=part), "level_id", "请从列表中选择层级"),
        (PlanValues("计划", Stage.GROWTH, level.id), "items", "至少填写一项"),
        (PlanValues("计划", Stage.GROWTH, level.id, items=part * 41), "items", "最多 40 项"),
    ]
    for values, field, sentence in refusals:
        with pytest.raises(Invalid) as refused:
            put_plan(school, values)
        assert list(refused.value.fields) == [field]
        assert sentence in str(refused.value.fields[field])
    assert count(CurriculumPlan) == 0
    assert len(put_plan(school, PlanValues("计" * 120, Stage.GROWTH, level.id, items=part * 40)).items) == 40


def test_a_part_that_cannot_be_is_refused_by_its_place(school: School) -> None:
    level = put_level(school, LevelValues(1, "新人"))
    good, subject = ItemValues(school.subject.id), school.subject.id
    for item, sentence in (
        (ItemValues(999), "请从列表中选择科目和测试"),
        (ItemValues(subject, exam_id=999), "请从列表中选择科目和测试"),
        (ItemValues(subject, sessions_needed=-1), "0 到 20"),
        (ItemValues(subject, sessions_needed=21), "0 到 20"),
        (ItemValues(subject, "内" * 121), "120 个字"),
        (ItemValues(subject, "内\u0007容"), "控制字符"),
        (ItemValues(subject, sessions_needed=0), "请填写场次"),
    ):
        with pytest.raises(Invalid) as refused:
            put_plan(school, PlanValues("计划", Stage.GROWTH, level.id, items=(good, item)))
        told = str(refused.value.fields["items"])
        assert sentence in told
        assert "第 2 项" in told or "控制字符" in told
    assert count(CurriculumPlan) == 0


def test_a_part_may_ask_for_a_test_alone(school: School) -> None:
    level = put_level(school, LevelValues(1, "新人"))
    exam = school.exam(school.question())
    part = ItemValues(school.subject.id, sessions_needed=0, exam_id=exam.id)
    plan = put_plan(school, PlanValues("计划", Stage.GROWTH, level.id, items=(part,)))
    assert [(item.sessions_needed, item.exam_id) for item in plan.items] == [(0, exam.id)]


def test_a_plan_changes_by_who_keeps_it_and_the_record_says_what(school: School) -> None:
    first, second = put_level(school, LevelValues(1, "新人")), put_level(school, LevelValues(2, "骨干"))
    exam = school.exam(school.question())
    part = ItemValues(school.subject.id, "选型", 2)
    plan = put_plan(school, PlanValues("新人计划", Stage.GROWTH, first.id, items=(part,)))
    read = plan.version
    later = PlanValues(
        "骨干计划",
        Stage.EXPANSION,
        second.id,
        "一年内",
        active=False,
        items=(part, ItemValues(school.subject.id, sessions_needed=0, exam_id=exam.id)),
    )
    with pytest.raises(Denied):
        put_plan(school, later, plan, who=school.manager)
    changed = put_plan(school, later, plan, read)
    assert (changed.title, changed.stage, changed.level_id) == ("骨干计划", "expansion", second.id)
    assert (changed.description, changed.active, len(changed.items)) == ("一年内", False, 2)
    assert changes(PLAN, plan.id) == {
        "title": ("新人计划", "骨干计划"),
        "stage": ("growth", "expansion"),
        "level": ("新人", "骨干"),
        "description": ("", "一年内"),
        "active": ("True", "False"),
        "items": ("产品知识 选型 ×2", "产品知识 选型 ×2；产品知识 产品知识测试"),
    }
    with pytest.raises(Stale):
        put_plan(school, later, plan, read)


def test_another_subject_or_test_of_a_part_is_recorded_too(school: School) -> None:
    level, other = put_level(school, LevelValues(1, "新人")), schools.subject("销售技能", 20)
    question = school.question()
    exams = [school.exam(question, title=title) for title in ("甲卷", "乙卷")]

    def values(subject_id: int, exam_id: int) -> PlanValues:
        return PlanValues(
            "计划", Stage.GROWTH, level.id, items=(ItemValues(subject_id, "", 1, exam_id=exam_id),)
        )

    plan = put_plan(school, values(school.subject.id, exams[0].id))
    put_plan(school, values(other.id, exams[0].id), plan)
    assert changes(PLAN, plan.id) == {"items": ("产品知识 ×1 甲卷", "销售技能 ×1 甲卷")}
    put_plan(school, values(other.id, exams[1].id), plan)
    assert changes(PLAN, plan.id) == {"items": ("销售技能 ×1 甲卷", "销售技能 ×1 乙卷")}


def test_a_plan_saved_as_it_was_leaves_no_trace(school: School) -> None:
    level = put_level(school, LevelValues(1, "新人"))
    values = PlanValues("计划", Stage.GROWTH, level.id, items=(ItemValues(school.subject.id, "选型", 2),))
    plan = put_plan(school, values)
    assert put_plan(school, values, plan).version == plan.version
    assert [event.verb for event in events(PLAN, plan.id)] == ["curriculum_plan:add"]


# Where people stand


def test_a_place_that_cannot_be_is_refused_at_its_field(school: School) -> None:
    level = put_level(school, LevelValues(1, "新人"))
    retired = put_level(school, LevelValues(2, "旧层级", active=False))
    for given, field in (
        ({"level_id": 999}, "level_id"),
        ({"level_id": retired.id}, "level_id"),
        ({"since": date(2026, 11, 24)}, "since"),
        ({"note": "评" * 201}, "note"),
        ({"note": "评\u0007审"}, "note"),
    ):
        with pytest.raises(Invalid) as refused:
            place(school, school.reader, **{"level_id": level.id, **given})
        assert list(refused.value.fields) == [field]
    with pytest.raises(Conflict, match="curriculum:own-level"):
        place(school, school.keeper, level_id=level.id)
    with pytest.raises(Denied):
        place(school, school.reader, school.manager, level_id=level.id)
    with pytest.raises(Invalid) as refused:
        place(school, User(id=999), level_id=level.id)
    assert list(refused.value.fields) == ["user_id"]
    assert count(CareerPlacement) == 0


def test_a_place_is_kept_with_who_noted_it_and_the_person_is_told(school: School) -> None:
    level = put_level(school, LevelValues(1, "新人"))
    row = place(school, school.reader, level_id=level.id, note=f" {'评' * 200} ")
    assert (row.user_id, row.level_id, row.since) == (school.reader.id, level.id, date(2026, 11, 23))
    assert (row.note, row.noted_by_id) == ("评" * 200, school.keeper.id)
    told = events(RECORD, school.reader.id)[-1]
    assert (told.verb, told.actor_id) == ("training_record:place", school.keeper.id)
    assert told.data == {"level": "新人", "since": "2026-11-23"}

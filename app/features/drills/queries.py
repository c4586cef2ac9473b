"""What is read of drills: by who plays, judges or leads them, and by who arranges drills in their department.

Everything starts from ``condition``: no page, list, search or paper asks in another way.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.permissions import Actor, can, departments_of
from app.features.drills.enums import DrillPerm, DrillStatus, PartKind
from app.features.drills.models import (
    Drill,
    DrillCriterion,
    DrillPart,
    DrillScore,
    DrillSheet,
    DrillTemplate,
)
from app.features.people.models import User

RESULTS = (DrillStatus.SCORED, DrillStatus.DEBRIEFED)


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a drill."""
    if actor.is_system:
        return true()
    taking_part = select(DrillPart.drill_id).where(DrillPart.user_id == actor.id)
    return or_(Drill.owner_id == actor.id, Drill.id.in_(taking_part), arranged_by(actor))


def arranged_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor arranges drills in the department of a drill."""
    if not can(actor, DrillPerm.ARRANGE):
        return false()
    within = in_departments(Drill.department_id, departments_of(actor, DrillPerm.ARRANGE))
    return or_(Drill.department_id.is_(None), within)


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the drills an actor may see."""
    return select(Drill.id).where(condition(actor))


def get_drill(actor: Actor, drill_id: int) -> Drill:
    """Return a drill the actor may see; raises NotVisible."""
    statement = select(Drill).where(Drill.id == drill_id, condition(actor))
    return one_visible(statement)


def leads(actor: Actor, row: Drill) -> bool:
    """Tell whether an actor leads a drill: its owner, and who arranges drills there."""
    return row.owner_id == actor.id or can(actor, DrillPerm.ARRANGE, row.department_id)


def titles(ids: list[int]) -> dict[int, str]:
    """Return the titles of drills, for tasks, notices and the log."""
    rows = session.execute(select(Drill.id, Drill.title).where(Drill.id.in_(ids)))
    return {row.id: row.title for row in rows}


# Templates


def visible_templates(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the templates an actor may see: all, for who arranges drills."""
    return select(DrillTemplate.id).where(true() if can(actor, DrillPerm.ARRANGE) else false())


def get_template(actor: Actor, template_id: int) -> DrillTemplate:
    """Return a template the actor may see; raises NotVisible."""
    statement = select(DrillTemplate).where(
        DrillTemplate.id == template_id, DrillTemplate.id.in_(visible_templates(actor))
    )
    return one_visible(statement)


def template_choices() -> list[tuple[int, str]]:
    """Return id and name of the templates in use."""
    statement = select(DrillTemplate.id, DrillTemplate.name).where(DrillTemplate.active)
    return [(row.id, row.name) for row in session.execute(statement.order_by(DrillTemplate.name))]


def template_named(name: str) -> DrillTemplate | None:
    """Return the template of a name."""
    return session.execute(select(DrillTemplate).where(DrillTemplate.name == name)).scalar_one_or_none()


# Results of a person


def may_see_results(actor: Actor, person: User) -> bool:
    """Tell whether an actor may see how a person did over drills: themselves, and who arranges drills there."""
    return person.id == actor.id or can(actor, DrillPerm.ARRANGE, person.department_id)


def get_person(actor: Actor, user_id: int) -> User:
    """Return a person whose results the actor may see; raises NotVisible."""
    person = session.get(User, user_id)
    if person is None or not may_see_results(actor, person):
        raise NotVisible
    return person


def results_of(actor: Actor, user_id: int, limit: int) -> Sequence[Any]:
    """Return the newest scored drills a person played in that a reader may see: id, title, day, role, result."""
    statement = (
        select(
            Drill.id, Drill.title, Drill.held_on, Drill.average, Drill.spread, DrillPart.role.label("role")
        )
        .join(DrillPart, DrillPart.drill_id == Drill.id)
        .where(
            DrillPart.user_id == user_id,
            DrillPart.kind == PartKind.PLAYER,
            Drill.status.in_(RESULTS),
            condition(actor),
        )
        .order_by(Drill.held_on.desc(), Drill.id.desc())
        .limit(limit)
    )
    return session.execute(statement).all()


def count_results(actor: Actor, user_id: int) -> int:
    """Return how many scored drills a person played in that a reader may see."""
    theirs = and_(
        DrillPart.user_id == user_id,
        DrillPart.kind == PartKind.PLAYER,
        Drill.status.in_(RESULTS),
        condition(actor),
    )
    statement = select(func.count()).select_from(Drill).join(DrillPart, DrillPart.drill_id == Drill.id)
    return session.execute(statement.where(theirs)).scalar_one()


def stage_sums(drill_ids: Sequence[int]) -> dict[tuple[int, str], tuple[int, int]]:
    """Return of each drill and stage the weights of all sheets and the weighted points, summed; one statement."""
    statement = (
        select(
            DrillSheet.drill_id,
            DrillCriterion.stage,
            func.sum(DrillCriterion.weight),
            func.sum(DrillCriterion.weight * DrillScore.points),
        )
        .join(DrillScore, DrillScore.sheet_id == DrillSheet.id)
        .join(DrillCriterion, DrillCriterion.id == DrillScore.criterion_id)
        .where(DrillSheet.drill_id.in_(drill_ids))
        .group_by(DrillSheet.drill_id, DrillCriterion.stage)
    )
    return {
        (number, stage): (int(weights), int(reached))
        for number, stage, weights, reached in session.execute(statement)
    }

"""What is read of directory and structure. Positions in force are for every colleague, drafts for those who plan."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from app.core import clock, configuration
from app.core.db import one_visible, session
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.features.directory.enums import DirectoryPerm, PlanStatus
from app.features.directory.models import (
    PlannedPosition,
    Position,
    PositionHolder,
    PositionTerm,
    StructurePlan,
)
from app.features.people.enums import PeoplePerm
from app.features.people.models import Department, User

PUBLIC = (PlanStatus.PUBLISHED, PlanStatus.ADOPTED)


def plans(actor: Actor) -> bool:
    """Tell whether an actor drafts structures or decides on them."""
    return can(actor, DirectoryPerm.STRUCTURE) or can(actor, DirectoryPerm.ADOPT)


def colleagues(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of everybody who works here, for the directory; leavers are nobody's to see."""
    shown = select(User.id).where(User.active)
    return shown if can(actor, PeoplePerm.VIEW) else shown.where(User.id == actor.id)


def holds_on(row: type[PositionTerm] | type[PositionHolder], day: date) -> ColumnElement[bool]:
    """Return the condition that a term, or a person's time in a position, holds on a day."""
    on = bindparam("on_day", day, type_=Date, unique=True)
    return and_(row.from_date <= on, or_(row.until_date.is_(None), row.until_date >= on))


# Plans


def plan_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a plan: published ones, and all for those who plan."""
    if actor.is_system or plans(actor):
        return true()
    seen = StructurePlan.status.in_(PUBLIC)
    return seen if can(actor, PeoplePerm.VIEW) else and_(seen, StructurePlan.owner_id == actor.id)


def visible_plans(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the plans an actor may see."""
    return select(StructurePlan.id).where(plan_condition(actor))


def get_plan(actor: Actor, plan_id: int) -> StructurePlan:
    """Return a plan the actor may see; raises NotVisible."""
    statement = select(StructurePlan).where(StructurePlan.id == plan_id, plan_condition(actor))
    return one_visible(statement)


def open_plans(actor: Actor) -> list[tuple[int, str, date]]:
    """Return id, title and day of the plans that may still come true and that an actor may see, the nearest first."""
    statement = (
        select(StructurePlan.id, StructurePlan.title, StructurePlan.day)
        .where(plan_condition(actor), StructurePlan.status.in_((PlanStatus.DRAFT, PlanStatus.PUBLISHED)))
        .order_by(StructurePlan.day, StructurePlan.id)
    )
    return [(row.id, row.title, row.day) for row in session.execute(statement)]


def plan_titles(ids: list[int]) -> dict[int, str]:
    """Return number and title of plans."""
    rows = session.execute(
        select(StructurePlan.id, StructurePlan.number, StructurePlan.title).where(StructurePlan.id.in_(ids))
    )
    return {row.id: f"{row.number} {row.title}" for row in rows}


def planned_of(plan_id: int) -> Sequence[PlannedPosition]:
    """Return what a plan changes, in the order in which it was entered."""
    statement = select(PlannedPosition).where(PlannedPosition.plan_id == plan_id).order_by(PlannedPosition.id)
    return session.execute(statement).unique().scalars().all()


# Positions


def visible_positions(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the positions an actor may see: those that ever were, and of plans they see."""
    real = select(PositionTerm.position_id)
    if not (actor.is_system or can(actor, PeoplePerm.VIEW)):
        real = real.join(PositionHolder, PositionHolder.position_id == PositionTerm.position_id).where(
            PositionHolder.user_id == actor.id
        )
    planned = select(PlannedPosition.position_id).where(PlannedPosition.plan_id.in_(visible_plans(actor)))
    return select(Position.id).where(or_(Position.id.in_(real), Position.id.in_(planned)))


def get_position(actor: Actor, position_id: int) -> Position:
    """Return a position the actor may see; raises NotVisible."""
    statement = select(Position).where(Position.id == position_id, Position.id.in_(visible_positions(actor)))
    return one_visible(statement)


def position_titles(ids: list[int]) -> dict[int, str]:
    """Return what positions are called, by their latest term, planned ones by their plan."""
    planned = select(
        PlannedPosition.position_id,
        PlannedPosition.title,
        cast(null(), Date).label("from_date"),
        literal(0).label("real"),
    ).where(PlannedPosition.position_id.in_(ids))
    real = select(
        PositionTerm.position_id, PositionTerm.title, PositionTerm.from_date, literal(1).label("real")
    ).where(PositionTerm.position_id.in_(ids))
    rows = union_all(planned, real).subquery()
    ordered = select(rows).order_by(rows.c.real, rows.c.from_date)
    return {row.position_id: row.title for row in session.execute(ordered)}


def terms_of(position_id: int) -> Sequence[PositionTerm]:
    """Return the terms of a position, the latest first."""
    statement = (
        select(PositionTerm)
        .where(PositionTerm.position_id == position_id)
        .order_by(PositionTerm.from_date.desc())
    )
    return session.execute(statement).unique().scalars().all()


def holders_of(position_id: int) -> Sequence[PositionHolder]:
    """Return everybody who was ever in a position, the latest first."""
    statement = (
        select(PositionHolder)
        .where(PositionHolder.position_id == position_id)
        .order_by(PositionHolder.from_date.desc(), PositionHolder.id.desc())
    )
    return session.execute(statement).unique().scalars().all()


def held_by(user_id: int) -> Select[int]:
    """Return the SELECT of how many positions a person is in, from today on, whatever as."""
    return select(func.count()).where(
        PositionHolder.user_id == user_id,
        or_(PositionHolder.until_date.is_(None), PositionHolder.until_date > clock.today()),
    )


def department_names() -> dict[int, str]:
    """Return the names of all departments, closed ones too; they are read once until one is changed."""
    return configuration.kept("department names", _read_department_names)


def _read_department_names() -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(Department.id, Department.name))}


def title_or_none(position_id: int | None) -> str:
    """Return what a position is called, 无 for none."""
    return position_titles([position_id]).get(position_id, "") if position_id is not None else _("无")

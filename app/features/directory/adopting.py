"""How a plan becomes the structure: its positions get a new term from the plan's day on, none loses its past."""

from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update

from app.core.db import session
from app.core.errors import Conflict, Problem
from app.core.i18n import listed
from app.core.permissions import Actor
from app.features.directory import queries
from app.features.directory.enums import HolderKind
from app.features.directory.models import PlannedPosition, PositionHolder, PositionTerm, StructurePlan


def latest_terms(position_ids: list[int]) -> dict[int, PositionTerm]:
    """Return the latest term of each position that has one."""
    rows = session.execute(
        select(PositionTerm)
        .where(PositionTerm.position_id.in_(position_ids))
        .order_by(PositionTerm.from_date)
    )
    return {row.position_id: row for row in rows.unique().scalars()}


def against(plan: StructurePlan) -> Problem | None:
    """Return why a plan cannot come true: a position changes on or after its day, or holds more people than planned."""
    planned = queries.planned_of(plan.id)
    terms = latest_terms([row.position_id for row in planned])
    late = [
        term.title
        for term in terms.values()
        if term.from_date >= plan.day or (term.until_date is not None and term.until_date < plan.day)
    ]
    if late:
        return Conflict("structure_plan:overtaken", what=listed(late), day=plan.day.isoformat())
    holders = _holders_then(plan, [row.position_id for row in planned])
    full = [
        row.title for row in planned if not row.falls_away and holders.get(row.position_id, 0) > row.places
    ]
    return Conflict("structure_plan:too-few-places", what=listed(full)) if full else None


def _holders_then(plan: StructurePlan, position_ids: list[int]) -> dict[int, int]:
    """Return how many people each position has from a plan's day on."""
    rows = session.execute(
        select(PositionHolder.position_id, func.count())
        .where(
            PositionHolder.position_id.in_(position_ids),
            PositionHolder.kind == HolderKind.HOLDER,
            or_(PositionHolder.until_date.is_(None), PositionHolder.until_date >= plan.day),
        )
        .group_by(PositionHolder.position_id)
    )
    return {row[0]: row[1] for row in rows}


def carry_out(plan: StructurePlan, actor: Actor) -> None:
    """Write the terms a plan brings, in the open unit of work; who is in a position that falls away leaves it."""
    planned = queries.planned_of(plan.id)
    terms = latest_terms([row.position_id for row in planned])
    last_day = plan.day - timedelta(days=1)
    for row in planned:
        term = terms.get(row.position_id)
        if term is not None:
            term.until_date = last_day
        if row.falls_away:
            _empty(row, plan)
        else:
            session.add(
                PositionTerm(
                    position_id=row.position_id,
                    title=row.title,
                    department_id=row.department_id,
                    reports_to_id=row.reports_to_id,
                    places=row.places,
                    from_date=plan.day,
                )
            )
    session.flush()


def _empty(row: PlannedPosition, plan: StructurePlan) -> None:
    """End everybody's time in a position that falls away; who was to come later never comes."""
    inside = PositionHolder.position_id == row.position_id
    session.execute(
        delete(PositionHolder)
        .where(inside, PositionHolder.from_date >= plan.day)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(PositionHolder)
        .where(inside, or_(PositionHolder.until_date.is_(None), PositionHolder.until_date >= plan.day))
        .values(until_date=plan.day - timedelta(days=1))
        .execution_options(synchronize_session=False)
    )

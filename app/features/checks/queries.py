"""What is read of checks. Names and photos are for the person, the recorder, the head, the leader and H; everybody
else knows how many there were, and how many of them conformed. Who judges by a check in an upper feature reads it too.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, func, or_, select, true

from app.core.db import in_departments, one_visible, session
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can, departments_of
from app.core.prepared import read
from app.features.checks.enums import CheckPerm, CheckResult
from app.features.checks.models import ClauseCheck
from app.features.people.models import Department, User
from app.features.rules.models import RuleClause
from app.features.rules.queries import citation

Judging = Callable[[Actor], ColumnElement[bool] | None]

_judging: list[Judging] = []


def register_judging(provider: Judging) -> None:
    """Add what says which checks an actor reads because an upper feature asks their judgement; None for no check."""
    if provider not in _judging:
        _judging.append(provider)


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a check: every page, list, search and file starts from it."""
    if actor.is_system or can(actor, CheckPerm.VIEW_ALL):
        return true()
    choices: list[ColumnElement[bool]] = [
        ClauseCheck.owner_id == actor.id,
        ClauseCheck.subject_id == actor.id,
        within(actor, CheckPerm.RECORD),
        and_(ClauseCheck.subject_id.is_(None), within(actor, CheckPerm.EXPLAIN)),
        *(judged for provider in _judging if (judged := provider(actor)) is not None),
    ]
    return or_(*choices)


def within(actor: Actor, permission: CheckPerm) -> ColumnElement[bool]:
    """Return the condition that a check lies in a department where an actor holds a permission."""
    return in_departments(ClauseCheck.department_id, departments_of(actor, permission))


def visible_to(actor: Actor) -> Select[ClauseCheck]:
    """Return the SELECT of the checks an actor may see."""
    return select(ClauseCheck).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the checks an actor may see."""
    return select(ClauseCheck.id).where(condition(actor))


def get_check(actor: Actor, check_id: int) -> ClauseCheck:
    """Return a check the actor may see; raises NotVisible."""
    return one_visible(visible_to(actor).where(ClauseCheck.id == check_id))


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and clause of checks, for tasks, notices and the log."""
    rows = session.execute(
        select(ClauseCheck.id, ClauseCheck.number, ClauseCheck.rule_title, ClauseCheck.clause_name).where(
            ClauseCheck.id.in_(ids)
        )
    )
    return {row.id: f"{row.number} {citation(row.rule_title, row.clause_name)}" for row in rows}


@cache
def _counts_of_a_rule() -> Select[*tuple[Any, ...]]:
    conforming = func.sum(case((ClauseCheck.result == CheckResult.CONFORMING, 1), else_=0))
    return (
        select(ClauseCheck.clause_id, conforming, func.count())
        .join(RuleClause, RuleClause.id == ClauseCheck.clause_id)
        .where(RuleClause.rule_id == bindparam("rule_id", type_=Integer))
        .group_by(ClauseCheck.clause_id)
    )


def counts(rule_id: int) -> dict[int, tuple[int, int]]:
    """Return for the clauses of a rule that were checked how many checks conformed and how many there were."""
    rows = read(_counts_of_a_rule(), {"rule_id": rule_id})
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


# Whom a check may be about


def checkable_people(actor: Actor) -> Sequence[tuple[int, str]]:
    """Return the colleagues an actor may check, by name."""
    statement = (
        select(User.id, User.name, Department.name.label("department"))
        .join(Department, Department.id == User.department_id)
        .where(User.active, User.id != actor.id, reach(actor))
        .order_by(Department.name, User.name)
    )
    return [
        (row.id, _("%(name)s（%(department)s）", name=row.name, department=row.department))
        for row in session.execute(statement)
    ]


def checkable_departments(actor: Actor) -> Sequence[tuple[int, str]]:
    """Return the departments an actor may check, by name."""
    statement = (
        select(Department.id, Department.name)
        .where(Department.active, reach(actor))
        .order_by(Department.name)
    )
    return [(row.id, row.name) for row in session.execute(statement)]


def reach(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a department lies where an actor records checks."""
    return in_departments(Department.id, departments_of(actor, CheckPerm.RECORD))

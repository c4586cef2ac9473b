"""Whom something concerns: everybody, or departments with all below them, roles, and persons.

A feature keeps rows that name one department, one role or one person each (``ScopeRow``); rules and announcements
do. Everything here is told of today.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Date, Select, bindparam, or_, select

from app.core import clock
from app.core.db import session
from app.core.permissions import ROLE_LABELS, Actor, Role, directory
from app.features.people.directory import assignment_holds, department_parents, subtree
from app.features.people.models import Department, RoleAssignment, User

TODAY: ColumnElement[date] = bindparam("today", callable_=clock.today, type_=Date)


class ScopeRow(Protocol):
    """A row that names a department or a role; it may have a ``user_id`` that names a person besides."""

    department_id: Any
    role: Any


@dataclass(frozen=True)
class Scope:
    """Whom something concerns where not everybody; ``departments`` hold all below those that were named."""

    departments: tuple[int, ...]
    roles: tuple[str, ...]
    people: tuple[int, ...] = ()


def scope_of(rows: Iterable[ScopeRow]) -> Scope:
    """Return whom rows name."""
    parents = department_parents()
    departments: set[int] = set()
    roles, people = set(), set()
    for row in rows:
        if row.department_id is not None:
            departments |= subtree(parents, row.department_id)
        elif row.role is not None:
            roles.add(row.role)
        else:
            people.add(person_of(row))
    return Scope(tuple(sorted(departments)), tuple(sorted(roles)), tuple(sorted(people)))


def person_of(row: ScopeRow) -> int:
    """Return the person a row names; 0 where its table knows departments and roles only."""
    return int(getattr(row, "user_id", None) or 0)


def people_within(scope: Scope | None) -> Select[int]:
    """Return the SELECT of the ids of the active people within a scope today."""
    statement = select(User.id).where(User.active)
    if scope is None:
        return statement
    holders = select(RoleAssignment.user_id).where(
        RoleAssignment.role.in_(scope.roles), assignment_holds(TODAY)
    )
    choices = [User.department_id.in_(scope.departments), User.id.in_(holders)]
    return statement.where(or_(*choices, *([User.id.in_(scope.people)] if scope.people else [])))


def own_department_chain(actor: Actor) -> list[int]:
    """Return the actor's department and all above it: whatever concerns one of these concerns the actor."""
    person = directory().people([actor.id]).get(actor.id) if actor.id is not None else None
    return department_chain(person.department_id if person is not None else None)


def department_chain(department_id: int | None) -> list[int]:
    """Return a department and all above it, from below upwards; empty for none."""
    parents, chain = department_parents(), list[int]()
    while department_id is not None and department_id not in chain:
        chain.append(department_id)
        department_id = parents.get(department_id)
    return chain


def own_roles(actor: Actor) -> set[str]:
    """Return the roles an actor holds in their own name."""
    return {str(grant.role) for grant in actor.grants if grant.on_behalf_of is None}


def reaches(actor: Actor, table: Any) -> ColumnElement[bool]:
    """Return the condition that a row of a table of scopes names an actor, by department, role or person."""
    choices = [
        table.department_id.in_(own_department_chain(actor)),
        table.role.in_(sorted(own_roles(actor))),
    ]
    return or_(*choices, *([table.user_id == actor.id] if hasattr(table, "user_id") else []))


def names(actor: Actor, rows: Iterable[ScopeRow]) -> bool:
    """Tell whether one of the rows names an actor (``reaches``, for rows at hand)."""
    departments, roles = own_department_chain(actor), own_roles(actor)
    return any(
        row.department_id in departments or row.role in roles or (person_of(row) or None) == actor.id
        for row in rows
    )


def department_names() -> dict[int, str]:
    """Return the names of all departments."""
    return {row.id: row.name for row in session.execute(select(Department.id, Department.name))}


def words(rows: Iterable[ScopeRow]) -> list[str]:
    """Return the departments, roles and persons that rows name, in words."""
    found, departments = list(rows), department_names()
    people = [person_of(row) for row in found if row.department_id is None and row.role is None]
    called = {number: person.name for number, person in directory().people(people).items()} if people else {}
    return [
        departments[row.department_id]
        if row.department_id is not None
        else str(ROLE_LABELS[Role(row.role)])
        if row.role is not None
        else called.get(person_of(row), "")
        for row in found
    ]

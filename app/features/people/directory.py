"""Who holds what today: grants of a person, holders of a permission. Delegation by date is resolved here only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.core import clock, configuration, settings
from app.core.db import session
from app.core.i18n import CHINESE, lazy
from app.core.permissions import Actor, Grant, Person, Role, roles_holding
from app.features.people.models import Delegation, Department, RoleAssignment, User

MATRIX = "roles.matrix"

settings.register(settings.Setting(MATRIX, "hidden", {}, lazy("权限表"), section="roles"))


def matrix() -> dict[str, frozenset[Role]]:
    """Return the permissions whose roles the administrator changed."""
    return configuration.kept(MATRIX, _read_matrix)


def _read_matrix() -> dict[str, frozenset[Role]]:
    return {code: frozenset(Role(role) for role in roles) for code, roles in settings.get(MATRIX).items()}


def subtree(parents: Mapping[int, int | None], root: int) -> frozenset[int]:
    """Return a department and all below it; ``parents`` gives the parent of each department."""
    children: dict[int | None, list[int]] = {}
    for department, parent in parents.items():
        children.setdefault(parent, []).append(department)
    found: set[int] = set()
    waiting = [root]
    while waiting:
        department = waiting.pop()
        if department not in found:
            found.add(department)
            waiting += children.get(department, [])
    return frozenset(found)


def department_parents() -> dict[int, int | None]:
    """Return the parent of each department."""
    return configuration.kept("department_parents", _read_parents)


def _read_parents() -> dict[int, int | None]:
    return {row.id: row.parent_id for row in session.execute(select(Department.id, Department.parent_id))}


def assignment_holds(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition under which a role assignment is in force on a day."""
    return and_(
        RoleAssignment.from_date <= day,
        or_(RoleAssignment.to_date.is_(None), RoleAssignment.to_date >= day),
    )


def delegation_holds(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition under which a delegation is in force on a day."""
    return and_(Delegation.from_date <= day, Delegation.to_date >= day, Delegation.revoked_at.is_(None))


def grants_of(user_id: int) -> tuple[Grant, ...]:
    """Return what a person may act as today: own roles first, then those of people who delegated to them."""
    day = clock.today()
    return configuration.kept(("grants", user_id, day), partial(_read_grants, user_id, day))


def _read_grants(user_id: int, day: date) -> tuple[Grant, ...]:
    rows = session.execute(grants_statement(), {"user_id": user_id, "day": day}).all()
    parents = department_parents()
    grants = [
        Grant(
            Role(role),
            reach(department, with_children, parents),
            None if holder == user_id else holder,
            "" if holder == user_id else name,
        )
        for holder, name, role, department, with_children in rows
    ]
    return tuple(sorted(grants, key=lambda grant: grant.on_behalf_of is not None))


@cache
def grants_statement() -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the roles a person acts by; ``user_id`` and ``day`` are given with it."""
    user_id, day = bindparam("user_id", type_=Integer), bindparam("day", type_=Date)
    delegating = select(Delegation.from_user_id).where(
        Delegation.to_user_id == user_id, delegation_holds(day)
    )
    return (
        select(
            RoleAssignment.user_id,
            User.name,
            RoleAssignment.role,
            RoleAssignment.department_id,
            RoleAssignment.with_children,
        )
        .join(User, User.id == RoleAssignment.user_id)
        .where(
            or_(RoleAssignment.user_id == user_id, and_(RoleAssignment.user_id.in_(delegating), User.active)),
            assignment_holds(day),
        )
        .order_by(RoleAssignment.id)
    )


def reach(
    department_id: int | None, with_children: bool, parents: Mapping[int, int | None]
) -> frozenset[int] | None:
    """Return the departments an assignment reaches; None is the whole company."""
    if department_id is None:
        return None
    return subtree(parents, department_id) if with_children else frozenset({department_id})


def actor_for(user: User) -> Actor:
    """Return a person as the one who acts, with everything they may act as today."""
    return Actor(user.id, user.name, user.staff_number, grants_of(user.id), user.locale or CHINESE, matrix())


@dataclass(frozen=True)
class Account:
    """What every request needs to know of the person signed in; language and theme are None where never chosen."""

    actor: Actor
    must_change_password: bool
    locale: str | None
    theme: str | None


def account_of(user_id: int) -> Account | None:
    """Return the account of a person with everything they may act as today; None where they left."""
    return configuration.kept(("account", user_id, clock.today()), partial(_read_account, user_id))


def _read_account(user_id: int) -> Account | None:
    user = session.get(User, user_id)
    if user is None or not user.active:
        return None
    # The row at hand answers the directory's question about this person as well: rules ask for their department.
    themselves = Person(user.id, user.name, user.staff_number, user.department_id, user.active)
    configuration.kept(("people", (user.id,)), lambda: [themselves])
    return Account(actor_for(user), user.must_change_password, user.locale, user.theme)


def actor_by_number(staff_number: str) -> Actor:
    """Return the actor of a staff number (commands, demo, tests); raises NoResultFound for an unknown one."""
    return actor_for(session.execute(select(User).where(User.staff_number == staff_number)).scalar_one())


class PeopleDirectory:
    """The directory that the platform asks (see app.core.permissions.Directory)."""

    def holders(
        self, permission: str, department_id: int | None, excluded: frozenset[int] = frozenset()
    ) -> list[Person]:
        """Return the active people who hold a permission in a department, themselves or as delegates, by number."""
        key = ("holders", str(permission), department_id, excluded, clock.today())
        read = partial(self._read_holders, str(permission), department_id, excluded)
        return list(configuration.kept(key, read))

    def _read_holders(
        self, permission: str, department_id: int | None, excluded: frozenset[int]
    ) -> list[Person]:
        roles = [role.value for role in roles_holding(permission, matrix())]
        day = clock.today()
        principal = aliased(User)
        deputies = select(Delegation.to_user_id).where(
            Delegation.from_user_id == principal.id, delegation_holds(day)
        )
        statement = (
            select(User.id, User.name, User.staff_number, User.department_id, User.active)
            .select_from(RoleAssignment)
            .join(principal, and_(principal.id == RoleAssignment.user_id, principal.active))
            .join(User, and_(User.active, or_(User.id == principal.id, User.id.in_(deputies))))
            .where(RoleAssignment.role.in_(roles), assignment_holds(day))
            .order_by(User.staff_number)
            .distinct()
        )
        if department_id is not None:
            statement = statement.where(reaches(department_id))
        if excluded:
            statement = statement.where(principal.id.not_in(excluded), User.id.not_in(excluded))
        return [Person(*row) for row in session.execute(statement)]

    def actor(self, person_id: int) -> Actor | None:
        """Return a person as the one who acts today; None for nobody who works here."""
        user = session.get(User, person_id)
        return actor_for(user) if user is not None and user.active else None

    def people(self, ids: Iterable[int]) -> dict[int, Person]:
        """Return the people of these ids, those who left included."""
        wanted = tuple(sorted(set(ids)))
        if not wanted:
            return {}
        found = configuration.kept(("people", wanted), lambda: _people(User.id.in_(wanted)))
        return {person.id: person for person in found}


def reaches(department_id: int) -> ColumnElement[bool]:
    """Return the condition under which a role assignment reaches a department: by itself or from above."""
    above = (
        select(Department.id, Department.parent_id).where(Department.id == department_id).cte(recursive=True)
    )
    # UNION, not UNION ALL: it ends even where the tree was bent into a circle.
    above = above.union(
        select(Department.id, Department.parent_id).join(above, Department.id == above.c.parent_id)
    )
    return or_(
        RoleAssignment.department_id.is_(None),
        RoleAssignment.department_id == department_id,
        and_(RoleAssignment.with_children, RoleAssignment.department_id.in_(select(above.c.id))),
    )


def _people(condition: ColumnElement[bool]) -> list[Person]:
    rows = session.execute(
        select(User.id, User.name, User.staff_number, User.department_id, User.active)
        .where(condition)
        .order_by(User.staff_number)
    )
    return [Person(*row) for row in rows]

"""What is read about people: the directory, roles, departments, delegations."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from app.core import clock, permissions
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.people.enums import PeoplePerm
from app.features.people.models import Delegation, Department, RoleAssignment, User


@dataclass(frozen=True)
class PersonRow:
    """A line of the directory."""

    id: int
    staff_number: str
    name: str
    position: str
    phone: str
    email: str
    department: str
    active: bool


@dataclass(frozen=True)
class RoleRow:
    """A role of a person, past ones included."""

    id: int
    role: str
    department: str | None
    with_children: bool
    from_date: date
    to_date: date | None

    @property
    def over(self) -> bool:
        """True where its last day has passed."""
        return self.to_date is not None and self.to_date < clock.today()

    @property
    def not_yet(self) -> bool:
        """True where its first day has not come."""
        return self.from_date > clock.today()


@dataclass(frozen=True)
class DelegationRow:
    """A delegation with the names of both people."""

    id: int
    from_id: int
    from_name: str
    to_id: int
    to_name: str
    from_date: date
    to_date: date
    note: str
    revoked: bool

    @property
    def state(self) -> str:
        """Return revoked, over, coming or running."""
        if self.revoked:
            return "revoked"
        today = clock.today()
        if self.to_date < today:
            return "over"
        return "coming" if self.from_date > today else "running"


@dataclass(frozen=True)
class DepartmentNode:
    """A department in the tree, with its depth and how many active people are in it."""

    id: int
    name: str
    parent_id: int | None
    depth: int
    people: int
    version: int


def visible_to(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of all people an actor may see: colleagues, and for people:manage those who left."""
    statement = select(User.id)
    if permissions.can(actor, PeoplePerm.MANAGE) or permissions.can(actor, PeoplePerm.MANAGE_ROLES):
        return statement
    if permissions.can(actor, PeoplePerm.VIEW):
        return statement.where(User.active)
    return statement.where(User.id == actor.id)


def visible_user(actor: Actor, user_id: int) -> User | None:
    """Return a person an actor may see, else None."""
    return session.execute(
        select(User).where(User.id == user_id, User.id.in_(visible_to(actor)))
    ).scalar_one_or_none()


def active_people(exclude: int | None = None) -> list[tuple[int, str]]:
    """Return id and name of all active people, with the staff number where a name occurs twice."""
    rows = session.execute(
        select(User.id, User.name, User.staff_number).where(User.active).order_by(User.name, User.id)
    ).all()
    times = Counter(row.name for row in rows)
    return [
        (row.id, row.name if times[row.name] == 1 else _with_number(row.name, row.staff_number))
        for row in rows
        if row.id != exclude
    ]


def _with_number(name: str, number: str) -> str:
    return _("%(name)s（%(number)s）", name=name, number=number)


def demo_accounts() -> list[tuple[str, str, str]]:
    """Return staff number, name and position of the accounts of the demo company."""
    rows = session.execute(
        select(User.staff_number, User.name, User.position).where(User.active).order_by(User.id).limit(20)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def people_statement(actor: Actor) -> Select[int, str, str, str, str, str, str, bool]:
    """Return the SELECT of the directory's columns for an actor."""
    return (
        select(
            User.id,
            User.staff_number,
            User.name,
            User.position,
            User.phone,
            User.email,
            Department.name.label("department"),
            User.active,
        )
        .outerjoin(Department, Department.id == User.department_id)
        .where(User.id.in_(visible_to(actor)))
    )


def roles_of(user_id: int) -> list[RoleRow]:
    """Return the roles of a person, those in force first."""
    rows = session.execute(
        select(
            RoleAssignment.id,
            RoleAssignment.role,
            Department.name,
            RoleAssignment.with_children,
            RoleAssignment.from_date,
            RoleAssignment.to_date,
        )
        .outerjoin(Department, Department.id == RoleAssignment.department_id)
        .where(RoleAssignment.user_id == user_id)
        .order_by(RoleAssignment.id)
    )
    return sorted((RoleRow(*row) for row in rows), key=lambda row: row.over)


def departments() -> list[DepartmentNode]:
    """Return all departments as a tree, parents before children, by name."""
    rows = (
        session.execute(select(Department).where(Department.active).order_by(Department.name)).scalars().all()
    )
    counts: dict[int | None, int] = {}
    for department_id in session.execute(select(User.department_id).where(User.active)).scalars():
        counts[department_id] = counts.get(department_id, 0) + 1
    children: dict[int | None, list[Department]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    found: list[DepartmentNode] = []

    def add(parent: int | None, depth: int) -> None:
        for row in children.get(parent, []):
            found.append(
                DepartmentNode(row.id, row.name, row.parent_id, depth, counts.get(row.id, 0), row.version)
            )
            add(row.id, depth + 1)

    add(None, 0)
    return found


def department_choices() -> list[tuple[int, str]]:
    """Return all departments as choices, indented by their depth."""
    return [(node.id, "\u3000" * node.depth + node.name) for node in departments()]


def delegations_of(user_id: int) -> list[DelegationRow]:
    """Return the delegations a person gave or received, newest first."""
    return _delegations(or_(Delegation.from_user_id == user_id, Delegation.to_user_id == user_id))


def running_delegations(user_id: int) -> list[DelegationRow]:
    """Return who acts for a person today, and for whom the person acts."""
    return [row for row in delegations_of(user_id) if row.state == "running"]


def today() -> date:
    """Return the day on which a role begins unless told otherwise."""
    return clock.today()


def _delegations(condition: object) -> list[DelegationRow]:
    giver, taker = aliased(User), aliased(User)
    rows = session.execute(
        select(
            Delegation.id,
            Delegation.from_user_id,
            giver.name,
            Delegation.to_user_id,
            taker.name,
            Delegation.from_date,
            Delegation.to_date,
            Delegation.note,
            Delegation.revoked_at,
        )
        .join(giver, giver.id == Delegation.from_user_id)
        .join(taker, taker.id == Delegation.to_user_id)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Delegation.id.desc())
    )
    return [DelegationRow(*row[:-1], row[-1] is not None) for row in rows]

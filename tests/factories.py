"""Plain functions that put rows into the database, with sensible values unless told otherwise.

Each opens a unit of work of its own where none is open. Documents are made by the actions of their features.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.db import session, writing
from app.core.permissions import Actor, Role
from app.core.uow import unit_of_work
from app.features.people import passwords
from app.features.people.directory import actor_for
from app.features.people.models import Delegation, Department, RoleAssignment, User

PASSWORD = "zhangcheng-demo"
LONG_AGO = date(2020, 1, 1)


@contextmanager
def saving() -> Iterator[None]:
    """Use the open unit of work, or one of our own."""
    if writing.get():
        yield
    else:
        with unit_of_work():
            yield


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once: hashing is slow on purpose."""
    return passwords.hash_password(PASSWORD)


def stamps() -> dict[str, Any]:
    return {"created_at": clock.now(), "updated_at": clock.now()}


def department(name: str = "销售部", parent: Department | None = None) -> Department:
    with saving():
        row = Department(name=name, parent_id=parent.id if parent else None, active=True, **stamps())
        session.add(row)
        session.flush()
    return row


def user(
    name: str = "张三",
    staff_number: str | None = None,
    department: Department | None = None,
    roles: Iterable[Role] = (),
    **values: Any,
) -> User:
    """A person with roles in their department and below (the whole company without one)."""
    with saving():
        if staff_number is None:
            staff_number = f"u{session.execute(select(func.count()).select_from(User)).scalar_one() + 1}"
        row = User(
            name=name,
            staff_number=staff_number,
            department_id=department.id if department else None,
            password_hash=values.pop("password_hash", None) or password_hash(),
            must_change_password=values.pop("must_change_password", False),
            **{"position": "", "phone": "", "email": "", "active": True, **stamps(), **values},
        )
        session.add(row)
        session.flush()
        for item in roles:
            role(row, item, department)
    return row


def role(
    person: User,
    role: Role,
    department: Department | None = None,
    *,
    with_children: bool = True,
    from_date: date = LONG_AGO,
    to_date: date | None = None,
) -> RoleAssignment:
    with saving():
        row = RoleAssignment(
            user_id=person.id,
            role=role.value,
            department_id=department.id if department else None,
            with_children=with_children,
            from_date=from_date,
            to_date=to_date,
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
    return row


def delegation(
    giver: User, taker: User, from_date: date | None = None, to_date: date | None = None
) -> Delegation:
    with saving():
        row = Delegation(
            from_user_id=giver.id,
            to_user_id=taker.id,
            from_date=from_date or clock.today(),
            to_date=to_date or clock.today(),
            note="",
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
    return row


def actor(person: User) -> Actor:
    """The person as one who acts, with the grants of today."""
    return actor_for(person)

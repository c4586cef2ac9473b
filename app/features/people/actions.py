"""What happens to accounts, departments, roles and delegations. Each is called inside a unit of work.

Passwords arrive as hashes (``passwords.hash_password``): hashing takes long and never runs under the write lock.
"""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.core import clock, permissions, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.i18n import lazy, listed_clauses
from app.core.permissions import ROLE_LABELS, Actor, Role, all_permissions, roles_holding
from app.core.workflow import check_version
from app.features.people import leaving, signin
from app.features.people.directory import department_parents, subtree
from app.features.people.enums import DEPARTMENT, USER, PeoplePerm, PeopleVerb
from app.features.people.locked import Span, check_locked_pair
from app.features.people.models import Delegation, Department, RoleAssignment, User

EDITABLE = ("staff_number", "name", "position", "phone", "email", "department_id")
# What a person gave voluntarily: the timeline names the field, never the value.
VOLUNTARY = frozenset({"phone", "email"})
# Roles that decide and seal: an administrator cannot give them to himself.
NOT_FOR_ONESELF = frozenset({Role.MANAGER, Role.LEADER, Role.SEAL_KEEPER})
LONGEST_DELEGATION_DAYS = 366


def create_user(
    *,
    staff_number: str,
    name: str,
    password_hash: str,
    actor: Actor,
    department_id: int | None = None,
    position: str = "",
    phone: str = "",
    email: str = "",
    must_change_password: bool = True,
    locale: str | None = None,
) -> User:
    """Open an account. Raises Invalid where the staff number is taken, Denied without people:manage."""
    _require(actor, PeoplePerm.MANAGE)
    _check_staff_number(staff_number, None)
    user = User(
        staff_number=staff_number.strip(),
        name=name.strip(),
        password_hash=password_hash,
        must_change_password=must_change_password,
        department_id=department_id,
        position=position.strip(),
        phone=phone.strip(),
        email=email.strip(),
        locale=locale,
        active=True,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(user)
    session.flush()
    timeline.record(USER, user.id, PeopleVerb.CREATE, actor, data={"name": user.name})
    return user


def edit_user(user: User, values: dict[str, Any], *, version: int | None, actor: Actor) -> User:
    """Change the given fields of an account (names in EDITABLE); raises Stale, Invalid, Denied."""
    _require(actor, PeoplePerm.MANAGE)
    check_version(USER, user, version)
    if "staff_number" in values:
        _check_staff_number(values["staff_number"], user.id)
    _apply(user, values, EDITABLE, actor)
    return user


def edit_own(user: User, values: dict[str, Any], *, version: int | None, actor: Actor) -> User:
    """Change one's own phone and mail address; raises Denied for anybody else's, Stale."""
    if actor.id != user.id:
        raise Denied("people:only-own")
    check_version(USER, user, version)
    _apply(user, values, ("phone", "email"), actor)
    return user


def _apply(user: User, values: dict[str, Any], allowed: tuple[str, ...], actor: Actor) -> None:
    unknown = set(values) - set(allowed)
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    before = _shown(user, values)
    for name, value in values.items():
        setattr(user, name, value.strip() if isinstance(value, str) else value)
    after = _shown(user, values)
    changes = [
        [name, "", ""] if name in VOLUNTARY else [name, old, new]
        for name, old, new in timeline.diff(before, after)
    ]
    if changes:
        user.touch()
        session.flush()
        timeline.record(USER, user.id, PeopleVerb.EDIT, actor, data={"changes": changes})


def _shown(user: User, values: dict[str, Any]) -> dict[str, Any]:
    shown = {name: getattr(user, name) for name in values}
    if "department_id" in shown:
        shown["department_id"] = department_name(shown["department_id"])
    return shown


def department_name(department_id: int | None) -> str:
    """Return the name of a department, empty for none."""
    department = session.get(Department, department_id) if department_id is not None else None
    return department.name if department else ""


def _check_staff_number(staff_number: str, own_id: int | None) -> None:
    statement = select(User.id).where(func.lower(User.staff_number) == staff_number.strip().lower())
    taken = session.execute(statement).scalars().first()
    if taken is not None and taken != own_id:
        raise Invalid(fields={"staff_number": lazy("这个工号已有人使用，请核对后换一个")})


def reset_password(user: User, *, password_hash: str, actor: Actor) -> None:
    """Give an account an initial password: it must be changed at the next sign-in, all sessions end."""
    _require(actor, PeoplePerm.MANAGE_ROLES)
    user.password_hash = password_hash
    user.must_change_password = True
    user.touch()
    signin.end_sessions(user.id)
    signin.forget_failures(user.staff_number)
    session.flush()
    timeline.record(USER, user.id, PeopleVerb.RESET_PASSWORD, actor, tell=[user.id])


def change_password(user: User, *, password_hash: str, actor: Actor, keep_session: int | None = None) -> None:
    """Set one's own new password; all sessions but the present one end. The old password was checked before."""
    if actor.id != user.id:
        raise Denied("people:only-own")
    user.password_hash = password_hash
    user.must_change_password = False
    user.touch()
    signin.end_sessions(user.id, keep=keep_session)
    session.flush()
    timeline.record(USER, user.id, PeopleVerb.CHANGE_PASSWORD, actor)


def sign_out_everywhere(user: User, *, actor: Actor, keep_session: int | None = None) -> None:
    """End all sessions of a person: their own, or with people:manage-roles anybody's."""
    if actor.id != user.id:
        _require(actor, PeoplePerm.MANAGE_ROLES)
    signin.end_sessions(user.id, keep=keep_session)
    timeline.record(USER, user.id, PeopleVerb.SIGN_OUT_EVERYWHERE, actor)


def deactivate(user: User, *, version: int | None, actor: Actor) -> None:
    """Close the account of a person who left. Refused with Conflict while anything of theirs is open (R12)."""
    _require(actor, PeoplePerm.MANAGE)
    check_version(USER, user, version)
    if actor.id == user.id:
        raise Conflict("people:not-oneself")
    if not actor.is_system and _holds_today(user.id, Role.ADMINISTRATOR):
        _require(actor, PeoplePerm.MANAGE_ROLES)
    findings = leaving.open_matters(user.id)
    if findings:
        raise Conflict("people:open-matters", what=listed_clauses(finding.sentence for finding in findings))
    user.active = False
    user.touch()
    signin.end_sessions(user.id)
    session.flush()
    timeline.record(USER, user.id, PeopleVerb.DEACTIVATE, actor)


def activate(user: User, *, version: int | None, actor: Actor) -> None:
    """Open the account of a person again, with the roles that are still in force."""
    _require(actor, PeoplePerm.MANAGE_ROLES)
    check_version(USER, user, version)
    user.active = True
    user.touch()
    session.flush()
    timeline.record(USER, user.id, PeopleVerb.ACTIVATE, actor)


def holds_approval(role: Role, actor: Actor) -> bool:
    """Tell whether a role holds a business approval, by the matrix as the actor's installation keeps it."""
    return any(info.approval and role in roles_holding(info.code, actor.matrix) for info in all_permissions())


def assign_role(
    user: User,
    role: Role,
    *,
    actor: Actor,
    department_id: int | None = None,
    with_children: bool = True,
    from_date: date | None = None,
    to_date: date | None = None,
) -> RoleAssignment:
    """Give a person a role in a department (None: the whole company) from a day on, by default from today.

    Raises Denied without people:manage-roles and where an administrator reaches for M, L or K himself; Invalid for
    dates in the wrong order and for a pair of roles that one person may not hold.
    """
    _require(actor, PeoplePerm.MANAGE_ROLES)
    role = Role(role)
    start = from_date or clock.today()
    if actor.id == user.id and (role in NOT_FOR_ONESELF or holds_approval(role, actor)):
        raise Denied("people:not-for-oneself", role=ROLE_LABELS[role])
    if to_date is not None and to_date < start:
        raise Invalid(fields={"to_date": lazy("结束日期不能早于开始日期")})
    if department_id is not None and session.get(Department, department_id) is None:
        raise Invalid(fields={"department_id": lazy("没有这个部门，请重新选择")})
    check_locked_pair(user.id, [(role, start, to_date)], field="role")
    assignment = RoleAssignment(
        user_id=user.id,
        role=role.value,
        department_id=department_id,
        with_children=with_children,
        from_date=start,
        to_date=to_date,
        created_at=clock.now(),
    )
    session.add(assignment)
    user.touch()
    session.flush()
    data = {"role": role.value, "department": department_name(department_id)}
    timeline.record(USER, user.id, PeopleVerb.ASSIGN_ROLE, actor, data=data, tell=[user.id])
    return assignment


def end_role(assignment: RoleAssignment, *, actor: Actor) -> None:
    """End a role with yesterday's end; one that has not begun yet is taken away."""
    _require(actor, PeoplePerm.MANAGE_ROLES)
    user = _user(assignment.user_id)
    today = clock.today()
    if assignment.to_date is not None and assignment.to_date < today:
        raise Conflict("people:role-over")
    if assignment.role == Role.ADMINISTRATOR and _last_administrator(assignment):
        raise Conflict("people:last-administrator")
    data = {"role": assignment.role, "department": department_name(assignment.department_id)}
    if assignment.from_date >= today:
        session.delete(assignment)
    else:
        assignment.to_date = date.fromordinal(today.toordinal() - 1)
    user.touch()
    session.flush()
    timeline.record(USER, user.id, PeopleVerb.END_ROLE, actor, data=data, tell=[user.id])


def _last_administrator(assignment: RoleAssignment) -> bool:
    today = clock.today()
    others = session.execute(
        select(func.count())
        .select_from(RoleAssignment)
        .join(User, User.id == RoleAssignment.user_id)
        .where(
            RoleAssignment.role == Role.ADMINISTRATOR.value,
            RoleAssignment.id != assignment.id,
            RoleAssignment.from_date <= today,
            RoleAssignment.to_date.is_(None),
            RoleAssignment.department_id.is_(None),
            User.active,
        )
    ).scalar_one()
    return others == 0


def _holds_today(user_id: int, role: Role) -> bool:
    today = clock.today()
    rows = session.execute(
        select(RoleAssignment.to_date).where(
            RoleAssignment.user_id == user_id,
            RoleAssignment.role == role.value,
            RoleAssignment.from_date <= today,
        )
    ).scalars()
    return any(end is None or end >= today for end in rows)


def create_department(*, name: str, parent_id: int | None, actor: Actor) -> Department:
    """Add a department or a team below another."""
    _require(actor, PeoplePerm.MANAGE)
    _check_department_name(name, parent_id, None)
    department = Department(
        name=name.strip(), parent_id=parent_id, active=True, created_at=clock.now(), updated_at=clock.now()
    )
    session.add(department)
    session.flush()
    timeline.record(
        DEPARTMENT, department.id, PeopleVerb.DEPARTMENT_CREATE, actor, data={"name": department.name}
    )
    return department


def edit_department(
    department: Department, *, name: str, parent_id: int | None, version: int | None, actor: Actor
) -> Department:
    """Rename a department or move it with all below it; raises Invalid for a circle, Stale, Denied."""
    _require(actor, PeoplePerm.MANAGE_ROLES if parent_id != department.parent_id else PeoplePerm.MANAGE)
    check_version(DEPARTMENT, department, version)
    if parent_id is not None and parent_id in subtree(department_parents(), department.id):
        raise Invalid(fields={"parent_id": lazy("部门不能归到自己或自己的下级之下")})
    _check_department_name(name, parent_id, department.id)
    old = {"name": department.name, "parent_id": department_name(department.parent_id)}
    department.name, department.parent_id = name.strip(), parent_id
    changes = timeline.diff(old, {"name": department.name, "parent_id": department_name(parent_id)})
    if changes:
        department.touch()
        session.flush()
        timeline.record(
            DEPARTMENT, department.id, PeopleVerb.DEPARTMENT_EDIT, actor, data={"changes": changes}
        )
    return department


def move_department(department: Department, *, parent_id: int | None, actor: Actor) -> Department:
    """Move a department with all below it under another (None: to the top)."""
    return edit_department(department, name=department.name, parent_id=parent_id, version=None, actor=actor)


def _check_department_name(name: str, parent_id: int | None, own_id: int | None) -> None:
    if parent_id is not None and session.get(Department, parent_id) is None:
        raise Invalid(fields={"parent_id": lazy("没有这个上级部门，请重新选择")})
    above = Department.parent_id.is_(None) if parent_id is None else Department.parent_id == parent_id
    taken = (
        session.execute(select(Department.id).where(above, Department.name == name.strip())).scalars().first()
    )
    if taken is not None and taken != own_id:
        raise Invalid(fields={"name": lazy("这里已有同名部门，请换一个名称")})


def delegate(*, to: User, from_date: date, to_date: date, actor: Actor, note: str = "") -> Delegation:
    """Let another person act in one's own roles between two days. Roles received by delegation are not passed on."""
    _require(actor, PeoplePerm.DELEGATE)
    if actor.id is None or to.id == actor.id:
        raise Invalid(fields={"to_user_id": lazy("请选择本人以外的同事")})
    if not to.active:
        raise Invalid(fields={"to_user_id": lazy("这位同事的账号已停用，请选择别人")})
    if to_date < from_date:
        raise Invalid(fields={"to_date": lazy("结束日期不能早于开始日期")})
    if to_date < clock.today():
        raise Invalid(fields={"to_date": lazy("结束日期已经过去，请填写今天或以后的日期")})
    if (to_date - from_date).days >= LONGEST_DELEGATION_DAYS:
        raise Invalid(fields={"to_date": lazy("委托最长一年，到期后可以再委托")})
    own = session.execute(
        select(RoleAssignment).where(
            RoleAssignment.user_id == actor.id,
            RoleAssignment.from_date <= to_date,
        )
    ).scalars()
    lent: list[Span] = [
        (Role(item.role), from_date, to_date)
        for item in own
        if item.to_date is None or item.to_date >= from_date
    ]
    check_locked_pair(to.id, lent, field="to_user_id")
    delegation = Delegation(
        from_user_id=actor.id,
        to_user_id=to.id,
        from_date=from_date,
        to_date=to_date,
        note=note.strip(),
        created_at=clock.now(),
    )
    session.add(delegation)
    session.flush()
    data = {"to": to.name, "from_date": from_date.isoformat(), "to_date": to_date.isoformat()}
    timeline.record(USER, actor.id, PeopleVerb.DELEGATE, actor, data=data, tell=[to.id])
    return delegation


def revoke_delegation(delegation: Delegation, *, actor: Actor) -> None:
    """Take a delegation back at once: the person who gave it, the one who received it, or people:manage-roles."""
    if actor.id not in (delegation.from_user_id, delegation.to_user_id):
        _require(actor, PeoplePerm.MANAGE_ROLES)
    if delegation.revoked_at is not None or delegation.to_date < clock.today():
        raise Conflict("people:delegation-over")
    delegation.revoked_at = clock.now()
    session.flush()
    to = _user(delegation.to_user_id)
    tell = [delegation.from_user_id, delegation.to_user_id]
    timeline.record(
        USER, delegation.from_user_id, PeopleVerb.REVOKE_DELEGATION, actor, data={"to": to.name}, tell=tell
    )


def keep_preference(actor: Actor, name: str, value: str) -> None:
    """Keep a person's language or theme for their other devices; no event, it is nobody else's business."""
    if name not in ("locale", "theme"):
        raise ValueError(f"{name} is no preference")
    setattr(_user(int(actor.id or 0)), name, value)


def _user(user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotVisible()
    return user


def _require(actor: Actor, permission: PeoplePerm) -> None:
    # The system acts for the first-run page and the demo company, before anybody holds a role.
    if not actor.is_system:
        permissions.require(actor, permission)

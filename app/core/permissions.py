"""Who may do what: permissions are enums of the features, roles hold sets of them, people hold roles in departments.

Steps and pages name a permission, never a role. Delegation by date lives in the grants an actor carries, so no
feature knows of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.core.errors import Denied
from app.core.i18n import CHINESE, LazyText, lazy, listed


class Role(StrEnum):
    """The roles a person may hold, each inside a department."""

    SALESPERSON = "salesperson"
    MANAGER = "manager"
    LEADER = "leader"
    TECHNICAL = "technical"
    PURCHASING = "purchasing"
    BACK_OFFICE = "back_office"
    SEAL_KEEPER = "seal_keeper"
    SEAL_MANAGER = "seal_manager"
    SEAL_AUDITOR = "seal_auditor"
    WAREHOUSE = "warehouse"
    FINANCE = "finance"
    DISPATCHER = "dispatcher"
    DRIVER = "driver"
    ASSET_KEEPER = "asset_keeper"
    PEOPLE = "people"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: Mapping[Role, LazyText] = {
    Role.SALESPERSON: lazy("销售员"),
    Role.MANAGER: lazy("部门经理"),
    Role.LEADER: lazy("公司主管领导"),
    Role.TECHNICAL: lazy("技术部"),
    Role.PURCHASING: lazy("采购部"),
    Role.BACK_OFFICE: lazy("销售内勤"),
    Role.SEAL_KEEPER: lazy("印章保管人"),
    Role.SEAL_MANAGER: lazy("印章管理人"),
    Role.SEAL_AUDITOR: lazy("用印审计"),
    Role.WAREHOUSE: lazy("仓库"),
    Role.FINANCE: lazy("财务"),
    Role.DISPATCHER: lazy("车辆管理员"),
    Role.DRIVER: lazy("驾驶员"),
    Role.ASSET_KEEPER: lazy("资产管理员"),
    Role.PEOPLE: lazy("人事培训"),
    Role.ADMINISTRATOR: lazy("系统管理员"),
}

EVERY_ROLE = frozenset(Role)


@dataclass(frozen=True)
class PermissionInfo:
    """One permission in the matrix: its label, the roles that hold it by default, whether a role is locked out."""

    code: str
    label: LazyText
    defaults: frozenset[Role]
    approval: bool = False


@dataclass(frozen=True)
class Grant:
    """A role held in departments (None: the whole company), in one's own name or on behalf of another person."""

    role: Role
    departments: frozenset[int] | None = None
    on_behalf_of: int | None = None
    on_behalf_of_name: str = ""

    def covers(self, department_id: int | None) -> bool:
        """Tell whether the grant reaches a department; None asks for any department at all."""
        return department_id is None or self.departments is None or department_id in self.departments


@dataclass(frozen=True)
class Actor:
    """The person who acts: identity and grants, loaded once per request. Jobs act as SYSTEM."""

    id: int | None
    name: str
    staff_number: str = ""
    grants: tuple[Grant, ...] = ()
    locale: str = CHINESE
    matrix: Mapping[str, frozenset[Role]] = field(default_factory=dict, compare=False, hash=False)

    @property
    def is_system(self) -> bool:
        """True for the system itself, which never approves anything."""
        return self.id is None


SYSTEM = Actor(None, "系统自动")


@dataclass(frozen=True)
class Person:
    """What the platform needs to know of a person to name or tell them."""

    id: int
    name: str
    staff_number: str
    department_id: int | None
    active: bool


class Directory(Protocol):
    """What the platform asks of the people feature, which registers itself at start."""

    def holders(
        self, permission: str, department_id: int | None, excluded: frozenset[int] = frozenset()
    ) -> list[Person]:
        """Return the active people who hold a permission in a department, in their own name or as delegates today.

        ``excluded`` are people whose hand must not be in it: neither they nor whoever only stands in for them.
        """

    def people(self, ids: Iterable[int]) -> dict[int, Person]:
        """Return the people of these ids."""

    def actor(self, person_id: int) -> Actor | None:
        """Return a person as the one who acts today, for work done in their name; None for who has left."""


_permissions: dict[str, PermissionInfo] = {}
_directory: list[Directory] = []


def register_permissions(
    enum: type[StrEnum],
    table: Mapping[StrEnum, tuple[LazyText, Iterable[Role]]],
    approvals: Iterable[StrEnum] = (),
) -> None:
    """Add a feature's permissions with label and default roles.

    ``approvals`` are business approvals, which the administrator's role can never hold. Every member of the enum
    must stand in the table, or ValueError is raised.
    """
    if set(enum) != set(table):
        raise ValueError(f"{enum.__name__}: every permission needs a label and its default roles")
    locked = {str(code) for code in approvals}
    for code, (label, roles) in table.items():
        _permissions[str(code)] = PermissionInfo(str(code), label, frozenset(roles), str(code) in locked)


def all_permissions() -> list[PermissionInfo]:
    """Return every registered permission in order of registration (the rows of the matrix page)."""
    return list(_permissions.values())


def permission_info(permission: str) -> PermissionInfo:
    """Return one permission; KeyError for an unknown one."""
    return _permissions[str(permission)]


def roles_holding(permission: str, matrix: Mapping[str, frozenset[Role]] | None = None) -> frozenset[Role]:
    """Return the roles that hold a permission: the matrix where the administrator changed it, else the defaults."""
    info = _permissions[str(permission)]
    roles = matrix.get(info.code, info.defaults) if matrix else info.defaults
    # Whoever configures the system approves no business, whatever the matrix says.
    return roles - {Role.ADMINISTRATOR} if info.approval else roles


def use_directory(directory: Directory) -> None:
    """Register the people feature's directory, at start."""
    _directory[:] = [directory]


def directory() -> Directory:
    """Return the registered directory of people."""
    return _directory[0]


def grant_for(
    actor: Actor, permission: str, department_id: int | None = None, excluded: frozenset[int] = frozenset()
) -> Grant | None:
    """Return the grant by which an actor holds a permission in a department, their own before a delegated one.

    ``excluded`` are people whose hand must not be in it: neither the actor nor the one they stand in for.
    """
    if actor.id in excluded:
        return None
    roles = roles_holding(permission, actor.matrix)
    fitting = [
        grant
        for grant in actor.grants
        if grant.role in roles and grant.covers(department_id) and grant.on_behalf_of not in excluded
    ]
    fitting.sort(key=lambda grant: grant.on_behalf_of is not None)
    return fitting[0] if fitting else None


def can(actor: Actor, permission: str, department_id: int | None = None) -> bool:
    """Tell whether an actor holds a permission (in this department, or anywhere where none is named)."""
    return grant_for(actor, permission, department_id) is not None


def departments_of(actor: Actor, permission: str) -> frozenset[int] | None:
    """Return the departments in which an actor holds a permission; None means the whole company."""
    roles = roles_holding(permission, actor.matrix)
    departments: set[int] = set()
    for grant in actor.grants:
        if grant.role in roles:
            if grant.departments is None:
                return None
            departments |= grant.departments
    return frozenset(departments)


def who_may(permission: str, department_id: int | None = None) -> str:
    """Return the names of those who hold a permission, for a refusal that says whom to ask."""
    return names_of(directory().holders(str(permission), department_id))


def names_of(people: Iterable[Person]) -> str:
    """Return the first names of people, for a sentence that says whom to ask; the administrator where there is none."""
    names = [person.name for person in people]
    return listed(names[:3]) if names else str(lazy("系统管理员"))


def require(actor: Actor, permission: str, department_id: int | None = None) -> Grant:
    """Return the grant for a permission or raise Denied with whom to ask."""
    grant = grant_for(actor, permission, department_id)
    if grant is None:
        info = permission_info(permission)
        raise Denied("core:denied", what=info.label, who=who_may(permission, department_id))
    return grant

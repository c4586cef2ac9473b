"""The first-run page's one act: company, accounts, seal and choices of an empty installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core import clock, modules, settings, timeline
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import SYSTEM, Role
from app.features.admin import registry, values
from app.features.admin.actions import INSTALLATION
from app.features.admin.queries import is_set_up
from app.features.people import actions as people
from app.features.people.models import User
from app.features.seals import actions as seals
from app.features.seals import keys
from app.features.seals.enums import SealForm, SealKind

EFFECT = "quotations.effect"
SECOND_APPROVER = "quotations.second_approver"
PUBLIC_URL = "verification.public_url"


@dataclass(frozen=True)
class Account:
    """A person of the first-run page; the password arrives hashed, which never happens under the lock."""

    staff_number: str
    name: str
    password_hash: str


@dataclass(frozen=True)
class SetUp:
    """All that the first-run page asks for.

    ``company`` holds the fields of a legal entity. ``manager`` heads the department and approves what the
    leader prepared himself; without one such quotations wait until the setting is made. ``keeper`` is
    "leader", "manager" or empty for no seal yet.
    """

    company: Mapping[str, Any]
    department: str
    administrator: Account
    leader: Account
    manager: Account | None
    keeper: str
    filed_number: str
    public_url: str
    effect: str
    preset: str
    time_zone: str


def set_up(wanted: SetUp) -> dict[str, int]:
    """Set up an empty installation inside the open unit of work; return the ids of the accounts by part.

    Raises Conflict where somebody was faster, and Invalid with the fields at fault, named as on the page.
    """
    if is_set_up():
        raise Conflict("admin:set-up-done")
    check_choices(wanted)
    entity = seals.add_legal_entity(actor=SYSTEM, **wanted.company)
    department = people.create_department(name=wanted.department, parent_id=None, actor=SYSTEM)
    accounts = {
        "administrator": account(wanted.administrator, None),
        "leader": account(wanted.leader, department.id),
    }
    give(accounts["administrator"], Role.ADMINISTRATOR)
    give(accounts["leader"], Role.LEADER)
    give(accounts["leader"], Role.SEAL_MANAGER)
    if wanted.manager is not None:
        accounts["manager"] = account(wanted.manager, department.id)
        give(accounts["manager"], Role.MANAGER, department.id)
        settings.put(SECOND_APPROVER, accounts["manager"].id)
    if wanted.keeper:
        keeper = accounts[wanted.keeper]
        give(keeper, Role.SEAL_KEEPER)
        seals.register_seal(
            actor=SYSTEM,
            legal_entity=entity,
            kind=SealKind.QUOTATION,
            form=SealForm.DRAWN,
            keeper_id=keeper.id,
            filed_number=wanted.filed_number,
        )
    settings.put(registry.NAME, entity.name)
    settings.put(registry.SHORT_NAME, entity.short_name)
    settings.put(registry.TIME_ZONE, wanted.time_zone)
    settings.put("modules.preset", wanted.preset)
    settings.put(EFFECT, wanted.effect)
    settings.put(PUBLIC_URL, wanted.public_url)
    timeline.record(INSTALLATION, 1, "installation:set-up", SYSTEM, data={"company": entity.name})
    clock.set_company_zone(wanted.time_zone)
    # Last of all: a file cannot be rolled back, and an authority that is there already is left as it is.
    keys.create(entity.name)
    return {part: user.id for part, user in accounts.items()}


def account(wanted: Account, department_id: int | None) -> User:
    """Open an account that keeps the password typed on the first-run page."""
    return people.create_user(
        staff_number=wanted.staff_number,
        name=wanted.name,
        password_hash=wanted.password_hash,
        actor=SYSTEM,
        department_id=department_id,
        must_change_password=False,
    )


def give(user: User, role: Role, department_id: int | None = None) -> None:
    """Give a role on behalf of the first-run page."""
    people.assign_role(user, role, actor=SYSTEM, department_id=department_id)


def check_choices(wanted: SetUp) -> None:
    """Raise Invalid for choices that are not on the lists, and for people who are one and the same."""
    faults: dict[str, LazyText | str] = {}
    for field, key, value in (
        ("effect", EFFECT, wanted.effect),
        ("public_url", PUBLIC_URL, wanted.public_url),
        ("time_zone", registry.TIME_ZONE, wanted.time_zone),
    ):
        setting = values.setting_or_none(key)
        problem = values.read(setting, value)[1] if setting is not None else None
        if problem is not None:
            faults[field] = problem
    if not wanted.effect:
        faults["effect"] = lazy("请选择报价效力，它印在每份报价单上")
    if wanted.preset not in dict(modules.PRESETS):
        faults["preset"] = lazy("请从列表中选择")
    if wanted.keeper not in ("", "leader", "manager"):
        faults["keeper"] = lazy("请从列表中选择")
    if wanted.keeper == "manager" and wanted.manager is None:
        faults["keeper"] = lazy("请先填写部门经理，或选择公司主管领导保管")
    numbers = [wanted.administrator.staff_number.lower(), wanted.leader.staff_number.lower()]
    if numbers[0] == numbers[1]:
        faults["leader_number"] = lazy("系统管理员不能审批，请为主管领导另设账号")
    if wanted.manager is not None and wanted.manager.staff_number.lower() in numbers:
        faults["manager_number"] = lazy("第二审批人须是另一个人，请另设账号")
    if faults:
        raise Invalid(fields=faults)

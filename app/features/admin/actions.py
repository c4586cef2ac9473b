"""What the administrator does: settings, modules, the matrix of permissions. Each change is an event."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import modules, settings, timeline
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, Role, all_permissions, permission_info, require, roles_holding
from app.features.admin import values
from app.features.admin.enums import AdminPerm
from app.features.people.directory import MATRIX, matrix
from app.features.people.enums import PeoplePerm
from app.features.seals.enums import SealPerm

INSTALLATION = "installation"
# Without these nobody could ever change anything again.
KEPT_BY_ADMINISTRATOR = (
    AdminPerm.SETTINGS,
    AdminPerm.ROLES,
    AdminPerm.AUDIT,
    AdminPerm.BACKUP,
    PeoplePerm.MANAGE,
    PeoplePerm.MANAGE_ROLES,
)


def change_settings(*, actor: Actor, typed: Mapping[str, Any]) -> int:
    """Store the settings that differ, each with its event, and return how many did.

    ``typed`` maps keys to texts, bools or lists as a form gives them. Raises Denied, or Invalid by key where
    one cannot be accepted; then none is stored. KeyError for an unknown or hidden setting.
    """
    require(actor, AdminPerm.SETTINGS)
    known = {setting.key: setting for setting in settings.registered() if setting.kind != "hidden"}
    accepted: dict[str, Any] = {}
    faults: dict[str, LazyText | str] = {}
    for key, text in typed.items():
        value, problem = values.read(known[key], text)
        if problem is None:
            accepted[key] = value
        else:
            faults[key] = problem
    if faults:
        raise Invalid(fields=faults)
    changed = 0
    for key, value in accepted.items():
        old = settings.get(key)
        if old == value:
            continue
        settings.put(key, value)
        timeline.record(
            INSTALLATION, 1, "settings:change", actor, data={"key": key, "old": old, "new": value}
        )
        changed += 1
    return changed


def change_modules(*, actor: Actor, preset: str, switches: Mapping[str, bool]) -> int:
    """Choose the preset and the modules that differ from it; return how many changes that made.

    ``switches`` holds only what is set by hand; a module left out follows the preset. Off keeps all data.
    """
    require(actor, AdminPerm.SETTINGS)
    if preset not in dict(modules.PRESETS):
        raise Invalid(fields={"preset": lazy("请从列表中选择")})
    changed = 0
    if preset != settings.get("modules.preset"):
        settings.put("modules.preset", preset)
        timeline.record(INSTALLATION, 1, "modules:preset", actor, data={"preset": preset})
        changed += 1
    known = [module.key for module in modules.registered()]
    old = settings.get("modules.switches")
    new = {key: bool(switches[key]) for key in known if key in switches}
    for key in known:
        if old.get(key) != new.get(key):
            verb = {True: "modules:on", False: "modules:off", None: "modules:follow"}[new.get(key)]
            timeline.record(INSTALLATION, 1, verb, actor, data={"module": key})
            changed += 1
    if new != old:
        settings.put("modules.switches", new)
    return changed


def change_matrix(*, actor: Actor, wanted: Mapping[str, Iterable[Role]]) -> int:
    """Set which roles hold which permissions; return how many rights were given or taken, each an event.

    Permissions left out of ``wanted`` stay as they are. Raises Denied; Conflict where the administrator would
    hold a business approval or give one to a role of his own, where one role would both manage seals and
    audit their use, or where nobody could administer any more.
    """
    require(actor, AdminPerm.ROLES)
    before = matrix()
    after = {
        info.code: frozenset(wanted[info.code]) if info.code in wanted else roles_holding(info.code, before)
        for info in all_permissions()
    }
    check_matrix(after)
    own = {grant.role for grant in actor.grants}
    changed = 0
    for info in all_permissions():
        old, new = roles_holding(info.code, before), after[info.code]
        if info.approval and (new - old) & own:
            raise Conflict("admin:own-role", permission=info.label)
        for verb, roles in (("roles:give", new - old), ("roles:take", old - new)):
            for role in sorted(roles):
                timeline.record(
                    INSTALLATION, 1, verb, actor, data={"role": str(role), "permission": info.code}
                )
                changed += 1
    if changed:
        stored = {
            info.code: sorted(str(role) for role in after[info.code])
            for info in all_permissions()
            if after[info.code] != info.defaults
        }
        settings.put(MATRIX, stored)
    return changed


def check_matrix(table: Mapping[str, frozenset[Role]]) -> None:
    """Raise Conflict for a matrix that would break what is locked."""
    for info in all_permissions():
        if info.approval and Role.ADMINISTRATOR in table[info.code]:
            raise Conflict("admin:approval-locked", permission=info.label)
    if table[SealPerm.MANAGE] & table[SealPerm.AUDIT]:
        raise Conflict("admin:seal-pair")
    for code in KEPT_BY_ADMINISTRATOR:
        if Role.ADMINISTRATOR not in table[code]:
            raise Conflict("admin:nobody-left", permission=permission_info(code).label)

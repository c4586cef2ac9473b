import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, request, url_for

from app.core import backup as backups
from app.core import modules, timeline
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import ngettext, pgettext
from app.core.permissions import ROLE_LABELS, Role, all_permissions, can, roles_holding
from app.core.uow import unit_of_work
from app.features.admin import actions, queries
from app.features.admin.enums import AdminPerm
from app.features.admin.forms import (
    FOLLOW,
    ON,
    field_name,
    modules_form,
    settings_form,
    shown_settings,
)
from app.features.admin.lists import EventList
from app.features.admin.registry import SECTION_LABELS
from app.features.people.directory import matrix
from app.web import documents
from app.web.current import current_actor
from app.web.forms import BaseForm
from app.web.fragments import go, page
from app.web.guard import requires
from app.web.lists import show_list

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

# A permission's first part says which feature it belongs to.
AREA_LABELS = {
    "people": lambda: _("人员"),
    "customers": lambda: pgettext("list", "客户"),
    "products": lambda: pgettext("list", "产品"),
    "seals": lambda: pgettext("list", "印章"),
    "inquiries": lambda: pgettext("list", "询价"),
    "quotations": lambda: pgettext("list", "报价"),
    "suggestions": lambda: _("合理化建议"),
    "verify": lambda: _("核验"),
    "home": lambda: _("工作台"),
    "admin": lambda: _("系统管理"),
}


def tabs(current: str) -> list[tuple[str, str, bool, int]]:
    """Return the tabs of administration."""
    items = (
        ("settings_page", _("设置")),
        ("modules_page", _("功能模块")),
        ("roles", _("权限表")),
        ("audit", _("操作日志")),
        ("backup", _("备份")),
    )
    return [(label, url_for(f"admin.{name}"), name == current, 0) for name, label in items]


@blueprint.route("", methods=["GET", "POST"])
@requires(AdminPerm.SETTINGS)
def settings_page() -> Response:
    form = settings_form()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            typed = {setting.key: form[field_name(setting.key)].data for setting in shown_settings()}
            try:
                with unit_of_work():
                    changed = actions.change_settings(actor=current_actor(), typed=typed)
                flash(ngettext("已保存 %(num)s 项设置", "已保存 %(num)s 项设置", changed), "ok")
                return go(url_for("admin.settings_page"))
            except Invalid as problem:
                status = form.refuse(with_field_names(problem))
    return page(
        "admin/settings.html",
        fragment="form",
        status=status,
        heading=_("系统设置"),
        tabs=tabs("settings_page"),
        form=form,
        sections=sections(form),
    )


def with_field_names(problem: Invalid) -> Invalid:
    """Return a refusal of settings with the names their fields have on the page."""
    return Invalid(fields={field_name(key): text for key, text in problem.fields.items()})


def sections(form: BaseForm) -> list[tuple[str, list[Any]]]:
    """Return the settings by section, each with its field."""
    grouped: dict[str, list[Any]] = {}
    for setting in shown_settings():
        section = setting.section if setting.section in SECTION_LABELS else "general"
        grouped.setdefault(section, []).append((setting, form[field_name(setting.key)]))
    return [(str(label), grouped[key]) for key, label in SECTION_LABELS.items() if key in grouped]


@blueprint.route("/modules", methods=["GET", "POST"])
@requires(AdminPerm.SETTINGS)
def modules_page() -> Response:
    form = modules_form()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            chosen = {module.key: form[field_name(module.key)].data for module in modules.registered()}
            switches = {key: value == ON for key, value in chosen.items() if value != FOLLOW}
            try:
                with unit_of_work():
                    changed = actions.change_modules(
                        actor=current_actor(), preset=form["preset"].data, switches=switches
                    )
                flash(ngettext("已改动 %(num)s 项", "已改动 %(num)s 项", changed), "ok")
                return go(url_for("admin.modules_page"))
            except Invalid as problem:
                status = form.refuse(problem)
    return page(
        "admin/modules.html",
        fragment="form",
        status=status,
        heading=_("功能模块"),
        tabs=tabs("modules_page"),
        form=form,
        switches=[
            (
                module,
                form[field_name(module.key)],
                modules.is_on(module.key),
                dict(modules.PRESETS)[module.preset],
            )
            for module in modules.registered()
        ],
    )


@blueprint.get("/roles")
@requires(AdminPerm.ROLES)
def roles() -> Response:
    return show_roles(matrix(), 200)


@blueprint.post("/roles")
@requires(AdminPerm.ROLES, confirmed=True)
def change_roles() -> Response:
    wanted = {
        info.code: frozenset(Role(role) for role in request.form.getlist(info.code) if role in set(Role))
        for info in all_permissions()
    }
    for info in all_permissions():
        if info.code in actions.KEPT_BY_ADMINISTRATOR:
            wanted[info.code] |= {Role.ADMINISTRATOR}
    if request.form.get("made_from") != fingerprint(matrix()):
        return show_roles(wanted, 409, _("权限表刚刚被改过。下面保留了您的勾选，核对后再保存一次"))
    try:
        with unit_of_work():
            if request.form.get("made_from") != fingerprint(matrix()):
                raise Conflict("core:race")
            changed = actions.change_matrix(actor=current_actor(), wanted=wanted)
    except Conflict as problem:
        return show_roles(wanted, problem.status, problem.sentence())
    flash(ngettext("已改动 %(num)s 项权限", "已改动 %(num)s 项权限", changed), "ok")
    return go(url_for("admin.roles"))


def fingerprint(table: Any) -> str:
    """Return what tells one state of the matrix from another."""
    plain = {code: sorted(str(role) for role in held) for code, held in table.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


def area_label(key: str) -> str:
    """Return how the part that a permission belongs to is called: a name of its own, or that of its module."""
    own = AREA_LABELS.get(key)
    return (
        own()
        if own
        else next((str(module.label) for module in modules.registered() if module.key == key), key)
    )


def show_roles(table: Any, status: int, problem: str = "") -> Response:
    """Show the matrix, permissions by feature, as it is stored or as it was typed."""
    areas: dict[str, list[Any]] = {}
    for info in all_permissions():
        areas.setdefault(info.code.split(":")[0], []).append((info, roles_holding(info.code, table)))
    return page(
        "admin/roles.html",
        status=status,
        heading=_("权限表"),
        tabs=tabs("roles"),
        areas=[(area_label(key), rows) for key, rows in areas.items()],
        roles=[(role, ROLE_LABELS[role]) for role in Role],
        administrator=Role.ADMINISTRATOR,
        kept={str(code) for code in actions.KEPT_BY_ADMINISTRATOR},
        made_from=fingerprint(matrix()),
        problem=problem,
    )


@blueprint.get("/audit")
@requires(AdminPerm.AUDIT)
def audit() -> Any:
    listing = EventList(current_actor(), request.args, request.path, queries.people_options())
    seq, digest = timeline.head()
    return show_list(
        listing,
        _("操作日志"),
        template="admin/audit.html",
        tabs=tabs("audit") if can(current_actor(), AdminPerm.SETTINGS) else (),
        head_seq=seq,
        head_hash=digest[:16],
        empty_text=_("还没有记录"),
    )


@blueprint.post("/audit/verify")
@requires(AdminPerm.AUDIT)
def verify_audit() -> Response:
    findings = timeline.verify_chain()
    seq, _digest = timeline.head()
    with unit_of_work():
        timeline.record(
            actions.INSTALLATION,
            1,
            "audit:verify",
            current_actor(),
            data={"count": seq, "findings": len(findings)},
        )
    if findings:
        flash(_("日志链有异常：%(what)s。请立即保留备份并报告主管领导", what="; ".join(findings)), "bad")
    else:
        flash(ngettext("日志链完整，共 %(num)s 条", "日志链完整，共 %(num)s 条", seq), "ok")
    return go(url_for("admin.audit"))


@blueprint.get("/backup")
@requires(AdminPerm.BACKUP)
def backup() -> Response:
    return show_backup(200)


@blueprint.post("/backup")
@requires(AdminPerm.BACKUP, confirmed=True)
def make_backup() -> Response:
    try:
        target = backups.free_target(backup_folder())
        manifest = backups.create(
            target,
            Path(current_app.config["DATA_FOLDER"]),
            current_app.config["SQLALCHEMY_DATABASE_URI"],
        )
    except (backups.BackupError, OSError) as error:
        current_app.logger.error("backup failed: %s", error)
        return show_backup(503, str(error))
    with unit_of_work():
        timeline.record(actions.INSTALLATION, 1, "backup:make", current_actor(), data={"name": target.name})
    flash(
        _("备份完成并核对过：%(rows)s 行，%(files)s 个文件", rows=manifest.rows, files=manifest.stored_files),
        "ok",
    )
    return go(url_for("admin.backup"))


def backup_folder() -> Path:
    """Return where backups are written."""
    return Path(current_app.config["BACKUP_FOLDER"])


def show_backup(status: int, problem: str = "") -> Response:
    """Show when the last backup was made, what lies there, and what to do."""
    folder = backup_folder()
    known = sorted(folder.glob("*.zip"), reverse=True)[:20] if folder.is_dir() else []
    return page(
        "admin/backup.html",
        status=status,
        heading=_("备份"),
        tabs=tabs("backup"),
        last_at=backups.last_at(),
        overdue=backups.is_overdue(),
        folder=str(folder),
        files=[(path.name, path.stat().st_size) for path in known],
        events=documents.timeline_rows(queries.latest_backups()),
        problem=problem,
    )

"""What administration registers at import: permissions, settings of the company, verbs, sentences."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from app.core import clock, modules, sentences, settings, timeline
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import ROLE_LABELS, Role, permission_info, register_permissions
from app.core.timeline import Verb
from app.features.admin import queries, values
from app.features.admin.enums import AdminPerm
from app.features.people.leaving import LeaverCheck, register_leaver_check

NAME = "company.name"
SHORT_NAME = "company.short_name"
TIME_ZONE = "company.time_zone"

SECTION_LABELS: Mapping[str, LazyText] = {
    "company": lazy("公司"),
    "people": lazy("人员与登录"),
    "rules": lazy("规章制度"),
    "quotations": lazy("询价与报价"),
    "vehicles": lazy_in_context("list", "车辆"),
    "communication": lazy("沟通"),
    "team": lazy("团队"),
    "training": lazy("培训"),
    "verification": lazy("核验"),
    "general": lazy("其他"),
}


def refuse_zone(value: Any) -> LazyText | None:
    """Return what is wrong with a time zone."""
    return None if value in available_timezones() else lazy("请选择列表中的时区")


def too_long(limit: int) -> Any:
    """Return a check that refuses texts beyond a length."""

    def check(value: Any) -> LazyText | None:
        return lazy("最多 %(most)s 个字", most=limit) if len(str(value or "")) > limit else None

    return check


register_permissions(
    AdminPerm,
    {
        AdminPerm.SETTINGS: (lazy("系统设置与功能模块"), {Role.ADMINISTRATOR}),
        AdminPerm.ROLES: (lazy("权限表"), {Role.ADMINISTRATOR}),
        AdminPerm.AUDIT: (lazy("查阅操作日志"), {Role.ADMINISTRATOR, Role.LEADER, Role.SEAL_AUDITOR}),
        AdminPerm.BACKUP: (lazy("备份"), {Role.ADMINISTRATOR}),
    },
)
settings.register(
    settings.Setting(
        NAME,
        "text",
        "",
        lazy("公司名称"),
        section="company",
        hint=lazy("显示在页面左上角；报价单和印章用的是“公司主体”中登记的全称"),
        check=too_long(80),
    ),
    settings.Setting(SHORT_NAME, "text", "", lazy("公司简称"), section="company", check=too_long(40)),
    settings.Setting(
        TIME_ZONE, "hidden", clock.DEFAULT_ZONE, lazy("时区"), section="company", check=refuse_zone
    ),
)


def with_setting(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a changed setting in words."""
    setting = values.setting_or_none(data["key"])
    if setting is None:
        return {"setting": data["key"], "old": data["old"], "new": data["new"]}
    return {
        "setting": setting.label,
        "old": values.shown(setting, data["old"]),
        "new": values.shown(setting, data["new"]),
    }


def with_preset(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a chosen preset in words."""
    return {"preset": dict(modules.PRESETS)[data["preset"]]}


def with_module(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a switched module in words."""
    labels = {module.key: module.label for module in modules.registered()}
    return {"module": labels.get(data["module"], data["module"])}


def with_right(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a given or taken permission in words."""
    try:
        label: LazyText | str = permission_info(data["permission"]).label
    except KeyError:
        label = data["permission"]
    return {"role": ROLE_LABELS[Role(data["role"])], "permission": label}


right_fields = frozenset({"role", "permission"})
timeline.register_verbs(
    Verb(
        "settings:change",
        lazy("设置“%(setting)s”：%(old)s → %(new)s"),
        frozenset({"key", "old", "new"}),
        render=with_setting,
    ),
    Verb("modules:preset", lazy("功能组合改为%(preset)s"), frozenset({"preset"}), render=with_preset),
    Verb("modules:on", lazy("启用功能 %(module)s"), frozenset({"module"}), tone="ok", render=with_module),
    Verb("modules:off", lazy("停用功能 %(module)s"), frozenset({"module"}), tone="warn", render=with_module),
    Verb("modules:follow", lazy("功能 %(module)s 改为随组合"), frozenset({"module"}), render=with_module),
    Verb("roles:give", lazy("给%(role)s加上权限“%(permission)s”"), right_fields, render=with_right),
    Verb("roles:take", lazy("取消%(role)s的权限“%(permission)s”"), right_fields, "warn", with_right),
    Verb("installation:set-up", lazy("首次设置完成：%(company)s"), frozenset({"company"}), tone="ok"),
    Verb("backup:make", lazy("备份到 %(name)s"), frozenset({"name"}), tone="ok"),
    Verb(
        "audit:verify",
        lazy("核对日志链：%(count)s 条，%(findings)s 处异常"),
        frozenset({"count", "findings"}),
    ),
)
sentences.register(
    {
        "admin:approval-locked": lazy("“%(permission)s”是业务审批，系统管理员不能持有"),
        "admin:own-role": lazy("不能把业务审批“%(permission)s”加给您自己的角色"),
        "admin:seal-pair": lazy("同一角色不能既管章又审计用印"),
        "admin:nobody-left": lazy("“%(permission)s”至少要留给系统管理员，否则再也没有人能改"),
        "admin:set-up-done": lazy("系统已经设置过，请直接登录"),
        "admin:backup-failed": lazy("备份没有成功：%(reason)s"),
    }
)
register_leaver_check(
    LeaverCheck(
        queries.settings_naming,
        lazy("还有 %(count)s 项设置指定由他办理，请先改为别人"),
        "/admin",
        AdminPerm.SETTINGS,
    )
)

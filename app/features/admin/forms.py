"""Forms of administration; the settings' own form is made from what is registered."""

from typing import Any

from app.core import modules, settings
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.settings import Setting
from app.features.admin.queries import active_people_options
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    LongTextField,
    MultipleField,
    PasswordField,
    RadioField,
    TextField,
)

FOLLOW = "follow"
ON = "on"
OFF = "off"
SWITCHES = (
    (FOLLOW, lazy("随组合")),
    (ON, lazy_in_context("switch", "启用")),
    (OFF, lazy_in_context("switch", "停用")),
)


def field_name(key: str) -> str:
    """Return the name of a setting's field; dots do not belong in names of attributes."""
    return key.replace(".", "__")


def shown_settings() -> list[Setting]:
    """Return the settings people may change, without those of modules that are off."""
    return [
        setting
        for setting in settings.registered()
        if setting.kind != "hidden"
        and setting.section != "modules"
        and (setting.module is None or modules.is_on(setting.module))
    ]


def settings_form() -> BaseForm:
    """Return the form of all settings, filled with what is stored."""
    people = None
    fields: dict[str, Any] = {}
    for setting in shown_settings():
        if setting.kind == "person" and people is None:
            people = active_people_options()
        fields[field_name(setting.key)] = _field(setting, people or [])
    form_class = type("SettingsForm", (BaseForm,), fields)
    stored = {field_name(setting.key): settings.get(setting.key) for setting in shown_settings()}
    form: BaseForm = form_class(data=stored)
    return form


def _field(setting: Setting, people: list[tuple[str, str]]) -> Any:
    if setting.kind == "boolean":
        return CheckField(setting.label)
    if setting.kind == "choice":
        return ChoiceField(setting.label, choices=list(setting.choices), blank=lazy("请选择"))
    if setting.kind == "choices":
        return MultipleField(setting.label, choices=list(setting.choices))
    if setting.kind == "person":
        return ChoiceField(setting.label, choices=people, blank=lazy("未指定"))
    if setting.kind == "long_text":
        return LongTextField(setting.label)
    return TextField(setting.label, longest=500)


class ModulesForm(BaseForm):
    """The preset; the switches of the single modules are read beside it."""

    preset = RadioField(lazy("功能组合"), choices=list(modules.PRESETS), required=True)


def modules_form() -> BaseForm:
    """Return the form of preset and switches, filled with what is stored."""
    fields = {
        field_name(module.key): RadioField(module.label, choices=list(SWITCHES), required=True)
        for module in modules.registered()
    }
    form_class = type("ModuleSwitchesForm", (ModulesForm,), fields)
    switches = settings.get("modules.switches")
    stored = {
        field_name(module.key): (ON if switches[module.key] else OFF) if module.key in switches else FOLLOW
        for module in modules.registered()
    }
    form: BaseForm = form_class(data={"preset": settings.get("modules.preset"), **stored})
    return form


class SetUpForm(CreationForm):
    """All that an empty installation needs before anybody can work."""

    name = TextField(lazy("公司全称"), required=True, longest=80)
    short_name = TextField(lazy("公司简称"), longest=40)
    credit_code = TextField(lazy("统一社会信用代码"), required=True, longest=30)
    address = TextField(lazy("地址"), longest=200)
    phone = TextField(lazy("电话"), required=True, longest=40)
    bank = TextField(lazy("开户银行"), longest=120)
    bank_account = TextField(lazy("银行账号"), longest=40)
    department = TextField(lazy("部门名称"), required=True, longest=80, default=lazy("销售部"))

    admin_number = TextField(lazy("系统管理员工号"), required=True, longest=40, default="admin")
    admin_name = TextField(lazy("系统管理员姓名"), required=True, longest=80)
    admin_password = PasswordField(lazy("系统管理员密码"))
    leader_number = TextField(lazy("主管领导工号"), required=True, longest=40)
    leader_name = TextField(lazy("主管领导姓名"), required=True, longest=80)
    leader_password = PasswordField(lazy("主管领导密码"))
    manager_number = TextField(lazy("部门经理工号"), longest=40)
    manager_name = TextField(lazy("部门经理姓名"), longest=80)
    manager_password = PasswordField(lazy("部门经理密码"), required=False)

    keeper = RadioField(
        lazy("报价专用章由谁保管"),
        choices=[
            ("manager", lazy("部门经理")),
            ("leader", lazy("主管领导")),
            ("", lazy("以后再登记")),
        ],
    )
    filed_number = TextField(lazy("印章备案编号"), longest=20)
    effect = RadioField(lazy("报价效力"), required=True)
    public_url = TextField(lazy("公网核验网址"), longest=200)
    preset = RadioField(
        lazy("功能组合"), choices=list(modules.PRESETS), required=True, default=modules.ESSENTIAL
    )
    time_zone = ChoiceField(lazy("时区"), required=True, blank=None)

    def manager_given(self) -> bool:
        """Tell whether anything was typed for the department's manager."""
        return bool(self.manager_number.data or self.manager_name.data or self.manager_password.data)


NEEDED: LazyText = lazy("请填写完整，或三项都留空")

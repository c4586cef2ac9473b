import pytest

from app.core import modules, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.permissions import Role, all_permissions, can, roles_holding
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.admin import actions, values
from app.features.admin.enums import AdminPerm
from app.features.people.directory import matrix
from app.features.quotations.enums import QuotationPerm
from app.features.seals.enums import SealPerm
from tests import factories


def change_settings(person, **typed):
    with unit_of_work():
        return actions.change_settings(
            actor=factories.actor(person),
            typed={key.replace("__", "."): value for key, value in typed.items()},
        )


def change_matrix(person, **wanted):
    by_code = {str(code): roles for code, roles in wanted.get("wanted", {}).items()}
    with unit_of_work():
        return actions.change_matrix(actor=factories.actor(person), wanted=by_code)


def sentences():
    return [timeline.describe(event) for event in session.query(Event).order_by(Event.seq)]


def test_each_changed_setting_is_an_event_with_old_and_new_in_words(administrator, manager):
    assert (
        change_settings(
            administrator,
            company__name="润禾",
            quotations__effect="binding",
            quotations__second_approver=str(manager.id),
            quotations__leader_limit="２0万",
        )
        == 3
    )
    said = sentences()
    assert "设置“公司名称”：— → 润禾" in said
    assert f"设置“第二审批人”：— → {manager.name}" in said
    assert settings.get("quotations.second_approver") == manager.id
    assert settings.get("quotations.leader_limit") == "200000"


def test_a_setting_that_stays_is_no_event(administrator):
    change_settings(administrator, company__name="润禾")
    assert change_settings(administrator, company__name="润禾") == 0
    assert len(sentences()) == 1


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("quotations.validity_days", "abc"),
        ("quotations.validity_days", "1.5"),
        ("quotations.validity_days", "-1"),
        ("quotations.validity_days", "99999999"),
        ("quotations.leader_limit", "NaN"),
        ("quotations.leader_limit", "1e400"),
        ("quotations.leader_limit", "-5"),
        ("quotations.effect", "forged"),
        ("quotations.second_approver", "999"),
        ("quotations.second_approver", "x" * 20),
        ("company.name", "长" * 81),
        ("company.name", "长" * 501),
        ("verification.public_url", "javascript:alert(1)"),
        ("verification.public_url", "hy.example.com"),
        ("verification.public_url", "https://hy.example.com/?a=1"),
        ("people.remember_days", "91"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_stored(administrator, key, typed):
    with pytest.raises(Invalid) as refusal:
        change_settings(administrator, **{key: typed, "company.short_name": "润禾"})
    assert list(refusal.value.fields) == [key]
    assert settings.get("company.short_name") == ""
    assert sentences() == []


def test_a_second_approver_who_left_is_refused(administrator):
    gone = factories.user(name="离职", staff_number="g1", active=False)
    with pytest.raises(Invalid):
        change_settings(administrator, quotations__second_approver=str(gone.id))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_changes_settings_modules_or_rights(role):
    person = factories.user(name="某人", staff_number="z1", roles=[role])
    with pytest.raises(Denied):
        change_settings(person, company__name="x")
    with pytest.raises(Denied), unit_of_work():
        actions.change_modules(actor=factories.actor(person), preset="full", switches={})
    with pytest.raises(Denied):
        change_matrix(person)


def test_modules_follow_the_preset_unless_switched(administrator):
    key = next(module.key for module in modules.registered() if module.preset == modules.ESSENTIAL)
    assert modules.is_on(key)
    with unit_of_work():
        changed = actions.change_modules(
            actor=factories.actor(administrator), preset="full", switches={key: False, "unknown": True}
        )
    assert changed == 2
    assert not modules.is_on(key)
    assert settings.get("modules.switches") == {key: False}
    with unit_of_work():
        actions.change_modules(actor=factories.actor(administrator), preset="full", switches={})
    assert modules.is_on(key)
    assert sentences()[0] == "功能组合改为全部"
    assert sentences()[1].startswith("停用功能")
    assert sentences()[2].endswith("改为随组合")


def test_an_unknown_preset_is_refused(administrator):
    with pytest.raises(Invalid), unit_of_work():
        actions.change_modules(actor=factories.actor(administrator), preset="everything", switches={})


def test_a_right_given_and_taken_are_two_events_and_work_at_once(administrator, salesperson):
    wanted = {AdminPerm.AUDIT: {Role.ADMINISTRATOR, Role.SALESPERSON}}
    assert change_matrix(administrator, wanted=wanted) == 3
    assert can(factories.actor(salesperson), AdminPerm.AUDIT)
    assert sorted(sentences()) == [
        "取消公司主管领导的权限“查阅操作日志”",
        "取消用印审计的权限“查阅操作日志”",
        "给销售员加上权限“查阅操作日志”",
    ]


def test_only_what_differs_from_the_defaults_is_stored(administrator):
    default = roles_holding(AdminPerm.AUDIT)
    change_matrix(administrator, wanted={AdminPerm.AUDIT: default | {Role.FINANCE}})
    assert list(matrix()) == [str(AdminPerm.AUDIT)]
    change_matrix(administrator, wanted={AdminPerm.AUDIT: default})
    assert matrix() == {}


@pytest.mark.parametrize(
    "info", [info for info in all_permissions() if info.approval], ids=lambda info: info.code
)
def test_the_administrator_never_holds_a_business_approval(administrator, info):
    with pytest.raises(Conflict) as refusal:
        change_matrix(administrator, wanted={info.code: info.defaults | {Role.ADMINISTRATOR}})
    assert refusal.value.code == "admin:approval-locked"
    assert matrix() == {}


def test_an_administrator_gives_no_approval_to_a_role_of_his_own():
    person = factories.user(name="双岗", staff_number="a2", roles=[Role.ADMINISTRATOR, Role.SALESPERSON])
    with pytest.raises(Conflict) as refusal:
        change_matrix(person, wanted={QuotationPerm.REVIEW: {Role.MANAGER, Role.SALESPERSON}})
    assert refusal.value.code == "admin:own-role"


def test_no_role_both_manages_seals_and_audits_their_use(administrator):
    with pytest.raises(Conflict) as refusal:
        change_matrix(administrator, wanted={SealPerm.AUDIT: {Role.SEAL_MANAGER, Role.SEAL_AUDITOR}})
    assert refusal.value.code == "admin:seal-pair"


@pytest.mark.parametrize("code", actions.KEPT_BY_ADMINISTRATOR)
def test_the_administrator_cannot_lock_everybody_out(administrator, code):
    with pytest.raises(Conflict) as refusal:
        change_matrix(administrator, wanted={code: {Role.LEADER}})
    assert refusal.value.code == "admin:nobody-left"


def test_events_of_settings_and_rights_that_are_gone_still_read(administrator):
    with unit_of_work():
        for verb, data in (
            ("settings:change", {"key": "gone.setting", "old": 1, "new": 2}),
            ("roles:give", {"role": "manager", "permission": "gone:right"}),
            ("modules:on", {"module": "gone"}),
        ):
            timeline.record("installation", 1, verb, factories.actor(administrator), data=data)
    assert sentences() == [
        "设置“gone.setting”：1 → 2",
        "给部门经理加上权限“gone:right”",
        "启用功能 gone",
    ]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("boolean", True, "是"),
        ("boolean", False, "否"),
        ("text", "", "—"),
        ("choice", "b", "乙"),
        ("choice", "gone", "gone"),
        ("choices", ["a", "b"], "甲、乙"),
        ("person", 77, "77"),
    ],
)
def test_values_are_shown_in_words(kind, value, text):
    setting = settings.Setting("x", kind, None, "x", choices=(("a", "甲"), ("b", "乙")))  # type: ignore[arg-type]
    assert values.shown(setting, value) == text


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("boolean", "y", True),
        ("boolean", "", False),
        ("choices", ["a", "forged"], ["a"]),
        ("choice", "a", "a"),
        ("long_text", " 两行\n文字 ", "两行\n文字"),
        ("number", "１２", 12),
        ("amount", "1,234.50", "1234.50"),
        ("person", "", None),
    ],
)
def test_values_are_read_as_typed(kind, typed, value):
    setting = settings.Setting("x", kind, None, "x", choices=(("a", "甲"),))  # type: ignore[arg-type]
    assert values.read(setting, typed) == (value, None)

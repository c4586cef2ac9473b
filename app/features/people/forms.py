"""Forms of the people feature: shape and types only."""

from app.core.i18n import lazy
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateField,
    EditForm,
    PasswordField,
    TextField,
)

NAME_LENGTH = 40
NUMBER_LENGTH = 20


class LoginForm(BaseForm):
    """Sign in."""

    login = TextField(lazy("姓名或工号"), required=True, longest=80)
    password = PasswordField(lazy("密码"))
    remember = CheckField(lazy("在这台设备上记住我"))


class ConfirmForm(BaseForm):
    """The password again, for seal, roles and exports on a remembered device."""

    password = PasswordField(lazy("密码"))


class InitialPasswordForm(BaseForm):
    """The first password of one's own."""

    password = PasswordField(lazy("新密码"))
    again = PasswordField(lazy("再输入一次"))


class ChangePasswordForm(InitialPasswordForm):
    """A new password, with the old one."""

    old = PasswordField(lazy("现在的密码"))


class OwnDataForm(EditForm):
    """What a person keeps up to date about themselves."""

    phone = TextField(lazy("电话"), longest=40)
    email = TextField(lazy("邮箱"), longest=120)


class PersonForm(EditForm):
    """An account."""

    staff_number = TextField(lazy("工号"), required=True, longest=NUMBER_LENGTH)
    name = TextField(lazy("姓名"), required=True, longest=NAME_LENGTH)
    department_id = ChoiceField(lazy("部门"), coerce=int)
    position = TextField(lazy("职务"), longest=40)
    phone = TextField(lazy("电话"), longest=40)
    email = TextField(lazy("邮箱"), longest=120)


class NewPersonForm(CreationForm):
    """A new account with its initial password."""

    staff_number = TextField(lazy("工号"), required=True, longest=NUMBER_LENGTH)
    name = TextField(lazy("姓名"), required=True, longest=NAME_LENGTH)
    department_id = ChoiceField(lazy("部门"), coerce=int)
    position = TextField(lazy("职务"), longest=40)
    phone = TextField(lazy("电话"), longest=40)
    email = TextField(lazy("邮箱"), longest=120)
    password = PasswordField(lazy("初始密码"))


class ResetPasswordForm(BaseForm):
    """A new initial password."""

    password = PasswordField(lazy("初始密码"))


class RoleForm(CreationForm):
    """A role for a person."""

    role = ChoiceField(lazy("角色"), required=True)
    department_id = ChoiceField(lazy("部门"), coerce=int, blank=lazy("全公司"))
    with_children = CheckField(lazy("包括下级部门"), default=True)
    from_date = DateField(lazy("开始日期"), required=True)
    to_date = DateField(lazy("结束日期"))


class DepartmentForm(CreationForm):
    """A new department."""

    name = TextField(lazy("名称"), required=True, longest=NAME_LENGTH)
    parent_id = ChoiceField(lazy("上级部门"), coerce=int)


class EditDepartmentForm(EditForm):
    """Name and place of a department."""

    name = TextField(lazy("名称"), required=True, longest=NAME_LENGTH)
    parent_id = ChoiceField(lazy("上级部门"), coerce=int)


class DelegationForm(CreationForm):
    """Who acts for me, from when to when."""

    to_user_id = ChoiceField(lazy("受托人"), coerce=int, required=True)
    from_date = DateField(lazy("开始日期"), required=True)
    to_date = DateField(lazy("结束日期"), required=True)
    note = TextField(lazy("说明"), longest=100)

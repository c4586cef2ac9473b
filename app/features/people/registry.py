"""What the people feature adds to the platform: permissions, verbs, sentences, its directory."""

from app.core import permissions, sentences, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import EVERY_ROLE, ROLE_LABELS, Role
from app.features.people.directory import PeopleDirectory
from app.features.people.enums import PeoplePerm, PeopleVerb

permissions.register_permissions(
    PeoplePerm,
    {
        PeoplePerm.VIEW: (lazy("查看通讯录"), EVERY_ROLE),
        PeoplePerm.MANAGE: (lazy("管理人员和部门"), {Role.PEOPLE, Role.ADMINISTRATOR}),
        PeoplePerm.MANAGE_ROLES: (lazy("分配角色、重置密码"), {Role.ADMINISTRATOR}),
        PeoplePerm.DELEGATE: (lazy("委托他人代办"), EVERY_ROLE),
    },
)

# In the smallest preset the directory is an entry of those alone who keep it; names lead there for everybody.

sentences.register(
    {
        "people:wrong-password": lazy("账号或密码不对。重名的同事请用工号登录；忘记密码请找系统管理员"),
        "people:only-own": lazy("只能修改本人的账号"),
        "people:not-oneself": lazy("不能停用自己的账号，请另一位管理员操作"),
        "people:open-matters": lazy("请先移交再停用账号：%(what)s"),
        "people:not-for-oneself": lazy("不能给自己分配“%(role)s”，请另一位管理员操作"),
        "people:role-over": lazy("这个角色已经结束"),
        "people:last-administrator": lazy("这是最后一位系统管理员，请先指定另一位"),
        "people:delegation-over": lazy("这项委托已经结束或收回"),
    }
)


def _role_words(data: dict[str, str]) -> dict[str, object]:
    return {"role": ROLE_LABELS[Role(data["role"])], "department": data["department"] or lazy("全公司")}


def _verb(
    code: PeopleVerb, sentence: object, fields: tuple[str, ...] = (), **options: object
) -> timeline.Verb:
    return timeline.Verb(str(code), sentence, frozenset(fields), **options)  # type: ignore[arg-type]


timeline.register_verbs(
    _verb(PeopleVerb.CREATE, lazy("开通账号：%(name)s"), ("name",)),
    _verb(PeopleVerb.EDIT, lazy("修改人员资料")),
    _verb(PeopleVerb.RESET_PASSWORD, lazy_in_context("event", "重置密码"), tone="warn"),
    _verb(PeopleVerb.CHANGE_PASSWORD, lazy("修改本人密码")),
    _verb(PeopleVerb.DEACTIVATE, lazy_in_context("event", "停用账号"), tone="bad"),
    _verb(PeopleVerb.ACTIVATE, lazy_in_context("event", "恢复账号")),
    _verb(
        PeopleVerb.ASSIGN_ROLE,
        lazy("分配角色：%(role)s（%(department)s）"),
        ("role", "department"),
        render=_role_words,
    ),
    _verb(
        PeopleVerb.END_ROLE,
        lazy("结束角色：%(role)s（%(department)s）"),
        ("role", "department"),
        render=_role_words,
    ),
    _verb(
        PeopleVerb.DELEGATE,
        lazy("委托%(to)s代办，%(from_date)s 至 %(to_date)s"),
        ("to", "from_date", "to_date"),
    ),
    _verb(PeopleVerb.REVOKE_DELEGATION, lazy("收回对%(to)s的委托"), ("to",)),
    _verb(PeopleVerb.SIGN_OUT_EVERYWHERE, lazy_in_context("event", "退出全部设备")),
    _verb(PeopleVerb.DEPARTMENT_CREATE, lazy("新增部门：%(name)s"), ("name",)),
    _verb(PeopleVerb.DEPARTMENT_EDIT, lazy_in_context("event", "修改部门")),
)
timeline.register_field_labels(
    {
        "user.staff_number": lazy("工号"),
        "user.name": lazy("姓名"),
        "user.position": lazy("职务"),
        "user.phone": lazy("电话"),
        "user.email": lazy("邮箱"),
        "user.department_id": lazy("部门"),
        "department.name": lazy("名称"),
        "department.parent_id": lazy("上级部门"),
    }
)
permissions.use_directory(PeopleDirectory())

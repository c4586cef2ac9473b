"""What the pages of seals take."""

from wtforms import FileField

from app.core.i18n import lazy
from app.features.seals.enums import FORM_LABELS, KIND_LABELS, PURPOSE_LINES, SealForm
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    EditForm,
    LongTextField,
    PasswordField,
    RadioField,
    TextField,
    WholeNumberField,
)

PURPOSES = list(dict.fromkeys(line for lines in PURPOSE_LINES.values() for line in lines if line))


class EntityFields(BaseForm):
    """The particulars of a company."""

    name = TextField(lazy("公司全称"), required=True, longest=80)
    short_name = TextField(lazy("公司简称"), longest=40)
    credit_code = TextField(lazy("统一社会信用代码"), required=True, longest=18)
    address = TextField(lazy("地址"), longest=200)
    phone = TextField(lazy("电话"), longest=40)
    fax = TextField(lazy("传真"), longest=40)
    email = TextField(lazy("邮箱"), longest=120)
    bank = TextField(lazy("开户银行"), longest=120)
    bank_account = TextField(lazy("银行账号"), longest=40)


class NewEntityForm(EntityFields, CreationForm):
    """A company to register."""


class EditEntityForm(EntityFields, EditForm):
    """A company to change."""

    active = CheckField(lazy("启用"))


class SealRegistrationForm(CreationForm):
    """A seal to register."""

    legal_entity_id = ChoiceField(lazy("公司主体"), coerce=int, required=True, blank=None)
    kind = ChoiceField(lazy("类别"), choices=list(KIND_LABELS.items()), required=True, blank=None)
    form = RadioField(
        lazy("形式"),
        choices=list(FORM_LABELS.items()),
        required=True,
        default=str(SealForm.DRAWN),
        id="seal-form",
    )
    purpose = ChoiceField(
        lazy("印文用途"),
        choices=[(line, line) for line in PURPOSES],
        blank=lazy("与类别相同，不带编号"),
        render_kw={"lang": "zh-Hans"},
    )
    filed_number = TextField(lazy("备案编号"), longest=20)
    diameter = WholeNumberField(lazy("直径（毫米）"), required=True, least=20, most=60, default=42)
    keeper_id = ChoiceField(lazy("保管人"), coerce=int, required=True)


class SealActsForm(BaseForm):
    """What is done with one seal; each act stands on a form of its own on the page."""

    confirmed = CheckField(lazy("公司授权系统打印此章"))
    keeper_id = ChoiceField(lazy("保管人"), coerce=int)
    reason = LongTextField(lazy("停用原因"), longest=500)


class KeyForm(BaseForm):
    """A PKCS#12 file with its passphrase, and the person's own password once more."""

    file = FileField(lazy("证书文件"))
    passphrase = PasswordField(lazy("证书口令"), required=False)
    password = PasswordField(lazy("登录密码"))

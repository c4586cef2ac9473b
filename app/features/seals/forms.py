"""What the pages of seals take."""

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.features.seals.enums import (
    CONDITION_LABELS,
    FORM_LABELS,
    KIND_LABELS,
    MODE_LABELS,
    PAPER_KIND_LABELS,
    PURPOSE_LINES,
    SealForm,
    UseMode,
)
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateTimeField,
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
        name="seal_form",
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


class UseRequestForm(CreationForm):
    """A wet seal asked for; what a document says of itself (kind, title, pages) is not asked again."""

    seal_id = ChoiceField(lazy("印章"), coerce=int, required=True)
    paper_kind = ChoiceField(lazy("文件类别"), choices=list(PAPER_KIND_LABELS.items()), required=True)
    title = TextField(lazy("文件名称"), required=True, longest=200)
    pages = WholeNumberField(lazy("每份页数"), required=True, least=1, most=2_000, default=1)
    copies = WholeNumberField(lazy("份数"), required=True, least=1, most=100, default=1)
    impressions = WholeNumberField(lazy("印数合计"), required=True, least=1, most=1_000, default=1)
    split_seal = CheckField(lazy("加盖骑缝章"))
    purpose = TextField(lazy("用途"), required=True, longest=200)
    mode = RadioField(
        lazy("用印方式"),
        choices=list(MODE_LABELS.items()),
        required=True,
        default=str(UseMode.STAMP),
        id="use-mode",
    )
    destination = TextField(lazy("带往何处"), longest=200)


class StampForm(EditForm):
    """The keeper compares the paper item by item, and counts what was pressed."""

    compared_title = CheckField(lazy("文件名称与申请一致"))
    compared_number = CheckField(lazy("编号与申请一致"))
    compared_revision = CheckField(lazy("版次和内容摘要与申请一致"))
    compared_pages = CheckField(lazy("页数与申请一致，没有空白签章页"))
    copies = WholeNumberField(lazy("实盖份数"), required=True, least=1, most=100)
    impressions = WholeNumberField(lazy("实盖印数"), required=True, least=1, most=1_000)
    file = FileField(lazy("盖章照片"))

    @property
    def compared(self) -> bool:
        """Whether every item was ticked."""
        return all(field.data for field in self if field.name.startswith("compared_"))


class HandOverForm(EditForm):
    """Who goes with the seal, and when it is back."""

    first = ChoiceField(lazy("同行人"), coerce=int, required=True)
    second = ChoiceField(lazy("另一同行人"), coerce=int, required=True)
    due_back = DateTimeField(lazy("归还时间"), required=True, end_of_day=True)


class ReturnForm(EditForm):
    """How the seal came back, and what was pressed with it outside."""

    condition = RadioField(
        lazy("印章状况"), choices=list(CONDITION_LABELS.items()), required=True, id="seal-condition"
    )
    copies = WholeNumberField(lazy("实盖份数"), required=True, least=0, most=100)
    impressions = WholeNumberField(lazy("实盖印数"), required=True, least=0, most=1_000)


class FilingForm(EditForm):
    """The scan of what was stamped, and where the originals went."""

    file = FileField(lazy("盖章页扫描件或照片"))
    originals = LongTextField(lazy("原件去向"), required=True, longest=500)

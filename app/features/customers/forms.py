"""Forms of customers."""

import re
from typing import Any

import wtforms

from app.core.i18n import lazy
from app.features.customers.actions import CustomerValues
from app.features.customers.contacts import ContactValues
from app.features.customers.enums import KIND_LABELS, LEVEL_LABELS, CustomerKind
from app.features.customers.models import Customer, CustomerContact
from app.web import forms

CREDIT_CODE = re.compile("[0-9A-Z]{15}|[0-9A-Z]{18}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"[0-9+()\-\s,，、/转*#;；（）—－]{3,40}")


def looks_like_phone(form: Any, field: wtforms.Field) -> None:
    """Refuse letters in a telephone number."""
    if field.data and not PHONE.fullmatch(field.data):
        raise wtforms.ValidationError(str(lazy("电话只能有数字、空格、横线和括号，例如 025-8888 1234")))


class CustomerFields:
    """What is typed about a customer, new or not."""

    name = forms.TextField(lazy("客户全称"), required=True, longest=120)
    short_name = forms.TextField(lazy("简称"), longest=40)
    kind = forms.RadioField(
        lazy("客户类型"),
        choices=list(KIND_LABELS.items()),
        required=True,
        default=CustomerKind.END_USER.value,
    )
    region = forms.TextField(lazy("区域"), longest=80)
    contact_name = forms.TextField(lazy("联系人"), longest=80)
    contact_phone = forms.TextField(lazy("联系电话"), [looks_like_phone], longest=40)
    phone = forms.TextField(lazy("单位电话"), [looks_like_phone], longest=40)
    credit_code = forms.TextField(lazy("统一社会信用代码"), longest=40)
    address = forms.TextField(lazy("详细地址"))
    payment_terms = forms.TextField(lazy("付款方式与账期"))
    accept_similar = forms.CheckField(lazy("不是同一家客户，仍然保存"))

    def validate_credit_code(self, field: wtforms.Field) -> None:
        """Bring the code into its one form; refuse what has not its length."""
        field.data = re.sub(r"[\s\-]", "", field.data or "").upper()
        if field.data and not CREDIT_CODE.fullmatch(field.data):
            raise wtforms.ValidationError(str(lazy("统一社会信用代码应为 18 位数字和大写字母")))

    @property
    def values(self) -> CustomerValues:
        """The typed values for the actions."""
        typed = {key: field.data for key, field in self._fields.items()}  # type: ignore[attr-defined]
        typed["level"] = typed.get("level") or ""
        return CustomerValues(
            **{key: typed[key] for key in CustomerValues.__dataclass_fields__ if key in typed}
        )

    @property
    def asks_about_similar(self) -> bool:
        """Whether to show the tick by which a similar customer is accepted."""
        return bool(self.accept_similar.errors or self.accept_similar.data)


class LaterFields:
    """What is known of a customer after a while only: the first form asks for ten things at most."""

    level = forms.ChoiceField(lazy("客户等级"), choices=list(LEVEL_LABELS.items()), default="")
    notes = forms.LongTextField(lazy("备注"))


class NewCustomerForm(CustomerFields, forms.CreationForm):
    """A new customer; class and notes come later."""


class CustomerForm(CustomerFields, LaterFields, forms.EditForm):
    """A change of a customer."""


class DeactivateForm(forms.EditForm):
    """Why a customer is no longer used."""

    reason = forms.LongTextField(lazy("停用原因"), required=True, longest=500)


class ContactFields:
    """What is typed about a contact, new or not."""

    name = forms.TextField(lazy("姓名"), required=True, longest=80)
    position = forms.TextField(lazy("职务"), longest=80)
    phone = forms.TextField(lazy("电话"), [looks_like_phone], longest=40)
    email = forms.TextField(lazy("邮箱"), longest=120)
    note = forms.TextField(lazy("备注"), longest=300)
    main = forms.CheckField(lazy("主要联系人，询价和报价默认写这一位"), id="main-contact")

    def validate_email(self, field: wtforms.Field) -> None:
        """Refuse what cannot be an address."""
        if field.data and not EMAIL.fullmatch(field.data):
            raise wtforms.ValidationError(str(lazy("邮箱应为 name@example.com 的样式")))

    @property
    def values(self) -> ContactValues:
        """The typed values for the actions."""
        typed = {key: field.data for key, field in self._fields.items()}  # type: ignore[attr-defined]
        return ContactValues(**{key: typed[key] for key in ContactValues.__dataclass_fields__})


class NewContactForm(ContactFields, forms.CreationForm):
    """A new contact."""


class ContactForm(ContactFields, forms.EditForm):
    """A change of a contact."""


class RemoveContactForm(forms.EditForm):
    """That a contact is to be removed."""


class HandOverForm(forms.CreationForm):
    """To whom customers go; ``version`` is that of a single one, many carry theirs with each tick."""

    version = forms.VersionField()
    owner_id = forms.ChoiceField(lazy("移交给"), coerce=int, required=True)
    note = forms.LongTextField(lazy("说明"), longest=500)


def filled_from(customer: Customer) -> CustomerForm:
    """Return the form of a customer as they are."""
    form = CustomerForm(obj=customer)
    form.version.data = customer.version
    return form


def filled_from_contact(contact: CustomerContact) -> ContactForm:
    """Return the form of a contact as they are."""
    form = ContactForm(obj=contact)
    form.version.data = contact.version
    return form

"""The forms of inquiries: registration, the manager's decision, answers, and the steps that ask for something."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf.file import FileField
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, ValidationError

from app.core import clock, settings, workdays
from app.core.db import LARGEST_ID
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.customers import queries as customers
from app.features.customers.models import Customer
from app.features.inquiries.actions import LineInput, PurchasingInput, default_deadline
from app.features.inquiries.enums import (
    CAUSE_LABELS,
    CHANNEL_LABELS,
    DECLINE_LABELS,
    KIND_LABELS,
    PRICE_SOURCE_LABELS,
    PURCHASE_KIND_LABELS,
    InquiryChannel,
    InquiryKind,
    PurchaseKind,
    Subject,
)
from app.features.inquiries.models import Inquiry, InquiryLine, PurchasingAnswer
from app.features.inquiries.pasting import TABLE
from app.features.inquiries.reporting import find_customer
from app.features.products import line_column, matching
from app.web import pasting
from app.web.fields import clean_text
from app.web.forms import (
    DAYS,
    AmountField,
    ChoiceField,
    CreationForm,
    DateField,
    DateTimeField,
    EditForm,
    LineForm,
    Lines,
    LongTextField,
    QuantityField,
    TaxRateField,
    TextField,
    UnitPriceField,
    WholeNumberField,
)
from app.web.lines import rows_to_add
from app.web.pasting import PasteView

# A select of more customers than this helps nobody; the chosen one is always among them.
MOST_CUSTOMERS = 1_000
DEFAULT_TAX_RATE = Decimal(13)
CURRENCIES = ("CNY", "USD", "EUR", "JPY")
REASON_LENGTH = 1_000


class PositiveQuantityField(QuantityField):
    """A quantity above zero."""

    def read(self, text: str) -> Decimal:
        """Return the quantity or raise ValueError with the sentence."""
        quantity = super().read(text)
        if quantity <= 0:
            raise ValueError(self.say(lazy("%(label)s须大于 0")))
        return quantity


class InquiryLineForm(LineForm):
    """One line of an inquiry."""

    presets = ("product_id", "unmatched_code")

    id = HiddenField()
    name = TextField(lazy("名称"), required=True, longest=120)
    model = TextField(lazy("型号"), longest=120)
    spec = TextField(lazy("规格要求"), longest=500)
    quantity = PositiveQuantityField(lazy("数量"), required=True)
    unit = TextField(lazy("单位"), required=True, longest=20)
    note = TextField(lazy("备注"), longest=500)
    product_id = WholeNumberField(lazy("产品"), least=1, most=LARGEST_ID)
    unmatched_code = TextField(lazy("价目表产品"), longest=40)


LINE_COLUMNS: Sequence[dict[str, Any]] = (
    {"name": "name", "label": lazy("名称"), "size": "l", "required": True},
    {"name": "model", "label": lazy("型号"), "size": "m"},
    {"name": "spec", "label": lazy("规格要求"), "size": "l"},
    {"name": "quantity", "label": lazy("数量"), "kind": "number", "size": "xs", "required": True},
    {"name": "unit", "label": lazy("单位"), "size": "xs", "required": True},
    {"name": "note", "label": lazy("备注"), "size": "m"},
)


def line_inputs(lines: Lines[InquiryLineForm], stored: Sequence[InquiryLine] = ()) -> list[LineInput]:
    """Return the typed lines; one that stood before keeps its product where none was chosen."""
    known = {line.id: line for line in stored}
    found = []
    for row in lines.data:
        text = str(row.pop("id") or "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        before = known.get(number) if number is not None else None
        if row["product_id"] is None and before is not None:
            row["product_id"] = before.product_id
        found.append(LineInput(**row, id=before.id if before is not None else None))
    return found


def line_table(
    lines: Lines[InquiryLineForm], stored: Sequence[InquiryLine] = (), paste: PasteView | None = None
) -> dict[str, Any]:
    """Return what the page of a form shows of its lines: the table with their products, and what may be pasted."""
    found = matching.matches(line_inputs(lines, stored))
    rows = line_column.beside(lines.shown(rows_to_add(request.form)), found)
    return {
        "line_columns": [*LINE_COLUMNS, *line_column.columns(rows)],
        "line_rows": rows,
        "line_errors": lines.errors,
        "removed": lines.removed,
        "problems": lines.problems,
        "paste": paste or pasting.kept(TABLE, request.form),
    }


class HeadFields:
    """The head of an inquiry, the same when it is registered and when a draft is changed."""

    customer_id = ChoiceField(lazy("客户"), required=True, coerce=int, blank=lazy("请选择客户"))
    kind = ChoiceField(
        lazy("类别"),
        required=True,
        blank=None,
        choices=tuple(KIND_LABELS.items()),
        default=InquiryKind.INQUIRY,
    )
    channel = ChoiceField(
        lazy("渠道"),
        required=True,
        blank=None,
        choices=tuple(CHANNEL_LABELS.items()),
        default=InquiryChannel.PHONE,
    )
    received_at = DateTimeField(lazy("收到时间"), required=True)
    deadline = DateTimeField(lazy("答复期限"), required=True, end_of_day=True)
    opening_at = DateTimeField(lazy("开标时间"))
    summary = LongTextField(lazy("询价内容"), longest=10_000)
    project = TextField(lazy("项目或对方编号"), longest=200)
    contact_name = TextField(lazy("联系人"), longest=80)
    contact_phone = TextField(lazy("联系电话"), longest=40)


class RegisterForm(HeadFields, CreationForm):
    """A new inquiry."""


class ChangeForm(HeadFields, EditForm):
    """A draft being changed."""


def new_form(actor: Actor, customer_id: int | None = None) -> RegisterForm:
    """Return the first form of a new inquiry: received now, due in two working days, by phone."""
    now = clock.now().replace(second=0, microsecond=0)
    form = RegisterForm(received_at=now, deadline=default_deadline(now), customer_id=customer_id)
    if form.customer_id.data is None and (typed := request.form.get("customer", "").strip()):
        known = find_customer(actor, typed)
        form.customer_id.data = known.id if known is not None else None
    offer_customers(form, actor)
    return form


def change_form(actor: Actor, inquiry: Inquiry) -> ChangeForm:
    """Return the form of a draft."""
    form = ChangeForm(obj=inquiry)
    offer_customers(form, actor, inquiry.customer)
    return form


def offer_customers(form: Any, actor: Actor, present: Customer | None = None) -> None:
    """Give the form the customers the actor may choose, the present one and the chosen one among them."""
    choices = [
        (option.id, f"{option.name} {option.number}")
        for option in customers.options(actor, "", limit=MOST_CUSTOMERS)
    ]
    listed = {code for code, _label in choices}
    if present is not None and present.id not in listed:
        choices.insert(0, (present.id, f"{present.name} {present.number}"))
    wanted = form.customer_id.data
    if wanted is not None and wanted not in listed and len(choices) >= MOST_CUSTOMERS:
        with suppress(NotVisible):
            chosen = customers.get(actor, wanted)
            choices.append((chosen.id, f"{chosen.name} {chosen.number}"))
    form.customer_id.choices = choices


class StepForm(EditForm):
    """A step that asks for no more than a note."""

    note = LongTextField(lazy("说明"), longest=REASON_LENGTH)


class DecideForm(StepForm):
    """The manager takes part; which line goes to which department is read beside this form."""

    answers_due_at = DateTimeField(lazy("技术、采购答复期限"), end_of_day=True)


class DeclineForm(EditForm):
    """The manager does not take part: a reason of the list, and in words."""

    decline_reason = ChoiceField(lazy("原因"), required=True, choices=tuple(DECLINE_LABELS.items()))
    note = LongTextField(lazy("具体说明"), required=True, longest=REASON_LENGTH)


class SubmitForm(StepForm):
    """The offer was handed over."""

    delivered_how = TextField(lazy("递交方式"), required=True, longest=200)


class LossForm(EditForm):
    """The customer bought elsewhere; what there is to say about it is asked once."""

    loss_cause = ChoiceField(lazy("未成交原因"), required=True, choices=tuple(CAUSE_LABELS.items()))
    lost_reason = LongTextField(lazy("具体说明"), longest=2_000)
    competitor = TextField(lazy("竞争对手"), longest=120)
    competitor_price = AmountField(lazy("对手报价"))
    price_source = ChoiceField(lazy("怎样得知对手报价"), choices=tuple(PRICE_SOURCE_LABELS.items()))
    price_source_note = TextField(lazy("途径说明"), longest=300)


STEP_FORMS: dict[str, type[EditForm]] = {
    "decide": DecideForm,
    "decline": DeclineForm,
    "submit": SubmitForm,
    "loss": LossForm,
}


class TechnicalForm(CreationForm):
    """The technical department's answer to one line."""

    model = TextField(lazy("可供型号"), required=True, longest=120)
    parameters = LongTextField(lazy("参数"), longest=5_000)
    deviation = LongTextField(lazy("偏差说明"), longest=5_000)
    file = FileField(lazy("图纸或样本"))


class PurchasingForm(CreationForm):
    """Purchasing's answer to one line: three fields to type, the others known from the last answer."""

    price = UnitPriceField(lazy("含税采购价"), required=True)
    lead_time_days = WholeNumberField(lazy("交货期（天）"), required=True, least=0, most=3_650, units=DAYS)
    valid_until = DateField(lazy("有效期至"), required=True)
    source = TextField(lazy("供应商"), required=True, longest=120)
    kind = ChoiceField(lazy("类别"), required=True, blank=None, choices=tuple(PURCHASE_KIND_LABELS.items()))
    price_unit = TextField(lazy("计价单位"), required=True, longest=20)
    tax_rate = TaxRateField(lazy("税率"), required=True)
    quoted_on = DateField(lazy("报价日期"), required=True)
    currency = ChoiceField(
        lazy("币种"), required=True, blank=None, choices=tuple((code, code) for code in CURRENCIES)
    )
    material = TextField(lazy("材质"), longest=120)
    minimum_order = TextField(lazy("起订量"), longest=80)
    note = TextField(lazy("备注"), longest=500)
    file = FileField(lazy("报价单或聊天截图"))

    def values(self) -> PurchasingInput:
        """Return the answer as the action takes it."""
        return PurchasingInput(
            **{name: self._fields[name].data for name in PurchasingInput.__dataclass_fields__}
        )


FIRST_FIELDS = ("price", "lead_time_days", "valid_until", "source")
MORE_FIELDS = tuple(name for name in PurchasingInput.__dataclass_fields__ if name not in FIRST_FIELDS)


def purchasing_defaults(line: InquiryLine, last: PurchasingAnswer | None) -> dict[str, Any]:
    """Return what the purchasing form knows beforehand: from the last answer, else the usual."""
    today = clock.today()
    return {
        "valid_until": today + timedelta(days=int(settings.get("inquiries.answer_validity_days"))),
        "quoted_on": today,
        "source": last.source if last else "",
        "kind": last.kind if last else PurchaseKind.BOUGHT_PART,
        "price_unit": last.price_unit if last and last.line_id == line.id else line.unit,
        "tax_rate": last.tax_rate if last else DEFAULT_TAX_RATE,
        "currency": last.currency if last else CURRENCIES[0],
        "material": last.material if last and last.line_id == line.id else "",
        "minimum_order": last.minimum_order if last and last.line_id == line.id else "",
    }


class WaiveForm(EditForm):
    """The manager lets a line go without an answer."""

    reason = LongTextField(lazy("免予答复的理由"), required=True, longest=REASON_LENGTH)


class UploadForm(CreationForm):
    """A file of the customer, about the whole inquiry or one line of it."""

    file = FileField(lazy("文件"))
    line_id = ChoiceField(lazy("关于"), coerce=int, blank=lazy("整份询价"))

    def validate_file(self, field: Field) -> None:
        """Ask for a file."""
        if not field.data:
            raise ValidationError(str(lazy("请选择要上传的文件")))


def customer_hint() -> Markup:
    """Return the way to a customer who is not in the list yet."""
    link = Markup('<a href="{}">{}</a>').format("/customers/new", _("新建客户"))
    return Markup("{} {}").format(_("列表中没有？"), link)


def upload_form(inquiry: Inquiry) -> UploadForm:
    """Return the upload of an inquiry's page."""
    form = UploadForm()
    form.line_id.choices = [
        (line.id, _("第 %(position)s 项 %(name)s", position=line.position, name=line.name))
        for line in inquiry.lines
    ]
    return form


@dataclass(frozen=True)
class DecideRow:
    """A line in the manager's decision, as it stands in the form."""

    line: InquiryLine
    technical: bool
    purchasing: bool
    question: str


QUESTION_LENGTH = 500
EVERY_LINE = "all"


def decide_rows(inquiry: Inquiry, posted: "MultiDict[str, str] | None" = None) -> list[DecideRow]:
    """Return the lines with what was asked about them before, or with what was just posted."""
    if posted is None:
        return [
            DecideRow(line, line.ask_technical, line.ask_purchasing, line.question) for line in inquiry.lines
        ]
    technical, purchasing = set(posted.getlist("technical")), set(posted.getlist("purchasing"))
    return [
        DecideRow(
            line,
            not technical.isdisjoint((str(line.id), EVERY_LINE)),
            not purchasing.isdisjoint((str(line.id), EVERY_LINE)),
            posted.get(f"question-{line.id}", ""),
        )
        for line in inquiry.lines
    ]


def question_problem(rows: Sequence[DecideRow]) -> str:
    """Return what is wrong with the typed questions, empty where nothing is."""
    for row in rows:
        position = row.line.position
        try:
            question = clean_text(row.question)
        except ValueError:
            return _("第 %(position)s 项的问题里有看不见的控制字符，请删除后重新输入", position=position)
        if len(question) > QUESTION_LENGTH:
            return _("第 %(position)s 项的问题最多 %(most)s 个字", position=position, most=QUESTION_LENGTH)
    return ""


def step_form(name: str, inquiry: Inquiry) -> EditForm:
    """Return the form of a step, made from the inquiry as it is now."""
    values: dict[str, Any] = {"version": inquiry.version}
    if name == "loss":
        # What was said when the quotation was lost is not asked for again.
        known = (
            "loss_cause",
            "lost_reason",
            "competitor",
            "competitor_price",
            "price_source",
            "price_source_note",
        )
        values |= {field: getattr(inquiry, field) for field in known}
    if name == "decide":
        values["answers_due_at"] = workdays.add_working_days(clock.now().replace(second=0, microsecond=0), 1)
    return STEP_FORMS[name](**values)


def step_data(form: EditForm, rows: Sequence[DecideRow]) -> dict[str, Any]:
    """Return what the step's effect reads: the fields of its form, and of a decision the lines put to others."""
    data = {field.name: field.data for field in form if field.name not in ("csrf_token", "version", "note")}
    if isinstance(form, DecideForm):
        data["technical"] = {row.line.id for row in rows if row.technical}
        data["purchasing"] = {row.line.id for row in rows if row.purchasing}
        data["questions"] = {row.line.id: clean_text(row.question) for row in rows}
        if not data["technical"] and not data["purchasing"]:
            data["answers_due_at"] = None
    return data


def answer_form(subject: Subject, line: InquiryLine, last: PurchasingAnswer | None) -> Any:
    """Return the form in which a department answers a line."""
    if subject == Subject.PURCHASING:
        return PurchasingForm(**purchasing_defaults(line, last))
    before = line.technical
    return TechnicalForm(
        model=before.model if before else line.model,
        parameters=before.parameters if before else line.spec,
        deviation=before.deviation if before else "",
    )


def waive_form(inquiry: Inquiry) -> WaiveForm:
    """Return the form of a waiver."""
    return WaiveForm(version=inquiry.version)

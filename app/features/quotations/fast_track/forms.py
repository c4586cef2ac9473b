"""Shape and types of what is typed on the fast track: a customer and lines; all else is known beforehand."""

from typing import Any

from wtforms import Field, ValidationError

from app.core.i18n import lazy
from app.features.inquiries.enums import CHANNEL_LABELS, InquiryChannel
from app.features.quotations.actions import HEAD_FIELDS
from app.features.quotations.enums import FREIGHT_LABELS, PAYMENT_LABELS, PaymentTerm
from app.features.quotations.forms import QuotationHead, QuotationLineForm
from app.features.quotations.terms.models import TERM_FIELDS
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateTimeField,
    EditForm,
    LineForm,
    QuantityField,
    TextField,
    VersionField,
)

# Folded away: filled from the customer's last offer and the settings where left empty.
TERMS = tuple(name for name in TERM_FIELDS if name != "payment_other")
HEAD = tuple(name for name in HEAD_FIELDS if name not in TERM_FIELDS)
TIMES = ("deadline", "channel", "received_at")


class OfferFields(QuotationHead):
    """One visible field beside the lines; the folded ones may all stay as they are."""

    customer = TextField(lazy("客户"), required=True, longest=120)
    accept_similar = CheckField(lazy("不是同一家，仍新建客户"))
    payment_term = ChoiceField(
        lazy("付款方式"),
        choices=tuple((code, label) for code, label in PAYMENT_LABELS.items() if code != PaymentTerm.OTHER),
        blank=lazy("同上次报价"),
    )
    freight = ChoiceField(lazy("运费"), choices=tuple(FREIGHT_LABELS.items()), blank=lazy("同上次报价"))
    deadline = DateTimeField(lazy("答复期限"), required=True, end_of_day=True)
    channel = ChoiceField(
        lazy("渠道"),
        required=True,
        blank=None,
        choices=tuple(CHANNEL_LABELS.items()),
        default=InquiryChannel.PHONE,
    )
    received_at = DateTimeField(lazy("收到时间"), required=True)


class NewOfferForm(OfferFields, CreationForm):
    """A proposal for a new inquiry."""


class ReturnedOfferForm(OfferFields, EditForm):
    """A returned proposal, mended."""


class OfferLineForm(LineForm):
    """One line: the product and how many; price and lead time are the price list's where left empty."""

    presets = ("product_id",)

    name = TextField(lazy("产品"), longest=120, required=True)
    model = QuotationLineForm.model
    quantity = QuantityField(lazy("数量"), required=True)
    unit = QuotationLineForm.unit
    unit_price = QuotationLineForm.unit_price
    lead_time_days = QuotationLineForm.lead_time_days
    product_id = QuotationLineForm.product_id

    def validate_quantity(self, field: Field) -> None:
        """Ask for more than nothing."""
        if field.data is not None and field.data <= 0:
            raise ValidationError(str(lazy("%(label)s须大于 0").filled(label=field.label.text)))


class DecideForm(BaseForm):
    """The decision: the version and the hash of what was seen travel with it, so that nothing else is decided."""

    version = VersionField()
    content_hash = TextField(lazy("内容摘要"), longest=64)
    seal_id = ChoiceField(lazy("印章"), coerce=int, blank=None, render_kw={"lang": "zh-Hans"})


def columns(*, with_unit: bool) -> list[dict[str, Any]]:
    """Return the columns for ``_ui/lines.html``; the unit is asked for only off the price list."""
    found: list[dict[str, Any]] = [
        {"name": "name", "label": lazy("产品"), "size": "l", "required": True},
        {"name": "model", "label": lazy("型号"), "size": "m"},
        {"name": "quantity", "label": lazy("数量"), "kind": "number", "size": "xs", "required": True},
        {"name": "unit_price", "label": lazy("含税单价"), "kind": "money", "size": "s"},
        {"name": "lead_time_days", "label": lazy("交货期（天）"), "kind": "number", "size": "xs"},
    ]
    if with_unit:
        found.insert(3, {"name": "unit", "label": lazy("单位"), "size": "xs"})
    return found

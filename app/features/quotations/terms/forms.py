"""The form of a set of terms."""

from typing import Any

from app.core.i18n import lazy
from app.features.inquiries.enums import KIND_LABELS
from app.features.quotations.enums import FREIGHT_LABELS, PAYMENT_LABELS
from app.features.quotations.terms.actions import FIELDS
from app.features.seals.queries import legal_entities
from app.web.forms import CheckField, ChoiceField, CreationForm, EditForm, LongTextField, TextField


class TermsFields:
    """The fields of a set: for what it is meant, then the terms; an empty term leaves the quotation's own."""

    name = TextField(lazy("名称"), longest=80, required=True)
    kind = ChoiceField(lazy("适用类别"), choices=tuple(KIND_LABELS.items()), blank=lazy("全部类别"))
    legal_entity_id = ChoiceField(
        lazy("适用公司主体"),
        coerce=int,
        blank=lazy("全部主体"),
        choices=lambda: [(item.id, item.name) for item in legal_entities()],
        render_kw={"lang": "zh-Hans"},
    )
    is_default = CheckField(lazy("新报价默认套用"))
    payment_term = ChoiceField(lazy("付款方式"), choices=tuple(PAYMENT_LABELS.items()))
    payment_other = TextField(lazy("其他付款方式"), longest=300)
    freight = ChoiceField(lazy("运费"), choices=tuple(FREIGHT_LABELS.items()))
    delivery_place = TextField(lazy("交货地点与方式"), longest=300)
    delivery_start = TextField(lazy("交货期起算点"), longest=200)
    packing = TextField(lazy("包装"), longest=300)
    acceptance = TextField(lazy("验收标准"), longest=300)
    warranty = TextField(lazy("质保期"), longest=300)
    other_terms = LongTextField(lazy("其他条款"), longest=2000)

    def values(self) -> dict[str, Any]:
        """Return what was typed, as the actions take it."""
        return {field: self._fields[field].data for field in FIELDS}  # type: ignore[attr-defined]


class NewTermsForm(TermsFields, CreationForm):
    """A new set."""


class ChangeTermsForm(TermsFields, EditForm):
    """A set being changed."""

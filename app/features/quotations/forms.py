"""Shape and types of what is typed on the pages of a quotation; the rules stand in actions and flow."""

from app.core.db import LARGEST_ID
from app.core.i18n import lazy
from app.features.inquiries.enums import CAUSE_LABELS, PRICE_SOURCE_LABELS
from app.features.quotations.enums import (
    CORNER_LABELS,
    FILE_FORM_LABELS,
    FREIGHT_LABELS,
    LINE_KIND_LABELS,
    PAYMENT_LABELS,
    LineKind,
)
from app.features.quotations.terms.queries import Named
from app.web.forms import (
    DAYS,
    AmountField,
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateField,
    EditForm,
    LineForm,
    LongTextField,
    QuantityField,
    RadioField,
    TaxRateField,
    TextField,
    UnitPriceField,
    WholeNumberField,
)


class QuotationHead:
    """The head of a quotation, wherever one is typed."""

    legal_entity_id = ChoiceField(lazy("报价单位"), coerce=int, blank=None, render_kw={"lang": "zh-Hans"})
    valid_until = DateField(lazy("有效期至"))
    attention = TextField(lazy("联系人"), longest=80)
    customer_phone = TextField(lazy("客户电话"), longest=40)
    customer_address = TextField(lazy("客户地址"), longest=200)
    project = TextField(lazy("项目或对方编号"), longest=200)
    contact_mobile = TextField(lazy("我方手机"), longest=40)
    payment_term = ChoiceField(lazy("付款方式"), choices=tuple(PAYMENT_LABELS.items()))
    freight = ChoiceField(lazy("运费"), choices=tuple(FREIGHT_LABELS.items()), required=True, blank=None)
    delivery_place = TextField(lazy("交货地点与方式"), longest=300)
    delivery_start = TextField(lazy("交货期起算点"), longest=200)
    packing = TextField(lazy("包装"), longest=300)
    acceptance = TextField(lazy("验收标准"), longest=300)
    warranty = TextField(lazy("质保期"), longest=300)
    other_terms = LongTextField(lazy("其他条款"), longest=2000)


class QuotationForm(QuotationHead, EditForm):
    """The head of a draft; nothing but the figures of its lines is required to save it."""

    payment_other = TextField(lazy("其他付款方式"), longest=300)
    # what the terms may be filled from, read together with the companies
    terms_sets: list[Named] = []


class QuotationLineForm(LineForm):
    """One row of the table."""

    presets = ("kind", "inquiry_line_id", "product_id", "unmatched_code", "origin", "tax_rate")

    kind = ChoiceField(
        lazy("类型"),
        choices=tuple(LINE_KIND_LABELS.items()),
        required=True,
        blank=None,
        default=LineKind.ITEM,
    )
    name = TextField(lazy("名称"), longest=120, required=True)
    brand = TextField(lazy("品牌"), longest=80)
    model = TextField(lazy("型号"), longest=120)
    spec = TextField(lazy("规格与技术参数"), longest=500)
    unit = TextField(lazy("单位"), longest=20)
    quantity = QuantityField(lazy("数量"))
    unit_price = UnitPriceField(lazy("含税单价"))
    tax_rate = TaxRateField(lazy("税率"))
    lead_time_days = WholeNumberField(lazy("交货期（天）"), least=0, most=3650, units=DAYS)
    note = TextField(lazy("备注"), longest=300)
    floor_reason = TextField(lazy("低于底价的理由"), longest=300)
    inquiry_line_id = WholeNumberField(lazy("询价明细"), least=1, most=LARGEST_ID)
    product_id = WholeNumberField(lazy("产品"), least=1, most=LARGEST_ID)
    unmatched_code = TextField(lazy("价目表产品"), longest=40)
    origin = TextField(lazy("来源"), longest=16)


class ApproveForm(EditForm):
    """The approval: the hash of what was submitted travels with it, so that nothing else can be approved."""

    content_hash = TextField(lazy("内容摘要"), longest=64)
    warnings_ticked = CheckField(lazy("我已核对以上价格依据"))
    bid_ticked = CheckField(lazy("我已打开投标文件，核对过总价"))
    note = LongTextField(lazy("审核意见"), longest=1000)


class IssueForm(EditForm):
    """Which seal, how many copies, in which form."""

    seal_id = ChoiceField(lazy("印章"), coerce=int, required=True, blank=None, render_kw={"lang": "zh-Hans"})
    copies = WholeNumberField(lazy("份数"), least=1, most=10, required=True, default=1)
    file_form = RadioField(lazy("出具形式"), choices=tuple(FILE_FORM_LABELS.items()), required=True)
    purpose = TextField(lazy("用途"), longest=200)


class PlacementForm(EditForm):
    """Where the seal goes on a bid that was uploaded."""

    seal_pages = TextField(lazy("盖章的页"), longest=200)
    corner = ChoiceField(lazy("盖章位置"), choices=tuple(CORNER_LABELS.items()), required=True, blank=None)
    split_seal = CheckField(lazy("加盖骑缝章"))


class IssueBidForm(PlacementForm, IssueForm):
    """The issue of a bid."""


class AskExtraForm(EditForm):
    """How many further copies, and why."""

    copies = WholeNumberField(lazy("增印份数"), least=1, most=10, required=True, default=1)
    note = LongTextField(lazy("增印的原因"), required=True, longest=500)


class IssueExtraForm(IssueForm):
    """Which seal and form for the further copies; how many was asked and consented to."""

    copies = None  # type: ignore[assignment]


class IssueExtraBidForm(PlacementForm, IssueExtraForm):
    """Further copies of a bid."""


class ConfirmForm(EditForm):
    """The confirmation of the customer's acceptance."""

    late_reason = LongTextField(lazy("逾期仍接受的理由"), longest=500)
    note = LongTextField(lazy("说明"), longest=1000)


class ProlongForm(EditForm):
    """The new last day of an offer."""

    valid_until = DateField(lazy("有效期至"), required=True)


class CopyForm(CreationForm):
    """Into which inquiry's quotation a whole quotation is copied."""

    inquiry_id = ChoiceField(lazy("复制到询价"), coerce=int, required=True)


class LoseForm(EditForm):
    """Why the order went elsewhere, to whom, at what price, and how that price was learnt."""

    loss_cause = ChoiceField(lazy("未成交原因"), required=True, choices=tuple(CAUSE_LABELS.items()))
    note = LongTextField(lazy("具体说明"), longest=1000)
    competitor = TextField(lazy("竞争对手"), longest=120)
    competitor_price = AmountField(lazy("对手报价"))
    price_source = ChoiceField(lazy("怎样得知对手报价"), choices=tuple(PRICE_SOURCE_LABELS.items()))
    price_source_note = TextField(lazy("途径说明"), longest=300)


class PlainForm(BaseForm):
    """A post that brings nothing but its token."""

"""Codes of quotations and bids, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy


class QuotationStatus(StrEnum):
    """The states of a quotation revision (rule table 2.2 of the department)."""

    DRAFT = "draft"
    REVIEW = "review"
    RETURNED = "returned"
    LEADER_REVIEW = "leader_review"
    APPROVED = "approved"
    ISSUED = "issued"
    ACCEPT_CLAIMED = "accept_claimed"
    ACCEPTED = "accepted"
    LOST = "lost"
    SUPERSEDED = "superseded"
    VOID = "void"


class QuotationPerm(StrEnum):
    """What people may do with quotations."""

    PREPARE = "quotations:quotation:prepare"
    VIEW_ALL = "quotations:quotation:view-all"
    REVIEW = "quotations:quotation:review"
    APPROVE_ABOVE_LIMIT = "quotations:quotation:approve-above-limit"
    REPRINT = "quotations:quotation:reprint"
    WAREHOUSE_COPY = "quotations:quotation:warehouse-copy"
    MANAGE_TERMS = "quotations:terms:manage"
    SEE_MARGIN = "quotations:quotation:see-margin"


class LineKind(StrEnum):
    """What a row of the table is: an item, a heading over a group, or an option that is not summed."""

    ITEM = "item"
    HEADING = "heading"
    OPTION = "option"


class PaymentTerm(StrEnum):
    """Payment terms of the company's list; anything else is the leader's decision."""

    PREPAID = "prepaid"
    THIRTY_SEVENTY = "thirty_seventy"
    THIRTY_SIXTY_TEN = "thirty_sixty_ten"
    ON_DELIVERY = "on_delivery"
    MONTHLY = "monthly"
    OTHER = "other"


class Freight(StrEnum):
    """Whether freight and packing are in the price."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class Effect(StrEnum):
    """What the paper binds the company to; there is no default, it is chosen before the first issue (民法典 476)."""

    BINDING = "binding"
    REVOCABLE = "revocable"
    NEGOTIATION = "negotiation"


class FileForm(StrEnum):
    """The form in which an official file is issued: the seal drawn, or its place left empty for the wet seal."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class Corner(StrEnum):
    """Where on a page of a bid the seal is drawn."""

    BOTTOM_RIGHT = "bottom_right"
    BOTTOM_LEFT = "bottom_left"
    TOP_RIGHT = "top_right"
    TOP_LEFT = "top_left"


CORNER_LABELS = {
    Corner.BOTTOM_RIGHT: lazy("右下角"),
    Corner.BOTTOM_LEFT: lazy("左下角"),
    Corner.TOP_RIGHT: lazy("右上角"),
    Corner.TOP_LEFT: lazy("左上角"),
}
LINE_KIND_LABELS = {
    LineKind.ITEM: lazy("明细"),
    LineKind.HEADING: lazy("分组标题"),
    LineKind.OPTION: lazy("可选项（不计入合计）"),
}
PAYMENT_LABELS = {
    PaymentTerm.PREPAID: lazy("款到发货"),
    PaymentTerm.THIRTY_SEVENTY: lazy("合同签订后预付 30%，发货前付清 70%"),
    PaymentTerm.THIRTY_SIXTY_TEN: lazy("合同签订后预付 30%，发货前付 60%，验收合格满 12 个月付 10% 质保金"),
    PaymentTerm.ON_DELIVERY: lazy("货到验收合格后付清"),
    PaymentTerm.MONTHLY: lazy("月结 30 天"),
    PaymentTerm.OTHER: lazy("其他（须主管领导审批）"),
}
FREIGHT_LABELS = {
    Freight.INCLUDED: lazy("含运费和包装费"),
    Freight.EXCLUDED: lazy("不含运费，运费由需方承担"),
}
EFFECT_LABELS = {
    Effect.BINDING: lazy("本报价在有效期内对我方有约束力"),
    Effect.REVOCABLE: lazy("在贵方书面接受前，我方可书面撤销或变更本报价"),
    Effect.NEGOTIATION: lazy("本报价供商务洽谈使用，以双方签订的书面合同为准"),
}
FILE_FORM_LABELS = {
    FileForm.ELECTRONIC: lazy("电子件（印章已印上，供微信、邮件发送和彩色打印）"),
    FileForm.PAPER: lazy("纸质件（留出盖章位置，打印后盖实物章）"),
}

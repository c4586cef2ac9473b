"""Codes of inquiries and tenders, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy


class InquiryStatus(StrEnum):
    """The states of an inquiry (rule table 2.1 of the department)."""

    DRAFT = "draft"
    REPORTED = "reported"
    DECLINED = "declined"
    PREPARING = "preparing"
    QUOTING = "quoting"
    SUBMITTED = "submitted"
    LOSS_CLAIMED = "loss_claimed"
    WON = "won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class InquiryKind(StrEnum):
    """How the customer buys."""

    INQUIRY = "inquiry"
    COMPARISON = "comparison"
    TENDER = "tender"
    CENTRAL = "central"


class InquiryChannel(StrEnum):
    """How the inquiry came."""

    PHONE = "phone"
    WECHAT = "wechat"
    EMAIL = "email"
    VISIT = "visit"
    LETTER = "letter"
    PLATFORM = "platform"


class DeclineReason(StrEnum):
    """Why the department does not take part."""

    SCOPE = "scope"
    CAPACITY = "capacity"
    PRICE = "price"
    CREDIT = "credit"
    TERMS = "terms"
    OTHER = "other"


class LossCause(StrEnum):
    """Why an order was lost: one of the list, words beside it."""

    PRICE = "price"
    LEAD_TIME = "lead_time"
    TECHNICAL = "technical"
    TERMS = "terms"
    BRAND = "brand"
    SERVICE = "service"
    ACCESS = "access"
    INCUMBENT = "incumbent"
    CANCELLED = "cancelled"
    LATE = "late"
    OTHER = "other"


class PurchaseKind(StrEnum):
    """What purchasing answers about."""

    MATERIAL = "material"
    BOUGHT_PART = "bought_part"
    SUBCONTRACTING = "subcontracting"


class Subject(StrEnum):
    """Which department a line was put to."""

    TECHNICAL = "technical"
    PURCHASING = "purchasing"


class PriceSource(StrEnum):
    """How a competitor's price was learnt: what cannot be said openly is not asked for."""

    OPENING = "opening"
    CUSTOMER = "customer"
    OTHER = "other"


class InquiryPerm(StrEnum):
    """What people may do with inquiries."""

    REGISTER = "inquiries:inquiry:register"
    VIEW_ALL = "inquiries:inquiry:view-all"
    HAND_OVER = "inquiries:inquiry:hand-over"
    DECIDE = "inquiries:inquiry:decide"
    DECIDE_FOR_MANAGER = "inquiries:inquiry:decide-for-manager"
    CHECK_TENDER = "inquiries:tender:check"
    ANSWER_TECHNICAL = "inquiries:line:answer-technical"
    ANSWER_PURCHASING = "inquiries:line:answer-purchasing"


KIND_LABELS = {
    InquiryKind.INQUIRY: lazy("询价"),
    InquiryKind.COMPARISON: lazy("比价"),
    InquiryKind.TENDER: lazy("招标"),
    InquiryKind.CENTRAL: lazy("统采"),
}
CHANNEL_LABELS = {
    InquiryChannel.PHONE: lazy("电话"),
    InquiryChannel.WECHAT: lazy("微信"),
    InquiryChannel.EMAIL: lazy("邮件"),
    InquiryChannel.VISIT: lazy("上门"),
    InquiryChannel.LETTER: lazy("来函"),
    InquiryChannel.PLATFORM: lazy("招标平台"),
}
DECLINE_LABELS = {
    DeclineReason.SCOPE: lazy("不在经营范围"),
    DeclineReason.CAPACITY: lazy("交货能力不足"),
    DeclineReason.PRICE: lazy("价格无竞争力"),
    DeclineReason.CREDIT: lazy("客户信用不佳"),
    DeclineReason.TERMS: lazy("商务条件不可接受"),
    DeclineReason.OTHER: lazy("其他"),
}
CAUSE_LABELS = {
    LossCause.PRICE: lazy("价格"),
    LossCause.LEAD_TIME: lazy("交货期"),
    LossCause.TECHNICAL: lazy("技术与型号"),
    LossCause.TERMS: lazy("付款条件"),
    LossCause.BRAND: lazy("指定品牌"),
    LossCause.SERVICE: lazy("售后与距离"),
    LossCause.ACCESS: lazy("未入围或资质"),
    LossCause.INCUMBENT: lazy("原有供应商或客户关系"),
    LossCause.CANCELLED: lazy("客户取消采购"),
    LossCause.LATE: lazy("报价或递交迟了"),
    LossCause.OTHER: lazy("其他原因"),
}
PURCHASE_KIND_LABELS = {
    PurchaseKind.MATERIAL: lazy("原材料"),
    PurchaseKind.BOUGHT_PART: lazy("外购件"),
    PurchaseKind.SUBCONTRACTING: lazy("外协加工"),
}
PRICE_SOURCE_LABELS = {
    PriceSource.OPENING: lazy("公开开标记录"),
    PriceSource.CUSTOMER: lazy("客户告知"),
    PriceSource.OTHER: lazy("其他途径"),
}
# Whose offers stay sealed until they are opened before all bidders.
SEALED_KINDS = (InquiryKind.TENDER, InquiryKind.CENTRAL)
SUBJECT_LABELS = {Subject.TECHNICAL: lazy("技术答复"), Subject.PURCHASING: lazy("采购答复")}

# The list of answers with their prices is a module: small desks do without.
MARKET = "market"
# Who reads answers with their prices, across inquiries.
PRICE_READERS = (InquiryPerm.REGISTER, InquiryPerm.VIEW_ALL, InquiryPerm.ANSWER_PURCHASING)

"""Codes of the figures, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy
from app.features.inquiries.enums import DECLINE_LABELS, InquiryStatus


class FiguresPerm(StrEnum):
    """Who sees figures: their own, or those of a department."""

    VIEW = "figures:figure:view"
    VIEW_ALL = "figures:figure:view-all"


class Kind(StrEnum):
    """What a fact counts.

    ``ISSUED`` is a quotation at its first issue, ``RESULT`` an inquiry that ended, ``REPORTED`` an inquiry reported
    to the manager, ``ANSWERED`` a line answered by another department. The two ``_PRODUCT`` kinds are the same once
    for each product of the offer.
    """

    ISSUED = "issued"
    ISSUED_PRODUCT = "issued_product"
    RESULT = "result"
    RESULT_PRODUCT = "result_product"
    REPORTED = "reported"
    ANSWERED = "answered"


class By(StrEnum):
    """What the rows of a table of figures are."""

    MONTH = "month"
    PERSON = "person"
    CUSTOMER = "customer"
    PRODUCT = "product"
    REASON = "reason"


class Period(StrEnum):
    """The spans of time one chooses from; all are whole months of the company's zone."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TWELVE_MONTHS = "twelve_months"
    CUSTOM = "custom"


class LossCause(StrEnum):
    """Why an inquiry was lost, told from the words of the reason (see ``cause_of``)."""

    PRICE = "price"
    LEAD_TIME = "lead_time"
    TECHNICAL = "technical"
    TERMS = "terms"
    BRAND = "brand"
    SERVICE = "service"
    ACCESS = "access"
    OTHER = "other"


# The first row with a word of the reason tells its cause. The order settles what names two:
# who says the price was fine says so beside the true cause, hence price comes last.
CAUSE_WORDS: tuple[tuple[LossCause, tuple[str, ...]], ...] = (
    (LossCause.ACCESS, ("集中采购", "集采", "入围", "供应商名录", "资格", "资质")),
    (LossCause.SERVICE, ("售后", "本地", "服务响应", "距离")),
    (LossCause.BRAND, ("品牌", "原厂", "指定厂家", "指定供应商")),
    (LossCause.TERMS, ("付款", "账期", "预付", "质保金", "承兑", "赊")),
    (LossCause.LEAD_TIME, ("交货期", "交期", "工期", "供货周期", "交货时间", "货期")),
    (LossCause.TECHNICAL, ("技术", "参数", "性能", "型号", "偏离", "不符合要求")),
    (LossCause.PRICE, ("价",)),
)

CAUSE_LABELS = {
    LossCause.PRICE: lazy("价格"),
    LossCause.LEAD_TIME: lazy("交货期"),
    LossCause.TECHNICAL: lazy("技术与型号"),
    LossCause.TERMS: lazy("付款条件"),
    LossCause.BRAND: lazy("指定品牌"),
    LossCause.SERVICE: lazy("售后与距离"),
    LossCause.ACCESS: lazy("未入围或资质"),
    LossCause.OTHER: lazy("其他原因"),
}
OUTCOME_LABELS = {
    str(InquiryStatus.WON): lazy("成交"),
    str(InquiryStatus.LOST): lazy("未成交"),
    str(InquiryStatus.WITHDRAWN): lazy("中途放弃"),
    str(InquiryStatus.CANCELLED): lazy("客户取消"),
    str(InquiryStatus.DECLINED): lazy("不参与"),
}
OUTCOME_TONES = {
    str(InquiryStatus.WON): "ok",
    str(InquiryStatus.LOST): "bad",
    str(InquiryStatus.WITHDRAWN): "warn",
    str(InquiryStatus.CANCELLED): "neutral",
    str(InquiryStatus.DECLINED): "warn",
}
# What stands in the reason of a fact, "lost:price", in words.
REASON_LABELS = (
    {f"{InquiryStatus.LOST}:{code}": label for code, label in CAUSE_LABELS.items()}
    | {f"{InquiryStatus.DECLINED}:{code}": label for code, label in DECLINE_LABELS.items()}
    | {str(code): OUTCOME_LABELS[code] for code in (InquiryStatus.WITHDRAWN, InquiryStatus.CANCELLED)}
)
BY_LABELS = {
    By.MONTH: lazy("按月份"),
    By.PERSON: lazy("按业务员"),
    By.CUSTOMER: lazy("按客户"),
    By.PRODUCT: lazy("按产品"),
    By.REASON: lazy("按原因"),
}
PERIOD_LABELS = {
    Period.MONTH: lazy("本月"),
    Period.QUARTER: lazy("本季"),
    Period.YEAR: lazy("今年"),
    Period.TWELVE_MONTHS: lazy("近 12 个月"),
    Period.CUSTOM: lazy("自选"),
}
KIND_LABELS = {
    Kind.ISSUED: lazy("已出具的报价"),
    Kind.ISSUED_PRODUCT: lazy("报价中的产品"),
    Kind.RESULT: lazy("询价结果"),
    Kind.RESULT_PRODUCT: lazy("产品的询价结果"),
    Kind.REPORTED: lazy("上报的询价"),
    Kind.ANSWERED: lazy("部门答复"),
}


def cause_of(reason: str) -> LossCause:
    """Return the cause that the words of a loss's reason tell; OTHER where none of the known words occurs."""
    return next(
        (cause for cause, words in CAUSE_WORDS if any(word in reason for word in words)), LossCause.OTHER
    )

"""Codes of the figures, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy
from app.features.inquiries.enums import CAUSE_LABELS, DECLINE_LABELS, InquiryStatus


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

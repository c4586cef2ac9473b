"""Codes of rules, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy

RULE_VERSION = "rule_version"
RULE_CLAUSE = "rule_clause"
RULE_ATTACHMENT = "rule_attachment"


class NumberStyle(StrEnum):
    """How a clause is numbered; an article (第一条) counts through all chapters."""

    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    HAN = "han"
    HAN_IN_BRACKETS = "han_in_brackets"
    DECIMAL = "decimal"
    DECIMAL_IN_BRACKETS = "decimal_in_brackets"
    CIRCLED = "circled"
    NONE = "none"


class RuleCategory(StrEnum):
    """What a rule is about."""

    ORGANISATION = "organisation"
    SALES = "sales"
    CONTRACTS = "contracts"
    FINANCE = "finance"
    ASSETS = "assets"
    PEOPLE = "people"
    OTHER = "other"


class VersionStatus(StrEnum):
    """What people decided about a version. Whether it is in force follows from its dates and is never stored."""

    DRAFT = "draft"
    CONSULTATION = "consultation"
    REVIEW = "review"
    APPROVED = "approved"
    VOID = "void"
    DROPPED = "dropped"


class Standing(StrEnum):
    """How a published version stands on a day: derived from dates alone."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    VOID = "void"


class CommentAnswer(StrEnum):
    """What became of a comment."""

    ADOPTED = "adopted"
    DECLINED = "declined"


class RecordKind(StrEnum):
    """The records the law asks for before a rule on the staff's own interests is approved (劳动合同法第四条)."""

    STAFF_DISCUSSION = "staff_discussion"
    EQUAL_CONSULTATION = "equal_consultation"


class SignatureWay(StrEnum):
    """How a reader signed: with the own account, by hand on a sheet that was entered, or by training.

    By training signs who was present at a session about the version and passed its test with the own account.
    """

    ACCOUNT = "account"
    PAPER = "paper"
    TRAINING = "training"


# Signed with the person's own account: these count as signatures once the letter on its use is on file.
BY_OWN_ACCOUNT = (SignatureWay.ACCOUNT, SignatureWay.TRAINING)


class TextReading(StrEnum):
    """How far the text of an attachment could be read for the search."""

    WHOLE = "whole"
    PARTLY = "partly"
    NONE = "none"
    UNREADABLE = "unreadable"


class RulePerm(StrEnum):
    """The rights around rules. Reading what is in force needs none: a rule concerns whoever works here."""

    DRAFT = "rules:rule:draft"
    APPROVE = "rules:rule:approve"


CATEGORY_LABELS = {
    RuleCategory.ORGANISATION: lazy("职责与工作机制"),
    RuleCategory.SALES: lazy("销售业务"),
    RuleCategory.CONTRACTS: lazy("合同与售后"),
    RuleCategory.FINANCE: lazy("费用与财务"),
    RuleCategory.ASSETS: lazy("车辆与设备"),
    RuleCategory.PEOPLE: lazy("人事与培训"),
    RuleCategory.OTHER: lazy("其他制度"),
}
STANDING_LABELS = {
    Standing.PENDING: lazy("待生效"),
    Standing.IN_FORCE: lazy("现行"),
    Standing.SUPERSEDED: lazy("被替代"),
    Standing.VOID: lazy("废止"),
}
STANDING_TONES = {
    Standing.PENDING: "info",
    Standing.IN_FORCE: "ok",
    Standing.SUPERSEDED: "neutral",
    Standing.VOID: "bad",
}
ANSWER_LABELS = {CommentAnswer.ADOPTED: lazy("采纳"), CommentAnswer.DECLINED: lazy("不采纳")}
RECORD_LABELS = {
    RecordKind.STAFF_DISCUSSION: lazy("全体职工或职工代表大会讨论"),
    RecordKind.EQUAL_CONSULTATION: lazy("与工会或职工代表平等协商"),
}
READING_LABELS = {
    TextReading.PARTLY: lazy("只有开头部分可搜索"),
    TextReading.NONE: lazy("没有可搜索的文字"),
    TextReading.UNREADABLE: lazy("文字读不出，搜索找不到"),
}
WAY_LABELS = {
    SignatureWay.ACCOUNT: lazy("账号签认"),
    SignatureWay.PAPER: lazy("纸质签字"),
    SignatureWay.TRAINING: lazy("培训考核签认"),
}
STYLE_LABELS = {
    NumberStyle.CHAPTER: lazy("第一章"),
    NumberStyle.SECTION: lazy("第一节"),
    NumberStyle.ARTICLE: lazy("第一条"),
    NumberStyle.HAN: lazy("一、"),
    NumberStyle.HAN_IN_BRACKETS: lazy("（一）"),
    NumberStyle.DECIMAL: lazy("1."),
    NumberStyle.DECIMAL_IN_BRACKETS: lazy("（1）"),
    NumberStyle.CIRCLED: lazy("①"),
    NumberStyle.NONE: lazy("不编号"),
}

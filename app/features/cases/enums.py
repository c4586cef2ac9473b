"""Codes of cases, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy, lazy_in_context

CASE = "case_study"
MODULE = "cases"


class CaseStatus(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    DROPPED = "dropped"


class Outcome(StrEnum):
    """Whether it worked."""

    WORKED = "worked"
    PARTLY = "partly"
    FAILED = "failed"


class Stage(StrEnum):
    """At which stage of the business it happened."""

    CONTACT = "contact"
    INQUIRY = "inquiry"
    TENDER = "tender"
    QUOTATION = "quotation"
    NEGOTIATION = "negotiation"
    CONTRACT = "contract"
    DELIVERY = "delivery"
    SERVICE = "service"
    OTHER = "other"


class MarkKind(StrEnum):
    """What a colleague says of a case by a click."""

    USEFUL = "useful"
    THANKS = "thanks"
    TRAINING = "training"


class CasePerm(StrEnum):
    """The rights around cases; writing one and reading what is published needs none."""

    CHECK = "cases:case:check"


OUTCOME_LABELS = {
    Outcome.WORKED: lazy("成功"),
    Outcome.PARTLY: lazy("部分成功"),
    Outcome.FAILED: lazy("失败"),
}
OUTCOME_TONES = {Outcome.WORKED: "ok", Outcome.PARTLY: "warn", Outcome.FAILED: "bad"}
STAGE_LABELS = {
    Stage.CONTACT: lazy("客户开发"),
    Stage.INQUIRY: lazy_in_context("stage", "询价"),
    Stage.TENDER: lazy_in_context("stage", "投标"),
    Stage.QUOTATION: lazy_in_context("stage", "报价"),
    Stage.NEGOTIATION: lazy_in_context("stage", "商务谈判"),
    Stage.CONTRACT: lazy_in_context("stage", "合同"),
    Stage.DELIVERY: lazy_in_context("stage", "交货"),
    Stage.SERVICE: lazy_in_context("stage", "售后服务"),
    Stage.OTHER: lazy("其他"),
}
MARK_LABELS = {
    MarkKind.USEFUL: lazy("有用"),
    MarkKind.THANKS: lazy("感谢"),
    MarkKind.TRAINING: lazy("建议用于培训"),
}

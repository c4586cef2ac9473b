"""Codes of seals and their register, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy


class SealKind(StrEnum):
    """What a seal is filed for; the first two alone may ever be drawn by the system."""

    QUOTATION = "quotation"
    BID = "bid"
    COMPANY = "company"
    CONTRACT = "contract"
    FINANCE = "finance"
    INVOICE = "invoice"
    LEGAL_REPRESENTATIVE = "legal_representative"


class SealForm(StrEnum):
    """Whether the system draws the seal on paper, or a person presses it."""

    DRAWN = "drawn"
    WET = "wet"


class SealStatus(StrEnum):
    """Whether a seal may be used."""

    ACTIVE = "active"
    STOPPED = "stopped"


class UseForm(StrEnum):
    """How a document was sealed: drawn into the file, left empty for the wet seal, or stamped by hand."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class SealPerm(StrEnum):
    """The rights around seals, kept in different hands: manage, use, audit, authorise."""

    VIEW = "seals:seal:view"
    MANAGE = "seals:seal:manage"
    USE = "seals:seal:use"
    AUDIT = "seals:use:audit"
    AUTHORISE = "seals:seal:authorise"
    ADD_ENTITY = "seals:entity:add"
    VIEW_KEY = "seals:key:view"
    REPLACE_KEY = "seals:key:replace"


DRAWABLE_KINDS = (SealKind.QUOTATION, SealKind.BID)

KIND_LABELS = {
    SealKind.QUOTATION: lazy("报价专用章"),
    SealKind.BID: lazy("投标专用章"),
    SealKind.COMPANY: lazy("公章"),
    SealKind.CONTRACT: lazy("合同专用章"),
    SealKind.FINANCE: lazy("财务专用章"),
    SealKind.INVOICE: lazy("发票专用章"),
    SealKind.LEGAL_REPRESENTATIVE: lazy("法人章"),
}
FORM_LABELS = {SealForm.DRAWN: lazy("系统打印"), SealForm.WET: lazy("实物印章")}
STATUS_LABELS = {SealStatus.ACTIVE: lazy("在用"), SealStatus.STOPPED: lazy("已停用")}
STATUS_TONES = {SealStatus.ACTIVE: "ok", SealStatus.STOPPED: "bad"}
USE_FORM_LABELS = {UseForm.ELECTRONIC: lazy("电子件"), UseForm.PAPER: lazy("纸质件")}

# What may stand under the star. It is engraved text of a Chinese seal, so it is never translated.
PURPOSE_LINES = {
    SealKind.QUOTATION: ("报价专用章", "报价专用章（1）", "报价专用章（2）", "报价专用章（3）"),
    SealKind.BID: ("投标专用章", "投标专用章（1）", "投标专用章（2）", "投标专用章（3）"),
    SealKind.COMPANY: ("",),
    SealKind.CONTRACT: ("合同专用章", "合同专用章（1）", "合同专用章（2）", "合同专用章（3）"),
    SealKind.FINANCE: ("财务专用章",),
    SealKind.INVOICE: ("发票专用章",),
    SealKind.LEGAL_REPRESENTATIVE: ("",),
}

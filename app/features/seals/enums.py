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
    """How a document was sealed.

    Drawn into the file, left empty for the wet seal, pressed at the keeper's desk, or pressed outside the house.
    """

    ELECTRONIC = "electronic"
    PAPER = "paper"
    WET = "wet"
    TAKEN_OUT = "taken_out"


class PaperKind(StrEnum):
    """What kind of paper a wet seal is asked for."""

    QUOTATION = "quotation"
    BID = "bid"
    CONTRACT = "contract"
    AUTHORISATION = "authorisation"
    LETTER = "letter"
    OTHER = "other"


class UseMode(StrEnum):
    """Where the seal is pressed: at its keeper's desk, or taken along by two people."""

    STAMP = "stamp"
    TAKE_OUT = "take_out"


class RequestStatus(StrEnum):
    """The states of a request for a wet seal (rule table 2.3 of the department)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    HANDED_OVER = "handed_over"
    STAMPED = "stamped"
    OUT = "out"
    BACK = "back"
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Condition(StrEnum):
    """How a seal came back."""

    SOUND = "sound"
    WORN = "worn"
    DAMAGED = "damaged"


class SealPerm(StrEnum):
    """The rights around seals, kept in different hands: manage, use, audit, authorise."""

    VIEW = "seals:seal:view"
    MANAGE = "seals:seal:manage"
    USE = "seals:seal:use"
    AUDIT = "seals:use:audit"
    REQUEST = "seals:use:request"
    APPROVE = "seals:use:approve"
    APPROVE_AS_LEADER = "seals:use:approve-as-leader"
    FILE = "seals:use:file"
    AUTHORISE = "seals:seal:authorise"
    ADD_ENTITY = "seals:entity:add"
    VIEW_KEY = "seals:key:view"
    REPLACE_KEY = "seals:key:replace"


SEAL_REQUEST = "seal_request"
DRAWABLE_KINDS = (SealKind.QUOTATION, SealKind.BID)
# What the manager may approve by himself: everyday papers, with a seal that binds to no contract.
MANAGERS_PAPERS = (PaperKind.QUOTATION, PaperKind.BID)
MANAGERS_SEALS = (SealKind.QUOTATION, SealKind.BID, SealKind.COMPANY)

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
USE_FORM_LABELS = {
    UseForm.ELECTRONIC: lazy("电子件"),
    UseForm.PAPER: lazy("纸质件"),
    UseForm.WET: lazy("盖实物章"),
    UseForm.TAKEN_OUT: lazy("外带用印"),
}
PAPER_KIND_LABELS = {
    PaperKind.QUOTATION: lazy("报价单"),
    PaperKind.BID: lazy("投标文件"),
    PaperKind.CONTRACT: lazy("合同、协议"),
    PaperKind.AUTHORISATION: lazy("授权委托书"),
    PaperKind.LETTER: lazy("函件、证明"),
    PaperKind.OTHER: lazy("其他文件"),
}
MODE_LABELS = {UseMode.STAMP: lazy("在保管人处盖章"), UseMode.TAKE_OUT: lazy("外带")}
CONDITION_LABELS = {
    Condition.SOUND: lazy("完好"),
    Condition.WORN: lazy("有磨损，可用"),
    Condition.DAMAGED: lazy("损坏，须停用"),
}

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

# Who reads the list of requests for wet seals: those who ask, decide, seal, file or audit.
REQUEST_READERS = (
    SealPerm.REQUEST,
    SealPerm.APPROVE,
    SealPerm.APPROVE_AS_LEADER,
    SealPerm.USE,
    SealPerm.FILE,
    SealPerm.AUDIT,
)

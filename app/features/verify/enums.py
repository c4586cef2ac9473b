"""What a check of a paper can find, and who may answer the telephone about it."""

from enum import StrEnum

from app.core.i18n import lazy


class Standing(StrEnum):
    """How a genuine paper stands today."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    VOID = "void"
    EXPIRED = "expired"


class VerifyPerm(StrEnum):
    """The right to answer callers who cannot type a code."""

    TELEPHONE = "verify:paper:telephone"


STANDING_LABELS = {
    Standing.CURRENT: lazy("现行有效"),
    Standing.SUPERSEDED: lazy("已有新版"),
    Standing.VOID: lazy("已作废"),
    Standing.EXPIRED: lazy("已过有效期"),
}
STANDING_TONES = {
    Standing.CURRENT: "ok",
    Standing.SUPERSEDED: "warn",
    Standing.VOID: "bad",
    Standing.EXPIRED: "warn",
}

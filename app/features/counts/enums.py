"""Codes of stock counts, with their labels apart."""

from enum import StrEnum

from app.core.i18n import LazyText, lazy, lazy_in_context

COUNT = "stock_count"
MODULE = "counts"


class CountPerm(StrEnum):
    """Rights over counts: holding one, scanning in it, approving what it found."""

    HOLD = "counts:count:hold"
    SCAN = "counts:count:scan"
    APPROVE = "counts:count:approve"


READERS = (CountPerm.HOLD, CountPerm.SCAN, CountPerm.APPROVE)


class CountStatus(StrEnum):
    """The life of a count (rule table 2.8)."""

    OPEN = "open"
    COUNTING = "counting"
    RECONCILING = "reconciling"
    APPROVED = "approved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


SCANNING = (CountStatus.OPEN, CountStatus.COUNTING)


class Result(StrEnum):
    """What a count says of an item: as expected, elsewhere, gone, more than expected, in other hands."""

    MATCH = "match"
    MISPLACED = "misplaced"
    MISSING = "missing"
    SURPLUS = "surplus"
    OTHER_KEEPER = "other_keeper"


RESULT_LABELS: dict[Result, LazyText] = {
    Result.MATCH: lazy_in_context("count", "相符"),
    Result.MISPLACED: lazy("位置不符"),
    Result.MISSING: lazy("盘亏"),
    Result.SURPLUS: lazy("盘盈"),
    Result.OTHER_KEEPER: lazy("责任人不符"),
}
RESULT_TONES: dict[Result, str] = {
    Result.MATCH: "ok",
    Result.MISPLACED: "warn",
    Result.MISSING: "bad",
    Result.SURPLUS: "warn",
    Result.OTHER_KEEPER: "warn",
}
AWAITED = lazy("未盘到")


def shown_results(status: str) -> dict[Result, tuple[LazyText, str]]:
    """Return label and tone of each result in a state of a count: while counting goes on, nothing is missing yet."""
    shown = {result: (RESULT_LABELS[result], RESULT_TONES[result]) for result in Result}
    return shown | {Result.MISSING: (AWAITED, "neutral")} if status in SCANNING else shown


class Remedy(StrEnum):
    """What is done about a difference once it is approved."""

    MOVE = "move"
    PUT_BACK = "put_back"
    REPORT_LOSS = "report_loss"
    FOUND_AGAIN = "found_again"
    OFFER = "offer"
    REGISTERED = "registered"
    LEAVE = "leave"


REMEDY_LABELS: dict[Remedy, LazyText] = {
    Remedy.MOVE: lazy("改登记位置"),
    Remedy.PUT_BACK: lazy("放回原处"),
    Remedy.REPORT_LOSS: lazy("报失"),
    Remedy.FOUND_AGAIN: lazy("登记找回"),
    Remedy.OFFER: lazy("发起交接，改责任人"),
    Remedy.REGISTERED: lazy("补登记"),
    Remedy.LEAVE: lazy("不处理，写明原因"),
}

# Which remedies fit which result; a thing without a known label is a surplus of its own kind.
REMEDIES: dict[Result, tuple[Remedy, ...]] = {
    Result.MISPLACED: (Remedy.MOVE, Remedy.PUT_BACK, Remedy.LEAVE),
    Result.MISSING: (Remedy.REPORT_LOSS, Remedy.LEAVE),
    Result.SURPLUS: (Remedy.FOUND_AGAIN, Remedy.LEAVE),
    Result.OTHER_KEEPER: (Remedy.OFFER, Remedy.LEAVE),
}
STRAY_REMEDIES = (Remedy.REGISTERED, Remedy.LEAVE)
# Remedies that say nothing by themselves: the reason is asked for.
NEEDS_REASON = frozenset({Remedy.LEAVE})

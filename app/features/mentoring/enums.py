"""Codes of mentoring, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy

PAIR = "mentor_pair"
MODULE = "mentoring"
ACCEPT, NOTE, ANSWER, RATE = "accept", "note", "answer", "rate"


class PairStatus(StrEnum):
    """Where a pair stands."""

    OFFERED = "offered"
    RUNNING = "running"
    MID_REVIEW = "mid_review"
    EXTENDED = "extended"
    FINAL_REVIEW = "final_review"
    CLOSED = "closed"
    DISSOLVED = "dissolved"
    DECLINED = "declined"


class WeekState(StrEnum):
    """Whether the note of a week was written."""

    KEPT = "kept"
    LATE = "late"
    MISSED = "missed"
    OPEN = "open"
    COMING = "coming"


class MentoringPerm(StrEnum):
    """The right around pairs; one's own pair is always open to both sides."""

    ARRANGE = "mentoring:pair:arrange"


# Between acceptance and the final review a note is due every week.
NOTED = (PairStatus.RUNNING, PairStatus.MID_REVIEW, PairStatus.EXTENDED)
OPEN = (PairStatus.OFFERED, *NOTED, PairStatus.FINAL_REVIEW)

WEEK_LABELS = {
    WeekState.KEPT: lazy("按时"),
    WeekState.LATE: lazy("补记"),
    WeekState.MISSED: lazy("缺记"),
    WeekState.OPEN: lazy("本周待记"),
    WeekState.COMING: lazy("未到"),
}
WEEK_TONES = {
    WeekState.KEPT: "ok",
    WeekState.LATE: "warn",
    WeekState.MISSED: "bad",
    WeekState.OPEN: "info",
    WeekState.COMING: "neutral",
}
SCORE_LABELS = {
    "5": lazy("5 分 很好"),
    "4": lazy("4 分 好"),
    "3": lazy("3 分 一般"),
    "2": lazy("2 分 较差"),
    "1": lazy("1 分 差"),
}

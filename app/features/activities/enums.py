"""Codes of team activities, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy

MODULE = "activities"
ACTIVITY = "activity"
PHOTO_FILE = "photo"


class ActivityPerm(StrEnum):
    """The rights around activities; who proposed one organises it and needs none."""

    TAKE_PART = "activities:take-part"
    ORGANISE = "activities:organise"
    APPROVE = "activities:approve"
    SETTLE = "activities:settle"


class ActivityStatus(StrEnum):
    """The states of an activity (rule table 2.18)."""

    PROPOSED = "proposed"
    VOTING = "voting"
    APPROVED = "approved"
    ENROLLING = "enrolling"
    HELD = "held"
    RECORDED = "recorded"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PlaceStatus(StrEnum):
    """How somebody who enrolled stands."""

    SEATED = "seated"
    QUEUED = "queued"
    WITHDRAWN = "withdrawn"
    PRESENT = "present"
    ABSENT = "absent"


# From when on somebody took part, or may have.
HELD = (ActivityStatus.HELD, ActivityStatus.RECORDED, ActivityStatus.CLOSED)
OVER = (ActivityStatus.CLOSED, ActivityStatus.CANCELLED)

PLACE_LABELS = {
    PlaceStatus.SEATED: lazy("已报名"),
    PlaceStatus.QUEUED: lazy("候补"),
    PlaceStatus.WITHDRAWN: lazy("已退出"),
    PlaceStatus.PRESENT: lazy("参加了"),
    PlaceStatus.ABSENT: lazy("没有来"),
}
PLACE_TONES = {
    PlaceStatus.SEATED: "ok",
    PlaceStatus.QUEUED: "warn",
    PlaceStatus.WITHDRAWN: "neutral",
    PlaceStatus.PRESENT: "ok",
    PlaceStatus.ABSENT: "neutral",
}

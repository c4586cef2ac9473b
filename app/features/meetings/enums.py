"""Codes of meetings, with their labels apart."""

from enum import StrEnum

from app.core.i18n import LazyText, lazy

MEETING = "meeting"
SERIES = "meeting_series"
MODULE = "meetings"
MISSED = "missed"


class MeetingStatus(StrEnum):
    """The life of a meeting; that it was missed follows from the clock."""

    PLANNED = "planned"
    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Rhythm(StrEnum):
    """How often a series meets."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


class MeetingPerm(StrEnum):
    """Who arranges meetings; whoever is invited needs no right."""

    ARRANGE = "meetings:meeting:arrange"


RHYTHM_LABELS: dict[Rhythm, LazyText] = {Rhythm.WEEKLY: lazy("每周"), Rhythm.MONTHLY: lazy("每月")}
WEEKDAYS: tuple[LazyText, ...] = (
    lazy("周一"),
    lazy("周二"),
    lazy("周三"),
    lazy("周四"),
    lazy("周五"),
    lazy("周六"),
    lazy("周日"),
)

"""Codes of one-to-one talks."""

from enum import StrEnum

TALK = "talk"
MODULE = "talks"
EVERY_WEEKS = "talks.every_weeks"
LEADER_READS = "talks.leader_reads"


class TalkStatus(StrEnum):
    """The life of a talk."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class TalkPerm(StrEnum):
    """Who has talks with others; who reads those of others that both know to be open to them."""

    LEAD = "talks:talk:lead"
    READ_OPEN = "talks:talk:read_open"

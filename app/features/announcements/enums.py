"""Codes of announcements, with their labels apart."""

from enum import StrEnum

ANNOUNCEMENT = "announcement"
MODULE = "announcements"
CONFIRM = "announcement:confirm"


class AnnouncementStatus(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    ENDED = "ended"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class AnnouncementPerm(StrEnum):
    """The rights around announcements; reading one needs none but to be addressed."""

    PUBLISH = "announcements:announcement:publish"


class ReceiptState(StrEnum):
    """How far one person got with an announcement."""

    CONFIRMED = "confirmed"
    SEEN = "seen"
    UNREAD = "unread"


LIVE = (AnnouncementStatus.SCHEDULED, AnnouncementStatus.PUBLISHED)

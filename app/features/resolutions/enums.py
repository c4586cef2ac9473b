"""Codes of resolutions, with their labels apart."""

from enum import StrEnum

RESOLUTION = "resolution"
MODULE = "resolutions"
REMIND_DAYS = "resolutions.remind_days"


class ResolutionStatus(StrEnum):
    """The life of a resolution: carried out, said to be done, checked."""

    OPEN = "open"
    COMPLETED = "completed"
    CHECKED = "checked"
    CANCELLED = "cancelled"


class ResolutionPerm(StrEnum):
    """The right to decide what others carry out; whoever carries out a resolution needs none."""

    DECIDE = "resolutions:resolution:decide"

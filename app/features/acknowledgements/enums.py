"""Codes of acknowledgements, with their labels apart."""

from enum import StrEnum

ACKNOWLEDGEMENT = "acknowledgement"
MODULE = "acknowledgements"


class AcknowledgementStatus(StrEnum):
    """Where the letter of a person stands."""

    MISSING = "missing"
    HANDED_IN = "handed_in"
    FILED = "filed"


class AcknowledgementPerm(StrEnum):
    """Who keeps the letters of others; everybody hands in their own without any right."""

    KEEP = "acknowledgements:letter:keep"

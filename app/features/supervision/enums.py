"""Codes of the supervision of rules, with their labels apart."""

from enum import StrEnum


class SupervisionPerm(StrEnum):
    """Who sees the board of all bound clauses, and whose exceptions by name.

    Figures and numbers of exceptions are for everybody, and everybody sees the exceptions that concern them.
    """

    BOARD = "supervision:board:view"
    ALL = "supervision:exception:view-all"


FLOW_PREFIX = "flow:"

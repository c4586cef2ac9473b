"""Codes of rules, with their labels apart."""

from enum import StrEnum


class NumberStyle(StrEnum):
    """How a clause is numbered; an article (第一条) counts through all chapters."""

    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    HAN = "han"
    HAN_IN_BRACKETS = "han_in_brackets"
    DECIMAL = "decimal"
    DECIMAL_IN_BRACKETS = "decimal_in_brackets"
    CIRCLED = "circled"
    NONE = "none"

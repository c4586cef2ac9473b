"""Codes of the daily question."""

from enum import StrEnum

MODULE = "daily_questions"


class DailyQuestionPerm(StrEnum):
    """Who sees by name how far colleagues know the rules; the figures are for everybody."""

    NAMES = "daily_questions:mastery:names"

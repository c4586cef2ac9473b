"""The milestones of a suggestion, typed a line each with its day first."""

import re
from datetime import date

from app.features.suggestions.models import Suggestion, SuggestionMilestone

MOST_STEPS = 20
_LINE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\s+(.{1,200})")


def read_plan(text: str) -> list[tuple[date, str]]:
    """Return days and texts of typed milestones; ValueError for a line without a day, and for too many."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(line)
        found.append((date(int(match[1]), int(match[2]), int(match[3])), match[4].strip()))
    if len(found) > MOST_STEPS:
        raise ValueError("too many")
    return found


def write_plan(suggestion: Suggestion, plan: list[tuple[date, str]]) -> None:
    """Give a suggestion its milestones, in place of those it had."""
    suggestion.milestones = [
        SuggestionMilestone(position=place, due_on=day, text=text) for place, (day, text) in enumerate(plan)
    ]

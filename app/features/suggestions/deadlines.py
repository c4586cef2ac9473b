"""The clock of answers: each stage has a deadline in working days, which stands still while the author has it."""

from app.core import clock, workdays
from app.features.suggestions.enums import Stage
from app.features.suggestions.models import Suggestion, SuggestionDeadline
from app.features.suggestions.rules_of import days_for

LATE = -1


def open_row(suggestion: Suggestion) -> SuggestionDeadline | None:
    """Return the deadline that still runs or stands still."""
    return next((row for row in suggestion.deadlines if row.met_at is None), None)


def begin(suggestion: Suggestion, stage: Stage) -> None:
    """Let the deadline of a stage run; the one before it was met now."""
    meet(suggestion)
    due = workdays.add_working_days(clock.now(), days_for(stage))
    suggestion.deadlines.append(SuggestionDeadline(stage=stage, due_at=due, paused=False))
    suggestion.due_at = due


def meet(suggestion: Suggestion) -> None:
    """Note that what was due came."""
    row = open_row(suggestion)
    if row is not None:
        row.met_at, row.paused = clock.now(), False
    suggestion.due_at = suggestion.days_left = None


def drop(suggestion: Suggestion) -> None:
    """Let go of what nobody has to answer any more."""
    row = open_row(suggestion)
    if row is not None:
        suggestion.deadlines.remove(row)
    suggestion.due_at = suggestion.days_left = None


def pause(suggestion: Suggestion) -> None:
    """Let the clock stand still, as long as the author has it; what was late already stays late."""
    row = open_row(suggestion)
    if row is None:
        return
    row.paused = True
    late = row.due_at < clock.now()
    due_on = clock.to_local(row.due_at).date()
    suggestion.days_left = LATE if late else workdays.working_days_between(clock.today(), due_on)
    suggestion.due_at = None


def resume(suggestion: Suggestion) -> None:
    """Let the clock run on with the days that were left."""
    row = open_row(suggestion)
    if row is None:
        return
    left = suggestion.days_left
    if left is not None and left != LATE:
        row.due_at = workdays.add_working_days(clock.now(), left)
    row.paused = False
    suggestion.due_at, suggestion.days_left = row.due_at, None


def answered(suggestion: Suggestion) -> None:
    """Note the first answer, and how many working days it took."""
    meet(suggestion)
    if suggestion.answered_at is None and suggestion.submitted_at is not None:
        suggestion.answered_at = clock.now()
        begun = clock.to_local(suggestion.submitted_at).date()
        suggestion.answer_days = workdays.working_days_between(begun, clock.today())

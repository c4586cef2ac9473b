"""What jobs bring: reminders, tasks whose day has come, one digest a day of votes and comments."""

from typing import Any

from sqlalchemy import func, or_, select

from app.core import clock, modules, workdays
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.suggestions import actions
from app.features.suggestions.enums import MODULE, SuggestionStatus
from app.features.suggestions.models import Suggestion, SuggestionComment, SuggestionEffect, SuggestionVote


def remind(payload: dict[str, Any]) -> None:
    """Bring tasks whose day has come, and remind of what is overdue, on working days and each person once a day."""
    if not modules.is_on(MODULE) or not clock.is_daytime() or not workdays.is_working_day(clock.today()):
        return
    waiting = select(SuggestionEffect.suggestion_id).where(
        SuggestionEffect.checked_at.is_(None), SuggestionEffect.due_on <= clock.today()
    )
    statement = select(Suggestion.id).where(
        or_(
            Suggestion.due_at < clock.now(),
            Suggestion.status == SuggestionStatus.PARKED,
            Suggestion.id.in_(waiting),
        )
    )
    found = list(session.execute(statement.order_by(Suggestion.id)).scalars())
    session.rollback()
    if found:
        with unit_of_work():
            for number in found:
                actions.remind_of(session.get_one(Suggestion, number))


def digest(payload: dict[str, Any]) -> None:
    """Tell once a day what was said and how many more support it, in one notice for each suggestion."""
    if not modules.is_on(MODULE) or not clock.is_daytime():
        return
    found = talked_about()
    session.rollback()
    if found:
        with unit_of_work():
            digest_now()


def digest_now() -> None:
    """Tell of every suggestion what came since its author was told last, in the open unit of work."""
    for number in talked_about():
        actions.digest_of(session.get_one(Suggestion, number))


def talked_about() -> list[int]:
    """Return the suggestions with more votes or comments than their authors know of."""
    votes = select(func.count()).where(SuggestionVote.suggestion_id == Suggestion.id).scalar_subquery()
    comments = select(func.count()).where(SuggestionComment.suggestion_id == Suggestion.id).scalar_subquery()
    statement = select(Suggestion.id).where(
        or_(votes > Suggestion.votes_told, comments > Suggestion.comments_told)
    )
    return list(session.execute(statement.order_by(Suggestion.id)).scalars())

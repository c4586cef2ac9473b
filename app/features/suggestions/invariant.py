"""What must hold of every suggestion, proved by ``check``."""

from sqlalchemy import func, or_, select

from app.core.db import session
from app.core.files import StoredFile
from app.core.i18n import gettext as _
from app.core.timeline import Event
from app.features.suggestions.enums import SUGGESTION, Naming, SuggestionStatus
from app.features.suggestions.models import Suggestion, SuggestionAuthor, SuggestionDeadline

S = SuggestionStatus
RUNNING = (S.SUBMITTED, S.ACCEPTED, S.REDIRECTED, S.REVIEW, S.COMPANY_REVIEW)
AUTHOR_VERBS = tuple(
    f"{SUGGESTION}:{step}"
    for step in ("draft", "edit", "attach", "submit", "complete", "resubmit", "confirm", "appeal", "withdraw")
)


def deadlines_run() -> list[str]:
    """Find suggestions that wait for an answer without a deadline, or keep one that nobody waits for."""
    opened = (
        select(
            SuggestionDeadline.suggestion_id,
            func.count().label("count"),
            func.max(SuggestionDeadline.due_at).label("due_at"),
        )
        .where(SuggestionDeadline.met_at.is_(None))
        .group_by(SuggestionDeadline.suggestion_id)
        .subquery()
    )
    statement = (
        select(Suggestion.number, Suggestion.status, Suggestion.due_at, opened.c.count, opened.c.due_at)
        .outerjoin(opened, opened.c.suggestion_id == Suggestion.id)
        .where(Suggestion.number.is_not(None))
        .order_by(Suggestion.id)
    )
    found = []
    for number, status, due_at, count, row_due in session.execute(statement):
        wanted = 1 if status in (*RUNNING, S.RETURNED) else 0
        agrees = status not in RUNNING or due_at == row_due
        if (count or 0) != wanted or not agrees:
            found.append(_("建议 %(number)s 的答复时限与它的状态不符", number=number))
    return found


def leads_to_nobody() -> list[str]:
    """Find anything stored of an unnamed suggestion that leads to a person or a machine."""
    nameless = select(Suggestion.id).where(Suggestion.naming != Naming.NAMED)
    unnamed = select(Suggestion.id).where(Suggestion.naming == Naming.UNNAMED)
    kept = session.execute(
        select(SuggestionAuthor.suggestion_id).where(SuggestionAuthor.suggestion_id.in_(unnamed))
    ).scalars()
    events = session.execute(
        select(Event.doc_id).where(
            Event.doc_type == SUGGESTION,
            Event.doc_id.in_(nameless),
            Event.verb.in_(AUTHOR_VERBS),
            or_(Event.actor_id.is_not(None), Event.address != "", Event.request_id != ""),
        )
    ).scalars()
    stored = session.execute(
        select(StoredFile.doc_id).where(
            StoredFile.doc_type == SUGGESTION,
            StoredFile.doc_id.in_(nameless),
            StoredFile.uploaded_by_id.is_not(None),
        )
    ).scalars()
    ids = sorted({*kept, *events, *stored})
    numbers = session.execute(
        select(Suggestion.number).where(Suggestion.id.in_(ids)).order_by(Suggestion.id)
    ).scalars()
    return [_("不署名的建议 %(number)s 留下了能查到作者的记录", number=number) for number in numbers]


def invariants() -> list[str]:
    """Return what is wrong, a sentence each."""
    return [*deadlines_run(), *leads_to_nobody()]

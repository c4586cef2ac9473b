"""Votes and comments: open to all who may see a suggestion, as long as something can still come of it."""

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor
from app.core.workflow import lock
from app.core.written import check_written
from app.features.suggestions import queries
from app.features.suggestions.enums import DISCUSSED
from app.features.suggestions.flow import FLOW
from app.features.suggestions.models import Suggestion, SuggestionComment, SuggestionVote

LONGEST_COMMENT = 1_000


def open_to_all(suggestion: Suggestion, what: LazyText) -> None:
    """Lock a suggestion that is still discussed; raises Conflict for one that is not."""
    lock(suggestion)
    if suggestion.status not in DISCUSSED:
        raise Conflict("core:wrong-state", state=FLOW.state(suggestion.status).label, step=what)


def vote(suggestion: Suggestion, *, actor: Actor) -> None:
    """Support a suggestion, once. Whoever acts votes: nobody can be named. Raises Conflict where it is closed."""
    open_to_all(suggestion, lazy("支持"))
    if actor.id is None or suggestion.owner_id == actor.id:
        raise Conflict("suggestion:own-vote")
    if queries.has_voted(actor, suggestion.id):
        raise Conflict("suggestion:voted-already")
    session.add(SuggestionVote(suggestion_id=suggestion.id, user_id=actor.id, voted_at=clock.now()))
    session.flush()


def take_back_vote(suggestion: Suggestion, *, actor: Actor) -> None:
    """Take the support back; raises Conflict where it is closed. Without a vote nothing changes."""
    open_to_all(suggestion, lazy("取消支持"))
    row = (
        session.query(SuggestionVote)
        .filter(SuggestionVote.suggestion_id == suggestion.id, SuggestionVote.user_id == actor.id)
        .one_or_none()
    )
    if row is not None:
        session.delete(row)
        session.flush()


def comment(suggestion: Suggestion, *, actor: Actor, text: str) -> SuggestionComment:
    """Say something about a suggestion; raises Conflict where it is closed, Invalid for nothing or too much."""
    check_written(text, "text")
    open_to_all(suggestion, lazy("留言"))
    said = text.strip()
    if not said:
        raise Invalid(fields={"text": lazy("请写下您想说的")})
    if len(said) > LONGEST_COMMENT:
        raise Invalid(fields={"text": lazy("最多 %(most)s 个字", most=LONGEST_COMMENT)})
    row = SuggestionComment(suggestion_id=suggestion.id, user_id=actor.id, text=said, written_at=clock.now())
    session.add(row)
    session.flush()
    return row

"""Who must act on a suggestion in each of its states."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from app.core import clock
from app.core.tasks import WantedTask
from app.features.proposals.enums import ProposalPerm
from app.features.suggestions import rules_of
from app.features.suggestions.models import Suggestion
from app.features.suggestions.people_of import author_id, reviewer, turn


def end_of(day: date) -> datetime:
    """Return the last moment of a company day."""
    return clock.day_bounds(day)[1] - timedelta(seconds=1)


def accepting(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of accepting."""
    yield from turn("suggestion:accept", suggestion)


def after_acceptance(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of beginning the review, and the author's of saying how it can be done."""
    yield from turn("suggestion:begin-review", suggestion)
    if not suggestion.method:
        yield from by_author("suggestion:complete", suggestion)


def by_author(kind: str, suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield a task of the author, as far as anybody knows who that is."""
    person = author_id(suggestion)
    if person is not None:
        yield WantedTask(kind, user_id=person)


def completing(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the author's task of adding what was asked for."""
    yield from by_author("suggestion:resubmit", suggestion)


def answering(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of answering an opinion."""
    yield from turn("suggestion:answer", suggestion)


def reviewing(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the department's task of deciding."""
    yield from turn("suggestion:review", suggestion)


def deciding(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the company's task of deciding."""
    yield from turn("suggestion:decide", suggestion)


def arranging(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of naming who carries it out."""
    yield from turn("suggestion:implement", suggestion)


def concluding(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of concluding a trial."""
    yield from turn("suggestion:conclude", suggestion)


def looking_again(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of looking again at a parked one, once its day has come."""
    if suggestion.due_at is not None and suggestion.due_at <= clock.now() + timedelta(days=1):
        yield from turn("suggestion:look-again", suggestion)


def carrying_out(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of carrying it out."""
    yield WantedTask("suggestion:deliver", user_id=suggestion.implementer_id, due_at=suggestion.due_at)


def verifying(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of verifying."""
    yield from turn("suggestion:verify", suggestion)


def confirming(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the author's task of reading why it was declined."""
    if suggestion.read_at is None:
        yield from by_author("suggestion:confirm", suggestion)


def checking_effect(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of looking at the effect, once its day has come."""
    effect = suggestion.next_effect
    if effect is not None and effect.due_on <= clock.today():
        yield WantedTask(
            "suggestion:check-effect",
            permission=next(iter(reviewer.permissions)),
            department_id=suggestion.department_id,
            due_at=end_of(effect.due_on),
        )


def after_verification(suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of looking at the effect, and of proposing the reward its points are worth."""
    yield from checking_effect(suggestion)
    owner = suggestion.owner
    if owner is None or suggestion.proposal_id is not None or rules_of.tier_for(suggestion.total) is None:
        return
    yield WantedTask(
        "suggestion:reward",
        permission=str(ProposalPerm.PROPOSE),
        department_id=owner.department_id,
        excluded_user_id=owner.id,
    )

"""The reward of a suggestion that was carried out: a proposal by a clause, of the amount of its tier."""

from decimal import Decimal

from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied
from app.core.i18n import lazy
from app.core.permissions import SYSTEM, Actor, can, who_may
from app.core.workflow import check_version, lock
from app.features.proposals import actions as proposal_actions
from app.features.proposals.actions import ProposalValues
from app.features.proposals.enums import ProposalKind, ProposalPerm
from app.features.proposals.models import Proposal
from app.features.proposals.queries import visible_ids
from app.features.suggestions import rules_of
from app.features.suggestions.enums import SUGGESTION, SuggestionStatus
from app.features.suggestions.flow import FLOW
from app.features.suggestions.models import Suggestion

LONGEST_NOTE = 200


def may_reward(suggestion: Suggestion, actor: Actor) -> bool:
    """Tell whether an actor may now propose a reward for it."""
    owner = suggestion.owner
    return (
        suggestion.status == SuggestionStatus.DONE
        and suggestion.proposal_id is None
        and owner is not None
        and owner.id != actor.id
        and rules_of.is_on(rules_of.AWARDS)
        and can(actor, ProposalPerm.PROPOSE, owner.department_id)
    )


def sees_reward(suggestion: Suggestion, actor: Actor) -> bool:
    """Tell whether a reward is proposed that this reader may open: its author not before it is submitted."""
    if suggestion.proposal_id is None:
        return False
    seen = visible_ids(actor).where(Proposal.id == suggestion.proposal_id)
    return session.execute(seen).scalar_one_or_none() is not None


def propose_reward(
    suggestion: Suggestion,
    *,
    actor: Actor,
    version: int | None,
    clause_id: int | None,
    measure: str,
    amount: Decimal | None,
) -> Proposal:
    """Make a proposal of reward for the author, as a draft; it goes its own way from there.

    Raises Denied, Stale, Conflict where there is nothing to reward or nobody to name, Invalid at the fields.
    """
    lock(suggestion)
    owner = suggestion.owner
    if owner is None:
        raise Conflict("suggestion:nobody-to-reward")
    if not can(actor, ProposalPerm.PROPOSE, owner.department_id):
        who = who_may(ProposalPerm.PROPOSE, owner.department_id)
        raise Denied("core:denied", what=lazy("提出奖励"), who=who)
    check_version(SUGGESTION, suggestion, version)
    if not rules_of.is_on(rules_of.AWARDS):
        raise Conflict("suggestion:awards-off")
    if suggestion.status != SuggestionStatus.DONE:
        label = FLOW.state(suggestion.status).label
        raise Conflict("core:wrong-state", state=label, step=lazy("提出奖励"))
    if suggestion.proposal_id is not None:
        raise Conflict("suggestion:proposed-already")
    values = ProposalValues(
        kind=ProposalKind.REWARD,
        subject_id=owner.id,
        clause_id=clause_id,
        happened_at=clock.now(),
        place=suggestion.department.name,
        facts=f"{suggestion.number} {suggestion.title}\n{suggestion.verified_text}",
        measure=measure,
        amount=amount,
    )
    proposal = proposal_actions.draft(actor=actor, values=values)
    address, note = f"/suggestions/{suggestion.id}", f"{suggestion.number} {suggestion.title}"[:LONGEST_NOTE]
    proposal_actions.add_evidence(proposal, actor=actor, version=None, address=address, note=note)
    suggestion.proposal_id = proposal.id
    suggestion.touch()
    session.flush()
    FLOW.sync_tasks(suggestion)
    timeline.record(SUGGESTION, suggestion.id, "suggestion:propose-reward", actor)
    return proposal


def of_proposal(proposal_id: int) -> Suggestion | None:
    """Return the suggestion a proposal rewards; None for any other proposal."""
    statement = select(Suggestion).where(Suggestion.proposal_id == proposal_id)
    return session.execute(statement).unique().scalar_one_or_none()


def on_executed(proposal_id: int, actor: Actor) -> None:
    """Note, in the same transaction, that the reward reached the author."""
    suggestion = of_proposal(proposal_id)
    if suggestion is not None and suggestion.status == SuggestionStatus.DONE:
        FLOW.fire(suggestion, "reward", SYSTEM, version=None)


def on_ended(proposal_id: int, actor: Actor) -> None:
    """Let go of a proposal that was withdrawn or refused, so that another one can be made."""
    suggestion = of_proposal(proposal_id)
    proposal = session.get_one(Proposal, proposal_id)
    if suggestion is not None and proposal.status in ("withdrawn", "dismissed"):
        suggestion.proposal_id = None
        suggestion.touch()
        session.flush()
        FLOW.sync_tasks(suggestion)

"""What upper features may ask of the decision on an inquiry, whose step stays in its own table."""

from app.core.permissions import Actor
from app.core.workflow import Authority
from app.features.inquiries import flow
from app.features.inquiries.models import Inquiry


def authority(inquiry: Inquiry, actor: Actor) -> Authority | None:
    """Return by what right an actor would decide on an inquiry, None where they may not (nobody on their own)."""
    return flow.decider.test(inquiry, actor)


def check(inquiry: Inquiry, actor: Actor, version: int | None) -> None:
    """Raise Denied, Stale or Conflict, in this order, where an actor may not decide on an inquiry now."""
    flow.FLOW.check_possible(inquiry, "decide", actor, version)


def people(inquiry: Inquiry) -> list[int]:
    """Return the ids of those who may decide, to be told."""
    return [person for person in flow.deciders(inquiry) if person is not None]

"""What pages show of negotiations, made ready so that templates decide nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for

from app.core.i18n import listed
from app.core.permissions import Actor, directory
from app.core.workflow import StepView
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import actions
from app.features.quotations.negotiation.enums import OUTSIDE_LABELS
from app.features.quotations.negotiation.flow import FLOW
from app.features.quotations.negotiation.models import Negotiation
from app.features.quotations.secrecy import sees_prices


@dataclass(frozen=True)
class Talk:
    """A negotiation as the card of its quotation shows it: the talk, the manager's word, what the reader may do."""

    id: int
    url: str
    state: str
    tone: str
    person: str
    held_at: datetime
    place: str
    counterpart: str
    asked: str
    offered: str
    outside: str
    next_step: str
    next_on: date | None
    answer: str
    reply: str
    answered_by: str
    answered_for: str
    answered_at: datetime | None
    version: int
    steps: list[StepView]


def address(negotiation_id: int) -> str:
    """Return the address of a negotiation's page."""
    return f"/quotations/negotiations/{negotiation_id}"


def outside_text(row: Negotiation) -> str:
    """Return what lies outside the normal terms, in words."""
    return listed(str(OUTSIDE_LABELS[term]) for term in row.outside)


def talk_of(row: Negotiation, actor: Actor) -> Talk:
    """Return a negotiation as a card shows it to an actor."""
    state = FLOW.state(row.status)
    people = directory().people(filter(None, (row.owner_id, row.answered_by_id)))
    answered_by = people.get(row.answered_by_id or 0)
    return Talk(
        id=row.id,
        url=address(row.id),
        state=str(state.label),
        tone=state.tone,
        person=people[row.owner_id].name,
        held_at=row.held_at,
        place=row.place,
        counterpart=row.counterpart,
        asked=row.asked,
        offered=row.offered,
        outside=outside_text(row),
        next_step=row.next_step,
        next_on=row.next_on,
        answer=str(state.label) if row.answered_at else "",
        reply=row.reply,
        answered_by=answered_by.name if answered_by else "",
        answered_for=row.answered_for,
        answered_at=row.answered_at,
        version=row.version,
        steps=FLOW.open_steps(row, actor),
    )


def told_to_reviewer(revision: QuotationRevision) -> dict[str, Any]:
    """Return the talks about a quotation for the page of its approval: to be read there, not answered."""
    nobody = Actor(None, "")
    return {"talks": [talk_of(row, nobody) for row in revision.quotation.negotiations], "record_url": ""}


def card(revision: QuotationRevision, actor: Actor) -> dict[str, Any]:
    """Return the talks about a quotation for its page, and where the owner records the next one.

    What was asked and offered tells of prices: of a sealed bid it is for those who may know them.
    """
    known = revision.quotation.negotiations if sees_prices(revision, actor) else []
    talks = [talk_of(row, actor) for row in known]
    may_record = (
        revision.owner_id == actor.id
        and revision.current
        and revision.quotation.number is not None
        and revision.status not in actions.OVER
    )
    return {
        "talks": talks,
        "record_url": url_for("negotiations.new", quotation_id=revision.quotation_id) if may_record else "",
    }

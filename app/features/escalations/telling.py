"""Whom a report is put to and who is told of it: the chain of people, each with when they were told and saw it."""

from app.core import clock, search
from app.core.db import session
from app.core.documents import numbered_title
from app.features.escalations import queries
from app.features.escalations.enums import ESCALATION
from app.features.escalations.models import Escalation, EscalationTold
from app.features.people.models import User


def may_receive(kind: str, person_id: int) -> bool:
    """Tell whether somebody receives matters of a kind."""
    return any(person.id == person_id for person in queries.receivers(kind))


def put_to(escalation: Escalation, person_id: int) -> None:
    """Put a report to a person, who has not seen it yet, and keep when they were told."""
    person = session.get_one(User, person_id)
    escalation.to, escalation.to_id = person, person.id
    escalation.to_department_id = person.department_id
    escalation.seen_at = None
    tell(escalation, person_id, because_late=False)


def tell(escalation: Escalation, person_id: int, *, because_late: bool) -> bool:
    """Keep that somebody was told of a report; False where they were already."""
    if any(row.user_id == person_id for row in escalation.told):
        return False
    person = session.get_one(User, person_id)
    row = EscalationTold(user_id=person_id, told_at=clock.now(), because_late=because_late, person=person)
    escalation.told.append(row)
    session.flush()
    return True


def note_seen(escalation: Escalation, person_id: int) -> None:
    """Keep when somebody who was told of a report saw it first."""
    for row in escalation.told:
        if row.user_id == person_id and row.seen_at is None:
            row.seen_at = clock.now()


def index(escalation: Escalation) -> None:
    """Bring the search index up to date."""
    title = numbered_title(escalation.number, escalation.text)
    search.put(ESCALATION, escalation.id, title, f"{escalation.text}\n{escalation.answer}")

"""Asking for letters, besides the steps of their life."""

from datetime import timedelta
from typing import Any

from app.core import search, timeline
from app.core.db import session
from app.core.errors import Denied
from app.core.i18n import lazy
from app.core.permissions import SYSTEM, Actor, who_may
from app.core.uow import unit_of_work
from app.core.workflow import lock
from app.features.acknowledgements import queries
from app.features.acknowledgements.enums import ACKNOWLEDGEMENT, AcknowledgementPerm
from app.features.acknowledgements.flow import FLOW
from app.features.acknowledgements.models import Acknowledgement
from app.features.people.models import User

KEEP_UP_EVERY = timedelta(hours=1)


def ask(user_id: int, *, actor: Actor) -> Acknowledgement:
    """Ask a person for the letter, once: the one there is comes back unchanged. It opens the person's task.

    Raises Denied for whoever is neither the person nor keeps their letter.
    """
    person = session.get_one(User, user_id)
    lock(person)
    if not actor.is_system and actor.id != user_id and not queries.keeps_person(actor, user_id):
        raise Denied(
            "core:denied",
            what=lazy("请他人签署确认书"),
            who=who_may(AcknowledgementPerm.KEEP, person.department_id),
        )
    known = queries.letter_of(user_id)
    if known is not None:
        return known
    letter = Acknowledgement(owner=person, owner_id=person.id, status=FLOW.initial)
    session.add(letter)
    session.flush()
    search.put(ACKNOWLEDGEMENT, letter.id, f"{person.name} {person.staff_number}")
    FLOW.sync_tasks(letter)
    timeline.record(
        ACKNOWLEDGEMENT, letter.id, "acknowledgement:ask", actor, to_status=letter.status, tell=[user_id]
    )
    return letter


def ask_at_first_sign_in(user_id: int, actor: Actor) -> None:
    """Ask whoever has just set a password of their own (subscribed to that event)."""
    if queries.are_asked_for():
        ask(user_id, actor=SYSTEM)


def keep_up(payload: dict[str, Any]) -> None:
    """Ask everybody who was never asked, such as those of an installation older than the letter; harmless twice."""
    if not queries.are_asked_for():
        return
    people = queries.not_asked_yet()
    session.rollback()
    for user_id in people:
        with unit_of_work():
            ask(user_id, actor=SYSTEM)

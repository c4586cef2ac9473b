"""Whether the installation was set up, the events an auditor may read, and whom settings name."""

from typing import Any

from sqlalchemy import Select, literal, select

from app.core import documents, settings
from app.core.db import session
from app.core.permissions import Actor
from app.core.timeline import Event
from app.features.people.models import User


def is_set_up() -> bool:
    """Tell whether anybody has an account yet."""
    return session.execute(select(User.id).limit(1)).first() is not None


def events(actor: Actor) -> Select[Event]:
    """Return the SELECT of all events, those of private documents apart that the actor does not see."""
    return select(Event).where(documents.record_is_open(actor, Event.doc_type, Event.doc_id))


def latest_backups() -> list[Event]:
    """Return the events of the latest backups made from the page."""
    statement = select(Event).where(Event.verb == "backup:make").order_by(Event.seq.desc()).limit(20)
    return list(session.execute(statement).scalars())


def people_options() -> list[tuple[str, str]]:
    """Return id and name of everybody with an account, for choices."""
    rows = session.execute(select(User.id, User.name, User.staff_number).order_by(User.staff_number))
    return [(str(row.id), f"{row.name} ({row.staff_number})") for row in rows]


def active_people_options() -> list[tuple[str, str]]:
    """Return id and name of everybody who works here, for choices."""
    statement = select(User.id, User.name, User.staff_number).where(User.active).order_by(User.staff_number)
    return [(str(row.id), f"{row.name} ({row.staff_number})") for row in session.execute(statement)]


def settings_naming(user_id: int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of how many settings name a person for something nobody else could do then (rule R12)."""
    named = [
        item for item in settings.registered() if item.kind == "person" and settings.get(item.key) == user_id
    ]
    return select(literal(len(named)))

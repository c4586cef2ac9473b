"""What people do on the workbench: remind those a document waits for."""

from collections.abc import Iterable

from app.core import documents, notices, tasks, timeline
from app.core.errors import Conflict, NotVisible
from app.core.permissions import Actor
from app.core.tasks import Task


def people_waited_for(waiting: Iterable[Task]) -> list[int]:
    """Return the people who can act on open tasks, each once."""
    people = [person for task in waiting for person in tasks.people_for(task)]
    return list(dict.fromkeys(people))


def remind(doc_type: str, doc_id: int, *, actor: Actor) -> int:
    """Tell those a document waits for that it waits, once a day each, and return how many were told.

    Raises NotVisible for a document the actor may not see, Conflict where it waits for nobody, for nobody else,
    or where all were reminded today.
    """
    if not documents.is_visible(actor, doc_type, doc_id):
        raise NotVisible
    waiting = tasks.open_tasks(doc_type, doc_id)
    if not waiting:
        raise Conflict("home:nothing-waits")
    others = [person for person in people_waited_for(waiting) if person != actor.id]
    if not others:
        raise Conflict("home:nobody-to-remind")
    fresh = notices.not_yet_reminded(doc_type, doc_id, others)
    if not fresh:
        raise Conflict("home:already-reminded")
    timeline.record(doc_type, doc_id, "home:remind", actor, tell=fresh)
    return len(fresh)

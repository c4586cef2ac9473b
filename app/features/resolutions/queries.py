"""Who sees which resolution, and what came of a document."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, or_, select, true

from app.core import clock, settings
from app.core.db import UTCDateTime, in_departments, one_visible, session
from app.core.documents import numbered_title
from app.core.permissions import Actor, departments_of
from app.features.people.models import User
from app.features.resolutions.enums import REMIND_DAYS, ResolutionPerm, ResolutionStatus
from app.features.resolutions.models import Resolution


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a resolution.

    Who decided it, who carries it out, who stands in for either, and who decides in the department that carries it out.
    """
    if actor.is_system:
        return true()
    people = {actor.id, *(grant.on_behalf_of for grant in actor.grants)} - {None}
    reach = departments_of(actor, ResolutionPerm.DECIDE)
    return or_(
        Resolution.owner_id.in_(people),
        Resolution.responsible_id.in_(people),
        in_departments(Resolution.department_id, reach),
    )


def visible_to(actor: Actor) -> Select[Resolution]:
    """Return the SELECT of the resolutions an actor may see."""
    return select(Resolution).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the resolutions an actor may see."""
    return select(Resolution.id).where(condition(actor))


def get_resolution(actor: Actor, resolution_id: int) -> Resolution:
    """Return a resolution the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(Resolution.id == resolution_id)
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return the titles of resolutions, for tasks, notices and the log."""
    rows = session.execute(
        select(Resolution.id, Resolution.number, Resolution.text).where(Resolution.id.in_(ids))
    )
    return {row.id: numbered_title(row.number, row.text) for row in rows}


def of_document(actor: Actor, doc_type: str, doc_id: ColumnElement[int] | int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the resolutions of a document that an actor may see (``web.document_panels``)."""
    return (
        select(
            Resolution.id,
            Resolution.text,
            Resolution.status,
            User.name.label("who"),
            null().cast(UTCDateTime()).label("moment"),
            Resolution.due_on.label("day"),
        )
        .join(User, User.id == Resolution.responsible_id)
        .where(Resolution.doc_type == doc_type, Resolution.doc_id == doc_id, condition(actor))
    )


def opened_by(doc_type: str, doc_id: int) -> list[Resolution]:
    """Return all resolutions that came of a document, in their order; for readers who may see that whole document."""
    statement = (
        select(Resolution)
        .where(Resolution.doc_type == doc_type, Resolution.doc_id == doc_id)
        .order_by(Resolution.id)
    )
    return list(session.execute(statement).unique().scalars())


def soon_due() -> list[int]:
    """Return the open resolutions that are due within the days of the setting, or overdue."""
    until = clock.today() + timedelta(days=settings.get(REMIND_DAYS))
    statement = (
        select(Resolution.id)
        .where(Resolution.status == ResolutionStatus.OPEN, Resolution.due_on <= until)
        .order_by(Resolution.id)
    )
    return list(session.execute(statement).scalars())


def open_of(user_id: int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of how many resolutions a person decided that are not over (the leaver gate)."""
    ended = (ResolutionStatus.CHECKED, ResolutionStatus.CANCELLED)
    return select(func.count()).where(Resolution.owner_id == user_id, Resolution.status.not_in(ended))

"""Who sees which report, whom one may be put to, and what was reported of a document."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, exists, func, null, or_, select, true

from app.core import clock
from app.core.db import in_departments, one_visible, session
from app.core.documents import numbered_title
from app.core.permissions import Actor, Person, departments_of, directory
from app.features.escalations.enums import RECEIVERS, WAITING, EscalationKind, EscalationPerm
from app.features.escalations.models import Escalation, EscalationTold
from app.features.people.models import User


def people_of(actor: Actor) -> list[int]:
    """Return whom an actor acts as: themselves, and those they stand in for."""
    found = {actor.id, *(grant.on_behalf_of for grant in actor.grants)}
    return sorted(person for person in found if person is not None)


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a report.

    Its owner, whoever was told of it, who stands in for them, and who looks over one of the two departments.
    """
    if actor.is_system:
        return true()
    people = people_of(actor)
    told = select(EscalationTold.escalation_id).where(EscalationTold.user_id.in_(people))
    reach = departments_of(actor, EscalationPerm.OVERSEE)
    return or_(
        Escalation.owner_id.in_(people),
        Escalation.to_id.in_(people),
        Escalation.id.in_(told),
        in_departments(Escalation.department_id, reach),
        in_departments(Escalation.to_department_id, reach),
    )


def visible_to(actor: Actor) -> Select[Escalation]:
    """Return the SELECT of the reports an actor may see."""
    return select(Escalation).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the reports an actor may see."""
    return select(Escalation.id).where(condition(actor))


def get_escalation(actor: Actor, escalation_id: int) -> Escalation:
    """Return a report the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(Escalation.id == escalation_id)
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return the titles of reports, for tasks, notices and the log."""
    rows = session.execute(
        select(Escalation.id, Escalation.number, Escalation.text).where(Escalation.id.in_(ids))
    )
    return {row.id: numbered_title(row.number, row.text) for row in rows}


def receivers(kind: str, excluded: int | None = None) -> list[Person]:
    """Return the people a report or request may be put to, by name."""
    found = directory().holders(str(RECEIVERS[EscalationKind(kind)]), None)
    return sorted((person for person in found if person.id != excluded), key=lambda person: person.name)


def receiver_choices(actor: Actor) -> list[tuple[int, str]]:
    """Return all people something may be put to as choices, with their position."""
    people = {person.id: person.name for kind in EscalationKind for person in receivers(kind, actor.id)}
    rows = session.execute(select(User.id, User.position).where(User.id.in_(people)))
    positions = {row.id: row.position for row in rows}
    return [
        (number, f"{name} · {positions[number]}" if positions.get(number) else name)
        for number, name in sorted(people.items(), key=lambda item: item[1])
    ]


def of_document(actor: Actor, doc_type: str, doc_id: ColumnElement[int] | int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the reports of a document that an actor may see (``web.document_panels``)."""
    return (
        select(
            Escalation.id,
            Escalation.kind.label("text"),
            Escalation.status,
            User.name.label("who"),
            Escalation.created_at.label("moment"),
            null().cast(Date).label("day"),
        )
        .join(User, User.id == Escalation.to_id)
        .where(Escalation.doc_type == doc_type, Escalation.doc_id == doc_id, condition(actor))
    )


def overdue() -> list[int]:
    """Return the reports whose time to answer is over."""
    statement = (
        select(Escalation.id)
        .where(Escalation.status.in_(WAITING), Escalation.due_at < clock.now())
        .order_by(Escalation.id)
    )
    return list(session.execute(statement).scalars())


def open_of(user_id: int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of how many unfinished matters a person reported (the leaver gate)."""
    return select(func.count()).where(and_(Escalation.owner_id == user_id, Escalation.closed_at.is_(None)))


def broken_chains() -> list[str]:
    """Return the numbers of reports whose chain does not name who has to answer (read by ``check``)."""
    named = exists().where(
        EscalationTold.escalation_id == Escalation.id, EscalationTold.user_id == Escalation.to_id
    )
    statement = select(Escalation.number).where(~named).order_by(Escalation.id)
    return [str(number) for number in session.execute(statement).scalars()]

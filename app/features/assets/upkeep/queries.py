"""What is read of the upkeep of equipment: who sees which report, request and question."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    cast,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from app.core.db import UTCDateTime, in_departments, one_visible, session
from app.core.permissions import Actor, departments_of
from app.features.assets.enums import ITEM, AssetPerm
from app.features.assets.models import AssetItem
from app.features.assets.upkeep.enums import INCIDENT, SCRAPPING, ScrappingStatus, UpkeepPerm
from app.features.assets.upkeep.models import (
    AssetIncident,
    AssetRepair,
    AssetScrapping,
    AssetSelfCheckRequest,
)
from app.features.people.models import User

# Requests that are decided or led to the end of an item; there is one for an item at most.
RUNNING = (ScrappingStatus.REQUESTED, ScrappingStatus.APPROVED, ScrappingStatus.DISPOSED)


def overseen(column: ColumnElement[int] | object, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a row lies in a department whose equipment an actor keeps, oversees or scraps."""
    permissions = (AssetPerm.KEEP, AssetPerm.VIEW_ALL, UpkeepPerm.APPROVE_SCRAPPING)
    return or_(*(in_departments(column, departments_of(actor, permission)) for permission in permissions))


def incident_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a report: who made it, who was responsible, who oversees it."""
    if actor.is_system:
        return true()
    return or_(
        AssetIncident.owner_id == actor.id,
        AssetIncident.person_id == actor.id,
        overseen(AssetIncident.department_id, actor),
    )


def incidents_visible_to(actor: Actor) -> Select[AssetIncident]:
    """Return the SELECT of the reports an actor may see."""
    return select(AssetIncident).where(incident_condition(actor))


def incident_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the reports an actor may see."""
    return select(AssetIncident.id).where(incident_condition(actor))


def get_incident(actor: Actor, incident_id: int) -> AssetIncident:
    """Return a report the actor may see; raises NotVisible."""
    statement = incidents_visible_to(actor).where(AssetIncident.id == incident_id)
    return one_visible(statement)


def incident_titles(ids: list[int]) -> dict[int, str]:
    """Return number and item of reports, for tasks, notices and the log."""
    rows = session.execute(
        select(AssetIncident.id, AssetIncident.number, AssetItem.name)
        .join(AssetItem, AssetItem.id == AssetIncident.item_id)
        .where(AssetIncident.id.in_(ids))
    )
    return {row.id: f"{row.number} {row.name}" for row in rows}


def scrapping_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a request to scrap: who asked, who oversees it."""
    if actor.is_system:
        return true()
    return or_(AssetScrapping.owner_id == actor.id, overseen(AssetScrapping.department_id, actor))


def scrapping_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the requests an actor may see."""
    return select(AssetScrapping.id).where(scrapping_condition(actor))


def get_scrapping(actor: Actor, scrapping_id: int) -> AssetScrapping:
    """Return a request to scrap the actor may see; raises NotVisible."""
    statement = select(AssetScrapping).where(scrapping_condition(actor), AssetScrapping.id == scrapping_id)
    return one_visible(statement)


def scrapping_titles(ids: list[int]) -> dict[int, str]:
    """Return number and item of requests, for tasks, notices and the log."""
    rows = session.execute(
        select(AssetScrapping.id, AssetScrapping.number, AssetItem.name)
        .join(AssetItem, AssetItem.id == AssetScrapping.item_id)
        .where(AssetScrapping.id.in_(ids))
    )
    return {row.id: f"{row.number} {row.name}" for row in rows}


def self_check_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a self-check: who is asked, who keeps or oversees equipment."""
    if actor.is_system:
        return true()
    return or_(
        AssetSelfCheckRequest.owner_id == actor.id, overseen(AssetSelfCheckRequest.department_id, actor)
    )


def self_check_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the self-checks an actor may see."""
    return select(AssetSelfCheckRequest.id).where(self_check_condition(actor))


def get_self_check(actor: Actor, request_id: int) -> AssetSelfCheckRequest:
    """Return a self-check the actor may see; raises NotVisible."""
    statement = select(AssetSelfCheckRequest).where(
        self_check_condition(actor), AssetSelfCheckRequest.id == request_id
    )
    return one_visible(statement)


def self_check_titles(ids: list[int]) -> dict[int, str]:
    """Return who is asked and until when, for tasks, notices and the log."""
    rows = session.execute(
        select(AssetSelfCheckRequest.id, User.name, AssetSelfCheckRequest.due_on)
        .join(User, User.id == AssetSelfCheckRequest.owner_id)
        .where(AssetSelfCheckRequest.id.in_(ids))
    )
    return {row.id: f"{row.name} {row.due_on.isoformat()}" for row in rows}


def get_repair(actor: Actor, repair_id: int) -> AssetRepair:
    """Return a repair of equipment the actor keeps or oversees; raises NotVisible."""
    statement = (
        select(AssetRepair)
        .join(AssetItem, AssetItem.id == AssetRepair.item_id)
        .where(AssetRepair.id == repair_id, overseen(AssetItem.department_id, actor))
    )
    return one_visible(statement)


def happened_to(item_id: int, actor: Actor) -> Sequence[Row[Any]]:
    """Return what happened to an item, the newest first, by one statement: its repairs, the reports and the request.

    ``what`` is the kind of document, that of the item itself for a repair, whose ``number`` is the vendor. Reports are
    those the actor may see; of requests to scrap only one that runs or led to its end.
    """
    nothing, no_time = literal(""), null().label("ended_at")
    repaired = select(
        literal(ITEM).label("what"),
        AssetRepair.id,
        AssetRepair.vendor.label("number"),
        literal("repair").label("kind"),
        AssetRepair.outcome.label("state"),
        AssetRepair.sent_at.label("began_at"),
        AssetRepair.back_at.label("ended_at"),
        AssetRepair.cost,
        AssetRepair.fault.label("text"),
        AssetRepair.note,
    ).where(AssetRepair.item_id == item_id)
    reported = select(
        literal(INCIDENT),
        AssetIncident.id,
        AssetIncident.number,
        AssetIncident.kind,
        AssetIncident.status,
        AssetIncident.happened_at,
        cast(no_time, UTCDateTime),
        cast(null(), BigInteger),
        nothing,
        nothing,
    ).where(AssetIncident.item_id == item_id, incident_condition(actor))
    asked = select(
        literal(SCRAPPING),
        AssetScrapping.id,
        AssetScrapping.number,
        nothing,
        AssetScrapping.status,
        AssetScrapping.created_at,
        cast(no_time, UTCDateTime),
        cast(null(), BigInteger),
        nothing,
        nothing,
    ).where(
        AssetScrapping.item_id == item_id,
        AssetScrapping.status.in_([str(status) for status in RUNNING]),
    )
    together = union_all(repaired, reported, asked).subquery()
    return session.execute(select(together).order_by(together.c.began_at.desc(), together.c.id.desc())).all()

"""Reporting that an item was lost or damaged: by who is responsible for it, or by the asset keeper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core import clock, files, findings, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.files import CheckedFile
from app.core.findings import Finding
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, can, who_may
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.assets.enums import ITEM, AssetPerm, Condition, ItemStatus
from app.features.assets.models import AssetItem, HandOver
from app.features.assets.offering import withdraw_offers_of
from app.features.assets.upkeep import repairs
from app.features.assets.upkeep.enums import INCIDENT, IncidentKind, IncidentStatus, RepairOutcome
from app.features.assets.upkeep.incident_flow import FLOW
from app.features.assets.upkeep.models import AssetIncident, AssetRepair
from app.features.people.models import User

PHOTO = "photo"
LOSS_FOUND = "asset-lost"
DAMAGE_FOUND = "asset-damaged"
FINDINGS = {IncidentKind.LOST: LOSS_FOUND, IncidentKind.DAMAGED: DAMAGE_FOUND}
# Whatever is gone already can be neither lost nor damaged once more.
REPORTABLE = (ItemStatus.IN_STOCK, ItemStatus.ASSIGNED, ItemStatus.REPAIR)


@dataclass(frozen=True)
class IncidentValues:
    """What is told of a loss or damage; ``happened_at`` is when it happened, or when it was noticed."""

    kind: str
    happened_at: datetime | None
    place: str
    account: str


def may_report(actor: Actor, item: AssetItem) -> bool:
    """Tell whether an actor may report loss or damage of an item: who is responsible for it, or the asset keeper."""
    return actor.id == item.keeper_id or can(actor, AssetPerm.KEEP, item.department_id)


def who_may_report(item: AssetItem) -> str:
    """Return who may report loss or damage of an item, to be asked instead."""
    return who_may(AssetPerm.KEEP, item.department_id) or item.keeper.name


def report(
    item: AssetItem,
    *,
    actor: Actor,
    values: IncidentValues,
    version: int | None = None,
    photos: Sequence[CheckedFile] = (),
) -> AssetIncident:
    """Report that an item was lost or damaged; the system keeps it as a finding where a rule asks for care.

    A lost item leaves all offers and its repair, and is lost from now on; a damaged one stays where it is. Raises
    Denied, Stale, Conflict for an item that is gone already, Invalid at the fields.
    """
    if not may_report(actor, item):
        raise Denied("core:denied", what=lazy("报失报损"), who=who_may_report(item))
    lock(item)
    check_version(ITEM, item, version)
    if item.status not in REPORTABLE:
        raise Conflict("asset_incident:gone", item=item.name)
    happened_at = checked(values, photos)
    incident = entered(item, actor, values, happened_at)
    for photo in photos:
        files.attach(photo, INCIDENT, incident.id, actor, kind=PHOTO, legal_hold=True)
    if incident.kind == IncidentKind.LOST:
        lose(incident, actor)
    tell(incident, actor)
    return incident


def tell(incident: AssetIncident, actor: Actor) -> None:
    """Record a report at its item and its own page, ask the keeper to follow it up, and keep it as a finding."""
    timeline.record(
        ITEM,
        incident.item_id,
        f"asset_item:{incident.kind}",
        actor,
        data={"number": incident.number},
        tell=[incident.person_id],
        to_status=incident.item.status,
    )
    FLOW.sync_tasks(incident)
    timeline.record(
        INCIDENT,
        incident.id,
        "asset_incident:report",
        actor,
        data={"item": incident.item.name},
        to_status=incident.status,
        tell=[incident.person_id],
    )
    index(incident)
    tell_finding(incident)


def entered(
    item: AssetItem, actor: Actor, values: IncidentValues, happened_at: datetime, person: User | None = None
) -> AssetIncident:
    """Add the row of a report, at ``person`` or else whoever is responsible at this moment."""
    person = person or item.keeper
    incident = AssetIncident(
        status=FLOW.initial,
        owner_id=actor.id,
        kind=IncidentKind(values.kind),
        happened_at=happened_at,
        place=values.place.strip(),
        account=values.account.strip(),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    incident.owner = session.get_one(User, actor.id)
    incident.item, incident.item_id = item, item.id
    incident.person, incident.person_id = person, person.id
    incident.department, incident.department_id = item.department, item.department_id
    incident.number = next_number(INCIDENT, "BS")
    session.add(incident)
    session.flush()
    return incident


def checked(values: IncidentValues, photos: Sequence[CheckedFile]) -> datetime:
    """Return when it happened; raises Invalid at the fields."""
    faults: dict[str, LazyText | str] = {}
    for name in ("place", "account"):
        check_written(getattr(values, name), name)
    if values.kind not in set(IncidentKind):
        faults["kind"] = lazy("请选择丢失或损坏")
    if values.happened_at is None or values.happened_at > clock.now():
        faults["happened_at"] = lazy("请填写发生或发现的时间，不晚于现在")
    if not values.place.strip():
        faults["place"] = lazy("请写明地点")
    if not values.account.strip():
        faults["account"] = lazy("请写明经过：怎样发现的，现在什么情况")
    if any(not photo.media_type.startswith("image/") for photo in photos):
        faults["photos"] = lazy("请上传照片（JPG 或 PNG）")
    if faults or values.happened_at is None:
        raise Invalid(fields=faults)
    return values.happened_at


def report_damage_of(hand_over_id: int, actor: Actor) -> None:
    """Report what an accepted hand-over calls damaged, at whoever was responsible until then, in its transaction.

    Damage is reported once until it was mended, however often the item changes hands meanwhile.
    """
    hand_over = session.get_one(HandOver, hand_over_id)
    for line in hand_over.lines:
        if line.condition != Condition.DAMAGED or is_known_damaged(line.item_id):
            continue
        # what is kept is in the words of whoever wrote it: it is read in either language
        account = f"{hand_over.number}: {line.condition_note}"
        place = line.item.place.name if line.item.place is not None else str(hand_over.number)
        values = IncidentValues(IncidentKind.DAMAGED, clock.now(), place, account)
        incident = entered(line.item, actor, values, clock.now(), person=hand_over.giver)
        tell(incident, actor)


def is_known_damaged(item_id: int) -> bool:
    """Tell whether an item was reported damaged and not mended since."""
    mended = select(func.max(AssetRepair.back_at)).where(
        AssetRepair.item_id == item_id, AssetRepair.outcome == RepairOutcome.SUCCESS
    )
    reported = select(func.max(AssetIncident.created_at)).where(
        AssetIncident.item_id == item_id, AssetIncident.kind == IncidentKind.DAMAGED
    )
    mended_at, reported_at = session.execute(
        select(mended.scalar_subquery(), reported.scalar_subquery())
    ).one()
    return reported_at is not None and (mended_at is None or mended_at < reported_at)


def lose(incident: AssetIncident, actor: Actor) -> None:
    """Let the item be lost: nobody can be offered it, and no repair brings it back."""
    item = incident.item
    withdraw_offers_of([item.id], note=str(lazy("设备已报失：%(number)s", number=incident.number)))
    repair = repairs.running(item.id)
    if repair is not None:
        repairs.end(repair, actor, RepairOutcome.FAILURE, None, f"{incident.number}")
    item.status = ItemStatus.LOST
    item.touch()
    session.flush()


def tell_finding(incident: AssetIncident) -> None:
    """Tell it to whoever keeps findings, at the person who was responsible."""
    findings.report(
        Finding(
            kind=FINDINGS[IncidentKind(incident.kind)],
            doc_type=INCIDENT,
            doc_id=incident.id,
            number=f"{incident.item.name} {incident.number}",
            person_id=incident.person_id,
            department_id=incident.person.department_id or incident.department_id,
        )
    )


def loss_of(item_id: int) -> AssetIncident | None:
    """Return the newest report by which an item is lost and was not found again; None for none."""
    statement = select(AssetIncident).where(
        AssetIncident.item_id == item_id,
        AssetIncident.kind == IncidentKind.LOST,
        AssetIncident.status != IncidentStatus.FOUND,
    )
    return session.execute(statement.order_by(AssetIncident.id.desc()).limit(1)).unique().scalar_one_or_none()


def fire(
    incident: AssetIncident,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a report; the record of the item tells of it too."""
    for field, value in (data or {}).items():
        if isinstance(value, str):
            check_written(value, field)
    FLOW.fire(incident, name, actor, version=version, note=note, data=data)
    if name == "find":
        timeline.record(
            ITEM,
            incident.item_id,
            "asset_item:found",
            actor,
            data={"number": incident.number},
            tell=[incident.item.keeper_id],
            to_status=incident.item.status,
        )
    index(incident)


def index(incident: AssetIncident) -> None:
    """Bring the search up to date."""
    title = f"{incident.number} {incident.item.name}"
    texts = (incident.item.number or "", incident.person.name, incident.place, incident.account)
    search.put(INCIDENT, incident.id, title, " ".join(texts))

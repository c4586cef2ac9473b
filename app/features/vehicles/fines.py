"""Traffic fines: they come weeks later; the trips say who drove, else the responsible person is asked."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock, findings, money, tasks, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, can, require, who_may
from app.core.tasks import WantedTask
from app.core.workflow import check_version, lock
from app.features.assets import custody
from app.features.people.models import User
from app.features.vehicles import reminders
from app.features.vehicles.drivers import driver_at
from app.features.vehicles.enums import FINE, FineStatus, VehiclePerm
from app.features.vehicles.models import Vehicle, VehicleFine


@dataclass(frozen=True)
class FineValues:
    """What a notice says: the moment, what was done, yuan, points, its number ("" where it has none)."""

    happened_at: datetime
    offence: str
    amount: Decimal
    points: int = 0
    place: str = ""
    notice_number: str = ""


def enter_fine(vehicle: Vehicle, *, actor: Actor, values: FineValues) -> VehicleFine:
    """Enter a fine, however late it comes, in the open unit of work; whoever drove then is found by the trips.

    The finding is reported for them; where no trip says so, whoever was responsible for the car is asked who drove.
    Raises Denied, Invalid at ``happened_at`` for a time to come, at ``notice_number`` for one entered already.
    """
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    check(values)
    fine = VehicleFine(
        vehicle_id=vehicle.id, status=FineStatus.PENDING, entered_by_id=actor.id, **typed(values)
    )
    session.add(fine)
    found = driver_at(vehicle, values.happened_at)
    if found is not None and found.document is not None:
        fine.driver_id = found.person_id
        fine.doc_type, fine.doc_id = found.document
    session.flush()
    asked = responsible_for(vehicle, fine)
    told = [fine.driver_id] if fine.driver_id is not None else [asked]
    timeline.record(
        FINE,
        fine.id,
        "vehicle_fine:enter",
        actor,
        data={"plate": vehicle.plate},
        tell=[person for person in told if person is not None],
    )
    if fine.driver_id is not None:
        report(vehicle, fine)
    sync(vehicle, fine)
    return fine


def update_fine(
    vehicle: Vehicle, fine: VehicleFine, *, actor: Actor, version: int | None, values: FineValues
) -> None:
    """Change what was typed of a fine that is not settled; whoever drove is looked for again where the time changed.

    Raises Denied, Stale, Conflict for one that is over, Invalid as ``enter_fine``.
    """
    lock(fine)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    check_version(FINE, fine, version)
    refuse_over(fine)
    check(values, besides=fine.id)
    before, new = facts(fine), typed(values)
    moved = new["happened_at"] != fine.happened_at
    for key, value in new.items():
        setattr(fine, key, value)
    fine.touch()
    session.flush()
    changes = timeline.diff(before, facts(fine))
    if changes:
        timeline.record(FINE, fine.id, "vehicle_fine:edit", actor, data={"changes": changes})
    if moved:
        found = driver_at(vehicle, fine.happened_at)
        if found is not None and found.document is not None and found.person_id != fine.driver_id:
            fine.doc_type, fine.doc_id = found.document
            put_driver(vehicle, fine, session.get_one(User, found.person_id), actor)
    sync(vehicle, fine)


def name_driver(
    vehicle: Vehicle, fine: VehicleFine, *, actor: Actor, version: int | None, driver_id: int | None
) -> None:
    """Say who drove when the trips do not; by whoever was responsible for the car then, or who keeps it.

    Raises Denied, Stale, Conflict for a fine that is over, Invalid at ``driver_id`` for nobody.
    """
    lock(fine)
    if not may_name(actor, vehicle, fine):
        who = who_may(VehiclePerm.MANAGE, vehicle.department_id)
        raise Denied("core:denied", what=lazy("指明驾驶人"), who=who)
    check_version(FINE, fine, version)
    refuse_over(fine)
    driver = session.get(User, driver_id) if driver_id is not None else None
    if driver is None:
        raise Invalid(fields={"driver_id": lazy("请选择当时开车的人")})
    fine.doc_type = fine.doc_id = None
    put_driver(vehicle, fine, driver, actor)
    sync(vehicle, fine)


def put_driver(vehicle: Vehicle, fine: VehicleFine, driver: User, actor: Actor) -> None:
    """Write who drove, tell them, and report the finding."""
    fine.driver_id, fine.driver = driver.id, driver
    fine.touch()
    session.flush()
    timeline.record(
        FINE, fine.id, "vehicle_fine:name-driver", actor, data={"name": driver.name}, tell=[driver.id]
    )
    report(vehicle, fine)


def end_fine(
    vehicle: Vehicle, fine: VehicleFine, *, actor: Actor, version: int | None, status: FineStatus, note: str
) -> None:
    """Note that a fine was settled (paid, points taken) or lifted by the police; the latter with the reason.

    Raises Denied, Stale, Conflict for one that is over, Invalid at ``note``.
    """
    lock(fine)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    check_version(FINE, fine, version)
    refuse_over(fine)
    if status == FineStatus.LIFTED and not note.strip():
        raise Invalid(fields={"note": lazy("请写明为什么撤销")})
    fine.status, fine.settled_at = status, clock.now()
    fine.touch()
    session.flush()
    verb = "vehicle_fine:settle" if status == FineStatus.SETTLED else "vehicle_fine:lift"
    told = [] if fine.driver_id is None else [fine.driver_id]
    timeline.record(FINE, fine.id, verb, actor, data={"plate": vehicle.plate}, reason=note.strip(), tell=told)
    sync(vehicle, fine)


def check(values: FineValues, besides: int | None = None) -> None:
    """Raise Invalid at its field for what cannot be."""
    if values.happened_at > clock.now():
        raise Invalid(fields={"happened_at": lazy("违章时间不能晚于现在")})
    if values.notice_number:
        known = select(VehicleFine.id).where(
            VehicleFine.notice_number == values.notice_number, VehicleFine.id != (besides or 0)
        )
        if session.execute(known).first() is not None:
            raise Invalid(fields={"notice_number": lazy("这份决定书已经登记过")})


def refuse_over(fine: VehicleFine) -> None:
    """Raise Conflict for a fine that is settled or lifted."""
    if fine.status != FineStatus.PENDING:
        raise Conflict("vehicle:not-pending")


def responsible_for(vehicle: Vehicle, fine: VehicleFine) -> int | None:
    """Return who was responsible for the car when a fine happened; None before the car was entered."""
    period = custody.responsible_at(vehicle.item_id, fine.happened_at)
    return None if period is None else period.person_id


def may_name(actor: Actor, vehicle: Vehicle, fine: VehicleFine) -> bool:
    """Tell whether an actor may say who drove: its keepers, and the responsible one while nobody is."""
    if can(actor, VehiclePerm.MANAGE, vehicle.department_id):
        return True
    return fine.driver_id is None and actor.id is not None and actor.id == responsible_for(vehicle, fine)


def report(vehicle: Vehicle, fine: VehicleFine) -> None:
    """Tell a fine as a finding against whoever drove."""
    findings.report(
        findings.Finding(
            kind="vehicle-fine",
            doc_type=FINE,
            doc_id=fine.id,
            number=vehicle.plate,
            person_id=int(fine.driver_id or 0),
            department_id=vehicle.department_id,
        )
    )


def sync(vehicle: Vehicle, fine: VehicleFine) -> None:
    """Make the tasks of a fine equal to its state, in the open unit of work."""
    wanted = []
    if fine.status == FineStatus.PENDING:
        wanted.append(reminders.task(vehicle, "vehicle_fine:settle", None))
        asked = responsible_for(vehicle, fine) if fine.driver_id is None else None
        if asked is not None:
            wanted.append(WantedTask("vehicle_fine:name-driver", user_id=asked))
    tasks.sync(FINE, fine.id, wanted)


def typed(values: FineValues) -> dict[str, Any]:
    """Return what is typed as the columns hold it: a notice without number is none."""
    return {**asdict(values), "notice_number": values.notice_number or None}


def facts(fine: VehicleFine) -> dict[str, Any]:
    """Return the plain values of a fine by field, for an event."""
    kept = ("happened_at", "place", "offence", "points", "notice_number")
    return {**{key: getattr(fine, key) for key in kept}, "amount": money.format_amount(fine.amount)}

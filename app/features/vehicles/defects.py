"""What is wrong with a car: reported by anybody, mended by whoever keeps it; damage is a finding with its photos."""

from collections.abc import Sequence

from app.core import clock, files, findings, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.features.vehicles import reminders
from app.features.vehicles.drivers import driver_at
from app.features.vehicles.enums import DEFECT, PHOTO_FILE, VehiclePerm
from app.features.vehicles.models import Vehicle, VehicleDefect

LONGEST_TEXT = 2_000


def report_defect(
    vehicle: Vehicle,
    *,
    actor: Actor,
    text: str,
    grounds: bool = False,
    is_damage: bool = False,
    caused_by_id: int | None = None,
    document: tuple[str, int] | None = None,
    photos: Sequence[CheckedFile] = (),
) -> VehicleDefect:
    """Report something wrong with a car, in the open unit of work; anybody who sees the car may.

    One that ``grounds`` keeps the car from being dispatched until it is mended. ``is_damage`` makes it a finding
    against ``caused_by_id``, or against whoever had the car now where nobody is named. ``document`` is the trip it was
    seen on. Raises Denied, and Invalid at ``text`` where nothing is said.
    """
    require(actor, VehiclePerm.VIEW)
    said = text.strip()
    if not said:
        raise Invalid(fields={"text": lazy("请写明哪里坏了、什么现象")})
    if len(said) > LONGEST_TEXT:
        raise Invalid(fields={"text": lazy("最多 %(most)s 个字", most=LONGEST_TEXT)})
    doc_type, doc_id = document or (None, None)
    found = driver_at(vehicle, clock.now()) if is_damage and caused_by_id is None else None
    defect = VehicleDefect(
        vehicle_id=vehicle.id,
        text=said,
        grounds=grounds,
        is_damage=is_damage,
        caused_by_id=found.person_id if found is not None else caused_by_id,
        reported_by_id=actor.id,
        reported_at=clock.now(),
        doc_type=doc_type,
        doc_id=doc_id,
    )
    session.add(defect)
    session.flush()
    for photo in photos:
        files.attach(photo, DEFECT, defect.id, actor, kind=PHOTO_FILE, legal_hold=is_damage)
    verb = "vehicle_defect:ground" if grounds else "vehicle_defect:report"
    timeline.record(
        DEFECT,
        defect.id,
        verb,
        actor,
        data={"plate": vehicle.plate},
        reason=said,
        tell=reminders.keepers(vehicle),
    )
    if is_damage and defect.caused_by_id is not None:
        report_damage(vehicle, defect)
    reminders.sync(vehicle)
    return defect


def report_damage(vehicle: Vehicle, defect: VehicleDefect) -> None:
    """Tell a damage as a finding against whoever had the car."""
    findings.report(
        findings.Finding(
            kind="vehicle-damage",
            doc_type=DEFECT,
            doc_id=defect.id,
            number=vehicle.plate,
            person_id=int(defect.caused_by_id or 0),
            department_id=vehicle.department_id,
        )
    )


def mend_defect(
    vehicle: Vehicle, defect: VehicleDefect, *, actor: Actor, version: int | None, note: str
) -> None:
    """Note that a defect was mended; a car grounded by nothing else may be dispatched again.

    Raises Denied, Stale, Conflict for one that is mended already, Invalid at ``note`` where nothing is said.
    """
    lock(defect)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    check_version(DEFECT, defect, version)
    if defect.mended_at is not None:
        raise Conflict("vehicle:already-mended")
    if not note.strip():
        raise Invalid(fields={"note": lazy("请写明怎样修好的")})
    defect.mended_at, defect.mended_by_id, defect.mended_note = clock.now(), actor.id, note.strip()
    defect.touch()
    session.flush()
    timeline.record(
        DEFECT,
        defect.id,
        "vehicle_defect:mend",
        actor,
        data={"plate": vehicle.plate},
        reason=note.strip(),
        tell=[defect.reported_by_id],
    )
    reminders.sync(vehicle)


def judge_defect(
    vehicle: Vehicle, defect: VehicleDefect, *, actor: Actor, version: int | None, grounds: bool, note: str
) -> None:
    """Decide whether an open defect grounds the car, with the reason.

    Raises Denied, Stale, Conflict for one that is mended or decided so already, Invalid at ``note`` without a reason.
    """
    lock(defect)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    check_version(DEFECT, defect, version)
    if defect.mended_at is not None:
        raise Conflict("vehicle:already-mended")
    if defect.grounds == grounds:
        raise Conflict("vehicle:already-judged")
    if not note.strip():
        raise Invalid(fields={"note": lazy("请写明理由")})
    defect.grounds = grounds
    defect.touch()
    session.flush()
    verb = "vehicle_defect:ground" if grounds else "vehicle_defect:release"
    timeline.record(
        DEFECT,
        defect.id,
        verb,
        actor,
        data={"plate": vehicle.plate},
        reason=note.strip(),
        tell=[defect.reported_by_id],
    )
    reminders.sync(vehicle)

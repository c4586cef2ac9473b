"""Asking for the correction of a reading; agreeing to it is a step of ``flow``."""

from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, directory, require
from app.core.workflow import lock
from app.features.vehicles import readings
from app.features.vehicles.enums import CORRECTION, CorrectionStatus, VehiclePerm
from app.features.vehicles.flow import FLOW
from app.features.vehicles.models import OdometerCorrection, OdometerReading, Vehicle

NUMBERED = "LC"


def request_correction(
    vehicle: Vehicle, reading: OdometerReading, *, actor: Actor, kilometres: int, reason: str
) -> OdometerCorrection:
    """Ask that a reading be corrected, in the open unit of work; nothing changes before somebody else agrees.

    Raises Denied, Conflict where this reading is asked about already, Invalid at ``reason`` without one and at
    ``kilometres`` for a figure that is the same or does not fit between the readings before and after.
    """
    lock(vehicle)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    if not reason.strip():
        raise Invalid(fields={"reason": lazy("请写明为什么更正")})
    if waiting_for(reading.id):
        raise Conflict("vehicle:correction-waits")
    link = readings.check_correction(vehicle.id, reading.id, kilometres)
    correction = OdometerCorrection(
        vehicle_id=vehicle.id,
        reading_id=reading.id,
        department_id=vehicle.department_id,
        owner_id=actor.id,
        kilometres=kilometres,
        reason=reason.strip(),
        status=CorrectionStatus.REQUESTED,
        number=next_number(CORRECTION, NUMBERED),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(correction)
    session.flush()
    FLOW.sync_tasks(correction)
    timeline.record(
        CORRECTION,
        correction.id,
        "odometer_correction:request",
        actor,
        data={"plate": vehicle.plate, "from": link.kilometres, "to": kilometres},
        reason=correction.reason,
        to_status=correction.status,
        tell=people_asked(vehicle.department_id, actor),
    )
    return correction


def people_asked(department_id: int, actor: Actor) -> list[int]:
    """Return who may agree for a department, whoever asks left out."""
    excluded = frozenset() if actor.id is None else frozenset({actor.id})
    return [person.id for person in directory().holders(VehiclePerm.AGREE, department_id, excluded)]


def waiting_for(reading_id: int) -> bool:
    """Tell whether a correction of a reading waits for agreement."""
    statement = select(OdometerCorrection.id).where(
        OdometerCorrection.reading_id == reading_id,
        OdometerCorrection.status == CorrectionStatus.REQUESTED,
    )
    return session.execute(statement).first() is not None

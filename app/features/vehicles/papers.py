"""Papers of a car: insurance and inspection, each with the days on which it holds."""

from dataclasses import dataclass
from datetime import date

from app.core import files, timeline
from app.core.db import session
from app.core.errors import Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import lock
from app.features.vehicles import reminders
from app.features.vehicles.actions import refuse_retired
from app.features.vehicles.enums import PAPER_FILE, VEHICLE, VehiclePerm
from app.features.vehicles.models import Vehicle, VehiclePaper

LONGEST_YEARS = 10


@dataclass(frozen=True)
class PaperValues:
    """What is typed about a paper; both days are included."""

    kind: str
    valid_from: date
    valid_until: date
    issuer: str = ""
    paper_number: str = ""


def add_paper(
    vehicle: Vehicle, *, actor: Actor, values: PaperValues, scan: CheckedFile | None = None
) -> VehiclePaper:
    """Enter a paper of a car, in the open unit of work; earlier ones stay.

    Raises Denied, Conflict for a car no longer used, Invalid at ``valid_until`` for an end before the beginning.
    """
    lock(vehicle)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    refuse_retired(vehicle)
    if values.valid_until < values.valid_from:
        raise Invalid(fields={"valid_until": lazy("有效期止不能早于有效期起")})
    if (values.valid_until - values.valid_from).days > 366 * LONGEST_YEARS:
        raise Invalid(
            fields={"valid_until": lazy("有效期最长 %(years)s 年，请核对年份", years=LONGEST_YEARS)}
        )
    stored = None
    if scan is not None:
        stored = files.attach(scan, VEHICLE, vehicle.id, actor, kind=PAPER_FILE)
    paper = VehiclePaper(
        vehicle_id=vehicle.id,
        entered_by_id=actor.id,
        stored_file_id=None if stored is None else stored.id,
        **values.__dict__,
    )
    session.add(paper)
    session.flush()
    tell_of(vehicle, paper, "vehicle:paper-add", actor)
    reminders.sync(vehicle)
    return paper


def remove_paper(vehicle: Vehicle, paper: VehiclePaper, *, actor: Actor, reason: str) -> None:
    """Take back a paper that was entered wrongly, with the reason, which stays in the record.

    Raises Denied, Invalid at ``reason`` without one.
    """
    lock(vehicle)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    if not reason.strip():
        raise Invalid(fields={"reason": lazy("请写明为什么撤销")})
    tell_of(vehicle, paper, "vehicle:paper-remove", actor, reason.strip())
    session.delete(paper)
    session.flush()
    reminders.sync(vehicle)


def tell_of(vehicle: Vehicle, paper: VehiclePaper, verb: str, actor: Actor, reason: str = "") -> None:
    """Record what was done with a paper on the timeline of its car."""
    data = {"paper": paper.kind, "day": paper.valid_until.isoformat()}
    timeline.record(VEHICLE, vehicle.id, verb, actor, data=data, reason=reason)

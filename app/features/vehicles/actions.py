"""What those who keep the cars do with their cards: enter a car and change it."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.features.assets.upkeep.models import AssetScrapping
from app.features.people.models import Department, User
from app.features.vehicles import assets_of, readings, reminders
from app.features.vehicles.enums import (
    VEHICLE,
    BookingPolicy,
    LicenceClass,
    ReadingKind,
    VehiclePerm,
    VehicleStatus,
)
from app.features.vehicles.models import Vehicle

PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}[A-Z0-9挂学警港澳试超]?")


@dataclass(frozen=True)
class VehicleValues:
    """What is typed about a car; service is due every so many kilometres or days, whichever comes first."""

    plate: str
    name: str
    department_id: int
    seats: int
    licence_class: str = LicenceClass.C1
    policy: str = BookingPolicy.SELF_SERVICE
    status: str = VehicleStatus.AVAILABLE
    driver_id: int | None = None
    service_kilometres: int | None = None
    service_days: int | None = None
    note: str = ""


def plate_text(text: str) -> str:
    """Return a plate in its one form: 苏A12345, without spaces and dots, Latin letters large."""
    return re.sub(r"[\s·・.\-]", "", unicodedata.normalize("NFKC", text)).upper()


def register_vehicle(*, actor: Actor, values: VehicleValues, odometer: int, person_id: int | None) -> Vehicle:
    """Enter a car with its first reading in kilometres; it becomes a piece of equipment of ``person_id``.

    Raises Denied; Invalid at ``plate`` for one that is entered already or is none, at ``person_id`` and ``driver_id``
    for nobody who works here, at ``department_id``.
    """
    require(actor, VehiclePerm.MANAGE, values.department_id)
    check(values)
    keeper = working(person_id, "person_id")
    typed = {**asdict(values), "plate": plate_text(values.plate)}
    item = assets_of.register_car(actor=actor, plate=typed["plate"], name=values.name, keeper=keeper)
    vehicle = Vehicle(
        **typed, item_id=item.id, odometer=0, serviced_at_kilometres=odometer, serviced_on=clock.today()
    )
    session.add(vehicle)
    session.flush()
    readings.record_reading(
        vehicle, kind=ReadingKind.START, kilometres=odometer, at=clock.now(), actor=actor, confirmed=True
    )
    timeline.record(VEHICLE, vehicle.id, "vehicle:register", actor, tell=[keeper.id])
    index(vehicle)
    reminders.sync(vehicle)
    return vehicle


def update_vehicle(vehicle: Vehicle, *, actor: Actor, version: int | None, values: VehicleValues) -> None:
    """Change the card of a car. Raises Denied, Stale, and Invalid as ``register_vehicle``."""
    lock(vehicle)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    require(actor, VehiclePerm.MANAGE, values.department_id)
    check_version(VEHICLE, vehicle, version)
    check(values, besides=vehicle.id)
    before, typed = facts(vehicle), {**asdict(values), "plate": plate_text(values.plate)}
    changed = [key for key in typed if typed[key] != getattr(vehicle, key)]
    if not changed:
        return
    for key in changed:
        setattr(vehicle, key, typed[key])
    vehicle.touch()
    session.flush()
    session.refresh(vehicle)
    changes = timeline.diff(before, facts(vehicle))
    timeline.record(VEHICLE, vehicle.id, "vehicle:edit", actor, data={"changes": changes})
    index(vehicle)
    reminders.sync(vehicle)


def retire_scrapped(scrapping_id: int, actor: Actor) -> None:
    """Retire the car that a scrapped piece of equipment is, in the transaction of the approval."""
    item_id = session.get_one(AssetScrapping, scrapping_id).item_id
    vehicle = session.execute(select(Vehicle).where(Vehicle.item_id == item_id)).scalar_one_or_none()
    if vehicle is None:
        return
    lock(vehicle)
    before, vehicle.status = vehicle.status, VehicleStatus.RETIRED
    vehicle.touch()
    session.flush()
    timeline.record(
        VEHICLE,
        vehicle.id,
        "vehicle:scrapped",
        actor,
        from_status=before,
        to_status=vehicle.status,
        tell=reminders.keepers(vehicle),
    )
    reminders.sync(vehicle)


def check(values: VehicleValues, besides: int | None = None) -> None:
    """Raise Invalid at its field for what cannot be."""
    plate = plate_text(values.plate)
    if not PLATE.fullmatch(plate):
        raise Invalid(fields={"plate": lazy("车牌号应为 苏A12345 的样式")})
    known = select(Vehicle.id).where(Vehicle.plate == plate, Vehicle.id != (besides or 0))
    if session.execute(known).first() is not None:
        raise Invalid(fields={"plate": lazy("%(plate)s 已经登记过", plate=plate)})
    if values.driver_id is not None:
        working(values.driver_id, "driver_id")
    if session.get(Department, values.department_id) is None:
        raise Invalid(fields={"department_id": lazy("请选择部门")})


def working(person_id: int | None, field: str) -> User:
    """Return a person who works here; Invalid at ``field`` for nobody."""
    person = session.get(User, person_id) if person_id is not None else None
    if person is None or not person.active:
        raise Invalid(fields={field: lazy("请选择一位在职的同事")})
    return person


def refuse_retired(vehicle: Vehicle) -> None:
    """Raise Conflict for a car that is no longer used."""
    if vehicle.status == VehicleStatus.RETIRED:
        raise Conflict("vehicle:retired", plate=vehicle.plate)


def facts(vehicle: Vehicle) -> dict[str, Any]:
    """Return the plain values of a car by field, people and departments by name, for an event."""
    kept = (
        "plate",
        "name",
        "seats",
        "licence_class",
        "policy",
        "status",
        "service_kilometres",
        "service_days",
        "note",
    )
    return {
        **{key: getattr(vehicle, key) for key in kept},
        "department": vehicle.department.name,
        "driver": vehicle.driver.name if vehicle.driver is not None else "",
    }


def index(vehicle: Vehicle) -> None:
    """Bring the search index up to date."""
    search.put(VEHICLE, vehicle.id, f"{vehicle.plate} {vehicle.name}", vehicle.note)

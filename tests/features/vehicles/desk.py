"""What the tests of vehicles start from: a dispatcher, a car with valid papers, a licence."""

import io
from datetime import date, datetime, timedelta
from typing import Any

from PIL import Image

from app.core import clock
from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.people.models import Department, User
from app.features.vehicles import actions, readings
from app.features.vehicles.actions import VehicleValues
from app.features.vehicles.enums import REQUIRED_PAPERS, PaperKind, ReadingKind
from app.features.vehicles.models import DrivingLicence, Vehicle, VehicleDefect, VehiclePaper
from tests import factories

PLATE = "苏A10086"


def dispatcher(name: str = "许峰", staff_number: str = "v1") -> User:
    """A person who keeps all cars of the company."""
    with factories.saving():
        person = factories.user(
            name=name, staff_number=staff_number, department=factories.department("综合办公室")
        )
        factories.role(person, Role.DISPATCHER)
    return person


def car(
    keeper: User, department: Department, *, plate: str = PLATE, odometer: int = 10_000, **values: Any
) -> Vehicle:
    """A car entered by its form's action, responsible: whoever enters it."""
    typed = VehicleValues(plate=plate, name="别克商务车", department_id=department.id, seats=7)
    with unit_of_work():
        return actions.register_vehicle(
            actor=factories.actor(keeper),
            values=VehicleValues(**{**typed.__dict__, **values}),
            odometer=odometer,
            person_id=keeper.id,
        )


def renew(vehicle: Vehicle, keeper: User, **values: Any) -> Vehicle:
    """The card of a car saved again by its form's action, with some values changed."""
    with unit_of_work():
        row = session.get_one(Vehicle, vehicle.id)
        typed = {name: getattr(row, name) for name in VehicleValues.__dataclass_fields__}
        actions.update_vehicle(
            row,
            actor=factories.actor(keeper),
            version=row.version,
            values=VehicleValues(**{**typed, **values}),
        )
    return row


def paper(vehicle: Vehicle, kind: PaperKind, first: date, last: date) -> VehiclePaper:
    """A paper as a row, whatever its days."""
    with unit_of_work():
        row = VehiclePaper(
            vehicle_id=vehicle.id,
            kind=kind,
            valid_from=first,
            valid_until=last,
            entered_by_id=vehicle.item.keeper_id,
        )
        session.add(row)
    return row


def valid_papers(vehicle: Vehicle, last: date | None = None) -> None:
    """The two required papers, valid from long ago to a day."""
    for kind in REQUIRED_PAPERS:
        paper(vehicle, kind, date(2020, 1, 1), last or date(2099, 12, 31))


def licence(person: User, licence_class: str = "C1", last: date | None = None) -> DrivingLicence:
    """The licence of a person as a row."""
    with unit_of_work():
        row = DrivingLicence(
            user_id=person.id,
            licence_class=licence_class,
            valid_until=last or date(2099, 12, 31),
            seen_by_id=person.id,
            seen_on=clock.today(),
        )
        session.add(row)
    return row


def read(
    vehicle: Vehicle,
    person: User,
    kilometres: int,
    *,
    kind: ReadingKind = ReadingKind.OUT,
    at: datetime | None = None,
) -> readings.Recorded:
    """A reading, recorded whatever the distance."""
    with unit_of_work():
        return readings.record_reading(
            vehicle,
            kind=kind,
            kilometres=kilometres,
            at=at or clock.now(),
            actor=factories.actor(person),
            confirmed=True,
        )


def grounded(vehicle: Vehicle, person: User) -> VehicleDefect:
    """A grounding defect as a row."""
    with unit_of_work():
        row = VehicleDefect(
            vehicle_id=vehicle.id,
            text="刹车异响",
            grounds=True,
            reported_by_id=person.id,
            reported_at=clock.now(),
        )
        session.add(row)
    return row


def day(first: date, days: int) -> date:
    return first + timedelta(days=days)


def photo() -> io.BytesIO:
    """A photo as a telephone makes it: with what it writes into it besides the picture."""
    stream = io.BytesIO()
    picture = Image.new("RGB", (40, 30), "red")
    exif = picture.getexif()
    exif[0x010F] = "SecretPhone"
    picture.save(stream, "JPEG", exif=exif)
    stream.seek(0)
    return stream

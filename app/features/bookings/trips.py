"""What the steps of a booking do: give the car, go out, come back, enter afterwards, settle."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core import clock, files, findings, timeline
from app.core.db import session
from app.core.files import CheckedFile
from app.core.findings import Finding
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, directory
from app.features.bookings import availability, costs, guards, mileage
from app.features.bookings.enums import BOOKING, BookingStatus
from app.features.bookings.models import Booking
from app.features.vehicles import defects, readings
from app.features.vehicles.enums import ReadingKind
from app.features.vehicles.models import Vehicle

SLIP = "dispatch_slip"
PHOTO = "photo"
GAP, LATE = "booking:gap", "booking:late"
DISPATCHED = frozenset({"car", "driver", "slip"})
CHANGED = frozenset({"car", "driver", "span"})


def car_of(booking: Booking) -> Vehicle:
    """Return the car of a booking that has one; ValueError else."""
    if booking.vehicle_id is None:
        raise ValueError("a booking without a car")
    return session.get_one(Vehicle, booking.vehicle_id)


def agree(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note who agreed for the department."""
    booking.agreed_by_id, booking.agreed_at = actor.id, clock.now()


def dispatch(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give car and driver, hold the car, number the slip; requests for the same car and time are marked and told."""
    before, given = booking.vehicle_id, guards.chosen(booking, data)
    booking.vehicle_id, booking.driver_id = given.vehicle_id, given.driver_id
    booking.estimated_kilometres = given.kilometres
    booking.dispatched_by_id, booking.dispatched_at, booking.conflict = actor.id, clock.now(), False
    session.flush()
    session.refresh(booking, ["vehicle", "driver"])
    availability.hold(booking, booking.starts_at, booking.ends_at)
    availability.renew_conflicts([before, booking.vehicle_id])
    booking.slip_number = next_number(SLIP, "PC")
    return {"slip": booking.slip_number, **named(booking)}


def agree_and_dispatch(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Agree for the department and give the car, where one person does both."""
    agree(booking, actor, data)
    return dispatch(booking, actor, data)


def named(booking: Booking) -> dict[str, str]:
    """Return car and driver for the record."""
    person = directory().people([booking.driver_id or 0]).get(booking.driver_id or 0)
    return {"car": car_of(booking).plate, "driver": person.name if person is not None else ""}


def change(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give another car, driver or time; whoever drives no longer is told."""
    before, driver_before, given = booking.vehicle_id, booking.driver_id, guards.chosen(booking, data)
    booking.vehicle_id, booking.driver_id = given.vehicle_id, given.driver_id
    booking.starts_at, booking.ends_at = given.starts_at, given.ends_at
    session.flush()
    session.refresh(booking, ["vehicle", "driver"])
    availability.hold(booking, booking.starts_at, booking.ends_at)
    availability.renew_conflicts([before, booking.vehicle_id])
    if driver_before not in (None, booking.driver_id):
        timeline.record(BOOKING, booking.id, "booking:drive-no-more", SYSTEM, tell=[int(driver_before or 0)])
    return {**named(booking), "span": availability.told_span(booking.starts_at, booking.ends_at)}


def keep_photos(booking: Booking, actor: Actor, photos: Sequence[CheckedFile]) -> None:
    """Keep the photos of a trip with its booking."""
    for photo in photos:
        files.attach(photo, BOOKING, booking.id, actor, kind=PHOTO)


def go_out(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note that the car left and what its odometer says; kilometres nobody accounted for are a finding."""
    now = clock.now()
    booking.out_at, booking.odometer_out = now, data["kilometres"]
    booking.fuel_out = data.get("fuel") or None
    read(booking, ReadingKind.OUT, now, actor, confirmed=bool(data.get("accept_kilometres")))
    availability.hold(booking, min(booking.starts_at, now), booking.ends_at)
    keep_photos(booking, actor, data.get("photos", ()))
    if data.get("defect"):
        report(booking, actor, data, ())
    return {"kilometres": data["kilometres"]}


def read(booking: Booking, kind: ReadingKind, at: datetime, actor: Actor, *, confirmed: bool = False) -> None:
    """Write a reading of the odometer for the trip, and note kilometres that nobody accounted for before it."""
    kilometres = booking.odometer_out if kind == ReadingKind.OUT else booking.odometer_in
    car = car_of(booking)
    recorded = readings.record_reading(
        car,
        kind=kind,
        kilometres=int(kilometres or 0),
        at=at,
        actor=actor,
        document=(BOOKING, booking.id),
        confirmed=confirmed,
    )
    if recorded.gap:
        booking.gap = recorded.gap
        # Whoever is responsible for the car answers for what it was driven in between.
        find(booking, GAP, car.item.keeper_id)


def find(booking: Booking, kind: str, person_id: int) -> None:
    """Tell a finding at this booking."""
    findings.report(
        Finding(
            kind=kind,
            doc_type=BOOKING,
            doc_id=booking.id,
            number=str(booking.number),
            person_id=person_id,
            department_id=booking.department_id,
        )
    )


def report(booking: Booking, actor: Actor, data: Mapping[str, Any], photos: Sequence[CheckedFile]) -> None:
    """Report what is wrong with the car, seen on this trip; damage is a finding against who drove."""
    defects.report_defect(
        car_of(booking),
        actor=actor,
        text=str(data["defect"]),
        grounds=bool(data.get("grounds")),
        is_damage=bool(data.get("is_damage")),
        caused_by_id=booking.driver_id if data.get("is_damage") else None,
        document=(BOOKING, booking.id),
        photos=photos,
    )


def prolong(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the car longer than planned."""
    booking.ends_at = data["ends_at"]
    availability.hold(booking, min(booking.starts_at, booking.out_at or booking.starts_at), booking.ends_at)
    availability.renew_conflicts([booking.vehicle_id])
    return {"until": clock.to_local(booking.ends_at).strftime("%Y-%m-%d %H:%M")}


def come_back(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note that the car is back, what its odometer says and how it is; the car is free, late or not."""
    now = clock.now()
    booking.returned_at, booking.odometer_in = max(now, booking.out_at or now), data["kilometres"]
    booking.fuel_in = data.get("fuel") or None
    booking.remark = str(data.get("remark") or "").strip()
    booking.condition_good = bool(data.get("condition_good")) and not data.get("defect")
    read(booking, ReadingKind.IN, booking.returned_at, actor, confirmed=bool(data.get("accept_kilometres")))
    availability.release(booking)
    availability.renew_conflicts([booking.vehicle_id])
    photos = data.get("photos", ())
    keep_photos(booking, actor, photos)
    if data.get("defect"):
        report(booking, actor, data, photos)
    costs.write(booking, actor, data)
    if booking.returned_at > booking.ends_at and booking.driver_id is not None:
        find(booking, LATE, booking.driver_id)
    return {"kilometres": booking.odometer_in, "distance": booking.distance}


def back_already(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose between a trip entered afterwards that is over, and one that still goes on."""
    return BookingStatus.OUT if booking.odometer_in is None else BookingStatus.RETURNED


def record(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Enter a trip that was driven on somebody's word: its readings go into the chain at the time they were read."""
    booking.out_at = booking.starts_at
    booking.returned_at = booking.ends_at if booking.odometer_in is not None else None
    booking.dispatched_by_id, booking.dispatched_at = actor.id, clock.now()
    read(booking, ReadingKind.OUT, booking.out_at, actor, confirmed=True)
    if booking.returned_at is not None:
        read(booking, ReadingKind.IN, booking.returned_at, actor, confirmed=True)
    else:
        availability.hold(booking, booking.starts_at, booking.ends_at)
    availability.renew_conflicts([booking.vehicle_id])
    mileage.renew(car_of(booking).id)
    booking.slip_number = next_number(SLIP, "PC")
    return {"car": car_of(booking).plate, "slip": booking.slip_number}


def settle(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> None:
    """Enter what was paid on the trip, with its receipts."""
    costs.write(booking, actor, data)
    booking.settled_at = clock.now()


def close(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note when it was closed."""
    booking.closed_at = clock.now()


def give_up(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> None:
    """Give the car back that nobody takes; requests that collided with it are told."""
    availability.release(booking)
    availability.renew_conflicts([booking.vehicle_id])
    booking.conflict = False

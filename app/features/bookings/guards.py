"""What stands against giving a car to somebody: asked before dispatch, self-service, a change, and setting out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy, listed_clauses
from app.features.bookings import availability
from app.features.bookings.availability import Wanted
from app.features.bookings.enums import BookingStatus
from app.features.bookings.models import Booking
from app.features.vehicles import roadworthiness
from app.features.vehicles.enums import BookingPolicy
from app.features.vehicles.models import Vehicle


@dataclass(frozen=True)
class Dispatch:
    """A car and a driver for a time, as they are to be given; ``kilometres`` is how far it is estimated to go."""

    booking_id: int | None
    vehicle_id: int | None
    driver_id: int | None
    starts_at: datetime
    ends_at: datetime
    people: int
    kilometres: int | None = None

    @property
    def wanted(self) -> Wanted:
        """The car and the time alone; ValueError without a car."""
        if self.vehicle_id is None:
            raise ValueError("no car was chosen")
        return Wanted(self.vehicle_id, self.starts_at, self.ends_at, self.booking_id)


def chosen(booking: Booking, data: Mapping[str, Any]) -> Dispatch:
    """Return what a booking would be given: what was chosen in a form, else what it says itself."""
    return Dispatch(
        booking_id=booking.id,
        vehicle_id=data.get("vehicle_id", booking.vehicle_id),
        driver_id=data.get("driver_id", booking.present_driver_id),
        starts_at=data.get("starts_at") or booking.starts_at,
        ends_at=data.get("ends_at") or booking.ends_at,
        people=booking.people_in_car,
        kilometres=data.get("kilometres", booking.estimated_kilometres),
    )


def check(asked: Dispatch) -> Problem | None:
    """Return what stands against a dispatch: what is missing, who has the car, why car or driver must not go."""
    faults = {}
    vehicle = session.get(Vehicle, asked.vehicle_id) if asked.vehicle_id is not None else None
    if vehicle is None:
        faults["vehicle_id"] = lazy("请选择车辆")
    elif asked.people > vehicle.seats:
        faults["vehicle_id"] = lazy(
            "%(car)s 只有 %(seats)s 座，这次有 %(people)s 人，请换一辆",
            car=vehicle.plate,
            seats=vehicle.seats,
            people=asked.people,
        )
    if asked.driver_id is None:
        faults["driver_id"] = lazy("请选择驾驶员")
    if faults:
        return Invalid(fields=faults)
    return availability.find_taken(asked.wanted) or check_driver_free(asked) or check_fit(asked)


def check_driver_free(asked: Dispatch) -> Problem | None:
    """Refuse a driver who drives another car at the time."""
    if asked.driver_id is None:
        return None
    other = availability.driver_elsewhere(
        asked.driver_id, asked.starts_at, asked.ends_at, but=asked.booking_id
    )
    if other is None or other.driver is None:
        return None
    return Conflict(
        "booking:driver-busy",
        who=other.driver.name,
        span=availability.told_span(other.starts_at, other.ends_at),
        car=other.vehicle.plate if other.vehicle is not None else "",
    )


def check_fit(asked: Dispatch) -> Problem | None:
    """Refuse a car or a driver that must not go; every record to mend is named."""
    vehicle = session.get(Vehicle, asked.vehicle_id) if asked.vehicle_id is not None else None
    if vehicle is None:
        return None
    found = roadworthiness.obstacles(
        vehicle, asked.driver_id, asked.starts_at, asked.ends_at, asked.kilometres
    )
    if not found:
        return None
    return Conflict("booking:not-fit", reasons=listed_clauses(each.sentence for each in found))


def check_there(booking: Booking) -> Problem | None:
    """Refuse to set out with a car that is out, or that another holds up to the planned time."""
    if booking.vehicle_id is None:
        raise ValueError("a booking without a car")
    wanted = Wanted(booking.vehicle_id, clock.now(), booking.starts_at, booking.id)
    before = availability.in_the_way(wanted)
    if before is None:
        return None
    if before.status == BookingStatus.OUT:
        return still_out(before)
    return Conflict(
        "booking:another-first",
        car=before.vehicle.plate if before.vehicle is not None else "",
        span=availability.told_span(before.starts_at, before.ends_at),
        who=before.owner.name,
    )


def still_out(trip: Booking) -> Conflict:
    """Return the refusal of a car that somebody is out with."""
    return Conflict("booking:still-out", who=trip.driver.name if trip.driver else "", number=trip.number)


def check_driven(booking: Booking) -> Problem | None:
    """Refuse to enter a trip at a time when its car was, by what is known, elsewhere."""
    if booking.vehicle_id is None or booking.driver_id is None:
        return Conflict("booking:record-whole")
    if booking.odometer_in is None:
        out = availability.present_trip(booking.vehicle_id, but=booking.id)
        if out is not None:
            return still_out(out)
    wanted = Wanted(booking.vehicle_id, booking.starts_at, booking.ends_at, booking.id)
    other = availability.driven_meanwhile(
        wanted.vehicle_id, wanted.starts_at, wanted.ends_at, but=booking.id
    ) or availability.occupant(wanted.vehicle_id, wanted.starts_at, wanted.ends_at, but=booking.id)
    if other is None:
        return None
    return Conflict(
        "booking:driven-by-other",
        car=session.get_one(Vehicle, booking.vehicle_id).plate,
        who=other.driver.name if other.driver is not None else other.owner.name,
        number=other.number,
        span=availability.told_span(other.out_at or other.starts_at, other.returned_at or other.ends_at),
    )


def may_be_taken(booking: Booking) -> bool:
    """Tell whether whoever asks may take the car at once: its policy, driven by themselves, for the business."""
    vehicle = booking.vehicle
    return (
        vehicle is not None
        and vehicle.policy == BookingPolicy.SELF_SERVICE
        and booking.self_drive
        and not booking.private
        and not booking.retro
    )

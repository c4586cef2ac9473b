"""What the code on the dashboard of a car leads to: the form of the trip that is on or next, or a car to be had."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import one_visible, session
from app.core.permissions import Actor
from app.features.assets.models import AssetItem
from app.features.bookings import availability
from app.features.bookings.enums import BookingStatus
from app.features.bookings.flow import on_the_road
from app.features.bookings.models import Booking
from app.features.vehicles.models import Vehicle

# A car is taken a little before the planned time, and until then somebody else may be driving it.
EARLY = timedelta(hours=2)


@dataclass(frozen=True)
class Present:
    """A car at this moment: the trip it is out with, the next it is given for, and the step this actor may do now.

    ``step`` is "out" or "return" of ``booking``, empty where it is nobody's turn or that of somebody else.
    """

    vehicle: Vehicle
    booking: Booking | None
    step: str
    free_until: datetime | None


def car_of(code: str) -> Vehicle:
    """Return the car whose label carries a code; raises NotVisible."""
    statement = (
        select(Vehicle).join(AssetItem, AssetItem.id == Vehicle.item_id).where(AssetItem.label_code == code)
    )
    return one_visible(statement)


def present(vehicle: Vehicle, actor: Actor) -> Present:
    """Return what a car is at for an actor who stands before it."""
    out = availability.present_trip(vehicle.id)
    if out is not None:
        return Present(vehicle, out, step_of(out, actor), None)
    following = next_trip(vehicle.id)
    if following is not None and following.starts_at <= clock.now() + EARLY:
        return Present(vehicle, following, step_of(following, actor), following.starts_at)
    return Present(vehicle, None, "", following.starts_at if following is not None else None)


def next_trip(vehicle_id: int) -> Booking | None:
    """Return the booking a car is given for next; None where there is none."""
    statement = (
        select(Booking)
        .where(
            Booking.vehicle_id == vehicle_id,
            Booking.status == BookingStatus.DISPATCHED,
            Booking.ends_at > clock.now(),
        )
        .order_by(Booking.starts_at)
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def step_of(booking: Booking, actor: Actor) -> str:
    """Return the step of driving an actor may do now: "out", "return", or nothing."""
    if on_the_road.test(booking, actor) is None:
        return ""
    if booking.status == BookingStatus.OUT:
        return "return"
    return "out" if booking.status == BookingStatus.DISPATCHED else ""

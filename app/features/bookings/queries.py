"""Reading bookings: which an actor may see, who drove a car at a moment, what is still open of a person."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import one_visible, session
from app.core.permissions import Actor, can, departments_of
from app.features.bookings.enums import BOOKING, HARD, SOFT, BookingPerm, BookingStatus, SeatStatus
from app.features.bookings.models import Booking, BookingSeat


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a booking.

    Trips on business are open to everybody who may ask for a car, so that rides can be shared; a private one is seen
    by who asked for it, drives or has a seat, by the leader and the dispatchers.
    """
    if can(actor, BookingPerm.AGREE_AS_LEADER):
        return Booking.id.is_not(None)
    if actor.id is None:
        return false()
    riding = select(BookingSeat.booking_id).where(
        BookingSeat.user_id == actor.id, BookingSeat.status == SeatStatus.AGREED
    )
    choices: list[ColumnElement[bool]] = [
        Booking.owner_id == actor.id,
        Booking.driver_id == actor.id,
        Booking.id.in_(riding),
    ]
    if can(actor, BookingPerm.REQUEST):
        choices.append(~Booking.private)
    departments = departments_of(actor, BookingPerm.DISPATCH)
    if departments is None:
        return Booking.id.is_not(None)
    if departments:
        choices.append(Booking.department_id.in_(sorted(departments)))
    return or_(*choices)


def visible_to(actor: Actor) -> Select[Booking]:
    """Return the SELECT of the bookings an actor may see."""
    return select(Booking).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the bookings an actor may see."""
    return select(Booking.id).where(condition(actor))


def get(actor: Actor, booking_id: int) -> Booking:
    """Return a booking the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(Booking.id == booking_id).options(joinedload(Booking.seats))
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return number, day and destination of bookings, of private ones no destination, for tasks and notices."""
    statement = select(
        Booking.id, Booking.number, Booking.destination, Booking.starts_at, Booking.private
    ).where(Booking.id.in_(ids))
    return {
        row.id: " ".join(
            part
            for part in (
                row.number,
                clock.to_local(row.starts_at).strftime("%m-%d %H:%M"),
                "" if row.private else row.destination,
            )
            if part
        )
        for row in session.execute(statement)
    }


def trip_at(vehicle_id: int, moment: datetime) -> tuple[int, str, int] | None:
    """Return who drove a car at a moment with the booking that says so; None where no trip was on."""
    statement = (
        select(Booking.driver_id, Booking.id)
        .where(
            Booking.vehicle_id == vehicle_id,
            Booking.driver_id.is_not(None),
            Booking.out_at <= moment,
            or_(Booking.returned_at > moment, Booking.status == BookingStatus.OUT),
        )
        .order_by(Booking.out_at.desc())
        .limit(1)
    )
    row = session.execute(statement).first()
    return (int(row.driver_id), BOOKING, row.id) if row is not None and row.driver_id is not None else None


def open_of(user_id: int) -> Select[int]:
    """Return the SELECT of how many bookings a person asked for or drives that are not over."""
    return select(func.count()).where(
        or_(Booking.owner_id == user_id, Booking.driver_id == user_id), Booking.status.in_((*SOFT, *HARD))
    )


def missed() -> Select[Booking]:
    """Return the SELECT of dispatched bookings whose start has passed."""
    return select(Booking).where(Booking.status == BookingStatus.DISPATCHED, Booking.starts_at <= clock.now())


def seat_of(booking_id: int, seat_id: int) -> BookingSeat:
    """Return a seat asked for in a booking; raises NotVisible."""
    return one_visible(
        select(BookingSeat).where(BookingSeat.id == seat_id, BookingSeat.booking_id == booking_id)
    )

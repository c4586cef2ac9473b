"""Which car is free when: who holds it, what is free instead, to when one could move; all under the car's row lock.

Whatever gives a car to somebody locks the row of the car first (``lock_cars``), so that two who come at once are asked
one after the other and the second is told who was faster. The database refuses an overlap besides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, or_, select, update

from app.core import clock, timeline, uow
from app.core.db import session
from app.core.errors import Conflict, Problem
from app.core.i18n import lazy, listed
from app.core.permissions import SYSTEM, Actor, directory
from app.features.bookings.enums import BOOKING, SOFT, BookingPerm, BookingStatus
from app.features.bookings.models import Booking, VehicleHold
from app.features.vehicles import roadworthiness
from app.features.vehicles.enums import VehicleStatus
from app.features.vehicles.models import Vehicle

# How many free cars a refusal names.
NAMED_CARS = 3
# How far a refusal looks for another time of the same car.
LOOK_AHEAD = timedelta(days=14)


def lock_cars(vehicle_ids: Iterable[int | None]) -> None:
    """Lock the rows of cars, always in the same order; the documents that want them are locked afterwards."""
    wanted = sorted({vehicle_id for vehicle_id in vehicle_ids if vehicle_id is not None})
    if wanted:
        session.execute(
            select(Vehicle.id).where(Vehicle.id.in_(wanted)).order_by(Vehicle.id).with_for_update()
        ).all()


def overlaps(starts_at: datetime, ends_at: datetime, *, but: int | None = None) -> ColumnElement[bool]:
    """Return the condition that a hold overlaps a time, its end excluded; ``but`` names a booking left out."""
    condition = and_(VehicleHold.starts_at < ends_at, VehicleHold.ends_at > starts_at)
    return condition if but is None else and_(condition, VehicleHold.booking_id != but)


def occupant(
    vehicle_id: int, starts_at: datetime, ends_at: datetime, *, but: int | None = None
) -> Booking | None:
    """Return the first booking that holds a car in a time; None where it is free."""
    statement = (
        select(Booking)
        .join(VehicleHold, VehicleHold.booking_id == Booking.id)
        .where(VehicleHold.vehicle_id == vehicle_id, overlaps(starts_at, ends_at, but=but))
        .order_by(VehicleHold.starts_at)
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def late_trip(vehicle_id: int, *, but: int | None = None) -> Booking | None:
    """Return the trip with which a car is out beyond its planned end; None where there is none."""
    statement = late_trips().where(Booking.vehicle_id == vehicle_id, Booking.id != (but or 0))
    return session.execute(statement).unique().scalar_one_or_none()


def late_trips() -> Select[Booking]:
    """Return the SELECT of the trips that are out beyond their planned end."""
    return select(Booking).where(Booking.status == BookingStatus.OUT, Booking.ends_at < clock.now())


def present_trip(vehicle_id: int, *, but: int | None = None) -> Booking | None:
    """Return the trip with which a car is out now; None where it is in."""
    statement = select(Booking).where(
        Booking.vehicle_id == vehicle_id, Booking.status == BookingStatus.OUT, Booking.id != (but or 0)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def driven_meanwhile(
    vehicle_id: int, starts_at: datetime, ends_at: datetime, *, but: int | None = None
) -> Booking | None:
    """Return a trip with which a car was on the road in a time that is over; None where it stood."""
    statement = (
        select(Booking)
        .where(
            Booking.vehicle_id == vehicle_id,
            Booking.id != (but or 0),
            Booking.out_at < ends_at,
            or_(Booking.returned_at > starts_at, Booking.status == BookingStatus.OUT),
        )
        .order_by(Booking.out_at)
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def driver_elsewhere(
    driver_id: int, starts_at: datetime, ends_at: datetime, *, but: int | None = None
) -> Booking | None:
    """Return a booking by which a driver sits in another car in a time; None where there is none."""
    statement = (
        select(Booking)
        .join(VehicleHold, VehicleHold.booking_id == Booking.id)
        .where(Booking.driver_id == driver_id, overlaps(starts_at, ends_at, but=but))
        .order_by(VehicleHold.starts_at)
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def free_cars(starts_at: datetime, ends_at: datetime, *, but: int | None = None) -> Sequence[Vehicle]:
    """Return the cars that may go in a time: held by nobody, in use, not out too long, nothing in their records
    against them.
    """
    late = late_trips().with_only_columns(Booking.vehicle_id).where(Booking.id != (but or 0))
    held = exists().where(VehicleHold.vehicle_id == Vehicle.id, overlaps(starts_at, ends_at, but=but))
    statement = (
        select(Vehicle)
        .where(Vehicle.status == VehicleStatus.AVAILABLE, ~held, Vehicle.id.not_in(late))
        .order_by(Vehicle.id)
    )
    cars = session.execute(statement).unique().scalars().all()
    against = roadworthiness.obstacles_of(cars, None, starts_at, ends_at)
    return [car for car in cars if not against[car.id]]


def next_free(
    vehicle_id: int, starts_at: datetime, ends_at: datetime, *, but: int | None = None
) -> datetime | None:
    """Return the first moment from which a car is free for as long; None where it is not within two weeks."""
    length, begin = ends_at - starts_at, max(starts_at, clock.now())
    held = session.execute(
        select(VehicleHold.starts_at, VehicleHold.ends_at)
        .where(VehicleHold.vehicle_id == vehicle_id, VehicleHold.ends_at > begin)
        .where(VehicleHold.booking_id != (but or 0))
        .order_by(VehicleHold.starts_at)
    )
    for row in held:
        if row.starts_at >= begin + length:
            break
        begin = max(begin, row.ends_at)
    return begin if begin <= starts_at + LOOK_AHEAD else None


# What a person is told who comes too late


@dataclass(frozen=True)
class Wanted:
    """A car wanted for a time, by a booking that may be there already."""

    vehicle_id: int
    starts_at: datetime
    ends_at: datetime
    booking_id: int | None = None


def told_span(starts_at: datetime, ends_at: datetime) -> str:
    """Return a time as people say it in the company's zone: 11-27 09:00–17:00."""
    first, last = clock.to_local(starts_at), clock.to_local(ends_at)
    end = last.strftime("%H:%M") if first.date() == last.date() else last.strftime("%m-%d %H:%M")
    return f"{first.strftime('%m-%d %H:%M')}–{end}"


def taken(wanted: Wanted, by: Booking) -> Conflict:
    """Return the refusal of a car that is taken: by whom, which cars are free then, to when one could move."""
    vehicle = session.get_one(Vehicle, wanted.vehicle_id)
    free = free_cars(wanted.starts_at, wanted.ends_at, but=wanted.booking_id)
    later = next_free(wanted.vehicle_id, wanted.starts_at, wanted.ends_at, but=wanted.booking_id)
    return Conflict(
        "booking:taken",
        car=vehicle.plate,
        who=by.owner.name,
        span=told_span(by.starts_at, by.ends_at),
        free=listed([car.plate for car in free if car.id != vehicle.id][:NAMED_CARS]) or lazy("没有"),
        later=clock.to_local(later).strftime("%m-%d %H:%M") if later is not None else lazy("两周内没有"),
    )


def in_the_way(wanted: Wanted) -> Booking | None:
    """Return the trip a car is out with, else the booking that holds it in a time; None where it may leave."""
    is_out = Booking.status == BookingStatus.OUT
    statement = (
        select(Booking)
        .outerjoin(VehicleHold, VehicleHold.booking_id == Booking.id)
        .where(
            Booking.vehicle_id == wanted.vehicle_id,
            Booking.id != (wanted.booking_id or 0),
            or_(is_out, overlaps(wanted.starts_at, wanted.ends_at)),
        )
        .order_by(case((is_out, 0), else_=1), VehicleHold.starts_at)
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def find_taken(wanted: Wanted) -> Problem | None:
    """Return the refusal of a car that is out too long or held by another in a time; None where it may be had.

    The row of the car must be locked where something follows from the answer.
    """
    late = late_trip(wanted.vehicle_id, but=wanted.booking_id)
    if late is not None:
        free = free_cars(wanted.starts_at, wanted.ends_at, but=wanted.booking_id)
        return Conflict(
            "booking:not-back",
            car=session.get_one(Vehicle, wanted.vehicle_id).plate,
            who=late.driver.name if late.driver is not None else late.owner.name,
            until=clock.to_local(late.ends_at).strftime("%m-%d %H:%M"),
            free=listed([car.plate for car in free][:NAMED_CARS]) or lazy("没有"),
        )
    by = occupant(wanted.vehicle_id, wanted.starts_at, wanted.ends_at, but=wanted.booking_id)
    return taken(wanted, by) if by is not None else None


# Holds


def hold(booking: Booking, starts_at: datetime, ends_at: datetime) -> None:
    """Let a booking hold its car for a time, in place of what it held; whoever was faster is named in the refusal."""
    if booking.vehicle_id is None:
        raise ValueError("a booking without a car holds none")
    wanted = Wanted(booking.vehicle_id, starts_at, ends_at, booking.id)

    def lost() -> Problem:
        # whoever was faster may have given the car back since
        return find_taken(wanted) or Conflict("booking:free-again")

    uow.explain_race(lost)
    row = session.execute(
        select(VehicleHold).where(VehicleHold.booking_id == booking.id)
    ).scalar_one_or_none()
    if row is None:
        row = VehicleHold(booking_id=booking.id, vehicle_id=booking.vehicle_id)
        session.add(row)
    row.vehicle_id, row.starts_at, row.ends_at = booking.vehicle_id, starts_at, ends_at
    session.flush()


def release(booking: Booking) -> None:
    """Let a booking hold its car no longer."""
    session.execute(delete(VehicleHold).where(VehicleHold.booking_id == booking.id))


def renew_conflicts(vehicle_ids: Iterable[int | None]) -> None:
    """Mark the requests for cars that now collide with a hold, tell who asked, and unmark those that no longer do.

    The mark follows from holds, so it is written past the version of the row: whoever decides on a request meanwhile
    is neither refused nor refuses.
    """
    wanted = sorted({vehicle_id for vehicle_id in vehicle_ids if vehicle_id is not None})
    held = exists().where(
        VehicleHold.vehicle_id == Booking.vehicle_id,
        VehicleHold.starts_at < Booking.ends_at,
        VehicleHold.ends_at > Booking.starts_at,
        VehicleHold.booking_id != Booking.id,
    )
    statement = select(Booking.id, Booking.owner_id, Booking.conflict, held.label("held")).where(
        Booking.vehicle_id.in_(wanted), Booking.status.in_(SOFT)
    )
    for row in session.execute(statement).all():
        if row.conflict == row.held:
            continue
        session.execute(
            update(Booking)
            .where(Booking.id == row.id)
            .values(conflict=row.held)
            .execution_options(synchronize_session=False)
        )
        verb = "booking:collides" if row.held else "booking:free-again"
        timeline.record(BOOKING, row.id, verb, SYSTEM, tell=[row.owner_id])


def tell_scrapped(vehicle_id: int, actor: Actor) -> None:
    """Tell who asked for a car that was scrapped, who drives it and who gives cars; without another car none goes."""
    statement = select(Booking).where(
        Booking.vehicle_id == vehicle_id, Booking.status.in_((*SOFT, BookingStatus.DISPATCHED))
    )
    for booking in session.execute(statement).unique().scalars():
        people = {booking.owner_id, booking.driver_id or booking.owner_id}
        people |= {
            person.id for person in directory().holders(str(BookingPerm.DISPATCH), booking.department_id)
        }
        timeline.record(BOOKING, booking.id, "booking:car-scrapped", SYSTEM, tell=sorted(people))


def hard_bookings_after(vehicle_id: int, moment: datetime, within: timedelta) -> Sequence[Booking]:
    """Return the dispatched bookings of a car that begin soon after a moment, the first first."""
    statement = (
        select(Booking)
        .where(
            Booking.vehicle_id == vehicle_id,
            Booking.status == BookingStatus.DISPATCHED,
            Booking.starts_at < moment + within,
            Booking.ends_at > moment,
        )
        .order_by(Booking.starts_at)
    )
    return session.execute(statement).unique().scalars().all()

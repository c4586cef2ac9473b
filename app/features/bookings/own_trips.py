"""What the page 用车 shows of one person: their own trips under way or still to come, and what waits for them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from app.core import clock, tasks
from app.core.db import session
from app.core.permissions import Actor
from app.core.tasks import Task
from app.features.bookings.enums import BOOKING, SOFT, BookingStatus, SeatStatus
from app.features.bookings.models import Booking, BookingSeat
from app.features.people.models import User
from app.features.vehicles.models import Vehicle

SHOWN = 8


def takes_part(person_id: int | None) -> ColumnElement[bool]:
    """Return the condition that a person asked for a trip, drives it, or was given a seat in it."""
    seated = select(BookingSeat.booking_id).where(
        BookingSeat.user_id == person_id, BookingSeat.status == SeatStatus.AGREED
    )
    return or_(Booking.owner_id == person_id, Booking.driver_id == person_id, Booking.id.in_(seated))


def _trips() -> Select[*tuple[Any, ...]]:
    driver = aliased(User)
    return (
        select(
            Booking.id,
            Booking.status,
            Booking.starts_at,
            Booking.ends_at,
            Booking.destination,
            Booking.conflict,
            Vehicle.plate,
            driver.name.label("driver"),
        )
        .outerjoin(Vehicle, Vehicle.id == Booking.vehicle_id)
        .outerjoin(driver, driver.id == Booking.driver_id)
    )


def coming(actor: Actor) -> Sequence[Any]:
    """Return an actor's own trips that are under way or still to come, the earliest first."""
    planned = and_(Booking.status.in_((*SOFT, BookingStatus.DISPATCHED)), Booking.ends_at > clock.now())
    return session.execute(
        _trips()
        .where(takes_part(actor.id), or_(planned, Booking.status == BookingStatus.OUT))
        .order_by(Booking.starts_at, Booking.id)
        .limit(SHOWN)
    ).all()


def waiting(actor: Actor) -> Sequence[Any]:
    """Return the open tasks of bookings an actor must act on, the soonest due first, with what each is about."""
    return session.execute(
        tasks.addressed_to(actor)
        .with_only_columns(
            Task.kind,
            Task.doc_id,
            Task.due_at,
            Booking.number,
            Booking.starts_at,
            Booking.destination,
            User.name.label("person"),
        )
        .join(Booking, Booking.id == Task.doc_id)
        .join(User, User.id == Booking.owner_id)
        .where(Task.doc_type == BOOKING)
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .limit(SHOWN)
    ).all()

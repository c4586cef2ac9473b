"""Rides that can be shared: somebody goes the same way at about the same time and has a free seat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.db import session
from app.core.permissions import Actor
from app.features.bookings import queries
from app.features.bookings.enums import BookingStatus
from app.features.bookings.models import Booking, BookingSeat

# How far apart two departures may lie.
NEARBY = timedelta(hours=2)
MOST_OFFERS = 5
# What stands before nearly every place of the region and says nothing about the direction.
LEFT_OUT = ("浙江省", "浙江", "江苏省", "江苏", "上海市", "上海", "宁波市", "宁波")
# Two places of whose names so many characters begin alike lie in the same direction.
ALIKE = 2


@dataclass(frozen=True)
class Offer:
    """A ride that can be shared; ``free`` is how many seats are left."""

    booking: Booking
    free: int


def place(destination: str) -> str:
    """Return the name of a place without the province or city before it."""
    text = "".join(destination.split())
    for prefix in LEFT_OUT:
        if text.startswith(prefix) and len(text) > len(prefix) + 1:
            text = text.removeprefix(prefix)
    return text.casefold()


def same_direction(first: str, second: str) -> bool:
    """Tell whether two destinations lie the same way: one names the other, or they begin alike."""
    one, other = place(first), place(second)
    if not one or not other:
        return False
    return one in other or other in one or one[:ALIKE] == other[:ALIKE]


def offers(actor: Actor, destination: str, starts_at: datetime | None) -> Sequence[Offer]:
    """Return the dispatched cars an actor could ride in, nearest departure first; three statements however many."""
    if not destination.strip() or starts_at is None:
        return []
    begin = max(starts_at - NEARBY, clock.now())
    statement = (
        queries.visible_to(actor)
        .where(
            Booking.status == BookingStatus.DISPATCHED,
            Booking.starts_at >= begin,
            Booking.starts_at <= starts_at + NEARBY,
            ~Booking.private,
            Booking.owner_id != actor.id,
            Booking.driver_id != actor.id,
            Booking.id.not_in(select(BookingSeat.booking_id).where(BookingSeat.user_id == actor.id)),
        )
        .options(selectinload(Booking.seats))
        .order_by(Booking.starts_at)
    )
    found = []
    for booking in session.execute(statement).unique().scalars():
        free = booking.vehicle.seats - booking.people_in_car if booking.vehicle is not None else 0
        if free > 0 and same_direction(destination, booking.destination):
            found.append(Offer(booking, free))
    found.sort(key=lambda offer: abs(offer.booking.starts_at - starts_at))
    return found[:MOST_OFFERS]

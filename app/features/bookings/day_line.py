"""The day line of all cars: for each car what it is asked for, given to and out for, and when it is free.

One reader's view of some days: two statements, however many cars and bookings there are. Everybody sees that a car
is taken and by whom; where it goes is for those who may read the booking.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import UTCDateTime, session
from app.core.listing import parse_day
from app.core.permissions import Actor
from app.features.bookings import queries
from app.features.bookings.enums import DRIVEN, SOFT, BookingStatus
from app.features.bookings.models import Booking
from app.features.people.models import User
from app.features.vehicles.enums import VehicleStatus
from app.features.vehicles.models import Vehicle, VehicleDefect

FORTNIGHT = 14
QUARTER = timedelta(minutes=15)
# A stretch shorter than this is no offer: nobody drives anywhere in it.
SHORTEST_FREE = timedelta(minutes=30)
# Where a whole morning is free one rarely leaves before this hour.
USUAL_START = timedelta(hours=8)


class Span(StrEnum):
    """How many days are shown: one by the hour, or fourteen."""

    DAY = "day"
    FORTNIGHT = "fortnight"


class Kind(StrEnum):
    """What a stretch of a car's line says."""

    ASKED = "asked"
    DISPATCHED = "dispatched"
    OUT = "out"
    OVERDUE = "overdue"
    DRIVEN = "driven"


@dataclass(frozen=True)
class Window:
    """The days shown, from the beginning of ``first``, and the one car they are narrowed to."""

    first: date
    span: Span
    vehicle_id: int | None = None

    @property
    def days(self) -> int:
        """How many days are shown."""
        return 1 if self.span == Span.DAY else FORTNIGHT

    @property
    def begin(self) -> datetime:
        """The first moment shown, aware UTC."""
        return clock.day_bounds(self.first)[0]

    @property
    def end(self) -> datetime:
        """The first moment no longer shown, aware UTC."""
        return clock.day_bounds(self.first + timedelta(days=self.days - 1))[1]

    def moved(self, steps: int) -> date:
        """Return the first day of the view so many views later, or earlier."""
        return self.first + timedelta(days=steps * self.days)

    def share(self, moment: datetime) -> float:
        """Return where a moment stands, in hundredths of the width; what lies outside stands at the edge."""
        part = (moment - self.begin) / (self.end - self.begin)
        return round(100 * min(max(part, 0.0), 1.0), 3)


@dataclass(frozen=True)
class Stretch:
    """A booking on the line of its car; ``lane`` counts from above, since requests may stand one below another.

    ``place`` is empty for who may not read the booking.
    """

    booking_id: int
    kind: Kind
    begin: datetime
    end: datetime
    person: str
    place: str
    readable: bool
    lane: int = 0


@dataclass(frozen=True)
class Free:
    """A stretch in which a car can be had; ``suggested`` is when one would leave."""

    begin: datetime
    end: datetime
    suggested: datetime


@dataclass(frozen=True)
class CarLine:
    """A car with what stands on its line; ``blocked`` says why it can be had at no time."""

    vehicle_id: int
    plate: str
    name: str
    seats: int
    blocked: str
    stretches: tuple[Stretch, ...]
    free: tuple[Free, ...]

    @property
    def lanes(self) -> int:
        """How many bookings stand below each other at most."""
        return max((stretch.lane for stretch in self.stretches), default=0) + 1


def read_window(arguments: Mapping[str, str]) -> Window:
    """Read from an address which days and which car are shown; what is not understood is today, a day, all cars."""
    first = parse_day(arguments.get("day", "")) or clock.today()
    span = Span.FORTNIGHT if arguments.get("span") == Span.FORTNIGHT else Span.DAY
    chosen = arguments.get("car", "")
    known = chosen.isascii() and chosen.isdigit() and len(chosen) < 10
    return Window(first, span, int(chosen) if known else None)


@cache
def _cars() -> Select[Any]:
    grounded = exists().where(
        VehicleDefect.vehicle_id == Vehicle.id, VehicleDefect.grounds, VehicleDefect.mended_at.is_(None)
    )
    return (
        select(
            Vehicle.id, Vehicle.plate, Vehicle.name, Vehicle.seats, Vehicle.status, grounded.label("grounded")
        )
        .where(Vehicle.status != VehicleStatus.RETIRED)
        .order_by(Vehicle.plate)
    )


def cars() -> Sequence[Any]:
    """Return all cars that are not retired, with whether one can be given at all."""
    return session.execute(_cars()).all()


def _taken(actor: Actor) -> Select[Any]:
    """Return the SELECT of the bookings that touch a window, the earliest first."""
    driver = aliased(User)
    begin, end = bindparam("begin", type_=UTCDateTime()), bindparam("end", type_=UTCDateTime())
    planned = and_(
        Booking.status.in_((*SOFT, BookingStatus.DISPATCHED)), Booking.starts_at < end, Booking.ends_at > begin
    )
    out = and_(Booking.status == BookingStatus.OUT, Booking.out_at < end)
    driven = and_(Booking.status.in_(DRIVEN), Booking.out_at < end, Booking.returned_at > begin)
    return (
        select(
            Booking.id,
            Booking.vehicle_id,
            Booking.status,
            Booking.starts_at,
            Booking.ends_at,
            Booking.out_at,
            Booking.returned_at,
            Booking.destination,
            User.name.label("person"),
            driver.name.label("driver"),
            Booking.self_drive,
            case((queries.condition(actor), 1), else_=0).label("readable"),
        )
        .join(User, User.id == Booking.owner_id)
        .outerjoin(driver, driver.id == Booking.driver_id)
        .where(Booking.vehicle_id.is_not(None), or_(planned, out, driven))
        .order_by(Booking.starts_at, Booking.id)
    )


def lines(actor: Actor, window: Window, latest: datetime) -> list[CarLine]:
    """Return the line of each car in a window as an actor sees it; nothing is offered after ``latest``."""
    statement = _taken(actor)
    if window.vehicle_id is not None:
        statement = statement.where(Booking.vehicle_id == window.vehicle_id)
    now = clock.now()
    taken: dict[int, list[Stretch]] = defaultdict(list)
    for row in session.execute(statement, {"begin": window.begin, "end": window.end}):
        taken[row.vehicle_id].append(stretch_of(row, now))
    return [
        _line(car, taken.get(car.id, []), window, now, latest)
        for car in cars()
        if window.vehicle_id in (None, car.id)
    ]


def stretch_of(row: Any, now: datetime) -> Stretch:
    """Return a booking as it stands on the line: a trip as it was driven, one that is overdue until it is back."""
    kind, begin, end = Kind.ASKED, row.starts_at, row.ends_at
    if row.status == BookingStatus.DISPATCHED:
        kind = Kind.DISPATCHED
    elif row.status == BookingStatus.OUT:
        kind = Kind.OVERDUE if row.ends_at < now else Kind.OUT
        begin = row.out_at
        # nobody knows when it comes back: the rest of the day is not to be counted on
        end = clock.day_bounds(clock.to_local(now).date())[1] if kind == Kind.OVERDUE else row.ends_at
    elif row.status in DRIVEN:
        kind, begin, end = Kind.DRIVEN, row.out_at, row.returned_at
    return Stretch(
        row.id, kind, begin, end, row.person, row.destination if row.readable else "", bool(row.readable)
    )


def _line(car: Any, stretches: list[Stretch], window: Window, now: datetime, latest: datetime) -> CarLine:
    blocked = "workshop" if car.status != VehicleStatus.AVAILABLE else "grounded" if car.grounded else ""
    free = () if blocked else free_stretches(stretches, max(window.begin, now), min(window.end, latest))
    return CarLine(
        car.id, car.plate, car.name, car.seats, blocked, tuple(in_lanes(stretches)), tuple(free)
    )


def in_lanes(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the stretches, each in the highest lane where it covers no other."""
    ends: list[datetime] = []
    placed = []
    for stretch in sorted(stretches, key=lambda item: (item.begin, item.booking_id)):
        lane = next((place for place, end in enumerate(ends) if end <= stretch.begin), len(ends))
        ends[lane : lane + 1] = [stretch.end]
        placed.append(replace(stretch, lane=lane))
    return placed


def free_stretches(stretches: Iterable[Stretch], begin: datetime, end: datetime) -> list[Free]:
    """Return when a car can be had between two moments: requests leave it free, trips do not.

    Stretches begin at quarters of an hour, and one of less than half an hour is left out.
    """
    found = []
    at = next_quarter(begin)
    holding = sorted((item.begin, item.end) for item in stretches if item.kind not in (Kind.ASKED, Kind.DRIVEN))
    for taken_from, taken_until in [*holding, (end, end)]:
        until = min(taken_from, end)
        if until - at >= SHORTEST_FREE:
            found.append(Free(at, until, suggested_start(at, until)))
        at = max(at, next_quarter(taken_until))
    return found


def suggested_start(begin: datetime, end: datetime) -> datetime:
    """Return when one would leave in a free stretch: at its beginning, in the morning not before eight."""
    midnight = clock.day_bounds(clock.to_local(begin).date())[0]
    usual = midnight + USUAL_START
    return usual if begin < usual <= end - SHORTEST_FREE else begin


def next_quarter(moment: datetime) -> datetime:
    """Return the next full quarter of an hour, the moment itself where it is one."""
    beyond = timedelta(
        minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment if not beyond else moment - beyond + QUARTER

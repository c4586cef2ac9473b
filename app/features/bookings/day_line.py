"""The day line of all cars: for each car what it is asked for, given to and out for, and when it is free.

One reader's view of some days: two statements, however many cars and bookings there are. Everybody sees that a car
is taken and by whom; where it goes is for those who may read the booking.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, exists, or_, select

from app.core import clock, configuration
from app.core.db import UTCDateTime
from app.core.listing import parse_day
from app.core.permissions import Actor
from app.core.prepared import read
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
# A day is drawn between these hours, unless a trip begins or ends at night.
MORNING, EVENING = 6, 22


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
    """The days shown, from the beginning of ``first``, and the one car they are narrowed to.

    One day is shown without its night where it is ``waking``.
    """

    first: date
    span: Span
    vehicle_id: int | None = None
    waking: bool = False

    @cached_property
    def alone(self) -> bool:
        """Whether it is one day."""
        return self.span == Span.DAY

    @cached_property
    def first_text(self) -> str:
        """The first day as a stamp begins, 2026-11-23."""
        return self.first.isoformat()

    @cached_property
    def days(self) -> int:
        """How many days are shown."""
        return 1 if self.alone else FORTNIGHT

    @property
    def hours(self) -> range:
        """The hours from the beginning of the first day that are shown."""
        return range(MORNING, EVENING) if self.waking else range(24 * self.days)

    @cached_property
    def begin(self) -> datetime:
        """The first moment shown, aware UTC."""
        return clock.day_bounds(self.first)[0] + timedelta(hours=self.hours.start)

    @cached_property
    def end(self) -> datetime:
        """The first moment no longer shown, aware UTC."""
        last = clock.day_bounds(self.first + timedelta(days=self.days - 1))[1]
        return last - timedelta(hours=24 * self.days - self.hours.stop)

    @cached_property
    def length(self) -> timedelta:
        """How much time is shown."""
        return self.end - self.begin

    def moved(self, steps: int) -> date:
        """Return the first day of the view so many views later, or earlier."""
        return self.first + timedelta(days=steps * self.days)

    def share(self, moment: datetime) -> float:
        """Return where a moment stands, in hundredths of the width; what lies outside stands at the edge."""
        part = 100 * ((moment - self.begin) / self.length)
        return 0.0 if part < 0 else 100.0 if part > 100 else part


KINDS = {
    **dict.fromkeys(map(str, SOFT), Kind.ASKED),
    str(BookingStatus.DISPATCHED): Kind.DISPATCHED,
    str(BookingStatus.OUT): Kind.OUT,
    **dict.fromkeys(map(str, DRIVEN), Kind.DRIVEN),
}


class Stretch(NamedTuple):
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


class Free(NamedTuple):
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
def _cars() -> Select[*tuple[Any, ...]]:
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
    return read(_cars())


def _taken(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the bookings that touch a window, the earliest first: as planned, or as they were driven."""
    begin, end = bindparam("begin", type_=UTCDateTime()), bindparam("end", type_=UTCDateTime())
    planned = and_(
        Booking.status.in_((*SOFT, BookingStatus.DISPATCHED)),
        Booking.starts_at < end,
        Booking.ends_at > begin,
    )
    out = and_(Booking.status == BookingStatus.OUT, Booking.out_at < end)
    driven = and_(Booking.status.in_(DRIVEN), Booking.out_at < end, Booking.returned_at > begin)
    started = Booking.status.in_((BookingStatus.OUT, *DRIVEN))
    return (
        select(
            Booking.id,
            Booking.vehicle_id,
            Booking.status,
            case((started, Booking.out_at), else_=Booking.starts_at).label("begin"),
            case((Booking.status.in_(DRIVEN), Booking.returned_at), else_=Booking.ends_at).label("end"),
            Booking.destination,
            User.name.label("person"),
            case((queries.condition(actor), 1), else_=0).label("readable"),
        )
        .join(User, User.id == Booking.owner_id)
        .where(Booking.vehicle_id.is_not(None), or_(planned, out, driven))
        .order_by(Booking.starts_at, Booking.id)
    )


def lines(actor: Actor, window: Window, latest: datetime) -> tuple[Window, list[CarLine]]:
    """Return the line of each car in a window as an actor sees it; nothing is offered after ``latest``.

    Before them stands the window that is shown: a day without its night where nothing happens in it.
    """
    known = cars()
    if window.vehicle_id not in [car.id for car in known]:
        window = replace(window, vehicle_id=None)
    # what an actor may read follows from settings and roles alone, so the statement is made once
    statement = configuration.kept(("day line", actor), partial(_taken, actor))
    now = clock.now()
    taken: dict[int, list[Stretch]] = defaultdict(list)
    for row in read(statement, {"begin": window.begin, "end": window.end}):
        if window.vehicle_id in (None, row.vehicle_id):
            stretch = stretch_of(row, now, window.end)
            if stretch.end > window.begin:
                taken[row.vehicle_id].append(stretch)
    shown = without_night(window, [stretch for found in taken.values() for stretch in found])
    return shown, [
        _line(car, taken.get(car.id, []), shown, now, latest)
        for car in known
        if window.vehicle_id in (None, car.id)
    ]


def without_night(window: Window, stretches: Iterable[Stretch]) -> Window:
    """Return a window of one day without its night, unless something begins or ends in it, or it is night now."""
    waking = replace(window, waking=window.span == Span.DAY)
    if not waking.waking:
        return window
    moments = [
        moment
        for stretch in stretches
        for moment in ((stretch.begin,) if stretch.kind == Kind.OVERDUE else (stretch.begin, stretch.end))
    ]
    moments.append(clock.now())
    day_begin, day_end = window.begin, window.end
    at_night = any(day_begin < moment < waking.begin or waking.end < moment < day_end for moment in moments)
    return window if at_night else waking


def stretch_of(row: Any, now: datetime, last: datetime) -> Stretch:
    """Return a booking as it stands on the line; a car that is overdue is given to nobody before it is really back."""
    kind, end = KINDS[row.status], row.end
    if kind == Kind.OUT and end < now:
        kind, end = Kind.OVERDUE, last
    place = row.destination if row.readable else ""
    return Stretch(row.id, kind, row.begin, end, row.person, place, bool(row.readable))


def _line(car: Any, stretches: list[Stretch], window: Window, now: datetime, latest: datetime) -> CarLine:
    blocked = "workshop" if car.status != VehicleStatus.AVAILABLE else "grounded" if car.grounded else ""
    free = () if blocked else free_stretches(stretches, max(window.begin, now), min(window.end, latest))
    return CarLine(car.id, car.plate, car.name, car.seats, blocked, tuple(in_lanes(stretches)), tuple(free))


def in_lanes(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the stretches, each in the highest lane where it covers no other."""
    ends: list[datetime] = []
    placed = []
    for stretch in sorted(stretches, key=lambda item: (item.begin, item.booking_id)):
        lane = next((place for place, end in enumerate(ends) if end <= stretch.begin), len(ends))
        ends[lane : lane + 1] = [stretch.end]
        placed.append(stretch._replace(lane=lane) if lane else stretch)
    return placed


def free_stretches(stretches: Iterable[Stretch], begin: datetime, end: datetime) -> list[Free]:
    """Return when a car can be had between two moments: requests leave it free, trips do not.

    Stretches begin at quarters of an hour, and one of less than half an hour is left out.
    """
    found = []
    at = next_quarter(begin)
    holding = sorted(
        (item.begin, item.end) for item in stretches if item.kind not in (Kind.ASKED, Kind.DRIVEN)
    )
    for taken_from, taken_until in [*holding, (end, end)]:
        until = min(taken_from, end)
        if until - at >= SHORTEST_FREE:
            found.append(Free(at, until, suggested_start(at, until)))
        at = max(at, next_quarter(taken_until))
    return found


def suggested_start(begin: datetime, end: datetime) -> datetime:
    """Return when one would leave in a free stretch: at its beginning, in the morning not before eight."""
    local = clock.to_local(begin)
    usual = begin + USUAL_START - timedelta(hours=local.hour, minutes=local.minute)
    return usual if begin < usual <= end - SHORTEST_FREE else begin


def next_quarter(moment: datetime) -> datetime:
    """Return the next full quarter of an hour, the moment itself where it is one."""
    full = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return full if full == moment else full + QUARTER

"""Asking for a car, once, in series or afterwards; doing a step; seats in somebody's car; what the clock brings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.core import clock, documents, notices, search, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Problem
from app.core.i18n import LazyText, lazy, listed_clauses
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, require
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.features.bookings import availability, guards, queries
from app.features.bookings.enums import BOOKING, BookingPerm, BookingStatus, SeatStatus
from app.features.bookings.flow import FLOW, dispatcher, head, no_show_from
from app.features.bookings.models import MOST_PASSENGERS, Booking, BookingSeat, BookingSeries
from app.features.people.models import User
from app.features.vehicles import roadworthiness
from app.features.vehicles.enums import VehicleStatus
from app.features.vehicles.models import Vehicle

HORIZON_DAYS = "bookings.horizon_days"
BUSINESS = lazy("业务")
# A form that stood open for a while still counts as in time.
GRACE = timedelta(minutes=15)
MOST_DAYS = 30
LONGEST = timedelta(days=MOST_DAYS)
# How soon after its planned end a late car is said to be missing to whoever has it next.
WARNED = timedelta(hours=24)


@dataclass(frozen=True)
class BookingValues:
    """What is asked for; without a car the dispatcher chooses one, without ``self_drive`` a driver too."""

    destination: str
    starts_at: datetime
    ends_at: datetime
    purpose: str = ""
    passengers: int = 1
    vehicle_id: int | None = None
    self_drive: bool = True
    private: bool = False
    estimated_kilometres: int | None = None
    doc_type: str | None = None
    doc_id: int | None = None


@dataclass(frozen=True)
class DrivenValues:
    """What is told of a trip that was driven on somebody's word; without ``odometer_in`` it still goes on."""

    destination: str
    starts_at: datetime
    ends_at: datetime
    vehicle_id: int
    driver_id: int
    odometer_out: int
    odometer_in: int | None
    reason: str
    allowed_by_id: int
    purpose: str = ""
    passengers: int = 1


# Asking


def request(*, actor: Actor, values: BookingValues) -> Booking:
    """Ask for a car in the open unit of work; where its policy lets one, it is dispatched at once.

    Raises Denied, Invalid at the fields, and Conflict where the car is taken or nobody could agree.
    """
    require(actor, BookingPerm.REQUEST)
    availability.lock_cars([values.vehicle_id])
    check_values(actor, values)
    return _ask(actor, values)


def _ask(actor: Actor, values: BookingValues, series_id: int | None = None) -> Booking:
    booking = _begin(actor, values.purpose)
    for name in BookingValues.__dataclass_fields__:
        if name != "purpose":
            setattr(booking, name, getattr(values, name))
    booking.destination = values.destination.strip()
    booking.series_id = series_id
    _add(booking, actor, "booking:request")
    if guards.may_be_taken(booking):
        FLOW.fire(booking, "take", actor, version=None)
    elif booking.vehicle_id is not None:
        availability.renew_conflicts([booking.vehicle_id])
    return booking


def _begin(actor: Actor, purpose: str) -> Booking:
    owner = session.get_one(User, actor.id)
    if owner.department_id is None:
        raise Conflict("booking:no-department")
    return Booking(
        status=FLOW.initial,
        owner_id=owner.id,
        department_id=owner.department_id,
        purpose=purpose.strip() or str(BUSINESS),
        created_at=clock.now(),
        updated_at=clock.now(),
    )


def _add(booking: Booking, actor: Actor, verb: str) -> None:
    booking.number = next_number(BOOKING, "YC")
    session.add(booking)
    session.flush()
    taken = guards.may_be_taken(booking)
    asked = [] if taken else head.people(booking)
    if not taken and not asked:
        raise Conflict("booking:nobody-agrees")
    FLOW.sync_tasks(booking)
    timeline.record(BOOKING, booking.id, verb, actor, to_status=booking.status, tell=asked)
    index(booking)


def index(booking: Booking) -> None:
    """Bring the search index up to date."""
    plate = booking.vehicle.plate if booking.vehicle is not None else ""
    search.put(
        BOOKING,
        booking.id,
        f"{booking.number} {booking.destination}",
        f"{booking.purpose} {plate} {booking.owner.name}",
    )


def horizon() -> int:
    """Return for how many days ahead a car may be asked for."""
    return int(settings.get(HORIZON_DAYS))


def check_values(actor: Actor, values: BookingValues) -> None:
    """Raise Invalid at the fields for what cannot be meant, or a car that must not go then."""
    faults = faults_of_time(values.starts_at, values.ends_at)
    if values.starts_at < clock.now() - GRACE:
        faults["starts_at"] = lazy("出发时间已经过去；已经出过车的，请用“补办”")
    elif values.starts_at > clock.now() + timedelta(days=horizon()):
        faults["starts_at"] = lazy("最多提前 %(days)s 天约车", days=horizon())
    if not values.destination.strip():
        faults["destination"] = lazy("请填写目的地")
    if values.private and not values.purpose.strip():
        faults["purpose"] = lazy("私人用车请写明事由，由公司主管领导批准")
    named = values.doc_type is not None and values.doc_id is not None
    if named and not documents.is_visible(actor, str(values.doc_type), int(values.doc_id or 0)):
        faults["document"] = lazy("没有找到这份单据")
    vehicle = session.get(Vehicle, values.vehicle_id) if values.vehicle_id is not None else None
    faults |= faults_of_car(values, vehicle)
    if vehicle is not None and not faults:
        faults |= faults_of_fitness(actor, values, vehicle)
    if faults:
        raise Invalid(fields=faults)


def faults_of_time(starts_at: datetime, ends_at: datetime) -> dict[str, LazyText | str]:
    """Return what is wrong with a span of time, by field."""
    if ends_at <= starts_at:
        return {"ends_at": lazy("结束时间须晚于出发时间；过夜的请写日期，如 11-28 09:00")}
    if ends_at - starts_at > LONGEST:
        return {"ends_at": lazy("一次最多 %(days)s 天", days=MOST_DAYS)}
    return {}


def faults_of_car(values: BookingValues, vehicle: Vehicle | None) -> dict[str, LazyText | str]:
    """Return what is wrong with the car and the number of people, by field."""
    if not 1 <= values.passengers <= MOST_PASSENGERS:
        return {"passengers": lazy("乘车人数须在 1 到 %(most)s 之间", most=MOST_PASSENGERS)}
    if values.vehicle_id is None:
        return {}
    if vehicle is None or vehicle.status == VehicleStatus.RETIRED:
        return {"vehicle_id": lazy("请选择一辆在用的车")}
    people = values.passengers + (0 if values.self_drive else 1)
    if people > vehicle.seats:
        return {
            "passengers": lazy(
                "%(car)s 只有 %(seats)s 座，连驾驶员共 %(people)s 人坐不下",
                car=vehicle.plate,
                seats=vehicle.seats,
                people=people,
            )
        }
    return {}


def faults_of_fitness(actor: Actor, values: BookingValues, vehicle: Vehicle) -> dict[str, LazyText | str]:
    """Return why the car must not go then, or the applicant must not drive it, by field."""
    found = roadworthiness.obstacles(
        vehicle,
        actor.id if values.self_drive else None,
        values.starts_at,
        values.ends_at,
        values.estimated_kilometres,
    )
    faults: dict[str, LazyText | str] = {}
    of_car = listed_clauses(each.sentence for each in found if not each.of_driver)
    of_driver = listed_clauses(each.sentence for each in found if each.of_driver)
    if of_car:
        faults["vehicle_id"] = lazy("这辆车不能派：%(reasons)s", reasons=of_car)
    if of_driver:
        faults["self_drive"] = lazy("%(reasons)s，请改为“需要驾驶员”", reasons=of_driver)
    return faults


# Series


def days_of_series(first: date, weekdays: Collection[int], until: date) -> list[date]:
    """Return the days of a series, the first asked-for day among them where it fits; Monday is 0."""
    days = [first + timedelta(days=count) for count in range((until - first).days + 1)]
    return [day for day in days if day.weekday() in weekdays]


def on_day(values: BookingValues, day: date) -> BookingValues:
    """Return what is asked for moved to another day, at the same wall-clock time."""
    begin, end = clock.to_local(values.starts_at), clock.to_local(values.ends_at)
    nights = (end.date() - begin.date()).days
    return replace(
        values,
        starts_at=clock.from_local(datetime.combine(day, begin.time())),
        ends_at=clock.from_local(datetime.combine(day + timedelta(days=nights), end.time())),
    )


def impossible_days(actor: Actor, values: BookingValues, days: Iterable[date]) -> dict[date, str]:
    """Return the days of a series that cannot be had, each with why; a day that runs into one before it is such."""
    found: dict[date, str] = {}
    before: datetime | None = None
    for day in days:
        asked = on_day(values, day)
        if before is not None and asked.starts_at < before:
            found[day] = str(lazy("与本系列前一次时间重叠"))
            continue
        problem = _problem_with(actor, asked)
        if problem is not None:
            found[day] = problem
            continue
        before = asked.ends_at
    return found


def _problem_with(actor: Actor, values: BookingValues) -> str | None:
    try:
        check_values(actor, values)
    except Invalid as invalid:
        return " ".join(str(sentence) for sentence in invalid.fields.values())
    if values.vehicle_id is None:
        return None
    wanted = availability.Wanted(values.vehicle_id, values.starts_at, values.ends_at)
    problem = availability.find_taken(wanted)
    return problem.sentence() if problem is not None else None


def request_series(
    *,
    actor: Actor,
    values: BookingValues,
    weekdays: Collection[int],
    until: date,
    days: Collection[date] | None = None,
) -> list[Booking]:
    """Ask for a car on days of the week until a date, in the open unit of work: all of them, or nothing.

    ``days`` are those of the series that are wanted; None wants all. Raises what ``request`` raises, and Invalid at
    ``days`` that names the dates which cannot be had, so that they can be left out.
    """
    require(actor, BookingPerm.REQUEST)
    availability.lock_cars([values.vehicle_id])
    first = clock.to_local(values.starts_at).date()
    faults = faults_of_time(values.starts_at, values.ends_at)
    if not weekdays:
        faults["weekdays"] = lazy("请选择每周哪几天")
    if until < first:
        faults["until"] = lazy("截止日期须不早于出发日期")
    elif until > clock.today() + timedelta(days=horizon()):
        faults["until"] = lazy("最多提前 %(days)s 天约车", days=horizon())
    if faults:
        raise Invalid(fields=faults)
    wanted = [day for day in days_of_series(first, weekdays, until) if days is None or day in days]
    if not wanted:
        raise Invalid(fields={"weekdays": lazy("这段时间里没有选中的日期")})
    impossible = impossible_days(actor, values, wanted)
    if impossible:
        told = listed_clauses(f"{day.isoformat()} {why}" for day, why in impossible.items())
        raise Invalid(fields={"days": lazy("这些日期约不到，请去掉后再提交：%(told)s", told=told)})
    series = BookingSeries(
        owner_id=actor.id, weekdays=sorted(set(weekdays)), until=until, created_at=clock.now()
    )
    session.add(series)
    session.flush()
    return [_ask(actor, on_day(values, day), series.id) for day in wanted]


# Afterwards


def request_retro(*, actor: Actor, values: DrivenValues) -> Booking:
    """Ask to enter a trip that was driven on somebody's word; head and dispatcher agree, and it is marked for good.

    Raises Denied, Invalid at the fields, Conflict where nobody could agree.
    """
    require(actor, BookingPerm.REQUEST)
    availability.lock_cars([values.vehicle_id])
    check_driven(actor, values)
    booking = _begin(actor, values.purpose)
    for name in DrivenValues.__dataclass_fields__:
        if name not in ("purpose", "reason"):
            setattr(booking, name, getattr(values, name))
    booking.destination = values.destination.strip()
    booking.retro, booking.retro_reason = True, values.reason.strip()
    booking.self_drive = values.driver_id == actor.id
    _add(booking, actor, "booking:request-retro")
    return booking


def check_driven(actor: Actor, values: DrivenValues) -> None:
    """Raise Invalid at the fields for a trip that cannot have been."""
    faults = faults_of_time(values.starts_at, values.ends_at)
    if values.starts_at > clock.now():
        faults["starts_at"] = lazy("补办的是已经出过的车；还没出车的，请直接约车")
    if not values.destination.strip():
        faults["destination"] = lazy("请填写目的地")
    if not values.reason.strip():
        faults["reason"] = lazy("请写明为什么没有事先约车")
    if session.get(User, values.allowed_by_id) is None:
        faults["allowed_by_id"] = lazy("请选择口头同意的人")
    elif values.allowed_by_id == actor.id:
        faults["allowed_by_id"] = lazy("口头同意的人不能是您自己")
    if session.get(User, values.driver_id) is None:
        faults["driver_id"] = lazy("请选择驾驶员")
    if session.get(Vehicle, values.vehicle_id) is None:
        faults["vehicle_id"] = lazy("请选择车辆")
    if values.odometer_in is None:
        if values.ends_at <= clock.now():
            faults["odometer_in"] = lazy("请填写还车里程；还没还车的，结束时间请填预计还车时间")
    elif values.odometer_in < values.odometer_out:
        faults["odometer_in"] = lazy("还车里程不能小于出车里程")
    elif values.ends_at > clock.now():
        faults["ends_at"] = lazy("还车时间不能晚于现在")
    if not 1 <= values.passengers <= MOST_PASSENGERS:
        faults["passengers"] = lazy("乘车人数须在 1 到 %(most)s 之间", most=MOST_PASSENGERS)
    if faults:
        raise Invalid(fields=faults)


# Steps


def fire(
    booking: Booking,
    step: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a booking; the cars it is about are locked before the booking, always in the same order."""
    availability.lock_cars([booking.vehicle_id, (data or {}).get("vehicle_id")])
    FLOW.fire(booking, step, actor, version=version, note=note, data=data)
    if step in ("take", "dispatch", "agree_and_dispatch", "change"):
        index(booking)


# Seats


def free_seats(booking: Booking) -> int:
    """Return how many seats of a dispatched car are free."""
    return booking.vehicle.seats - booking.people_in_car if booking.vehicle is not None else 0


def ask_seat(booking: Booking, *, actor: Actor) -> BookingSeat:
    """Ask for a free seat in somebody's car, in the open unit of work; one tap.

    Raises Denied, and Conflict where the car is not to go any more, is full, or one sits in it or asked already.
    """
    lock(booking)
    require(actor, BookingPerm.REQUEST)
    problem = against_seat(booking, actor)
    if problem is not None:
        raise problem
    seat = BookingSeat(
        booking_id=booking.id, user_id=actor.id, created_at=clock.now(), updated_at=clock.now()
    )
    session.add(seat)
    booking.touch()
    session.flush()
    session.refresh(booking, ["seats"])
    FLOW.sync_tasks(booking)
    timeline.record(BOOKING, booking.id, "booking:ask-seat", actor, tell=[booking.owner_id])
    return seat


def against_seat(booking: Booking, actor: Actor) -> Problem | None:
    """Return why an actor cannot ask for a seat in a car; None where they can."""
    if booking.status != BookingStatus.DISPATCHED or booking.private or booking.starts_at <= clock.now():
        return Conflict("booking:no-seats-now")
    if actor.id in (booking.owner_id, booking.driver_id):
        return Conflict("booking:own-car")
    if any(seat.user_id == actor.id for seat in booking.seats):
        return Conflict("booking:asked-already")
    if free_seats(booking) < 1:
        return Conflict("booking:full")
    return None


def answers_seats(booking: Booking, actor: Actor) -> bool:
    """Tell whether an actor answers who asks for a seat: who asked for the car, or drives it."""
    return actor.id is not None and actor.id in (booking.owner_id, booking.driver_id)


def answer_seat(
    booking: Booking, seat: BookingSeat, *, actor: Actor, version: int | None, agree: bool
) -> None:
    """Give a seat to who asked for it, or not. Raises Denied, Stale, Conflict where it was answered or none is free."""
    lock(booking)
    lock(seat)
    if not answers_seats(booking, actor):
        raise Denied("core:denied", what=lazy("答复搭车"), who=booking.owner.name)
    check_version(BOOKING, seat, version)
    if seat.status != SeatStatus.ASKED:
        raise Conflict("booking:answered-already")
    if agree and booking.status != BookingStatus.DISPATCHED:
        raise Conflict("booking:not-going", state=FLOW.state(booking.status).label)
    if agree and free_seats(booking) < 1:
        raise Conflict("booking:full")
    seat.status = SeatStatus.AGREED if agree else SeatStatus.DECLINED
    seat.answered_by_id = actor.id
    seat.touch()
    booking.touch()
    session.flush()
    FLOW.sync_tasks(booking)
    verb = "booking:give-seat" if agree else "booking:refuse-seat"
    timeline.record(BOOKING, booking.id, verb, actor, data={"who": seat.user.name}, tell=[seat.user_id])


# What the clock brings


def watch(payload: dict[str, Any]) -> None:
    """Give back cars that nobody took in time, and ask for those that are not back; runs every few minutes."""
    missed = session.execute(queries.missed()).unique().scalars().all()
    due = [booking.id for booking in missed if no_show_from(booking) <= clock.now()]
    late = session.execute(availability.late_trips().with_only_columns(Booking.id)).scalars().all()
    session.rollback()
    for booking_id in due:
        with unit_of_work():
            booking = session.get_one(Booking, booking_id)
            availability.lock_cars([booking.vehicle_id])
            lock(booking)
            if booking.status == BookingStatus.DISPATCHED and no_show_from(booking) <= clock.now():
                FLOW.fire(booking, "no_show", SYSTEM, version=None)
    for booking_id in late:
        with unit_of_work():
            tell_late(session.get_one(Booking, booking_id))


def tell_late(booking: Booking) -> None:
    """Tell once a day that a car is not back: driver, dispatchers, and whoever has the car next."""
    if not booking.overdue or booking.vehicle_id is None:
        return
    until = clock.to_local(booking.ends_at).strftime("%Y-%m-%d %H:%M")
    people = [person for person in (booking.driver_id, *dispatcher.people(booking)) if person is not None]
    fresh = notices.not_yet_reminded(BOOKING, booking.id, people)
    if fresh:
        timeline.record(BOOKING, booking.id, "booking:overdue", SYSTEM, data={"until": until}, tell=fresh)
    for following in availability.hard_bookings_after(booking.vehicle_id, booking.ends_at, WARNED):
        waiting = notices.not_yet_reminded(BOOKING, following.id, [following.owner_id])
        if waiting:
            timeline.record(
                BOOKING, following.id, "booking:car-late", SYSTEM, data={"until": until}, tell=waiting
            )

"""A walk of bookings in any order beside a naive model of them: lists, comparisons, nothing of the database.

The model says of each act whether it must succeed, by looking through all bookings; the program must say the same.
The suite walks a little (``test_machine.py``), ``proofs/bookings.py`` ten thousand steps.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.bookings import actions, queries
from app.features.bookings.actions import BookingValues, DrivenValues
from app.features.bookings.enums import BOOKING
from app.features.bookings.models import Booking, VehicleHold
from app.features.people.models import User
from app.features.vehicles import readings
from app.features.vehicles.enums import BookingPolicy
from app.features.vehicles.models import Vehicle
from tests import factories
from tests.features.vehicles import desk as vehicles_desk

HOUR = timedelta(hours=1)
TOLERANCE = 5
FIRST_DAY = (2027, 1, 4)
# Between two walks over the same database, so that none meets the times of another; short, for papers end in 2099.
APART = timedelta(days=10)
SOFT, HARD = ("submitted", "dept_ok"), ("dispatched", "out")


@dataclass
class Trip:
    """A booking as the model knows it."""

    id: int
    car: int
    driver: int
    start: datetime
    end: datetime
    status: str
    given_at: datetime | None = None
    out_at: datetime | None = None
    back_at: datetime | None = None
    read: dict[str, int] = field(default_factory=dict)

    @property
    def held_from(self) -> datetime:
        return min(self.start, self.out_at or self.start)


class Walk(RuleBasedStateMachine):
    """Requests, agreement, dispatch, self-service, changes, trips, late returns, no-shows, trips entered afterwards."""

    numbers = itertools.count()
    steps = 0
    refused = 0

    @initialize()
    def begin(self) -> None:
        number = next(self.numbers)
        self.now = clock.from_local(datetime(*FIRST_DAY, 8)) + number * APART  # type: ignore[arg-type, misc]  # noqa: DTZ001
        with self.at():
            department = factories.department(f"部门 {number}")
            self.people = [
                factories.user(f"人{number}-{place}", f"w{number}-{place}", department, [Role.SALESPERSON])
                for place in range(3)
            ]
            self.head = factories.user("经理", f"wm{number}", department, [Role.MANAGER])
            self.dispatcher = factories.user("车管", f"wv{number}", department, [Role.DISPATCHER])
            policies = (BookingPolicy.SELF_SERVICE, BookingPolicy.SELF_SERVICE, BookingPolicy.APPROVAL)
            self.cars = [
                vehicles_desk.car(
                    self.dispatcher, department, plate=f"苏A{number:03d}{place}K", policy=policy
                )
                for place, policy in enumerate(policies)
            ]
            for car in self.cars:
                vehicles_desk.valid_papers(car)
            for person in self.people:
                vehicles_desk.licence(person)
        self.trips: list[Trip] = []
        self.chains: dict[int, list[tuple[datetime, int]]] = {
            car.id: [(self.now, 10_000)] for car in self.cars
        }
        self.now += HOUR

    # The naive model

    def others(self, trip: Trip | None, car: int) -> Iterator[Trip]:
        return (row for row in self.trips if row is not trip and row.car == car)

    def is_taken(self, car: int, start: datetime, end: datetime, but: Trip | None) -> bool:
        """Whether a car is out too long, or held by another in a time."""
        return any(
            (row.status == "out" and row.end < self.now)
            or (row.status in HARD and row.held_from < end and row.end > start)
            for row in self.others(but, car)
        )

    def may_hold(self, car: int, driver: int, start: datetime, end: datetime, but: Trip | None) -> bool:
        busy = any(
            row.status in HARD and row.driver == driver and row.held_from < end and row.end > start
            for row in self.trips
            if row is not but
        )
        return not busy and not self.is_taken(car, start, end, but)

    def was_on_the_road(self, car: int, start: datetime, end: datetime) -> bool:
        return any(
            (
                row.out_at is not None
                and row.out_at < end
                and (row.status == "out" or (row.back_at is not None and row.back_at > start))
            )
            or (row.status in HARD and row.held_from < end and row.end > start)
            for row in self.others(None, car)
        )

    # What the program does

    @contextmanager
    def at(self) -> Iterator[None]:
        with clock.frozen(self.now):
            yield

    def attempt(self, act: Callable[[], Booking], expected: bool) -> Booking | None:
        """Do an act and compare whether it went with what the model says; a refusal says why in a sentence."""
        type(self).steps += 1
        made, refusal = None, None
        try:
            with self.at(), unit_of_work():
                made = act()
        except (Conflict, Invalid) as problem:
            refusal = problem
        if refusal is None:
            assert expected, "the model refuses it"
        else:
            assert not expected, (refusal.code, refusal.params, getattr(refusal, "fields", None))
            assert refusal.sentence()
            type(self).refused += 1
        return made

    def step(self, trip: Trip, name: str, who: User, expected: bool, **data: object) -> bool:
        def act() -> Booking:
            actor = factories.actor(who)
            row = queries.get(actor, trip.id)
            actions.fire(row, name, actor=actor, version=row.version, note="改期", data=data or None)
            return row

        return self.attempt(act, expected) is not None

    def user(self, number: int) -> User:
        return next(person for person in self.people if person.id == number)

    # The acts

    @rule(who=st.integers(0, 2), car=st.integers(0, 2), ahead=st.integers(0, 20), length=st.integers(1, 12))
    def request(self, who: int, car: int, ahead: int, length: int) -> None:
        person, vehicle = self.people[who], self.cars[car]
        start = self.now + ahead * HOUR / 2
        end = start + length * HOUR / 2
        taken = vehicle.policy == BookingPolicy.SELF_SERVICE
        expected = not taken or self.may_hold(vehicle.id, person.id, start, end, None)
        values = BookingValues("奉化", start, end, vehicle_id=vehicle.id)
        made = self.attempt(lambda: actions.request(actor=factories.actor(person), values=values), expected)
        if made is not None:
            status = "dispatched" if taken else "submitted"
            given = self.now if taken else None
            self.trips.append(Trip(made.id, vehicle.id, person.id, start, end, status, given))

    def among(self, *states: str) -> list[Trip]:
        return [trip for trip in self.trips if trip.status in states]

    @precondition(lambda self: self.among("submitted"))
    @rule(which=st.integers(0, 99))
    def agree(self, which: int) -> None:
        waiting = self.among("submitted")
        trip = waiting[which % len(waiting)]
        if self.step(trip, "agree", self.head, trip.end > self.now):
            trip.status = "dept_ok"

    @precondition(lambda self: self.among("dept_ok"))
    @rule(which=st.integers(0, 99), car=st.integers(0, 2), who=st.integers(0, 2))
    def dispatch(self, which: int, car: int, who: int) -> None:
        waiting = self.among("dept_ok")
        trip, vehicle, person = waiting[which % len(waiting)], self.cars[car].id, self.people[who].id
        expected = trip.end > self.now and self.may_hold(vehicle, person, trip.start, trip.end, trip)
        if self.step(trip, "dispatch", self.dispatcher, expected, vehicle_id=vehicle, driver_id=person):
            trip.status, trip.car, trip.driver, trip.given_at = "dispatched", vehicle, person, self.now

    @precondition(lambda self: self.among("dispatched"))
    @rule(which=st.integers(0, 99), car=st.integers(0, 2), who=st.integers(0, 2), shift=st.integers(-2, 6))
    def change(self, which: int, car: int, who: int, shift: int) -> None:
        given = self.among("dispatched")
        trip, vehicle, person = given[which % len(given)], self.cars[car].id, self.people[who].id
        start, end = trip.start + shift * HOUR / 2, trip.end + shift * HOUR / 2
        expected = end > self.now and self.may_hold(vehicle, person, start, end, trip)
        typed = {"vehicle_id": vehicle, "driver_id": person, "starts_at": start, "ends_at": end}
        if self.step(trip, "change", self.dispatcher, expected, **typed):
            trip.car, trip.driver, trip.start, trip.end = vehicle, person, start, end

    @precondition(lambda self: self.among("dispatched"))
    @rule(which=st.integers(0, 99), extra=st.sampled_from([0, 0, 0, 3, 40, -7]))
    def go_out(self, which: int, extra: int) -> None:
        given = self.among("dispatched")
        trip = given[which % len(given)]
        kilometres = self.chains[trip.car][-1][1] + extra
        early = self.now < trip.start and self.is_taken(trip.car, self.now, trip.start, trip)
        another = any(row.status == "out" for row in self.others(trip, trip.car))
        expected = trip.end > self.now and not another and not early and extra >= 0
        if self.step(trip, "out", self.user(trip.driver), expected, kilometres=kilometres):
            trip.status, trip.out_at = "out", self.now
            self.chains[trip.car].append((self.now, kilometres))
            trip.read["out"] = kilometres

    @precondition(lambda self: self.among("out"))
    @rule(which=st.integers(0, 99), driven=st.integers(-1, 300))
    def come_back(self, which: int, driven: int) -> None:
        out = self.among("out")
        trip = out[which % len(out)]
        kilometres = trip.read["out"] + driven
        typed = {"kilometres": kilometres, "condition_good": True}
        if self.step(trip, "return", self.user(trip.driver), driven >= 0, **typed):
            trip.status, trip.back_at = "returned", self.now
            self.chains[trip.car].append((self.now, kilometres))
            trip.read["in"] = kilometres

    @precondition(lambda self: self.among("out"))
    @rule(which=st.integers(0, 99), more=st.integers(0, 10))
    def prolong(self, which: int, more: int) -> None:
        out = self.among("out")
        trip = out[which % len(out)]
        end = trip.end + more * HOUR / 2
        expected = trip.end > self.now and more > 0 and not self.is_taken(trip.car, trip.end, end, trip)
        if self.step(trip, "prolong", self.dispatcher, expected, ends_at=end):
            trip.end = end

    @precondition(lambda self: self.among(*SOFT, "dispatched"))
    @rule(which=st.integers(0, 99))
    def cancel(self, which: int) -> None:
        open_ones = self.among(*SOFT, "dispatched")
        trip = open_ones[which % len(open_ones)]
        missed = trip.status == "dispatched" and trip.start <= self.now
        if self.step(trip, "cancel", self.dispatcher, True):
            trip.status = "no_show" if missed else "cancelled"

    @rule(who=st.integers(0, 2), car=st.integers(0, 2), ago=st.integers(2, 20), length=st.integers(1, 8))
    def enter_afterwards(self, who: int, car: int, ago: int, length: int) -> None:
        vehicle, person = self.cars[car], self.people[who]
        start = max(self.now - ago * HOUR / 2, self.chains[vehicle.id][0][0]) + timedelta(minutes=7)
        end = min(start + length * HOUR / 2, self.now - timedelta(minutes=1))
        if end <= start:
            return
        chain = self.chains[vehicle.id]
        before = max(row for row in chain if row[0] <= start)[1]
        after = min((row[1] for row in chain if row[0] > start), default=before + 25)
        values = DrivenValues("宁海", start, end, vehicle.id, person.id, before, after, "急事", self.head.id)
        made = self.attempt(lambda: actions.request_retro(actor=factories.actor(person), values=values), True)
        assert made is not None
        trip = Trip(made.id, vehicle.id, person.id, start, end, "submitted")
        on_the_road = self.was_on_the_road(vehicle.id, start, end)
        self.step(trip, "agree", self.head, True)
        if self.step(trip, "record", self.dispatcher, not on_the_road):
            trip.status, trip.out_at, trip.back_at = "returned", start, end
            trip.read = {"out": before, "in": after}
            chain += [(start, before), (end, after)]
            chain.sort()
            self.trips.append(trip)
        else:
            self.step(trip, "reject", self.dispatcher, True)

    @rule(halves=st.integers(1, 6))
    def wait(self, halves: int) -> None:
        type(self).steps += 1
        self.now += halves * HOUR / 2
        with self.at():
            actions.watch({})
        for trip in self.among("dispatched"):
            if max(trip.start, trip.given_at or trip.start) + 2 * HOUR <= self.now:
                trip.status = "no_show"

    # What must always hold

    @invariant()
    def the_program_knows_what_the_model_knows(self) -> None:
        if not hasattr(self, "trips"):
            return
        session.rollback()
        rows = session.execute(
            select(Booking.id, Booking.status, Booking.vehicle_id, Booking.driver_id).where(
                Booking.id.in_([trip.id for trip in self.trips])
            )
        )
        stored = {row.id: row for row in rows}
        for trip in self.trips:
            assert stored[trip.id].status == trip.status, trip
            assert stored[trip.id].vehicle_id == trip.car, trip

    @invariant()
    def no_two_holds_of_a_car_overlap_and_each_stands_for_a_hard_booking(self) -> None:
        if not hasattr(self, "trips"):
            return
        cars = [car.id for car in self.cars]
        holds = session.execute(select(VehicleHold).where(VehicleHold.vehicle_id.in_(cars))).scalars().all()
        for one, other in itertools.combinations(holds, 2):
            apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
            assert one.vehicle_id != other.vehicle_id or apart
        assert {row.booking_id for row in holds} == {trip.id for trip in self.among(*HARD)}
        for car in cars:
            assert sum(trip.car == car for trip in self.among("out")) <= 1

    @invariant()
    def the_mileage_of_each_car_is_one_chain(self) -> None:
        if not hasattr(self, "trips"):
            return
        for car in self.cars:
            links = readings.chain(car.id)
            assert [(link.reading.at, link.kilometres) for link in links] == self.chains[car.id]
            numbers = [link.kilometres for link in links]
            assert numbers == sorted(numbers)
            gaps = {
                link.reading.doc_id: link.kilometres - before.kilometres
                for before, link in itertools.pairwise(links)
                if link.reading.kind == "out" and link.reading.doc_type == BOOKING
            }
            stored = session.execute(
                select(Booking.id, Booking.odometer_out, Booking.odometer_in, Booking.gap).where(
                    Booking.vehicle_id == car.id, Booking.out_at.is_not(None)
                )
            )
            known = {trip.id: trip for trip in self.trips}
            for row in stored:
                assert row.odometer_out == known[row.id].read["out"]
                assert row.odometer_in == known[row.id].read.get("in")
                assert row.gap == (gaps[row.id] if gaps[row.id] > TOLERANCE else 0)
            assert session.get_one(Vehicle, car.id).odometer == numbers[-1]

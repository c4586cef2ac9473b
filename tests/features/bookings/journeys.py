"""Cars and trips for tests of what is shown of them: made by the actions and steps of bookings, at a set clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core import clock
from app.core.db import session
from app.core.permissions import Actor, Role
from app.core.uow import unit_of_work
from app.features.bookings import actions
from app.features.bookings.actions import BookingValues
from app.features.bookings.models import Booking
from app.features.people.models import Department, User
from app.features.vehicles.enums import BookingPolicy
from app.features.vehicles.models import Vehicle
from tests import factories
from tests.features.vehicles import desk

# 9:41 on a Monday in the company's zone
MORNING = datetime(2026, 11, 23, 1, 41, tzinfo=UTC)


@dataclass(frozen=True)
class Yard:
    """A department with its people, and two cars: one anybody takes, one that is given."""

    sales: int
    people: Mapping[str, int]
    own: int
    given: int

    def actor(self, name: str) -> Actor:
        return factories.actor(session.get_one(User, self.people[name]))

    def user(self, name: str) -> User:
        return session.get_one(User, self.people[name])


def yard() -> Yard:
    """The yard, with valid papers and licences."""
    sales = factories.department("销售部")
    people = {
        "dispatcher": desk.dispatcher(),
        "manager": factories.user("马经理", "m1", sales, [Role.MANAGER]),
        "rider": factories.user("周文静", "s1", sales, [Role.SALESPERSON]),
        "colleague": factories.user("陈志远", "s2", sales, [Role.SALESPERSON]),
        "leader": factories.user("刘总", "l1", roles=[Role.LEADER]),
    }
    cars = [
        car(people["dispatcher"], sales, "苏A10086", BookingPolicy.SELF_SERVICE),
        car(people["dispatcher"], sales, "苏A7K209", BookingPolicy.APPROVAL),
    ]
    for person in people.values():
        desk.licence(person)
    return Yard(sales.id, {name: row.id for name, row in people.items()}, cars[0].id, cars[1].id)


def car(keeper: User, department: Department, plate: str, policy: BookingPolicy) -> Vehicle:
    made = desk.car(keeper, department, plate=plate, policy=policy)
    desk.valid_papers(made)
    return made


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def book(
    yard: Yard,
    who: str = "rider",
    *,
    start: datetime | None = None,
    length: float = 2,
    vehicle_id: int | None = None,
    **changed: Any,
) -> int:
    """Ask for the car anybody takes, from the next hour on, and return the number of the booking."""
    begin = start or clock.now() + hours(1)
    values: dict[str, Any] = {
        "destination": "镇江",
        "starts_at": begin,
        "ends_at": begin + hours(length),
        "vehicle_id": vehicle_id or yard.own,
    }
    with unit_of_work():
        return actions.request(actor=yard.actor(who), values=BookingValues(**{**values, **changed})).id


def load(booking_id: int) -> Booking:
    """A booking as it is stored."""
    return session.get_one(Booking, booking_id)


def step(yard: Yard, booking_id: int, name: str, who: str = "rider", note: str = "", **data: Any) -> Booking:
    """Do a step as one of the people."""
    with unit_of_work():
        row = session.get_one(Booking, booking_id)
        actions.fire(row, name, actor=yard.actor(who), version=None, note=note, data=data)
    return session.get_one(Booking, booking_id)


def drive(
    yard: Yard,
    booking_id: int,
    kilometres: int,
    distance: int,
    *,
    out: datetime,
    back: datetime,
    who: str = "rider",
    **data: Any,
) -> Booking:
    """Drive a dispatched trip: out at one moment, back at another."""
    with clock.frozen(out):
        step(yard, booking_id, "out", who, kilometres=kilometres)
    with clock.frozen(back):
        return step(
            yard, booking_id, "return", who, kilometres=kilometres + distance, condition_good=True, **data
        )

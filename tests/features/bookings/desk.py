"""What the tests of bookings start from: a department with its head, a dispatcher, drivers, cars that may go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core import clock
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.bookings import actions, queries
from app.features.bookings.actions import BookingValues, DrivenValues
from app.features.bookings.models import Booking
from app.features.people.models import Department, User
from app.features.vehicles.enums import BookingPolicy
from app.features.vehicles.models import Vehicle
from tests import factories
from tests.features.vehicles import desk as vehicles_desk


@dataclass
class Desk:
    """The people and cars of a test; ``own`` is taken by whoever drives, ``ours`` is asked for."""

    department: Department
    applicant: User
    colleague: User
    head: User
    dispatcher: User
    own: Vehicle
    ours: Vehicle


def build() -> Desk:
    """Two salespeople with licences, their head, a dispatcher, a car of either policy."""
    department = factories.department(name="销售部")
    applicant = factories.user("周文静", "s1", department, [Role.SALESPERSON])
    colleague = factories.user("陈志远", "s2", department, [Role.SALESPERSON, Role.DRIVER])
    head = factories.user("王建国", "m1", department, [Role.MANAGER])
    dispatcher = vehicles_desk.dispatcher()
    own = vehicles_desk.car(dispatcher, department, plate="苏A10001", seats=5)
    ours = vehicles_desk.car(dispatcher, department, plate="苏A10002", seats=7, policy=BookingPolicy.APPROVAL)
    for car in (own, ours):
        vehicles_desk.valid_papers(car)
    for person in (applicant, colleague):
        vehicles_desk.licence(person)
    return Desk(department, applicant, colleague, head, dispatcher, own, ours)


def values(desk: Desk, **given: Any) -> BookingValues:
    """A trip to Fenghua with the car that is taken, in an hour, for three hours."""
    start = given.pop("starts_at", clock.now() + timedelta(hours=1))
    plain = {
        "destination": "奉化",
        "starts_at": start,
        "ends_at": start + given.pop("hours", 3) * timedelta(hours=1),
        "vehicle_id": desk.own.id,
    }
    return BookingValues(**{**plain, **given})


def ask(desk: Desk, who: User | None = None, **given: Any) -> Booking:
    """A booking asked for; with the car of its own policy it is dispatched at once."""
    with unit_of_work():
        return actions.request(actor=factories.actor(who or desk.applicant), values=values(desk, **given))


def fire(booking: Booking, step: str, who: User, note: str = "", **data: Any) -> Booking:
    """A step done by a person, with the version as it stands."""
    with unit_of_work():
        actor = factories.actor(who)
        row = queries.get(actor, booking.id)
        actions.fire(row, step, actor=actor, version=row.version, note=note, data=data or None)
    return row


def dispatched(desk: Desk, **given: Any) -> Booking:
    """A booking of the car that is asked for, agreed and dispatched to who asked."""
    booking = ask(desk, **{"vehicle_id": desk.ours.id, **given})
    fire(booking, "agree", desk.head)
    return fire(
        booking,
        "dispatch",
        desk.dispatcher,
        vehicle_id=desk.ours.id,
        driver_id=booking.owner_id,
        kilometres=None,
    )


def out(desk: Desk, kilometres: int = 10_000, **given: Any) -> Booking:
    """A car on the road."""
    booking = ask(desk, **given)
    return fire(booking, "out", desk.applicant, kilometres=kilometres)


def driven(desk: Desk, **given: Any) -> DrivenValues:
    """What is told of a trip yesterday on the head's word."""
    start = given.pop("starts_at", clock.now() - timedelta(days=1))
    plain = {
        "destination": "宁海",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "vehicle_id": desk.ours.id,
        "driver_id": desk.applicant.id,
        "odometer_out": 10_000,
        "odometer_in": 10_060,
        "reason": "客户半夜停机",
        "allowed_by_id": desk.head.id,
    }
    return DrivenValues(**{**plain, **given})


def retro(desk: Desk, **given: Any) -> Booking:
    """A trip asked to be entered afterwards."""
    with unit_of_work():
        return actions.request_retro(actor=factories.actor(desk.applicant), values=driven(desk, **given))


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time of the company's zone."""
    return clock.from_local(datetime(year, month, day, hour, minute))  # noqa: DTZ001

"""Cars of the small company: papers, defects, fines, a correction that waits, and a trip in each state."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.i18n import ENGLISH, using_locale
from app.core.uow import unit_of_work
from app.features.bookings import actions as bookings
from app.features.bookings.actions import BookingValues, DrivenValues
from app.features.bookings.calendar_enums import CalendarScope
from app.features.bookings.calendar_feed import make_address
from app.features.bookings.models import Booking
from app.features.people.models import User
from app.features.vehicles import actions, corrections, costs, defects, fines, licences, papers, services
from app.features.vehicles.actions import VehicleValues
from app.features.vehicles.costs import CostValues
from app.features.vehicles.enums import REQUIRED_PAPERS, BookingPolicy, CostKind
from app.features.vehicles.fines import FineValues
from app.features.vehicles.models import OdometerReading, Vehicle
from app.features.vehicles.papers import PaperValues
from app.features.vehicles.services import ServiceValues
from tests import factories

FAR = date(2030, 12, 31)


def cars(accounts: dict[str, User]) -> None:
    """Enter a car to take oneself, one with a driver of its own to ask for, and what happened to them."""
    # their category is made in the language of whoever enters the first
    with using_locale(ENGLISH):
        taken, asked, third = (
            car(accounts, "苏A10001", "Buick"),
            car(accounts, "苏A10002", "Van", policy=BookingPolicy.APPROVAL, driver_id=accounts["s2"].id),
            car(accounts, "苏A10003", "Pickup", policy=BookingPolicy.APPROVAL),
        )
    keeper = factories.actor(accounts["v1"])
    with unit_of_work():
        for number in ("s1", "s2"):
            licences.see_licence(
                accounts[number], actor=keeper, version=None, licence_class="C1", valid_until=FAR
            )
    trips(accounts, taken, asked)
    afterwards(accounts, third)
    records(accounts, taken)
    fined(accounts, third)
    with unit_of_work():
        make_address(actor=factories.actor(accounts["s1"]), scope=CalendarScope.OWN)


def car(accounts: dict[str, User], plate: str, name: str, **values: Any) -> Vehicle:
    """A car with the papers it needs."""
    keeper = factories.actor(accounts["v1"])
    department = accounts["s1"].department_id
    assert department is not None
    with unit_of_work():
        row = actions.register_vehicle(
            actor=keeper,
            values=VehicleValues(plate, name, department, 5, service_kilometres=20_000, **values),
            odometer=10_000,
            person_id=accounts["s1"].id,
        )
        for kind in REQUIRED_PAPERS:
            papers.add_paper(row, actor=keeper, values=PaperValues(kind, date(2026, 1, 1), FAR, "Ping An"))
    return row


def records(accounts: dict[str, User], vehicle: Vehicle) -> None:
    """Of one car: a service, fuel, an open defect and one that was judged, and a reading asked to be corrected."""
    keeper = factories.actor(accounts["v1"])
    with unit_of_work():
        values = ServiceValues(clock.today(), vehicle.odometer, "Oil changed", "Mingda", Decimal(600))
        services.add_service(vehicle, actor=keeper, values=values)
        fuel = CostValues(CostKind.FUEL, Decimal(300), clock.today(), Decimal(40), vehicle.odometer)
        costs.add_cost(vehicle, actor=keeper, values=fuel)
        for text in ("Mirror loose", "Brakes squeal"):
            defect = defects.report_defect(vehicle, actor=factories.actor(accounts["s1"]), text=text)
        defects.judge_defect(
            vehicle, defect, actor=keeper, version=None, grounds=True, note="Not safe to drive"
        )
    with unit_of_work():
        statement = select(OdometerReading).where(OdometerReading.vehicle_id == vehicle.id)
        last = session.execute(statement.order_by(OdometerReading.id.desc())).scalars().first()
        assert last is not None
        corrections.request_correction(
            vehicle, last, actor=keeper, kilometres=last.kilometres + 5, reason="Read wrongly"
        )


def fined(accounts: dict[str, User], vehicle: Vehicle) -> None:
    """A fine during the trip that was entered afterwards, and one when nobody knows who drove."""
    for number, days in (("N-1", 1), ("N-2", 3)):
        with unit_of_work():
            fines.enter_fine(
                vehicle,
                actor=factories.actor(accounts["v1"]),
                values=FineValues(
                    clock.now() - timedelta(days=days) + timedelta(minutes=30),
                    "Speeding",
                    Decimal(200),
                    3,
                    "Ring road",
                    number,
                ),
            )


def trips(accounts: dict[str, User], taken: Vehicle, asked: Vehicle) -> None:
    """A trip in each state, of the salesperson: later ones first, for those on the road begin now."""
    manager, dispatcher, driver = accounts["m1"], accounts["v1"], accounts["s1"]
    give = {"vehicle_id": asked.id, "driver_id": accounts["s2"].id, "kilometres": 80}
    back = {"kilometres": taken.odometer + 60, "condition_good": True}
    ask(driver, asked, hours=72, self_drive=False)
    fire(ask(driver, asked, hours=96, self_drive=False), "agree", manager)
    given = ask(driver, asked, hours=48, self_drive=False)
    fire(given, "agree", manager)
    fire(given, "dispatch", dispatcher, **give)
    with unit_of_work():
        bookings.ask_seat(session.get_one(Booking, given.id), actor=factories.actor(manager))
    ask(driver, taken, hours=24)
    for steps in (("settle",), ()):
        driven = ask(driver, taken, hours=0)
        fire(driven, "out", driver, kilometres=taken.odometer)
        fire(driven, "return", driver, **{**back, "kilometres": taken.odometer + 60})
        for step in steps:
            fire(driven, step, dispatcher)
    fire(ask(driver, taken, hours=0), "out", driver, kilometres=taken.odometer)


def afterwards(accounts: dict[str, User], vehicle: Vehicle) -> None:
    """Two trips driven on somebody's word: one entered, one that waits to be."""
    for days, whole in ((1, True), (2, False)):
        start = clock.now() - timedelta(days=days)
        with unit_of_work():
            row = bookings.request_retro(
                actor=factories.actor(accounts["s1"]),
                values=DrivenValues(
                    "Wuxi",
                    start,
                    start + timedelta(hours=2),
                    vehicle.id,
                    accounts["s1"].id,
                    odometer_out=9_900 - 100 * days,
                    odometer_in=9_960 - 100 * days,
                    reason="Stopped at night",
                    allowed_by_id=accounts["m1"].id,
                    purpose="Repair",
                ),
            )
        fire(row, "agree", accounts["m1"])
        if whole:
            fire(row, "record", accounts["v1"])


def ask(who: User, vehicle: Vehicle, *, hours: int, self_drive: bool = True) -> Booking:
    """A trip of two hours that begins in so many hours."""
    start = clock.now() + timedelta(hours=hours)
    values = BookingValues(
        "Wuxi", start, start + timedelta(hours=2), "Visit", vehicle_id=vehicle.id, self_drive=self_drive
    )
    with unit_of_work():
        return bookings.request(actor=factories.actor(who), values=values)


def fire(booking: Booking, step: str, who: User, **data: Any) -> None:
    """A step done by a person."""
    with unit_of_work():
        bookings.fire(
            session.get_one(Booking, booking.id),
            step,
            actor=factories.actor(who),
            version=None,
            data=data or None,
        )

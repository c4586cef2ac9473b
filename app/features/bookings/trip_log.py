"""The log of trips 行车记录: each trip of a car with kilometres and fuel, by month; and what is counted of trips."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Integer, Row, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import in_departments
from app.core.i18n import LazyText, lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor, can, departments_of
from app.features.bookings import day_line, queries
from app.features.bookings.enums import BOOKING, DRIVEN, BookingPerm, BookingStatus
from app.features.bookings.models import Booking
from app.features.people.models import Department, User
from app.features.vehicles.enums import CostKind
from app.features.vehicles.models import Vehicle, VehicleCost

MONTHS = 24
AskedBy = aliased(User)
Driver = aliased(User)
MARKS: Mapping[str, LazyText | str] = {"retro": lazy("补办"), "gap": lazy("有未登记里程"), "plain": ""}


def months() -> list[tuple[str, str]]:
    """Return the last two years' months for a filter, this one first: 2026-11."""
    month, found = clock.today().replace(day=1), []
    for _number in range(MONTHS):
        found.append((f"{month:%Y-%m}", f"{month:%Y-%m}"))
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def month_bounds(text: str) -> tuple[date, date]:
    """Return the first day of a month written as 2026-11, and that of the next; ValueError for what is no month."""
    first = date.fromisoformat(f"{text}-01")
    return first, (first + timedelta(days=31)).replace(day=1)


def in_month(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a moment lies in a month of the company's zone."""
    first, following = month_bounds(text)
    return and_(column >= clock.day_bounds(first)[0], column < clock.day_bounds(following)[0])


def fuel_of_trips() -> Any:
    """Return the litres and yuan of fuel by the number of the booking they were paid on."""
    return (
        select(
            VehicleCost.doc_id.label("booking_id"),
            func.sum(VehicleCost.litres).label("litres"),
            func.sum(VehicleCost.amount).label("amount"),
        )
        .where(VehicleCost.doc_type == BOOKING, VehicleCost.kind == CostKind.FUEL)
        .group_by(VehicleCost.doc_id)
        .subquery()
    )


def car_options() -> list[tuple[str, str]]:
    """Return the cars for a filter."""
    return [(str(car.id), car.plate) for car in day_line.cars()]


class TripLog(Listing):
    """The trips that were driven, the latest first; sums below them."""

    searched = (Booking.destination, Booking.number, Vehicle.plate, Driver.name, AskedBy.name)
    default_sort = "-out_at"
    row_id = Booking.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the log for a reader: of one car and month, or of all."""
        fuel = fuel_of_trips()
        distance = Booking.odometer_in - Booking.odometer_out
        mark = case((Booking.retro, "retro"), (Booking.gap > 0, "gap"), else_="plain")
        columns = (
            Column(
                "out_at", lazy("出车"), Booking.out_at, "datetime", shown_by=out_text, href=booking_address
            ),
            Column(
                "returned_at",
                lazy("还车"),
                Booking.returned_at,
                "datetime",
                shown_by=returned_text,
                below="out_at",
            ),
            Column("plate", lazy("车辆"), Vehicle.plate),
            Column("driver", lazy("驾驶员"), Driver.name, "person"),
            Column("owner", lazy("用车人"), AskedBy.name, below="driver"),
            Column("destination", lazy("目的地"), Booking.destination),
            Column("odometer_out", lazy("出车里程"), Booking.odometer_out, "number", sortable=False),
            Column("odometer_in", lazy("还车里程"), Booking.odometer_in, "number", sortable=False),
            Column("distance", lazy("行驶公里"), distance, "number", total=True),
            Column("litres", lazy("加油（升）"), fuel.c.litres, "number", total=True),
            Column("amount", lazy("油费（元）"), fuel.c.amount, "money", total=True),
            Column("mark", lazy("备注"), mark, labels=MARKS, tones={"retro": "warn", "gap": "bad"}),
        )
        filters = (
            Filter(
                "car",
                lazy("车辆"),
                options=car_options(),
                condition=lambda code: Booking.vehicle_id == int(code),
            ),
            Filter(
                "month",
                lazy("月份"),
                options=months(),
                condition=lambda text: in_month(Booking.out_at, text),
            ),
        )
        base = (
            queries.visible_ids(actor)
            .where(Booking.status.in_(DRIVEN))
            .join(Vehicle, Vehicle.id == Booking.vehicle_id)
            .join(AskedBy, AskedBy.id == Booking.owner_id)
            .join(Driver, Driver.id == Booking.driver_id)
            .outerjoin(fuel, fuel.c.booking_id == Booking.id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)

    def chosen(self, key: str) -> str:
        """Return what was chosen in a filter, empty for nothing."""
        return str(next(item.value for item in self.filters if item.key == key) or "")


def minute_text(moment: datetime) -> str:
    """Return a moment to the minute however long ago it was: a log without the hour is none."""
    local = clock.to_local(moment)
    return local.strftime("%m-%d %H:%M" if local.year == clock.today().year else "%Y-%m-%d %H:%M")


def out_text(row: Row[Any]) -> str:
    """Return when the car went out."""
    return minute_text(row.out_at)


def returned_text(row: Row[Any]) -> str:
    """Return when the car came back; on the day it went out the hour is enough."""
    if row.returned_at is None:
        return "—"
    out, back = clock.to_local(row.out_at), clock.to_local(row.returned_at)
    return back.strftime("%H:%M") if out.date() == back.date() else minute_text(row.returned_at)


def booking_address(row: Row[Any]) -> str:
    """Return the address of a row's booking."""
    return url_for("bookings.show_booking", booking_id=row.row_id)


# What is counted


def counted(condition: Any) -> ColumnElement[int]:
    """Return how many bookings of a group fulfil a condition."""
    return cast(func.sum(case((condition, 1), else_=0)), Integer)


def named_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor reads who it was: of themselves, and of departments they answer for."""
    choices: list[ColumnElement[bool]] = [Booking.owner_id == actor.id]
    for permission in (BookingPerm.AGREE, BookingPerm.AGREE_AS_LEADER, BookingPerm.DISPATCH):
        if can(actor, permission):
            choices.append(in_departments(Booking.department_id, departments_of(actor, permission)))
    return or_(*choices)


class TripReport(Listing):
    """Trips, kilometres, no-shows and trips entered afterwards, by department, and by person for who may read names."""

    rows_gathered = True
    searched = (Department.name,)
    default_sort = "department"

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the report of a month for a reader, this month where the address names none."""
        month = arguments.get("month", "")
        if month not in {code for code, _label in months()}:
            month = months()[0][0]
        person = case((named_to(actor), AskedBy.name), else_="").label("person")
        driven = Booking.status.in_(DRIVEN)
        kilometres = func.sum(case((driven, Booking.odometer_in - Booking.odometer_out), else_=0))
        columns = (
            Column("department", lazy("部门"), Department.name),
            Column("person", lazy("用车人"), person, text=person_text),
            Column("trips", lazy("用车次数"), counted(driven), "number", total=True),
            Column("kilometres", lazy("行驶公里"), cast(kilometres, Integer), "number", total=True),
            Column(
                "no_shows",
                lazy("未用车"),
                counted(Booking.status == BookingStatus.NO_SHOW),
                "number",
                total=True,
            ),
            Column("retro", lazy("补办"), counted(Booking.retro), "number", total=True),
            Column(
                "late",
                lazy("超时还车"),
                counted(and_(driven, Booking.returned_at > Booking.ends_at, ~Booking.retro)),
                "number",
                total=True,
            ),
        )
        filters = (
            Filter(
                "month",
                lazy("月份"),
                options=months(),
                condition=lambda text: in_month(Booking.starts_at, text),
            ),
        )
        super().__init__(
            report_base(person), {**arguments, "month": month}, path, columns=columns, filters=filters
        )
        self._row_id = func.min(Booking.id)


def report_base(person: Any) -> Select[Any]:
    """Return the SELECT of the groups of the report; what came to nothing before it began is not counted."""
    return (
        select(func.min(Booking.id))
        .select_from(Booking)
        .join(Department, Department.id == Booking.department_id)
        .join(AskedBy, AskedBy.id == Booking.owner_id)
        .where(Booking.status.in_((*DRIVEN, BookingStatus.OUT, BookingStatus.NO_SHOW)))
        .group_by(Booking.department_id, Department.name, person)
    )


def person_text(row: Row[Any]) -> str:
    """Return the person of a row, or that it sums up those whose names the reader does not see."""
    return row.person or str(lazy("（其他同事）"))

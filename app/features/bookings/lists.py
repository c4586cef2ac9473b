"""Bookings as a list."""

from collections.abc import Mapping

from flask import url_for
from sqlalchemy import ColumnElement, bindparam, case, literal, or_
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import UTCDateTime
from app.core.i18n import LazyText, lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.bookings import queries
from app.features.bookings.enums import HARD, SOFT, BookingStatus
from app.features.bookings.flow import FLOW
from app.features.bookings.models import Booking
from app.features.people.models import User
from app.features.vehicles.models import Vehicle

AskedBy = aliased(User)
Driver = aliased(User)
OVERDUE = "overdue"
STATES = {str(state.code): state.label for state in FLOW.states} | {OVERDUE: lazy("超时未还")}
TONES = {str(state.code): state.tone for state in FLOW.states} | {OVERDUE: "bad"}
NOW = bindparam("now", callable_=clock.now, type_=UTCDateTime)
LATE = (Booking.status == BookingStatus.OUT) & (Booking.ends_at < NOW)
SHOWN_STATE = case((LATE, literal(OVERDUE)), else_=Booking.status)
MARKS = case(
    (Booking.retro, literal("retro")), (Booking.conflict, literal("conflict")), else_=literal("plain")
)
MARK_LABELS: dict[str, LazyText | str] = {"retro": lazy("补办"), "conflict": lazy("冲突"), "plain": ""}
MARK_TONES = {"retro": "warn", "conflict": "bad", "plain": "neutral"}


def state_condition(code: str) -> ColumnElement[bool]:
    """Return the condition of a state chosen in the filter."""
    if code == "open":
        return Booking.status.in_((*SOFT, *HARD, BookingStatus.RETURNED, BookingStatus.SETTLED))
    return LATE if code == OVERDUE else Booking.status == code


def series_condition(text: str) -> ColumnElement[bool]:
    """Return the condition of belonging to a series."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return Booking.series_id == number


class BookingList(Listing):
    """The bookings the reader may see; the latest start first."""

    columns = (
        Column("number", lazy("编号"), Booking.number, "link",
               href=lambda row: url_for("bookings.show_booking", booking_id=row.row_id)),
        Column("mark", lazy("标记"), MARKS, "status", labels=MARK_LABELS, tones=MARK_TONES, below="number"),
        Column("destination", lazy("目的地"), Booking.destination),
        Column("purpose", lazy("事由"), Booking.purpose, below="destination"),
        Column("plate", lazy("车辆"), Vehicle.plate),
        Column("status", lazy("状态"), SHOWN_STATE, "status", labels=STATES, tones=TONES,
               sort_by=Booking.status),
        Column("starts_at", lazy("出发"), Booking.starts_at, "datetime"),
        Column("ends_at", lazy("结束"), Booking.ends_at, "datetime", below="starts_at"),
        Column("owner", lazy("申请人"), AskedBy.name, "person"),
        Column("driver", lazy("驾驶员"), Driver.name, "person", below="owner"),
        Column("distance", lazy("公里"), Booking.odometer_in - Booking.odometer_out, "number"),
        Column("gap", lazy("未登记里程"), Booking.gap, "number", below="distance",
               shown_by=lambda row: str(row.gap) if row.gap else ""),
    )  # fmt: skip
    searched = (
        Booking.number,
        Booking.destination,
        Booking.purpose,
        Vehicle.plate,
        AskedBy.name,
        Driver.name,
    )
    default_sort = "-starts_at"
    row_id = Booking.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        filters = (
            Filter(
                "status",
                lazy("状态"),
                options=(("open", lazy("办理中")), *STATES.items()),
                condition=state_condition,
            ),
            Filter(
                "mine",
                lazy("与我有关"),
                options=(("1", lazy("我申请或驾驶的")),),
                condition=lambda _value: or_(Booking.owner_id == actor.id, Booking.driver_id == actor.id),
            ),
            Filter(
                "mark",
                lazy("标记"),
                MARKS,
                options=[(code, label) for code, label in MARK_LABELS.items() if label],
            ),
            Filter("starts_at", lazy("出发"), Booking.starts_at, "date_range"),
            Filter("plate", lazy("车牌"), kind="text", condition=Vehicle.plate.icontains),
            Filter("series", lazy("系列"), kind="text", condition=series_condition),
        )
        joined = (
            queries.visible_to(actor)
            .outerjoin(Vehicle, Vehicle.id == Booking.vehicle_id)
            .join(AskedBy, AskedBy.id == Booking.owner_id)
            .outerjoin(Driver, Driver.id == Booking.driver_id)
        )
        super().__init__(joined, arguments, path, filters=filters)

"""Codes of bookings of cars, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy

BOOKING = "booking"
MODULE = "bookings"


class BookingStatus(StrEnum):
    """The states of a booking (rule table 2.7)."""

    SUBMITTED = "submitted"
    DEPT_OK = "dept_ok"
    DISPATCHED = "dispatched"
    OUT = "out"
    RETURNED = "returned"
    SETTLED = "settled"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


# A soft request may overlap others; a hard one holds its car, which the database itself protects.
SOFT = (BookingStatus.SUBMITTED, BookingStatus.DEPT_OK)
HARD = (BookingStatus.DISPATCHED, BookingStatus.OUT)
# Trips that were driven: a car and a driver, out and back.
DRIVEN = (BookingStatus.RETURNED, BookingStatus.SETTLED, BookingStatus.CLOSED)


class SeatStatus(StrEnum):
    """What became of asking for a free seat in somebody's car."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


class FuelLevel(StrEnum):
    """What the gauge shows, in quarters of a tank."""

    FULL = "full"
    THREE_QUARTERS = "three_quarters"
    HALF = "half"
    QUARTER = "quarter"
    EMPTY = "empty"


class BookingPerm(StrEnum):
    """The rights around bookings: ask, agree for the department or as leader, dispatch."""

    REQUEST = "bookings:booking:request"
    AGREE = "bookings:booking:agree"
    AGREE_AS_LEADER = "bookings:booking:agree-as-leader"
    DISPATCH = "bookings:booking:dispatch"


SEAT_LABELS = {
    SeatStatus.ASKED: lazy("待答复"),
    SeatStatus.AGREED: lazy("同意"),
    SeatStatus.DECLINED: lazy("未同意"),
}
SEAT_TONES = {SeatStatus.ASKED: "warn", SeatStatus.AGREED: "ok", SeatStatus.DECLINED: "neutral"}
FUEL_LABELS = {
    FuelLevel.FULL: lazy("满箱"),
    FuelLevel.THREE_QUARTERS: lazy("四分之三"),
    FuelLevel.HALF: lazy("半箱"),
    FuelLevel.QUARTER: lazy("四分之一"),
    FuelLevel.EMPTY: lazy("快没油"),
}

"""Trips with complete mileage, and cars that were back in time."""

from sqlalchemy import ColumnElement, and_, case, literal, or_, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.assets.models import AssetItem
from app.features.bookings.enums import BOOKING, DRIVEN, MODULE, BookingStatus
from app.features.bookings.models import Booking
from app.features.vehicles.models import Vehicle

COMPLETE, IN_TIME = "complete-mileage", "cars-back-in-time"


def trips(period: Period) -> Cases:
    """Return the trips that came back in a span of time; good are those before which no kilometre is missing.

    A gap concerns whoever is responsible for the car.
    """
    return (
        select(
            Booking.id.label("case_id"),
            literal(BOOKING).label("doc_type"),
            Booking.id.label("doc_id"),
            AssetItem.keeper_id.label("person_id"),
            Booking.department_id.label("department_id"),
            Booking.returned_at.label("at"),
            case((Booking.gap == 0, 1), else_=0).label("good"),
        )
        .join(Vehicle, Vehicle.id == Booking.vehicle_id)
        .join(AssetItem, AssetItem.id == Vehicle.item_id)
        .where(
            Booking.status.in_(DRIVEN),
            Booking.returned_at >= period.start,
            Booking.returned_at < period.end,
        )
    )


def returns(period: Period) -> Cases:
    """Return the trips whose planned end lies in a span of time, with when they came back."""
    return select(
        Booking.id.label("case_id"),
        literal(BOOKING).label("doc_type"),
        Booking.id.label("doc_id"),
        Booking.driver_id.label("person_id"),
        Booking.department_id.label("department_id"),
        Booking.ends_at.label("at"),
        Booking.returned_at.label("returned_at"),
    ).where(
        Booking.status.in_((*DRIVEN, BookingStatus.OUT)),
        Booking.retro.is_(False),
        Booking.ends_at >= period.start,
        Booking.ends_at < period.end,
    )


def had_to_be_back(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account the trips that came back, or should have by the end of the period."""
    close = period.closing()
    return and_(
        indicators.happened(columns, period), or_(columns.returned_at.is_not(None), columns.at < close)
    )


def was_back(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what came back by its planned end."""
    return columns.returned_at <= columns.at


indicators.register(
    Indicator(
        COMPLETE,
        lazy("出车里程完整"),
        lazy("本期还车的每一次用车，出车读数接上前一次还车读数；中间有未登记里程的算一次例外"),
        MODULE,
        trips,
        indicators.happened,
        indicators.was_good,
    ),
    Indicator(
        IN_TIME,
        lazy("按时还车"),
        lazy("本期应还的车在计划时间前还回；超时还车或到期未还的算一次例外"),
        MODULE,
        returns,
        had_to_be_back,
        was_back,
    ),
)

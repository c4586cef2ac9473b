"""Tables of bookings: the booking with its trip, the hold on the car, seats asked for, series."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.core.db_objects import refuse_overlap
from app.features.bookings.enums import HARD, BookingStatus, FuelLevel, SeatStatus
from app.features.people.models import Department, User
from app.features.vehicles.models import MOST_KILOMETRES, Vehicle

MOST_PASSENGERS = 60


class BookingSeries(Model):
    """Bookings asked for at once, on days of the week until a date; Monday is 0."""

    __tablename__ = "booking_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    weekdays: Mapped[list[int]] = mapped_column(JSON, nullable=False)
    until: Mapped[date] = mapped_column(Date, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class Booking(DocumentMixin, Model):
    """A booking of a car, from the request to the settled trip; ``owner`` asks for it. Its life is the flow.

    ``vehicle`` is the car that is wanted, and from dispatch on the one that was given. ``starts_at`` and ``ends_at``
    are planned, ``out_at`` and ``returned_at`` what happened. ``passengers`` counts everybody but a driver of the
    company's. ``odometer_out`` and ``odometer_in`` are what the odometer said as known today: of a corrected reading
    the correction. ``gap`` is how many kilometres nobody accounted for before this trip began. A trip entered
    afterwards is ``retro``, with its reason and who allowed it by word of mouth.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint(one_of("status", BookingStatus), name="status"),
        CheckConstraint("ends_at > starts_at", name="forward"),
        CheckConstraint(f"passengers BETWEEN 1 AND {MOST_PASSENGERS}", name="passengers"),
        CheckConstraint("(doc_type IS NULL) = (doc_id IS NULL)", name="document"),
        CheckConstraint(
            "status NOT IN ('dispatched', 'out', 'returned', 'settled', 'closed') "
            "OR (vehicle_id IS NOT NULL AND driver_id IS NOT NULL)",
            name="car_and_driver",
        ),
        CheckConstraint(
            "status NOT IN ('out', 'returned', 'settled', 'closed') "
            "OR (out_at IS NOT NULL AND odometer_out IS NOT NULL)",
            name="was_out",
        ),
        CheckConstraint(
            "status NOT IN ('returned', 'settled', 'closed') "
            "OR (returned_at IS NOT NULL AND odometer_in IS NOT NULL)",
            name="was_returned",
        ),
        CheckConstraint("returned_at IS NULL OR returned_at >= out_at", name="there_and_back"),
        CheckConstraint(f"odometer_out BETWEEN 0 AND {MOST_KILOMETRES}", name="odometer_out"),
        CheckConstraint(f"odometer_in BETWEEN 0 AND {MOST_KILOMETRES}", name="odometer_in"),
        CheckConstraint("gap >= 0", name="gap"),
        CheckConstraint("retro = (allowed_by_id IS NOT NULL)", name="retro_allowed"),
        CheckConstraint(f"fuel_out IS NULL OR {one_of('fuel_out', FuelLevel)}", name="fuel_out"),
        CheckConstraint(f"fuel_in IS NULL OR {one_of('fuel_in', FuelLevel)}", name="fuel_in"),
        UniqueConstraint("slip_number", name="uq_booking_slip_number"),
        Index("ix_booking_vehicle", "vehicle_id", "starts_at"),
        Index("ix_booking_vehicle_out", "vehicle_id", "out_at"),
        Index("ix_booking_starts", "starts_at", "id"),
        Index("ix_booking_driver", "driver_id", "starts_at"),
        Index("ix_booking_document", "doc_type", "doc_id"),
        # a car cannot be out twice
        Index(
            "uq_booking_out",
            "vehicle_id",
            unique=True,
            sqlite_where=text("status = 'out'"),
            postgresql_where=text("status = 'out'"),
        ),
    )

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicle.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    destination: Mapped[str] = mapped_column(String(120), nullable=False)
    purpose: Mapped[str] = mapped_column(String(200), nullable=False)
    passengers: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    self_drive: Mapped[bool] = mapped_column(nullable=False, default=True)
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    private: Mapped[bool] = mapped_column(nullable=False, default=False)
    estimated_kilometres: Mapped[int | None] = mapped_column(Integer)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("booking_series.id"), index=True)
    conflict: Mapped[bool] = mapped_column(nullable=False, default=False)
    retro: Mapped[bool] = mapped_column(nullable=False, default=False)
    retro_reason: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    allowed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    dispatched_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    dispatched_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    slip_number: Mapped[str | None] = mapped_column(String(40))
    out_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    odometer_out: Mapped[int | None] = mapped_column(Integer)
    odometer_in: Mapped[int | None] = mapped_column(Integer)
    gap: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    fuel_out: Mapped[str | None] = mapped_column(String(16))
    fuel_in: Mapped[str | None] = mapped_column(String(16))
    condition_good: Mapped[bool | None] = mapped_column()
    remark: Mapped[str] = mapped_column(Text, nullable=False, default="")
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="Booking.owner_id", lazy="joined", innerjoin=True)
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    vehicle: Mapped[Vehicle | None] = relationship(lazy="joined")
    driver: Mapped[User | None] = relationship(foreign_keys=[driver_id], lazy="joined")
    allowed_by: Mapped[User | None] = relationship(foreign_keys=[allowed_by_id], lazy="select")
    seats: Mapped[list["BookingSeat"]] = relationship(
        back_populates="booking", order_by="BookingSeat.id", lazy="select"
    )

    @property
    def distance(self) -> int | None:
        """Kilometres driven; None before the car is back."""
        if self.odometer_in is None or self.odometer_out is None:
            return None
        return self.odometer_in - self.odometer_out

    @property
    def overdue(self) -> bool:
        """Whether the car is out beyond the planned end: derived, never stored."""
        return self.status == BookingStatus.OUT and self.ends_at < clock.now()

    @property
    def is_hard(self) -> bool:
        """Whether the booking holds its car."""
        return self.status in HARD

    @property
    def present_driver_id(self) -> int | None:
        """Who drives as things stand: who was given the car, else the applicant of a trip driven oneself."""
        return self.driver_id or (self.owner_id if self.self_drive else None)

    @property
    def people_in_car(self) -> int:
        """How many people sit in the car: passengers, a driver of the company's, and who was given a seat."""
        agreed = sum(seat.status == SeatStatus.AGREED for seat in self.seats)
        return self.passengers + (0 if self.self_drive else 1) + agreed


class VehicleHold(Model):
    """The time for which a booking holds its car, its end excluded: two holds of a car never overlap.

    There is one for each booking that is dispatched or out, and the database itself refuses a second at the same time.
    """

    __tablename__ = "vehicle_hold"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="forward"),
        UniqueConstraint("booking_id", name="uq_vehicle_hold_booking_id"),
        Index("ix_vehicle_hold_vehicle", "vehicle_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), nullable=False)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), nullable=False)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)


class BookingSeat(VersionedMixin, Model):
    """A free seat that a colleague asks for in somebody's car; who asked for the car, or drives it, answers."""

    __tablename__ = "booking_seat"
    __table_args__ = (
        CheckConstraint(one_of("status", SeatStatus), name="status"),
        CheckConstraint("(status = 'asked') = (answered_by_id IS NULL)", name="answered"),
        UniqueConstraint("booking_id", "user_id", name="uq_booking_seat_booking_id_user_id"),
    )

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    status: Mapped[str] = mapped_column(String(12), nullable=False, default=SeatStatus.ASKED)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    booking: Mapped[Booking] = relationship(back_populates="seats")
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)


refuse_overlap(VehicleHold.__table__, "vehicle_id")  # type: ignore[arg-type]

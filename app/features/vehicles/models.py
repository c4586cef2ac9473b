"""Tables of vehicles: the car, its papers, readings of its odometer, services, defects, costs, fines; licences."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
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
from app.core.db import Amount, DocumentMixin, Model, Quantity, UTCDateTime, VersionedMixin, one_of
from app.core.db_objects import make_append_only
from app.features.assets.models import AssetItem
from app.features.people.models import Department, User
from app.features.vehicles.enums import (
    BookingPolicy,
    CorrectionStatus,
    CostKind,
    FineStatus,
    LicenceClass,
    PaperKind,
    ReadingKind,
    VehicleStatus,
)

MOST_KILOMETRES = 2_000_000


class Vehicle(VersionedMixin, Model):
    """A car. It is a piece of equipment too, by which it has its responsible person, hand-overs and counts.

    ``odometer`` is the last reading in kilometres. Service is due every ``service_kilometres`` or ``service_days``,
    whichever comes first, after ``serviced_at_kilometres`` and ``serviced_on``.
    """

    __tablename__ = "vehicle"
    __table_args__ = (
        CheckConstraint(one_of("status", VehicleStatus), name="status"),
        CheckConstraint(one_of("policy", BookingPolicy), name="policy"),
        CheckConstraint(one_of("licence_class", LicenceClass), name="licence_class"),
        CheckConstraint("seats BETWEEN 1 AND 60", name="seats"),
        CheckConstraint(f"odometer BETWEEN 0 AND {MOST_KILOMETRES}", name="odometer"),
        UniqueConstraint("plate", name="uq_vehicle_plate"),
        UniqueConstraint("item_id", name="uq_vehicle_item_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("asset_item.id"), nullable=False)
    plate: Mapped[str] = mapped_column(String(16), nullable=False)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default=VehicleStatus.AVAILABLE)
    policy: Mapped[str] = mapped_column(String(16), nullable=False, default=BookingPolicy.SELF_SERVICE)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    seats: Mapped[int] = mapped_column(Integer, nullable=False)
    licence_class: Mapped[str] = mapped_column(String(4), nullable=False, default=LicenceClass.C1)
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    odometer: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    service_kilometres: Mapped[int | None] = mapped_column(Integer)
    service_days: Mapped[int | None] = mapped_column(Integer)
    serviced_at_kilometres: Mapped[int | None] = mapped_column(Integer)
    serviced_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    item: Mapped[AssetItem] = relationship(lazy="joined", innerjoin=True)
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    driver: Mapped[User | None] = relationship(foreign_keys=[driver_id], lazy="joined")
    papers: Mapped[list["VehiclePaper"]] = relationship(
        viewonly=True,
        order_by="VehiclePaper.kind, VehiclePaper.valid_until.desc(), VehiclePaper.id.desc()",
    )


class VehiclePaper(Model):
    """A paper of a car with the days on which it holds, both included.

    ``reminded_days`` is the shortest time before its end, in days, that was already reminded of.
    """

    __tablename__ = "vehicle_paper"
    __table_args__ = (
        CheckConstraint(one_of("kind", PaperKind), name="kind"),
        CheckConstraint("valid_until >= valid_from", name="forward"),
        Index("ix_vehicle_paper_vehicle", "vehicle_id", "kind", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(24), nullable=False)
    issuer: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    paper_number: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_until: Mapped[date] = mapped_column(Date, nullable=False)
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    reminded_days: Mapped[int | None] = mapped_column(Integer)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class DrivingLicence(VersionedMixin, Model):
    """The driving licence of a person, as the company has seen it; ``reminded_days`` as of a paper."""

    __tablename__ = "driving_licence"
    __table_args__ = (
        CheckConstraint(one_of("licence_class", LicenceClass), name="licence_class"),
        UniqueConstraint("user_id", name="uq_driving_licence_user_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    licence_class: Mapped[str] = mapped_column(String(4), nullable=False)
    valid_until: Mapped[date] = mapped_column(Date, nullable=False)
    seen_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    seen_on: Mapped[date] = mapped_column(Date, nullable=False)
    reminded_days: Mapped[int | None] = mapped_column(Integer)

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)


class OdometerReading(Model):
    """What the odometer of a car said at a moment, in kilometres.

    Rows are never changed: a wrong one is followed by corrections that name it in ``corrects_id``, of which the latest
    says what holds (``kilometres_that_hold``). A correction is never corrected itself.
    ``doc_type`` and ``doc_id`` name the document it was read for.
    """

    __tablename__ = "odometer_reading"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReadingKind), name="kind"),
        CheckConstraint(f"kilometres BETWEEN 0 AND {MOST_KILOMETRES}", name="kilometres"),
        CheckConstraint("(kind = 'correction') = (corrects_id IS NOT NULL)", name="correction"),
        Index("ix_odometer_reading_vehicle", "vehicle_id", "at"),
        Index("ix_odometer_reading_corrects", "corrects_id"),
        Index("ix_odometer_reading_document", "doc_type", "doc_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    kilometres: Mapped[int] = mapped_column(Integer, nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("odometer_reading.id"))
    reason: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)


make_append_only(OdometerReading.__table__)  # type: ignore[arg-type]


class OdometerCorrection(DocumentMixin, Model):
    """A request to correct a reading, by whoever keeps the cars (``owner``); somebody else agrees to it."""

    __tablename__ = "odometer_correction"
    __table_args__ = (
        CheckConstraint(one_of("status", CorrectionStatus), name="status"),
        CheckConstraint(f"kilometres BETWEEN 0 AND {MOST_KILOMETRES}", name="kilometres"),
        # one request at a time for one reading
        Index(
            "uq_odometer_correction_open",
            "reading_id",
            unique=True,
            sqlite_where=text("status = 'requested'"),
            postgresql_where=text("status = 'requested'"),
        ),
    )

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), nullable=False, index=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("odometer_reading.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    kilometres: Mapped[int] = mapped_column(Integer, nullable=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False)

    owner: Mapped[User] = relationship(
        foreign_keys="OdometerCorrection.owner_id", lazy="joined", innerjoin=True
    )
    vehicle: Mapped[Vehicle] = relationship(lazy="joined", innerjoin=True)
    reading: Mapped[OdometerReading] = relationship(lazy="joined", innerjoin=True)


class VehicleService(Model):
    """A service or a stay in the workshop that was done."""

    __tablename__ = "vehicle_service"
    __table_args__ = (Index("ix_vehicle_service_vehicle", "vehicle_id", "done_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), nullable=False)
    done_on: Mapped[date] = mapped_column(Date, nullable=False)
    kilometres: Mapped[int] = mapped_column(Integer, nullable=False)
    workshop: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    work: Mapped[str] = mapped_column(Text, nullable=False)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class VehicleDefect(VersionedMixin, Model):
    """Something wrong with a car; as long as one that grounds it is open, the car is not dispatched.

    ``is_damage`` says that somebody did it, which is a finding; ``caused_by_id`` is who had the car then, if known.
    """

    __tablename__ = "vehicle_defect"
    __table_args__ = (
        CheckConstraint("(mended_at IS NULL) = (mended_by_id IS NULL)", name="mended"),
        Index("ix_vehicle_defect_vehicle", "vehicle_id", "mended_at"),
        Index("ix_vehicle_defect_document", "doc_type", "doc_id"),
    )

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False)
    grounds: Mapped[bool] = mapped_column(nullable=False, default=False)
    is_damage: Mapped[bool] = mapped_column(nullable=False, default=False)
    caused_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    mended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    mended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    mended_note: Mapped[str] = mapped_column(String(200), nullable=False, default="")

    reported_by: Mapped[User] = relationship(foreign_keys=[reported_by_id], lazy="joined", innerjoin=True)
    caused_by: Mapped[User | None] = relationship(foreign_keys=[caused_by_id])


class VehicleCost(Model):
    """Money paid for a car, in yuan; of fuel also the litres and what the odometer said."""

    __tablename__ = "vehicle_cost"
    __table_args__ = (
        CheckConstraint(one_of("kind", CostKind), name="kind"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("litres IS NULL OR kind = 'fuel'", name="litres"),
        Index("ix_vehicle_cost_vehicle", "vehicle_id", "paid_on"),
        Index("ix_vehicle_cost_document", "doc_type", "doc_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    paid_on: Mapped[date] = mapped_column(Date, nullable=False)
    amount: Mapped[Decimal] = mapped_column(Amount(), nullable=False)
    litres: Mapped[Decimal | None] = mapped_column(Quantity())
    kilometres: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class VehicleFine(VersionedMixin, Model):
    """A traffic fine: the car and the moment; whoever drove then is found by the trips, or named by hand."""

    __tablename__ = "vehicle_fine"
    __table_args__ = (
        CheckConstraint(one_of("status", FineStatus), name="status"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("points BETWEEN 0 AND 12", name="points"),
        CheckConstraint("(status = 'pending') = (settled_at IS NULL)", name="settled"),
        Index("ix_vehicle_fine_vehicle", "vehicle_id", "happened_at"),
        UniqueConstraint("notice_number", name="uq_vehicle_fine_notice_number"),
    )

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), nullable=False)
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    place: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    offence: Mapped[str] = mapped_column(String(200), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Amount(), nullable=False)
    points: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    notice_number: Mapped[str | None] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(12), nullable=False, default=FineStatus.PENDING)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)

    driver: Mapped[User | None] = relationship(foreign_keys=[driver_id], lazy="joined")

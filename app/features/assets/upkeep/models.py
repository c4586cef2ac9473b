"""Tables of the upkeep of equipment: repairs, reports of loss and damage, scrapping, self-checks asked for."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Amount, DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.features.assets.models import AssetItem
from app.features.assets.upkeep.enums import (
    IncidentKind,
    IncidentStatus,
    RepairOutcome,
    ScrappingStatus,
    SelfCheckStatus,
)
from app.features.people.models import Department, User


class AssetRepair(VersionedMixin, Model):
    """A repair of an item: to whom it went and why, and once it is back what it cost and how it ended."""

    __tablename__ = "asset_repair"
    __table_args__ = (
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', RepairOutcome)}", name="outcome"),
        CheckConstraint("(back_at IS NULL) = (outcome IS NULL)", name="back"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
        Index(
            "uq_asset_repair_open",
            "item_id",
            unique=True,
            sqlite_where=text("back_at IS NULL"),
            postgresql_where=text("back_at IS NULL"),
        ),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("asset_item.id"), nullable=False, index=True)
    vendor: Mapped[str] = mapped_column(String(120), nullable=False)
    fault: Mapped[str] = mapped_column(Text, nullable=False)
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    back_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    back_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    cost: Mapped[Decimal | None] = mapped_column(Amount())
    outcome: Mapped[str | None] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    item: Mapped[AssetItem] = relationship(lazy="joined", innerjoin=True)


class AssetIncident(DocumentMixin, Model):
    """A report that an item was lost or damaged; ``owner`` reported it, ``person`` was responsible at that moment."""

    __tablename__ = "asset_incident"
    __table_args__ = (
        CheckConstraint(one_of("status", IncidentStatus), name="status"),
        CheckConstraint(one_of("kind", IncidentKind), name="kind"),
        CheckConstraint("status <> 'found' OR kind = 'lost'", name="found"),
        Index(
            "uq_asset_incident_lost",
            "item_id",
            unique=True,
            sqlite_where=text("kind = 'lost' AND status = 'reported'"),
            postgresql_where=text("kind = 'lost' AND status = 'reported'"),
        ),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("asset_item.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    place: Mapped[str] = mapped_column(String(200), nullable=False)
    account: Mapped[str] = mapped_column(Text, nullable=False)
    conclusion: Mapped[str] = mapped_column(Text, nullable=False, default="")
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="AssetIncident.owner_id", lazy="joined", innerjoin=True)
    person: Mapped[User] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)
    item: Mapped[AssetItem] = relationship(lazy="joined", innerjoin=True)
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class AssetScrapping(DocumentMixin, Model):
    """A request to scrap an item, decided by somebody else; ``owner`` answers for it until it was disposed of."""

    __tablename__ = "asset_scrapping"
    __table_args__ = (
        CheckConstraint(one_of("status", ScrappingStatus), name="status"),
        CheckConstraint("residual >= 0", name="residual"),
        CheckConstraint("(status IN ('approved', 'disposed')) = (approved_at IS NOT NULL)", name="approved"),
        Index(
            "uq_asset_scrapping_open",
            "item_id",
            unique=True,
            sqlite_where=text("status IN ('requested', 'approved', 'disposed')"),
            postgresql_where=text("status IN ('requested', 'approved', 'disposed')"),
        ),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("asset_item.id"), nullable=False, index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    residual: Mapped[Decimal] = mapped_column(Amount(), nullable=False)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    disposal: Mapped[str] = mapped_column(Text, nullable=False, default="")
    disposed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="AssetScrapping.owner_id", lazy="joined", innerjoin=True)
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="joined")
    item: Mapped[AssetItem] = relationship(lazy="joined", innerjoin=True)
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class AssetSelfCheckRequest(DocumentMixin, Model):
    """The question to one person whether the items due are still there and work; ``owner`` is who is asked.

    What is due is derived while it is asked; what was answered stands in ``asset_self_check`` at ``answered_at``.
    """

    __tablename__ = "asset_self_check_request"
    __table_args__ = (
        CheckConstraint(one_of("status", SelfCheckStatus), name="status"),
        CheckConstraint("(status = 'answered') = (answered_at IS NOT NULL)", name="answered"),
        Index(
            "uq_asset_self_check_request_open",
            "owner_id",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
    )

    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(
        foreign_keys="AssetSelfCheckRequest.owner_id", lazy="joined", innerjoin=True
    )

"""Tables of the structure: positions with their terms, who holds them, and structures that are only planned."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.features.directory.enums import HolderKind, PlanStatus
from app.features.people.models import Department, User

MOST_PLACES = 500


class Position(VersionedMixin, Model):
    """A position as such; what it is called and whom it reports to is said by its terms, by date."""

    __tablename__ = "position"


class PositionTerm(Model):
    """What a position was from one day to another, the last day included; without ``until_date`` it still is."""

    __tablename__ = "position_term"
    __table_args__ = (
        CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", name="places"),
        CheckConstraint("until_date IS NULL OR until_date >= from_date", name="dates_in_order"),
        CheckConstraint("reports_to_id IS NULL OR reports_to_id <> position_id", name="not_to_itself"),
        UniqueConstraint("position_id", "from_date", name="uq_position_term_begin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), nullable=False)
    title: Mapped[str] = mapped_column(String(80), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    reports_to_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"), index=True)
    places: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    from_date: Mapped[date] = mapped_column(Date, nullable=False)
    until_date: Mapped[date | None] = mapped_column(Date)

    department: Mapped[Department | None] = relationship(lazy="joined")


class PositionHolder(Model):
    """A person in a position, as deputy or as successor, from one day to another, the last day included."""

    __tablename__ = "position_holder"
    __table_args__ = (
        CheckConstraint(one_of("kind", HolderKind), name="kind"),
        CheckConstraint("until_date IS NULL OR until_date >= from_date", name="dates_in_order"),
        Index("ix_position_holder_user", "user_id", "until_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), nullable=False, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    from_date: Mapped[date] = mapped_column(Date, nullable=False)
    until_date: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    user: Mapped[User] = relationship(lazy="joined")


class StructurePlan(DocumentMixin, Model):
    """A structure that is planned from a day on 后期架构; ``owner`` drafted it."""

    __tablename__ = "structure_plan"
    __table_args__ = (CheckConstraint(one_of("status", PlanStatus), name="status"),)

    title: Mapped[str] = mapped_column(String(80), nullable=False)
    day: Mapped[date] = mapped_column(Date, nullable=False)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    owner: Mapped[User] = relationship(lazy="joined")


class PlannedPosition(Model):
    """What a plan makes of a position, or that the position ``falls_away``; all others stay as they are."""

    __tablename__ = "planned_position"
    __table_args__ = (
        CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", name="places"),
        CheckConstraint("reports_to_id IS NULL OR reports_to_id <> position_id", name="not_to_itself"),
        UniqueConstraint("plan_id", "position_id", name="uq_planned_position_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("structure_plan.id"), nullable=False)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), nullable=False, index=True)
    title: Mapped[str] = mapped_column(String(80), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    reports_to_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))
    places: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    falls_away: Mapped[bool] = mapped_column(nullable=False, default=False)

    department: Mapped[Department | None] = relationship(lazy="joined")

"""Tables of the figures: one row for each thing that is counted, and their sums by month."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Amount, Model, Quantity, UTCDateTime, one_of
from app.features.figures.enums import Kind

# Stands for "none" among the dimensions of a tally, where NULL would escape the unique constraint.
NO_PRODUCT = 0


class FigureFact(Model):
    """One thing that is counted, with the document it comes from: derived, never written by hand.

    ``month`` is the first day of the month of ``day``, in the company's zone. ``amount`` is yuan with tax, ``hours``
    working hours for a report and hours of the clock for an answer. ``outcome`` is the state of a result or the
    subject of an answer, ``reason`` a key of REASON_LABELS. ``position`` is the answered line's.
    """

    __tablename__ = "figure_fact"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        Index("ix_figure_fact_kind_day", "kind", "day"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"), nullable=False, index=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("quotation_revision.id"))
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    day: Mapped[date] = mapped_column(Date, nullable=False)
    month: Mapped[date] = mapped_column(Date, nullable=False)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    product_id: Mapped[int] = mapped_column(Integer, nullable=False, default=NO_PRODUCT)
    outcome: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    reason: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    late: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    amount: Mapped[Decimal] = mapped_column(Amount(), nullable=False, default=Decimal(0))
    hours: Mapped[Decimal] = mapped_column(Quantity(), nullable=False, default=Decimal(0))


class FigureTally(Model):
    """The sums of the facts of one month that agree in everything they may be grouped by."""

    __tablename__ = "figure_tally"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        UniqueConstraint(
            "kind",
            "month",
            "owner_id",
            "department_id",
            "customer_id",
            "product_id",
            "outcome",
            "reason",
            name="uq_figure_tally_dimensions",
        ),
        Index("ix_figure_tally_owner", "owner_id", "department_id"),
        Index("ix_figure_tally_department", "department_id", "owner_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    month: Mapped[date] = mapped_column(Date, nullable=False)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    product_id: Mapped[int] = mapped_column(Integer, nullable=False, default=NO_PRODUCT)
    outcome: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    reason: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    count: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    late: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    amount: Mapped[Decimal] = mapped_column(Amount(), nullable=False, default=Decimal(0))
    hours: Mapped[Decimal] = mapped_column(Quantity(), nullable=False, default=Decimal(0))


class FigureState(Model):
    """One row, written once all documents that were there before the figures have been counted."""

    __tablename__ = "figure_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    completed_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


DIMENSIONS = (
    "kind",
    "month",
    "owner_id",
    "department_id",
    "customer_id",
    "product_id",
    "outcome",
    "reason",
)
MEASURES = ("count", "late", "amount", "hours")


def table_of(model: type[Any]) -> Any:
    """Return the table behind a model, for statements on many rows at once."""
    return model.__table__

"""The table of negotiations: one row per talk with the customer about a quotation."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.features.people.models import User
from app.features.quotations.negotiation.enums import NegotiationStatus, OutsideTerm

if TYPE_CHECKING:
    from app.features.quotations.models import Quotation, QuotationRevision


class Negotiation(DocumentMixin, Model):
    """A talk about a quotation, over all its revisions; ``revision`` is the one that was the current one then.

    The owner is who recorded it. ``answered_for`` names the person a deputy answered for.
    """

    __tablename__ = "negotiation"
    __table_args__ = (
        CheckConstraint(one_of("status", NegotiationStatus), name="status"),
        Index("ix_negotiation_list", "held_at", "id"),
        Index("ix_negotiation_quotation_status", "quotation_id", "status"),
    )

    quotation_id: Mapped[int] = mapped_column(ForeignKey("quotation.id"), nullable=False)
    revision_id: Mapped[int] = mapped_column(ForeignKey("quotation_revision.id"), nullable=False, index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    held_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    place: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    counterpart: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    asked: Mapped[str] = mapped_column(Text, nullable=False)
    offered: Mapped[str] = mapped_column(Text, nullable=False, default="")
    outside_payment: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    outside_price: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    outside_liability: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    next_step: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    next_on: Mapped[date | None] = mapped_column(Date)
    reply: Mapped[str] = mapped_column(Text, nullable=False, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_for: Mapped[str] = mapped_column(String(80), nullable=False, default="")

    quotation: Mapped["Quotation"] = relationship(back_populates="negotiations", lazy="joined")
    revision: Mapped["QuotationRevision"] = relationship(lazy="select")
    owner: Mapped[User] = relationship(foreign_keys="Negotiation.owner_id", lazy="joined")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="joined")

    @property
    def outside(self) -> tuple[OutsideTerm, ...]:
        """What lies outside the normal terms, in the order of the form."""
        return tuple(term for term in OutsideTerm if getattr(self, f"outside_{term}"))

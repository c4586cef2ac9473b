"""The secret addresses under which calendars of bookings are subscribed to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Model, UTCDateTime, one_of
from app.features.bookings.calendar_enums import CalendarScope


class CalendarAddress(Model):
    """An address somebody made for their own calendar, or for that of all cars; one of each is in force at most.

    Only the hash of its secret is kept, so a copied database opens no calendar. ``reads`` counts how often it was
    asked for since ``reads_since``.
    """

    __tablename__ = "calendar_address"
    __table_args__ = (
        CheckConstraint(one_of("scope", CalendarScope), name="scope"),
        Index(
            "uq_calendar_address_in_force",
            "user_id",
            "scope",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    scope: Mapped[str] = mapped_column(String(8), nullable=False)
    secret_hash: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reads_since: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reads: Mapped[int] = mapped_column(Integer, nullable=False, default=0)

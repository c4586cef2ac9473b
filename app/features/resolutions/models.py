"""The table of resolutions: what was decided, who carries it out, until when, how far it is."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.features.people.models import User
from app.features.resolutions.enums import ResolutionStatus


class Resolution(DocumentMixin, Model):
    """Something ``owner`` decided that ``responsible`` carries out until the end of ``due_on``.

    ``doc_type`` and ``doc_id`` name what it came of, an answer or the minutes of a meeting. ``progress`` is what was
    said last of how far it is; what was said before stands in the record. ``first_due_on`` stays when it is put off.
    """

    __tablename__ = "resolution"
    __table_args__ = (
        CheckConstraint(one_of("status", ResolutionStatus), name="status"),
        CheckConstraint("responsible_id <> owner_id", name="two_people"),
        CheckConstraint("(doc_type IS NULL) = (doc_id IS NULL)", name="whole_document"),
        CheckConstraint(
            "status NOT IN ('completed', 'checked') OR (completed_on IS NOT NULL AND result <> '')",
            name="completed",
        ),
        CheckConstraint("(status = 'checked') = (checked_by_id IS NOT NULL)", name="checked_by_somebody"),
        CheckConstraint(
            "checked_by_id IS NULL OR checked_by_id <> responsible_id", name="checked_by_another"
        ),
        Index("ix_resolution_document", "doc_type", "doc_id"),
        Index("ix_resolution_due", "due_on"),
    )

    text: Mapped[str] = mapped_column(Text, nullable=False)
    decided_on: Mapped[date] = mapped_column(Date, nullable=False)
    responsible_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    first_due_on: Mapped[date] = mapped_column(Date, nullable=False)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    progress: Mapped[str] = mapped_column(Text, nullable=False, default="")
    progress_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    result: Mapped[str] = mapped_column(Text, nullable=False, default="")
    completed_on: Mapped[date | None] = mapped_column(Date)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="Resolution.owner_id", lazy="joined", innerjoin=True)
    responsible: Mapped[User] = relationship(foreign_keys=[responsible_id], lazy="joined", innerjoin=True)
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id], lazy="joined")

    @property
    def days_left(self) -> int:
        """How many days are left until it is due, negative where that day is over."""
        return (self.due_on - clock.today()).days

    @property
    def is_late(self) -> bool:
        """Whether it is still to be done although its day is over."""
        return self.status == ResolutionStatus.OPEN and self.days_left < 0

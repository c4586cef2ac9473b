"""The table of acknowledgements: one letter for each person, with its scan."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.core.files import StoredFile
from app.features.acknowledgements.enums import AcknowledgementStatus
from app.features.people.models import User


class Acknowledgement(DocumentMixin, Model):
    """The letter of its owner. ``text_version`` and ``text_hash`` say what was signed; empty while it is missing."""

    __tablename__ = "acknowledgement"
    __table_args__ = (
        CheckConstraint(one_of("status", AcknowledgementStatus), name="status"),
        CheckConstraint(
            "status = 'missing' OR (signed_on IS NOT NULL "
            "AND text_version IS NOT NULL AND text_hash IS NOT NULL)",
            name="signed_whole",
        ),
        CheckConstraint("(status = 'filed') = (filed_at IS NOT NULL)", name="filed_at_a_time"),
        Index("uq_acknowledgement_owner", "owner_id", unique=True),
    )

    text_version: Mapped[int | None] = mapped_column(Integer)
    text_hash: Mapped[str | None] = mapped_column(String(64))
    signed_on: Mapped[date | None] = mapped_column(Date)
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    filed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="Acknowledgement.owner_id", lazy="joined", innerjoin=True)
    filed_by: Mapped[User | None] = relationship(foreign_keys=[filed_by_id], lazy="joined")
    scan: Mapped[StoredFile | None] = relationship(foreign_keys=[stored_file_id], lazy="joined")

    @property
    def department_id(self) -> int | None:
        """The department in which somebody must hold the right to keep this letter: its owner's of today."""
        return self.owner.department_id

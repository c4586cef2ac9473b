"""Tables of reports upwards and requests across: the report, and the chain of who was told when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.features.escalations.enums import WAITING, EscalationKind, EscalationStatus
from app.features.people.models import User


class Escalation(DocumentMixin, Model):
    """Something ``owner`` tells a leader or asks of another department, of a document or by itself.

    ``known_at`` is when the matter became known, from which the time to answer runs until ``due_at``. ``to`` is who has
    to answer now; who had to before stands in ``told``. The departments are those of owner and ``to`` at the time.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        CheckConstraint(one_of("status", EscalationStatus), name="status"),
        CheckConstraint(one_of("kind", EscalationKind), name="kind"),
        CheckConstraint("to_id <> owner_id", name="two_people"),
        CheckConstraint("(doc_type IS NULL) = (doc_id IS NULL)", name="whole_document"),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_by_somebody"),
        CheckConstraint(
            "status NOT IN ('answered', 'done') OR (answered_at IS NOT NULL AND answer <> '')",
            name="answered",
        ),
        Index("ix_escalation_document", "doc_type", "doc_id"),
        Index("ix_escalation_due", "due_at"),
    )

    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    to_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    to_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    text: Mapped[str] = mapped_column(Text, nullable=False)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    known_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answer: Mapped[str] = mapped_column(Text, nullable=False, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="Escalation.owner_id", lazy="joined", innerjoin=True)
    to: Mapped[User] = relationship(foreign_keys=[to_id], lazy="joined", innerjoin=True)
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="joined")
    told: Mapped[list["EscalationTold"]] = relationship(order_by="EscalationTold.id", lazy="selectin")

    @property
    def is_late(self) -> bool:
        """Whether it waits for an answer beyond its time."""
        return self.status in WAITING and self.due_at < clock.now()


class EscalationTold(Model):
    """That somebody was told of a matter, and when they saw it: the one it was put to, and the line above them."""

    __tablename__ = "escalation_told"
    __table_args__ = (
        UniqueConstraint("escalation_id", "user_id", name="uq_escalation_told_escalation_id_user_id"),
        Index("ix_escalation_told_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    because_late: Mapped[bool] = mapped_column(nullable=False, default=False)

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)

"""Tables of one-to-one talks: the talk, and what the two agreed on."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.features.people.models import User
from app.features.talks.enums import TalkStatus


class Talk(DocumentMixin, Model):
    """A talk of ``owner``, who asked for it, with ``other``; private to them.

    ``leader_id`` is the one person who may read it besides, where both were told so beforehand. ``agenda`` is written
    by both, of the notes each writes their own. ``next_on`` is the day on which they talk again.
    """

    __tablename__ = "talk"
    __table_args__ = (
        CheckConstraint(one_of("status", TalkStatus), name="status"),
        CheckConstraint("other_id <> owner_id", name="two_people"),
        CheckConstraint("leader_id IS NULL OR leader_id NOT IN (owner_id, other_id)", name="leader"),
        CheckConstraint("(status = 'held') = (held_at IS NOT NULL)", name="held"),
        Index("ix_talk_held", "other_id", "held_at"),
    )

    other_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    place: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    agenda: Mapped[str] = mapped_column(Text, nullable=False, default="")
    owner_notes: Mapped[str] = mapped_column(Text, nullable=False, default="")
    other_notes: Mapped[str] = mapped_column(Text, nullable=False, default="")
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    next_on: Mapped[date | None] = mapped_column(Date)

    owner: Mapped[User] = relationship(foreign_keys="Talk.owner_id", lazy="joined", innerjoin=True)
    other: Mapped[User] = relationship(foreign_keys=[other_id], lazy="joined", innerjoin=True)
    leader: Mapped[User | None] = relationship(foreign_keys=[leader_id], lazy="joined")
    agreements: Mapped[list["TalkAgreement"]] = relationship(order_by="TalkAgreement.id", lazy="selectin")

    @property
    def pair(self) -> tuple[int, int]:
        """The two it is private to."""
        return self.owner_id, self.other_id


class TalkAgreement(Model):
    """Something one of the two does until the end of a day."""

    __tablename__ = "talk_agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), nullable=False, index=True)
    text: Mapped[str] = mapped_column(String(300), nullable=False)
    responsible_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    responsible: Mapped[User] = relationship(lazy="joined", innerjoin=True)

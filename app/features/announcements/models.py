"""Tables of announcements: what is announced to whom, and who has read it."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    literal,
    or_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.features.announcements.enums import AnnouncementStatus
from app.features.people.models import Department, User

NOW = bindparam("announced_now", callable_=clock.now, type_=UTCDateTime)


class Announcement(DocumentMixin, Model):
    """An announcement 通知; ``owner`` wrote it.

    A correction is a row of its own that names the one it ``replaces``; all of them share ``series_id``, the first
    row's id. Confirmations count for an ``edition``: a correction that asks again begins the next one.
    ``confirm_hours`` are working hours. ``visible_until`` None leaves it up until somebody takes it down.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint(one_of("status", AnnouncementStatus), name="status"),
        CheckConstraint("edition > 0", name="edition"),
        CheckConstraint("confirm_hours > 0", name="confirm_hours"),
        CheckConstraint("status IN ('draft', 'dropped') OR visible_from IS NOT NULL", name="has_a_moment"),
        CheckConstraint("visible_until IS NULL OR visible_until >= visible_from", name="ends_after_it_began"),
        CheckConstraint("status <> 'withdrawn' OR withdrawn_reason <> ''", name="withdrawn_with_reason"),
        Index("ix_announcement_series", "series_id", "edition"),
    )

    series_id: Mapped[int | None] = mapped_column(ForeignKey("announcement.id"))
    edition: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("announcement.id"))
    asks_again: Mapped[bool] = mapped_column(nullable=False, default=True)
    title: Mapped[str] = mapped_column(String(120), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    for_everybody: Mapped[bool] = mapped_column(nullable=False, default=True)
    must_confirm: Mapped[bool] = mapped_column(nullable=False, default=False)
    confirm_hours: Mapped[int] = mapped_column(Integer, nullable=False, default=16)
    pinned: Mapped[bool] = mapped_column(nullable=False, default=False)
    visible_from: Mapped[datetime | None] = mapped_column(UTCDateTime())
    visible_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    withdrawn_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")

    owner: Mapped[User] = relationship(foreign_keys="Announcement.owner_id", lazy="joined", innerjoin=True)
    department: Mapped[Department | None] = relationship(lazy="joined")
    scopes: Mapped[list["AnnouncementScope"]] = relationship(
        order_by="AnnouncementScope.id", cascade="all, delete-orphan"
    )

    @property
    def is_up(self) -> bool:
        """Whether it is to be read now: its moment has come and it was not taken down."""
        return self.shown_status == AnnouncementStatus.PUBLISHED

    @property
    def was_out(self) -> bool:
        """Whether it was ever to be read."""
        return self.published_at is not None or self.is_up

    @hybrid_property
    def shown_status(self) -> str:
        """The state as of now: a moment that has come counts before the job has seen it."""
        now = clock.now()
        if self.status not in (AnnouncementStatus.SCHEDULED, AnnouncementStatus.PUBLISHED):
            return self.status
        if self.visible_until is not None and self.visible_until <= now:
            return AnnouncementStatus.ENDED
        if self.visible_from is not None and self.visible_from <= now:
            return AnnouncementStatus.PUBLISHED
        return AnnouncementStatus.SCHEDULED

    @shown_status.inplace.expression
    @classmethod
    def _shown_status_in_sql(cls) -> ColumnElement[str]:
        return case(
            (cls.status.not_in(("scheduled", "published")), cls.status),
            (cls.visible_until <= NOW, literal(str(AnnouncementStatus.ENDED))),
            (cls.visible_from <= NOW, literal(str(AnnouncementStatus.PUBLISHED))),
            else_=literal(str(AnnouncementStatus.SCHEDULED)),
        )


def is_up() -> ColumnElement[bool]:
    """Return the condition that an announcement is to be read now."""
    return and_(
        Announcement.status.in_(("scheduled", "published")),
        Announcement.visible_from <= NOW,
        or_(Announcement.visible_until.is_(None), Announcement.visible_until > NOW),
    )


def was_out() -> ColumnElement[bool]:
    """Return the condition that an announcement was ever to be read."""
    return or_(Announcement.published_at.is_not(None), is_up())


class AnnouncementScope(Model):
    """Whom an announcement is for, where not everybody: a department with all below it, a role, or a person."""

    __tablename__ = "announcement_scope"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN department_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN role IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN user_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_of_three",
        ),
        Index("ix_announcement_scope_announcement", "announcement_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(
        ForeignKey("announcement.id", ondelete="CASCADE"), nullable=False
    )
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    role: Mapped[str | None] = mapped_column(String(32))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class AnnouncementReceipt(Model):
    """How far a person got with an edition: asked to confirm until ``due_at``, seen, confirmed.

    ``excused_at`` is set while somebody who has not confirmed is not asked any more: no longer addressed, gone, or
    the announcement came down. ``announcement_id`` is the row that is read now.
    """

    __tablename__ = "announcement_receipt"
    __table_args__ = (
        UniqueConstraint("series_id", "edition", "user_id", name="uq_announcement_receipt_person"),
        CheckConstraint("(asked_at IS NULL) = (due_at IS NULL)", name="asked_until"),
        Index("ix_announcement_receipt_announcement", "announcement_id"),
        Index("ix_announcement_receipt_due", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), nullable=False)
    series_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), nullable=False)
    edition: Mapped[int] = mapped_column(Integer, nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    excused_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

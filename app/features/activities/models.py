"""Tables of team activities: the activity, what is voted on, who votes, who enrolled, photos with their consent."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Amount, DocumentMixin, Model, UTCDateTime, one_of
from app.core.files import StoredFile
from app.features.activities.enums import ActivityStatus, PlaceStatus
from app.features.people.models import Department, User

MOST_COMPANIONS = 9
MOST_PEOPLE = 2_000


class Activity(DocumentMixin, Model):
    """A team activity; ``owner`` organises it. Budget and cost are in yuan.

    ``year`` is that of its beginning in the company's zone, before that is known of its proposal. ``capacity`` counts
    people, companions included; ``companions`` is how many each may bring.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint(one_of("status", ActivityStatus), name="status"),
        CheckConstraint("budget IS NULL OR budget >= 0", name="budget"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
        CheckConstraint(f"capacity IS NULL OR capacity BETWEEN 1 AND {MOST_PEOPLE}", name="capacity"),
        CheckConstraint(f"companions BETWEEN 0 AND {MOST_COMPANIONS}", name="companions"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="times"),
    )

    title: Mapped[str] = mapped_column(String(80), nullable=False)
    purpose: Mapped[str] = mapped_column(Text, nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    year: Mapped[int] = mapped_column(Integer, nullable=False, index=True)
    vote_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    chosen: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    budget: Mapped[Decimal | None] = mapped_column(Amount())
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    place: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    enrol_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    capacity: Mapped[int | None] = mapped_column(Integer)
    companions: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    cost: Mapped[Decimal | None] = mapped_column(Amount())
    over_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    report: Mapped[str] = mapped_column(Text, nullable=False, default="")

    owner: Mapped[User] = relationship(lazy="joined", foreign_keys="Activity.owner_id")
    approved_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[approved_by_id])
    department: Mapped[Department | None] = relationship(lazy="joined")

    @property
    def voting_now(self) -> bool:
        """Whether votes are taken at this moment."""
        running = self.vote_until is not None and clock.now() < self.vote_until
        return self.status == ActivityStatus.VOTING and running

    @property
    def enrolling_now(self) -> bool:
        """Whether people may enrol at this moment."""
        running = self.enrol_until is not None and clock.now() < self.enrol_until
        return self.status == ActivityStatus.ENROLLING and running


class ActivityOption(Model):
    """A date or an idea to choose from."""

    __tablename__ = "activity_option"
    __table_args__ = (UniqueConstraint("activity_id", "position", name="uq_activity_option_position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), nullable=False)
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    text: Mapped[str] = mapped_column(String(120), nullable=False)


class ActivityVote(Model):
    """One person's vote, the only one they have in an activity."""

    __tablename__ = "activity_vote"
    __table_args__ = (UniqueConstraint("activity_id", "user_id", name="uq_activity_vote_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), nullable=False)
    option_id: Mapped[int] = mapped_column(ForeignKey("activity_option.id"), nullable=False, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    voted_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class ActivityPlace(Model):
    """One person's place in an activity, with those they bring; ``turn`` is the order in which they asked."""

    __tablename__ = "activity_place"
    __table_args__ = (
        CheckConstraint(one_of("status", PlaceStatus), name="status"),
        CheckConstraint(f"companions BETWEEN 0 AND {MOST_COMPANIONS}", name="companions"),
        UniqueConstraint("activity_id", "user_id", name="uq_activity_place_once"),
        Index("ix_activity_place_user", "user_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    companions: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    status: Mapped[str] = mapped_column(String(16), nullable=False)
    turn: Mapped[int] = mapped_column(Integer, nullable=False)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    user: Mapped[User] = relationship(lazy="joined")

    @property
    def heads(self) -> int:
        """How many people come: the person and those they bring."""
        return 1 + self.companions


class ActivityPhoto(Model):
    """A photo of an activity, with whose consent it is shown."""

    __tablename__ = "activity_photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), nullable=False, index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False, unique=True)
    consent: Mapped[str] = mapped_column(String(200), nullable=False)

    stored_file: Mapped[StoredFile] = relationship(lazy="joined")

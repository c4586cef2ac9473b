"""Tables of mentoring: the pair, its weeks with a note and a line each, how both sides rate it."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.features.mentoring.enums import PairStatus, WeekState
from app.features.people.models import Department, User


class MentorPair(DocumentMixin, Model):
    """A pair 以优带优; ``owner`` offered it, ``department`` is the pupil's.

    ``period`` counts from 1 and rises with every extension: both sides rate each period anew.
    """

    __tablename__ = "mentor_pair"
    __table_args__ = (
        CheckConstraint(one_of("status", PairStatus), name="status"),
        CheckConstraint("mentor_id <> pupil_id", name="two_people"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint(
            "status IN ('offered', 'declined')"
            " OR (mentor_accepted_at IS NOT NULL AND pupil_accepted_at IS NOT NULL)",
            name="both_accepted",
        ),
    )

    mentor_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    goals: Mapped[str] = mapped_column(Text, nullable=False)
    starts_on: Mapped[date] = mapped_column(Date, nullable=False)
    ends_on: Mapped[date] = mapped_column(Date, nullable=False)
    period: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    mentor_accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    pupil_accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    mid_text: Mapped[str] = mapped_column(Text, nullable=False, default="")
    conclusion: Mapped[str] = mapped_column(Text, nullable=False, default="")
    ended_on: Mapped[date | None] = mapped_column(Date)

    owner: Mapped[User] = relationship(foreign_keys="MentorPair.owner_id", lazy="joined", innerjoin=True)
    mentor: Mapped[User] = relationship(foreign_keys=[mentor_id], lazy="joined", innerjoin=True)
    pupil: Mapped[User] = relationship(foreign_keys=[pupil_id], lazy="joined", innerjoin=True)
    department: Mapped[Department | None] = relationship(lazy="joined")
    weeks: Mapped[list["MentorWeek"]] = relationship(
        order_by="MentorWeek.first_day", cascade="all, delete-orphan"
    )
    ratings: Mapped[list["MentorRating"]] = relationship(order_by="MentorRating.id")

    @property
    def sides(self) -> frozenset[int]:
        """The two people of the pair."""
        return frozenset({self.mentor_id, self.pupil_id})

    @property
    def name(self) -> str:
        """Who teaches whom."""
        return f"{self.mentor.name} → {self.pupil.name}"

    @property
    def waited_for(self) -> list[int]:
        """Who has not accepted yet."""
        sides = ((self.mentor_id, self.mentor_accepted_at), (self.pupil_id, self.pupil_accepted_at))
        return [person for person, accepted in sides if accepted is None]

    @property
    def rated(self) -> dict[int, "MentorRating"]:
        """The ratings of the present period, by who gave them."""
        return {row.author_id: row for row in self.ratings if row.period == self.period}

    @property
    def unrated(self) -> list[int]:
        """Who has not rated the present period."""
        return [person for person in (self.mentor_id, self.pupil_id) if person not in self.rated]

    @property
    def half(self) -> date:
        """The day in the middle, from which the mid review is due."""
        return self.starts_on + (self.ends_on - self.starts_on) / 2


class MentorWeek(Model):
    """A week from Monday to Sunday in which the mentor owes a note; ``due_at`` is its end.

    There is a row for every week of the pair that has a working day, and for no other: what the rows hold is what the
    mentor is held to.
    """

    __tablename__ = "mentor_week"
    __table_args__ = (
        UniqueConstraint("pair_id", "first_day", name="uq_mentor_week_once"),
        Index("ix_mentor_week_last_day", "last_day"),
        CheckConstraint("(noted_at IS NULL) = (note = '')", name="noted"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("mentor_pair.id"), nullable=False)
    first_day: Mapped[date] = mapped_column(Date, nullable=False)
    last_day: Mapped[date] = mapped_column(Date, nullable=False)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    noted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answer: Mapped[str] = mapped_column(Text, nullable=False, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    @property
    def state(self) -> WeekState:
        """Whether its note was written, as of now."""
        if self.noted_at is not None:
            return WeekState.KEPT if self.noted_at < self.due_at else WeekState.LATE
        if clock.now() >= self.due_at:
            return WeekState.MISSED
        return WeekState.OPEN if self.first_day <= clock.today() else WeekState.COMING


class MentorRating(Model):
    """What one side says of the other at the end of a period: 1 to 5, and words."""

    __tablename__ = "mentor_rating"
    __table_args__ = (
        UniqueConstraint("pair_id", "period", "author_id", name="uq_mentor_rating_once"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("mentor_pair.id"), nullable=False)
    period: Mapped[int] = mapped_column(Integer, nullable=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    score: Mapped[int] = mapped_column(Integer, nullable=False)
    words: Mapped[str] = mapped_column(Text, nullable=False)
    rated_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())

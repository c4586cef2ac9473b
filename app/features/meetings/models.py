"""Tables of meetings: the series, its meetings, who takes part, what each wants to talk about."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    literal,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.features.meetings.enums import MISSED, MeetingStatus, Rhythm
from app.features.people.models import User

# So long after its beginning a meeting without minutes counts as missed.
GRACE = timedelta(days=1)
# Asked for whenever a statement is sent: statements are kept, and the moment in which one was made is over.
LATEST_START: Any = bindparam(None, callable_=lambda: clock.now() - GRACE, type_=UTCDateTime())


class MeetingSeries(VersionedMixin, Model):
    """Meetings that come back: on a weekday of every week, or on a day of every month, at a time of the company's zone.

    ``time`` is written 16:00, ``minutes`` is how long one takes.
    """

    __tablename__ = "meeting_series"
    __table_args__ = (
        CheckConstraint(one_of("rhythm", Rhythm), name="rhythm"),
        CheckConstraint("rhythm <> 'weekly' OR weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("rhythm <> 'monthly' OR month_day BETWEEN 1 AND 28", name="month_day"),
        CheckConstraint("minutes BETWEEN 5 AND 600", name="minutes"),
    )

    name: Mapped[str] = mapped_column(String(120), nullable=False)
    rhythm: Mapped[str] = mapped_column(String(12), nullable=False)
    weekday: Mapped[int | None] = mapped_column(Integer)
    month_day: Mapped[int | None] = mapped_column(Integer)
    time: Mapped[str] = mapped_column(String(5), nullable=False)
    minutes: Mapped[int] = mapped_column(Integer, nullable=False)
    place: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    chair_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)

    chair: Mapped[User] = relationship(foreign_keys=[chair_id], lazy="joined", innerjoin=True)
    people: Mapped[list[User]] = relationship(
        secondary="meeting_series_person", lazy="selectin", order_by=User.name
    )


class MeetingSeriesPerson(Model):
    """That somebody is invited to the meetings of a series."""

    __tablename__ = "meeting_series_person"

    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)


class Meeting(DocumentMixin, Model):
    """A meeting of a series, or one by itself; ``owner`` takes the chair and writes the minutes.

    ``day`` is the day the series gave it, which stays when it is moved; ``minutes`` is how long it takes, ``text`` what
    its minutes say.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint(one_of("status", MeetingStatus), name="status"),
        CheckConstraint("(series_id IS NULL) = (day IS NULL)", name="day_of_series"),
        CheckConstraint(
            "status NOT IN ('held', 'confirmed') OR (held_at IS NOT NULL AND text <> '')", name="held"
        ),
        UniqueConstraint("series_id", "day", name="uq_meeting_series_id_day"),
        Index("ix_meeting_starts", "starts_at"),
    )

    series_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_series.id"))
    day: Mapped[date | None] = mapped_column(Date)
    title: Mapped[str] = mapped_column(String(120), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    minutes: Mapped[int] = mapped_column(Integer, nullable=False)
    place: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    text: Mapped[str] = mapped_column(Text, nullable=False, default="")
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="Meeting.owner_id", lazy="joined", innerjoin=True)
    series: Mapped[MeetingSeries | None] = relationship(lazy="joined")
    people: Mapped[list["MeetingPerson"]] = relationship(order_by="MeetingPerson.id", lazy="selectin")
    items: Mapped[list["MeetingItem"]] = relationship(order_by="MeetingItem.id", lazy="selectin")

    @hybrid_property
    def missed(self) -> bool:
        """Whether nobody held it although its time is over."""
        return self.status == MeetingStatus.PLANNED and self.starts_at < clock.now() - GRACE

    @missed.inplace.expression
    @classmethod
    def _missed_in_sql(cls) -> ColumnElement[bool]:
        return (cls.status == MeetingStatus.PLANNED) & (cls.starts_at < LATEST_START)

    @hybrid_property
    def shown_status(self) -> str:
        """The state a reader is told: MISSED for one that was not held, else the status."""
        return MISSED if self.missed else self.status

    @shown_status.inplace.expression
    @classmethod
    def _shown_status_in_sql(cls) -> ColumnElement[str]:
        return case((cls.missed, literal(MISSED)), else_=cls.status)


class MeetingPerson(Model):
    """Somebody invited: whether they were there (unknown before it was held), when they confirmed the minutes."""

    __tablename__ = "meeting_person"
    __table_args__ = (
        UniqueConstraint("meeting_id", "user_id", name="uq_meeting_person_meeting_id_user_id"),
        Index("ix_meeting_person_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    present: Mapped[bool | None] = mapped_column()
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class MeetingItem(Model):
    """Something a participant wants to talk about, collected beforehand."""

    __tablename__ = "meeting_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), nullable=False, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    text: Mapped[str] = mapped_column(String(200), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)

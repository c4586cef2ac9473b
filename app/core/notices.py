"""Notices in the page: one row per person and event, written in the transaction of the event itself."""

from datetime import date, datetime

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    Integer,
    ScalarSelect,
    String,
    UniqueConstraint,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock, timeline
from app.core.db import Model, UTCDateTime, session, writing
from app.core.timeline import Event


class Notice(Model):
    """Something a person is told: an event, read or not."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_unread", "user_id", "read_at"),
        UniqueConstraint("user_id", "event_seq", name="uq_notice_person_event"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    event_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    event: Mapped[Event] = relationship(lazy="joined")


class Reminder(Model):
    """That somebody reminded a person of a waiting document; once a day per person and document."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("doc_type", "doc_id", "user_id", "day", name="uq_reminder_once_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    doc_type: Mapped[str] = mapped_column(String(40), nullable=False)
    doc_id: Mapped[int] = mapped_column(Integer, nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    day: Mapped[date] = mapped_column(Date, nullable=False)


def write_notices(event: Event, people: tuple[int, ...]) -> None:
    """Write one notice per person for an event."""
    for person in people:
        session.add(Notice(user_id=person, event_seq=event.seq, created_at=event.at))


timeline.on_written(write_notices)


def unread_column(user_id: int) -> ScalarSelect[int]:
    """Return the number of notices a person has not read, as a column for a query that counts more besides."""
    statement = (
        select(func.count()).select_from(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    )
    return statement.scalar_subquery()


def keep_unread(user_id: int, count: int) -> None:
    """Keep a number of unread notices that another query counted, for the rest of this transaction."""
    session.info[f"unread:{user_id}"] = count


def unread_count(user_id: int) -> int:
    """Return how many notices a person has not read."""
    known: int | None = session.info.get(f"unread:{user_id}")
    if known is not None and not writing.get():
        return known
    return session.execute(select(unread_column(user_id))).scalar_one()


def mark_read(user_id: int, notice_id: int | None = None) -> None:
    """Mark one notice of a person as read, or all of them, in the open unit of work."""
    statement = (
        update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None)).values(read_at=clock.now())
    )
    if notice_id is not None:
        statement = statement.where(Notice.id == notice_id)
    session.execute(statement)


def not_yet_reminded(doc_type: str, doc_id: int, people: list[int]) -> list[int]:
    """Return those of the people who were not reminded of this document today, and remember that they now are."""
    day = clock.today()
    statement = select(Reminder.user_id).where(
        Reminder.doc_type == doc_type, Reminder.doc_id == doc_id, Reminder.day == day
    )
    already = set(session.execute(statement).scalars())
    fresh = [person for person in dict.fromkeys(people) if person not in already]
    for person in fresh:
        session.add(Reminder(doc_type=doc_type, doc_id=doc_id, user_id=person, day=day))
    session.flush()
    return fresh

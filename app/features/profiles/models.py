"""Tables of profiles: voluntary data, consents, cards, thanks, who looked. Work data stay with the accounts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Model, UTCDateTime, VersionedMixin, one_of
from app.core.db_objects import make_append_only
from app.core.lunar import CalendarKind, YearlyDay
from app.features.people.models import User
from app.features.profiles.enums import AccessKind, Audience, Occasion, ProfileField, ThanksAudience


class Profile(VersionedMixin, Model):
    """What a person gave of their own will; who sees each field stands in the consents. Erased as a row."""

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint(
            f"birthday_calendar IS NULL OR {one_of('birthday_calendar', CalendarKind)}", name="calendar"
        ),
        CheckConstraint(
            "(birthday_calendar IS NULL) = (birthday_month IS NULL)"
            " AND (birthday_month IS NULL) = (birthday_day IS NULL)",
            name="birthday_whole",
        ),
        Index("ix_profile_birthday", "birthday_month", "birthday_day"),
    )

    # One a person, under the person's own number.
    id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    birthday_calendar: Mapped[str | None] = mapped_column(String(8))
    birthday_month: Mapped[int | None] = mapped_column(Integer)
    birthday_day: Mapped[int | None] = mapped_column(Integer)
    birthday_leap: Mapped[bool] = mapped_column(nullable=False, default=False)
    about: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    skills: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    hobbies: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    mobile: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    @property
    def birthday(self) -> YearlyDay | None:
        """The birthday as it was given; None where none was."""
        return birthday_of(self.birthday_calendar, self.birthday_month, self.birthday_day, self.birthday_leap)


def birthday_of(
    calendar: str | None, month: int | None, day: int | None, leap: bool | None
) -> YearlyDay | None:
    """Return the birthday that columns hold; None where any is empty."""
    if calendar is None or month is None or day is None:
        return None
    return YearlyDay(CalendarKind(calendar), month, day, bool(leap))


class BirthYear(Model):
    """The year of birth, apart from everything that is shown: only the person reads it, on paper of their own."""

    __tablename__ = "birth_year"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, nullable=False)


class Employment(Model):
    """Since when a person works here: work data, kept by personnel and when the person leaves."""

    __tablename__ = "employment"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    joined_on: Mapped[date] = mapped_column(Date, nullable=False)
    joined_month: Mapped[int] = mapped_column(Integer, nullable=False)
    joined_day: Mapped[int] = mapped_column(Integer, nullable=False)


class Consent(Model):
    """That a person let an audience see a field, or took that back (NOBODY): the latest row of a field holds.

    Rows are never changed. ``department_id`` names the department the person chose; ``wording`` is the sentence as it
    was shown, ``wording_version`` which one of ours that is.
    """

    __tablename__ = "profile_consent"
    __table_args__ = (
        CheckConstraint(one_of("field", ProfileField), name="field"),
        CheckConstraint(one_of("audience", Audience), name="audience"),
        CheckConstraint("(audience = 'department') = (department_id IS NOT NULL)", name="department"),
        Index("ix_profile_consent_latest", "user_id", "field", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    field: Mapped[str] = mapped_column(String(16), nullable=False)
    audience: Mapped[str] = mapped_column(String(12), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    wording: Mapped[str] = mapped_column(Text, nullable=False)
    wording_version: Mapped[int] = mapped_column(Integer, nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


make_append_only(Consent.__table__)  # type: ignore[arg-type]


class GreetingCard(Model):
    """A card colleagues sign until ``day``, on which the person gets it; closed where the person took consent back."""

    __tablename__ = "greeting_card"
    __table_args__ = (
        CheckConstraint(one_of("occasion", Occasion), name="occasion"),
        UniqueConstraint("person_id", "occasion", "day", name="uq_greeting_card_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    occasion: Mapped[str] = mapped_column(String(12), nullable=False)
    day: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    person: Mapped[User] = relationship(lazy="raise")


class CardLine(Model):
    """The line of one colleague on a card."""

    __tablename__ = "greeting_card_line"
    __table_args__ = (UniqueConstraint("card_id", "author_id", name="uq_greeting_card_line_author"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("greeting_card.id"), nullable=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    text: Mapped[str] = mapped_column(String(200), nullable=False)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class Thanks(Model):
    """A line of thanks from one colleague to another, for the two or for a department; either takes it back."""

    __tablename__ = "thanks"
    __table_args__ = (
        CheckConstraint(one_of("audience", ThanksAudience), name="audience"),
        CheckConstraint("(audience = 'department') = (department_id IS NOT NULL)", name="department"),
        CheckConstraint("author_id <> person_id", name="two_people"),
        Index("ix_thanks_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    text: Mapped[str] = mapped_column(String(200), nullable=False)
    audience: Mapped[str] = mapped_column(String(12), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class ProfileAccess(Model):
    """That somebody looked at what a person shows to a few, once a day, or that the person's data were exported."""

    __tablename__ = "profile_access"
    __table_args__ = (
        CheckConstraint(one_of("kind", AccessKind), name="kind"),
        UniqueConstraint("person_id", "reader_id", "kind", "day", name="uq_profile_access_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    reader_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(8), nullable=False)
    day: Mapped[date] = mapped_column(Date, nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

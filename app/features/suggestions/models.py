"""Tables of suggestions: the suggestion, who stands behind it, its deadlines, votes, comments, scores, milestones."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Amount, DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.features.people.models import Department, User
from app.features.suggestions.enums import ENDED, Naming, Stage, SuggestionStatus


class Suggestion(DocumentMixin, Model):
    """A suggestion; ``owner`` wrote it where it is signed, nobody stands there where it is not.

    ``due_at`` is when the person or people at the turn must have acted, None where nobody must; while it is with its
    author, ``days_left`` keeps how many working days were left. ``answered_at`` is when the author first had an answer,
    ``answer_days`` how many working days that took. ``receipt_hash`` is the SHA-256 of the code of an unnamed one.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        CheckConstraint(one_of("status", SuggestionStatus), name="status"),
        CheckConstraint(one_of("naming", Naming), name="naming"),
        CheckConstraint("(naming = 'named') = (owner_id IS NOT NULL)", name="owner_where_named"),
        CheckConstraint("(naming = 'unnamed') = (receipt_hash IS NOT NULL)", name="receipt_where_unnamed"),
        CheckConstraint("status <> 'duplicate' OR duplicate_of_id IS NOT NULL", name="duplicate_of"),
        CheckConstraint(
            "number IS NULL OR (submitted_at IS NOT NULL AND month IS NOT NULL)", name="submitted"
        ),
        Index("ix_suggestion_month", "month", "department_id"),
        Index("ix_suggestion_due_at", "due_at"),
    )

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)  # type: ignore[assignment]
    naming: Mapped[str] = mapped_column(String(12), nullable=False, default=Naming.NAMED)
    receipt_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200), nullable=False)
    situation: Mapped[str] = mapped_column(Text, nullable=False, default="")
    method: Mapped[str] = mapped_column(Text, nullable=False, default="")
    effect: Mapped[str] = mapped_column(Text, nullable=False, default="")
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion_theme.id"))
    clause_id: Mapped[int | None] = mapped_column(ForeignKey("rule_clause.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    month: Mapped[date | None] = mapped_column(Date)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    days_left: Mapped[int | None] = mapped_column(Integer)
    returned_from: Mapped[str | None] = mapped_column(String(32))
    answer: Mapped[str] = mapped_column(Text, nullable=False, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answer_days: Mapped[int | None] = mapped_column(Integer)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    appeal: Mapped[str] = mapped_column(Text, nullable=False, default="")
    appealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    condition: Mapped[str] = mapped_column(Text, nullable=False, default="")
    cost: Mapped[Decimal | None] = mapped_column(Amount())
    benefit_estimated: Mapped[Decimal | None] = mapped_column(Amount())
    benefit_verified: Mapped[Decimal | None] = mapped_column(Amount())
    adopted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    implementer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    result: Mapped[str] = mapped_column(Text, nullable=False, default="")
    verified_text: Mapped[str] = mapped_column(Text, nullable=False, default="")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion.id"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), unique=True)
    rule_version_id: Mapped[int | None] = mapped_column(ForeignKey("rule_version.id"))
    votes_told: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    comments_told: Mapped[int] = mapped_column(Integer, nullable=False, default=0)

    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], lazy="joined")
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    implementer: Mapped[User | None] = relationship(foreign_keys=[implementer_id], lazy="joined")
    theme: Mapped["SuggestionTheme | None"] = relationship(lazy="joined")
    duplicate_of: Mapped["Suggestion | None"] = relationship(
        foreign_keys=[duplicate_of_id], remote_side="Suggestion.id"
    )
    kept_author: Mapped["SuggestionAuthor | None"] = relationship(viewonly=True)
    milestones: Mapped[list["SuggestionMilestone"]] = relationship(
        order_by="SuggestionMilestone.position", cascade="all, delete-orphan"
    )
    deadlines: Mapped[list["SuggestionDeadline"]] = relationship(
        order_by="SuggestionDeadline.id", cascade="all, delete-orphan"
    )
    scores: Mapped[list["SuggestionScore"]] = relationship(
        order_by="SuggestionScore.id", cascade="all, delete-orphan"
    )
    effects: Mapped[list["SuggestionEffect"]] = relationship(
        order_by="SuggestionEffect.months", cascade="all, delete-orphan"
    )

    @property
    def is_named(self) -> bool:
        """Whether everybody knows who wrote it."""
        return self.naming == Naming.NAMED

    @property
    def is_ended(self) -> bool:
        """Whether nobody waits for anything any more."""
        return self.status in ENDED

    @property
    def total(self) -> int | None:
        """The mean of the points of those who scored it, rounded down; None before anybody did."""
        points = [score.total for score in self.scores]
        return sum(points) // len(points) if points else None

    @property
    def next_effect(self) -> "SuggestionEffect | None":
        """The next look at its effect that is still to be taken."""
        return next((each for each in self.effects if each.checked_at is None), None)


class SuggestionAuthor(Model):
    """Who wrote a suggestion whose author only the keeper knows; of a fully unnamed one there is no row."""

    __tablename__ = "suggestion_author"

    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)


class SuggestionDeadline(Model):
    """By when an answer is due, and when it came. A paused one waits for the author and is not held to account."""

    __tablename__ = "suggestion_deadline"
    __table_args__ = (
        CheckConstraint(one_of("stage", Stage), name="stage"),
        Index("ix_suggestion_deadline_suggestion", "suggestion_id"),
        Index("ix_suggestion_deadline_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), nullable=False)
    stage: Mapped[str] = mapped_column(String(12), nullable=False)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    met_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    paused: Mapped[bool] = mapped_column(nullable=False, default=False)


class SuggestionVote(Model):
    """That a person supports a suggestion: one vote each."""

    __tablename__ = "suggestion_vote"
    __table_args__ = (UniqueConstraint("suggestion_id", "user_id", name="uq_suggestion_vote_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    voted_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class SuggestionComment(Model):
    """What somebody says about a suggestion."""

    __tablename__ = "suggestion_comment"
    __table_args__ = (Index("ix_suggestion_comment_suggestion", "suggestion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class SuggestionScore(Model):
    """The points one reviewer gives by the sheet; ``points`` holds them by the name of each line of it."""

    __tablename__ = "suggestion_score"
    __table_args__ = (UniqueConstraint("suggestion_id", "reviewer_id", name="uq_suggestion_score_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), nullable=False)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    points: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False)
    total: Mapped[int] = mapped_column(Integer, nullable=False)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    scored_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    reviewer: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class SuggestionMilestone(Model):
    """A piece of the work with its day."""

    __tablename__ = "suggestion_milestone"
    __table_args__ = (Index("ix_suggestion_milestone_suggestion", "suggestion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), nullable=False)
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    text: Mapped[str] = mapped_column(String(200), nullable=False)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class SuggestionEffect(Model):
    """A later look at the effect, so many months after it was done."""

    __tablename__ = "suggestion_effect"
    __table_args__ = (UniqueConstraint("suggestion_id", "months", name="uq_suggestion_effect_months"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), nullable=False)
    months: Mapped[int] = mapped_column(Integer, nullable=False)
    due_on: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text, nullable=False, default="")
    benefit: Mapped[Decimal | None] = mapped_column(Amount())


class SuggestionTheme(VersionedMixin, Model):
    """What suggestions are asked for in a month; ``month`` is its first day."""

    __tablename__ = "suggestion_theme"
    __table_args__ = (UniqueConstraint("month", name="uq_suggestion_theme_month"),)

    month: Mapped[date] = mapped_column(Date, nullable=False)
    title: Mapped[str] = mapped_column(String(80), nullable=False)
    hint: Mapped[str] = mapped_column(Text, nullable=False, default="")

"""Tables of the question bank, of tests with their questions and sheets, and of certificates."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.core.questions import QuestionKind, QuestionMixin
from app.features.exams.enums import Difficulty, ExamStatus
from app.features.people.models import Department, User
from app.features.training.models import TrainingSession, TrainingSubject

MOST_ATTEMPTS = 10


class ExamQuestion(QuestionMixin, VersionedMixin, Model):
    """A question of the bank. ``answers`` are the places of the right options, ``about`` what it is taken from.

    A test keeps the question as it was when the test was published, so that a change here changes no result.
    """

    __tablename__ = "exam_question"
    __table_args__ = (
        CheckConstraint(one_of("kind", QuestionKind), name="kind"),
        CheckConstraint(one_of("difficulty", Difficulty), name="difficulty"),
        Index("ix_exam_question_subject", "subject_id", "difficulty"),
        # A question taken back with its import never hands its id, and with it its record, to another one.
        {"sqlite_autoincrement": True},
    )

    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    answers: Mapped[list[int]] = mapped_column(JSON, nullable=False)
    subject_id: Mapped[int] = mapped_column(ForeignKey("training_subject.id"), nullable=False)
    difficulty: Mapped[str] = mapped_column(String(12), nullable=False, default=Difficulty.BASIC)
    about: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    explanation: Mapped[str] = mapped_column(Text, nullable=False, default="")
    active: Mapped[bool] = mapped_column(nullable=False, default=True)

    subject: Mapped[TrainingSubject] = relationship(lazy="joined", innerjoin=True)


class Exam(DocumentMixin, Model):
    """A test: of a training session, or of a department (``department_id`` None: of the whole company).

    ``draw_count`` questions are drawn from the bank when it is published, besides those that were chosen.
    ``pass_mark`` is in percent of the questions; ``attempts`` is how often a person may try. It can be answered
    from ``opens_at`` until ``closes_at``.
    """

    __tablename__ = "exam"
    __table_args__ = (
        CheckConstraint(one_of("status", ExamStatus), name="status"),
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark"),
        CheckConstraint(f"attempts BETWEEN 1 AND {MOST_ATTEMPTS}", name="attempts"),
        CheckConstraint("closes_at > opens_at", name="forward"),
        CheckConstraint("draw_count >= 0", name="draw_count"),
        CheckConstraint(
            f"draw_difficulty IS NULL OR {one_of('draw_difficulty', Difficulty)}", name="draw_difficulty"
        ),
        Index("ix_exam_closes", "status", "closes_at"),
    )

    title: Mapped[str] = mapped_column(String(120), nullable=False)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id"), index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("training_subject.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    pass_mark: Mapped[int] = mapped_column(Integer, nullable=False, default=80)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    draw_count: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    draw_subject_id: Mapped[int | None] = mapped_column(ForeignKey("training_subject.id"))
    draw_difficulty: Mapped[str | None] = mapped_column(String(12))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="Exam.owner_id", lazy="joined", innerjoin=True)
    training_session: Mapped[TrainingSession | None] = relationship(lazy="select")
    subject: Mapped[TrainingSubject | None] = relationship(foreign_keys=[subject_id], lazy="joined")
    draw_subject: Mapped[TrainingSubject | None] = relationship(foreign_keys=[draw_subject_id], lazy="joined")
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id], lazy="joined")
    items: Mapped[list["ExamItem"]] = relationship(
        back_populates="exam", order_by="ExamItem.position", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def is_over(self) -> bool:
        """Whether nobody can answer it any more."""
        return self.status in (ExamStatus.CLOSED, ExamStatus.CANCELLED) or (
            self.status == ExamStatus.PUBLISHED and clock.now() >= self.closes_at
        )

    @property
    def is_open(self) -> bool:
        """Whether it can be answered now."""
        return self.status == ExamStatus.PUBLISHED and self.opens_at <= clock.now() < self.closes_at


class ExamItem(QuestionMixin, Model):
    """A question of a test, as it was when the test was published; ``drawn`` where nobody chose it."""

    __tablename__ = "exam_item"
    __table_args__ = (
        CheckConstraint(one_of("kind", QuestionKind), name="kind"),
        UniqueConstraint("exam_id", "question_id", name="uq_exam_item_question"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), nullable=False)
    question_id: Mapped[int] = mapped_column(ForeignKey("exam_question.id"), nullable=False, index=True)
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    answers: Mapped[list[int]] = mapped_column(JSON, nullable=False)
    about: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    explanation: Mapped[str] = mapped_column(Text, nullable=False, default="")
    drawn: Mapped[bool] = mapped_column(nullable=False, default=False)

    exam: Mapped[Exam] = relationship(back_populates="items")


class ExamSheet(Model):
    """One attempt of a person at a test: what was ticked so far, and once handed in how it was judged.

    ``answers`` holds for the id of an item (as text) the places of the ticked options.
    """

    __tablename__ = "exam_sheet"
    __table_args__ = (
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint(
            "(submitted_at IS NULL) = (right_count IS NULL) AND (submitted_at IS NULL) = (passed IS NULL)",
            name="judged",
        ),
        CheckConstraint("right_count IS NULL OR right_count BETWEEN 0 AND total", name="right_count"),
        UniqueConstraint("exam_id", "user_id", "attempt", name="uq_exam_sheet_attempt"),
        Index("ix_exam_sheet_person", "user_id", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    attempt: Mapped[int] = mapped_column(Integer, nullable=False)
    answers: Mapped[dict[str, list[int]]] = mapped_column(JSON, nullable=False, default=dict)
    total: Mapped[int] = mapped_column(Integer, nullable=False)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    right_count: Mapped[int | None] = mapped_column(Integer)
    passed: Mapped[bool | None] = mapped_column()

    exam: Mapped[Exam] = relationship(lazy="joined", innerjoin=True)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def score(self) -> int | None:
        """The share of right answers in whole percent, rounded down; None before it was handed in."""
        return None if self.right_count is None else 100 * self.right_count // self.total


class Certificate(VersionedMixin, Model):
    """A certificate issued to a person: a signed file, kept for good, recognised again by its code or hash.

    ``title`` says what for; ``exam_id`` is the test it rests on, where there is one. A revoked one stays, with the
    reason.
    """

    __tablename__ = "exam_certificate"
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason = '')", name="revoked"),
        CheckConstraint("valid_until IS NULL OR valid_until >= issued_on", name="valid"),
    )

    number: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    person_name: Mapped[str] = mapped_column(String(80), nullable=False)
    title: Mapped[str] = mapped_column(String(120), nullable=False)
    basis: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exam.id"), index=True)
    issued_on: Mapped[date] = mapped_column(Date, nullable=False)
    valid_until: Mapped[date | None] = mapped_column(Date)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    code: Mapped[str] = mapped_column(String(24), nullable=False, unique=True)
    document_id: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    sha256: Mapped[str] = mapped_column(String(64), nullable=False, index=True)
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    revoke_reason: Mapped[str] = mapped_column(String(200), nullable=False, default="")

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)
    issued_by: Mapped[User] = relationship(foreign_keys=[issued_by_id], lazy="joined", innerjoin=True)

    @property
    def is_valid(self) -> bool:
        """Whether it stands today: neither revoked nor past its date."""
        return self.revoked_at is None and (self.valid_until is None or self.valid_until >= clock.today())

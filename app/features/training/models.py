"""Tables of training: subjects, providers, weekly series, the pool of topics, sessions, who takes part, feedback."""

from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Amount, DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.features.people.models import Department, User
from app.features.rules.models import RuleVersion
from app.features.training.enums import (
    Attendance,
    PersonStatus,
    Presence,
    SessionForm,
    SessionStatus,
    SignInMethod,
    TopicStatus,
)

MOST_SEATS = 500
BEST_SCORE = 5
LONGEST_MINUTES = 12 * 60


class TrainingSubject(VersionedMixin, Model):
    """What is taught, such as 产品知识; ``key`` names one of the six that come with the product, else it is empty."""

    __tablename__ = "training_subject"

    key: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    description: Mapped[str] = mapped_column(Text, nullable=False, default="")
    active: Mapped[bool] = mapped_column(nullable=False, default=True)


class TrainingProvider(VersionedMixin, Model):
    """Who gives a training from outside: an institute, a manufacturer, a teacher."""

    __tablename__ = "training_provider"

    name: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    contact: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    remark: Mapped[str] = mapped_column(Text, nullable=False, default="")
    active: Mapped[bool] = mapped_column(nullable=False, default=True)


class TrainingSeries(VersionedMixin, Model):
    """A session every week on a day (Monday is 0) at a time of the company's zone, from ``starts_on`` on.

    ``audience`` holds the ids of departments, none for the whole company; ``attendance`` says whether they must come.
    """

    __tablename__ = "training_series"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(f"minutes BETWEEN 10 AND {LONGEST_MINUTES}", name="minutes"),
        CheckConstraint(f"capacity IS NULL OR capacity BETWEEN 1 AND {MOST_SEATS}", name="capacity"),
        CheckConstraint(one_of("attendance", Attendance), name="attendance"),
        CheckConstraint(one_of("form", SessionForm), name="form"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="forward"),
    )

    title: Mapped[str] = mapped_column(String(120), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("training_subject.id"))
    weekday: Mapped[int] = mapped_column(Integer, nullable=False)
    begins: Mapped[time] = mapped_column(Time, nullable=False)
    minutes: Mapped[int] = mapped_column(Integer, nullable=False, default=60)
    form: Mapped[str] = mapped_column(String(12), nullable=False, default=SessionForm.INSIDE)
    place: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    chair_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    capacity: Mapped[int | None] = mapped_column(Integer)
    audience: Mapped[list[int]] = mapped_column(JSON, nullable=False, default=list)
    attendance: Mapped[str] = mapped_column(String(12), nullable=False, default=Attendance.REQUIRED)
    starts_on: Mapped[date] = mapped_column(Date, nullable=False)
    ends_on: Mapped[date | None] = mapped_column(Date)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    subject: Mapped[TrainingSubject | None] = relationship(lazy="joined")
    chair: Mapped[User] = relationship(foreign_keys=[chair_id], lazy="joined", innerjoin=True)


class TrainingTopic(VersionedMixin, Model):
    """A topic of the pool: proposed by somebody, or taken out of the week's documents, which are then named.

    ``proposed_by`` is who put it into the pool; a document is in the pool once.
    """

    __tablename__ = "training_topic"
    __table_args__ = (
        CheckConstraint(one_of("status", TopicStatus), name="status"),
        CheckConstraint("(doc_type IS NULL) = (doc_id IS NULL)", name="document"),
        CheckConstraint("status <> 'dropped' OR reason <> ''", name="dropped_for_a_reason"),
        UniqueConstraint("doc_type", "doc_id", name="uq_training_topic_document"),
    )

    title: Mapped[str] = mapped_column(String(200), nullable=False)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    status: Mapped[str] = mapped_column(String(12), nullable=False, default=TopicStatus.WANTED, index=True)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    reason: Mapped[str] = mapped_column(String(200), nullable=False, default="")

    proposed_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class TopicVote(Model):
    """Somebody wants to hear about a topic."""

    __tablename__ = "training_topic_vote"

    topic_id: Mapped[int] = mapped_column(ForeignKey("training_topic.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)


class TrainingSession(DocumentMixin, Model):
    """A training session, from the plan to the record of who was there; ``owner`` planned it. Its life is the flow.

    ``department`` is whose session it is; ``audience`` holds the ids of the departments it is for, none for the
    whole company, and ``attendance`` says whether they must come. ``capacity`` None takes everybody. A session that
    was moved keeps its date, and the one it was moved to names it as ``moved_from``. ``series_day`` is the day for
    which a series made it: the series makes no second one. ``week`` is the Monday of its week, in the company's
    zone. ``cost`` is in yuan. ``code_secret`` is what the rotating code of signing in is made with; without it there
    is none.
    """

    __tablename__ = "training_session"
    __table_args__ = (
        CheckConstraint(one_of("status", SessionStatus), name="status"),
        CheckConstraint(one_of("form", SessionForm), name="form"),
        CheckConstraint(one_of("attendance", Attendance), name="attendance"),
        CheckConstraint("ends_at > starts_at", name="forward"),
        CheckConstraint(f"capacity IS NULL OR capacity BETWEEN 1 AND {MOST_SEATS}", name="capacity"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
        CheckConstraint("(series_id IS NULL) = (series_day IS NULL)", name="series"),
        CheckConstraint(
            "status NOT IN ('wrap_up', 'completed') OR wrapped_up_at IS NOT NULL", name="wrapped_up"
        ),
        UniqueConstraint("series_id", "series_day", name="uq_training_session_series_day"),
        UniqueConstraint("moved_from_id", name="uq_training_session_moved_from_id"),
        Index("ix_training_session_starts", "starts_at", "id"),
    )

    title: Mapped[str] = mapped_column(String(120), nullable=False)
    summary: Mapped[str] = mapped_column(Text, nullable=False, default="")
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("training_subject.id"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("training_series.id"))
    series_day: Mapped[date | None] = mapped_column(Date)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("training_topic.id"), index=True)
    chair_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("training_provider.id"), index=True)
    form: Mapped[str] = mapped_column(String(12), nullable=False, default=SessionForm.INSIDE)
    cost: Mapped[Decimal | None] = mapped_column(Amount())
    place: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    week: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    capacity: Mapped[int | None] = mapped_column(Integer)
    audience: Mapped[list[int]] = mapped_column(JSON, nullable=False, default=list)
    attendance: Mapped[str] = mapped_column(String(12), nullable=False, default=Attendance.OPTIONAL)
    rule_version_id: Mapped[int | None] = mapped_column(ForeignKey("rule_version.id"), index=True)
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id"))
    announced_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    wrapped_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    outcome: Mapped[str] = mapped_column(Text, nullable=False, default="")
    code_secret: Mapped[str | None] = mapped_column(String(64))

    owner: Mapped[User] = relationship(foreign_keys="TrainingSession.owner_id", lazy="joined", innerjoin=True)
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    subject: Mapped[TrainingSubject | None] = relationship(lazy="joined")
    series: Mapped[TrainingSeries | None] = relationship(lazy="select")
    topic: Mapped[TrainingTopic | None] = relationship(lazy="select")
    chair: Mapped[User] = relationship(foreign_keys=[chair_id], lazy="joined", innerjoin=True)
    provider: Mapped[TrainingProvider | None] = relationship(lazy="joined")
    rule_version: Mapped[RuleVersion | None] = relationship(lazy="select")
    moved_from: Mapped["TrainingSession | None"] = relationship(
        remote_side="TrainingSession.id", foreign_keys=[moved_from_id], lazy="select"
    )
    people: Mapped[list["TrainingPerson"]] = relationship(
        back_populates="training_session", order_by="TrainingPerson.id", lazy="select"
    )


class TrainingPerson(VersionedMixin, Model):
    """A person's part in a session. ``queue_number`` orders those who wait for a seat and is kept by nobody else.

    ``presence`` is how the person was there, as it was signed in by whom, when and how; ``status`` goes on to the
    test and the feedback.
    """

    __tablename__ = "training_person"
    __table_args__ = (
        CheckConstraint(one_of("status", PersonStatus), name="status"),
        CheckConstraint(one_of("attendance", Attendance), name="attendance"),
        CheckConstraint(f"presence IS NULL OR {one_of('presence', Presence)}", name="presence"),
        CheckConstraint(
            f"signed_in_how IS NULL OR {one_of('signed_in_how', SignInMethod)}", name="signed_in_how"
        ),
        CheckConstraint("(status = 'waitlisted') = (queue_number IS NOT NULL)", name="queue"),
        CheckConstraint(
            "status NOT IN ('leave_asked', 'leave_granted') OR leave_reason <> ''", name="leave_with_reason"
        ),
        CheckConstraint(
            "(status IN ('present', 'late', 'left_early', 'absent', 'tested', 'gave_feedback')) "
            "= (presence IS NOT NULL)",
            name="presence_known",
        ),
        CheckConstraint(
            "presence IS NULL OR presence = 'absent' OR (signed_in_at IS NOT NULL AND signed_in_how IS NOT NULL)",
            name="signed_in",
        ),
        CheckConstraint(
            "status NOT IN ('tested', 'gave_feedback') OR presence <> 'absent'", name="was_there"
        ),
        UniqueConstraint("session_id", "user_id", name="uq_training_person_session_id_user_id"),
        UniqueConstraint("session_id", "queue_number", name="uq_training_person_queue"),
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    attendance: Mapped[str] = mapped_column(String(12), nullable=False, default=Attendance.OPTIONAL)
    status: Mapped[str] = mapped_column(String(20), nullable=False, default=PersonStatus.ENROLLED)
    queue_number: Mapped[int | None] = mapped_column(Integer)
    enrolled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    leave_reason: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    leave_answer: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    leave_answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    presence: Mapped[str | None] = mapped_column(String(12))
    signed_in_how: Mapped[str | None] = mapped_column(String(12))
    signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    signed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    tested_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    training_session: Mapped[TrainingSession] = relationship(back_populates="people")
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)


class TrainingFeedback(Model):
    """What somebody who was there thought of a session, on scales from 1 to 5; it does not say who.

    That a person answered is known from their state alone; the day is kept, the moment is not.
    """

    __tablename__ = "training_feedback"
    __table_args__ = (
        CheckConstraint(f"content BETWEEN 1 AND {BEST_SCORE}", name="content"),
        CheckConstraint(f"delivery BETWEEN 1 AND {BEST_SCORE}", name="delivery"),
        CheckConstraint(f"usefulness BETWEEN 1 AND {BEST_SCORE}", name="usefulness"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), nullable=False, index=True)
    content: Mapped[int] = mapped_column(Integer, nullable=False)
    delivery: Mapped[int] = mapped_column(Integer, nullable=False)
    usefulness: Mapped[int] = mapped_column(Integer, nullable=False)
    comment: Mapped[str] = mapped_column(Text, nullable=False, default="")
    given_on: Mapped[date] = mapped_column(Date, nullable=False, default=clock.today)

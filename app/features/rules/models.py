"""Tables of rules: a rule, its versions, their clauses, and who read and signed them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    ScalarSelect,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.core.db_objects import make_append_only
from app.core.files import StoredFile
from app.core.questions import QuestionMixin
from app.features.people.models import Department, User
from app.features.rules import in_force
from app.features.rules.clause_text import Body, from_plain
from app.features.rules.enums import (
    CommentAnswer,
    NumberStyle,
    RecordKind,
    RuleCategory,
    SignatureWay,
    Standing,
    TextReading,
    VersionStatus,
)

PUBLISHED = (VersionStatus.APPROVED, VersionStatus.VOID)
TODAY = bindparam("today", callable_=clock.today, type_=Date)


class Rule(VersionedMixin, Model):
    """A rule as it lives through its versions; whose it is, and when it is looked at again."""

    __tablename__ = "rule"

    number: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    review_on: Mapped[date | None] = mapped_column(Date)

    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    versions: Mapped[list["RuleVersion"]] = relationship(
        back_populates="rule", order_by="RuleVersion.sequence", lazy="selectin"
    )

    @property
    def published(self) -> list["RuleVersion"]:
        """The versions that were approved, oldest first, those made void since included."""
        return [version for version in self.versions if version.is_published]

    def published_before(self, version: "RuleVersion") -> list["RuleVersion"]:
        """Return the published versions besides one."""
        return [other for other in self.published if other is not version]

    @property
    def in_force(self) -> "RuleVersion | None":
        """The version in force today."""
        return in_force.in_force(self.published, clock.today())  # type: ignore[type-var]

    @property
    def newest(self) -> "RuleVersion | None":
        """The newest published version that counts: the one in force, or one that will be."""
        counting = [
            version for version in self.published if version.standing in (Standing.IN_FORCE, Standing.PENDING)
        ]
        return max(counting, key=lambda version: version.sequence, default=None)

    @property
    def working(self) -> "RuleVersion | None":
        """The version that is being worked on; there is one at most."""
        open_states = (VersionStatus.DRAFT, VersionStatus.CONSULTATION, VersionStatus.REVIEW)
        return next((version for version in self.versions if version.status in open_states), None)


class RuleVersion(DocumentMixin, Model):
    """One version of a rule, with its own life. ``edition`` and ``correction`` are given with the approval.

    ``origin_type`` and ``origin_id`` name the document it was begun for, such as a suggestion; usually there is none.
    """

    __tablename__ = "rule_version"
    __table_args__ = (
        CheckConstraint(one_of("status", VersionStatus), name="status"),
        CheckConstraint(one_of("category", RuleCategory), name="category"),
        CheckConstraint("sequence > 0", name="sequence"),
        CheckConstraint(
            "status NOT IN ('approved', 'void') OR (effective_on IS NOT NULL AND edition IS NOT NULL "
            "AND content_hash IS NOT NULL AND approved_by_id IS NOT NULL)",
            name="published_whole",
        ),
        CheckConstraint("status <> 'void' OR void_on IS NOT NULL", name="void_from_a_day"),
        UniqueConstraint("rule_id", "sequence", name="uq_rule_version_sequence"),
        Index("ix_rule_version_effect", "rule_id", "effective_on"),
    )

    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"), nullable=False)
    sequence: Mapped[int] = mapped_column(Integer, nullable=False)
    edition: Mapped[int | None] = mapped_column(Integer)
    correction: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    title: Mapped[str] = mapped_column(String(120), nullable=False)
    category: Mapped[str] = mapped_column(String(20), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    summary: Mapped[str] = mapped_column(Text, nullable=False, default="")
    for_everybody: Mapped[bool] = mapped_column(nullable=False, default=True)
    affects_staff: Mapped[bool] = mapped_column(nullable=False, default=False)
    comments_until: Mapped[date | None] = mapped_column(Date)
    consulted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    returned: Mapped[bool] = mapped_column(nullable=False, default=False)
    effective_on: Mapped[date | None] = mapped_column(Date)
    material: Mapped[bool] = mapped_column(nullable=False, default=True)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    void_on: Mapped[date | None] = mapped_column(Date)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    origin_type: Mapped[str | None] = mapped_column(String(40))
    origin_id: Mapped[int | None] = mapped_column(Integer)

    rule: Mapped[Rule] = relationship(back_populates="versions", lazy="joined", innerjoin=True)
    owner: Mapped[User] = relationship(foreign_keys="RuleVersion.owner_id", lazy="joined", innerjoin=True)
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="joined")
    clauses: Mapped[list["ClauseText"]] = relationship(
        back_populates="rule_version", order_by="ClauseText.position", cascade="all, delete-orphan"
    )
    scopes: Mapped[list["RuleScope"]] = relationship(cascade="all, delete-orphan")
    comments: Mapped[list["RuleComment"]] = relationship(order_by="RuleComment.id")
    records: Mapped[list["ProcedureRecord"]] = relationship(
        order_by="ProcedureRecord.id", cascade="all, delete-orphan"
    )
    questions: Mapped[list["RuleQuestion"]] = relationship(
        order_by="RuleQuestion.position", cascade="all, delete-orphan"
    )

    attachments: Mapped[list["RuleAttachment"]] = relationship(
        order_by="RuleAttachment.id", cascade="all, delete-orphan"
    )

    pictures: Mapped[list["RulePicture"]] = relationship(
        order_by="RulePicture.id", cascade="all, delete-orphan"
    )

    @property
    def is_published(self) -> bool:
        """Whether the version was ever approved."""
        return self.status in PUBLISHED

    @property
    def standing(self) -> Standing | None:
        """How a published version stands today; None for one that is not published."""
        if not self.is_published:
            return None
        return in_force.standing(self, self.rule.published, clock.today())  # type: ignore[type-var]

    @hybrid_property
    def shown_status(self) -> str:
        """The state a reader is told: pending, in force, superseded or void for a published version."""
        found = self.standing
        return str(found) if found is not None else self.status

    @shown_status.inplace.expression
    @classmethod
    def _shown_status_in_sql(cls) -> ColumnElement[str]:
        return case(
            (cls.status.not_in(PUBLISHED), cls.status),
            (cls.void_on <= cls.effective_on, literal(str(Standing.VOID))),
            (cls.void_on <= TODAY, literal(str(Standing.VOID))),
            (cls.effective_on > TODAY, literal(str(Standing.PENDING))),
            (cls.id == latest_effective_id(cls.rule_id), literal(str(Standing.IN_FORCE))),
            else_=literal(str(Standing.SUPERSEDED)),
        )


def latest_effective_id(rule_id: Any) -> ScalarSelect[int]:
    """Return the SELECT of the version of a rule that came into effect last, as `in_force.latest_effective` says."""
    other = aliased(RuleVersion)
    return (
        select(other.id)
        .where(
            other.rule_id == rule_id,
            other.status.in_(PUBLISHED),
            other.effective_on <= TODAY,
            or_(other.void_on.is_(None), other.void_on > other.effective_on),
        )
        .order_by(other.effective_on.desc(), other.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )


def is_in_force() -> ColumnElement[bool]:
    """Return the condition that a version is the one in force today."""
    return and_(
        RuleVersion.id == latest_effective_id(RuleVersion.rule_id),
        or_(RuleVersion.void_on.is_(None), RuleVersion.void_on > TODAY),
    )


def is_or_was_in_force() -> ColumnElement[bool]:
    """Return the condition that a version was approved and does not lie ahead: in force, superseded or void."""
    return and_(
        RuleVersion.status.in_(PUBLISHED),
        or_(RuleVersion.effective_on <= TODAY, RuleVersion.void_on <= RuleVersion.effective_on),
    )


class RuleScope(Model):
    """Whom a version concerns, where not everybody: a department with all below it, or a role."""

    __tablename__ = "rule_scope"
    __table_args__ = (
        CheckConstraint("(department_id IS NULL) <> (role IS NULL)", name="department_or_role"),
        Index("ix_rule_scope_version", "version_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id", ondelete="CASCADE"), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    role: Mapped[str | None] = mapped_column(String(32))


class RuleClause(Model):
    """The identity of a clause: what links, comments and questions name while its number and text change."""

    __tablename__ = "rule_clause"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"), nullable=False, index=True)


class ClauseText(Model):
    """A clause as it stands in one version. ``number`` and ``cited`` follow from the order; they are kept for
    search and for links from elsewhere.

    ``revision`` rises with each change of its text: two people who edit the same clause are told of each other.
    """

    __tablename__ = "clause_text"
    __table_args__ = (
        CheckConstraint(one_of("style", NumberStyle), name="style"),
        CheckConstraint("level BETWEEN 1 AND 6", name="level"),
        CheckConstraint("start IS NULL OR start BETWEEN 1 AND 999", name="start"),
        UniqueConstraint("version_id", "clause_id", name="uq_clause_text_once_in_a_version"),
        Index("ix_clause_text_place", "version_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False)
    clause_id: Mapped[int] = mapped_column(ForeignKey("rule_clause.id"), nullable=False, index=True)
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    level: Mapped[int] = mapped_column(Integer, nullable=False)
    style: Mapped[str] = mapped_column(String(24), nullable=False)
    start: Mapped[int | None] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(24), nullable=False, default="")
    cited: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    title: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    plain: Mapped[list[dict[str, Any]]] = mapped_column(JSON, nullable=False, default=list)
    revision: Mapped[int] = mapped_column(Integer, nullable=False, default=1)

    rule_version: Mapped[RuleVersion] = relationship(back_populates="clauses")

    @property
    def body(self) -> Body:
        """The text of the clause."""
        return from_plain(self.plain)


class RuleAttachment(Model):
    """A file that belongs to what a version says: ``text`` is what was read of it, for the search alone."""

    __tablename__ = "rule_attachment"
    __table_args__ = (CheckConstraint(one_of("reading", TextReading), name="reading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False, index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False, unique=True)
    reading: Mapped[str] = mapped_column(String(12), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False, default="", deferred=True)

    stored_file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class RulePicture(Model):
    """A picture brought for the clauses of a version, with its size in pixels; the text names its file."""

    __tablename__ = "rule_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False, index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False, unique=True)
    width: Mapped[int] = mapped_column(Integer, nullable=False)
    height: Mapped[int] = mapped_column(Integer, nullable=False)

    stored_file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class RuleComment(Model):
    """What somebody said of a version, or of one clause, while it was open for comments, and what was answered."""

    __tablename__ = "rule_comment"
    __table_args__ = (
        CheckConstraint(f"answer IS NULL OR {one_of('answer', CommentAnswer)}", name="answer"),
        CheckConstraint("answer IS NULL OR answered_by_id IS NOT NULL", name="answered_by_somebody"),
        Index("ix_rule_comment_version", "version_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False)
    clause_id: Mapped[int | None] = mapped_column(ForeignKey("rule_clause.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    answer: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="joined", innerjoin=True)
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="joined")


class ProcedureRecord(Model):
    """A record of the procedure before approval, with its papers: who met, when, with what result."""

    __tablename__ = "procedure_record"
    __table_args__ = (
        CheckConstraint(one_of("kind", RecordKind), name="kind"),
        UniqueConstraint("version_id", "kind", name="uq_procedure_record_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(24), nullable=False)
    held_on: Mapped[date] = mapped_column(Date, nullable=False)
    participants: Mapped[str] = mapped_column(Text, nullable=False)
    result: Mapped[str] = mapped_column(Text, nullable=False)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class RuleQuestion(QuestionMixin, Model):
    """A question to the reader before signing; ``answer`` is the place of the right option."""

    __tablename__ = "rule_question"
    __table_args__ = (
        CheckConstraint("answer >= 0", name="answer"),
        Index("ix_rule_question_version", "version_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False)
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    clause_id: Mapped[int | None] = mapped_column(ForeignKey("rule_clause.id"))
    answer: Mapped[int] = mapped_column(Integer, nullable=False)


class RuleReading(Model):
    """That somebody opened a version, came to its end, and how often the questions were tried."""

    __tablename__ = "rule_reading"
    __table_args__ = (UniqueConstraint("version_id", "user_id", name="uq_rule_reading_person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    end_reached_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)


class RuleSignature(Model):
    """That a person confirmed having read and understood a version; every fact of it as it was then.

    ``basis`` names the session and the test by which it was signed, where it was signed by training.
    """

    __tablename__ = "rule_signature"
    __table_args__ = (
        CheckConstraint(one_of("way", SignatureWay), name="way"),
        CheckConstraint(
            "(way = 'paper') = (entered_by_id IS NOT NULL AND stored_file_id IS NOT NULL)", name="paper"
        ),
        CheckConstraint("(way = 'training') = (basis <> '')", name="basis"),
        UniqueConstraint("version_id", "user_id", name="uq_rule_signature_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    staff_number: Mapped[str] = mapped_column(String(40), nullable=False)
    department: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    way: Mapped[str] = mapped_column(String(12), nullable=False)
    title: Mapped[str] = mapped_column(String(120), nullable=False)
    label: Mapped[str] = mapped_column(String(40), nullable=False)
    wording: Mapped[str] = mapped_column(Text, nullable=False)
    content_hash: Mapped[str] = mapped_column(String(64), nullable=False)
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    end_reached_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    address: Mapped[str] = mapped_column(String(64), nullable=False, default="")
    questions: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    basis: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))


class RuleEvidence(Model):
    """A proof of reading that was made: a signed file, kept for good, recognised again by its hash.

    ``user_id`` names the one person it is about; without it the proof is about everybody who signed. ``letters_hash``
    stands for the letters on account use and delivery that were on file then.
    """

    __tablename__ = "rule_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    signatures: Mapped[int] = mapped_column(Integer, nullable=False)
    letters_hash: Mapped[str] = mapped_column(String(64), nullable=False, server_default="")
    code: Mapped[str] = mapped_column(String(24), nullable=False, unique=True)
    document_id: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    sha256: Mapped[str] = mapped_column(String(64), nullable=False, index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    rule_version: Mapped[RuleVersion] = relationship(lazy="joined", innerjoin=True)


make_append_only(RuleEvidence.__table__)  # type: ignore[arg-type]
make_append_only(RuleSignature.__table__)  # type: ignore[arg-type]

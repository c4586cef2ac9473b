"""The table of checks: what was found of one clause at one person or department, and what came of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import findings
from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.core.i18n import gettext as _
from app.core.timeline import SYSTEM_NAME
from app.features.checks.enums import CheckResult, CheckStatus
from app.features.people.models import Department, User


class ClauseCheck(DocumentMixin, Model):
    """A check of a clause as it stood in one version; ``owner`` recorded it, nobody where the system found it.

    It is about a person or about a department; ``department_id`` is theirs, whose head it concerns too. What the
    system found has no ``note`` but the kind of finding and the document it is about, told in the reader's language;
    ``finding_key`` keeps it from being found twice.
    """

    __tablename__ = "clause_check"
    __table_args__ = (
        CheckConstraint(one_of("status", CheckStatus), name="status"),
        CheckConstraint(one_of("result", CheckResult), name="result"),
        CheckConstraint("subject_id IS NULL OR subject_id <> owner_id", name="two_people"),
        CheckConstraint("(owner_id IS NULL) = (finding_key IS NOT NULL)", name="recorded_by_somebody"),
        CheckConstraint("status <> 'closed' OR closed_at IS NOT NULL", name="closed_at_a_time"),
        Index("ix_clause_check_clause", "clause_id", "result"),
    )

    # Nobody records what the system finds.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)  # type: ignore[assignment]
    clause_id: Mapped[int] = mapped_column(ForeignKey("rule_clause.id"), nullable=False)
    rule_version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False)
    rule_title: Mapped[str] = mapped_column(String(120), nullable=False)
    clause_name: Mapped[str] = mapped_column(String(80), nullable=False)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    result: Mapped[str] = mapped_column(String(12), nullable=False)
    note: Mapped[str] = mapped_column(Text, nullable=False)
    explanation: Mapped[str] = mapped_column(Text, nullable=False, default="")
    explained_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed: Mapped[str] = mapped_column(Text, nullable=False, default="")
    look_again_on: Mapped[date | None] = mapped_column(Date)
    conclusion: Mapped[str] = mapped_column(Text, nullable=False, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    finding_kind: Mapped[str | None] = mapped_column(String(40))
    finding_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    doc_number: Mapped[str] = mapped_column(String(40), nullable=False, default="")

    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], lazy="joined")
    subject: Mapped[User | None] = relationship(foreign_keys=[subject_id], lazy="joined")
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    explained_by: Mapped[User | None] = relationship(foreign_keys=[explained_by_id], lazy="joined")

    @property
    def is_conforming(self) -> bool:
        """Whether the clause was found kept."""
        return self.result == CheckResult.CONFORMING

    @property
    def is_found(self) -> bool:
        """Whether the system found it, and nobody recorded it."""
        return self.finding_key is not None

    @property
    def recorder_name(self) -> str:
        """Who recorded it: a person, else the system by its name in the reader's language."""
        return self.owner.name if self.owner is not None else str(SYSTEM_NAME)

    @property
    def told(self) -> str:
        """What was found, in the recorder's words, else as the system says it."""
        if not self.finding_kind:
            return self.note
        return findings.describe(self.finding_kind, self.doc_number or _("（未编号）"))

    @property
    def subject_name(self) -> str:
        """Whom the check is about: the person, else the department."""
        return self.subject.name if self.subject is not None else self.department.name

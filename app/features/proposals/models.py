"""Tables of reward and penalty proposals: the proposal, its evidence, tips of the staff, ranges kept at clauses."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
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

from app.core import clock, configuration
from app.core.db import Amount, DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.core.files import StoredFile
from app.features.people.models import Department, User
from app.features.proposals.enums import (
    Decision,
    EvidenceKind,
    ProposalKind,
    ProposalStatus,
    TipStatus,
)


class Proposal(DocumentMixin, Model):
    """A reward or penalty proposed for a person by a clause as it stood in one version; ``owner`` proposes it.

    ``check_id`` and ``tip_id`` name what it came from; a proposal that is withdrawn lets go of both. ``month`` is
    the first day of the month in which it was submitted, in the company's zone. ``heard_at`` is when the person spoke.
    ``decided_for_id`` is whom the decider stood in for: neither of them decides on the appeal.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(one_of("status", ProposalStatus), name="status"),
        CheckConstraint(one_of("kind", ProposalKind), name="kind"),
        CheckConstraint("subject_id <> owner_id", name="two_people"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount"),
        CheckConstraint(f"decision IS NULL OR {one_of('decision', Decision)}", name="decision"),
        CheckConstraint(
            f"second_decision IS NULL OR {one_of('second_decision', Decision)}", name="second_decision"
        ),
        CheckConstraint(
            "status IN ('draft', 'withdrawn') OR (submitted_at IS NOT NULL AND month IS NOT NULL)",
            name="submitted",
        ),
        CheckConstraint("(decision IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint(
            "second_decided_by_id IS NULL OR second_decided_by_id <> decided_by_id", name="decided_by_two"
        ),
        CheckConstraint(
            "kind <> 'penalty' OR decision IS NULL OR (joint_liability IS NOT NULL AND joint_reason <> '')",
            name="joint_liability_answered",
        ),
        Index("ix_proposal_month", "month", "department_id"),
    )

    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    subject_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("rule_clause.id"), nullable=False, index=True)
    rule_version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), nullable=False)
    rule_title: Mapped[str] = mapped_column(String(120), nullable=False)
    clause_name: Mapped[str] = mapped_column(String(80), nullable=False)
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    place: Mapped[str] = mapped_column(String(200), nullable=False)
    facts: Mapped[str] = mapped_column(Text, nullable=False)
    measure: Mapped[str] = mapped_column(Text, nullable=False)
    amount: Mapped[Decimal | None] = mapped_column(Amount())
    check_id: Mapped[int | None] = mapped_column(ForeignKey("clause_check.id"), unique=True)
    tip_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_tip.id"), unique=True)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    month: Mapped[date | None] = mapped_column(Date)
    hearing_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    heard_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    no_objection: Mapped[bool] = mapped_column(nullable=False, default=False)
    statement: Mapped[str] = mapped_column(Text, nullable=False, default="")
    joint_liability: Mapped[bool | None] = mapped_column()
    joint_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    decision: Mapped[str | None] = mapped_column(String(12))
    decision_text: Mapped[str] = mapped_column(Text, nullable=False, default="")
    decided_measure: Mapped[str] = mapped_column(Text, nullable=False, default="")
    decided_amount: Mapped[Decimal | None] = mapped_column(Amount())
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_for_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    published: Mapped[bool] = mapped_column(nullable=False, default=False)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    served_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    appeal_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    appeal: Mapped[str] = mapped_column(Text, nullable=False, default="")
    appealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    second_decision: Mapped[str | None] = mapped_column(String(12))
    second_text: Mapped[str] = mapped_column(Text, nullable=False, default="")
    second_decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    second_decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    execution: Mapped[str] = mapped_column(Text, nullable=False, default="")
    executed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    executed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="Proposal.owner_id", lazy="joined", innerjoin=True)
    subject: Mapped[User] = relationship(foreign_keys=[subject_id], lazy="joined", innerjoin=True)
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")
    second_decided_by: Mapped[User | None] = relationship(foreign_keys=[second_decided_by_id], lazy="joined")
    witness: Mapped[User | None] = relationship(foreign_keys=[witness_id], lazy="joined")
    executed_by: Mapped[User | None] = relationship(foreign_keys=[executed_by_id], lazy="joined")
    evidence: Mapped[list["ProposalEvidence"]] = relationship(order_by="ProposalEvidence.id")

    @property
    def is_reward(self) -> bool:
        """Whether something good is proposed."""
        return self.kind == ProposalKind.REWARD

    @property
    def happened_on(self) -> date:
        """The day of the facts, by which the clause must have been in force."""
        return clock.to_local(self.happened_at).date()

    @property
    def final_decision(self) -> str | None:
        """What holds: the decision on the appeal where there is one, else the first one."""
        if self.second_decision in (None, Decision.AGREED):
            return self.decision
        return self.second_decision

    @property
    def appeal_over(self) -> bool:
        """Whether nobody can appeal any more: the person said so, or the time is over."""
        if self.accepted_at is not None:
            return True
        return self.appeal_due_at is not None and clock.now() > self.appeal_due_at


class ProposalEvidence(Model):
    """What speaks for the facts: a check, an event of a timeline, a file, or an address within the site as text.

    ``doc_type`` and ``doc_id`` name the document of a check or an event, ``event_seq`` the event itself.
    """

    __tablename__ = "proposal_evidence"
    __table_args__ = (
        CheckConstraint(one_of("kind", EvidenceKind), name="kind"),
        CheckConstraint("kind NOT IN ('check', 'event') OR doc_id IS NOT NULL", name="document"),
        CheckConstraint("kind <> 'event' OR event_seq IS NOT NULL", name="event"),
        CheckConstraint("kind <> 'file' OR stored_file_id IS NOT NULL", name="file"),
        CheckConstraint("kind <> 'address' OR address <> ''", name="address"),
        Index("ix_proposal_evidence_proposal", "proposal_id"),
        Index("ix_proposal_evidence_document", "doc_type", "doc_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    event_seq: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    address: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    note: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    stored_file: Mapped[StoredFile | None] = relationship(lazy="joined")


class ProposalTip(DocumentMixin, Model):
    """What somebody of the staff tells the head of a colleague's department; ``owner`` sent it."""

    __tablename__ = "proposal_tip"
    __table_args__ = (
        CheckConstraint(one_of("status", TipStatus), name="status"),
        CheckConstraint(one_of("kind", ProposalKind), name="kind"),
        CheckConstraint("subject_id <> owner_id", name="two_people"),
    )

    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    subject_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    clause_id: Mapped[int | None] = mapped_column(ForeignKey("rule_clause.id"))
    text: Mapped[str] = mapped_column(Text, nullable=False)

    owner: Mapped[User] = relationship(foreign_keys="ProposalTip.owner_id", lazy="joined", innerjoin=True)
    subject: Mapped[User] = relationship(foreign_keys=[subject_id], lazy="joined", innerjoin=True)


class ClauseRange(VersionedMixin, Model):
    """Between which amounts a penalty by a clause lies, in yuan; it belongs to the identity of the clause."""

    __tablename__ = "clause_range"
    __table_args__ = (
        UniqueConstraint("clause_id", name="uq_clause_range_clause_id"),
        CheckConstraint("least IS NULL OR least >= 0", name="least"),
        CheckConstraint("most IS NULL OR least IS NULL OR most >= least", name="most"),
    )

    clause_id: Mapped[int] = mapped_column(ForeignKey("rule_clause.id"), nullable=False)
    least: Mapped[Decimal | None] = mapped_column(Amount())
    most: Mapped[Decimal | None] = mapped_column(Amount())
    set_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)

    def holds(self, amount: Decimal | None) -> bool:
        """Tell whether an amount lies within the range; no amount is less than any, unless nothing is asked for."""
        found = amount if amount is not None else Decimal(0)
        return (self.least is None or found >= self.least) and (self.most is None or found <= self.most)


# Read with every rule that is opened, changed now and then.
configuration.watch(ClauseRange.__table__)  # type: ignore[arg-type]

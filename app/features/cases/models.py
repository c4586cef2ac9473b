"""Tables of the library of cases: what was done and learnt, what it is tied to, what colleagues say of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.features.cases.enums import CaseStatus, MarkKind, Outcome, Stage
from app.features.people.models import Department, User


class CaseStudy(DocumentMixin, Model):
    """A case 案例; ``owner`` wrote it.

    ``anonymous`` leaves the customer out: the ``hidden_names``, one a line, are replaced in the texts whenever they
    are written, so that nothing that is stored or searched holds them, and links are shown to few. ``tags`` are
    words separated by spaces.
    """

    __tablename__ = "case_study"
    __table_args__ = (
        CheckConstraint(one_of("status", CaseStatus), name="status"),
        CheckConstraint(one_of("outcome", Outcome), name="outcome"),
        CheckConstraint(one_of("stage", Stage), name="stage"),
        CheckConstraint(
            "status NOT IN ('published', 'archived') OR (published_at IS NOT NULL AND checked_by_id IS NOT NULL)",
            name="checked_before_it_is_public",
        ),
        CheckConstraint("checked_by_id IS NULL OR checked_by_id <> owner_id", name="checked_by_another"),
    )

    title: Mapped[str] = mapped_column(String(120), nullable=False)
    outcome: Mapped[str] = mapped_column(String(12), nullable=False)
    stage: Mapped[str] = mapped_column(String(12), nullable=False)
    situation: Mapped[str] = mapped_column(Text, nullable=False, default="")
    done: Mapped[str] = mapped_column(Text, nullable=False, default="")
    result: Mapped[str] = mapped_column(Text, nullable=False, default="")
    lesson: Mapped[str] = mapped_column(Text, nullable=False, default="")
    figures: Mapped[str] = mapped_column(Text, nullable=False, default="")
    tags: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    anonymous: Mapped[bool] = mapped_column(nullable=False, default=False)
    hidden_names: Mapped[str] = mapped_column(Text, nullable=False, default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    owner: Mapped[User] = relationship(foreign_keys="CaseStudy.owner_id", lazy="joined", innerjoin=True)
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id], lazy="joined")
    department: Mapped[Department | None] = relationship(lazy="joined")
    links: Mapped[list["CaseLink"]] = relationship(order_by="CaseLink.id", cascade="all, delete-orphan")
    comments: Mapped[list["CaseComment"]] = relationship(order_by="CaseComment.id")

    @property
    def tag_list(self) -> list[str]:
        """The tags, one by one."""
        return self.tags.split()


class CaseLink(Model):
    """A document a case is tied to: a customer, a product, an inquiry, a quotation, whatever is registered."""

    __tablename__ = "case_link"
    __table_args__ = (
        UniqueConstraint("case_id", "doc_type", "doc_id", name="uq_case_link_document"),
        Index("ix_case_link_document", "doc_type", "doc_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_study.id"), nullable=False)
    doc_type: Mapped[str] = mapped_column(String(40), nullable=False)
    doc_id: Mapped[int] = mapped_column(Integer, nullable=False)


class CaseMark(Model):
    """What a colleague said of a case by a click; once each."""

    __tablename__ = "case_mark"
    __table_args__ = (
        CheckConstraint(one_of("kind", MarkKind), name="kind"),
        UniqueConstraint("case_id", "user_id", "kind", name="uq_case_mark_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_study.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class CaseComment(Model):
    """What a colleague wrote below a case."""

    __tablename__ = "case_comment"
    __table_args__ = (Index("ix_case_comment_case", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_study.id"), nullable=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    text: Mapped[str] = mapped_column(Text, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    author: Mapped[User] = relationship(lazy="joined", innerjoin=True)

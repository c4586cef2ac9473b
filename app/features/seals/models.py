"""Tables of seals: the legal entities, their seals, and the append-only register of each use."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
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
from app.core.db_objects import make_append_only
from app.features.people.models import User
from app.features.seals.enums import (
    DRAWABLE_KINDS,
    MANAGERS_PAPERS,
    MANAGERS_SEALS,
    Condition,
    PaperKind,
    RequestStatus,
    SealForm,
    SealKind,
    SealStatus,
    UseForm,
    UseMode,
)


class LegalEntity(VersionedMixin, Model):
    """A company that quotes and seals; its name is the only text a drawn seal may carry on its arc."""

    __tablename__ = "legal_entity"

    name: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    short_name: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    credit_code: Mapped[str] = mapped_column(String(18), nullable=False, unique=True)
    address: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    fax: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    email: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    bank: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    bank_account: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)


class Seal(VersionedMixin, Model):
    """A seal of a legal entity. ``diameter`` in millimetres; ``filed_number`` as filed with the police.

    Only seals for quotations and bids may be drawn by the system, and only after the leader's authorisation.
    """

    __tablename__ = "seal"
    __table_args__ = (
        CheckConstraint(one_of("kind", SealKind), name="kind"),
        CheckConstraint(one_of("form", SealForm), name="form"),
        CheckConstraint(one_of("status", SealStatus), name="status"),
        CheckConstraint(f"form = 'wet' OR {one_of('kind', DRAWABLE_KINDS)}", name="drawn_kind"),
        CheckConstraint("form = 'drawn' OR printing_authorised_at IS NULL", name="wet_never_printed"),
        CheckConstraint(
            "(printing_authorised_at IS NULL) = (printing_authorised_by_id IS NULL)",
            name="authorised_by_somebody",
        ),
        CheckConstraint("diameter BETWEEN 20 AND 60", name="diameter"),
        UniqueConstraint("legal_entity_id", "kind", "form", "purpose", name="uq_seal_purpose"),
    )

    legal_entity_id: Mapped[int] = mapped_column(ForeignKey("legal_entity.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(24), nullable=False)
    form: Mapped[str] = mapped_column(String(8), nullable=False)
    purpose: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    filed_number: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    diameter: Mapped[int] = mapped_column(Integer, nullable=False, default=42)
    keeper_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    status: Mapped[str] = mapped_column(String(8), nullable=False, default=SealStatus.ACTIVE)
    printing_authorised_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    printing_authorised_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    legal_entity: Mapped[LegalEntity] = relationship(lazy="joined", innerjoin=True)
    keeper: Mapped[User] = relationship(foreign_keys="Seal.keeper_id", lazy="joined", innerjoin=True)
    authorised_by: Mapped[User | None] = relationship(
        foreign_keys="Seal.printing_authorised_by_id", lazy="joined"
    )

    @property
    def may_be_printed(self) -> bool:
        """Whether the system may draw this seal on a document today."""
        return (
            self.status == SealStatus.ACTIVE
            and self.form == SealForm.DRAWN
            and self.printing_authorised_at is not None
            and self.legal_entity.active
        )


class SealRequest(DocumentMixin, Model):
    """A request for a wet seal on one paper, from the application to the filed scan. Its life is the flow.

    ``doc_type`` and ``doc_id`` name the document it is for, with ``content_hash`` as it was when asked; without them
    it is a paper of the free ``title``. ``impressions`` is the most that may be pressed, on ``copies`` copies of
    ``pages`` pages; what was really pressed stands in ``impressions_made`` and ``copies_made``.
    """

    __tablename__ = "seal_request"
    __table_args__ = (
        CheckConstraint(one_of("status", RequestStatus), name="status"),
        CheckConstraint(one_of("paper_kind", PaperKind), name="paper_kind"),
        CheckConstraint(one_of("mode", UseMode), name="mode"),
        CheckConstraint(f"condition IS NULL OR {one_of('condition', Condition)}", name="condition"),
        CheckConstraint("copies > 0", name="copies"),
        CheckConstraint("impressions > 0", name="impressions"),
        CheckConstraint("pages > 0", name="pages"),
        CheckConstraint(
            "impressions_made IS NULL OR impressions_made BETWEEN 0 AND impressions", name="impressions_made"
        ),
        CheckConstraint("(doc_type IS NULL) = (doc_id IS NULL)", name="document"),
        CheckConstraint(
            "status NOT IN ('approved', 'handed_over', 'stamped', 'out', 'back', 'closed') "
            "OR approved_by_id IS NOT NULL",
            name="approved_by_somebody",
        ),
        Index("ix_seal_request_document", "doc_type", "doc_id"),
        Index("ix_seal_request_created", "created_at", "id"),
        Index("ix_seal_request_due_back", "status", "due_back"),
    )

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    seal_id: Mapped[int] = mapped_column(ForeignKey("seal.id"), nullable=False, index=True)
    paper_kind: Mapped[str] = mapped_column(String(20), nullable=False)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[int | None] = mapped_column(Integer)
    doc_number: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    revision: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200), nullable=False)
    pages: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    copies: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    impressions: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    split_seal: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    mode: Mapped[str] = mapped_column(String(12), nullable=False, default=UseMode.STAMP)
    purpose: Mapped[str] = mapped_column(String(200), nullable=False)
    destination: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    copies_made: Mapped[int | None] = mapped_column(Integer)
    impressions_made: Mapped[int | None] = mapped_column(Integer)
    first_companion_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    second_companion_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_back: Mapped[datetime | None] = mapped_column(UTCDateTime())
    out_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    back_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    condition: Mapped[str | None] = mapped_column(String(12))
    originals: Mapped[str] = mapped_column(Text, nullable=False, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="SealRequest.owner_id", lazy="joined", innerjoin=True)
    seal: Mapped[Seal] = relationship(lazy="joined", innerjoin=True)
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="joined")
    used_by: Mapped[User | None] = relationship(foreign_keys=[used_by_id], lazy="joined")
    released_by: Mapped[User | None] = relationship(foreign_keys=[released_by_id], lazy="joined")
    first_companion: Mapped[User | None] = relationship(foreign_keys=[first_companion_id], lazy="joined")
    second_companion: Mapped[User | None] = relationship(foreign_keys=[second_companion_id], lazy="joined")

    @property
    def needs_leader(self) -> bool:
        """Whether the manager's approval is not enough: another paper or seal than his, or taken out of the house."""
        return (
            self.mode == UseMode.TAKE_OUT
            or self.paper_kind not in MANAGERS_PAPERS
            or self.seal.kind not in MANAGERS_SEALS
        )

    @property
    def overdue(self) -> bool:
        """Whether the seal is out beyond the time by which it was promised back: derived, never stored."""
        return self.status == RequestStatus.OUT and self.due_back is not None and self.due_back < clock.now()


class SealUse(Model):
    """One use of a seal on one document: who, when, how many, on whose approval, with the file hashes.

    ``request_id`` names the request where the seal was pressed by hand, ``title`` the paper.
    """

    __tablename__ = "seal_use"
    __table_args__ = (
        CheckConstraint(one_of("form", UseForm), name="form"),
        CheckConstraint("copies > 0", name="copies"),
        CheckConstraint("impressions >= 0", name="impressions"),
        Index("ix_seal_use_document", "doc_type", "doc_id"),
        Index("ix_seal_use_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seal_id: Mapped[int] = mapped_column(ForeignKey("seal.id"), nullable=False, index=True)
    doc_type: Mapped[str] = mapped_column(String(40), nullable=False)
    doc_id: Mapped[int] = mapped_column(Integer, nullable=False)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    revision: Mapped[int] = mapped_column(Integer, nullable=False)
    form: Mapped[str] = mapped_column(String(12), nullable=False)
    copies: Mapped[int] = mapped_column(Integer, nullable=False)
    impressions: Mapped[int] = mapped_column(Integer, nullable=False)
    purpose: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    used_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    file_hashes: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    title: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("seal_request.id"), index=True)

    seal: Mapped[Seal] = relationship(lazy="joined", innerjoin=True)
    used_by: Mapped[User] = relationship(foreign_keys="SealUse.used_by_id", lazy="joined", innerjoin=True)
    approved_by: Mapped[User] = relationship(
        foreign_keys="SealUse.approved_by_id", lazy="joined", innerjoin=True
    )


make_append_only(SealUse.__table__)  # type: ignore[arg-type]

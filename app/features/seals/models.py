"""Tables of seals: the legal entities, their seals, and the append-only register of each use."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Model, UTCDateTime, VersionedMixin
from app.core.db_objects import make_append_only
from app.features.people.models import User
from app.features.seals.enums import DRAWABLE_KINDS, SealForm, SealKind, SealStatus, UseForm


def one_of(column: str, codes: "type | tuple[str, ...]") -> str:
    """Return the text of a CHECK that a column holds one of the codes."""
    return f"{column} IN ({', '.join(repr(str(code)) for code in codes)})"  # type: ignore[union-attr]


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


class SealUse(Model):
    """One use of a seal on one document: who, when, how many, on whose approval, with the file hashes."""

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

    seal: Mapped[Seal] = relationship(lazy="joined", innerjoin=True)
    used_by: Mapped[User] = relationship(foreign_keys="SealUse.used_by_id", lazy="joined", innerjoin=True)
    approved_by: Mapped[User] = relationship(
        foreign_keys="SealUse.approved_by_id", lazy="joined", innerjoin=True
    )


make_append_only(SealUse.__table__)  # type: ignore[arg-type]

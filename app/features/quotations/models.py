"""Tables of quotations: the quotation, its revisions with lines, and the official files issued of them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    literal,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock, money
from app.core.db import Amount, DocumentMixin, Model, Quantity, Rate, UnitPrice, UTCDateTime, one_of
from app.core.files import StoredFile
from app.features.customers.models import Customer
from app.features.inquiries.enums import InquiryKind
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.products.models import same_unit
from app.features.quotations.enums import FileForm, LineKind, QuotationStatus
from app.features.seals.models import LegalEntity

if TYPE_CHECKING:
    from app.features.quotations.negotiation.models import Negotiation

# No state of the table: an issued offer past its date is told as such.
EXPIRED = "expired"
TODAY = bindparam("today", callable_=clock.today, type_=Date)


class Quotation(Model):
    """What stays the same over all revisions: number, inquiry, customer, the talks about it.

    ``followed_up_at`` is when it was last spoken of with the customer: a negotiation, or a note of a call.
    """

    __tablename__ = "quotation"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"), nullable=False, index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    followed_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    inquiry: Mapped[Inquiry] = relationship(lazy="joined")
    customer: Mapped[Customer] = relationship(lazy="joined")
    revisions: Mapped[list["QuotationRevision"]] = relationship(
        back_populates="quotation", order_by="QuotationRevision.revision", lazy="select"
    )
    negotiations: Mapped[list["Negotiation"]] = relationship(
        back_populates="quotation", order_by="Negotiation.id.desc()", lazy="select"
    )


class QuotationRevision(DocumentMixin, Model):
    """One revision: the document whose life is the flow. Totals are kept for lists, recomputed on every change.

    ``current`` marks the revision a reader is shown at the quotation's own address. ``snapshot`` is the frozen
    content the paper is made of, ``content_hash`` its SHA-256 (RFC 8785). ``approved_before`` holds the prices of the
    approved revision this one follows; none stand in a first revision.
    """

    __tablename__ = "quotation_revision"
    __table_args__ = (
        CheckConstraint(one_of("status", QuotationStatus), name="status"),
        UniqueConstraint("quotation_id", "revision", name="uq_quotation_revision_quotation_id_revision"),
        Index("ix_quotation_revision_expiry", "status", "valid_until"),
        # with all that counting the list needs, so that it reads no row
        Index(
            "ix_quotation_revision_list",
            "current",
            "created_at",
            "id",
            "owner_id",
            "department_id",
            "total",
        ),
        Index("ix_quotation_revision_owner_list", "owner_id", "current", "created_at", "id"),
        Index("ix_quotation_revision_department_list", "department_id", "current", "created_at", "id"),
    )

    quotation_id: Mapped[int] = mapped_column(ForeignKey("quotation.id"), nullable=False, index=True)
    revision: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    current: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    legal_entity_id: Mapped[int] = mapped_column(ForeignKey("legal_entity.id"), nullable=False)
    valid_until: Mapped[date | None] = mapped_column(Date)
    attention: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    customer_phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    customer_address: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    project: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    contact_mobile: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    payment_term: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    payment_other: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    freight: Mapped[str] = mapped_column(String(20), nullable=False, default="included")
    delivery_place: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    delivery_start: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    packing: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    acceptance: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    warranty: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    other_terms: Mapped[str] = mapped_column(Text, nullable=False, default="")
    total: Mapped[Decimal] = mapped_column(Amount(), nullable=False, default=Decimal(0))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_hash: Mapped[str | None] = mapped_column(String(64))
    submitted_content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    previous_content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    approved_before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_role: Mapped[str | None] = mapped_column(String(40))
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    returned_from: Mapped[str | None] = mapped_column(String(32))
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    superseded_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    void_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")

    quotation: Mapped[Quotation] = relationship(back_populates="revisions", lazy="joined")
    owner: Mapped[User] = relationship(foreign_keys="QuotationRevision.owner_id", lazy="joined")
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=[reviewed_by_id], lazy="select")
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="select")
    legal_entity: Mapped[LegalEntity] = relationship(lazy="joined")
    lines: Mapped[list["QuotationLine"]] = relationship(
        order_by="QuotationLine.position", cascade="all, delete-orphan", lazy="selectin"
    )
    issued_files: Mapped[list["IssuedFile"]] = relationship(
        back_populates="revision", order_by="IssuedFile.id", lazy="selectin"
    )
    extra_copies: Mapped[list["ExtraCopies"]] = relationship(order_by="ExtraCopies.id", lazy="select")
    bid_file: Mapped["BidFile | None"] = relationship(
        back_populates="revision", cascade="all, delete-orphan", lazy="select"
    )

    # The one expression of "expired" and of the state as shown: pages, lists, search and /verify all read these two.

    @hybrid_property
    def expired(self) -> bool:
        """Whether the issued offer is past its date in the company's zone: derived, never stored."""
        return (
            self.status == QuotationStatus.ISSUED
            and self.valid_until is not None
            and self.valid_until < clock.today()
        )

    @expired.inplace.expression
    @classmethod
    def _expired_in_sql(cls) -> ColumnElement[bool]:
        return (cls.status == QuotationStatus.ISSUED) & (cls.valid_until < TODAY)

    @hybrid_property
    def shown_status(self) -> str:
        """The state a reader is told now: EXPIRED for an offer past its date, else the status."""
        return EXPIRED if self.expired else self.status

    @shown_status.inplace.expression
    @classmethod
    def _shown_status_in_sql(cls) -> ColumnElement[str]:
        return case((cls.expired, literal(EXPIRED)), else_=cls.status)

    @property
    def reviewed(self) -> bool:
        """Whether a paper drawn of it now is of an approved content, and needs no 未审核 across it."""
        return self.approved_at is not None and self.status != QuotationStatus.VOID

    @property
    def is_tender(self) -> bool:
        """Whether the offer answers a tender, so that it may be a bid made elsewhere."""
        return self.quotation.inquiry.kind == InquiryKind.TENDER

    @property
    def bid(self) -> "BidFile | None":
        """The bid uploaded for this revision; nothing is asked of the database where it is no tender."""
        return self.bid_file if self.is_tender else None

    @property
    def title(self) -> str:
        """The number with its revision, or the customer while there is no number yet."""
        return self.number or self.quotation.customer.short_name or self.quotation.customer.name


class LineAmount:
    """What a line comes to, whether it is stored or only typed."""

    kind: Any
    quantity: Any
    unit_price: Any

    @property
    def amount(self) -> Decimal | None:
        """Quantity times unit price, rounded half up once; None for a heading or while one of them is missing."""
        if self.kind == LineKind.HEADING or self.quantity is None or self.unit_price is None:
            return None
        return money.line_amount(self.quantity, self.unit_price)


class LineFloor:
    """Whether a stored line is quoted below the floor of the price list."""

    unit: Any
    unit_price: Any
    floor_price: Any
    floor_unit: Any

    @property
    def below_floor(self) -> bool:
        """Whether the price lies under the floor of the price list, which is for the same unit."""
        return self._guarded and not self.in_other_unit and self.unit_price < self.floor_price

    @property
    def in_other_unit(self) -> bool:
        """Whether the price is for another unit than the floor, so that the two cannot be compared."""
        return self._guarded and not same_unit(self.unit, self.floor_unit)

    @property
    def needs_floor_reason(self) -> bool:
        """Whether the owner must say why the price is right, and the leader agree: below the floor, or unknown."""
        return self.below_floor or self.in_other_unit

    @property
    def _guarded(self) -> bool:
        return self.floor_price is not None and self.unit_price is not None


def item_numbers(lines: Iterable[Any]) -> list[int]:
    """Return the number each line is printed with, in their order: headings have none (0) and are not counted."""
    numbers, counted = [], 0
    for line in lines:
        heading = line.kind == LineKind.HEADING
        counted += not heading
        numbers.append(0 if heading else counted)
    return numbers


class QuotationLine(LineFloor, LineAmount, Model):
    """A row of the table: an item, a heading, or an option that is not summed. Prices are tax-included.

    ``origin`` is the mark by which a line is known as the same one in all revisions.
    """

    __tablename__ = "quotation_line"
    __table_args__ = (CheckConstraint(one_of("kind", LineKind), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("quotation_revision.id", ondelete="CASCADE"), nullable=False, index=True
    )
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    kind: Mapped[str] = mapped_column(String(10), nullable=False, default=LineKind.ITEM)
    inquiry_line_id: Mapped[int | None] = mapped_column(ForeignKey("inquiry_line.id", ondelete="SET NULL"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    unmatched_code: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    origin: Mapped[str] = mapped_column(String(16), nullable=False, default="")
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    brand: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    model: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    spec: Mapped[str] = mapped_column(String(500), nullable=False, default="")
    unit: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    quantity: Mapped[Decimal | None] = mapped_column(Quantity())
    unit_price: Mapped[Decimal | None] = mapped_column(UnitPrice())
    tax_rate: Mapped[Decimal | None] = mapped_column(Rate())
    lead_time_days: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    floor_price: Mapped[Decimal | None] = mapped_column(UnitPrice())
    floor_unit: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    floor_reason: Mapped[str] = mapped_column(String(300), nullable=False, default="")


class BidFile(Model):
    """The bid of a revision as it was uploaded. ``texts`` is what its pages say, as JSON, an entry a page or null."""

    __tablename__ = "bid_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("quotation_revision.id", ondelete="CASCADE"), nullable=False, unique=True
    )
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False)
    pages: Mapped[int] = mapped_column(Integer, nullable=False)
    texts: Mapped[str] = mapped_column(Text, nullable=False)

    revision: Mapped[QuotationRevision] = relationship(back_populates="bid_file", lazy="select")
    stored: Mapped[StoredFile] = relationship(lazy="joined")

    @property
    def content(self) -> dict[str, Any]:
        """What of the file is part of the quotation's content: its hash, size and pages, no more."""
        return {"sha256": self.stored.sha256, "size": self.stored.size, "pages": self.pages}


class IssuedFile(Model):
    """One copy of an official file as issued: its bytes are kept and served again, never made anew."""

    __tablename__ = "issued_file"
    __table_args__ = (
        CheckConstraint(one_of("form", FileForm), name="form"),
        UniqueConstraint("revision_id", "copy_number", name="uq_issued_file_copy"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("quotation_revision.id"), nullable=False, index=True)
    copy_number: Mapped[int] = mapped_column(Integer, nullable=False)
    copies: Mapped[int] = mapped_column(Integer, nullable=False)
    extra: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    form: Mapped[str] = mapped_column(String(20), nullable=False)
    purpose: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    sha256: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    size: Mapped[int] = mapped_column(Integer, nullable=False)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False)
    code: Mapped[str] = mapped_column(String(40), nullable=False, index=True)
    document_id: Mapped[str] = mapped_column(String(64), nullable=False, index=True)
    pages: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    seal_id: Mapped[int | None] = mapped_column(ForeignKey("seal.id"))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)

    revision: Mapped[QuotationRevision] = relationship(back_populates="issued_files", lazy="joined")
    issued_by: Mapped[User] = relationship(lazy="joined")


class ExtraCopies(Model):
    """Copies asked for beyond those first issued (增印): asked by one, consented to by another, then printed.

    ``ended_at`` is set once they were printed or refused; before that the revision waits for them.
    """

    __tablename__ = "extra_copies"
    __table_args__ = (
        CheckConstraint("copies BETWEEN 1 AND 10", name="copies"),
        CheckConstraint("consented_by_id IS NULL OR consented_by_id <> asked_by_id", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("quotation_revision.id"), nullable=False, index=True)
    copies: Mapped[int] = mapped_column(Integer, nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    consented_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    consented_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class ContactNote(Model):
    """A line of what was said about a quotation by telephone or message (沟通记录)."""

    __tablename__ = "contact_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    quotation_id: Mapped[int] = mapped_column(ForeignKey("quotation.id"), nullable=False, index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("quotation_revision.id"), nullable=False, index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    text: Mapped[str] = mapped_column(String(500), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

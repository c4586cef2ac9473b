"""Tables of inquiries: the inquiry, its lines, the answers of the technical and purchasing departments."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
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
from app.core.db import Amount, DocumentMixin, Model, Quantity, Rate, UnitPrice, UTCDateTime, one_of
from app.features.customers.models import Customer
from app.features.inquiries.enums import (
    InquiryChannel,
    InquiryKind,
    InquiryStatus,
    LossCause,
    PriceSource,
    PurchaseKind,
    Subject,
)
from app.features.people.models import User
from app.features.products.models import Product


def standing_offers(answers: Sequence["PurchasingAnswer"]) -> list["PurchasingAnswer"]:
    """Return the offers for a line that stand, of each supplier the latest; ``answers`` are in the order given."""
    latest = {answer.source.strip().casefold(): answer for answer in answers}
    return [answer for answer in answers if latest[answer.source.strip().casefold()] is answer]


def in_force(answers: Sequence["PurchasingAnswer"]) -> "PurchasingAnswer | None":
    """Return the offer a quotation builds on: the present one of the supplier chosen last, else the latest of all."""
    standing = standing_offers(answers)
    marked = [answer for answer in answers if answer.chosen_at is not None]
    if marked:
        chosen = max(marked, key=lambda answer: answer.chosen_at or answer.created_at)
        key = chosen.source.strip().casefold()
        return next(answer for answer in standing if answer.source.strip().casefold() == key)
    return standing[-1] if standing else None


class Inquiry(DocumentMixin, Model):
    """A customer's inquiry or tender, from the call that brought it to its result.

    ``opening_at`` is when the bids are opened (开标时间), None for a kind that is not sealed: until then the prices
    of its quotations are known to few. ``late_allowed_at`` is when the manager let a tender go out after its
    deadline, ``late_note`` why.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        CheckConstraint(one_of("status", InquiryStatus), name="status"),
        CheckConstraint(one_of("kind", InquiryKind), name="kind"),
        CheckConstraint(one_of("channel", InquiryChannel), name="channel"),
        CheckConstraint(
            f"price_source IS NULL OR {one_of('price_source', PriceSource)}", name="price_source"
        ),
        CheckConstraint(f"loss_cause IS NULL OR {one_of('loss_cause', LossCause)}", name="loss_cause"),
        Index("ix_inquiry_owner_created", "owner_id", "created_at", "id"),
        Index("ix_inquiry_department_created", "department_id", "created_at", "id"),
        Index("ix_inquiry_created", "created_at", "id"),
        Index("ix_inquiry_opening_at", "opening_at"),
    )

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(20), nullable=False, default=InquiryKind.INQUIRY)
    channel: Mapped[str] = mapped_column(String(20), nullable=False, default=InquiryChannel.PHONE)
    project: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    contact_name: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    contact_phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    summary: Mapped[str] = mapped_column(Text, nullable=False, default="")
    received_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    deadline: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    opening_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    report_latency_hours: Mapped[Decimal | None] = mapped_column(Quantity())
    reported_late: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answers_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    decline_reason: Mapped[str | None] = mapped_column(String(20))
    offer_issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    offer_number: Mapped[str | None] = mapped_column(String(40))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    late_allowed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    late_note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    delivered_how: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    result_on: Mapped[date | None] = mapped_column(Date)
    loss_cause: Mapped[str | None] = mapped_column(String(20))
    lost_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    competitor: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    competitor_price: Mapped[Decimal | None] = mapped_column(Amount())
    price_source: Mapped[str | None] = mapped_column(String(20))
    price_source_note: Mapped[str] = mapped_column(String(300), nullable=False, default="")

    owner: Mapped[User] = relationship(foreign_keys="Inquiry.owner_id", lazy="joined")
    customer: Mapped[Customer] = relationship(lazy="joined")
    lines: Mapped[list["InquiryLine"]] = relationship(
        back_populates="inquiry",
        order_by="InquiryLine.position",
        cascade="all, delete-orphan",
        lazy="selectin",
    )

    @property
    def title(self) -> str:
        """The number, or the customer's short name while there is no number yet."""
        return self.number or self.customer.short_name or self.customer.name


class InquiryLine(Model):
    """One thing the customer asks for; the manager may put it to the technical and purchasing departments."""

    __tablename__ = "inquiry_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(
        ForeignKey("inquiry.id", ondelete="CASCADE"), nullable=False, index=True
    )
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    unmatched_code: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    model: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    spec: Mapped[str] = mapped_column(String(500), nullable=False, default="")
    quantity: Mapped[Decimal] = mapped_column(Quantity(), nullable=False)
    unit: Mapped[str] = mapped_column(String(20), nullable=False)
    note: Mapped[str] = mapped_column(String(500), nullable=False, default="")
    ask_technical: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    ask_purchasing: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    question: Mapped[str] = mapped_column(String(500), nullable=False, default="")

    inquiry: Mapped[Inquiry] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship(viewonly=True)
    # Joined, so that a page reads all lines with all answers in one query; a line has a few of each at most.
    technical_answers: Mapped[list["TechnicalAnswer"]] = relationship(
        order_by="TechnicalAnswer.id", lazy="joined", cascade="all, delete-orphan"
    )
    purchasing_answers: Mapped[list["PurchasingAnswer"]] = relationship(
        order_by="PurchasingAnswer.id", lazy="joined", cascade="all, delete-orphan"
    )
    waivers: Mapped[list["Waiver"]] = relationship(lazy="joined", cascade="all, delete-orphan")

    @property
    def technical(self) -> "TechnicalAnswer | None":
        """The technical answer in force: the latest one."""
        return self.technical_answers[-1] if self.technical_answers else None

    @property
    def purchasing(self) -> "PurchasingAnswer | None":
        """The purchasing answer in force: the offer that was chosen, else the latest one."""
        return in_force(self.purchasing_answers)

    def waiver(self, subject: Subject) -> "Waiver | None":
        """The manager's waiver of an answer, where there is one."""
        return next((waiver for waiver in self.waivers if waiver.subject == subject), None)

    def lacks(self, subject: Subject) -> bool:
        """Tell whether an answer was asked for and is neither given nor waived."""
        if subject == Subject.TECHNICAL:
            asked, answered = self.ask_technical, bool(self.technical_answers)
        else:
            asked, answered = self.ask_purchasing, bool(self.purchasing_answers)
        return asked and not answered and self.waiver(subject) is None


class TechnicalAnswer(Model):
    """What the technical department says of a line; a later answer stands beside the earlier one."""

    __tablename__ = "technical_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(
        ForeignKey("inquiry_line.id", ondelete="CASCADE"), nullable=False, index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    model: Mapped[str] = mapped_column(String(120), nullable=False)
    parameters: Mapped[str] = mapped_column(Text, nullable=False, default="")
    deviation: Mapped[str] = mapped_column(Text, nullable=False, default="")

    author: Mapped[User] = relationship(lazy="joined")


class PurchasingAnswer(Model):
    """What purchasing says of a line: price with its source, tax, date, validity and lead time.

    Offers of several suppliers stand side by side; a later one of the same supplier replaces the earlier.
    ``chosen_at`` is when it was recommended. One taken over from an earlier line (``taken_from_id``) keeps its author
    and in ``answered_at`` when it was given.
    """

    __tablename__ = "purchasing_answer"
    __table_args__ = (
        CheckConstraint(one_of("kind", PurchaseKind), name="kind"),
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("lead_time_days >= 0", name="lead_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(
        ForeignKey("inquiry_line.id", ondelete="CASCADE"), nullable=False, index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    material: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    source: Mapped[str] = mapped_column(String(120), nullable=False)
    price: Mapped[Decimal] = mapped_column(UnitPrice(), nullable=False)
    price_unit: Mapped[str] = mapped_column(String(20), nullable=False)
    currency: Mapped[str] = mapped_column(String(3), nullable=False, default="CNY")
    tax_rate: Mapped[Decimal] = mapped_column(Rate(), nullable=False)
    quoted_on: Mapped[date] = mapped_column(Date, nullable=False)
    valid_until: Mapped[date] = mapped_column(Date, nullable=False)
    lead_time_days: Mapped[int] = mapped_column(Integer, nullable=False)
    minimum_order: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    note: Mapped[str] = mapped_column(String(500), nullable=False, default="")
    chosen_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    taken_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("purchasing_answer.id", ondelete="SET NULL"), index=True
    )

    author: Mapped[User] = relationship(lazy="joined")


class Waiver(Model):
    """The manager's decision that a line needs no answer after all, with the reason."""

    __tablename__ = "waiver"
    __table_args__ = (CheckConstraint(one_of("subject", Subject), name="subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(
        ForeignKey("inquiry_line.id", ondelete="CASCADE"), nullable=False, index=True
    )
    subject: Mapped[str] = mapped_column(String(20), nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    author: Mapped[User] = relationship(lazy="joined")


class TenderItem(Model):
    """One item of a tender's checklist: ticked with note and file, or set aside by the manager as not asked for."""

    __tablename__ = "tender_item"
    __table_args__ = (UniqueConstraint("inquiry_id", "position", name="uq_tender_item_position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(
        ForeignKey("inquiry.id", ondelete="CASCADE"), nullable=False, index=True
    )
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    needs_file: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    note: Mapped[str] = mapped_column(String(500), nullable=False, default="")
    waived: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    done_by: Mapped[User | None] = relationship(lazy="joined")

    @property
    def open(self) -> bool:
        """Whether it still has to be done before the bid may be handed over."""
        return self.done_at is None

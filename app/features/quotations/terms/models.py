"""The table of terms sets."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, VersionedMixin, one_of
from app.features.inquiries.enums import InquiryKind
from app.features.quotations.enums import Freight, PaymentTerm
from app.features.seals.models import LegalEntity

TERM_FIELDS = (
    "payment_term",
    "payment_other",
    "freight",
    "delivery_place",
    "delivery_start",
    "packing",
    "acceptance",
    "warranty",
    "other_terms",
)


class TermsSet(VersionedMixin, Model):
    """A named set of terms. ``kind`` and ``legal_entity`` say for what it is meant; without them for everything.

    A default set fills new quotations of its legal entity and kind. An empty term leaves the field as it is.
    """

    __tablename__ = "terms_set"
    __table_args__ = (
        CheckConstraint(f"kind IS NULL OR {one_of('kind', InquiryKind)}", name="kind"),
        CheckConstraint(f"payment_term = '' OR {one_of('payment_term', PaymentTerm)}", name="payment_term"),
        CheckConstraint(f"freight = '' OR {one_of('freight', Freight)}", name="freight"),
    )

    name: Mapped[str] = mapped_column(String(80), nullable=False)
    kind: Mapped[str | None] = mapped_column(String(20))
    legal_entity_id: Mapped[int | None] = mapped_column(ForeignKey("legal_entity.id"))
    is_default: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    payment_term: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    payment_other: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    freight: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    delivery_place: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    delivery_start: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    packing: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    acceptance: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    warranty: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    other_terms: Mapped[str] = mapped_column(Text, nullable=False, default="")

    legal_entity: Mapped[LegalEntity | None] = relationship(lazy="joined")

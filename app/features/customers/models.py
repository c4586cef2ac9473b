"""The table of customers."""

import re
import unicodedata

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.core.db import Model, VersionedMixin
from app.features.customers.enums import CustomerKind
from app.features.people.models import User

KIND_CODES = ", ".join(f"'{kind.value}'" for kind in CustomerKind)
LEGAL_FORMS = re.compile("(?:股份|责任)?有限(?:责任)?公司|公司$")


def name_key(name: str) -> str:
    """Return what is left of a company name for finding it twice: no legal form, brackets, spaces or case."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(character for character in plain if unicodedata.category(character)[0] in "LN")
    return LEGAL_FORMS.sub("", letters) or letters


def phone_key(phone: str) -> str:
    """Return the digits of a telephone number, without the country code."""
    digits = "".join(
        character for character in unicodedata.normalize("NFKC", phone) if character in "0123456789"
    )
    return digits.removeprefix("86") if len(digits) > 11 else digits


class Customer(VersionedMixin, Model):
    """A customer, cared for by one salesperson. Never deleted: papers name them; deactivated instead."""

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KIND_CODES})", name="kind_known"),
        Index("ix_customer_updated_at", "updated_at"),
        Index("ix_customer_owner_name", "owner_id", "name"),
        Index("ix_customer_department_name", "department_id", "name"),
    )

    number: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False, index=True)
    short_name: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    kind: Mapped[str] = mapped_column(String(32), nullable=False)
    region: Mapped[str] = mapped_column(String(80), nullable=False, default="", index=True)
    address: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    credit_code: Mapped[str] = mapped_column(String(18), nullable=False, default="", index=True)
    phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    contact_name: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    contact_phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    payment_terms: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    notes: Mapped[str] = mapped_column(Text, nullable=False, default="")
    active: Mapped[bool] = mapped_column(nullable=False, default=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    # Kept beside the readable values so that a customer typed a second time is found by an index.
    name_key: Mapped[str] = mapped_column(String(120), nullable=False, index=True)
    phone_key: Mapped[str] = mapped_column(String(40), nullable=False, default="", index=True)

    owner: Mapped[User] = relationship(lazy="select")

    @property
    def display_name(self) -> str:
        """The short name where there is one, for lists and titles."""
        return self.short_name or self.name

    def __str__(self) -> str:
        return self.name


@event.listens_for(Customer, "before_insert")
@event.listens_for(Customer, "before_update")
def keep_keys(mapper: Mapper[Customer], connection: object, customer: Customer) -> None:
    """Derive the keys for finding duplicates whenever a customer is written."""
    customer.name_key = name_key(customer.name)
    customer.phone_key = phone_key(customer.phone)

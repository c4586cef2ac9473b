"""The table of products."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, Rate, UnitPrice, VersionedMixin


class Product(VersionedMixin, Model):
    """Something we sell.

    Prices are yuan per ``unit``, tax included; below ``floor_price`` the leader decides.
    """

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("list_price IS NULL OR list_price >= 0", name="list_price_not_negative"),
        CheckConstraint("floor_price IS NULL OR floor_price >= 0", name="floor_price_not_negative"),
        CheckConstraint("tax_rate >= 0", name="tax_rate_not_negative"),
    )

    code: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False, index=True)
    brand: Mapped[str] = mapped_column(String(80), nullable=False, default="", index=True)
    model: Mapped[str] = mapped_column(String(120), nullable=False, default="", index=True)
    spec: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    unit: Mapped[str] = mapped_column(String(20), nullable=False)
    tax_rate: Mapped[Decimal] = mapped_column(Rate(), nullable=False, default=Decimal(13))
    list_price: Mapped[Decimal | None] = mapped_column(UnitPrice(), index=True)
    floor_price: Mapped[Decimal | None] = mapped_column(UnitPrice())
    lead_time_days: Mapped[int | None] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)

    def __str__(self) -> str:
        return f"{self.name} {self.model}".strip()

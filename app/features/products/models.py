"""The table of products."""

import unicodedata
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import CheckConstraint, Integer, String, Text, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from app.core import pinyin
from app.core.db import Model, Rate, UnitPrice, VersionedMixin

LONGEST_KEY = 120
# The models of twenty of the longest quotations.
KEPT_KEYS = 4_096


@lru_cache(KEPT_KEYS)
def number_key(text: str) -> str:
    """Return a code or model in one spelling: without widths, case and spaces; marks count, 10-5 is not 105."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())[:LONGEST_KEY]


def same_unit(one: str, other: str) -> bool:
    """Tell whether two prices are for the same unit; where one says none, nothing tells them apart."""
    keys = {number_key(one), number_key(other)} - {""}
    return len(keys) < 2


class Product(VersionedMixin, Model):
    """Something we sell.

    Prices are yuan per ``unit``, tax included; below ``floor_price`` the leader decides.
    """

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("list_price IS NULL OR list_price >= 0", name="list_price_not_negative"),
        CheckConstraint("floor_price IS NULL OR floor_price >= 0", name="floor_price_not_negative"),
        CheckConstraint("tax_rate >= 0", name="tax_rate_not_negative"),
        # A product taken back with its import never hands its id, and with it its record, to another one.
        {"sqlite_autoincrement": True},
    )

    code: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False, index=True)
    brand: Mapped[str] = mapped_column(String(80), nullable=False, default="", index=True)
    model: Mapped[str] = mapped_column(String(120), nullable=False, default="", index=True)
    spec: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    category: Mapped[str] = mapped_column(String(80), nullable=False, default="", index=True)
    unit: Mapped[str] = mapped_column(String(20), nullable=False)
    tax_rate: Mapped[Decimal] = mapped_column(Rate(), nullable=False, default=Decimal(13))
    list_price: Mapped[Decimal | None] = mapped_column(UnitPrice(), index=True)
    floor_price: Mapped[Decimal | None] = mapped_column(UnitPrice())
    lead_time_days: Mapped[int | None] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)
    # Code and model in one spelling: by them a line that was typed or pasted is known as the product.
    code_key: Mapped[str] = mapped_column(String(LONGEST_KEY), nullable=False, default="", index=True)
    model_key: Mapped[str] = mapped_column(String(LONGEST_KEY), nullable=False, default="", index=True)
    # All by which a product is looked for, in one column and one spelling, its pinyin included.
    search_key: Mapped[str] = mapped_column(Text, nullable=False, default="")

    def __str__(self) -> str:
        return f"{self.name} {self.model}".strip()


def search_key(product: Product) -> str:
    """Return the text a product is looked for in: its words in one spelling, then how they are typed in letters."""
    words = (product.code, product.name, product.brand, product.model, product.spec, product.category)
    written = " ".join(filter(None, words))
    plain = unicodedata.normalize("NFKC", written).casefold()
    spoken = pinyin.keys(f"{product.name} {product.brand or ''} {product.category or ''}")
    parts = [plain, *([written.casefold()] if written.casefold() != plain else []), spoken]
    return "\n".join(filter(None, parts))


@event.listens_for(Product, "before_insert")
@event.listens_for(Product, "before_update")
def keep_keys(mapper: Mapper[Product], connection: object, product: Product) -> None:
    """Derive what a product is looked for and known by whenever it is written."""
    product.search_key = search_key(product)
    product.code_key, product.model_key = number_key(product.code), number_key(product.model or "")

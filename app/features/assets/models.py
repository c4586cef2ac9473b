"""Tables of equipment: categories, places, items, who is responsible for each from when to when, hand-overs."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.core import clock, pinyin
from app.core.db import Amount, DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.features.assets.enums import Condition, CustodyKind, HandOverKind, HandOverStatus, ItemStatus
from app.features.people.models import Department, User


class AssetCategory(VersionedMixin, Model):
    """A kind of equipment: the fields of its own, what is looked at on return, what usually comes with it.

    ``fields`` are ``{"key", "label"}``; ``checklist`` and ``accessories`` are texts. ``check_days`` is after how many
    days whoever is responsible is asked whether the item is still there and works; None: never.
    """

    __tablename__ = "asset_category"
    __table_args__ = (
        UniqueConstraint("name", name="uq_asset_category_name"),
        CheckConstraint("check_days IS NULL OR check_days > 0", name="check_days"),
    )

    name: Mapped[str] = mapped_column(String(60), nullable=False)
    fields: Mapped[list[dict[str, str]]] = mapped_column(JSON, nullable=False, default=list)
    checklist: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    accessories: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    check_days: Mapped[int | None] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)


class AssetPlace(VersionedMixin, Model):
    """A place where equipment stands: a room, a store, a cupboard; counts go by it."""

    __tablename__ = "asset_place"
    __table_args__ = (UniqueConstraint("name", name="uq_asset_place_name"),)

    name: Mapped[str] = mapped_column(String(80), nullable=False)
    is_store: Mapped[bool] = mapped_column(nullable=False, default=False)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)


class AssetItem(DocumentMixin, Model):
    """One piece of equipment; ``owner`` entered it, ``keeper`` is the present responsible person by its custody.

    ``label_code`` is what the QR of its label carries. ``keeper_id`` always equals the person of the open custody.
    """

    __tablename__ = "asset_item"
    __table_args__ = (
        CheckConstraint(one_of("status", ItemStatus), name="status"),
        CheckConstraint("price IS NULL OR price >= 0", name="price"),
        CheckConstraint("(status = 'scrapped') = (scrapped_at IS NOT NULL)", name="scrapped"),
        UniqueConstraint("label_code", name="uq_asset_item_label_code"),
        Index("ix_asset_item_serial_number", "serial_number"),
    )

    name: Mapped[str] = mapped_column(String(120), nullable=False)
    category_id: Mapped[int] = mapped_column(ForeignKey("asset_category.id"), nullable=False, index=True)
    model: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    maker: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    serial_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    values: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
    accessories: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("asset_place.id"), index=True)
    keeper_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    due_back_on: Mapped[date | None] = mapped_column(Date)
    bought_on: Mapped[date | None] = mapped_column(Date)
    price: Mapped[Decimal | None] = mapped_column(Amount())
    supplier: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    warranty_until: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    label_code: Mapped[str] = mapped_column(String(16), nullable=False)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    scrapped_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    # All by which an item is looked for in the list, in one column and one spelling, pinyin included.
    search_key: Mapped[str] = mapped_column(Text, nullable=False, default="")

    owner: Mapped[User] = relationship(foreign_keys="AssetItem.owner_id", lazy="joined", innerjoin=True)
    keeper: Mapped[User] = relationship(foreign_keys=[keeper_id], lazy="joined", innerjoin=True)
    category: Mapped[AssetCategory] = relationship(lazy="joined", innerjoin=True)
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    place: Mapped[AssetPlace | None] = relationship(lazy="joined")


def search_key(item: AssetItem) -> str:
    """Return the text an item is looked for in: number, names, serial number, then its name in letters."""
    words = (item.number, item.name, item.model, item.maker, item.serial_number)
    written = unicodedata.normalize("NFKC", " ".join(filter(None, words))).casefold()
    return "\n".join(filter(None, (written, pinyin.keys(item.name))))


@event.listens_for(AssetItem, "before_insert")
@event.listens_for(AssetItem, "before_update")
def keep_search_key(mapper: Mapper[AssetItem], connection: object, item: AssetItem) -> None:
    """Derive the text for finding an item whenever it is written."""
    item.search_key = search_key(item)


class AssetCustody(Model):
    """Who is responsible for an item from a moment (included) to another (excluded), or until now.

    The periods of an item touch and never overlap, and the database itself holds to that: each but the first names the
    end of the one before it, which is its own beginning, and no end is named twice.
    """

    __tablename__ = "asset_custody"
    __table_args__ = (
        CheckConstraint(one_of("kind", CustodyKind), name="kind"),
        CheckConstraint("until_at IS NULL OR until_at > from_at", name="forward"),
        CheckConstraint("previous_until IS NULL OR previous_until = from_at", name="touches"),
        UniqueConstraint("item_id", "until_at", name="uq_asset_custody_item_id_until_at"),
        UniqueConstraint("item_id", "previous_until", name="uq_asset_custody_item_id_previous_until"),
        ForeignKeyConstraint(
            ["item_id", "previous_until"],
            ["asset_custody.item_id", "asset_custody.until_at"],
            name="fk_asset_custody_previous_until",
        ),
        # one beginning without a predecessor, and one period without an end
        Index(
            "uq_asset_custody_first",
            "item_id",
            unique=True,
            sqlite_where=text("previous_until IS NULL"),
            postgresql_where=text("previous_until IS NULL"),
        ),
        Index(
            "uq_asset_custody_open",
            "item_id",
            unique=True,
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("asset_item.id"), nullable=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    from_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    previous_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    until_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    hand_over_id: Mapped[int | None] = mapped_column(ForeignKey("hand_over.id"), index=True)

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class HandOver(DocumentMixin, Model):
    """Several items offered by one person to another, signed for once; ``owner`` offered them.

    ``rule_version_id`` with ``rule_title`` is the text in force that the receiver confirmed with it. ``value`` is the
    sum of the prices as offered; ``witness`` saw it happen, where the value asks for that. It should be answered by
    ``confirm_by`` and ends by itself at ``expires_at``.
    """

    __tablename__ = "hand_over"
    __table_args__ = (
        CheckConstraint(one_of("status", HandOverStatus), name="status"),
        CheckConstraint(one_of("kind", HandOverKind), name="kind"),
        CheckConstraint("from_id <> to_id OR kind IN ('issue', 'return')", name="two_people"),
        CheckConstraint("(kind = 'loan') = (due_back_on IS NOT NULL)", name="due_back"),
        CheckConstraint("(status = 'offered') = (answered_at IS NULL)", name="answered"),
    )

    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    from_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("asset_place.id"))
    due_back_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    rule_version_id: Mapped[int | None] = mapped_column(ForeignKey("rule_version.id"))
    rule_title: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    value: Mapped[Decimal] = mapped_column(Amount(), nullable=False, default=Decimal(0))
    confirm_by: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    on_keepers_screen: Mapped[bool] = mapped_column(nullable=False, default=False)
    sheet_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    owner: Mapped[User] = relationship(foreign_keys="HandOver.owner_id", lazy="joined", innerjoin=True)
    giver: Mapped[User] = relationship(foreign_keys=[from_id], lazy="joined", innerjoin=True)
    receiver: Mapped[User] = relationship(foreign_keys=[to_id], lazy="joined", innerjoin=True)
    witness: Mapped[User | None] = relationship(foreign_keys=[witness_id], lazy="joined")
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    place: Mapped[AssetPlace | None] = relationship(lazy="joined")
    lines: Mapped[list["HandOverLine"]] = relationship(
        order_by="HandOverLine.id", back_populates="hand_over", lazy="selectin"
    )


class HandOverLine(Model):
    """One item of a hand-over, with the condition and accessories in which it changes hands.

    ``is_open`` says that the offer waits for its answer: an item is in one such offer at most. ``checklist`` holds what
    was looked at on return, as ``{"text", "ok", "note"}``.
    """

    __tablename__ = "hand_over_line"
    __table_args__ = (
        CheckConstraint(one_of("condition", Condition), name="condition"),
        UniqueConstraint("hand_over_id", "item_id", name="uq_hand_over_line_hand_over_id_item_id"),
        Index(
            "uq_hand_over_line_open",
            "item_id",
            unique=True,
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_over.id"), nullable=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("asset_item.id"), nullable=False, index=True)
    is_open: Mapped[bool] = mapped_column(nullable=False, default=True)
    condition: Mapped[str] = mapped_column(String(12), nullable=False, default=Condition.GOOD)
    condition_note: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    accessories: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(JSON, nullable=False, default=list)

    hand_over: Mapped[HandOver] = relationship(back_populates="lines")
    item: Mapped[AssetItem] = relationship(lazy="joined", innerjoin=True)


class AssetSelfCheck(Model):
    """What the responsible person answered when asked whether an item is still there and works."""

    __tablename__ = "asset_self_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("asset_item.id"), nullable=False, index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    is_there: Mapped[bool] = mapped_column(nullable=False)
    works: Mapped[bool] = mapped_column(nullable=False)
    note: Mapped[str] = mapped_column(String(200), nullable=False, default="")

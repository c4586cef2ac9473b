"""Tables of stock counts: the count, the places it covers, a line for each item, what was found without a label."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import DocumentMixin, Model, UTCDateTime, one_of
from app.features.assets.models import AssetCategory, AssetItem, AssetPlace
from app.features.counts.enums import CountStatus, Remedy, Result
from app.features.people.models import Department, User


class StockCount(DocumentMixin, Model):
    """A count of what stands in some places, of one category or of one department; ``owner`` holds it.

    ``department_id`` is the department whose equipment is counted, else that of the owner: its head approves.
    """

    __tablename__ = "stock_count"
    __table_args__ = (CheckConstraint(one_of("status", CountStatus), name="status"),)

    title: Mapped[str] = mapped_column(String(120), nullable=False)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("asset_category.id"))
    only_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    reconciled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    owner: Mapped[User] = relationship(foreign_keys="StockCount.owner_id", lazy="joined", innerjoin=True)
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="joined")
    category: Mapped[AssetCategory | None] = relationship(lazy="joined")
    only_department: Mapped[Department | None] = relationship(
        foreign_keys=[only_department_id], lazy="joined"
    )
    department: Mapped[Department] = relationship(foreign_keys=[department_id], lazy="joined", innerjoin=True)
    places: Mapped[list[AssetPlace]] = relationship(
        secondary="stock_count_place", lazy="selectin", order_by=AssetPlace.name
    )


class StockCountPlace(Model):
    """A place a count covers."""

    __tablename__ = "stock_count_place"

    count_id: Mapped[int] = mapped_column(ForeignKey("stock_count.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("asset_place.id"), primary_key=True)


class StockCountLine(Model):
    """One item in one count: what was expected of it when the count was opened, and where it was found by whom.

    There is one line for an item however many people scan it. ``person_seen_id`` is who really has it, where that is
    somebody else than expected. ``remedy`` is what is done about a difference, ``done_at`` when it was carried out.
    """

    __tablename__ = "stock_count_line"
    __table_args__ = (
        UniqueConstraint("count_id", "item_id", name="uq_stock_count_line_count_id_item_id"),
        CheckConstraint("(found_at IS NULL) = (found_by_id IS NULL)", name="found"),
        CheckConstraint("expected OR found_at IS NOT NULL", name="known"),
        CheckConstraint(one_of("result", Result), name="result"),
        CheckConstraint(f"remedy IS NULL OR {one_of('remedy', Remedy)}", name="remedy"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("stock_count.id"), nullable=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("asset_item.id"), nullable=False, index=True)
    expected: Mapped[bool] = mapped_column(nullable=False)
    expected_status: Mapped[str] = mapped_column(String(32), nullable=False)
    expected_place_id: Mapped[int | None] = mapped_column(ForeignKey("asset_place.id"))
    expected_keeper_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    result: Mapped[str] = mapped_column(String(16), nullable=False)
    found_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    found_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    found_place_id: Mapped[int | None] = mapped_column(ForeignKey("asset_place.id"))
    person_seen_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    remedy: Mapped[str | None] = mapped_column(String(16))
    remedy_note: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    item: Mapped[AssetItem] = relationship(lazy="joined", innerjoin=True)
    expected_place: Mapped[AssetPlace | None] = relationship(foreign_keys=[expected_place_id], lazy="joined")
    found_place: Mapped[AssetPlace | None] = relationship(foreign_keys=[found_place_id], lazy="joined")
    expected_keeper: Mapped[User] = relationship(
        foreign_keys=[expected_keeper_id], lazy="joined", innerjoin=True
    )
    found_by: Mapped[User | None] = relationship(foreign_keys=[found_by_id], lazy="joined")
    person_seen: Mapped[User | None] = relationship(foreign_keys=[person_seen_id], lazy="joined")


class StockCountStray(Model):
    """Something found that no label names: what was typed or read, where; ``item_id`` once it was entered."""

    __tablename__ = "stock_count_stray"
    __table_args__ = (
        UniqueConstraint("count_id", "code", name="uq_stock_count_stray_count_id_code"),
        CheckConstraint("remedy IS NULL OR remedy IN ('registered', 'leave')", name="remedy"),
        CheckConstraint("remedy IS NULL OR remedy <> 'registered' OR item_id IS NOT NULL", name="registered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("stock_count.id"), nullable=False)
    code: Mapped[str] = mapped_column(String(80), nullable=False)
    place_id: Mapped[int] = mapped_column(ForeignKey("asset_place.id"), nullable=False)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    found_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    remedy: Mapped[str | None] = mapped_column(String(16))
    remedy_note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("asset_item.id"))

    place: Mapped[AssetPlace] = relationship(lazy="joined", innerjoin=True)
    found_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    item: Mapped[AssetItem | None] = relationship(lazy="joined")

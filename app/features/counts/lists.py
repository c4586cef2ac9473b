"""Counts, and the lines of one, as lists."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import url_for
from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.assets.models import AssetItem, AssetPlace
from app.features.counts import queries
from app.features.counts.enums import REMEDY_LABELS, Result, shown_results
from app.features.counts.flow import FLOW
from app.features.counts.models import StockCount, StockCountLine
from app.features.people.models import Department, User

ExpectedPlace = aliased(AssetPlace)
FoundPlace = aliased(AssetPlace)
ExpectedKeeper = aliased(User)
PersonSeen = aliased(User)
FoundBy = aliased(User)
STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}
EXPECTED = (
    select(func.count())
    .where(StockCountLine.count_id == StockCount.id, StockCountLine.expected)
    .correlate(StockCount)
    .scalar_subquery()
)
DIFFERENT = (
    select(func.count())
    .where(StockCountLine.count_id == StockCount.id, StockCountLine.result != Result.MATCH)
    .correlate(StockCount)
    .scalar_subquery()
)


def count_address(row: Row[Any]) -> str:
    """Return the address of a row's count."""
    return url_for("counts.show_count", count_id=row.row_id)


class CountList(Listing):
    """The counts a reader may see, the newest first."""

    searched = (StockCount.number, StockCount.title, User.name)
    default_sort = "-created_at"
    row_id = StockCount.id
    columns = (
        Column("number", lazy("编号"), StockCount.number, "link", href=count_address),
        Column("title", lazy("名称"), StockCount.title),
        Column("department", lazy("部门"), Department.name),
        Column("expected", lazy("应盘"), EXPECTED, "number"),
        Column("different", lazy("未相符"), DIFFERENT, "number"),
        Column("status", lazy("状态"), StockCount.status, "status", labels=STATES, tones=TONES),
        Column("owner", lazy("组织人"), User.name, "person"),
        Column("created_at", lazy("发起时间"), StockCount.created_at, "datetime"),
    )
    filters = (
        Filter("status", lazy("状态"), StockCount.status, options=list(STATES.items())),
        Filter("created", lazy("发起日期"), StockCount.created_at, kind="date_range"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = (
            queries.visible_ids(actor)
            .join(Department, Department.id == StockCount.department_id)
            .join(User, User.id == StockCount.owner_id)
        )
        super().__init__(base, arguments, path)


class LineList(Listing):
    """What one count says of each item."""

    searched = (AssetItem.number, AssetItem.name, AssetItem.serial_number, ExpectedKeeper.name)
    default_sort = "item_number"
    row_id = StockCountLine.id
    columns = (
        Column("item_number", lazy("编号"), AssetItem.number),
        Column("item", lazy("设备"), AssetItem.name),
        Column("result", lazy("结果"), StockCountLine.result, "status"),
        Column("expected_place", lazy("登记位置"), ExpectedPlace.name),
        Column("found_place", lazy("实际位置"), FoundPlace.name),
        Column("keeper", lazy("责任人"), ExpectedKeeper.name, "person"),
        Column("person_seen", lazy("实际使用人"), PersonSeen.name, below="keeper"),
        Column("found_by", lazy("盘点人"), FoundBy.name, "person"),
        Column("found_at", lazy("盘点时间"), StockCountLine.found_at, "datetime", below="found_by"),
        Column(
            "remedy",
            lazy("处理"),
            StockCountLine.remedy,
            labels={str(code): label for code, label in REMEDY_LABELS.items()},
        ),
    )

    def __init__(self, count: StockCount, arguments: Mapping[str, str], path: str) -> None:
        """Open the list of a count."""
        base = (
            select(StockCountLine.id)
            .join(AssetItem, AssetItem.id == StockCountLine.item_id)
            .join(ExpectedKeeper, ExpectedKeeper.id == StockCountLine.expected_keeper_id)
            .outerjoin(ExpectedPlace, ExpectedPlace.id == StockCountLine.expected_place_id)
            .outerjoin(FoundPlace, FoundPlace.id == StockCountLine.found_place_id)
            .outerjoin(PersonSeen, PersonSeen.id == StockCountLine.person_seen_id)
            .outerjoin(FoundBy, FoundBy.id == StockCountLine.found_by_id)
            .where(StockCountLine.count_id == count.id)
        )
        shown = shown_results(count.status)
        labels = {str(code): label for code, (label, _tone) in shown.items()}
        tones = {str(code): tone for code, (_label, tone) in shown.items()}
        super().__init__(
            base,
            arguments,
            path,
            columns=[
                replace(column, labels=labels, tones=tones) if column.key == "result" else column
                for column in self.columns
            ],
            filters=(Filter("result", lazy("结果"), StockCountLine.result, options=list(labels.items())),),
        )

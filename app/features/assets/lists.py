"""Equipment and hand-overs as lists."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import session
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.assets import queries
from app.features.assets.enums import (
    HAND_OVER_KIND_LABELS,
    ITEM_STATUS_LABELS,
    ITEM_STATUS_TONES,
)
from app.features.assets.flow import FLOW
from app.features.assets.models import AssetCategory, AssetItem, AssetPlace, HandOver, HandOverLine
from app.features.people.models import Department, User

Giver = aliased(User)
Receiver = aliased(User)
STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}

ITEM_COUNT = (
    select(func.count()).where(HandOverLine.hand_over_id == HandOver.id).correlate(HandOver).scalar_subquery()
)
FIRST_ITEM = (
    select(AssetItem.name)
    .join(HandOverLine, HandOverLine.item_id == AssetItem.id)
    .where(HandOverLine.hand_over_id == HandOver.id)
    .order_by(HandOverLine.id)
    .limit(1)
    .correlate(HandOver)
    .scalar_subquery()
)


class ItemList(Listing):
    """Equipment with whoever is responsible for it."""

    rows_keep = True
    row_id = AssetItem.id
    default_sort = "number"
    searched = (AssetItem.search_key,)
    columns = (
        Column(
            "number", lazy("设备编号"), AssetItem.number, "link", href=lambda row: f"/assets/{row.row_id}"
        ),
        Column("name", lazy("设备名称"), AssetItem.name, "link", href=lambda row: f"/assets/{row.row_id}"),
        Column("category", lazy("类别"), AssetCategory.name),
        Column("keeper", lazy("责任人"), User.name, "person"),
        Column("place", lazy("存放地点"), AssetPlace.name),
        Column("department", lazy("部门"), Department.name, sortable=False),
        Column("serial_number", lazy("序列号"), AssetItem.serial_number, sortable=False),
        Column("due_back_on", lazy("归还日期"), AssetItem.due_back_on, "date"),
        Column(
            "status",
            lazy("状态"),
            AssetItem.status,
            "status",
            labels=ITEM_STATUS_LABELS,
            tones=ITEM_STATUS_TONES,
            sortable=False,
        ),
    )


def open_items(actor: Actor, arguments: Mapping[str, str], path: str) -> ItemList:
    """Return the list of the items an actor may see."""
    base: Any = (
        queries.visible_to(actor)
        .join(AssetCategory, AssetCategory.id == AssetItem.category_id)
        .join(User, User.id == AssetItem.keeper_id)
        .join(Department, Department.id == AssetItem.department_id)
        .outerjoin(AssetPlace, AssetPlace.id == AssetItem.place_id)
    )
    return ItemList(base, arguments, path, filters=item_filters())


def item_filters() -> list[Filter]:
    """Return the filters: category, place, responsible person, department, state."""
    return [
        Filter("status", lazy("状态"), AssetItem.status, options=list(ITEM_STATUS_LABELS.items())),
        Filter("category", lazy("类别"), AssetItem.category_id, "person", options=named(AssetCategory)),
        Filter("place", lazy("存放地点"), AssetItem.place_id, "person", options=named(AssetPlace)),
        Filter("keeper", lazy("责任人"), AssetItem.keeper_id, "person", options=keepers()),
        Filter("department", lazy("部门"), AssetItem.department_id, "person", options=departments()),
    ]


def named(model: Any) -> list[tuple[str, str]]:
    """Return the rows of categories or places as options, by name."""
    rows = session.execute(select(model.id, model.name).order_by(model.name).limit(300))
    return [(str(row.id), row.name) for row in rows]


def keepers() -> list[tuple[str, str]]:
    """Return the people to choose by: who works here, and who left and still has something."""
    holding = select(AssetItem.keeper_id).distinct()
    wanted = or_(User.active.is_(True), User.id.in_(holding))
    statement = select(User.id, User.name).where(wanted).order_by(User.name).limit(500)
    return [(str(row.id), row.name) for row in session.execute(statement)]


def departments() -> list[tuple[str, str]]:
    """Return the departments as options."""
    statement = select(Department.id, Department.name).where(Department.active).order_by(Department.id)
    return [(str(row.id), row.name) for row in session.execute(statement)]


class HandOverList(Listing):
    """Hand-overs, the newest first."""

    rows_keep = True
    row_id = HandOver.id
    default_sort = "-created_at"
    searched = (HandOver.number, Giver.name, Receiver.name)
    columns = (
        Column(
            "number",
            lazy("编号"),
            HandOver.number,
            "link",
            href=lambda row: f"/assets/hand-overs/{row.row_id}",
        ),
        Column("first_item", lazy("设备"), FIRST_ITEM, sortable=False),
        Column("item_count", lazy("件数"), ITEM_COUNT, "number", sortable=False),
        Column("kind", lazy("方式"), HandOver.kind, labels=HAND_OVER_KIND_LABELS, sortable=False),
        Column("giver", lazy("交出人"), Giver.name, "person", sortable=False),
        Column("receiver", lazy("接收人"), Receiver.name, "person", sortable=False),
        Column("created_at", lazy("发起时间"), HandOver.created_at, "datetime"),
        Column("answered_at", lazy("答复时间"), HandOver.answered_at, "datetime"),
        Column(
            "status",
            lazy("状态"),
            HandOver.status,
            "status",
            labels=STATES,
            tones=TONES,
            sortable=False,
        ),
    )
    filters = (
        Filter("status", lazy("状态"), HandOver.status, options=list(STATES.items())),
        Filter("kind", lazy("方式"), HandOver.kind, options=list(HAND_OVER_KIND_LABELS.items())),
        Filter("created", lazy("发起"), HandOver.created_at, "date_range"),
    )


def open_hand_overs(actor: Actor, arguments: Mapping[str, str], path: str) -> HandOverList:
    """Return the list of the hand-overs an actor may see."""
    base: Any = (
        queries.hand_overs_visible_to(actor)
        .join(Giver, Giver.id == HandOver.from_id)
        .join(Receiver, Receiver.id == HandOver.to_id)
    )
    return HandOverList(base, arguments, path)


class CategoryList(Listing):
    """Categories of equipment."""

    row_id = AssetCategory.id
    default_sort = "name"
    searched = (AssetCategory.name,)
    columns = (
        Column(
            "name",
            lazy("名称"),
            AssetCategory.name,
            "link",
            href=lambda row: f"/assets/categories/{row.row_id}",
        ),
        Column(
            "items",
            lazy("设备"),
            select(func.count())
            .where(AssetItem.category_id == AssetCategory.id)
            .correlate(AssetCategory)
            .scalar_subquery(),
            "number",
            sortable=False,
        ),
        Column("check_days", lazy("自查间隔（天）"), AssetCategory.check_days, "number"),
        Column(
            "active",
            lazy("状态"),
            AssetCategory.active,
            "status",
            labels={"True": lazy("启用"), "False": lazy("已停用"), "1": lazy("启用"), "0": lazy("已停用")},
            tones={"True": "ok", "1": "ok"},
            sortable=False,
        ),
    )


class PlaceList(Listing):
    """Places where equipment stands."""

    row_id = AssetPlace.id
    default_sort = "name"
    searched = (AssetPlace.name,)
    columns = (
        Column(
            "name", lazy("名称"), AssetPlace.name, "link", href=lambda row: f"/assets/places/{row.row_id}"
        ),
        Column(
            "is_store",
            lazy("库房"),
            AssetPlace.is_store,
            labels={"True": lazy("是"), "1": lazy("是"), "False": "", "0": ""},
            sortable=False,
        ),
        Column(
            "items",
            lazy("设备"),
            select(func.count())
            .where(AssetItem.place_id == AssetPlace.id)
            .correlate(AssetPlace)
            .scalar_subquery(),
            "number",
            sortable=False,
        ),
        Column(
            "active",
            lazy("状态"),
            AssetPlace.active,
            "status",
            labels={"True": lazy("启用"), "False": lazy("已停用"), "1": lazy("启用"), "0": lazy("已停用")},
            tones={"True": "ok", "1": "ok"},
            sortable=False,
        ),
    )

"""Repairs, reports of loss and damage, requests to scrap, overdue loans and self-checks as lists."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Date, Row, and_, bindparam, case, literal, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.assets import queries as asset_queries
from app.features.assets.enums import ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.upkeep import queries
from app.features.assets.upkeep.enums import (
    INCIDENT_LABELS,
    INCIDENT_TONES,
    OUTCOME_LABELS,
    SelfCheckStatus,
)
from app.features.assets.upkeep.incident_flow import FLOW as INCIDENT_FLOW
from app.features.assets.upkeep.models import (
    AssetIncident,
    AssetRepair,
    AssetScrapping,
    AssetSelfCheckRequest,
)
from app.features.assets.upkeep.scrapping_flow import FLOW as SCRAPPING_FLOW
from app.features.assets.upkeep.self_check_flow import FLOW as SELF_CHECK_FLOW
from app.features.people.models import Department, User

Keeper = aliased(User)
Person = aliased(User)
TODAY = bindparam("today", callable_=clock.today, type_=Date)
RUNNING = "running"
REPAIR_STATE = case((AssetRepair.back_at.is_(None), literal(RUNNING)), else_=AssetRepair.outcome)
REPAIR_LABELS = {RUNNING: lazy("维修中")} | {str(code): label for code, label in OUTCOME_LABELS.items()}
REPAIR_TONES = {RUNNING: "warn", "success": "ok", "failure": "bad"}
LATE = "late"
ASKED_STATE = case(
    (
        and_(AssetSelfCheckRequest.status == SelfCheckStatus.ASKED, AssetSelfCheckRequest.due_on < TODAY),
        literal(LATE),
    ),
    else_=AssetSelfCheckRequest.status,
)
ASKED_LABELS = {str(state.code): state.label for state in SELF_CHECK_FLOW.states} | {LATE: lazy("逾期未答")}
ASKED_TONES = {str(state.code): state.tone for state in SELF_CHECK_FLOW.states} | {LATE: "bad"}


def labels(flow: Any) -> dict[str, Any]:
    """Return the states of a flow with their labels."""
    return {str(state.code): state.label for state in flow.states}


def tones(flow: Any) -> dict[str, str]:
    """Return the states of a flow with their tones."""
    return {str(state.code): state.tone for state in flow.states}


def item_address(row: Row[Any]) -> str:
    """Return the address of a row's item."""
    return url_for("assets.show", item_id=row.item_id)


def days_late(row: Row[Any]) -> str:
    """Return how many days a loan is over."""
    return _("%(days)s 天", days=(clock.today() - row.due_back_on).days)


class RepairList(Listing):
    """The repairs of equipment a reader keeps or oversees, the newest first."""

    searched = (AssetItem.number, AssetItem.name, AssetRepair.vendor, AssetRepair.fault, AssetRepair.note)
    default_sort = "-sent_at"
    row_id = AssetRepair.id
    columns = (
        Column("item", lazy("设备"), AssetItem.name, "link", href=item_address),
        Column("item_number", lazy("编号"), AssetItem.number, below="item"),
        Column("vendor", lazy("维修单位"), AssetRepair.vendor),
        Column("fault", lazy("故障"), AssetRepair.fault, sortable=False),
        Column("sent_at", lazy("送修"), AssetRepair.sent_at, "date"),
        Column("back_at", lazy("修回"), AssetRepair.back_at, "date"),
        Column("state", lazy("结果"), REPAIR_STATE, "status", labels=REPAIR_LABELS, tones=REPAIR_TONES),
        Column("cost", lazy("费用"), AssetRepair.cost, "money", total=True),
        Column("item_id", "", AssetRepair.item_id, hidden=True, sortable=False),
    )
    filters = (
        Filter("state", lazy("结果"), REPAIR_STATE, options=list(REPAIR_LABELS.items())),
        Filter("sent", lazy("送修日期"), AssetRepair.sent_at, kind="date_range"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = (
            select(AssetRepair.id)
            .join(AssetItem, AssetItem.id == AssetRepair.item_id)
            .where(queries.overseen(AssetItem.department_id, actor))
        )
        super().__init__(base, arguments, path)


class IncidentList(Listing):
    """The reports of loss and damage a reader may see, the newest first."""

    searched = (AssetIncident.number, AssetItem.number, AssetItem.name, Person.name, AssetIncident.account)
    default_sort = "-created_at"
    row_id = AssetIncident.id
    columns = (
        Column(
            "number",
            lazy("编号"),
            AssetIncident.number,
            "link",
            href=lambda row: url_for("upkeep.show_incident", incident_id=row.row_id),
        ),
        Column(
            "kind",
            lazy("情况"),
            AssetIncident.kind,
            labels={str(code): label for code, label in INCIDENT_LABELS.items()},
            tones=INCIDENT_TONES,
        ),
        Column("item", lazy("设备"), AssetItem.name),
        Column("person", lazy("责任人"), Person.name, "person"),
        Column("department", lazy("部门"), Department.name, below="person"),
        Column("happened_at", lazy("发生时间"), AssetIncident.happened_at, "datetime"),
        Column("place", lazy("地点"), AssetIncident.place, below="happened_at"),
        Column(
            "status",
            lazy("状态"),
            AssetIncident.status,
            "status",
            labels=labels(INCIDENT_FLOW),
            tones=tones(INCIDENT_FLOW),
        ),
        Column("created_at", lazy("报告时间"), AssetIncident.created_at, "datetime"),
    )
    filters = (
        Filter(
            "kind",
            lazy("情况"),
            AssetIncident.kind,
            options=[(str(code), label) for code, label in INCIDENT_LABELS.items()],
        ),
        Filter("status", lazy("状态"), AssetIncident.status, options=list(labels(INCIDENT_FLOW).items())),
        Filter("created", lazy("报告日期"), AssetIncident.created_at, kind="date_range"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = (
            queries.incident_ids(actor)
            .join(AssetItem, AssetItem.id == AssetIncident.item_id)
            .join(Person, Person.id == AssetIncident.person_id)
            .join(Department, Department.id == AssetIncident.department_id)
        )
        super().__init__(base, arguments, path)


class ScrappingList(Listing):
    """The requests to scrap equipment a reader may see, the newest first."""

    searched = (AssetScrapping.number, AssetItem.number, AssetItem.name, AssetScrapping.reason)
    default_sort = "-created_at"
    row_id = AssetScrapping.id
    columns = (
        Column(
            "number",
            lazy("编号"),
            AssetScrapping.number,
            "link",
            href=lambda row: url_for("upkeep.show_scrapping", scrapping_id=row.row_id),
        ),
        Column("item", lazy("设备"), AssetItem.name),
        Column("reason", lazy("报废原因"), AssetScrapping.reason, sortable=False),
        Column("price", lazy("原价"), AssetItem.price, "money"),
        Column("residual", lazy("残值"), AssetScrapping.residual, "money", total=True),
        Column(
            "status",
            lazy("状态"),
            AssetScrapping.status,
            "status",
            labels=labels(SCRAPPING_FLOW),
            tones=tones(SCRAPPING_FLOW),
        ),
        Column("owner", lazy("申请人"), Keeper.name, "person"),
        Column("created_at", lazy("申请时间"), AssetScrapping.created_at, "datetime"),
    )
    filters = (
        Filter("status", lazy("状态"), AssetScrapping.status, options=list(labels(SCRAPPING_FLOW).items())),
        Filter("created", lazy("申请日期"), AssetScrapping.created_at, kind="date_range"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = (
            queries.scrapping_ids(actor)
            .join(AssetItem, AssetItem.id == AssetScrapping.item_id)
            .join(Keeper, Keeper.id == AssetScrapping.owner_id)
        )
        super().__init__(base, arguments, path)


class OverdueList(Listing):
    """What was lent and should be back, the longest overdue first."""

    searched = (AssetItem.number, AssetItem.name, Keeper.name)
    default_sort = "due_back_on"
    row_id = AssetItem.id
    columns = (
        Column("item", lazy("设备"), AssetItem.name, "link", href=item_address),
        Column("item_number", lazy("编号"), AssetItem.number, below="item"),
        Column("keeper", lazy("借用人"), Keeper.name, "person"),
        Column("department", lazy("部门"), Department.name, below="keeper"),
        Column("phone", lazy("电话"), Keeper.phone, sortable=False),
        Column("due_back_on", lazy("应还日期"), AssetItem.due_back_on, "date"),
        Column(
            "days",
            lazy("已逾期"),
            AssetItem.due_back_on,
            sortable=False,
            text=days_late,
            tone=lambda row: "bad",
        ),
        Column("item_id", "", AssetItem.id, hidden=True, sortable=False),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = (
            asset_queries.visible_ids(actor)
            .join(Keeper, Keeper.id == AssetItem.keeper_id)
            .join(Department, Department.id == AssetItem.department_id)
            .where(AssetItem.status == ItemStatus.ASSIGNED, AssetItem.due_back_on < TODAY)
        )
        super().__init__(base, arguments, path)


class SelfCheckList(Listing):
    """Who was asked to check their equipment, and who has not answered; the oldest question first."""

    searched = (Person.name, Department.name)
    default_sort = "due_on"
    row_id = AssetSelfCheckRequest.id
    columns = (
        Column(
            "person",
            lazy("责任人"),
            Person.name,
            "person",
            href=lambda row: url_for("upkeep.show_self_check", request_id=row.row_id),
        ),
        Column("department", lazy("部门"), Department.name),
        Column("phone", lazy("电话"), Person.phone, sortable=False),
        Column("asked_at", lazy("发出"), AssetSelfCheckRequest.asked_at, "date"),
        Column("due_on", lazy("截止"), AssetSelfCheckRequest.due_on, "date"),
        Column("answered_at", lazy("答复"), AssetSelfCheckRequest.answered_at, "datetime"),
        Column("state", lazy("状态"), ASKED_STATE, "status", labels=ASKED_LABELS, tones=ASKED_TONES),
    )
    filters = (Filter("state", lazy("状态"), ASKED_STATE, options=list(ASKED_LABELS.items())),)

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = (
            queries.self_check_ids(actor)
            .join(Person, Person.id == AssetSelfCheckRequest.owner_id)
            .outerjoin(Department, Department.id == AssetSelfCheckRequest.department_id)
        )
        super().__init__(base, arguments, path)

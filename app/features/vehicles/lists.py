"""The lists of cars, costs, fines and licences."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select

from app.core import clock
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.i18n import gettext as _
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.assets.models import AssetItem
from app.features.people.models import Department, User
from app.features.vehicles import queries
from app.features.vehicles.enums import (
    COST_LABELS,
    FINE_LABELS,
    FINE_TONES,
    GROUNDED,
    LICENCE_CLASS_LABELS,
    POLICY_LABELS,
    STATUS_LABELS,
    STATUS_TONES,
)
from app.features.vehicles.models import DrivingLicence, Vehicle, VehicleCost, VehicleFine

SOON, WARNED = 7, 30


def days_tone(day: date | None) -> str:
    """Return how urgent an end is: past or within a week, within a month, or neither; missing is past."""
    if day is None:
        return "bad"
    left = (day - clock.today()).days
    if left < SOON:
        return "bad"
    return "warn" if left <= WARNED else "ok"


def choices(labels: Mapping[Any, LazyText]) -> list[tuple[str, LazyText]]:
    """Return the options of a filter on codes."""
    return [(str(code), label) for code, label in labels.items()]


def texts(labels: Mapping[Any, LazyText]) -> dict[str, LazyText]:
    """Return labels by the plain text of their codes, as rows have it."""
    return {str(code): label for code, label in labels.items()}


# The state as readers are told it: a car that a defect grounds cannot be dispatched, whatever its card says.
SHOWN_LABELS: dict[str, LazyText] = {**texts(STATUS_LABELS), GROUNDED: lazy("停驶")}
SHOWN_TONES = {**{str(code): tone for code, tone in STATUS_TONES.items()}, GROUNDED: "bad"}


def vehicle_address(row: Row[Any]) -> str:
    """Return the address of a row's car."""
    return f"/vehicles/{row.row_id}"


def expiry_text(row: Row[Any]) -> str:
    """Return the day on which the first required paper ends, or that one is missing."""
    return row.expires_on.isoformat() if row.expires_on is not None else _("缺少证件")


def service_text(row: Row[Any]) -> str:
    """Return when the next service is due, by kilometres and by day."""
    parts = []
    if row.service_kilometres is not None:
        parts.append(_("%(due)s 公里", due=f"{(row.serviced_at or 0) + row.service_kilometres:,}"))
    if row.service_days is not None and row.serviced_on is not None:
        parts.append((row.serviced_on + timedelta(days=row.service_days)).isoformat())
    return " / ".join(parts)


class VehicleList(Listing):
    """The cars with whoever is responsible, and what comes next."""

    row_id = Vehicle.id
    default_sort = "plate"
    searched = (Vehicle.plate, Vehicle.name, User.name)

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        expires = queries.next_expiry()
        columns = (
            Column("plate", lazy("车牌号"), Vehicle.plate, "link", href=vehicle_address),
            Column("name", lazy("车辆名称"), Vehicle.name),
            Column(
                "status",
                lazy("状态"),
                queries.shown_status(),
                "status",
                labels=SHOWN_LABELS,
                tones=SHOWN_TONES,
            ),
            Column("keeper", lazy("责任人"), User.name, "person", sortable=False),
            Column("policy", lazy("约车方式"), Vehicle.policy, labels=texts(POLICY_LABELS)),
            Column("odometer", lazy("里程（公里）"), Vehicle.odometer, "number"),
            Column(
                "expires_on",
                lazy("证件最早到期"),
                expires,
                "date",
                text=expiry_text,
                tone=lambda row: days_tone(row.expires_on),
            ),
            Column(
                "service_kilometres",
                lazy("下次保养"),
                Vehicle.service_kilometres,
                text=service_text,
                sortable=False,
            ),
            Column("serviced_at", "", Vehicle.serviced_at_kilometres, hidden=True, sortable=False),
            Column("service_days", "", Vehicle.service_days, hidden=True, sortable=False),
            Column("serviced_on", "", Vehicle.serviced_on, hidden=True, sortable=False),
        )
        filters = (
            Filter("status", lazy("状态"), queries.shown_status(), options=list(SHOWN_LABELS.items())),
            Filter("policy", lazy("约车方式"), Vehicle.policy, options=choices(POLICY_LABELS)),
        )
        base = (
            queries.visible_ids(actor)
            .join(AssetItem, AssetItem.id == Vehicle.item_id)
            .join(User, User.id == AssetItem.keeper_id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)


class CostList(Listing):
    """Money paid for cars, the newest first; its file goes to finance."""

    row_id = VehicleCost.id
    default_sort = "-paid_on"
    searched = (Vehicle.plate, VehicleCost.note)

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        columns = (
            Column("paid_on", lazy("付款日期"), VehicleCost.paid_on, "date"),
            Column(
                "plate",
                lazy("车牌号"),
                Vehicle.plate,
                "link",
                href=lambda row: f"/vehicles/{row.vehicle_id}#costs",
            ),
            Column("vehicle_id", "", Vehicle.id, hidden=True, sortable=False),
            Column(
                "kind", lazy_in_context("vehicle", "费用类别"), VehicleCost.kind, labels=texts(COST_LABELS)
            ),
            Column("amount", lazy("金额（元）"), VehicleCost.amount, "money", total=True),
            Column("litres", lazy("升数"), VehicleCost.litres, "number"),
            Column("kilometres", lazy("里程（公里）"), VehicleCost.kilometres, "number"),
            Column("note", lazy("说明"), VehicleCost.note, sortable=False),
            Column("by", lazy("登记人"), User.name, "person", sortable=False),
        )
        filters = (
            Filter(
                "vehicle",
                lazy("车辆"),
                VehicleCost.vehicle_id,
                options=[(str(number), plate) for number, plate in queries.plates(actor)],
            ),
            Filter(
                "kind", lazy_in_context("vehicle", "费用类别"), VehicleCost.kind, options=choices(COST_LABELS)
            ),
            Filter("paid", lazy("付款日期"), VehicleCost.paid_on, kind="date_range"),
        )
        base = (
            select(VehicleCost.id)
            .join(Vehicle, Vehicle.id == VehicleCost.vehicle_id)
            .join(User, User.id == VehicleCost.entered_by_id)
            .where(queries.costs_condition(actor))
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)


class FineList(Listing):
    """Fines with whoever drove, the newest first."""

    row_id = VehicleFine.id
    default_sort = "-happened_at"
    searched = (Vehicle.plate, VehicleFine.offence, VehicleFine.place, VehicleFine.notice_number, User.name)

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        columns = (
            Column(
                "happened_at",
                lazy("违章时间"),
                VehicleFine.happened_at,
                "datetime",
                href=lambda row: f"/vehicles/fines/{row.row_id}",
            ),
            Column("plate", lazy("车牌号"), Vehicle.plate),
            Column("offence", lazy("违章行为"), VehicleFine.offence, sortable=False),
            Column(
                "driver",
                lazy("驾驶人"),
                User.name,
                sortable=False,
                text=lambda row: row.driver or _("待查明"),
            ),
            Column("amount", lazy("罚款（元）"), VehicleFine.amount, "money", total=True),
            Column("points", lazy("记分"), VehicleFine.points, "number"),
            Column(
                "status",
                lazy("状态"),
                VehicleFine.status,
                "status",
                labels=texts(FINE_LABELS),
                tones={str(code): tone for code, tone in FINE_TONES.items()},
            ),
        )
        filters = (
            Filter("status", lazy("状态"), VehicleFine.status, options=choices(FINE_LABELS)),
            Filter("happened", lazy("违章时间"), VehicleFine.happened_at, kind="date_range"),
        )
        base = (
            select(VehicleFine.id)
            .join(Vehicle, Vehicle.id == VehicleFine.vehicle_id)
            .outerjoin(User, User.id == VehicleFine.driver_id)
            .where(queries.fines_condition(actor))
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)


class LicenceList(Listing):
    """Driving licences, the one that ends first on top; a driver sees their own."""

    row_id = DrivingLicence.id
    default_sort = "valid_until"
    searched = (User.name, User.staff_number)

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        columns = (
            Column(
                "name",
                lazy("驾驶员"),
                User.name,
                "link",
                href=lambda row: f"/vehicles/licences/{row.user_id}",
            ),
            Column("user_id", "", DrivingLicence.user_id, hidden=True, sortable=False),
            Column("department", lazy("部门"), Department.name, sortable=False),
            Column(
                "licence_class",
                lazy("准驾车型"),
                DrivingLicence.licence_class,
                labels=texts(LICENCE_CLASS_LABELS),
            ),
            Column(
                "valid_until",
                lazy("有效期止"),
                DrivingLicence.valid_until,
                "date",
                tone=lambda row: days_tone(row.valid_until),
            ),
            Column("seen_on", lazy("核对日期"), DrivingLicence.seen_on, "date"),
        )
        base = (
            queries.visible_licences(actor)
            .join(User, User.id == DrivingLicence.user_id)
            .outerjoin(Department, Department.id == User.department_id)
            .where(User.active.is_(True))
        )
        super().__init__(base, arguments, path, columns=columns)

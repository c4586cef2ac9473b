"""How far the rules on cars are kept: papers valid, defects mended and fines settled in time."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, literal, or_, select

from app.core import clock, indicators, settings
from app.core.i18n import LazyText, lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.assets.models import AssetItem
from app.features.vehicles.enums import DEFECT, FINE, MODULE, REQUIRED_PAPERS, VEHICLE, VehicleStatus
from app.features.vehicles.models import Vehicle, VehicleDefect, VehicleFine, VehiclePaper

MEND_DAYS = "vehicles.mend_days"
SETTLE_DAYS = "vehicles.settle_days"
MOST_DAYS = 365


def refuse_days(value: object) -> LazyText | None:
    """Refuse a number of days that nobody can mean."""
    fits = isinstance(value, int) and 1 <= value <= MOST_DAYS
    return None if fits else lazy("请填写 1 到 %(most)s 之间的天数", most=MOST_DAYS)


settings.register(
    settings.Setting(
        MEND_DAYS,
        "number",
        7,
        lazy("车辆故障应在几天内修复"),
        section="vehicles",
        module=MODULE,
        check=refuse_days,
    ),
    settings.Setting(
        SETTLE_DAYS,
        "number",
        15,
        lazy("交通违章应在几天内处理"),
        section="vehicles",
        module=MODULE,
        check=refuse_days,
    ),
)


# Papers


def cars(period: Period) -> Cases:
    """Return the cars in use that were entered before the end of a span of time."""
    return (
        select(
            Vehicle.id.label("case_id"),
            literal(VEHICLE).label("doc_type"),
            Vehicle.id.label("doc_id"),
            AssetItem.keeper_id.label("person_id"),
            Vehicle.department_id.label("department_id"),
            Vehicle.created_at.label("at"),
        )
        .join(AssetItem, AssetItem.id == Vehicle.item_id)
        .where(Vehicle.status != VehicleStatus.RETIRED, Vehicle.created_at < period.end)
    )


def was_there(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account each car that was entered when the period closed."""
    entered: ColumnElement[bool] = columns.at <= period.closing()
    return entered


def papers_hold(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept a car whose required papers all hold on the last day of the period."""
    day: Any = bindparam(None, callable_=lambda: last_day(period), type_=Date())
    return and_(
        *(
            exists().where(
                VehiclePaper.vehicle_id == columns.doc_id,
                VehiclePaper.kind == kind,
                VehiclePaper.valid_from <= day,
                VehiclePaper.valid_until >= day,
            )
            for kind in REQUIRED_PAPERS
        )
    )


def last_day(period: Period) -> date:
    """Return the last company day of a period, today where it is not over."""
    return clock.to_local(period.close - timedelta(microseconds=1)).date()


# What waits too long


def open_defects(period: Period) -> Cases:
    """Return the defects that were open at some moment of a span of time."""
    return (
        select(
            VehicleDefect.id.label("case_id"),
            literal(DEFECT).label("doc_type"),
            VehicleDefect.id.label("doc_id"),
            AssetItem.keeper_id.label("person_id"),
            Vehicle.department_id.label("department_id"),
            VehicleDefect.reported_at.label("at"),
            VehicleDefect.mended_at.label("ended_at"),
        )
        .join(Vehicle, Vehicle.id == VehicleDefect.vehicle_id)
        .join(AssetItem, AssetItem.id == Vehicle.item_id)
        .where(*was_open(VehicleDefect.reported_at, VehicleDefect.mended_at, period))
    )


def open_fines(period: Period) -> Cases:
    """Return the fines that were pending at some moment of a span of time, from when they were entered."""
    return (
        select(
            VehicleFine.id.label("case_id"),
            literal(FINE).label("doc_type"),
            VehicleFine.id.label("doc_id"),
            VehicleFine.driver_id.label("person_id"),
            Vehicle.department_id.label("department_id"),
            VehicleFine.created_at.label("at"),
            VehicleFine.settled_at.label("ended_at"),
        )
        .join(Vehicle, Vehicle.id == VehicleFine.vehicle_id)
        .where(*was_open(VehicleFine.created_at, VehicleFine.settled_at, period))
    )


def was_open(began: Any, ended: Any, period: Period) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that something was open at some moment of a span of time."""
    return began < period.end, or_(ended.is_(None), ended >= period.start)


def waits(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what is still open at the end of the period."""
    close = period.closing()
    return and_(columns.at <= close, or_(columns.ended_at.is_(None), columns.ended_at > close))


def since_days(key: str) -> Any:
    """Return the condition that something does not wait for longer than the days of a setting."""

    def kept(columns: Columns, period: Period) -> ColumnElement[bool]:
        allowed: ColumnElement[bool] = columns.at >= period.closing(
            lambda: timedelta(days=int(settings.get(key)))
        )
        return allowed

    return kept


indicators.register(
    Indicator(
        "vehicles-papers-valid",
        lazy("车辆证件有效"),
        lazy("使用中的车辆，交强险和年检都在有效期内的"),
        MODULE,
        cars,
        was_there,
        papers_hold,
    ),
    Indicator(
        "vehicles-defects-mended",
        lazy("车辆故障及时修复"),
        lazy("现在没有修复的车辆故障中，没有超过规定天数的"),
        MODULE,
        open_defects,
        waits,
        since_days(MEND_DAYS),
    ),
    Indicator(
        "vehicles-fines-settled",
        lazy("交通违章及时处理"),
        lazy("现在没有处理的交通违章中，登记后没有超过规定天数的"),
        MODULE,
        open_fines,
        waits,
        since_days(SETTLE_DAYS),
    ),
)

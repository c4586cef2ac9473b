"""What those who keep the cars are reminded of: papers, licences and services before they end, cars that stand still.

Tasks are what is true today; notices are sent when one of the days of the settings before an end is reached, once each.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, settings, tasks, timeline
from app.core.db import session
from app.core.i18n import LazyText, lazy
from app.core.permissions import SYSTEM, directory
from app.core.tasks import WantedTask
from app.core.uow import unit_of_work
from app.features.vehicles import queries
from app.features.vehicles.enums import (
    LICENCE,
    REQUIRED_PAPERS,
    VEHICLE,
    PaperKind,
    VehiclePerm,
    VehicleStatus,
)
from app.features.vehicles.models import DrivingLicence, Vehicle, VehiclePaper
from app.features.vehicles.roadworthiness import service_due

REMIND_DAYS = "vehicles.remind_days"
MOST_DAYS = 365
PIECE = 100


def refuse_days(value: Any) -> LazyText | None:
    """Refuse what is no list of days."""
    days = [part for part in re.split(r"[\s,，、/]+", str(value)) if part]
    fits = days and all(
        part.isascii() and part.isdigit() and 1 <= int(part) <= MOST_DAYS for part in days[:9]
    )
    return None if fits and len(days) <= 9 else lazy("请填写天数，用逗号分开，例如 30, 7, 1")


def remind_days() -> list[int]:
    """Return on how many days before an end people are reminded, the longest first."""
    return sorted({int(part) for part in re.findall(r"\d+", str(settings.get(REMIND_DAYS)))}, reverse=True)


def keepers(vehicle: Vehicle) -> list[int]:
    """Return who keeps the cars of the department of this one."""
    return [person.id for person in directory().holders(VehiclePerm.MANAGE, vehicle.department_id)]


def reached(days_left: int, already: int | None) -> int | None:
    """Return the shortest of the days of the settings that is reached and was not reminded of, or None."""
    fitting = [days for days in remind_days() if days_left <= days]
    if not fitting or (already is not None and already <= fitting[-1]):
        return None
    return fitting[-1]


def latest_papers(papers: Iterable[VehiclePaper]) -> dict[str, VehiclePaper]:
    """Return of each kind the paper that ends last."""
    latest: dict[str, VehiclePaper] = {}
    for paper in papers:
        known = latest.get(paper.kind)
        if known is None or paper.valid_until > known.valid_until:
            latest[paper.kind] = paper
    return latest


def wanted(vehicle: Vehicle, papers: Iterable[VehiclePaper], grounded: bool) -> list[WantedTask]:
    """Return the tasks that stand open for a car today."""
    if vehicle.status == VehicleStatus.RETIRED:
        return []
    last_day = clock.today() + timedelta(days=max(remind_days(), default=0))
    latest = latest_papers(papers)
    found = []
    for kind in PaperKind:
        paper = latest.get(kind)
        missing = paper is None and kind in REQUIRED_PAPERS
        if missing or (paper is not None and paper.valid_until <= last_day):
            found.append(
                task(
                    vehicle,
                    f"vehicle:renew-{kind.replace('_', '-')}",
                    None if paper is None else paper.valid_until,
                )
            )
    due = service_due(vehicle)
    by_kilometres = due.kilometres is not None and vehicle.odometer >= due.kilometres
    if by_kilometres or (due.on is not None and due.on <= last_day):
        found.append(task(vehicle, "vehicle:service", due.on))
    if grounded:
        found.append(task(vehicle, "vehicle:mend", None))
    return found


def task(vehicle: Vehicle, kind: str, day: date | None) -> WantedTask:
    """Return a task for whoever keeps a car, due at the end of a day."""
    due_at = None if day is None else clock.day_bounds(day)[1]
    return WantedTask(kind, permission=VehiclePerm.MANAGE, department_id=vehicle.department_id, due_at=due_at)


def sync(vehicle: Vehicle) -> None:
    """Make the tasks of a car equal to what is true today, in the open unit of work."""
    session.flush()
    papers = queries.papers_of([vehicle.id])[vehicle.id]
    grounded = bool(queries.open_grounding_defects([vehicle.id]))
    tasks.sync(VEHICLE, vehicle.id, wanted(vehicle, papers, grounded))


def sync_licence(licence: DrivingLicence) -> None:
    """Make the task of a licence equal to what is true today, in the open unit of work."""
    last_day = clock.today() + timedelta(days=max(remind_days(), default=0))
    found = []
    if licence.user.active and licence.valid_until <= last_day:
        due_at = clock.day_bounds(licence.valid_until)[1]
        found.append(
            WantedTask(
                "licence:renew",
                permission=VehiclePerm.MANAGE,
                department_id=licence.user.department_id,
                due_at=due_at,
            )
        )
    tasks.sync(LICENCE, licence.id, found)


def remind_of_papers(vehicle: Vehicle) -> None:
    """Tell those who keep a car of each paper whose end comes near, once for each of the days of the settings."""
    papers = queries.papers_of([vehicle.id])[vehicle.id]
    for paper in latest_papers(papers).values():
        days_left = (paper.valid_until - clock.today()).days
        days = reached(days_left, paper.reminded_days)
        if days is None:
            continue
        paper.reminded_days = days
        data = {"paper": paper.kind, "day": paper.valid_until.isoformat()}
        timeline.record(VEHICLE, vehicle.id, "vehicle:paper-ends", SYSTEM, data=data, tell=keepers(vehicle))


def remind_of_licence(licence: DrivingLicence) -> None:
    """Tell a driver and those who keep the cars that the licence ends soon, once for each of the days."""
    days = reached((licence.valid_until - clock.today()).days, licence.reminded_days)
    if days is None or not licence.user.active:
        return
    licence.reminded_days = days
    told = directory().holders(VehiclePerm.MANAGE, licence.user.department_id)
    timeline.record(
        LICENCE,
        licence.id,
        "licence:ends",
        SYSTEM,
        data={"name": licence.user.name, "day": licence.valid_until.isoformat()},
        tell=[licence.user_id, *(person.id for person in told)],
    )


def look_at(vehicle: Vehicle) -> None:
    """Send the notices of a car that are due today and bring its tasks up to the day, in the open unit of work."""
    remind_of_papers(vehicle)
    sync(vehicle)


def look_at_licence(licence: DrivingLicence) -> None:
    """Do for a licence what ``look_at`` does for a car."""
    remind_of_licence(licence)
    sync_licence(licence)


def remind(payload: dict[str, Any]) -> None:
    """Bring tasks up to date with the day and send the notices that are due; a piece of the cars at a time."""
    cars = list(session.execute(select(Vehicle.id).where(Vehicle.status != VehicleStatus.RETIRED)).scalars())
    licences = list(session.execute(select(DrivingLicence.id)).scalars())
    session.rollback()
    for start in range(0, len(cars), PIECE):
        with unit_of_work():
            piece = cars[start : start + PIECE]
            statement = select(Vehicle).where(Vehicle.id.in_(piece)).order_by(Vehicle.id)
            for vehicle in session.execute(statement).scalars():
                look_at(vehicle)
    for start in range(0, len(licences), PIECE):
        with unit_of_work():
            piece = licences[start : start + PIECE]
            rows = select(DrivingLicence).where(DrivingLicence.id.in_(piece)).order_by(DrivingLicence.id)
            for licence in session.execute(rows).scalars():
                look_at_licence(licence)

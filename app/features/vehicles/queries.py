"""Who sees which car, and what is known of cars: papers, licences, open defects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.permissions import Actor, can, departments_of
from app.features.assets.models import AssetCustody
from app.features.assets.queries import visible_ids as visible_items
from app.features.people.models import User
from app.features.vehicles import readings
from app.features.vehicles.enums import GROUNDED, REQUIRED_PAPERS, VehiclePerm, VehicleStatus
from app.features.vehicles.models import (
    DrivingLicence,
    OdometerCorrection,
    Vehicle,
    VehicleCost,
    VehicleDefect,
    VehicleFine,
    VehiclePaper,
    VehicleService,
)


def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a car: whoever may see cars sees all of them."""
    return true() if can(actor, VehiclePerm.VIEW) else false()


def visible_to(actor: Actor) -> Select[Vehicle]:
    """Return the SELECT of the cars an actor may see."""
    return select(Vehicle).where(visible_condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the cars an actor may see."""
    return select(Vehicle.id).where(visible_condition(actor))


def get(actor: Actor, vehicle_id: int) -> Vehicle:
    """Return a car the actor may see; raises NotVisible."""
    return one(visible_to(actor).where(Vehicle.id == vehicle_id))


@dataclass(frozen=True)
class CarOnPage:
    """A car with what its page asks besides, of one statement: its papers stand in it already.

    ``opens_item`` tells whether the reader may open the piece of equipment it is; ``kilometres`` were driven over a
    year, ``daily`` is the average of a day lately, None where two readings are missing.
    """

    vehicle: Vehicle
    opens_item: bool
    kilometres: int
    daily: Decimal | None


def on_page(actor: Actor, vehicle_id: int) -> CarOnPage:
    """Return a car the actor may see with what its page asks besides; raises NotVisible."""
    driven = readings.driven(vehicle_id)
    statement = (
        select(Vehicle, Vehicle.item_id.in_(visible_items(actor)), driven)
        .join(driven, true())
        .where(visible_condition(actor), Vehicle.id == vehicle_id)
        .options(joinedload(Vehicle.papers))
    )
    row = session.execute(statement).unique().one_or_none()
    if row is None:
        raise NotVisible
    vehicle, opens_item, of_year, first_at, last_at, lately = row
    return CarOnPage(
        vehicle, bool(opens_item), int(of_year or 0), readings.average(first_at, last_at, lately)
    )


def one(statement: Select[Any]) -> Any:
    """Return the one row of a SELECT; raises NotVisible where there is none."""
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return plate and name of cars, for notices and search."""
    rows = session.execute(select(Vehicle.id, Vehicle.plate, Vehicle.name).where(Vehicle.id.in_(ids)))
    return {row.id: f"{row.plate} {row.name}" for row in rows}


def in_use(actor: Actor) -> list[Vehicle]:
    """Return the cars an actor may see that are still used, by plate."""
    statement = visible_to(actor).where(Vehicle.status != VehicleStatus.RETIRED).order_by(Vehicle.plate)
    return list(session.execute(statement).scalars())


def of_item(actor: Actor, item_id: int) -> int | None:
    """Return the id of the car that a piece of equipment is, as far as the actor sees cars."""
    return session.execute(visible_ids(actor).where(Vehicle.item_id == item_id)).scalar_one_or_none()


def driven_count(person_id: int) -> Select[int]:
    """Return the SELECT of how many cars in use a person is the own driver of."""
    return (
        select(func.count())
        .select_from(Vehicle)
        .where(Vehicle.driver_id == person_id, Vehicle.status != VehicleStatus.RETIRED)
    )


def shown_status() -> ColumnElement[str]:
    """Return the column of the state as readers are told it: an available car with a grounding defect is grounded."""
    grounds = exists().where(
        VehicleDefect.vehicle_id == Vehicle.id,
        VehicleDefect.grounds.is_(True),
        VehicleDefect.mended_at.is_(None),
    )
    return case((and_(Vehicle.status == VehicleStatus.AVAILABLE, grounds), GROUNDED), else_=Vehicle.status)


def plates(actor: Actor) -> list[tuple[int, str]]:
    """Return id and plate with name of the cars an actor may see, for a form that chooses one."""
    statement = (
        select(Vehicle.id, Vehicle.plate, Vehicle.name)
        .where(visible_condition(actor))
        .order_by(Vehicle.status == VehicleStatus.RETIRED, Vehicle.plate)
    )
    return [(row.id, f"{row.plate} {row.name}") for row in session.execute(statement)]


def may_manage(actor: Actor, vehicle: Vehicle) -> bool:
    """Tell whether an actor keeps this car."""
    return can(actor, VehiclePerm.MANAGE, vehicle.department_id)


def may_see_costs(actor: Actor, vehicle: Vehicle) -> bool:
    """Tell whether an actor sees what this car cost and how it was fined."""
    return can(actor, VehiclePerm.VIEW_COSTS, vehicle.department_id)


def sees_who(actor: Actor, vehicle: Vehicle, defect: VehicleDefect) -> bool:
    """Tell whether an actor is told who did a damage: that person, and who judges or keeps the car."""
    own = actor.id is not None and actor.id == defect.caused_by_id
    return own or may_manage(actor, vehicle) or can(actor, VehiclePerm.AGREE, vehicle.department_id)


# Papers


def papers_of(vehicle_ids: Iterable[int]) -> Mapping[int, list[VehiclePaper]]:
    """Return the papers of cars, the one that ends last first; one statement however many there are."""
    wanted = sorted(set(vehicle_ids))
    found: dict[int, list[VehiclePaper]] = {number: [] for number in wanted}
    rows = session.execute(
        select(VehiclePaper)
        .where(VehiclePaper.vehicle_id.in_(wanted))
        .order_by(VehiclePaper.kind, VehiclePaper.valid_until.desc(), VehiclePaper.id.desc())
    )
    for paper in rows.scalars():
        found[paper.vehicle_id].append(paper)
    return found


def first_uncovered(papers: Iterable[VehiclePaper], first: date, last: date) -> date | None:
    """Return the first day from ``first`` to ``last``, both included, on which none of the papers holds."""
    day = first
    for paper in sorted(papers, key=lambda paper: paper.valid_from):
        if paper.valid_from <= day <= paper.valid_until:
            day = paper.valid_until + timedelta(days=1)
    return day if day <= last else None


def next_expiry() -> Any:
    """Return the column of the day on which the first of a car's required papers ends; null where one is missing."""
    ends = [
        select(func.max(VehiclePaper.valid_until))
        .where(VehiclePaper.vehicle_id == Vehicle.id, VehiclePaper.kind == kind)
        .correlate(Vehicle)
        .scalar_subquery()
        for kind in REQUIRED_PAPERS
    ]
    # The lesser of two is spelt differently on the two engines.
    earlier = select(ends[0]).where(ends[0] <= ends[1]).correlate(Vehicle).scalar_subquery()
    later = select(ends[1]).where(ends[1] < ends[0]).correlate(Vehicle).scalar_subquery()
    return func.coalesce(earlier, later)


# Defects, services, costs


def defects_of(vehicle_id: int) -> list[VehicleDefect]:
    """Return the defects of a car, the open ones first, each group the newest first."""
    statement = (
        select(VehicleDefect)
        .where(VehicleDefect.vehicle_id == vehicle_id)
        .order_by(VehicleDefect.mended_at.is_not(None), VehicleDefect.id.desc())
        .limit(100)
    )
    return list(session.execute(statement).scalars())


def open_grounding_defects(vehicle_ids: Iterable[int]) -> list[VehicleDefect]:
    """Return the open defects by which cars are grounded, the oldest first."""
    statement = (
        select(VehicleDefect)
        .where(
            VehicleDefect.vehicle_id.in_(sorted(set(vehicle_ids))),
            VehicleDefect.grounds.is_(True),
            VehicleDefect.mended_at.is_(None),
        )
        .order_by(VehicleDefect.id)
    )
    return list(session.execute(statement).scalars())


def get_defect(actor: Actor, defect_id: int) -> VehicleDefect:
    """Return a defect of a car the actor may see; raises NotVisible."""
    statement = (
        select(VehicleDefect)
        .join(Vehicle, Vehicle.id == VehicleDefect.vehicle_id)
        .where(VehicleDefect.id == defect_id, visible_condition(actor))
    )
    found: VehicleDefect = one(statement)
    return found


def visible_defects(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the defects an actor may see: those of every car they see."""
    return (
        select(VehicleDefect.id)
        .join(Vehicle, Vehicle.id == VehicleDefect.vehicle_id)
        .where(visible_condition(actor))
    )


def defect_titles(ids: list[int]) -> dict[int, str]:
    """Return plate and beginning of the text of defects."""
    statement = (
        select(VehicleDefect.id, Vehicle.plate, VehicleDefect.text)
        .join(Vehicle, Vehicle.id == VehicleDefect.vehicle_id)
        .where(VehicleDefect.id.in_(ids))
    )
    return {row.id: f"{row.plate} {row.text[:40]}" for row in session.execute(statement)}


def services_of(vehicle_id: int) -> list[VehicleService]:
    """Return the services of a car, the newest first."""
    statement = (
        select(VehicleService)
        .where(VehicleService.vehicle_id == vehicle_id)
        .order_by(VehicleService.done_on.desc(), VehicleService.id.desc())
        .limit(100)
    )
    return list(session.execute(statement).scalars())


def costs_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition over ``vehicle`` under which an actor sees costs and fines of a car."""
    if not can(actor, VehiclePerm.VIEW_COSTS):
        return false()
    departments = departments_of(actor, VehiclePerm.VIEW_COSTS)
    return and_(visible_condition(actor), in_departments(Vehicle.department_id, departments))


def visible_costs(actor: Actor) -> Select[VehicleCost]:
    """Return the SELECT of the costs an actor may see, joined with their car."""
    return (
        select(VehicleCost).join(Vehicle, Vehicle.id == VehicleCost.vehicle_id).where(costs_condition(actor))
    )


# Fines


def fines_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a fine: one's own, those of the cars one keeps or judges.

    Whoever was responsible for the car then sees it as well, while nobody is named who drove.
    """
    if actor.id is None:
        return costs_condition(actor)
    was_responsible = exists().where(
        AssetCustody.item_id == Vehicle.item_id,
        AssetCustody.person_id == actor.id,
        AssetCustody.from_at <= VehicleFine.happened_at,
        or_(AssetCustody.until_at.is_(None), AssetCustody.until_at > VehicleFine.happened_at),
    )
    return or_(
        VehicleFine.driver_id == actor.id,
        and_(VehicleFine.driver_id.is_(None), was_responsible),
        costs_condition(actor),
    )


def visible_fines(actor: Actor) -> Select[VehicleFine]:
    """Return the SELECT of the fines an actor may see, joined with their car."""
    return (
        select(VehicleFine).join(Vehicle, Vehicle.id == VehicleFine.vehicle_id).where(fines_condition(actor))
    )


def visible_fine_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the fines an actor may see."""
    return (
        select(VehicleFine.id)
        .join(Vehicle, Vehicle.id == VehicleFine.vehicle_id)
        .where(fines_condition(actor))
    )


def get_fine(actor: Actor, fine_id: int) -> VehicleFine:
    """Return a fine the actor may see; raises NotVisible."""
    found: VehicleFine = one(visible_fines(actor).where(VehicleFine.id == fine_id))
    return found


def fines_of(actor: Actor, vehicle_id: int) -> list[VehicleFine]:
    """Return the newest fines of a car that the actor may see."""
    statement = (
        visible_fines(actor)
        .where(VehicleFine.vehicle_id == vehicle_id)
        .order_by(VehicleFine.happened_at.desc(), VehicleFine.id.desc())
        .limit(10)
    )
    return list(session.execute(statement).scalars())


def fine_titles(ids: list[int]) -> dict[int, str]:
    """Return plate and offence of fines."""
    statement = (
        select(VehicleFine.id, Vehicle.plate, VehicleFine.offence)
        .join(Vehicle, Vehicle.id == VehicleFine.vehicle_id)
        .where(VehicleFine.id.in_(ids))
    )
    return {row.id: f"{row.plate} {row.offence}" for row in session.execute(statement)}


# Licences


def licences_of(person_ids: Iterable[int]) -> Mapping[int, DrivingLicence]:
    """Return the licences of people, by person."""
    wanted = sorted(set(person_ids))
    rows = session.execute(select(DrivingLicence).where(DrivingLicence.user_id.in_(wanted)))
    return {licence.user_id: licence for licence in rows.scalars()}


def licences_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a licence: one's own, all for those who keep cars."""
    if can(actor, VehiclePerm.MANAGE):
        return true()
    return DrivingLicence.user_id == actor.id if actor.id is not None else false()


def visible_licences(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the licences an actor may see."""
    return select(DrivingLicence.id).where(licences_condition(actor))


def licence_titles(ids: list[int]) -> dict[int, str]:
    """Return whose licences these are."""
    statement = (
        select(DrivingLicence.id, User.name)
        .join(User, User.id == DrivingLicence.user_id)
        .where(DrivingLicence.id.in_(ids))
    )
    return {row.id: row.name for row in session.execute(statement)}


# Corrections of the odometer


def corrections_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition over ``vehicle`` under which an actor sees requests to correct a reading."""
    if not any(can(actor, code) for code in (VehiclePerm.MANAGE, VehiclePerm.AGREE)):
        return false()
    reached = (departments_of(actor, code) for code in (VehiclePerm.MANAGE, VehiclePerm.AGREE))
    return or_(*(in_departments(Vehicle.department_id, departments) for departments in reached))


def visible_correction_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the corrections an actor may see."""
    return (
        select(OdometerCorrection.id)
        .join(Vehicle, Vehicle.id == OdometerCorrection.vehicle_id)
        .where(corrections_condition(actor))
    )


def get_correction(actor: Actor, correction_id: int) -> OdometerCorrection:
    """Return a correction the actor may see; raises NotVisible."""
    statement = (
        select(OdometerCorrection)
        .join(Vehicle, Vehicle.id == OdometerCorrection.vehicle_id)
        .where(OdometerCorrection.id == correction_id, corrections_condition(actor))
    )
    found: OdometerCorrection = one(statement)
    return found


def correction_titles(ids: list[int]) -> dict[int, str]:
    """Return plate and number of corrections."""
    statement = (
        select(OdometerCorrection.id, OdometerCorrection.number, Vehicle.plate)
        .join(Vehicle, Vehicle.id == OdometerCorrection.vehicle_id)
        .where(OdometerCorrection.id.in_(ids))
    )
    return {row.id: f"{row.number} {row.plate}" for row in session.execute(statement)}

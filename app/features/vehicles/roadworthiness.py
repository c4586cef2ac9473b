"""What stands against a trip: the car, its papers, its service, and whoever is to drive.

Each obstacle names the record to mend. Days are company days; a paper or licence holds on its last day, a service may
be driven up to its day and its kilometres.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core import clock
from app.core.i18n import LazyText, lazy
from app.core.permissions import directory
from app.features.assets.enums import GONE
from app.features.vehicles import queries
from app.features.vehicles.enums import (
    DRIVES,
    PAPER_LABELS,
    REQUIRED_PAPERS,
    VehicleStatus,
)
from app.features.vehicles.models import DrivingLicence, Vehicle, VehicleDefect, VehiclePaper


@dataclass(frozen=True)
class Obstacle:
    """Why a car or a driver cannot go: a code, the sentence for the reader, the address of the record to mend.

    ``of_driver`` tells what another driver would mend from what another car would.
    """

    code: str
    sentence: LazyText
    url: str
    of_driver: bool = False


@dataclass(frozen=True)
class ServiceDue:
    """When the next service of a car is due, by kilometres and by day; either may be None."""

    kilometres: int | None
    on: date | None


def service_due(vehicle: Vehicle) -> ServiceDue:
    """Return when the next service is due, whichever comes first."""
    kilometres = None
    if vehicle.service_kilometres is not None:
        kilometres = (vehicle.serviced_at_kilometres or 0) + vehicle.service_kilometres
    on = None
    if vehicle.service_days is not None and vehicle.serviced_on is not None:
        on = vehicle.serviced_on + timedelta(days=vehicle.service_days)
    return ServiceDue(kilometres, on)


def obstacles(
    vehicle: Vehicle,
    driver_id: int | None,
    starts_at: datetime,
    ends_at: datetime,
    kilometres: int | None = None,
) -> list[Obstacle]:
    """Return what stands against a trip with this car and driver from a moment to another (excluded), or nothing.

    ``driver_id`` None asks about the car alone. ``kilometres`` is how far it is estimated to go; without an estimate
    only a service that is due already stands against it.
    """
    return obstacles_of([vehicle], driver_id, starts_at, ends_at, kilometres)[vehicle.id]


def obstacles_of(
    vehicles: Sequence[Vehicle],
    driver_id: int | None,
    starts_at: datetime,
    ends_at: datetime,
    kilometres: int | None = None,
) -> Mapping[int, list[Obstacle]]:
    """Return the obstacles of several cars by their ids, as ``obstacles`` does, by as many statements as for one."""
    ids = [vehicle.id for vehicle in vehicles]
    first, last = local_days(starts_at, ends_at)
    papers, defects = queries.papers_of(ids), queries.open_grounding_defects(ids)
    licence, name = (None, "") if driver_id is None else licence_of(driver_id)
    found = {}
    for vehicle in vehicles:
        found[vehicle.id] = [
            *of_state(vehicle),
            *of_defects(vehicle, defects),
            *of_papers(vehicle, papers[vehicle.id], first, last),
            *of_service(vehicle, last, kilometres or 0),
        ]
        if driver_id is not None:
            found[vehicle.id] += of_driver(vehicle, driver_id, name, licence, last)
    return found


def local_days(starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    """Return the first and the last company day a span touches; its end is excluded, so midnight adds no day."""
    first = clock.to_local(starts_at).date()
    last = clock.to_local(ends_at - timedelta(microseconds=1)).date()
    return first, max(first, last)


def licence_of(person_id: int) -> tuple[DrivingLicence | None, str]:
    """Return the licence of a person, if one was seen, and their name."""
    licence = queries.licences_of([person_id]).get(person_id)
    if licence is not None:
        return licence, licence.user.name
    person = directory().people([person_id]).get(person_id)
    return None, person.name if person is not None else ""


def of_state(vehicle: Vehicle) -> Iterator[Obstacle]:
    """Give what the state of the car says."""
    url = f"/vehicles/{vehicle.id}"
    if vehicle.status == VehicleStatus.RETIRED or vehicle.item.status in GONE:
        yield Obstacle("vehicle-retired", lazy("%(plate)s 已停止使用", plate=vehicle.plate), url)
    elif vehicle.status == VehicleStatus.WORKSHOP:
        sentence = lazy("%(plate)s 在修理厂，修好后请改回“可派车”", plate=vehicle.plate)
        yield Obstacle("vehicle-in-workshop", sentence, url)


def of_defects(vehicle: Vehicle, defects: Iterable[VehicleDefect]) -> Iterator[Obstacle]:
    """Give the open defects that ground the car."""
    for defect in defects:
        if defect.vehicle_id == vehicle.id:
            sentence = lazy(
                "%(plate)s 有停驶故障未修复：%(text)s", plate=vehicle.plate, text=defect.text[:60]
            )
            yield Obstacle("vehicle-grounded", sentence, f"/vehicles/defects/{defect.id}")


def of_papers(
    vehicle: Vehicle, papers: Sequence[VehiclePaper], first: date, last: date
) -> Iterator[Obstacle]:
    """Give the required papers that do not hold on every day of the trip."""
    for kind in REQUIRED_PAPERS:
        own = [paper for paper in papers if paper.kind == kind]
        day = queries.first_uncovered(own, first, last)
        if day is not None:
            sentence = lazy(
                "%(plate)s 在 %(day)s 没有有效的%(paper)s，续办后请登记",
                plate=vehicle.plate,
                day=day.isoformat(),
                paper=PAPER_LABELS[kind],
            )
            yield Obstacle(f"paper-{kind.replace('_', '-')}", sentence, f"/vehicles/{vehicle.id}#papers")


def of_service(vehicle: Vehicle, last: date, kilometres: int) -> Iterator[Obstacle]:
    """Give the service that falls due before the trip is over."""
    due, url = service_due(vehicle), f"/vehicles/{vehicle.id}#services"
    if due.on is not None and last > due.on:
        sentence = lazy("%(plate)s 应在 %(day)s 前保养", plate=vehicle.plate, day=due.on.isoformat())
        yield Obstacle("service-by-day", sentence, url)
    if due.kilometres is not None and vehicle.odometer + kilometres > due.kilometres:
        sentence = lazy(
            "%(plate)s 应在 %(due)s 公里前保养，现在 %(now)s 公里",
            plate=vehicle.plate,
            due=due.kilometres,
            now=vehicle.odometer,
        )
        yield Obstacle("service-by-kilometres", sentence, url)


def of_driver(
    vehicle: Vehicle, driver_id: int, name: str, licence: DrivingLicence | None, last: date
) -> Iterator[Obstacle]:
    """Give what the licence of the driver says against driving this car up to a day."""
    url = f"/vehicles/licences/{driver_id}"
    if licence is None:
        sentence = lazy("%(name)s没有登记驾驶证", name=name)
        yield Obstacle("licence-missing", sentence, url, of_driver=True)
        return
    if vehicle.licence_class not in DRIVES[licence.licence_class]:
        sentence = lazy(
            "%(name)s的准驾车型是 %(held)s，%(plate)s 需要 %(needed)s",
            name=name,
            held=licence.licence_class,
            plate=vehicle.plate,
            needed=vehicle.licence_class,
        )
        yield Obstacle("licence-class", sentence, url, of_driver=True)
    if licence.valid_until < last:
        sentence = lazy(
            "%(name)s的驾驶证 %(day)s 到期，早于还车日期", name=name, day=licence.valid_until.isoformat()
        )
        yield Obstacle("licence-expires", sentence, url, of_driver=True)

"""Services and stays in the workshop, from which the next service counts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import lock
from app.features.vehicles import costs, readings, reminders
from app.features.vehicles.actions import refuse_retired
from app.features.vehicles.costs import CostValues
from app.features.vehicles.enums import VEHICLE, CostKind, ReadingKind, VehiclePerm
from app.features.vehicles.models import Vehicle, VehicleService
from app.features.vehicles.roadworthiness import service_due

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class ServiceValues:
    """What is typed about a service; ``amount`` in yuan becomes a cost of the car."""

    done_on: date
    kilometres: int
    work: str
    workshop: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True)
class Projection:
    """When the next service comes: what is left in kilometres, the day it is due, the day it is likely to be reached.

    ``likely_on`` is by the average kilometres a day, or the due day where that comes first.
    """

    kilometres: int | None
    left: int | None
    due_on: date | None
    likely_on: date | None


def add_service(
    vehicle: Vehicle, *, actor: Actor, values: ServiceValues, confirmed: bool = False
) -> VehicleService:
    """Enter a service that was done, with its reading of the odometer, in the open unit of work.

    Raises Denied, Conflict for a car no longer used, Invalid at ``done_on`` for a day to come, and for the kilometres
    as ``readings.record_reading`` does.
    """
    lock(vehicle)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    refuse_retired(vehicle)
    if values.done_on > clock.today():
        raise Invalid(fields={"done_on": lazy("日期不能晚于今天")})
    readings.record_reading(
        vehicle,
        kind=ReadingKind.WORKSHOP,
        kilometres=values.kilometres,
        at=moment_of(vehicle, values.done_on, values.kilometres),
        actor=actor,
        confirmed=confirmed,
    )
    service = VehicleService(
        vehicle_id=vehicle.id,
        done_on=values.done_on,
        kilometres=values.kilometres,
        workshop=values.workshop,
        work=values.work,
        entered_by_id=actor.id,
    )
    session.add(service)
    if vehicle.serviced_on is None or values.done_on >= vehicle.serviced_on:
        vehicle.serviced_on, vehicle.serviced_at_kilometres = values.done_on, values.kilometres
        vehicle.touch()
    session.flush()
    timeline.record(
        VEHICLE,
        vehicle.id,
        "vehicle:service",
        actor,
        data={"kilometres": values.kilometres},
        reason=values.work,
    )
    if values.amount:
        paid = CostValues(CostKind.SERVICE, values.amount, values.done_on, note=values.workshop)
        costs.add_cost(vehicle, actor=actor, values=paid)
    reminders.sync(vehicle)
    return service


def moment_of(vehicle: Vehicle, day: date, kilometres: int) -> datetime:
    """Return the moment of a day at which a reading fits into the chain: after the last that is not higher.

    Of a service one knows the day only; trips may have gone before it and after it on the same day. Where nothing
    lower was read before, it is the end of the day, so that a reading that is too low is refused.
    """
    start, end = clock.day_bounds(day)
    links = [link for link in readings.chain(vehicle.id) if link.reading.at < end]
    lower = [link.reading.at for link in links if link.kilometres <= kilometres]
    if links and not lower:
        return min(end - MOMENT, clock.now())
    return max([start, *(moment + MOMENT for moment in lower)])


def projection(vehicle: Vehicle, daily: Decimal | None) -> Projection:
    """Return when the next service of a car comes, given its average kilometres a day."""
    due = service_due(vehicle)
    left = None if due.kilometres is None else due.kilometres - vehicle.odometer
    likely = due.on
    if left is not None and daily:
        reached = clock.today() + timedelta(days=max(int(left / daily), 0))
        likely = reached if due.on is None else min(reached, due.on)
    return Projection(due.kilometres, left, due.on, likely)

"""Money paid for cars: entered with its receipt, taken back with a reason, summed by month and by kilometre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core import clock, files, money, timeline
from app.core.db import session
from app.core.errors import Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import lock
from app.features.vehicles import readings
from app.features.vehicles.enums import RECEIPT_FILE, VEHICLE, CostKind, VehiclePerm
from app.features.vehicles.models import OdometerReading, Vehicle, VehicleCost

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class CostValues:
    """What is typed about money paid, in yuan; of fuel also the litres and what the odometer said."""

    kind: str
    amount: Decimal
    paid_on: date
    litres: Decimal | None = None
    kilometres: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Running:
    """What a car cost over the last year: yuan in all, yuan a kilometre, litres for 100 km; None where unknown."""

    amount: Decimal
    kilometres: int
    per_kilometre: Decimal | None
    per_hundred: Decimal | None


def add_cost(
    vehicle: Vehicle,
    *,
    actor: Actor,
    values: CostValues,
    document: tuple[str, int] | None = None,
    receipt: CheckedFile | None = None,
    permitted: bool = False,
) -> VehicleCost:
    """Enter money paid for a car, in the open unit of work.

    ``document`` is the trip it was paid on; who may enter it there is the trip's matter (``permitted``). Raises
    Denied, Invalid at ``litres`` for litres of what is no fuel and at ``paid_on`` for a day to come.
    """
    if not permitted:
        require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    if values.litres is not None and values.kind != CostKind.FUEL:
        raise Invalid(fields={"litres": lazy("只有加油才填写升数")})
    if values.paid_on > clock.today():
        raise Invalid(fields={"paid_on": lazy("日期不能晚于今天")})
    doc_type, doc_id = document or (None, None)
    stored = None
    if receipt is not None:
        stored = files.attach(receipt, VEHICLE, vehicle.id, actor, kind=RECEIPT_FILE)
    cost = VehicleCost(
        vehicle_id=vehicle.id,
        entered_by_id=actor.id,
        doc_type=doc_type,
        doc_id=doc_id,
        stored_file_id=None if stored is None else stored.id,
        **values.__dict__,
    )
    session.add(cost)
    session.flush()
    tell_of(vehicle, cost, "vehicle:cost-add", actor)
    return cost


def remove_cost(vehicle: Vehicle, cost: VehicleCost, *, actor: Actor, reason: str) -> None:
    """Take back what was entered wrongly, with the reason, which stays in the record.

    Raises Denied, Invalid at ``reason`` without one.
    """
    lock(vehicle)
    require(actor, VehiclePerm.MANAGE, vehicle.department_id)
    if not reason.strip():
        raise Invalid(fields={"reason": lazy("请写明为什么撤销")})
    tell_of(vehicle, cost, "vehicle:cost-remove", actor, reason.strip())
    session.delete(cost)
    session.flush()


def tell_of(vehicle: Vehicle, cost: VehicleCost, verb: str, actor: Actor, reason: str = "") -> None:
    """Record what was done with a cost on the timeline of its car."""
    data = {"kind": cost.kind, "amount": money.format_amount(cost.amount)}
    timeline.record(VEHICLE, vehicle.id, verb, actor, data=data, reason=reason)


def latest(vehicle_id: int, limit: int) -> list[VehicleCost]:
    """Return the newest costs of a car."""
    statement = (
        select(VehicleCost)
        .where(VehicleCost.vehicle_id == vehicle_id)
        .order_by(VehicleCost.paid_on.desc(), VehicleCost.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement).scalars())


def of_documents(doc_type: str, ids: Iterable[int]) -> dict[int, list[VehicleCost]]:
    """Return the costs entered for documents, such as trips, by the id of the document."""
    found: dict[int, list[VehicleCost]] = {number: [] for number in sorted(set(ids))}
    statement = (
        select(VehicleCost)
        .where(VehicleCost.doc_type == doc_type, VehicleCost.doc_id.in_(list(found)))
        .order_by(VehicleCost.id)
    )
    for cost in session.execute(statement).scalars():
        found[int(cost.doc_id or 0)].append(cost)
    return found


def of_year(vehicle_id: int) -> Sequence[Any]:
    """Return what was paid for a car over the last year, by day and kind: ``amount`` in yuan, ``litres``."""
    statement = (
        select(
            VehicleCost.paid_on,
            VehicleCost.kind,
            func.sum(VehicleCost.amount).label("amount"),
            func.sum(VehicleCost.litres).label("litres"),
        )
        .where(VehicleCost.vehicle_id == vehicle_id, VehicleCost.paid_on > clock.today() - YEAR)
        .group_by(VehicleCost.paid_on, VehicleCost.kind)
    )
    return session.execute(statement).all()


def by_month(year: Sequence[Any], months: int) -> list[tuple[date, Decimal]]:
    """Return the first day and the sum of each of the last calendar months, the present one included, oldest first.

    ``year`` is what ``of_year`` returns, so ``months`` is eleven at most.
    """
    first = clock.today().replace(day=1)
    starts = [first]
    for _ in range(months - 1):
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    sums = dict.fromkeys(starts, Decimal(0))
    for row in year:
        start = row.paid_on.replace(day=1)
        sums[start] = sums.get(start, Decimal(0)) + row.amount
    return [(start, sums[start]) for start in reversed(starts)]


def by_kind(year: Sequence[Any]) -> list[tuple[str, Decimal]]:
    """Return kinds and sums of what ``of_year`` returns, the largest first."""
    sums: dict[str, Decimal] = {}
    for row in year:
        sums[row.kind] = sums.get(row.kind, Decimal(0)) + row.amount
    return sorted(sums.items(), key=lambda each: (-each[1], each[0]))


def running(vehicle_id: int, year: Sequence[Any]) -> Running:
    """Return what a car cost over the last year, from what ``of_year`` returns and one statement for the way."""
    holds = readings.kilometres_that_hold()
    driven = session.execute(
        select(func.max(holds) - func.min(holds)).where(
            OdometerReading.vehicle_id == vehicle_id,
            OdometerReading.corrects_id.is_(None),
            OdometerReading.at > clock.now() - YEAR,
        )
    ).scalar_one()
    way = int(driven or 0)
    amount = sum((row.amount for row in year), Decimal(0))
    litres = sum((row.litres for row in year if row.litres is not None), Decimal(0))
    return Running(
        amount,
        way,
        (amount / way).quantize(Decimal("0.01")) if way and amount else None,
        (litres * 100 / way).quantize(Decimal("0.1")) if way and litres else None,
    )

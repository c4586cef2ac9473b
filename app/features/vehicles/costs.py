"""Money paid for cars: entered with its receipt, taken back with a reason, summed by month and by kilometre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import or_, select

from app.core import clock, files, money, timeline
from app.core.db import session
from app.core.errors import Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import lock
from app.features.vehicles.enums import RECEIPT_FILE, VEHICLE, CostKind, VehiclePerm
from app.features.vehicles.models import Vehicle, VehicleCost
from app.features.vehicles.readings import YEAR

# how many of the newest costs a page shows
SHOWN = 10


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
    """What a car cost over the last year: yuan in all, kilometres, yuan a kilometre, None where unknown."""

    amount: Decimal
    kilometres: int
    per_kilometre: Decimal | None


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


def recent(vehicle_id: int) -> list[VehicleCost]:
    """Return what was paid for a car over the last year, and the newest costs though they be older, newest first."""
    newest = (
        select(VehicleCost.id)
        .where(VehicleCost.vehicle_id == vehicle_id)
        .order_by(VehicleCost.paid_on.desc(), VehicleCost.id.desc())
        .limit(SHOWN)
    )
    statement = (
        select(VehicleCost)
        .where(
            VehicleCost.vehicle_id == vehicle_id,
            or_(VehicleCost.paid_on > clock.today() - YEAR, VehicleCost.id.in_(newest)),
        )
        .order_by(VehicleCost.paid_on.desc(), VehicleCost.id.desc())
    )
    return list(session.execute(statement).scalars())


def of_year(paid: Iterable[VehicleCost]) -> list[VehicleCost]:
    """Return those of some costs that were paid over the last year."""
    return [cost for cost in paid if cost.paid_on > clock.today() - YEAR]


def by_month(year: Sequence[VehicleCost], months: int) -> list[tuple[date, Decimal]]:
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


def by_kind(year: Sequence[VehicleCost]) -> list[tuple[str, Decimal]]:
    """Return kinds and sums of what ``of_year`` returns, the largest first."""
    sums: dict[str, Decimal] = {}
    for row in year:
        sums[row.kind] = sums.get(row.kind, Decimal(0)) + row.amount
    return sorted(sums.items(), key=lambda each: (-each[1], each[0]))


def running(year: Sequence[VehicleCost], kilometres: int) -> Running:
    """Return what a car cost over the last year, from its costs and how far it was driven."""
    amount = sum((cost.amount for cost in year), Decimal(0))
    return Running(
        amount,
        kilometres,
        (amount / kilometres).quantize(Decimal("0.01")) if kilometres and amount else None,
    )

"""How much fuel a car takes for 100 kilometres, measured between two full tanks.

A tank counts as full where whoever came back from a trip and filled it up said so of the gauge. What was filled in
between counts for the stretch in which it was burnt.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, and_, func, select

from app.core.db import session
from app.features.bookings.enums import BOOKING, FuelLevel
from app.features.bookings.models import Booking
from app.features.vehicles.enums import CostKind
from app.features.vehicles.models import VehicleCost

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Filling:
    """Fuel that was filled: the day, what the odometer said, how many litres, and whether the tank was full then."""

    day: date
    kilometres: int
    litres: Decimal
    full: bool


@dataclass(frozen=True)
class Consumption:
    """What was burnt between two full tanks: until which day, over how many kilometres, how many litres."""

    until: date
    kilometres: int
    litres: Decimal

    @property
    def per_hundred(self) -> Decimal:
        """Litres for 100 kilometres, to a tenth."""
        return (self.litres * HUNDRED / self.kilometres).quantize(TENTH)


def between_full_tanks(fillings: Iterable[Filling]) -> list[Consumption]:
    """Return what was burnt between each two full tanks, the earliest first; fillings in the order of the odometer.

    Several fillings at the same kilometre are one: the tank was full after the last of them or not at all.
    """
    found: list[Consumption] = []
    begun: int | None = None
    litres = Decimal(0)
    for kilometres, at_once in groupby(fillings, key=attrgetter("kilometres")):
        filled = list(at_once)
        litres += sum((filling.litres for filling in filled), Decimal(0))
        if not any(filling.full for filling in filled):
            continue
        if begun is not None:
            found.append(Consumption(filled[-1].day, kilometres - begun, litres))
        begun, litres = kilometres, Decimal(0)
    return found


def total(stretches: Iterable[Consumption]) -> Consumption | None:
    """Return several stretches as one; None for none."""
    stretches = list(stretches)
    if not stretches:
        return None
    return Consumption(
        stretches[-1].until,
        sum(each.kilometres for each in stretches),
        sum((each.litres for each in stretches), Decimal(0)),
    )


def _fillings(vehicle_id: int) -> Select[*tuple[Any, ...]]:
    kilometres = func.coalesce(Booking.odometer_in, VehicleCost.kilometres)
    return (
        select(VehicleCost.paid_on, kilometres.label("kilometres"), VehicleCost.litres, Booking.fuel_in)
        .outerjoin(Booking, and_(VehicleCost.doc_type == BOOKING, Booking.id == VehicleCost.doc_id))
        .where(
            VehicleCost.vehicle_id == vehicle_id,
            VehicleCost.kind == CostKind.FUEL,
            VehicleCost.litres.is_not(None),
            kilometres.is_not(None),
        )
        .order_by(kilometres, VehicleCost.id)
    )


def fillings_of(vehicle_id: int) -> list[Filling]:
    """Return the fuel filled into a car whose litres and kilometres are known, in the order of the odometer."""
    return [
        Filling(row.paid_on, row.kilometres, row.litres, row.fuel_in == FuelLevel.FULL)
        for row in session.execute(_fillings(vehicle_id))
    ]


def consumption_of(
    vehicle_id: int, first: date | None = None, before: date | None = None
) -> list[Consumption]:
    """Return what a car burnt between full tanks, of those stretches that ended from ``first`` on and before a day."""
    return [
        each
        for each in between_full_tanks(fillings_of(vehicle_id))
        if (first is None or each.until >= first) and (before is None or each.until < before)
    ]

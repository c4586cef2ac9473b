"""How much fuel a car takes for 100 kilometres, measured between two full tanks.

This is the one definition: the page of a car, the log of trips and its paper all ask here. A tank counts as full where
whoever came back from a trip and filled it up said so of the gauge. What was filled in between counts for the stretch
in which it was burnt, and a stretch counts for the day on which it ended. Trips are kept by an upper feature, which
says what was filled by ``register_fillings``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from app.core.i18n import gettext as _

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Filling:
    """Fuel that was filled: the day, what the odometer said, how many litres, and whether the tank was full then."""

    day: date
    kilometres: int
    litres: Decimal
    full: bool


FillingFinder = Callable[[int], Sequence[Filling]]
_finders: list[FillingFinder] = []


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


def register_fillings(finder: FillingFinder) -> FillingFinder:
    """Register how the fuel filled into a car (its id) is found, in the order of the odometer."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def consumption_of(
    vehicle_id: int, first: date | None = None, before: date | None = None
) -> list[Consumption]:
    """Return what a car burnt between full tanks, of those stretches that ended from ``first`` on and before a day."""
    fillings = [filling for finder in _finders for filling in finder(vehicle_id)]
    return [
        each
        for each in between_full_tanks(fillings)
        if (first is None or each.until >= first) and (before is None or each.until < before)
    ]


def in_words(found: Consumption | None) -> str:
    """Return the litres for 100 kilometres with what they are measured by, as every page says it."""
    if found is None:
        return _("两次加满之间的记录不足")
    return _(
        "%(litres)s 升（两次加满之间，共 %(kilometres)s 公里）",
        litres=found.per_hundred,
        kilometres=f"{found.kilometres:,}",
    )

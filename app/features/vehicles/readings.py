"""Readings of the odometer: a chain that only grows, whose wrong links are corrected beside it, never changed.

What holds of a reading is the latest correction that names it, else what it says itself. The chain is the readings in
the order of their time; it never goes down. ``Vehicle.odometer`` is the last link of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select, update
from sqlalchemy.orm import aliased

from app.core import clock, settings
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.workflow import lock
from app.features.vehicles.enums import ReadingKind
from app.features.vehicles.models import MOST_KILOMETRES, OdometerReading, Vehicle

PLAUSIBLE = "vehicles.plausible_kilometres"
TOLERANCE = "vehicles.gap_kilometres"
# over how many days the average of a day is taken
AVERAGE_DAYS = 90
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Recorded:
    """A reading that was written, with what stood before it.

    ``previous`` is the last reading in kilometres, None for the first. ``gap`` is how far the car was driven since
    without a record, in kilometres, where it goes out and that is more than the tolerance of the settings; else 0.
    """

    reading: OdometerReading
    previous: int | None
    gap: int


@dataclass(frozen=True)
class Link:
    """A reading of the chain with the kilometres that hold; ``correction`` is the one that says so, if any."""

    reading: OdometerReading
    kilometres: int
    correction: OdometerReading | None = None


def kilometres_that_hold() -> ColumnElement[int]:
    """Return the SQL of the kilometres of a reading after its corrections."""
    correction = aliased(OdometerReading)
    latest = (
        select(correction.kilometres)
        .where(correction.corrects_id == OdometerReading.id)
        .order_by(correction.id.desc())
        .limit(1)
        .correlate(OdometerReading)
        .scalar_subquery()
    )
    return func.coalesce(latest, OdometerReading.kilometres)


def chained(vehicle_id: int) -> Select[OdometerReading, OdometerReading | None]:
    """Return the SELECT of the readings of a car that are no corrections, each with the latest that corrects it."""
    correction, later = aliased(OdometerReading), aliased(OdometerReading)
    latest = (
        select(func.max(later.id))
        .where(later.corrects_id == OdometerReading.id)
        .correlate(OdometerReading)
        .scalar_subquery()
    )
    return (
        select(OdometerReading, correction)
        .outerjoin(correction, correction.id == latest)
        .where(OdometerReading.vehicle_id == vehicle_id, OdometerReading.corrects_id.is_(None))
    )


def chain(vehicle_id: int) -> list[Link]:
    """Return the chain of a car, the oldest first, by one statement."""
    statement = chained(vehicle_id).order_by(OdometerReading.at, OdometerReading.id)
    return links_of(statement)


def last_links(vehicle_id: int, limit: int) -> list[Link]:
    """Return the newest links of the chain of a car, the newest first, by one statement however long it is."""
    statement = (
        chained(vehicle_id).order_by(OdometerReading.at.desc(), OdometerReading.id.desc()).limit(limit)
    )
    return links_of(statement)


def links_of(statement: Select[OdometerReading, OdometerReading | None]) -> list[Link]:
    """Return readings with what holds of each."""
    return [
        Link(reading, (correction or reading).kilometres, correction)
        for reading, correction in session.execute(statement)
    ]


def record_reading(
    vehicle: Vehicle,
    *,
    kind: ReadingKind,
    kilometres: int,
    at: datetime,
    actor: Actor,
    document: tuple[str, int] | None = None,
    confirmed: bool = False,
) -> Recorded:
    """Write what the odometer said at a moment, in the open unit of work; the car is locked.

    A moment before the last reading is taken where the figure fits between its neighbours (补办). Raises Invalid at
    ``kilometres`` for one lower than the reading before it or higher than the one after it, and at
    ``accept_kilometres`` for more than the plausible distance since the reading before, unless ``confirmed``.
    """
    lock(vehicle)
    before, after = neighbours(vehicle.id, at)
    check_fits(kilometres, before, after)
    previous = None if before is None else before[1]
    driven = 0 if previous is None else kilometres - previous
    plausible = int(settings.get(PLAUSIBLE))
    if driven > plausible and not confirmed:
        sentence = lazy(
            "比上次读数 %(last)s 公里多了 %(driven)s 公里，请核对；确实如此，请勾选后再提交",
            last=previous,
            driven=driven,
        )
        raise Invalid(fields={"accept_kilometres": sentence})
    doc_type, doc_id = document or (None, None)
    reading = OdometerReading(
        vehicle_id=vehicle.id,
        kind=kind,
        kilometres=kilometres,
        at=at,
        by_id=actor.id,
        doc_type=doc_type,
        doc_id=doc_id,
    )
    session.add(reading)
    session.flush()
    if after is None:
        put_odometer(vehicle, kilometres)
    gap = driven if kind == ReadingKind.OUT and driven > int(settings.get(TOLERANCE)) else 0
    return Recorded(reading, previous, gap)


def neighbours(
    vehicle_id: int, at: datetime
) -> tuple[tuple[datetime, int] | None, tuple[datetime, int] | None]:
    """Return time and kilometres of the last reading up to a moment and of the first one after it."""
    holds = kilometres_that_hold().label("holds")
    readings = select(OdometerReading.at, holds).where(
        OdometerReading.vehicle_id == vehicle_id, OdometerReading.corrects_id.is_(None)
    )
    before = readings.where(OdometerReading.at <= at).order_by(
        OdometerReading.at.desc(), OdometerReading.id.desc()
    )
    after = readings.where(OdometerReading.at > at).order_by(OdometerReading.at, OdometerReading.id)
    found = [session.execute(statement.limit(1)).first() for statement in (before, after)]
    pairs = [None if row is None else (row[0], int(row[1])) for row in found]
    return pairs[0], pairs[1]


def check_fits(
    kilometres: int, before: tuple[datetime, int] | None, after: tuple[datetime, int] | None
) -> None:
    """Raise Invalid at ``kilometres`` for a figure that would make the chain go down, naming the other reading."""
    if not 0 <= kilometres <= MOST_KILOMETRES:
        sentence = lazy("里程应是 0 到 %(most)s 之间的整数", most=MOST_KILOMETRES)
        raise Invalid(fields={"kilometres": sentence})
    if before is not None and kilometres < before[1]:
        sentence = lazy(
            "不能小于上次读数 %(last)s 公里（%(day)s）。请核对仪表；上次读错的，请车辆管理员申请更正",
            last=before[1],
            day=day_of(before[0]),
        )
        raise Invalid(fields={"kilometres": sentence})
    if after is not None and kilometres > after[1]:
        sentence = lazy(
            "不能大于之后的读数 %(next)s 公里（%(day)s）。请核对；之后读错的，请车辆管理员申请更正",
            next=after[1],
            day=day_of(after[0]),
        )
        raise Invalid(fields={"kilometres": sentence})


def day_of(moment: datetime) -> str:
    """Return the company day of a moment as it is written everywhere."""
    return clock.to_local(moment).date().isoformat()


def put_odometer(vehicle: Vehicle, kilometres: int) -> None:
    """Write the last link of the chain into the car, without making a form of its card stale."""
    session.execute(update(Vehicle).where(Vehicle.id == vehicle.id).values(odometer=kilometres))
    session.refresh(vehicle, ["odometer"])


def link_of(vehicle_id: int, reading_id: int) -> tuple[Link | None, Link | None, Link | None]:
    """Return a reading of the chain of a car between its neighbours; None in the middle where it is not in it."""
    links: Sequence[Link | None] = [None, *chain(vehicle_id), None]
    for place, link in enumerate(links):
        if link is not None and link.reading.id == reading_id:
            return links[place - 1], link, links[place + 1]
    return None, None, None


def check_correction(vehicle_id: int, reading_id: int, kilometres: int) -> Link:
    """Return the link to correct; raises Conflict for no reading of this chain, Invalid for what does not fit in."""
    before, link, after = link_of(vehicle_id, reading_id)
    if link is None:
        raise Conflict("vehicle:no-such-reading")
    if link.kilometres == kilometres:
        raise Invalid(fields={"kilometres": lazy("与现在的读数相同，不需要更正")})
    check_fits(
        kilometres,
        *(None if each is None else (each.reading.at, each.kilometres) for each in (before, after)),
    )
    return link


def apply_correction(
    vehicle: Vehicle, reading: OdometerReading, *, kilometres: int, by_id: int, reason: str
) -> OdometerReading:
    """Put a correction beside a reading, in the open unit of work with the car locked, and take up the chain again.

    Raises Conflict and Invalid as ``check_correction``.
    """
    check_correction(vehicle.id, reading.id, kilometres)
    correction = OdometerReading(
        vehicle_id=vehicle.id,
        kind=ReadingKind.CORRECTION,
        kilometres=kilometres,
        at=reading.at,
        by_id=by_id,
        corrects_id=reading.id,
        reason=reason,
        doc_type=reading.doc_type,
        doc_id=reading.doc_id,
    )
    session.add(correction)
    session.flush()
    put_odometer(vehicle, chain(vehicle.id)[-1].kilometres)
    return correction


def of_documents(doc_type: str, ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the kilometres that hold of readings made for documents, by id of the document and kind."""
    statement = select(
        OdometerReading.doc_id, OdometerReading.kind, kilometres_that_hold().label("holds")
    ).where(
        OdometerReading.doc_type == doc_type,
        OdometerReading.doc_id.in_(sorted(set(ids))),
        OdometerReading.corrects_id.is_(None),
    )
    return {(row.doc_id, row.kind): int(row.holds) for row in session.execute(statement)}


def driven(vehicle_id: int) -> Subquery:
    """Return one row on how far a car was driven: ``of_year``, and lately from ``first_at`` to ``last_at`` how many."""
    held = (
        select(OdometerReading.at.label("at"), kilometres_that_hold().label("holds"))
        .where(
            OdometerReading.vehicle_id == vehicle_id,
            OdometerReading.corrects_id.is_(None),
            OdometerReading.at > clock.now() - YEAR,
        )
        .subquery()
    )
    is_late = held.c.at >= clock.now() - timedelta(days=AVERAGE_DAYS)
    late_at, late = case((is_late, held.c.at)), case((is_late, held.c.holds))
    return select(
        (func.max(held.c.holds) - func.min(held.c.holds)).label("of_year"),
        func.min(late_at).label("first_at"),
        func.max(late_at).label("last_at"),
        (func.max(late) - func.min(late)).label("lately"),
    ).subquery()


def average(first: datetime | None, last: datetime | None, kilometres: int | None) -> Decimal | None:
    """Return kilometres a day between two moments; None where less than a day lies between them."""
    days = (last - first).days if first is not None and last is not None else 0
    return (Decimal(int(kilometres or 0)) / days).quantize(Decimal("0.1")) if days >= 1 else None


def daily_kilometres(vehicle_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return how many kilometres a day cars were driven on average lately; left out where two readings are missing."""
    held = (
        select(
            OdometerReading.vehicle_id,
            OdometerReading.at.label("at"),
            kilometres_that_hold().label("holds"),
        )
        .where(
            OdometerReading.vehicle_id.in_(sorted(set(vehicle_ids))),
            OdometerReading.corrects_id.is_(None),
            OdometerReading.at >= clock.now() - timedelta(days=AVERAGE_DAYS),
        )
        .subquery()
    )
    statement = select(
        held.c.vehicle_id,
        func.min(held.c.at).label("first"),
        func.max(held.c.at).label("last"),
        (func.max(held.c.holds) - func.min(held.c.holds)).label("driven"),
    ).group_by(held.c.vehicle_id)
    found = {row.vehicle_id: average(row.first, row.last, row.driven) for row in session.execute(statement)}
    return {vehicle_id: daily for vehicle_id, daily in found.items() if daily is not None}

"""Prove that no car is ever given twice at a time, and that everybody who came too late is told why.

Eight processes ask for the same cars at the same times, two hundred requests each, some of them cancelled or moved to
another car meanwhile: first as people do, then blind, without looking or locking, so that the database alone decides.
Then ten thousand steps of any order beside a naive model (``tests/features/bookings/machine.py``). On SQLite's file
and, where it is installed, on PostgreSQL. Run by ``manage.py prove bookings``.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import aliased

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.bookings import actions, availability, guards, queries
from app.features.bookings.actions import BookingValues
from app.features.bookings.enums import HARD, BookingStatus
from app.features.bookings.models import Booking, VehicleHold
from app.features.people.directory import actor_by_number
from app.features.people.models import User
from app.features.vehicles.models import Vehicle
from benchmarks._tables import Row, write
from proofs import _site
from proofs.concurrency import together
from tests import factories
from tests.features.bookings.machine import Walk
from tests.features.vehicles import desk as vehicles_desk

PROCESSES, REQUESTS, CARS = 8, 200, 3
# So many half hours begin within the times that all want.
HALF_HOURS = 60
STEPS, WALKS, LENGTH = 10_000, 60, 50
HALF_HOUR = timedelta(minutes=30)
BUSY_AGAIN = 20
TOLD = {"booking:taken", "booking:driver-busy", "booking:not-back"}


def set_stage() -> None:
    """Make a department, a head, a dispatcher, eight drivers with licences and cars that whoever comes may take."""
    department = factories.department("争车部")
    factories.user("经理", "head", department, [Role.MANAGER])
    dispatcher = vehicles_desk.dispatcher("车管", "v1")
    for place in range(PROCESSES):
        person = factories.user(f"驾驶员 {place}", f"d{place}", department, [Role.SALESPERSON])
        vehicles_desk.licence(person)
    for place in range(CARS):
        car = vehicles_desk.car(dispatcher, department, plate=f"苏B1000{place}")
        vehicles_desk.valid_papers(car)


def rush(data: Path, database: str, place: int, days: int, blind: bool, barrier: Any, results: Any) -> None:
    """Ask two hundred times for a car somebody else wants too; report how each request ended."""
    source = random.Random(1_000 * days + place)
    ended: Counter[str] = Counter()
    with _site.opened(data, database):
        if blind:
            availability.lock_cars = lambda vehicle_ids: None
            guards.check = lambda asked: None
        actor, dispatcher = actor_by_number(f"d{place}"), actor_by_number("v1")
        cars = list(session.execute(select(Vehicle.id)).scalars())
        first = clock.day_bounds(clock.today() + timedelta(days=days))[0]
        barrier.wait()
        for _request in range(REQUESTS):
            start = first + source.randrange(HALF_HOURS) * HALF_HOUR
            values = BookingValues(
                "同一个地方", start, start + source.randint(1, 8) * HALF_HOUR, vehicle_id=source.choice(cars)
            )
            ended[attempt(lambda values=values: actions.request(actor=actor, values=values))] += 1
            if source.random() < 0.2:
                ended[change_something(source, actor, dispatcher, cars, first)] += 1
    results.put(dict(ended))


def attempt(act: Any) -> str:
    """Do an act in a unit of work; return won, the code of the refusal, or untold for one without its reason.

    Where the machine is so busy that the write lock of SQLite is not to be had in time, the act is asked for again.
    """
    for _again in range(BUSY_AGAIN):
        try:
            with unit_of_work():
                act()
        except OperationalError:
            continue
        except Conflict as problem:
            named = problem.params.get("who") and problem.params.get("car")
            whole = problem.code == "booking:free-again" or (problem.code in TOLD and named)
            return problem.code if whole else f"untold {problem.code}"
        return "won"
    return "untold: busy"


def change_something(
    source: random.Random, actor: Any, dispatcher: Any, cars: Sequence[int], first: Any
) -> str:
    """Cancel one of one's own bookings, or move it to another car; return how that ended."""
    own = select(Booking.id).where(
        Booking.owner_id == actor.id, Booking.status == BookingStatus.DISPATCHED, Booking.starts_at >= first
    )
    mine = list(session.execute(own).scalars())
    session.rollback()
    if not mine:
        return "nothing to change"
    number, moved = source.choice(mine), source.random() < 0.6
    car = source.choice(cars)

    def act() -> None:
        row = queries.get(dispatcher if moved else actor, number)
        if not moved:
            actions.fire(row, "cancel", actor=actor, version=None, note="不用了")
            return
        typed = {
            "vehicle_id": car,
            "driver_id": row.driver_id,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
        }
        actions.fire(row, "change", actor=dispatcher, version=None, data=typed)

    ended = attempt(act)
    return f"{'moved' if moved else 'cancelled'}: {ended}"


def overlapping() -> int:
    """Return how many pairs of holds of one car overlap."""
    one, other = aliased(VehicleHold), aliased(VehicleHold)
    statement = select(func.count()).where(
        one.vehicle_id == other.vehicle_id,
        one.id < other.id,
        one.starts_at < other.ends_at,
        one.ends_at > other.starts_at,
    )
    return session.execute(statement).scalar_one()


def rushed(name: str, data: Path, database: str, days: int, *, blind: bool) -> list[Row]:
    """Let all processes ask at once and return what came of it."""
    began = time.monotonic()
    found = together(rush, [(data, database, place, days, blind) for place in range(PROCESSES)])
    seconds = time.monotonic() - began
    total: Counter[str] = Counter()
    for each in found:
        total.update(each)
    with _site.opened(data, database):
        pairs = overlapping()
        hard = session.execute(select(func.count()).where(Booking.status.in_(HARD))).scalar_one()
        holds = session.execute(select(func.count()).select_from(VehicleHold)).scalar_one()
        broken = timeline.verify_chain()
    asked = PROCESSES * REQUESTS
    answered = sum(count for key, count in total.items() if ":" not in key.removeprefix("booking:"))
    untold = sum(count for key, count in total.items() if "untold" in key)
    how = "the database alone" if blind else "as people do"
    shown = ", ".join(f"{key} {count}" for key, count in sorted(total.items()))
    return [
        Row(
            f"{name}, {how}: {PROCESSES} processes × {REQUESTS} requests for {CARS} cars",
            "0 overlapping hard bookings",
            f"{pairs} overlapping pairs, {holds} holds for {hard} hard bookings, "
            f"chain {'whole' if not broken else 'broken'}, {seconds:.0f} s",
            pairs == 0 and holds == hard and not broken,
        ),
        Row(
            f"{name}, {how}: what the askers were told",
            f"{asked} answers, each loser told who and what else",
            shown,
            untold == 0 and answered >= asked,
        ),
    ]


def walked(name: str, data: Path, database: str) -> Row:
    """Walk ten thousand steps in any order and return how many there were."""
    Walk.steps = Walk.refused = 0
    began = time.monotonic()
    with _site.opened(data, database):
        while Walk.steps < STEPS:
            run_state_machine_as_test(
                Walk,
                settings=hypothesis_settings(
                    max_examples=WALKS,
                    stateful_step_count=LENGTH,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        pairs = overlapping()
    return Row(
        f"{name}: walk of all acts beside a naive model",
        f"≥ {STEPS:,} steps, no difference",
        f"{Walk.steps:,} steps, {Walk.refused:,} refused as the model refuses, {pairs} overlapping pairs, "
        f"{time.monotonic() - began:.0f} s",
        Walk.steps >= STEPS and pairs == 0,
    )


def on_engine(name: str, data: Path, database: str) -> list[Row]:
    """Run all of it on one engine."""
    _site.install(data, database)
    with _site.opened(data, database):
        set_stage()
        if session.execute(select(User.id).where(User.staff_number == "d0")).first() is None:
            raise RuntimeError("the stage was not set")
    return [
        *rushed(name, data, database, 3, blind=False),
        *rushed(name, data, database, 8, blind=True),
        walked(name, data, database),
    ]


def main() -> int:
    """Run the proof on every engine there is and write its table."""
    rows: list[Row] = []
    with (
        tempfile.TemporaryDirectory(prefix="zhangcheng-bookings-") as work,
        _site.databases(Path(work)) as engines,
    ):
        for name, data, database in engines:
            rows += on_engine(name, data, database)
    return write(
        "bookings",
        "Bookings that never overlap",
        "processes that ask for the same cars at the same times, with the guard and blind, and a walk beside a model.",
        rows,
        Path(__file__).resolve().parent,
    )


if __name__ == "__main__":
    sys.exit(main())

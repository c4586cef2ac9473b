"""The day line of 50 cars over 14 days with 2,000 bookings, and the calendar of all cars: time in the server, queries.

    python -m benchmarks.day_line [--engine sqlite|postgresql|both]

Each page is asked for in this process, as a request is answered by the server, forty times in turn. The median of the
processor's time counts, which other programs hardly disturb; what the clock said stands beside it. The bookings are
rows, since what made them is no matter here: half asked for, half given, spread evenly over the days and cars.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._tables import Row, write
from proofs._site import databases, install, opened
from tests.client import in_context_of_its_own

CARS, BOOKINGS, DAYS = 50, 2_000, 14
TURNS = 40
MOST_MILLISECONDS, MOST_QUERIES = 60, 8


def make(cars: int, bookings: int) -> Any:
    """Make a dispatcher, cars and their bookings from this morning on; return the dispatcher."""
    from app.core import clock  # slow import
    from app.core.db import session  # slow import
    from app.core.permissions import Role  # slow import
    from app.core.uow import unit_of_work  # slow import
    from app.features.bookings.enums import BookingStatus  # slow import
    from app.features.bookings.models import Booking, VehicleHold  # slow import
    from tests import factories  # slow import
    from tests.features.vehicles import desk  # slow import

    sales = factories.department("销售部")
    dispatcher = factories.user("许峰", "v1", sales, [Role.DISPATCHER])
    people = [
        factories.user(f"同事{number}", f"b{number}", sales, [Role.SALESPERSON]) for number in range(40)
    ]
    vehicles = [desk.car(dispatcher, sales, plate=f"苏B{number:05d}").id for number in range(cars)]
    start = clock.day_bounds(clock.today())[0] + timedelta(hours=7)
    each = bookings // cars
    gap = timedelta(days=DAYS) / each
    with unit_of_work():
        for number in range(bookings):
            place, car = divmod(number, cars)
            begin = start + place * gap
            given = number % 2 == 0
            row = Booking(
                number=f"YC-B-{number:06d}",
                status=BookingStatus.DISPATCHED if given else BookingStatus.SUBMITTED,
                owner_id=people[number % 40].id,
                driver_id=people[number % 40].id if given else None,
                department_id=sales.id,
                vehicle_id=vehicles[car],
                starts_at=begin,
                ends_at=begin + gap * 0.7,
                destination="镇江 宏达农机有限公司",
                purpose="业务",
                created_at=start,
                updated_at=start,
            )
            session.add(row)
            session.flush()
            if given:
                session.add(
                    VehicleHold(
                        vehicle_id=row.vehicle_id,
                        booking_id=row.id,
                        starts_at=row.starts_at,
                        ends_at=row.ends_at,
                    )
                )
    return dispatcher


def timed(ask: Callable[[], Any]) -> tuple[float, float]:
    """Return the median milliseconds of an answer, by the clock and by the processor."""
    clocked, used = [], []
    for _turn in range(TURNS):
        begun, began = time.perf_counter(), time.process_time()
        assert ask().status_code == 200
        clocked.append(1_000 * (time.perf_counter() - begun))
        used.append(1_000 * (time.process_time() - began))
    return statistics.median(clocked), statistics.median(used)


def measured(engine: str, data: Path, database: str) -> list[Row]:
    """Make an installation on an engine and return its figures."""
    install(data, database)
    with opened(data, database) as app:
        from app.core.uow import unit_of_work  # slow import
        from app.features.bookings import calendar_feed  # slow import
        from app.features.bookings.calendar_enums import CalendarScope  # slow import
        from tests import factories, sending  # slow import
        from tests.client import Client  # slow import

        app.extensions["installation_is_set_up"] = True
        dispatcher = make(CARS, BOOKINGS)
        with unit_of_work():
            secret = calendar_feed.make_address(actor=factories.actor(dispatcher), scope=CalendarScope.FLEET)
        browser = Client(app).as_(dispatcher).browser
        rows = []
        for name, address in (
            (f"day line, {CARS} cars × {DAYS} days, {BOOKINGS:,} bookings", "/bookings?span=fortnight"),
            (f"day line, {CARS} cars, one day", "/bookings"),
            (f"calendar of all cars, {BOOKINGS:,} events", f"/calendar/{secret}.ics"),
        ):
            if "calendar" in name:
                calendar_feed.READS_AN_HOUR = 10 * TURNS
            ask = partial(in_context_of_its_own, partial(browser.get, address))
            size = len(ask().data)
            with sending.sent() as sent:
                ask()
            clocked, used = timed(ask)
            target = f"≤ {MOST_MILLISECONDS} ms, ≤ {MOST_QUERIES} queries" if "14 days" in name else ""
            held = used <= MOST_MILLISECONDS and len(sent) <= MOST_QUERIES
            figure = f"{used:.1f} ms ({clocked:.1f} by the clock), {len(sent)} queries, {size / 1024:.0f} KB"
            rows.append(Row(f"{engine}: {name}", target, figure, held if target else True))
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure, write the table, and return 1 where a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    wanted = parser.parse_args(arguments).engine
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as found:
        for engine, data, database in found:
            if wanted in ("both", engine.casefold()):
                rows += measured(engine, data, database)
    return write("day_line", "The day line", "median of forty answers, processor time.", rows)


if __name__ == "__main__":
    sys.exit(main())

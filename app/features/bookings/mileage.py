"""Mileage of trips as the chain of readings has it today: after a correction, or a trip entered afterwards.

History is in the readings and never changes; the figures kept with the trips follow from it.
"""

from itertools import pairwise

from sqlalchemy import select, update

from app.core import settings
from app.core.db import session
from app.core.permissions import Actor
from app.features.bookings.enums import BOOKING
from app.features.bookings.models import Booking
from app.features.vehicles import readings
from app.features.vehicles.enums import ReadingKind
from app.features.vehicles.models import OdometerCorrection


def renew(vehicle_id: int) -> None:
    """Make the figures of a car's trips equal to what its chain of readings says, in the open unit of work."""
    session.flush()
    wanted: dict[int, dict[str, int]] = {}
    tolerance = int(settings.get(readings.TOLERANCE))
    links = readings.chain(vehicle_id)
    for before, link in pairwise([None, *links]):
        if link is None or link.reading.doc_type != BOOKING or link.reading.doc_id is None:
            continue
        figures = wanted.setdefault(link.reading.doc_id, {})
        if link.reading.kind == ReadingKind.OUT:
            gap = link.kilometres - before.kilometres if before is not None else 0
            figures |= {"odometer_out": link.kilometres, "gap": gap if gap > tolerance else 0}
        else:
            figures["odometer_in"] = link.kilometres
    rows = session.execute(
        select(Booking.id, Booking.odometer_out, Booking.odometer_in, Booking.gap).where(
            Booking.id.in_(sorted(wanted))
        )
    ).all()
    for row in rows:
        changed = {name: value for name, value in wanted[row.id].items() if getattr(row, name) != value}
        if changed:
            session.execute(
                update(Booking).where(Booking.id == row.id).values(**changed),
                execution_options={"synchronize_session": "fetch"},
            )


def renew_on_correction(correction_id: int, actor: Actor) -> None:
    """Take up the figures of a car's trips once the correction of a reading was agreed to, in its transaction."""
    renew(session.get_one(OdometerCorrection, correction_id).vehicle_id)

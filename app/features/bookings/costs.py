"""What was paid on a trip: fuel, toll, parking, with their receipts, as costs of the car."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock, files
from app.core.db import session
from app.core.permissions import Actor
from app.features.bookings.enums import BOOKING
from app.features.bookings.models import Booking
from app.features.vehicles.enums import CostKind
from app.features.vehicles.models import VehicleCost

RECEIPT = "receipt"
KINDS = (CostKind.FUEL, CostKind.TOLL, CostKind.PARKING)


def write(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> None:
    """Write the costs among the data of a step, in the open unit of work: ``fuel``-, ``toll``-, ``parking_amount``.

    Amounts are in yuan, ``litres`` go with the fuel; ``receipts`` are checked files kept with the booking.
    """
    kept = [
        files.attach(receipt, BOOKING, booking.id, actor, kind=RECEIPT)
        for receipt in data.get("receipts", ())
    ]
    session.flush()
    for kind in KINDS:
        amount: Decimal | None = data.get(f"{kind}_amount")
        if not amount:
            continue
        session.add(
            VehicleCost(
                vehicle_id=booking.vehicle_id,
                kind=kind,
                paid_on=clock.to_local(booking.returned_at or clock.now()).date(),
                amount=amount,
                litres=data.get("litres") if kind == CostKind.FUEL else None,
                kilometres=booking.odometer_in if kind == CostKind.FUEL else None,
                doc_type=BOOKING,
                doc_id=booking.id,
                stored_file_id=kept[0].id if kept else None,
                entered_by_id=actor.id,
                entered_at=clock.now(),
            )
        )
    session.flush()


def of_booking(booking_id: int) -> Sequence[VehicleCost]:
    """Return what was paid on a trip, in order of entry."""
    statement = (
        select(VehicleCost)
        .where(VehicleCost.doc_type == BOOKING, VehicleCost.doc_id == booking_id)
        .order_by(VehicleCost.id)
    )
    return session.execute(statement).scalars().all()

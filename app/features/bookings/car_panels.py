"""What the page of a car shows of its bookings: the ways to its day line, its log and the code for its dashboard."""

from typing import Any

from flask import url_for

from app.core import clock
from app.core.permissions import Actor, can
from app.features.bookings.enums import BookingPerm
from app.features.vehicles.models import Vehicle


def ways(vehicle: Vehicle, actor: Actor) -> dict[str, Any] | None:
    """Return the addresses for a reader; None for who may not ask for a car."""
    if not can(actor, BookingPerm.REQUEST):
        return None
    dispatches = can(actor, BookingPerm.DISPATCH, vehicle.department_id)
    return {
        "line_url": url_for("day_line.index", car=vehicle.id),
        "log_url": url_for("trip_log.index", car=vehicle.id, month=f"{clock.today():%Y-%m}"),
        "sticker_url": url_for("booking_papers.sticker", code=vehicle.item.label_code) if dispatches else "",
    }

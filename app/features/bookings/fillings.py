"""What was filled into a car, with what the odometer said and whether the tank was full then."""

from sqlalchemy import and_, func, select

from app.core.db import session
from app.features.bookings.enums import BOOKING, FuelLevel
from app.features.bookings.models import Booking
from app.features.vehicles.enums import CostKind
from app.features.vehicles.fuel import Filling
from app.features.vehicles.models import VehicleCost


def fillings_of(vehicle_id: int) -> list[Filling]:
    """Return the fuel filled into a car whose litres and kilometres are known, in the order of the odometer."""
    kilometres = func.coalesce(Booking.odometer_in, VehicleCost.kilometres)
    statement = (
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
    return [
        Filling(row.paid_on, row.kilometres, row.litres, row.fuel_in == FuelLevel.FULL)
        for row in session.execute(statement)
    ]

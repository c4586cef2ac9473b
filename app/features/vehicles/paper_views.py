"""The file of a car on paper."""

from flask import Response

from app.core import clock
from app.core.permissions import require
from app.features.assets import custody
from app.features.vehicles import costs, pdf, queries
from app.features.vehicles.enums import VehiclePerm
from app.features.vehicles.pdf import CarFile
from app.features.vehicles.views import blueprint
from app.web.guard import current_actor, requires
from app.web.papers import company_name, send_paper

MOST_COSTS = 500


@blueprint.get("/<int:vehicle_id>/file.pdf")
@requires(VehiclePerm.VIEW_COSTS)
def file_paper(vehicle_id: int) -> Response:
    actor = current_actor()
    vehicle = queries.get(actor, vehicle_id)
    require(actor, VehiclePerm.VIEW_COSTS, vehicle.department_id)
    file = CarFile(
        vehicle,
        queries.papers_of([vehicle.id])[vehicle.id],
        queries.services_of(vehicle.id),
        queries.defects_of(vehicle.id),
        costs.latest(vehicle.id, MOST_COSTS),
        queries.fines_of(actor, vehicle.id),
        custody.history([vehicle.item_id])[vehicle.item_id],
    )
    return send_paper(pdf.car_file(file, company_name()), pdf.paper_name(vehicle, clock.today()))

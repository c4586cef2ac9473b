"""What upper features show on a car's page (trips, bookings), without this feature knowing them."""

from app.features.vehicles.models import Vehicle
from app.web.panels import BODY as BODY
from app.web.panels import SIDE as SIDE
from app.web.panels import Panels

PANELS: Panels[Vehicle] = Panels(("actions", BODY, SIDE))
register, render = PANELS.register, PANELS.render

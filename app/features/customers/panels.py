"""What upper features show on a customer's page (inquiries, quotations), without this feature knowing them."""

from app.features.customers.models import Customer
from app.web.panels import BODY as BODY
from app.web.panels import SIDE as SIDE
from app.web.panels import Panels

PANELS: Panels[Customer] = Panels()
register, render = PANELS.register, PANELS.render

"""What upper features show on a product's page (the prices it was offered at), without this feature knowing them."""

from app.features.products.models import Product
from app.web.panels import BODY as BODY
from app.web.panels import SIDE as SIDE
from app.web.panels import Panels

PANELS: Panels[Product] = Panels()
register, render = PANELS.register, PANELS.render

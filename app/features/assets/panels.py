"""What upper features and other parts show on an item's page (repairs, counts, cars) without its knowing them."""

from app.features.assets.models import AssetItem
from app.web.panels import BODY as BODY
from app.web.panels import SIDE as SIDE
from app.web.panels import Panels

PANELS: Panels[AssetItem] = Panels(("actions", BODY, SIDE))
register, render = PANELS.register, PANELS.render

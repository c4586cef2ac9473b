"""What upper features show on an inquiry's page (its quotations, the reminder), without this feature knowing them.

Providers must hold back what a reader of single lines may not see (``queries.sight``).
"""

from app.features.inquiries.models import Inquiry
from app.web.panels import BODY as BODY
from app.web.panels import SIDE as SIDE
from app.web.panels import Panels

REMIND = "remind"  # beside the step buttons
FIRST = "first"  # above all else of the body: what is decided right here

PANELS: Panels[Inquiry] = Panels((BODY, SIDE, REMIND, FIRST))
register, render = PANELS.register, PANELS.render

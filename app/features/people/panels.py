"""What upper features show on a person's page (voluntary data, growth), without this feature knowing them.

Providers hold back what the reader may not see.
"""

from app.features.people.models import User
from app.web.panels import BODY as BODY
from app.web.panels import SIDE as SIDE
from app.web.panels import Panels

PANELS: Panels[User] = Panels((BODY, SIDE))
register, render = PANELS.register, PANELS.render

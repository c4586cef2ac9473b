"""What upper features show on the reader's own page of rules, without this feature knowing them."""

from app.web.panels import BODY, Panels

PANELS: Panels[None] = Panels((BODY,))
register, render = PANELS.register, PANELS.render

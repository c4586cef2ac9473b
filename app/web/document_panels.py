"""What upper features show on the page of any document: what was reported of it, what else may be done about it.

A feature registers a panel here; the page of a document gives its kind and number. Neither knows the other.
"""

from markupsafe import Markup

from app.core.documents import Key
from app.core.permissions import Actor
from app.web.panels import SIDE, Panels

_panels: Panels[Key] = Panels((SIDE,))

register = _panels.register


def beside(doc_type: str, doc_id: int, actor: Actor) -> list[Markup]:
    """Return the rendered panels that stand beside a document, as this reader may see them."""
    return _panels.render((doc_type, doc_id), actor)[SIDE]

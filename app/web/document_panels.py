"""What upper features show on the page of any document: what was reported of it, what else may be done about it.

A feature registers a panel here; the page of a document gives its kind and number. Neither knows the other.
"""

from flask import request
from markupsafe import Markup

from app.core import documents
from app.core.db import LARGEST_ID
from app.core.documents import DocumentLink, Key
from app.core.errors import NotVisible
from app.core.permissions import Actor
from app.web.panels import SIDE, Panels

_panels: Panels[Key] = Panels((SIDE,))

register = _panels.register


def beside(doc_type: str, doc_id: int, actor: Actor) -> list[Markup]:
    """Return the rendered panels that stand beside a document, as this reader may see them."""
    return _panels.render((doc_type, doc_id), actor)[SIDE]


def about(doc_type: str, doc_id: int) -> str:
    """Return how the address of a form names the document it is about."""
    return f"{doc_type}:{doc_id}"


def asked(actor: Actor) -> DocumentLink | None:
    """Return the document that ``about`` in the address names, None where it names none.

    Raises NotVisible for one that does not exist for the actor.
    """
    doc_type, _colon, number = request.args.get("about", "").partition(":")
    if not doc_type:
        return None
    readable = number.isascii() and number.isdigit() and len(number) <= 10 and int(number) <= LARGEST_ID
    key = (doc_type, int(number) if readable else 0)
    found = documents.links(documents.visible_keys(actor, [key])).get(key)
    if found is None:
        raise NotVisible
    return found

"""What stands beside any document: the resolutions that came of it, and for who decides the way to open one."""

from typing import Any

from flask import url_for

from app.core import documents
from app.core.documents import Key
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.features.resolutions import queries
from app.features.resolutions.enums import RESOLUTION, ResolutionPerm
from app.features.resolutions.flow import FLOW
from app.web import document_panels, filters


def beside(key: Key, actor: Actor) -> dict[str, Any] | None:
    """Return what was decided of a document, as far as the reader may see it; None where there is nothing to show."""
    doc_type, doc_id = key
    if doc_type == RESOLUTION or not documents.is_registered(doc_type):
        return None
    found = queries.of_document(actor, doc_type, doc_id)
    decides = can(actor, ResolutionPerm.DECIDE)
    if not found and not decides:
        return None
    return {
        "decided": [
            {
                "text": row.text,
                "sub": _("%(name)s · %(day)s 前", name=row.responsible, day=filters.date_text(row.due_on)),
                "state": FLOW.state(row.status).label,
                "tone": FLOW.state(row.status).tone,
                "url": url_for("resolutions.show_resolution", resolution_id=row.id),
            }
            for row in found
        ],
        "new_url": url_for("resolutions.new", about=document_panels.about(doc_type, doc_id))
        if decides
        else "",
    }


document_panels.register("resolutions/beside.html", beside, place="side", of_documents=RESOLUTION)

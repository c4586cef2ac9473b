"""What stands beside any document: the resolutions that came of it, and for who decides the way to open one."""

from typing import Any

from flask import url_for

from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.features.resolutions import queries
from app.features.resolutions.enums import RESOLUTION, ResolutionPerm
from app.features.resolutions.flow import FLOW
from app.web import document_panels, filters
from app.web.document_panels import Subject


def beside(about_it: Subject, actor: Actor) -> dict[str, Any] | None:
    """Return what was decided of a document, as far as the reader may see it; None where there is nothing to show."""
    if about_it.doc_type == RESOLUTION:
        return None
    found = about_it.of(RESOLUTION)
    decides = can(actor, ResolutionPerm.DECIDE)
    if not found and not decides:
        return None
    about = document_panels.about(about_it.doc_type, about_it.doc_id)
    return {
        "decided": [
            {
                "text": row.text,
                "sub": _("%(name)s · %(day)s 前", name=row.who, day=filters.date_text(row.day)),
                "state": FLOW.state(row.status).label,
                "tone": FLOW.state(row.status).tone,
                "url": url_for("resolutions.show_resolution", resolution_id=row.id),
            }
            for row in found
        ],
        "new_url": url_for("resolutions.new", about=about) if decides else "",
    }


document_panels.register("resolutions/beside.html", beside, place="side", of_documents=RESOLUTION)
document_panels.register_source(RESOLUTION, queries.of_document)

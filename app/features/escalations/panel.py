"""What stands beside any document: what was reported of it, and the ways to report, to ask for help, to keep a talk."""

from typing import Any

from flask import url_for

from app.core import documents
from app.core.documents import Key
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.escalations import queries
from app.features.escalations.enums import ESCALATION, EscalationKind
from app.features.escalations.flow import FLOW
from app.web import document_panels, filters


def beside(key: Key, actor: Actor) -> dict[str, Any] | None:
    """Return what of a document was reported to whom, as far as the reader may see it, and what may be done."""
    doc_type, doc_id = key
    if doc_type == ESCALATION or not documents.is_registered(doc_type):
        return None
    about = document_panels.about(doc_type, doc_id)
    return {
        "reported": [
            {
                "text": said(row),
                "state": FLOW.state(row.status).label,
                "tone": FLOW.state(row.status).tone,
                "url": url_for("escalations.show_escalation", escalation_id=row.id),
            }
            for row in queries.of_document(actor, doc_type, doc_id)
        ],
        "ways": [
            (_("汇报"), url_for("escalations.new", about=about, kind=EscalationKind.GRAVE)),
            (_("请协办"), url_for("escalations.new", about=about, kind=EscalationKind.REQUEST)),
            (_("记一次沟通"), url_for("escalations.note_talk", about=about)),
        ],
    }


def said(row: Any) -> str:
    """Return in a sentence when a document was reported, to whom."""
    when = filters.moment_text(row.created_at)
    if row.kind == EscalationKind.GRAVE:
        return _("已于 %(when)s 汇报%(who)s", when=when, who=row.to_name)
    return _("已于 %(when)s 请%(who)s协办", when=when, who=row.to_name)


document_panels.register("escalations/beside.html", beside, place="side", of_documents=ESCALATION)

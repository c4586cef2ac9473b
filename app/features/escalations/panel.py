"""What stands beside any document: what was reported of it, and the ways to report, to ask for help, to keep a talk."""

from typing import Any

from flask import url_for

from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.escalations import queries
from app.features.escalations.enums import ESCALATION, EscalationKind
from app.features.escalations.flow import FLOW
from app.web import document_panels, filters
from app.web.document_panels import Subject


def beside(about_it: Subject, actor: Actor) -> dict[str, Any] | None:
    """Return what of a document was reported to whom, as far as the reader may see it, and what may be done."""
    if about_it.doc_type == ESCALATION:
        return None
    about = document_panels.about(about_it.doc_type, about_it.doc_id)
    return {
        "reported": [
            {
                "text": said(row),
                "state": FLOW.state(row.status).label,
                "tone": FLOW.state(row.status).tone,
                "url": url_for("escalations.show_escalation", escalation_id=row.id),
            }
            for row in about_it.of(ESCALATION)
        ],
        "ways": [
            (_("汇报"), url_for("escalations.new", about=about, kind=EscalationKind.GRAVE)),
            (_("请协办"), url_for("escalations.new", about=about, kind=EscalationKind.REQUEST)),
            (_("记一次沟通"), url_for("escalations.note_talk", about=about)),
        ],
    }


def said(row: Any) -> str:
    """Return in a sentence when a document was reported, to whom."""
    when = filters.moment_text(row.moment)
    if row.text == EscalationKind.GRAVE:
        return _("已于 %(when)s 汇报%(who)s", when=when, who=row.who)
    return _("已于 %(when)s 请%(who)s协办", when=when, who=row.who)


document_panels.register("escalations/beside.html", beside, place="side", of_documents=ESCALATION)
document_panels.register_source(ESCALATION, queries.of_document)

"""What the page of a report shows, made ready so that the template decides nothing."""

from typing import Any

from flask import url_for

from app.core import documents as core_documents
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.timeline import events_for
from app.features.escalations.enums import (
    ESCALATION,
    KIND_LABELS,
    KIND_TONES,
    EscalationKind,
)
from app.features.escalations.flow import FLOW
from app.features.escalations.models import Escalation
from app.web import document_panels, documents, filters


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("汇报与协办"), url_for("escalations.index"))]


def address(escalation: Escalation) -> str:
    """Return the address of a report's page."""
    return url_for("escalations.show_escalation", escalation_id=escalation.id)


def matter(escalation: Escalation) -> list[tuple[Any, ...]]:
    """Return what is reported, of what, and until when an answer is due."""
    return [
        (_("提出人"), escalation.owner.name),
        (_("交给"), escalation.to.name),
        (_("知道的时间"), filters.moment_text(escalation.known_at)),
        (_("答复时限"), filters.moment_text(escalation.due_at)),
        (_("事由和请求"), escalation.text, True),
    ]


def answer(escalation: Escalation) -> list[tuple[Any, ...]]:
    """Return the answer, nothing before there is one."""
    if escalation.answered_by is None or escalation.answered_at is None:
        return []
    return [
        (_("答复人"), escalation.answered_by.name),
        (_("答复时间"), filters.moment_text(escalation.answered_at)),
        (_("批示或答复"), escalation.answer, True),
    ]


def chain(escalation: Escalation) -> list[dict[str, Any]]:
    """Return who was told when, and whether they saw it."""
    return [
        {
            "name": row.person.name,
            "told": filters.moment_text(row.told_at),
            "seen": filters.moment_text(row.seen_at) if row.seen_at is not None else "",
            "because_late": row.because_late,
        }
        for row in escalation.told
    ]


def source(escalation: Escalation, actor: Actor) -> tuple[str, str]:
    """Return the document a report is about with its address; its kind alone for who may not see it."""
    if escalation.doc_type is None or escalation.doc_id is None:
        return "", ""
    key = (escalation.doc_type, escalation.doc_id)
    if not core_documents.is_registered(key[0]):
        return "", ""
    link = core_documents.links(core_documents.visible_keys(actor, [key])).get(key)
    if link is None:
        return str(core_documents.document_type(key[0]).label), ""
    return f"{link.label} {link.title}", link.url


def context(escalation: Escalation, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a report needs, for this reader."""
    state, events = FLOW.state(escalation.status), events_for(ESCALATION, escalation.id)
    kind = EscalationKind(escalation.kind)
    named, url = source(escalation, actor)
    return {
        "heading": core_documents.numbered_title(escalation.number, escalation.text),
        "trail": trail(),
        "state": state.label,
        "tone": state.tone,
        "facts": [
            KIND_LABELS[kind],
            _("%(owner)s → %(to)s", owner=escalation.owner.name, to=escalation.to.name),
        ],
        "kind": (KIND_LABELS[kind], KIND_TONES[kind]),
        "matter": matter(escalation),
        "answered": answer(escalation),
        "chain": chain(escalation),
        "source_name": named,
        "source_url": url,
        "late": escalation.is_late,
        "further": document_panels.beside(ESCALATION, escalation.id, actor),
        **steps_context(escalation, actor),
        "stations": documents.stations(FLOW, escalation.status, events),
        "events": documents.timeline_rows(events),
    }


def steps_context(escalation: Escalation, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": FLOW.open_steps(escalation, actor),
        "action": address(escalation),
        "version": escalation.version,
    }

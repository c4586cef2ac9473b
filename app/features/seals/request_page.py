"""What the page of a request for a wet seal shows, made ready so that the template decides nothing."""

from datetime import datetime
from typing import Any

from flask import url_for

from app.core import documents as core_documents
from app.core.db import session
from app.core.files import StoredFile, files_for
from app.core.i18n import gettext as _
from app.core.i18n import listed, pgettext
from app.core.permissions import Actor
from app.core.timeline import events_for
from app.features.seals import sources
from app.features.seals.enums import (
    CONDITION_LABELS,
    KIND_LABELS,
    MODE_LABELS,
    PAPER_KIND_LABELS,
    Condition,
    PaperKind,
    SealKind,
    UseMode,
)
from app.features.seals.flow import DOC_TYPE, FLOW
from app.features.seals.models import SealRequest
from app.web import document_panels, documents, filters


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(pgettext("list", "用印"), url_for("seals.requests"))]


def stamped(moment: datetime | None) -> str:
    """Return a moment as pages write it, an empty text for none."""
    return filters.moment_text(moment) if moment is not None else ""


def seal_text(request: SealRequest) -> str:
    """Return company and kind of the seal."""
    entity = request.seal.legal_entity
    return f"{entity.short_name or entity.name} {KIND_LABELS[SealKind(request.seal.kind)]}"


def asked_facts(request: SealRequest) -> list[tuple[Any, ...]]:
    """Return what was asked for."""
    facts: list[tuple[Any, ...]] = [
        (_("印章"), seal_text(request)),
        (_("文件类别"), PAPER_KIND_LABELS[PaperKind(request.paper_kind)]),
        (_("文件名称"), request.title, True),
    ]
    if request.doc_number:
        facts.append((_("单据编号"), request.doc_number))
        facts.append((_("内容摘要"), (request.content_hash or "")[:8]))
    facts += [
        (_("每份页数"), request.pages),
        (_("份数"), request.copies),
        (_("批准印数"), request.impressions),
        (_("骑缝章"), _("加盖") if request.split_seal else _("不盖")),
        (_("用印方式"), MODE_LABELS[UseMode(request.mode)]),
        (_("用途"), request.purpose, True),
    ]
    if request.destination:
        facts.append((_("带往何处"), request.destination))
    facts.append((_("申请人"), request.owner.name))
    if request.approved_by is not None:
        facts.append((_("批准人"), f"{request.approved_by.name} {stamped(request.approved_at)}"))
    return facts


def use_facts(request: SealRequest) -> list[tuple[Any, ...]]:
    """Return how the seal was used, or where it is."""
    facts: list[tuple[Any, ...]] = []
    if request.first_companion is not None and request.second_companion is not None:
        facts += [
            (_("同行人"), listed([request.first_companion.name, request.second_companion.name])),
            (_("应还时间"), stamped(request.due_back)),
        ]
    if request.released_by is not None:
        facts.append((_("放行"), f"{request.released_by.name} {stamped(request.out_at)}"))
    if request.back_at is not None and request.condition is not None:
        facts.append((_("归还时间"), stamped(request.back_at)))
        facts.append((_("印章状况"), CONDITION_LABELS[Condition(request.condition)]))
    if request.used_at is not None and request.used_by is not None:
        facts.append((_("用印"), f"{request.used_by.name} {stamped(request.used_at)}"))
        facts.append((_("实盖份数"), request.copies_made))
        facts.append((_("实盖印数"), request.impressions_made))
    if request.closed_at is not None:
        facts.append((_("归档时间"), stamped(request.closed_at)))
        facts.append((_("原件去向"), request.originals, True))
    return facts


def context(request: SealRequest, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a request needs, for this reader."""
    state = FLOW.state(request.status)
    events = events_for(DOC_TYPE, request.id)
    return {
        "heading": request.number,
        "trail": trail(),
        "state": _("逾期未还") if request.overdue else state.label,
        "tone": "bad" if request.overdue else state.tone,
        "facts": [request.title, seal_text(request)],
        "request_": request,
        "asked": asked_facts(request),
        "used": use_facts(request),
        "document_url": document_url(request, actor),
        **steps_context(request, actor),
        "stations": documents.stations(FLOW, request.status, events),
        "events": documents.timeline_rows(events),
        "further": document_panels.beside(DOC_TYPE, request.id, actor),
        "files": documents.file_rows(readable_files(request, actor), events=events),
        "remind_url": ""
        if state.tasks is None
        else url_for("home.reminder", doc_type=DOC_TYPE, doc_id=request.id),
    }


def readable_files(request: SealRequest, actor: Actor) -> list[StoredFile]:
    """Return the files of a request that an actor may read: the stamped paper of an unopened bid is not for all."""
    found = files_for(DOC_TYPE, request.id)
    if not found or not sources.tells_secret(actor, request.doc_type, request.doc_id):
        return found
    return [row for row in found if row.uploaded_by_id == actor.id]


def may_read_stored(actor: Actor, row: StoredFile) -> bool:
    """Tell whether an actor may read a file of a request (the gate of the one view that serves files)."""
    if not core_documents.is_visible(actor, DOC_TYPE, row.doc_id):
        return False
    request = session.get_one(SealRequest, row.doc_id)
    return row.uploaded_by_id == actor.id or not sources.tells_secret(actor, request.doc_type, request.doc_id)


def document_url(request: SealRequest, actor: Actor) -> str:
    """Return the address of the document behind a request, empty where there is none for this reader."""
    if request.doc_type is None or request.doc_id is None:
        return ""
    if not core_documents.is_visible(actor, request.doc_type, request.doc_id):
        return ""
    return core_documents.document_type(request.doc_type).url(request.doc_id)


def steps_context(request: SealRequest, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons alone need, to be renewed beside a refusal."""
    return {
        "steps": FLOW.open_steps(request, actor),
        "action": url_for("seals.show_request", request_id=request.id),
        "version": request.version,
    }

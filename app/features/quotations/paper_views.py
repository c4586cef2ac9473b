"""The official file, and the papers beside it: the warehouse copy without prices, the approval sheet of an inquiry."""

from flask import Response, request, url_for

from app.core import settings, side_writes
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import StoredFile
from app.core.permissions import Actor
from app.core.side_writes import SideWrite
from app.core.uow import unit_of_work
from app.features.inquiries import queries as inquiry_queries
from app.features.quotations import (
    actions,
    flow,
    issuing,
    presentation,
    queries,
    secrecy,
    step_views,
    warehouse_copy,
)
from app.features.quotations import approval_sheet as sheets
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.models import QuotationRevision
from app.features.quotations.views import READERS, SHIPPED_FROM, Answer, load, show_page
from app.features.seals.queries import legal_entities
from app.web import documents, fragments
from app.web.documents import file_policy
from app.web.errors import queue_refused_attempt
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import as_download

blueprint = step_views.blueprint


@blueprint.get("/<int:quotation_id>/r/<int:number>/pdf")
@requires(*READERS)
def paper(quotation_id: int, number: int) -> Answer:
    revision = load(quotation_id, number)
    if not revision.issued_files or secrecy.paper_problem(revision, current_actor()) is not None:
        return refuse_paper(revision)
    return fragments.go(presentation.issued_row(revision, revision.issued_files[0])["url"])


def refuse_paper(revision: QuotationRevision) -> Answer:
    actor, revision_id = current_actor(), revision.id
    queue_refused_attempt(lambda: actions.record_refused_paper(revision_id, actor))
    raise secrecy.paper_problem(revision, actor) or flow.refused_paper(revision)


@blueprint.get("/<int:quotation_id>/r/<int:number>/copies/<int:copy_number>.pdf")
@requires(*READERS)
def copy(quotation_id: int, number: int, copy_number: int) -> Answer:
    revision, actor = load(quotation_id, number), current_actor()
    if not revision.issued_files or secrecy.paper_problem(revision, actor) is not None:
        return refuse_paper(revision)
    issued = queries.issued_file(revision.id, copy_number)
    if issued is None:
        raise NotVisible
    if not secrecy.sees_prices(revision, actor):
        note_opened(revision.id, copy_number, actor)
    return documents.send_stored(session.get_one(StoredFile, issued.stored_file_id))


def note_opened(revision_id: int, copy_number: int, actor: Actor) -> None:
    side_writes.after_request(
        SideWrite.SEALED_PAPER, lambda: secrecy.note_opened(revision_id, copy_number, actor)
    )


@blueprint.post("/<int:quotation_id>/r/<int:number>/copies/<int:copy_number>/reprint")
@requires(QuotationPerm.REPRINT, confirmed=True)
def reprint(quotation_id: int, number: int, copy_number: int) -> Answer:
    actor, reason = current_actor(), request.form.get("note", "")
    try:
        with unit_of_work():
            revision = load(quotation_id, number)
            issuing.reprint(revision, actor=actor, copy_number=copy_number, reason=reason)
    except (Conflict, Invalid) as problem:
        return show_page(
            load(quotation_id, number), documents.refusal(problem, reason, f"reprint-{copy_number}")
        )
    return fragments.go(
        url_for("quotations.copy", quotation_id=quotation_id, number=number, copy_number=copy_number)
    )


@blueprint.get("/<int:quotation_id>/r/<int:number>/warehouse.pdf")
@requires(QuotationPerm.WAREHOUSE_COPY)
def warehouse(quotation_id: int, number: int) -> Answer:
    revision = load(quotation_id, number)
    if revision.status not in SHIPPED_FROM:
        raise flow.refused_paper(revision)
    content = warehouse_copy.render(revision)
    return shown(content, f"仓库联-{revision.number}.pdf")


@blueprint.get("/approval-sheet/<int:inquiry_id>.pdf")
@signed_in
def approval_sheet(inquiry_id: int) -> Answer:
    actor = current_actor()
    inquiry = inquiry_queries.get(actor, inquiry_id)
    entities = legal_entities()
    company = settings.get("company.name") or (entities[0].name if entities else "")
    return shown(sheets.render(inquiry, actor, str(company)), f"审批单-{inquiry.number or inquiry.id}.pdf")


def may_read_stored(actor: Actor, row: StoredFile) -> bool:
    """Tell whether an actor may read a file of a quotation: what tells a sealed price is opened as the paper is."""
    found = queries.addresses([row.doc_id]).get(row.doc_id)
    if found is None:
        return False
    try:
        revision = queries.get(actor, *found)
    except NotVisible:
        return False
    return secrecy.sees_prices(revision, actor)


def shown(content: bytes, name: str) -> Response:
    """Answer with a PDF that the browser shows, under a name that may be Chinese."""
    response = as_download(Response(content, mimetype="application/pdf"), name)
    disposition = response.headers["Content-Disposition"]
    response.headers["Content-Disposition"] = disposition.replace("attachment", "inline", 1)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = file_policy("application/pdf")
    return fragments.mark_unstored(response)

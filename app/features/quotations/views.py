"""The pages of quotations: load, call, render."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.core import timeline
from app.core.capital_amount import capital_amount
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import check_upload
from app.core.i18n import gettext as _
from app.core.i18n import listed, pgettext
from app.core.permissions import Actor, can, directory
from app.core.uow import unit_of_work
from app.core.verification_code import grouped
from app.core.workflow import StepView
from app.features.inquiries import queries as inquiry_queries
from app.features.inquiries.losses import loss_facts
from app.features.inquiries.models import PurchasingAnswer
from app.features.inquiries.secrecy import opening_text
from app.features.quotations import (
    actions,
    extra,
    flow,
    presentation,
    queries,
    secrecy,
)
from app.features.quotations.bid import presentation as bids
from app.features.quotations.case_seed import case_url
from app.features.quotations.checks import evidence_of, evidence_warnings
from app.features.quotations.enums import QuotationPerm, QuotationStatus
from app.features.quotations.listing import QuotationList
from app.features.quotations.margins import margin_facts
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import presentation as negotiations
from app.features.quotations.negotiation.guards import waiting_problem
from app.features.quotations.pages import tabs
from app.features.quotations.panels import sealing_panel
from app.features.quotations.prolong import may_prolong
from app.features.seals.enums import SealPerm
from app.web import document_panels, documents, fragments
from app.web.forms import CreationForm, once
from app.web.guard import current_actor, requires
from app.web.keeping import ONE_TIME_TOKEN
from app.web.lists import show_list

blueprint = Blueprint("quotations", __name__, url_prefix="/quotations")

READERS = (QuotationPerm.PREPARE, QuotationPerm.VIEW_ALL)
# From the approval on the content is frozen; what came to nothing is not shipped.
SHIPPED_FROM = (
    QuotationStatus.APPROVED,
    QuotationStatus.ISSUED,
    QuotationStatus.ACCEPT_CLAIMED,
    QuotationStatus.ACCEPTED,
)
Answer = Response | BaseResponse | str


def address(revision_id: int) -> str:
    """Return an address that leads to a revision known by its id only."""
    return url_for("quotations.by_revision", revision_id=revision_id)


def load(
    quotation_id: int, number: int | None = None, *, with_lines: bool = True, to_show: bool = False
) -> QuotationRevision:
    return queries.get(current_actor(), quotation_id, number, with_lines=with_lines, to_show=to_show)


@blueprint.get("")
@requires(*READERS)
def index() -> Answer:
    return show_list(
        QuotationList(current_actor(), request.args, request.path),
        pgettext("list", "报价"),
        template="quotations/list.html",
        tabs=tabs(current_actor(), "quotations"),
        list_facts=sealed_facts(current_actor()),
        empty_text=_("还没有报价"),
        empty_hint=_("报价从询价开始：登记询价，经理决定参与、各项答复齐全后编制报价。"),
        empty_url=url_for("inquiries.index"),
        empty_label=_("去看询价"),
    )


def sealed_facts(actor: Actor) -> list[str]:
    """Return that amounts are left out of a list of quotations, where they are for this reader."""
    return [_("未开标的招标、统采报价，金额开标后才显示，不计入合计")] if secrecy.hides_some(actor) else []


@blueprint.get("/revisions/<int:revision_id>")
@blueprint.get("/revisions/<int:revision_id>/<name>")
@requires(*READERS)
def by_revision(revision_id: int, name: str = "") -> Answer:
    """Lead to a revision, to the form of a step where it is open to the reader."""
    found = queries.addresses([revision_id]).get(revision_id)
    if found is None:
        raise NotVisible
    revision = load(*found)
    urls = presentation.addresses(revision)
    steps = flow.FLOW.open_steps(revision, current_actor()) if name else []
    if any(step.name == name and step.form and not step.blocked for step in steps):
        return fragments.go(f"{urls['steps']}/{name}")
    return fragments.go(urls["show"])


def place_of_inquiry(inquiry_id: int) -> str:
    return url_for("quotations.of_inquiry", inquiry_id=inquiry_id)


@blueprint.get("/of-inquiry/<int:inquiry_id>")
@requires(*READERS)
def of_inquiry(inquiry_id: int) -> Answer:
    """Lead to the quotation of an inquiry: to the editor where it is the reader's own draft, else to its page."""
    actor = current_actor()
    inquiry = inquiry_queries.get(actor, inquiry_id)
    found = queries.of_inquiry(inquiry_id, actor)
    if not found:
        return fragments.go(url_for("inquiries.show", inquiry_id=inquiry.id))
    revision = found[-1]
    edits = revision.owner_id == actor.id and revision.status in actions.EDITABLE
    return fragments.go(presentation.addresses(revision)["edit" if edits else "show"])


@blueprint.get("/<int:quotation_id>")
@requires(*READERS)
def current(quotation_id: int) -> Answer:
    return show_page(load(quotation_id, to_show=True))


@blueprint.get("/<int:quotation_id>/r/<int:number>")
@requires(*READERS)
def show(quotation_id: int, number: int) -> Answer:
    return show_page(load(quotation_id, number, to_show=True))


def show_page(revision: QuotationRevision, refusal: documents.Refusal | None = None) -> Answer:
    actor = current_actor()
    events = timeline.events_for(flow.DOC_TYPE, revision.id)
    shown = document_context(revision, actor, events)
    return fragments.page(
        "quotations/show.html",
        status=refusal.status if refusal else 200,
        keep=True,
        **shown,
        **body_context(revision, actor, events, shown["steps"]),
        bid=bids.card(revision, actor),
        refusal=refusal,
    )


def document_context(
    revision: QuotationRevision, actor: Actor, events: Sequence[timeline.Event]
) -> dict[str, Any]:
    state, tone = presentation.shown_state(revision)
    urls = presentation.addresses(revision)
    sees = secrecy.sees_prices(revision, actor)
    return {
        "heading": revision.title,
        "trail": [
            (pgettext("list", "报价"), url_for("quotations.index")),
            (revision.quotation.customer.name, ""),
        ],
        "state": state,
        "tone": tone,
        "facts": presentation.facts_line(revision, actor),
        "head_note": _("第 %(number)s 版", number=revision.revision),
        "steps": flow.FLOW.open_steps(revision, actor),
        "action": urls["steps"],
        "version": revision.version,
        "stations": documents.stations(flow.FLOW, revision.status, events),
        "further": document_panels.beside(flow.DOC_TYPE, revision.id, actor),
        # what was changed and why tells of prices
        "events": documents.timeline_rows(events, with_content=sees),
        "urls": urls,
        "sees_prices": sees,
        "late_reason": presentation.late_reason(events) if sees else "",
        "returned_reason": presentation.returned_reason(revision, events) if sees else "",
    }


def body_context(
    revision: QuotationRevision,
    actor: Actor,
    history: Sequence[timeline.Event],
    steps: Sequence[StepView],
) -> dict[str, Any]:
    mine, sees = revision.owner_id == actor.id, secrecy.sees_prices(revision, actor)
    # the first revision, while it is the current one, is the only one
    only = revision.current and revision.revision == 1
    revisions = [revision] if only else queries.revisions_of(revision.quotation_id, actor)
    newest = next((item for item in revisions if item.current), revision)
    issued = presentation.issued_rows(revision, actor)
    # Bringing the customer's paper is an event: without one there is nothing to look for.
    brought = any(event.verb == actions.ATTACHED for event in history)
    acceptance = queries.acceptance_files(revision.id) if brought and sees else []
    evidence = evidence_of(revision)
    reviewing = sees and revision.status in (QuotationStatus.REVIEW, QuotationStatus.LEADER_REVIEW)
    lock = waiting_problem(revision)
    revisable = (
        lock is None
        and revision.status in (QuotationStatus.APPROVED, QuotationStatus.ISSUED)
        and revision is newest
    )
    return {
        "expired_on": revision.valid_until if revision.expired else None,
        **price_context(revision, actor, evidence),
        "summary": [*presentation.summary(revision), *margin_facts(revision, evidence, actor)],
        "terms": presentation.terms(revision),
        **(review_context(revision, evidence) if reviewing else {"changes": [], "warnings": []}),
        "may_edit": mine and revision.status in actions.EDITABLE,
        "may_revise": mine and revisable,
        "may_copy": sees and can(actor, QuotationPerm.PREPARE) and revision.number is not None,
        "may_prolong": mine and lock is None and may_prolong(revision),
        "compare_url": ""
        if only or not sees
        else url_for("quotations.compared", quotation_id=revision.quotation_id),
        **issued_context(revision, actor, issued),
        "newer_url": "" if newest is revision else presentation.addresses(newest)["show"],
        "revisions": [presentation.row_of(item, actor) for item in revisions],
        # whoever may not do the blocked step is told of the lock here
        "locked": lock.sentence() if lock is not None and not any(step.blocked for step in steps) else "",
        "waiting_for_seal": waiting_for_seal(revision, actor) if lock is None else "",
        "remind_url": ""
        if (mine and revision.status in actions.EDITABLE)
        or nothing_waits(revision)
        or any(step.kind == "primary" for step in steps)
        else url_for("home.reminder", doc_type="quotation", doc_id=revision.id),
        "acceptance_files": documents.file_rows(acceptance, events=history),
        "accept_upload": presentation.addresses(revision)["acceptance"]
        if mine and revision.status == QuotationStatus.ISSUED
        else "",
        "warehouse_url": warehouse_url(revision, actor),
        "loss": loss_facts(revision.quotation.inquiry) if revision.status == QuotationStatus.LOST else [],
        "contact": contact_form(revision, actor),
        "negotiation": negotiations.card(revision, actor),
        "case_url": case_url(revision),
        "panels": [sealing_panel(revision, actor)] if issued else [],
    }


def issued_context(revision: QuotationRevision, actor: Actor, issued: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the official files, and whether this reader opens them and has them printed again."""
    opens, valid = secrecy.may_open_paper(revision, actor), revision.status in presentation.VALID_PAPER
    return {
        "issued_files": issued,
        "issued_code": grouped(revision.issued_files[0].code) if issued else "",
        "download_url": issued[0]["url"] if issued and valid and opens else "",
        "may_reprint": opens and valid and can(actor, QuotationPerm.REPRINT, revision.department_id),
    }


def review_context(revision: QuotationRevision, evidence: dict[int, PurchasingAnswer]) -> dict[str, Any]:
    """Return what changed since the last submission and what is to be known of the price evidence."""
    return {
        "changes": presentation.labelled(actions.submitted_changes(revision)),
        "changes_heading": presentation.changes_heading(revision),
        "warnings": [warning.sentence() for warning in evidence_warnings(revision, evidence)],
    }


def price_context(
    revision: QuotationRevision, actor: Actor, evidence: dict[int, PurchasingAnswer]
) -> dict[str, Any]:
    """Return lines and sums of a revision, or until when its prices are kept secret from this reader."""
    sees = secrecy.sees_prices(revision, actor)
    return {
        "line_rows": presentation.line_rows(revision, actor, evidence),
        "totals": presentation.sums(revision, actor),
        "capital": f"人民币{capital_amount(revision.total)}" if sees else "",
        "sealed_until": "" if sees else opening_text(revision.quotation.inquiry.opening_at),
    }


def contact_form(revision: QuotationRevision, actor: Actor) -> dict[str, Any]:
    """Return where a call about an open offer is noted, for those who prepare quotations."""
    open_offer = revision.status in (QuotationStatus.ISSUED, QuotationStatus.ACCEPT_CLAIMED)
    if not open_offer or not can(actor, QuotationPerm.PREPARE):
        return {"url": "", "token": ""}
    place = presentation.addresses(revision)["contact"]
    return {"url": place, "token": ONE_TIME_TOKEN}


def warehouse_url(revision: QuotationRevision, actor: Actor) -> str:
    """Return the address of the warehouse copy, empty where there is none for this reader."""
    if revision.status not in SHIPPED_FROM or not can(
        actor, QuotationPerm.WAREHOUSE_COPY, revision.department_id
    ):
        return ""
    return url_for("quotations.warehouse", quotation_id=revision.quotation_id, number=revision.revision)


def nothing_waits(revision: QuotationRevision) -> bool:
    """Tell whether a revision waits for nobody; once issued it does so for further copies only."""
    if revision.status in (QuotationStatus.ISSUED, QuotationStatus.ACCEPTED):
        return extra.waiting(revision) is None
    return flow.FLOW.state(revision.status).tasks is None


def waiting_for_seal(revision: QuotationRevision, actor: Actor) -> str:
    """Return who can seal an approved quotation, for those who cannot."""
    if revision.status != QuotationStatus.APPROVED or can(actor, SealPerm.USE, revision.department_id):
        return ""
    return listed(person.name for person in directory().holders(SealPerm.USE, revision.department_id)[:3])


@blueprint.get("/<int:quotation_id>/r/<int:number>/preview")
@requires(*READERS)
def preview(quotation_id: int, number: int) -> Answer:
    revision, actor = load(quotation_id, number), current_actor()
    secrecy.require_prices(revision, actor)
    state = flow.FLOW.state(revision.status)
    return fragments.page(
        "quotations/preview.html",
        heading=_("预览 %(title)s", title=revision.title),
        trail=[
            (pgettext("list", "报价"), url_for("quotations.index")),
            (revision.title, presentation.addresses(revision)["show"]),
        ],
        state=state.label,
        tone=state.tone,
        number=revision.number,
        paper=presentation.paper(revision),
        watermark=presentation.watermark(revision),
        line_rows=presentation.line_rows(revision, actor),
        totals=presentation.sums(revision, actor),
        urls=presentation.addresses(revision),
    )


@blueprint.post("/from-inquiry/<int:inquiry_id>")
@requires(QuotationPerm.PREPARE)
def create(inquiry_id: int) -> Answer:
    actor, form = current_actor(), CreationForm()

    def make() -> str:
        inquiry = inquiry_queries.get(actor, inquiry_id)
        revision = actions.create_from_inquiry(inquiry, actor=actor)
        return presentation.addresses(revision)["edit"]

    with unit_of_work():
        target = once(form, make)
    return fragments.go(target)


@blueprint.post("/<int:quotation_id>/r/<int:number>/revise")
@requires(QuotationPerm.PREPARE)
def revise(quotation_id: int, number: int) -> Answer:
    actor, typed = current_actor(), documents.typed_step()
    try:
        with unit_of_work():
            revision = load(quotation_id, number)
            fresh = actions.revise(revision, actor=actor, version=typed.version, reason=typed.note)
            target = presentation.addresses(fresh)["edit"]
    except (Conflict, Invalid) as problem:
        return show_page(load(quotation_id, number), documents.refusal(problem, typed.note, "revise"))
    return fragments.go(target)


@blueprint.post("/<int:quotation_id>/r/<int:number>/acceptance")
@requires(QuotationPerm.PREPARE)
def acceptance(quotation_id: int, number: int) -> Answer:
    actor, upload = current_actor(), request.files.get("file")
    load(quotation_id, number)
    try:
        if upload is None or not upload.filename:
            raise Invalid(fields={"file": _("请选择一个文件")})
        checked = check_upload(upload.filename, upload.stream)  # type: ignore[arg-type]
        with unit_of_work():
            actions.attach_acceptance(load(quotation_id, number), actor=actor, file=checked)
    except (Conflict, Invalid) as problem:
        return show_page(load(quotation_id, number), documents.refusal(problem))
    flash(_("已上传"), "ok")
    return fragments.go(url_for("quotations.show", quotation_id=quotation_id, number=number))

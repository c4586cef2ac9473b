"""The steps of a quotation over HTTP: those with a form of their own, and all others."""

from typing import Any

from flask import flash, url_for

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.quotations import actions, extra, flow, issuing, presentation
from app.features.quotations.bid import presentation as bids
from app.features.quotations.bid.placement import Placement
from app.features.quotations.checks import evidence_of, evidence_warnings
from app.features.quotations.forms import (
    ApproveForm,
    AskExtraForm,
    ConfirmForm,
    IssueBidForm,
    IssueExtraBidForm,
    IssueExtraForm,
    IssueForm,
    LoseForm,
    PlacementForm,
)
from app.features.quotations.margins import margin_facts
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import presentation as negotiations
from app.features.quotations.queries import acceptance_files
from app.features.quotations.views import READERS, Answer, blueprint, document_context, load, show_page
from app.features.seals.actions import seal_name
from app.features.seals.enums import SealKind
from app.features.seals.models import Seal
from app.features.seals.queries import usable_seals_for
from app.web import documents, fragments
from app.web.guard import current_actor, requires
from app.web.step_pages import StepPages

STEP_FORMS: dict[str, Any] = {
    "approve": ApproveForm,
    "approve_as_leader": ApproveForm,
    "issue": IssueForm,
    "ask_extra": AskExtraForm,
    "issue_extra": IssueExtraForm,
    "confirm_acceptance": ConfirmForm,
    "lose": LoseForm,
}
BID_FORMS: dict[str, Any] = {"issue": IssueBidForm, "issue_extra": IssueExtraBidForm}
STEP_TEMPLATES = {
    "approve": "quotations/approve.html",
    "approve_as_leader": "quotations/approve.html",
    "issue": "quotations/issue.html",
    "issue_extra": "quotations/issue.html",
    "confirm_acceptance": "quotations/confirm.html",
}


def step_form(revision: QuotationRevision, name: str, *, posted: bool) -> Any:
    """Return the form of a step, filled with what the step is about."""
    kind = STEP_FORMS[name]
    if revision.bid is not None:
        kind = BID_FORMS.get(name, kind)
    form = kind()
    if isinstance(form, IssueForm):
        seals = [
            seal
            for seal in usable_seals_for(current_actor())
            if seal.legal_entity_id == revision.legal_entity_id
        ]
        if revision.bid is not None:
            # the one made for it first
            seals.sort(key=lambda seal: seal.kind != SealKind.BID)
        form.seal_id.choices = [(seal.id, seal_name(seal)) for seal in seals]
        if not posted and form.file_form.data is None:
            form.file_form.data = "electronic"
    if isinstance(form, PlacementForm) and not posted:
        form.split_seal.data = True
    if not posted:
        form.version.data = revision.version
        if isinstance(form, ApproveForm):
            form.content_hash.data = revision.submitted_hash
    return form


def step_page(revision: QuotationRevision, name: str, form: Any, status: int = 200) -> Answer:
    reviewing = isinstance(form, ApproveForm)
    urls = presentation.addresses(revision)
    actor, evidence = current_actor(), evidence_of(revision) if reviewing else {}
    steps = flow.FLOW.open_steps(revision, actor) if reviewing else []
    return fragments.page(
        STEP_TEMPLATES.get(name, "quotations/step.html"),
        fragment="form",
        status=status,
        heading=f"{flow.FLOW.step(name).label} {revision.title}",
        trail=[(pgettext("list", "报价"), url_for("quotations.index")), (revision.title, urls["show"])],
        form=form,
        submit_label=flow.FLOW.step(name).label,
        cancel_url=urls["show"],
        summary=[
            *(presentation.points_of_review(revision, actor) if reviewing else []),
            *presentation.summary(revision),
            *margin_facts(revision, evidence, actor),
        ],
        line_rows=presentation.line_rows(revision, actor, evidence),
        totals=presentation.sums(revision, actor),
        terms=presentation.terms(revision) if reviewing else [],
        other_steps=[step for step in steps if not step.form],
        steps_url=urls["steps"],
        revision_version=revision.version,
        changes=presentation.labelled(actions.submitted_changes(revision)) if reviewing else [],
        changes_heading=presentation.changes_heading(revision),
        compare_url=url_for("quotations.compared", quotation_id=revision.quotation_id)
        if revision.revision > 1
        else "",
        warnings=evidence_warnings(revision, evidence) if reviewing else [],
        leader_reasons=presentation.leader_reasons(revision) if reviewing else [],
        leader_turn=name == "approve_as_leader",
        further=extra.waiting(revision) if isinstance(form, IssueExtraForm) else None,
        past=revision.valid_until is not None and revision.valid_until < clock.today(),
        valid_until=revision.valid_until,
        negotiation=negotiations.told_to_reviewer(revision) if reviewing else {},
        bid=bids.card(revision, current_actor()) if reviewing else None,
        contact={"url": ""},
        no_seal=isinstance(form, IssueForm) and not form.seal_id.choices,
        **(acceptance_context(revision, actor) if name == "confirm_acceptance" else {}),
    )


def acceptance_context(revision: QuotationRevision, actor: Actor) -> dict[str, Any]:
    """Return what is confirmed: customer, sum and payment, and the customer's own paper."""
    return {
        "accepted": [
            (_("客户"), revision.quotation.customer.name),
            *presentation.points_of_review(revision, actor),
        ],
        "papers": documents.file_rows(acceptance_files(revision.id)),
    }


@blueprint.get(
    "/<int:quotation_id>/r/<int:number>/"
    "<any(approve,approve_as_leader,issue,ask_extra,issue_extra,confirm_acceptance,lose):name>"
)
@requires(*READERS)
def step_form_page(quotation_id: int, number: int, name: str) -> Answer:
    revision = load(quotation_id, number)
    flow.FLOW.check_possible(revision, name, current_actor())
    return step_page(revision, name, step_form(revision, name, posted=False))


@blueprint.post("/<int:quotation_id>/r/<int:number>/<name>")
@requires(*READERS)
def fire_step(quotation_id: int, number: int, name: str) -> Answer:
    if not flow.FLOW.has_step(name) or flow.FLOW.step(name).hidden:
        raise NotVisible
    if name in STEP_FORMS:
        return fire_form(load(quotation_id, number), name)
    return STEPS.answer(name, quotation_id, number)


STEPS = StepPages(
    flow=flow.FLOW,
    load=lambda _actor, *key: load(*key),
    fire=actions.fire,
    address=lambda revision: presentation.addresses(revision)["show"],
    show=show_page,
    template="quotations/show.html",
    buttons=lambda revision, actor: document_context(
        revision, actor, timeline.events_for(flow.DOC_TYPE, revision.id)
    ),
)


def fire_form(revision: QuotationRevision, name: str) -> Answer:
    actor, quotation_id, number = current_actor(), revision.quotation_id, revision.revision
    flow.FLOW.check_possible(revision, name, actor)
    form = step_form(revision, name, posted=True)
    if not form.validate():
        return step_page(revision, name, form, status=422)
    try:
        flow.FLOW.check_possible(revision, name, actor, form.version.data)
        data = step_data(revision, form, actor)
        with unit_of_work():
            row = load(quotation_id, number)
            note = form.note.data if "note" in form else ""
            actions.fire(row, name, actor=actor, version=form.version.data, note=note or "", data=data)
            state = flow.FLOW.state(row.status).label
    except (Conflict, Invalid) as problem:
        row = load(quotation_id, number)
        return step_page(row, name, form, status=form.refuse(problem, version=row.version))
    step = flow.FLOW.step(name).label
    flash(_("“%(step)s”已完成，当前状态：%(state)s", step=step, state=state), "ok")
    return fragments.go(url_for("quotations.show", quotation_id=quotation_id, number=number))


def placement_of(form: Any) -> Placement | None:
    """Return where the seal goes on a bid, None for a paper of our own."""
    if not isinstance(form, PlacementForm):
        return None
    return Placement(form.seal_pages.data or "", form.corner.data or "", bool(form.split_seal.data))


def step_data(revision: QuotationRevision, form: Any, actor: Actor) -> dict[str, Any]:
    """Return what a step is given; the files of an issue are made here, before any lock."""
    if isinstance(form, AskExtraForm):
        return {"copies": form.copies.data}
    if isinstance(form, IssueExtraForm):
        prepared = issuing.prepare_extra(
            revision,
            actor=actor,
            seal=session.get(Seal, form.seal_id.data),
            form=form.file_form.data or "",
            purpose=form.purpose.data,
            placement=placement_of(form),
        )
        return {"prepared": prepared}
    if isinstance(form, IssueForm):
        problem = flow.ready_to_issue(revision, actor, {})
        if problem is not None:
            raise problem
        seal = session.get(Seal, form.seal_id.data)
        prepared = issuing.prepare(
            revision,
            actor=actor,
            seal=seal,
            copies=form.copies.data,
            form=form.file_form.data or "",
            purpose=form.purpose.data,
            placement=placement_of(form),
        )
        return {"prepared": prepared}
    if isinstance(form, ApproveForm):
        ticks = {name: form[name].data for name in ("warnings_ticked", "bid_ticked")}
        return {"content_hash": form.content_hash.data, **ticks}
    if isinstance(form, LoseForm):
        names = ("loss_cause", "note", "competitor", "competitor_price", "price_source", "price_source_note")
        return {name: form[name].data for name in names}
    return {"late_reason": form.late_reason.data or "", "asked": True}

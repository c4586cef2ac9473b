"""The pages of proposals: list, public list, statistics, drafting, evidence, the page and its steps."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.proposals import actions, drafting, page, queries
from app.features.proposals.enums import COUNTERS, READERS, ProposalPerm, ProposalStatus
from app.features.proposals.flow import FLOW
from app.features.proposals.forms import (
    STEP_FORMS,
    ChosenClauseForm,
    EditProposalForm,
    EvidenceForm,
    NewProposalForm,
)
from app.features.proposals.lists import ProposalList, PublicList, StatisticsList
from app.features.proposals.models import Proposal
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

blueprint = Blueprint("proposals", __name__, url_prefix="/proposals")

TEMPLATE = "proposals/show.html"


# Lists


@blueprint.get("")
@requires(*READERS)
def index() -> Any:
    actor = current_actor()
    return show_list(
        ProposalList(actor, request.args, request.path),
        _("奖惩建议"),
        template="proposals/list.html",
        new_url=url_for("proposals.new") if can(actor, ProposalPerm.PROPOSE) else "",
        new_label=_("提出奖惩建议"),
        ways=ways_of(actor),
        empty_text=_("还没有奖惩建议"),
        empty_hint=_("从一次执行检查提出，或直接起草；先听取当事人，再由主管领导决定"),
        sign_labels=(_("制表人"), _("公司主管领导")),
    )


def ways_of(actor: Actor) -> list[tuple[str, str]]:
    """Return the other lists a reader may open."""
    ways = [(_("奖励公示"), url_for("proposals.public")), (_("线索"), url_for("proposals.tips_list"))]
    if any(can(actor, permission) for permission in COUNTERS):
        ways.append((_("统计"), url_for("proposals.statistics")))
    return ways


@blueprint.get("/public")
@signed_in
def public() -> Any:
    return show_list(
        PublicList(request.args, request.path),
        _("奖励公示"),
        template="proposals/list.html",
        trail=page.trail(current_actor()),
        ways=[(_("提供线索"), url_for("proposals.new_tip"))],
        empty_text=_("还没有公示的奖励"),
        empty_hint=_("决定奖励后在这里公示；处罚只有主管领导决定公示的才会列出"),
        sign_labels=(_("制表人"), _("公司主管领导")),
    )


@blueprint.get("/statistics")
@requires(*COUNTERS)
def statistics() -> Any:
    actor = current_actor()
    listing = StatisticsList(actor, request.args, request.path)
    rewards, penalties = queries.balance(actor)
    return show_list(
        listing,
        _("奖惩统计"),
        trail=page.trail(actor),
        list_facts=[
            _("已提交：奖励 %(rewards)s 项，处罚 %(penalties)s 项", rewards=rewards, penalties=penalties)
        ],
        empty_text=_("还没有提交过奖惩建议"),
        sign_labels=(_("制表人"), _("公司主管领导")),
    )


# Drafting


@blueprint.route("/new", methods=["GET", "POST"])
@requires(ProposalPerm.PROPOSE)
def new() -> Any:
    """Draft a proposal: free, by a clause, of a check or of a tip that the address names."""
    actor, posted = current_actor(), request.method == "POST"
    source = drafting.asked(actor, request.args)
    form = NewProposalForm()
    if not posted:
        drafting.fill(form, source)
    drafting.choose(form, actor, source)
    if not posted or "find" in request.form:
        return show_form(form, _("提出奖惩建议"), source.facts, 200)
    if not form.validate():
        return show_form(form, _("提出奖惩建议"), source.facts, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: draft(form, actor, source))
    except (Conflict, Invalid) as problem:
        return show_form(form, _("提出奖惩建议"), source.facts, form.refuse(problem))
    return fragments.go(address)


def draft(form: NewProposalForm, actor: Actor, source: drafting.Source) -> str:
    """Draft the proposal of a valid form and return its address."""
    made = actions.draft(
        actor=actor, values=drafting.values(form), check_id=source.check_id, tip_id=source.tip_id
    )
    flash(_("奖惩建议已存为草稿，补充证据后提交"), "ok")
    return url_for("proposals.show_proposal", proposal_id=made.id)


def show_form(form: Any, heading: str, facts: Any, status: int, proposal: Proposal | None = None) -> Any:
    """Show the form of a proposal."""
    actor = current_actor()
    back = (
        url_for("proposals.index")
        if proposal is None
        else url_for("proposals.show_proposal", proposal_id=proposal.id)
    )
    return fragments.page(
        "proposals/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail(actor) if proposal is None else page.trail_to(proposal, actor),
        facts=facts,
        form=form,
        action=request.full_path.rstrip("?"),
        submit_label=_("存为草稿"),
        cancel_url=back,
        words_hint=drafting.words_hint(form),
        **drafting.quoted(form),
    )


@blueprint.get("/clause")
@requires(ProposalPerm.PROPOSE)
def chosen_clause() -> Any:
    """Say what the clause chosen in the form says, on the day that is typed there."""
    form = ChosenClauseForm(request.args)
    return fragments.page(
        "proposals/clause.html",
        fragment="chosen",
        heading=_("依据条款"),
        trail=page.trail(current_actor()),
        **drafting.quoted(form),
    )


def own_draft(proposal_id: int) -> Proposal:
    """Return a draft of the reader's own; raises NotVisible, Conflict once it was submitted."""
    proposal = queries.get_proposal(current_actor(), proposal_id)
    if proposal.owner_id != current_actor().id:
        raise NotVisible
    if proposal.status != ProposalStatus.DRAFT:
        raise Conflict("core:wrong-state", state=FLOW.state(proposal.status).label, step=_("修改"))
    return proposal


@blueprint.route("/<int:proposal_id>/edit", methods=["GET", "POST"])
@requires(ProposalPerm.PROPOSE)
def edit(proposal_id: int) -> Any:
    """Change a draft."""
    proposal, actor, posted = own_draft(proposal_id), current_actor(), request.method == "POST"
    form = EditProposalForm()
    if not posted:
        drafting.fill_from(form, proposal)
    drafting.choose(
        form, actor, drafting.Source(subject_id=proposal.subject_id, clause_id=proposal.clause_id)
    )
    if not posted or "find" in request.form:
        return show_form(form, _("修改奖惩建议"), (), 200, proposal)
    if not form.validate():
        return show_form(form, _("修改奖惩建议"), (), 422, proposal)
    try:
        with unit_of_work():
            row = queries.get_proposal(actor, proposal_id)
            actions.edit(row, actor=actor, version=form.version.data, values=drafting.values(form))
    except (Conflict, Invalid) as problem:
        row = queries.get_proposal(actor, proposal_id)
        return show_form(form, _("修改奖惩建议"), (), form.refuse(problem, version=row.version), row)
    return fragments.go(url_for("proposals.show_proposal", proposal_id=proposal_id))


# Evidence


@blueprint.route("/<int:proposal_id>/evidence", methods=["GET", "POST"])
@requires(ProposalPerm.PROPOSE)
def evidence(proposal_id: int) -> Any:
    """Add what speaks for the facts."""
    proposal, actor = own_draft(proposal_id), current_actor()
    form = EvidenceForm()
    form.check_id.choices = list(queries.checks_of(actor, proposal.subject_id))
    events = queries.events_seen(actor, Event.actor_id == proposal.subject_id)
    form.event_seq.choices = list(page.event_choices(events))
    if request.method != "POST":
        form.version.data = proposal.version
        return show_evidence(form, proposal, 200)
    if not form.validate():
        return show_evidence(form, proposal, 422)
    try:
        file = documents.checked_upload(form.file.data)
        with unit_of_work():
            actions.add_evidence(
                queries.get_proposal(actor, proposal_id),
                actor=actor,
                version=form.version.data,
                check_id=form.check_id.data,
                event_seq=form.event_seq.data,
                file=file,
                address=form.address.data,
                note=form.note.data,
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_proposal(actor, proposal_id)
        return show_evidence(form, row, form.refuse(problem, version=row.version))
    return fragments.go(url_for("proposals.show_proposal", proposal_id=proposal_id, _anchor="evidence"))


def show_evidence(form: EvidenceForm, proposal: Proposal, status: int) -> Any:
    """Show the form of evidence."""
    return fragments.page(
        "proposals/evidence.html",
        status=status,
        heading=_("补充证据"),
        trail=page.trail_to(proposal, current_actor()),
        facts=(proposal.subject.name,),
        form=form,
        action=request.path,
        submit_label=_("补充"),
        cancel_url=url_for("proposals.show_proposal", proposal_id=proposal.id),
    )


@blueprint.post("/<int:proposal_id>/evidence/<int:evidence_id>/remove")
@requires(ProposalPerm.PROPOSE)
def remove_evidence(proposal_id: int, evidence_id: int) -> Any:
    """Take a piece of evidence back."""
    actor = current_actor()
    with unit_of_work():
        actions.remove_evidence(
            queries.get_proposal(actor, proposal_id),
            evidence_id,
            actor=actor,
            version=documents.typed_step().version,
        )
    flash(_("证据已移除"), "ok")
    return fragments.go(url_for("proposals.show_proposal", proposal_id=proposal_id, _anchor="evidence"))


# The page and its steps


@blueprint.get("/<int:proposal_id>")
@signed_in
def show_proposal(proposal_id: int) -> Any:
    return show(queries.get_proposal(current_actor(), proposal_id))


def show(proposal: Proposal, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a proposal, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(proposal, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/<int:proposal_id>/<name>", methods=["GET", "POST"])
@signed_in
def proposal_step(proposal_id: int, name: str) -> Any:
    """Do a step: by its form where it asks for something, else by its button."""
    return STEPS.answer(name, proposal_id)


def show_step(proposal: Proposal, name: str, form: Any, status: int) -> Any:
    """Show the page of a step; what it is about stands above the fields."""
    actor = current_actor()
    return fragments.page(
        "proposals/step.html",
        fragment="form",
        status=status,
        heading=f"{FLOW.step(name).label} {page.name_of(proposal)}",
        trail=page.trail_to(proposal, actor),
        form=form,
        proposed=page.proposed_facts(proposal),
        known=[*page.hearing_facts(proposal), *page.decision_facts(proposal)],
        evidence=page.evidence_rows(proposal, actor),
        executing=name == "execute",
        submit_label=FLOW.step(name).label,
        cancel_url=url_for("proposals.show_proposal", proposal_id=proposal.id),
    )


def step_form(proposal: Proposal, name: str) -> Any:
    """Return the form of a step, filled where nothing was posted yet."""
    return drafting.step_form(proposal, name, current_actor(), posted=request.method == "POST")


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_proposal,
    fire=actions.fire,
    address=lambda proposal: url_for("proposals.show_proposal", proposal_id=proposal.id),
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
    with_form=STEP_FORMS,
    form=step_form,
    prepare=drafting.step_data,
    show_form=show_step,
)

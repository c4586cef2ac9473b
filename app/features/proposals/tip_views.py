"""The pages of tips, and the range of penalties kept at a clause."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor, who_may
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.proposals import page, queries, ranges, tips
from app.features.proposals.drafting import number_in
from app.features.proposals.enums import KIND_LABELS, TIP, ProposalKind, TipStatus
from app.features.proposals.forms import RangeForm, TipForm
from app.features.proposals.lists import TipList
from app.features.proposals.models import ProposalTip
from app.features.proposals.tip_flow import FLOW
from app.features.proposals.views import blueprint
from app.features.rules.enums import RulePerm
from app.features.rules.queries import citation, places_in_force
from app.web import document_panels, documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

TEMPLATE = "proposals/tip.html"


@blueprint.get("/tips")
@signed_in
def tips_list() -> Any:
    actor = current_actor()
    return show_list(
        TipList(actor, request.args, request.path),
        _("奖惩线索"),
        template="proposals/list.html",
        trail=page.trail(actor),
        ways=[(_("奖励公示"), url_for("proposals.public"))],
        new_url=url_for("proposals.new_tip"),
        new_label=_("提供线索"),
        empty_text=_("还没有线索"),
        empty_hint=_("看到同事做得好或违反制度的，可以告诉他的部门负责人，由负责人决定是否提出奖惩"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.route("/tips/new", methods=["GET", "POST"])
@signed_in
def new_tip() -> Any:
    """Tell the head of a colleague's department what one saw."""
    actor, form = current_actor(), TipForm()
    form.subject_id.choices = queries.colleagues(actor)
    clause_id = number_in(request.args, "clause")
    place = places_in_force([clause_id]).get(clause_id) if clause_id is not None else None
    facts = (place.cited,) if place is not None else ()
    if request.method != "POST":
        return show_new(form, facts, 200)
    if not form.validate():
        return show_new(form, facts, 422)

    def send() -> str:
        made = tips.send_tip(
            actor=actor,
            kind=form.kind.data or "",
            subject_id=form.subject_id.data,
            text=form.text.data,
            clause_id=place.clause_id if place is not None else None,
        )
        flash(_("线索 %(number)s 已交给部门负责人", number=made.number), "ok")
        return url_for("proposals.show_tip", tip_id=made.id)

    try:
        with unit_of_work():
            address = once(form, send)
    except (Conflict, Invalid) as problem:
        return show_new(form, facts, form.refuse(problem))
    return fragments.go(address)


def show_new(form: TipForm, facts: tuple[str, ...], status: int) -> Any:
    """Show the form of a tip."""
    return fragments.page(
        "proposals/tip_form.html",
        fragment="form",
        status=status,
        heading=_("提供线索"),
        trail=[(_("奖惩线索"), url_for("proposals.tips_list"))],
        facts=facts,
        form=form,
        action=request.full_path.rstrip("?"),
        submit_label=_("提交"),
        cancel_url=url_for("proposals.tips_list"),
    )


@blueprint.get("/tips/<int:tip_id>")
@signed_in
def show_tip(tip_id: int) -> Any:
    return show(queries.get_tip(current_actor(), tip_id))


def show(tip: ProposalTip, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a tip, with the refusal of a step where there is one."""
    state, events = FLOW.state(tip.status), events_for(TIP, tip.id)
    places = places_in_force([tip.clause_id] if tip.clause_id is not None else [])
    facts: list[tuple[Any, ...]] = [
        (_("同事"), tip.subject.name),
        (_("类别"), KIND_LABELS[ProposalKind(tip.kind)]),
        (_("提供人"), tip.owner.name),
        *((_("依据条款"), citation(place.title, place.name)) for place in places.values()),
        (_("情况"), tip.text, True),
    ]
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        heading=str(tip.number),
        trail=[(_("奖惩线索"), url_for("proposals.tips_list"))],
        state=state.label,
        tone=state.tone,
        facts=[tip.subject.name],
        told=facts,
        **ways_on(tip),
        **steps_context(tip, current_actor()),
        stations=documents.stations(FLOW, tip.status, events),
        events=documents.timeline_rows(events),
        further=document_panels.beside(TIP, tip.id, current_actor()),
        refusal=refusal,
    )


def ways_on(tip: ProposalTip) -> dict[str, Any]:
    """Return where a tip leads: to the proposal it became, or to the form that makes one of it."""
    actor = current_actor()
    made = queries.proposal_of_tip(actor, tip.id)
    if made is not None:
        return {"made_url": url_for("proposals.show_proposal", proposal_id=made)}
    open_to = tip.status == TipStatus.SENT and FLOW.step("take_up").allowed.test(tip, actor) is not None
    return {"take_url": url_for("proposals.new", tip=tip.id) if open_to else ""}


def steps_context(tip: ProposalTip, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": FLOW.open_steps(tip, actor),
        "action": url_for("proposals.show_tip", tip_id=tip.id),
        "version": tip.version,
    }


@blueprint.post("/tips/<int:tip_id>/<name>")
@signed_in
def tip_step(tip_id: int, name: str) -> Any:
    """Do a step of a tip."""
    return STEPS.answer(name, tip_id)


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_tip,
    fire=FLOW.fire,
    address=lambda tip: url_for("proposals.show_tip", tip_id=tip.id),
    show=show,
    template=TEMPLATE,
    buttons=steps_context,
)


# Ranges


@blueprint.route("/ranges/<int:clause_id>", methods=["GET", "POST"])
@signed_in
def clause_range(clause_id: int) -> Any:
    """Say between which amounts a penalty by a clause lies."""
    actor, form = current_actor(), RangeForm()
    version, _name = ranges.clause_in_force(clause_id, actor)
    if not ranges.may_set(actor, version):
        raise Denied(
            "core:denied", what=lazy("设定处罚幅度"), who=who_may(RulePerm.DRAFT, version.department_id)
        )
    place = places_in_force([clause_id])[clause_id]
    kept = queries.range_of(clause_id)
    known = ranges.UNSET if kept is None else kept.version
    if request.method != "POST":
        form.version.data = known
        if kept is not None:
            form.least.data, form.most.data = kept.least, kept.most
        return show_range(form, place.cited, place.rule_id, clause_id, 200)
    if not form.validate():
        return show_range(form, place.cited, place.rule_id, clause_id, 422)
    try:
        with unit_of_work():
            ranges.set_range(
                clause_id,
                actor=actor,
                least=form.least.data,
                most=form.most.data,
                version=form.version.data,
            )
    except (Invalid, Stale) as problem:
        status = form.refuse(problem, version=known)
        return show_range(form, place.cited, place.rule_id, clause_id, status)
    flash(_("处罚幅度已保存"), "ok")
    return fragments.go(url_for("rules.show_rule", rule_id=place.rule_id, _anchor=f"clause-{clause_id}"))


def show_range(form: RangeForm, cited: str, rule_id: int, clause_id: int, status: int) -> Any:
    """Show the form of a range."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=_("设定处罚幅度"),
        trail=[(_("规章制度"), url_for("rules.index"))],
        facts=(cited, _("按这一条提出和决定的处罚金额须在幅度之内；两项都留空表示没有幅度")),
        form=form,
        cancel_url=url_for("rules.show_rule", rule_id=rule_id, _anchor=f"clause-{clause_id}"),
    )

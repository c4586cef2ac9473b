"""The pages of reports and requests: list, reporting, the page and its steps, a line about a talk."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core.documents import DocumentLink
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.escalations import actions, answering, page, queries
from app.features.escalations.actions import EscalationValues
from app.features.escalations.enums import KIND_LABELS, EscalationKind
from app.features.escalations.flow import FLOW
from app.features.escalations.forms import PassOnForm, ReportForm, TalkForm, answer_form
from app.features.escalations.lists import EscalationList
from app.features.escalations.models import Escalation
from app.web import document_panels, documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

blueprint = Blueprint("escalations", __name__, url_prefix="/escalations")

TEMPLATE = "escalations/show.html"


@blueprint.get("")
@signed_in
def index() -> Any:
    return show_list(
        EscalationList(current_actor(), request.args, request.path),
        _("汇报与协办"),
        new_url=url_for("escalations.new"),
        new_label=_("汇报、请协办"),
        empty_text=_("还没有汇报或协办"),
        empty_hint=_(
            "重大问题当天报给领导，需要别的部门帮忙的写清楚要什么、什么时候要；在任何单据的页面上也能提出"
        ),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Report a grave matter or ask another department, of a document where the address names one."""
    actor, form = current_actor(), ReportForm()
    about = document_panels.asked(actor)
    form.to_id.choices = queries.receiver_choices(actor)
    if request.method != "POST":
        kind = request.args.get("kind", "")
        form.kind.data = kind if kind in set(EscalationKind) else EscalationKind.GRAVE
        return show_new(form, about, 200)
    if not form.validate():
        return show_new(form, about, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: report(form, about, actor))
    except (Conflict, Invalid) as problem:
        return show_new(form, about, form.refuse(problem))
    return fragments.go(address)


def report(form: ReportForm, about: DocumentLink | None, actor: Actor) -> str:
    """Report what a valid form says and return the address of the report."""
    made = actions.report(
        actor=actor,
        values=EscalationValues(
            kind=form.kind.data or "",
            to_id=form.to_id.data,
            text=form.text.data,
            known_at=form.known_at.data,
            doc_type=about.doc_type if about else None,
            doc_id=about.doc_id if about else None,
        ),
    )
    flash(_("%(number)s 已交给%(who)s", number=made.number, who=made.to.name), "ok")
    return about.url if about else page.address(made)


def show_new(form: ReportForm, about: DocumentLink | None, status: int) -> Any:
    """Show the form of a report."""
    return fragments.page(
        "escalations/new.html",
        fragment="form",
        status=status,
        heading=_("汇报、请协办"),
        trail=page.trail(),
        facts=(f"{about.label} {about.title}",) if about else (),
        form=form,
        action=request.full_path.rstrip("?"),
        submit_label=_("提交"),
        cancel_url=about.url if about else url_for("escalations.index"),
    )


@blueprint.route("/talk", methods=["GET", "POST"])
@signed_in
def note_talk() -> Any:
    """Keep in one line what was said about a document."""
    actor, form = current_actor(), TalkForm()
    about = document_panels.asked(actor)
    if about is None:
        raise NotVisible
    if request.method != "POST":
        form.means.data = next(iter(form.means.choices))[0]
        return show_talk(form, about, 200)
    if not form.validate():
        return show_talk(form, about, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: keep_talk(form, about, actor))
    except (Conflict, Invalid) as problem:
        return show_talk(form, about, form.refuse(problem))
    return fragments.go(address)


def keep_talk(form: TalkForm, about: DocumentLink, actor: Actor) -> str:
    """Keep the talk of a valid form and return the address of its document."""
    actions.note_talk(
        actor=actor,
        doc_type=about.doc_type,
        doc_id=about.doc_id,
        means=form.means.data or "",
        whom=form.whom.data,
        text=form.text.data,
    )
    flash(_("沟通记录已写入办理记录"), "ok")
    return about.url


def show_talk(form: TalkForm, about: DocumentLink, status: int) -> Any:
    """Show the form of a talk."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=_("记一次沟通"),
        trail=[(about.title, about.url)],
        facts=(about.label,),
        form=form,
        action=request.full_path.rstrip("?"),
        cancel_url=about.url,
    )


@blueprint.get("/<int:escalation_id>")
@signed_in
def show_escalation(escalation_id: int) -> Any:
    return show(queries.get_escalation(current_actor(), escalation_id))


def show(escalation: Escalation, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a report, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(escalation, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/<int:escalation_id>/<name>", methods=["GET", "POST"])
@signed_in
def escalation_step(escalation_id: int, name: str) -> Any:
    """Do a step: by its form where it asks for something, else by its button."""
    return STEPS.answer(name, escalation_id)


def step_form(escalation: Escalation, name: str) -> Any:
    """Return the form of a step."""
    if name == "answer":
        return answer_form(current_actor())
    form = PassOnForm()
    people = queries.receivers(escalation.kind, escalation.owner_id)
    form.to_id.choices = [(person.id, person.name) for person in people if person.id != escalation.to_id]
    return form


def show_step(escalation: Escalation, name: str, form: Any, status: int) -> Any:
    """Show the page of a step; the matter stands above the fields."""
    parts = answering.parts_for(current_actor()) if name == "answer" else []
    return fragments.page(
        "escalations/step.html",
        fragment="form",
        status=status,
        heading=f"{FLOW.step(name).label} {escalation.number}",
        trail=[*page.trail(), (str(escalation.number), page.address(escalation))],
        facts=(KIND_LABELS[EscalationKind(escalation.kind)],),
        form=form,
        matter=page.matter(escalation),
        parts=[part.template for part, _fields in parts],
        submit_label=FLOW.step(name).label,
        cancel_url=page.address(escalation),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_escalation,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
    with_form=frozenset({"answer", "pass_on"}),
    form=step_form,
    show_form=show_step,
)

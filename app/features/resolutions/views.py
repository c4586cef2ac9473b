"""The pages of resolutions: list, deciding, the page and its steps, how far one is."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import documents as core_documents
from app.core.documents import DocumentLink
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.people.queries import active_people
from app.features.resolutions import actions, queries
from app.features.resolutions.actions import ResolutionValues
from app.features.resolutions.enums import RESOLUTION, ResolutionPerm, ResolutionStatus
from app.features.resolutions.flow import FLOW
from app.features.resolutions.forms import STEP_FORMS, DecideForm, ProgressForm
from app.features.resolutions.lists import ResolutionList
from app.features.resolutions.models import Resolution
from app.web import document_panels, documents, filters, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

blueprint = Blueprint("resolutions", __name__, url_prefix="/resolutions")

TEMPLATE = "resolutions/show.html"


@blueprint.get("")
@signed_in
def index() -> Any:
    actor = current_actor()
    return show_list(
        ResolutionList(actor, request.args, request.path),
        _("决议落实"),
        new_url=url_for("resolutions.new") if can(actor, ResolutionPerm.DECIDE) else "",
        new_label=_("作出决议"),
        empty_text=_("还没有决议"),
        empty_hint=_("领导批示、会议纪要里定下的事，在这里按落实人和期限列出"),
        sign_labels=(_("制表人"), _("公司主管领导")),
    )


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("决议落实"), url_for("resolutions.index"))]


def address(resolution: Resolution) -> str:
    """Return the address of a resolution's page."""
    return url_for("resolutions.show_resolution", resolution_id=resolution.id)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(ResolutionPerm.DECIDE)
def new() -> Any:
    """Decide what another carries out."""
    actor, form = current_actor(), DecideForm()
    about = document_panels.asked(actor)
    form.responsible_id.choices = active_people(exclude=actor.id)
    if request.method != "POST":
        return show_new(form, about, 200)
    if not form.validate():
        return show_new(form, about, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: decide(form, about, actor))
    except (Conflict, Invalid) as problem:
        return show_new(form, about, form.refuse(problem))
    return fragments.go(address)


def decide(form: DecideForm, about: DocumentLink | None, actor: Actor) -> str:
    """Open the resolution of a valid form and return where to go then."""
    made = actions.decide(
        actor=actor,
        values=ResolutionValues(form.text.data, form.responsible_id.data, form.due_on.data),
        doc_type=about.doc_type if about else None,
        doc_id=about.doc_id if about else None,
    )
    flash(_("决议 %(number)s 已交给%(who)s落实", number=made.number, who=made.responsible.name), "ok")
    return about.url if about else address(made)


def show_new(form: DecideForm, about: DocumentLink | None, status: int) -> Any:
    """Show the form of a resolution."""
    return fragments.page(
        "resolutions/form.html",
        fragment="form",
        status=status,
        heading=_("作出决议"),
        trail=trail(),
        facts=(f"{about.label} {about.title}",) if about else (),
        form=form,
        action=request.full_path.rstrip("?"),
        submit_label=_("提交"),
        cancel_url=about.url if about else url_for("resolutions.index"),
    )


@blueprint.get("/<int:resolution_id>")
@signed_in
def show_resolution(resolution_id: int) -> Any:
    return show(queries.get_resolution(current_actor(), resolution_id))


def facts_of(resolution: Resolution) -> list[tuple[Any, ...]]:
    """Return what was decided and how far it is."""
    facts: list[tuple[Any, ...]] = [
        (_("决议"), resolution.text, True),
        (_("落实人"), resolution.responsible.name),
        (_("期限"), filters.date_text(resolution.due_on)),
        (_("决定人"), resolution.owner.name),
        (_("决定日期"), filters.date_text(resolution.decided_on)),
    ]
    if resolution.first_due_on != resolution.due_on:
        facts.append((_("原定期限"), filters.date_text(resolution.first_due_on)))
    if resolution.progress_at is not None:
        said = _("最新进展（%(when)s）", when=filters.moment_text(resolution.progress_at))
        facts.append((said, resolution.progress, True))
    if resolution.completed_on is not None:
        said = _("完成的情况（%(day)s）", day=filters.date_text(resolution.completed_on))
        facts.append((said, resolution.result, True))
    if resolution.checked_by is not None and resolution.checked_at is not None:
        when = filters.moment_text(resolution.checked_at)
        facts.append((_("核实"), f"{resolution.checked_by.name} {when}"))
    return facts


def source_of(resolution: Resolution, actor: Actor) -> DocumentLink | None:
    """Return the document a resolution came of, None for none and for one the reader may not see."""
    if resolution.doc_type is None or resolution.doc_id is None:
        return None
    key = (resolution.doc_type, resolution.doc_id)
    return core_documents.links(core_documents.visible_keys(actor, [key])).get(key)


def show(resolution: Resolution, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a resolution, with the refusal of a step where there is one."""
    actor = current_actor()
    state, events = FLOW.state(resolution.status), events_for(RESOLUTION, resolution.id)
    source = source_of(resolution, actor)
    reports = resolution.status == ResolutionStatus.OPEN and resolution.responsible_id == actor.id
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        heading=core_documents.numbered_title(resolution.number, resolution.text),
        trail=trail(),
        state=state.label,
        tone=state.tone,
        facts=[resolution.responsible.name],
        told=facts_of(resolution),
        late=-resolution.days_left if resolution.is_late else 0,
        source_url=source.url if source else "",
        source_name=f"{source.label} {source.title}" if source else "",
        progress_url=url_for("resolutions.progress", resolution_id=resolution.id) if reports else "",
        further=document_panels.beside(RESOLUTION, resolution.id, actor),
        **steps_context(resolution, actor),
        stations=documents.stations(FLOW, resolution.status, events),
        events=documents.timeline_rows(events),
        refusal=refusal,
    )


def steps_context(resolution: Resolution, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": FLOW.open_steps(resolution, actor),
        "action": address(resolution),
        "version": resolution.version,
    }


@blueprint.route("/<int:resolution_id>/progress", methods=["GET", "POST"])
@signed_in
def progress(resolution_id: int) -> Any:
    """Say how far a resolution is."""
    actor, form = current_actor(), ProgressForm()
    resolution = queries.get_resolution(actor, resolution_id)
    if request.method != "POST":
        form.version.data = resolution.version
        return show_form(resolution, form, _("登记进展"), 200)
    if not form.validate():
        return show_form(resolution, form, _("登记进展"), 422)
    try:
        with unit_of_work():
            row = queries.get_resolution(actor, resolution_id)
            actions.note_progress(row, actor=actor, version=form.version.data, text=form.text.data)
    except (Conflict, Invalid) as problem:
        row = queries.get_resolution(actor, resolution_id)
        return show_form(row, form, _("登记进展"), form.refuse(problem, version=row.version))
    flash(_("进展已登记"), "ok")
    return fragments.go(address(resolution))


def show_form(resolution: Resolution, form: Any, heading: str, status: int) -> Any:
    """Show a form about a resolution; what was decided stands above the fields."""
    return fragments.page(
        "resolutions/form.html",
        fragment="form",
        status=status,
        heading=f"{heading} {resolution.number}",
        trail=[*trail(), (str(resolution.number), address(resolution))],
        form=form,
        told=facts_of(resolution),
        submit_label=heading,
        cancel_url=address(resolution),
    )


@blueprint.route("/<int:resolution_id>/<name>", methods=["GET", "POST"])
@signed_in
def resolution_step(resolution_id: int, name: str) -> Any:
    """Do a step: by its form where it asks for something, else by its button."""
    return STEPS.answer(name, resolution_id)


def step_form(resolution: Resolution, name: str) -> Any:
    """Return the form of a step."""
    form = STEP_FORMS[name]()
    if name == "hand_over":
        people = active_people(exclude=resolution.owner_id)
        form.responsible_id.choices = [row for row in people if row[0] != resolution.responsible_id]
    return form


def show_step(resolution: Resolution, name: str, form: Any, status: int) -> Any:
    """Show the page of a step."""
    return show_form(resolution, form, str(FLOW.step(name).label), status)


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_resolution,
    fire=actions.fire,
    address=address,
    show=show,
    template=TEMPLATE,
    buttons=steps_context,
    with_form=STEP_FORMS,
    form=step_form,
    show_form=show_step,
)

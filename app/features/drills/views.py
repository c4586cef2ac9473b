"""The pages of drills: list, preparing, cast, stages, files, scoring, results, steps, papers."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.drills import actions, page, pdf, queries
from app.features.drills.actions import DrillValues
from app.features.drills.enums import SCORE, DrillPerm, DrillStatus
from app.features.drills.flow import FLOW
from app.features.drills.forms import (
    STEP_FORMS,
    CastForm,
    EditDrillForm,
    FileForm,
    NewDrillForm,
    StageForm,
    score_form,
)
from app.features.drills.lists import DrillList
from app.features.drills.models import Drill
from app.features.people.queries import active_people
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.papers import company_name, send_paper
from app.web.step_pages import StepPages

blueprint = Blueprint("drills", __name__, url_prefix="/drills")

TEMPLATE = "drills/show.html"


@blueprint.get("")
@signed_in
def index() -> Any:
    actor = current_actor()
    arranges = can(actor, DrillPerm.ARRANGE)
    ways = [(_("我的成绩"), url_for("drills.results", user_id=actor.id))]
    if arranges:
        ways.append((_("演练模板"), url_for("drill_templates.index")))
    return show_list(
        DrillList(actor, request.args, request.path),
        _("情景演练"),
        template="drills/list.html",
        ways=ways,
        new_url=url_for("drills.new") if arranges else "",
        new_label=_("筹备演练"),
        empty_text=_("还没有演练"),
        empty_hint=_("调研、方案、谈判三个阶段走一遍，评委打分，复盘后写入案例库"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.get("/people/<int:user_id>")
@signed_in
def results(user_id: int) -> Any:
    """Show how a person did over drills."""
    actor = current_actor()
    return fragments.page(
        "drills/results.html", **page.trend_context(queries.get_person(actor, user_id), actor)
    )


# Preparing


@blueprint.route("/new", methods=["GET", "POST"])
@requires(DrillPerm.ARRANGE)
def new() -> Any:
    """Prepare a drill from a template."""
    form, actor = NewDrillForm(), current_actor()
    form.template_id.choices = queries.template_choices()
    if request.method != "POST":
        return show_form(form, _("筹备演练"), 200)
    if not form.validate():
        return show_form(form, _("筹备演练"), 422)
    values = DrillValues(**documents.typed_fields(form, "form_token"))

    def begin() -> str:
        flash(_("请安排参演的人和评委"), "ok")
        return page.address(actions.prepare(actor=actor, values=values))

    try:
        with unit_of_work():
            address = once(form, begin)
    except (Conflict, Invalid) as problem:
        return show_form(form, _("筹备演练"), form.refuse(problem))
    return fragments.go(address)


def led(drill_id: int, step: str) -> Drill:
    """Return a drill in preparation that the reader leads; raises NotVisible, Conflict once it is over."""
    row = queries.get_drill(current_actor(), drill_id)
    if not queries.leads(current_actor(), row):
        raise NotVisible
    if row.status != DrillStatus.PREPARED:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=step)
    return row


@blueprint.route("/<int:drill_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(drill_id: int) -> Any:
    """Change title, day and scene."""
    row, actor, form = led(drill_id, _("修改演练")), current_actor(), EditDrillForm()
    if request.method != "POST":
        for name in ("title", "held_on", "scene", "version"):
            form[name].data = getattr(row, name)
        return show_form(form, _("修改演练"), 200, row)
    if not form.validate():
        return show_form(form, _("修改演练"), 422, row)
    typed = documents.typed_fields(form)
    try:
        with unit_of_work():
            row = queries.get_drill(actor, drill_id)
            actions.edit(row, actor=actor, version=form.version.data, **typed)
    except (Conflict, Invalid) as problem:
        row = queries.get_drill(actor, drill_id)
        return show_form(form, _("修改演练"), form.refuse(problem, version=row.version), row)
    return fragments.go(page.address(row))


def show_form(form: Any, heading: str, status: int, row: Drill | None = None, **more: Any) -> Any:
    """Show a form of a drill."""
    return fragments.page(
        "drills/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail() if row is None else page.trail_to(row),
        form=form,
        cancel_url=url_for("drills.index") if row is None else page.address(row),
        **more,
    )


# The cast


@blueprint.route("/<int:drill_id>/cast", methods=["GET", "POST"])
@signed_in
def cast(drill_id: int) -> Any:
    """Give somebody a part."""
    row, actor, form = led(drill_id, _("安排人员")), current_actor(), CastForm()
    form.user_id.choices = active_people()
    if request.method != "POST":
        return show_form(form, _("安排人员"), 200, row)
    if not form.validate():
        return show_form(form, _("安排人员"), 422, row)
    given = documents.typed_fields(form, "form_token")

    def add() -> str:
        actions.cast(queries.get_drill(actor, drill_id), actor=actor, **given)
        return f"{page.address(row)}#parts"

    try:
        with unit_of_work():
            address = once(form, add)
    except (Conflict, Invalid) as problem:
        return show_form(form, _("安排人员"), form.refuse(problem), queries.get_drill(actor, drill_id))
    return fragments.go(address)


@blueprint.post("/<int:drill_id>/cast/<int:part_id>/remove")
@signed_in
def uncast(drill_id: int, part_id: int) -> Any:
    """Take somebody's part away."""
    row, actor = led(drill_id, _("安排人员")), current_actor()
    with unit_of_work():
        actions.uncast(queries.get_drill(actor, drill_id), part_id, actor=actor)
    return fragments.go(f"{page.address(row)}#parts")


# Stages and files


@blueprint.route("/<int:drill_id>/stages/<kind>", methods=["GET", "POST"])
@signed_in
def stage(drill_id: int, kind: str) -> Any:
    """Note how a stage went."""
    actor, form = current_actor(), StageForm()
    row = queries.get_drill(actor, drill_id)
    known = actions.get_stage(row, kind)
    actions.may_note(row, known, actor)
    shown = page.stage_row(row, known, writing=False)
    if request.method != "POST":
        form.version.data, form.notes.data = row.version, known.notes
        return show_form(form, str(shown.label), 200, row, stage=shown)
    if not form.validate():
        return show_form(form, str(shown.label), 422, row, stage=shown)
    try:
        with unit_of_work():
            row = queries.get_drill(actor, drill_id)
            actions.note_stage(row, kind, actor=actor, version=form.version.data, notes=form.notes.data or "")
    except (Conflict, Invalid) as problem:
        row = queries.get_drill(actor, drill_id)
        return show_form(form, str(shown.label), form.refuse(problem, version=row.version), row, stage=shown)
    return fragments.go(f"{page.address(row)}#stages")


@blueprint.post("/<int:drill_id>/files")
@signed_in
def add_file(drill_id: int) -> Any:
    """Put a file to a drill."""
    actor, form = current_actor(), FileForm()
    row = queries.get_drill(actor, drill_id)
    try:
        file = documents.checked_upload(form.file.data)
        with unit_of_work():
            actions.attach(queries.get_drill(actor, drill_id), actor=actor, file=file)
    except (Conflict, Invalid) as problem:
        return show(queries.get_drill(actor, drill_id), documents.refusal(problem))
    return fragments.go(f"{page.address(row)}#attachments")


@blueprint.post("/<int:drill_id>/files/<int:file_id>/remove")
@signed_in
def remove_file(drill_id: int, file_id: int) -> Any:
    """Take a file back."""
    actor = current_actor()
    row = queries.get_drill(actor, drill_id)
    with unit_of_work():
        actions.remove_file(queries.get_drill(actor, drill_id), file_id, actor=actor)
    return fragments.go(f"{page.address(row)}#attachments")


# Scoring


@blueprint.route("/<int:drill_id>/score", methods=["GET", "POST"])
@signed_in
def score(drill_id: int) -> Any:
    """Fill the sheet of a judge; several do so at once, so that no version of the drill is asked for."""
    actor = current_actor()
    row = queries.get_drill(actor, drill_id)
    FLOW.check_possible(row, SCORE, actor)
    if row.sheet_of(actor.id) is not None:
        raise Conflict("drill:scored-already")
    form = score_form(row)
    if request.method != "POST":
        return show_score(row, form, 200)
    if not form.validate():
        return show_score(row, form, 422)
    given = documents.typed_fields(form)
    try:
        with unit_of_work():
            row = queries.get_drill(actor, drill_id)
            actions.fire(row, SCORE, actor=actor, version=None, data=given)
    except (Conflict, Invalid) as problem:
        return show_score(queries.get_drill(actor, drill_id), form, form.refuse(problem))
    flash(_("评分表已提交"), "ok")
    return fragments.go(page.address(row))


def show_score(row: Drill, form: Any, status: int) -> Any:
    """Show the sheet of a judge, a stage after the other, with what was noted of each."""
    stages = {stage.kind: stage.notes for stage in row.stages}
    parts = [
        (label, stages[criteria[0].stage], [(form[f"points_{each.id}"], each.weight) for each in criteria])
        for label, criteria in page.criteria_by_stage(row)
    ]
    return fragments.page(
        "drills/score.html",
        fragment="form",
        status=status,
        heading=_("评分 %(title)s", title=row.title),
        trail=page.trail_to(row),
        form=form,
        scene=row.scene,
        parts=parts,
        submit_label=_("提交评分表"),
        cancel_url=page.address(row),
    )


# The page, its steps and papers


@blueprint.get("/<int:drill_id>")
@signed_in
def show_drill(drill_id: int) -> Any:
    return show(queries.get_drill(current_actor(), drill_id))


def show(row: Drill, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a drill, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(row, current_actor()),
        refusal=refusal,
    )


@blueprint.get("/<int:drill_id>/blank.pdf")
@signed_in
def blank_sheet(drill_id: int) -> Response:
    row = queries.get_drill(current_actor(), drill_id)
    return send_paper(pdf.blank_sheet(row, company_name()), f"{row.number}-blank.pdf")


@blueprint.get("/<int:drill_id>/sheet.pdf")
@signed_in
def own_sheet(drill_id: int) -> Response:
    actor = current_actor()
    row = queries.get_drill(actor, drill_id)
    sheet = row.sheet_of(actor.id)
    if sheet is None:
        raise NotVisible
    return send_paper(pdf.filled_sheet(row, sheet, company_name()), f"{row.number}-sheet.pdf")


@blueprint.get("/<int:drill_id>/result.pdf")
@signed_in
def result_sheet(drill_id: int) -> Response:
    row = queries.get_drill(current_actor(), drill_id)
    if row.average is None:
        raise NotVisible
    return send_paper(pdf.result_sheet(row, company_name()), f"{row.number}-result.pdf")


@blueprint.route("/<int:drill_id>/<name>", methods=["GET", "POST"])
@signed_in
def drill_step(drill_id: int, name: str) -> Any:
    """Do a step of a drill."""
    return STEPS.answer(name, drill_id)


def show_step(row: Drill, name: str, form: Any, status: int) -> Any:
    """Show the page of a step."""
    return show_form(form, f"{FLOW.step(name).label} {row.title}", status, row, results=page.result_rows(row))


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_drill,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
    with_form=STEP_FORMS,
    form=lambda row, name: STEP_FORMS[name](),
    show_form=show_step,
)

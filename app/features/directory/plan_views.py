"""Planned structures: the list, drafting one position by position, the page with its steps."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core.errors import Conflict, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import can
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.directory import actions, chart, outline, queries, structure
from app.features.directory.answering import answer
from app.features.directory.enums import PLAN, DirectoryPerm, PlanStatus
from app.features.directory.flow import FLOW
from app.features.directory.forms import EditPlanForm, NewPlanForm, PlannedPositionForm
from app.features.directory.lists import PlanList
from app.features.directory.models import StructurePlan
from app.features.directory.position_views import values
from app.features.people.enums import PeoplePerm
from app.features.people.queries import department_choices
from app.web import documents, fragments
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

blueprint = Blueprint("structure_plans", __name__, url_prefix="/directory/structure/plans")

TEMPLATE = "directory/plan.html"


def found(plan_id: int) -> StructurePlan:
    """Return a plan the reader may see; raises NotVisible."""
    return queries.get_plan(current_actor(), plan_id)


def page_of(plan: StructurePlan) -> str:
    """Return the address of a plan's page."""
    return url_for("structure_plans.show_plan", plan_id=plan.id)


def trail(plan: StructurePlan | None = None) -> list[tuple[str, str]]:
    """Return the way back from a page of a plan."""
    steps = [
        (_("组织架构"), url_for("directory.show_structure")),
        (_("架构规划"), url_for("structure_plans.index")),
    ]
    return steps if plan is None else [*steps, (plan.title, page_of(plan))]


@blueprint.get("")
@requires(PeoplePerm.VIEW)
def index() -> Any:
    actor = current_actor()
    drafts = can(actor, DirectoryPerm.STRUCTURE)
    return show_list(
        PlanList(actor, request.args, request.path),
        _("架构规划"),
        trail=trail()[:1],
        new_url=url_for("structure_plans.new_plan") if drafts else "",
        new_label=_("起草规划"),
        empty_text=_("还没有架构规划"),
        empty_hint=_("起草后期的架构，留出空缺的岗位；公布后大家都能看，采用后到日子自动生效"),
        sign_labels=(_("制表人"), _("公司主管领导")),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(DirectoryPerm.STRUCTURE)
def new_plan() -> Any:
    form = NewPlanForm()

    def save() -> str:
        made = actions.draft_plan(
            actor=current_actor(), title=form.title.data, day=form.day.data, note=form.note.data
        )
        return page_of(made)

    return answer(
        form,
        heading=_("起草架构规划"),
        save=save,
        said=lazy("规划已起草，请加上要新增、调整或撤销的岗位"),
        trail=trail(),
        cancel_url=url_for("structure_plans.index"),
    )


@blueprint.route("/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(DirectoryPerm.STRUCTURE)
def edit_plan(plan_id: int) -> Any:
    plan = found(plan_id)
    form = EditPlanForm(obj=plan)

    def save() -> str:
        typed = {"title": form.title.data, "day": form.day.data, "note": form.note.data}
        actions.edit_plan(found(plan_id), actor=current_actor(), version=form.version.data, **typed)
        return page_of(plan)

    return on_plan(plan, form, _("修改规划"), save, lazy("已保存"))


def on_plan(plan: StructurePlan, form: Any, heading: str, save: Any, said: Any) -> Any:
    """Answer a form about a plan."""
    number = plan.id
    return answer(
        form,
        heading=heading,
        save=save,
        said=said,
        version=lambda: found(number).version,
        trail=trail(plan),
        cancel_url=page_of(plan),
    )


@blueprint.route("/<int:plan_id>/positions/new", methods=["GET", "POST"], defaults={"position_id": None})
@blueprint.route("/<int:plan_id>/positions/<int:position_id>", methods=["GET", "POST"])
@requires(DirectoryPerm.STRUCTURE)
def plan_position(plan_id: int, position_id: int | None) -> Any:
    plan = found(plan_id)
    planned = structure.on(plan.day, plan)
    if position_id is not None and position_id not in planned.boxes:
        raise NotVisible
    form = PlannedPositionForm(obj=planned.boxes.get(position_id or 0))
    form.department_id.choices = department_choices()
    form.reports_to_id.choices = outline.choices(planned, position_id)
    if request.method != "POST":
        form.version.data, form.places.data = plan.version, form.places.data or 1

    def save() -> str:
        actions.plan_position(
            found(plan_id),
            position_id,
            actor=current_actor(),
            version=form.version.data,
            values=values(form),
        )
        return page_of(plan)

    heading = _("规划新岗位") if position_id is None else _("规划调整岗位")
    return on_plan(plan, form, heading, save, lazy("规划已改"))


@blueprint.post("/<int:plan_id>/positions/<int:position_id>/remove")
@requires(DirectoryPerm.STRUCTURE)
def plan_removal(plan_id: int, position_id: int) -> Any:
    return change(plan_id, position_id, actions.plan_removal)


@blueprint.post("/<int:plan_id>/positions/<int:position_id>/take-back")
@requires(DirectoryPerm.STRUCTURE)
def take_back(plan_id: int, position_id: int) -> Any:
    return change(plan_id, position_id, actions.take_back)


def change(plan_id: int, position_id: int, do: Any) -> Any:
    """Do what a button beside a position of a plan says; a refusal stands on the plan's page."""
    typed = documents.typed_step()
    try:
        with unit_of_work():
            do(found(plan_id), position_id, actor=current_actor(), version=typed.version)
    except Conflict as problem:
        return show(found(plan_id), documents.refusal(problem))
    flash(_("规划已改"), "ok")
    return fragments.go(url_for("structure_plans.show_plan", plan_id=plan_id))


@blueprint.get("/<int:plan_id>")
@requires(PeoplePerm.VIEW)
def show_plan(plan_id: int) -> Any:
    return show(found(plan_id))


def show(plan: StructurePlan, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a plan, with the refusal of a step where there is one."""
    actor, (before, planned) = current_actor(), structure.planned(plan)
    state, events = FLOW.state(plan.status), events_for(PLAN, plan.id)
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        heading=plan.title,
        trail=trail(),
        state=state.label,
        tone=state.tone,
        facts=[str(plan.number), outline.said(planned), *outline.figures(planned)],
        plan=plan,
        drawing=chart.draw(planned, outline.said(planned)) if planned.boxes else "",
        rows=plan_rows(before, planned),
        editable=plan.status == PlanStatus.DRAFT and can(actor, DirectoryPerm.STRUCTURE),
        structure_url=outline.address(planned, "directory.show_structure"),
        compare_url=outline.address(planned, "directory.compare"),
        **buttons(plan, actor),
        refusal=refusal,
        stations=documents.stations(FLOW, plan.status, events),
        events=documents.timeline_rows(events),
    )


def plan_rows(before: structure.Structure, planned: structure.Structure) -> list[dict[str, Any]]:
    """Return the positions of a plan with what may be done to each, and what it lets fall away."""
    rows = []
    for row, (box, _depth) in zip(outline.rows(planned), planned.in_order(), strict=True):
        touched = box.position_id in planned.touched
        rows.append({**row, "id": box.position_id, "touched": touched, "gone": False})
    gone = [box for box, _depth in before.in_order() if box.position_id not in planned.boxes]
    return rows + [
        {"id": box.position_id, "title": box.title, "depth": 0, "gone": True, "touched": True} for box in gone
    ]


def buttons(plan: StructurePlan, actor: Any) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {"steps": FLOW.open_steps(plan, actor), "action": page_of(plan), "version": plan.version}


@blueprint.route("/<int:plan_id>/<name>", methods=["GET", "POST"])
@signed_in
def plan_step(plan_id: int, name: str) -> Any:
    """Do a step of a plan."""
    return STEPS.answer(name, plan_id)


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_plan,
    fire=actions.fire,
    address=page_of,
    show=show,
    template=TEMPLATE,
    buttons=buttons,
)

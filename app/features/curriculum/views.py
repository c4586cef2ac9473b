"""The pages of the curriculum: plans and figures, the matrix, points, levels and who is ready, records."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core import clock, timeline
from app.core.errors import Conflict, Invalid, NotVisible, Stale
from app.core.i18n import gettext as _
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.curriculum import actions, page, pdf, queries, readiness, templates
from app.features.curriculum.actions import ItemValues
from app.features.curriculum.enums import PLAN, STAGE_LABELS, CurriculumPerm, Stage
from app.features.curriculum.forms import LevelForm, NewLevelForm, NewPlanForm, PlaceForm, PlanForm
from app.features.curriculum.lists import MatrixList, PointsList
from app.features.curriculum.models import CareerLevel, CurriculumPlan
from app.features.curriculum.page import check_module
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.papers import company_name, send_paper

blueprint = Blueprint("curriculum", __name__, url_prefix="/curriculum")


@blueprint.get("")
@signed_in
def index() -> Any:
    """The plans, and how far the subjects are covered by level: figures, open to everybody."""
    check_module()
    actor = current_actor()
    keeps = can(actor, CurriculumPerm.KEEP)
    return fragments.page(
        "curriculum/index.html",
        heading=_("培养计划"),
        facts=[_("当前阶段：%(stage)s", stage=STAGE_LABELS[page.present_stage()])],
        plans=page.plan_rows(page.all_plans()),
        coverage=page.coverage(clock.now() - queries.covered_for()),
        months=queries.covered_months(),
        new_url=url_for("curriculum.new_plan") if keeps else "",
        templates=[
            (each.title, each.description, url_for("curriculum.take_template", key=each.key))
            for each in templates.TEMPLATES
        ]
        if keeps
        else [],
        matrix_url=url_for("curriculum.matrix"),
        career_url=url_for("curriculum.career"),
        points_url=url_for("curriculum.points_list"),
        own_url=url_for("curriculum.mine"),
    )


@blueprint.get("/matrix")
@signed_in
def matrix() -> Any:
    """Who has had which subject: every reader the own row, heads and personnel those of their people."""
    check_module()
    return show_list(
        MatrixList(current_actor(), request.args, request.path),
        _("科目覆盖表"),
        trail=page.trail(),
        list_facts=[
            _(
                "最近 %(months)s 个月内参加过的，写最近一次的日期；点开可看场次或申请培训",
                months=queries.covered_months(),
            )
        ],
        sign_labels=(_("制表人"), _("人事")),
    )


@blueprint.get("/points")
@signed_in
def points_list() -> Any:
    """The points of the running period, with what counts how many."""
    check_module()
    return show_list(
        PointsList(current_actor(), request.args, request.path),
        _("培训积分"),
        template="curriculum/points.html",
        trail=page.trail(),
        rule=page.points_rule(),
        sign_labels=(_("制表人"), _("人事")),
    )


# Levels and who is ready


@blueprint.get("/career")
@signed_in
def career() -> Any:
    """The levels with what each asks for; for heads and personnel who stands where and who is ready."""
    check_module()
    actor = current_actor()
    known, asked = queries.levels(active_only=False), queries.asked_items()
    progress = readiness.progress_with(queries.active_people_of(actor), known, asked)
    return fragments.page(
        "curriculum/career.html",
        heading=_("职业层级"),
        trail=page.trail(),
        facts=[_("当前阶段：%(stage)s", stage=STAGE_LABELS[page.present_stage()])],
        levels=[
            (
                level,
                asked.get(level.id, []),
                [each for each in progress if each.level is not None and each.level.id == level.id],
                url_for("curriculum.edit_level", level_id=level.id)
                if can(actor, CurriculumPerm.KEEP)
                else "",
            )
            for level in known
            if level.active
        ],
        unplaced=[each for each in progress if each.level is None],
        ready=[each for each in progress if each.is_ready],
        new_url=url_for("curriculum.new_level") if can(actor, CurriculumPerm.KEEP) else "",
    )


@blueprint.route("/levels/new", methods=["GET", "POST"])
@requires(CurriculumPerm.KEEP)
def new_level() -> Any:
    """Make a level."""
    check_module()
    form = NewLevelForm()
    if request.method != "POST":
        form.active.data, form.rank.data = True, len(queries.levels(active_only=False)) + 1
        return show_level(form, 200)
    if not form.validate():
        return show_level(form, 422)

    def make() -> str:
        actions.put_level(None, actor=current_actor(), version=None, values=form.values())
        return url_for("curriculum.career")

    try:
        with unit_of_work():
            address = once(form, make)
    except Invalid as problem:
        return show_level(form, form.refuse(problem))
    flash(_("已保存"), "ok")
    return fragments.go(address)


@blueprint.route("/levels/<int:level_id>", methods=["GET", "POST"])
@requires(CurriculumPerm.KEEP)
def edit_level(level_id: int) -> Any:
    """Change a level."""
    check_module()
    level = queries.get_level(level_id)
    form = LevelForm(obj=level) if request.method != "POST" else LevelForm()
    if request.method != "POST":
        form.version.data = level.version
        return show_level(form, 200, level)
    if not form.validate():
        return show_level(form, 422, level)
    try:
        with unit_of_work():
            actions.put_level(
                queries.get_level(level_id),
                actor=current_actor(),
                version=form.version.data,
                values=form.values(),
            )
    except (Invalid, Stale) as problem:
        row = queries.get_level(level_id)
        status = form.refuse(problem, version=row.version if isinstance(problem, Stale) else None)
        return show_level(form, status, row)
    flash(_("已保存"), "ok")
    return fragments.go(url_for("curriculum.career"))


def show_level(form: NewLevelForm | LevelForm, status: int, level: CareerLevel | None = None) -> Any:
    """Show the form of a level."""
    return fragments.page(
        "curriculum/level_form.html",
        fragment="form",
        status=status,
        heading=level.name if level is not None else _("新增层级"),
        trail=page.trail((_("职业层级"), url_for("curriculum.career"))),
        form=form,
        cancel_url=url_for("curriculum.career"),
    )


# Plans


@blueprint.get("/plans/<int:plan_id>")
@signed_in
def show_plan(plan_id: int) -> Any:
    check_module()
    actor = current_actor()
    plan = queries.get_plan(actor, plan_id)
    return fragments.page(
        "curriculum/plan.html",
        heading=plan.title,
        trail=page.trail(),
        state=_("使用中") if plan.active else _("已停用"),
        tone="ok" if plan.active else "neutral",
        facts=[STAGE_LABELS[Stage(plan.stage)], plan.level.name],
        plan=plan,
        edit_url=url_for("curriculum.edit_plan", plan_id=plan.id) if can(actor, CurriculumPerm.KEEP) else "",
        events=documents.timeline_rows(timeline.events_for(PLAN, plan.id)),
    )


def show_plan_form(
    form: NewPlanForm | PlanForm,
    status: int,
    rows: Sequence[Mapping[str, Any]],
    plan: CurriculumPlan | None = None,
) -> Any:
    """Show the form of a plan with its parts."""
    form.level_id.choices = [(level.id, level.name) for level in queries.levels(active_only=plan is None)]
    return fragments.page(
        "curriculum/plan_form.html",
        fragment="form",
        status=status,
        heading=plan.title if plan is not None else _("新建培养计划"),
        trail=page.trail(),
        form=form,
        cancel_url=url_for("curriculum.show_plan", plan_id=plan.id) if plan else url_for("curriculum.index"),
        **page.form_context(rows),
    )


@blueprint.route("/plans/new", methods=["GET", "POST"])
@requires(CurriculumPerm.KEEP)
def new_plan() -> Any:
    """Make a plan; ``level`` and a template's parts may stand in the form already."""
    check_module()
    form = NewPlanForm()
    form.level_id.choices = [(level.id, level.name) for level in queries.levels()]
    if request.method != "POST":
        form.active.data, form.stage.data = True, str(page.present_stage())
        return show_plan_form(form, 200, [])
    return save_new(form)


@blueprint.get("/templates/<key>")
@requires(CurriculumPerm.KEEP)
def take_template(key: str) -> Any:
    """The form of a new plan, filled with what a template says: nothing is kept before it is saved."""
    check_module()
    template = templates.find(key)
    if template is None:
        raise NotVisible
    form = NewPlanForm()
    form.title.data, form.description.data = str(template.title), str(template.description)
    form.stage.data, form.active.data = str(template.stage), True
    level = next((each for each in queries.levels() if each.rank == template.rank), None)
    form.level_id.data = level.id if level is not None else None
    keys = {subject.key: subject.id for subject in queries.subjects() if subject.key}
    items = tuple(
        ItemValues(keys[item.subject_key], str(item.topic), item.sessions)
        for item in template.items
        if item.subject_key in keys
    )
    return show_plan_form(form, 200, page.item_rows(items))


@blueprint.post("/templates/<key>")
@requires(CurriculumPerm.KEEP)
def save_template(key: str) -> Any:
    """Keep a plan that began as a template."""
    check_module()
    if templates.find(key) is None:
        raise NotVisible
    form = NewPlanForm()
    form.level_id.choices = [(level.id, level.name) for level in queries.levels()]
    return save_new(form)


def save_new(form: NewPlanForm) -> Any:
    """Keep a new plan, or show the form again with what is wrong."""
    rows = page.typed_rows(request.form)
    if not form.validate():
        return show_plan_form(form, 422, rows)

    def make() -> str:
        plan = actions.put_plan(
            None, actor=current_actor(), version=None, values=page.plan_values(form, page.typed_items(rows))
        )
        return url_for("curriculum.show_plan", plan_id=plan.id)

    try:
        with unit_of_work():
            address = once(form, make)
    except Invalid as problem:
        return show_plan_form(form, form.refuse(problem), rows)
    flash(_("已保存"), "ok")
    return fragments.go(address)


@blueprint.route("/plans/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(CurriculumPerm.KEEP)
def edit_plan(plan_id: int) -> Any:
    """Change a plan and its parts."""
    check_module()
    actor = current_actor()
    plan = queries.get_plan(actor, plan_id)
    if request.method != "POST":
        form = PlanForm(obj=plan)
        form.version.data = plan.version
        return show_plan_form(form, 200, page.item_rows(page.items_of(plan)), plan)
    form, rows = PlanForm(), page.typed_rows(request.form)
    form.level_id.choices = [(level.id, level.name) for level in queries.levels(active_only=False)]
    if not form.validate():
        return show_plan_form(form, 422, rows, plan)
    try:
        with unit_of_work():
            row = queries.get_plan(actor, plan_id)
            actions.put_plan(
                row,
                actor=actor,
                version=form.version.data,
                values=page.plan_values(form, page.typed_items(rows)),
            )
    except (Invalid, Stale) as problem:
        row = queries.get_plan(actor, plan_id)
        status = form.refuse(problem, version=row.version if isinstance(problem, Stale) else None)
        return show_plan_form(form, status, rows, row)
    flash(_("已保存"), "ok")
    return fragments.go(url_for("curriculum.show_plan", plan_id=plan_id))


# Records


@blueprint.get("/mine")
@signed_in
def mine() -> Any:
    """The own training record."""
    return record(int(current_actor().id or 0))


@blueprint.get("/people/<int:user_id>")
@signed_in
def record(user_id: int) -> Any:
    check_module()
    actor = current_actor()
    return fragments.page(
        "curriculum/record.html", **page.record_context(queries.get_person(actor, user_id), actor)
    )


@blueprint.get("/people/<int:user_id>/record.pdf")
@signed_in
def record_pdf(user_id: int) -> Response:
    check_module()
    person = queries.get_person(current_actor(), user_id)
    return send_paper(
        pdf.record_paper(page.record_text(person), company_name()), f"{pdf.HEADING}-{person.name}.pdf"
    )


@blueprint.get("/people/<int:user_id>/subjects/<int:subject_id>")
@signed_in
def cell(user_id: int, subject_id: int) -> Any:
    """What a cell of the matrix stands for: the sessions a person had, those ahead, and how to ask for one."""
    check_module()
    actor = current_actor()
    person, subject = queries.get_person(actor, user_id), queries.get_subject(subject_id)
    return fragments.page(
        "curriculum/cell.html",
        heading=_("%(name)s · %(subject)s", name=person.name, subject=subject.name),
        trail=page.trail(
            (_("科目覆盖表"), url_for("curriculum.matrix")),
            (_("培训档案 %(name)s", name=person.name), url_for("curriculum.record", user_id=person.id)),
        ),
        had=page.session_rows(queries.sessions_of(person.id, subject.id), actor),
        ahead=page.session_rows(queries.sessions_ahead(subject.id), actor),
        ask_url=page.ask_url(),
    )


@blueprint.route("/people/<int:user_id>/level", methods=["GET", "POST"])
@requires(CurriculumPerm.KEEP)
def place(user_id: int) -> Any:
    """Note where a person stands from a day on."""
    check_module()
    actor, form = current_actor(), PlaceForm()
    person = queries.get_person(actor, user_id)
    form.level_id.choices = [(level.id, level.name) for level in queries.levels()]
    if request.method != "POST":
        form.since.data = clock.today()
        return show_place(person, form, 200)
    if not form.validate():
        return show_place(person, form, 422)
    back = url_for("curriculum.record", user_id=user_id)

    def make() -> str:
        actions.place_person(
            user_id,
            actor=actor,
            level_id=int(form.level_id.data or 0),
            since=form.since.data,
            note=form.note.data or "",
        )
        return back

    try:
        with unit_of_work():
            once(form, make)
    except (Conflict, Invalid) as problem:
        return show_place(person, form, form.refuse(problem))
    flash(_("层级已登记"), "ok")
    return fragments.go(back)


def show_place(person: Any, form: PlaceForm, status: int) -> Any:
    """Show the form of a person's level."""
    return fragments.page(
        "curriculum/place.html",
        fragment="form",
        status=status,
        heading=_("登记层级"),
        trail=page.trail((person.name, url_for("curriculum.record", user_id=person.id))),
        facts=[person.name],
        form=form,
        cancel_url=url_for("curriculum.record", user_id=person.id),
    )

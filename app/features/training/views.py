"""The pages of training sessions: weeks, list, planning, the page and its steps."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import clock, files, settings, timeline, workdays
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.uow import unit_of_work
from app.features.training import actions, drafting, page, queries, topics
from app.features.training.actions import SessionValues
from app.features.training.enums import (
    MATERIAL,
    PERSON_LABELS,
    PERSON_TONES,
    TRAINING_SESSION,
    PersonStatus,
    TrainingPerm,
)
from app.features.training.flow import FLOW, conductor
from app.features.training.forms import STEP_FORMS, EditSessionForm, NewSessionForm
from app.features.training.indicators import HELD
from app.features.training.lists import SessionList
from app.features.training.models import TrainingSession
from app.features.training.series import WEEKS_AHEAD
from app.web import documents, filters, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

blueprint = Blueprint("training", __name__, url_prefix="/training")

TEMPLATE = "training/show.html"
PLANNERS = (TrainingPerm.LEAD, TrainingPerm.MANAGE)
WEEKS_BACK = 3


@blueprint.get("")
@signed_in
def index() -> Any:
    """The sessions week by week: three weeks back, and as many ahead as series are made for."""
    actor = current_actor()
    this_week = queries.monday_of(clock.today())
    first = this_week - WEEKS_BACK * queries.WEEK
    found = queries.weeks(actor, first, WEEKS_BACK + 1 + settings.get(WEEKS_AHEAD))
    return fragments.page(
        "training/weeks.html",
        heading=_("培训"),
        new_url=url_for("training.new") if topics.picks(actor) else "",
        ways=ways_of(actor),
        weeks=[week_row(monday, rows, this_week) for monday, rows in found],
    )


def ways_of(actor: Actor) -> list[tuple[str, str]]:
    """Return what else a reader may open from the weeks."""
    ways = [
        (_("全部培训"), url_for("training.all_sessions")),
        (_("话题库"), url_for("training_topics.index")),
    ]
    if can(actor, TrainingPerm.MANAGE):
        ways += [
            (_("固定培训"), url_for("training_series.index")),
            (_("科目"), url_for("training_catalogue.subjects")),
        ]
    if can(actor, TrainingPerm.MANAGE) or can(actor, TrainingPerm.VIEW_ALL):
        ways.append((_("培训机构"), url_for("training_catalogue.providers")))
    return [*ways, (_("日历订阅"), url_for("calendars.index"))]


def week_row(monday: Any, rows: list[Any], this_week: Any) -> dict[str, Any]:
    """Return a week as the page shows it; one that is over and had no session is marked, unless nobody worked."""
    friday = monday + 4 * (queries.WEEK // 7)
    held = [row for row in rows if row.status in HELD]
    worked = any(workdays.is_working_day(monday + day * (queries.WEEK // 7)) for day in range(5))
    return {
        "label": _("%(first)s 至 %(last)s", first=filters.date_text(monday), last=filters.date_text(friday)),
        "current": monday == this_week,
        "missed": worked and monday < this_week and not held,
        "sessions": [session_row(row) for row in rows],
    }


def session_row(row: Any) -> dict[str, Any]:
    """Return a session as the weeks show it."""
    state = FLOW.state(row.status)
    mine = PersonStatus(row.mine) if row.mine else None
    seats = f"{row.taken}/{row.capacity}" if row.capacity is not None else str(row.taken)
    place, enrolled = row.place or _("地点待定"), _("报名 %(seats)s", seats=seats)
    return {
        "title": row.title,
        "url": url_for("training.show_session", session_id=row.id),
        "when": page.span(row.starts_at, row.ends_at),
        "said": f"{place} · {row.chair} · {enrolled}",
        "state": state.label,
        "tone": state.tone,
        "mine": (PERSON_LABELS[mine], PERSON_TONES[mine]) if mine is not None else None,
    }


@blueprint.get("/all")
@signed_in
def all_sessions() -> Any:
    actor = current_actor()
    return show_list(
        SessionList(actor, request.args, request.path),
        _("全部培训"),
        trail=page.trail(),
        new_url=url_for("training.new") if topics.picks(actor) else "",
        new_label=_("安排培训"),
        empty_text=_("还没有培训"),
        empty_hint=_("固定培训会自己排出每周的场次，也可以单独安排一场"),
        sign_labels=(_("制表人"), _("人事培训")),
    )


# Planning


@blueprint.route("/new", methods=["GET", "POST"])
@requires(*PLANNERS)
def new() -> Any:
    """Plan a session, of a topic of the pool where the address names one."""
    actor, posted = current_actor(), request.method == "POST"
    form = NewSessionForm()
    drafting.choose(form, actor)
    if not posted:
        drafting.begin(form, actor, request.args.get("topic", type=int))
        return show_form(form, _("安排培训"), 200)
    if not form.validate():
        return show_form(form, _("安排培训"), 422)
    try:
        with unit_of_work():
            address = once(form, lambda: planned(form, actor))
    except (Conflict, Invalid) as problem:
        return show_form(form, _("安排培训"), form.refuse(problem))
    return fragments.go(address)


def planned(form: NewSessionForm, actor: Actor) -> str:
    """Plan the session of a valid form and return its address."""
    made = actions.plan(actor=actor, values=drafting.values_of(form, SessionValues))
    flash(_("培训已安排，发布后同事才看得到"), "ok")
    return page.address(made)


def show_form(form: Any, heading: str, status: int, training_session: TrainingSession | None = None) -> Any:
    """Show the form of a session."""
    known = training_session is not None
    return fragments.page(
        "training/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail_to(training_session) if training_session is not None else page.trail(),
        form=form,
        action=request.full_path.rstrip("?"),
        submit_label=_("保存") if known else _("安排"),
        cancel_url=page.address(training_session)
        if training_session is not None
        else url_for("training.index"),
    )


@blueprint.route("/<int:session_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(session_id: int) -> Any:
    """Change a session that lies ahead."""
    actor, posted = current_actor(), request.method == "POST"
    row = queries.get_session(actor, session_id)
    FLOW.check_possible(row, "move", actor)
    form = EditSessionForm()
    drafting.choose(form, actor, row)
    if not posted:
        drafting.fill(form, row)
        return show_form(form, _("修改培训"), 200, row)
    if not form.validate():
        return show_form(form, _("修改培训"), 422, row)
    try:
        with unit_of_work():
            actions.edit(
                queries.get_session(actor, session_id),
                actor=actor,
                version=form.version.data,
                values=drafting.values_of(form, SessionValues),
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_session(actor, session_id)
        return show_form(form, _("修改培训"), form.refuse(problem, version=row.version), row)
    flash(_("培训已修改"), "ok")
    return fragments.go(page.address(row))


@blueprint.post("/<int:session_id>/files")
@signed_in
def upload(session_id: int) -> Any:
    """Put a file with the materials of a session."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    if conductor.test(row, actor) is None:
        FLOW.check_possible(row, "cancel", actor)
    try:
        file = documents.checked_upload(request.files.get("file"))
        if file is None:
            raise Invalid(fields={"file": _("请先选择文件")})
        with unit_of_work():
            files.attach(file, TRAINING_SESSION, row.id, actor, kind=MATERIAL)
            timeline.record(
                TRAINING_SESSION, row.id, "training_session:material", actor, data={"name": file.name}
            )
    except Invalid as problem:
        return show(queries.get_session(actor, session_id), documents.refusal(problem))
    return fragments.go(f"{page.address(row)}#attachments")


# The page and its steps


@blueprint.get("/<int:session_id>")
@signed_in
def show_session(session_id: int) -> Any:
    return show(queries.get_session(current_actor(), session_id))


def show(training_session: TrainingSession, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a session, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(training_session, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/<int:session_id>/<name>", methods=["GET", "POST"])
@signed_in
def session_step(session_id: int, name: str) -> Any:
    """Do a step: by its form where it asks for something, else by its button."""
    return STEPS.answer(name, session_id)


def step_form(training_session: TrainingSession, name: str) -> Any:
    """Return the form of a step, filled where nothing was posted yet."""
    form = STEP_FORMS[name]()
    if request.method != "POST":
        if name == "move":
            form.starts_at.data = training_session.starts_at + queries.WEEK
            form.ends_at.data = training_session.ends_at + queries.WEEK
            form.place.data = training_session.place
        else:
            form.cost.data = training_session.cost
    return form


def show_step(training_session: TrainingSession, name: str, form: Any, status: int) -> Any:
    """Show the page of a step; what it is about stands above the fields."""
    return fragments.page(
        "training/step.html",
        fragment="form",
        status=status,
        heading=FLOW.step(name).label,
        trail=page.trail_to(training_session),
        form=form,
        about=page.session_facts(training_session),
        submit_label=FLOW.step(name).label,
        cancel_url=page.address(training_session),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_session,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
    with_form=STEP_FORMS,
    form=step_form,
    show_form=show_step,
)

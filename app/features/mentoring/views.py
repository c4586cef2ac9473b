"""The pages of mentoring: list, offer, page of a pair, notes of a week, steps, paper."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.mentoring import actions, page, pdf, queries
from app.features.mentoring.actions import PairValues
from app.features.mentoring.enums import MentoringPerm
from app.features.mentoring.flow import FLOW
from app.features.mentoring.forms import STEP_FORMS, AnswerForm, NoteForm, OfferForm
from app.features.mentoring.lists import PairList
from app.features.mentoring.models import MentorPair
from app.features.people.queries import active_people
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.papers import company_name, send_paper
from app.web.step_pages import StepPages

blueprint = Blueprint("mentoring", __name__, url_prefix="/mentoring")

TEMPLATE = "mentoring/show.html"


@blueprint.get("")
@signed_in
def index() -> Any:
    actor = current_actor()
    arranges = can(actor, MentoringPerm.ARRANGE)
    return show_list(
        PairList(actor, request.args, request.path),
        _("以优带优"),
        new_url=url_for("mentoring.new") if arranges else "",
        new_label=_("安排结对"),
        empty_text=_("还没有结对"),
        empty_hint=_("一位师傅带一位徒弟，每周一记，期满互评"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(MentoringPerm.ARRANGE)
def new() -> Any:
    """Offer a pair."""
    actor, form = current_actor(), OfferForm()
    form.mentor_id.choices = active_people()
    form.pupil_id.choices = [(row.id, row.name) for row in queries.teachable(actor)]
    if request.method != "POST":
        return show_offer(form, 200)
    if not form.validate():
        return show_offer(form, 422)
    values = PairValues(**documents.typed_fields(form, "form_token"))

    def begin() -> str:
        made = actions.offer(actor=actor, values=values)
        flash(_("已请双方答复"), "ok")
        return page.address(made)

    try:
        with unit_of_work():
            address = once(form, begin)
    except (Conflict, Invalid) as problem:
        return show_offer(form, form.refuse(problem))
    return fragments.go(address)


def show_offer(form: OfferForm, status: int) -> Any:
    """Show the form of a pair to offer."""
    return fragments.page(
        "mentoring/form.html",
        fragment="form",
        status=status,
        heading=_("安排结对"),
        trail=page.trail(),
        form=form,
        submit_label=_("请双方答复"),
        cancel_url=url_for("mentoring.index"),
    )


# The week


@blueprint.route("/<int:pair_id>/weeks/<int:week_id>/note", methods=["GET", "POST"])
@signed_in
def note(pair_id: int, week_id: int) -> Any:
    """Write the mentor's note of a week."""
    return write(pair_id, week_id, NoteForm(), "note", actions.write_note, _("带教周记"))


@blueprint.route("/<int:pair_id>/weeks/<int:week_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(pair_id: int, week_id: int) -> Any:
    """Write the pupil's line to a week."""
    return write(pair_id, week_id, AnswerForm(), "answer", actions.write_answer, _("徒弟反馈"))


def write(pair_id: int, week_id: int, form: Any, field: str, act: Callable[..., None], heading: str) -> Any:
    """Show or take what one side writes in a week."""
    actor = current_actor()
    row = queries.get_pair(actor, pair_id)
    week = queries.get_week(row, week_id)
    if request.method != "POST":
        actions.may_write(row, week, actor, field)
        form.version.data, form[field].data = row.version, getattr(week, field)
        return show_week(row, week_id, form, heading, 200)
    try:
        actions.may_write(row, week, actor, field, form.version.data)
        if not form.validate():
            return show_week(row, week_id, form, heading, 422)
        with unit_of_work():
            row = queries.get_pair(actor, pair_id)
            week = queries.get_week(row, week_id)
            act(row, week, actor=actor, version=form.version.data, text=form[field].data or "")
    except (Conflict, Invalid) as problem:
        row = queries.get_pair(actor, pair_id)
        return show_week(row, week_id, form, heading, form.refuse(problem, version=row.version))
    return fragments.go(f"{page.address(row)}#weeks")


def show_week(row: MentorPair, week_id: int, form: Any, heading: str, status: int) -> Any:
    """Show the form of what one side writes in a week, with what the other wrote above it."""
    actor = current_actor()
    week = page.week_row(row, queries.get_week(row, week_id), actor)
    return fragments.page(
        "mentoring/week.html",
        fragment="form",
        status=status,
        heading=f"{heading} {week.first_day} – {week.last_day}",
        trail=page.trail_to(row),
        form=form,
        goals=row.goals,
        week=week,
        cancel_url=f"{page.address(row)}#weeks",
    )


# The page and its steps


@blueprint.get("/<int:pair_id>")
@signed_in
def show_pair(pair_id: int) -> Any:
    return show(queries.get_pair(current_actor(), pair_id))


def show(row: MentorPair, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a pair, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(row, current_actor()),
        refusal=refusal,
    )


@blueprint.get("/<int:pair_id>/record.pdf")
@signed_in
def paper(pair_id: int) -> Response:
    row = queries.get_pair(current_actor(), pair_id)
    return send_paper(pdf.pair_paper(row, company_name()), f"{row.mentor.name}-{row.pupil.name}.pdf")


@blueprint.route("/<int:pair_id>/<name>", methods=["GET", "POST"])
@signed_in
def pair_step(pair_id: int, name: str) -> Any:
    """Do a step of a pair."""
    return STEPS.answer(name, pair_id)


def step_form(row: MentorPair, name: str) -> Any:
    """Return the form of a step, filled where nothing was posted yet."""
    form = STEP_FORMS[name]()
    if request.method != "POST" and name == "mid":
        form.goals.data = row.goals
    return form


def show_step(row: MentorPair, name: str, form: Any, status: int) -> Any:
    """Show the page of a step."""
    return fragments.page(
        "mentoring/step.html",
        fragment="form",
        status=status,
        heading=f"{FLOW.step(name).label} {row.name}",
        trail=page.trail_to(row),
        form=form,
        told=page.facts(row),
        goals=row.goals,
        ratings=page.rating_rows(row, current_actor()),
        submit_label=FLOW.step(name).label,
        cancel_url=page.address(row),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_pair,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
    with_form=STEP_FORMS,
    form=step_form,
    show_form=show_step,
)

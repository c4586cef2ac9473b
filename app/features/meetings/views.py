"""The pages of meetings: list, arranging, the page and its steps, what to talk about, the minutes as a paper."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core import documents as core_documents
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.meetings import actions, pdf, queries, taking_part
from app.features.meetings.actions import MeetingValues
from app.features.meetings.enums import MEETING, MISSED, MeetingPerm, MeetingStatus
from app.features.meetings.flow import FLOW
from app.features.meetings.forms import CorrectForm, ItemForm, MeetingForm, MoveForm, minutes_form
from app.features.meetings.lists import STATES, TONES, MeetingList
from app.features.meetings.models import Meeting
from app.features.people.queries import active_people
from app.features.resolutions import queries as resolutions
from app.features.resolutions.enums import RESOLUTION
from app.web import document_panels, documents, filters, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.papers import company_name, send_paper
from app.web.step_pages import StepPages

blueprint = Blueprint("meetings", __name__, url_prefix="/meetings")

TEMPLATE = "meetings/show.html"


@blueprint.get("")
@signed_in
def index() -> Any:
    actor = current_actor()
    arranges = can(actor, MeetingPerm.ARRANGE)
    return show_list(
        MeetingList(actor, request.args, request.path),
        _("部门会议"),
        template="meetings/list.html",
        new_url=url_for("meetings.new") if arranges else "",
        new_label=_("安排会议"),
        ways=[(_("例会"), url_for("meetings.series_list"))] if arranges else [],
        empty_text=_("还没有会议"),
        empty_hint=_("部门之间的例会设定一次，以后自动安排；会前提议题，会后写纪要，决议自动跟踪"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("部门会议"), url_for("meetings.index"))]


def address(meeting: Meeting) -> str:
    """Return the address of a meeting's page."""
    return url_for("meetings.show_meeting", meeting_id=meeting.id)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(MeetingPerm.ARRANGE)
def new() -> Any:
    """Arrange a meeting by itself."""
    actor, form = current_actor(), MeetingForm()
    form.people.choices = active_people(exclude=actor.id)
    if request.method != "POST":
        return show_new(form, 200)
    if not form.validate():
        return show_new(form, 422)
    try:
        with unit_of_work():
            found = once(form, lambda: arrange(form, actor))
    except (Conflict, Invalid) as problem:
        return show_new(form, form.refuse(problem))
    return fragments.go(found)


def arrange(form: MeetingForm, actor: Actor) -> str:
    """Arrange the meeting of a valid form and return its address."""
    made = actions.arrange(
        actor=actor,
        values=MeetingValues(
            form.title.data, form.starts_at.data, form.minutes.data, form.place.data, form.people.data
        ),
    )
    flash(_("会议 %(number)s 已安排，参加的人会收到通知", number=made.number), "ok")
    return address(made)


def show_new(form: MeetingForm, status: int) -> Any:
    """Show the form of a meeting."""
    return fragments.page(
        "meetings/form.html",
        fragment="form",
        status=status,
        heading=_("安排会议"),
        trail=trail(),
        form=form,
        submit_label=_("安排"),
        cancel_url=url_for("meetings.index"),
    )


@blueprint.get("/<int:meeting_id>")
@signed_in
def show_meeting(meeting_id: int) -> Any:
    return show(queries.get_meeting(current_actor(), meeting_id))


def show(
    meeting: Meeting, refusal: documents.Refusal | None = None, item_form: ItemForm | None = None
) -> Any:
    """Show the page of a meeting, with the refusal of a step, or of something to talk about."""
    actor = current_actor()
    events = events_for(MEETING, meeting.id)
    invited = taking_part.row_of(meeting, actor.id) is not None
    planned = meeting.status == MeetingStatus.PLANNED
    refused = item_form is not None
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 422 if refused else 200,
        heading=f"{meeting.number} {meeting.title}",
        trail=trail(),
        state=STATES[meeting.shown_status],
        tone=TONES[meeting.shown_status],
        facts=[filters.moment_text(meeting.starts_at), meeting.place]
        if meeting.place
        else [filters.moment_text(meeting.starts_at)],
        told=facts_of(meeting),
        missed=meeting.shown_status == MISSED,
        people=[person_row(row) for row in meeting.people],
        items=[item_row(meeting, item, actor) for item in meeting.items],
        item_form=(item_form or ItemForm()) if invited and planned else None,
        item_url=url_for("meetings.add_item", meeting_id=meeting.id),
        resolutions=[resolution_row(row, actor) for row in resolutions.opened_by(MEETING, meeting.id)],
        paper_url=url_for("meetings.minutes_paper", meeting_id=meeting.id) if meeting.text else "",
        **steps_context(meeting, actor),
        stations=documents.stations(FLOW, meeting.status, events),
        events=documents.timeline_rows(events),
        further=document_panels.beside(MEETING, meeting.id, actor),
        refusal=refusal,
    )


def facts_of(meeting: Meeting) -> list[tuple[Any, ...]]:
    """Return when and where, and what was said."""
    facts: list[tuple[Any, ...]] = [
        (_("时间"), filters.moment_text(meeting.starts_at)),
        (_("时长"), _("%(count)s 分钟", count=meeting.minutes)),
        (_("地点"), meeting.place),
        (_("主持人"), meeting.owner.name),
    ]
    if meeting.text:
        facts.append((_("会议纪要"), meeting.text, True))
    return facts


def person_row(row: Any) -> dict[str, Any]:
    """Return how somebody took part."""
    if row.present is None:
        return {"name": row.person.name, "state": "", "tone": "neutral"}
    if not row.present:
        return {"name": row.person.name, "state": _("未到会"), "tone": "warn"}
    if row.confirmed_at is None:
        return {"name": row.person.name, "state": _("未确认"), "tone": "info"}
    return {"name": row.person.name, "state": _("已确认"), "tone": "ok"}


def item_row(meeting: Meeting, item: Any, actor: Actor) -> dict[str, Any]:
    """Return something to talk about, with the way to take it back."""
    own = actor.id in (item.user_id, meeting.owner_id) and meeting.status == MeetingStatus.PLANNED
    remove = url_for("meetings.remove_item", meeting_id=meeting.id, item_id=item.id)
    return {"text": item.text, "by": item.person.name, "remove_url": remove if own else ""}


def resolution_row(row: Any, actor: Actor) -> dict[str, Any]:
    """Return what was decided, with the way to it for who may see it."""
    state = core_documents.state_of(RESOLUTION, row.number, row.status)
    mine = actor.id in (row.owner_id, row.responsible_id)
    return {
        "text": row.text,
        "sub": _("%(name)s · %(day)s 前", name=row.responsible.name, day=filters.date_text(row.due_on)),
        "state": state.label,
        "tone": state.tone,
        "url": url_for("resolutions.show_resolution", resolution_id=row.id) if mine else "",
    }


def steps_context(meeting: Meeting, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": FLOW.open_steps(meeting, actor),
        "action": address(meeting),
        "version": meeting.version,
    }


@blueprint.get("/<int:meeting_id>/minutes.pdf")
@signed_in
def minutes_paper(meeting_id: int) -> Response:
    meeting = queries.get_meeting(current_actor(), meeting_id)
    if not meeting.text:
        raise NotVisible
    content = pdf.minutes(meeting, resolutions.opened_by(MEETING, meeting.id), company_name())
    name = _("会议纪要 %(number)s", number=meeting.number)
    return send_paper(content, f"{name}.pdf")


@blueprint.post("/<int:meeting_id>/items")
@signed_in
def add_item(meeting_id: int) -> Any:
    """Bring along something to talk about."""
    actor, form = current_actor(), ItemForm()
    meeting = queries.get_meeting(actor, meeting_id)
    if not form.validate():
        return show(meeting, item_form=form)
    try:
        with unit_of_work():
            actions.add_item(queries.get_meeting(actor, meeting_id), actor=actor, text=form.text.data)
    except Invalid as problem:
        form.refuse(problem)
        return show(queries.get_meeting(actor, meeting_id), item_form=form)
    return fragments.go(url_for("meetings.show_meeting", meeting_id=meeting_id, _anchor="agenda"))


@blueprint.post("/<int:meeting_id>/items/<int:item_id>/remove")
@signed_in
def remove_item(meeting_id: int, item_id: int) -> Any:
    """Take back something to talk about."""
    actor = current_actor()
    with unit_of_work():
        actions.remove_item(queries.get_meeting(actor, meeting_id), item_id, actor=actor)
    return fragments.go(url_for("meetings.show_meeting", meeting_id=meeting_id, _anchor="agenda"))


@blueprint.route("/<int:meeting_id>/<name>", methods=["GET", "POST"])
@signed_in
def meeting_step(meeting_id: int, name: str) -> Any:
    """Do a step: by its form where it asks for something, else by its button."""
    return STEPS.answer(name, meeting_id)


def step_form(meeting: Meeting, name: str) -> Any:
    """Return the form of a step, filled where nothing was posted yet."""
    posted = request.method == "POST"
    if name == "move":
        return MoveForm()
    if name == "correct":
        form = CorrectForm()
        if not posted:
            form.text.data = meeting.text
        return form
    form = minutes_form(current_actor())
    others = [row for row in meeting.people if row.user_id != meeting.owner_id]
    form.present.choices = [(row.user_id, row.person.name) for row in others]
    if not posted:
        form.present.data = [row.user_id for row in others]
    return form


def show_step(meeting: Meeting, name: str, form: Any, status: int) -> Any:
    """Show the page of a step; what was to be talked about stands above the fields."""
    return fragments.page(
        "meetings/step.html",
        fragment="form",
        status=status,
        heading=f"{FLOW.step(name).label} {meeting.number}",
        trail=[*trail(), (meeting.title, address(meeting))],
        facts=(meeting.title, filters.moment_text(meeting.starts_at)),
        form=form,
        items=[item_row(meeting, item, current_actor()) for item in meeting.items],
        submit_label=FLOW.step(name).label,
        cancel_url=address(meeting),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_meeting,
    fire=actions.fire,
    address=address,
    show=show,
    template=TEMPLATE,
    buttons=steps_context,
    with_form=frozenset({"hold", "move", "correct"}),
    form=step_form,
    show_form=show_step,
)

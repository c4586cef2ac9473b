"""What people do with their part in a session: enrol, step back, ask for leave, sign in, give feedback."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core import clock, settings
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.people.queries import active_people
from app.features.training import feedback, page, queries, rotating_code, seats, signing_in
from app.features.training.enums import HAS_SEAT, PERSON_LABELS, PersonStatus, Presence, SessionStatus
from app.features.training.feedback import FeedbackValues
from app.features.training.flow import FLOW, conductor
from app.features.training.forms import (
    CodeForm,
    FeedbackForm,
    LeaveAnswerForm,
    LeaveForm,
    RollForm,
    SummonForm,
)
from app.features.training.models import TrainingSession
from app.features.training.signing_in import RollCall
from app.features.training.views import show
from app.web import documents, fragments
from app.web.guard import current_actor, signed_in
from app.web.qr_code import qr_svg

blueprint = Blueprint("training_people", __name__, url_prefix="/training/<int:session_id>")


def refused(session_id: int, problem: Problem) -> Any:
    """Show the page of a session again, with the reason why nothing was done."""
    return show(queries.get_session(current_actor(), session_id), documents.refusal(problem))


def do(session_id: int, act: Any, said: str) -> Any:
    """Do something with one's own part, and go back to the page of the session."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    try:
        with unit_of_work():
            act(queries.get_session(actor, session_id), actor=actor)
    except (Conflict, Invalid) as problem:
        return refused(session_id, problem)
    flash(said, "ok")
    return fragments.go(page.address(row))


@blueprint.post("/enrol")
@signed_in
def enrol(session_id: int) -> Any:
    """Enrol, or queue where no seat is free."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    try:
        with unit_of_work():
            person = seats.enrol(queries.get_session(actor, session_id), actor=actor)
            waits = person.status == PersonStatus.WAITLISTED
            place = queries.place_in_queue(person) if waits else 0
    except (Conflict, Invalid) as problem:
        return refused(session_id, problem)
    flash(
        _("名额已满，您候补第 %(place)s 位", place=place) if waits else _("已报名"), "warn" if waits else "ok"
    )
    return fragments.go(page.address(row))


@blueprint.post("/withdraw")
@signed_in
def withdraw(session_id: int) -> Any:
    return do(session_id, seats.withdraw, _("已退出这场培训"))


@blueprint.route("/leave", methods=["GET", "POST"])
@signed_in
def leave(session_id: int) -> Any:
    """Ask for leave with a reason."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    seats.own_part(row, actor)
    form = LeaveForm()
    if request.method != "POST":
        return show_form(row, form, _("请假"), 200)
    if not form.validate():
        return show_form(row, form, _("请假"), 422)
    try:
        with unit_of_work():
            seats.ask_leave(queries.get_session(actor, session_id), actor=actor, reason=form.reason.data)
    except (Conflict, Invalid) as problem:
        return show_form(queries.get_session(actor, session_id), form, _("请假"), form.refuse(problem))
    flash(_("请假已提交，等主持人答复"), "ok")
    return fragments.go(page.address(row))


@blueprint.route("/people/<int:person_id>/leave", methods=["GET", "POST"])
@signed_in
def answer_leave(session_id: int, person_id: int) -> Any:
    """Grant or refuse leave."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    person = queries.get_person(row, person_id)
    if not seats.may_answer_leave(row, person, actor):
        raise NotVisible
    form = LeaveAnswerForm()
    heading = _("答复%(name)s的请假", name=person.user.name)
    facts = (_("请假原因：%(reason)s", reason=person.leave_reason),)
    if request.method != "POST":
        form.answer.data = "grant"
        return show_form(row, form, heading, 200, facts)
    if not form.validate():
        return show_form(row, form, heading, 422, facts)
    try:
        with unit_of_work():
            locked = queries.get_session(actor, session_id)
            seats.answer_leave(
                locked,
                queries.get_person(locked, person_id),
                actor=actor,
                granted=form.answer.data == "grant",
                note=form.note.data,
            )
    except (Conflict, Invalid) as problem:
        return show_form(queries.get_session(actor, session_id), form, heading, form.refuse(problem), facts)
    flash(_("已答复"), "ok")
    return fragments.go(page.address(row))


@blueprint.route("/summon", methods=["GET", "POST"])
@signed_in
def summon(session_id: int) -> Any:
    """Enter people who must come besides the audience."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    FLOW.check_possible(row, "move", actor)
    form = SummonForm()
    bound = {found.user_id for found in queries.people_rows(actor, row) if found.status in HAS_SEAT}
    form.people.choices = [
        choice for choice in active_people() if choice[0] not in bound and choice[0] != row.chair_id
    ]
    heading = _("加入须参加的人")
    if request.method != "POST":
        return show_form(row, form, heading, 200)
    if not form.validate():
        return show_form(row, form, heading, 422)
    try:
        with unit_of_work():
            count = seats.summon(
                queries.get_session(actor, session_id), actor=actor, user_ids=form.people.data or []
            )
    except (Conflict, Invalid) as problem:
        return show_form(queries.get_session(actor, session_id), form, heading, form.refuse(problem))
    flash(_("已加入 %(count)s 人，他们会收到通知", count=count), "ok")
    return fragments.go(page.address(row))


def show_form(
    training_session: TrainingSession,
    form: Any,
    heading: str,
    status: int,
    facts: Any = (),
    submit_label: str = "",
) -> Any:
    """Show a small form below a session."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail_to(training_session),
        facts=(*facts, page.span(training_session.starts_at, training_session.ends_at)),
        form=form,
        submit_label=submit_label or _("提交"),
        cancel_url=page.address(training_session),
    )


# Signing in


@blueprint.route("/sign-in", methods=["GET", "POST"])
@signed_in
def sign_in(session_id: int) -> Any:
    """Call the roll: all are ticked, the absent are unticked; a photo of the signed sheet may go along."""
    actor, posted = current_actor(), request.method == "POST"
    row = queries.get_session(actor, session_id)
    FLOW.check_possible(row, signing_in.conducting(row), actor)
    form = RollForm()
    choose_people(form, row)
    if not posted:
        form.version.data = row.version
        return show_roll(row, form, 200)
    if not form.validate():
        return show_roll(row, form, 422)
    try:
        sheet = documents.checked_upload(form.file.data)
        with unit_of_work():
            locked = queries.get_session(actor, session_id)
            signing_in.call_roll(
                locked,
                actor=actor,
                version=form.version.data,
                roll=roll_of(form, queries.presences(locked.id)),
                sheet=sheet,
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_session(actor, session_id)
        return show_roll(row, form, form.refuse(problem, version=row.version))
    flash(_("出勤已登记"), "ok")
    return fragments.go(page.address(row))


def choose_people(form: RollForm, training_session: TrainingSession) -> None:
    """Set who may be ticked: everybody with a part; ticked are those with a seat who are not known to be absent."""
    rows = queries.people_rows(current_actor(), training_session)
    shown = [row for row in rows if row.status != PersonStatus.WITHDRAWN]
    choices = [(row.id, person_label(row)) for row in shown]
    form.present.choices = form.late.choices = form.left_early.choices = choices
    known = {row.user_id for row in shown} | {training_session.chair_id}
    form.walk_in.choices = [choice for choice in active_people() if choice[0] not in known]
    if request.method != "POST":
        form.present.data = [
            row.id for row in shown if row.status in HAS_SEAT and row.presence != Presence.ABSENT
        ]
        form.late.data = [row.id for row in shown if row.presence == Presence.LATE]
        form.left_early.data = [row.id for row in shown if row.presence == Presence.LEFT_EARLY]


def person_label(row: Any) -> str:
    """Return a person as the roll shows them, with what was known before."""
    if row.status in (PersonStatus.LEAVE_GRANTED, PersonStatus.LEAVE_ASKED, PersonStatus.WAITLISTED):
        return _("%(name)s（%(state)s）", name=row.name, state=PERSON_LABELS[PersonStatus(row.status)])
    return str(row.name)


def roll_of(form: RollForm, known: Mapping[int, str]) -> RollCall:
    """Return what a valid form says of who was there; ``known`` says how those were who signed in before.

    Who was late before and is not ticked as present any more did not come, though the box of the late is still ticked.
    """
    there = form.present.data or []
    present = dict.fromkeys(there, Presence.PRESENT)
    for numbers, how in ((form.late.data, Presence.LATE), (form.left_early.data, Presence.LEFT_EARLY)):
        present.update(
            {number: how for number in numbers or [] if number in there or known.get(number) != how}
        )
    return RollCall(present, form.walk_in.data)


def show_roll(training_session: TrainingSession, form: RollForm, status: int) -> Any:
    """Show the roll."""
    return fragments.page(
        "training/roll.html",
        status=status,
        heading=_("登记出勤"),
        trail=page.trail_to(training_session),
        facts=(page.span(training_session.starts_at, training_session.ends_at), training_session.place),
        form=form,
        more_open=bool(form.late.data or form.left_early.data or form.walk_in.data or form.errors),
        action=request.path,
        submit_label=_("登记出勤"),
        cancel_url=page.address(training_session),
    )


@blueprint.get("/screen")
@signed_in
def screen(session_id: int) -> Response:
    """The code for the screen; the page asks for the next one by itself."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    if conductor.test(row, actor) is None:
        raise Denied("core:denied", what=_("屏幕二维码"), who=conductor.ask(row))
    if row.code_secret is None or row.status != SessionStatus.OPEN:
        raise Conflict("training:no-code")
    code = rotating_code.current_code(row.code_secret)
    address = url_for("training_people.here", session_id=row.id, code=code, _external=True)
    seconds = settings.get(rotating_code.SECONDS)
    return fragments.page(
        "training/screen.html",
        fragment="code",
        heading=row.title,
        trail=page.trail_to(row),
        code=code,
        picture=qr_svg(address, _("签到二维码")),
        left=seconds - int(clock.now().timestamp()) % seconds,
        place=request.path,
        there=queries.count_there(row.id),
    )


@blueprint.route("/here", methods=["GET", "POST"])
@signed_in
def here(session_id: int) -> Any:
    """Sign in by the code of the screen: one tap after it was scanned, or typed where no camera is at hand."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    form = CodeForm()
    if request.method != "POST":
        form.code.data = request.args.get("code", "")[:20]
        return show_here(row, form, 200)
    if not form.validate():
        return show_here(row, form, 422)
    try:
        with unit_of_work():
            signing_in.sign_in_by_code(
                queries.get_session(actor, session_id), actor=actor, code=form.code.data
            )
    except (Conflict, Invalid) as problem:
        return show_here(queries.get_session(actor, session_id), form, form.refuse(problem))
    flash(_("已签到"), "ok")
    return fragments.go(page.address(row))


def show_here(training_session: TrainingSession, form: CodeForm, status: int) -> Any:
    """Show the field of the code, with the button one presses after scanning."""
    return show_form(training_session, form, _("签到"), status, submit_label=_("签到"))


# Feedback


@blueprint.route("/feedback", methods=["GET", "POST"])
@signed_in
def give_feedback(session_id: int) -> Any:
    """Give feedback: a few taps, without a name."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    form = FeedbackForm()
    if request.method != "POST":
        if not feedback.may_give(row, queries.person_of(row, actor.id)):
            return refused(session_id, Conflict("training:was-not-there"))
        return show_form(row, form, _("评价培训"), 200)
    if not form.validate():
        return show_form(row, form, _("评价培训"), 422)
    values = FeedbackValues(form.content.data, form.delivery.data, form.usefulness.data, form.comment.data)
    try:
        with unit_of_work():
            feedback.give_feedback(queries.get_session(actor, session_id), actor=actor, values=values)
    except (Conflict, Invalid) as problem:
        return show_form(queries.get_session(actor, session_id), form, _("评价培训"), form.refuse(problem))
    flash(_("谢谢，评价不记名"), "ok")
    return fragments.go(page.address(row))

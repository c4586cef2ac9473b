"""The pages of activities: lists, proposing, voting, enrolling, photos, the settlement sheet, the steps."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core import clock
from app.core.calendar_file import CalendarEvent, calendar_text
from app.core.errors import Conflict, Invalid, NotVisible, Stale
from app.core.files import CheckedFile
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.activities import actions, page, pdf, queries
from app.features.activities.actions import ActivityValues
from app.features.activities.enums import ActivityPerm, ActivityStatus, PlaceStatus
from app.features.activities.flow import FLOW
from app.features.activities.forms import STEP_FORMS, EditActivityForm, NewActivityForm, PhotoForm
from app.features.activities.lists import ActivityList, YearList
from app.features.activities.models import Activity
from app.features.people.queries import active_people
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import as_download, show_list
from app.web.papers import company_name, send_paper
from app.web.step_pages import StepPages
from app.web.uploads import read_photos

blueprint = Blueprint("activities", __name__, url_prefix="/activities")

TEMPLATE = "activities/show.html"
MOST_PHOTOS = 9


def found(activity_id: int) -> Activity:
    """Return an activity the reader may see; raises NotVisible."""
    return queries.get_activity(current_actor(), activity_id)


# Lists


@blueprint.get("")
@requires(ActivityPerm.TAKE_PART)
def index() -> Any:
    return show_list(
        ActivityList(current_actor(), request.args, request.path),
        _("团队活动"),
        template="activities/list.html",
        new_url=url_for("activities.new"),
        new_label=_("提议活动"),
        years_url=url_for("activities.years"),
        empty_text=_("还没有团队活动"),
        empty_hint=_("写一个想法和几个候选日期，大家投票，批准后报名"),
        sign_labels=(_("制表人"),),
    )


@blueprint.get("/years")
@requires(ActivityPerm.TAKE_PART)
def years() -> Any:
    return show_list(
        YearList(current_actor(), request.args, request.path),
        _("活动年度汇总"),
        trail=page.trail(),
        empty_text=_("还没有团队活动"),
        sign_labels=(_("制表人"),),
    )


# Proposing


@blueprint.route("/new", methods=["GET", "POST"])
@requires(ActivityPerm.TAKE_PART)
def new() -> Any:
    form = NewActivityForm()

    def save() -> str:
        return page.address(actions.propose(actor=current_actor(), values=values(form)))

    return answer(form, None, _("提议活动"), lambda: once(form, save), lazy("活动已提议"))


@blueprint.route("/<int:activity_id>/edit", methods=["GET", "POST"])
@requires(ActivityPerm.TAKE_PART)
def edit(activity_id: int) -> Any:
    activity = found(activity_id)
    actions.require_organiser(activity, current_actor(), lazy("修改活动"))
    form = EditActivityForm(obj=activity)
    if request.method != "POST":
        form.options.data = "\n".join(queries.option_texts(activity_id))

    def save() -> str:
        row = found(activity_id)
        actions.edit(row, actor=current_actor(), version=form.version.data, values=values(form))
        return page.address(row)

    return answer(form, activity, _("修改活动"), save, lazy("已保存"))


def values(form: Any) -> ActivityValues:
    """Return what was typed of an activity; an option a line."""
    return ActivityValues(form.title.data, form.purpose.data, (form.options.data or "").splitlines())


def answer(form: Any, activity: Activity | None, heading: str, save: Callable[[], str], said: Any) -> Any:
    """Answer GET and POST of the form of an activity; ``save`` runs inside the unit of work."""

    def show_form(status: int) -> Any:
        return fragments.page(
            "activities/form.html",
            fragment="form",
            status=status,
            heading=heading,
            trail=page.trail(activity),
            form=form,
            cancel_url=page.address(activity) if activity is not None else url_for("activities.index"),
        )

    if request.method != "POST":
        return show_form(200)
    if not form.validate():
        return show_form(422)
    number = activity.id if activity is not None else None
    try:
        with unit_of_work():
            url = save()
    except (Conflict, Invalid) as problem:
        version = found(number).version if number is not None and isinstance(problem, Stale) else None
        return show_form(form.refuse(problem, version=version))
    flash(str(said), "ok")
    return fragments.go(url)


# Voting and enrolling: one tap each, by oneself and for oneself only


@blueprint.post("/<int:activity_id>/vote")
@requires(ActivityPerm.TAKE_PART)
def vote(activity_id: int) -> Any:
    chosen = request.form.get("option_id", type=int)
    return tap(
        activity_id,
        lambda row, actor: actions.vote(row, actor=actor, option_id=chosen),
        lazy("已投票，截止前可以改投"),
    )


@blueprint.post("/<int:activity_id>/enrol")
@requires(ActivityPerm.TAKE_PART)
def enrol(activity_id: int) -> Any:
    typed = request.form.get("companions", "0")
    companions = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else -1
    return tap(
        activity_id,
        lambda row, actor: actions.enrol(row, actor=actor, companions=companions),
        lazy("已登记，结果见下面"),
    )


@blueprint.post("/<int:activity_id>/withdraw")
@requires(ActivityPerm.TAKE_PART)
def withdraw(activity_id: int) -> Any:
    return tap(activity_id, lambda row, actor: actions.withdraw(row, actor=actor), lazy("已退出"))


def tap(activity_id: int, do: Callable[[Activity, Actor], Any], said: Any) -> Any:
    """Do what a button on the page says; a refusal stands on the page."""
    actor = current_actor()
    try:
        with unit_of_work():
            do(queries.get_activity(actor, activity_id), actor)
    except (Conflict, Invalid) as problem:
        return show(found(activity_id), documents.refusal(problem))
    flash(str(said), "ok")
    return fragments.go(url_for("activities.show_activity", activity_id=activity_id))


# Photos


@blueprint.route("/<int:activity_id>/photos", methods=["GET", "POST"])
@requires(ActivityPerm.TAKE_PART)
def photos(activity_id: int) -> Any:
    activity, form = found(activity_id), PhotoForm()
    actions.require_there(activity, current_actor(), lazy("上传照片"))
    if request.method != "POST":
        return show_photos(form, activity, 200)
    if not form.validate():
        return show_photos(form, activity, 422)
    try:
        taken = read_photos(form.file.data, MOST_PHOTOS)
        with unit_of_work():
            url = once(form, lambda: keep_photos(form, activity_id, taken))
    except (Conflict, Invalid) as problem:
        return show_photos(form, found(activity_id), form.refuse(problem))
    flash(_("照片已上传"), "ok")
    return fragments.go(url)


def keep_photos(form: PhotoForm, activity_id: int, taken: list[CheckedFile]) -> str:
    """Keep the photos of a form and return where they are seen."""
    actions.add_photos(
        found(activity_id),
        actor=current_actor(),
        photos=taken,
        consents=bool(form.consents.data),
        consent=form.consent.data or "",
    )
    return url_for("activities.show_activity", activity_id=activity_id, _anchor="photos")


def show_photos(form: PhotoForm, activity: Activity, status: int) -> Any:
    """Show the form of photos."""
    return fragments.page(
        "activities/photos.html",
        status=status,
        heading=_("上传照片"),
        trail=page.trail(activity),
        form=form,
        action=request.path,
        submit_label=_("上传"),
        cancel_url=page.address(activity),
    )


@blueprint.post("/<int:activity_id>/photos/<int:photo_id>/remove")
@requires(ActivityPerm.TAKE_PART)
def remove_photo(activity_id: int, photo_id: int) -> Any:
    with unit_of_work():
        actions.remove_photo(found(activity_id), photo_id, actor=current_actor())
    flash(_("照片已移除"), "ok")
    return fragments.go(url_for("activities.show_activity", activity_id=activity_id, _anchor="photos"))


# Paper and calendar


@blueprint.get("/<int:activity_id>/settlement.pdf")
@requires(ActivityPerm.TAKE_PART)
def settlement_sheet(activity_id: int) -> Response:
    activity = found(activity_id)
    settlement = page.settlement_of(activity, queries.places_of(activity_id))
    if settlement is None:
        raise NotVisible
    name = _("团队活动结算单 %(number)s", number=activity.number)
    return send_paper(pdf.settlement_sheet(activity, settlement, company_name()), f"{name}.pdf")


@blueprint.get("/<int:activity_id>/calendar.ics")
@requires(ActivityPerm.TAKE_PART)
def calendar(activity_id: int) -> Response:
    activity = found(activity_id)
    if activity.starts_at is None or activity.ends_at is None:
        raise NotVisible
    entry = CalendarEvent(
        uid=f"activity-{activity.id}@{request.host}",
        sequence=activity.version,
        start=activity.starts_at,
        end=activity.ends_at,
        changed_at=activity.updated_at,
        summary=activity.title,
        place=activity.place,
        description=activity.purpose,
        address=url_for("activities.show_activity", activity_id=activity.id, _external=True),
        cancelled=activity.status == ActivityStatus.CANCELLED,
    )
    text = calendar_text(activity.title, [entry])
    response = Response(text, content_type="text/calendar; charset=utf-8")
    return as_download(response, f"{activity.number}.ics")


# The page and its steps


@blueprint.get("/<int:activity_id>")
@requires(ActivityPerm.TAKE_PART)
def show_activity(activity_id: int) -> Any:
    return show(found(activity_id))


def show(activity: Activity, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of an activity, with the refusal of an act where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(activity, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/<int:activity_id>/<name>", methods=["GET", "POST"])
@signed_in
def activity_step(activity_id: int, name: str) -> Any:
    """Do a step: by its form where it asks for something, else by its button."""
    return STEPS.answer(name, activity_id)


def step_form(activity: Activity, name: str) -> Any:
    """Return the form of a step, filled where nothing was posted yet."""
    form = STEP_FORMS[name](obj=activity if request.method != "POST" else None)
    if name == "approve":
        options = queries.options_of(activity.id)
        if options:
            form.option_id.choices = [
                (row.id, _("%(text)s（%(votes)s 票）", text=row.text, votes=row.votes)) for row in options
            ]
        else:
            del form.option_id
    elif name == "hold":
        places = queries.with_status(queries.places_of(activity.id), PlaceStatus.SEATED)
        form.absent.choices = [(place.user_id, place.user.name) for place in places]
    elif name == "hand_over":
        form.user_id.choices = active_people(exclude=activity.owner_id)
    elif name == "open_vote" and request.method != "POST":
        form.vote_until.data = activity.vote_until or clock.now() + page.VOTE_FOR
    return form


def show_step(activity: Activity, name: str, form: Any, status: int) -> Any:
    """Show the page of a step; what it is about stands above the fields."""
    return fragments.page(
        "activities/step.html",
        fragment="form",
        status=status,
        heading=f"{FLOW.step(name).label} {activity.title}",
        trail=page.trail(activity),
        form=form,
        told=page.told(activity),
        submit_label=FLOW.step(name).label,
        cancel_url=page.address(activity),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_activity,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.buttons,
    with_form=STEP_FORMS,
    form=step_form,
    show_form=show_step,
)

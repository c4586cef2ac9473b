"""The pages of weekly series."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import clock
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.training import drafting, page, queries, series
from app.features.training.enums import Attendance, SessionForm, TrainingPerm
from app.features.training.forms import EditSeriesForm, NewSeriesForm
from app.features.training.lists import SeriesList
from app.features.training.series import SeriesValues
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list

blueprint = Blueprint("training_series", __name__, url_prefix="/training/series")


@blueprint.get("")
@requires(TrainingPerm.MANAGE)
def index() -> Any:
    return show_list(
        SeriesList(request.args, request.path),
        _("固定培训"),
        trail=page.trail(),
        new_url=url_for("training_series.new"),
        new_label=_("开设固定培训"),
        empty_text=_("还没有固定培训"),
        empty_hint=_("如每周三 16:00，场次会自动排出，节假日跳过"),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(TrainingPerm.MANAGE)
def new() -> Any:
    """Begin a series."""
    actor, posted = current_actor(), request.method == "POST"
    form = NewSeriesForm()
    drafting.choose(form, actor)
    if not posted:
        form.chair_id.data, form.minutes.data, form.starts_on.data = actor.id, 60, clock.today()
        form.attendance.data, form.form.data = str(Attendance.REQUIRED), str(SessionForm.INSIDE)
        form.active.data = True
        return show_form(form, _("开设固定培训"), 200)
    if not form.validate():
        return show_form(form, _("开设固定培训"), 422)
    try:
        with unit_of_work():
            address = once(form, lambda: begun(form, actor))
    except (Conflict, Invalid) as problem:
        return show_form(form, _("开设固定培训"), form.refuse(problem))
    return fragments.go(address)


def begun(form: NewSeriesForm, actor: Actor) -> str:
    """Begin the series of a valid form and return where to go."""
    values = drafting.values_of(form, SeriesValues)
    series.keep_series(None, actor=actor, version=None, values=values)
    flash(_("固定培训已开设，往后的场次已经排出"), "ok")
    return url_for("training.index")


@blueprint.route("/<int:series_id>/edit", methods=["GET", "POST"])
@requires(TrainingPerm.MANAGE)
def edit(series_id: int) -> Any:
    """Change a series; the sessions it made stay as they are."""
    actor, posted = current_actor(), request.method == "POST"
    row = queries.get_series(series_id)
    form = EditSeriesForm()
    drafting.choose(form, actor, row)
    if not posted:
        drafting.fill(form, row)
        return show_form(form, _("修改固定培训"), 200)
    if not form.validate():
        return show_form(form, _("修改固定培训"), 422)
    try:
        with unit_of_work():
            series.keep_series(
                queries.get_series(series_id),
                actor=actor,
                version=form.version.data,
                values=drafting.values_of(form, SeriesValues),
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_series(series_id)
        return show_form(form, _("修改固定培训"), form.refuse(problem, version=row.version))
    flash(_("固定培训已修改，已经排出的场次不变"), "ok")
    return fragments.go(url_for("training_series.index"))


def show_form(form: Any, heading: str, status: int) -> Any:
    """Show the form of a series."""
    return fragments.page(
        "training/series_form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=[*page.trail(), (_("固定培训"), url_for("training_series.index"))],
        form=form,
        action=request.path,
        submit_label=_("保存"),
        cancel_url=url_for("training_series.index"),
    )

"""The pages of series of meetings, for those who arrange them."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.meetings import actions, queries
from app.features.meetings.actions import SeriesValues
from app.features.meetings.enums import MeetingPerm, Rhythm
from app.features.meetings.forms import EditSeriesForm, NewSeriesForm
from app.features.meetings.lists import SeriesList
from app.features.meetings.models import MeetingSeries
from app.features.meetings.views import blueprint, trail
from app.features.people.queries import active_people
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list


@blueprint.get("/series")
@requires(MeetingPerm.ARRANGE)
def series_list() -> Any:
    return show_list(
        SeriesList(request.args, request.path),
        _("例会"),
        trail=trail(),
        new_url=url_for("meetings.new_series"),
        new_label=_("设定例会"),
        empty_text=_("还没有例会"),
        empty_hint=_("设定一次，以后每周或每月自动安排"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


def values_of(form: Any, *, active: bool) -> SeriesValues:
    """Return what a valid form says."""
    return SeriesValues(
        form.name.data,
        form.rhythm.data or "",
        form.weekday.data,
        form.month_day.data,
        form.time.data,
        form.minutes.data,
        form.place.data,
        form.chair_id.data,
        form.people.data,
        active,
    )


def choose(form: Any) -> None:
    """Fill in the people one chooses among."""
    people = active_people()
    form.chair_id.choices, form.people.choices = people, people


@blueprint.route("/series/new", methods=["GET", "POST"])
@requires(MeetingPerm.ARRANGE)
def new_series() -> Any:
    """Begin a series."""
    actor, form = current_actor(), NewSeriesForm()
    choose(form)
    if request.method != "POST":
        form.rhythm.data, form.chair_id.data = Rhythm.WEEKLY, actor.id
        return show_form(form, _("设定例会"), 200)
    if not form.validate():
        return show_form(form, _("设定例会"), 422)
    try:
        with unit_of_work():
            found = once(form, lambda: begin(form, actor))
    except (Conflict, Invalid) as problem:
        return show_form(form, _("设定例会"), form.refuse(problem))
    return fragments.go(found)


def begin(form: NewSeriesForm, actor: Actor) -> str:
    """Begin the series of a valid form and return where to go then."""
    actions.put_series(None, actor=actor, version=None, values=values_of(form, active=True))
    flash(_("例会已设定，最近三周的会议已安排"), "ok")
    return url_for("meetings.index")


@blueprint.route("/series/<int:series_id>/edit", methods=["GET", "POST"])
@requires(MeetingPerm.ARRANGE)
def edit_series(series_id: int) -> Any:
    """Change a series, or end it."""
    actor, form = current_actor(), EditSeriesForm()
    series = queries.get_series(series_id)
    choose(form)
    if request.method != "POST":
        fill(form, series)
        return show_form(form, series.name, 200)
    if not form.validate():
        return show_form(form, series.name, 422)
    try:
        with unit_of_work():
            actions.put_series(
                queries.get_series(series_id),
                actor=actor,
                version=form.version.data,
                values=values_of(form, active=form.active.data),
            )
    except (Conflict, Invalid) as problem:
        series = queries.get_series(series_id)
        return show_form(form, series.name, form.refuse(problem, version=series.version))
    flash(_("例会已保存；已经安排的会议不变"), "ok")
    return fragments.go(url_for("meetings.series_list"))


def fill(form: EditSeriesForm, series: MeetingSeries) -> None:
    """Fill the form of a series with what is kept."""
    for name in (
        "version",
        "name",
        "rhythm",
        "weekday",
        "month_day",
        "time",
        "minutes",
        "place",
        "chair_id",
        "active",
    ):
        form[name].data = getattr(series, name)
    form.people.data = [person.id for person in series.people]


def show_form(form: Any, heading: str, status: int) -> Any:
    """Show the form of a series."""
    return fragments.page(
        "meetings/series_form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=[*trail(), (_("例会"), url_for("meetings.series_list"))],
        form=form,
        cancel_url=url_for("meetings.series_list"),
    )

"""Asking for a car: once or in series, sharing a ride instead, and a trip entered afterwards."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.bookings import actions, filling, page, sharing
from app.features.bookings.enums import BookingPerm, BookingStatus
from app.features.bookings.forms import BookingForm, DrivenForm
from app.features.bookings.models import Booking
from app.features.bookings.views import blueprint
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires

Document = tuple[str | None, int | None]


@blueprint.route("/new", methods=["GET", "POST"])
@requires(BookingPerm.REQUEST)
def new() -> Any:
    actor, posted = current_actor(), request.method == "POST"
    document = filling.asked_document(actor, request.args)
    form = BookingForm()
    form.vehicle_id.choices = filling.car_choices()
    if not posted:
        filling.fill(form, actor, request.args)
        return show_new(form, actor, 200)
    filling.name_days(form)
    if "find" in request.form:
        return show_new(form, actor, 200)
    if not filling.is_valid(form):
        return show_new(form, actor, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: ask(form, actor, document))
    except (Conflict, Invalid) as problem:
        status = form.refuse(problem)
        if isinstance(problem, Invalid) and "days" in problem.fields:
            filling.offer_days(form, actor, filling.values(form, document))
        return show_new(form, actor, status)
    return fragments.go(address)


def ask(form: BookingForm, actor: Actor, document: Document) -> str:
    """Make the booking of a valid form, or all of a series, and return the address to go to."""
    values = filling.values(form, document)
    if not form.weekdays.data:
        made = actions.request(actor=actor, values=values)
        flash(said_of(made), "ok")
        return url_for("bookings.show_booking", booking_id=made.id)
    if form.until.data is None:
        raise Invalid(fields={"until": _("请填写重复到哪一天")})
    series = actions.request_series(
        actor=actor,
        values=values,
        weekdays=form.weekdays.data,
        until=form.until.data,
        days=filling.chosen_days(form),
    )
    flash(_("已约 %(count)s 次用车", count=len(series)), "ok")
    return url_for("bookings.index", series=series[0].series_id)


def said_of(booking: Booking) -> str:
    """Return what a person is told who asked for a car."""
    if booking.status == BookingStatus.DISPATCHED:
        plate = booking.vehicle.plate if booking.vehicle is not None else ""
        return _("%(car)s 已派给您，派车单 %(slip)s", car=plate, slip=booking.slip_number)
    return _("用车申请 %(number)s 已提交", number=booking.number)


def show_new(form: BookingForm, actor: Actor, status: int) -> Any:
    """Show the form, and whose car goes the same way."""
    return fragments.page(
        "bookings/form.html",
        fragment="form",
        status=status,
        heading=_("约车"),
        trail=page.trail(),
        form=form,
        offers=offers_for(form, actor),
        unfolded=filling.is_unfolded(form, "destination", "ends_at", "vehicle_id", "starts_at", "days"),
        action=request.full_path.rstrip("?"),
        submit_label=_("约车"),
        cancel_url=url_for("bookings.index"),
        retro_url=url_for("bookings.new_retro"),
    )


def offers_for(form: BookingForm, actor: Actor) -> list[dict[str, Any]]:
    """Return the rides that could be shared instead, as the page shows them."""
    found = sharing.offers(actor, form.destination.data or "", form.starts_at.data)
    return [page.offer(offer) for offer in found]


@blueprint.get("/shared")
@requires(BookingPerm.REQUEST)
def shared() -> Any:
    """Say whose car goes the same way, while one fills the form."""
    form = BookingForm(request.args)
    return fragments.page(
        "bookings/shared.html",
        fragment="shared",
        heading=_("顺路的车"),
        trail=page.trail(),
        offers=offers_for(form, current_actor()),
    )


@blueprint.route("/retro", methods=["GET", "POST"])
@requires(BookingPerm.REQUEST)
def new_retro() -> Any:
    actor, posted = current_actor(), request.method == "POST"
    form = DrivenForm()
    form.vehicle_id.choices = filling.car_choices()
    form.driver_id.choices = filling.driver_choices(actor.id)
    form.allowed_by_id.choices = [row for row in filling.people_choices() if row[0] != actor.id]
    if not posted:
        form.driver_id.data = actor.id
        return show_retro(form, 200)
    if not filling.is_valid(form):
        return show_retro(form, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: ask_retro(form, actor))
    except (Conflict, Invalid) as problem:
        return show_retro(form, form.refuse(problem))
    return fragments.go(address)


def ask_retro(form: DrivenForm, actor: Actor) -> str:
    """Make the booking of a trip that was driven and return its address."""
    made = actions.request_retro(actor=actor, values=filling.driven_values(form))
    flash(_("补办申请 %(number)s 已提交，部门同意后由车辆管理员登记", number=made.number), "ok")
    return url_for("bookings.show_booking", booking_id=made.id)


def show_retro(form: DrivenForm, status: int) -> Any:
    """Show the form of a trip that was driven."""
    return fragments.page(
        "bookings/retro.html",
        fragment="form",
        status=status,
        heading=_("补办用车"),
        trail=page.trail(),
        facts=(_("紧急用车事后补办，会标记并计入月报"),),
        form=form,
        submit_label=_("提交补办"),
        cancel_url=url_for("bookings.index"),
    )

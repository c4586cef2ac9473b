"""The pages of bookings: list, page, steps, seats. Asking for a car is in ``ask_views``."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.bookings import actions, filling, page, queries
from app.features.bookings.enums import BookingPerm
from app.features.bookings.flow import FLOW
from app.features.bookings.forms import STEP_FORMS, ChangeForm, DispatchForm, ProlongForm, ReadingForm
from app.features.bookings.lists import BookingList
from app.features.bookings.models import Booking
from app.features.vehicles.enums import VehiclePerm
from app.web import documents, fragments
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

blueprint = Blueprint("bookings", __name__, url_prefix="/bookings")

TEMPLATE = "bookings/show.html"


@blueprint.get("/all")
@requires(BookingPerm.REQUEST)
def index() -> Any:
    actor = current_actor()
    return show_list(
        BookingList(actor, request.args, request.path),
        _("全部用车"),
        template="bookings/list.html",
        new_url=url_for("bookings.new"),
        new_label=_("约车"),
        retro_url=url_for("bookings.new_retro"),
        empty_text=_("还没有人约过车"),
        empty_hint=_("填写目的地和结束时间就能约；自助的车马上派给您"),
        sign_labels=(_("制表人"), _("车辆管理员")),
    )


@blueprint.get("/<int:booking_id>")
@signed_in
def show_booking(booking_id: int) -> Any:
    return show(queries.get(current_actor(), booking_id))


def show(booking: Booking, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a booking, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(booking, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/<int:booking_id>/<name>", methods=["GET", "POST"])
@signed_in
def booking_step(booking_id: int, name: str) -> Any:
    return STEPS.answer(name, booking_id)


def step_form(booking: Booking, name: str) -> Any:
    """Return the form of a step, filled with what is known where nothing was posted yet."""
    form = STEP_FORMS[name]()
    if isinstance(form, DispatchForm | ChangeForm):
        form.vehicle_id.choices = filling.dispatch_choices(booking)
        wanted = booking.owner_id if booking.self_drive else booking.driver_id
        form.driver_id.choices = filling.driver_choices(wanted)
    if request.method != "POST":
        filling.fill_step(form, booking)
    return form


def step_data(form: Any) -> dict[str, Any]:
    """Return what a step is given; uploads are checked here, before any lock."""
    data = documents.typed_fields(form, "photos", "receipts")
    for name in ("photos", "receipts"):
        if name in form:
            data[name] = documents.checked_uploads(form[name].data or ())
    return data


def show_step(booking: Booking, name: str, form: Any, status: int) -> Any:
    """Show the page of a step with its form; what it is about stands above the fields."""
    gives = isinstance(form, DispatchForm | ChangeForm)
    opens = status == Conflict.status and gives and can(current_actor(), VehiclePerm.VIEW)
    return fragments.page(
        "bookings/step.html" if gives or isinstance(form, ProlongForm) else "bookings/trip.html",
        fragment="form",
        status=status,
        heading=f"{FLOW.step(name).label} {booking.number}",
        trail=page.trail_to(booking),
        facts=page.head_facts(booking),
        form=form,
        problems=filling.records_to_mend(form, booking) if opens else (),
        unfolded=filling.is_unfolded(form, "kilometres", "accept_kilometres", "condition_good"),
        asked=page.asked_facts(booking),
        costs=page.cost_facts(booking),
        last_reading=page.last_reading(booking) if isinstance(form, ReadingForm) else "",
        submit_label=FLOW.step(name).label,
        cancel_url=url_for("bookings.show_booking", booking_id=booking.id),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get,
    fire=actions.fire,
    address=lambda booking: url_for("bookings.show_booking", booking_id=booking.id),
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
    with_form=STEP_FORMS,
    form=step_form,
    prepare=step_data,
    show_form=show_step,
)


# Seats


@blueprint.post("/<int:booking_id>/seats")
@requires(BookingPerm.REQUEST)
def ask_seat(booking_id: int) -> Any:
    actor = current_actor()
    try:
        with unit_of_work():
            actions.ask_seat(queries.get(actor, booking_id), actor=actor)
    except Conflict as problem:
        return show(queries.get(actor, booking_id), documents.refusal(problem))
    flash(_("已申请搭车，等对方答复"), "ok")
    return fragments.go(url_for("bookings.show_booking", booking_id=booking_id))


@blueprint.post("/<int:booking_id>/seats/<int:seat_id>")
@signed_in
def answer_seat(booking_id: int, seat_id: int) -> Any:
    actor, typed = current_actor(), documents.typed_step()
    agree = request.form.get("answer") == "agree"
    try:
        with unit_of_work():
            booking = queries.get(actor, booking_id)
            seat = queries.seat_of(booking.id, seat_id)
            actions.answer_seat(booking, seat, actor=actor, version=typed.version, agree=agree)
    except Conflict as problem:
        return show(queries.get(actor, booking_id), documents.refusal(problem))
    flash(_("已同意搭车") if agree else _("已答复不能搭车"), "ok")
    return fragments.go(url_for("bookings.show_booking", booking_id=booking_id))

"""The dispatch slip, the sticker on the dashboard, and where their codes lead."""

from flask import Blueprint, Response, request, url_for

from app.core import clock, documents, settings
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.assets import labels
from app.features.bookings import car_code, queries, slips
from app.features.bookings.car_code import Present
from app.features.bookings.day_line import next_quarter
from app.features.bookings.day_line_drawing import form_address, local_text
from app.features.bookings.enums import BOOKING, BookingPerm, BookingStatus, SeatStatus
from app.features.vehicles.enums import VehicleStatus
from app.web import filters, fragments
from app.web.guard import current_actor, requires, signed_in
from app.web.papers import company_name, send_paper

blueprint = Blueprint("booking_papers", __name__, url_prefix="/bookings")


def site_address() -> str:
    """Return the address that a code on paper begins with: as on labels of equipment, else that of this request."""
    known = (str(settings.get(key) or "") for key in (labels.ADDRESS, labels.PUBLIC_ADDRESS))
    return next(filter(None, known), request.url_root).rstrip("/")


@blueprint.get("/<int:booking_id>/slip.pdf")
@signed_in
def slip(booking_id: int) -> Response:
    booking = queries.get(current_actor(), booking_id)
    if booking.slip_number is None or booking.vehicle is None or booking.driver is None:
        raise NotVisible
    riders = [seat.user.name for seat in booking.seats if seat.status == SeatStatus.AGREED]
    address = site_address() + url_for("booking_papers.trip", booking_id=booking.id)
    name = _("派车单 %(number)s", number=booking.slip_number)
    return send_paper(slips.slip(booking, riders, company_name(), address), f"{name}.pdf")


@blueprint.get("/<int:booking_id>/trip")
@signed_in
def trip(booking_id: int) -> Response:
    """Lead from the code of a slip to the form of going out or coming back, else to the booking."""
    actor = current_actor()
    booking = queries.get(actor, booking_id)
    return fragments.go(way_of(booking.id, car_code.step_of(booking, actor)))


@blueprint.get("/car/<code>")
@signed_in
def car(code: str) -> Response:
    """Lead from the code on a dashboard to what the reader came for, or say whose turn it is."""
    actor = current_actor()
    found = car_code.present(car_code.car_of(code), actor)
    if found.booking is not None and found.step:
        return fragments.go(way_of(found.booking.id, found.step))
    if found.booking is None and found.vehicle.status == VehicleStatus.AVAILABLE:
        until = local_text(found.free_until) if found.free_until is not None else ""
        return fragments.go(form_address(found.vehicle.id, local_text(next_quarter(clock.now())), until))
    return fragments.page(
        "bookings/car.html",
        heading=found.vehicle.plate,
        trail=[(_("用车"), url_for("day_line.index"))],
        sentence=sentence(found),
        booking_url=readable_url(found, actor),
        line_url=url_for("day_line.index", car=found.vehicle.id),
    )


def way_of(booking_id: int, step: str) -> str:
    """Return the address of a step's form, of the booking where there is none to do."""
    if step:
        return url_for("bookings.booking_step", booking_id=booking_id, name=step)
    return url_for("bookings.show_booking", booking_id=booking_id)


def sentence(found: Present) -> str:
    """Return what a car is at, for who cannot drive it now."""
    booking = found.booking
    if booking is None:
        return _("%(plate)s 在维修或已停用，请换一辆车", plate=found.vehicle.plate)
    who = booking.driver.name if booking.driver is not None else booking.owner.name
    if booking.status == BookingStatus.OUT:
        return _(
            "%(plate)s 由%(who)s开着，应于 %(time)s 还回",
            plate=found.vehicle.plate,
            who=who,
            time=filters.moment_text(booking.ends_at),
        )
    return _(
        "%(plate)s 已派给%(who)s，%(time)s 出车",
        plate=found.vehicle.plate,
        who=who,
        time=filters.moment_text(booking.starts_at),
    )


def readable_url(found: Present, actor: Actor) -> str:
    """Return the address of the booking a car is given for; empty for who may not read it."""
    if found.booking is None or not documents.is_visible(actor, BOOKING, found.booking.id):
        return ""
    return way_of(found.booking.id, "")


@blueprint.get("/car/<code>/sticker.pdf")
@requires(BookingPerm.DISPATCH)
def sticker(code: str) -> Response:
    vehicle = car_code.car_of(code)
    address = site_address() + url_for("booking_papers.car", code=code)
    name = _("行车码 %(plate)s", plate=vehicle.plate)
    return send_paper(slips.sticker(vehicle, company_name(), address), f"{name}.pdf")

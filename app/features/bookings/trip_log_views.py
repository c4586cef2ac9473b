"""The log of trips and what is counted of them: pages, files, paper."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.features.bookings import trip_log_paper
from app.features.bookings.enums import BookingPerm
from app.features.bookings.trip_log import TripLog, TripReport, month_bounds
from app.features.vehicles import fuel
from app.features.vehicles import queries as vehicle_queries
from app.features.vehicles.fuel import Consumption
from app.web.guard import current_actor, requires
from app.web.lists import show_list
from app.web.papers import company_name, send_paper

blueprint = Blueprint("trip_log", __name__, url_prefix="/bookings")


@blueprint.get("/log")
@requires(BookingPerm.REQUEST)
def index() -> Any:
    """Show the trips that were driven, of a car and month where the address names them."""
    listing = TripLog(current_actor(), request.args, request.path)
    car, month = listing.chosen("car"), listing.chosen("month")
    paper = url_for("trip_log.paper", car=car, month=month) if car and month else ""
    return show_list(
        listing,
        _("行车记录"),
        template="bookings/log.html",
        trail=trail(),
        list_facts=[] if not car else [fuel_text(burnt(int(car), month))],
        paper_url=paper,
        report_url=url_for("trip_log.report"),
        empty_text=_("还没有行车记录"),
        empty_hint=_("还车以后，这里按车、按月列出每一次用车"),
        sign_labels=(_("车辆管理员"), _("部门负责人")),
    )


@blueprint.get("/log.pdf")
@requires(BookingPerm.REQUEST)
def paper() -> Response:
    """Print the log of the car and month the address names."""
    actor = current_actor()
    listing = TripLog(actor, {**request.args, "sort": "out_at"}, request.path)
    car, month = listing.chosen("car"), listing.chosen("month")
    if not car or not month:
        raise NotVisible
    vehicle = vehicle_queries.get(actor, int(car))
    content = trip_log_paper.paper(
        vehicle, month, list(listing.all_rows()), burnt(vehicle.id, month), company_name()
    )
    return send_paper(content, f"{_('行车记录')} {vehicle.plate} {month}.pdf")


@blueprint.get("/report")
@requires(BookingPerm.REQUEST)
def report() -> Any:
    """Show what is counted of a month's trips, with names for who may read them."""
    return show_list(
        TripReport(current_actor(), request.args, request.path),
        _("用车月报"),
        trail=trail(),
        empty_text=_("这个月还没有用车"),
        sign_labels=(_("制表人"), _("公司主管领导")),
    )


def trail() -> list[tuple[str, str]]:
    """Return the trail of the pages below 用车."""
    return [(_("用车"), url_for("day_line.index"))]


def burnt(vehicle_id: int, month: str) -> Consumption | None:
    """Return what a car burnt between full tanks, in the stretches that ended in a month, in all without one."""
    bounds = month_bounds(month) if month else (None, None)
    return fuel.total(fuel.consumption_of(vehicle_id, *bounds))


def fuel_text(found: Consumption | None) -> str:
    """Return the fuel for 100 kilometres in words."""
    return _("百公里油耗：%(said)s", said=fuel.in_words(found))

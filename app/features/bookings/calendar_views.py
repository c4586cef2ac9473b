"""Subscribing to calendars: the page where one makes and revokes addresses, and the calendars themselves."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core.calendar_file import CALENDAR_TYPE
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.uow import unit_of_work
from app.features.bookings import calendar_feed
from app.features.bookings.calendar_enums import SCOPE_LABELS, CalendarScope
from app.features.bookings.enums import BookingPerm
from app.web import fragments
from app.web.guard import current_actor, public, signed_in

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/bookings/calendars")
@signed_in
def index() -> Response:
    return show(current_actor())


@blueprint.post("/bookings/calendars/<scope>/make")
@signed_in
def make(scope: str) -> Response:
    """Make an address and show it, this once."""
    actor, wanted = current_actor(), scope_of(scope)
    with unit_of_work():
        secret = calendar_feed.make_address(actor=actor, scope=wanted)
    address = url_for("calendars.calendar", secret=secret, _external=True)
    return show(actor, made=wanted, address=address)


@blueprint.post("/bookings/calendars/<scope>/revoke")
@signed_in
def revoke(scope: str) -> Response:
    with unit_of_work():
        calendar_feed.revoke_address(actor=current_actor(), scope=scope_of(scope))
    flash(_("订阅地址已撤销，用它的日历不再更新"), "ok")
    return fragments.go(url_for("calendars.index"))


@blueprint.get("/calendar/<secret>.ics")
@public
def calendar(secret: str) -> Response:
    """Serve a calendar to whatever program knows its address; 304 where it has this one already."""
    found = calendar_feed.read_calendar(secret, request.url_root.rstrip("/"))
    response = Response(found.text, content_type=CALENDAR_TYPE)
    response.set_etag(found.tag)
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    response.headers["X-Robots-Tag"] = "noindex"
    response.make_conditional(request)
    return response


def scope_of(text: str) -> CalendarScope:
    """Return the calendar an address names; raises NotVisible."""
    try:
        return CalendarScope(text)
    except ValueError:
        raise NotVisible from None


def show(actor: Actor, made: CalendarScope | None = None, address: str = "") -> Response:
    """Show an actor's calendars; the address of one that was made just now stands beside it."""
    known = calendar_feed.addresses_of(actor)
    offered = [
        scope for scope in CalendarScope if scope == CalendarScope.OWN or can(actor, BookingPerm.DISPATCH)
    ]
    return fragments.page(
        "bookings/calendars.html",
        heading=_("日历订阅"),
        trail=[(_("用车"), url_for("day_line.index"))] if can(actor, BookingPerm.REQUEST) else [],
        calendars=[calendar_row(scope, known, made, address) for scope in offered],
    )


def calendar_row(
    scope: CalendarScope, known: dict[str, Any], made: CalendarScope | None, address: str
) -> dict[str, Any]:
    """Return a calendar as the page shows it."""
    row = known.get(scope)
    return {
        "scope": scope.value,
        "label": SCOPE_LABELS[scope],
        "made_at": row.created_at if row is not None else None,
        "read_at": row.reads_since if row is not None else None,
        "address": address if scope == made else "",
    }

"""The page 用车: the day line of all cars, below it one's own trips and what waits."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core import clock, documents, tasks
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import can
from app.features.bookings import actions, day_line, own_trips
from app.features.bookings import day_line_drawing as drawing
from app.features.bookings.day_line import Kind, Span, Window
from app.features.bookings.enums import BOOKING, BookingPerm, BookingStatus
from app.features.vehicles.enums import VEHICLE, VehiclePerm
from app.web import filters, fragments
from app.web.guard import current_actor, requires

blueprint = Blueprint("day_line", __name__, url_prefix="/bookings")

SPANS = ((Span.DAY, lazy("一天")), (Span.FORTNIGHT, lazy("两周")))
BLOCKED_LABELS = {"workshop": lazy("维修中"), "grounded": lazy("故障停用")}


@blueprint.get("")
@requires(BookingPerm.REQUEST)
def index() -> Response:
    """Show the cars of the days the address names; without any today's."""
    actor, now = current_actor(), clock.now()
    window, found = day_line.lines(actor, day_line.read_window(request.args), latest(now))
    return fragments.page(
        "bookings/day_line.html",
        heading=_("用车"),
        facts=[days_text(window)],
        caption=caption(window),
        window=window,
        begin=drawing.local_text(window.begin),
        spans=SPANS,
        car_url=documents.document_type(VEHICLE).url if can(actor, VehiclePerm.VIEW) else None,
        cars=[(car.id, car.plate) for car in day_line.cars()],
        lines=[(car, drawing.line(car, window, now)) for car in found],
        head=drawing.head(window),
        definitions=drawing.definitions(window),
        legend=legend(),
        blocked=BLOCKED_LABELS,
        previous=address(window, window.moved(-1)),
        today=address(window, clock.today()),
        next=address(window, window.moved(1)),
        new_url=url_for("bookings.new"),
        ways=ways(),
        mine_url=url_for("bookings.index"),
        trips=[trip(row, now) for row in own_trips.coming(actor)],
        waiting=[task(row, now) for row in own_trips.waiting(actor)],
    )


def latest(now: datetime) -> datetime:
    """Return the moment up to which cars can be booked."""
    return now + timedelta(days=actions.horizon())


def address(window: Window, day: date) -> str:
    """Return the address of the same view of another day."""
    chosen: dict[str, Any] = {"span": window.span.value} if window.span != Span.DAY else {}
    if window.vehicle_id is not None:
        chosen["car"] = window.vehicle_id
    return url_for("day_line.index", day=day.isoformat(), **chosen)


def caption(window: Window) -> str:
    """Return what the table shows, for who hears it."""
    return _("%(days)s 的用车安排", days=days_text(window))


def days_text(window: Window) -> str:
    """Return which days are shown."""
    if window.span == Span.DAY:
        return filters.weekday_text(window.first)
    last = window.first + timedelta(days=window.days - 1)
    return f"{filters.date_text(window.first)} – {filters.date_text(last)}"


def legend() -> str:
    """Return what the looks of bars mean, and how a free time is chosen."""
    return _(
        "斜线：已申请；深色：已派车或已出车；红色：超时未还；浅色：已还车。点空白处约车，按住拖动可选时段。"
    )


def ways() -> list[tuple[Any, str]]:
    """Return the other pages around bookings."""
    return [
        (_("全部用车"), url_for("bookings.index")),
        (_("行车记录"), url_for("trip_log.index")),
        (_("日历订阅"), url_for("calendars.index")),
    ]


def trip(row: Any, now: datetime) -> dict[str, Any]:
    """Return one of one's own trips as a row of the page."""
    state = documents.state_of(BOOKING, None, row.status)
    late = row.status == BookingStatus.OUT and row.ends_at < now
    return {
        "title": f"{when(row.starts_at, row.ends_at)} {row.destination}",
        "url": documents.document_type(BOOKING).url(row.id),
        "sub": " · ".join(filter(None, (row.plate, row.driver))),
        "state": drawing.KIND_LABELS[Kind.OVERDUE] if late else state.label,
        "tone": "bad" if late else state.tone,
        "late": late,
    }


def task(row: Any, now: datetime) -> dict[str, Any]:
    """Return what waits for the reader as a row of the page."""
    return {
        "title": f"{tasks.kind_label(row.kind)} · {row.number}",
        "url": tasks.address_of(row.kind, documents.document_type(BOOKING).url(row.doc_id)),
        "sub": f"{row.person} · {filters.moment_text(row.starts_at)} · {row.destination}",
        "due_at": row.due_at,
        "late": row.due_at is not None and row.due_at < now,
    }


def when(begin: datetime, end: datetime) -> str:
    """Return from when to when a trip goes; the day of its end only where it is another."""
    first, last = clock.to_local(begin), clock.to_local(end)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{filters.date_text(end)} {last:%H:%M}"
    return f"{filters.date_text(begin)} {first:%H:%M}–{until}"

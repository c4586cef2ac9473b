"""What the page of a booking shows, made ready so that the template decides nothing."""

from typing import Any

from flask import url_for

from app.core import clock
from app.core import documents as core_documents
from app.core.files import files_for
from app.core.i18n import gettext as _
from app.core.money import format_amount
from app.core.permissions import Actor
from app.core.timeline import events_for
from app.features.bookings import actions, availability, costs, guards
from app.features.bookings.enums import BOOKING, FUEL_LABELS, SEAT_LABELS, SEAT_TONES, FuelLevel, SeatStatus
from app.features.bookings.flow import FLOW
from app.features.bookings.models import Booking
from app.features.bookings.sharing import Offer
from app.features.vehicles.enums import COST_LABELS, CostKind
from app.web import document_panels, documents, filters


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("用车"), url_for("bookings.index"))]


def trail_to(booking: Booking) -> list[tuple[str, str]]:
    """Return the trail of the pages below a booking."""
    return [*trail(), (str(booking.number), url_for("bookings.show_booking", booking_id=booking.id))]


def span(booking: Booking) -> str:
    """Return from when to when, as pages write it."""
    return availability.told_span(booking.starts_at, booking.ends_at)


def head_facts(booking: Booking) -> list[str]:
    """Return what a booking is about, in a line."""
    plate = booking.vehicle.plate if booking.vehicle is not None else _("待安排车辆")
    return [span(booking), booking.destination, plate]


def asked_facts(booking: Booking) -> list[tuple[Any, ...]]:
    """Return what was asked for."""
    facts: list[tuple[Any, ...]] = [
        (_("目的地"), booking.destination),
        (_("时间"), span(booking)),
        (_("申请人"), f"{booking.owner.name} · {booking.department.name}"),
        (_("车辆"), _("%(plate)s %(name)s", plate=booking.vehicle.plate, name=booking.vehicle.name))
        if booking.vehicle is not None
        else (_("车辆"), _("由车辆管理员安排")),
        (_("驾驶员"), booking.driver.name if booking.driver is not None else driving(booking)),
        (_("乘车人数"), booking.passengers),
        (_("事由"), booking.purpose, True),
    ]
    if booking.private:
        facts.append((_("性质"), _("私人用车")))
    if booking.estimated_kilometres:
        facts.append((_("预计公里数"), booking.estimated_kilometres))
    if booking.slip_number:
        facts.append((_("派车单"), booking.slip_number))
    if booking.retro and booking.allowed_by is not None:
        facts += [
            (_("补办原因"), booking.retro_reason, True),
            (_("口头同意"), booking.allowed_by.name),
        ]
    return facts


def driving(booking: Booking) -> str:
    """Return who is to drive while nobody was named yet."""
    return _("%(name)s（自己开）", name=booking.owner.name) if booking.self_drive else _("待安排驾驶员")


def trip_facts(booking: Booking) -> list[tuple[Any, ...]]:
    """Return how the trip went."""
    if booking.odometer_out is None:
        return []
    facts: list[tuple[Any, ...]] = [(_("出车里程"), kilometres(booking.odometer_out))]
    if booking.out_at is not None:
        facts.insert(0, (_("出车时间"), filters.moment_text(booking.out_at)))
    if booking.gap:
        facts.append((_("未登记里程"), kilometres(booking.gap)))
    if booking.fuel_out:
        facts.append((_("出车油量"), FUEL_LABELS[FuelLevel(booking.fuel_out)]))
    if booking.returned_at is not None:
        facts.append((_("还车时间"), filters.moment_text(booking.returned_at)))
    if booking.odometer_in is not None:
        facts += [
            (_("还车里程"), kilometres(booking.odometer_in)),
            (_("本次行驶"), kilometres(booking.distance or 0)),
        ]
    if booking.fuel_in:
        facts.append((_("还车油量"), FUEL_LABELS[FuelLevel(booking.fuel_in)]))
    if booking.condition_good is not None:
        facts.append((_("车况"), _("正常") if booking.condition_good else _("有情况，已报故障")))
    if booking.remark:
        facts.append((_("说明"), booking.remark, True))
    return facts


def kilometres(number: int) -> str:
    """Return kilometres as pages write them."""
    return _("%(number)s 公里", number=f"{number:,}")


def cost_facts(booking: Booking) -> list[tuple[Any, ...]]:
    """Return what was paid."""
    return [
        (
            COST_LABELS[CostKind(row.kind)],
            _(
                "%(amount)s 元，%(litres)s 升",
                amount=format_amount(row.amount),
                litres=f"{row.litres.normalize():f}",
            )
            if row.litres
            else _("%(amount)s 元", amount=format_amount(row.amount)),
        )
        for row in (costs.of_booking(booking.id) if booking.returned_at is not None else ())
    ]


def last_reading(booking: Booking) -> str:
    """Return what the odometer of the car said last, in kilometres; empty without a car."""
    if booking.odometer_out is not None:
        return f"{booking.odometer_out:,}"
    return f"{booking.vehicle.odometer:,}" if booking.vehicle is not None else ""


def seat_rows(booking: Booking, actor: Actor) -> list[dict[str, Any]]:
    """Return who asked for a seat, with what this reader may answer."""
    answers = actions.answers_seats(booking, actor)
    return [
        {
            "id": seat.id,
            "version": seat.version,
            "name": seat.user.name,
            "label": SEAT_LABELS[SeatStatus(seat.status)],
            "tone": SEAT_TONES[SeatStatus(seat.status)],
            "url": url_for("bookings.answer_seat", booking_id=booking.id, seat_id=seat.id)
            if answers and seat.status == SeatStatus.ASKED
            else "",
        }
        for seat in booking.seats
    ]


def offer(found: Offer) -> dict[str, Any]:
    """Return a ride that could be shared, as the form shows it."""
    booking = found.booking
    return {
        "text": _(
            "%(who)s %(when)s 去%(where)s，还有 %(free)s 座",
            who=booking.owner.name,
            when=clock.to_local(booking.starts_at).strftime("%m-%d %H:%M"),
            where=booking.destination,
            free=found.free,
        ),
        "plate": booking.vehicle.plate if booking.vehicle is not None else "",
        "url": url_for("bookings.ask_seat", booking_id=booking.id),
    }


def notes(booking: Booking) -> list[tuple[str, str, str]]:
    """Return what stands out: tone, title, sentence."""
    found = []
    if booking.overdue:
        found.append(
            ("bad", _("超时未还"), _("应于 %(until)s 还车，还车前这辆车不再派出", until=until(booking)))
        )
    if booking.conflict:
        found.append(("warn", _("与别人冲突"), told_conflict(booking)))
    if booking.retro:
        entered = booking.odometer_out is not None and booking.slip_number
        said = _("事后补办，已计入月报") if entered else _("事后补办，车辆管理员登记后计入月报")
        found.append(("warn", _("补办"), said))
    return found


def told_conflict(booking: Booking) -> str:
    """Return what whoever came too late can do: which cars are free then, to when one could move."""
    wanted = guards.chosen(booking, {}).wanted
    taken = availability.find_taken(wanted)
    if taken is None:
        return _("可以取消后另约，或等车辆管理员安排")
    return _("%(taken)s。可以取消后另约，或等车辆管理员安排", taken=taken.sentence())


def until(booking: Booking) -> str:
    """Return the planned end as people say it."""
    return clock.to_local(booking.ends_at).strftime("%m-%d %H:%M")


def context(booking: Booking, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a booking needs, for this reader."""
    state, events = FLOW.state(booking.status), events_for(BOOKING, booking.id)
    can_ride = actions.against_seat(booking, actor) is None
    return {
        "heading": booking.number,
        "trail": trail(),
        "state": _("超时未还") if booking.overdue else state.label,
        "tone": "bad" if booking.overdue else state.tone,
        "facts": head_facts(booking),
        "notes": notes(booking),
        "asked": asked_facts(booking),
        "trip": trip_facts(booking),
        "costs": cost_facts(booking),
        "seats": seat_rows(booking, actor),
        "free": actions.free_seats(booking) if booking.is_hard else 0,
        "seat_url": url_for("bookings.ask_seat", booking_id=booking.id) if can_ride else "",
        "document": linked(booking, actor),
        "slip_url": url_for("booking_papers.slip", booking_id=booking.id) if booking.slip_number else "",
        **steps_context(booking, actor),
        "stations": documents.stations(FLOW, booking.status, events),
        "events": documents.timeline_rows(events),
        "further": document_panels.beside(BOOKING, booking.id, actor),
        "files": documents.file_rows(files_for(BOOKING, booking.id), events=events),
        "remind_url": ""
        if state.tasks is None
        else url_for("home.reminder", doc_type=BOOKING, doc_id=booking.id),
    }


def linked(booking: Booking, actor: Actor) -> tuple[str, str] | None:
    """Return title and address of the document a trip is for; None where there is none for this reader."""
    if booking.doc_type is None or booking.doc_id is None:
        return None
    if not core_documents.is_visible(actor, booking.doc_type, booking.doc_id):
        return None
    kind = core_documents.document_type(booking.doc_type)
    return kind.titles([booking.doc_id]).get(booking.doc_id, ""), kind.url(booking.doc_id)


def steps_context(booking: Booking, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons alone need, to be renewed beside a refusal."""
    return {
        "steps": FLOW.open_steps(booking, actor),
        "action": url_for("bookings.show_booking", booking_id=booking.id),
        "version": booking.version,
    }

"""What the form of a booking begins with, and what was typed in it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, documents
from app.core.db import session
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.bookings import availability
from app.features.bookings.actions import (
    BookingValues,
    DrivenValues,
    days_of_series,
    horizon,
    impossible_days,
)
from app.features.bookings.forms import (
    SELF,
    WITH_DRIVER,
    BookingForm,
    ChangeForm,
    DispatchForm,
    DrivenForm,
)
from app.features.bookings.models import Booking
from app.features.people.models import User
from app.features.vehicles import roadworthiness
from app.features.vehicles.enums import BookingPolicy, VehicleStatus
from app.features.vehicles.models import DrivingLicence, Vehicle
from app.web import dates

HALF_HOUR = timedelta(minutes=30)
# For how long a car must be free to be the first that is offered.
USUAL_TRIP = timedelta(hours=2)


def next_half_hour() -> datetime:
    """Return the next full or half hour."""
    local = clock.to_local(clock.now())
    into = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    return clock.from_local((local - into + HALF_HOUR).replace(tzinfo=None))


def asked_moment(arguments: Mapping[str, str], name: str) -> datetime | None:
    """Return the moment an address names; None for none, and for what is none."""
    try:
        return dates.read_moment(arguments[name]) if arguments.get(name) else None
    except ValueError:
        return None


def fill(form: BookingForm, actor: Actor, arguments: Mapping[str, str]) -> None:
    """Fill a new form: car and start of the stretch that was tapped, else the next half hour and the first free car."""
    start = asked_moment(arguments, "from") or next_half_hour()
    end = asked_moment(arguments, "to")
    form.starts_at.data, form.ends_at.data = start, end
    asked = arguments.get("vehicle", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    free = availability.free_cars(start, end or start + USUAL_TRIP)
    if wanted is not None and str(wanted) in {value for value, _label in form.vehicle_id.choices}:
        form.vehicle_id.data = wanted
    elif free:
        first = next((car for car in free if car.policy == BookingPolicy.SELF_SERVICE), free[0])
        form.vehicle_id.data = first.id
    licensed = session.execute(select(DrivingLicence.id).where(DrivingLicence.user_id == actor.id)).first()
    form.self_drive.data = SELF if licensed is not None else WITH_DRIVER


def cars() -> Sequence[Vehicle]:
    """Return the cars in use, in the order in which they were entered."""
    statement = select(Vehicle).where(Vehicle.status != VehicleStatus.RETIRED).order_by(Vehicle.id)
    return session.execute(statement).unique().scalars().all()


def car_choices() -> list[tuple[int, str]]:
    """Return the cars to choose from: plate, name, seats, and whether one takes it or asks for it."""
    return [(car.id, car_text(car)) for car in cars()]


def car_text(car: Vehicle) -> str:
    """Return how a car is named in a choice."""
    policy = _("自助") if car.policy == BookingPolicy.SELF_SERVICE else _("须审批")
    return _(
        "%(plate)s %(name)s · %(seats)s 座 · %(policy)s",
        plate=car.plate,
        name=car.name,
        seats=car.seats,
        policy=policy,
    )


def dispatch_choices(booking: Booking) -> list[tuple[int, str]]:
    """Return the cars to dispatch, those that may go then first; the others say whether it is they or their time."""
    every, span = cars(), (booking.starts_at, booking.ends_at)
    free = {car.id for car in availability.free_cars(*span, but=booking.id)}
    against = roadworthiness.obstacles_of(every, None, *span)
    rows = sorted(every, key=lambda car: (car.id not in free, car.id))
    marks = {car.id: _("车况或证件不合格") if against[car.id] else _("这段时间已占用") for car in rows}
    return [
        (car.id, car_text(car) if car.id in free else f"{car_text(car)} · {marks[car.id]}") for car in rows
    ]


def records_to_mend(form: DispatchForm | ChangeForm, booking: Booking) -> list[dict[str, str]]:
    """Return the records that stand against the car and driver chosen in a form, as links of its summary."""
    vehicle = session.get(Vehicle, form.vehicle_id.data or 0)
    if vehicle is None:
        return []
    start = form.starts_at.data if "starts_at" in form else None
    end = form.ends_at.data if "ends_at" in form else None
    found = roadworthiness.obstacles(
        vehicle,
        form.driver_id.data,
        start or booking.starts_at,
        end or booking.ends_at,
        form.kilometres.data if "kilometres" in form else None,
    )
    return [{"text": _("打开记录：%(reason)s", reason=each.sentence), "href": each.url} for each in found]


def driver_choices(besides: int | None = None) -> list[tuple[int, str]]:
    """Return the people whose licence the company has seen, and one more who drives or wants to."""
    licensed = select(DrivingLicence.user_id)
    statement = (
        select(User.id, User.name, User.staff_number)
        .where(User.active, User.id.in_(licensed) | (User.id == (besides or 0)))
        .order_by(User.staff_number)
    )
    return [(row.id, f"{row.name} ({row.staff_number})") for row in session.execute(statement)]


def people_choices() -> list[tuple[int, str]]:
    """Return everybody who works here."""
    statement = select(User.id, User.name, User.staff_number).where(User.active).order_by(User.staff_number)
    return [(row.id, f"{row.name} ({row.staff_number})") for row in session.execute(statement)]


def asked_document(actor: Actor, arguments: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Return the document an address names; raises NotVisible for one the actor may not see."""
    doc_type, doc_id = arguments.get("document", ""), arguments.get("id", "")
    if not doc_type:
        return None, None
    number = int(doc_id) if doc_id.isascii() and doc_id.isdigit() and len(doc_id) < 10 else 0
    if not documents.is_visible(actor, doc_type, number):
        raise NotVisible
    return doc_type, number


def end_of(form: BookingForm | DrivenForm) -> datetime:
    """Return until when: a time alone is meant on the day of the start."""
    return dates.read_end(form.ends_at.typed, form.starts_at.data)


def values(form: BookingForm, document: tuple[str | None, int | None]) -> BookingValues:
    """Return what a valid form says."""
    return BookingValues(
        destination=form.destination.data,
        starts_at=form.starts_at.data,
        ends_at=end_of(form),
        purpose=form.purpose.data,
        passengers=form.passengers.data,
        vehicle_id=form.vehicle_id.data,
        self_drive=form.self_drive.data == SELF,
        private=bool(form.private.data),
        estimated_kilometres=form.estimated_kilometres.data,
        doc_type=document[0],
        doc_id=document[1],
    )


def driven_values(form: DrivenForm) -> DrivenValues:
    """Return what a valid form says of a trip that was driven."""
    plain: dict[str, Any] = {name: form[name].data for name in DrivenValues.__dataclass_fields__}
    return DrivenValues(**{**plain, "ends_at": end_of(form)})


def chosen_days(form: BookingForm) -> set[date] | None:
    """Return the days of a series that are ticked; None where they were not offered yet."""
    return {date.fromisoformat(day) for day in form.days.data} if form.days.data else None


def series_days(form: BookingForm) -> list[date]:
    """Return the days of the series a form asks for, as far as one may book; none where it asks for none."""
    if not form.weekdays.data or form.until.data is None or form.starts_at.data is None:
        return []
    until = min(form.until.data, clock.today() + timedelta(days=horizon()))
    return days_of_series(clock.to_local(form.starts_at.data).date(), form.weekdays.data, until)


def name_days(form: BookingForm) -> None:
    """Let the days of the posted series be chosen from, before the form is validated."""
    form.days.choices = [(day.isoformat(), day.isoformat()) for day in series_days(form)]


def offer_days(form: BookingForm, actor: Actor, asked: BookingValues) -> None:
    """Offer the days of a series for choosing, those that cannot be had without their tick and with why."""
    days = series_days(form)
    impossible = impossible_days(actor, asked, days)
    form.days.choices = [
        (day.isoformat(), f"{day.isoformat()} · {impossible[day]}" if day in impossible else day.isoformat())
        for day in days
    ]
    form.days.data = [day.isoformat() for day in days if day not in impossible]


def fill_step(form: Any, booking: Booking) -> None:
    """Fill the form of a step with what the booking says itself."""
    known = {
        "vehicle_id": booking.vehicle_id,
        "driver_id": booking.owner_id if booking.self_drive else booking.driver_id,
        "kilometres": booking.estimated_kilometres if "vehicle_id" in form else None,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at if "vehicle_id" in form else None,
    }
    if booking.dispatched_at is not None:
        known["driver_id"] = booking.driver_id
    elif booking.driver_id is None and not booking.self_drive and booking.vehicle is not None:
        known["driver_id"] = booking.vehicle.driver_id
    for name, value in known.items():
        if name in form and value is not None:
            form[name].data = value


def is_valid(form: BookingForm | DrivenForm) -> bool:
    """Validate a posted form; an end that is no moment on the day of the start is said at its field."""
    if not form.validate():
        return False
    try:
        end_of(form)
    except ValueError:
        form.ends_at.errors = [_("请填写时间，如 17:00 或 11-28 09:00")]
        return False
    return True


def is_unfolded(form: Any, *shown: str) -> bool:
    """Tell whether something is wrong with a field that is folded away; ``shown`` names those that are not."""
    return any(field.errors for field in form if field.name not in shown)

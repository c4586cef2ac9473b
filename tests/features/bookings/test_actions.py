"""What is refused of a booking, at which field; series, trips entered afterwards, seats, the clock."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.notices import Notice
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.bookings import actions, availability, queries
from app.features.bookings.enums import BOOKING, BookingStatus, SeatStatus
from app.features.bookings.flow import FLOW
from app.features.bookings.models import Booking, BookingSeat, BookingSeries
from app.features.people.models import User
from app.features.vehicles.enums import VehicleStatus
from tests import factories
from tests.features.bookings import desk as desks
from tests.features.bookings.desk import Desk
from tests.features.vehicles import desk as vehicles_desk

At = Callable[..., datetime]
HOUR = timedelta(hours=1)
THURSDAY = 3


@pytest.fixture
def desk(at: At) -> Desk:
    """A Thursday, eight in the morning."""
    at(2026, 11, 26, 8)
    return desks.build()


def count(model: type[Any]) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def told(person: User) -> int:
    statement = select(func.count()).select_from(Notice).where(Notice.user_id == person.id)
    return session.execute(statement).scalar_one()


# Asking


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"hours": 0}, "ends_at"),
        ({"hours": -1}, "ends_at"),
        ({"hours": 30 * 24 + 1}, "ends_at"),
        ({"starts_at": desks.local(2026, 11, 26, 7, 44)}, "starts_at"),
        ({"starts_at": desks.local(2030, 1, 1)}, "starts_at"),
        ({"destination": "  "}, "destination"),
        ({"doc_type": "customer", "doc_id": 4711}, "document"),
        ({"passengers": 0}, "passengers"),
        ({"passengers": 61}, "passengers"),
        ({"passengers": 6}, "passengers"),
        ({"passengers": 5, "self_drive": False}, "passengers"),
        ({"vehicle_id": 4711}, "vehicle_id"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(desk: Desk, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desks.ask(desk, **given)
    assert list(refused.value.fields) == [field]
    assert count(Booking) == 0


@pytest.mark.parametrize(
    "given",
    [
        {"hours": 30 * 24},
        {"starts_at": desks.local(2026, 11, 26, 7, 45)},
        {"passengers": 5},
        {"passengers": 4, "self_drive": False},
    ],
)
def test_what_is_just_within_is_booked(desk: Desk, given: dict[str, Any]) -> None:
    assert desks.ask(desk, **given).destination == "奉化"


def test_retired_car_is_not_to_be_had(desk: Desk) -> None:
    vehicles_desk.renew(desk.own, desk.dispatcher, status=VehicleStatus.RETIRED)
    with pytest.raises(Invalid) as refused:
        desks.ask(desk)
    assert str(refused.value.fields["vehicle_id"]) == "请选择一辆在用的车"


def test_one_without_a_department_is_told_so(desk: Desk) -> None:
    stray = factories.user("外来者", "x1", roles=[Role.SALESPERSON])
    vehicles_desk.licence(stray)
    with pytest.raises(Conflict) as refused:
        desks.ask(desk, stray)
    assert refused.value.code == "booking:no-department"
    assert count(Booking) == 0


# Series


def ask_series(
    desk: Desk, until: date, weekdays: tuple[int, ...] = (THURSDAY,), **given: Any
) -> list[Booking]:
    days = given.pop("days", None)
    with unit_of_work():
        return actions.request_series(
            actor=factories.actor(desk.applicant),
            values=desks.values(desk, **given),
            weekdays=weekdays,
            until=until,
            days=days,
        )


def test_series_is_asked_for_on_its_days_at_the_same_hour(desk: Desk) -> None:
    made = ask_series(desk, date(2026, 12, 10), (THURSDAY, 0))
    told_days = [clock.to_local(booking.starts_at).strftime("%m-%d %H:%M") for booking in made]
    assert told_days == ["11-26 09:00", "11-30 09:00", "12-03 09:00", "12-07 09:00", "12-10 09:00"]
    series = session.execute(select(BookingSeries)).scalar_one()
    assert {booking.series_id for booking in made} == {series.id}
    assert series.weekdays == [0, THURSDAY]
    assert all(booking.status == BookingStatus.DISPATCHED for booking in made)


def test_series_over_night_keeps_its_nights(desk: Desk) -> None:
    made = ask_series(desk, date(2026, 12, 3), hours=24)
    assert [clock.to_local(booking.ends_at).date() for booking in made] == [
        date(2026, 11, 27),
        date(2026, 12, 4),
    ]


@pytest.mark.parametrize(
    ("until", "weekdays", "given", "fields"),
    [
        (date(2026, 12, 3), (), {}, ["weekdays"]),
        (date(2026, 11, 25), (THURSDAY,), {}, ["until"]),
        (date(2029, 12, 3), (THURSDAY,), {}, ["until"]),
        (date(2026, 12, 3), (THURSDAY,), {"hours": 0}, ["ends_at"]),
        (date(2026, 11, 29), (0,), {}, ["weekdays"]),
        (date(2026, 12, 3), (THURSDAY,), {"days": [date(2026, 12, 4)]}, ["weekdays"]),
        (date(2026, 12, 3), (THURSDAY,), {"passengers": 6}, ["days"]),
        (date(2026, 11, 27), (THURSDAY, 4), {"hours": 25}, ["days"]),
    ],
)
def test_series_that_cannot_be_is_refused_whole(
    desk: Desk, until: date, weekdays: tuple[int, ...], given: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        ask_series(desk, until, weekdays, **given)
    assert list(refused.value.fields) == fields
    assert (count(Booking), count(BookingSeries)) == (0, 0)


def test_series_names_the_days_that_are_taken_and_is_had_without_them(desk: Desk) -> None:
    desks.ask(desk, desk.colleague, starts_at=desks.local(2026, 12, 3, 9))
    with pytest.raises(Invalid) as refused:
        ask_series(desk, date(2026, 12, 10))
    sentence = str(refused.value.fields["days"])
    assert "2026-12-03" in sentence
    assert "陈志远" in sentence
    assert "2026-12-10" not in sentence
    made = ask_series(desk, date(2026, 12, 10), days=[date(2026, 11, 26), date(2026, 12, 10)])
    assert len(made) == 2


def test_series_without_a_car_asks_only_for_time(desk: Desk) -> None:
    made = ask_series(desk, date(2026, 12, 3), vehicle_id=None)
    assert [booking.status for booking in made] == [BookingStatus.SUBMITTED] * 2


# Afterwards


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts_at": desks.local(2026, 11, 26, 9), "odometer_in": None}, "starts_at"),
        ({"destination": " "}, "destination"),
        ({"reason": " "}, "reason"),
        ({"allowed_by_id": 4711}, "allowed_by_id"),
        ({"driver_id": 4711}, "driver_id"),
        ({"vehicle_id": 4711}, "vehicle_id"),
        ({"odometer_in": None}, "odometer_in"),
        ({"odometer_in": 9_999}, "odometer_in"),
        ({"ends_at": desks.local(2026, 11, 26, 8, 1)}, "ends_at"),
        ({"ends_at": desks.local(2026, 11, 25, 8)}, "ends_at"),
        ({"passengers": 0}, "passengers"),
        ({"passengers": 61}, "passengers"),
    ],
)
def test_trip_that_cannot_have_been_is_refused_at_its_field(
    desk: Desk, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        desks.retro(desk, **given)
    assert list(refused.value.fields) == [field]
    assert count(Booking) == 0


def test_nobody_allows_oneself_a_trip(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desks.retro(desk, allowed_by_id=desk.applicant.id)
    assert str(refused.value.fields["allowed_by_id"]) == "口头同意的人不能是您自己"


def test_trip_still_going_on_is_entered_and_brought_back_by_its_driver(desk: Desk, at: At) -> None:
    began, planned = desks.local(2026, 11, 26, 7), desks.local(2026, 11, 26, 10)
    trip = desks.retro(desk, starts_at=began, ends_at=planned, odometer_in=None)
    desks.fire(trip, "agree", desk.head)
    trip = desks.fire(trip, "record", desk.dispatcher)
    assert (trip.status, trip.out_at, trip.returned_at) == (BookingStatus.OUT, began, None)
    at(2026, 11, 26, 9)
    trip = desks.fire(trip, "return", desk.applicant, kilometres=10_030, condition_good=True)
    assert (trip.status, trip.distance) == (BookingStatus.RETURNED, 30)


# Seats


def ask_seat(booking: Booking, person: User) -> BookingSeat:
    with unit_of_work():
        return actions.ask_seat(session.get_one(Booking, booking.id), actor=factories.actor(person))


def answer(
    booking: Booking, seat: BookingSeat, person: User, agree: bool, version: int | None = None
) -> None:
    with unit_of_work():
        row = session.get_one(Booking, booking.id)
        actions.answer_seat(
            row, queries.seat_of(row.id, seat.id), actor=factories.actor(person), version=version, agree=agree
        )


def test_a_seat_in_a_car_that_left_is_refused_with_the_reason_and_declined_all_the_same(desk: Desk) -> None:
    booking = desks.ask(desk)
    seat = ask_seat(booking, desk.colleague)
    desks.fire(booking, "out", desk.applicant, kilometres=10_000)
    with pytest.raises(Conflict) as refused:
        answer(booking, seat, desk.applicant, agree=True)
    assert refused.value.code == "booking:not-going"
    assert refused.value.sentence() == "这趟车现在是“已出车”，不能再同意搭车"
    answer(booking, seat, desk.applicant, agree=False)
    assert session.get_one(BookingSeat, seat.id).status == SeatStatus.DECLINED


def test_car_without_a_number_has_no_free_seats(desk: Desk) -> None:
    assert actions.free_seats(desks.ask(desk, vehicle_id=None)) == 0
    assert actions.free_seats(desks.ask(desk, passengers=2)) == 3


def test_nobody_asks_for_a_seat_in_their_own_car_or_one_that_is_not_to_go(desk: Desk, at: At) -> None:
    booking = desks.ask(desk)
    undecided = desks.ask(desk, vehicle_id=desk.ours.id)
    with pytest.raises(Conflict) as own:
        ask_seat(booking, desk.applicant)
    with pytest.raises(Conflict) as not_yet:
        ask_seat(undecided, desk.colleague)
    at(2026, 11, 26, 9)
    with pytest.raises(Conflict) as gone:
        ask_seat(booking, desk.colleague)
    codes = [refused.value.code for refused in (own, not_yet, gone)]
    assert codes == ["booking:own-car", "booking:no-seats-now", "booking:no-seats-now"]
    assert count(BookingSeat) == 0


def test_only_who_asked_for_the_car_answers_once_and_the_rider_is_told(desk: Desk) -> None:
    booking = desks.ask(desk)
    seat = ask_seat(booking, desk.colleague)
    with pytest.raises(Denied):
        answer(booking, seat, desk.colleague, agree=True)
    with pytest.raises(Stale):
        answer(booking, seat, desk.applicant, agree=True, version=seat.version + 1)
    before = told(desk.colleague)
    answer(booking, seat, desk.applicant, agree=False)
    session.refresh(seat)
    assert (seat.status, seat.answered_by_id) == (SeatStatus.DECLINED, desk.applicant.id)
    assert told(desk.colleague) == before + 1
    with pytest.raises(Conflict) as again:
        answer(booking, seat, desk.applicant, agree=True)
    assert again.value.code == "booking:answered-already"


def test_last_seat_is_given_to_one(desk: Desk) -> None:
    booking = desks.ask(desk, passengers=4)
    first, second = ask_seat(booking, desk.colleague), ask_seat(booking, desk.head)
    answer(booking, first, desk.applicant, agree=True)
    with pytest.raises(Conflict) as full:
        answer(booking, second, desk.applicant, agree=True)
    assert full.value.code == "booking:full"
    answer(booking, second, desk.applicant, agree=False)
    session.refresh(second)
    assert second.status == SeatStatus.DECLINED


# What the clock brings


def test_clock_leaves_a_booking_that_was_given_up_meanwhile(
    desk: Desk, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = desks.ask(desk)
    at(2026, 11, 26, 11)
    real = availability.lock_cars

    def given_up_first(vehicle_ids: list[int | None]) -> None:
        # As if the applicant had come between the look at the list and the lock.
        real(vehicle_ids)
        row = session.get_one(Booking, booking.id)
        FLOW.fire(row, "cancel", factories.actor(desk.applicant), version=None, note="车坏了")

    monkeypatch.setattr(availability, "lock_cars", given_up_first)
    actions.watch({})
    verbs = [event.verb for event in timeline.events_for(BOOKING, booking.id)]
    assert "booking:cancel" in verbs
    assert "booking:no_show" not in verbs


def test_car_that_came_back_meanwhile_is_missed_by_nobody(desk: Desk, at: At) -> None:
    trip = desks.out(desk)
    at(2026, 11, 26, 12, 30)
    trip = desks.fire(trip, "return", desk.applicant, kilometres=10_050, condition_good=True)
    before = told(desk.dispatcher)
    with unit_of_work():
        actions.tell_late(session.get_one(Booking, trip.id))
    assert told(desk.dispatcher) == before


# Steps that are not ready


def change(desk: Desk, booking: Booking, **given: Any) -> Booking:
    plain = {
        "vehicle_id": booking.vehicle_id,
        "driver_id": booking.driver_id,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
    }
    return desks.fire(booking, "change", desk.dispatcher, **{**plain, **given})


def refused_with(step: Callable[[], Any]) -> str | list[str]:
    """The code of a conflict, or the fields at which a form is refused."""
    with pytest.raises((Conflict, Invalid)) as refused:
        step()
    problem = refused.value
    return list(problem.fields) if isinstance(problem, Invalid) else problem.code


def test_what_is_over_is_neither_agreed_to_nor_dispatched(desk: Desk, at: At) -> None:
    asked, agreed = (desks.ask(desk, vehicle_id=desk.ours.id) for _ in range(2))
    desks.fire(agreed, "agree", desk.head)
    at(2026, 11, 26, 12)
    given = {"vehicle_id": desk.ours.id, "driver_id": desk.applicant.id}
    assert refused_with(lambda: desks.fire(asked, "agree", desk.head)) == "booking:over"
    assert refused_with(lambda: desks.fire(agreed, "dispatch", desk.dispatcher, **given)) == "booking:over"


def test_change_to_a_time_that_cannot_be_is_refused_at_the_end(desk: Desk, at: At) -> None:
    booking = desks.ask(desk)
    assert refused_with(lambda: change(desk, booking, ends_at=booking.starts_at)) == ["ends_at"]
    past = clock.now() - HOUR
    assert refused_with(lambda: change(desk, booking, starts_at=past - HOUR, ends_at=past)) == ["ends_at"]
    longer = booking.ends_at + HOUR
    assert change(desk, booking, ends_at=longer).ends_at == longer


def test_car_sets_out_with_a_number_within_its_time_and_once(desk: Desk, at: At) -> None:
    first = desks.ask(desk, hours=1)
    second = desks.ask(desk, desk.colleague, starts_at=first.ends_at)
    at(2026, 11, 26, 9)
    assert refused_with(lambda: desks.fire(first, "out", desk.applicant, kilometres=None)) == ["kilometres"]
    desks.fire(first, "out", desk.applicant, kilometres=10_000)
    at(2026, 11, 26, 10)
    out = {"kilometres": 10_000}
    assert refused_with(lambda: desks.fire(second, "out", desk.colleague, **out)) == "booking:still-out"
    desks.fire(first, "return", desk.applicant, kilometres=10_000, condition_good=True)
    at(2026, 11, 26, 13)
    assert refused_with(lambda: desks.fire(second, "out", desk.colleague, **out)) == "booking:time-over"


def test_return_without_a_number_names_all_that_is_missing(desk: Desk) -> None:
    trip = desks.out(desk)
    step = {"kilometres": None, "condition_good": False, "defect": "  "}
    fields = refused_with(lambda: desks.fire(trip, "return", desk.applicant, **step))
    assert fields == ["kilometres", "condition_good"]


def test_trip_is_prolonged_forward_only(desk: Desk) -> None:
    trip = desks.out(desk)
    for until in (None, trip.ends_at, trip.ends_at - HOUR):
        step = {"ends_at": until}
        assert refused_with(lambda step=step: desks.fire(trip, "prolong", desk.applicant, **step)) == [
            "ends_at"
        ]


def test_what_was_asked_for_in_time_is_dispatched_not_recorded(desk: Desk) -> None:
    booking = desks.ask(desk, vehicle_id=desk.ours.id)
    desks.fire(booking, "agree", desk.head)
    assert refused_with(lambda: desks.fire(booking, "record", desk.dispatcher)) == "booking:dispatch-instead"


def test_steps_are_offered_before_their_forms_are_filled(desk: Desk) -> None:
    def offered(booking: Booking, person: User) -> list[str]:
        return [view.name for view in FLOW.open_steps(booking, factories.actor(person)) if not view.blocked]

    booking = desks.ask(desk)
    assert offered(booking, desk.dispatcher) == ["change", "out", "cancel"]
    assert offered(booking, desk.applicant) == ["out", "cancel"]
    trip = desks.fire(booking, "out", desk.applicant, kilometres=10_000)
    assert offered(trip, desk.applicant) == ["prolong", "return"]

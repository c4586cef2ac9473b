"""The life of a booking by example: every step, who may, when not."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from app.core import clock, tasks
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.notices import Notice
from app.core.permissions import Role
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.assets.enums import ItemStatus
from app.features.assets.models import AssetItem
from app.features.bookings import actions, availability, queries
from app.features.bookings.enums import BOOKING, BookingStatus
from app.features.bookings.models import Booking, VehicleHold
from app.features.vehicles.enums import ReadingKind, VehicleStatus
from app.features.vehicles.models import (
    DrivingLicence,
    OdometerReading,
    Vehicle,
    VehicleCost,
    VehicleDefect,
)
from tests import factories
from tests.features.assets.upkeep import house
from tests.features.bookings import desk as desks
from tests.features.bookings.desk import Desk
from tests.features.vehicles import desk as vehicles_desk

At = Callable[..., datetime]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 26, 8)
    return desks.build()


def holds() -> int:
    return session.execute(select(func.count()).select_from(VehicleHold)).scalar_one()


def open_kinds(booking: Booking) -> list[str]:
    return sorted(task.kind for task in tasks.open_tasks(BOOKING, booking.id))


def told(person_id: int) -> int:
    statement = select(func.count()).select_from(Notice).where(Notice.user_id == person_id)
    return session.execute(statement).scalar_one()


def test_car_of_its_own_policy_is_dispatched_at_once_and_head_and_dispatcher_are_told(desk: Desk) -> None:
    booking = desks.ask(desk)
    assert (booking.status, booking.number, booking.slip_number) == (
        "dispatched",
        "YC-2026-0001",
        "PC-2026-0001",
    )
    assert booking.driver_id == desk.applicant.id
    assert holds() == 1
    assert open_kinds(booking) == ["booking:out"]
    assert told(desk.head.id) == 1
    assert told(desk.dispatcher.id) == 1
    with pytest.raises(Invalid):
        desks.fire(booking, "cancel", desk.head)
    assert desks.fire(booking, "cancel", desk.head, "客户改期").status == BookingStatus.CANCELLED
    assert holds() == 0


def test_car_that_is_asked_for_goes_through_head_and_dispatcher(desk: Desk) -> None:
    booking = desks.ask(desk, vehicle_id=desk.ours.id)
    assert (booking.status, open_kinds(booking), holds()) == ("submitted", ["booking:agree"], 0)
    with pytest.raises(Denied):
        desks.fire(booking, "agree", desk.dispatcher)
    desks.fire(booking, "agree", desk.head)
    assert open_kinds(booking) == ["booking:dispatch"]
    with pytest.raises(Denied):
        desks.fire(booking, "dispatch", desk.applicant, vehicle_id=desk.ours.id, driver_id=desk.applicant.id)
    booking = desks.fire(
        booking,
        "dispatch",
        desk.dispatcher,
        vehicle_id=desk.ours.id,
        driver_id=desk.applicant.id,
        kilometres=80,
    )
    assert (booking.status, holds(), booking.estimated_kilometres) == ("dispatched", 1, 80)
    assert told(desk.applicant.id) == 2


def test_out_and_back_ask_one_number_each_and_settling_enters_what_was_paid(desk: Desk, at: At) -> None:
    booking = desks.ask(desk)
    at(2026, 11, 26, 9, 2)
    desks.fire(booking, "out", desk.applicant, kilometres=10_000)
    assert open_kinds(booking) == ["booking:return"]
    at(2026, 11, 26, 11, 50)
    with pytest.raises(Invalid):
        desks.fire(booking, "return", desk.applicant, kilometres=9_999, condition_good=True)
    with pytest.raises(Invalid) as refused:
        desks.fire(booking, "return", desk.applicant, kilometres=10_084)
    assert list(refused.value.fields) == ["condition_good"]
    booking = desks.fire(booking, "return", desk.applicant, kilometres=10_084, condition_good=True)
    assert (booking.distance, holds(), open_kinds(booking)) == (84, 0, ["booking:settle"])
    kinds = session.execute(
        select(OdometerReading.kind).where(OdometerReading.doc_id == booking.id)
    ).scalars()
    assert list(kinds) == [ReadingKind.OUT, ReadingKind.IN]
    desks.fire(booking, "settle", desk.dispatcher, fuel_amount=320, litres=40, toll_amount=25)
    costs = session.execute(select(VehicleCost).order_by(VehicleCost.id)).scalars().all()
    assert [(row.kind, int(row.amount)) for row in costs] == [("fuel", 320), ("toll", 25)]
    assert desks.fire(booking, "close", desk.dispatcher).status == BookingStatus.CLOSED


def test_two_requests_for_one_car_the_loser_is_told_who_has_it_and_what_is_free(desk: Desk) -> None:
    first = desks.ask(desk, vehicle_id=desk.ours.id)
    second = desks.ask(desk, desk.colleague, vehicle_id=desk.ours.id, hours=2)
    for booking in (first, second):
        desks.fire(booking, "agree", desk.head)
    desks.fire(first, "dispatch", desk.dispatcher, vehicle_id=desk.ours.id, driver_id=desk.applicant.id)
    session.refresh(second)
    assert second.conflict
    assert told(desk.colleague.id) == 2
    with pytest.raises(Conflict) as refused:
        desks.fire(second, "dispatch", desk.dispatcher, vehicle_id=desk.ours.id, driver_id=desk.colleague.id)
    said = refused.value.sentence()
    assert "周文静" in said
    assert desk.own.plate in said
    assert "11-26 12:00" in said
    desks.fire(first, "cancel", desk.applicant, "不去了")
    session.refresh(second)
    assert not second.conflict


def test_database_itself_refuses_two_holds_and_the_loser_is_told_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks.ask(desk)
    real, calls = availability.find_taken, itertools.count()
    # As if the first had come between the check and the writing.
    monkeypatch.setattr(availability, "find_taken", lambda wanted: None if next(calls) == 0 else real(wanted))
    with pytest.raises(Conflict) as refused:
        desks.ask(desk, desk.colleague)
    assert refused.value.code == "booking:taken"
    assert "周文静" in refused.value.sentence()
    assert holds() == 1


def test_loser_is_told_where_the_car_was_given_back_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks.ask(desk)
    # As if the first had come between the check and the writing, and had gone before the refusal was explained.
    monkeypatch.setattr(availability, "find_taken", lambda wanted: None)
    with pytest.raises(Conflict) as refused:
        desks.ask(desk, desk.colleague)
    assert refused.value.code == "booking:free-again"
    assert "再提交一次" in refused.value.sentence()
    assert holds() == 1


def test_late_car_is_given_to_nobody_before_it_is_back(desk: Desk, at: At) -> None:
    trip = desks.out(desk)
    at(2026, 11, 26, 12, 30)
    assert session.get_one(Booking, trip.id).overdue
    later = clock.now() + timedelta(days=3)
    with pytest.raises(Conflict) as refused:
        desks.ask(desk, desk.colleague, starts_at=later)
    assert refused.value.code == "booking:not-back"
    with pytest.raises(Conflict) as refused:
        desks.fire(trip, "prolong", desk.applicant, ends_at=later)
    assert refused.value.code == "booking:late-already"
    desks.fire(trip, "return", desk.applicant, kilometres=10_100, condition_good=True)
    assert desks.ask(desk, desk.colleague, starts_at=later).status == BookingStatus.DISPATCHED


def test_trip_may_be_prolonged_in_time_but_not_into_the_next(desk: Desk, at: At) -> None:
    trip = desks.out(desk)
    after = desks.ask(desk, desk.colleague, starts_at=trip.ends_at + timedelta(hours=1))
    with pytest.raises(Conflict):
        desks.fire(trip, "prolong", desk.applicant, ends_at=after.starts_at + timedelta(hours=1))
    desks.fire(trip, "prolong", desk.applicant, ends_at=after.starts_at)
    assert session.get_one(Booking, trip.id).ends_at == after.starts_at


def test_one_who_gives_up_after_the_start_did_not_come(desk: Desk, at: At) -> None:
    booking = desks.ask(desk)
    at(2026, 11, 26, 9, 30)
    assert desks.fire(booking, "cancel", desk.applicant, "车坏了").status == BookingStatus.NO_SHOW


def test_clock_gives_back_what_nobody_took_after_two_hours_and_warns_of_late_cars(desk: Desk, at: At) -> None:
    missed = desks.ask(desk)
    with pytest.raises(Conflict):
        desks.fire(missed, "no_show", desk.dispatcher)
    late = desks.ask(desk, desk.colleague, vehicle_id=None)
    desks.fire(late, "agree", desk.head)
    desks.fire(late, "dispatch", desk.dispatcher, vehicle_id=desk.ours.id, driver_id=desk.colleague.id)
    desks.fire(late, "out", desk.colleague, kilometres=10_000)
    waiting = desks.dispatched(desk, starts_at=late.ends_at + timedelta(hours=2))
    at(2026, 11, 26, 10, 59)
    actions.watch({})
    assert session.get_one(Booking, missed.id).status == BookingStatus.DISPATCHED
    at(2026, 11, 26, 12, 10)
    before = told(desk.applicant.id)
    actions.watch({})
    actions.watch({})
    assert session.get_one(Booking, missed.id).status == BookingStatus.NO_SHOW
    # that it was given back, and that the car of the next booking is late, each once
    assert told(desk.applicant.id) == before + 2
    assert waiting.status == BookingStatus.DISPATCHED


def test_gap_in_mileage_is_noted_and_vanishes_once_the_trip_in_between_is_entered(desk: Desk, at: At) -> None:
    booking = desks.dispatched(desk)
    at(2026, 11, 26, 9, 5)
    booking = desks.fire(booking, "out", desk.applicant, kilometres=10_060)
    assert booking.gap == 60
    retro = desks.retro(
        desk, starts_at=desks.local(2026, 11, 26, 8, 10), ends_at=desks.local(2026, 11, 26, 8, 55)
    )
    assert (retro.status, retro.retro) == ("submitted", True)
    desks.fire(retro, "agree", desk.head)
    with pytest.raises(Conflict):
        desks.fire(retro, "dispatch", desk.dispatcher, vehicle_id=desk.ours.id, driver_id=desk.applicant.id)
    retro = desks.fire(retro, "record", desk.dispatcher)
    assert (retro.status, retro.distance) == ("returned", 60)
    session.refresh(booking)
    assert booking.gap == 0


def test_trip_entered_afterwards_needs_a_car_that_was_not_elsewhere(desk: Desk, at: At) -> None:
    trip = desks.dispatched(desk)
    at(2026, 11, 26, 9, 5)
    desks.fire(trip, "out", desk.applicant, kilometres=10_000)
    at(2026, 11, 26, 11)
    desks.fire(trip, "return", desk.applicant, kilometres=10_050, condition_good=True)
    retro = desks.retro(
        desk, starts_at=desks.local(2026, 11, 26, 10), ends_at=desks.local(2026, 11, 26, 10, 30)
    )
    desks.fire(retro, "agree", desk.head)
    with pytest.raises(Conflict) as refused:
        desks.fire(retro, "record", desk.dispatcher)
    assert refused.value.code == "booking:driven-by-other"


def test_private_trip_is_the_leaders_and_not_ones_own(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desks.ask(desk, private=True)
    assert list(refused.value.fields) == ["purpose"]
    with pytest.raises(Conflict) as nobody:
        desks.ask(desk, private=True, purpose="搬家")
    assert nobody.value.code == "booking:nobody-agrees"
    leader = factories.user("刘总", "l1", roles=[Role.LEADER])
    booking = desks.ask(desk, private=True, purpose="搬家")
    assert booking.status == BookingStatus.SUBMITTED
    actor = factories.actor(desk.head)
    with pytest.raises(Denied), unit_of_work():
        actions.fire(session.get_one(Booking, booking.id), "agree", actor=actor, version=None)
    assert desks.fire(booking, "agree", leader).status == BookingStatus.DEPT_OK


def test_change_of_car_frees_the_first_and_holds_the_second(desk: Desk) -> None:
    booking = desks.ask(desk)
    desks.fire(
        booking,
        "change",
        desk.dispatcher,
        vehicle_id=desk.ours.id,
        driver_id=desk.colleague.id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
    )
    assert [row.vehicle_id for row in session.execute(select(VehicleHold)).scalars()] == [desk.ours.id]
    assert desks.ask(desk).status == BookingStatus.DISPATCHED
    with pytest.raises(Conflict) as busy:
        desks.ask(
            desk, desk.colleague, vehicle_id=desk.own.id, starts_at=booking.ends_at - timedelta(minutes=30)
        )
    assert busy.value.code in ("booking:driver-busy", "booking:taken")


def test_grounding_defect_reported_on_return_keeps_the_car_in(desk: Desk, at: At) -> None:
    trip = desks.out(desk)
    desks.fire(trip, "return", desk.applicant, kilometres=10_020, defect="刹车异响", grounds=True)
    assert session.execute(select(VehicleDefect.grounds)).scalar_one()
    with pytest.raises(Invalid) as refused:
        desks.ask(desk, desk.colleague)
    assert "刹车异响" in str(refused.value.fields["vehicle_id"])


def test_licence_that_ends_on_the_way_sends_one_to_a_driver(desk: Desk) -> None:
    short = factories.user("李新", "s3", desk.department)
    vehicles_desk.licence(short, last=clock.today())
    factories.role(short, Role.SALESPERSON, desk.department)
    with pytest.raises(Invalid) as refused:
        desks.ask(desk, short, hours=30)
    assert list(refused.value.fields) == ["self_drive"]
    assert desks.ask(desk, short, hours=3).status == BookingStatus.DISPATCHED


def test_seat_in_somebodys_car_is_asked_and_given_once(desk: Desk) -> None:
    booking = desks.ask(desk, passengers=4)
    with unit_of_work():
        actor = factories.actor(desk.colleague)
        seat = actions.ask_seat(queries.get(actor, booking.id), actor=actor)
    assert "booking:seats" in open_kinds(booking)
    with pytest.raises(Conflict), unit_of_work():
        actions.ask_seat(queries.get(actor, booking.id), actor=actor)
    owner = factories.actor(desk.applicant)
    with unit_of_work():
        row = queries.get(owner, booking.id)
        actions.answer_seat(
            row, queries.seat_of(row.id, seat.id), actor=owner, version=seat.version, agree=True
        )
    third = factories.actor(desk.head)
    with pytest.raises(Conflict) as full, unit_of_work():
        actions.ask_seat(queries.get(third, booking.id), actor=third)
    assert full.value.code == "booking:full"


def test_fine_finds_its_driver_by_the_trip(desk: Desk, at: At) -> None:
    trip = desks.out(desk)
    at(2026, 11, 26, 11)
    desks.fire(trip, "return", desk.applicant, kilometres=10_020, condition_good=True)
    inside, after = desks.local(2026, 11, 26, 8, 30), desks.local(2026, 11, 26, 11, 30)
    assert queries.trip_at(desk.own.id, inside) == (desk.applicant.id, BOOKING, trip.id)
    assert queries.trip_at(desk.own.id, after) is None


# What a form asks is asked of every caller


def test_no_caller_dispatches_or_changes_past_the_checks(desk: Desk) -> None:
    asked = desks.ask(desk, vehicle_id=desk.ours.id)
    desks.fire(asked, "agree", desk.head)
    given = desks.ask(desk, desk.colleague)
    with unit_of_work():
        session.execute(delete(DrivingLicence))
    for booking, step in ((asked, "dispatch"), (given, "change"), (given, "out")):
        with pytest.raises(Conflict) as refused:
            desks.fire(booking, step, desk.dispatcher)
        assert refused.value.code == "booking:not-fit", step
    assert holds() == 1


def test_the_driver_who_was_given_the_car_needs_the_licence_and_not_the_applicant(desk: Desk) -> None:
    booking = desks.dispatched(desk)
    desks.fire(booking, "change", desk.dispatcher, driver_id=desk.colleague.id)
    with unit_of_work():
        session.execute(delete(DrivingLicence).where(DrivingLicence.user_id == desk.applicant.id))
    assert desks.fire(booking, "out", desk.colleague, kilometres=10_000).status == BookingStatus.OUT


def test_no_caller_goes_out_comes_back_or_prolongs_without_what_the_form_asks(desk: Desk) -> None:
    booking = desks.ask(desk)
    for step, fields in (
        ("out", {"kilometres"}),
        ("return", {"kilometres", "condition_good"}),
        ("prolong", {"ends_at"}),
    ):
        if step == "return":
            desks.fire(booking, "out", desk.applicant, kilometres=10_000)
        with pytest.raises(Invalid) as refused:
            desks.fire(booking, step, desk.applicant)
        assert set(refused.value.fields) == fields
    assert (booking.odometer_out, booking.odometer_in) == (10_000, None)


def test_a_change_without_a_choice_keeps_car_driver_and_time(desk: Desk) -> None:
    booking = desks.dispatched(desk)
    kept = (booking.vehicle_id, booking.driver_id, booking.starts_at, booking.ends_at)
    changed = desks.fire(booking, "change", desk.dispatcher)
    assert (changed.vehicle_id, changed.driver_id, changed.starts_at, changed.ends_at) == kept


def test_scrapping_a_car_retires_it_and_tells_who_has_it_booked(desk: Desk) -> None:
    booking, other = desks.dispatched(desk), desks.ask(desk, desk.colleague)
    item = session.get_one(AssetItem, desk.ours.item_id)
    keeper = factories.user("何静", "a1", item.department, [Role.ASSET_KEEPER])
    leader = factories.user("刘振华", "l1", None, [Role.LEADER])
    with unit_of_work():
        item.status = ItemStatus.IN_STOCK
    before, untouched = told(desk.applicant.id), told(desk.colleague.id)
    document = house.ask_to_scrap(keeper, item)
    house.decide(leader, document, "approve")
    session.expire_all()
    assert session.get_one(Vehicle, desk.ours.id).status == VehicleStatus.RETIRED
    assert (told(desk.applicant.id), told(desk.colleague.id)) == (before + 1, untouched)
    verbs = [event.verb for event in events_for(BOOKING, booking.id)]
    assert "booking:car-scrapped" in verbs
    assert "booking:car-scrapped" not in [event.verb for event in events_for(BOOKING, other.id)]
    with pytest.raises(Conflict) as refused:
        desks.fire(booking, "out", desk.applicant, kilometres=10_000)
    assert refused.value.code == "booking:not-fit"

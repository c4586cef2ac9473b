"""The odometer: a chain that only grows, corrected beside it by two people."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.permissions import Role
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.vehicles import corrections, readings
from app.features.vehicles.enums import CORRECTION, CorrectionStatus, ReadingKind
from app.features.vehicles.flow import FLOW
from app.features.vehicles.models import OdometerCorrection, OdometerReading, Vehicle
from tests import factories
from tests.features.vehicles import desk


@pytest.fixture
def keeper():
    return desk.dispatcher()


@pytest.fixture
def car(keeper, sales_department):
    return desk.car(keeper, sales_department)


def ask(car, keeper, reading_id, kilometres, reason="看错一位") -> OdometerCorrection:
    with unit_of_work():
        return corrections.request_correction(
            session.get_one(Vehicle, car.id),
            session.get_one(OdometerReading, reading_id),
            actor=factories.actor(keeper),
            kilometres=kilometres,
            reason=reason,
        )


def fire(correction, person, step, note=""):
    with unit_of_work():
        row = session.get_one(OdometerCorrection, correction.id)
        FLOW.fire(row, step, actor=factories.actor(person), version=row.version, note=note)


def held(car) -> list[int]:
    return [link.kilometres for link in readings.chain(car.id)]


def odometer(car) -> int:
    session.expire_all()
    return session.get_one(Vehicle, car.id).odometer


def test_a_reading_moves_the_odometer_and_leaves_the_card_unchanged(car, keeper):
    version = car.version
    recorded = desk.read(car, keeper, 10_120)
    assert (recorded.previous, odometer(car)) == (10_000, 10_120)
    assert session.get_one(Vehicle, car.id).version == version


def test_a_reading_lower_than_the_last_is_refused_with_the_last_and_its_day(car, keeper, at):
    at(2027, 3, 2, 9, 0)
    desk.read(car, keeper, 10_120)
    at(2027, 3, 3, 9, 0)
    with pytest.raises(Invalid) as refused:
        desk.read(car, keeper, 10_119)
    sentence = str(refused.value.fields["kilometres"])
    assert "10120" in sentence
    assert "2027-03-02" in sentence
    assert desk.read(car, keeper, 10_120).gap == 0


@pytest.mark.parametrize("kilometres", [-1, 2_000_001, 10_000_000])
def test_a_figure_no_odometer_shows_is_refused(car, keeper, kilometres):
    with pytest.raises(Invalid) as refused:
        desk.read(car, keeper, kilometres)
    assert "kilometres" in refused.value.fields


def test_more_than_the_plausible_distance_asks_to_be_confirmed(car, keeper):
    def record(kilometres, confirmed):
        with unit_of_work():
            readings.record_reading(
                session.get_one(Vehicle, car.id),
                kind=ReadingKind.IN,
                kilometres=kilometres,
                at=clock.now(),
                actor=factories.actor(keeper),
                confirmed=confirmed,
            )

    record(11_500, False)
    with pytest.raises(Invalid) as refused:
        record(13_001, False)
    assert "accept_kilometres" in refused.value.fields
    assert odometer(car) == 11_500
    record(13_001, True)
    assert odometer(car) == 13_001


@pytest.mark.parametrize(("kilometres", "gap"), [(10_000, 0), (10_005, 0), (10_006, 6)])
def test_a_gap_beyond_the_tolerance_is_told_when_the_car_goes_out(car, keeper, kilometres, gap):
    assert desk.read(car, keeper, kilometres).gap == gap


def test_a_way_back_is_no_gap(car, keeper):
    assert desk.read(car, keeper, 10_300, kind=ReadingKind.IN).gap == 0


def test_a_reading_of_the_past_must_fit_between_its_neighbours(car, keeper):
    now = clock.now()
    desk.read(car, keeper, 10_200, at=now + timedelta(hours=5))
    with pytest.raises(Invalid) as refused:
        desk.read(car, keeper, 10_201, at=now + timedelta(hours=2))
    assert "10200" in str(refused.value.fields["kilometres"])
    desk.read(car, keeper, 10_100, at=now + timedelta(hours=2))
    assert (held(car), odometer(car)) == ([10_000, 10_100, 10_200], 10_200)


def test_the_database_itself_refuses_to_change_or_delete_a_reading(car, keeper):
    for statement in (
        update(OdometerReading).values(kilometres=1),
        delete(OdometerReading),
        text("UPDATE odometer_reading SET kilometres = 1"),
    ):
        with pytest.raises((DatabaseError, Conflict)), unit_of_work():
            session.execute(statement)
    assert held(car) == [10_000]


def test_two_people_correct_a_reading_and_nothing_is_overwritten(car, keeper, manager):
    wrong = desk.read(car, keeper, 12_100).reading
    correction = ask(car, keeper, wrong.id, 10_210)
    assert (correction.number is not None, odometer(car)) == (True, 12_100)
    assert [task.kind for task in open_tasks(CORRECTION, correction.id)] == ["odometer_correction:agree"]
    fire(correction, manager, "agree")
    assert (held(car), odometer(car)) == ([10_000, 10_210], 10_210)
    assert session.get_one(OdometerReading, wrong.id).kilometres == 12_100
    assert open_tasks(CORRECTION, correction.id) == []
    assert readings.neighbours(car.id, clock.now())[0][1] == 10_210


def test_whoever_asks_does_not_agree(car, sales_department):
    both = factories.user(name="兼任", department=sales_department, roles=[Role.DISPATCHER, Role.MANAGER])
    wrong = desk.read(car, both, 12_100).reading
    correction = ask(car, both, wrong.id, 10_210)
    with pytest.raises(Denied):
        fire(correction, both, "agree")


def test_a_correction_is_asked_by_whoever_keeps_cars_with_a_reason(car, keeper, salesperson):
    wrong = desk.read(car, keeper, 12_100).reading
    with pytest.raises(Denied):
        ask(car, salesperson, wrong.id, 10_210)
    with pytest.raises(Invalid) as refused:
        ask(car, keeper, wrong.id, 10_210, reason="  ")
    assert "reason" in refused.value.fields


def test_one_correction_of_a_reading_waits_at_a_time(car, keeper):
    wrong = desk.read(car, keeper, 12_100).reading
    ask(car, keeper, wrong.id, 10_210)
    with pytest.raises(Conflict):
        ask(car, keeper, wrong.id, 10_211)


@pytest.mark.parametrize("kilometres", [9_999, 10_501])
def test_a_correction_must_fit_between_its_neighbours(car, keeper, kilometres):
    wrong = desk.read(car, keeper, 10_100).reading
    desk.read(car, keeper, 10_500)
    with pytest.raises(Invalid) as refused:
        ask(car, keeper, wrong.id, kilometres)
    assert "kilometres" in refused.value.fields


def test_a_correction_that_no_longer_fits_is_refused_with_what_changed(car, keeper, manager):
    first = desk.read(car, keeper, 10_100).reading
    second = desk.read(car, keeper, 10_500).reading
    high, low = ask(car, keeper, first.id, 10_450), ask(car, keeper, second.id, 10_150)
    fire(low, manager, "agree")
    with pytest.raises(Conflict) as refused:
        fire(high, manager, "agree")
    assert "10150" in refused.value.sentence()
    assert held(car) == [10_000, 10_100, 10_150]


def test_declined_and_withdrawn_change_nothing_and_another_may_be_asked(car, keeper, manager):
    wrong = desk.read(car, keeper, 12_100).reading
    with pytest.raises(Invalid):
        fire(ask(car, keeper, wrong.id, 10_210), manager, "decline")
    fire(session.execute(select(OdometerCorrection)).scalar_one(), manager, "decline", note="照片不清楚")
    fire(ask(car, keeper, wrong.id, 10_211), keeper, "withdraw")
    third = ask(car, keeper, wrong.id, 10_212)
    assert (odometer(car), third.status) == (12_100, CorrectionStatus.REQUESTED)


def test_a_corrected_reading_is_corrected_again(car, keeper, manager):
    wrong = desk.read(car, keeper, 12_100).reading
    fire(ask(car, keeper, wrong.id, 10_210), manager, "agree")
    fire(ask(car, keeper, wrong.id, 10_310), manager, "agree")
    assert (held(car), odometer(car)) == ([10_000, 10_310], 10_310)


def test_readings_of_documents_are_told_as_they_hold(car, keeper, manager):
    with unit_of_work():
        made = readings.record_reading(
            session.get_one(Vehicle, car.id),
            kind=ReadingKind.OUT,
            kilometres=10_400,
            at=clock.now(),
            actor=factories.actor(keeper),
            document=("booking", 7),
        )
    assert readings.of_documents("booking", [7, 8]) == {(7, "out"): 10_400}
    fire(ask(car, keeper, made.reading.id, 10_040), manager, "agree")
    assert readings.of_documents("booking", [7, 8]) == {(7, "out"): 10_040}


def test_the_average_of_a_day_needs_two_readings(car, keeper):
    assert readings.daily_kilometres([car.id]) == {}
    desk.read(car, keeper, 10_450, at=clock.now() + timedelta(days=10))
    assert readings.daily_kilometres([car.id])[car.id] == 45


STEPS = st.lists(
    st.tuples(st.sampled_from(["read", "correct"]), st.integers(0, 9), st.integers(-400, 1_600)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_chain_equals_the_naive_model_after_any_history(keeper, sales_department, steps):
    """Readings and corrections in any order leave what a list of numbers says, and it never goes down."""
    made = session.query(Vehicle).count()
    car = desk.car(keeper, sales_department, plate=f"苏B{made:05d}")
    agreeing = factories.user(name=f"经理{made}", department=sales_department, roles=[Role.MANAGER])
    model = [10_000]
    for kind, number, change in steps:
        if kind == "read":
            wanted = model[-1] + change
            if change < 0:
                with pytest.raises(Invalid):
                    desk.read(car, keeper, wanted)
            else:
                desk.read(car, keeper, wanted)
                model.append(wanted)
        else:
            place = number % len(model)
            wanted = model[place] + change
            low = model[place - 1] if place else 0
            high = model[place + 1] if place + 1 < len(model) else 2_000_000
            reading_id = readings.chain(car.id)[place].reading.id
            if low <= wanted <= high and change:
                fire(ask(car, keeper, reading_id, wanted), agreeing, "agree")
                model[place] = wanted
            else:
                with pytest.raises(Invalid):
                    ask(car, keeper, reading_id, wanted)
        assert held(car) == model == sorted(model)
        assert odometer(car) == model[-1]

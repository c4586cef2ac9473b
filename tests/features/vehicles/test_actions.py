"""The card of a car by example: entered, changed, and what is refused at which field."""

import pytest
from sqlalchemy import func, select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.uow import unit_of_work
from app.features.vehicles import actions
from app.features.vehicles.actions import VehicleValues
from app.features.vehicles.enums import VEHICLE, BookingPolicy, VehicleStatus
from app.features.vehicles.models import OdometerReading, Vehicle
from tests import factories
from tests.features.vehicles import desk


@pytest.fixture
def keeper():
    return desk.dispatcher()


@pytest.fixture
def car(keeper, sales_department):
    return desk.car(keeper, sales_department)


def cars() -> int:
    return session.execute(select(func.count()).select_from(Vehicle)).scalar_one()


def verbs(car) -> list[str]:
    return [entry.verb for entry in timeline.events_for(VEHICLE, car.id)]


def test_a_plate_has_one_form_and_the_first_reading_begins_the_chain(car, keeper, sales_department):
    other = desk.car(keeper, sales_department, plate=" 苏a·８８ 888 ", odometer=320)
    assert (other.plate, other.odometer, other.serviced_at_kilometres) == ("苏A88888", 320, 320)
    readings = select(OdometerReading.kilometres).where(OdometerReading.vehicle_id == other.id)
    assert list(session.execute(readings).scalars()) == [320]
    assert other.item.keeper_id == keeper.id


@pytest.mark.parametrize("plate", ["", "12345", "A12345", "苏1", "苏A1234567890"])
def test_what_is_no_plate_is_refused(keeper, sales_department, plate):
    with pytest.raises(Invalid) as refused:
        desk.car(keeper, sales_department, plate=plate)
    assert list(refused.value.fields) == ["plate"]
    assert cars() == 0


def test_a_plate_is_entered_once_but_a_car_keeps_its_own(car, keeper, sales_department):
    with pytest.raises(Invalid) as refused:
        desk.car(keeper, sales_department, plate="苏A 10086")
    assert str(refused.value.fields["plate"]) == "苏A10086 已经登记过"
    other = desk.car(keeper, sales_department, plate="苏A20002")
    with pytest.raises(Invalid):
        desk.renew(other, keeper, plate=car.plate)
    assert desk.renew(other, keeper, note="备用车").plate == "苏A20002"


def test_driver_and_responsible_person_work_here(keeper, sales_department):
    gone = factories.user("离职者", "x1", sales_department, active=False)
    for driver_id in (gone.id, gone.id + 1_000):
        with pytest.raises(Invalid) as refused:
            desk.car(keeper, sales_department, driver_id=driver_id)
        assert list(refused.value.fields) == ["driver_id"]
    values = VehicleValues(plate=desk.PLATE, name="别克", department_id=sales_department.id, seats=7)
    for person_id in (None, gone.id):
        with pytest.raises(Invalid) as refused, unit_of_work():
            actions.register_vehicle(
                actor=factories.actor(keeper), values=values, odometer=0, person_id=person_id
            )
        assert list(refused.value.fields) == ["person_id"]
    assert cars() == 0


def test_a_department_that_is_none_is_refused(car, keeper):
    with pytest.raises(Invalid) as refused:
        desk.renew(car, keeper, department_id=car.department_id + 1_000)
    assert list(refused.value.fields) == ["department_id"]


def test_a_change_is_told_with_what_was_before_and_no_change_leaves_nothing(
    car, keeper, sales_department, salesperson
):
    version, before = car.version, verbs(car)
    assert desk.renew(car, keeper).version == version
    assert verbs(car) == before
    changed = desk.renew(car, keeper, driver_id=salesperson.id, policy=BookingPolicy.APPROVAL, seats=5)
    assert (changed.version, changed.driver.name, changed.seats) == (version + 1, "孙晓", 5)
    [event] = [entry for entry in timeline.events_for(VEHICLE, car.id) if entry.verb == "vehicle:edit"]
    assert ["seats", "7", "5"] in event.data["changes"]
    assert ["driver", "", "孙晓"] in event.data["changes"]


def test_only_who_keeps_cars_changes_a_card_and_not_over_a_newer_one(car, keeper, salesperson):
    with pytest.raises(Denied):
        desk.renew(car, salesperson, seats=5)
    values = VehicleValues(plate=car.plate, name="改名", department_id=car.department_id, seats=7)
    row = session.get_one(Vehicle, car.id)
    with pytest.raises(Stale), unit_of_work():
        actions.update_vehicle(row, actor=factories.actor(keeper), version=row.version - 1, values=values)
    assert session.get_one(Vehicle, car.id).name == "别克商务车"


def test_a_retired_car_is_told_of_by_its_plate(car, keeper):
    actions.refuse_retired(car)
    retired = desk.renew(car, keeper, status=VehicleStatus.RETIRED)
    with pytest.raises(Conflict) as refused:
        actions.refuse_retired(retired)
    assert refused.value.code == "vehicle:retired"
    assert car.plate in refused.value.sentence()

"""Figures of cars: indicators with their exceptions, the projection of services, what a kilometre costs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core import clock, indicators
from app.core.db import session
from app.core.errors import Denied, Invalid
from app.core.uow import unit_of_work
from app.features.vehicles import costs, defects, fines, services
from app.features.vehicles.costs import CostValues
from app.features.vehicles.enums import FineStatus, PaperKind, VehicleStatus
from app.features.vehicles.fines import FineValues
from app.features.vehicles.models import Vehicle, VehicleDefect, VehicleFine
from app.features.vehicles.services import ServiceValues
from tests import factories
from tests.features.vehicles import desk


@pytest.fixture
def keeper():
    return desk.dispatcher()


def figure(key: str) -> tuple[int, int, list[int]]:
    """Kept, due and the exceptions' documents of this month."""
    period = indicators.this_month()
    indicator = indicators.find(key)
    told = indicator.compute(period)
    rows = session.execute(indicators.exceptions(indicator, period)).all()
    assert len(rows) == told.exceptions
    return told.kept, told.due, sorted(row.doc_id for row in rows)


def test_papers_valid_counts_each_car_in_use_on_the_day(keeper, sales_department, at):
    at(2027, 3, 10, 9, 0)
    sound, bare, ended, gone = (
        desk.car(keeper, sales_department, plate=f"苏A1000{number}") for number in range(4)
    )
    desk.valid_papers(sound)
    desk.paper(bare, PaperKind.INSPECTION, date(2020, 1, 1), date(2099, 1, 1))
    desk.paper(bare, PaperKind.COMMERCIAL_INSURANCE, date(2020, 1, 1), date(2099, 1, 1))
    desk.valid_papers(ended, date(2027, 3, 10))
    with unit_of_work():
        session.get_one(Vehicle, gone.id).status = VehicleStatus.RETIRED
    assert figure("vehicles-papers-valid") == (2, 3, [bare.id])
    at(2027, 3, 11, 0, 1)
    assert figure("vehicles-papers-valid") == (1, 3, [bare.id, ended.id])


def test_defects_and_fines_wait_no_longer_than_the_settings_allow(keeper, sales_department, at):
    at(2027, 3, 1, 9, 0)
    car = desk.car(keeper, sales_department)
    defect = desk.grounded(car, keeper)
    actor = factories.actor(keeper)
    with unit_of_work():
        fine = fines.enter_fine(
            session.get_one(Vehicle, car.id),
            actor=actor,
            values=FineValues(clock.now(), "超速", Decimal(100)),
        )
    at(2027, 3, 8, 9, 0)
    assert figure("vehicles-defects-mended") == (1, 1, [])
    at(2027, 3, 8, 9, 1)
    assert figure("vehicles-defects-mended") == (0, 1, [defect.id])
    at(2027, 3, 16, 9, 1)
    assert figure("vehicles-fines-settled") == (0, 1, [fine.id])
    with unit_of_work():
        row = session.get_one(Vehicle, car.id)
        defects.mend_defect(
            row, session.get_one(VehicleDefect, defect.id), actor=actor, version=None, note="换刹车片"
        )
        fines.end_fine(
            row,
            session.get_one(VehicleFine, fine.id),
            actor=actor,
            version=None,
            status=FineStatus.SETTLED,
            note="",
        )
    at(2027, 3, 16, 9, 2)
    assert figure("vehicles-defects-mended") == (0, 0, [])
    assert figure("vehicles-fines-settled") == (0, 0, [])


def service(car, keeper, day, kilometres, **values):
    with unit_of_work():
        return services.add_service(
            session.get_one(Vehicle, car.id),
            actor=factories.actor(keeper),
            values=ServiceValues(day, kilometres, "机油", **values),
            confirmed=True,
        )


def test_the_next_service_is_projected_by_kilometres_a_day_or_the_day_itself(keeper, sales_department, at):
    at(2027, 3, 1, 9, 0)
    car = desk.car(keeper, sales_department, service_kilometres=5_000, service_days=180)
    coming = services.projection(session.get_one(Vehicle, car.id), Decimal(50))
    assert (coming.kilometres, coming.left, coming.due_on) == (15_000, 5_000, date(2027, 8, 28))
    assert coming.likely_on == date(2027, 3, 1) + timedelta(days=100)
    slow = services.projection(session.get_one(Vehicle, car.id), Decimal(1))
    assert slow.likely_on == date(2027, 8, 28)
    assert services.projection(session.get_one(Vehicle, car.id), None).likely_on == date(2027, 8, 28)


def test_a_service_fits_between_the_trips_of_its_day(keeper, sales_department, at):
    at(2027, 3, 1, 8, 0)
    car = desk.car(keeper, sales_department)
    at(2027, 3, 2, 9, 0)
    desk.read(car, keeper, 10_100)
    at(2027, 3, 2, 15, 0)
    desk.read(car, keeper, 10_300)
    at(2027, 3, 5, 9, 0)
    service(car, keeper, date(2027, 3, 2), 10_200)
    row = session.get_one(Vehicle, car.id)
    assert (row.odometer, row.serviced_at_kilometres, row.serviced_on) == (10_300, 10_200, date(2027, 3, 2))
    with pytest.raises(Invalid):
        service(car, keeper, date(2027, 3, 1), 10_200)
    with pytest.raises(Invalid) as refused:
        service(car, keeper, date(2027, 3, 6), 10_400)
    assert "done_on" in refused.value.fields


def test_an_older_service_entered_later_does_not_move_the_next_one(keeper, sales_department, at):
    at(2027, 3, 10, 8, 0)
    car = desk.car(keeper, sales_department, service_kilometres=5_000)
    service(car, keeper, date(2027, 2, 1), 9_000)
    assert session.get_one(Vehicle, car.id).serviced_at_kilometres == 10_000


def pay(car, keeper, day, amount, **values):
    with unit_of_work():
        costs.add_cost(
            session.get_one(Vehicle, car.id),
            actor=factories.actor(keeper),
            values=CostValues(values.pop("kind", "fuel"), Decimal(amount), day, **values),
        )


def test_sums_of_months_kinds_kilometres_and_litres(keeper, sales_department, at):
    at(2026, 12, 1, 8, 0)
    car = desk.car(keeper, sales_department)
    at(2027, 3, 10, 8, 0)
    desk.read(car, keeper, 12_000)
    pay(car, keeper, date(2027, 3, 1), "300", litres=Decimal(40))
    pay(car, keeper, date(2027, 2, 28), "500", litres=Decimal(60))
    pay(car, keeper, date(2027, 2, 1), "200", kind="toll")
    pay(car, keeper, date(2025, 1, 1), "9999", kind="repair")
    assert costs.by_month(costs.of_year(costs.recent(car.id)), 3) == [
        (date(2027, 1, 1), Decimal(0)),
        (date(2027, 2, 1), Decimal("700.00")),
        (date(2027, 3, 1), Decimal("300.00")),
    ]
    assert costs.by_kind(costs.of_year(costs.recent(car.id))) == [
        ("fuel", Decimal("800.00")),
        ("toll", Decimal("200.00")),
    ]
    year = costs.running(costs.of_year(costs.recent(car.id)), 2_000)
    assert (year.amount, year.kilometres) == (Decimal("1000.00"), 2_000)
    assert year.per_kilometre == Decimal("0.50")


def test_a_car_nobody_drove_has_no_cost_a_kilometre(keeper, sales_department):
    car = desk.car(keeper, sales_department)
    assert costs.running(costs.recent(car.id), 0).per_kilometre is None


def test_costs_of_a_trip_are_entered_by_its_driver_and_told_by_trip(keeper, sales_department, salesperson):
    car = desk.car(keeper, sales_department)
    values = CostValues("toll", Decimal(35), clock.today())
    actor = factories.actor(salesperson)
    with pytest.raises(Denied), unit_of_work():
        costs.add_cost(session.get_one(Vehicle, car.id), actor=actor, values=values, document=("booking", 4))
    with unit_of_work():
        costs.add_cost(
            session.get_one(Vehicle, car.id),
            actor=actor,
            values=values,
            document=("booking", 4),
            permitted=True,
        )
    found = costs.of_documents("booking", [4, 5])
    assert ([row.amount for row in found[4]], found[5]) == ([Decimal("35.00")], [])

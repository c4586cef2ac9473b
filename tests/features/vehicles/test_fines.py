"""Fines find their driver, damage its cause; both become findings at the clause that is bound."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.files import CheckedFile, files_for
from app.core.notices import Notice
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.checks.models import ClauseCheck
from app.features.supervision import actions as supervision
from app.features.vehicles import defects, drivers, fines
from app.features.vehicles.enums import DEFECT, FINE, FineStatus
from app.features.vehicles.fines import FineValues
from app.features.vehicles.models import Vehicle, VehicleFine
from tests import factories
from tests.features.proposals import desk as proposals
from tests.features.vehicles import desk


@pytest.fixture
def keeper():
    return desk.dispatcher()


@pytest.fixture
def car(keeper, sales_department):
    return desk.car(keeper, sales_department)


@pytest.fixture
def trips(monkeypatch):
    """Trips of an upper feature: (car, driver, from, until, number)."""
    known: list[tuple] = []

    def find(vehicle_id, moment):
        for place, (vehicle, driver, start, end) in enumerate(known, 1):
            if vehicle == vehicle_id and start <= moment < end:
                return driver, "booking", place
        return None

    monkeypatch.setattr(drivers, "_finders", [find])
    return known


def enter(car, keeper, moment, **values) -> VehicleFine:
    typed = {"happened_at": moment, "offence": "超速 20%", "amount": Decimal(200), "points": 6, **values}
    with unit_of_work():
        return fines.enter_fine(
            session.get_one(Vehicle, car.id), actor=factories.actor(keeper), values=FineValues(**typed)
        )


def act(function, fine, person, **given):
    with unit_of_work():
        row = session.get_one(VehicleFine, fine.id)
        car = session.get_one(Vehicle, row.vehicle_id)
        function(car, row, actor=factories.actor(person), **{"version": row.version, **given})


def kinds(fine) -> list[tuple]:
    return [(task.kind, task.user_id) for task in open_tasks(FINE, fine.id)]


def test_a_fine_that_arrives_three_weeks_later_finds_its_driver(car, keeper, trips, salesperson, at):
    moment = at(2026, 12, 1, 9, 0)
    trips.append((car.id, salesperson.id, moment - timedelta(hours=1), moment + timedelta(hours=1)))
    at(2026, 12, 22, 9, 0)
    fine = enter(car, keeper, moment)
    assert (fine.driver_id, fine.doc_type, fine.doc_id) == (salesperson.id, "booking", 1)
    assert kinds(fine) == [("vehicle_fine:settle", None)]
    told = set(session.execute(select(Notice.user_id)).scalars())
    assert salesperson.id in told


@pytest.mark.parametrize(("offset", "found"), [(-1, False), (0, True), (59, True), (60, False)])
def test_the_trip_holds_its_first_moment_and_not_its_end(car, keeper, trips, salesperson, at, offset, found):
    start = at(2026, 12, 1, 9, 0)
    trips.append((car.id, salesperson.id, start, start + timedelta(minutes=60)))
    at(2026, 12, 22, 9, 0)
    fine = enter(car, keeper, start + timedelta(minutes=offset))
    assert (fine.driver_id == salesperson.id) is found


def test_without_a_trip_the_responsible_person_is_asked_and_answers(car, keeper, trips, salesperson, manager):
    fine = enter(car, keeper, clock.now())
    assert fine.driver_id is None
    assert sorted(kinds(fine)) == [("vehicle_fine:name-driver", keeper.id), ("vehicle_fine:settle", None)]
    with pytest.raises(Denied):
        act(fines.name_driver, fine, manager, driver_id=salesperson.id)
    with pytest.raises(Invalid):
        act(fines.name_driver, fine, keeper, driver_id=None)
    act(fines.name_driver, fine, keeper, driver_id=salesperson.id)
    assert session.get_one(VehicleFine, fine.id).driver_id == salesperson.id
    assert kinds(fine) == [("vehicle_fine:settle", None)]


def test_a_fine_of_before_the_car_was_entered_asks_nobody(car, keeper, trips):
    fine = enter(car, keeper, clock.now() - timedelta(days=400))
    assert (fine.driver_id, kinds(fine)) == (None, [("vehicle_fine:settle", None)])


def test_a_corrected_time_finds_another_driver(car, keeper, trips, salesperson, manager, at):
    first = at(2026, 12, 1, 9, 0)
    trips.append((car.id, salesperson.id, first, first + timedelta(hours=1)))
    trips.append((car.id, manager.id, first + timedelta(hours=2), first + timedelta(hours=3)))
    at(2026, 12, 22, 9, 0)
    fine = enter(car, keeper, first)
    values = FineValues(first + timedelta(hours=2), "超速 20%", Decimal(200), 6)
    act(fines.update_fine, fine, keeper, values=values)
    row = session.get_one(VehicleFine, fine.id)
    assert (row.driver_id, row.doc_id) == (manager.id, 2)


def test_a_fine_ends_once_and_a_lifted_one_says_why(car, keeper, trips, salesperson):
    fine = enter(car, keeper, clock.now())
    with pytest.raises(Denied):
        act(fines.end_fine, fine, salesperson, status=FineStatus.SETTLED, note="")
    with pytest.raises(Invalid):
        act(fines.end_fine, fine, keeper, status=FineStatus.LIFTED, note=" ")
    act(fines.end_fine, fine, keeper, status=FineStatus.LIFTED, note="复议后撤销")
    assert kinds(fine) == []
    for again in (FineStatus.SETTLED, FineStatus.LIFTED):
        with pytest.raises(Conflict):
            act(fines.end_fine, fine, keeper, status=again, note="x")
    with pytest.raises(Conflict):
        act(fines.name_driver, fine, keeper, driver_id=salesperson.id)


def bound(target: str) -> proposals.Company:
    """The company of the tests of rules, its clause bound to an indicator of cars."""
    company = proposals.company()
    with unit_of_work():
        supervision.bind_clause(company.clause, actor=company.actor("manager"), target=target)
    return company


def checks() -> list[ClauseCheck]:
    return list(session.execute(select(ClauseCheck)).unique().scalars())


def test_a_fine_is_a_finding_against_its_driver_once(trips):
    company = bound("vehicles-fines-settled")
    keeper = desk.dispatcher(staff_number="v9")
    car = desk.car(keeper, company.desk.department)
    moment = clock.now() - timedelta(seconds=1)
    trips.append((car.id, company.ident("reader"), moment, moment + timedelta(hours=1)))
    fine = enter(car, keeper, moment)
    (check,) = checks()
    assert (check.subject_id, check.doc_type, check.doc_id) == (company.ident("reader"), FINE, fine.id)
    assert desk.PLATE in check.told
    act(fines.update_fine, fine, keeper, values=FineValues(moment, "超速", Decimal(1), 0))
    assert len(checks()) == 1


def test_damage_is_a_finding_with_its_photos_against_whoever_had_the_car(trips):
    company = bound("vehicles-defects-mended")
    keeper = desk.dispatcher(staff_number="v9")
    car = desk.car(keeper, company.desk.department)
    with unit_of_work():
        defect = defects.report_defect(
            session.get_one(Vehicle, car.id),
            actor=factories.actor(keeper),
            text="右前门刮擦",
            is_damage=True,
            caused_by_id=company.ident("reader"),
            document=("booking", 3),
            photos=[CheckedFile("门.jpg", "image/jpeg", b"\xff\xd8\xff")],
        )
    (check,) = checks()
    assert (check.subject_id, check.doc_type, check.doc_id) == (company.ident("reader"), DEFECT, defect.id)
    (photo,) = files_for(DEFECT, defect.id)
    assert photo.legal_hold


def test_damage_seen_without_a_name_is_asked_of_whoever_has_the_car_now(car, keeper, trips, salesperson):
    with unit_of_work():
        defect = defects.report_defect(
            session.get_one(Vehicle, car.id), actor=factories.actor(salesperson), text="划痕", is_damage=True
        )
    assert defect.caused_by_id == keeper.id


@pytest.mark.parametrize("text", ["", "  \n", "长" * 2_001])
def test_a_defect_says_what_is_wrong(car, keeper, text):
    with pytest.raises(Invalid) as refused, unit_of_work():
        defects.report_defect(session.get_one(Vehicle, car.id), actor=factories.actor(keeper), text=text)
    assert "text" in refused.value.fields


def test_a_person_without_any_role_reports_nothing(car, outsider):
    with pytest.raises(Denied), unit_of_work():
        defects.report_defect(session.get_one(Vehicle, car.id), actor=factories.actor(outsider), text="坏了")

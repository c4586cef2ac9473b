"""Papers, licences and services are reminded of before their end, once for each of the days of the settings."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core import jobs, settings, tasks
from app.core.db import session
from app.core.notices import Notice
from app.core.tasks import open_tasks
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.vehicles import papers, reminders
from app.features.vehicles.enums import LICENCE, VEHICLE, PaperKind, VehicleStatus
from app.features.vehicles.models import Vehicle
from app.features.vehicles.papers import PaperValues
from tests import factories
from tests.features.vehicles import desk


@pytest.fixture
def keeper():
    return desk.dispatcher()


@pytest.fixture
def car(keeper, sales_department, at):
    at(2027, 1, 1, 9, 0)
    vehicle = desk.car(keeper, sales_department)
    desk.paper(vehicle, PaperKind.INSPECTION, date(2020, 1, 1), date(2099, 1, 1))
    return vehicle


def run() -> None:
    reminders.remind({})


def told(verb: str) -> int:
    return session.query(Event).filter_by(verb=verb).count()


def kinds(car) -> list[str]:
    return sorted(task.kind for task in open_tasks(VEHICLE, car.id))


def test_a_paper_is_reminded_of_thirty_seven_and_one_days_before_its_end(car, keeper, at):
    desk.paper(car, PaperKind.COMPULSORY_INSURANCE, date(2026, 3, 1), date(2027, 3, 31))
    counts = []
    for days in (31, 30, 29, 8, 7, 2, 1, 0):
        day = date(2027, 3, 31) - timedelta(days=days)
        at(day.year, day.month, day.day, 9, 0)
        run()
        run()
        counts.append(told("vehicle:paper-ends"))
    assert counts == [0, 1, 1, 1, 2, 2, 3, 3]
    assert {row.user_id for row in session.query(Notice)} == {keeper.id}


def test_a_machine_that_was_off_reminds_of_the_last_day_reached_only(car, at):
    desk.paper(car, PaperKind.COMPULSORY_INSURANCE, date(2026, 3, 1), date(2027, 3, 31))
    at(2027, 3, 27, 9, 0)
    run()
    assert told("vehicle:paper-ends") == 1


def test_the_task_opens_with_the_first_day_and_closes_with_the_renewal(car, keeper, at):
    desk.paper(car, PaperKind.COMPULSORY_INSURANCE, date(2026, 3, 1), date(2027, 3, 31))
    at(2027, 2, 28, 9, 0)
    run()
    assert kinds(car) == []
    at(2027, 3, 1, 9, 0)
    run()
    assert kinds(car) == ["vehicle:renew-compulsory-insurance"]
    (task,) = open_tasks(VEHICLE, car.id)
    assert tasks.people_for(task) == [keeper.id]
    with unit_of_work():
        papers.add_paper(
            session.get_one(Vehicle, car.id),
            actor=factories.actor(keeper),
            values=PaperValues("compulsory_insurance", date(2027, 4, 1), date(2028, 3, 31)),
        )
    assert kinds(car) == []


def test_a_missing_paper_a_grounding_defect_and_a_service_open_tasks(keeper, sales_department, at):
    at(2027, 1, 1, 9, 0)
    car = desk.car(keeper, sales_department, service_days=90, service_kilometres=5_000)
    assert kinds(car) == ["vehicle:renew-compulsory-insurance", "vehicle:renew-inspection"]
    desk.valid_papers(car)
    desk.grounded(car, keeper)
    at(2027, 3, 20, 9, 0)
    run()
    assert kinds(car) == ["vehicle:mend", "vehicle:service"]
    with unit_of_work():
        session.get_one(Vehicle, car.id).status = VehicleStatus.RETIRED
        reminders.sync(session.get_one(Vehicle, car.id))
    assert kinds(car) == []


def test_a_service_by_kilometres_opens_its_task(keeper, sales_department):
    car = desk.car(keeper, sales_department, service_kilometres=5_000)
    desk.valid_papers(car)
    desk.read(car, keeper, 14_999)
    run()
    assert kinds(car) == []
    desk.read(car, keeper, 15_000)
    run()
    assert kinds(car) == ["vehicle:service"]


def test_a_licence_is_reminded_to_its_person_and_to_those_who_keep_cars(keeper, salesperson, at):
    at(2027, 1, 1, 9, 0)
    licence = desk.licence(salesperson, last=date(2027, 3, 31))
    at(2027, 3, 1, 9, 0)
    run()
    people = set(session.execute(select(Notice.user_id)).scalars())
    assert people == {salesperson.id, keeper.id}
    assert [task.kind for task in open_tasks(LICENCE, licence.id)] == ["licence:renew"]
    run()
    assert told("licence:ends") == 1


def test_days_are_a_setting_that_refuses_what_is_no_list_of_days():
    for value in ("", "abc", "0", "400", "7, -1", "1,2,3,4,5,6,7,8,9,10"):
        assert reminders.refuse_days(value) is not None
    for value in ("30, 7, 1", "60、30", "14"):
        assert reminders.refuse_days(value) is None
    with unit_of_work():
        settings.put(reminders.REMIND_DAYS, "60、14")
    assert reminders.remind_days() == [60, 14]


def test_the_job_is_registered_and_runs_without_any_car():
    assert any(kind.kind == "vehicles:remind" and kind.every for kind in jobs.registered_jobs())
    run()
    assert session.query(Event).count() == 0

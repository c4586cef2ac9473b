"""What stands against a trip, at every boundary day."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock, i18n
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.vehicles import roadworthiness
from app.features.vehicles.enums import DRIVES, LicenceClass, PaperKind, VehicleStatus
from app.features.vehicles.models import Vehicle, VehiclePaper
from app.features.vehicles.queries import first_uncovered
from tests.features.vehicles import desk

START = clock.from_local(clock.to_local(clock.now()).replace(tzinfo=None, year=2027, month=3, day=2, hour=9))
END = START + timedelta(days=2)
LAST = date(2027, 3, 4)


@pytest.fixture
def keeper():
    return desk.dispatcher()


@pytest.fixture
def car(keeper, sales_department):
    vehicle = desk.car(keeper, sales_department)
    desk.valid_papers(vehicle)
    return vehicle


def change(car, **values) -> None:
    with unit_of_work():
        row = session.get_one(Vehicle, car.id)
        for key, value in values.items():
            setattr(row, key, value)


def codes(car, driver=None, starts_at=START, ends_at=END, kilometres=None) -> list[str]:
    found = roadworthiness.obstacles(car, driver and driver.id, starts_at, ends_at, kilometres)
    return [obstacle.code for obstacle in found]


def test_nothing_stands_against_a_sound_car_and_a_valid_licence(car, salesperson):
    desk.licence(salesperson)
    assert codes(car, salesperson) == []


@pytest.mark.parametrize(
    ("status", "code"),
    [(VehicleStatus.WORKSHOP, "vehicle-in-workshop"), (VehicleStatus.RETIRED, "vehicle-retired")],
)
def test_a_car_that_is_not_available_does_not_go(car, status, code):
    change(car, status=status)
    assert codes(car) == [code]


def test_an_open_grounding_defect_names_its_record(car, keeper):
    defect = desk.grounded(car, keeper)
    (obstacle,) = roadworthiness.obstacles(car, None, START, END)
    assert (obstacle.code, obstacle.url) == ("vehicle-grounded", f"/vehicles/defects/{defect.id}")
    assert "刹车异响" in str(obstacle.sentence)


@pytest.mark.parametrize("kind", [PaperKind.COMPULSORY_INSURANCE, PaperKind.INSPECTION])
@pytest.mark.parametrize(("days", "stands"), [(-1, True), (0, False), (1, False)])
def test_a_required_paper_holds_to_the_last_day_of_the_trip(keeper, sales_department, kind, days, stands):
    car = desk.car(keeper, sales_department)
    for each in (PaperKind.COMPULSORY_INSURANCE, PaperKind.INSPECTION):
        last = desk.day(LAST, days) if each == kind else date(2099, 1, 1)
        desk.paper(car, each, date(2020, 1, 1), last)
    assert codes(car) == ([f"paper-{kind.replace('_', '-')}"] if stands else [])


def test_a_trip_that_ends_at_midnight_needs_no_paper_for_the_next_day(keeper, sales_department):
    car = desk.car(keeper, sales_department)
    desk.valid_papers(car, LAST)
    midnight = clock.day_bounds(LAST)[1]
    assert codes(car, ends_at=midnight) == []
    assert len(codes(car, ends_at=midnight + timedelta(seconds=1))) == 2


def test_a_renewal_that_touches_covers_the_trip_and_a_gap_does_not(keeper, sales_department):
    car = desk.car(keeper, sales_department)
    desk.paper(car, PaperKind.INSPECTION, date(2020, 1, 1), date(2099, 1, 1))
    desk.paper(car, PaperKind.COMPULSORY_INSURANCE, date(2026, 3, 3), date(2027, 3, 2))
    later = desk.paper(car, PaperKind.COMPULSORY_INSURANCE, date(2027, 3, 4), date(2028, 3, 3))
    (obstacle,) = roadworthiness.obstacles(car, None, START, END)
    assert "2027-03-03" in str(obstacle.sentence)
    with unit_of_work():
        session.get_one(VehiclePaper, later.id).valid_from = date(2027, 3, 3)
    assert codes(car) == []


def test_a_car_without_papers_does_not_go_and_commercial_insurance_helps_nothing(keeper, sales_department):
    car = desk.car(keeper, sales_department)
    desk.paper(car, PaperKind.COMMERCIAL_INSURANCE, date(2020, 1, 1), date(2099, 1, 1))
    assert codes(car) == ["paper-compulsory-insurance", "paper-inspection"]


@pytest.mark.parametrize(("days", "stands"), [(-1, True), (0, False)])
def test_service_by_day(car, days, stands):
    change(car, service_days=180, serviced_on=desk.day(LAST, days) - timedelta(days=180))
    assert codes(car) == (["service-by-day"] if stands else [])


@pytest.mark.parametrize(("estimated", "stands"), [(None, False), (0, False), (1_000, False), (1_001, True)])
def test_service_by_the_kilometres_the_trip_is_estimated_to_go(car, estimated, stands):
    change(car, service_kilometres=5_000, serviced_at_kilometres=6_000)
    assert codes(car, kilometres=estimated) == (["service-by-kilometres"] if stands else [])


def test_a_service_that_is_overdue_stands_without_an_estimate(car):
    change(car, service_kilometres=3_999, serviced_at_kilometres=6_000)
    assert codes(car) == ["service-by-kilometres"]


def test_a_driver_without_licence_is_named_with_the_record_to_mend(car, salesperson):
    (obstacle,) = roadworthiness.obstacles(car, salesperson.id, START, END)
    assert (obstacle.code, obstacle.of_driver) == ("licence-missing", True)
    assert obstacle.url == f"/vehicles/licences/{salesperson.id}"
    assert salesperson.name in str(obstacle.sentence)


@pytest.mark.parametrize(("days", "stands"), [(-1, True), (0, False), (1, False)])
def test_a_licence_holds_to_the_last_day_of_the_trip(car, salesperson, days, stands):
    desk.licence(salesperson, last=desk.day(LAST, days))
    assert codes(car, salesperson) == (["licence-expires"] if stands else [])


@pytest.mark.parametrize("held", list(LicenceClass))
@pytest.mark.parametrize("needed", list(LicenceClass))
def test_a_licence_covers_what_the_regulation_says(car, salesperson, held, needed):
    change(car, licence_class=needed)
    desk.licence(salesperson, held)
    assert codes(car, salesperson) == ([] if needed in DRIVES[held] else ["licence-class"])


def test_everything_at_once_is_told_at_once_in_both_languages(car, keeper, salesperson):
    change(car, status=VehicleStatus.WORKSHOP, licence_class="A1")
    desk.grounded(car, keeper)
    desk.licence(salesperson, last=date(2027, 1, 1))
    assert len(codes(car, salesperson)) == 4
    with i18n.using_locale(i18n.ENGLISH):
        for obstacle in roadworthiness.obstacles(car, salesperson.id, START, END):
            assert "请" not in str(obstacle.sentence)


def test_many_cars_cost_as_many_statements_as_one(car, keeper, salesperson, sales_department, queries):
    for number in range(30):
        desk.car(keeper, sales_department, plate=f"苏B{number:05d}")
    person_id = desk.licence(salesperson).user_id
    session.remove()
    loaded = list(session.query(Vehicle))
    with queries() as one:
        roadworthiness.obstacles(loaded[0], person_id, START, END)
    with queries() as many:
        found = roadworthiness.obstacles_of(loaded, person_id, START, END)
    assert len(one) == len(many) <= 3
    assert len(found) == 31


DAYS = st.integers(0, 40)
SPANS = st.lists(st.tuples(DAYS, DAYS).map(sorted), max_size=6)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=SPANS, trip=st.tuples(DAYS, DAYS).map(sorted))
def test_the_first_uncovered_day_equals_the_naive_one(spans, trip):
    start = date(2027, 1, 1)
    papers = [VehiclePaper(valid_from=desk.day(start, a), valid_until=desk.day(start, b)) for a, b in spans]
    bare = [day for day in range(trip[0], trip[1] + 1) if not any(a <= day <= b for a, b in spans)]
    expected = desk.day(start, bare[0]) if bare else None
    assert first_uncovered(papers, desk.day(start, trip[0]), desk.day(start, trip[1])) == expected

"""The pages of defects, fines, licences and corrections over HTTP; the file on paper, statements, English."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.assets import custody
from app.features.assets.enums import CustodyKind
from app.features.vehicles import costs, fines
from app.features.vehicles.costs import CostValues
from app.features.vehicles.fines import FineValues
from app.features.vehicles.models import (
    DrivingLicence,
    OdometerCorrection,
    Vehicle,
    VehicleDefect,
    VehicleFine,
    VehicleService,
)
from tests import factories
from tests.features.vehicles import desk
from tests.paper_tools import saved, text_of


@pytest.fixture
def keeper():
    return desk.dispatcher()


@pytest.fixture
def car(keeper, sales_department):
    return desk.car(keeper, sales_department)


MULTIPART = "multipart/form-data"


def enter_fine(car, keeper, **values) -> int:
    typed = {"happened_at": clock.now(), "offence": "超速", "amount": Decimal(200), "points": 3, **values}
    with unit_of_work():
        return fines.enter_fine(
            session.get_one(Vehicle, car.id), actor=factories.actor(keeper), values=FineValues(**typed)
        ).id


def test_anybody_reports_a_defect_with_photos_made_anew_and_a_keeper_mends_it(
    client, keeper, car, salesperson
):
    client.as_(salesperson)
    fields = {"text": "左后胎鼓包", "grounds": "y", "file": (desk.photo(), "IMG_1.jpg")}
    response = client.submit(f"/vehicles/{car.id}/defects/new", fields, content_type=MULTIPART)
    assert response.status_code == 303
    client.get(response.location)
    assert "停驶" in client.page.text
    photo_url = next(
        item.attributes["href"] for item in client.page.all("a") if "/files/" in item.attributes["href"]
    )
    assert b"SecretPhone" not in client.get(photo_url).data
    defect = session.execute(select(VehicleDefect)).scalar_one()
    assert client.get(f"/vehicles/defects/{defect.id}/mend").status_code == 403
    client.as_(keeper)
    mend = f"/vehicles/defects/{defect.id}/mend"
    assert client.submit(mend, {"note": ""}).status_code == 422
    fields = {**client.page.values(mend), "note": "换了新胎"}
    assert client.post(mend, fields).status_code == 303
    assert client.post(mend, fields).status_code == 409
    assert session.get_one(VehicleDefect, defect.id).mended_note == "换了新胎"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b"hello"), ("a.jpg", b"\xff\xd8\xff broken"), ("a.heic", b"\0\0\0\x18ftypheic\0\0")],
)
def test_a_photo_that_cannot_be_read_is_refused_and_what_was_typed_stays(client, keeper, car, name, content):
    client.as_(keeper)
    fields = {"text": "左后胎鼓包", "file": (io.BytesIO(content), name)}
    assert client.submit(f"/vehicles/{car.id}/defects/new", fields, content_type=MULTIPART).status_code == 422
    assert "左后胎鼓包" in client.page.html
    assert session.query(VehicleDefect).count() == 0


def test_a_keeper_decides_whether_a_defect_grounds_the_car(client, keeper, car):
    defect = desk.grounded(car, keeper)
    client.as_(keeper)
    assert client.submit(f"/vehicles/defects/{defect.id}/judge", {"note": "只是灯"}).status_code == 303
    assert session.get_one(VehicleDefect, defect.id).grounds is False


def test_a_fine_is_entered_settled_and_stands_in_the_list(client, keeper, car):
    client.as_(keeper)
    fields = {
        "vehicle_id": car.id,
        "happened_at": "2026-11-02 08:14",
        "offence": "机动车不按规定车道行驶",
        "amount": "200",
        "points": "3",
        "notice_number": "3201001",
    }
    response = client.submit("/vehicles/fines/new", fields)
    assert response.status_code == 303
    client.get(response.location)
    assert "待查明" in client.page.text
    assert client.submit("/vehicles/fines/new", fields).status_code == 422
    assert client.submit(f"{response.location}/settle", {}).status_code == 303
    client.get("/vehicles/fines")
    assert "已处理" in client.page.text


@pytest.mark.parametrize(
    "fields",
    [
        {"happened_at": "2099-01-01 08:00"},
        {"happened_at": "昨晚"},
        {"points": "13"},
        {"amount": ""},
        {"offence": ""},
        {"vehicle_id": "999"},
    ],
)
def test_a_fine_that_cannot_be_is_refused(client, keeper, car, fields):
    client.as_(keeper)
    typed = {
        "vehicle_id": car.id,
        "happened_at": "2026-11-02 08:14",
        "offence": "超速",
        "amount": "1",
        **fields,
    }
    assert client.submit("/vehicles/fines/new", typed).status_code == 422
    assert session.query(VehicleFine).count() == 0


def test_a_fine_is_for_its_driver_and_those_who_judge(client, keeper, car, salesperson, manager, technician):
    number = enter_fine(car, keeper)
    address = f"/vehicles/fines/{number}"
    assert client.as_(salesperson).get(address).status_code == 404
    assert client.as_(technician).get(address).status_code == 404
    assert client.as_(manager).get(address).status_code == 200
    client.as_(keeper)
    assert client.submit(f"{address}/driver", {"driver_id": salesperson.id}).status_code == 303
    assert client.as_(salesperson).get(address).status_code == 200
    assert client.get(f"{address}/driver").status_code == 403
    assert client.get(f"{address}/settle").status_code == 403
    client.get("/vehicles/fines")
    assert "超速" in client.page.text


def test_the_responsible_person_is_asked_who_drove(client, keeper, salesperson, sales_department):
    car = desk.car(keeper, sales_department)
    with unit_of_work():
        custody.pass_on(
            session.get_one(Vehicle, car.id).item, person_id=salesperson.id, kind=CustodyKind.HELD
        )
    number = enter_fine(car, keeper)
    client.as_(salesperson).get("/tasks")
    assert "指明违章时的驾驶人" in client.page.text
    assert client.submit(f"/vehicles/fines/{number}/driver", {"driver_id": ""}).status_code == 422
    assert client.submit(f"/vehicles/fines/{number}/driver", {"driver_id": keeper.id}).status_code == 303
    assert session.get_one(VehicleFine, number).driver_id == keeper.id


def test_a_licence_is_registered_and_its_owner_sees_it_alone(client, keeper, salesperson, manager):
    client.as_(keeper)
    fields = {"user_id": salesperson.id, "licence_class": "C1", "valid_until": "2030-05-01"}
    assert client.submit("/vehicles/licences/new", fields).status_code == 303
    client.get("/vehicles/licences")
    assert salesperson.name in client.page.text
    address = f"/vehicles/licences/{salesperson.id}"
    assert client.as_(salesperson).get(address).status_code == 200
    assert "2030-05-01" in client.page.text
    licence = session.execute(select(DrivingLicence)).scalar_one()
    assert client.get(f"/vehicles/licences/of/{licence.id}").location.endswith(address)
    assert client.as_(manager).get(address).status_code == 404
    client.get("/vehicles/licences")
    assert salesperson.name not in client.page.text


def test_a_licence_form_made_before_another_saved_is_told(client, keeper, salesperson):
    client.as_(keeper).get(f"/vehicles/licences/new?person={salesperson.id}")
    fields = client.page.values("/vehicles/licences/new")
    fields |= {"user_id": salesperson.id, "licence_class": "C1", "valid_until": "2030-05-01"}
    assert client.post("/vehicles/licences/new", fields).status_code == 303
    assert client.post("/vehicles/licences/new", {**fields, "licence_class": "A1"}).status_code == 409
    assert session.execute(select(DrivingLicence.licence_class)).scalar_one() == "C1"


@pytest.mark.parametrize("fields", [{"valid_until": "2020-01-01"}, {"user_id": ""}, {"licence_class": "Z9"}])
def test_a_licence_that_cannot_be_is_refused(client, keeper, salesperson, fields):
    client.as_(keeper)
    typed = {"user_id": salesperson.id, "licence_class": "C1", "valid_until": "2030-05-01", **fields}
    assert client.submit("/vehicles/licences/new", typed).status_code == 422


def test_a_reading_is_corrected_by_two_people_over_the_pages(client, keeper, car, manager, salesperson):
    wrong = desk.read(car, keeper, 12_000).reading
    client.as_(keeper)
    address = f"/vehicles/{car.id}/readings/{wrong.id}/correct"
    assert client.submit(address, {"kilometres": "9000", "reason": "看错"}).status_code == 422
    response = client.submit(address, {"kilometres": "10200", "reason": "看错"})
    assert response.status_code == 303
    page = response.location
    assert client.as_(salesperson).get(page).status_code == 403
    client.as_(keeper).get(page)
    row = session.execute(select(OdometerCorrection)).scalar_one()
    assert client.post(f"{page}/agree", {"version": row.version}).status_code == 403
    client.as_(manager).get("/tasks")
    assert "同意更正里程" in client.page.text
    client.get(page)
    assert client.post(f"{page}/decline", {"version": row.version, "note": ""}).status_code == 422
    assert client.post(f"{page}/agree", {"version": row.version + 5}).status_code == 409
    assert client.post(f"{page}/agree", {"version": row.version}).status_code == 303
    assert client.post(f"{page}/agree", {"version": row.version + 1}).status_code == 409
    assert client.post(f"{page}/nothing", {"version": row.version}).status_code == 404
    session.expire_all()
    assert session.get_one(Vehicle, car.id).odometer == 10_200
    client.get(f"/vehicles/{car.id}")
    assert "原读数 12000" in client.page.text


def test_the_file_of_a_car_is_a_paper_with_all_its_parts(client, keeper, car, tmp_path):
    desk.valid_papers(car)
    desk.grounded(car, keeper)
    enter_fine(car, keeper)
    response = client.as_(keeper).get(f"/vehicles/{car.id}/file.pdf")
    assert response.mimetype == "application/pdf"
    text = text_of(saved(tmp_path, response.data))
    for said in (desk.PLATE, "保险与年检", "刹车异响", "超速", "责任人与交接", keeper.name):
        assert said in text


def test_the_number_of_statements_does_not_grow_with_cars_and_rows(
    client, keeper, car, sales_department, queries
):
    client.as_(keeper)

    def counted() -> list[int]:
        found = []
        for path in (
            "/vehicles",
            f"/vehicles/{car.id}",
            "/vehicles/costs",
            "/vehicles/fines",
            "/vehicles/licences",
        ):
            client.get(path)
            with queries() as sent:
                assert client.get(path).status_code == 200
            found.append(len(sent))
        return found

    fill(car, keeper, 0, sales_department)
    before = counted()
    for number in range(1, 30):
        fill(car, keeper, number, sales_department)
    assert counted() == before
    assert max(before) <= 30


def fill(car, keeper, number: int, sales_department) -> None:
    """One more of everything, by people of their own."""
    person = factories.user(name=f"人{number}", department=sales_department)
    desk.car(keeper, sales_department, plate=f"苏C{number:05d}")
    desk.licence(person)
    desk.paper(car, "inspection", date(2020, 1, 1), date(2030, 1, 1) + timedelta(days=number))
    desk.grounded(car, person)
    desk.read(car, person, 10_000 + number)
    driven = enter_fine(car, keeper, notice_number=f"N{number}")
    with unit_of_work():
        session.get_one(VehicleFine, driven).driver_id = person.id
        costs.add_cost(
            session.get_one(Vehicle, car.id),
            actor=factories.actor(keeper),
            values=CostValues("fuel", Decimal(300), clock.today(), litres=Decimal(40)),
        )
        session.add(
            VehicleService(
                vehicle_id=car.id,
                done_on=clock.today(),
                kilometres=10_000,
                work="机油",
                entered_by_id=keeper.id,
            )
        )


def test_every_page_speaks_english(client, keeper, car, salesperson):
    desk.valid_papers(car)
    desk.licence(keeper)
    defect = desk.grounded(car, keeper)
    fine = enter_fine(car, keeper)
    client.as_(keeper).post("/language", {"language": "en"})
    for path in (
        "/vehicles/new",
        f"/vehicles/{car.id}/edit",
        f"/vehicles/{car.id}/papers/new",
        f"/vehicles/{car.id}/services/new",
        f"/vehicles/{car.id}/defects/new",
        "/vehicles/costs",
        "/vehicles/costs/new",
        "/vehicles/fines",
        "/vehicles/fines/new",
        f"/vehicles/fines/{fine}",
        "/vehicles/licences",
        "/vehicles/licences/new",
        f"/vehicles/defects/{defect.id}",
        f"/vehicles/{car.id}",
        "/vehicles",
    ):
        client.get(path)
        for word in ("车辆", "责任人", "登记", "违章", "驾驶", "里程", "保养", "费用"):
            assert word not in client.page.text.replace("别克商务车", ""), (path, word)


def test_a_count_of_rows_is_what_the_lists_say(client, keeper, car):
    client.as_(keeper).get("/vehicles")
    assert desk.PLATE in client.page.text
    assert session.execute(select(func.count()).select_from(Vehicle)).scalar_one() == 1


def test_a_task_says_which_fine_on_the_list_the_workbench_and_in_files(
    client, keeper, car, salesperson, at, queries
):
    at(2026, 11, 23, 9, 0)
    asked = []
    for count in (1, 29):
        for _number in range(count):
            enter_fine(car, keeper)
        for page in ("/tasks", "/"):
            client.as_(keeper).get(page)
            with queries() as sent:
                client.get(page)
            asked.append(len(sent))
            assert f"{car.plate} 超速" in client.page.text
    assert asked[:2] == asked[2:]
    assert f"{car.plate} 超速" in client.get("/tasks?format=csv&per_page=1").get_data(as_text=True)

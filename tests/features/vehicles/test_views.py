"""The pages of vehicles over HTTP, for each role."""

import io
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.assets import catalogue
from app.features.assets.catalogue import CategoryValues
from app.features.people import leaving
from app.features.vehicles.enums import VehiclePerm
from app.features.vehicles.models import (
    Vehicle,
    VehicleCost,
    VehiclePaper,
    VehicleService,
)
from tests import factories
from tests.features.vehicles import desk


@pytest.fixture
def keeper():
    return desk.dispatcher()


@pytest.fixture
def car(keeper, sales_department):
    return desk.car(keeper, sales_department)


MULTIPART = "multipart/form-data"
ROLES = [Role.SALESPERSON, Role.MANAGER, Role.LEADER, Role.DISPATCHER, Role.DRIVER, Role.FINANCE]


def test_a_car_is_entered_by_the_form_and_is_equipment_of_its_keeper(client, keeper, sales_department):
    client.as_(keeper)
    response = client.submit(
        "/vehicles/new",
        {
            "plate": "苏a·12345",
            "name": "别克 GL8",
            "department_id": sales_department.id,
            "seats": "7",
            "odometer": "52300",
            "person_id": keeper.id,
        },
    )
    assert response.status_code == 303
    car = session.execute(select(Vehicle)).scalar_one()
    assert (car.plate, car.odometer, car.item.keeper_id) == ("苏A12345", 52_300, keeper.id)
    client.get(response.location)
    assert client.page.heading.startswith("苏A12345")
    assert "没有登记，不能派车" in client.page.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"plate": ""}, "plate"),
        ({"plate": "A12345"}, "plate"),
        ({"plate": "苏A1"}, "plate"),
        ({"seats": "0"}, "seats"),
        ({"seats": "61"}, "seats"),
        ({"seats": "七"}, "seats"),
        ({"odometer": "10000000"}, "odometer"),
        ({"odometer": "-1"}, "odometer"),
        ({"person_id": ""}, "person_id"),
        ({"person_id": "99999"}, "person_id"),
        ({"service_kilometres": "5"}, "service_kilometres"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_kept(client, keeper, sales_department, fields, field):
    client.as_(keeper)
    typed = {
        "plate": "苏A12345",
        "name": "别克",
        "department_id": sales_department.id,
        "seats": "7",
        "odometer": "100",
        "person_id": keeper.id,
        **fields,
    }
    assert client.submit("/vehicles/new", typed).status_code == 422
    wrong = [item for item in client.page.elements if item.attributes.get("aria-invalid") == "true"]
    assert [item.attributes["name"] for item in wrong] == [field]
    assert client.page.one("input", name="name").attributes["value"] == "别克"
    assert session.query(Vehicle).count() == 0


def test_a_plate_is_entered_once(client, keeper, car, sales_department):
    client.as_(keeper)
    typed = {
        "plate": desk.PLATE,
        "name": "别克",
        "department_id": sales_department.id,
        "seats": "7",
        "odometer": "1",
        "person_id": keeper.id,
    }
    assert client.submit("/vehicles/new", typed).status_code == 422
    assert "已经登记过" in client.page.text


PAGES = [
    ("/vehicles", None),
    ("/vehicles/{car}", None),
    ("/vehicles/{car}/defects/new", None),
    ("/vehicles/fines", None),
    ("/vehicles/licences", None),
    ("/vehicles/defects/{defect}", None),
    ("/vehicles/new", Role.DISPATCHER),
    ("/vehicles/{car}/edit", Role.DISPATCHER),
    ("/vehicles/{car}/papers/new", Role.DISPATCHER),
    ("/vehicles/{car}/services/new", Role.DISPATCHER),
    ("/vehicles/costs/new", Role.DISPATCHER),
    ("/vehicles/fines/new", Role.DISPATCHER),
    ("/vehicles/licences/new", Role.DISPATCHER),
    ("/vehicles/defects/{defect}/mend", Role.DISPATCHER),
    ("/vehicles/defects/{defect}/judge", Role.DISPATCHER),
    ("/vehicles/costs", "costs"),
    ("/vehicles/{car}/file.pdf", "costs"),
]
COSTS = {Role.DISPATCHER, Role.MANAGER, Role.LEADER, Role.FINANCE}


@pytest.mark.parametrize(
    "role", [Role.SALESPERSON, Role.MANAGER, Role.LEADER, Role.DISPATCHER, Role.DRIVER, Role.FINANCE]
)
@pytest.mark.parametrize(("path", "needed"), PAGES)
def test_pages_open_to_those_they_are_for(client, keeper, car, sales_department, role, path, needed):
    defect = desk.grounded(car, keeper)
    person = factories.user(name="某人", department=sales_department, roles=[role])
    allowed = needed is None or role == needed or (needed == "costs" and role in COSTS)
    response = client.as_(person).get(path.format(car=car.id, defect=defect.id))
    assert response.status_code == (200 if allowed else 403)


@pytest.mark.parametrize(
    "path",
    [
        "/vehicles/999",
        "/vehicles/999/edit",
        "/vehicles/defects/999",
        "/vehicles/fines/999",
        "/vehicles/licences/999",
        "/vehicles/licences/of/999",
        "/vehicles/corrections/999",
        "/vehicles/1/papers/999/remove",
        "/vehicles/1/costs/999/remove",
        "/vehicles/1/readings/999/correct",
    ],
)
def test_what_is_not_there_is_not_found(client, keeper, car, path):
    assert client.as_(keeper).get(path).status_code == 404


def test_whoever_has_no_role_sees_no_car(client, outsider, car):
    assert client.as_(outsider).get("/vehicles").status_code == 403
    assert client.get(f"/vehicles/{car.id}").status_code == 403


def test_the_card_is_changed_and_a_stale_form_is_told(client, keeper, car):
    client.as_(keeper).get(f"/vehicles/{car.id}/edit")
    fields = client.page.values(f"/vehicles/{car.id}/edit")
    fields |= {"name": "新名称", "status": "workshop"}
    assert client.post(f"/vehicles/{car.id}/edit", fields).status_code == 303
    assert client.post(f"/vehicles/{car.id}/edit", {**fields, "name": "又一个"}).status_code == 409
    assert client.page.one("input", name="name").attributes["value"] == "又一个"
    row = session.get_one(Vehicle, car.id)
    assert (row.name, row.status) == ("新名称", "workshop")


def test_a_paper_is_entered_with_its_scan_shown_with_its_days_and_taken_back(client, keeper, car, at):
    at(2027, 3, 1, 9, 0)
    client.as_(keeper)
    fields = {
        "kind": "inspection",
        "valid_from": "2026-03-14",
        "valid_until": "2027-03-13",
        "issuer": "城东检测站",
        "file": (desk.photo(), "检.jpg"),
    }
    assert client.submit(f"/vehicles/{car.id}/papers/new", fields, content_type=MULTIPART).status_code == 303
    paper = session.execute(select(VehiclePaper)).scalar_one()
    client.get(f"/vehicles/{car.id}")
    assert "还有 12 天" in client.page.text
    assert f'href="/files/{paper.stored_file_id}"' in client.page.html
    remove = f"/vehicles/{car.id}/papers/{paper.id}/remove"
    assert client.submit(remove, {"reason": ""}).status_code == 422
    assert client.submit(remove, {"reason": "登记错了"}).status_code == 303
    assert session.query(VehiclePaper).count() == 0


@pytest.mark.parametrize(
    ("first", "last"),
    [("2027-03-14", "2027-03-13"), ("2027-03-14", "2047-03-13"), ("", "2027-03-13"), ("昨日", "x")],
)
def test_days_of_a_paper_that_cannot_be_are_refused(client, keeper, car, first, last):
    client.as_(keeper)
    fields = {"kind": "inspection", "valid_from": first, "valid_until": last}
    assert client.submit(f"/vehicles/{car.id}/papers/new", fields, content_type=MULTIPART).status_code == 422
    assert session.query(VehiclePaper).count() == 0


def test_a_service_is_entered_with_its_reading_and_cost(client, keeper, car):
    client.as_(keeper)
    fields = {"kilometres": "10800", "work": "机油机滤", "workshop": "城南修理厂", "amount": "680"}
    assert client.submit(f"/vehicles/{car.id}/services/new", fields).status_code == 303
    service = session.execute(select(VehicleService)).scalar_one()
    row = session.get_one(Vehicle, car.id)
    assert (service.kilometres, row.serviced_at_kilometres, row.odometer) == (10_800, 10_800, 10_800)
    assert session.execute(select(VehicleCost.amount)).scalar_one() == Decimal("680.00")


def test_a_service_far_above_the_last_reading_asks_to_be_confirmed(client, keeper, car):
    client.as_(keeper)
    address = f"/vehicles/{car.id}/services/new"
    client.get(address)
    assert "accept_kilometres" not in client.page.html
    fields = {"kilometres": "19000", "work": "机油"}
    assert client.submit(address, fields).status_code == 422
    assert "accept_kilometres" in client.page.html
    fields = {**client.page.values(address), "accept_kilometres": "y"}
    assert client.post(address, fields).status_code == 303


@pytest.mark.parametrize("kilometres", ["9999", "abc", "10000000", ""])
def test_a_service_with_a_reading_that_cannot_be_is_refused(client, keeper, car, kilometres):
    client.as_(keeper)
    fields = {"kilometres": kilometres, "work": "机油"}
    assert client.submit(f"/vehicles/{car.id}/services/new", fields).status_code == 422
    assert session.query(VehicleService).count() == 0


def test_costs_are_entered_summed_drawn_exported_and_taken_back(client, keeper, car):
    client.as_(keeper)
    fields = {"vehicle_id": car.id, "kind": "fuel", "amount": "412.5", "litres": "52.3", "note": "=1+1"}
    assert client.submit("/vehicles/costs/new", fields, content_type=MULTIPART).status_code == 303
    cost = session.execute(select(VehicleCost)).scalar_one()
    client.get(f"/vehicles/{car.id}")
    assert "412.50" in client.page.text
    assert "<svg" in client.page.html
    exported = client.get("/vehicles/costs?format=csv")
    assert "'=1+1" in exported.get_data(as_text=True)
    remove = f"/vehicles/{car.id}/costs/{cost.id}/remove"
    assert client.submit(remove, {"reason": "重复"}).status_code == 303
    assert session.query(VehicleCost).count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "-5"},
        {"amount": "很多"},
        {"amount": "1.234"},
        {"kind": "toll", "litres": "5"},
        {"kind": "bribe"},
        {"vehicle_id": "999"},
        {"paid_on": "2099-01-01"},
        {"file": (io.BytesIO(b"MZ\x90"), "a.exe")},
        {"file": (io.BytesIO(b""), "a.pdf")},
    ],
)
def test_a_cost_that_cannot_be_is_refused(client, keeper, car, fields):
    client.as_(keeper)
    typed = {"vehicle_id": car.id, "kind": "fuel", "amount": "5", **fields}
    assert client.submit("/vehicles/costs/new", typed, content_type=MULTIPART).status_code == 422
    assert session.query(VehicleCost).count() == 0


def test_a_grounded_car_is_told_so_in_list_and_head_and_found_by_it(client, keeper, car, sales_department):
    desk.car(keeper, sales_department, plate="苏A20000")
    desk.grounded(car, keeper)
    client.as_(keeper).get(f"/vehicles/{car.id}")
    assert "停驶" in [item.text for item in client.page.all("span", class_="status")]
    client.get("/vehicles?status=grounded")
    assert desk.PLATE in client.page.text
    assert "苏A20000" not in client.page.text
    client.get("/vehicles?status=available")
    assert desk.PLATE not in client.page.text


def test_equipment_that_is_a_car_leads_to_it(client, keeper, car):
    client.as_(keeper).get(f"/assets/{car.item_id}")
    assert f'href="/vehicles/{car.id}"' in client.page.html


def test_an_own_driver_leaves_after_another_was_named(keeper, sales_department, salesperson, manager):
    assert leaving.open_matters(salesperson.id) == []
    car = desk.car(keeper, sales_department, driver_id=salesperson.id)
    [matter] = leaving.open_matters(salesperson.id)
    assert (matter.sentence, matter.url) == ("还是 1 辆车的专职驾驶员", "/vehicles")
    assert matter.permission == VehiclePerm.MANAGE
    desk.renew(car, keeper, driver_id=manager.id)
    assert leaving.open_matters(salesperson.id) == []


def test_a_car_entered_after_its_category_was_renamed_belongs_to_the_same(keeper, car, sales_department):
    keeps = factories.actor(factories.user("贺静", "a1", sales_department, [Role.ASSET_KEEPER]))
    with unit_of_work():
        values = CategoryValues("公司车辆")
        catalogue.change_category(car.item.category, actor=keeps, version=None, values=values)
    second = desk.car(keeper, sales_department, plate="苏A20000")
    assert second.item.category_id == car.item.category_id

"""The pages of bookings over HTTP: who may, what is refused and how, and how much a page asks of the database."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock, i18n, settings
from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.bookings import actions
from app.features.bookings.enums import BookingStatus
from app.features.bookings.models import Booking, BookingSeat
from app.features.people.models import User
from app.features.vehicles.models import DrivingLicence
from tests import factories
from tests.client import Client
from tests.features.bookings import desk as desks
from tests.features.bookings.desk import Desk
from tests.features.vehicles import desk as vehicles_desk

At = Callable[..., datetime]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 20, 8)
    built = desks.build()
    at(2026, 11, 26, 8)
    return built


def the_one() -> Booking:
    return session.execute(select(Booking)).unique().scalar_one()


# Asking


def test_from_the_workbench_to_the_confirmation_in_three_taps_and_two_typed_fields(
    client: Client, desk: Desk
) -> None:
    client.as_(desk.applicant).get("/")
    tiles = [link for link in client.page.all("a") if link.attributes["href"] == "/bookings/new"]
    assert tiles, "a large action on the workbench"
    taps = 1
    client.get("/bookings/new")
    typed = {"destination": "奉化", "ends_at": "17:00"}
    prefilled = client.page.values("/bookings/new")
    assert (prefilled["vehicle_id"], prefilled["starts_at"]) == (str(desk.own.id), "2026-11-26 08:30")
    folded = [field for field in client.page.fields if field.inside("details")]
    open_fields = [
        field.attributes["name"]
        for field in client.page.fields
        if field not in folded
        and field.inside("form")
        and field.attributes.get("type") not in ("hidden", "search")
        and not prefilled.get(field.attributes.get("name", ""), "")
        and field.attributes.get("name") in prefilled
    ]
    assert sorted(open_fields) == sorted(typed), "what is left to type"
    client.post("/bookings/new", {**prefilled, **typed})
    taps += 1
    assert client.response.status_code == 303
    client.get(client.response.location)
    assert (taps, len(typed)) <= (4, 2)
    assert "已派车" in client.page.text
    assert the_one().ends_at == desks.local(2026, 11, 26, 17)


def test_a_free_stretch_that_was_tapped_fills_car_and_times(client: Client, desk: Desk) -> None:
    address = f"/bookings/new?vehicle={desk.ours.id}&from=2026-11-27T22:00&to=2026-11-28T02:00"
    client.as_(desk.applicant).get(address)
    values = client.page.values(client.page.one("form", id="form").attributes["action"])
    assert values["vehicle_id"] == str(desk.ours.id)
    assert (values["starts_at"], values["ends_at"]) == ("2026-11-27 22:00", "2026-11-28 02:00")
    client.get("/bookings/new?vehicle=999999999999&from=gestern&to=%00")
    assert client.response.status_code == 200


def test_twice_the_same_form_books_once(client: Client, desk: Desk) -> None:
    client.as_(desk.applicant).get("/bookings/new")
    values = {**client.page.values("/bookings/new"), "destination": "奉化", "ends_at": "17:00"}
    first = client.post("/bookings/new", values).location
    assert client.post("/bookings/new", values).location == first
    the_one()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ends_at": "08:00"}, "ends_at"),
        ({"starts_at": "17:00", "ends_at": "17:00"}, "ends_at"),
        ({"starts_at": "2026-11-25 09:00", "ends_at": "2026-11-25 10:00"}, "starts_at"),
        ({"starts_at": "2027-03-01 09:00", "ends_at": "2027-03-01 10:00"}, "starts_at"),
        ({"ends_at": "2027-01-20 10:00"}, "ends_at"),
        ({"ends_at": "上午"}, "ends_at"),
        ({"ends_at": "25:00"}, "ends_at"),
        ({"passengers": "6"}, "passengers"),
        ({"passengers": "三"}, "passengers"),
        ({"vehicle_id": "424242"}, "vehicle_id"),
        ({"destination": " "}, "destination"),
        ({"private": "y"}, "purpose"),
        ({"weekdays": "3"}, "until"),
        ({"estimated_kilometres": "10000000"}, "estimated_kilometres"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(
    client: Client, desk: Desk, typed: dict[str, str], field: str
) -> None:
    client.as_(desk.applicant).get("/bookings/new")
    values = {**client.page.values("/bookings/new"), "destination": "奉化", "ends_at": "17:00", **typed}
    assert client.post("/bookings/new", values).status_code == 422
    wrong = [one.attributes["name"] for one in client.page.fields if one.attributes.get("aria-invalid")]
    assert field in wrong
    kept = client.page.values("/bookings/new")
    # the choice of a car that does not exist is the only thing that cannot be shown again
    assert all(
        kept.get(name) == value for name, value in typed.items() if name not in ("vehicle_id", "private")
    )
    assert session.execute(select(Booking.id)).first() is None


def test_trip_over_midnight_and_the_end_of_a_month_is_one_booking(client: Client, desk: Desk) -> None:
    client.as_(desk.applicant).get("/bookings/new")
    values = client.page.values("/bookings/new")
    client.post(
        "/bookings/new",
        {**values, "destination": "舟山", "starts_at": "11-30 22:00", "ends_at": "12-1 03:00"},
    )
    assert client.response.status_code == 303
    booking = the_one()
    assert (booking.starts_at, booking.ends_at) == (
        desks.local(2026, 11, 30, 22),
        desks.local(2026, 12, 1, 3),
    )


def test_grounded_and_retired_cars_are_refused_at_their_field(client: Client, desk: Desk) -> None:
    vehicles_desk.grounded(desk.own, desk.dispatcher)
    client.as_(desk.applicant).get("/bookings/new")
    values = {**client.page.values("/bookings/new"), "destination": "奉化", "ends_at": "17:00"}
    assert client.post("/bookings/new", {**values, "vehicle_id": desk.own.id}).status_code == 422
    assert any("刹车异响" in text for text in client.page.errors())
    with unit_of_work():
        session.get_one(type(desk.ours), desk.ours.id).status = "retired"
    assert client.post("/bookings/new", {**values, "vehicle_id": desk.ours.id}).status_code == 422


def test_car_that_is_taken_is_a_409_that_names_who_what_else_and_when(client: Client, desk: Desk) -> None:
    desks.ask(desk, starts_at=desks.local(2026, 11, 26, 9))
    client.as_(desk.colleague).get("/bookings/new")
    values = {
        **client.page.values("/bookings/new"),
        "vehicle_id": desk.own.id,
        "destination": "象山",
        "starts_at": "10:00",
        "ends_at": "11:00",
    }
    assert client.post("/bookings/new", values).status_code == 409
    said = " ".join(client.page.errors())
    assert "周文静" in said
    assert desk.ours.plate in said
    assert "11-26 12:00" in said
    assert client.page.values("/bookings/new")["destination"] == "象山"


def test_series_is_booked_whole_or_told_which_dates_to_leave_out(client: Client, desk: Desk) -> None:
    desks.ask(desk, desk.colleague, starts_at=desks.local(2026, 12, 3, 9))
    client.as_(desk.applicant).get("/bookings/new")
    values = {
        **client.page.values("/bookings/new"),
        "destination": "慈溪工厂",
        "starts_at": "2026-11-26 09:00",
        "ends_at": "11:00",
        "weekdays": ["3"],
        "until": "2026-12-17",
    }
    assert client.post("/bookings/new", values).status_code == 422
    ticked = {
        box.attributes["value"]: "checked" in box.attributes for box in client.page.all("input", name="days")
    }
    assert ticked == {"2026-11-26": True, "2026-12-03": False, "2026-12-10": True, "2026-12-17": True}
    days = [day for day, on in ticked.items() if on]
    assert client.post("/bookings/new", {**values, "days": days}).status_code == 303
    made = (
        session.execute(
            select(Booking).where(Booking.owner_id == desk.applicant.id).order_by(Booking.starts_at)
        )
        .unique()
        .scalars()
        .all()
    )
    assert [clock.to_local(row.starts_at).strftime("%m-%d %H") for row in made] == [
        "11-26 09",
        "12-10 09",
        "12-17 09",
    ]
    assert len({row.series_id for row in made}) == 1
    client.get(client.response.location)
    assert "共 3 条" in client.page.text


def test_series_that_runs_into_itself_is_refused(client: Client, desk: Desk) -> None:
    client.as_(desk.applicant).get("/bookings/new")
    values = {
        **client.page.values("/bookings/new"),
        "destination": "上海展会",
        "starts_at": "2026-11-26 09:00",
        "ends_at": "2026-11-27 18:00",
        "weekdays": ["3", "4"],
        "until": "2026-11-27",
    }
    assert client.post("/bookings/new", values).status_code == 422
    assert "与本系列前一次时间重叠" in client.page.text
    assert session.execute(select(Booking.id)).first() is None


# Sharing


def test_ride_the_same_way_is_offered_and_a_seat_asked_for_by_one_tap(client: Client, desk: Desk) -> None:
    booking = desks.ask(desk, starts_at=desks.local(2026, 11, 26, 9))
    client.as_(desk.colleague).get("/bookings/new")
    values = {**client.page.values("/bookings/new"), "destination": "宁波奉化大桥镇", "starts_at": "9:30"}
    client.post("/bookings/new", {**values, "find": "1"})
    assert client.response.status_code == 200
    assert "周文静 11-26 09:00 去奉化，还有 4 座" in client.page.text
    client.get("/bookings/shared?destination=奉化&starts_at=9:30", htmx=True)
    assert "还有 4 座" in client.page.text
    client.get("/bookings/shared?destination=象山&starts_at=9:30", htmx=True)
    assert "座" not in client.page.text
    assert client.post(f"/bookings/{booking.id}/seats").status_code == 303
    assert client.post(f"/bookings/{booking.id}/seats").status_code == 409
    seat = session.execute(select(BookingSeat)).scalar_one()
    answer = f"/bookings/{booking.id}/seats/{seat.id}"
    assert client.post(answer, {"version": seat.version, "answer": "agree"}).status_code == 403
    client.as_(desk.applicant).get(f"/bookings/{booking.id}")
    assert client.post(answer, client.page.values(answer) | {"answer": "agree"}).status_code == 303
    assert session.execute(select(BookingSeat.status)).scalar_one() == "agreed"


# Steps


def test_request_is_agreed_dispatched_driven_and_settled_over_http(
    client: Client, desk: Desk, at: At
) -> None:
    booking = desks.ask(desk, vehicle_id=desk.ours.id)
    page = f"/bookings/{booking.id}"
    client.as_(desk.head).get(page)
    client.post(f"{page}/agree", client.page.values(f"{page}/agree"))
    assert client.response.status_code == 303
    client.as_(desk.dispatcher).submit(f"{page}/dispatch")
    assert client.response.status_code == 303
    at(2026, 11, 26, 9, 1)
    client.as_(desk.applicant).get("/tasks")
    assert f"{page}/out" in client.page.html
    client.get(f"{page}/out")
    assert "上次读数 10,000 公里" in client.page.text
    for text in ("", "abc", "9000", "10000000", "-1"):
        assert client.submit(f"{page}/out", {"kilometres": text}).status_code == 422
        assert client.page.values(f"{page}/out")["kilometres"] == text
    assert client.submit(f"{page}/out", {"kilometres": "10000"}).status_code == 303
    at(2026, 11, 26, 11)
    assert client.submit(f"{page}/return", {"kilometres": "10080"}).status_code == 422
    client.submit(f"{page}/return", {"kilometres": "10080", "condition_good": "y", "toll_amount": "15"})
    assert client.response.status_code == 303
    client.get(page)
    assert "15.00 元" in client.page.text, "what the driver paid is seen before it is settled"
    client.as_(desk.dispatcher).get(f"{page}/settle")
    assert "15.00 元" in client.page.text, "and by who settles, so that nobody enters it twice"
    client.submit(f"{page}/settle", {"fuel_amount": "300", "litres": "40"})
    assert client.response.status_code == 303
    client.get(page)
    assert "300.00 元，40 升" in client.page.text
    client.post(f"{page}/close", client.page.values(f"{page}/close"))
    assert the_one().status == BookingStatus.CLOSED


def test_dispatch_of_a_taken_car_is_a_409_on_the_form(client: Client, desk: Desk) -> None:
    first, second = (
        desks.ask(desk, who, vehicle_id=desk.ours.id) for who in (desk.applicant, desk.colleague)
    )
    for booking in (first, second):
        desks.fire(booking, "agree", desk.head)
    client.as_(desk.dispatcher).get(f"/bookings/{first.id}/dispatch")
    opened = client.page.values(f"/bookings/{first.id}/dispatch")
    client.get(f"/bookings/{second.id}/dispatch")
    other = client.page.values(f"/bookings/{second.id}/dispatch")
    assert client.post(f"/bookings/{first.id}/dispatch", opened).status_code == 303
    assert client.post(f"/bookings/{second.id}/dispatch", other).status_code == 409
    assert "周文静" in " ".join(client.page.errors())
    client.get(f"/bookings/{second.id}/dispatch")
    assert "这段时间已占用" in client.page.text
    # two tabs: the second is told what the first did
    assert client.post(f"/bookings/{first.id}/dispatch", opened).status_code == 409


def test_loser_reads_on_the_page_who_has_the_car_and_what_is_free(client: Client, desk: Desk) -> None:
    first = desks.ask(desk, vehicle_id=desk.ours.id)
    second = desks.ask(desk, desk.colleague, vehicle_id=desk.ours.id)
    desks.fire(first, "agree", desk.head)
    desks.fire(first, "dispatch", desk.dispatcher, vehicle_id=desk.ours.id, driver_id=desk.applicant.id)
    client.as_(desk.colleague).get(f"/bookings/{second.id}")
    assert "已派给周文静" in client.page.text
    assert f"那段时间空着的车：{desk.own.plate}" in client.page.text
    vehicles_desk.grounded(desk.own, desk.dispatcher)
    client.get(f"/bookings/{second.id}")
    assert "那段时间空着的车：没有" in client.page.text, "a grounded car is free for nobody"


def test_refused_dispatch_leads_to_the_records_to_mend(client: Client, desk: Desk) -> None:
    booking = desks.ask(desk, vehicle_id=desk.ours.id)
    desks.fire(booking, "agree", desk.head)
    with unit_of_work():
        held = select(DrivingLicence).where(DrivingLicence.user_id == desk.applicant.id)
        session.execute(held).scalar_one().valid_until = clock.today() - timedelta(days=1)
    defect = vehicles_desk.grounded(desk.ours, desk.dispatcher)
    page = f"/bookings/{booking.id}/dispatch"
    client.as_(desk.dispatcher).get(page)
    assert "车况或证件不合格" in client.page.text
    assert client.submit(page).status_code == 409
    refused = client.page.html
    for address in (f"/vehicles/licences/{desk.applicant.id}", f"/vehicles/defects/{defect.id}"):
        assert f'href="{address}"' in refused
        assert client.get(address).status_code == 200


def test_who_comes_after_another_is_told_so_and_offered_nothing_else(client: Client, desk: Desk) -> None:
    desks.ask(desk, starts_at=clock.now() + timedelta(hours=1))
    later = desks.ask(desk, desk.colleague, starts_at=clock.now() + timedelta(days=1))
    client.as_(desk.colleague).get(f"/bookings/{later.id}")
    assert "先由周文静使用，还车后才能出车" in client.page.text
    assert "空着的车" not in client.page.text


def test_more_than_a_car_can_drive_in_a_day_asks_to_look_again(client: Client, desk: Desk) -> None:
    booking = desks.ask(desk)
    page = f"/bookings/{booking.id}/out"
    client.as_(desk.applicant)
    assert client.submit(page, {"kilometres": "90000"}).status_code == 422
    assert "accept_kilometres" in client.page.values(page) or "已核对" in client.page.text
    assert client.submit(page, {"kilometres": "90000", "accept_kilometres": "y"}).status_code == 303
    assert the_one().gap == 80_000


def test_trip_entered_afterwards_over_http(client: Client, desk: Desk) -> None:
    typed = {
        "destination": "宁海",
        "vehicle_id": desk.ours.id,
        "starts_at": "昨天 21:00",
        "ends_at": "2026-11-25 23:00",
        "odometer_out": "10000",
        "odometer_in": "10070",
        "reason": "客户半夜停机",
        "allowed_by_id": desk.head.id,
    }
    client.as_(desk.applicant)
    assert client.submit("/bookings/retro", {**typed, "odometer_in": "9000"}).status_code == 422
    assert client.submit("/bookings/retro", {**typed, "starts_at": "明天 9:00"}).status_code == 422
    assert client.submit("/bookings/retro", typed).status_code == 303
    booking = the_one()
    page = f"/bookings/{booking.id}"
    for who, step in ((desk.head, "agree"), (desk.dispatcher, "record")):
        client.as_(who).get(page)
        assert "登记后计入月报" in client.page.text
        client.post(f"{page}/{step}", client.page.values(f"{page}/{step}"))
        assert client.response.status_code == 303
    session.refresh(booking)
    assert (booking.status, booking.distance) == ("returned", 70)
    assert "已计入月报" in client.get(page).get_data(as_text=True)


# Who may


def test_who_may_do_what(client: Client, desk: Desk, outsider: User) -> None:
    leader = factories.user("刘总", "l1", roles=[Role.LEADER])
    private = desks.ask(desk, vehicle_id=desk.ours.id, private=True, purpose="搬家")
    for person, status in (
        (desk.applicant, 200),
        (leader, 200),
        (desk.dispatcher, 200),
        (desk.colleague, 404),
    ):
        assert client.as_(person).get(f"/bookings/{private.id}").status_code == status
        assert client.get("/bookings/all").status_code == 200
    client.as_(desk.head)
    assert client.post(f"/bookings/{private.id}/agree", {"version": "1"}).status_code == 404
    business = desks.ask(desk)
    for person in (desk.colleague, desk.head, leader):
        assert client.as_(person).get(f"/bookings/{business.id}").status_code == 200
    client.as_(desk.colleague)
    assert client.get(f"/bookings/{business.id}/out").status_code == 403
    assert client.post(f"/bookings/{business.id}/cancel", {"version": "2", "note": "x"}).status_code == 403
    assert client.get(f"/bookings/{business.id}/nothing").status_code == 404
    assert client.get("/bookings/424242").status_code == 404
    client.as_(desk.applicant)
    assert client.post(f"/bookings/{business.id}/close", {"version": "2"}).status_code == 403
    assert client.get(f"/bookings/{business.id}/return").status_code == 409
    for address in ("/bookings/all", "/bookings/new", "/bookings/retro", "/bookings/shared"):
        assert client.as_(outsider).get(address).status_code == 403
        assert client.as_(None).get(address).status_code in (302, 303)


def test_module_that_is_off_leaves_no_entry(client: Client, desk: Desk) -> None:
    client.as_(desk.applicant).get("/")
    assert "/bookings" in client.page.html
    with unit_of_work():
        settings.put("modules.switches", {"bookings": False})
    client.get("/")
    assert "/bookings" not in client.page.html


# Cost and language


@pytest.mark.parametrize("address", ["/bookings/all", "/bookings/new", "{page}"])
def test_queries_do_not_grow_with_rows(
    client: Client, desk: Desk, queries: Callable[[], object], address: str
) -> None:
    first = desks.ask(desk)
    where = address.format(page=f"/bookings/{first.id}")
    client.as_(desk.applicant).get(where)
    with queries() as one:  # type: ignore[attr-defined]
        client.get(where)
    for count in range(1, 30):
        desks.ask(desk, starts_at=clock.now() + timedelta(hours=1 + 4 * count))
    client.get(where)
    with queries() as many:  # type: ignore[attr-defined]
        client.get(where)
    assert len(many) <= len(one), [line for line in many if line not in one]


def test_pages_speak_english(client: Client, desk: Desk) -> None:
    booking = desks.out(desk)
    with unit_of_work():
        session.get_one(User, desk.applicant.id).locale = i18n.ENGLISH
    client.as_(desk.applicant)
    for address, words in (
        ("/bookings/new", "Book a car"),
        ("/bookings/retro", "afterwards"),
        (f"/bookings/{booking.id}", "Out"),
        (f"/bookings/{booking.id}/return", "The car is in order"),
        ("/bookings/all", "All bookings"),
    ):
        client.get(address)
        assert words in client.page.text, address


def test_no_show_counts_and_is_told_in_the_list(client: Client, desk: Desk, at: At) -> None:
    desks.ask(desk)
    at(2026, 11, 26, 11, 30)
    actions.watch({})
    client.as_(desk.dispatcher).get("/bookings/all?status=no_show")
    assert "未用车" in client.page.text
    assert "共 1 条" in client.page.text

"""The dispatch slip, the sticker on the dashboard, and where their codes lead."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.core import clock, settings
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.assets import labels
from app.features.bookings import slips
from app.features.vehicles.enums import VehicleStatus
from app.features.vehicles.models import Vehicle
from tests.client import Client
from tests.features.bookings import journeys
from tests.features.bookings.journeys import MORNING, Yard, hours
from tests.paper_tools import run, saved

POINTS_OF_A_MILLIMETRE = 72 / 25.4


@pytest.fixture
def yard(at: Callable[..., datetime]) -> Yard:
    at(2026, 11, 23, 9, 41)
    return journeys.yard()


def code_of(yard: Yard, vehicle_id: int | None = None) -> str:
    return session.get_one(Vehicle, vehicle_id or yard.own).item.label_code


def millimetres(content: bytes) -> tuple[int, int]:
    box = PdfReader(io.BytesIO(content)).pages[0].mediabox
    width, height = (round(float(side) / POINTS_OF_A_MILLIMETRE) for side in (box.width, box.height))
    return width, height


def decoded(content: bytes, folder: Path) -> str:
    """What a scanner reads from the first page."""
    path = saved(folder, content)
    run("pdftoppm", "-r", "150", "-singlefile", path, path.with_suffix(""))
    return run("zbarimg", "-q", "--raw", path.with_suffix(".ppm")).strip()


def test_a_slip_is_a5_and_says_who_goes_where_with_which_car(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1), passengers=3)
    response = client.as_(yard.user("rider")).get(f"/bookings/{trip}/slip.pdf")
    assert response.mimetype == "application/pdf"
    assert millimetres(response.data) == (148, 210)
    text = PdfReader(io.BytesIO(response.data)).pages[0].extract_text()
    for said in ("苏A10086", "周文静", "镇江", "2026-11-23 10:41", journeys.load(trip).slip_number or "?"):
        assert said in text
    assert len(PdfReader(io.BytesIO(response.data)).pages) == 1


def test_the_codes_of_slip_and_sticker_are_read_and_lead_to_the_trip(
    client: Client, yard: Yard, tmp_path: Path
) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    slip = client.as_(yard.user("dispatcher")).get(f"/bookings/{trip}/slip.pdf").data
    assert decoded(slip, tmp_path) == f"http://localhost/bookings/{trip}/trip"
    with unit_of_work():
        settings.put(labels.ADDRESS, "http://zhangcheng.example:8000/")
    sticker = client.get(f"/bookings/car/{code_of(yard)}/sticker.pdf").data
    assert millimetres(sticker) == (60, 40)
    assert decoded(sticker, tmp_path) == f"http://zhangcheng.example:8000/bookings/car/{code_of(yard)}"


def test_what_has_no_car_yet_has_no_slip(client: Client, yard: Yard) -> None:
    asked = journeys.book(yard, vehicle_id=yard.given)
    assert client.as_(yard.user("rider")).get(f"/bookings/{asked}/slip.pdf").status_code == 404
    with pytest.raises(ValueError, match="a car and a driver"):
        slips.slip(journeys.load(asked), [], "公司", "http://localhost")


def test_a_private_trip_has_no_slip_for_others(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, vehicle_id=yard.given, private=True, purpose="搬家")
    for address in (f"/bookings/{trip}/slip.pdf", f"/bookings/{trip}/trip"):
        assert client.as_(yard.user("colleague")).get(address).status_code == 404


def test_the_code_of_a_slip_leads_to_what_is_to_be_done_now(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    address = f"/bookings/{trip}/trip"
    client.as_(yard.user("rider"))
    assert client.get(address).location == f"/bookings/{trip}/out"
    assert client.as_(yard.user("colleague")).get(address).location == f"/bookings/{trip}"
    with clock.frozen(MORNING + hours(1)):
        journeys.step(yard, trip, "out", kilometres=10_000)
    client.as_(yard.user("rider"))
    assert client.get(address).location == f"/bookings/{trip}/return"
    with clock.frozen(MORNING + hours(2)):
        journeys.step(yard, trip, "return", kilometres=10_050, condition_good=True)
    assert client.get(address).location == f"/bookings/{trip}"


def test_the_code_on_the_dashboard_leads_its_driver_out_and_back(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    address = f"/bookings/car/{code_of(yard)}"
    assert client.as_(yard.user("rider")).get(address).location == f"/bookings/{trip}/out"
    with clock.frozen(MORNING + hours(1)):
        journeys.step(yard, trip, "out", kilometres=10_000)
    assert client.get(address).location == f"/bookings/{trip}/return"
    assert client.as_(yard.user("dispatcher")).get(address).location == f"/bookings/{trip}/return"


def test_the_code_on_the_dashboard_says_whose_turn_it_is(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    address = f"/bookings/car/{code_of(yard)}"
    client.as_(yard.user("colleague")).get(address)
    assert "苏A10086 已派给周文静，今天 10:41 出车" in client.page.text
    assert client.page.all("a", href=f"/bookings/{trip}")
    with clock.frozen(MORNING + hours(1)):
        journeys.step(yard, trip, "out", kilometres=10_000)
    client.get(address)
    assert "苏A10086 由周文静开着，应于 今天 12:41 还回" in client.page.text


def test_the_code_of_a_free_car_leads_to_the_form_up_to_the_next_trip(client: Client, yard: Yard) -> None:
    address = f"/bookings/car/{code_of(yard)}"
    client.as_(yard.user("colleague"))
    assert client.get(address).location == f"/bookings/new?vehicle={yard.own}&from=2026-11-23T09:45"
    journeys.book(yard, start=MORNING + hours(5))
    assert client.get(address).location == (
        f"/bookings/new?vehicle={yard.own}&from=2026-11-23T09:45&to=2026-11-23T14:41"
    )


def test_the_code_of_a_car_in_the_workshop_says_so(client: Client, yard: Yard) -> None:
    with unit_of_work():
        session.get_one(Vehicle, yard.own).status = VehicleStatus.WORKSHOP
    client.as_(yard.user("rider")).get(f"/bookings/car/{code_of(yard)}")
    assert "苏A10086 在维修或已停用，请换一辆车" in client.page.text


def test_an_unknown_code_is_not_there_and_stickers_are_for_dispatchers(client: Client, yard: Yard) -> None:
    client.as_(yard.user("rider"))
    assert client.get("/bookings/car/NICHTS").status_code == 404
    assert client.get(f"/bookings/car/{code_of(yard)}/sticker.pdf").status_code == 403
    assert client.as_(yard.user("dispatcher")).get("/bookings/car/NICHTS/sticker.pdf").status_code == 404
    assert client.as_(None).get(f"/bookings/car/{code_of(yard)}").status_code == 303


def test_the_pages_of_booking_and_car_lead_to_their_papers(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    asked = journeys.book(yard, vehicle_id=yard.given)
    client.as_(yard.user("rider")).get(f"/bookings/{trip}")
    assert client.page.all("a", href=f"/bookings/{trip}/slip.pdf")
    client.get(f"/bookings/{asked}")
    assert not client.page.all("a", href=f"/bookings/{asked}/slip.pdf")
    sticker = f"/bookings/car/{code_of(yard)}/sticker.pdf"
    client.get(f"/vehicles/{yard.own}")
    assert client.page.all("a", href=f"/bookings?car={yard.own}")
    assert client.page.all("a", href=f"/bookings/log?car={yard.own}&month=2026-11")
    assert not client.page.all("a", href=sticker)
    client.as_(yard.user("dispatcher")).get(f"/vehicles/{yard.own}")
    assert client.page.all("a", href=sticker)

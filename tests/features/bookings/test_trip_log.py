"""The log of trips, fuel between full tanks, the monthly report, and their papers and files."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from app.core import clock
from app.features.vehicles import fuel
from app.features.vehicles.fuel import Consumption, Filling, between_full_tanks
from tests.client import Client
from tests.features.bookings import journeys
from tests.features.bookings.journeys import MORNING, Yard, hours

Queries = Callable[[], AbstractContextManager[list[str]]]
DAY = date(2026, 11, 23)


@pytest.fixture
def yard(at: Callable[..., datetime]) -> Yard:
    at(2026, 11, 23, 9, 41)
    return journeys.yard()


def driven(
    yard: Yard, number: int, kilometres: int, distance: int, who: str = "rider", **data: object
) -> int:
    """A trip of one hour, ``number`` hours from now."""
    start = MORNING + hours(1 + 2 * number)
    trip = journeys.book(yard, who, start=start, length=1)
    journeys.drive(yard, trip, kilometres, distance, who=who, out=start, back=start + hours(0.9), **data)
    return trip


# Fuel


def filling(kilometres: int, litres: str, full: bool) -> Filling:
    return Filling(DAY, kilometres, Decimal(litres), full)


def test_fuel_is_measured_from_one_full_tank_to_the_next() -> None:
    found = between_full_tanks(
        [
            filling(1_000, "40", True),
            filling(1_300, "20", False),
            filling(1_600, "30", True),
            filling(2_000, "10", False),
        ]
    )
    assert found == [Consumption(DAY, 600, Decimal(50))]
    assert found[0].per_hundred == Decimal("8.3")


def test_two_fillings_at_one_kilometre_are_one() -> None:
    found = between_full_tanks(
        [filling(1_000, "40", True), filling(1_500, "20", True), filling(1_500, "25", True)]
    )
    assert found == [Consumption(DAY, 500, Decimal(45))]


def test_without_two_full_tanks_nothing_is_known() -> None:
    assert fuel.total(between_full_tanks([filling(1_000, "40", True), filling(1_400, "30", False)])) is None


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(1, 80), st.booleans()), max_size=12))
def test_all_that_was_filled_between_the_first_and_the_last_full_tank_is_burnt_once(
    steps: list[tuple[int, int, bool]],
) -> None:
    kilometres, fillings = 0, []
    for further, litres, full in steps:
        kilometres += further
        fillings.append(filling(kilometres, str(litres), full))
    full_ones = [place for place, each in enumerate(fillings) if each.full]
    found = fuel.total(between_full_tanks(fillings))
    if len(full_ones) < 2:
        assert found is None
        return
    first, last = full_ones[0], full_ones[-1]
    assert found is not None
    assert found.kilometres == fillings[last].kilometres - fillings[first].kilometres
    assert found.litres == sum(each.litres for each in fillings[first + 1 : last + 1])


def test_litres_paid_on_trips_that_came_back_full_make_the_figure(client: Client, yard: Yard) -> None:
    driven(yard, 0, 10_000, 100, fuel="full", fuel_amount=Decimal(300), litres=Decimal(40))
    driven(yard, 1, 10_100, 500, fuel="full", fuel_amount=Decimal(350), litres=Decimal(45))
    (found,) = fuel.consumption_of(yard.own)
    assert (found.kilometres, found.per_hundred) == (500, Decimal("9.0"))
    assert fuel.consumption_of(yard.own, DAY + timedelta(days=1)) == []
    client.as_(yard.user("rider")).get(f"/bookings/log?car={yard.own}&month=2026-11")
    assert "百公里油耗：9.0 升（两次加满之间，共 500 公里）" in client.page.text
    client.as_(yard.user("dispatcher")).get(f"/vehicles/{yard.own}")
    assert "9.0 升（两次加满之间，共 500 公里）" in client.page.text


# The log


def test_the_log_lists_trips_with_their_sums(client: Client, yard: Yard) -> None:
    driven(yard, 0, 10_000, 120)
    driven(yard, 1, 10_120, 30, "colleague")
    client.as_(yard.user("rider")).get(f"/bookings/log?car={yard.own}&month=2026-11")
    assert client.page.heading == "行车记录"
    assert "150" in client.page.one("tfoot").text
    assert client.page.one("tbody").text.count("苏A10086") == 2
    client.get("/bookings/log?q=陈志远")
    assert client.page.one("tbody").text.count("苏A10086") == 1
    client.get("/bookings/log?month=2026-10")
    assert "没有符合条件的记录" in client.page.text


def test_a_month_is_cut_in_the_zone_of_the_company(
    client: Client, yard: Yard, at: Callable[..., datetime]
) -> None:
    at(2026, 11, 30, 23, 0)
    trip = journeys.book(yard, start=at(2026, 11, 30, 23, 0) + hours(0.5), length=1.5)
    journeys.drive(
        yard,
        trip,
        10_000,
        60,
        out=MORNING.replace(day=30, hour=15, minute=30),
        back=MORNING.replace(day=30, hour=17),
    )
    at(2026, 12, 2, 9, 0)
    client.as_(yard.user("rider")).get("/bookings/log?month=2026-11")
    assert "1 条" in client.page.text
    client.get("/bookings/log?month=2026-12")
    assert "没有符合条件的记录" in client.page.text


def test_the_log_keeps_the_hour_however_long_ago_it_was(client: Client, yard: Yard) -> None:
    driven(yard, 0, 10_000, 62)
    with clock.frozen(MORNING + timedelta(days=30)):
        client.as_(yard.user("rider")).get("/bookings/log")
    assert "11-23 10:41" in client.page.text
    assert "11:35" in client.page.text


def test_the_log_is_a_spreadsheet_too(client: Client, yard: Yard) -> None:
    driven(yard, 0, 10_000, 120, fuel_amount=Decimal(300), litres=Decimal("40.5"))
    response = client.as_(yard.user("rider")).get("/bookings/log?format=xlsx")
    head, row = openpyxl.load_workbook(io.BytesIO(response.data)).active.iter_rows(values_only=True)
    assert head[:3] == ("出车", "还车", "车辆")
    assert row[8:11] == (120, 40.5, 300)


def test_the_paper_of_a_car_and_month_says_what_the_page_says(client: Client, yard: Yard) -> None:
    driven(yard, 0, 10_000, 120)
    driven(yard, 1, 10_120, 30)
    client.as_(yard.user("rider")).get(f"/bookings/log?car={yard.own}&month=2026-11")
    (address,) = [
        link.attributes["href"]
        for link in client.page.all("a")
        if link.attributes.get("href", "").startswith("/bookings/log.pdf")
    ]
    response = client.get(address)
    assert response.mimetype == "application/pdf"
    page = PdfReader(io.BytesIO(response.data)).pages[0]
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (842, 595)
    text = page.extract_text()
    assert "行 车 记 录" in text or "行车记录" in text
    assert "10,120" in text
    assert "150" in text


@pytest.mark.parametrize(
    "address", ["/bookings/log.pdf", "/bookings/log.pdf?car=1", "/bookings/log.pdf?car=x&month=2026-11"]
)
def test_a_paper_of_no_car_or_month_is_not_there(client: Client, yard: Yard, address: str) -> None:
    assert client.as_(yard.user("rider")).get(address).status_code == 404


# What is counted


def table(client: Client) -> list[list[str]]:
    """The texts of the cells of the page's table."""
    cells = [cell.text for cell in client.page.all("td") if cell.inside("tbody")]
    width = len(client.page.all("th", scope="col"))
    return [cells[start : start + width] for start in range(0, len(cells), width)]


def test_the_report_counts_trips_no_shows_and_what_was_late(client: Client, yard: Yard) -> None:
    driven(yard, 0, 10_000, 120)
    start = MORNING + hours(3)
    late = journeys.book(yard, start=start, length=1)
    journeys.drive(yard, late, 10_120, 30, out=start, back=start + hours(2))
    client.as_(yard.user("manager")).get("/bookings/report?month=2026-11")
    assert table(client) == [["销售部", "周文静", "2", "150", "0", "0", "1"]]


def test_names_are_for_those_who_answer_for_the_department(client: Client, yard: Yard) -> None:
    driven(yard, 0, 10_000, 120)
    driven(yard, 1, 10_120, 30, "colleague")
    client.as_(yard.user("manager")).get("/bookings/report")
    assert "周文静" in client.page.one("tbody").text
    assert "陈志远" in client.page.one("tbody").text
    client.as_(yard.user("rider")).get("/bookings/report")
    assert sorted(table(client)) == [
        ["销售部", "周文静", "1", "120", "0", "0", "0"],
        ["销售部", "（其他同事）", "1", "30", "0", "0", "0"],
    ]


@pytest.mark.parametrize("address", ["/bookings/log", "/bookings/report"])
def test_the_number_of_queries_does_not_grow_with_trips(
    client: Client, yard: Yard, queries: Queries, address: str
) -> None:
    client.as_(yard.user("dispatcher"))
    counts = []
    for number in range(4):
        driven(yard, number, 10_000 + 100 * number, 90)
        client.get(address)
        with queries() as sent:
            client.get(address)
        counts.append(len(sent))
    assert counts[0] == counts[-1]


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/bookings/log", "Trip log"),
        ("/bookings/report", "Monthly report"),
        ("/bookings/calendars", "Calendar subscription"),
    ],
)
def test_the_pages_speak_english(client: Client, yard: Yard, address: str, heading: str) -> None:
    driven(yard, 0, 10_000, 120)
    client.as_(yard.user("dispatcher")).get("/bookings/log")
    client.post("/language", {"language": "en"})
    client.get(address)
    assert client.page.heading == heading

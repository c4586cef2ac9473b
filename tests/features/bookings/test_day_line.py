"""The day line: what stands where, what is free, what may be read of others, the same queries for many bookings."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.bookings import day_line
from app.features.bookings.day_line import CarLine, Kind, Span, Stretch, Window, free_stretches, in_lanes
from app.features.bookings.enums import BookingStatus
from app.features.bookings.models import Booking
from app.features.people.models import User
from app.features.vehicles.enums import VehicleStatus
from app.features.vehicles.models import Vehicle
from tests import factories
from tests.client import Client
from tests.features.bookings import journeys
from tests.features.bookings.journeys import MORNING, Yard, hours
from tests.features.vehicles import desk

Queries = Callable[[], AbstractContextManager[list[str]]]
TODAY = date(2026, 11, 23)


@pytest.fixture
def yard(at: Callable[..., datetime]) -> Yard:
    at(2026, 11, 23, 9, 41)
    return journeys.yard()


def line(yard: Yard, who: str = "rider", *, span: Span = Span.DAY, vehicle_id: int | None = None) -> CarLine:
    """The line of one car as a person sees it today."""
    wanted = vehicle_id or yard.own
    _shown, found = day_line.lines(yard.actor(who), Window(TODAY, span), clock.now() + timedelta(days=60))
    return next(car for car in found if car.vehicle_id == wanted)


def local(moment: datetime) -> str:
    return clock.to_local(moment).strftime("%H:%M")


def test_a_free_car_can_be_had_from_the_next_quarter_of_an_hour_on(yard: Yard) -> None:
    (free,) = line(yard).free
    assert (local(free.begin), local(free.suggested)) == ("09:45", "09:45")
    assert local(free.end) == "22:00"


def shown_hours(yard: Yard) -> range:
    window, _found = day_line.lines(yard.actor("rider"), Window(TODAY, Span.DAY), clock.now() + hours(1_000))
    return window.hours


def test_the_night_is_shown_only_where_something_happens_in_it(yard: Yard) -> None:
    journeys.book(yard, start=MORNING + hours(11), length=1.25)
    assert shown_hours(yard) == range(6, 22)
    with clock.frozen(MORNING + hours(14)):
        assert shown_hours(yard) == range(24)
    journeys.book(yard, start=MORNING + hours(13), length=1)
    assert shown_hours(yard) == range(24)


def test_what_is_given_is_taken_and_what_is_asked_for_stays_free(yard: Yard) -> None:
    given_id = journeys.book(yard, start=MORNING + hours(1))
    asked_id = journeys.book(yard, start=MORNING + hours(1), vehicle_id=yard.given)
    own, asked = line(yard), line(yard, vehicle_id=yard.given)
    assert [(item.booking_id, item.kind) for item in own.stretches] == [(given_id, Kind.DISPATCHED)]
    assert [(local(free.begin), local(free.end)) for free in own.free] == [
        ("09:45", "10:41"),
        ("12:45", "22:00"),
    ]
    assert [(item.booking_id, item.kind) for item in asked.stretches] == [(asked_id, Kind.ASKED)]
    assert len(asked.free) == 1


def test_a_trip_stands_as_it_was_driven_and_an_overdue_car_is_not_free_before_it_is_back(yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1), length=1)
    with clock.frozen(MORNING + hours(1)):
        journeys.step(yard, trip, "out", kilometres=10_000)
        (item,) = line(yard).stretches
        assert (item.kind, item.begin, item.end) == (Kind.OUT, MORNING + hours(1), MORNING + hours(2))
    with clock.frozen(MORNING + hours(3)):
        late = line(yard)
        assert [item.kind for item in late.stretches] == [Kind.OVERDUE]
        assert late.free == ()
        assert line(yard, span=Span.FORTNIGHT).free == ()
        journeys.step(yard, trip, "return", kilometres=10_050, condition_good=True)
        (item,) = line(yard).stretches
        assert (item.kind, item.begin, item.end) == (Kind.DRIVEN, MORNING + hours(1), MORNING + hours(3))
        assert line(yard).free


def test_a_trip_that_is_out_stands_on_the_days_it_is_planned_for_until_it_is_late(yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1), length=1)
    tomorrow = Window(TODAY + timedelta(days=1), Span.DAY)

    def kinds() -> list[Kind]:
        _shown, found = day_line.lines(yard.actor("rider"), tomorrow, clock.now() + hours(1_000))
        return [item.kind for car in found for item in car.stretches]

    with clock.frozen(MORNING + hours(1)):
        journeys.step(yard, trip, "out", kilometres=10_000)
        assert kinds() == []
    with clock.frozen(MORNING + hours(3)):
        assert kinds() == [Kind.OVERDUE]


def test_a_morning_that_is_free_is_offered_from_eight_on(yard: Yard) -> None:
    _shown, found = day_line.lines(
        yard.actor("rider"), Window(TODAY + timedelta(days=1), Span.DAY), clock.now() + hours(1_000)
    )
    assert [local(free.suggested) for car in found for free in car.free] == ["08:00", "08:00"]


def test_a_car_that_is_not_there_narrows_nothing(yard: Yard) -> None:
    wanted = Window(TODAY, Span.DAY, 999)
    shown, found = day_line.lines(yard.actor("rider"), wanted, clock.now())
    assert (shown.vehicle_id, len(found)) == (None, 2)
    shown, found = day_line.lines(yard.actor("rider"), Window(TODAY, Span.DAY, yard.given), clock.now())
    assert [car.vehicle_id for car in found] == [yard.given]


def test_what_came_to_nothing_leaves_no_mark(yard: Yard) -> None:
    trip = journeys.book(yard)
    journeys.step(yard, trip, "cancel", note="不去了")
    assert line(yard).stretches == ()


def test_where_a_private_trip_goes_is_not_told_to_everybody(yard: Yard) -> None:
    journeys.book(yard, vehicle_id=yard.given, private=True, destination="老家", purpose="搬家")
    mine = line(yard, vehicle_id=yard.given).stretches[0]
    others = line(yard, "colleague", vehicle_id=yard.given).stretches[0]
    assert (mine.place, mine.readable) == ("老家", True)
    assert (others.person, others.place, others.readable) == ("周文静", "", False)


@pytest.mark.parametrize("reason", ["workshop", "grounded"])
def test_a_car_that_cannot_go_offers_nothing_and_says_why(yard: Yard, reason: str) -> None:
    car = session.get_one(Vehicle, yard.own)
    if reason == "grounded":
        desk.grounded(car, yard.user("dispatcher"))
    else:
        with unit_of_work():
            car.status = VehicleStatus.WORKSHOP
    assert (line(yard).blocked, line(yard).free) == (reason, ())


def test_a_retired_car_is_gone(yard: Yard) -> None:
    with unit_of_work():
        session.get_one(Vehicle, yard.own).status = VehicleStatus.RETIRED
    assert yard.own not in [car.id for car in day_line.cars()]


def test_requests_for_the_same_time_stand_below_each_other(yard: Yard) -> None:
    for who in ("rider", "colleague"):
        journeys.book(yard, who, vehicle_id=yard.given, start=MORNING + hours(2))
    asked = line(yard, vehicle_id=yard.given)
    assert [item.lane for item in asked.stretches] == [0, 1]
    assert asked.lanes == 2


MINUTES = st.integers(0, 1440)


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    """Stretches of a day, to the minute, of any kind."""
    midnight = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    found = []
    for number in range(draw(st.integers(0, 8))):
        first, last = sorted((draw(MINUTES), draw(MINUTES)))
        found.append(
            Stretch(
                number,
                draw(st.sampled_from(Kind)),
                midnight + timedelta(minutes=first),
                midnight + timedelta(minutes=last + 1),
                "周文静",
                "镇江",
                True,
            )
        )
    return found


@given(stretches())
def test_no_bar_covers_another(items: list[Stretch]) -> None:
    placed = in_lanes(items)
    assert sorted(item.booking_id for item in placed) == sorted(item.booking_id for item in items)
    for one in placed:
        for other in placed:
            if one.booking_id < other.booking_id and one.lane == other.lane:
                assert one.end <= other.begin or other.end <= one.begin


@given(stretches())
def test_what_is_free_is_every_quarter_in_which_no_trip_is(items: list[Stretch]) -> None:
    begin, end = clock.day_bounds(TODAY)
    holding = [item for item in items if item.kind not in (Kind.ASKED, Kind.DRIVEN)]

    def is_free(moment: datetime) -> bool:
        return not any(item.begin < moment + timedelta(minutes=15) and item.end > moment for item in holding)

    found = free_stretches(items, begin, end)
    for free in found:
        assert begin <= free.begin <= free.suggested < free.end <= end
        assert free.end - free.begin >= day_line.SHORTEST_FREE
        assert not any(item.begin < free.end and item.end > free.begin for item in holding)
    quarters = [begin + timedelta(minutes=15 * number) for number in range(96)]
    for first, second in pairwise(quarters):
        if is_free(first) and is_free(second):
            assert any(free.begin <= first and second + timedelta(minutes=15) <= free.end for free in found)


@pytest.mark.parametrize(
    ("address", "window"),
    [
        ({}, Window(TODAY, Span.DAY)),
        (
            {"day": "2026-12-01", "span": "fortnight", "car": "7"},
            Window(date(2026, 12, 1), Span.FORTNIGHT, 7),
        ),
        ({"day": "morgen", "span": "year", "car": "²"}, Window(TODAY, Span.DAY)),
        ({"car": "9" * 40}, Window(TODAY, Span.DAY)),
    ],
)
def test_an_address_that_says_nothing_is_today(yard: Yard, address: dict[str, str], window: Window) -> None:
    assert day_line.read_window(address) == window


def test_a_moment_stands_at_its_share_of_the_days_shown() -> None:
    day = Window(TODAY, Span.DAY)
    noon = clock.from_local(datetime(2026, 11, 23, 12))  # noqa: DTZ001 - the wall clock of the company
    assert (day.share(noon), day.share(day.begin - hours(5)), day.share(day.end + hours(5))) == (50, 0, 100)
    assert Window(TODAY, Span.FORTNIGHT).share(day.end) == pytest.approx(100 / 14)
    assert (day.moved(-1), Window(TODAY, Span.FORTNIGHT).moved(1)) == (date(2026, 11, 22), date(2026, 12, 7))


# The page


def test_the_page_leads_from_a_free_stretch_to_the_form_and_from_a_bar_to_its_booking(
    client: Client, yard: Yard
) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    client.as_(yard.user("colleague")).get("/bookings")
    assert client.page.heading == "用车"
    links = [link.attributes["href"] for link in client.page.all("a") if "data-free" in link.attributes]
    assert f"/bookings/new?vehicle={yard.own}&from=2026-11-23T09:45" in links
    (bar,) = [link for link in client.page.all("a") if link.attributes.get("href") == f"/bookings/{trip}"]
    assert bar.attributes["aria-label"] == "10:41–12:41 已派车 周文静 镇江"
    assert "苏A10086" in client.page.text


def test_ones_own_trips_and_what_waits_stand_below(client: Client, yard: Yard) -> None:
    journeys.book(yard, start=MORNING + hours(1))
    journeys.book(yard, start=MORNING + hours(5), vehicle_id=yard.given, destination="苏州")
    client.as_(yard.user("rider")).get("/bookings")
    assert "11月23日 10:41–12:41 镇江" in client.page.text
    client.as_(yard.user("manager")).get("/bookings")
    assert "同意用车" in client.page.text
    assert "近期没有您的用车" in client.page.text
    client.as_(yard.user("colleague")).get("/bookings")
    assert "没有要办的用车" in client.page.text


def test_two_weeks_show_days_that_lead_to_their_hours(client: Client, yard: Yard) -> None:
    client.as_(yard.user("rider")).get(f"/bookings?span=fortnight&car={yard.given}")
    assert client.page.all("a", href="/bookings?day=2026-11-24")
    assert client.page.all("a", href=f"/bookings?day=2026-12-07&span=fortnight&car={yard.given}")
    assert len(client.page.one("tbody").text.split("苏A")) == 2


def test_the_page_speaks_english(client: Client, yard: Yard) -> None:
    journeys.book(yard, start=MORNING + hours(1))
    client.as_(yard.user("rider"))
    client.post("/language", {"language": "en"})
    client.get("/bookings?span=fortnight")
    assert client.page.heading == "Car bookings"
    for word in ("用车", "空闲", "已派车", "座"):
        assert word not in client.page.text


def test_a_stranger_is_sent_to_sign_in_and_an_account_without_a_role_refused(
    client: Client, yard: Yard, outsider: User
) -> None:
    assert client.get("/bookings").status_code == 303
    assert client.as_(outsider).get("/bookings").status_code == 403


def many(yard: Yard, count: int) -> None:
    """Bookings as rows, one after another on the car that is given."""
    owner = yard.user("rider")
    with unit_of_work():
        for number in range(count):
            begin = MORNING + hours(number)
            session.add(
                Booking(
                    number=f"YC-T-{number:04d}",
                    status=BookingStatus.SUBMITTED,
                    owner_id=owner.id,
                    department_id=yard.sales,
                    vehicle_id=yard.given,
                    starts_at=begin,
                    ends_at=begin + hours(1),
                    destination="苏州",
                    purpose="业务",
                    **factories.stamps(),
                )
            )


def test_the_number_of_queries_does_not_grow_with_bookings(
    client: Client, yard: Yard, queries: Queries
) -> None:
    client.as_(yard.user("dispatcher"))
    counts = []
    for rows in (1, 30):
        with unit_of_work():
            session.query(Booking).delete()
        many(yard, rows)
        client.get("/bookings?span=fortnight")
        with queries() as sent:
            client.get("/bookings?span=fortnight")
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert counts[1] <= 8

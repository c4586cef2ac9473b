"""Calendars of bookings: whose trips they hold, updates and cancellations, zones, addresses made and revoked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import select

from app.core import clock, settings
from app.core.db import session
from app.core.errors import Denied
from app.core.i18n import ENGLISH, using_locale
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.bookings import actions, calendar_feed
from app.features.bookings.calendar_enums import CalendarScope
from app.features.bookings.calendar_models import CalendarAddress
from app.features.bookings.enums import MODULE
from app.features.bookings.models import BookingSeat
from app.features.people.models import RoleAssignment
from tests.client import Client
from tests.features.bookings import journeys
from tests.features.bookings.journeys import MORNING, Yard, hours


@pytest.fixture
def yard(at: Callable[..., datetime]) -> Yard:
    at(2026, 11, 23, 9, 41)
    return journeys.yard()


def made(yard: Yard, who: str = "rider", scope: CalendarScope = CalendarScope.OWN) -> str:
    """The address of a person's calendar, just made."""
    with unit_of_work():
        secret = calendar_feed.make_address(actor=yard.actor(who), scope=scope)
    return f"/calendar/{secret}.ics"


def subscribed(client: Client, address: str) -> dict[str, Any]:
    """What another program keeps of a calendar: its events by their uid."""
    response = client.browser.get(address)
    assert response.status_code == 200, response.status_code
    assert response.content_type == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(response.data)
    assert calendar["VERSION"] == "2.0"
    assert calendar["METHOD"] == "PUBLISH"
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def only(events: dict[str, Any]) -> Any:
    (event,) = events.values()
    return event


def test_a_client_set_to_another_zone_shows_the_right_time(client: Client, yard: Yard) -> None:
    journeys.book(yard, start=MORNING + hours(1))
    event = only(subscribed(client, made(yard)))
    assert event["DTSTART"].dt.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M") == "10:41"
    assert event["DTSTART"].dt.astimezone(ZoneInfo("America/New_York")).strftime("%d %H:%M") == "22 21:41"
    assert str(event["SUMMARY"]) == "苏A10086 镇江"
    assert str(event["URL"]).endswith("/bookings/1")


def test_a_change_arrives_as_an_update_and_not_as_a_second_event(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    address = made(yard)
    before = only(subscribed(client, address))
    with clock.frozen(MORNING + hours(0.5)):
        journeys.step(
            yard,
            trip,
            "change",
            "dispatcher",
            vehicle_id=yard.own,
            driver_id=yard.people["rider"],
            starts_at=MORNING + hours(2),
            ends_at=MORNING + hours(5),
        )
        after = only(subscribed(client, address))
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert (after["DTSTART"].dt, after["DTEND"].dt) == (MORNING + hours(2), MORNING + hours(5))


def test_what_is_cancelled_stays_so_that_programs_take_it_out(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    address = made(yard)
    before = only(subscribed(client, address))
    journeys.step(yard, trip, "cancel", note="不去了")
    after = only(subscribed(client, address))
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_what_is_only_asked_for_is_tentative_and_a_trip_stands_as_it_was_driven(
    client: Client, yard: Yard
) -> None:
    journeys.book(yard, vehicle_id=yard.given, start=MORNING + hours(8))
    trip = journeys.book(yard, start=MORNING + hours(1))
    journeys.drive(yard, trip, 10_000, 60, out=MORNING + hours(1.5), back=MORNING + hours(2.5))
    with clock.frozen(MORNING + hours(3)):
        events = sorted(subscribed(client, made(yard)).values(), key=lambda event: event["DTSTART"].dt)
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "TENTATIVE"]
    assert (events[0]["DTSTART"].dt, events[0]["DTEND"].dt) == (MORNING + hours(1.5), MORNING + hours(2.5))


def test_a_calendar_holds_what_its_owner_asks_for_drives_and_rides_in(client: Client, yard: Yard) -> None:
    trip = journeys.book(yard, start=MORNING + hours(1))
    journeys.book(yard, start=MORNING + hours(4))
    address = made(yard, "colleague")
    assert subscribed(client, address) == {}
    with unit_of_work():
        seat = actions.ask_seat(journeys.load(trip), actor=yard.actor("colleague")).id
    assert subscribed(client, address) == {}
    with unit_of_work():
        actions.answer_seat(
            journeys.load(trip),
            session.get_one(BookingSeat, seat),
            actor=yard.actor("rider"),
            version=None,
            agree=True,
        )
    assert str(only(subscribed(client, address))["LOCATION"]) == "镇江"


def test_dispatchers_have_a_calendar_of_all_cars_and_nobody_else(client: Client, yard: Yard) -> None:
    journeys.book(yard)
    journeys.book(yard, "colleague", vehicle_id=yard.given)
    address = made(yard, "dispatcher", CalendarScope.FLEET)
    assert len(subscribed(client, address)) == 2
    assert subscribed(client, made(yard, "dispatcher")) == {}
    with pytest.raises(Denied):
        made(yard, "rider", CalendarScope.FLEET)
    assert client.as_(yard.user("rider")).get("/bookings/calendars").status_code == 200
    assert client.post("/bookings/calendars/fleet/make", {}).status_code == 403


def test_what_happened_long_ago_is_left_out(client: Client, yard: Yard) -> None:
    journeys.book(yard)
    address = made(yard)
    with clock.frozen(MORNING + timedelta(days=calendar_feed.PAST_DAYS + 1)):
        assert subscribed(client, address) == {}


def test_a_program_that_has_it_already_is_told_so(client: Client, yard: Yard) -> None:
    journeys.book(yard)
    address = made(yard)
    first = client.browser.get(address)
    again = client.browser.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    journeys.book(yard, start=MORNING + hours(9))
    assert client.browser.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


# Addresses


def test_an_address_is_shown_once_and_its_secret_is_kept_nowhere(client: Client, yard: Yard) -> None:
    client.as_(yard.user("rider")).get("/bookings/calendars")
    client.post("/bookings/calendars/own/make", client.page.values("/bookings/calendars/own/make"))
    address = client.page.one("textarea").text.strip()
    assert address.endswith(".ics")
    secret = address.rpartition("/")[2].removesuffix(".ics")
    assert len(secret) >= 40
    row = session.execute(select(CalendarAddress)).scalar_one()
    assert row.secret_hash == calendar_feed.hash_of(secret)
    client.get("/bookings/calendars")
    assert client.page.all("textarea") == []
    assert secret not in client.page.html
    assert client.as_(None).browser.get(f"/calendar/{secret}.ics").status_code == 200


def test_a_new_address_ends_the_old_one_and_a_revoked_one_is_not_there(client: Client, yard: Yard) -> None:
    first, second = made(yard), made(yard)
    assert [client.browser.get(each).status_code for each in (first, second)] == [404, 200]
    client.as_(yard.user("rider")).get("/bookings/calendars")
    form = "/bookings/calendars/own/revoke"
    assert client.post(form, client.page.values(form)).status_code == 303
    assert client.browser.get(second).status_code == 404
    assert client.browser.get("/calendar/irgendwas.ics").status_code == 404


@pytest.mark.parametrize("reason", ["left", "role", "module"])
def test_an_address_opens_nothing_its_owner_may_not_read_any_more(
    client: Client, yard: Yard, reason: str
) -> None:
    address = made(yard, "dispatcher", CalendarScope.FLEET)
    assert client.browser.get(address).status_code == 200
    with unit_of_work():
        if reason == "left":
            yard.user("dispatcher").active = False
        elif reason == "role":
            session.query(RoleAssignment).filter_by(user_id=yard.people["dispatcher"]).delete()
        else:
            settings.put("modules.switches", {MODULE: False})
    assert client.browser.get(address).status_code == 404


def test_an_address_is_answered_a_limited_number_of_times_an_hour(
    client: Client, yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_feed, "READS_AN_HOUR", 2)
    address = made(yard)
    assert [client.browser.get(address).status_code for _turn in range(3)] == [200, 200, 429]
    assert int(client.browser.get(address).headers["Retry-After"]) > 3_000
    with clock.frozen(MORNING + hours(1.1)):
        assert client.browser.get(address).status_code == 200


def test_an_unknown_calendar_is_not_there(client: Client, yard: Yard) -> None:
    client.as_(yard.user("rider")).get("/bookings/calendars")
    for verb in ("make", "revoke"):
        assert client.post(f"/bookings/calendars/all/{verb}", {}).status_code == 404


def test_a_calendar_speaks_the_language_of_its_owner(client: Client, yard: Yard) -> None:
    journeys.book(yard)
    with unit_of_work():
        yard.user("rider").locale = "en"
    assert "Driver" in str(only(subscribed(client, made(yard)))["DESCRIPTION"])


def test_what_an_event_says_of_an_address_is_in_the_language_of_its_reader(yard: Yard) -> None:
    made(yard)
    event = session.execute(select(Event).where(Event.verb == "calendar_address:make")).scalar_one()
    assert event.data == {"scope": "own"}
    assert str(calendar_feed.scope_in_words(event.data)["scope"]) == "我的日程"
    with using_locale(ENGLISH):
        assert str(calendar_feed.scope_in_words(event.data)["scope"]) == "My calendar"
    assert calendar_feed.scope_in_words({"scope": "全部车辆的用车"}) == {"scope": "全部车辆的用车"}

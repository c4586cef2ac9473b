"""Calendar files: what a client reads back, line lengths, and the same bytes of the same events."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.calendar_file import LONGEST_LINE, CalendarEvent, calendar_text, escaped, folded, in_utc

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def event(**changes: object) -> CalendarEvent:
    values: dict[str, object] = {
        "uid": "booking-1@example",
        "sequence": 3,
        "start": START,
        "end": START + timedelta(hours=2),
        "changed_at": START - timedelta(days=1),
        "summary": "用车",
    }
    return CalendarEvent(**{**values, **changes})  # type: ignore[arg-type]


def read(*events: CalendarEvent) -> list[icalendar.Event]:
    """The events as another program reads them."""
    calendar = icalendar.Calendar.from_ical(calendar_text("用车", events))
    return list(calendar.walk("VEVENT"))


def test_a_client_in_another_zone_reads_the_same_moment() -> None:
    company, berlin = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
    start = datetime(2026, 11, 23, 9, 0, tzinfo=company)
    (found,) = read(event(start=start, end=start + timedelta(hours=2)))
    assert found["DTSTART"].dt == start
    assert found["DTSTART"].dt.astimezone(berlin).strftime("%d %H:%M") == "23 02:00"
    assert found["DTEND"].dt.astimezone(company).strftime("%H:%M") == "11:00"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "CONFIRMED"),
        ({"tentative": True}, "TENTATIVE"),
        ({"cancelled": True, "tentative": True}, "CANCELLED"),
    ],
)
def test_what_is_settled_asked_for_or_off_is_told_by_its_code(
    changes: dict[str, object], status: str
) -> None:
    (found,) = read(event(**changes))
    assert (found["STATUS"], found["SEQUENCE"], found["UID"]) == (status, 3, "booking-1@example")


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from('\n;,\\:"'), max_size=300)


@given(TEXTS, TEXTS)
def test_every_text_comes_back_as_it_was(summary: str, place: str) -> None:
    (found,) = read(event(summary=summary, place=place))
    assert str(found["SUMMARY"]) == summary
    assert str(found.get("LOCATION", "")) == place


@given(st.text(max_size=400))
def test_no_line_is_longer_than_the_format_allows_and_no_character_is_cut(text: str) -> None:
    pieces = list(folded(escaped(text)))
    assert all(len(piece.encode()) <= LONGEST_LINE for piece in pieces)
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == escaped(text)


def test_a_text_cannot_add_a_line_of_its_own() -> None:
    hostile = "南京\r\nEND:VEVENT\r\nBEGIN:VEVENT\x00\x0b"
    found = read(event(place=hostile))
    assert len(found) == 1
    assert str(found[0]["LOCATION"]) == "南京\nEND:VEVENT\nBEGIN:VEVENT"


def test_the_file_ends_lines_as_the_format_says_and_is_the_same_for_the_same_events() -> None:
    text = calendar_text("用车", [event(), event(uid="booking-2@example")])
    assert text == calendar_text("用车", [event(), event(uid="booking-2@example")])
    assert text.replace("\r\n", "").count("\n") == 0
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")


def test_moments_are_written_in_utc() -> None:
    assert in_utc(datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=8)))) == "20251231T163000Z"


def test_a_naive_moment_and_an_event_without_length_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        calendar_text("用车", [event(changed_at=datetime(2026, 1, 1))])  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="ends before"):
        calendar_text("用车", [event(end=START)])

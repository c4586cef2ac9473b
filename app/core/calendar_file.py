"""Calendars as files that Outlook, Thunderbird and phones subscribe to (iCalendar, RFC 5545).

Moments are written in UTC, which every client shows in its own zone, so that no table of zones travels along. What
follows from the same events is the same text to the byte, and a client that asks again can be told so by its hash.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

CALENDAR_TYPE = "text/calendar; charset=utf-8"
# RFC 5545, 3.1: octets of a line without its end.
LONGEST_LINE = 75
PRODUCT = "-//Zhangcheng//Zhangcheng//ZH"


@dataclass(frozen=True)
class CalendarEvent:
    """An event of a calendar.

    ``uid`` names it for ever; ``sequence`` grows with every change, or clients keep what they have. One that is
    ``cancelled`` stays in the calendar, so that clients take it out of theirs.
    """

    uid: str
    sequence: int
    start: datetime
    end: datetime
    changed_at: datetime
    summary: str
    place: str = ""
    description: str = ""
    address: str = ""
    cancelled: bool = False
    tentative: bool = False


def calendar_text(name: str, events: Iterable[CalendarEvent], *, refresh_minutes: int = 15) -> str:
    """Return a calendar as the text of its file; ValueError for an event with a naive moment or without length."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:PT{refresh_minutes}M",
        f"X-PUBLISHED-TTL:PT{refresh_minutes}M",
    ]
    for event in events:
        lines += event_lines(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in folded(line))


def event_lines(event: CalendarEvent) -> Iterator[str]:
    """Give the lines of an event, not folded yet; ValueError for a naive moment or an event without length."""
    if event.end <= event.start:
        raise ValueError(f"{event.uid} ends before it begins")
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{in_utc(event.changed_at)}"
    yield f"DTSTART:{in_utc(event.start)}"
    yield f"DTEND:{in_utc(event.end)}"
    yield f"LAST-MODIFIED:{in_utc(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"STATUS:{status_of(event)}"
    yield f"SUMMARY:{escaped(event.summary)}"
    if event.place:
        yield f"LOCATION:{escaped(event.place)}"
    if event.description:
        yield f"DESCRIPTION:{escaped(event.description)}"
    if event.address:
        yield f"URL:{event.address}"
    yield "END:VEVENT"


def status_of(event: CalendarEvent) -> str:
    """Return the code by which clients tell what is settled, what is asked for and what is off."""
    if event.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if event.tentative else "CONFIRMED"


def in_utc(moment: datetime) -> str:
    """Return a moment as the format writes it in UTC, 20261123T014100Z; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no place in a calendar")
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """Return a text as a value: separators marked, lines joined by their mark, no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join(
        without_controls(line).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") for line in lines
    )


def without_controls(line: str) -> str:
    """Return a line without control characters and halves of characters."""
    if line.isprintable():
        return line
    return "".join(one for one in line if unicodedata.category(one) not in ("Cc", "Cs"))


def folded(line: str) -> Iterator[str]:
    """Give a line in pieces of at most 75 octets, all but the first begun by a blank; no character is cut."""
    if len(line.encode()) <= LONGEST_LINE:
        yield line
        return
    piece, used = "", 0
    for character in line:
        width = len(character.encode())
        if used + width > LONGEST_LINE:
            yield piece
            piece, used = " ", 1
        piece += character
        used += width
    yield piece

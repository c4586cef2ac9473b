"""Who takes part in a meeting, who was there, who confirmed its minutes."""

from collections.abc import Iterable

from app.core import clock, search
from app.core.db import session
from app.features.meetings.enums import MEETING
from app.features.meetings.models import Meeting, MeetingPerson
from app.features.people.models import User


def row_of(meeting: Meeting, user_id: int | None) -> MeetingPerson | None:
    """Return how somebody takes part in a meeting; None for who is not invited."""
    return next((row for row in meeting.people if row.user_id == user_id), None)


def invite(meeting: Meeting, people: Iterable[int]) -> None:
    """Invite people, and the chair."""
    known = {row.user_id for row in meeting.people}
    for number in dict.fromkeys([meeting.owner_id, *people]):
        if number not in known:
            meeting.people.append(MeetingPerson(user_id=number, person=session.get_one(User, number)))
    session.flush()


def note_present(meeting: Meeting, present: Iterable[int]) -> None:
    """Keep who was there, the chair among them, who confirms the minutes by writing them; nobody else did yet."""
    there = {meeting.owner_id, *present}
    for row in meeting.people:
        row.present = row.user_id in there
        row.confirmed_at = clock.now() if row.user_id == meeting.owner_id else None


def unconfirmed(meeting: Meeting) -> list[MeetingPerson]:
    """Return who was there and did not confirm the minutes; who left the company is not waited for."""
    return [row for row in meeting.people if row.present and row.confirmed_at is None and row.person.active]


def index(meeting: Meeting) -> None:
    """Bring the search index up to date."""
    wanted = "\n".join(item.text for item in meeting.items)
    search.put(MEETING, meeting.id, f"{meeting.number} {meeting.title}", f"{wanted}\n{meeting.text}")

"""Reminders of what an inquiry waits for: one working day and half a one before it is due, and once it is late.

Counted on the company's working hours and sent in them, so that nobody is told at night of what is due on Monday
(rule table 2.1, 超期提醒). The state stays as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from app.core import clock, modules, tasks, timeline, workdays
from app.core.db import session
from app.core.permissions import SYSTEM
from app.core.tasks import Task
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.inquiries.enums import InquiryStatus
from app.features.inquiries.flow import DOC_TYPE, decider
from app.features.inquiries.models import Inquiry

# Working hours before something is due; 0 is the moment from which it is late.
STAGES = (0, 4, 8)
# What has been late for longer is on the lists; nobody is called about it when reminders begin.
LATEST = timedelta(days=7)
EVERY = timedelta(minutes=10)
REMIND, OVERDUE = "inquiry:remind", "inquiry:overdue"
# Until the offer is handed over the customer waits, whosever turn it is.
OWED = (InquiryStatus.REPORTED, InquiryStatus.PREPARING, InquiryStatus.QUOTING)


@dataclass
class Due:
    """What of an inquiry is due at one moment: since when it is known, and to whom it falls."""

    at: datetime
    since: datetime
    people: list[int] = field(default_factory=list)


def remind(_payload: object = None) -> None:
    """Remind of all that is due soon or late, each of it once a stage; outside working hours nobody is told."""
    now = clock.now()
    if not modules.shows(DOC_TYPE) or not workdays.is_working_time(now):
        return
    found = waiting(now)
    session.rollback()
    if found:
        with unit_of_work():
            known = told(found)
            for number in found:
                remind_of(session.get_one(Inquiry, number), now, known)


def waiting(now: datetime) -> list[int]:
    """Return the inquiries of which something is due within the longest stage, or late for less than a week."""
    last = workdays.add_working_hours(now, max(STAGES))
    due = select(Task.doc_id).where(
        Task.doc_type == DOC_TYPE, Task.closed_at.is_(None), Task.due_at.between(now - LATEST, last)
    )
    owed = Inquiry.status.in_(OWED) & Inquiry.deadline.between(now - LATEST, last)
    statement = select(Inquiry.id).where(or_(Inquiry.id.in_(due), owed)).order_by(Inquiry.id)
    return list(session.execute(statement).scalars())


def told(ids: Sequence[int]) -> set[tuple[int, str, str]]:
    """Return which reminders were sent of inquiries: inquiry, moment and stage."""
    statement = select(Event.doc_id, Event.data).where(
        Event.doc_type == DOC_TYPE, Event.doc_id.in_(ids), Event.verb.in_((REMIND, OVERDUE))
    )
    return {(row.doc_id, row.data["until"], row.data["ahead"]) for row in session.execute(statement)}


def remind_of(inquiry: Inquiry, now: datetime, known: set[tuple[int, str, str]]) -> None:
    """Record what is due of an inquiry, and tell whose turn it is; of what is late also its owner and who decides."""
    for due in dues(inquiry):
        stage = stage_of(due, now)
        until = clock.to_local(due.at).strftime("%Y-%m-%d %H:%M")
        if stage is None or (inquiry.id, until, str(stage)) in known:
            continue
        late = stage == 0
        people = [*due.people, *([inquiry.owner_id, *decider.people(inquiry)] if late else [])]
        timeline.record(
            DOC_TYPE,
            inquiry.id,
            OVERDUE if late else REMIND,
            SYSTEM,
            data={"until": until, "ahead": str(stage)},
            tell=list(dict.fromkeys(people)),
        )


def dues(inquiry: Inquiry) -> Iterable[Due]:
    """Return the moments at which something of an inquiry is due: its open tasks, and the promise to the customer."""
    found: dict[datetime, Due] = {}
    for task in tasks.open_tasks(DOC_TYPE, inquiry.id):
        if task.due_at is not None:
            due = found.setdefault(task.due_at, Due(task.due_at, task.opened_at))
            due.since = max(due.since, task.opened_at)
            due.people += tasks.people_for(task)
    if inquiry.status in OWED:
        since = inquiry.reported_at or inquiry.created_at
        found.setdefault(inquiry.deadline, Due(inquiry.deadline, since)).people.append(inquiry.owner_id)
    return found.values()


def stage_of(due: Due, now: datetime) -> int | None:
    """Return the stage that something due has reached, None before the first.

    A stage that was over when it became known is none: who was asked an hour ago need not be reminded.
    """
    if now - due.at > LATEST:
        return None
    if now >= due.at:
        return 0 if due.since < due.at else None
    left = workdays.working_hours_between(now, due.at)
    stage = next((hours for hours in STAGES[1:] if left <= hours), None)
    if stage is None or workdays.working_hours_between(due.since, due.at) <= stage:
        return None
    return stage

"""Arranging meetings and series, collecting what each wants to talk about, planning what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, modules, timeline, workdays
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, require
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.meetings import taking_part
from app.features.meetings.enums import MEETING, MODULE, SERIES, MeetingPerm, MeetingStatus, Rhythm
from app.features.meetings.flow import FLOW, soon_enough
from app.features.meetings.models import Meeting, MeetingItem, MeetingSeries
from app.features.people.models import User

# So far ahead meetings of a series are planned, that people know them and can bring along what to talk about.
AHEAD = timedelta(days=21)
MOST_ITEMS = 40


@dataclass(frozen=True)
class MeetingValues:
    """A meeting by itself: what, when, how long, where, who is invited besides the chair."""

    title: str
    starts_at: datetime | None
    minutes: int | None
    place: str
    people: Sequence[int]


@dataclass(frozen=True)
class SeriesValues:
    """A series: ``weekday`` from 1 (Monday) for a weekly, ``month_day`` up to 28 for a monthly one; ``time`` 16:00."""

    name: str
    rhythm: str
    weekday: int | None
    month_day: int | None
    time: str
    minutes: int | None
    place: str
    chair_id: int | None
    people: Sequence[int]
    active: bool = True


def arrange(*, actor: Actor, values: MeetingValues) -> Meeting:
    """Arrange a meeting by itself, of which the actor takes the chair. Raises Denied, Invalid at the fields."""
    require(actor, MeetingPerm.ARRANGE)
    check_written(values.title, "title")
    faults: dict[str, LazyText | str] = {}
    if not values.title.strip():
        faults["title"] = lazy("请填写会议名称")
    if values.starts_at is None or not soon_enough(values.starts_at):
        faults["starts_at"] = lazy("请填写会议时间，从现在起一年之内")
    if not set(values.people) - {actor.id}:
        faults["people"] = lazy("请选择参加的人")
    if faults or values.starts_at is None:
        raise Invalid(fields=faults)
    return make(
        actor=actor,
        chair_id=int(actor.id or 0),
        title=values.title.strip(),
        starts_at=values.starts_at,
        minutes=values.minutes or 60,
        place=values.place.strip(),
        people=values.people,
    )


def make(*, actor: Actor, chair_id: int, people: Sequence[int], **values: Any) -> Meeting:
    """Enter a meeting and tell everybody who is invited."""
    chair = session.get_one(User, chair_id)
    meeting = Meeting(
        status=FLOW.initial,
        owner_id=chair_id,
        owner=chair,
        department_id=chair.department_id,
        created_at=clock.now(),
        updated_at=clock.now(),
        people=[],
        items=[],
        number=next_number(MEETING, "HY"),
        **values,
    )
    session.add(meeting)
    session.flush()
    taking_part.invite(meeting, people)
    FLOW.sync_tasks(meeting)
    timeline.record(
        MEETING,
        meeting.id,
        "meeting:plan",
        actor,
        data={"when": clock.to_local(meeting.starts_at).strftime("%Y-%m-%d %H:%M")},
        to_status=meeting.status,
        tell=[row.user_id for row in meeting.people],
    )
    taking_part.index(meeting)
    return meeting


# Series


def put_series(
    series: MeetingSeries | None, *, actor: Actor, version: int | None, values: SeriesValues
) -> MeetingSeries:
    """Begin a series, or change one; what is planned already stays, what comes is planned at once.

    Raises Denied, Stale, Invalid at the fields.
    """
    require(actor, MeetingPerm.ARRANGE)
    if series is not None:
        lock(series)
        check_version(SERIES, series, version)
    check_written(values.name, "name")
    faults = faults_of(values)
    if faults:
        raise Invalid(fields=faults)
    begun = series is None
    if series is None:
        series = MeetingSeries(created_at=clock.now(), updated_at=clock.now(), people=[])
    series.name, series.rhythm, series.place = values.name.strip(), values.rhythm, values.place.strip()
    weekly = values.rhythm == Rhythm.WEEKLY
    series.weekday, series.month_day = (values.weekday, None) if weekly else (None, values.month_day)
    series.time, series.minutes, series.active = values.time, values.minutes or 60, values.active
    series.chair = session.get_one(User, values.chair_id)
    series.people = [session.get_one(User, number) for number in dict.fromkeys(values.people)]
    if begun:
        session.add(series)
    else:
        series.touch()
    session.flush()
    verb = "meeting_series:begin" if begun else "meeting_series:change"
    timeline.record(SERIES, series.id, verb, actor, data={"name": series.name})
    plan_series(series, actor)
    return series


def faults_of(values: SeriesValues) -> dict[str, LazyText | str]:
    """Return what is wrong with a series, by field."""
    faults: dict[str, LazyText | str] = {}
    if not values.name.strip():
        faults["name"] = lazy("请填写会议名称")
    if values.rhythm not in set(Rhythm):
        faults["rhythm"] = lazy("请选择每周或每月")
    elif values.rhythm == Rhythm.WEEKLY and values.weekday not in range(1, 8):
        faults["weekday"] = lazy("每周的会议请选择星期几")
    elif values.rhythm == Rhythm.MONTHLY and values.month_day not in range(1, 29):
        faults["month_day"] = lazy("每月的会议请填写几号，1 到 28")
    if time_of(values.time) is None:
        faults["time"] = lazy("请按 16:00 的样式填写时间")
    chair = session.get(User, values.chair_id) if values.chair_id is not None else None
    if chair is None or not chair.active:
        faults["chair_id"] = lazy("请选择在职的主持人")
    if not set(values.people) - {values.chair_id}:
        faults["people"] = lazy("请选择参加的人")
    return faults


def time_of(text: str) -> time | None:
    """Read a time such as 16:00; None for anything else."""
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        return None


def days_of(series: MeetingSeries, first: date, last: date) -> list[date]:
    """Return the days on which a series meets: none on a day off, a monthly one on the next working day."""
    found = []
    day = first
    while day <= last:
        if (
            series.rhythm == Rhythm.WEEKLY
            and day.isoweekday() == series.weekday
            and workdays.is_working_day(day)
        ):
            found.append(day)
        if series.rhythm == Rhythm.MONTHLY and day.day == series.month_day:
            found.append(day if workdays.is_working_day(day) else workdays.add_working_days(day, 1))
        day += timedelta(days=1)
    return found


def plan_series(series: MeetingSeries, actor: Actor) -> None:
    """Enter the meetings of a series in the weeks to come that are not entered yet."""
    at = time_of(series.time)
    if not series.active or at is None:
        return
    today = clock.today()
    known = set(
        session.execute(
            select(Meeting.day).where(Meeting.series_id == series.id, Meeting.day >= today)
        ).scalars()
    )
    for day in days_of(series, today, today + AHEAD):
        starts_at = clock.from_local(datetime.combine(day, at))
        if day not in known and starts_at > clock.now():
            make(
                actor=actor,
                chair_id=series.chair_id,
                title=series.name,
                starts_at=starts_at,
                minutes=series.minutes,
                place=series.place,
                people=[person.id for person in series.people if person.active],
                series_id=series.id,
                day=day,
            )


def plan(payload: dict[str, Any]) -> None:
    """Enter the meetings of all series in the weeks to come, and bring the task of holding those that began.

    Running it again enters none twice.
    """
    if not modules.is_on(MODULE):
        return
    statement = select(MeetingSeries.id).where(MeetingSeries.active).order_by(MeetingSeries.id)
    found = list(session.execute(statement).scalars())
    session.rollback()
    for number in found:
        with unit_of_work():
            plan_series(session.get_one(MeetingSeries, number), SYSTEM)
    bring_tasks()


def bring_tasks() -> None:
    """Bring the chairs the task of meetings that began."""
    statement = select(Meeting.id).where(
        Meeting.status == MeetingStatus.PLANNED, Meeting.starts_at <= clock.now()
    )
    found = list(session.execute(statement.order_by(Meeting.id)).scalars())
    session.rollback()
    if found:
        with unit_of_work():
            for number in found:
                FLOW.sync_tasks(session.get_one(Meeting, number))


# What to talk about


def open_agenda(meeting: Meeting, actor: Actor) -> None:
    """Lock a meeting whose agenda is still open to an actor. Raises Denied for who is not invited, Conflict."""
    lock(meeting)
    if taking_part.row_of(meeting, actor.id) is None:
        raise Denied("core:denied", what=lazy("提议题"), who=meeting.owner.name)
    if meeting.status != MeetingStatus.PLANNED:
        raise Conflict("core:wrong-state", state=FLOW.state(meeting.status).label, step=lazy("提议题"))


def add_item(meeting: Meeting, *, actor: Actor, text: str) -> None:
    """Bring along something to talk about. Raises Denied, Conflict once it was held, Invalid without words."""
    open_agenda(meeting, actor)
    check_written(text, "text")
    if not text.strip():
        raise Invalid(fields={"text": lazy("请写明议题")})
    if len(meeting.items) >= MOST_ITEMS:
        raise Conflict("meeting:agenda-full", most=MOST_ITEMS)
    person = session.get_one(User, actor.id)
    meeting.items.append(MeetingItem(text=text.strip(), person=person, created_at=clock.now()))
    session.flush()
    timeline.record(MEETING, meeting.id, "meeting:add-item", actor, data={"text": text.strip()})
    taking_part.index(meeting)


def remove_item(meeting: Meeting, item_id: int, *, actor: Actor) -> None:
    """Take back something to talk about: one's own, or any for the chair. Raises NotVisible, Denied, Conflict."""
    open_agenda(meeting, actor)
    item = next((each for each in meeting.items if each.id == item_id), None)
    if item is None:
        raise NotVisible
    if actor.id not in (item.user_id, meeting.owner_id):
        raise Denied("core:denied", what=lazy("撤下议题"), who=item.person.name)
    meeting.items.remove(item)
    session.delete(item)
    session.flush()
    timeline.record(MEETING, meeting.id, "meeting:remove-item", actor, data={"text": item.text})
    taking_part.index(meeting)


def fire(
    meeting: Meeting,
    step: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a meeting; raises what ``Flow.fire`` raises."""
    FLOW.fire(meeting, step, actor, version=version, note=note, data=data)

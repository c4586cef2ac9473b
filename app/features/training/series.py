"""Weekly series: they make their sessions ahead, each day once, and skip the days on which nobody works."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, modules, notices, settings, timeline, workdays
from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import SYSTEM, Actor, require
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.people.models import Department, User
from app.features.training import actions
from app.features.training.actions import SessionValues
from app.features.training.enums import (
    MODULE,
    TRAINING_SERIES,
    TRAINING_SESSION,
    Attendance,
    SessionForm,
    SessionStatus,
    TrainingPerm,
)
from app.features.training.flow import FLOW, taking_part
from app.features.training.models import (
    LONGEST_MINUTES,
    MOST_SEATS,
    TrainingSeries,
    TrainingSession,
    TrainingSubject,
)

WEEKS_AHEAD = "training.weeks_ahead"


@dataclass(frozen=True)
class SeriesValues:
    """When and where a series meets, for whom, under whom; ``weekday`` 0 is Monday, ``begins`` is local time."""

    title: str
    department_id: int
    weekday: int
    begins: time
    minutes: int
    chair_id: int
    starts_on: date
    place: str
    ends_on: date | None = None
    subject_id: int | None = None
    form: str = SessionForm.INSIDE
    capacity: int | None = None
    audience: list[int] = field(default_factory=list)
    attendance: str = Attendance.REQUIRED
    active: bool = True


def keep_series(
    row: TrainingSeries | None, *, actor: Actor, version: int | None, values: SeriesValues
) -> TrainingSeries:
    """Begin a series or change one, and make the sessions it lacks; those that exist stay as they are.

    Raises Denied, Stale, Invalid at the fields.
    """
    require(actor, TrainingPerm.MANAGE)
    if row is not None:
        lock(row)
        check_version(TRAINING_SERIES, row, version)
    check_values(values)
    if row is None:
        row = TrainingSeries(**asdict(values))
        session.add(row)
        verb = "training_series:begin"
    else:
        for name, value in asdict(values).items():
            setattr(row, name, value)
        row.touch()
        verb = "training_series:edit"
    session.flush()
    timeline.record(TRAINING_SERIES, row.id, verb, actor)
    make_sessions(row)
    return row


def check_values(values: SeriesValues) -> None:
    """Raise Invalid at the fields of what makes no series."""
    check_written(values.title, "title")
    faults: dict[str, LazyText | str] = {}
    if not values.title.strip():
        faults["title"] = lazy("请填写名称")
    if not values.place.strip():
        faults["place"] = lazy("请填写地点")
    if not 10 <= values.minutes <= LONGEST_MINUTES:
        faults["minutes"] = lazy("请填写 10 到 720 之间的分钟数")
    if not 0 <= values.weekday <= 6:
        faults["weekday"] = lazy("请从列表中选择")
    if values.ends_on is not None and values.ends_on < values.starts_on:
        faults["ends_on"] = lazy("结束日期不能早于开始日期")
    if values.capacity is not None and not 1 <= values.capacity <= MOST_SEATS:
        faults["capacity"] = lazy("请填写 1 到 %(most)s 之间的名额", most=MOST_SEATS)
    chair = session.get(User, values.chair_id)
    if chair is None or not chair.active:
        faults["chair_id"] = lazy("请选择在职的主持人")
    if session.get(Department, values.department_id) is None:
        faults["department_id"] = lazy("请从列表中选择")
    if values.subject_id is not None and session.get(TrainingSubject, values.subject_id) is None:
        faults["subject_id"] = lazy("请从列表中选择")
    if faults:
        raise Invalid(fields=faults)


def days_of(row: TrainingSeries, first: date, last: date) -> Iterator[date]:
    """Give the days from ``first`` to ``last`` on which a series meets: its weekday, where the company works."""
    day = max(first, row.starts_on)
    day += timedelta(days=(row.weekday - day.weekday()) % 7)
    while day <= last and (row.ends_on is None or day <= row.ends_on):
        if workdays.is_working_day(day):
            yield day
        day += timedelta(days=7)


def make_sessions(row: TrainingSeries) -> int:
    """Make the sessions a series lacks for the weeks ahead, in the open unit of work; return how many.

    Running it again makes none twice. Raises nothing for a chair who left: the series waits for another.
    """
    lock(row)
    if not row.active or not row.chair.active:
        return 0
    today = clock.today()
    statement = select(TrainingSession.series_day).where(TrainingSession.series_id == row.id)
    known = set(session.execute(statement).scalars())
    made = 0
    for day in days_of(row, today, today + timedelta(weeks=settings.get(WEEKS_AHEAD))):
        starts_at = clock.from_local(datetime.combine(day, row.begins))
        if day in known or starts_at <= clock.now():
            continue
        values = SessionValues(
            title=row.title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=row.minutes),
            chair_id=row.chair_id,
            department_id=row.department_id,
            place=row.place,
            subject_id=row.subject_id,
            form=row.form,
            capacity=row.capacity,
            audience=list(row.audience),
            attendance=row.attendance,
        )
        actions.plan(actor=SYSTEM, values=values, series_id=row.id, series_day=day)
        made += 1
    return made


# What days bring, not steps


def watch(payload: dict[str, Any]) -> None:
    """Make the sessions of all series, close tasks of feedback nobody gives any more, remind of tomorrow's sessions.

    Running it again does nothing twice.
    """
    if not modules.is_on(MODULE):
        return
    running = select(TrainingSeries.id).where(TrainingSeries.active).order_by(TrainingSeries.id)
    for series_id in ids(running):
        with unit_of_work():
            make_sessions(session.get_one(TrainingSeries, series_id))
    over = select(Task.doc_id).where(
        Task.doc_type == TRAINING_SESSION,
        Task.kind == "training:feedback",
        Task.closed_at.is_(None),
        Task.due_at <= clock.now(),
    )
    for session_id in sorted(set(ids(over))):
        with unit_of_work():
            FLOW.sync_tasks(session.get_one(TrainingSession, session_id))
    if clock.is_daytime():
        start, end = clock.day_bounds(clock.today() + timedelta(days=1))
        tomorrow = select(TrainingSession.id).where(
            TrainingSession.status == SessionStatus.ANNOUNCED,
            TrainingSession.starts_at >= start,
            TrainingSession.starts_at < end,
        )
        for session_id in ids(tomorrow.order_by(TrainingSession.id)):
            with unit_of_work():
                remind_of(session.get_one(TrainingSession, session_id))


def ids(statement: Any) -> list[int]:
    """Return the numbers a statement finds, and let go of the transaction that read them."""
    found = list(session.execute(statement).scalars())
    session.rollback()
    return found


def remind_of(training_session: TrainingSession) -> None:
    """Tell those who take part, the day before; each of them once."""
    people = [person for person in taking_part(training_session) if person is not None]
    fresh = notices.not_yet_reminded(TRAINING_SESSION, training_session.id, people)
    if fresh:
        timeline.record(
            TRAINING_SESSION,
            training_session.id,
            "training_session:remind",
            SYSTEM,
            data={"when": clock.to_local(training_session.starts_at).strftime("%m-%d %H:%M")},
            tell=fresh,
        )

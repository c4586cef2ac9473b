"""Planning a session, changing what is planned, doing its steps."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, can, require
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.people.models import Department, User
from app.features.rules.models import RuleVersion
from app.features.training import queries, seats
from app.features.training.enums import (
    AHEAD,
    TRAINING_SESSION,
    Attendance,
    SessionForm,
    SessionStatus,
    TopicStatus,
    TrainingPerm,
)
from app.features.training.flow import FLOW, conductor
from app.features.training.models import (
    MOST_SEATS,
    TrainingProvider,
    TrainingSession,
    TrainingSubject,
    TrainingTopic,
)


@dataclass(frozen=True)
class SessionValues:
    """What a session is to be: about what, when and where, by whom, for whom; ``cost`` in yuan."""

    title: str
    starts_at: datetime
    ends_at: datetime
    chair_id: int
    department_id: int
    place: str = ""
    summary: str = ""
    subject_id: int | None = None
    topic_id: int | None = None
    provider_id: int | None = None
    form: str = SessionForm.INSIDE
    cost: Decimal | None = None
    capacity: int | None = None
    audience: list[int] = field(default_factory=list)
    attendance: str = Attendance.OPTIONAL
    rule_version_id: int | None = None


def require_planner(actor: Actor, department_id: int) -> None:
    """Raise Denied for who plans no sessions of a department."""
    if not (can(actor, TrainingPerm.MANAGE) or can(actor, TrainingPerm.LEAD, department_id)):
        require(actor, TrainingPerm.LEAD, department_id)


def plan(
    *,
    actor: Actor,
    values: SessionValues,
    series_id: int | None = None,
    series_day: date | None = None,
) -> TrainingSession:
    """Plan a session; only who plans sees it until it is announced.

    Raises Denied, and Invalid at the fields. The system plans what a series asks for, in the name of its chair.
    """
    if not actor.is_system:
        require_planner(actor, values.department_id)
    check_values(values)
    row = TrainingSession(
        **asdict(values),
        week=queries.week_of(values.starts_at),
        status=FLOW.initial,
        owner_id=actor.id if actor.id is not None else values.chair_id,
        series_id=series_id,
        series_day=series_day,
    )
    session.add(row)
    session.flush()
    choose_topic(row, None)
    timeline.record(
        TRAINING_SESSION,
        row.id,
        "training_session:plan",
        actor,
        to_status=row.status,
        tell=others(row, actor),
    )
    FLOW.sync_tasks(row)
    put_into_index(row)
    return row


def others(training_session: TrainingSession, actor: Actor) -> list[int]:
    """Return the chair, where somebody else planned or changed the session."""
    return [] if training_session.chair_id == actor.id else [training_session.chair_id]


def check_values(values: SessionValues) -> None:
    """Raise Invalid at the fields of what cannot be planned."""
    check_written(values.title, "title")
    check_written(values.summary, "summary")
    faults: dict[str, LazyText | str] = {}
    if not values.title.strip():
        faults["title"] = lazy("请填写培训主题")
    if values.ends_at <= values.starts_at:
        faults["ends_at"] = lazy("结束时间须晚于开始时间")
    if values.capacity is not None and not 1 <= values.capacity <= MOST_SEATS:
        faults["capacity"] = lazy("请填写 1 到 %(most)s 之间的名额", most=MOST_SEATS)
    if values.cost is not None and values.cost < 0:
        faults["cost"] = lazy("费用不能小于零")
    if values.attendance not in set(Attendance):
        faults["attendance"] = lazy("请从列表中选择")
    if values.form not in set(SessionForm):
        faults["form"] = lazy("请从列表中选择")
    chair = session.get(User, values.chair_id)
    if chair is None or not chair.active:
        faults["chair_id"] = lazy("请选择在职的主持人")
    known: tuple[tuple[str, Any, int | None], ...] = (
        ("department_id", Department, values.department_id),
        ("subject_id", TrainingSubject, values.subject_id),
        ("topic_id", TrainingTopic, values.topic_id),
        ("provider_id", TrainingProvider, values.provider_id),
        ("rule_version_id", RuleVersion, values.rule_version_id),
    )
    for name, table, row_id in known:
        if row_id is not None and session.get(table, row_id) is None:
            faults[name] = lazy("请从列表中选择")
    if values.audience:
        statement = select(Department.id).where(Department.id.in_(values.audience))
        if set(session.execute(statement).scalars()) != set(values.audience):
            faults["audience"] = lazy("请从列表中选择")
    if faults:
        raise Invalid(fields=faults)


def choose_topic(training_session: TrainingSession, before: int | None) -> None:
    """Mark the topic of a session as planned, and give one it had before back to the pool."""
    if training_session.topic_id == before:
        return
    if before is not None:
        session.get_one(TrainingTopic, before).status = TopicStatus.WANTED
    if training_session.topic_id is not None:
        topic = session.get_one(TrainingTopic, training_session.topic_id)
        if topic.status not in (TopicStatus.WANTED, TopicStatus.DONE):
            raise Conflict("training:topic-taken")
        topic.status = TopicStatus.PLANNED
    session.flush()


def edit(
    training_session: TrainingSession, *, actor: Actor, version: int | None, values: SessionValues
) -> None:
    """Change a session that lies ahead; its time, once announced, is changed by moving it.

    More seats go to those who wait. Raises Denied, Stale, Conflict, Invalid at the fields.
    """
    lock(training_session)
    if conductor.test(training_session, actor) is None:
        raise Denied("core:denied", what=lazy("修改培训"), who=conductor.ask(training_session))
    check_version(TRAINING_SESSION, training_session, version)
    if training_session.status not in AHEAD:
        raise Conflict(
            "core:wrong-state", state=FLOW.state(training_session.status).label, step=lazy("修改培训")
        )
    if values.department_id != training_session.department_id:
        require_planner(actor, values.department_id)
    check_values(values)
    if training_session.status == SessionStatus.ANNOUNCED:
        refuse_after_announcement(training_session, values)
    before = {name: getattr(training_session, name) for name in asdict(values)}
    for name, value in asdict(values).items():
        setattr(training_session, name, value)
    training_session.week = queries.week_of(values.starts_at)
    training_session.touch()
    session.flush()
    session.refresh(training_session)
    choose_topic(training_session, before["topic_id"])
    changed = [name for name, old in before.items() if getattr(training_session, name) != old]
    moved_up = (
        seats.fill_seats(training_session) if training_session.status == SessionStatus.ANNOUNCED else []
    )
    if changed:
        told = [*others(training_session, actor)]
        timeline.record(TRAINING_SESSION, training_session.id, "training_session:edit", actor, tell=told)
    seats.tell_moved_up(training_session, actor, moved_up)
    FLOW.sync_tasks(training_session)
    put_into_index(training_session)


def refuse_after_announcement(training_session: TrainingSession, values: SessionValues) -> None:
    """Raise Invalid where a change would break what people were promised."""
    faults: dict[str, LazyText | str] = {}
    if (values.starts_at, values.ends_at) != (training_session.starts_at, training_session.ends_at):
        faults["starts_at"] = lazy("已经发布的培训请用“改期”，报名的人会收到通知")
    if not values.place.strip():
        faults["place"] = lazy("请填写地点")
    if values.chair_id != training_session.chair_id and queries.person_of(training_session, values.chair_id):
        faults["chair_id"] = lazy("这位同事已经报名，请另选主持人")
    taken = queries.seats_taken(training_session.id)
    if values.capacity is not None and values.capacity < taken:
        faults["capacity"] = lazy("已有 %(taken)s 人报名，名额不能更少", taken=taken)
    for name in ("attendance", "audience"):
        if getattr(values, name) != getattr(training_session, name):
            faults[name] = lazy("已经发布，不能再改；要加人请用“加入须参加的人”")
    if faults:
        raise Invalid(fields=faults)


def fire(
    training_session: TrainingSession,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a session and bring the search index up to date; raises as ``Flow.fire`` does."""
    FLOW.fire(training_session, name, actor, version=version, note=note, data=data)
    put_into_index(training_session)
    statement = select(TrainingSession).where(TrainingSession.moved_from_id == training_session.id)
    later = session.execute(statement).unique().scalar_one_or_none() if name == "move" else None
    if later is not None:
        timeline.record(TRAINING_SESSION, later.id, "training_session:replace", actor, to_status=later.status)
        put_into_index(later)


def put_into_index(training_session: TrainingSession) -> None:
    """Keep a session where the search finds it."""
    title = training_session.title
    search.put(
        TRAINING_SESSION,
        training_session.id,
        f"{training_session.number} {title}" if training_session.number else title,
        f"{training_session.summary} {training_session.place} {training_session.outcome}",
    )

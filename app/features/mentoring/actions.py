"""Offering a pair, the note and the line of a week; and what the clock brings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core import clock, modules, notices, search, timeline, workdays
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import SYSTEM, Actor, can, directory, require
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.mentoring import queries, weeks
from app.features.mentoring.enums import ANSWER, MODULE, NOTE, NOTED, PAIR, MentoringPerm
from app.features.mentoring.flow import FLOW, LONGEST_DAYS
from app.features.mentoring.models import MentorPair, MentorWeek
from app.features.people.models import User

LONGEST = 2_000
NOTE_WORDS, ANSWER_WORDS = lazy("写带教周记"), lazy("写徒弟反馈")
TYPED = ("goals", "mid_text", "words", "conclusion")


@dataclass(frozen=True)
class PairValues:
    """Who teaches whom, from when to when (both days included), and what is to be reached."""

    mentor_id: int
    pupil_id: int
    starts_on: date
    ends_on: date
    goals: str


# The pair


def offer(*, actor: Actor, values: PairValues) -> MentorPair:
    """Offer a pair: both sides are asked to accept.

    Raises Denied without the right where the pupil works, Invalid at the fields.
    """
    require(actor, MentoringPerm.ARRANGE)
    check_values(values)
    pupil = session.get_one(User, values.pupil_id)
    if not can(actor, MentoringPerm.ARRANGE, pupil.department_id):
        raise Invalid(fields={"pupil_id": lazy("请选择您所管部门的徒弟")})
    if queries.open_pair_of(pupil.id) is not None:
        raise Invalid(fields={"pupil_id": lazy("这位徒弟已有未结束的结对，请先结业或解除")})
    row = MentorPair(
        status=FLOW.initial,
        owner=session.get_one(User, actor.id),
        mentor=session.get_one(User, values.mentor_id),
        pupil=pupil,
        department_id=pupil.department_id,
        goals=values.goals.strip(),
        starts_on=values.starts_on,
        ends_on=values.ends_on,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(row)
    session.flush()
    FLOW.sync_tasks(row)
    timeline.record(
        PAIR, row.id, "mentor_pair:offer", actor, to_status=row.status, tell=[row.mentor_id, row.pupil_id]
    )
    index(row)
    return row


def check_values(values: PairValues) -> None:
    """Raise Invalid at the fields for a pair that cannot be."""
    check_written(values.goals, "goals")
    faults: dict[str, LazyText | str] = {}
    people = directory().people([values.mentor_id, values.pupil_id])
    for name, number in (("mentor_id", values.mentor_id), ("pupil_id", values.pupil_id)):
        if number not in people or not people[number].active:
            faults[name] = lazy("请选择在职人员")
    if values.mentor_id == values.pupil_id:
        faults["pupil_id"] = lazy("师傅和徒弟不能是同一个人")
    if not values.goals.strip():
        faults["goals"] = lazy("请填写带教目标")
    if values.ends_on <= max(values.starts_on, clock.today()):
        faults["ends_on"] = lazy("结束日期须晚于开始日期和今天")
    elif (values.ends_on - values.starts_on).days > LONGEST_DAYS:
        faults["ends_on"] = lazy("带教期最长两年")
    if faults:
        raise Invalid(fields=faults)


def index(row: MentorPair) -> None:
    """Bring the search up to date."""
    notes = " ".join(f"{week.note} {week.answer}" for week in row.weeks)
    search.put(
        PAIR, row.id, row.name, f"{row.number or ''} {row.goals} {row.mid_text} {notes} {row.conclusion}"
    )


def fire(
    row: MentorPair,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a pair; what cannot be kept as text is refused at its field."""
    check_written(note, "note")
    for field in TYPED:
        check_written(str((data or {}).get(field) or ""), field)
    FLOW.fire(row, name, actor, version=version, note=note, data=data)
    index(row)


# The week


def write_note(row: MentorPair, week: MentorWeek, *, actor: Actor, version: int | None, text: str) -> None:
    """Write the mentor's note of a week that has begun; afterwards it counts as late, and stays as it is.

    Raises Denied for anybody but the mentor, Stale, Conflict where no note can be written, Invalid for an empty one.
    """
    lock(row)
    may_write(row, week, actor, NOTE, version)
    week.note = typed(text, "note", lazy("请写这一周教了什么、练了什么"))
    week.noted_at = week.noted_at or clock.now()
    saved(row, week, "mentor_pair:note", actor, row.pupil_id)


def write_answer(row: MentorPair, week: MentorWeek, *, actor: Actor, version: int | None, text: str) -> None:
    """Write the pupil's line to a week that has begun. Raises as ``write_note``, Denied for anybody but the pupil."""
    lock(row)
    may_write(row, week, actor, ANSWER, version)
    week.answer = typed(text, "answer", lazy("请写一句：学会了什么，还不会什么"))
    week.answered_at = week.answered_at or clock.now()
    saved(row, week, "mentor_pair:answer", actor, row.mentor_id)


def may_write(
    row: MentorPair, week: MentorWeek, actor: Actor, field: str, version: int | None = None
) -> None:
    """Raise where an actor cannot write in a week: Denied, Stale, Conflict, in this order.

    ``field`` is note or answer. What is written stays as it is once the week is over.
    """
    side, what = (row.mentor, NOTE_WORDS) if field == NOTE else (row.pupil, ANSWER_WORDS)
    if actor.id != side.id:
        raise Denied("core:denied", what=what, who=side.name)
    check_version(PAIR, row, version)
    if row.status not in NOTED:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=what)
    if week.first_day > clock.today():
        raise Conflict("mentor_pair:week-coming")
    if getattr(week, field) and clock.now() >= week.due_at:
        raise Conflict("mentor_pair:week-over")


def typed(text: str, field: str, missing: LazyText) -> str:
    """Return what was typed, trimmed; raises Invalid at its field for nothing or too much."""
    check_written(text, field)
    if not text.strip():
        raise Invalid(fields={field: missing})
    if len(text) > LONGEST:
        raise Invalid(fields={field: lazy("最多 %(most)s 字", most=LONGEST)})
    return text.strip()


def saved(row: MentorPair, week: MentorWeek, verb: str, actor: Actor, told: int) -> None:
    """Record what was written in a week and tell the other side."""
    row.touch()
    session.flush()
    FLOW.sync_tasks(row)
    timeline.record(PAIR, row.id, verb, actor, data={"week": week.first_day.isoformat()}, tell=[told])
    index(row)


# What the clock brings


def keep_up(payload: dict[str, Any]) -> None:
    """Bring the tasks of the week, remind on its last working day, and tell of a missed week, in working hours only.

    Running it again changes nothing.
    """
    if not modules.is_on(MODULE):
        return
    found = queries.noted_ids()
    session.rollback()
    for number in found:
        with unit_of_work():
            row = session.get_one(MentorPair, number)
            lock(row)
            keep_up_one(row)


def keep_up_one(row: MentorPair) -> None:
    """Bring one pair to where the calendar wants it."""
    if row.status not in NOTED:
        return
    FLOW.sync_tasks(row)
    if not workdays.is_working_time(clock.now()):
        return
    week = weeks.present(row)
    if week is not None and week.noted_at is None and is_last_working_day(week):
        fresh = notices.not_yet_reminded(PAIR, row.id, [row.mentor_id])
        if fresh:
            timeline.record(PAIR, row.id, "mentor_pair:remind", SYSTEM, tell=fresh)
    for over in weeks.missed(row):
        if over.told_at is None:
            over.told_at = clock.now()
            told = {"week": over.first_day.isoformat()}
            people = list(dict.fromkeys((row.mentor_id, row.owner_id)))
            timeline.record(PAIR, row.id, "mentor_pair:missed", SYSTEM, data=told, tell=people)
    session.flush()


def is_last_working_day(week: MentorWeek) -> bool:
    """Tell whether no working day of the week follows today."""
    return workdays.add_working_days(clock.today(), 1) > week.last_day

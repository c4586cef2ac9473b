"""Writing an announcement, correcting one, confirming that it was read; and what the clock brings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.core import clock, files, modules, notices, timeline, workdays
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile, StoredFile
from app.core.i18n import LazyText, lazy
from app.core.permissions import SYSTEM, Actor, Role, directory, require
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.announcements import queries, receipts
from app.features.announcements.enums import ANNOUNCEMENT, LIVE, MODULE, AnnouncementPerm, AnnouncementStatus
from app.features.announcements.flow import FLOW
from app.features.announcements.models import Announcement, AnnouncementScope
from app.features.people.models import Department, User
from app.features.rules import writing

MOST_HOURS = 400
MOST_FILES = 20
ATTACHMENT = "attachment"
# Who has so few working hours left is reminded; who is late once each working day.
REMIND_BEFORE = Decimal(4)
KEEP_UP_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class AnnouncementValues:
    """What an announcement says, to whom, from when to when; ``text`` in the marks of rules.

    ``confirm_hours`` are the working hours within which reading is confirmed. Without ``visible_from`` it goes up when
    it is released, without ``visible_until`` it stays until it is taken down.
    """

    title: str
    text: str
    for_everybody: bool = True
    departments: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    must_confirm: bool = False
    confirm_hours: int | None = 16
    pinned: bool = False
    visible_from: datetime | None = None
    visible_until: datetime | None = None


# Writing


def draft(*, actor: Actor, values: AnnouncementValues) -> Announcement:
    """Begin an announcement; raises Denied without the right to publish, Invalid at the fields."""
    require(actor, AnnouncementPerm.PUBLISH)
    check_values(values)
    person = session.get_one(User, actor.id)
    row = Announcement(
        status=FLOW.initial,
        owner=person,
        owner_id=person.id,
        department_id=person.department_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    write(row, values)
    session.add(row)
    session.flush()
    row.series_id = row.id
    session.flush()
    timeline.record(ANNOUNCEMENT, row.id, "announcement:draft", actor, to_status=row.status)
    return row


def edit(row: Announcement, *, actor: Actor, version: int | None, values: AnnouncementValues) -> None:
    """Change a draft. Raises Denied for anybody but its author, Stale, Conflict once released, Invalid."""
    open_draft(row, actor, version, lazy("修改通知"))
    check_values(values)
    before = told(row)
    write(row, values)
    row.touch()
    session.flush()
    changes = timeline.diff(before, told(row))
    if changes:
        timeline.record(ANNOUNCEMENT, row.id, "announcement:edit", actor, data={"changes": changes})


def correct(row: Announcement, *, actor: Actor, asks_again: bool) -> Announcement:
    """Begin the correction of an announcement that is up: a draft of the same words, files included.

    ``asks_again`` lets everybody confirm anew; otherwise what was confirmed counts on. Raises Denied, and Conflict
    where it is not up or is being corrected already.
    """
    lock(row)
    if not queries.handles(actor, row):
        raise Denied("core:denied", what=lazy("更正通知"), who=row.owner.name)
    require(actor, AnnouncementPerm.PUBLISH)
    if row.status not in LIVE:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=lazy("更正"))
    if queries.correction_of(row) is not None:
        raise Conflict("announcement:corrected-already")
    copied = ("title", "text", "department_id", "for_everybody", "must_confirm", "confirm_hours", "pinned")
    made = Announcement(
        status=FLOW.initial,
        owner_id=int(actor.id or 0),
        series_id=row.series_id,
        edition=row.edition + 1 if asks_again else row.edition,
        replaces_id=row.id,
        asks_again=asks_again,
        visible_until=row.visible_until,
        scopes=[
            AnnouncementScope(department_id=each.department_id, role=each.role, user_id=each.user_id)
            for each in row.scopes
        ],
        created_at=clock.now(),
        updated_at=clock.now(),
        **{name: getattr(row, name) for name in copied},
    )
    session.add(made)
    session.flush()
    for file in files.files_for(ANNOUNCEMENT, row.id):
        files.attach_stored(file, ANNOUNCEMENT, made.id, actor, kind=ATTACHMENT)
    timeline.record(ANNOUNCEMENT, made.id, "announcement:correct", actor, to_status=made.status)
    return made


def open_draft(row: Announcement, actor: Actor, version: int | None, what: LazyText) -> None:
    """Lock a draft for its author; raises Denied, Stale, Conflict, in this order."""
    lock(row)
    if row.owner_id != actor.id:
        raise Denied("core:denied", what=what, who=row.owner.name)
    require(actor, AnnouncementPerm.PUBLISH)
    check_version(ANNOUNCEMENT, row, version)
    if row.status != AnnouncementStatus.DRAFT:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=what)


def check_values(values: AnnouncementValues) -> None:
    """Raise Invalid at the fields for what cannot be announced."""
    for name in ("title", "text"):
        check_written(getattr(values, name), name)
    faults: dict[str, LazyText | str] = {}
    if not values.title.strip():
        faults["title"] = lazy("请填写标题")
    if not values.text.strip():
        faults["text"] = lazy("请填写正文")
    if not values.for_everybody:
        check_audience(values, faults)
    if values.must_confirm and not 1 <= (values.confirm_hours or 0) <= MOST_HOURS:
        faults["confirm_hours"] = lazy("请填写 1 到 %(most)s 之间的小时数", most=MOST_HOURS)
    begin = values.visible_from or clock.now()
    if values.visible_until is not None and values.visible_until <= begin:
        faults["visible_until"] = lazy("下架时间须晚于发布时间和现在")
    if faults:
        raise Invalid(fields=faults)
    writing.read(values.text, lambda _name: None)


def check_audience(values: AnnouncementValues, faults: dict[str, LazyText | str]) -> None:
    """Note in ``faults`` an audience that is empty, or names what does not exist."""
    if not (values.departments or values.roles or values.people):
        faults["departments"] = lazy("请选择部门、岗位或人员，或勾选全体人员")
    if any(session.get(Department, number) is None for number in values.departments):
        faults["departments"] = lazy("请从列表中选择部门")
    if not set(values.roles) <= {str(role) for role in Role}:
        faults["roles"] = lazy("请从列表中选择岗位")
    known = directory().people(list(values.people)) if values.people else {}
    if any(number not in known or not known[number].active for number in values.people):
        faults["people"] = lazy("请选择在职人员")


def write(row: Announcement, values: AnnouncementValues) -> None:
    """Put what was typed and checked into the row."""
    row.title, row.text = values.title.strip(), values.text.strip()
    row.for_everybody, row.pinned = values.for_everybody, values.pinned
    row.must_confirm, row.confirm_hours = values.must_confirm, values.confirm_hours or 16
    row.visible_from, row.visible_until = values.visible_from, values.visible_until
    row.scopes[:] = (
        []
        if values.for_everybody
        else [
            *(AnnouncementScope(department_id=number) for number in dict.fromkeys(values.departments)),
            *(AnnouncementScope(role=role) for role in dict.fromkeys(values.roles)),
            *(AnnouncementScope(user_id=number) for number in dict.fromkeys(values.people)),
        ]
    )


def told(row: Announcement) -> dict[str, Any]:
    """Return the fields whose changes the timeline tells."""
    return {
        "title": row.title,
        "text": row.text,
        "audience": "、".join(queries.scope_words(row)),
        "must_confirm": row.must_confirm,
        "visible_from": stamp(row.visible_from),
        "visible_until": stamp(row.visible_until),
    }


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


# Files


def attach(row: Announcement, *, actor: Actor, file: CheckedFile | None) -> StoredFile:
    """Put a file to a draft; raises as ``edit``, Invalid without a file, Conflict for too many."""
    open_draft(row, actor, None, lazy("添加附件"))
    if file is None:
        raise Invalid(fields={"file": lazy("请选择要上传的文件")})
    if len(files.files_for(ANNOUNCEMENT, row.id)) >= MOST_FILES:
        raise Conflict("announcement:too-many-files", most=MOST_FILES)
    stored = files.attach(file, ANNOUNCEMENT, row.id, actor, kind=ATTACHMENT)
    timeline.record(ANNOUNCEMENT, row.id, "announcement:attach", actor, data={"file": stored.name})
    return stored


def remove_file(row: Announcement, file_id: int, *, actor: Actor) -> None:
    """Take a file from a draft; raises as ``edit``, NotVisible for one that is not there."""
    open_draft(row, actor, None, lazy("移除附件"))
    stored = next((each for each in files.files_for(ANNOUNCEMENT, row.id) if each.id == file_id), None)
    if stored is None:
        raise NotVisible
    files.mark_deleted(stored)
    timeline.record(ANNOUNCEMENT, row.id, "announcement:remove-file", actor, data={"file": stored.name})


# Reading


def confirm(row: Announcement, *, actor: Actor) -> None:
    """Confirm that an announcement was read; a second time changes nothing.

    Raises Conflict where it came down, was corrected or asks for nothing, Denied where it is not for the actor.
    """
    lock(row)
    if not row.is_up:
        raise Conflict("announcement:not-up")
    if not row.must_confirm:
        raise Conflict("announcement:nothing-to-confirm")
    receipt = queries.receipt_of(row, actor.id)
    if receipt is None or receipt.asked_at is None:
        if not queries.is_addressed(actor, row):
            raise Denied("announcement:not-for-you")
        # The job has not seen yet that its moment has come, or that this person is new.
        receipts.ask(row)
        receipt = queries.receipt_of(row, actor.id)
    if receipt is None or receipt.asked_at is None or receipt.excused_at is not None:
        raise Denied("announcement:not-for-you")
    if receipt.confirmed_at is not None:
        return
    receipt.confirmed_at = clock.now()
    receipt.seen_at = receipt.seen_at or clock.now()
    session.flush()
    if row.status == AnnouncementStatus.PUBLISHED:
        FLOW.sync_tasks(row)
    timeline.record(ANNOUNCEMENT, row.id, "announcement:confirm", actor)


def remind(row: Announcement, *, actor: Actor) -> int:
    """Remind everybody who has not confirmed, once a day each; return how many were reminded.

    Raises Denied for whoever does not answer for it, Conflict where nobody is left to remind today.
    """
    lock(row)
    if not actor.is_system and not queries.handles(actor, row):
        raise Denied("core:denied", what=lazy("提醒未确认的人"), who=row.owner.name)
    if not row.is_up:
        raise Conflict("announcement:not-up")
    people = [receipt.user_id for receipt in queries.waited_for(row)]
    return remind_people(row, people, actor)


def remind_people(row: Announcement, people: list[int], actor: Actor) -> int:
    """Remind those of some people who were not reminded today; raises Conflict where a person asks in vain."""
    fresh = notices.not_yet_reminded(ANNOUNCEMENT, row.id, people)
    if not fresh and not actor.is_system:
        raise Conflict("announcement:nobody-to-remind")
    if fresh:
        data = {"count": len(fresh)}
        timeline.record(ANNOUNCEMENT, row.id, "announcement:remind", actor, data=data, tell=fresh)
    return len(fresh)


def fire(
    row: Announcement,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of an announcement; a reason with characters nobody can see is refused at its field."""
    check_written(note, "note")
    FLOW.fire(row, name, actor, version=version, note=note, data=data)


# What the clock brings


def keep_up(payload: dict[str, Any]) -> None:
    """Put up and take down what is due, ask newcomers, excuse who left, and remind in working hours.

    Running it again changes nothing.
    """
    if not modules.is_on(MODULE):
        return
    found = queries.live_ids()
    session.rollback()
    for number in found:
        with unit_of_work():
            row = session.get_one(Announcement, number)
            lock(row)
            keep_up_one(row)


def keep_up_one(row: Announcement) -> None:
    """Bring one announcement to where the clock wants it."""
    if row.status not in LIVE:
        return
    if row.shown_status == AnnouncementStatus.ENDED:
        FLOW.fire(row, "end", SYSTEM, version=None)
    elif row.status == AnnouncementStatus.SCHEDULED and row.is_up:
        FLOW.fire(row, "appear", SYSTEM, version=None)
    elif row.status == AnnouncementStatus.PUBLISHED and row.must_confirm:
        receipts.ask(row)
        FLOW.sync_tasks(row)
        if workdays.is_working_time(clock.now()):
            remind_people(row, due_soon(row), SYSTEM)


def due_soon(row: Announcement) -> list[int]:
    """Return those who have not confirmed and have only a few working hours left, or none."""
    now, left = clock.now(), min(REMIND_BEFORE, Decimal(row.confirm_hours) / 2)
    return [
        receipt.user_id
        for receipt in queries.waited_for(row)
        if receipt.due_at is not None and workdays.working_hours_between(now, receipt.due_at) <= left
    ]

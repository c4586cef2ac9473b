"""The life of a meeting: planned, held with its minutes, confirmed by all who were there."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.core import clock, timeline
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy, lazy_in_context, listed
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, mine, stay, step
from app.core.written import check_written
from app.features.meetings import taking_part
from app.features.meetings.enums import MEETING as DOC_TYPE
from app.features.meetings.enums import MeetingPerm, MeetingStatus
from app.features.meetings.models import Meeting
from app.features.resolutions import rows

LONGEST_AHEAD_DAYS = 366


def waited_for(meeting: Meeting, actor: Actor) -> Authority | None:
    """Return the authority of who was there and did not confirm the minutes yet."""
    waiting = any(row.user_id == actor.id for row in taking_part.unconfirmed(meeting))
    return Authority("participant") if waiting else None


participant = Who(
    waited_for,
    lambda meeting: listed(row.person.name for row in taking_part.unconfirmed(meeting)) or meeting.owner.name,
    people=lambda meeting: [row.user_id for row in taking_part.unconfirmed(meeting)],
)
arranger = any_of(mine, may(MeetingPerm.ARRANGE))


def to_hold(meeting: Meeting) -> Iterable[WantedTask]:
    """Yield the task of holding it and writing its minutes, once it began."""
    if meeting.starts_at <= clock.now():
        yield WantedTask("meeting:hold", user_id=meeting.owner_id, due_at=meeting.starts_at)


def to_confirm(meeting: Meeting) -> Iterable[WantedTask]:
    """Yield the task of confirming the minutes, for all who were there and did not yet."""
    for row in taking_part.unconfirmed(meeting):
        yield WantedTask("meeting:confirm", user_id=row.user_id)


def written(meeting: Meeting, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse minutes of what has not begun, and ask for their words."""
    if meeting.status == MeetingStatus.PLANNED and meeting.starts_at > clock.now():
        return Conflict("meeting:not-yet", when=clock.to_local(meeting.starts_at).strftime("%m-%d %H:%M"))
    if not str(data.get("text") or "").strip():
        return Invalid(fields={"text": lazy("请写明讨论了什么、定了什么")})
    return None


def another_time(meeting: Meeting, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask for a time that is still to come."""
    starts_at = data.get("starts_at")
    if not isinstance(starts_at, datetime) or not soon_enough(starts_at):
        return Invalid(fields={"starts_at": lazy("请填写新的时间，从现在起一年之内")})
    return None


def soon_enough(starts_at: datetime) -> bool:
    """Tell whether a moment lies in the year to come."""
    return 0 <= (starts_at - clock.now()).total_seconds() <= LONGEST_AHEAD_DAYS * 86_400


def hold(meeting: Meeting, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the minutes and who was there, and open what was decided."""
    meeting.held_at = clock.now()
    write(meeting, data)
    taking_part.note_present(meeting, data.get("present") or ())
    made = rows.open_all(data, actor=actor, doc_type=DOC_TYPE, doc_id=meeting.id)
    return {"count": len(made)}


def correct(meeting: Meeting, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the minutes written anew; whoever had confirmed them confirms them again."""
    before = meeting.text
    write(meeting, data)
    taking_part.note_present(meeting, [row.user_id for row in meeting.people if row.present])
    return {"changes": timeline.diff({"text": before}, {"text": meeting.text})}


def write(meeting: Meeting, data: Mapping[str, Any]) -> None:
    """Keep the words of the minutes."""
    text = str(data["text"]).strip()
    check_written(text, "text")
    meeting.text = text
    taking_part.index(meeting)


def confirm(meeting: Meeting, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note that somebody who was there confirmed the minutes."""
    row = next(row for row in taking_part.unconfirmed(meeting) if row.user_id == actor.id)
    row.confirmed_at = clock.now()


def after_writing(meeting: Meeting, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose the state of new minutes: confirmed where nobody but the chair was there."""
    others = {number for number in data.get("present") or () if number != meeting.owner_id}
    return MeetingStatus.HELD if others else MeetingStatus.CONFIRMED


def after_confirming(meeting: Meeting, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose the state after somebody confirmed: confirmed when they were the last."""
    left = [row for row in taking_part.unconfirmed(meeting) if row.user_id != actor.id]
    return MeetingStatus.HELD if left else MeetingStatus.CONFIRMED


def move(meeting: Meeting, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Hold it at another time."""
    before = clock.to_local(meeting.starts_at)
    meeting.starts_at = data["starts_at"]
    after = clock.to_local(meeting.starts_at)
    return {"before": f"{before:%m-%d %H:%M}", "after": f"{after:%m-%d %H:%M}"}


def everybody(meeting: Meeting) -> list[int | None]:
    """Return all who are invited."""
    return [row.user_id for row in meeting.people]


def chair(meeting: Meeting) -> list[int | None]:
    """Return who takes the chair."""
    return [meeting.owner_id]


S = MeetingStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.PLANNED,
    (
        State(S.PLANNED, lazy_in_context("meeting", "待召开"), "info", to_hold, milestone=True),
        State(S.HELD, lazy("已召开，纪要待确认"), "warn", to_confirm, milestone=True),
        State(S.CONFIRMED, lazy("纪要已确认"), "ok", terminal=True, milestone=True),
        State(S.CANCELLED, lazy_in_context("meeting", "已取消"), "neutral", terminal=True),
    ),
    (
        step("hold", "planned", "held confirmed", mine, lazy("写会议纪要"), ready=written, effect=hold,
             choose=after_writing, tell=everybody, form="text", kind="primary", fields=frozenset({"count"}),
             sentence=lazy("写成会议纪要，形成决议 %(count)s 项")),
        step("move", "planned", "planned", arranger, lazy("改时间"), ready=another_time, effect=move,
             tell=everybody, reason=True, form="starts_at", fields=frozenset({"before", "after"}),
             sentence=lazy("时间由 %(before)s 改为 %(after)s")),
        step("cancel", "planned", "cancelled", arranger, lazy("取消会议"), reason=True, tell=everybody,
             kind="danger"),
        step("correct", "held", "held", mine, lazy("修改纪要"), ready=written, effect=correct, tell=everybody,
             form="text"),
        step("confirm", "held", "held confirmed", participant, lazy("确认纪要"), effect=confirm,
             choose=after_confirming, tell=chair, kind="primary"),
        step("object", "held", "held", participant, lazy("对纪要有异议"), reason=True, choose=stay, tell=chair),
    ),
    lazy("部门会议"),
)
# fmt: on

"""The life of a talk: planned, held, or cancelled; what was agreed on stays to be done after it was held."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from app.core import clock
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, mine, step
from app.core.written import check_written
from app.features.talks import keeping
from app.features.talks.enums import TALK as DOC_TYPE
from app.features.talks.enums import TalkStatus
from app.features.talks.models import Talk

LONGEST_AHEAD = timedelta(days=366)
END_OF_DAY = time(23, 59, 59)


def one_of_them(talk: Talk, actor: Actor) -> Authority | None:
    """Return the authority of one of the two."""
    return Authority("participant") if actor.id is not None and actor.id in talk.pair else None


either = Who(
    one_of_them, lambda talk: f"{talk.owner.name}、{talk.other.name}", people=lambda talk: list(talk.pair)
)


def to_hold(talk: Talk) -> Iterable[WantedTask]:
    """Yield the task of talking."""
    yield WantedTask("talk:hold", user_id=talk.owner_id, due_at=talk.starts_at)


def to_do(talk: Talk) -> Iterable[WantedTask]:
    """Yield the tasks that were agreed on and are not done, one a person, by the day that comes first."""
    days: dict[int, date] = {}
    for row in talk.agreements:
        if row.done_at is None:
            days[row.responsible_id] = min(row.due_on, days.get(row.responsible_id, row.due_on))
    for person, day in days.items():
        due_at = clock.from_local(datetime.combine(day, END_OF_DAY))
        yield WantedTask("talk:agreement", user_id=person, due_at=due_at)


def soon_enough(starts_at: Any) -> bool:
    """Tell whether a moment lies in the year to come."""
    return isinstance(starts_at, datetime) and clock.now() <= starts_at <= clock.now() + LONGEST_AHEAD


def began(talk: Talk, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse notes of what has not begun, ask for what was said and for whole agreements."""
    if clock.to_local(talk.starts_at).date() > clock.today():
        return Conflict("talk:not-yet", day=clock.to_local(talk.starts_at).strftime("%m-%d"))
    faults: dict[str, LazyText | str] = {}
    if not str(data.get("notes") or "").strip():
        faults["notes"] = lazy("请写明谈了什么，几句话就行")
    next_on = data.get("next_on")
    if next_on is not None and not clock.today() < next_on <= clock.today() + LONGEST_AHEAD:
        faults["next_on"] = lazy("下次谈话应在明天以后、一年之内")
    faults |= keeping.faults_of(talk, data)
    return Invalid(fields=faults) if faults else None


def another_time(talk: Talk, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask for a time that is still to come."""
    if not soon_enough(data.get("starts_at")):
        return Invalid(fields={"starts_at": lazy("请填写新的时间，从现在起一年之内")})
    return None


def hold(talk: Talk, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what was said and agreed on, and plan the next talk where its day is named."""
    text = str(data["notes"]).strip()
    check_written(text, "notes")
    talk.held_at, talk.owner_notes, talk.next_on = clock.now(), text, data.get("next_on")
    keeping.agree(talk, data)
    keeping.index(talk)


def move(talk: Talk, actor: Actor, data: Mapping[str, Any]) -> None:
    """Talk at another time."""
    talk.starts_at = data["starts_at"]


def both(talk: Talk) -> list[int | None]:
    """Return the two."""
    return [*talk.pair]


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    TalkStatus.PLANNED,
    (
        State(TalkStatus.PLANNED, lazy("待谈"), "info", to_hold, milestone=True),
        State(TalkStatus.HELD, lazy("已谈"), "ok", to_do, terminal=True, milestone=True),
        State(TalkStatus.CANCELLED, lazy_in_context("talk", "已取消"), "neutral", terminal=True),
    ),
    (
        step("hold", "planned", "held", mine, lazy("记录谈话"), ready=began, effect=hold, tell=both,
             form="notes", kind="primary"),
        step("move", "planned", "planned", either, lazy("改时间"), ready=another_time, effect=move, tell=both,
             form="starts_at", sentence=lazy("改了谈话的时间")),
        step("cancel", "planned", "cancelled", either, lazy("取消谈话"), reason=True, tell=both, kind="danger"),
    ),
    lazy("一对一谈话"),
)
# fmt: on

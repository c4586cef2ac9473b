"""The life of a resolution: carried out by one, said to be done, checked by another."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from app.core import clock
from app.core.errors import Invalid, Problem
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, mine, step
from app.core.written import check_written
from app.features.resolutions import assigning
from app.features.resolutions.enums import RESOLUTION as DOC_TYPE
from app.features.resolutions.enums import ResolutionPerm, ResolutionStatus
from app.features.resolutions.models import Resolution

END_OF_DAY = time(23, 59, 59)


def carries_out(resolution: Resolution, actor: Actor) -> Authority | None:
    """Return the authority of who carries it out."""
    return Authority("responsible") if actor.id == resolution.responsible_id else None


def hands(resolution: Resolution) -> frozenset[int]:
    """Return whose hand must not be in the check: who carried it out."""
    return frozenset({resolution.responsible_id})


responsible = Who(
    carries_out,
    lambda resolution: resolution.responsible.name,
    people=lambda resolution: [resolution.responsible_id],
)
checker = any_of(mine, may(ResolutionPerm.DECIDE, apart=hands))


def to_carry_out(resolution: Resolution) -> Iterable[WantedTask]:
    """Yield the task of carrying it out, until the end of its day."""
    due_at = clock.from_local(datetime.combine(resolution.due_on, END_OF_DAY))
    yield WantedTask("resolution:carry_out", user_id=resolution.responsible_id, due_at=due_at)


def to_check(resolution: Resolution) -> Iterable[WantedTask]:
    """Yield the task of checking that it was done."""
    yield WantedTask("resolution:check", user_id=resolution.owner_id)


def has_result(resolution: Resolution, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask for what came of it."""
    if not str(data.get("result") or "").strip():
        return Invalid(fields={"result": lazy("请写明完成的情况")})
    return None


def another_day(resolution: Resolution, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask for a later day."""
    due_on = data.get("due_on")
    if due_on is None or due_on < clock.today() or due_on == resolution.due_on:
        return Invalid(fields={"due_on": lazy("请填写新的期限，不早于今天")})
    fault = assigning.fault_of_day(due_on)
    return Invalid(fields={"due_on": fault}) if fault is not None else None


def another_person(resolution: Resolution, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask for somebody else who can carry it out."""
    person_id = data.get("responsible_id")
    fault: LazyText | None = assigning.fault_of_person(person_id, resolution.owner_id)
    if fault is None and person_id == resolution.responsible_id:
        fault = lazy("已经由这个人落实，请另选一人")
    return Invalid(fields={"responsible_id": fault}) if fault is not None else None


def complete(resolution: Resolution, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what came of it, and on which day."""
    text = str(data["result"]).strip()
    check_written(text, "result")
    resolution.result, resolution.completed_on = text, clock.today()
    assigning.index(resolution)


def take_up_again(resolution: Resolution, actor: Actor, data: Mapping[str, Any]) -> None:
    """Count it as not done: it was not."""
    resolution.completed_on = None


def check(resolution: Resolution, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note who checked it, and when."""
    resolution.checked_by_id, resolution.checked_at = actor.id, clock.now()


def put_off(resolution: Resolution, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set a later day; the first one is kept."""
    before, resolution.due_on = resolution.due_on, data["due_on"]
    return {"before": before.isoformat(), "after": resolution.due_on.isoformat()}


def hand_over(resolution: Resolution, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let somebody else carry it out."""
    before = resolution.responsible.name
    assigning.assign(resolution, int(data["responsible_id"]))
    return {"before": before, "after": resolution.responsible.name}


def decider(resolution: Resolution) -> list[int | None]:
    """Return who decided it."""
    return [resolution.owner_id]


def doer(resolution: Resolution) -> list[int | None]:
    """Return who carries it out."""
    return [resolution.responsible_id]


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    ResolutionStatus.OPEN,
    (
        State(ResolutionStatus.OPEN, lazy("落实中"), "warn", to_carry_out, milestone=True),
        State(ResolutionStatus.COMPLETED, lazy("已完成，待核实"), "info", to_check, milestone=True),
        State(ResolutionStatus.CHECKED, lazy("已核实"), "ok", terminal=True, milestone=True),
        State(ResolutionStatus.CANCELLED, lazy_in_context("resolution", "已取消"), "neutral", terminal=True),
    ),
    (
        step("complete", "open", "completed", responsible, lazy("报告完成"), ready=has_result, effect=complete,
             tell=decider, form="result", kind="primary"),
        step("check", "completed", "checked", checker, lazy("核实"), effect=check, tell=doer, kind="primary"),
        step("send_back", "completed", "open", checker, lazy("没有落实，退回"), reason=True,
             effect=take_up_again, tell=doer),
        step("put_off", "open", "open", checker, lazy("改期限"), ready=another_day, effect=put_off, reason=True,
             tell=doer, form="due_on", fields=frozenset({"before", "after"}),
             sentence=lazy("期限由 %(before)s 改为 %(after)s")),
        step("hand_over", "open", "open", checker, lazy("换落实人"), ready=another_person, effect=hand_over,
             tell=doer, form="responsible_id", fields=frozenset({"before", "after"}),
             sentence=lazy("落实人由%(before)s改为%(after)s")),
        step("cancel", "open", "cancelled", checker, lazy("取消决议"), reason=True, tell=doer, kind="danger"),
    ),
    lazy("决议落实"),
)
# fmt: on

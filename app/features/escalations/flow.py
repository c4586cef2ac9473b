"""The life of a report (rule table 2.0.1): put to somebody, seen, answered, done with; or withdrawn."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock
from app.core.errors import Invalid, Problem
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, mine, step
from app.core.written import check_written
from app.features.escalations import answering, telling
from app.features.escalations.enums import ESCALATION as DOC_TYPE
from app.features.escalations.enums import EscalationPerm, EscalationStatus
from app.features.escalations.models import Escalation


def receives(escalation: Escalation, actor: Actor) -> Authority | None:
    """Return the authority of whom a report was put to, or of who stands in for them; never of its own author."""
    if actor.id is None or actor.id == escalation.owner_id:
        return None
    if actor.id == escalation.to_id:
        return Authority("receiver")
    standing = (grant for grant in actor.grants if grant.on_behalf_of == escalation.to_id)
    grant = next(standing, None)
    if grant is None:
        return None
    return Authority(str(grant.role), (escalation.to_id, grant.on_behalf_of_name))


def hands(escalation: Escalation) -> frozenset[int]:
    """Return who has no business in passing a report on: its author."""
    return frozenset({escalation.owner_id})


receiver = Who(receives, lambda escalation: escalation.to.name, people=lambda escalation: [escalation.to_id])
passer = any_of(receiver, may(EscalationPerm.OVERSEE, apart=hands))
closer = any_of(mine, may(EscalationPerm.OVERSEE))


def to_see(escalation: Escalation) -> Iterable[WantedTask]:
    """Yield the task of looking at it."""
    yield WantedTask("escalation:see", user_id=escalation.to_id, due_at=escalation.due_at)


def to_answer(escalation: Escalation) -> Iterable[WantedTask]:
    """Yield the task of answering."""
    yield WantedTask("escalation:answer", user_id=escalation.to_id, due_at=escalation.due_at)


def to_close(escalation: Escalation) -> Iterable[WantedTask]:
    """Yield the task of saying that it is done with."""
    yield WantedTask("escalation:close", user_id=escalation.owner_id)


def said(escalation: Escalation, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask for the words of an answer."""
    if not str(data.get("answer") or "").strip():
        return Invalid(fields={"answer": lazy("请写明批示或答复")})
    return None


def next_receiver(escalation: Escalation, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask to whom it is passed on: somebody else who may receive such a matter."""
    person_id = data.get("to_id")
    if not person_id:
        return Invalid(fields={"to_id": lazy("请选择转给谁")})
    fault: LazyText | None = None
    if person_id in (escalation.to_id, escalation.owner_id):
        fault = lazy("已经在这个人手里，或是他自己汇报的，请另选一人")
    elif not telling.may_receive(escalation.kind, person_id):
        fault = lazy("这个人不接收这一类事项，请另选一人")
    return Invalid(fields={"to_id": fault}) if fault is not None else None


def see(escalation: Escalation, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note when it was seen."""
    escalation.seen_at = clock.now()
    telling.note_seen(escalation, escalation.to_id)


def answer(escalation: Escalation, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the answer, and carry out what upper features made of it."""
    text = str(data["answer"]).strip()
    check_written(text, "answer")
    escalation.answer = text
    escalation.answered_at, escalation.answered_by_id = clock.now(), actor.id
    escalation.seen_at = escalation.seen_at or clock.now()
    telling.note_seen(escalation, escalation.to_id)
    answering.carry_out(escalation, actor, data)
    telling.index(escalation)


def pass_on(escalation: Escalation, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put it to somebody else; the time to answer goes on running."""
    before = escalation.to.name
    telling.put_to(escalation, int(data["to_id"]))
    return {"before": before, "after": escalation.to.name}


def end(escalation: Escalation, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note when it was done with."""
    escalation.closed_at = clock.now()


def owner(escalation: Escalation) -> list[int | None]:
    """Return who reported it."""
    return [escalation.owner_id]


def both(escalation: Escalation) -> list[int | None]:
    """Return who reported it, and who has to answer now."""
    return [escalation.owner_id, escalation.to_id]


def addressee(escalation: Escalation) -> list[int | None]:
    """Return who had to answer."""
    return [escalation.to_id]


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    EscalationStatus.REPORTED,
    (
        State(EscalationStatus.REPORTED, lazy_in_context("escalation", "已汇报"), "warn", to_see, milestone=True),
        State(EscalationStatus.SEEN, lazy_in_context("escalation", "已阅"), "info", to_answer, milestone=True),
        State(EscalationStatus.ANSWERED, lazy_in_context("escalation", "已答复"), "info", to_close, milestone=True),
        State(EscalationStatus.DONE, lazy("已办结"), "ok", terminal=True, milestone=True),
        State(EscalationStatus.WITHDRAWN, lazy("已撤回"), "neutral", terminal=True),
    ),
    (
        step("see", "reported", "seen", receiver, lazy_in_context("step", "已阅"), effect=see, tell=owner,
             sentence=lazy_in_context("event", "已阅")),
        step("answer", "reported seen", "answered", receiver, lazy("批示、答复"), ready=said, effect=answer,
             tell=owner, form="answer", kind="primary"),
        step("pass_on", "reported seen", "reported", passer, lazy("转给别人"), ready=next_receiver,
             effect=pass_on, tell=both, form="to_id", fields=frozenset({"before", "after"}),
             sentence=lazy("由%(before)s转给%(after)s")),
        step("finish", "answered", "done", closer, lazy("办结"), effect=end, tell=addressee, kind="primary"),
        step("withdraw", "reported seen", "withdrawn", mine, lazy("撤回"), effect=end, tell=addressee,
             kind="danger"),
    ),
    lazy("汇报与协办"),
)
# fmt: on

"""The life of a self-check: asked, answered item by item, or lapsed because nothing is due any more."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock
from app.core.errors import Invalid, Problem
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, lock, mine, step, system_only
from app.features.assets.upkeep import self_checks
from app.features.assets.upkeep.enums import SELF_CHECK as DOC_TYPE
from app.features.assets.upkeep.enums import Answer, SelfCheckStatus
from app.features.assets.upkeep.models import AssetSelfCheckRequest


def to_answer(request: AssetSelfCheckRequest) -> Iterable[WantedTask]:
    """Yield the task of answering."""
    due_at = clock.day_bounds(request.due_on)[1]
    yield WantedTask("asset_self_check_request:answer", user_id=request.owner_id, due_at=due_at)


def complete(request: AssetSelfCheckRequest, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask for an answer to every item due, and for a word about what is not in order."""
    if not data:
        return None
    due = self_checks.due_items([request.owner_id]).get(request.owner_id, [])
    answers = self_checks.said_of(data)
    silent = next((item for item in due if item.id not in answers), None)
    if silent is not None:
        sentence = lazy("“%(item)s”还没有选择：在，还是找不到", item=f"{silent.number} {silent.name}")
        return Invalid(fields={f"answer-{silent.id}": sentence})
    for item in due:
        said = answers[item.id]
        if said.answer != Answer.WELL and not said.note.strip():
            sentence = lazy("“%(item)s”请写明情况", item=f"{item.number} {item.name}")
            return Invalid(fields={f"note-{item.id}": sentence})
        if len(said.note) > self_checks.LONGEST_NOTE:
            sentence = lazy("说明最多 %(most)s 个字", most=self_checks.LONGEST_NOTE)
            return Invalid(fields={f"note-{item.id}": sentence})
    return None


def answer(request: AssetSelfCheckRequest, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the answers of what is due; what is no longer due, or no longer theirs, is left out."""
    request.answered_at = at = clock.now()
    answers = self_checks.said_of(data)
    due = self_checks.due_items([request.owner_id]).get(request.owner_id, [])
    for item in sorted(due, key=lambda row: row.id):
        lock(item)
        self_checks.write(item, answers[item.id], actor, at)
    wrong = sum(answers[item.id].answer != Answer.WELL for item in due)
    return {"count": len(due), "wrong": wrong}


S = SelfCheckStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.ASKED,
    (
        State(S.ASKED, lazy("待自查"), "warn", to_answer, milestone=True),
        State(S.ANSWERED, lazy("已自查"), "ok", terminal=True, milestone=True),
        State(S.LAPSED, lazy("不用自查了"), "neutral", terminal=True),
    ),
    (
        step("answer", "asked", "answered", mine, lazy("自查"), ready=complete, effect=answer, form="answer",
             kind="primary", fields=frozenset({"count", "wrong"}),
             sentence=lazy_in_context("event", "自查 %(count)s 件，%(wrong)s 件有问题")),
        step("lapse", "asked", "lapsed", system_only, lazy("不用自查了"), hidden=True),
    ),
    lazy("设备自查"),
)
# fmt: on

"""The life of a planned structure: drafted, published for everybody to read, adopted on its day or dropped."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.errors import Conflict, Problem
from app.core.i18n import lazy, listed
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, may, step
from app.features.directory import adopting, structure
from app.features.directory.enums import PLAN as DOC_TYPE
from app.features.directory.enums import DirectoryPerm, PlanStatus
from app.features.directory.models import StructurePlan

planner = may(DirectoryPerm.STRUCTURE)
leader = may(DirectoryPerm.ADOPT)


def adopting_task(plan: StructurePlan) -> Iterable[WantedTask]:
    """Yield the leader's task of deciding on a published plan."""
    yield WantedTask("structure_plan:adopt", permission=str(DirectoryPerm.ADOPT))


def holds_together(plan: StructurePlan, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a plan that changes nothing, reports in a circle, or leaves somebody without a superior."""
    planned = structure.on(plan.day, plan)
    if not planned.touched:
        return Conflict("structure_plan:empty")
    circle = planned.in_circle()
    if circle:
        return Conflict("structure_plan:circle", what=listed([box.title for box in circle]))
    orphans = [
        box.title
        for box in planned.boxes.values()
        if box.reports_to_id is not None and box.reports_to_id not in planned.boxes
    ]
    return Conflict("structure_plan:orphans", what=listed(orphans)) if orphans else None


def may_come_true(plan: StructurePlan, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to adopt what does not hold together, or what meanwhile changed or filled up beyond the plan."""
    return holds_together(plan, actor, data) or adopting.against(plan)


def adopt(plan: StructurePlan, actor: Actor, data: Mapping[str, Any]) -> None:
    """Make the plan the structure from its day on."""
    adopting.carry_out(plan, actor)


FLOW = Flow(
    doc_type=DOC_TYPE,
    initial=PlanStatus.DRAFT,
    label=lazy("架构规划"),
    states=(
        State(PlanStatus.DRAFT, lazy("起草中"), milestone=True),
        State(PlanStatus.PUBLISHED, lazy("已公布"), "info", adopting_task, milestone=True),
        State(PlanStatus.ADOPTED, lazy("已采用"), "ok", terminal=True, milestone=True),
        State(PlanStatus.DROPPED, lazy("已放弃"), terminal=True),
    ),
    steps=(
        step(
            "publish",
            PlanStatus.DRAFT,
            PlanStatus.PUBLISHED,
            planner,
            lazy("公布规划"),
            ready=holds_together,
            kind="primary",
        ),
        step(
            "adopt",
            PlanStatus.PUBLISHED,
            PlanStatus.ADOPTED,
            leader,
            lazy("采用规划"),
            ready=may_come_true,
            effect=adopt,
            kind="primary",
            tell=lambda plan: [plan.owner_id],
        ),
        step("revise", PlanStatus.PUBLISHED, PlanStatus.DRAFT, planner, lazy("收回修改"), reason=True),
        step(
            "drop",
            f"{PlanStatus.DRAFT} {PlanStatus.PUBLISHED}",
            PlanStatus.DROPPED,
            planner,
            lazy("放弃规划"),
            reason=True,
            kind="danger",
        ),
    ),
)

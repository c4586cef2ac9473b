"""The life of a report of loss or damage: reported, then found again, or closed with what came of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock
from app.core.errors import Invalid, Problem
from app.core.i18n import lazy
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, lock, may, step, when
from app.features.assets.enums import AssetPerm, ItemStatus
from app.features.assets.upkeep.enums import INCIDENT as DOC_TYPE
from app.features.assets.upkeep.enums import IncidentKind, IncidentStatus
from app.features.assets.upkeep.models import AssetIncident
from app.features.assets.upkeep.standing import standing_of


def is_loss(incident: AssetIncident) -> bool:
    """Tell whether the item was lost, not damaged."""
    return incident.kind == IncidentKind.LOST


def can_come_back(incident: AssetIncident) -> bool:
    """Tell whether the item is still lost: one that was scrapped or found meanwhile cannot be found again."""
    return is_loss(incident) and incident.item.status == ItemStatus.LOST


keeper = may(AssetPerm.KEEP)
responsible = Who(
    lambda incident, actor: (
        Authority("owner") if actor.id is not None and actor.id == incident.item.keeper_id else None
    ),
    lambda incident: incident.person.name,
    people=lambda incident: [incident.item.keeper_id],
)


def to_follow(incident: AssetIncident) -> Iterable[WantedTask]:
    """Yield the asset keeper's task of following it up."""
    yield WantedTask(
        "asset_incident:follow", permission=str(AssetPerm.KEEP), department_id=incident.department_id
    )


def said(incident: AssetIncident, actor: Any, data: Mapping[str, Any]) -> Problem | None:
    """Ask for what came of it."""
    if data and not str(data.get("conclusion", "")).strip():
        return Invalid(fields={"conclusion": lazy("请写明处理结果：修好、赔偿、不再查找等")})
    return None


def find(incident: AssetIncident, actor: Any, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring the item back to where its responsible person has it."""
    item = incident.item
    lock(item)
    item.status = standing_of(item)
    item.touch()
    incident.ended_at = clock.now()
    return {"item": item.name}


def close(incident: AssetIncident, actor: Any, data: Mapping[str, Any]) -> None:
    """Note what came of it."""
    incident.conclusion, incident.ended_at = str(data["conclusion"]).strip(), clock.now()


def concerned(incident: AssetIncident) -> list[int | None]:
    """Return who reported it and who was responsible."""
    return [incident.owner_id, incident.person_id]


S = IncidentStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.REPORTED,
    (
        State(S.REPORTED, lazy("待处理"), "warn", to_follow, milestone=True),
        State(S.FOUND, lazy("已找回"), "ok", terminal=True),
        State(S.CLOSED, lazy("已处理"), "neutral", terminal=True, milestone=True),
    ),
    (
        step("find", "reported closed", "found", when(can_come_back, any_of(keeper, responsible)), lazy("登记找回"),
             effect=find, tell=concerned, fields=frozenset({"item"})),
        step("close", "reported", "closed", keeper, lazy("登记处理结果"), ready=said, effect=close, tell=concerned,
             form="close", kind="primary"),
    ),
    lazy("报失报损"),
)
# fmt: on

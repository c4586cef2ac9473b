"""The life of a request to correct a reading of the odometer: whoever keeps the cars asks, somebody else agrees."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy, lazy_in_context, listed_clauses
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, lock, may, mine, step
from app.features.vehicles import readings
from app.features.vehicles.enums import CORRECTION, CorrectionStatus, VehiclePerm
from app.features.vehicles.models import OdometerCorrection

# whoever asked does not agree to it, and neither does a deputy of theirs
another = may(VehiclePerm.AGREE, own=False)


def waiting_for_another(correction: OdometerCorrection) -> Iterable[WantedTask]:
    """Give the task of whoever may agree."""
    yield WantedTask(
        "odometer_correction:agree",
        permission=VehiclePerm.AGREE,
        department_id=correction.department_id,
        excluded_user_id=correction.owner_id,
    )


def still_fits(correction: OdometerCorrection, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a correction that no longer fits between its neighbours, since others were corrected meanwhile."""
    try:
        readings.check_correction(correction.vehicle_id, correction.reading_id, correction.kilometres)
    except Invalid as problem:
        reasons = listed_clauses(problem.fields.values())
        return Conflict("vehicle:correction-does-not-fit", reason=reasons)
    return None


def correct(correction: OdometerCorrection, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put the correction beside the reading and take up the chain again."""
    before = readings.link_of(correction.vehicle_id, correction.reading_id)[1]
    lock(correction.vehicle)
    readings.apply_correction(
        correction.vehicle,
        correction.reading,
        kilometres=correction.kilometres,
        by_id=correction.owner_id,
        reason=correction.reason,
    )
    return {"from": before.kilometres if before is not None else 0, "to": correction.kilometres}


def requester(correction: OdometerCorrection) -> Iterable[int | None]:
    """Tell whoever asked."""
    return [correction.owner_id]


FLOW = Flow(
    doc_type=CORRECTION,
    label=lazy("里程更正"),
    initial=CorrectionStatus.REQUESTED,
    states=(
        State(
            CorrectionStatus.REQUESTED,
            lazy_in_context("odometer", "待同意"),
            "warn",
            tasks=waiting_for_another,
            milestone=True,
        ),
        State(
            CorrectionStatus.AGREED,
            lazy_in_context("odometer", "已更正"),
            "ok",
            terminal=True,
            milestone=True,
        ),
        State(CorrectionStatus.DECLINED, lazy_in_context("odometer", "不同意"), "bad", terminal=True),
        State(CorrectionStatus.WITHDRAWN, lazy_in_context("odometer", "已撤回"), "neutral", terminal=True),
    ),
    steps=(
        step(
            "agree",
            CorrectionStatus.REQUESTED,
            CorrectionStatus.AGREED,
            another,
            lazy_in_context("odometer", "同意更正"),
            ready=still_fits,
            effect=correct,
            tell=requester,
            kind="primary",
            fields=frozenset({"from", "to"}),
            sentence=lazy("同意更正，读数由 %(from)s 改为 %(to)s 公里"),
        ),
        step(
            "decline",
            CorrectionStatus.REQUESTED,
            CorrectionStatus.DECLINED,
            another,
            lazy("不同意更正"),
            reason=True,
            tell=requester,
            kind="danger",
        ),
        step(
            "withdraw",
            CorrectionStatus.REQUESTED,
            CorrectionStatus.WITHDRAWN,
            mine,
            lazy("撤回申请"),
        ),
    ),
)

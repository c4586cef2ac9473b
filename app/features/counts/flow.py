"""The life of a count (rule table 2.8): opened with what is expected, counted, reconciled, approved, closed."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock, files
from app.core.errors import Conflict, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, any_of, may, step
from app.features.counts import lines, remedies
from app.features.counts.enums import COUNT as DOC_TYPE
from app.features.counts.enums import CountPerm, CountStatus
from app.features.counts.models import StockCount

SHEET = "signed_sheet"


def hands(count: StockCount) -> frozenset[int]:
    """Return whose hand must not be in the approval: who holds the count, and who counted."""
    return lines.counters(count.id) | {count.owner_id}


holder = may(CountPerm.HOLD)
counter = any_of(holder, may(CountPerm.SCAN))
approver = may(CountPerm.APPROVE, apart=hands)


def to_count(count: StockCount) -> Iterable[WantedTask]:
    """Yield the task of counting."""
    yield WantedTask("stock_count:count", permission=str(CountPerm.HOLD), department_id=count.department_id)


def to_reconcile(count: StockCount) -> Iterable[WantedTask]:
    """Yield the task of saying what is done about each difference; once that is said, the task of approving it."""
    if lines.without_remedy(count):
        yield WantedTask(
            "stock_count:reconcile", permission=str(CountPerm.HOLD), department_id=count.department_id
        )
    else:
        yield WantedTask(
            "stock_count:approve",
            permission=str(CountPerm.APPROVE),
            department_id=count.department_id,
            excluded_user_id=count.owner_id,
        )


def to_close(count: StockCount) -> Iterable[WantedTask]:
    """Yield the task of carrying out what was approved."""
    yield WantedTask("stock_count:close", permission=str(CountPerm.HOLD), department_id=count.department_id)


def something_found(count: StockCount, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to reconcile where nobody counted anything."""
    if not lines.counters(count.id):
        return Conflict("stock_count:nothing-counted")
    return None


def all_settled(count: StockCount, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to approve while nobody said what is done about a difference."""
    left = lines.without_remedy(count)
    return Conflict("stock_count:differences-open", count=left) if left else None


def reconcile(count: StockCount, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note when the counting ended, and with how many differences."""
    count.reconciled_at = clock.now()
    return {"count": len(lines.differences(count.id)) + len(lines.strays(count.id))}


def approve(count: StockCount, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note who approved it, and when."""
    count.approved_by_id, count.approved_at = actor.id, clock.now()


def close(count: StockCount, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Carry out what was approved about each difference, and keep the signed sheet where there is one."""
    count.closed_at = clock.now()
    done = remedies.carry_out(count, actor)
    sheet = data.get("sheet")
    if sheet is not None:
        files.attach(sheet, DOC_TYPE, count.id, actor, kind=SHEET, legal_hold=True)
    return {"count": done}


def holders(count: StockCount) -> list[int | None]:
    """Return who holds it."""
    return [count.owner_id]


def approvers(count: StockCount) -> list[int | None]:
    """Return those who may approve it."""
    return list(approver.people(count))


S = CountStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.OPEN,
    (
        State(S.OPEN, lazy("待盘点"), "info", to_count, milestone=True),
        State(S.COUNTING, lazy("盘点中"), "warn", to_count, milestone=True),
        State(S.RECONCILING, lazy("对账中"), "warn", to_reconcile, milestone=True),
        State(S.APPROVED, lazy("已批准"), "info", to_close, milestone=True),
        State(S.CLOSED, lazy("已结束"), "ok", terminal=True, milestone=True),
        State(S.CANCELLED, lazy("已取消"), "neutral", terminal=True),
    ),
    (
        step("begin", "open", "counting", counter, lazy("开始盘点"), hidden=True),
        step("reconcile", "counting", "reconciling", holder, lazy("结束盘点，开始对账"), ready=something_found,
             effect=reconcile, kind="primary", fields=frozenset({"count"}),
             sentence=lazy("结束盘点，%(count)s 项不符")),
        step("continue", "reconciling", "counting", holder, lazy("继续盘点")),
        step("approve", "reconciling", "approved", approver, lazy("批准盘点结果"), ready=all_settled, effect=approve,
             tell=holders, kind="primary"),
        step("send_back", "reconciling", "counting", approver, lazy("退回重盘"), reason=True, tell=holders),
        step("close", "approved", "closed", holder, lazy("执行处理并结束"), effect=close, tell=approvers, form="close",
             kind="primary", fields=frozenset({"count"}), sentence=lazy("执行处理 %(count)s 项，盘点结束")),
        step("cancel", "open counting", "cancelled", holder, lazy("取消盘点"), reason=True, kind="danger"),
    ),
    lazy("盘点"),
)
# fmt: on

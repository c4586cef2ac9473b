"""The life of a case: written by anybody, checked by another before all read it, put away when outdated."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock
from app.core.errors import Conflict, Problem
from app.core.i18n import lazy, lazy_in_context, listed
from app.core.numbering import next_number
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, may, mine, step
from app.features.cases.enums import CASE as DOC_TYPE
from app.features.cases.enums import CasePerm, CaseStatus
from app.features.cases.models import CaseStudy

PREFIX = "AL"
TOLD = {
    "situation": lazy_in_context("case", "情况"),
    "done": lazy("做法"),
    "result": lazy("结果"),
    "lesson": lazy("经验教训"),
}

checker = may(CasePerm.CHECK, own=False)


def checking(row: CaseStudy) -> Iterable[WantedTask]:
    """Yield the task of checking, for whoever checks cases of the department but did not write it."""
    yield WantedTask(
        "case_study:check",
        permission=str(CasePerm.CHECK),
        department_id=row.department_id,
        excluded_user_id=row.owner_id,
    )


def revising(row: CaseStudy) -> Iterable[WantedTask]:
    """Yield the author's task of working it over."""
    yield WantedTask("case_study:revise", user_id=row.owner_id)


def ready_to_submit(row: CaseStudy, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a case that does not say everything a reader needs."""
    missing = [str(label) for name, label in TOLD.items() if not getattr(row, name).strip()]
    return Conflict("case_study:unfinished", missing=listed(missing)) if missing else None


def on_submit(row: CaseStudy, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the number with the first submission."""
    if row.number is None:
        row.number = next_number(DOC_TYPE, PREFIX)
    return None


def on_publish(row: CaseStudy, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep who checked it, and when it became public first."""
    row.checked_by_id = actor.id
    row.published_at = row.published_at or clock.now()
    return None


def writer(row: CaseStudy) -> list[int | None]:
    """Return who wrote it."""
    return [row.owner_id]


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    CaseStatus.DRAFT,
    (
        State(CaseStatus.DRAFT, lazy("草稿"), "neutral", milestone=True),
        State(CaseStatus.SUBMITTED, lazy("待审核"), "warn", checking, milestone=True),
        State(CaseStatus.RETURNED, lazy("退回修改"), "bad", revising),
        State(CaseStatus.PUBLISHED, lazy("已入库"), "ok", milestone=True),
        State(CaseStatus.ARCHIVED, lazy("已归档"), "neutral"),
        State(CaseStatus.DROPPED, lazy("已放弃"), "neutral", terminal=True),
    ),
    (
        step("submit", "draft returned", "submitted", mine, lazy("提交审核"), ready=ready_to_submit,
             effect=on_submit, kind="primary"),
        step("take_back", "submitted", "draft", mine, lazy("取回")),
        step("publish", "submitted", "published", checker, lazy("审核入库"), effect=on_publish, tell=writer,
             kind="primary"),
        step("send_back", "submitted", "returned", checker, lazy("退回修改"), reason=True, tell=writer,
             usual_reasons=(lazy("结果没有数据"), lazy("经验写得太笼统，换个人照着做不了"),
                            lazy("涉及客户或价格的内容请隐去"))),
        step("rework", "published", "draft", mine, lazy("取回修改")),
        step("archive", "published", "archived", checker, lazy("归档"), reason=True, tell=writer,
             usual_reasons=(lazy("产品或做法已经变了"), lazy("与另一篇重复"))),
        step("restore", "archived", "published", checker, lazy("恢复入库"), tell=writer, effect=on_publish),
        step("drop", "draft returned", "dropped", mine, lazy("放弃草稿"), kind="danger"),
    ),
    lazy("案例"),
)
# fmt: on

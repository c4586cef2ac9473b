"""What the upkeep of equipment tells the platform: permission, modules, tasks, verbs, findings, documents, search."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.core import documents, findings, jobs, modules, search, sentences, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.assets.enums import MODULE
from app.features.assets.upkeep import indicators as indicators
from app.features.assets.upkeep import queries, reminders
from app.features.assets.upkeep.enums import (
    ANSWER_LABELS,
    INCIDENT,
    SCRAPPING,
    SELF_CHECK,
    Answer,
    UpkeepPerm,
)
from app.features.assets.upkeep.incidents import DAMAGE_FOUND, LOSS_FOUND, report_damage_of
from app.features.assets.upkeep.indicators import UNHARMED
from app.features.assets.upkeep.models import AssetIncident, AssetScrapping, AssetSelfCheckRequest
from app.features.assets.upkeep.reminders import SELF_CHECKS
from app.features.assets.upkeep.repairs import outcome_label

register_permissions(
    UpkeepPerm,
    {UpkeepPerm.APPROVE_SCRAPPING: (lazy("批准设备报废"), {Role.LEADER})},
    approvals=(UpkeepPerm.APPROVE_SCRAPPING,),
)
modules.register(
    modules.Module(SELF_CHECKS, lazy("设备自查"), preset=modules.STANDARD, parent=MODULE, order=20)
)
modules.own_documents(MODULE, INCIDENT, SCRAPPING)
modules.own_documents(SELF_CHECKS, SELF_CHECK)
tasks.register_kinds(
    tasks.TaskKind("asset_incident:follow", lazy("处理报失报损"), "close"),
    tasks.TaskKind("asset_scrapping:decide", lazy("审批设备报废"), decides=True),
    tasks.TaskKind("asset_scrapping:dispose", lazy("处置报废的设备"), "dispose"),
    tasks.TaskKind(
        "asset_self_check_request:answer", lazy("设备自查"), "answer", lags=True, ends_with_person=True
    ),
)
jobs.register_job("assets:upkeep", reminders.daily, every=timedelta(hours=1))


def outcome_in_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a repair that ended in words."""
    return {**data, "outcome": outcome_label(data["outcome"])}


def answer_in_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a self-check in words."""
    return {"answer": ANSWER_LABELS[Answer(data["answer"])]}


timeline.register_verbs(
    Verb("asset_item:send-to-repair", lazy("送修：%(vendor)s"), frozenset({"vendor"}), tone="warn"),
    Verb(
        "asset_item:back-from-repair",
        lazy("修回：%(vendor)s，%(outcome)s，费用 %(cost)s 元"),
        frozenset({"vendor", "outcome", "cost"}),
        render=outcome_in_words,
    ),
    Verb("asset_item:move", lazy("改存放地点：%(from)s → %(to)s"), frozenset({"from", "to"})),
    Verb("asset_item:lost", lazy("报失：%(number)s"), frozenset({"number"}), tone="bad"),
    Verb("asset_item:damaged", lazy("报损：%(number)s"), frozenset({"number"}), tone="warn"),
    Verb("asset_item:found", lazy("找回：%(number)s"), frozenset({"number"})),
    Verb("asset_item:ask-to-scrap", lazy("申请报废：%(number)s"), frozenset({"number"}), tone="warn"),
    Verb("asset_item:scrapped", lazy("报废：%(number)s"), frozenset({"number"}), tone="bad"),
    Verb("asset_item:disposed", lazy("报废后处置：%(number)s"), frozenset({"number"})),
    Verb("asset_item:self-check", lazy("自查：%(answer)s"), frozenset({"answer"}), render=answer_in_words),
    Verb(
        "asset_item:remind-overdue",
        lazy("%(who)s借用到 %(due)s 为止，还没有归还"),
        frozenset({"who", "due"}),
        tone="warn",
    ),
    Verb("asset_incident:report", lazy("报告 %(item)s 的情况"), frozenset({"item"}), tone="warn"),
    Verb(
        "asset_scrapping:request",
        lazy("申请报废 %(item)s，残值 %(residual)s 元"),
        frozenset({"item", "residual"}),
    ),
    Verb("asset_self_check_request:ask", lazy("请责任人自查")),
    Verb(
        "asset_self_check_request:remind",
        lazy("自查应在 %(due)s 前完成，还没有答复"),
        frozenset({"due"}),
        tone="warn",
    ),
)
sentences.register(
    {
        "asset_item:offered": lazy(
            "%(item)s正在交接单 %(number)s 里等%(who)s接收，请先撤回交接，或等接收后再办"
        ),
        "asset_repair:wrong-state": lazy("%(item)s不在库也不在用，不能送修；在修的请先登记修回"),
        "asset_repair:ended": lazy("%(item)s这次维修已经登记修回，请刷新页面查看"),
        "asset_incident:gone": lazy("%(item)s已经报失或报废，不用再报一次"),
        "asset_scrapping:not-in-stock": lazy(
            "%(item)s不在库；请先退库（在修的先修回），或登记报失，再申请报废"
        ),
        "asset_scrapping:asked-already": lazy("%(item)s已经在报废单 %(number)s 里，不能再申请一次"),
        "asset_self_check_request:nothing-due": lazy("现在没有要自查的设备"),
        "asset_scrapping:nobody-decides": lazy(
            "没有别人可以批准报废：请系统管理员在角色权限里给一位主管领导“批准设备报废”"
        ),
    }
)
findings.register_kinds(
    findings.FindingKind(LOSS_FOUND, UNHARMED, lazy("系统记录：保管的设备丢失，%(document)s")),
    findings.FindingKind(DAMAGE_FOUND, UNHARMED, lazy("系统记录：保管的设备损坏，%(document)s")),
)
timeline.on("hand_over:accept", report_damage_of)


def incident_address(incident_id: int) -> str:
    """Return the address of a report's page."""
    return f"/assets/incidents/{incident_id}"


def scrapping_address(scrapping_id: int) -> str:
    """Return the address of a request's page."""
    return f"/assets/scrappings/{scrapping_id}"


def self_check_address(request_id: int) -> str:
    """Return the address of a self-check's page."""
    return f"/assets/self-checks/{request_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=INCIDENT,
        label=lazy_in_context("document", "报失报损"),
        url=incident_address,
        titles=queries.incident_titles,
        visible=queries.incident_ids,
        model=AssetIncident,
    ),
    documents.DocumentType(
        doc_type=SCRAPPING,
        label=lazy_in_context("document", "设备报废"),
        url=scrapping_address,
        titles=queries.scrapping_titles,
        visible=queries.scrapping_ids,
        model=AssetScrapping,
    ),
    documents.DocumentType(
        doc_type=SELF_CHECK,
        label=lazy_in_context("document", "设备自查"),
        url=self_check_address,
        titles=queries.self_check_titles,
        visible=queries.self_check_ids,
        model=AssetSelfCheckRequest,
    ),
)
search.register_source(
    search.SearchSource(
        doc_type=INCIDENT,
        label=lazy("报失报损"),
        visible=queries.incident_ids,
        url=incident_address,
        order=62,
    ),
    search.SearchSource(
        doc_type=SCRAPPING,
        label=lazy("设备报废"),
        visible=queries.scrapping_ids,
        url=scrapping_address,
        order=63,
    ),
)

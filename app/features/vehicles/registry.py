"""What vehicles tell the platform: permissions, settings, tasks, verbs, sentences, documents, search, findings."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.core import documents, findings, jobs, modules, search, sentences, settings, tasks, timeline
from app.core.findings import FindingKind
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import EVERY_ROLE, Role, register_permissions
from app.core.tasks import TaskKind
from app.core.timeline import Verb
from app.features.people.leaving import LeaverCheck, register_leaver_check
from app.features.vehicles import actions, queries, readings, reminders
from app.features.vehicles.enums import (
    CORRECTION,
    COST_LABELS,
    DEFECT,
    FINE,
    LICENCE,
    MODULE,
    PAPER_LABELS,
    POLICY_LABELS,
    STATUS_LABELS,
    VEHICLE,
    VehiclePerm,
)
from app.features.vehicles.models import OdometerCorrection

MOST_KILOMETRES_SET = 100_000

register_permissions(
    VehiclePerm,
    {
        VehiclePerm.VIEW: (lazy("查看车辆，报告车辆故障"), EVERY_ROLE),
        VehiclePerm.VIEW_COSTS: (
            lazy("查看车辆费用和违章"),
            {Role.DISPATCHER, Role.MANAGER, Role.LEADER, Role.FINANCE},
        ),
        VehiclePerm.MANAGE: (lazy("管理车辆、证件和驾驶证"), {Role.DISPATCHER}),
        VehiclePerm.AGREE: (lazy("同意更正里程"), {Role.MANAGER, Role.LEADER}),
    },
    approvals=(VehiclePerm.AGREE,),
)
modules.register(modules.Module(MODULE, lazy_in_context("list", "车辆"), order=50))
modules.own_documents(MODULE, VEHICLE, DEFECT, FINE, LICENCE, CORRECTION)


def refuse_kilometres(value: object) -> LazyText | None:
    """Refuse a number of kilometres that nobody can mean."""
    fits = isinstance(value, int) and 0 <= value <= MOST_KILOMETRES_SET
    return None if fits else lazy("请填写 0 到 %(most)s 之间的公里数", most=MOST_KILOMETRES_SET)


settings.register(
    settings.Setting(
        readings.TOLERANCE,
        "number",
        5,
        lazy("里程衔接允许的差数（公里）"),
        section="vehicles",
        hint=lazy("出车读数比上次还车多出这个数以上，算一次“未登记里程”"),
        module=MODULE,
        check=refuse_kilometres,
    ),
    settings.Setting(
        readings.PLAUSIBLE,
        "number",
        1_500,
        lazy("一次最多跑多少公里"),
        section="vehicles",
        hint=lazy("读数一次增加得比这更多，系统请填写的人再核对一遍"),
        module=MODULE,
        check=refuse_kilometres,
    ),
    settings.Setting(
        reminders.REMIND_DAYS,
        "text",
        "30, 7, 1",
        lazy("证件到期前几天提醒"),
        section="vehicles",
        hint=lazy("保险、年检和驾驶证到期前提醒车辆管理员，驾驶证也提醒本人"),
        module=MODULE,
        check=reminders.refuse_days,
    ),
)
tasks.register_kinds(
    TaskKind("vehicle:renew-compulsory-insurance", lazy("续保交强险"), "papers/new", lags=True),
    TaskKind("vehicle:renew-commercial-insurance", lazy("续保商业险"), "papers/new", lags=True),
    TaskKind("vehicle:renew-inspection", lazy("办理车辆年检"), "papers/new", lags=True),
    TaskKind("vehicle:service", lazy("安排车辆保养"), "services/new", lags=True),
    TaskKind("vehicle:mend", lazy("修复停驶故障"), lags=True),
    TaskKind("licence:renew", lazy("登记换发的驾驶证"), lags=True),
    TaskKind("vehicle_fine:settle", lazy("处理交通违章")),
    TaskKind("vehicle_fine:name-driver", lazy("指明违章时的驾驶人"), "driver"),
    TaskKind("odometer_correction:agree", lazy("同意更正里程"), decides=True),
)
jobs.register_job("vehicles:remind", reminders.remind, every=timedelta(hours=1))


def paper_in_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of an event with the paper in words."""
    return {**data, "paper": PAPER_LABELS[data["paper"]]}


def cost_in_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of an event with the kind of cost in words."""
    return {**data, "kind": COST_LABELS[data["kind"]]}


PAPER_FIELDS = frozenset({"paper", "day"})
COST_FIELDS = frozenset({"kind", "amount"})
PLATE = frozenset({"plate"})

timeline.register_verbs(
    Verb("vehicle:register", lazy_in_context("event", "登记车辆")),
    Verb("vehicle:scrapped", lazy("车辆已批准报废，停止使用"), tone="bad"),
    Verb("vehicle:edit", lazy_in_context("event", "修改车辆资料")),
    Verb("vehicle:paper-add", lazy("登记%(paper)s，有效到 %(day)s"), PAPER_FIELDS, render=paper_in_words),
    Verb(
        "vehicle:paper-remove",
        lazy("撤销%(paper)s的登记（有效到 %(day)s）"),
        PAPER_FIELDS,
        tone="bad",
        render=paper_in_words,
    ),
    Verb(
        "vehicle:paper-ends",
        lazy("%(paper)s %(day)s 到期，请尽快办理"),
        PAPER_FIELDS,
        tone="warn",
        render=paper_in_words,
    ),
    Verb("vehicle:service", lazy("登记保养，%(kilometres)s 公里"), frozenset({"kilometres"}), tone="ok"),
    Verb("vehicle:cost-add", lazy("登记%(kind)s %(amount)s 元"), COST_FIELDS, render=cost_in_words),
    Verb(
        "vehicle:cost-remove",
        lazy("撤销%(kind)s %(amount)s 元"),
        COST_FIELDS,
        tone="bad",
        render=cost_in_words,
    ),
    Verb("vehicle_defect:report", lazy("报告%(plate)s有故障"), PLATE, tone="warn"),
    Verb("vehicle_defect:ground", lazy("%(plate)s因故障停驶"), PLATE, tone="bad"),
    Verb("vehicle_defect:release", lazy("%(plate)s的故障不影响行驶"), PLATE, tone="ok"),
    Verb("vehicle_defect:mend", lazy("%(plate)s的故障已修复"), PLATE, tone="ok"),
    Verb("licence:see", lazy("登记%(name)s的驾驶证，有效到 %(day)s"), frozenset({"name", "day"})),
    Verb("licence:ends", lazy("%(name)s的驾驶证 %(day)s 到期"), frozenset({"name", "day"}), tone="warn"),
    Verb("vehicle_fine:enter", lazy("登记%(plate)s的违章"), PLATE, tone="warn"),
    Verb("vehicle_fine:edit", lazy_in_context("event", "修改违章")),
    Verb("vehicle_fine:settle", lazy("%(plate)s的违章已处理"), PLATE, tone="ok"),
    Verb("vehicle_fine:lift", lazy("%(plate)s的违章已撤销"), PLATE, tone="ok"),
    Verb("vehicle_fine:name-driver", lazy("查明违章时由%(name)s驾驶"), frozenset({"name"}), tone="warn"),
    Verb(
        "odometer_correction:request",
        lazy("申请把%(plate)s的读数由 %(from)s 更正为 %(to)s 公里"),
        frozenset({"plate", "from", "to"}),
        tone="warn",
    ),
)
timeline.on("asset_scrapping:approve", actions.retire_scrapped)
timeline.register_field_labels(
    {
        "vehicle.plate": lazy("车牌号"),
        "vehicle.name": lazy("车辆名称"),
        "vehicle.status": lazy("状态"),
        "vehicle.policy": lazy("约车方式"),
        "vehicle.seats": lazy("座位数"),
        "vehicle.licence_class": lazy("准驾车型"),
        "vehicle.department": lazy("部门"),
        "vehicle.driver": lazy("专职驾驶员"),
        "vehicle.service_kilometres": lazy("保养间隔（公里）"),
        "vehicle.service_days": lazy("保养间隔（天）"),
        "vehicle.note": lazy("备注"),
        "vehicle_fine.happened_at": lazy("违章时间"),
        "vehicle_fine.place": lazy("违章地点"),
        "vehicle_fine.offence": lazy("违章行为"),
        "vehicle_fine.amount": lazy("罚款（元）"),
        "vehicle_fine.points": lazy("记分"),
        "vehicle_fine.notice_number": lazy("决定书编号"),
    }
)
timeline.register_value_labels(
    {
        "vehicle.status": {str(code): label for code, label in STATUS_LABELS.items()},
        "vehicle.policy": {str(code): label for code, label in POLICY_LABELS.items()},
    }
)
sentences.register(
    {
        "vehicle:already-mended": lazy("这个故障已经修复"),
        "vehicle:already-judged": lazy("这个故障已经这样认定，请刷新页面查看"),
        "vehicle:no-such-reading": lazy("没有这条读数，请回到车辆页面重新选择"),
        "vehicle:correction-waits": lazy("这条读数已有一份更正申请在等待同意"),
        "vehicle:correction-does-not-fit": lazy("前后的读数已经变了，不能这样更正：%(reason)s"),
        "vehicle:retired": lazy("%(plate)s 已停止使用，不能再登记"),
        "vehicle:not-pending": lazy("这次违章已经办结，请刷新页面查看"),
    }
)
findings.register_kinds(
    FindingKind(
        "vehicle-damage", "vehicles-defects-mended", lazy("%(document)s 用车时损坏，须说明经过并承担责任")
    ),
    FindingKind("vehicle-fine", "vehicles-fines-settled", lazy("驾驶 %(document)s 时交通违章")),
)


def vehicle_address(vehicle_id: int) -> str:
    """Return the address of a car's page."""
    return f"/vehicles/{vehicle_id}"


documents.register_document_type(
    documents.DocumentType(VEHICLE, lazy("车辆"), vehicle_address, queries.titles, queries.visible_ids),
    documents.DocumentType(
        DEFECT,
        lazy("车辆故障"),
        lambda number: f"/vehicles/defects/{number}",
        queries.defect_titles,
        queries.visible_defects,
    ),
    documents.DocumentType(
        FINE,
        lazy("交通违章"),
        lambda number: f"/vehicles/fines/{number}",
        queries.fine_titles,
        queries.visible_fine_ids,
    ),
    documents.DocumentType(
        LICENCE,
        lazy("驾驶证"),
        lambda number: f"/vehicles/licences/of/{number}",
        queries.licence_titles,
        queries.visible_licences,
    ),
    documents.DocumentType(
        CORRECTION,
        lazy("里程更正"),
        lambda number: f"/vehicles/corrections/{number}",
        queries.correction_titles,
        queries.visible_correction_ids,
        model=OdometerCorrection,
    ),
)
search.register_source(
    search.SearchSource(
        doc_type=VEHICLE, label=lazy("车辆"), visible=queries.visible_ids, url=vehicle_address, order=60
    )
)


# cars a leaver is the own driver of get another one first (rule R12)
register_leaver_check(
    LeaverCheck(
        queries.driven_count, lazy("还是 %(count)s 辆车的专职驾驶员"), "/vehicles", VehiclePerm.MANAGE
    )
)

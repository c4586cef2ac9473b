"""What the directory tells the platform: permissions, module, tasks, verbs, sentences, documents, who leaves."""

from collections.abc import Mapping
from typing import Any

from app.core import checks, documents, modules, sentences, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.directory import invariant, queries
from app.features.directory.enums import HOLDER_LABELS, MODULE, PLAN, POSITION, DirectoryPerm, HolderKind
from app.features.directory.models import StructurePlan
from app.features.people.leaving import LeaverCheck, register_leaver_check

register_permissions(
    DirectoryPerm,
    {
        DirectoryPerm.EXPORT: (
            lazy("导出和打印通讯录"),
            {Role.PEOPLE, Role.MANAGER, Role.LEADER, Role.ADMINISTRATOR},
        ),
        DirectoryPerm.STRUCTURE: (lazy("维护岗位，起草架构规划"), {Role.PEOPLE}),
        DirectoryPerm.ADOPT: (lazy("采用架构规划"), {Role.LEADER}),
    },
    approvals=(DirectoryPerm.ADOPT,),
)
modules.register(modules.Module(MODULE, lazy("通讯录与组织架构"), preset=modules.STANDARD, order=69))
modules.own_documents(MODULE, POSITION, PLAN)
tasks.register_kinds(tasks.TaskKind("structure_plan:adopt", lazy("决定架构规划"), decides=True))


def kind_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of an event with the kind of holder in words."""
    return {**data, "kind": HOLDER_LABELS[HolderKind(data["kind"])]}


TITLE = frozenset({"title"})
timeline.register_verbs(
    Verb(
        "position:create", lazy("设立岗位“%(title)s”，从 %(from_date)s 起"), frozenset({"title", "from_date"})
    ),
    Verb("position:change", lazy("从 %(from_date)s 起调整岗位"), frozenset({"from_date"})),
    Verb("position:end", lazy("撤销岗位，最后一天 %(last_day)s"), frozenset({"last_day"}), tone="warn"),
    Verb(
        "position:assign",
        lazy("%(who)s从 %(from_date)s 起为%(kind)s"),
        frozenset({"who", "kind", "from_date"}),
        render=kind_words,
    ),
    Verb(
        "position:leave",
        lazy("%(who)s不再是%(kind)s，最后一天 %(last_day)s"),
        frozenset({"who", "kind", "last_day"}),
        render=kind_words,
    ),
    Verb("structure_plan:draft", lazy("起草架构规划")),
    Verb("structure_plan:edit", lazy_in_context("event", "修改架构规划"), folds=True),
    Verb("structure_plan:add", lazy("规划新增岗位“%(title)s”"), TITLE),
    Verb("structure_plan:change", lazy("规划调整岗位“%(title)s”"), TITLE),
    Verb("structure_plan:remove", lazy("规划撤销岗位“%(title)s”"), TITLE),
    Verb("structure_plan:take-back", lazy("岗位“%(title)s”不再规划改动"), TITLE),
)
timeline.register_field_labels(
    {
        "position.title": lazy("岗位名称"),
        "position.department": lazy("部门"),
        "position.reports_to": lazy("上级岗位"),
        "position.places": lazy("名额"),
        "structure_plan.title": lazy("名称"),
        "structure_plan.day": lazy("生效日期"),
        "structure_plan.note": lazy("说明"),
    }
)
sentences.register(
    {
        "position:only-planned": lazy("这个岗位还只在规划里，请到规划中修改"),
        "position:ended": lazy("这个岗位已于 %(day)s 撤销，不能再改"),
        "position:others-below": lazy("还有岗位归它管：%(what)s，请先给它们另定上级"),
        "position:people-in-it": lazy("岗位上还有人，请先结束他们的任职、代理或后备"),
        "position:full": lazy("这个岗位只有 %(places)s 个名额，已经满了；请先增加名额或结束一人的任职"),
        "position:left-already": lazy("已于 %(day)s 结束，不用再办"),
        "structure_plan:empty": lazy("规划还没有任何改动，请先新增、调整或撤销岗位"),
        "structure_plan:circle": lazy("这些岗位互为上级，绕成一圈：%(what)s，请改其中一个的上级"),
        "structure_plan:orphans": lazy("这些岗位的上级在规划里没有了：%(what)s，请另定上级"),
        "structure_plan:overtaken": lazy(
            "起草以后岗位已另有变动：%(what)s；请收回规划，按 %(day)s 的架构核对"
        ),
        "structure_plan:too-few-places": lazy("任职人数多于规划的名额：%(what)s，请先收回规划改名额"),
    }
)


def position_address(position_id: int) -> str:
    """Return the address of a position's page."""
    return f"/directory/structure/positions/{position_id}"


def plan_address(plan_id: int) -> str:
    """Return the address of a plan's page."""
    return f"/directory/structure/plans/{plan_id}"


documents.register_document_type(
    documents.DocumentType(
        POSITION,
        lazy_in_context("document", "岗位"),
        position_address,
        queries.position_titles,
        queries.visible_positions,
    ),
    documents.DocumentType(
        PLAN,
        lazy("架构规划"),
        plan_address,
        queries.plan_titles,
        queries.visible_plans,
        model=StructurePlan,
    ),
)
register_leaver_check(
    LeaverCheck(
        queries.held_by,
        lazy("还在 %(count)s 个岗位上任职、代理或后备"),
        "/directory/structure",
        DirectoryPerm.STRUCTURE,
    )
)
checks.register_check("positions", invariant.check)

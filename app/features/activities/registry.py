"""What activities tell the platform: permissions, module, tasks, verbs, sentences, documents, search, growth."""

from datetime import timedelta

from app.core import checks, documents, growth, jobs, modules, search, sentences, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import EVERY_ROLE, Role, register_permissions
from app.core.timeline import Verb
from app.features.activities import actions, queries
from app.features.activities.enums import ACTIVITY, MODULE, ActivityPerm
from app.features.activities.models import Activity
from app.features.people.enums import PeopleVerb
from app.features.people.leaving import LeaverCheck, register_leaver_check

register_permissions(
    ActivityPerm,
    {
        ActivityPerm.TAKE_PART: (lazy("提议、投票和参加团队活动"), EVERY_ROLE),
        ActivityPerm.ORGANISE: (lazy("组织所有团队活动"), {Role.PEOPLE}),
        ActivityPerm.APPROVE: (lazy("批准团队活动和预算"), {Role.MANAGER, Role.LEADER}),
        ActivityPerm.SETTLE: (lazy("确认活动结算"), {Role.FINANCE, Role.LEADER}),
    },
    approvals=(ActivityPerm.APPROVE, ActivityPerm.SETTLE),
)
modules.register(modules.Module(MODULE, lazy("团队活动"), preset=modules.STANDARD, order=75))
modules.own_documents(MODULE, ACTIVITY)
tasks.register_kinds(
    tasks.TaskKind("activity:open-vote", lazy("发起活动投票"), "open_vote"),
    tasks.TaskKind("activity:approve", lazy("批准团队活动"), "approve", lags=True, decides=True),
    tasks.TaskKind("activity:open-enrolment", lazy("安排活动，开始报名"), "open_enrolment"),
    tasks.TaskKind("activity:hold", lazy("登记活动到场"), "hold", lags=True),
    tasks.TaskKind("activity:record", lazy("登记活动花费和总结"), "record"),
    tasks.TaskKind("activity:close", lazy("确认活动结算"), decides=True),
)
jobs.register_job("activities:watch", actions.watch, every=timedelta(minutes=30))

WHO, COUNT = frozenset({"who"}), frozenset({"count"})
timeline.register_verbs(
    Verb("activity:propose", lazy_in_context("event", "提议活动")),
    Verb("activity:edit", lazy_in_context("event", "修改活动"), folds=True),
    Verb("activity:enrol", lazy_in_context("event", "报名")),
    Verb("activity:queue", lazy("报名，排在候补")),
    Verb("activity:move-up", lazy("有人退出，%(who)s从候补转为正式"), WHO, tone="ok"),
    Verb("activity:withdraw", lazy_in_context("event", "退出报名")),
    Verb("activity:give-back", lazy("%(who)s离职，名额让给后面的人"), WHO),
    Verb("activity:add-photos", lazy("上传照片 %(count)s 张"), COUNT),
    Verb("activity:remove-photo", lazy("移除一张照片")),
)
timeline.register_field_labels(
    {
        "activity.title": lazy("活动名称"),
        "activity.purpose": lazy("想做什么"),
        "activity.options": lazy("候选"),
    }
)
sentences.register(
    {
        "activity:nothing-to-choose": lazy("候选不到两个，不用投票；请先修改活动补上候选，或直接请人批准"),
        "activity:vote-first": lazy("有几个候选，请组织人先发起投票"),
        "activity:vote-runs": lazy("投票到 %(until)s 截止，截止后再批准"),
        "activity:vote-over": lazy("现在不在投票时间内，投票没有计入"),
        "activity:enrolment-over": lazy("现在不在报名时间内，有事请找组织人"),
        "activity:enrolled-already": lazy("您已经报过名"),
        "activity:not-enrolled": lazy("您没有报名，不用退出"),
        "activity:not-begun": lazy("活动还没有开始，开始后再登记到场"),
        "activity:not-held": lazy("活动还没有举办，举办后再上传照片"),
    }
)


def activity_address(activity_id: int) -> str:
    """Return the address of an activity's page."""
    return f"/activities/{activity_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=ACTIVITY,
        label=lazy_in_context("document", "团队活动"),
        url=activity_address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Activity,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=ACTIVITY,
        label=lazy("团队活动"),
        visible=queries.visible_ids,
        url=activity_address,
        order=70,
    )
)
growth.register(growth.GrowthSource("activities", lazy("参加的活动"), queries.took_part, MODULE, order=80))
register_leaver_check(
    LeaverCheck(queries.open_of, lazy("还在组织 %(count)s 个团队活动"), "/activities", ActivityPerm.ORGANISE)
)
timeline.on(PeopleVerb.DEACTIVATE, actions.leave)
checks.register_check("activities", actions.check)

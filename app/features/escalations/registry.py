"""What reports and requests tell the platform: permissions, module, settings, tasks, verbs, document type, search."""

from datetime import timedelta

from app.core import checks, documents, jobs, modules, search, settings, tasks, timeline
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.i18n import gettext as _
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.escalations import actions, queries
from app.features.escalations.enums import (
    ESCALATION,
    GRAVE_HOURS,
    MODULE,
    REQUEST_DAYS,
    EscalationPerm,
)
from app.features.escalations.models import Escalation
from app.features.people.leaving import LeaverCheck, register_leaver_check

LONGEST_HOURS, LONGEST_DAYS = 80, 60
HEADS = (
    Role.MANAGER,
    Role.TECHNICAL,
    Role.PURCHASING,
    Role.WAREHOUSE,
    Role.FINANCE,
    Role.PEOPLE,
    Role.DISPATCHER,
    Role.ASSET_KEEPER,
)


def refuse_hours(value: object) -> LazyText | None:
    """Return the sentence for hours that cannot be accepted."""
    if isinstance(value, int) and 1 <= value <= LONGEST_HOURS:
        return None
    return lazy("请填写 1 到 80 之间的整数")


def refuse_days(value: object) -> LazyText | None:
    """Return the sentence for days that cannot be accepted."""
    if isinstance(value, int) and 1 <= value <= LONGEST_DAYS:
        return None
    return lazy("请填写 1 到 60 之间的整数")


register_permissions(
    EscalationPerm,
    {
        EscalationPerm.HEAR: (lazy("接收重大问题汇报"), {Role.MANAGER, Role.LEADER}),
        EscalationPerm.ASSIST: (lazy("接收部门协办请求"), set(HEADS)),
        EscalationPerm.OVERSEE: (lazy("查看本部门的汇报与协办"), {Role.MANAGER, Role.LEADER}),
    },
    approvals=(EscalationPerm.HEAR,),
)
modules.register(modules.Module(MODULE, lazy("汇报与协办"), preset=modules.STANDARD, order=65))
modules.own_documents(MODULE, ESCALATION)
settings.register(
    settings.Setting(
        GRAVE_HOURS,
        "number",
        4,
        lazy("重大问题几个工作小时内批示"),
        section="communication",
        module=MODULE,
        check=refuse_hours,
    ),
    settings.Setting(
        REQUEST_DAYS,
        "number",
        2,
        lazy("部门协办几个工作日内答复"),
        section="communication",
        module=MODULE,
        check=refuse_days,
    ),
)
tasks.register_kinds(
    tasks.TaskKind("escalation:see", lazy("阅汇报或协办")),
    tasks.TaskKind("escalation:answer", lazy("批示、答复"), "answer", decides=True),
    tasks.TaskKind("escalation:close", lazy("看答复并办结")),
)
jobs.register_job("escalations:remind", actions.remind, every=timedelta(hours=1))
timeline.register_verbs(
    Verb("escalation:report", lazy("提交给%(to)s"), frozenset({"to"})),
    Verb("escalation:remind", lazy("超过时限（%(until)s）还没有答复"), frozenset({"until"}), tone="warn"),
    Verb(
        "document:spoke",
        lazy("%(means)s沟通：%(whom)s"),
        frozenset({"means", "whom"}),
        render=actions.talk_in_words,
    ),
)


def address(escalation_id: int) -> str:
    """Return the address of a report's page."""
    return f"/escalations/{escalation_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=ESCALATION,
        label=lazy_in_context("document", "汇报与协办"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Escalation,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=ESCALATION, label=lazy("汇报与协办"), visible=queries.visible_ids, url=address, order=40
    )
)
register_leaver_check(
    LeaverCheck(queries.open_of, lazy("还有 %(count)s 件自己的汇报或协办没有办结"), "/escalations")
)


def check_chains() -> list[str]:
    """Return a sentence for each report whose chain of people does not name who has to answer."""
    return [
        _("汇报 %(number)s 的知情人里没有现在要答复的人", number=number) for number in queries.broken_chains()
    ]


checks.register_check("reports upwards", check_chains)

"""What talks tell the platform: permissions, module, settings, tasks, verbs, a private document type, search."""

from app.core import documents, modules, search, sentences, settings, tasks, timeline
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.talks import queries
from app.features.talks.enums import EVERY_WEEKS, LEADER_READS, MODULE, TALK, TalkPerm
from app.features.talks.models import Talk

MOST_WEEKS = 52


def refuse_weeks(value: object) -> LazyText | None:
    """Return the sentence for weeks that cannot be accepted."""
    return None if isinstance(value, int) and 0 <= value <= MOST_WEEKS else lazy("请填写 0 到 52 之间的整数")


register_permissions(
    TalkPerm,
    {
        TalkPerm.LEAD: (lazy("约部门同事一对一谈话"), {Role.MANAGER, Role.LEADER}),
        TalkPerm.READ_OPEN: (lazy("看双方都知道对他公开的谈话"), {Role.LEADER}),
    },
    approvals=(TalkPerm.LEAD, TalkPerm.READ_OPEN),
)
modules.register(modules.Module(MODULE, lazy("一对一谈话"), preset=modules.STANDARD, order=66))
modules.own_documents(MODULE, TALK)
settings.register(
    settings.Setting(
        EVERY_WEEKS,
        "number",
        4,
        lazy("每几周和每位同事谈一次"),
        section="communication",
        hint=lazy("0 表示不要求；只统计谈没谈，不看内容"),
        module=MODULE,
        check=refuse_weeks,
    ),
    settings.Setting(
        LEADER_READS,
        "boolean",
        False,
        lazy("谈话可以对公司主管领导公开"),
        section="communication",
        hint=lazy("打开后，约谈时可以选择公开，谈话双方都看得到；不选的仍然只有两个人能看"),
        module=MODULE,
    ),
)
# Nobody takes over a talk: what is left of it falls away with who leaves.
tasks.register_kinds(
    tasks.TaskKind("talk:hold", lazy("一对一谈话"), ends_with_person=True),
    tasks.TaskKind("talk:agreement", lazy("办谈话约定的事"), ends_with_person=True),
)
timeline.register_verbs(
    Verb("talk:plan", lazy("约了一次谈话")),
    Verb("talk:write", lazy("写了谈话记录"), folds=True),
    Verb("talk:settle", lazy("办完一件约定的事")),
)
sentences.register(
    {
        "talk:not-yet": lazy("约的是 %(day)s，谈过以后再记录；提前谈的先改时间"),
        "talk:done-already": lazy("这件事已经办完"),
    }
)


def address(talk_id: int) -> str:
    """Return the address of a talk's page."""
    return f"/talks/{talk_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=TALK,
        label=lazy_in_context("document", "谈话"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Talk,
        private=True,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=TALK, label=lazy("一对一谈话"), visible=queries.visible_ids, url=address, order=90
    )
)

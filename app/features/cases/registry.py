"""What cases tell the platform: permission, module, tasks, verbs, sentences, documents, search, growth, topics."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.core import clock, documents, growth, modules, search, sentences, tasks, timeline, topics
from app.core.growth import GrowthEntry, GrowthSource
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor, Role, register_permissions
from app.core.tasks import TaskKind
from app.core.timeline import Verb
from app.core.topics import OfferedTopic, TopicSource
from app.features.cases import queries
from app.features.cases.enums import CASE, MODULE, CasePerm, CaseStatus
from app.features.cases.models import CaseStudy
from app.features.people.leaving import Counting, LeaverCheck, register_leaver_check

register_permissions(
    CasePerm,
    {CasePerm.CHECK: (lazy("审核案例"), {Role.MANAGER, Role.LEADER})},
    approvals=(CasePerm.CHECK,),
)
modules.register(modules.Module(MODULE, lazy("案例库"), preset=modules.STANDARD, order=61))
modules.own_documents(MODULE, CASE)
tasks.register_kinds(
    TaskKind("case_study:check", lazy("审核案例"), decides=True),
    TaskKind("case_study:revise", lazy("修改案例")),
)
timeline.register_verbs(
    Verb("case_study:draft", lazy("起草案例")),
    Verb("case_study:edit", lazy_in_context("event", "修改案例"), folds=True),
    Verb("case_study:link", lazy_in_context("event", "关联单据"), folds=True),
    Verb("case_study:unlink", lazy("取消关联单据")),
    Verb("case_study:attach", lazy_in_context("event", "添加附件")),
    Verb("case_study:remove-file", lazy_in_context("event", "移除附件")),
    Verb("case_study:thank", lazy("感谢分享这个案例")),
    Verb("case_study:comment", lazy_in_context("event", "给案例留言")),
)
sentences.register(
    {
        "case_study:unfinished": lazy("还没有写：%(missing)s；请点“修改”补上，再提交"),
        "case_study:too-many-links": lazy("最多关联 %(most)s 份单据，请先取消一些"),
        "case_study:too-many-files": lazy("附件最多 %(most)s 个，请先移除一些"),
        "case_study:not-published": lazy("案例还没有入库，或已经归档"),
        "case_study:own": lazy("这是您自己写的案例，请让同事来评价"),
        "case_study:switched-off": lazy("案例库没有启用，请系统管理员在功能模块里打开"),
    }
)


def address(case_id: int) -> str:
    """Return the address of a case's page."""
    return f"/cases/{case_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=CASE,
        label=lazy_in_context("document", "案例"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=CaseStudy,
    )
)
search.register_source(
    search.SearchSource(doc_type=CASE, label=lazy("案例"), visible=queries.visible_ids, url=address, order=31)
)


def grown(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[GrowthEntry]]:
    """Return the published cases of a person."""
    count, rows = queries.published_of(reader, user_id, limit)
    entries = [
        GrowthEntry(clock.to_local(row.published_at).date(), row.title, address(row.id)) for row in rows
    ]
    return count, entries


def offered(reader: Actor, since: datetime, limit: int) -> Sequence[OfferedTopic]:
    """Return the cases colleagues named for training."""
    return [
        OfferedTopic(CASE, row.id, row.title, row.named_at)
        for row in queries.for_training(reader, since, limit)
    ]


growth.register(GrowthSource("cases", lazy("案例"), grown, MODULE, order=40))
topics.register(TopicSource("cases", lazy("案例库"), offered, MODULE))


def unchecked_of(user_id: int) -> Counting:
    """Return the SELECT of how many cases of a person wait to be checked or worked over."""
    return select(func.count()).where(
        CaseStudy.owner_id == user_id, CaseStudy.status.in_((CaseStatus.SUBMITTED, CaseStatus.RETURNED))
    )


register_leaver_check(
    LeaverCheck(
        unchecked_of, lazy("还有 %(count)s 个案例没有审完，请先审核，或由本人放弃"), "/cases?status=submitted"
    )
)

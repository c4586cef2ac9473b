"""What drills tell the platform: permission, module, tasks, verbs, sentences, documents, search, growth, checks."""

from collections.abc import Sequence

from sqlalchemy import and_, select

from app.core import checks, documents, growth, modules, search, sentences, tasks, timeline
from app.core.db import session
from app.core.growth import GrowthEntry, GrowthSource
from app.core.i18n import gettext as _
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor, Role, register_permissions
from app.core.tasks import TaskKind
from app.core.timeline import Verb
from app.features.drills import queries
from app.features.drills.enums import DRILL, MODULE, DrillPerm, PartKind
from app.features.drills.models import Drill, DrillPart, DrillSheet, points_text

register_permissions(
    DrillPerm,
    {DrillPerm.ARRANGE: (lazy("组织情景演练"), {Role.MANAGER, Role.LEADER, Role.PEOPLE})},
)
modules.register(modules.Module(MODULE, lazy("情景演练"), preset=modules.STANDARD, order=64))
modules.own_documents(MODULE, DRILL)
tasks.register_kinds(
    TaskKind("drill:rehearse", lazy("组织情景演练")),
    TaskKind("drill:score", lazy("给情景演练评分"), step="score"),
    TaskKind("drill:debrief", lazy("复盘情景演练"), step="debrief"),
)
timeline.register_verbs(
    Verb("drill:prepare", lazy_in_context("event", "筹备情景演练")),
    Verb("drill:edit", lazy_in_context("event", "修改演练"), folds=True),
    Verb("drill:cast", lazy("安排 %(person)s 参加"), frozenset({"person"})),
    Verb("drill:uncast", lazy("取消 %(person)s 的安排"), frozenset({"person"})),
    Verb("drill:note-survey", lazy_in_context("event", "记录调研"), folds=True),
    Verb("drill:note-proposal", lazy_in_context("event", "记录方案"), folds=True),
    Verb("drill:note-negotiation", lazy_in_context("event", "记录谈判"), folds=True),
    Verb("drill:attach", lazy_in_context("event", "添加附件")),
    Verb("drill:remove-file", lazy_in_context("event", "移除附件")),
)
sentences.register(
    {
        "drill:nobody-plays": lazy("还没有安排参演的人"),
        "drill:too-few-judges": lazy("评委至少 %(fewest)s 人，请先安排"),
        "drill:stages-left": lazy("还没有记录：%(stages)s"),
        "drill:not-yet": lazy("演练日是 %(day)s，还没有到；提前演练请先改日期"),
        "drill:scored-already": lazy("您已经评过分，评分表不能再改"),
        "drill:too-few-sheets": lazy("至少要有 %(fewest)s 份评分表，现在有 %(count)s 份"),
        "drill:case-already": lazy("这次演练已经写入案例库"),
        "drill:stage-before": lazy("请先记录前一个阶段"),
        "drill:too-many-parts": lazy("最多安排 %(most)s 人"),
        "drill:too-many-files": lazy("附件最多 %(most)s 个，请先移除一些"),
    }
)


def address(drill_id: int) -> str:
    """Return the address of a drill's page."""
    return f"/drills/{drill_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=DRILL,
        label=lazy("情景演练"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Drill,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=DRILL, label=lazy("情景演练"), visible=queries.visible_ids, url=address, order=34
    )
)


def grown(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[GrowthEntry]]:
    """Return the scored drills a person played in."""
    rows = queries.results_of(reader, user_id, limit)
    entries = [
        GrowthEntry(
            row.held_on,
            _("%(title)s，平均 %(points)s 分", title=row.title, points=points_text(row.average)),
            address(row.id),
        )
        for row in rows
    ]
    return queries.count_results(reader, user_id), entries


growth.register(GrowthSource("drills", lazy("情景演练"), grown, MODULE, order=30))


def judged_by_judges() -> list[str]:
    """Return what contradicts: a sheet of somebody who is no judge of the drill."""
    judging = and_(
        DrillPart.drill_id == DrillSheet.drill_id,
        DrillPart.user_id == DrillSheet.judge_id,
        DrillPart.kind == PartKind.JUDGE,
    )
    statement = select(DrillSheet.id).outerjoin(DrillPart, judging).where(DrillPart.id.is_(None))
    return [
        f"drill sheet {number} is of nobody who judges"
        for number in session.execute(statement.order_by(DrillSheet.id)).scalars()
    ]


checks.register_check("drills", judged_by_judges)

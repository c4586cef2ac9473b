"""What checks tell the platform: permissions, module, tasks, verbs, sentences, search, and their place on clauses."""

from collections.abc import Callable, Collection, Sequence

from app.core import documents, findings, modules, search, sentences, tasks, timeline
from app.core.i18n import gettext as _
from app.core.i18n import lazy, lazy_in_context, ngettext
from app.core.permissions import Actor, Role, can, register_permissions
from app.core.timeline import Verb
from app.features.checks import found, queries
from app.features.checks import topics as topics
from app.features.checks.enums import CLAUSE_CHECK, MODULE, CheckPerm
from app.features.checks.models import ClauseCheck
from app.features.rules import living
from app.features.rules.enums import Standing
from app.features.rules.living import ClauseAct, ClauseNote
from app.features.rules.models import RuleVersion

# To whom the list is open; which checks stand in it is decided row by row.
READERS = (CheckPerm.RECORD, CheckPerm.EXPLAIN, CheckPerm.VIEW_ALL)

register_permissions(
    CheckPerm,
    {
        CheckPerm.RECORD: (
            lazy("检查条款执行：记录、指导、关闭"),
            {Role.MANAGER, Role.LEADER, Role.PEOPLE},
        ),
        CheckPerm.EXPLAIN: (lazy("代表部门说明检查情况"), {Role.MANAGER}),
        CheckPerm.VIEW_ALL: (lazy("查看全公司的执行检查"), {Role.LEADER, Role.PEOPLE}),
    },
)
modules.register(modules.Module(MODULE, lazy("执行检查"), parent="rules", order=20))
modules.own_documents(MODULE, CLAUSE_CHECK)
tasks.register_kinds(
    tasks.TaskKind("check:explain", lazy("说明检查情况"), "explain"),
    tasks.TaskKind("check:guide", lazy("指导并商定做法")),
    tasks.TaskKind("check:look-again", lazy("复看执行情况")),
)
timeline.register_verbs(
    Verb("clause_check:record", lazy_in_context("event", "记录检查")),
    Verb("clause_check:find", lazy("记录一次不符合"), tone="warn"),
)
findings.on_found(found.keep)
sentences.register(
    {
        "check:not-in-force": lazy("这一条不在现行制度里，不能记录检查；请打开现行版本再试"),
        "check:nobody-explains": lazy(
            "这个部门除您以外没有人可以说明情况，请选择具体人员，或请管理员指定部门经理"
        ),
        "check:no-person": lazy("这次检查说的是部门；奖惩建议只能针对个人，请对个人另记一次检查"),
        "check:settled": lazy("这次检查已经关闭，不能再提出奖惩建议"),
        "check:conforms": lazy("结果是“符合”，不用说明和指导"),
        "check:not-explained": lazy("%(who)s 还没有说明情况，请等到 %(until)s 之后再办，或请他先说明"),
    }
)


def check_address(check_id: int) -> str:
    """Return the address of a check's page."""
    return f"/checks/{check_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=CLAUSE_CHECK,
        label=lazy_in_context("document", "执行检查"),
        url=check_address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=ClauseCheck,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=CLAUSE_CHECK,
        label=lazy("执行检查"),
        visible=queries.visible_ids,
        url=check_address,
        order=35,
    )
)


def notes(version: RuleVersion, clause_ids: Collection[int], actor: Actor) -> dict[int, Sequence[ClauseNote]]:
    """Return for each clause that was checked how many checks conformed; the list is for its readers."""
    if not modules.is_on(MODULE):
        return {}
    may_list = any(can(actor, permission) for permission in READERS)
    return {
        clause_id: [
            ClauseNote(
                _("执行检查"),
                f"{conforming}/{checked}",
                "ok" if conforming == checked else "warn",
                f"/checks?clause={clause_id}" if may_list else "",
                ngettext("%(num)s 项不符合", "%(num)s 项不符合", checked - conforming)
                if conforming < checked
                else _("查看检查"),
            )
        ]
        for clause_id, (conforming, checked) in queries.counts(version.rule_id).items()
    }


def acts(version: RuleVersion, actor: Actor) -> Callable[[int], Sequence[ClauseAct]] | None:
    """Return the way to record a check of a clause in force, for those who may."""
    if not modules.is_on(MODULE) or version.standing != Standing.IN_FORCE or not can(actor, CheckPerm.RECORD):
        return None
    return lambda clause_id: [ClauseAct(_("记录检查"), f"/checks/new?clause={clause_id}")]


living.register_notes(notes)
living.register_acts(acts)

"""What proposals tell the platform: permissions, module, setting, tasks, verbs, sentences, search, acts on clauses."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import cache

from sqlalchemy import ColumnElement

from app.core import documents, growth, jobs, modules, search, sentences, settings, tasks, timeline
from app.core.i18n import gettext as _
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor, Role, can, register_permissions
from app.core.timeline import Verb
from app.features.checks import actions as check_actions
from app.features.checks import follow_ups
from app.features.checks.follow_ups import FollowUp
from app.features.checks.models import ClauseCheck
from app.features.checks.queries import register_judging
from app.features.proposals import actions, queries, ranges, rewards
from app.features.proposals.actions import MODULE, PUBLIC
from app.features.proposals.enums import KIND_LABELS, PROPOSAL, TIP, ProposalPerm
from app.features.proposals.flow import RANGE_SENTENCE, range_words
from app.features.proposals.models import Proposal, ProposalTip
from app.features.rules import living
from app.features.rules.enums import Standing
from app.features.rules.living import ClauseAct, ClauseNote
from app.features.rules.models import RuleVersion

register_permissions(
    ProposalPerm,
    {
        ProposalPerm.PROPOSE: (lazy("提出奖惩建议，处理线索"), {Role.MANAGER, Role.LEADER}),
        ProposalPerm.HEAR: (lazy("听取当事人，告知奖惩决定"), {Role.PEOPLE}),
        ProposalPerm.DECIDE: (lazy("决定和复核奖惩"), {Role.LEADER}),
        ProposalPerm.EXECUTE: (lazy("登记奖惩的执行"), {Role.FINANCE}),
    },
    approvals=(ProposalPerm.HEAR, ProposalPerm.DECIDE),
)
modules.register(modules.Module(MODULE, lazy("奖惩建议"), parent="rules", order=30))
# In the smallest preset the public list is reached from the other lists; it joins everybody's menu with the next.
modules.register(
    modules.Module(PUBLIC, lazy("奖励公示菜单"), preset=modules.STANDARD, parent=MODULE, order=10)
)
modules.own_documents(MODULE, PROPOSAL, TIP)
settings.register(
    settings.Setting(
        "proposals.second_decider",
        "person",
        None,
        lazy("奖惩第二决定人"),
        section="rules",
        hint=lazy("主管领导自己提出的奖惩由这个人决定；对主管领导决定的申诉由这个人复核"),
        module=MODULE,
    ),
)
tasks.register_kinds(
    tasks.TaskKind("proposal:hear", lazy("听取当事人意见")),
    tasks.TaskKind("proposal:state", lazy("陈述申辩"), "state"),
    tasks.TaskKind("proposal:decide", lazy("决定奖惩建议"), "decide", lags=True, decides=True),
    tasks.TaskKind("proposal:acknowledge", lazy("签收奖惩决定")),
    tasks.TaskKind("proposal:serve", lazy("告知奖惩决定"), "serve"),
    tasks.TaskKind("proposal:answer", lazy("对决定申诉或不申诉"), lags=True, ends_with_person=True),
    tasks.TaskKind("proposal:redecide", lazy("复核申诉"), "redecide", lags=True, decides=True),
    tasks.TaskKind("proposal:execute", lazy("登记奖惩的执行"), "execute", lags=True),
    tasks.TaskKind("proposal:close", lazy("奖惩结案")),
    tasks.TaskKind("proposal_tip:answer", lazy("处理奖惩线索")),
)
# Looked for every hour, so that a time that ends at noon is told of in the morning; each person is told once a day.
jobs.register_job("proposals:remind", actions.remind, every=timedelta(hours=1))

timeline.register_verbs(
    Verb("proposal:draft", lazy("起草奖惩建议")),
    Verb("proposal:edit", lazy_in_context("event", "修改奖惩建议"), folds=True),
    Verb("proposal:add-evidence", lazy("补充证据 %(count)s 项"), frozenset({"count"})),
    Verb("proposal:remove-evidence", lazy("移除一项证据")),
    Verb(
        "proposal:remind-hearing",
        lazy("陈述申辩的时间将到 %(until)s 为止"),
        frozenset({"until"}),
        tone="warn",
    ),
    Verb("proposal:remind-appeal", lazy("申诉的时间将到 %(until)s 为止"), frozenset({"until"}), tone="warn"),
    Verb("proposal_tip:send", lazy_in_context("event", "提供线索")),
    Verb("rule_version:set-range", lazy("设定处罚幅度：%(clause)s"), frozenset({"clause"})),
)
timeline.register_field_labels(
    {
        "proposal.kind": lazy("类别"),
        "proposal.subject": lazy("当事人"),
        "proposal.clause": lazy("依据条款"),
        "proposal.happened_at": lazy("发生时间"),
        "proposal.place": lazy("地点"),
        "proposal.facts": lazy("事实"),
        "proposal.measure": lazy("建议内容"),
        "proposal.amount": lazy("金额（元）"),
        "rule_version.least": lazy("不少于（元）"),
        "rule_version.most": lazy("不超过（元）"),
    }
)
timeline.register_value_labels({"proposal.kind": {str(code): text for code, text in KIND_LABELS.items()}})
sentences.register(
    {
        "proposal:not-in-force": lazy(
            "%(clause)s在 %(day)s 不是现行条款，或条款已换版；请点“修改”，重新选择当天有效的条款"
        ),
        "proposal:out-of-range": RANGE_SENTENCE,
        "proposal:no-evidence": lazy("还没有证据：请先引用一次检查、一条办理记录，或上传一份文件或照片"),
        "proposal:nobody-decides": lazy("没有可以决定的人：请系统管理员在设置里填写“奖惩第二决定人”，再提交"),
        "proposal:already-heard": lazy("陈述申辩已经记录，不能再改；还要补充的，请在申诉时写明"),
        "proposal:not-heard": lazy("处罚须先听取当事人意见，请人事先办理“听取当事人意见”"),
        "proposal:still-hearing": lazy("%(who)s 还没有陈述，请等到 %(until)s 之后再决定，或请他先陈述"),
        "proposal:already-read": lazy("决定已经签收"),
        "proposal:accepted": lazy("您已选择不申诉"),
        "proposal:appeal-over": lazy("申诉期是告知后 %(days)s 个工作日，已经过了；有异议请直接找人事"),
        "proposal:may-appeal": lazy("当事人在 %(until)s 前可以申诉，请等到那之后再执行，或请他选择不申诉"),
        "proposal:revoked": lazy("原决定已撤销，没有要执行的，请直接结案"),
        "proposal:not-executed": lazy("还没有登记执行情况，请先登记再结案"),
        "proposal:made-already": lazy("这次检查已经提出过奖惩建议，不能再提一份"),
        "proposal:from-check": lazy("建议是从这次检查提出的，这项证据不能移除"),
        "proposal_tip:nobody-answers": lazy("这位同事的部门没有可以处理线索的负责人，请直接找主管领导"),
    }
)


def proposal_address(proposal_id: int) -> str:
    """Return the address of a proposal's page."""
    return f"/proposals/{proposal_id}"


def tip_address(tip_id: int) -> str:
    """Return the address of a tip's page."""
    return f"/proposals/tips/{tip_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=PROPOSAL,
        label=lazy_in_context("document", "奖惩建议"),
        url=proposal_address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Proposal,
    ),
    documents.DocumentType(
        doc_type=TIP,
        label=lazy_in_context("document", "奖惩线索"),
        url=tip_address,
        titles=queries.tip_titles,
        visible=queries.visible_tip_ids,
        model=ProposalTip,
    ),
)
search.register_source(
    search.SearchSource(
        doc_type=PROPOSAL,
        label=lazy("奖惩建议"),
        visible=queries.visible_ids,
        url=proposal_address,
        order=36,
    )
)


def notes(version: RuleVersion, clause_ids: Collection[int], actor: Actor) -> dict[int, Sequence[ClauseNote]]:
    """Return for each clause with a range of penalties what it is."""
    if not modules.is_on(MODULE):
        return {}
    found = queries.ranges_of(clause_ids)
    return {
        clause_id: [ClauseNote(_("处罚幅度"), _("%(range)s 元", range=range_words(*kept)))]
        for clause_id, kept in found.items()
    }


def acts(version: RuleVersion, actor: Actor) -> Callable[[int], Sequence[ClauseAct]] | None:
    """Return what may be done about a clause in force: a proposal by it for heads, a tip for everybody else."""
    if not modules.is_on(MODULE) or version.standing != Standing.IN_FORCE:
        return None
    heads = can(actor, ProposalPerm.PROPOSE)
    sets = ranges.may_set(actor, version)

    @cache
    def headings() -> set[int]:
        return {
            text.clause_id for text in version.clauses if text.style in queries.HEADINGS or not text.cited
        }

    def of_clause(clause_id: int) -> list[ClauseAct]:
        if clause_id in headings():
            return []
        found = [ClauseAct(_("设定处罚幅度"), f"/proposals/ranges/{clause_id}")] if sets else []
        if heads:
            return [ClauseAct(_("提出奖惩建议"), f"/proposals/new?clause={clause_id}"), *found]
        return [ClauseAct(_("提供线索"), f"/proposals/tips/new?clause={clause_id}"), *found]

    return of_clause


def ways_on(check: ClauseCheck, actor: Actor) -> Sequence[FollowUp]:
    """Return what may come of a check: the proposal it became, or the way to make one."""
    if not modules.is_on(MODULE):
        return []
    known = queries.proposal_of_check(actor, check.id)
    if known is not None:
        number, name = known
        return [FollowUp(queries.name_or_draft(name), proposal_address(number))]
    may = (
        can(actor, ProposalPerm.PROPOSE, check.department_id)
        and check_actions.may_propose(check, actor)
        and not queries.was_proposed(check.id)
    )
    return [FollowUp(_("提出奖惩建议"), f"/proposals/new?check={check.id}")] if may else []


def checks_judged(actor: Actor) -> ColumnElement[bool] | None:
    """Return which checks an actor reads as evidence put before them; None for none."""
    return queries.checks_judged(actor) if modules.is_on(MODULE) else None


growth.register(rewards.SOURCE)
living.register_notes(notes)
living.register_acts(acts)
follow_ups.register(ways_on)
register_judging(checks_judged)
for ending in ("proposal:withdraw", "proposal:decide", "proposal:close"):
    timeline.on(ending, actions.end_of_source)

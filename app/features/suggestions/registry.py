"""What suggestions tell the platform: permissions, module, tasks, verbs, sentences, search, topics, growth, checks."""

from datetime import timedelta

from app.core import checks, documents, growth, jobs, modules, search, sentences, tasks, timeline, topics
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.tasks import TaskKind
from app.core.timeline import Verb
from app.features.suggestions import indicators as indicators
from app.features.suggestions import invariant, queries, rewarding, upkeep
from app.features.suggestions.enums import MODULE, SUGGESTION, SuggestionPerm
from app.features.suggestions.models import Suggestion

THEME = "suggestion_theme"

register_permissions(
    SuggestionPerm,
    {
        SuggestionPerm.ACCEPT: (lazy("受理、答复建议，设每月主题"), {Role.MANAGER, Role.LEADER, Role.PEOPLE}),
        SuggestionPerm.REVIEW: (lazy("评审、采纳、验收本部门的建议"), {Role.MANAGER, Role.LEADER}),
        SuggestionPerm.DECIDE: (lazy("公司评审建议"), {Role.LEADER}),
    },
    approvals=(SuggestionPerm.REVIEW, SuggestionPerm.DECIDE),
)
modules.register(modules.Module(MODULE, lazy("合理化建议"), preset=modules.STANDARD, order=70))
modules.own_documents(MODULE, SUGGESTION, THEME)
tasks.register_kinds(
    TaskKind("suggestion:accept", lazy("受理建议"), decides=True),
    TaskKind("suggestion:complete", lazy("补充建议的办法和效果"), "complete", ends_with_person=True),
    TaskKind("suggestion:resubmit", lazy("补充退回的建议"), "resubmit", ends_with_person=True),
    TaskKind("suggestion:begin-review", lazy("评审建议"), "begin_review", decides=True),
    TaskKind("suggestion:answer", lazy("答复意见"), "answer", decides=True),
    TaskKind("suggestion:review", lazy("决定建议是否采纳"), decides=True),
    TaskKind("suggestion:decide", lazy("公司评审建议"), decides=True),
    TaskKind("suggestion:implement", lazy("安排实施建议"), "implement"),
    TaskKind("suggestion:conclude", lazy("给试行的建议下结论")),
    TaskKind("suggestion:look-again", lazy("复看留待条件成熟的建议"), lags=True),
    TaskKind("suggestion:deliver", lazy("实施建议")),
    TaskKind("suggestion:verify", lazy("验收建议"), "verify"),
    TaskKind("suggestion:confirm", lazy("看建议的答复"), ends_with_person=True),
    # A setting turned on or off brings or ends it with the next step, not at once.
    TaskKind("suggestion:reward", lazy("为建议提出奖励"), "reward", lags=True),
    TaskKind("suggestion:check-effect", lazy("复查建议的效果"), "check_effect", lags=True),
)
jobs.register_job("suggestions:remind", upkeep.remind, every=timedelta(hours=1))
jobs.register_job("suggestions:digest", upkeep.digest, every=timedelta(hours=24))

timeline.register_verbs(
    Verb("suggestion:draft", lazy("写下建议")),
    Verb("suggestion:edit", lazy_in_context("event", "修改建议"), folds=True),
    Verb("suggestion:attach", lazy("添加附件 %(count)s 个"), frozenset({"count"})),
    Verb("suggestion:milestone", lazy("完成一步：%(text)s"), frozenset({"text"}), tone="ok"),
    Verb("suggestion:draft-clause", lazy("起草%(clause)s的修订"), frozenset({"clause"})),
    Verb("suggestion:propose-reward", lazy_in_context("event", "提出奖励建议")),
    Verb("suggestion:reveal", lazy("查看了不署名建议的姓名"), tone="warn"),
    Verb("suggestion:overdue", lazy("应于 %(until)s 前办理，已经超期"), frozenset({"until"}), tone="bad"),
    Verb(
        "suggestion:digest",
        lazy("新增支持 %(votes)s 人，留言 %(comments)s 条"),
        frozenset({"votes", "comments"}),
    ),
    Verb("suggestion_theme:set", lazy("设定建议主题：%(title)s"), frozenset({"title"})),
)
timeline.register_field_labels(
    {
        "suggestion.title": lazy_in_context("document", "建议"),
        "suggestion.situation": lazy("现状"),
        "suggestion.method": lazy("办法"),
        "suggestion.effect": lazy("预期效果"),
    }
)
sentences.register(
    {
        "suggestion:no-department": lazy("还没有部门可以受理，请系统管理员先建立部门"),
        "suggestion:nobody-accepts": lazy(
            "这个部门没有人可以受理建议，请换一个部门，或请系统管理员设部门经理"
        ),
        "suggestion:no-method": lazy("还没有写办法：请退回补充，或转为意见直接答复"),
        "suggestion:no-scoring": lazy("现在不用评分表；要打分的，请系统管理员在设置里打开"),
        "suggestion:above-authority": lazy("投入超过部门权限 %(limit)s 元，请点“上报公司评审”"),
        "suggestion:not-scored": lazy(
            "采纳前须有 %(wanted)s 人打分，现有 %(count)s 人；还没打分的评审人请先打分"
        ),
        "suggestion:no-effect-check": lazy("没有要复查的效果"),
        "suggestion:effect-too-early": lazy("%(day)s 起才能复查，请到那天再填"),
        "suggestion:already-read": lazy("您已经确认过"),
        "suggestion:appealed-already": lazy("已经申诉过一次，公司的答复是最后的答复，不能再申诉"),
        "suggestion:no-appeal": lazy("公司没有开启申诉；有新情况的，可以另写一条建议"),
        "suggestion:own-vote": lazy("自己的建议不用支持"),
        "suggestion:voted-already": lazy("您已经支持过，每人一票"),
        "suggestion:not-adopted": lazy("采纳后才能起草条款"),
        "suggestion:drafted-already": lazy("已经为这条建议起草过条款"),
        "suggestion:unnamed-off": lazy("公司没有开启不署名建议，请署名提出"),
        "suggestion:no-keeper": lazy("还没有署名保管人，请系统管理员在设置里填写，或署名提出"),
        "suggestion:no-files-later": lazy("不署名的建议只能在提交时放照片"),
        "suggestion:no-such-code": lazy("没有这个回执码的建议，请核对后再输入"),
        "suggestion:nobody-to-reward": lazy("建议没有署名，不能提出奖励"),
        "suggestion:awards-off": lazy("没有开启建议奖励，请系统管理员在设置里打开"),
        "suggestion:proposed-already": lazy("已经为这条建议提出过奖励"),
    }
)


def address(suggestion_id: int) -> str:
    """Return the address of a suggestion's page."""
    return f"/suggestions/{suggestion_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=SUGGESTION,
        label=lazy_in_context("document", "建议"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Suggestion,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=SUGGESTION, label=lazy("合理化建议"), visible=queries.visible_ids, url=address, order=70
    )
)
topics.register(topics.TopicSource("suggestions", lazy("合理化建议"), queries.topics, MODULE))
growth.register(growth.GrowthSource("suggestions", lazy("采纳的建议"), queries.growth, MODULE, order=40))
checks.register_check("suggestions", invariant.invariants)
timeline.on("proposal:execute", rewarding.on_executed)
timeline.on("proposal:decide", rewarding.on_ended)
timeline.on("proposal:withdraw", rewarding.on_ended)

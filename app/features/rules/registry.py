"""What rules register at import: permissions, settings, verbs, sentences, kinds of task, search, jobs."""

from collections.abc import Mapping
from typing import Any

from app.core import documents, jobs, modules, search, sentences, settings, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.people.leaving import LeaverCheck, register_leaver_check
from app.features.rules import past, queries, reading
from app.features.rules.enums import (
    CATEGORY_LABELS,
    RECORD_LABELS,
    RULE_ATTACHMENT,
    RULE_CLAUSE,
    RULE_VERSION,
    STANDING_LABELS,
    STANDING_TONES,
    RecordKind,
    RulePerm,
)
from app.features.rules.flow import READING_DAYS
from app.features.rules.models import ClauseText, RuleAttachment, RuleVersion

register_permissions(
    RulePerm,
    {
        RulePerm.DRAFT: (lazy("起草制度：编辑、征求意见、查看签收"), {Role.MANAGER, Role.PEOPLE}),
        RulePerm.APPROVE: (lazy("批准和废止制度"), {Role.LEADER}),
    },
    approvals=(RulePerm.APPROVE,),
)
modules.register(modules.Module("rules", lazy("规章制度"), order=5))
modules.own_documents("rules", RULE_VERSION, RULE_CLAUSE, RULE_ATTACHMENT)
settings.register(
    settings.Setting(
        READING_DAYS,
        "number",
        7,
        lazy("制度阅读期限（天）"),
        section="rules",
        hint=lazy("批准后至少留给每个人的阅读天数；施行日期更晚的，到施行日为止"),
        module="rules",
    ),
)
tasks.register_kinds(
    tasks.TaskKind("rule:approve", lazy("审批制度"), decides=True),
    tasks.TaskKind("rule:revise", lazy("修改退回的制度")),
    tasks.TaskKind("rule:answer-comments", lazy("答复制度意见"), step="comments"),
    tasks.TaskKind("rule:read", lazy("阅读并签认制度"), step="read", lags=True, ends_with_person=True),
    tasks.TaskKind("rule:review-due", lazy("复审制度"), lags=True),
)
jobs.register_job("rules:keep-up", reading.keep_up, every=reading.KEEP_UP_EVERY)


def with_kind(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of an event with the kind of record named in the reader's language."""
    return {**data, "kind": RECORD_LABELS[RecordKind(data["kind"])]}


timeline.register_verbs(
    Verb("rule_version:begin", lazy("开始起草")),
    Verb("rule_version:change", lazy("修改基本信息")),
    Verb("rule_version:arrange", lazy("调整条款结构")),
    Verb("rule_version:take-outline", lazy("带入正文 %(count)s 条"), frozenset({"count"})),
    Verb("rule_version:write", lazy("修改条款 %(clause)s"), frozenset({"clause"})),
    Verb("rule_version:autosave", lazy("自动保存正文"), folds=True),
    Verb("rule_version:attach", lazy("添加附件 %(count)s 个"), frozenset({"count"})),
    Verb("rule_version:detach", lazy("移除附件")),
    Verb("rule_version:questions", lazy("调整阅读题目")),
    Verb("rule_version:comment", lazy("提出意见")),
    Verb("rule_version:answer", lazy_in_context("event", "答复意见")),
    Verb("rule_version:record", lazy("登记程序材料：%(kind)s"), frozenset({"kind"}), render=with_kind),
    Verb("rule_version:care", lazy("调整负责人或复审日期")),
    Verb("rule_version:sign", lazy_in_context("event", "阅读并签认"), tone="ok"),
    Verb("rule_version:sign-by-training", lazy("培训考核签认：%(basis)s"), frozenset({"basis"}), tone="ok"),
    Verb("rule_version:enter-sheet", lazy("登记纸质签字 %(count)s 人"), frozenset({"count"}), tone="ok"),
    Verb("rule_version:prove", lazy("出具阅读签认证明，%(count)s 人"), frozenset({"count"})),
    Verb("rule_version:remind", lazy("提醒未签认的 %(count)s 人"), frozenset({"count"})),
)
timeline.register_field_labels(
    {
        "rule_version.title": lazy("制度名称"),
        "rule_version.category": lazy("类别"),
        "rule_version.department": lazy("归口部门"),
        "rule_version.summary": lazy("修订说明"),
        "rule_version.scope": lazy("适用范围"),
        "rule_version.affects_staff": lazy("涉及劳动者切身利益"),
        "rule_version.owner": lazy("负责人"),
        "rule_version.review_on": lazy("复审日期"),
        "rule_version.text": lazy("正文"),
        "rule_version.attachment": lazy_in_context("rule", "附件"),
    }
)
timeline.register_value_labels(
    {"rule_version.category": {str(code): label for code, label in CATEGORY_LABELS.items()}}
)
sentences.register(
    {
        "rule:empty": lazy("还没有条款，请先写正文"),
        "rule:dead-link": lazy("有链接指向已不存在的条款：%(links)s。请改正后再提交"),
        "rule:comments-open": lazy("还有 %(count)s 条意见没有答复，请逐条写明采纳或不采纳及理由"),
        "rule:comments-running": lazy("公开的截止日期是 %(day)s，过了这一天才能结束征求意见"),
        "rule:no-comments": lazy("现在不是征求意见期间，意见没有提交"),
        "rule:comment-gone": lazy("没有这条意见，请刷新页面"),
        "rule:not-consulted": lazy(
            "本制度涉及劳动者切身利益，须先公开征求意见（劳动合同法第四条），请办理“征求意见”"
        ),
        "rule:record-missing": lazy(
            "本制度涉及劳动者切身利益，还缺“%(record)s”的记录和书面材料（劳动合同法第四条），请在“程序材料”登记"
        ),
        "rule:nobody-approves": lazy(
            "没有人可以批准：请系统管理员指定一位公司主管领导，起草人不能批准自己的草案"
        ),
        "rule:not-editable": lazy("当前状态是“%(state)s”，不能修改；只有草稿可以修改"),
        "rule:not-in-force": lazy("这一版不是现行版本，也不是待生效版本"),
        "rule:not-published": lazy("这一版还没有批准，不能签认"),
        "rule:nothing-published": lazy("还没有批准过的版本，请继续修改现有草稿"),
        "rule:in-work": lazy("%(who)s 正在修订这份制度，请先完成或放弃那份草稿"),
        "rule:replaced": lazy("您阅读期间已有新版，请阅读并签认%(label)s"),
        "rule:not-concerned": lazy("这份制度不适用于您，不用签认"),
        "rule:not-opened": lazy("请先打开正文阅读"),
        "rule:end-not-reached": lazy("请先读到全文末尾，再签认"),
        "rule:signed-already": lazy("您已经签认过这一版"),
        "rule:answers-wrong": lazy("有题目答得不对，请看各题下的说明，改正后再签认"),
        "rule:nobody-signed": lazy("还没有人签认，不能出具证明"),
        "rule:all-signed": lazy("适用人员都已签认，不需要签字表"),
        "rule:reminded-already": lazy("今天已经提醒过，或没有需要提醒的人"),
        "rule:linked": lazy("%(by)s 链接到%(clause)s，请先改掉那里的链接再删除"),
        "rule:nothing-before": lazy("前面没有条款，不能合并"),
        "rule:clause-gone": lazy("这一条刚被别人删除或合并，请刷新页面"),
        "rule:too-many-clauses": lazy("一份制度最多 %(most)s 条，请分成几份"),
        "rule:cut-waits": lazy("有拆分线 ===，按“保存这一条”时拆成几条，暂未自动保存"),
        "rule:too-many-pictures": lazy("一份制度最多 %(most)s 张图片，请把一些改为附件"),
        "rule:too-many-attachments": lazy("一份制度最多 %(most)s 个附件，请合并或移除一些"),
        "rule:too-many-questions": lazy("一份制度最多 %(most)s 题"),
    }
)


def version_address(version_id: int) -> str:
    """Return the address of a version."""
    return f"/rules/versions/{version_id}"


documents.register_derived_states(
    RULE_VERSION, {str(code): (label, STANDING_TONES[code]) for code, label in STANDING_LABELS.items()}
)
documents.register_document_type(
    documents.DocumentType(
        doc_type=RULE_VERSION,
        label=lazy_in_context("document", "规章制度"),
        url=version_address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=RuleVersion,
        whole=queries.handled_ids,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=RULE_VERSION,
        label=lazy("规章制度"),
        visible=queries.found_versions,
        same_for_all=True,
        url=version_address,
        order=5,
        past=search.Past(past.found_versions, past.version_marks),
    ),
    search.SearchSource(
        doc_type=RULE_CLAUSE,
        label=lazy("制度条款"),
        visible=queries.found_clauses,
        same_for_all=True,
        url=lambda text_id: f"/rules/clauses/{text_id}",
        order=6,
        belongs=queries.clause_belongs,
        past=search.Past(past.found_clauses, past.part_marks(ClauseText)),
    ),
    search.SearchSource(
        doc_type=RULE_ATTACHMENT,
        label=lazy("制度附件"),
        visible=queries.found_attachments,
        same_for_all=True,
        url=lambda attachment_id: f"/rules/attachments/{attachment_id}",
        order=7,
        belongs=queries.attachment_belongs,
        past=search.Past(past.found_attachments, past.part_marks(RuleAttachment)),
    ),
)


# rules that a leaver answers for get another person first (rule R12)
register_leaver_check(LeaverCheck(queries.owned_by, lazy("还负责 %(count)s 份制度"), "/rules"))

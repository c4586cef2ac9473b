"""What quotations tell the platform: permissions, settings, kinds of task, verbs, sentences, how they are found."""

from decimal import Decimal
from functools import cache

from app.core import documents, findings, money, permissions, search, sentences, settings, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role
from app.features.inquiries import handing_over
from app.features.inquiries.enums import KIND_LABELS
from app.features.quotations import following, queries, secrecy
from app.features.quotations.actions import (
    UNREVIEWED_PAPER,
    create_on_start,
    lapse_with_inquiry,
)
from app.features.quotations.enums import (
    EFFECT_LABELS,
    FREIGHT_LABELS,
    LINE_KIND_LABELS,
    PAYMENT_LABELS,
    QuotationPerm,
)
from app.features.quotations.flow import DOC_TYPE
from app.features.quotations.models import EXPIRED, QuotationRevision
from app.features.quotations.sealing import paper_is_secret, sealable
from app.features.seals import sources

NAV_LABEL = lazy_in_context("list", "报价")

permissions.register_permissions(
    QuotationPerm,
    {
        QuotationPerm.PREPARE: (lazy("编制报价"), {Role.SALESPERSON, Role.MANAGER}),
        QuotationPerm.VIEW_ALL: (
            lazy("查看部门全部报价"),
            {Role.MANAGER, Role.LEADER, Role.BACK_OFFICE, Role.SEAL_KEEPER, Role.ADMINISTRATOR},
        ),
        QuotationPerm.REVIEW: (lazy("审核报价"), {Role.MANAGER}),
        QuotationPerm.APPROVE_ABOVE_LIMIT: (lazy("审批超限额报价"), {Role.LEADER}),
        QuotationPerm.REPRINT: (lazy("补印正式件"), {Role.BACK_OFFICE}),
        QuotationPerm.WAREHOUSE_COPY: (
            lazy("打印仓库联"),
            {Role.SALESPERSON, Role.MANAGER, Role.LEADER, Role.BACK_OFFICE},
        ),
        QuotationPerm.MANAGE_TERMS: (lazy("管理条款库"), {Role.MANAGER}),
        QuotationPerm.SEE_MARGIN: (lazy("查看毛利"), {Role.MANAGER, Role.LEADER}),
    },
    approvals=(QuotationPerm.REVIEW, QuotationPerm.APPROVE_ABOVE_LIMIT),
)

findings.register_kinds(
    findings.FindingKind(
        UNREVIEWED_PAPER,
        "reviewed-before-printing",
        lazy("系统记录：还没有审核就打开报价 %(document)s 的正式文件"),
    )
)

settings.register(
    settings.Setting(
        "quotations.leader_limit",
        "amount",
        "200000",
        lazy("主管领导审批限额（元）"),
        section="quotations",
        hint=lazy("含税合计达到这个金额的报价，经理审核后还须主管领导审批"),
    ),
    settings.Setting(
        "quotations.second_approver",
        "person",
        None,
        lazy("第二审批人"),
        section="quotations",
        hint=lazy("主管领导自己编制的报价由这个人审批"),
    ),
    settings.Setting(
        "quotations.effect",
        "choice",
        "",
        lazy("报价效力"),
        section="quotations",
        hint=lazy("印在每份报价上，首次提交报价前必须选定"),
        choices=tuple((str(code), label) for code, label in EFFECT_LABELS.items()),
    ),
    settings.Setting("quotations.tax_rate", "number", 13, lazy("默认税率（%）"), section="quotations"),
    settings.Setting(
        "quotations.validity_days", "number", 30, lazy("默认报价有效期（天）"), section="quotations"
    ),
    settings.Setting(
        "quotations.evidence_days",
        "number",
        15,
        lazy("价格依据最长天数"),
        section="quotations",
        hint=lazy("采购报价早于这个天数的，审核时须确认"),
    ),
    settings.Setting(
        "quotations.default_delivery_start",
        "text",
        "合同生效且预付款到账之日起",
        lazy("交货期起算点（默认）"),
        section="quotations",
    ),
    settings.Setting(
        "quotations.default_packing",
        "text",
        "标准出厂包装，适合公路运输",
        lazy("包装（默认）"),
        section="quotations",
    ),
    settings.Setting(
        "quotations.default_acceptance",
        "text",
        "按国家标准及双方确认的技术要求，到货后 7 日内验收",
        lazy("验收标准（默认）"),
        section="quotations",
    ),
    settings.Setting(
        "quotations.default_warranty",
        "text",
        "自验收合格之日起 12 个月",
        lazy("质保期（默认）"),
        section="quotations",
    ),
)

tasks.register_kinds(
    tasks.TaskKind("quotation:prepare", lazy_in_context("task", "编制报价")),
    tasks.TaskKind("quotation:mend", lazy("修改退回的报价")),
    tasks.TaskKind("quotation:review", lazy("审核报价"), "approve", decides=True),
    tasks.TaskKind("quotation:approve", lazy("审批报价"), "approve_as_leader", decides=True),
    tasks.TaskKind("quotation:issue", lazy("打印盖章"), "issue"),
    tasks.TaskKind("quotation:confirm-acceptance", lazy("确认客户接受"), decides=True),
    tasks.TaskKind("quotation:consent-extra", lazy("同意增印"), decides=True),
    tasks.TaskKind("quotation:issue-extra", lazy("增印"), "issue_extra"),
)

timeline.register_verbs(
    timeline.Verb("quotation:create", lazy_in_context("event", "编制报价")),
    timeline.Verb("quotation:edit", lazy_in_context("event", "修改报价"), folds=True),
    timeline.Verb("quotation:autosave", lazy("自动保存草稿"), folds=True),
    timeline.Verb("quotation:revise", lazy("修订报价，另起新版")),
    timeline.Verb(
        following.VERB,
        lazy("报价随询价从%(from)s移交给%(to)s"),
        frozenset({"from", "to"}),
        tone="warn",
    ),
    timeline.Verb("quotation:attach", lazy_in_context("event", "添加附件 %(file)s"), frozenset({"file"})),
    timeline.Verb(
        "quotation:bid-upload",
        lazy("上传投标文件 %(file)s（%(pages)s 页，摘要 %(hash)s）"),
        frozenset({"file", "hash", "pages"}),
    ),
    timeline.Verb(
        "quotation:bid-take-over",
        lazy("沿用上一版的投标文件 %(file)s（%(pages)s 页，摘要 %(hash)s）"),
        frozenset({"file", "hash", "pages"}),
    ),
    timeline.Verb("quotation:bid-remove", lazy("移除投标文件 %(file)s"), frozenset({"file"})),
    timeline.Verb("quotation:reprint", lazy("补印第 %(copy)s 份"), frozenset({"copy"})),
    timeline.Verb(secrecy.OPENED, lazy("开标前为用印打开第 %(copy)s 份"), frozenset({"copy"}), tone="warn"),
    timeline.Verb("quotation:contact", lazy("沟通记录")),
    timeline.Verb("terms:create", lazy("新建条款 %(name)s"), frozenset({"name"})),
    timeline.Verb("terms:change", lazy("修改条款 %(name)s"), frozenset({"name"})),
    timeline.Verb("terms:retire", lazy("停用条款 %(name)s"), frozenset({"name"})),
    timeline.Verb("terms:restore", lazy("重新使用条款 %(name)s"), frozenset({"name"})),
    timeline.Verb(
        "quotation:paper-refused", lazy("试图打开正式 PDF，系统拒绝"), frozenset({"code"}), tone="bad"
    ),
)

timeline.register_field_labels(
    {
        f"quotation.{field}": label
        for field, label in {
            "valid_until": lazy("有效期"),
            "legal_entity": lazy("报价单位"),
            "kind": lazy("类型"),
            "floor_reason": lazy("低于底价的理由"),
            "attention": lazy("联系人"),
            "customer_phone": lazy("客户电话"),
            "customer_address": lazy("客户地址"),
            "project": lazy("项目或对方编号"),
            "contact_mobile": lazy("我方手机"),
            "payment_term": lazy("付款方式"),
            "payment_other": lazy("其他付款方式"),
            "freight": lazy("运费"),
            "delivery_place": lazy("交货地点与方式"),
            "delivery_start": lazy("交货期起算点"),
            "packing": lazy("包装"),
            "acceptance": lazy("验收标准"),
            "warranty": lazy("质保期"),
            "other_terms": lazy("其他条款"),
            "name": lazy("名称"),
            "brand": lazy("品牌"),
            "model": lazy("型号"),
            "spec": lazy("规格与技术参数"),
            "unit": lazy("单位"),
            "quantity": lazy("数量"),
            "unit_price": lazy("含税单价"),
            "amount": lazy("含税金额"),
            "tax_rate": lazy("税率"),
            "lead_time_days": lazy("交货期（天）"),
            "note": lazy("备注"),
            "unmatched_code": lazy("标明不是产品"),
            "total": lazy("含税合计"),
            "terms": lazy("条款"),
            "bid": lazy("投标文件"),
        }.items()
    }
)

timeline.register_field_labels(
    {
        f"terms_set.{field}": label
        for field, label in {
            "name": lazy("名称"),
            "kind": lazy("适用类别"),
            "is_default": lazy("新报价默认套用"),
            "payment_term": lazy("付款方式"),
            "payment_other": lazy("其他付款方式"),
            "freight": lazy("运费"),
            "delivery_place": lazy("交货地点与方式"),
            "delivery_start": lazy("交货期起算点"),
            "packing": lazy("包装"),
            "acceptance": lazy("验收标准"),
            "warranty": lazy("质保期"),
            "other_terms": lazy("其他条款"),
        }.items()
    }
)

timeline.register_value_labels(
    {
        "terms_set.payment_term": {str(code): label for code, label in PAYMENT_LABELS.items()},
        "terms_set.freight": {str(code): label for code, label in FREIGHT_LABELS.items()},
        "terms_set.kind": {str(code): label for code, label in KIND_LABELS.items()},
        "quotation.payment_term": {str(code): label for code, label in PAYMENT_LABELS.items()},
        "quotation.kind": {str(code): label for code, label in LINE_KIND_LABELS.items()},
        "quotation.freight": {str(code): label for code, label in FREIGHT_LABELS.items()},
    }
)

timeline.register_value_texts(
    {
        "quotation.unit_price": lambda text: money.format_unit_price(Decimal(text)),
        "quotation.amount": lambda text: money.format_amount(Decimal(text)),
        "quotation.total": lambda text: money.format_amount(Decimal(text)),
    }
)

sentences.register(
    {
        "quotation:not-approved": lazy(
            "报价当前为“%(state)s”，未经审核不能打开或打印正式件；这次尝试已记入办理记录"
        ),
        "quotation:not-issued": lazy("已审核，尚未盖章出具，请找%(keeper)s"),
        "quotation:no-paper": lazy("这一版“%(state)s”，没有出具过正式件"),
        "quotation:inquiry-not-quoting": lazy("询价还没有进入“编制报价”，请先完成参与决定和各项答复"),
        "quotation:no-legal-entity": lazy("还没有登记公司主体，请主管领导先在“印章”中登记"),
        "quotation:no-lines": lazy("请至少填写一项报价明细"),
        "quotation:line-quantity": lazy("请填写第 %(position)s 项的数量"),
        "quotation:line-price": lazy("请填写第 %(position)s 项的含税单价"),
        "quotation:line-unit": lazy("请填写第 %(position)s 项的单位"),
        "quotation:line-tax": lazy("请填写第 %(position)s 项的税率"),
        "quotation:line-lead-time": lazy("请填写第 %(position)s 项的交货期"),
        "quotation:line-floor": lazy("第 %(position)s 项低于底价，请写明理由"),
        "quotation:line-floor-unit": lazy(
            "第 %(position)s 项的单位与价目表（%(unit)s）不同，单价不能与底价比较，请写明换算，或改用价目表的单位"
        ),
        "quotation:validity-missing": lazy("请填写有效期"),
        "quotation:validity-past": lazy("有效期已过，请修订并填写新的有效期"),
        "quotation:payment-missing": lazy("请选择付款方式；选“其他”时请写明"),
        "quotation:delivery-place-missing": lazy("请填写交货地点与方式"),
        "quotation:delivery-start-missing": lazy("请填写交货期起算点"),
        "quotation:effect-unset": lazy("还没有选定报价效力，请管理员在“设置 · 报价”中选定后再提交"),
        "quotation:nobody-reviews": lazy(
            "没有人可以审核：请管理员指定部门经理、公司主管领导，或设置“第二审批人”"
        ),
        "quotation:hand-over-under-review": lazy("报价 %(number)s 正在审核，请先审核或退回，再移交"),
        "quotation:accepted-before": lazy(
            "客户已接受 %(number)s，不能再出具另一版；没有接受的请先退回继续跟进"
        ),
        "quotation:content-changed": lazy("内容与提交时不一致，请刷新页面，核对后重新审核"),
        "quotation:not-editable": lazy("报价当前为“%(state)s”，内容不能修改；需要修改时请先撤回或修订"),
        "quotation:not-revisable": lazy("报价当前为“%(state)s”，不能修订"),
        "quotation:no-contact-yet": lazy("报价还没有编号，提交审核后再记录沟通"),
        "quotation:still-valid": lazy("有效期到 %(day)s，最后 %(days)s 天内才能延期；要改内容请用修订"),
        "quotation:not-prolongable": lazy("只有已出具、已过期或快到期的当前版可以延期"),
        "quotation:newer-revision": lazy("已有更新的一版，请在新版上继续"),
        "quotation:no-acceptance-file": lazy("请先上传客户接受的书面材料（回传件、邮件或聊天截图）"),
        "quotation:evidence-old": lazy("第 %(position)s 项的采购报价已有 %(days)s 天"),
        "quotation:evidence-short": lazy("第 %(position)s 项的采购报价只到 %(until)s，短于报价有效期"),
        "quotation:no-tender": lazy("只有招标的报价可以上传投标文件"),
        "quotation:no-bid": lazy("还没有上传投标文件"),
        "quotation:bid-missing": lazy("上一版是投标文件，请先上传这一版的投标文件"),
        "quotation:bid-says-validity": lazy(
            "投标文件第 %(page)s 页写着原来的有效期 %(day)s，不能原样沿用。请“另起新版，先修改”，"
            "上传改好的投标文件后提交审核"
        ),
        "quotation:bid-unread": lazy(
            "投标文件有 %(count)s 页读不出文字，不知道其中是否写着原来的有效期，不能原样沿用。请“另起新版，先修改”，"
            "核对后重新上传投标文件再提交审核"
        ),
        "quotation:bid-scan": lazy("扫描件，无法核对：文件中没有文字，请打开文件逐项核对"),
        "quotation:bid-total-missing": lazy(
            "投标文件中没有同时找到与报价相同的合计数字和大写，请打开文件核对"
        ),
        "quotation:bid-lost": lazy(
            "存储中的投标文件不见了或与审核的不同，不能出具，请联系系统管理员从备份中恢复"
        ),
        "quotation:missing-glyph": lazy(
            "字体中没有“%(character)s”这个字（%(field)s），请改用其他写法后再出具"
        ),
        "quotation:extra-waiting": lazy("已有增印申请在办理，请等它办完"),
        "quotation:no-reprint": lazy("这一份不能补印：没有出具过，或报价已作废、已有新版"),
        "quotation:no-seal": lazy("没有您可以使用的报价专用章：请确认印章已登记、主管领导已授权系统打印"),
        "quotation:signing-key": lazy("签名密钥不可用，请系统管理员检查“签名证书”"),
    }
)


@cache
def register() -> None:
    """Register what must exist once per process: document type, search source, the draft made on starting."""
    from app.features.quotations import views  # optional

    documents.register_document_type(
        documents.DocumentType(
            doc_type=DOC_TYPE,
            label=lazy("报价"),
            url=views.address,
            titles=queries.titles,
            visible=queries.visible_ids,
            model=QuotationRevision,
            whole=queries.whole_ids,
        )
    )
    documents.register_derived_states(DOC_TYPE, {EXPIRED: (lazy("已过有效期"), "bad")})
    search.register_source(
        search.SearchSource(
            doc_type=DOC_TYPE, label=lazy("报价"), visible=queries.visible_ids, url=views.address, order=10
        )
    )
    secrecy.register()
    sources.register(DOC_TYPE, sealable, tells_secret=paper_is_secret)
    timeline.on("inquiry:start_quoting", create_on_start)
    timeline.on("inquiry:move-opening", following.follow_inquiry)
    timeline.on("inquiry:hand-over", following.follow_owner)
    handing_over.register_hindrance(following.under_review)
    for ending in ("inquiry:withdraw", "inquiry:cancel"):
        timeline.on(ending, lapse_with_inquiry)

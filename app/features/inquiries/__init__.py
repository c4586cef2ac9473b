"""Inquiries and tenders: reported first, decided by the manager, answered by the departments, then quoted."""

from flask import Flask

from app.core import (
    documents,
    findings,
    jobs,
    modules,
    permissions,
    search,
    sentences,
    settings,
    tasks,
    timeline,
)
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role
from app.features.cases import offering as cases
from app.features.inquiries import begin_views as begin_views
from app.features.inquiries import hand_over_views as hand_over_views
from app.features.inquiries import (
    handing_over,
    market_views,
    offers,
    panels,
    queries,
    reminders,
    report_views,
    tender,
    tender_views,
    views,
)
from app.features.inquiries import offer_views as offer_views
from app.features.inquiries import opening_views as opening_views
from app.features.inquiries import topics as topics
from app.features.inquiries.case_seed import case_seed
from app.features.inquiries.enums import CHANNEL_LABELS, KIND_LABELS, MARKET, InquiryPerm
from app.features.inquiries.flow import DOC_TYPE, LATE_REPORT
from app.features.inquiries.models import Inquiry
from app.features.people.leaving import LeaverCheck, register_leaver_check
from app.web import documents as files_of_documents
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(report_views.blueprint)
    cases.register(DOC_TYPE, case_seed)
    panels.register("inquiries/_tender.html", tender_views.panel)
    files_of_documents.register_file_gate(DOC_TYPE, views.may_read_stored)
    nav.register_nav(
        nav.NavItem(
            key="inquiries",
            label=lazy_in_context("list", "询价"),
            icon="message-question",
            endpoint="inquiries.index",
            section="sales",
            permission=views.READERS,
            module="quotations",
            order=20,
        )
    )
    nav.register_nav(
        nav.NavItem(
            key="market",
            label=lazy("行情与交期"),
            icon="list-details",
            endpoint="inquiries.market",
            section="sales",
            permission=market_views.PRICE_READERS,
            module=MARKET,
            order=45,
        )
    )


modules.register(
    modules.Module("quotations", lazy("询价与报价"), order=10),
    modules.Module(tender.MODULE, lazy("投标清单"), preset=modules.STANDARD, parent="quotations", order=20),
    modules.Module(MARKET, lazy("行情与交期"), preset=modules.STANDARD, parent="quotations", order=30),
)
modules.own_documents("quotations", "inquiry", "inquiry_line", "quotation", "seal")

everybody_who_sells = {Role.SALESPERSON, Role.MANAGER}
permissions.register_permissions(
    InquiryPerm,
    {
        InquiryPerm.REGISTER: (lazy("登记询价"), everybody_who_sells),
        InquiryPerm.VIEW_ALL: (
            lazy("查看部门全部询价"),
            {Role.MANAGER, Role.LEADER, Role.BACK_OFFICE, Role.SEAL_KEEPER, Role.ADMINISTRATOR},
        ),
        InquiryPerm.HAND_OVER: (lazy("移交询价"), {Role.MANAGER, Role.LEADER}),
        InquiryPerm.DECIDE: (lazy("决定是否参与"), {Role.MANAGER}),
        InquiryPerm.DECIDE_FOR_MANAGER: (lazy("代经理决定是否参与"), {Role.LEADER}),
        InquiryPerm.CHECK_TENDER: (lazy("办理投标清单"), {Role.BACK_OFFICE}),
        InquiryPerm.ANSWER_TECHNICAL: (lazy("技术答复"), {Role.TECHNICAL}),
        InquiryPerm.ANSWER_PURCHASING: (lazy("采购答复"), {Role.PURCHASING}),
    },
    approvals=(InquiryPerm.DECIDE, InquiryPerm.DECIDE_FOR_MANAGER),
)

settings.register(
    settings.Setting(
        "inquiries.report_hours",
        "number",
        2,
        lazy("询价上报时限（工作小时）"),
        section="quotations",
        hint=lazy("收到询价后超过这个时间才上报的，标记为迟报"),
    ),
    settings.Setting(
        "inquiries.decision_hours", "number", 4, lazy("经理决定时限（工作小时）"), section="quotations"
    ),
    settings.Setting(
        "inquiries.default_deadline_days",
        "number",
        2,
        lazy("客户答复期限（工作日，默认）"),
        section="quotations",
    ),
    settings.Setting(
        "inquiries.answer_validity_days",
        "number",
        15,
        lazy("采购价格有效期（天，默认）"),
        section="quotations",
    ),
)

settings.register(
    settings.Setting(
        offers.RATES,
        "long_text",
        "",
        lazy("比价用汇率"),
        section="quotations",
        hint=lazy("每行一种币种，如 USD 7.12（1 外币合人民币元）；没有汇率的外币报价不参与比价"),
        check=offers.check_rates,
    )
)
settings.register(
    settings.Setting(
        tender.SETTING,
        "long_text",
        tender.TEMPLATE,
        lazy("投标清单模板"),
        section="quotations",
        hint=lazy("每行一项，行末加 * 的须上传文件；修改只影响以后决定参与的招标"),
        module=tender.MODULE,
    )
)

tasks.register_kinds(
    tasks.TaskKind("inquiry:report", lazy("上报询价")),
    tasks.TaskKind("inquiry:decide", lazy("决定是否参与"), decides=True),
    tasks.TaskKind("inquiry:answer-technical", lazy("技术答复")),
    tasks.TaskKind("inquiry:answer-purchasing", lazy("采购答复")),
    tasks.TaskKind("inquiry:start-quoting", lazy("开始编制报价"), step="start_quoting"),
    tasks.TaskKind("inquiry:submit", lazy("递交报价")),
    tasks.TaskKind("inquiry:confirm-loss", lazy("确认未成交"), decides=True),
)

line_fields = frozenset({"position", "name"})
timeline.register_verbs(
    timeline.Verb("inquiry:register", lazy_in_context("event", "登记询价")),
    timeline.Verb("inquiry:edit", lazy_in_context("event", "修改询价"), folds=True),
    timeline.Verb("inquiry:add-lines", lazy_in_context("event", "补充询价明细")),
    timeline.Verb(
        "inquiry:move-opening",
        lazy("更改投标时间：截止 %(deadline)s，开标 %(opening)s"),
        frozenset({"deadline", "opening"}),
        tone="warn",
    ),
    timeline.Verb(
        reminders.REMIND, lazy("期限 %(until)s 快到了"), frozenset({"until", "ahead"}), tone="warn"
    ),
    timeline.Verb(
        reminders.OVERDUE, lazy("已过期限 %(until)s，还没有办完"), frozenset({"until", "ahead"}), tone="warn"
    ),
    timeline.Verb(
        handing_over.VERB,
        lazy("把询价从%(from)s移交给%(to)s"),
        frozenset({"from", "to"}),
        tone="warn",
    ),
    timeline.Verb(
        handing_over.VERB_MANY,
        lazy("把 %(count)s 份询价移交给%(to)s"),
        frozenset({"count", "to"}),
        tone="warn",
    ),
    timeline.Verb("inquiry:answer-technical", lazy("技术答复第 %(position)s 项 %(name)s"), line_fields),
    timeline.Verb("inquiry:answer-purchasing", lazy("采购答复第 %(position)s 项 %(name)s"), line_fields),
    timeline.Verb("inquiry:choose-offer", lazy("选用第 %(position)s 项 %(name)s 的供应商报价"), line_fields),
    timeline.Verb("inquiry:take-over", lazy("第 %(position)s 项 %(name)s 沿用此前的采购答复"), line_fields),
    timeline.Verb("inquiry:waive", lazy("免予答复第 %(position)s 项 %(name)s"), line_fields),
    timeline.Verb("inquiry:tender-tick", lazy("投标清单完成：%(item)s"), frozenset({"item"}), tone="ok"),
    timeline.Verb("inquiry:tender-waive", lazy("投标清单免办：%(item)s"), frozenset({"item"})),
    timeline.Verb(
        "inquiry:tender-untick", lazy("投标清单改为未完成：%(item)s"), frozenset({"item"}), tone="warn"
    ),
    timeline.Verb("inquiry:attach", lazy_in_context("event", "添加附件 %(file)s"), frozenset({"file"})),
    timeline.Verb("inquiry:remove-file", lazy("删除附件 %(file)s"), frozenset({"file"})),
)
timeline.register_value_labels(
    {
        "inquiry.kind": {str(code): label for code, label in KIND_LABELS.items()},
        "inquiry.channel": {str(code): label for code, label in CHANNEL_LABELS.items()},
    }
)
timeline.register_field_labels(
    {
        "inquiry.customer": lazy("客户"),
        "inquiry.kind": lazy("类别"),
        "inquiry.channel": lazy("渠道"),
        "inquiry.project": lazy("项目或对方编号"),
        "inquiry.contact_name": lazy("联系人"),
        "inquiry.contact_phone": lazy("联系电话"),
        "inquiry.summary": lazy("询价内容"),
        "inquiry.received_at": lazy("收到时间"),
        "inquiry.deadline": lazy("答复期限"),
        "inquiry.opening_at": lazy("开标时间"),
        "inquiry.name": lazy("名称"),
        "inquiry.model": lazy("型号"),
        "inquiry.spec": lazy("规格要求"),
        "inquiry.quantity": lazy("数量"),
        "inquiry.unit": lazy("单位"),
        "inquiry.note": lazy("备注"),
        "inquiry.unmatched_code": lazy("标明不是产品"),
    }
)

sentences.register(
    {
        "inquiry:deadline-past": lazy("答复期限已过，请先与客户确认新的期限再上报"),
        "inquiry:no-request": lazy("请填写询价内容、明细，或上传客户来函，至少一项"),
        "inquiry:same-owner": lazy("选中的询价已经由%(name)s负责"),
        "inquiry:nobody-decides": lazy("没有人可以决定：请管理员在“人员与角色”中指定部门经理或公司主管领导"),
        "inquiry:lacks-technical": lazy("第 %(position)s 项缺技术答复"),
        "inquiry:lacks-purchasing": lazy("第 %(position)s 项缺采购答复"),
        "inquiry:no-lines": lazy("请先补充询价明细，再编制报价"),
        "inquiry:sealed": lazy("%(at)s 开标前，报价金额只有负责人、部门经理和公司主管领导可见，开标后再看"),
        "inquiry:no-opening": lazy("这份询价不需要开标，没有投标时间可改"),
        "inquiry:opened": lazy(
            "开标时间 %(at)s 已过，报价已不再保密，时间不能再改；过了截止时间还要递交的招标，由%(who)s“允许逾期递交”"
        ),
        "inquiry:no-offer": lazy("还没有已盖章出具的报价，出具后才能递交"),
        "inquiry:not-late": lazy("只有过了截止时间、还没有允许逾期递交的招标需要这一步"),
        "inquiry:too-late": lazy(
            "已过投标截止时间 %(deadline)s。仍要递交，须先由%(who)s“允许逾期递交”并写明理由"
        ),
        "inquiry:checklist-open": lazy("投标清单第 %(position)s 项“%(item)s”还没有完成，完成后才能递交"),
        "inquiry:checklist-closed": lazy("询价已不在资料整理或编制报价，投标清单不能再改"),
        "inquiry:checklist-no-item": lazy("投标清单里没有这一项，请刷新页面"),
        "inquiry:checklist-done": lazy("这一项已经完成，请刷新页面"),
        "inquiry:checklist-open-already": lazy("这一项还没有完成，请刷新页面"),
        "inquiry:only-draft-editable": lazy("询价已经上报，内容不能再改；需要补充时请经理退回"),
        "inquiry:not-asked": lazy("这一项没有请您答复"),
        "inquiry:offer-gone": lazy("这份供应商报价已被更新或过期，请刷新页面"),
        "inquiry:offer-expired": lazy("这份供应商报价已过有效期，请向供应商重新询价"),
        "inquiry:offer-taken": lazy("这一项已经沿用过这份答复，请刷新页面"),
        "inquiry:nothing-to-waive": lazy("这一项现在没有需要免予的答复，请刷新页面"),
    }
)

findings.register_kinds(
    findings.FindingKind(
        LATE_REPORT, "inquiries-reported-in-time", lazy("系统记录：询价 %(document)s 上报超过时限")
    )
)
documents.register_document_type(
    documents.DocumentType(
        doc_type=DOC_TYPE,
        label=lazy("询价"),
        url=views.address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Inquiry,
        whole=queries.whole_ids,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=DOC_TYPE, label=lazy("询价"), visible=queries.whole_ids, url=views.address, order=20
    )
)
search.register_source(
    search.SearchSource(
        doc_type="inquiry_line",
        label=lazy("询价明细"),
        visible=queries.visible_line_ids,
        url=views.line_address,
        order=21,
        belongs=queries.numbers_of_lines,
    )
)
jobs.register_job("inquiries:remind", reminders.remind, every=reminders.EVERY)
register_leaver_check(
    LeaverCheck(
        handing_over.open_count,
        lazy("还负责着 %(count)s 份没有结果的询价"),
        "/inquiries/hand-over?owner=%(user)s&status=open",
        InquiryPerm.HAND_OVER,
    )
)

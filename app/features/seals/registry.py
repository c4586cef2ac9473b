"""What seals register at import: permissions, verbs, sentences, labels of changed fields."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.core import checks, documents, jobs, modules, search, sentences, settings, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.people.leaving import LeaverCheck, register_leaver_check
from app.features.seals import keys, queries, request_actions
from app.features.seals.enums import KIND_LABELS, USE_FORM_LABELS, SealKind, SealPerm, UseForm
from app.features.seals.flow import DOC_TYPE as REQUEST
from app.features.seals.models import SealRequest

register_permissions(
    SealPerm,
    {
        SealPerm.VIEW: (
            lazy("查看印章"),
            {
                Role.MANAGER,
                Role.LEADER,
                Role.BACK_OFFICE,
                Role.SEAL_KEEPER,
                Role.SEAL_MANAGER,
                Role.SEAL_AUDITOR,
            },
        ),
        SealPerm.MANAGE: (lazy("管章：登记、停用、更换保管人"), {Role.SEAL_MANAGER}),
        SealPerm.USE: (lazy("用章：出具盖章文件"), {Role.SEAL_KEEPER, Role.BACK_OFFICE}),
        SealPerm.AUDIT: (lazy("审计：查阅全部用印登记"), {Role.SEAL_AUDITOR}),
        SealPerm.REQUEST: (
            lazy("申请用印"),
            {Role.SALESPERSON, Role.MANAGER, Role.LEADER, Role.BACK_OFFICE},
        ),
        SealPerm.APPROVE: (lazy("批准报价和投标文件用印"), {Role.MANAGER}),
        SealPerm.APPROVE_AS_LEADER: (lazy("批准合同等用印和外带，放行"), {Role.LEADER}),
        SealPerm.FILE: (lazy("归档用印"), {Role.BACK_OFFICE}),
        SealPerm.AUTHORISE: (lazy("授权系统打印印章"), {Role.LEADER}),
        SealPerm.ADD_ENTITY: (lazy("登记和修改公司主体"), {Role.LEADER}),
        SealPerm.VIEW_KEY: (
            lazy("查看签名证书"),
            {Role.LEADER, Role.SEAL_MANAGER, Role.SEAL_AUDITOR, Role.ADMINISTRATOR},
        ),
        SealPerm.REPLACE_KEY: (lazy("更换签名证书"), {Role.LEADER, Role.SEAL_MANAGER}),
    },
    approvals=(
        SealPerm.MANAGE,
        SealPerm.USE,
        SealPerm.AUDIT,
        SealPerm.APPROVE,
        SealPerm.APPROVE_AS_LEADER,
        SealPerm.AUTHORISE,
        SealPerm.ADD_ENTITY,
        SealPerm.REPLACE_KEY,
    ),
)


def with_kind(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of an event with the kind of seal named in the reader's language."""
    return {**data, "kind": KIND_LABELS[SealKind(data["kind"])]}


def with_form(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of an event with the form of the paper named in the reader's language."""
    return {**data, "form": USE_FORM_LABELS[UseForm(data["form"])]}


# In the smallest preset a request begins on the quotation's page and in 待办; the list joins the menu with the next.
modules.register(
    modules.Module("seal_requests", lazy("用印菜单"), preset=modules.STANDARD, parent="quotations", order=40),
    modules.Module(
        request_actions.TAKE_OUT, lazy("印章外带"), preset=modules.STANDARD, parent="quotations", order=50
    ),
)
settings.register(
    settings.Setting(
        "seals.second_approver",
        "person",
        None,
        lazy("用印第二审批人"),
        section="quotations",
        hint=lazy("主管领导自己申请的用印由这个人批准；领导保管的印章外带时由这个人放行"),
    ),
)
tasks.register_kinds(
    tasks.TaskKind("seal:approve", lazy("批准用印"), decides=True),
    tasks.TaskKind("seal:stamp", lazy("用印")),
    tasks.TaskKind("seal:hand-over", lazy("交出印章")),
    tasks.TaskKind("seal:release", lazy("放行印章"), decides=True),
    tasks.TaskKind("seal:return", lazy("收回印章")),
    tasks.TaskKind("seal:file", lazy("归档用印")),
)
# Looked for every hour, so that a seal due at noon is asked for in the afternoon; each person is told once a day.
jobs.register_job("seals:remind-of-overdue", request_actions.remind_of_overdue, every=timedelta(hours=1))

timeline.register_verbs(
    Verb("seal_request:request", lazy_in_context("event", "申请用印")),
    Verb(
        "seal_request:overdue",
        lazy("印章逾期未还，应于 %(due_back)s 前归还"),
        frozenset({"due_back"}),
        tone="bad",
    ),
    Verb("legal_entity:add", lazy("登记公司主体 %(name)s"), frozenset({"name"}), tone="ok"),
    Verb("legal_entity:change", lazy("修改公司主体资料")),
    Verb(
        "seal:register",
        lazy("登记%(entity)s的%(kind)s，保管人%(keeper)s"),
        frozenset({"kind", "entity", "keeper"}),
        tone="ok",
        render=with_kind,
    ),
    Verb("seal:authorise", lazy_in_context("event", "公司授权系统打印此章"), tone="ok"),
    Verb("seal:stop", lazy("停用印章"), tone="bad"),
    Verb("seal:change-keeper", lazy_in_context("event", "更换保管人")),
    Verb(
        "seal:use",
        lazy("用印：%(number)s，%(copies)s 份，%(form)s"),
        frozenset({"number", "revision", "copies", "form"}),
        render=with_form,
    ),
    Verb(
        "signing_key:replace",
        lazy("更换签名证书，新证书指纹 %(fingerprint)s"),
        frozenset({"fingerprint"}),
        tone="warn",
    ),
)
timeline.register_field_labels(
    {
        "legal_entity.name": lazy("公司全称"),
        "legal_entity.short_name": lazy("公司简称"),
        "legal_entity.credit_code": lazy("统一社会信用代码"),
        "legal_entity.address": lazy("地址"),
        "legal_entity.phone": lazy("电话"),
        "legal_entity.fax": lazy("传真"),
        "legal_entity.email": lazy("邮箱"),
        "legal_entity.bank": lazy("开户银行"),
        "legal_entity.bank_account": lazy("银行账号"),
        "legal_entity.active": lazy("启用"),
        "seal.keeper_id": lazy("保管人"),
    }
)
sentences.register(
    {
        "seal_request:not-approved": lazy("“%(document)s”还没有审核出具，或已作废、已有新版，不能用印"),
        "seal_request:changed": lazy("“%(document)s”的内容与申请时不一致，请取消后按新内容重新申请"),
        "seal_request:seal-stopped": lazy("这枚印章已停用，请取消后改用其他印章"),
        "seal_request:nobody-approves": lazy(
            "没有人可以批准这次用印：请管理员指定部门经理、公司主管领导，或设置“用印第二审批人”"
        ),
        "seal_request:no-department": lazy("您的账号还没有部门，请系统管理员先补上"),
        "seal:wet-never-printed": lazy("这枚印章只登记实物，系统不打印"),
        "seal:stopped": lazy("“%(seal)s”已停用，不能使用"),
        "seal:already-authorised": lazy("这枚印章已经授权打印"),
        "seal:not-authorised": lazy("这枚印章还没有授权系统打印，请找%(who)s勾选“公司授权系统打印此章”"),
        "seal:no-signing-key": lazy("签名密钥不可用（%(reason)s），请联系系统管理员检查密钥文件夹"),
        "seal:no-use-right": lazy("您没有“%(seal)s”的用章权，请找%(who)s"),
    }
)
checks.register_check("signing keys", keys.check)


def request_address(request_id: int) -> str:
    """Return the address of a request's page."""
    return f"/seals/requests/{request_id}"


modules.own_documents("quotations", REQUEST)
documents.register_document_type(
    documents.DocumentType(
        doc_type="seal",
        label=lazy("印章"),
        url=lambda seal_id: f"/seals/{seal_id}",
        titles=queries.titles,
        visible=queries.visible_ids,
    ),
    documents.DocumentType(
        doc_type=REQUEST,
        label=lazy("用印申请"),
        url=request_address,
        titles=queries.request_titles,
        visible=queries.visible_request_ids,
        model=SealRequest,
    ),
)
search.register_source(
    search.SearchSource(
        doc_type=REQUEST,
        label=lazy("用印申请"),
        visible=queries.visible_request_ids,
        url=request_address,
        order=30,
    )
)


# seals that a leaver still keeps are handed to another keeper first (rule R12)
register_leaver_check(
    LeaverCheck(queries.kept_by, lazy("还保管着 %(count)s 枚印章"), "/seals", SealPerm.VIEW),
    LeaverCheck(
        queries.requests_open_for,
        lazy("还有 %(count)s 份用印申请没有归档"),
        "/seals/requests?status=open",
        SealPerm.FILE,
    ),
)

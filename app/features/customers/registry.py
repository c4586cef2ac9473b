"""What customers tell the platform: permissions, verbs, sentences, how they are named and found."""

from app.core import documents, permissions, search, sentences, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role
from app.features.customers import queries
from app.features.customers.actions import DOC_TYPE
from app.features.customers.enums import KIND_LABELS, LEVEL_LABELS, CustomerPerm
from app.features.people.leaving import LeaverCheck, register_leaver_check

permissions.register_permissions(
    CustomerPerm,
    {
        CustomerPerm.VIEW: (
            lazy("查看客户"),
            {Role.SALESPERSON, Role.MANAGER, Role.LEADER, Role.BACK_OFFICE},
        ),
        CustomerPerm.VIEW_ALL: (
            lazy("查看部门全部客户"),
            {Role.MANAGER, Role.LEADER, Role.BACK_OFFICE},
        ),
        CustomerPerm.CREATE: (lazy("新建客户"), {Role.SALESPERSON, Role.MANAGER, Role.BACK_OFFICE}),
        CustomerPerm.EDIT_ALL: (lazy("修改部门全部客户"), {Role.MANAGER, Role.BACK_OFFICE}),
        CustomerPerm.HAND_OVER: (lazy("移交客户"), {Role.MANAGER, Role.LEADER}),
    },
)
timeline.register_verbs(
    timeline.Verb("customer:create", lazy_in_context("event", "新建客户")),
    timeline.Verb("customer:import", lazy("从表格导入客户")),
    timeline.Verb("customer:edit", lazy_in_context("event", "修改客户资料")),
    timeline.Verb("customer:deactivate", lazy_in_context("event", "停用客户"), tone="bad"),
    timeline.Verb("customer:activate", lazy("恢复使用客户"), tone="ok"),
    timeline.Verb(
        "customer:hand-over", lazy("把客户从%(from)s移交给%(to)s"), frozenset({"from", "to"}), tone="warn"
    ),
    timeline.Verb(
        "customer:hand-over-many",
        lazy("一次把 %(count)s 家客户移交给%(to)s"),
        frozenset({"count", "to"}),
        tone="warn",
    ),
    timeline.Verb("customer:contact-add", lazy_in_context("event", "添加联系人")),
    timeline.Verb("customer:contact-edit", lazy_in_context("event", "修改联系人")),
    timeline.Verb("customer:contact-remove", lazy("移除联系人，删除其个人信息"), tone="bad"),
)
timeline.register_field_labels(
    {
        "customer.name": lazy("客户全称"),
        "customer.short_name": lazy("简称"),
        "customer.kind": lazy("客户类型"),
        "customer.level": lazy("客户等级"),
        "customer.region": lazy("区域"),
        "customer.address": lazy("详细地址"),
        "customer.credit_code": lazy("统一社会信用代码"),
        "customer.phone": lazy("单位电话"),
        "customer.contact_name": lazy("联系人"),
        "customer.contact_phone": lazy("联系电话"),
        "customer.payment_terms": lazy("付款方式与账期"),
        "customer.notes": lazy("备注"),
    }
)
timeline.register_value_labels(
    {
        "customer.kind": {str(code): label for code, label in KIND_LABELS.items()},
        "customer.level": {str(code): label for code, label in LEVEL_LABELS.items()},
    }
)
sentences.register(
    {
        "customer:already-inactive": lazy("这个客户已经停用"),
        "customer:already-active": lazy("这个客户正在使用，不需要恢复"),
        "customer:same-owner": lazy("这个客户现在就由%(name)s负责，请选择另一位"),
    }
)
documents.register_document_type(
    documents.DocumentType(
        doc_type=DOC_TYPE,
        label=lazy("客户"),
        url=lambda customer_id: f"/customers/{customer_id}",
        titles=queries.titles,
        visible=queries.visible_ids,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=DOC_TYPE,
        label=lazy("客户"),
        visible=queries.visible_ids,
        url=lambda customer_id: f"/customers/{customer_id}",
        order=10,
    )
)


# customers a leaver still cares for are handed over first (rule R12)
register_leaver_check(
    LeaverCheck(
        queries.owned_count,
        lazy("还负责着 %(count)s 家客户"),
        "/customers/hand-over?owner=%(user)s",
        CustomerPerm.HAND_OVER,
    )
)

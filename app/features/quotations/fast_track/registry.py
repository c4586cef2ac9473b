"""What the fast track tells the platform: module, verb, labels, sentences, what it does when an inquiry moves."""

from decimal import Decimal
from functools import cache

from app.core import modules, money, sentences, timeline
from app.core.i18n import lazy
from app.features.quotations.fast_track.actions import fill_draft, take_back
from app.features.quotations.fast_track.presentation import MODULE

modules.register(modules.Module(MODULE, lazy("快速通道"), parent="quotations", order=10))

timeline.register_verbs(
    timeline.Verb("inquiry:propose", lazy("快速报价 %(count)s 项，请一次审核"), frozenset({"count"}))
)
timeline.register_field_labels(
    {
        f"inquiry.{field}": label
        for field, label in {
            "valid_until": lazy("有效期"),
            "attention": lazy("联系人"),
            "customer_phone": lazy("客户电话"),
            "customer_address": lazy("客户地址"),
            "contact_mobile": lazy("我方手机"),
            "brand": lazy("品牌"),
            "unit_price": lazy("含税单价"),
            "amount": lazy("含税金额"),
            "tax_rate": lazy("税率"),
            "lead_time_days": lazy("交货期（天）"),
            "total": lazy("含税合计"),
            "terms": lazy("条款"),
        }.items()
    }
)
timeline.register_value_texts(
    {
        "inquiry.unit_price": lambda text: money.format_unit_price(Decimal(text)),
        "inquiry.amount": lambda text: money.format_amount(Decimal(text)),
        "inquiry.total": lambda text: money.format_amount(Decimal(text)),
    }
)

sentences.register(
    {
        "fast-track:not-listed": lazy(
            "第 %(position)s 项不在价目表中，或有几个同名产品：请从提示中选择，或写产品编号、型号"
        ),
        "fast-track:not-sold": lazy("第 %(position)s 项“%(product)s”已停用或没有价目表价格，不能走快速通道"),
        "fast-track:other-goods": lazy("第 %(position)s 项与价目表中的“%(product)s”不一致，请退回后重新选择"),
        "fast-track:below-list": lazy(
            "第 %(position)s 项单价低于价目表的 %(price)s 元，不能走快速通道；可按普通流程上报"
        ),
        "fast-track:limit": lazy("含税合计达到 %(limit)s，须主管领导审批，不能走快速通道；可按普通流程上报"),
        "fast-track:payment": lazy("付款方式不在列表内，须主管领导审批，不能走快速通道"),
        "fast-track:leader": lazy("有低于底价的单价，须主管领导审批，不能走快速通道"),
        "fast-track:company": lazy("报价单位“%(company)s”已停用，请退回后重新选择"),
        "fast-track:none": lazy("这份询价没有等您审核的快速报价，请按普通流程决定"),
        "fast-track:inquiry-changed": lazy(
            "询价内容在送审之后改过，与快速报价不一致，请退回或按普通流程决定"
        ),
    }
)


@cache
def register() -> None:
    """Register what must exist once per process: what happens to a proposal when its inquiry moves."""
    timeline.on("inquiry:return", take_back)
    timeline.on("inquiry:start_quoting", fill_draft)

"""Plans that come with the product: one for each of three levels, to be taken over and changed.

A part names its subject by the key of one of the six that come with the product; a part whose subject the installation
does not have is left out.
"""

from dataclasses import dataclass

from app.core.i18n import LazyText, lazy
from app.features.curriculum.enums import Stage


@dataclass(frozen=True)
class TemplateItem:
    """A part of a template: the key of its subject, what it is about, how many sessions."""

    subject_key: str
    topic: LazyText
    sessions: int = 1


@dataclass(frozen=True)
class PlanTemplate:
    """A template: its name in addresses, whose level by rank, for which stage, its parts."""

    key: str
    title: LazyText
    rank: int
    stage: Stage
    description: LazyText
    items: tuple[TemplateItem, ...]


TEMPLATES: tuple[PlanTemplate, ...] = (
    PlanTemplate(
        "newcomer",
        lazy("新员工入职培养计划"),
        1,
        Stage.GROWTH,
        lazy("入职三个月内完成：认识公司和产品，看懂报价和合同，能独立接待询价。"),
        (
            TemplateItem("culture", lazy("公司历史、规章制度和行为要求")),
            TemplateItem("products", lazy("主要产品的用途、型号和选型要点"), 2),
            TemplateItem("selling", lazy("接待询价：问清工况、数量和交货期")),
            TemplateItem("finance", lazy("报销、发票和回款的基本要求")),
            TemplateItem("production", lazy("到车间和仓库：看产品怎样生产、检验和发货")),
            TemplateItem("contracts", lazy("报价单与合同的构成，哪些承诺不能口头作出")),
        ),
    ),
    PlanTemplate(
        "backbone",
        lazy("业务骨干提升计划"),
        2,
        Stage.GROWTH,
        lazy("一年内完成：独立完成选型、报价、谈判和投标，能带一名新人。"),
        (
            TemplateItem("culture", lazy("案例研讨：服务客户的好做法")),
            TemplateItem("products", lazy("疑难工况选型与竞品对比"), 3),
            TemplateItem("selling", lazy("商务谈判与异议处理演练"), 3),
            TemplateItem("finance", lazy("成本、毛利与账期的计算"), 2),
            TemplateItem("production", lazy("交货期评审与质量异常的处理")),
            TemplateItem("contracts", lazy("投标文件、付款条件与违约责任"), 2),
        ),
    ),
    PlanTemplate(
        "supervisor",
        lazy("主管带队能力计划"),
        3,
        Stage.GROWTH,
        lazy("带一个组：定目标、带新人、把关报价和合同，数据说话。"),
        (
            TemplateItem("culture", lazy("带人谈话与表彰：怎样辅导下属"), 2),
            TemplateItem("products", lazy("产品规划与重点行业方案")),
            TemplateItem("selling", lazy("大客户开发与团队目标分解"), 2),
            TemplateItem("finance", lazy("预算、费用控制与应收账款"), 2),
            TemplateItem("production", lazy("产销协调与交付风险")),
            TemplateItem("contracts", lazy("合同评审与法律风险"), 2),
        ),
    ),
)


def find(key: str) -> PlanTemplate | None:
    """Return a template by its key; None for an unknown one."""
    return next((template for template in TEMPLATES if template.key == key), None)

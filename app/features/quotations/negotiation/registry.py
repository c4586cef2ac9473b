"""What negotiations tell the platform: task, verbs, setting, sentences, how they are found."""

from functools import cache

from app.core import documents, modules, search, sentences, settings, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.features.quotations.negotiation import queries
from app.features.quotations.negotiation import topics as topics
from app.features.quotations.negotiation.actions import lapse_with_quotation
from app.features.quotations.negotiation.flow import DOC_TYPE
from app.features.quotations.negotiation.models import Negotiation
from app.features.quotations.negotiation.presentation import address

settings.register(
    settings.Setting(
        "quotations.negotiation_hours",
        "number",
        4,
        lazy("商务谈判答复时限（工作小时）"),
        section="quotations",
        hint=lazy("谈判超出正常条款时，经理须在这个时间内答复，答复之前报价锁定"),
    )
)

modules.own_documents("quotations", DOC_TYPE)
tasks.register_kinds(tasks.TaskKind("negotiation:answer", lazy("答复商务谈判"), decides=True))

timeline.register_verbs(timeline.Verb("negotiation:record", lazy_in_context("event", "登记商务谈判")))

sentences.register(
    {
        "quotation:negotiation-waiting": lazy(
            "%(day)s 的商务谈判超出正常条款，经理答复之前报价锁定；急的话请在谈判记录里催办"
        ),
        "quotation:line-other-unit": lazy(
            "第 %(position)s 项的单位与 R%(revision)s（%(unit)s）不同，单价无法比较，请先登记商务谈判再提交"
        ),
        "quotation:line-below-approved": lazy(
            "第 %(position)s 项单价低于 R%(revision)s 已审核的 %(price)s 元，请先登记商务谈判再提交"
        ),
        "quotation:total-below-approved": lazy(
            "含税合计低于 R%(revision)s 已审核的 %(total)s 元，请先登记商务谈判再提交"
        ),
        "negotiation:quotation-over": lazy("报价当前为“%(state)s”，不再登记谈判"),
    }
)


@cache
def register() -> None:
    """Register what must exist once per process: document type, search source, what ends with the quotation."""
    documents.register_document_type(
        documents.DocumentType(
            doc_type=DOC_TYPE,
            label=lazy("商务谈判"),
            url=address,
            titles=queries.titles,
            visible=queries.visible_ids,
            model=Negotiation,
            whole=queries.visible_ids,
        )
    )
    search.register_source(
        search.SearchSource(
            doc_type=DOC_TYPE, label=lazy("商务谈判"), visible=queries.visible_ids, url=address, order=11
        )
    )
    for ending in ("lose", "void", "reject", "lapse"):
        timeline.on(f"quotation:{ending}", lapse_with_quotation)

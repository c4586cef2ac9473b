"""What counts tell the platform: permissions, module, tasks, verbs, sentences, document type, search."""

from app.core import documents, modules, search, sentences, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.counts import queries
from app.features.counts.enums import COUNT, MODULE, CountPerm
from app.features.counts.models import StockCount

register_permissions(
    CountPerm,
    {
        CountPerm.HOLD: (lazy("组织盘点，处理差异"), {Role.ASSET_KEEPER}),
        CountPerm.SCAN: (lazy("参加盘点"), {Role.ASSET_KEEPER, Role.WAREHOUSE}),
        CountPerm.APPROVE: (lazy("批准盘点结果"), {Role.MANAGER, Role.LEADER}),
    },
    approvals=(CountPerm.APPROVE,),
)
modules.register(modules.Module(MODULE, lazy("盘点"), preset=modules.STANDARD, parent="assets", order=30))
modules.own_documents(MODULE, COUNT)
tasks.register_kinds(
    tasks.TaskKind("stock_count:count", lazy("盘点")),
    tasks.TaskKind("stock_count:reconcile", lazy("处理盘点差异"), "reconciliation"),
    tasks.TaskKind("stock_count:approve", lazy("批准盘点结果"), decides=True),
    tasks.TaskKind("stock_count:close", lazy("执行盘点处理"), "close"),
)
timeline.register_verbs(
    Verb("stock_count:open", lazy("发起盘点，应盘 %(count)s 件"), frozenset({"count"})),
    Verb("stock_count:take-back", lazy("撤销一次扫描：%(item)s"), frozenset({"item"}), tone="warn"),
    Verb("stock_count:settle", lazy("填写差异处理，还有 %(left)s 项未定"), frozenset({"left"}), folds=True),
)
sentences.register(
    {
        "stock_count:nothing-counted": lazy("还没有扫描或录入任何设备，请先盘点"),
        "stock_count:differences-open": lazy("还有 %(count)s 项差异没有写明怎样处理，请资产管理员先填写"),
    }
)


def count_address(count_id: int) -> str:
    """Return the address of a count's page."""
    return f"/counts/{count_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=COUNT,
        label=lazy_in_context("document", "盘点"),
        url=count_address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=StockCount,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=COUNT, label=lazy("盘点"), visible=queries.visible_ids, url=count_address, order=64
    )
)

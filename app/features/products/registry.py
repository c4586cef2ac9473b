"""What products tell the platform: permissions, verbs, sentences, how they are named and found."""

from app.core import documents, modules, permissions, search, sentences, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role
from app.features.products import queries
from app.features.products.actions import DOC_TYPE
from app.features.products.enums import ProductPerm

permissions.register_permissions(
    ProductPerm,
    {
        ProductPerm.VIEW: (
            lazy("查看产品"),
            {
                Role.SALESPERSON,
                Role.MANAGER,
                Role.LEADER,
                Role.BACK_OFFICE,
                Role.TECHNICAL,
                Role.PURCHASING,
                Role.WAREHOUSE,
            },
        ),
        ProductPerm.SEE_PRICE: (
            lazy("查看标价"),
            {Role.SALESPERSON, Role.MANAGER, Role.LEADER, Role.BACK_OFFICE},
        ),
        ProductPerm.SEE_FLOOR: (lazy("查看底价"), {Role.MANAGER, Role.LEADER}),
        ProductPerm.EDIT: (lazy("维护产品"), {Role.MANAGER, Role.BACK_OFFICE}),
    },
)
# In the smallest preset products are met where they are quoted; whoever keeps the price list finds it in the menu.
modules.register(modules.Module("products_menu", lazy("产品菜单"), preset=modules.STANDARD, order=45))
timeline.register_verbs(
    timeline.Verb("product:create", lazy_in_context("event", "新建产品"), frozenset({"prices"})),
    timeline.Verb("product:import", lazy("从表格导入产品"), frozenset({"prices"})),
    timeline.Verb("product:edit", lazy_in_context("event", "修改产品"), frozenset({"prices"})),
    timeline.Verb("product:deactivate", lazy("停用产品"), tone="bad"),
    timeline.Verb("product:activate", lazy("恢复使用产品"), tone="ok"),
)
timeline.register_field_labels(
    {
        "product.code": lazy("产品编码"),
        "product.name": lazy("产品名称"),
        "product.brand": lazy("品牌"),
        "product.model": lazy("型号"),
        "product.spec": lazy("规格"),
        "product.category": lazy("产品类别"),
        "product.unit": lazy("单位"),
        "product.tax_rate": lazy("税率"),
        "product.list_price": lazy("标价"),
        "product.floor_price": lazy("底价"),
        "product.lead_time_days": lazy("交货期（天）"),
        "product.active": lazy("使用中"),
    }
)
sentences.register(
    {
        "product:already-inactive": lazy("这个产品已经停用"),
        "product:already-active": lazy("这个产品正在使用，不需要恢复"),
    }
)
documents.register_document_type(
    documents.DocumentType(
        doc_type=DOC_TYPE,
        label=lazy("产品"),
        url=lambda product_id: f"/products/{product_id}",
        titles=queries.titles,
        visible=queries.visible_ids,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=DOC_TYPE,
        label=lazy("产品"),
        visible=queries.visible_ids,
        url=lambda product_id: f"/products/{product_id}",
        order=15,
    )
)

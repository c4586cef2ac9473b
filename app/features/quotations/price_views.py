"""The list of all prices we offered, and the cards of the newest ones on the pages of customers and products."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from app.core import money
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.i18n import lazy, pgettext
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor, can
from app.features.customers import queries as customers
from app.features.customers.models import Customer
from app.features.people.models import User
from app.features.products import queries as products
from app.features.products.models import Product
from app.features.quotations import price_history
from app.features.quotations.models import Quotation, QuotationLine, QuotationRevision
from app.features.quotations.views import READERS, Answer, blueprint
from app.web.guard import current_actor, requires
from app.web.lists import show_list


class PriceList(Listing):
    """The lines of issued quotations."""

    row_id = QuotationLine.id
    default_sort = "-issued_at"
    searched = (
        QuotationLine.name,
        QuotationLine.model,
        Customer.name,
        Customer.short_name,
        QuotationRevision.number,
    )
    columns = (
        Column("issued_at", lazy("出具日期"), QuotationRevision.issued_at, "date"),
        Column("customer", lazy("客户"), Customer.name, sortable=False),
        Column("name", lazy("名称"), QuotationLine.name, sortable=False),
        Column("model", lazy("型号"), QuotationLine.model, sortable=False),
        Column("quantity", lazy("数量"), QuotationLine.quantity, "number", sortable=False),
        Column("unit", lazy("单位"), QuotationLine.unit, sortable=False),
        Column(
            "unit_price",
            lazy("含税单价"),
            QuotationLine.unit_price,
            "money",
            shown_by=lambda row: money.format_unit_price(row.unit_price),
        ),
        Column(
            "number",
            lazy("报价编号"),
            QuotationRevision.number,
            "link",
            sortable=False,
            href=lambda row: f"/quotations/{row.quotation_id}/r/{row.revision}",
        ),
        Column("owner", lazy("业务员"), User.name, "person", sortable=False),
        Column("quotation_id", "", QuotationRevision.quotation_id, hidden=True, sortable=False),
        Column("revision", "", QuotationRevision.revision, hidden=True, sortable=False),
    )


def chosen(
    key: str, label: Any, column: Any, arguments: Mapping[str, str], titles: Mapping[int, str]
) -> Filter | None:
    """Return the filter on the one record the address names, None where it names none the reader sees."""
    typed = arguments.get(key, "")
    title = titles.get(int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    return Filter(key, label, column, "person", options=[(typed, title)]) if title else None


def named(actor: Actor, key: str, arguments: Mapping[str, str]) -> dict[int, str]:
    """Return the title of the customer or product the address names, nothing where the reader does not see it."""
    typed = arguments.get(key, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        return {}
    kind = customers if key == "customer" else products
    table: Any = Customer if key == "customer" else Product
    visible = kind.visible_ids(actor).where(table.id == int(typed))
    return dict(kind.titles(list(session.execute(visible).scalars())))


@blueprint.get("/prices")
@requires(*READERS)
def prices() -> Answer:
    actor, arguments = current_actor(), request.args
    filters = [
        chosen(
            "customer", lazy("客户"), Quotation.customer_id, arguments, named(actor, "customer", arguments)
        ),
        chosen(
            "product", lazy("产品"), QuotationLine.product_id, arguments, named(actor, "product", arguments)
        ),
        Filter("issued_at", lazy("出具日期"), QuotationRevision.issued_at, "date_range"),
    ]
    shown = PriceList(
        price_history.offered(actor), arguments, request.path, filters=[item for item in filters if item]
    )
    return show_list(
        shown,
        _("历史报价"),
        trail=[(pgettext("list", "报价"), url_for("quotations.index"))],
        empty_text=_("还没有出具过报价"),
        empty_hint=_("出具正式报价单后，每一项的价格都会记在这里"),
    )


def customer_panel(customer: Customer, actor: Actor) -> dict[str, Any] | None:
    """Return the newest prices a customer was offered, for the customer's page."""
    if not any(can(actor, permission) for permission in READERS):
        return None
    found = price_history.of_customer(actor, customer.id)
    url = url_for("quotations.prices", customer=customer.id)
    return {"offers": found, "url": url, "of_product": False} if found else None


def product_panel(product: Product, actor: Actor) -> dict[str, Any] | None:
    """Return the newest prices a product was offered at, for the product's page."""
    if not any(can(actor, permission) for permission in READERS):
        return None
    found = price_history.of_product(actor, product.id)
    url = url_for("quotations.prices", product=product.id)
    return {"offers": found, "url": url, "of_product": True} if found else None

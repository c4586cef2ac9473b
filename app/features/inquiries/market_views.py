"""行情与交期: what purchasing was told last, as a list."""

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy import Row, select

from app.core import clock, money
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.inquiries.earlier import price_condition
from app.features.inquiries.enums import PRICE_READERS, PURCHASE_KIND_LABELS
from app.features.inquiries.models import Inquiry, InquiryLine, PurchasingAnswer
from app.features.inquiries.views import blueprint, line_address
from app.features.people.models import User
from app.web.guard import current_actor, requires
from app.web.lists import register_list_label, show_list

# To whom the list is open; which prices stand in it is decided row by row.
KINDS = {str(code): label for code, label in PURCHASE_KIND_LABELS.items()}
register_list_label("inquiries.market", lazy("行情与交期"))


def price_text(row: Row[Any]) -> str:
    """Return the price with its currency and unit."""
    sign = "¥" if row.currency == "CNY" else f"{row.currency} "
    return f"{sign}{money.format_unit_price(row.price)} / {row.price_unit}"


def valid_tone(row: Row[Any]) -> str:
    """Return the tone of a price that has expired."""
    return "bad" if row.valid_until < clock.today() else ""


COLUMNS = (
    Column("name", lazy("名称"), InquiryLine.name, kind="link", href=lambda row: line_address(row.line_id)),
    Column("model", lazy("型号"), InquiryLine.model),
    Column("material", lazy("材质"), PurchasingAnswer.material, below="model"),
    Column("kind", lazy("类别"), PurchasingAnswer.kind, labels=KINDS),
    Column("price", lazy("含税采购价"), PurchasingAnswer.price, kind="number", shown_by=price_text),
    Column("currency", lazy("币种"), PurchasingAnswer.currency, hidden=True),
    Column("lead_time_days", lazy("交货期（天）"), PurchasingAnswer.lead_time_days, kind="number"),
    Column("source", lazy("供应商"), PurchasingAnswer.source),
    Column("quoted_on", lazy("报价日期"), PurchasingAnswer.quoted_on, kind="date"),
    Column("valid_until", lazy("有效期至"), PurchasingAnswer.valid_until, kind="date", tone=valid_tone),
    Column("author", lazy("答复人"), User.name, kind="person"),
    Column("price_unit", lazy("计价单位"), PurchasingAnswer.price_unit, hidden=True),
    Column("line_id", lazy("询价明细"), PurchasingAnswer.line_id, hidden=True),
)


def is_valid(value: str) -> Any:
    """Return the condition of being valid today, or of having expired."""
    today = clock.today()
    return PurchasingAnswer.valid_until >= today if value == "valid" else PurchasingAnswer.valid_until < today


class MarketList(Listing):
    """The purchasing answers an actor may read, the latest price first."""

    columns = COLUMNS
    default_sort = "-quoted_on"
    row_id = PurchasingAnswer.id
    searched = (InquiryLine.name, InquiryLine.model, PurchasingAnswer.material, PurchasingAnswer.source)
    filters = (
        Filter(
            "valid",
            lazy("有效"),
            options=(("valid", lazy("仍有效")), ("expired", lazy("已过期"))),
            condition=is_valid,
        ),
        Filter("kind", lazy("类别"), PurchasingAnswer.kind, options=tuple(KINDS.items())),
        Filter("source", lazy("供应商"), PurchasingAnswer.source, kind="text"),
        Filter("quoted_on", lazy("报价日期"), PurchasingAnswer.quoted_on, kind="date_range"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list as this reader sees it."""
        base = (
            select(PurchasingAnswer.id)
            .join(InquiryLine, InquiryLine.id == PurchasingAnswer.line_id)
            .join(Inquiry, Inquiry.id == InquiryLine.inquiry_id)
            .join(User, User.id == PurchasingAnswer.author_id)
            .where(price_condition(actor))
        )
        super().__init__(base, arguments, path)


@blueprint.get("/inquiries/market")
@requires(*PRICE_READERS)
def market() -> Any:
    return show_list(
        MarketList(current_actor(), request.args, request.path),
        _("行情与交期"),
        empty_text=_("还没有采购答复"),
        empty_hint=_("采购答复过的价格和交货期都列在这里，再问之前先看一眼"),
    )

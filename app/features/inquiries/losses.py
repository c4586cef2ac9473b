"""What is known of a lost order: why, to whom, at what price, and how that price was learnt."""

from collections.abc import Mapping
from typing import Any

from app.core import money
from app.core.errors import Invalid, Problem
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.features.inquiries.enums import CAUSE_LABELS, PRICE_SOURCE_LABELS, LossCause, PriceSource
from app.features.inquiries.models import Inquiry


def unsaid_loss(data: Mapping[str, Any], words: str = "lost_reason") -> Problem | None:
    """Return what is missing of a loss: its cause of the list, for any other cause words; None where all is said.

    ``words`` is the field in which the form asks for them.
    """
    cause = data.get("loss_cause") or None
    if cause not in set(LossCause):
        return Invalid(fields={"loss_cause": lazy("请选择未成交的原因")})
    if cause == LossCause.OTHER and not str(data.get(words) or "").strip():
        return Invalid(fields={words: lazy("选“其他原因”时请写明")})
    return unsourced_price(data)


def unsourced_price(data: Mapping[str, Any]) -> Problem | None:
    """Return why a competitor's price is not taken: it says nothing of how it was learnt; None where all is said."""
    source = data.get("price_source") or None
    note = str(data.get("price_source_note") or "").strip()
    if source is not None and source not in set(PriceSource):
        return Invalid(fields={"price_source": lazy("请选择对手报价的来源")})
    if data.get("competitor_price") is not None and source is None:
        return Invalid(fields={"price_source": lazy("填了对手报价，请选择是怎样得知的")})
    if source == PriceSource.OTHER and not note:
        return Invalid(fields={"price_source_note": lazy("选“其他途径”时请说明")})
    return None


def keep_loss(inquiry: Inquiry, data: Mapping[str, Any]) -> None:
    """Keep what ``data`` says of a loss (the price in yuan) on the inquiry; what is not in it stays as it was."""
    for name in ("lost_reason", "competitor", "price_source_note"):
        if name in data:
            setattr(inquiry, name, str(data[name] or "").strip())
    for name in ("loss_cause", "competitor_price", "price_source"):
        if name in data:
            setattr(inquiry, name, data[name] or None)


def loss_facts(inquiry: Inquiry) -> list[tuple[Any, ...]]:
    """Return what is known of the loss as pages list it: label, value, and whether it is wide."""
    source = str(PRICE_SOURCE_LABELS[PriceSource(inquiry.price_source)]) if inquiry.price_source else ""
    parts = [part for part in (source, inquiry.price_source_note) if part]
    price = (
        f"¥{money.format_amount(inquiry.competitor_price)}" if inquiry.competitor_price is not None else ""
    )
    cause = str(CAUSE_LABELS[LossCause(inquiry.loss_cause)]) if inquiry.loss_cause else ""
    return [
        (_("未成交原因"), cause),
        (_("具体说明"), inquiry.lost_reason, True),
        (_("竞争对手"), inquiry.competitor),
        (_("对手报价"), price),
        (_("怎样得知对手报价"), " · ".join(parts)),
    ]

"""The last quoted prices as they stand beside the lines of the editor."""

from typing import Any

from app.core import money
from app.core.i18n import lazy, listed_clauses
from app.core.permissions import Actor
from app.features.quotations.models import QuotationRevision
from app.features.quotations.price_history import OfferedPrice, last_prices_of_lines
from app.web import filters

COLUMN = {"name": "last_prices", "label": lazy("此前报价"), "kind": "static", "size": "l"}


def beside(actor: Actor, revision: QuotationRevision, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the typed rows, each with the prices last quoted to this customer for its product or model."""
    wanted = [(product_of(row), row["model"].strip()) for row in rows]
    found = last_prices_of_lines(actor, revision.quotation.customer_id, wanted)
    return [
        {**row, "last_prices": listed_clauses(map(in_words, prices)) if prices else ""}
        for row, prices in zip(rows, found, strict=True)
    ]


def columns(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return the column of the last prices where any row has some: an empty one only takes room."""
    return [COLUMN] if any(row["last_prices"] for row in rows) else []


def product_of(row: dict[str, Any]) -> int | None:
    """Return the product a row names, None where it names none."""
    text = row.get("product_id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def in_words(price: OfferedPrice) -> str:
    """Return date, price with its unit, and the paper."""
    return (
        f"{filters.date_text(price.issued_at)} ¥{money.format_unit_price(price.unit_price)}"
        f"{'/' + price.unit if price.unit else ''} {price.number}"
    )

"""The content of a proposal: plain values in the database, and the quotation they would make."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.canonical import decimal_text
from app.core.db import session
from app.features.inquiries.enums import InquiryKind
from app.features.inquiries.models import Inquiry
from app.features.products.models import Product
from app.features.quotations import actions
from app.features.quotations.actions import LineInput
from app.features.quotations.fast_track import queries
from app.features.quotations.line_writing import Floor
from app.features.quotations.models import QuotationRevision
from app.features.seals.models import LegalEntity

LINE_FIELDS = ("name", "brand", "model", "spec", "unit", "note")
# Decimals with as many places as the columns of a quotation's line keep, so that both make the same content.
DECIMALS = {"quantity": Decimal("0.001"), "unit_price": Decimal("0.0001"), "tax_rate": Decimal("0.01")}
WHOLE = ("lead_time_days", "product_id")


def plain(
    *, customer_id: int, legal_entity_id: int, head: Mapping[str, Any], lines: Sequence[LineInput]
) -> dict[str, Any]:
    """Return a proposal as plain JSON values: dates as ISO texts, decimals as texts."""
    until = head["valid_until"]
    return {
        "customer_id": customer_id,
        "legal_entity_id": legal_entity_id,
        "head": {**head, "valid_until": until.isoformat() if until else None},
        "lines": [plain_line(line) for line in lines],
    }


def plain_line(line: LineInput) -> dict[str, Any]:
    """Return a line as plain values."""
    values: dict[str, Any] = {name: getattr(line, name) for name in (*LINE_FIELDS, *WHOLE)}
    for name in DECIMALS:
        value = getattr(line, name)
        values[name] = None if value is None else decimal_text(value)
    return values


def head_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the head of a proposal, by the HEAD_FIELDS of a quotation."""
    head = {name: content["head"][name] for name in actions.HEAD_FIELDS}
    until = head["valid_until"]
    return {**head, "valid_until": date.fromisoformat(until) if until else None}


def lines_of(content: Mapping[str, Any], inquiry: Inquiry | None = None) -> list[LineInput]:
    """Return the lines of a proposal, each with the line of the inquiry behind it where that is given."""
    behind = [line.id for line in inquiry.lines] if inquiry is not None else []
    return [
        line_of(row, behind[place] if place < len(behind) else None)
        for place, row in enumerate(content["lines"])
    ]


def line_of(row: Mapping[str, Any], inquiry_line_id: int | None) -> LineInput:
    """Return a line from its plain values."""
    values: dict[str, Any] = {name: row[name] for name in (*LINE_FIELDS, *WHOLE)}
    for name, places in DECIMALS.items():
        values[name] = None if row[name] is None else Decimal(row[name]).quantize(places)
    return LineInput(**values, inquiry_line_id=inquiry_line_id)


def products_of(content: Mapping[str, Any]) -> dict[int, Product]:
    """Return the products of a proposal by their ids, as the price list has them now."""
    return queries.products(row["product_id"] for row in content["lines"])


def drawn_up(
    inquiry: Inquiry, content: Mapping[str, Any], found: Mapping[int, Product] | None = None
) -> QuotationRevision:
    """Return the quotation a proposal would make; nothing of it is in the database.

    ``found`` are its products, where the caller has read them already.
    """
    found = products_of(content) if found is None else found
    revision = actions.bare_revision(inquiry)
    revision.legal_entity = session.get_one(LegalEntity, content["legal_entity_id"])
    for name, value in head_of(content).items():
        setattr(revision, name, value)
    floors = {product.id: Floor(product.floor_price, product.unit) for product in found.values()}
    actions.put_lines(revision, lines_of(content, inquiry), floors)
    return revision


def agrees(inquiry: Inquiry, content: Mapping[str, Any]) -> bool:
    """Tell whether an inquiry still asks for just what its proposal offers."""
    asked = [
        (line.product_id, line.name, line.model, line.spec, line.unit, line.quantity)
        for line in inquiry.lines
    ]
    offered = [
        (line.product_id, line.name, line.model, line.spec, line.unit, line.quantity)
        for line in lines_of(content)
    ]
    return (
        inquiry.kind == InquiryKind.INQUIRY
        and inquiry.customer_id == content["customer_id"]
        and asked == offered
    )

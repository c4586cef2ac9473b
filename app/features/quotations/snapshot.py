"""What a quotation says, as plain canonical content: submitted, compared, approved, frozen and printed.

The paper is Chinese whatever the language of the person who submits or approves.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.core import clock, money, settings
from app.core.canonical import content_hash, decimal_text
from app.core.capital_amount import capital_amount
from app.core.i18n import CHINESE, using_locale
from app.core.permissions import Actor
from app.core.workflow import Authority
from app.features.quotations.enums import (
    EFFECT_LABELS,
    FREIGHT_LABELS,
    PAYMENT_LABELS,
    Effect,
    Freight,
    LineKind,
    PaymentTerm,
)
from app.features.quotations.models import QuotationLine, QuotationRevision, item_numbers
from app.features.quotations.snapshot_schema import SCHEMA, snapshot_from

TEMPLATE_VERSION = 1
PAPER_KINDS = {LineKind.ITEM: "item", LineKind.OPTION: "optional", LineKind.HEADING: "group"}
COMPARED_LINE_FIELDS = {
    "name": "name",
    "brand": "brand",
    "model": "model",
    "technical": "spec",
    "unit": "unit",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "amount": "amount",
    "tax_rate": "tax_rate",
    "lead_time_days": "lead_time_days",
    "remark": "note",
}
CONFIDENTIALITY = "本报价仅供贵方本次采购使用，未经我方书面同意请勿向第三方披露"


def plain(value: Decimal | None) -> str:
    """Return a decimal without needless zeros, an empty text for none."""
    return "" if value is None else decimal_text(value)


def line_content(line: QuotationLine, position: str) -> dict[str, Any]:
    """Return one row of the table as the snapshot holds it."""
    if line.kind == LineKind.HEADING:
        return {"kind": "group", "name": line.name}
    return {
        "kind": PAPER_KINDS[LineKind(line.kind)],
        "position": position,
        "name": line.name,
        "brand": line.brand,
        "model": line.model,
        "technical": line.spec,
        "unit": line.unit,
        "quantity": plain(line.quantity),
        "unit_price": "" if line.unit_price is None else f"{line.unit_price:f}",
        "amount": "" if line.amount is None else f"{line.amount:.2f}",
        "tax_rate": plain(line.tax_rate),
        "lead_time_days": line.lead_time_days,
        "remark": line.note,
    }


def totals_content(revision: QuotationRevision) -> dict[str, Any]:
    """Return the sums of the items, per tax rate as well, and the total in words."""
    sums = money.totals(
        money.TaxedAmount(line.amount, line.tax_rate)
        for line in revision.lines
        if line.kind == LineKind.ITEM and line.amount is not None and line.tax_rate is not None
    )
    return {
        "gross": f"{sums.gross:.2f}",
        "net": f"{sums.net:.2f}",
        "tax": f"{sums.tax:.2f}",
        "capital": f"人民币{capital_amount(sums.gross)}",
        "groups": [
            {
                "rate": plain(group.rate),
                "gross": f"{group.gross:.2f}",
                "net": f"{group.net:.2f}",
                "tax": f"{group.tax:.2f}",
            }
            for group in sums.groups
        ],
        "discount": "",
        "freight": str(FREIGHT_LABELS[Freight(revision.freight)]),
    }


def payment_text(revision: QuotationRevision) -> str:
    """Return the payment term as printed: the list's sentence, or what was agreed beside the list."""
    if revision.payment_term == PaymentTerm.OTHER:
        return revision.payment_other.strip()
    return str(PAYMENT_LABELS[PaymentTerm(revision.payment_term)]) if revision.payment_term else ""


def terms_content(revision: QuotationRevision) -> list[dict[str, str]]:
    """Return the numbered terms, those without text left out."""
    rates = sorted({line.tax_rate for line in revision.lines if line.tax_rate is not None}, reverse=True)
    start = revision.delivery_start.removeprefix("自").removesuffix("起")
    freight = str(FREIGHT_LABELS[Freight(revision.freight)])
    named = "、".join(f"{plain(rate)}%" for rate in rates)
    terms = (
        ("价格与发票", f"以上价格为含税价，开具增值税专用发票，税率 {named}。" if named else ""),
        ("付款方式", payment_text(revision)),
        ("交货地点与方式", revision.delivery_place),
        ("交货期", f"自{start}起计算。" if start else ""),
        ("运输与包装", "；".join(part for part in (freight, revision.packing) if part)),
        ("验收标准", revision.acceptance),
        ("质保期", revision.warranty),
        ("有效期外", "超过有效期的，价格另议。"),
        ("其他", revision.other_terms),
    )
    return [{"heading": heading, "text": text.strip()} for heading, text in terms if text.strip()]


def content(revision: QuotationRevision) -> dict[str, Any]:
    """Return all that the owner answers for, as plain canonical content without dates of signature and number."""
    entity, customer = revision.legal_entity, revision.quotation.customer
    numbers = item_numbers(revision.lines)
    lines = [line_content(line, str(number)) for line, number in zip(revision.lines, numbers, strict=True)]
    bid = {"bid": revision.bid.content} if revision.bid is not None else {}
    with using_locale(CHINESE):
        effect = settings.get("quotations.effect")
        return {
            **bid,
            "valid_until": revision.valid_until.isoformat() if revision.valid_until else "",
            "currency": "CNY",
            "company": {
                "name": entity.name,
                "credit_code": entity.credit_code,
                "address": entity.address,
                "phone": entity.phone,
                "bank": entity.bank,
                "account": entity.bank_account,
                "fax": entity.fax,
                "email": entity.email,
            },
            "customer": {
                "name": customer.name,
                "attention": revision.attention,
                "phone": revision.customer_phone,
                "address": revision.customer_address,
            },
            "contact": {"name": revision.owner.name, "mobile": revision.contact_mobile},
            "lines": lines,
            "totals": totals_content(revision),
            "terms": terms_content(revision),
            "effect": str(EFFECT_LABELS[Effect(effect)]) if effect else "",
            "inquiry_number": revision.quotation.inquiry.number or "",
            "project": revision.project,
            "confidentiality": CONFIDENTIALITY,
            "legal_entity_id": entity.id,
        }


def hash_of(value: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON (RFC 8785) of a content."""
    return content_hash(dict(value))


def freeze(revision: QuotationRevision, actor: Actor, authority: Authority | None) -> dict[str, Any]:
    """Return the frozen snapshot: the submitted content with number, date, who prepared, who reviewed (rule R8)."""
    today = clock.today().isoformat()
    submitted_on = clock.to_local(revision.submitted_at or clock.now()).date().isoformat()
    reviewed = []
    reviewer = revision.reviewed_by
    if reviewer is not None and reviewer.id != actor.id and revision.reviewed_at is not None:
        reviewed.append(
            {"name": reviewer.name, "date": clock.to_local(revision.reviewed_at).date().isoformat()}
        )
    reviewed.append({"name": signature(actor, authority), "date": today})
    snapshot = snapshot_from(
        {
            **content(revision),
            "schema": SCHEMA,
            "template_version": TEMPLATE_VERSION,
            "language": "zh",
            "number": revision.quotation.number,
            "revision": revision.revision,
            "date": today,
            "prepared": {"name": revision.owner.name, "date": submitted_on},
            "reviewed": reviewed,
            "verification_address": settings.get("verification.public_url") or "",
        }
    )
    return to_plain(snapshot.to_dict())


def signature(actor: Actor, authority: Authority | None) -> str:
    """Return the approver's name as printed; a deputy signs as 「李四（代张三）」."""
    if authority is not None and authority.on_behalf_of is not None:
        return f"{actor.name}（代{authority.on_behalf_of[1]}）"
    return actor.name


def to_plain(value: Any) -> Any:
    """Return the value with lists in place of tuples, as it comes back from the database."""
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def comparable(value: Mapping[str, Any]) -> dict[str, str]:
    """Return a content as flat field → text pairs, lines as "position/field", for telling what changed."""
    flat: dict[str, str] = {
        "valid_until": value["valid_until"],
        "project": value["project"],
        "attention": value["customer"]["attention"],
        "customer_phone": value["customer"]["phone"],
        "customer_address": value["customer"]["address"],
        "contact_mobile": value["contact"]["mobile"],
    }
    for index, line in enumerate(value["lines"], 1):
        place = line.get("position") or f"#{index}"
        for key, name in COMPARED_LINE_FIELDS.items():
            if line.get(key) not in (None, ""):
                flat[f"{place}/{name}"] = str(line[key])
    for term in value["terms"]:
        flat[f"{term['heading']}/terms"] = term["text"]
    flat["total"] = value["totals"]["gross"]
    if "bid" in value:
        flat["bid"] = value["bid"]["sha256"][:8]
    return flat


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[list[str]]:
    """Return what differs between two contents as [field, old, new]."""
    old, new = comparable(before), comparable(now)
    keys = list(dict.fromkeys([*old, *new]))
    return [[key, old.get(key, ""), new.get(key, "")] for key in keys if old.get(key, "") != new.get(key, "")]

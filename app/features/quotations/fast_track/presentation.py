"""What the pages of the fast track show: the proposal as the manager decides on it, and as its owner may mend it."""

from typing import Any

from flask import url_for

from app.core import documents, modules
from app.core.errors import Problem
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.features.inquiries import deciding
from app.features.inquiries.actions import DOC_TYPE as INQUIRY
from app.features.inquiries.enums import InquiryPerm, InquiryStatus
from app.features.inquiries.models import Inquiry
from app.features.products.enums import ProductPerm
from app.features.quotations import flow, presentation
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.fast_track import actions, queries, rules
from app.features.quotations.fast_track import content as contents
from app.features.quotations.fast_track.issuing import usable_seals
from app.features.quotations.fast_track.models import QuotationProposal
from app.features.quotations.models import QuotationRevision
from app.features.seals.actions import seal_name
from app.web import filters

MODULE = "fast_track"


def address(inquiry_id: int) -> str:
    """Return the address of an inquiry's page."""
    return documents.document_type(INQUIRY).url(inquiry_id)


def may_propose(actor: Actor) -> bool:
    """Tell whether the fast track is there for an actor who quotes."""
    needed = (InquiryPerm.REGISTER, QuotationPerm.PREPARE, ProductPerm.VIEW, ProductPerm.SEE_PRICE)
    return modules.is_on(MODULE) and all(can(actor, permission) for permission in needed)


def sees_prices(inquiry: Inquiry, actor: Actor) -> bool:
    """Tell whether an actor reads what is proposed: the owner, and whoever will read the quotation."""
    return inquiry.owner_id == actor.id or can(actor, QuotationPerm.VIEW_ALL, inquiry.department_id)


def panel(inquiry: Inquiry, actor: Actor) -> dict[str, Any] | None:
    """Return the proposal for the inquiry's page: to be decided, to be read, or to be mended by its owner."""
    if not modules.is_on(MODULE) or not sees_prices(inquiry, actor):
        return None
    if inquiry.status == InquiryStatus.DRAFT and inquiry.owner_id == actor.id:
        if queries.of_inquiry(inquiry.id) is None:
            return None
        return {"mend_url": url_for("quotations.mend_offer", inquiry_id=inquiry.id), "offer": None}
    proposal = actions.standing(inquiry)
    return {"offer": offer(inquiry, proposal, actor), "mend_url": ""} if proposal is not None else None


def offer(inquiry: Inquiry, proposal: QuotationProposal, actor: Actor) -> dict[str, Any]:
    """Return the proposal with all that is decided on, and the buttons for whoever may decide."""
    found = contents.products_of(proposal.content)
    revision = contents.drawn_up(inquiry, proposal.content, found)
    authority = deciding.authority(inquiry, actor)
    decides = authority is not None and flow.reviewer.test(inquiry, actor) is not None
    problem: Problem | None = actions.problem_of(inquiry, proposal, revision, found)
    decides_now = decides and problem is None
    seals = usable_seals(actor, revision) if decides_now else []
    return {
        "lines": [
            row._replace(proof=list_price_text(line, found.get(line.product_id or 0)))
            for row, line in zip(presentation.line_rows(revision, actor), revision.lines, strict=True)
        ],
        "totals": presentation.sums(revision, actor),
        "head": head(revision),
        "terms": [(label, text) for label, text, _wide in presentation.terms(revision) if text],
        "limit": filters.money_text(rules.limit()),
        "problem": problem.sentence() if problem is not None else "",
        "decides": decides_now,
        "on_behalf_of": authority.on_behalf_of[1] if authority and authority.on_behalf_of else "",
        "url": url_for("quotations.decide_offer", inquiry_id=inquiry.id),
        "ordinary_url": f"{address(inquiry.id)}/decide" if authority is not None else "",
        "version": inquiry.version,
        "content_hash": actions.fingerprint(revision),
        "seals": [(seal.id, seal_name(seal)) for seal in seals],
    }


def head(revision: QuotationRevision) -> list[tuple[str, Any]]:
    """Return the facts above the lines: whom the offer is for, until when it holds, who answers for it."""
    contact = " ".join(part for part in (revision.attention, revision.customer_phone) if part)
    rows = [
        (_("客户"), revision.quotation.customer.name),
        (_("联系人"), contact),
        (_("项目或对方编号"), revision.project),
        (_("有效期至"), filters.date_text(revision.valid_until)),
        (_("编制人"), revision.owner.name),
        (_("报价单位"), revision.legal_entity.name),
    ]
    return [(label, text) for label, text in rows if text]


def list_price_text(line: Any, product: Any) -> str:
    """Return the price of the list beside the offered one, and by how much the offer is above it."""
    if product is None or product.list_price is None or line.unit_price is None:
        return ""
    price = filters.unit_price_text(product.list_price)
    above = line.unit_price - product.list_price
    if above > 0:
        return _("价目表 %(price)s 元，高 %(above)s 元", price=price, above=filters.unit_price_text(above))
    return _("价目表 %(price)s 元", price=price)

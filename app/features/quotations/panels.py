"""What quotations show on the pages of an inquiry and of a customer."""

from typing import Any

from flask import url_for

from app.core.permissions import Actor, can
from app.features.inquiries.models import Inquiry
from app.features.inquiries.queries import BEFORE_DECISION
from app.features.quotations import presentation, queries
from app.features.quotations.enums import FileForm
from app.features.quotations.fast_track.presentation import may_propose
from app.features.quotations.flow import DOC_TYPE
from app.features.quotations.models import QuotationRevision
from app.features.quotations.sealing import SEALABLE
from app.features.seals import queries as seal_queries
from app.features.seals.enums import SealPerm
from app.web.tokens import new_token


def inquiry_panel(inquiry: Inquiry, actor: Actor) -> dict[str, Any] | None:
    """Return the quotations of an inquiry for its page, None where the reader sees none of them."""
    if inquiry.status in BEFORE_DECISION:
        # No quotation is made before the decision, so there is nothing to look for.
        return None
    found = queries.of_inquiry(inquiry.id, actor)
    may_create = presentation.may_create(found, actor, inquiry.owner_id, inquiry.status)
    if not found and not may_create:
        return None
    panel = {
        "quotations": [presentation.row_of(item, actor) for item in found],
        "may_create": may_create,
        "create_url": url_for("quotations.create", inquiry_id=inquiry.id),
        "token": new_token(),
    }
    return {"panel": panel}


def approval_sheet_panel(inquiry: Inquiry, actor: Actor) -> dict[str, Any] | None:
    """Return the way to the printed sheet of an inquiry, once it was reported."""
    if inquiry.reported_at is None:
        return None
    return {"sheet_url": url_for("quotations.approval_sheet", inquiry_id=inquiry.id)}


def customer_panel(customer: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the latest quotations of a customer for the customer's page."""
    found = queries.of_customer(customer.id, actor)
    quick = customer.active and may_propose(actor)
    if not found and not quick:
        return None
    panel = {
        "quotations": [presentation.row_of(item, actor) for item in found],
        "quick_url": url_for("quotations.fast_track", customer=customer.id) if quick else "",
    }
    return {"panel": panel}


def sealing_panel(revision: QuotationRevision, actor: Actor) -> dict[str, Any]:
    """Return the wet seals asked for and used on an issued revision, and where one more may be asked for."""
    on_paper = any(item.form == FileForm.PAPER for item in revision.issued_files)
    may_ask = on_paper and revision.status in SEALABLE and can(actor, SealPerm.REQUEST)
    # Only what was issued on paper is ever stamped, so for all others there is nothing to look for.
    found = seal_queries.requests_of(DOC_TYPE, revision.id, actor) if on_paper else []
    return {
        "template": "quotations/_sealing_panel.html",
        "requests": [presentation.sealing_row(request, seen=seen) for request, seen in found],
        "ask_url": url_for("seals.new_request", document=DOC_TYPE, id=revision.id) if may_ask else "",
        "waits": on_paper and not found,
    }

"""What quotations show on the pages of an inquiry and of a customer."""

from typing import Any

from flask import url_for

from app.core.permissions import Actor
from app.features.inquiries.models import Inquiry
from app.features.quotations import presentation, queries
from app.web.forms import CreationForm


def inquiry_panel(inquiry: Inquiry, actor: Actor) -> dict[str, Any] | None:
    """Return the quotations of an inquiry for its page, None where the reader sees none of them."""
    found = queries.of_inquiry(inquiry.id, actor)
    may_create = presentation.may_create(found, actor, inquiry.owner_id, inquiry.status)
    if not found and not may_create:
        return None
    panel = {
        "quotations": [presentation.row_of(item) for item in found],
        "may_create": may_create,
        "create_url": url_for("quotations.create", inquiry_id=inquiry.id),
        "token": CreationForm().form_token.data,
    }
    return {"panel": panel}


def customer_panel(customer: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the latest quotations of a customer for the customer's page."""
    found = queries.of_customer(customer.id, actor)
    return {"panel": {"quotations": [presentation.row_of(item) for item in found]}} if found else None

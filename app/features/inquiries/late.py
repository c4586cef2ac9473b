"""A tender handed over after its deadline: only on the manager's word, with a reason (rule table 2.1)."""

from collections.abc import Mapping
from typing import Any

from app.core import clock
from app.core.errors import Conflict, Problem
from app.core.permissions import Actor
from app.features.inquiries.enums import InquiryKind
from app.features.inquiries.models import Inquiry
from app.features.inquiries.secrecy import is_sealed


def is_too_late(inquiry: Inquiry) -> bool:
    """Tell whether a tender's deadline has passed and nobody has let it go out all the same.

    What is offered anew after the opening, where the first bid was in time, has no deadline any more.
    """
    if inquiry.kind != InquiryKind.TENDER or clock.now() <= inquiry.deadline:
        return False
    if inquiry.submitted_at is not None and not is_sealed(inquiry):
        return False
    # Words from before the present deadline were said about another one.
    return inquiry.late_allowed_at is None or inquiry.late_allowed_at <= inquiry.deadline


def ready_to_allow(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a word that nobody waits for."""
    return None if is_too_late(inquiry) else Conflict("inquiry:not-late")


def allow(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep why a tender goes out after its deadline."""
    inquiry.late_allowed_at, inquiry.late_note = clock.now(), str(data["note"])
    return {}

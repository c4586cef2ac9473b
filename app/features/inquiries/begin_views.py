"""The form that begins the quotation: what was answered for each line, and the one button that leads to the draft."""

from typing import Any

from flask import redirect, request, url_for

from app.core.errors import Conflict, Problem
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.features.inquiries import queries, ways
from app.features.inquiries.enums import InquiryStatus
from app.features.inquiries.flow import FLOW, ready_to_quote
from app.features.inquiries.forms import StepForm
from app.features.inquiries.models import Inquiry
from app.features.inquiries.views import STEPS, address, blueprint, fire_step
from app.web import documents, filters, fragments
from app.web.guard import current_actor, signed_in

STEP = "start_quoting"


@blueprint.route(f"/inquiries/<int:inquiry_id>/{STEP}", methods=["GET", "POST"])
@signed_in
def start_quoting(inquiry_id: int) -> Any:
    actor = current_actor()
    inquiry = queries.get(actor, inquiry_id)

    def refused(problem: Problem, typed: documents.TypedStep) -> Any:
        return STEPS.refuse(problem, typed, STEP, inquiry_id)

    if request.method == "POST":
        return fire_step(inquiry_id, STEP, actor, refused, back=ways.draft_of(inquiry_id))
    if inquiry.status != InquiryStatus.PREPARING:
        # an older message: the quotation was begun meanwhile
        return redirect(ways.draft_of(inquiry_id) or address(inquiry_id))
    FLOW.check_possible(inquiry, STEP, actor)
    problem = ready_to_quote(inquiry, actor, {})
    if isinstance(problem, Conflict):
        return refused(problem, documents.typed_step())
    return show_form(inquiry)


def show_form(inquiry: Inquiry) -> Any:
    return fragments.page(
        "inquiries/begin.html",
        fragment="form",
        heading=str(FLOW.step(STEP).label),
        trail=[(pgettext("list", "询价"), url_for("inquiries.index")), (inquiry.title, address(inquiry.id))],
        facts=[inquiry.customer.name, f"{_('答复客户期限')} {filters.due_text(inquiry.deadline)}"],
        form=StepForm(version=inquiry.version),
        lines=inquiry.lines,
        submit_label=FLOW.step(STEP).label,
        cancel_url=address(inquiry.id),
    )

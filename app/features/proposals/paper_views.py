"""Proposals on paper: the proposal for the file, the notice for the person."""

from flask import Response

from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.features.proposals import page, pdf, queries
from app.features.proposals.models import Proposal
from app.features.proposals.views import blueprint
from app.web.guard import current_actor, signed_in
from app.web.papers import company_name, send_paper


def submitted(proposal_id: int) -> Proposal:
    """Return a proposal that was submitted; raises NotVisible for a draft, which has no paper."""
    proposal = queries.get_proposal(current_actor(), proposal_id)
    if proposal.number is None:
        raise NotVisible
    return proposal


@blueprint.get("/<int:proposal_id>/proposal.pdf")
@signed_in
def proposal_paper(proposal_id: int) -> Response:
    proposal = submitted(proposal_id)
    name = _("奖惩建议书 %(number)s", number=proposal.number)
    return send_paper(pdf.proposal_paper(proposal, company_name()), f"{name}.pdf")


@blueprint.get("/<int:proposal_id>/notice.pdf")
@signed_in
def notice_paper(proposal_id: int) -> Response:
    proposal = submitted(proposal_id)
    if not page.is_decided(proposal):
        raise NotVisible
    name = _("奖惩决定告知书 %(number)s", number=proposal.number)
    return send_paper(pdf.notice_paper(proposal, company_name()), f"{name}.pdf")

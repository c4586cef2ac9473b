"""The papers beside the official file: the warehouse copy without prices, and the approval sheet of an inquiry."""

from flask import Response

from app.core import settings
from app.features.inquiries import queries as inquiry_queries
from app.features.quotations import approval_sheet as sheets
from app.features.quotations import flow, step_views, warehouse_copy
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.views import SHIPPED_FROM, Answer, load
from app.features.seals.queries import legal_entities
from app.web import fragments
from app.web.documents import file_policy
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import as_download

blueprint = step_views.blueprint


@blueprint.get("/<int:quotation_id>/r/<int:number>/warehouse.pdf")
@requires(QuotationPerm.WAREHOUSE_COPY)
def warehouse(quotation_id: int, number: int) -> Answer:
    revision = load(quotation_id, number)
    if revision.status not in SHIPPED_FROM:
        raise flow.refused_paper(revision)
    content = warehouse_copy.render(revision)
    return shown(content, f"仓库联-{revision.number}.pdf")


@blueprint.get("/approval-sheet/<int:inquiry_id>.pdf")
@signed_in
def approval_sheet(inquiry_id: int) -> Answer:
    actor = current_actor()
    inquiry = inquiry_queries.get(actor, inquiry_id)
    entities = legal_entities()
    company = settings.get("company.name") or (entities[0].name if entities else "")
    return shown(sheets.render(inquiry, actor, str(company)), f"审批单-{inquiry.number or inquiry.id}.pdf")


def shown(content: bytes, name: str) -> Response:
    """Answer with a PDF that the browser shows, under a name that may be Chinese."""
    response = as_download(Response(content, mimetype="application/pdf"), name)
    disposition = response.headers["Content-Disposition"]
    response.headers["Content-Disposition"] = disposition.replace("attachment", "inline", 1)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = file_policy("application/pdf")
    return fragments.mark_unstored(response)

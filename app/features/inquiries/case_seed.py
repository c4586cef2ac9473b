"""How a case begins from an inquiry that was won or lost: what the customer asked for, and why it was lost."""

from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.cases.actions import CaseValues
from app.features.cases.enums import Outcome, Stage
from app.features.cases.offering import CaseSeed, write_url
from app.features.customers.actions import DOC_TYPE as CUSTOMER
from app.features.inquiries import queries
from app.features.inquiries.enums import InquiryKind, InquiryStatus
from app.features.inquiries.flow import DOC_TYPE
from app.features.inquiries.models import Inquiry
from app.features.products.actions import DOC_TYPE as PRODUCT

ENDED = (InquiryStatus.WON, InquiryStatus.LOST)
TENDERS = (InquiryKind.TENDER, InquiryKind.CENTRAL)
MOST_PRODUCTS = 5


def case_url(inquiry: Inquiry, *, whole: bool) -> str:
    """Return where a case is written from an inquiry; empty before its end, and for who sees a part of it only."""
    return write_url(DOC_TYPE, inquiry.id) if whole and inquiry.status in ENDED else ""


def case_seed(actor: Actor, inquiry_id: int) -> CaseSeed:
    """Return how a case begins from an inquiry the actor may see; who sees a part of it takes only the link along."""
    inquiry = queries.get(actor, inquiry_id)
    links = [(DOC_TYPE, inquiry.id), (CUSTOMER, inquiry.customer_id)]
    stage = Stage.TENDER if inquiry.kind in TENDERS else Stage.INQUIRY
    if not queries.sight(inquiry, actor).whole:
        return CaseSeed(CaseValues(str(inquiry.number or ""), stage=stage), tuple(links[:1]))
    products = dict.fromkeys(line.product_id for line in inquiry.lines if line.product_id is not None)
    links += [(PRODUCT, number) for number in list(products)[:MOST_PRODUCTS]]
    lost = inquiry.status == InquiryStatus.LOST
    name = inquiry.customer.short_name or inquiry.customer.name
    title = _("%(customer)s：未成交", customer=name) if lost else _("%(customer)s：成交", customer=name)
    values = CaseValues(
        title[:120],
        outcome=Outcome.FAILED if lost else Outcome.WORKED,
        stage=stage,
        situation=inquiry.summary[:4_000],
        result=inquiry.lost_reason[:4_000] if lost else "",
        hidden_names="\n".join(filter(None, (inquiry.customer.name, inquiry.customer.short_name))),
    )
    return CaseSeed(values, tuple(links))

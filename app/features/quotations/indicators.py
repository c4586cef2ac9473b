"""Review before printing: every official file was reviewed, and whoever tried to open one before that was refused."""

from sqlalchemy import case, literal, select, union_all

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Indicator, Period
from app.core.timeline import Event
from app.features.quotations.models import IssuedFile, QuotationRevision

REFUSED = "quotation:paper-refused"


def cases(period: Period) -> Cases:
    """Return the official files issued and the attempts refused in a span of time.

    The two have numbers of their own: those of attempts are told apart by their sign.
    """
    issued = (
        select(
            IssuedFile.id.label("case_id"),
            IssuedFile.revision_id.label("doc_id"),
            IssuedFile.issued_by_id.label("person_id"),
            QuotationRevision.department_id.label("department_id"),
            IssuedFile.issued_at.label("at"),
            case((QuotationRevision.approved_at <= IssuedFile.issued_at, 1), else_=0).label("good"),
        )
        .join(QuotationRevision, QuotationRevision.id == IssuedFile.revision_id)
        .where(IssuedFile.issued_at >= period.start, IssuedFile.issued_at < period.end)
    )
    refused = (
        select(
            (-Event.seq).label("case_id"),
            Event.doc_id.label("doc_id"),
            Event.actor_id.label("person_id"),
            QuotationRevision.department_id.label("department_id"),
            Event.at.label("at"),
            literal(0).label("good"),
        )
        .join(QuotationRevision, QuotationRevision.id == Event.doc_id)
        .where(Event.verb == REFUSED, Event.at >= period.start, Event.at < period.end)
    )
    both = union_all(issued, refused).subquery()
    return select(literal("quotation").label("doc_type"), both)


indicators.register(
    Indicator(
        "reviewed-before-printing",
        lazy("先审核后打印"),
        lazy("本期出具的正式文件都已审核；未审核就想打开正式文件的，系统拒绝并记一次例外"),
        "quotations",
        cases,
        indicators.happened,
        indicators.was_good,
    )
)

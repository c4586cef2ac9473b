"""What the documents say, as facts to be counted: read from inquiries and quotations alone, in a few queries.

A quotation counts once, at its first issue, so that a month that has passed does not change with later revisions.
The price of a tender or central purchase enters no figure before the inquiry has a result, and never where that
came before the opening: until then it is nobody's business (招标投标法 22).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.core import clock, money
from app.core.db import session
from app.features.figures.enums import Kind
from app.features.figures.models import NO_PRODUCT
from app.features.inquiries.enums import SEALED_KINDS, DeclineReason, InquiryStatus, LossCause, Subject
from app.features.inquiries.models import Inquiry, InquiryLine, PurchasingAnswer, TechnicalAnswer
from app.features.quotations.enums import LineKind, QuotationStatus
from app.features.quotations.models import Quotation, QuotationLine, QuotationRevision

ENDED = (
    InquiryStatus.WON,
    InquiryStatus.LOST,
    InquiryStatus.WITHDRAWN,
    InquiryStatus.CANCELLED,
    InquiryStatus.DECLINED,
)
NOTHING = Decimal(0)
SECONDS_PER_HOUR = 3_600


class Fact(NamedTuple):
    """One thing that is counted; the fields are those of FigureFact."""

    revision_id: int | None
    position: int
    kind: str
    day: date
    month: date
    owner_id: int
    department_id: int
    customer_id: int
    product_id: int
    outcome: str
    reason: str
    late: int
    amount: Decimal
    hours: Decimal


@dataclass
class Papers:
    """What was issued for an inquiry: revisions in the order of their issue, and their items."""

    revisions: list[Any] = field(default_factory=list)
    items: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @property
    def offer(self) -> Any | None:
        """The paper that the result is about: the accepted one, else the last one issued."""
        accepted = [row for row in self.revisions if row.status == QuotationStatus.ACCEPTED]
        papers = accepted or self.revisions
        return papers[-1] if papers else None

    @property
    def first_issues(self) -> list[Any]:
        """The first issued revision of each quotation."""
        found: dict[int, Any] = {}
        for row in self.revisions:
            found.setdefault(row.quotation_id, row)
        return list(found.values())

    def by_product(self, revision_id: int) -> Mapping[int, Decimal]:
        """Return the amount of each product of a paper, in yuan; lines of no product under NO_PRODUCT."""
        sums: dict[int, Decimal] = defaultdict(lambda: NOTHING)
        for row in self.items[revision_id]:
            amount = NOTHING
            if row.quantity is not None and row.unit_price is not None:
                amount = money.line_amount(row.quantity, row.unit_price)
            sums[row.product_id or NO_PRODUCT] += amount
        return sums


def facts_of(inquiry_ids: Sequence[int]) -> dict[int, list[Fact]]:
    """Return what is to be counted of each of these inquiries and their quotations."""
    heads = session.execute(
        select(
            Inquiry.id,
            Inquiry.kind,
            Inquiry.status,
            Inquiry.owner_id,
            Inquiry.department_id,
            Inquiry.customer_id,
            Inquiry.reported_at,
            Inquiry.reported_by_id,
            Inquiry.report_latency_hours,
            Inquiry.reported_late,
            Inquiry.decided_at,
            Inquiry.answers_due_at,
            Inquiry.decline_reason,
            Inquiry.result_on,
            Inquiry.opening_at,
            Inquiry.loss_cause,
        ).where(Inquiry.id.in_(inquiry_ids))
    ).all()
    papers = papers_of(inquiry_ids)
    answers = answers_of(inquiry_ids)
    return {
        head.id: [
            *reported(head),
            *issued(head, papers[head.id]),
            *ended(head, papers[head.id]),
            *answered(head, answers[head.id]),
        ]
        for head in heads
    }


def papers_of(inquiry_ids: Sequence[int]) -> dict[int, Papers]:
    """Return the issued papers by inquiry, an empty one where none was asked for."""
    papers: dict[int, Papers] = defaultdict(Papers)
    revisions = session.execute(
        select(
            QuotationRevision.id,
            QuotationRevision.quotation_id,
            QuotationRevision.status,
            QuotationRevision.submitted_by_id,
            QuotationRevision.owner_id,
            QuotationRevision.department_id,
            QuotationRevision.total,
            QuotationRevision.issued_at,
            Quotation.inquiry_id,
            Quotation.customer_id,
        )
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(Quotation.inquiry_id.in_(inquiry_ids), QuotationRevision.issued_at.is_not(None))
        .order_by(QuotationRevision.issued_at, QuotationRevision.id)
    ).all()
    inquiry_of = {row.id: row.inquiry_id for row in revisions}
    for row in revisions:
        papers[row.inquiry_id].revisions.append(row)
    if inquiry_of:
        items = (
            select(
                QuotationLine.revision_id,
                QuotationLine.product_id,
                QuotationLine.quantity,
                QuotationLine.unit_price,
            )
            .join(QuotationRevision, QuotationRevision.id == QuotationLine.revision_id)
            .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
            .where(
                Quotation.inquiry_id.in_(inquiry_ids),
                QuotationRevision.issued_at.is_not(None),
                QuotationLine.kind == LineKind.ITEM,
            )
        )
        for line in session.execute(items):
            papers[inquiry_of[line.revision_id]].items[line.revision_id].append(line)
    return papers


def answers_of(inquiry_ids: Sequence[int]) -> dict[int, list[tuple[int, str, datetime]]]:
    """Return the answered lines by inquiry: position, subject, moment of the first answer."""
    found: dict[int, list[tuple[int, str, datetime]]] = defaultdict(list)
    for subject, answer in ((Subject.TECHNICAL, TechnicalAnswer), (Subject.PURCHASING, PurchasingAnswer)):
        statement = (
            select(InquiryLine.inquiry_id, InquiryLine.position, func.min(answer.created_at).label("at"))
            .join(answer, answer.line_id == InquiryLine.id)
            .where(InquiryLine.inquiry_id.in_(inquiry_ids))
            .group_by(InquiryLine.inquiry_id, InquiryLine.id, InquiryLine.position)
        )
        for row in session.execute(statement):
            found[row.inquiry_id].append((row.position, str(subject), row.at))
    return found


def local_day(moment: datetime) -> date:
    """Return the day of a moment in the company's zone."""
    return clock.to_local(moment).date()


def fact(kind: Kind, day: date, row: Any, by: int | None = None, **values: Any) -> Fact:
    """Return a fact of a day about an inquiry or a revision, whose owner, department and customer it takes over.

    ``by`` names who did it, where somebody else may have taken the document over since.
    """
    usual: dict[str, Any] = {
        "revision_id": None,
        "position": 0,
        "product_id": NO_PRODUCT,
        "outcome": "",
        "reason": "",
        "late": 0,
        "amount": NOTHING,
        "hours": NOTHING,
    }
    return Fact(
        kind=str(kind),
        day=day,
        month=day.replace(day=1),
        owner_id=by or row.owner_id,
        department_id=row.department_id,
        customer_id=row.customer_id,
        **{**usual, **values},
    )


def reported(head: Any) -> Iterable[Fact]:
    """Yield the report to the manager with its working hours."""
    if head.reported_at is not None:
        yield fact(
            Kind.REPORTED,
            local_day(head.reported_at),
            head,
            by=head.reported_by_id,
            late=int(head.reported_late),
            hours=head.report_latency_hours or NOTHING,
        )


def is_secret(head: Any) -> bool:
    """Tell whether the prices of an inquiry are counted nowhere: a sealed bid without result, or never opened.

    The days decide, not the hour of the counting, so that counting again gives the same.
    """
    if head.kind not in SEALED_KINDS:
        return False
    return head.status not in ENDED or (
        head.opening_at is not None
        and head.result_on is not None
        and head.result_on < local_day(head.opening_at)
    )


def issued(head: Any, papers: Papers) -> Iterable[Fact]:
    """Yield each quotation at its first issue, and its products."""
    sealed = is_secret(head)
    for row in papers.first_issues:
        day = local_day(row.issued_at)
        amount = NOTHING if sealed else row.total
        by = row.submitted_by_id
        yield fact(Kind.ISSUED, day, row, by=by, revision_id=row.id, amount=amount)
        for product_id, part in papers.by_product(row.id).items():
            yield fact(
                Kind.ISSUED_PRODUCT,
                day,
                row,
                by=by,
                revision_id=row.id,
                product_id=product_id,
                amount=NOTHING if sealed else part,
            )


def ended(head: Any, papers: Papers) -> Iterable[Fact]:
    """Yield the result of an inquiry that ended, and for won and lost the products offered."""
    if head.status not in ENDED:
        return
    moment = head.result_on or (head.decided_at and local_day(head.decided_at))
    if moment is None:
        return
    offer = papers.offer
    values: dict[str, Any] = {
        "outcome": str(head.status),
        "reason": reason_of(head),
        "revision_id": offer.id if offer is not None else None,
    }
    secret = is_secret(head)
    amount = offer.total if offer is not None and not secret else NOTHING
    yield fact(Kind.RESULT, moment, head, amount=amount, **values)
    if head.status in (InquiryStatus.WON, InquiryStatus.LOST) and offer is not None:
        for product_id, part in papers.by_product(offer.id).items():
            yield fact(
                Kind.RESULT_PRODUCT,
                moment,
                head,
                product_id=product_id,
                amount=NOTHING if secret else part,
                **values,
            )


def reason_of(head: Any) -> str:
    """Return why an inquiry was not won, as a key of REASON_LABELS; empty for a won one."""
    if head.status == InquiryStatus.LOST:
        return f"{InquiryStatus.LOST}:{head.loss_cause or LossCause.OTHER}"
    if head.status == InquiryStatus.DECLINED:
        return f"{InquiryStatus.DECLINED}:{head.decline_reason or DeclineReason.OTHER}"
    return "" if head.status == InquiryStatus.WON else str(head.status)


def answered(head: Any, answers: Sequence[tuple[int, str, datetime]]) -> Iterable[Fact]:
    """Yield each answered line: late where the first answer came after the manager's date."""
    for position, subject, at in answers:
        began = head.decided_at or head.reported_at or at
        seconds = max(int((at - began).total_seconds()), 0)
        yield fact(
            Kind.ANSWERED,
            local_day(at),
            head,
            position=position,
            outcome=subject,
            late=int(head.answers_due_at is not None and at > head.answers_due_at),
            hours=(Decimal(seconds) / SECONDS_PER_HOUR).quantize(Decimal("0.01")),
        )

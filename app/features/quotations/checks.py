"""What is missing in a quotation, and what its reviewer must know about the evidence of its prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, select

from app.core import clock, sentences, settings
from app.core.errors import Conflict, Problem
from app.core.i18n import LazyText, lazy
from app.core.prepared import read
from app.features.inquiries.models import InquiryLine, PurchasingAnswer, in_force
from app.features.people.models import User
from app.features.quotations.enums import LineKind, PaymentTerm
from app.features.quotations.models import QuotationLine, QuotationRevision, item_numbers


@dataclass(frozen=True)
class EvidenceWarning:
    """A remark on a line that the reviewer ticks: its code and parameters, the sentence made for the reader.

    ``position`` is the number the line is printed with.
    """

    code: str
    position: int
    params: dict[str, Any]

    def sentence(self) -> str:
        """Return the remark in the current language."""
        return sentences.say(self.code, position=self.position, **self.params)


# The cell of the editor in which what a line lacks is mended, and what is said there.
CELLS: Mapping[str, tuple[str, LazyText]] = {
    "quotation:line-quantity": ("quantity", lazy("请填写数量")),
    "quotation:line-price": ("unit_price", lazy("请填写含税单价")),
    "quotation:line-unit": ("unit", lazy("请填写单位")),
    "quotation:line-tax": ("tax_rate", lazy("请填写税率")),
    "quotation:line-lead-time": ("lead_time_days", lazy("请填写交货期")),
    "quotation:line-floor": ("floor_reason", lazy("单价低于底价，请写明理由")),
    "quotation:line-floor-unit": ("floor_reason", lazy("单位与价目表不同，请写明理由")),
}
# The field of its form in which what else a quotation lacks is mended.
FIELDS: Mapping[str, str] = {
    "quotation:validity-missing": "valid_until",
    "quotation:validity-past": "valid_until",
    "quotation:payment-missing": "payment_term",
    "quotation:delivery-place-missing": "delivery_place",
    "quotation:delivery-start-missing": "delivery_start",
}


def missing_in_line(line: QuotationLine, number: int) -> Problem | None:
    """Return the first thing a line lacks (mandatory fields of 3.1), None where it is complete.

    It is told by the ``number`` the line is printed with; ``row`` is its place among all rows of the editor, from 1,
    and ``unit`` the one its floor price is for.
    """
    if line.kind == LineKind.HEADING:
        return None
    code = lacking(line)
    return Conflict(code, position=number, row=line.position, unit=line.floor_unit) if code else None


def lacking(line: QuotationLine) -> str:
    """Return the code of the first thing an item or option lacks, empty where it is complete."""
    if line.quantity is None or line.quantity <= 0:
        return "quotation:line-quantity"
    if line.unit_price is None or line.unit_price <= 0:
        return "quotation:line-price"
    if not line.unit:
        return "quotation:line-unit"
    if line.tax_rate is None:
        return "quotation:line-tax"
    if line.lead_time_days is None:
        return "quotation:line-lead-time"
    if line.needs_floor_reason and not line.floor_reason.strip():
        return "quotation:line-floor-unit" if line.in_other_unit else "quotation:line-floor"
    return ""


def missing_content(revision: QuotationRevision) -> Problem | None:
    """Return the first thing that keeps a quotation from being submitted (fields of 3.1), None where it is complete."""
    if not any(line.kind == LineKind.ITEM for line in revision.lines):
        return Conflict("quotation:no-lines")
    for line, number in zip(revision.lines, item_numbers(revision.lines), strict=True):
        problem = missing_in_line(line, number)
        if problem is not None:
            return problem
    if revision.valid_until is None:
        return Conflict("quotation:validity-missing")
    if revision.valid_until < clock.today():
        return Conflict("quotation:validity-past")
    if not revision.payment_term or (
        revision.payment_term == PaymentTerm.OTHER and not revision.payment_other.strip()
    ):
        return Conflict("quotation:payment-missing")
    if not revision.delivery_place.strip():
        return Conflict("quotation:delivery-place-missing")
    if not revision.delivery_start.strip():
        return Conflict("quotation:delivery-start-missing")
    return None


def evidence_of(revision: QuotationRevision) -> dict[int, PurchasingAnswer]:
    """Return the purchasing answer in force for each line of the inquiry behind the revision, in one query.

    They come as rows of the table, with the name of their author as ``author_name``.
    """
    by_line: dict[int, list[Any]] = {}
    for answer in read(evidence_statement(), {"inquiry": revision.quotation.inquiry_id}):
        by_line.setdefault(answer.line_id, []).append(answer)
    chosen = {line_id: in_force(answers) for line_id, answers in by_line.items()}
    return {line_id: answer for line_id, answer in chosen.items() if answer is not None}


@cache
def evidence_statement() -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the purchasing answers to all lines of an ``inquiry``, the oldest first."""
    return (
        select(*PurchasingAnswer.__table__.columns, User.name.label("author_name"))
        .join(User, User.id == PurchasingAnswer.author_id)
        .join(InquiryLine, InquiryLine.id == PurchasingAnswer.line_id)
        .where(InquiryLine.inquiry_id == bindparam("inquiry", type_=Integer))
        .order_by(PurchasingAnswer.id)
    )


def evidence_warnings(
    revision: QuotationRevision, evidence: dict[int, PurchasingAnswer] | None = None
) -> list[EvidenceWarning]:
    """Return the warnings on price evidence: older than N days, or shorter than the quotation's own validity.

    ``evidence`` is that of the revision, where the caller has read it already.
    """
    evidence = evidence_of(revision) if evidence is None else evidence
    oldest_days = int(settings.get("quotations.evidence_days"))
    today: date = clock.today()
    warnings = []
    for line, number in zip(revision.lines, item_numbers(revision.lines), strict=True):
        answer = evidence.get(line.inquiry_line_id) if line.inquiry_line_id is not None else None
        if answer is None:
            continue
        age = (today - answer.quoted_on).days
        if age > oldest_days:
            warnings.append(EvidenceWarning("quotation:evidence-old", number, {"days": age}))
        if revision.valid_until is not None and answer.valid_until < revision.valid_until:
            warnings.append(
                EvidenceWarning("quotation:evidence-short", number, {"until": answer.valid_until.isoformat()})
            )
    return warnings

"""A revision as its own page reads it: one statement for all that hangs on it, one for its lines."""

from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from app.core import workflow
from app.core.db import session
from app.core.prepared_objects import Part, columns, read_objects
from app.features.customers.models import Customer
from app.features.inquiries.models import Inquiry
from app.features.quotations.models import (
    ExtraCopies,
    IssuedFile,
    Quotation,
    QuotationLine,
    QuotationRevision,
)
from app.features.quotations.negotiation.models import Negotiation
from app.features.seals.models import LegalEntity


@cache
def parts() -> tuple[Part, ...]:
    """Return what a row of the revision's statement holds.

    The page names the customer and the company, reads no paper, and of the inquiry what its steps and its bids ask.
    What was submitted, before and now, is compared only while it is reviewed.
    """
    return (
        Part(
            QuotationRevision,
            leave=[
                QuotationRevision.snapshot,
                QuotationRevision.submitted_content,
                QuotationRevision.previous_content,
            ],
        ),
        Part(Quotation),
        Part(Customer, only=[Customer.name, Customer.short_name]),
        Part(
            Inquiry,
            only=[
                Inquiry.number,
                Inquiry.status,
                Inquiry.version,
                Inquiry.owner_id,
                Inquiry.department_id,
                Inquiry.customer_id,
                Inquiry.kind,
                Inquiry.opening_at,
                Inquiry.deadline,
                Inquiry.submitted_at,
                Inquiry.late_allowed_at,
            ],
        ),
        Part(LegalEntity, only=[LegalEntity.name]),
        Part(Negotiation),
        Part(ExtraCopies),
        Part(IssuedFile),
    )


def place_of(*, current: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions of one revision of a quotation (``of_quotation``), by its number (``of_number``)."""
    wanted = (
        QuotationRevision.current.is_(True)
        if current
        else QuotationRevision.revision == bindparam("of_number", type_=Integer)
    )
    return QuotationRevision.quotation_id == bindparam("of_quotation", type_=Integer), wanted


@lru_cache(512)
def statement(visible: ColumnElement[bool], *, current: bool) -> Select[Any]:
    """Return the SELECT of one revision among those that are visible; made once for each condition."""
    return (
        select(*columns(parts()))
        .select_from(QuotationRevision)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .join(Inquiry, Inquiry.id == Quotation.inquiry_id)
        .join(LegalEntity, LegalEntity.id == QuotationRevision.legal_entity_id)
        .outerjoin(Negotiation, Negotiation.quotation_id == Quotation.id)
        .outerjoin(ExtraCopies, ExtraCopies.revision_id == QuotationRevision.id)
        .outerjoin(IssuedFile, IssuedFile.revision_id == QuotationRevision.id)
        .where(visible, *place_of(current=current))
        .order_by(Negotiation.id.desc(), ExtraCopies.id, IssuedFile.id)
    )


def shown(visible: ColumnElement[bool], asked: dict[str, int]) -> QuotationRevision | None:
    """Return the revision at a place (see ``place_of``) with all that its page shows but the lines."""
    rows = read_objects(parts(), statement(visible, current="of_number" not in asked), asked)
    if not rows:
        return None
    revision, quotation = put_together(rows[0])
    for place, (owner, name) in enumerate(
        ((quotation, "negotiations"), (revision, "extra_copies"), (revision, "issued_files")), start=5
    ):
        # the same row comes again beside each row of the others
        found = dict.fromkeys(row[place] for row in rows if row[place] is not None)
        set_committed_value(owner, name, list(found))
    return revision


@cache
def heads() -> tuple[Part]:
    """Return what a row of the revisions of a quotation holds: number, state and total, nothing that was frozen."""
    return (
        Part(
            QuotationRevision,
            leave=[
                QuotationRevision.snapshot,
                QuotationRevision.submitted_content,
                QuotationRevision.previous_content,
                QuotationRevision.approved_before,
            ],
        ),
    )


@lru_cache(512)
def heads_statement(visible: ColumnElement[bool]) -> Select[Any]:
    """Return the SELECT of the visible revisions of a quotation (``of_quotation``), newest first; made once for each
    condition.
    """
    of_quotation = QuotationRevision.quotation_id == bindparam("of_quotation", type_=Integer)
    return select(*columns(heads())).where(visible, of_quotation).order_by(QuotationRevision.revision.desc())


def heads_of(visible: ColumnElement[bool], quotation_id: int) -> list[QuotationRevision]:
    """Return the visible revisions of a quotation, newest first, each as a row beside another tells of it."""
    rows = read_objects(heads(), heads_statement(visible), {"of_quotation": quotation_id})
    return [revision for (revision,) in rows]


def put_together(row: tuple[Any, ...]) -> tuple[QuotationRevision, Quotation]:
    """Hang the first five parts of a row onto each other; return the revision and its quotation."""
    revision, quotation, customer, inquiry, entity = row[:5]
    set_committed_value(revision, "quotation", quotation)
    set_committed_value(revision, "legal_entity", entity)
    set_committed_value(quotation, "customer", customer)
    set_committed_value(quotation, "inquiry", inquiry)
    return revision, quotation


def lock(revision: QuotationRevision) -> None:
    """Read a revision again under a lock, as ``workflow.lock`` does, by a statement made once."""
    session.flush()
    workflow.lock_row(revision)
    (number,) = inspect(revision).identity or ()
    # what stands in the session must not stay
    session.expire(revision)
    (row,) = read_objects(parts()[:5], _by_id(), {"of_id": number})
    put_together(row)


@cache
def _by_id() -> Select[Any]:
    """Return the SELECT of a revision by its id (``of_id``) with what hangs on it."""
    return (
        select(*columns(parts()[:5]))
        .select_from(QuotationRevision)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .join(Inquiry, Inquiry.id == Quotation.inquiry_id)
        .join(LegalEntity, LegalEntity.id == QuotationRevision.legal_entity_id)
        .where(QuotationRevision.id == bindparam("of_id", type_=Integer))
    )


@cache
def lines_statement() -> Select[Any]:
    """Return the SELECT of the lines of a revision (``of_revision``) in their order."""
    of_revision = QuotationLine.revision_id == bindparam("of_revision", type_=Integer)
    return select(*columns(line_parts())).where(of_revision).order_by(QuotationLine.position)


@cache
def line_parts() -> tuple[Part]:
    """Return what a row of the lines' statement holds."""
    return (Part(QuotationLine),)


def lines(revision_id: int) -> list[QuotationLine]:
    """Return the lines of a revision in their order."""
    return [line for (line,) in read_objects(line_parts(), lines_statement(), {"of_revision": revision_id})]

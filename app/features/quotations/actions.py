"""What people do with a quotation besides its steps: create from an inquiry, edit, revise, attach, reprint."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select

from app.core import clock, findings, money, search, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.files import CheckedFile, StoredFile, attach
from app.core.i18n import lazy
from app.core.permissions import SYSTEM, Actor, require
from app.core.workflow import Authority, check_version, lock
from app.features.inquiries.enums import InquiryStatus
from app.features.inquiries.models import Inquiry, InquiryLine
from app.features.products.models import Product, same_unit
from app.features.quotations import queries, reading, secrecy, snapshot
from app.features.quotations.enums import Freight, LineKind, PaymentTerm, QuotationPerm, QuotationStatus
from app.features.quotations.flow import DOC_TYPE, FLOW, NOT_APPROVED, refused_paper
from app.features.quotations.line_changes import line_changes, line_facts
from app.features.quotations.line_writing import (
    LINE_FIELDS,
    Counted,
    Floor,
    floor_of,
    put_changed,
    with_products,
    without_foreign,
)
from app.features.quotations.models import Quotation, QuotationLine, QuotationRevision
from app.features.quotations.negotiation import guards
from app.features.quotations.revisions import earlier_content
from app.features.quotations.terms import queries as terms
from app.features.quotations.terms.models import TERM_FIELDS
from app.features.seals.models import LegalEntity

UNREVIEWED_PAPER = "quotation-opened-unreviewed"
ATTACHED = "quotation:attach"

EDITABLE = (QuotationStatus.DRAFT, QuotationStatus.RETURNED)
HEAD_FIELDS = (
    "valid_until",
    "attention",
    "customer_phone",
    "customer_address",
    "project",
    "contact_mobile",
    *TERM_FIELDS,
)
SUMMED = attrgetter("quantity", "unit_price", "tax_rate")
MAX_LINES = 200
MAX_TOTAL = Decimal("9999999999.99")


@dataclass(frozen=True)
class LineInput(Counted):
    """A row as typed. Unit price tax-included in yuan, tax rate in percent points; None where nothing was typed yet.

    ``origin`` is the mark of the line it changes; a new line gets one of its own.
    """

    name: str
    kind: str = LineKind.ITEM
    brand: str = ""
    model: str = ""
    spec: str = ""
    unit: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    tax_rate: Decimal | None = None
    lead_time_days: int | None = None
    note: str = ""
    floor_reason: str = ""
    product_id: int | None = None
    unmatched_code: str = ""
    inquiry_line_id: int | None = None
    origin: str = ""


def default_legal_entity() -> LegalEntity:
    """Return the legal entity quotations are made for by default; raises Conflict where none is set up."""
    row = session.execute(
        select(LegalEntity).where(LegalEntity.active.is_(True)).order_by(LegalEntity.id).limit(1)
    ).scalar_one_or_none()
    if row is None:
        raise Conflict("quotation:no-legal-entity")
    return row


def create_from_inquiry(inquiry: Inquiry, *, actor: Actor) -> QuotationRevision:
    """Create the first revision from an inquiry in 编制报价, its lines filled from the answers and the price list.

    Raises Denied without the right to prepare, Conflict in any other state: no quotation exists that skipped a step.
    """
    require(actor, QuotationPerm.PREPARE)
    if inquiry.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("编制报价"), who=inquiry.owner.name)
    if inquiry.status not in (InquiryStatus.QUOTING, InquiryStatus.SUBMITTED):
        raise Conflict("quotation:inquiry-not-quoting")
    revision = new_revision(inquiry)
    put_lines(revision, [line_from_inquiry(line) for line in inquiry.lines])
    return keep_new(revision, actor)


def bare_revision(inquiry: Inquiry) -> QuotationRevision:
    """Return the first revision of an inquiry with nothing filled in; nothing of it is in the database."""
    quotation = Quotation(inquiry_id=inquiry.id, customer_id=inquiry.customer_id, created_at=clock.now())
    quotation.inquiry, quotation.customer = inquiry, inquiry.customer
    revision = QuotationRevision(
        status=FLOW.initial,
        revision=1,
        current=True,
        owner_id=inquiry.owner_id,
        department_id=inquiry.department_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    revision.quotation = quotation
    revision.owner = inquiry.owner
    return revision


def new_revision(inquiry: Inquiry) -> QuotationRevision:
    """Return the first revision an inquiry would get: the usual terms, no lines; nothing of it is in the database."""
    revision, customer = bare_revision(inquiry), inquiry.customer
    usual_head = {
        "attention": inquiry.contact_name or customer.contact_name,
        "customer_phone": inquiry.contact_phone or customer.contact_phone or customer.phone,
        "customer_address": customer.address,
        "project": inquiry.project,
        "contact_mobile": inquiry.owner.phone,
        "valid_until": clock.today() + timedelta(days=int(settings.get("quotations.validity_days"))),
        "payment_term": PaymentTerm.THIRTY_SEVENTY,
        "payment_other": "",
        "freight": Freight.INCLUDED,
        "delivery_place": customer.address,
        "delivery_start": settings.get("quotations.default_delivery_start"),
        "packing": settings.get("quotations.default_packing"),
        "acceptance": settings.get("quotations.default_acceptance"),
        "warranty": settings.get("quotations.default_warranty"),
        "other_terms": "",
    }
    for name, value in usual_head.items():
        setattr(revision, name, value)
    revision.legal_entity = default_legal_entity()
    usual = terms.default_for(revision.legal_entity.id, inquiry.kind)
    for name in TERM_FIELDS if usual is not None else ():
        setattr(revision, name, getattr(usual, name) or getattr(revision, name))
    return revision


def keep_new(
    revision: QuotationRevision, actor: Actor, authority: Authority | None = None
) -> QuotationRevision:
    """Put a new first revision into the database with its event; ``authority`` where it is made in another's name."""
    session.add(revision)
    session.flush()
    timeline.record(
        DOC_TYPE,
        revision.id,
        "quotation:create",
        actor,
        to_status=revision.status,
        role=authority.role if authority else None,
        on_behalf_of=authority.on_behalf_of if authority else None,
    )
    FLOW.sync_tasks(revision)
    index(revision)
    return revision


def line_from_inquiry(line: InquiryLine) -> LineInput:
    """Return the quotation line an inquiry line proposes: model by the technical answer, lead time by purchasing."""
    technical, purchasing = line.technical, line.purchasing
    product = session.get(Product, line.product_id) if line.product_id is not None else None
    lead_time = purchasing.lead_time_days if purchasing else (product.lead_time_days if product else None)
    spec = "；".join(part for part in (line.spec, technical.parameters if technical else "") if part)
    if technical and technical.deviation:
        spec = f"{spec}；偏离：{technical.deviation}"
    return LineInput(
        name=line.name,
        brand=product.brand if product else "",
        model=technical.model if technical else line.model,
        spec=spec[:500],
        unit=line.unit,
        quantity=line.quantity,
        unit_price=product.list_price if product and same_unit(line.unit, product.unit) else None,
        tax_rate=product.tax_rate if product else Decimal(settings.get("quotations.tax_rate")),
        lead_time_days=lead_time,
        note=line.note[:300],
        product_id=line.product_id,
        unmatched_code=line.unmatched_code,
        inquiry_line_id=line.id,
    )


def put_lines(
    revision: QuotationRevision,
    lines: Sequence[LineInput],
    floors: Mapping[int, Floor] | None = None,
) -> None:
    """Make the lines equal to those typed and recompute the total; raises Invalid for too many lines, too large a sum.

    A line that keeps its mark stays the same row, and is written only where it changed.

    A line whose model names exactly one product is that product (see products.matching), so that its floor price
    guards it. ``floors`` are the floors by product where the caller has read them and chosen the products.
    """
    check_number(lines)
    if floors is None:
        lines, floors = with_products(lines)
    stored = {row.origin: row for row in revision.lines}
    rows: dict[str, QuotationLine] = {}
    for position, item in enumerate(lines, 1):
        origin = item.origin if item.origin and item.origin not in rows else secrets.token_hex(8)
        row = rows[origin] = stored.get(origin) or QuotationLine()
        price, unit = floor_of(item, floors)
        guard = {"floor_price": price, "floor_unit": unit}
        wanted = {**vars(item), **guard, "origin": origin, "position": position}
        # past the attributes: a quotation has four thousand of them, and hardly any differs
        present = vars(row)
        for name, value in wanted.items():
            if (present[name] if name in present else getattr(row, name)) != value:
                setattr(row, name, value)
    if revision.lines != list(rows.values()):
        revision.lines[:] = rows.values()
    put_total(revision, lines)


def check_number(lines: Sequence[LineInput]) -> None:
    """Raise Invalid for too many lines."""
    if len(lines) > MAX_LINES:
        raise Invalid(fields={"lines": lazy("一份报价最多 200 行，请分成两份")})


def put_total(revision: QuotationRevision, lines: Sequence[LineInput]) -> None:
    """Write the sum of the lines; raises Invalid for one that is too large."""
    revision.total = total_of(lines)
    if revision.total > MAX_TOTAL:
        raise Invalid(fields={"lines": lazy("合计超过 99.99 亿元，请检查数量和单价")})


def change_lines(revision: QuotationRevision, lines: Sequence[LineInput]) -> list[list[str]]:
    """Make the lines of a stored revision equal to those typed, as ``put_lines``; return what the timeline tells."""
    check_number(lines)
    lines, floors = with_products(lines)
    changes = put_changed(revision, lines, floors)
    if changes is not None:
        put_total(revision, lines)
        return changes
    queries.load_lines(revision)
    before = line_facts(revision)
    put_lines(revision, lines, floors)
    return line_changes(before, line_facts(revision))


def total_of(lines: Sequence[QuotationLine | LineInput]) -> Decimal:
    """Return the tax-included total in yuan: the sum of the items, options left out."""
    amounts = [line.amount for line in lines if line.kind == LineKind.ITEM]
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))


def totals_of(lines: Sequence[QuotationLine | LineInput]) -> money.Totals:
    """Return gross, net and tax of the items, per rate group as well; lines without price or rate are left out."""
    return _totals(tuple(SUMMED(line) for line in lines if line.kind == LineKind.ITEM))


@lru_cache(64)
def _totals(items: tuple[tuple[Decimal | None, Decimal | None, Decimal | None], ...]) -> money.Totals:
    """Return the sums of items, each its quantity, unit price and rate: a page asks several times for the same ones."""
    return money.totals(
        money.TaxedAmount(money.line_amount(quantity, price), rate)
        for quantity, price, rate in items
        if quantity is not None and price is not None and rate is not None
    )


def edit(
    revision: QuotationRevision,
    *,
    actor: Actor,
    version: int,
    head: Mapping[str, Any],
    lines: Sequence[LineInput],
    legal_entity_id: int | None = None,
    autosave: bool = False,
) -> None:
    """Change a draft or a returned revision; ``head`` maps HEAD_FIELDS to new values, None keeps the legal entity.

    ``autosave`` tells that nobody pressed a button: the event says so, and the timeline folds it with its like.
    Raises Denied for anybody but the owner, Stale for an older form, Conflict in any other state: no route changes
    what was submitted or approved.
    """
    reading.lock(revision)
    if revision.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("修改报价"), who=revision.owner.name)
    check_version(DOC_TYPE, revision, version)
    if revision.status not in EDITABLE:
        raise Conflict("quotation:not-editable", state=FLOW.state(revision.status).label)
    check_validity(head["valid_until"])
    before = head_facts(revision)
    # the lines first: looking for their products would write what was changed by then
    typed = without_foreign(revision, lines)
    lines_changed = change_lines(revision, typed)
    if legal_entity_id is not None and legal_entity_id != revision.legal_entity_id:
        revision.legal_entity = usable_legal_entity(legal_entity_id)
    for name in HEAD_FIELDS:
        setattr(revision, name, head[name])
    revision.touch()
    session.flush()
    changes = [*timeline.diff(before, head_facts(revision)), *lines_changed]
    if changes:
        verb = "quotation:autosave" if autosave else "quotation:edit"
        timeline.record(DOC_TYPE, revision.id, verb, actor, data={"changes": changes})
    index(revision, typed)


def usable_legal_entity(legal_entity_id: int) -> LegalEntity:
    """Return a company that may quote; raises Invalid for one that is unknown or no longer used."""
    row = session.get(LegalEntity, legal_entity_id)
    if row is None or not row.active:
        raise Invalid(fields={"legal_entity_id": lazy("请选择使用中的报价单位")})
    return row


def check_validity(valid_until: date | None) -> None:
    """Raise Invalid for a validity in the past or further away than a year."""
    if valid_until is None:
        return
    if valid_until < clock.today():
        raise Invalid(fields={"valid_until": lazy("有效期不能早于今天")})
    if valid_until > clock.today() + timedelta(days=366):
        raise Invalid(fields={"valid_until": lazy("有效期最长一年")})


def head_facts(revision: QuotationRevision) -> dict[str, Any]:
    """Return what a change of the head is told by."""
    values: dict[str, Any] = {name: getattr(revision, name) for name in HEAD_FIELDS}
    values["legal_entity"] = revision.legal_entity.name
    return values


def index(revision: QuotationRevision, lines: Sequence[QuotationLine | LineInput] | None = None) -> None:
    """Bring the search index up to date; ``lines`` where the caller has them."""
    customer = revision.quotation.customer
    said = [f"{line.name} {line.model} {line.spec}" for line in (revision.lines if lines is None else lines)]
    search.put(
        DOC_TYPE,
        revision.id,
        f"{revision.number or ''} {customer.name}".strip(),
        "\n".join([revision.number or "", customer.name, revision.project, revision.attention, *said]),
    )


def fire(
    revision: QuotationRevision,
    step: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    quiet: bool = False,
) -> None:
    """Do a step of the quotation's flow and bring the search index up to date; ``quiet`` as in ``Flow.fire``."""
    FLOW.fire(revision, step, actor, version=version, note=note, data=data, quiet=quiet)
    index(revision)


def revise(revision: QuotationRevision, *, actor: Actor, version: int, reason: str) -> QuotationRevision:
    """Create the next revision as a draft; the old paper stays the valid offer until the new one is issued.

    Raises Denied, Stale, Conflict (not approved or issued, or another revision is under way), Invalid without reason.
    """
    lock(revision)
    if revision.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("修订报价"), who=revision.owner.name)
    check_version(DOC_TYPE, revision, version)
    if revision.status not in (QuotationStatus.APPROVED, QuotationStatus.ISSUED):
        raise Conflict("quotation:not-revisable", state=FLOW.state(revision.status).label)
    highest = session.execute(
        select(func.max(QuotationRevision.revision)).where(
            QuotationRevision.quotation_id == revision.quotation_id
        )
    ).scalar_one()
    if not revision.current and highest != revision.revision:
        raise Conflict("quotation:newer-revision")
    problem = guards.waiting_problem(revision)
    if problem is not None:
        raise problem
    if not reason.strip():
        raise Invalid("core:reason-missing", fields={"note": lazy("请写明修订的原因")})
    copy = QuotationRevision(
        status=FLOW.initial,
        revision=highest + 1,
        current=True,
        owner_id=revision.owner_id,
        department_id=revision.department_id,
        approved_before=guards.approved_prices(revision),
        created_at=clock.now(),
        updated_at=clock.now(),
        **{name: getattr(revision, name) for name in HEAD_FIELDS},
    )
    copy.quotation, copy.legal_entity, copy.owner = revision.quotation, revision.legal_entity, revision.owner
    # the copy hangs on its quotation already and must not be looked for in the session before it is complete
    with session.no_autoflush:
        put_lines(
            copy,
            [LineInput(**{name: getattr(line, name) for name in LINE_FIELDS}) for line in revision.lines],
        )
    revision.current = False
    revision.touch()
    session.add(copy)
    session.flush()
    timeline.record(
        DOC_TYPE, copy.id, "quotation:revise", actor, reason=reason.strip(), to_status=copy.status
    )
    FLOW.sync_tasks(copy)
    index(copy)
    return copy


def attach_acceptance(revision: QuotationRevision, *, actor: Actor, file: CheckedFile) -> StoredFile:
    """Attach the customer's paper of acceptance to an issued revision."""
    lock(revision)
    if revision.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("登记客户接受"), who=revision.owner.name)
    if revision.status != QuotationStatus.ISSUED:
        raise Conflict("core:wrong-state", state=FLOW.state(revision.status).label, step=lazy("登记客户接受"))
    row = attach(file, DOC_TYPE, revision.id, actor, kind="acceptance")
    revision.touch()
    timeline.record(DOC_TYPE, revision.id, ATTACHED, actor, data={"file": row.name})
    return row


def record_refused_paper(revision_id: int, actor: Actor) -> None:
    """Write the attempt to open the official file before there is one on the timeline, as a side write."""
    revision = session.get_one(QuotationRevision, revision_id)
    problem = secrecy.paper_problem(revision, actor) or refused_paper(revision)
    timeline.record(DOC_TYPE, revision.id, "quotation:paper-refused", actor, data={"code": problem.code})
    if problem.code == NOT_APPROVED and actor.id is not None:
        # Somebody who tries again and again on one day did it once.
        findings.report(
            findings.Finding(
                UNREVIEWED_PAPER,
                DOC_TYPE,
                revision.id,
                revision.number or "",
                actor.id,
                revision.department_id,
                clock.today().isoformat(),
            )
        )


def create_on_start(inquiry_id: int, actor: Actor) -> None:
    """Create the draft in the same transaction in which an inquiry enters 编制报价."""
    if actor.id != SYSTEM.id:
        create_from_inquiry(session.get_one(Inquiry, inquiry_id), actor=actor)


def lapse_with_inquiry(inquiry_id: int, actor: Actor) -> None:
    """Void what was not yet issued when its inquiry is withdrawn or cancelled, in the same transaction."""
    statement = (
        select(QuotationRevision)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(Quotation.inquiry_id == inquiry_id, QuotationRevision.status.in_(FLOW.step("lapse").sources))
        .order_by(QuotationRevision.id)
    )
    for revision in session.execute(statement).unique().scalars().all():
        fire(revision, "lapse", actor=SYSTEM, version=None)


def submitted_changes(revision: QuotationRevision) -> list[list[str]]:
    """Return what differs from the last submission, as [label key, old, new].

    A later revision that is submitted for the first time is compared with the one it was made from.
    """
    before = revision.previous_content or earlier_content(revision)
    if before is None or revision.submitted_content is None:
        return []
    return snapshot.changes(before, revision.submitted_content)

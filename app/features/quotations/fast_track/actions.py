"""Proposing a quotation on the fast track, and the manager's one decision on it.

No quotation exists before the decision: it is drawn up for the eyes alone, and made of the same content in the
transaction in which the manager takes part, reviews and, where the seal is in his hands, issues.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.core import clock, money, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.i18n import lazy
from app.core.permissions import SYSTEM, Actor, require
from app.core.workflow import in_name_of_owner, lock
from app.features.customers.models import Customer
from app.features.inquiries import actions as inquiries
from app.features.inquiries import deciding
from app.features.inquiries.enums import InquiryKind, InquiryStatus
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.products.enums import ProductPerm
from app.features.products.models import Product
from app.features.quotations import actions, copying, flow, snapshot
from app.features.quotations.actions import LineInput
from app.features.quotations.enums import PaymentTerm, QuotationPerm, QuotationStatus
from app.features.quotations.fast_track import content as contents
from app.features.quotations.fast_track import queries, rules
from app.features.quotations.fast_track.models import QuotationProposal
from app.features.quotations.models import QuotationRevision
from app.features.quotations.queries import of_inquiry

# What was agreed for one order alone is not the customer's usual way.
OF_ONE_ORDER = ("payment_other", "other_terms")


@dataclass(frozen=True)
class TypedLine:
    """A line as typed: which product, how many, at what tax-included price in yuan, in how many days.

    Price and lead time are those of the price list where None; ``unit`` counts only for what is not in the list.
    """

    name: str
    quantity: Decimal
    model: str = ""
    unit: str = ""
    unit_price: Decimal | None = None
    lead_time_days: int | None = None
    product_id: int | None = None


@dataclass(frozen=True)
class Typed:
    """A proposal as typed; what is empty in ``head`` is filled from the customer's last offer or the settings."""

    customer: Customer
    received_at: datetime
    deadline: datetime
    channel: str
    head: Mapping[str, Any]
    lines: Sequence[TypedLine]
    legal_entity_id: int | None = None


@dataclass(frozen=True)
class Goods:
    """Typed lines with what the price list says of them, and what keeps them from the fast track."""

    lines: list[LineInput]
    problems: list[rules.LineProblem]


def goods_of(actor: Actor, typed: Sequence[TypedLine]) -> Goods:
    """Return the lines completed from the price list: by the chosen product, else by its code, model or name."""
    chosen = queries.products(line.product_id for line in typed)
    written = queries.products_written(actor, (text for line in typed for text in (line.name, line.model)))
    found = [product_of(line, chosen, written) for line in typed]
    lines = [completed(line, product) for line, product in zip(typed, found, strict=True)]
    known = {product.id: product for product in found if product is not None}
    return Goods(lines, rules.line_problems(lines, known))


def product_of(line: TypedLine, chosen: Mapping[int, Product], written: Sequence[Product]) -> Product | None:
    """Return the product a line means, None where what was typed names none or several."""
    product = chosen.get(line.product_id or 0)
    if product is not None and line.name == product.name and line.model in ("", product.model):
        return product
    for same in (
        [row for row in written if line.name == row.code],
        [row for row in written if line.name == row.name and line.model in ("", row.model)],
        [row for row in written if row.model and row.model in (line.model, line.name)],
    ):
        if len(same) == 1:
            return same[0]
    return None


def completed(line: TypedLine, product: Product | None) -> LineInput:
    """Return a line of a quotation: what the product is comes from the price list, what was typed stays."""
    if product is None:
        return LineInput(
            name=line.name,
            model=line.model,
            unit=line.unit,
            quantity=line.quantity,
            unit_price=line.unit_price,
            lead_time_days=line.lead_time_days,
        )
    days = product.lead_time_days if line.lead_time_days is None else line.lead_time_days
    return LineInput(
        name=product.name,
        brand=product.brand,
        model=product.model,
        spec=product.spec,
        unit=product.unit,
        quantity=line.quantity,
        unit_price=product.list_price if line.unit_price is None else line.unit_price,
        tax_rate=product.tax_rate,
        lead_time_days=days,
        product_id=product.id,
    )


def usual_head(inquiry: Inquiry, actor: Actor) -> dict[str, Any]:
    """Return the head a quotation to this customer usually has: the terms of their last offer, else the settings'."""
    revision = actions.new_revision(inquiry)
    head = {name: getattr(revision, name) for name in actions.HEAD_FIELDS}
    last = queries.last_offer(actor, inquiry.customer.id)
    if last is None:
        return head
    told = copying.terms_of(last, inquiry.customer.id)
    if told["payment_term"] == PaymentTerm.OTHER:
        del told["payment_term"]
    return {**head, **{name: text for name, text in told.items() if text and name not in OF_ONE_ORDER}}


def usual_for(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Return the same before there is an inquiry, for a form to begin with."""
    unwritten = Inquiry(kind=InquiryKind.INQUIRY, contact_name="", contact_phone="", project="")
    unwritten.customer, unwritten.owner = customer, session.get_one(User, actor.id)
    return usual_head(unwritten, actor)


def inquiry_lines(lines: Sequence[LineInput]) -> list[inquiries.LineInput]:
    """Return the same goods as lines of the inquiry; raises Invalid for one without a unit."""
    for position, line in enumerate(lines, 1):
        if not line.unit:
            raise Invalid(fields={"lines": lazy("请填写第 %(position)s 项的单位").filled(position=position)})
    return [
        inquiries.LineInput(
            name=line.name,
            quantity=line.quantity or Decimal(0),
            unit=line.unit,
            model=line.model,
            spec=line.spec,
            product_id=line.product_id,
        )
        for line in lines
    ]


def propose(
    typed: Typed,
    *,
    actor: Actor,
    inquiry: Inquiry | None = None,
    version: int | None = None,
    ordinary: bool = False,
) -> Inquiry:
    """Register (or, returned, change) an inquiry with what is to be quoted and report it, in the open unit of work.

    On the fast track the proposal stands before the manager; ``ordinary`` only keeps it, to fill the quotation that
    is begun later. Raises Denied, Stale, Conflict where a rule of the fast track is not met, Invalid.
    """
    require(actor, QuotationPerm.PREPARE)
    require(actor, ProductPerm.SEE_PRICE)
    if not typed.lines:
        raise Invalid(fields={"lines": lazy("请至少填写一项产品和数量")})
    goods = goods_of(actor, typed.lines)
    if goods.problems and not ordinary:
        raise goods.problems[0].problem()
    inquiry = asked(typed, goods.lines, actor, inquiry, version)
    usual = usual_head(inquiry, actor)
    entity = typed.legal_entity_id or actions.default_legal_entity().id
    fresh = contents.plain(
        customer_id=inquiry.customer_id,
        legal_entity_id=actions.usable_legal_entity(entity).id,
        head={name: typed.head.get(name) or usual[name] for name in actions.HEAD_FIELDS},
        lines=goods.lines,
    )
    if ordinary:
        keep(inquiry, fresh)
        inquiries.fire(inquiry, "report", actor=actor, version=None)
        return inquiry
    actions.check_validity(contents.head_of(fresh)["valid_until"])
    found = contents.products_of(fresh)
    revision = contents.drawn_up(inquiry, fresh, found)
    problem = rules.problem_of(revision, found) or flow.unready(revision)
    if problem is not None:
        raise problem
    send(inquiry, fresh, revision, actor)
    return inquiry


def asked(
    typed: Typed, lines: Sequence[LineInput], actor: Actor, inquiry: Inquiry | None, version: int | None
) -> Inquiry:
    """Return the inquiry that asks for these goods: a new one, or the returned draft changed to it."""
    rows = inquiry_lines(lines)
    times: dict[str, Any] = {
        "received_at": typed.received_at,
        "deadline": typed.deadline,
        "channel": typed.channel,
    }
    of_inquiry = {"contact_name": "attention", "contact_phone": "customer_phone", "project": "project"}
    told: dict[str, Any] = {name: typed.head.get(field) or "" for name, field in of_inquiry.items()}
    if inquiry is None:
        return inquiries.register(
            actor=actor, customer=typed.customer, kind=InquiryKind.INQUIRY, lines=rows, **times, **told
        )
    head = {name: getattr(inquiry, name) for name in inquiries.HEAD_FIELDS}
    changed = {**head, **times, **{name: text or head[name] for name, text in told.items()}}
    kept = [line.id for line in inquiry.lines]
    inquiries.edit(
        inquiry,
        actor=actor,
        version=version or 0,
        head={**changed, "customer_id": typed.customer.id, "kind": InquiryKind.INQUIRY},
        lines=[replace(row, id=kept[place] if place < len(kept) else None) for place, row in enumerate(rows)],
    )
    return inquiry


def keep(inquiry: Inquiry, fresh: dict[str, Any], *, sent: bool = False) -> QuotationProposal:
    """Keep a proposal beside its inquiry in place of an earlier one."""
    proposal = queries.of_inquiry(inquiry.id)
    if proposal is None:
        proposal = QuotationProposal(inquiry_id=inquiry.id, created_at=clock.now())
        session.add(proposal)
    proposal.content = fresh
    proposal.sent_at = clock.now() if sent else None
    session.flush()
    return proposal


def send(inquiry: Inquiry, fresh: dict[str, Any], revision: QuotationRevision, actor: Actor) -> None:
    """Report the inquiry with its proposal: those who decide are told once, of what changed since it was returned."""
    earlier = queries.of_inquiry(inquiry.id)
    before = contents.drawn_up(inquiry, earlier.content) if earlier is not None else None
    inquiries.fire(inquiry, "report", actor=actor, version=None, quiet=True)
    keep(inquiry, fresh, sent=True)
    changes = [] if before is None else snapshot.changes(snapshot.content(before), snapshot.content(revision))
    timeline.record(
        inquiries.DOC_TYPE,
        inquiry.id,
        "inquiry:propose",
        actor,
        data={"count": len(revision.lines), **({"changes": changes} if changes else {})},
        tell=deciding.people(inquiry),
    )


def standing(inquiry: Inquiry) -> QuotationProposal | None:
    """Return the proposal that stands before the manager now, None where none does."""
    if inquiry.status != InquiryStatus.REPORTED:
        return None
    proposal = queries.of_inquiry(inquiry.id)
    return proposal if proposal is not None and proposal.sent_at is not None else None


def problem_of(
    inquiry: Inquiry,
    proposal: QuotationProposal,
    revision: QuotationRevision,
    found: Mapping[int, Product],
) -> Any:
    """Return why a standing proposal may not be decided on the fast track any more (a Problem), None where it may."""
    if not contents.agrees(inquiry, proposal.content):
        return Conflict("fast-track:inquiry-changed")
    return rules.problem_of(revision, found)


def fingerprint(revision: QuotationRevision) -> str:
    """Return the hash of what is decided: the one the quotation carries once it is submitted with this content."""
    return snapshot.hash_of(snapshot.content(revision))


def decide(
    inquiry: Inquiry, *, actor: Actor, version: int | None, content_hash: str, prepared: Any = None
) -> QuotationRevision:
    """Take part, make the quotation of the proposal in its owner's name, approve it, and issue ``prepared`` files.

    One act in the open unit of work: each step records its own event, and whatever refuses lets none of them be.
    ``content_hash`` is that of what the manager saw. Raises Denied for who may not take both decisions (nobody their
    own), Stale, Conflict where there is no proposal, its rules are not met any more, or its content is another.
    """
    lock(inquiry)
    deciding.check(inquiry, actor, version)
    if flow.reviewer.test(inquiry, actor) is None:
        raise Denied("core:denied", what=lazy("审核报价"), who=flow.reviewer.ask(inquiry))
    proposal = standing(inquiry)
    if proposal is None:
        raise Conflict("fast-track:none")
    found = contents.products_of(proposal.content)
    revision = contents.drawn_up(inquiry, proposal.content, found)
    problem = problem_of(inquiry, proposal, revision, found)
    if problem is not None:
        raise problem
    if content_hash != fingerprint(revision):
        raise Conflict("quotation:content-changed")
    inquiries.fire(inquiry, "decide", actor=actor, version=version, quiet=True)
    inquiries.fire(inquiry, "start_quoting", actor=SYSTEM, version=None)
    actions.keep_new(revision, SYSTEM, in_name_of_owner(inquiry, SYSTEM))
    actions.fire(revision, "submit", actor=SYSTEM, version=None, quiet=True)
    approval = {"content_hash": content_hash, "warnings_ticked": False}
    actions.fire(revision, "approve", actor=actor, version=None, data=approval, quiet=prepared is not None)
    if prepared is not None:
        actions.fire(revision, "issue", actor=actor, version=None, data={"prepared": prepared})
    proposal.quotation_id = revision.quotation_id
    session.flush()
    return revision


def check_returned(inquiry: Inquiry, actor: Actor) -> QuotationProposal:
    """Return the proposal the owner may mend and send again.

    Raises Denied for others, NotVisible where there never was one, Conflict while it stands before the manager.
    """
    if inquiry.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("快速报价"), who=inquiry.owner.name)
    proposal = queries.of_inquiry(inquiry.id)
    if proposal is None:
        raise NotVisible
    if inquiry.status != InquiryStatus.DRAFT:
        raise Conflict("inquiry:only-draft-editable")
    return proposal


def take_back(inquiry_id: int, actor: Actor) -> None:
    """Let a returned proposal stand before nobody: reported as it is, the inquiry goes the ordinary way."""
    proposal = queries.of_inquiry(inquiry_id)
    if proposal is not None:
        proposal.sent_at = None


def fill_draft(inquiry_id: int, actor: Actor) -> None:
    """Fill the quotation begun on the ordinary way with what was proposed; what was answered meanwhile stays."""
    proposal = queries.of_inquiry(inquiry_id)
    if proposal is None or actor.is_system:
        return
    inquiry = session.get_one(Inquiry, inquiry_id)
    draft = next((row for row in of_inquiry(inquiry_id, actor) if row.status == QuotationStatus.DRAFT), None)
    offered = contents.lines_of(proposal.content)
    if draft is None or len(offered) != len(inquiry.lines) or not same_goods(inquiry, offered):
        return
    head = contents.head_of(proposal.content)
    if head["valid_until"] is None or head["valid_until"] < clock.today():
        head["valid_until"] = draft.valid_until
    lines = [
        replace(
            LineInput(**{name: getattr(line, name) for name in actions.LINE_FIELDS}),
            unit_price=told.unit_price or line.unit_price,
            lead_time_days=line.lead_time_days if line.lead_time_days is not None else told.lead_time_days,
        )
        for line, told in zip(draft.lines, offered, strict=True)
    ]
    actions.edit(draft, actor=actor, version=draft.version, head=head, lines=lines)


def same_goods(inquiry: Inquiry, offered: Sequence[LineInput]) -> bool:
    """Tell whether the inquiry asks for the goods offered, line by line, whatever their quantities.

    A line offered without a product may have become one of the price list by its model.
    """
    return all(
        line.name == told.name and told.product_id in (line.product_id, None)
        for line, told in zip(inquiry.lines, offered, strict=True)
    )


def totals_of(goods: Goods) -> money.Totals:
    """Return the sums of typed lines, those without price or rate left out."""
    return money.totals(
        money.TaxedAmount(money.line_amount(line.quantity, line.unit_price), line.tax_rate)
        for line in goods.lines
        if line.quantity is not None and line.unit_price is not None and line.tax_rate is not None
    )

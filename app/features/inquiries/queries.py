"""Who sees which inquiry, and which of its lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, or_, select
from sqlalchemy.orm import joinedload

from app.core.db import one_visible, session
from app.core.permissions import Actor, can, departments_of
from app.features.customers.models import Customer
from app.features.inquiries.enums import InquiryPerm, InquiryStatus
from app.features.inquiries.models import Inquiry, InquiryLine, PurchasingAnswer
from app.features.products.models import Product

BEFORE_DECISION = (InquiryStatus.DRAFT, InquiryStatus.REPORTED, InquiryStatus.DECLINED)


@dataclass(frozen=True)
class Sight:
    """How much of one inquiry a reader sees: all of it, or only the lines put to their department."""

    whole: bool
    technical: bool
    purchasing: bool

    @property
    def any(self) -> bool:
        """Whether the reader sees anything at all."""
        return self.whole or self.technical or self.purchasing

    def lines(self, inquiry: Inquiry) -> list[InquiryLine]:
        """Return the lines the reader may see, and no other."""
        return [
            line
            for line in inquiry.lines
            if self.whole
            or (self.technical and line.ask_technical)
            or (self.purchasing and line.ask_purchasing)
        ]


def whole_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees all of an inquiry: their own, or their departments'."""
    departments = departments_of(actor, InquiryPerm.VIEW_ALL)
    if departments is None:
        return Inquiry.id.is_not(None)
    own: ColumnElement[bool] = Inquiry.owner_id == actor.id if actor.id is not None else false()
    return or_(own, Inquiry.department_id.in_(sorted(departments))) if departments else own


def asked_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a line because their department was asked about it."""
    choices = []
    if can(actor, InquiryPerm.ANSWER_TECHNICAL):
        choices.append(InquiryLine.ask_technical.is_(True))
    if can(actor, InquiryPerm.ANSWER_PURCHASING):
        choices.append(InquiryLine.ask_purchasing.is_(True))
    return or_(*choices) if choices else false()


def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees an inquiry at all."""
    asked = exists().where(InquiryLine.inquiry_id == Inquiry.id, asked_condition(actor))
    return or_(whole_condition(actor), and_(Inquiry.status.not_in(BEFORE_DECISION), asked))


def visible_to(actor: Actor) -> Select[Inquiry]:
    """Return the SELECT of the inquiries an actor may see."""
    return select(Inquiry).where(visible_condition(actor))


def whole_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the inquiries an actor sees whole (search of their text)."""
    return select(Inquiry.id).where(whole_condition(actor))


def visible_line_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the lines an actor may see (search of lines)."""
    return (
        select(InquiryLine.id)
        .join(Inquiry, Inquiry.id == InquiryLine.inquiry_id)
        .where(
            or_(whole_condition(actor), and_(Inquiry.status.not_in(BEFORE_DECISION), asked_condition(actor)))
        )
    )


def numbers_of_lines(line_ids: Sequence[int]) -> dict[int, str]:
    """Return the number of the inquiry of each line; a draft has none yet and is left out."""
    statement = (
        select(InquiryLine.id, Inquiry.number)
        .join(Inquiry, Inquiry.id == InquiryLine.inquiry_id)
        .where(InquiryLine.id.in_(line_ids), Inquiry.number.is_not(None))
    )
    return {line_id: str(number) for line_id, number in session.execute(statement)}


def get(actor: Actor, inquiry_id: int) -> Inquiry:
    """Return an inquiry the actor may see; raises NotVisible."""
    # All of a document in one query: its lines beside the head, products and answers beside the lines.
    product = joinedload(InquiryLine.product).load_only(Product.code, Product.name, Product.version)
    lines = joinedload(Inquiry.lines).options(product)
    statement = visible_to(actor).where(Inquiry.id == inquiry_id).options(lines)
    return one_visible(statement)


def sight(inquiry: Inquiry, actor: Actor) -> Sight:
    """Return how much of the inquiry the actor sees."""
    departments = departments_of(actor, InquiryPerm.VIEW_ALL)
    whole = (actor.id is not None and inquiry.owner_id == actor.id) or (
        departments is None or inquiry.department_id in departments
    )
    decided = inquiry.status not in BEFORE_DECISION
    return Sight(
        whole,
        decided and can(actor, InquiryPerm.ANSWER_TECHNICAL),
        decided and can(actor, InquiryPerm.ANSWER_PURCHASING),
    )


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the inquiries an actor may see."""
    return select(Inquiry.id).where(visible_condition(actor))


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and customer of inquiries, for tasks and notices."""
    statement = (
        select(Inquiry.id, Inquiry.number, Customer.short_name, Customer.name)
        .join(Customer, Customer.id == Inquiry.customer_id)
        .where(Inquiry.id.in_(ids))
    )
    return {
        row.id: f"{row.number or ''} {row.short_name or row.name}".strip()
        for row in session.execute(statement)
    }


def inquiry_of_line(actor: Actor, line_id: int) -> int:
    """Return the id of the inquiry a line belongs to; raises NotVisible where the actor may not see the line."""
    statement = select(InquiryLine.inquiry_id).where(
        InquiryLine.id == line_id, InquiryLine.id.in_(visible_line_ids(actor))
    )
    return one_visible(statement)


def last_price(actor: Actor, line: InquiryLine) -> PurchasingAnswer | None:
    """Return the purchasing answer a new one is prefilled from.

    That is the line's own last one, else the last given by this person for the same name and model, else the last
    given by this person at all.
    """
    if line.purchasing is not None:
        return line.purchasing
    same = and_(InquiryLine.name == line.name, InquiryLine.model == line.model)
    statement = (
        select(PurchasingAnswer)
        .join(InquiryLine, InquiryLine.id == PurchasingAnswer.line_id)
        .where(PurchasingAnswer.author_id == actor.id)
        .order_by(case((same, 0), else_=1), PurchasingAnswer.id.desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()

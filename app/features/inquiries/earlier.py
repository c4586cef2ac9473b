"""Answers given before for the same goods: offered before anybody is asked again, and listed as 行情与交期."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.core import clock
from app.core.db import session
from app.core.permissions import Actor, can
from app.features.inquiries.enums import InquiryPerm
from app.features.inquiries.models import Inquiry, InquiryLine, PurchasingAnswer, TechnicalAnswer
from app.features.inquiries.queries import BEFORE_DECISION, whole_condition

# What the technical department said carries no date of its own: after a year it is asked anew.
TECHNICAL_KEPT = timedelta(days=365)
SHOWN = 3


@dataclass(frozen=True)
class EarlierAnswers:
    """What was answered before for a line, newest first; prices only those still valid today."""

    technical: Sequence[TechnicalAnswer] = ()
    purchasing: Sequence[PurchasingAnswer] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything to offer."""
        return bool(self.technical or self.purchasing)


def price_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor reads a purchasing answer: who sees the inquiry, or purchasing."""
    if not can(actor, InquiryPerm.ANSWER_PURCHASING):
        return whole_condition(actor)
    asked = and_(Inquiry.status.not_in(BEFORE_DECISION), InquiryLine.ask_purchasing.is_(True))
    return or_(whole_condition(actor), asked)


def technical_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor reads a technical answer: who sees the inquiry, or who was asked."""
    choices = [whole_condition(actor)]
    decided = Inquiry.status.not_in(BEFORE_DECISION)
    if can(actor, InquiryPerm.ANSWER_TECHNICAL):
        choices.append(and_(decided, InquiryLine.ask_technical.is_(True)))
    if can(actor, InquiryPerm.ANSWER_PURCHASING):
        choices.append(and_(decided, InquiryLine.ask_purchasing.is_(True)))
    return or_(*choices)


def goods_key(line: InquiryLine) -> tuple[str, str]:
    """Return what makes two lines ask for the same: the model, or where there is none the name."""
    model = line.model.strip()
    return ("model", model) if model else ("name", line.name.strip())


def same_goods(lines: Sequence[InquiryLine]) -> ColumnElement[bool]:
    """Return the condition under which another line asks for the same goods as one of these."""
    keys = [goods_key(line) for line in lines]
    models = sorted({text for kind, text in keys if kind == "model"})
    names = sorted({text for kind, text in keys if kind == "name"})
    return or_(
        InquiryLine.model.in_(models) if models else false(),
        and_(InquiryLine.model == "", InquiryLine.name.in_(names)) if names else false(),
    )


def earlier_answers(actor: Actor, lines: Sequence[InquiryLine]) -> dict[int, EarlierAnswers]:
    """Return by line id what the actor may read of earlier answers for the same goods, in two queries.

    Answers of the lines themselves are not earlier ones.
    """
    if not lines:
        return {}
    own = [line.id for line in lines]
    prices: dict[tuple[str, str], list[PurchasingAnswer]] = {}
    for line, price in _found(PurchasingAnswer, lines, own, price_condition(actor)):
        if price.valid_until >= clock.today():
            prices.setdefault(goods_key(line), []).append(price)
    technical: dict[tuple[str, str], list[TechnicalAnswer]] = {}
    for line, answer in _found(TechnicalAnswer, lines, own, technical_condition(actor)):
        if answer.created_at >= clock.now() - TECHNICAL_KEPT:
            technical.setdefault(goods_key(line), []).append(answer)
    return {
        line.id: EarlierAnswers(
            technical.get(goods_key(line), [])[:SHOWN], prices.get(goods_key(line), [])[:SHOWN]
        )
        for line in lines
    }


def _found(
    model: Any, lines: Sequence[InquiryLine], own: Sequence[int], readable: ColumnElement[bool]
) -> list[Any]:
    # Newest first and no more than a few hundred: what is older than these has been replaced or has expired.
    statement: Select[Any] = (
        select(InquiryLine, model)
        .join(model, model.line_id == InquiryLine.id)
        .join(Inquiry, Inquiry.id == InquiryLine.inquiry_id)
        .where(same_goods(lines), InquiryLine.id.not_in(own), readable)
        .options(
            lazyload(InquiryLine.technical_answers),
            lazyload(InquiryLine.purchasing_answers),
            lazyload(InquiryLine.waivers),
            joinedload(model.author),
        )
        .order_by(model.id.desc())
        .limit(500)
    )
    if model is PurchasingAnswer:
        statement = statement.where(PurchasingAnswer.valid_until >= clock.today())
    return list(session.execute(statement).unique())

"""Random lives of inquiries and quotations, and what is to be counted of them told a second time, from the objects."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.errors import Problem
from app.core.uow import unit_of_work
from app.features.figures.models import FigureTally
from app.features.inquiries import actions as inquiries
from app.features.inquiries.flow import FLOW as INQUIRY_FLOW
from app.features.inquiries.models import Inquiry
from app.features.quotations import actions as quotations
from app.features.quotations.flow import FLOW as QUOTATION_FLOW
from app.features.quotations.models import Quotation, QuotationRevision
from tests import stories

CAUSES = ("price", "lead_time", "incumbent", "late")
Counts = dict[tuple[Any, ...], list[Any]]


@dataclass
class Paper:
    """Stands for the files of an issue, which cost a second each to make."""

    content_hash: str | None

    def keep(self, revision: QuotationRevision, actor: Any) -> dict[str, Any]:
        return {"copies": 1}


def live(desk: stories.Desk, chance: random.Random, number: int, steps: int) -> None:
    """Let an inquiry and its quotations live for some steps; what is refused changes nothing."""
    for _step in range(steps):
        inquiry = session.get_one(Inquiry, number)
        revisions = revisions_of(number)
        try:
            if revisions and chance.random() < 0.6:
                step_quotation(desk, chance, chance.choice(revisions))
            elif inquiry.status == "preparing" and chance.random() < 0.4:
                stories.answer(desk.people, inquiry)
            else:
                step_inquiry(desk, chance, inquiry)
        except Problem:
            session.rollback()


def step_inquiry(desk: stories.Desk, chance: random.Random, inquiry: Inquiry) -> None:
    possible = [item.name for item in INQUIRY_FLOW.steps if inquiry.status in item.sources]
    # ends are rare, or no life would get far
    name = chance.choice(
        [item for item in possible if item not in ("cancel", "withdraw") or chance.random() < 0.1]
    )
    lines = [item.id for item in inquiry.lines]
    due = clock.now() + timedelta(hours=chance.choice((1, 900)))
    values = {
        "decide": {"technical": lines[:1], "purchasing": lines, "answers_due_at": due},
        "decline": {"decline_reason": chance.choice(("scope", "price"))},
        "claim_loss": {"loss_cause": chance.choice(CAUSES)},
    }  # fmt: skip
    who = (
        "salesperson"
        if name in ("report", "start_quoting", "submit", "submit_again", "claim_loss", "cancel")
        else "manager"
    )
    with unit_of_work():
        inquiries.fire(
            inquiry, name, actor=desk.people.actor(who), version=None, note="理由", data=values.get(name)
        )


def step_quotation(desk: stories.Desk, chance: random.Random, revision: QuotationRevision) -> None:
    people = desk.people
    if revision.status in ("draft", "returned"):
        stories.fill(people, revision, price=chance.choice(("10.50", "465.50")))
        if chance.random() < 0.8:
            stories.step(people, revision, "submit", "salesperson")
        return
    if revision.status in ("issued", "accepted") and chance.random() < 0.3:
        with unit_of_work():
            quotations.revise(
                revision, actor=people.actor("salesperson"), version=revision.version, reason="客户还价"
            )
        return
    possible = [item.name for item in QUOTATION_FLOW.steps if revision.status in item.sources]
    if not possible:
        return
    name = chance.choice(possible)
    data = {
        "issue": {"prepared": Paper(revision.content_hash)},
        "approve": {"content_hash": revision.submitted_hash, "warnings_ticked": True},
        "lose": {"loss_cause": chance.choice(CAUSES)},
    }.get(name)
    who = {"issue": "keeper", "approve_as_leader": "leader", "return_as_leader": "leader"}.get(
        name, "salesperson" if name in ("withdraw", "claim_acceptance", "lose") else "manager"
    )
    stories.step(people, revision, name, who, note="理由", data=data)


def revisions_of(inquiry_id: int) -> list[QuotationRevision]:
    statement = (
        select(QuotationRevision)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(Quotation.inquiry_id == inquiry_id)
        .order_by(QuotationRevision.id)
    )
    return list(session.execute(statement).unique().scalars())


def month(day: date) -> date:
    return date(day.year, day.month, 1)


class Counter:
    """Sums by (kind, month, owner, department, customer, product, outcome, reason)."""

    def __init__(self) -> None:
        self.counts: Counts = defaultdict(lambda: [0, 0, Decimal(0), Decimal(0)])

    def add(self, kind: str, day: date, of: Any, customer: int, **values: Any) -> None:
        product, outcome, reason = (
            values.get(name, usual) for name, usual in (("product", 0), ("outcome", ""), ("reason", ""))
        )
        sums = self.counts[
            (kind, month(day), of.owner_id, of.department_id, customer, product, outcome, reason)
        ]
        sums[0] += 1
        for place, name in enumerate(("late", "amount", "hours"), 1):
            sums[place] += values.get(name, 0)


def told_again() -> Counts:
    """What is to be counted, told from the objects."""
    counter = Counter()
    for inquiry in session.execute(select(Inquiry)).unique().scalars():
        papers = sorted(
            (row for row in revisions_of(inquiry.id) if row.issued_at),
            key=lambda row: (row.issued_at, row.id),
        )
        count_report(counter, inquiry)
        count_papers(counter, inquiry, papers)
        count_result(counter, inquiry, papers)
        count_answers(counter, inquiry)
    return dict(counter.counts)


def is_over(inquiry: Inquiry) -> bool:
    return inquiry.status in ("won", "lost", "withdrawn", "cancelled", "declined")


def count_report(counter: Counter, inquiry: Inquiry) -> None:
    if inquiry.reported_at:
        day = clock.to_local(inquiry.reported_at).date()
        counter.add(
            "reported",
            day,
            inquiry,
            inquiry.customer_id,
            late=int(inquiry.reported_late),
            hours=inquiry.report_latency_hours or Decimal(0),
        )


def is_secret(inquiry: Inquiry) -> bool:
    if inquiry.kind not in ("tender", "central"):
        return False
    opening = clock.to_local(inquiry.opening_at).date() if inquiry.opening_at else None
    return not is_over(inquiry) or bool(opening and inquiry.result_on and inquiry.result_on < opening)


def count_papers(counter: Counter, inquiry: Inquiry, papers: list[QuotationRevision]) -> None:
    factor = 0 if is_secret(inquiry) else 1
    seen = set()
    for paper in papers:
        if paper.quotation_id in seen:
            continue
        seen.add(paper.quotation_id)
        day = clock.to_local(paper.issued_at).date()  # type: ignore[arg-type]
        customer = paper.quotation.customer_id
        counter.add("issued", day, paper, customer, amount=paper.total * factor)
        for product, amount in products(paper).items():
            counter.add("issued_product", day, paper, customer, product=product, amount=amount * factor)


def count_result(counter: Counter, inquiry: Inquiry, papers: list[QuotationRevision]) -> None:
    if not is_over(inquiry):
        return
    accepted = [row for row in papers if row.status == "accepted"]
    offer = (accepted or papers or [None])[-1]
    day = inquiry.result_on or clock.to_local(inquiry.decided_at).date()  # type: ignore[arg-type]
    known = {
        "won": "",
        "lost": f"lost:{inquiry.loss_cause}",
        "declined": f"declined:{inquiry.decline_reason}",
    }
    factor = 0 if is_secret(inquiry) else 1
    values = {"outcome": inquiry.status, "reason": known.get(inquiry.status, inquiry.status)}
    counter.add(
        "result", day, inquiry, inquiry.customer_id, amount=offer.total * factor if offer else 0, **values
    )
    if offer is not None and inquiry.status in ("won", "lost"):
        for product, amount in products(offer).items():
            counter.add(
                "result_product",
                day,
                inquiry,
                inquiry.customer_id,
                product=product,
                amount=amount * factor,
                **values,
            )


def count_answers(counter: Counter, inquiry: Inquiry) -> None:
    for line in inquiry.lines:
        for subject, answers in (
            ("technical", line.technical_answers),
            ("purchasing", line.purchasing_answers),
        ):
            if not answers:
                continue
            first = min(answer.created_at for answer in answers)
            began = inquiry.decided_at or inquiry.reported_at or first
            spent = (Decimal(max(int((first - began).total_seconds()), 0)) / 3600).quantize(Decimal("0.01"))
            late = bool(inquiry.answers_due_at and first > inquiry.answers_due_at)
            counter.add(
                "answered",
                clock.to_local(first).date(),
                inquiry,
                inquiry.customer_id,
                outcome=subject,
                late=int(late),
                hours=spent,
            )


def products(paper: QuotationRevision) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in paper.lines:
        if line.kind == "item":
            found[line.product_id or 0] = found.get(line.product_id or 0, Decimal(0)) + (
                line.amount or Decimal(0)
            )
    return found


def kept() -> Counts:
    """What the tallies say."""
    return {
        (
            row.kind,
            row.month,
            row.owner_id,
            row.department_id,
            row.customer_id,
            row.product_id,
            row.outcome,
            row.reason,
        ): [row.count, row.late, row.amount, row.hours]
        for row in session.execute(select(FigureTally)).scalars()
        if row.count
    }

"""Several suppliers' offers for one line: weighed side by side, one chosen, earlier ones taken over."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.core import clock, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, NotVisible
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, can, who_may
from app.core.workflow import check_version, lock
from app.features.inquiries.actions import after_answer, asked_line
from app.features.inquiries.earlier import earlier_answers
from app.features.inquiries.enums import InquiryPerm, InquiryStatus, Subject
from app.features.inquiries.flow import DOC_TYPE, FLOW, decider
from app.features.inquiries.models import Inquiry, InquiryLine, PurchasingAnswer, in_force, standing_offers

RATES = "inquiries.exchange_rates"
OPEN_STATES = (InquiryStatus.PREPARING, InquiryStatus.QUOTING)
COPIED = (
    "kind",
    "material",
    "source",
    "price",
    "price_unit",
    "currency",
    "tax_rate",
    "quoted_on",
    "valid_until",
    "lead_time_days",
    "minimum_order",
    "note",
)
_RATE = re.compile(r"([A-Z]{3})\s+([0-9]{1,3}(?:\.[0-9]{1,6})?)")


@dataclass(frozen=True)
class Weighed:
    """An offer beside the others: its price in yuan, tax included (None without a rate), and in what it is best."""

    row: PurchasingAnswer
    yuan: Decimal | None
    expired: bool
    chosen: bool
    cheapest: bool = False
    fastest: bool = False
    longest: bool = False


def rates() -> dict[str, Decimal]:
    """Return yuan per unit of each currency of the setting; the yuan itself is 1."""
    found = {"CNY": Decimal(1)}
    for line in str(settings.get(RATES) or "").splitlines():
        match = _RATE.fullmatch(line.strip())
        if match and Decimal(match[2]) > 0:
            found[match[1]] = Decimal(match[2])
    return found


def check_rates(value: str) -> LazyText | None:
    """Return what is wrong with the exchange rates as typed, None where each line is one."""
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if all(_RATE.fullmatch(line) for line in lines):
        return None
    return lazy("每行写一种币种和汇率，例如 USD 7.12")


def weigh(answers: Sequence[PurchasingAnswer]) -> list[Weighed]:
    """Return the standing offers for a line, those still valid first, the cheapest first.

    Only what is valid and priced per the same unit is compared; the best is told where there is something to compare.
    """
    today, known, chosen = clock.today(), rates(), in_force(answers)
    offers = []
    for row in standing_offers(answers):
        rate = known.get(row.currency)
        yuan = None if rate is None else row.price * rate
        offers.append(Weighed(row, yuan, row.valid_until < today, row is chosen))
    return sorted(
        with_best(offers),
        key=lambda offer: (offer.expired, offer.yuan is None, offer.yuan or 0, offer.row.id),
    )


def with_best(offers: Sequence[Weighed]) -> list[Weighed]:
    """Return the offers, those still valid marked in what they are best, where there are several of them."""
    valid = [offer for offer in offers if not offer.expired]
    if len(valid) < 2:
        return list(offers)
    prices = [offer.yuan for offer in valid if offer.yuan is not None]
    one_unit = len({offer.row.price_unit for offer in valid}) == 1
    lowest = min(prices) if one_unit and len(prices) > 1 else None
    soonest = min(offer.row.lead_time_days for offer in valid)
    latest = max(offer.row.valid_until for offer in valid)
    return [
        offer
        if offer.expired
        else replace(
            offer,
            cheapest=lowest is not None and offer.yuan == lowest,
            fastest=offer.row.lead_time_days == soonest,
            longest=offer.row.valid_until == latest,
        )
        for offer in offers
    ]


def may_choose(inquiry: Inquiry, actor: Actor) -> bool:
    """Tell whether an actor recommends an offer now."""
    return inquiry.status in OPEN_STATES and recommends(inquiry, actor)


def recommends(inquiry: Inquiry, actor: Actor) -> bool:
    """Tell whether it is an actor's to recommend an offer: purchasing's, and that of who decides on the inquiry."""
    return can(actor, InquiryPerm.ANSWER_PURCHASING) or decider.test(inquiry, actor) is not None


def choose(
    inquiry: Inquiry, line_id: int, answer_id: int, *, actor: Actor, version: int | None
) -> PurchasingAnswer:
    """Recommend one of the offers for a line; the quotation builds on it.

    Raises Denied, Stale, Conflict in another state, for an expired offer and for one that stands no more.
    """
    lock(inquiry)
    if not recommends(inquiry, actor):
        raise Denied("core:denied", what=lazy("选用供应商报价"), who=who_may(InquiryPerm.ANSWER_PURCHASING))
    check_version(DOC_TYPE, inquiry, version)
    if inquiry.status not in OPEN_STATES:
        label = FLOW.state(inquiry.status).label
        raise Conflict("core:wrong-state", state=label, step=lazy("选用供应商报价"))
    line = line_of(inquiry, line_id)
    row = next((item for item in standing_offers(line.purchasing_answers) if item.id == answer_id), None)
    if row is None:
        raise Conflict("inquiry:offer-gone")
    if row.valid_until < clock.today():
        raise Conflict("inquiry:offer-expired")
    row.chosen_at = clock.now()
    inquiry.touch()
    session.flush()
    data = {"position": line.position, "name": line.name}
    timeline.record(DOC_TYPE, inquiry.id, "inquiry:choose-offer", actor, data=data, tell=[inquiry.owner_id])
    return row


def line_of(inquiry: Inquiry, line_id: int) -> InquiryLine:
    """Return a line of an inquiry; raises NotVisible."""
    found = next((line for line in inquiry.lines if line.id == line_id and line.ask_purchasing), None)
    if found is None:
        raise NotVisible
    return found


def take_over(inquiry: Inquiry, line_id: int, answer_id: int, *, actor: Actor) -> PurchasingAnswer:
    """Answer a line with an earlier answer for the same goods that is still valid, its author and date kept.

    Raises what answering raises, Conflict for an answer that is offered no more or stands on the line already.
    """
    line = asked_line(inquiry, line_id, actor, Subject.PURCHASING)
    if any(item.taken_from_id == answer_id for item in line.purchasing_answers):
        raise Conflict("inquiry:offer-taken")
    offered = earlier_answers(actor, [line])[line.id].purchasing
    source = next((item for item in offered if item.id == answer_id), None)
    if source is None:
        raise Conflict("inquiry:offer-gone")
    row = PurchasingAnswer(
        author_id=source.author_id,
        created_at=clock.now(),
        answered_at=source.answered_at or source.created_at,
        taken_from_id=source.id,
        **{name: getattr(source, name) for name in COPIED},
    )
    line.purchasing_answers.append(row)
    session.flush()
    after_answer(inquiry, actor, line, "inquiry:take-over", InquiryPerm.ANSWER_PURCHASING)
    return row

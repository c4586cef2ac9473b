"""What people do with negotiations besides the manager's answer: record them; they end with their quotation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import lazy
from app.core.permissions import SYSTEM, Actor
from app.core.workflow import lock
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.flow import FLOW as QUOTATION_FLOW
from app.features.quotations.models import Quotation, QuotationRevision
from app.features.quotations.negotiation.enums import NegotiationStatus, OutsideTerm
from app.features.quotations.negotiation.flow import DOC_TYPE, FLOW, reviewer
from app.features.quotations.negotiation.models import Negotiation

# A talk is written down soon after it was held.
LONGEST_AGO = timedelta(days=90)
OVER = (QuotationStatus.ACCEPTED, QuotationStatus.LOST, QuotationStatus.SUPERSEDED, QuotationStatus.VOID)


@dataclass(frozen=True)
class NegotiationInput:
    """A talk as typed: ``held_at`` aware, ``outside`` what lies outside the normal terms, ``next_on`` a company day."""

    counterpart: str
    asked: str
    offered: str = ""
    outside: tuple[str, ...] = ()
    next_step: str = ""
    next_on: date | None = None
    held_at: datetime | None = None
    place: str = ""


def check_recordable(revision: QuotationRevision, actor: Actor) -> None:
    """Raise Denied for anybody but the quotation's owner, Conflict where the quotation is over or no longer current."""
    if revision.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("登记商务谈判"), who=revision.owner.name)
    if not revision.current:
        raise Conflict("quotation:newer-revision")
    if revision.status in OVER:
        raise Conflict("negotiation:quotation-over", state=QUOTATION_FLOW.state(revision.status).label)


def record(revision: QuotationRevision, *, actor: Actor, typed: NegotiationInput) -> Negotiation:
    """Record a talk about a quotation on its current revision; what lies outside the normal terms asks the manager.

    From then on the quotation is locked until the answer. Raises Denied, Conflict (quotation over, or nobody could
    answer), Invalid for a talk in the future or longer ago than 90 days, and where it is not said what was asked.
    """
    lock(revision)
    check_recordable(revision, actor)
    now = clock.now()
    held_at = typed.held_at or now
    check_typed(typed, held_at)
    row = Negotiation(
        status=FLOW.initial,
        owner_id=revision.owner_id,
        department_id=revision.department_id,
        revision_id=revision.id,
        held_at=held_at,
        place=typed.place.strip(),
        counterpart=typed.counterpart.strip(),
        asked=typed.asked.strip(),
        offered=typed.offered.strip(),
        next_step=typed.next_step.strip(),
        next_on=typed.next_on,
        created_at=now,
        updated_at=now,
        **{f"outside_{term}": str(term) in typed.outside for term in OutsideTerm},
    )
    row.quotation, row.owner = revision.quotation, revision.owner
    revision.quotation.followed_up_at = now
    session.add(row)
    session.flush()
    if row.outside and not reviewer.people(row):
        raise Conflict("quotation:nobody-reviews")
    timeline.record(DOC_TYPE, row.id, "negotiation:record", actor, to_status=row.status)
    if row.outside:
        fire(row, "ask", actor=actor, version=None)
    index(row)
    return row


def check_typed(typed: NegotiationInput, held_at: datetime) -> None:
    """Raise Invalid for what cannot be a talk that was held."""
    wrong: dict[str, Any] = {}
    if not typed.asked.strip():
        wrong["asked"] = lazy("请写明客户提出了什么")
    if held_at > clock.now():
        wrong["held_at"] = lazy("谈判时间不能晚于现在")
    elif held_at < clock.now() - LONGEST_AGO:
        wrong["held_at"] = lazy("谈判时间不能早于 90 天前")
    if set(typed.outside) - set(OutsideTerm):
        wrong["outside"] = lazy("请在列出的几项里勾选")
    if typed.outside and not typed.offered.strip():
        wrong["offered"] = lazy("超出正常条款时，请写明准备答应什么，经理才能答复")
    if typed.next_on is not None and typed.next_on < clock.to_local(held_at).date():
        wrong["next_on"] = lazy("下一步日期不能早于谈判当天")
    if wrong:
        raise Invalid(fields=wrong)


def fire(
    negotiation: Negotiation,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a negotiation's flow; ``note`` is the manager's reply where he answers."""
    FLOW.fire(negotiation, name, actor, version=version, note=note, data=data)
    index(negotiation)


def index(negotiation: Negotiation) -> None:
    """Bring the search index up to date."""
    quotation = negotiation.quotation
    number = quotation.number or ""
    words = (
        number,
        quotation.customer.name,
        negotiation.counterpart,
        negotiation.place,
        negotiation.asked,
        negotiation.offered,
        negotiation.next_step,
        negotiation.reply,
    )
    search.put(
        DOC_TYPE,
        negotiation.id,
        f"{number} {quotation.customer.name}".strip(),
        "\n".join(filter(None, words)),
    )


def lapse_with_quotation(revision_id: int, actor: Actor) -> None:
    """Let waiting negotiations go once their quotation has ended, in the same transaction."""
    revision = session.get_one(QuotationRevision, revision_id)
    alive = (
        select(QuotationRevision.id)
        .where(QuotationRevision.quotation_id == revision.quotation_id, QuotationRevision.status.not_in(OVER))
        .limit(1)
    )
    session.flush()
    if session.execute(alive).first() is not None:
        return
    waiting = (
        select(Negotiation)
        .join(Quotation, Quotation.id == Negotiation.quotation_id)
        .where(
            Negotiation.quotation_id == revision.quotation_id,
            Negotiation.status == NegotiationStatus.WAITING,
        )
        .order_by(Negotiation.id)
    )
    for row in session.execute(waiting).unique().scalars().all():
        fire(row, "lapse", actor=SYSTEM, version=None)

"""The life of a negotiation record: terms outside the normal ones wait for the manager, and the quotation with them."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock, settings, workdays
from app.core.errors import Invalid, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, mine, step, system_only
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.flow import reviewer, wanted
from app.features.quotations.negotiation.enums import NegotiationStatus
from app.features.quotations.negotiation.models import Negotiation

DOC_TYPE = "negotiation"


def answer_task(negotiation: Negotiation) -> Iterable[WantedTask]:
    """Yield the task of answering, due after so many working hours; never for who recorded it (rule R4)."""
    hours = settings.get("quotations.negotiation_hours")
    due = workdays.add_working_hours(negotiation.created_at, hours)
    return wanted("negotiation:answer", reviewer, QuotationPerm.REVIEW, negotiation, due_at=due)


def ready_to_ask(negotiation: Negotiation, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Nobody is asked about what lies within the normal terms."""
    if not negotiation.outside:
        return Invalid(fields={"outside": lazy("没有勾选超出正常条款的内容，不需要经理答复")})
    return None


def answer(negotiation: Negotiation, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the manager's words, and for whom a deputy gave them."""
    authority: Authority | None = reviewer.test(negotiation, actor)
    negotiation.reply = str(data.get("note", ""))
    negotiation.answered_at, negotiation.answered_by_id = clock.now(), actor.id
    on_behalf_of = authority.on_behalf_of if authority else None
    negotiation.answered_for = on_behalf_of[1] if on_behalf_of else ""
    return {}


def owner(negotiation: Negotiation) -> list[int | None]:
    """Return who recorded it, to be told."""
    return [negotiation.owner_id]


def reviewers(negotiation: Negotiation) -> list[int | None]:
    """Return those who can answer, to be told."""
    return list(reviewer.people(negotiation))


S = NegotiationStatus

# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.RECORDED,
    (
        State(S.RECORDED, lazy("已记录"), "neutral", milestone=True),
        State(S.WAITING, lazy("待经理答复"), "warn", answer_task, milestone=True),
        State(S.CONSENTED, lazy("经理同意"), "ok", terminal=True, milestone=True),
        State(S.REFUSED, lazy("经理不同意"), "bad", terminal=True),
        State(S.LAPSED, lazy("随报价结束"), "neutral", terminal=True),
   ),
    (
        step("ask", "recorded", "waiting", mine, lazy("提请经理答复"), hidden=True, ready=ready_to_ask,
             tell=reviewers),
        step("consent", "waiting", "consented", reviewer, lazy("同意"), kind="primary", reason=True,
             effect=answer, tell=owner),
        step("refuse", "waiting", "refused", reviewer, lazy("不同意"), reason=True, effect=answer,
             tell=owner),
        step("lapse", "waiting", "lapsed", system_only, lazy("报价已结束，不再等候答复"), hidden=True,
             tell=owner),
   ),
    lazy("商务谈判"),
)
# fmt: on

"""The life of a tip 线索: sent to the head of a colleague's department, who takes it up or closes it with a reason.

What was taken up waits for an answer again once its proposal is withdrawn.
"""

from collections.abc import Iterable

from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor, Person, directory, grant_for, names_of
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, step, system_only
from app.features.proposals.enums import TIP as DOC_TYPE
from app.features.proposals.enums import ProposalPerm, TipStatus
from app.features.proposals.models import ProposalTip


def apart(tip: ProposalTip) -> frozenset[int]:
    """Return whose hand must not be in the answer: the person a tip is about."""
    return frozenset({tip.subject_id})


def heads(tip: ProposalTip) -> list[Person]:
    """Return the heads a tip is put to."""
    return directory().holders(str(ProposalPerm.PROPOSE), tip.department_id, apart(tip))


def head_of(tip: ProposalTip, actor: Actor) -> Authority | None:
    """Return the authority of a head over a tip, never over one about themselves."""
    grant = grant_for(actor, ProposalPerm.PROPOSE, tip.department_id, apart(tip))
    if grant is None:
        return None
    on_behalf = (grant.on_behalf_of, grant.on_behalf_of_name) if grant.on_behalf_of is not None else None
    return Authority(str(grant.role), on_behalf)


head = Who(
    head_of,
    lambda tip: names_of(heads(tip)),
    frozenset({str(ProposalPerm.PROPOSE)}),
    lambda tip: [person.id for person in heads(tip)],
)


def reading(tip: ProposalTip) -> Iterable[WantedTask]:
    """Yield the task of answering, for the heads of the department."""
    yield WantedTask(
        "proposal_tip:answer",
        permission=str(ProposalPerm.PROPOSE),
        department_id=tip.department_id,
        excluded_user_id=tip.subject_id,
    )


def sender(tip: ProposalTip) -> list[int | None]:
    """Return who sent it."""
    return [tip.owner_id]


def concerned(tip: ProposalTip) -> list[int | None]:
    """Return who sent it, and who has to answer it again."""
    return [tip.owner_id, *(person.id for person in heads(tip))]


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    TipStatus.SENT,
    (
        State(TipStatus.SENT, lazy("待处理"), "warn", reading, milestone=True),
        State(TipStatus.TAKEN_UP, lazy("已转为建议"), "ok", terminal=True, milestone=True),
        State(TipStatus.CLOSED, lazy("不采纳"), "neutral", terminal=True),
    ),
    (
        step("take_up", "sent", "taken_up", head, lazy("转为奖惩建议"), hidden=True, tell=sender),
        step("close", "sent", "closed", head, lazy_in_context("step", "不采纳"), reason=True, tell=sender),
        # Done with the withdrawal of the proposal, in its transaction.
        step("reopen", "taken_up", "sent", system_only, lazy("恢复处理"), hidden=True, tell=concerned,
             sentence=lazy("奖惩建议已撤回，线索恢复待处理")),
    ),
    lazy("奖惩线索"),
)
# fmt: on

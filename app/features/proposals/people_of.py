"""Who has a hand in a proposal, and who therefore must keep out of what follows (rule R4).

The proposer and the person a proposal is about never hear, decide or carry out; who decided, and whom they stood in
for, never decides on the appeal. Where no other leader is left it is the turn of the one named in the settings.
"""

from collections.abc import Iterable

from app.core.i18n import lazy
from app.core.permissions import Actor, Person, directory
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Who, any_of, may, named_in_settings, when
from app.features.proposals.enums import ProposalPerm, ProposalStatus
from app.features.proposals.models import Proposal
from app.features.proposals.queries import second_decider


def hands_apart(proposal: Proposal) -> frozenset[int]:
    """Return whose hand must not be in the next act."""
    apart = {proposal.owner_id, proposal.subject_id}
    if proposal.status == ProposalStatus.APPEALED:
        apart |= {person for person in (proposal.decided_by_id, proposal.decided_for_id) if person}
    return frozenset(apart)


def others_holding(permission: str, proposal: Proposal) -> list[Person]:
    """Return the holders of a permission over a proposal whose hand is not in it."""
    return directory().holders(str(permission), proposal.department_id, hands_apart(proposal))


def stand_in(proposal: Proposal) -> int | None:
    """Return the second decider of the settings, unless their hand is in it already."""
    person = second_decider()
    return person if person and person not in hands_apart(proposal) else None


def subject_of(proposal: Proposal, actor: Actor) -> Authority | None:
    """Return the authority of the person a proposal is about, which nobody stands in for."""
    return Authority("subject") if actor.id is not None and actor.id == proposal.subject_id else None


second = named_in_settings("second_decider", stand_in, lazy("系统管理员（设置“奖惩第二决定人”）"))
decider = any_of(
    may(ProposalPerm.DECIDE, apart=hands_apart),
    when(lambda proposal: not others_holding(ProposalPerm.DECIDE, proposal), second),
)
hearer = may(ProposalPerm.HEAR, apart=hands_apart)
# H carries out what costs nothing, finance what is paid or paid back.
executor = any_of(may(ProposalPerm.HEAR, apart=hands_apart), may(ProposalPerm.EXECUTE, apart=hands_apart))
subject = Who(
    subject_of, lambda proposal: proposal.subject.name, people=lambda proposal: [proposal.subject_id]
)


def addressed(kind: str, permission: ProposalPerm, proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the task of an act for the holders of a permission whose hand is not in it.

    A task leaves out one person at most; where more of the holders have a hand in it, the others are named.
    """
    holders = directory().holders(str(permission), proposal.department_id)
    left_out = sorted({person.id for person in holders} & hands_apart(proposal))
    if len(left_out) > 1:
        for person in others_holding(permission, proposal):
            yield WantedTask(kind, user_id=person.id)
        return
    yield WantedTask(
        kind,
        permission=str(permission),
        department_id=proposal.department_id,
        excluded_user_id=left_out[0] if left_out else None,
    )


def deciding(kind: str, proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the task of deciding: for the leaders, else for the second decider."""
    if others_holding(ProposalPerm.DECIDE, proposal) or stand_in(proposal) is None:
        yield from addressed(kind, ProposalPerm.DECIDE, proposal)
    else:
        yield WantedTask(kind, user_id=stand_in(proposal))

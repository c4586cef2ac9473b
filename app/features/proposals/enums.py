"""Codes of reward and penalty proposals, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy, lazy_in_context

PROPOSAL = "proposal"
TIP = "proposal_tip"


class ProposalKind(StrEnum):
    """What is proposed."""

    REWARD = "reward"
    PENALTY = "penalty"


class ProposalStatus(StrEnum):
    """The states of a proposal (rule table 2.11 of the department)."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    HEARING = "hearing"
    DECIDED = "decided"
    SERVED = "served"
    APPEALED = "appealed"
    REDECIDED = "redecided"
    EXECUTED = "executed"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class TipStatus(StrEnum):
    """Where a tip stands."""

    SENT = "sent"
    TAKEN_UP = "taken_up"
    CLOSED = "closed"


class Decision(StrEnum):
    """What the leader decides; after an appeal the same words hold for the decision appealed against."""

    AGREED = "agreed"
    CHANGED = "changed"
    REFUSED = "refused"


class EvidenceKind(StrEnum):
    """What speaks for the facts of a proposal."""

    CHECK = "check"
    EVENT = "event"
    FILE = "file"
    ADDRESS = "address"


class ProposalPerm(StrEnum):
    """The rights around proposals; the person a proposal is about needs none."""

    PROPOSE = "proposals:proposal:propose"
    HEAR = "proposals:proposal:hear"
    DECIDE = "proposals:proposal:decide"
    EXECUTE = "proposals:proposal:execute"


# To whom the lists are open; which proposals stand in them is decided row by row.
READERS = (ProposalPerm.PROPOSE, ProposalPerm.HEAR, ProposalPerm.DECIDE, ProposalPerm.EXECUTE)

# To whom proposals are counted, in the departments they answer for.
COUNTERS = (ProposalPerm.PROPOSE, ProposalPerm.HEAR, ProposalPerm.DECIDE)

KIND_LABELS = {ProposalKind.REWARD: lazy("奖励"), ProposalKind.PENALTY: lazy("处罚")}
KIND_TONES = {ProposalKind.REWARD: "ok", ProposalKind.PENALTY: "warn"}
DECISION_LABELS = {
    Decision.AGREED: lazy_in_context("decision", "同意"),
    Decision.CHANGED: lazy("变更"),
    Decision.REFUSED: lazy("不予奖惩"),
}
SECOND_LABELS = {
    Decision.AGREED: lazy("维持原决定"),
    Decision.CHANGED: lazy("变更原决定"),
    Decision.REFUSED: lazy("撤销原决定"),
}
EVIDENCE_LABELS = {
    EvidenceKind.CHECK: lazy("执行检查"),
    EvidenceKind.EVENT: lazy("办理记录"),
    EvidenceKind.FILE: lazy("文件、照片"),
    EvidenceKind.ADDRESS: lazy("系统内的页面"),
}

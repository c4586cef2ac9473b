"""Codes of drills, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy, lazy_in_context

DRILL = "drill"
MODULE = "drills"
SCORE = "score"
MOST_POINTS = 10


class DrillStatus(StrEnum):
    """Where a drill stands."""

    PREPARED = "prepared"
    REHEARSED = "rehearsed"
    SCORED = "scored"
    DEBRIEFED = "debriefed"
    CANCELLED = "cancelled"


class StageKind(StrEnum):
    """The three stages of a drill, in their order."""

    SURVEY = "survey"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"


class PartKind(StrEnum):
    """What somebody does in a drill."""

    PLAYER = "player"
    JUDGE = "judge"


class DrillPerm(StrEnum):
    """The right around drills; who plays or judges sees their own."""

    ARRANGE = "drills:drill:arrange"


STAGE_LABELS = {
    StageKind.SURVEY: lazy_in_context("drill", "调研"),
    StageKind.PROPOSAL: lazy_in_context("drill", "方案"),
    StageKind.NEGOTIATION: lazy_in_context("drill", "谈判"),
}
PART_LABELS = {PartKind.PLAYER: lazy("参演"), PartKind.JUDGE: lazy("评委")}

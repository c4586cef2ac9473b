"""Codes of checks of clauses, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy

CLAUSE_CHECK = "clause_check"
MODULE = "checks"


class CheckStatus(StrEnum):
    """Where a check stands."""

    RECORDED = "recorded"
    EXPLAINED = "explained"
    GUIDED = "guided"
    CLOSED = "closed"
    PROPOSED = "proposed"


class CheckResult(StrEnum):
    """What was found."""

    CONFORMING = "conforming"
    DEVIATING = "deviating"


class CheckSource(StrEnum):
    """Who found it: a person who looked, or the system."""

    PERSON = "person"
    SYSTEM = "system"


class CheckPerm(StrEnum):
    """The rights around checks; whoever is concerned sees and explains their own without any."""

    RECORD = "checks:check:record"
    EXPLAIN = "checks:check:explain"
    VIEW_ALL = "checks:check:view-all"


RESULT_LABELS = {CheckResult.CONFORMING: lazy("符合"), CheckResult.DEVIATING: lazy("不符合")}
SOURCE_LABELS = {CheckSource.PERSON: lazy("人工检查"), CheckSource.SYSTEM: lazy("系统")}
RESULT_TONES = {CheckResult.CONFORMING: "ok", CheckResult.DEVIATING: "bad"}

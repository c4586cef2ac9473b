"""Codes of what happens to equipment besides changing hands, with their labels apart."""

from enum import StrEnum

from app.core.i18n import LazyText, lazy
from app.features.assets.enums import AssetPerm

INCIDENT = "asset_incident"
SCRAPPING = "asset_scrapping"
SELF_CHECK = "asset_self_check_request"


class UpkeepPerm(StrEnum):
    """Rights over the upkeep of equipment, besides those of who keeps it."""

    APPROVE_SCRAPPING = "assets:scrapping:approve"


# To whom the lists of repairs, incidents, scrapping and overdue loans are open; which rows is decided row by row.
READERS = (AssetPerm.KEEP, AssetPerm.VIEW_ALL, UpkeepPerm.APPROVE_SCRAPPING)


class RepairOutcome(StrEnum):
    """How a repair ended (rule table 2.8)."""

    SUCCESS = "success"
    FAILURE = "failure"


OUTCOME_LABELS: dict[RepairOutcome, LazyText] = {
    RepairOutcome.SUCCESS: lazy("修好了"),
    RepairOutcome.FAILURE: lazy("没有修好"),
}


class IncidentKind(StrEnum):
    """What happened to an item."""

    LOST = "lost"
    DAMAGED = "damaged"


INCIDENT_LABELS: dict[IncidentKind, LazyText] = {
    IncidentKind.LOST: lazy("丢失"),
    IncidentKind.DAMAGED: lazy("损坏"),
}
INCIDENT_TONES: dict[str, str] = {"lost": "bad", "damaged": "warn"}


class IncidentStatus(StrEnum):
    """The life of a report of loss or damage."""

    REPORTED = "reported"
    FOUND = "found"
    CLOSED = "closed"


class ScrappingStatus(StrEnum):
    """The life of a request to scrap an item (rule table 2.8); it is its keeper's until it was disposed of."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DISPOSED = "disposed"


class SelfCheckStatus(StrEnum):
    """The life of the question whether all is still there; it lapses where nothing is due any more."""

    ASKED = "asked"
    ANSWERED = "answered"
    LAPSED = "lapsed"


class Answer(StrEnum):
    """What the responsible person says of an item."""

    WELL = "well"
    BROKEN = "broken"
    MISSING = "missing"


ANSWER_LABELS: dict[Answer, LazyText] = {
    Answer.WELL: lazy("在，正常"),
    Answer.BROKEN: lazy("在，不能正常使用"),
    Answer.MISSING: lazy("找不到"),
}
ANSWER_TONES: dict[Answer, str] = {Answer.WELL: "ok", Answer.BROKEN: "warn", Answer.MISSING: "bad"}

"""Codes of reports upwards and requests across, with their labels apart."""

from enum import StrEnum

from app.core.i18n import LazyText, lazy, lazy_in_context

ESCALATION = "escalation"
MODULE = "escalations"
GRAVE_HOURS = "escalations.grave_hours"
REQUEST_DAYS = "escalations.request_days"


class EscalationKind(StrEnum):
    """A grave matter reported upwards, or a request to another department."""

    GRAVE = "grave"
    REQUEST = "request"


class EscalationStatus(StrEnum):
    """The life of a report (rule table 2.0.1)."""

    REPORTED = "reported"
    SEEN = "seen"
    ANSWERED = "answered"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class EscalationPerm(StrEnum):
    """Whom a report or a request may be put to, and who looks over those of a department; to report needs none."""

    HEAR = "escalations:report:hear"
    ASSIST = "escalations:request:assist"
    OVERSEE = "escalations:escalation:oversee"


class Means(StrEnum):
    """How two people spoke."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    MESSAGE = "message"


WAITING = (EscalationStatus.REPORTED, EscalationStatus.SEEN)
RECEIVERS = {EscalationKind.GRAVE: EscalationPerm.HEAR, EscalationKind.REQUEST: EscalationPerm.ASSIST}
KIND_LABELS: dict[EscalationKind, LazyText] = {
    EscalationKind.GRAVE: lazy("重大问题汇报"),
    EscalationKind.REQUEST: lazy("部门协办"),
}
KIND_TONES = {EscalationKind.GRAVE: "bad", EscalationKind.REQUEST: "info"}
MEANS_LABELS: dict[Means, LazyText] = {
    Means.TELEPHONE: lazy_in_context("means", "电话"),
    Means.IN_PERSON: lazy_in_context("means", "当面"),
    Means.MESSAGE: lazy_in_context("means", "微信"),
}

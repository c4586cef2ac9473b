"""Codes of negotiations, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy


class NegotiationStatus(StrEnum):
    """The states of a negotiation record (rule table 2.2, end)."""

    RECORDED = "recorded"
    WAITING = "waiting"
    CONSENTED = "consented"
    REFUSED = "refused"
    LAPSED = "lapsed"


class OutsideTerm(StrEnum):
    """What in a negotiation lies outside the normal terms and needs the manager's consent."""

    PAYMENT = "payment"
    PRICE = "price"
    LIABILITY = "liability"


OUTSIDE_LABELS = {
    OutsideTerm.PAYMENT: lazy("付款"),
    OutsideTerm.PRICE: lazy("价格"),
    OutsideTerm.LIABILITY: lazy("赔偿"),
}

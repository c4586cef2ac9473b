"""The stories of the demo that are about talks: one that waits for the manager, one that he refused."""

from app.demo import bargaining
from app.demo.deal import Deal
from app.demo.stage import Script
from app.demo.story import offered
from app.features.quotations.negotiation.enums import OutsideTerm


def negotiating(case: Deal, *, late: bool = False) -> Script:
    """The customer wants other terms of payment and liability; the manager has not answered, the offer is locked."""
    yield from offered(case, late=late)
    yield case.after(8, 12)
    bargaining.talk(case)
    yield case.after(8, 16)
    bargaining.talk(case, OutsideTerm.PAYMENT, OutsideTerm.LIABILITY)


def haggled(case: Deal, *, late: bool = False) -> Script:
    """The manager refuses other terms of payment; the salesperson keeps calling."""
    yield from offered(case, late=late)
    yield case.after(8, 12)
    bargaining.talk(case, OutsideTerm.PAYMENT)
    yield case.decided_after(0.5, 2)
    bargaining.answer(case, "refuse")
    yield case.after(10, 20)
    bargaining.call(case)

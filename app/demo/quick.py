"""The fast track in the demo: offers at list prices, proposed in one form and decided by one button."""

from datetime import timedelta

from app.core import clock, workdays
from app.demo import goods
from app.demo.deal import Deal
from app.demo.stage import Script
from app.features.inquiries.enums import InquiryChannel
from app.features.quotations.fast_track import actions as fast_track
from app.features.quotations.fast_track import content as contents
from app.features.quotations.fast_track import queries
from app.features.quotations.fast_track.actions import Typed, TypedLine


def propose(case: Deal) -> None:
    """Send the customer's usual goods at list prices to the manager."""
    wanted = goods.wanted_lines(case.random, goods.price_list(), number=case.lines, worth=case.worth)
    lines = [
        TypedLine(name=line.name, model=line.model, quantity=line.quantity, product_id=line.product_id)
        for line in wanted
    ]
    typed = Typed(
        customer=case.buyer,
        received_at=clock.now() - timedelta(minutes=case.random.randint(4, 40)),
        deadline=workdays.add_working_days(clock.now(), 4),
        channel=InquiryChannel.PHONE,
        head={"delivery_place": f"{case.buyer.address}，汽运到厂，需方卸货"},
        lines=lines,
    )
    case.inquiry_id = fast_track.propose(typed, actor=case.seller).id


def decide(case: Deal) -> None:
    """Let whoever decides press the one button."""
    inquiry = case.inquiry
    proposal = queries.of_inquiry(inquiry.id)
    seen = fast_track.fingerprint(contents.drawn_up(inquiry, proposal.content)) if proposal else ""
    fast_track.decide(inquiry, actor=case.decider, version=inquiry.version, content_hash=seen)


def proposed(case: Deal) -> Script:
    """An offer at list prices waits for the manager's one button."""
    yield case.moment
    propose(case)


def offered(case: Deal) -> Script:
    """Decided in one act within the hour, issued and handed over on the same day."""
    yield from proposed(case)
    yield case.decided_after(0.1, 0.6)
    decide(case)
    yield case.after(0.1, 0.4)
    case.issue()
    yield case.after(0.1, 0.4)
    case.hand_over()

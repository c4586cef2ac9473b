"""The ways an inquiry can go, each told as a story of acts with the moments between them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.core import clock, workdays
from app.demo import bargaining, wording
from app.demo.deal import Deal
from app.demo.stage import Script
from app.features.home import actions as home
from app.features.inquiries.enums import Subject
from app.features.inquiries.flow import DOC_TYPE as INQUIRY
from app.features.quotations.enums import FileForm, QuotationStatus
from app.features.quotations.flow import DOC_TYPE as QUOTATION
from app.features.quotations.negotiation.enums import OutsideTerm

# The way that all go, as far as each comes


def registered(case: Deal, *, late: bool = False) -> Script:
    """The customer asks; the salesperson registers. Its deadline runs."""
    yield case.moment
    case.register(late=late)


def reported(case: Deal, *, late: bool = False) -> Script:
    """Reported to the manager, who has not decided yet."""
    yield from registered(case, late=late)
    yield case.after(0.1, 0.5)
    case.step("report")


def decided(case: Deal, *, late: bool = False) -> Script:
    """The manager takes part and puts lines to the departments."""
    yield from reported(case, late=late)
    yield case.decided_after(0.4, 2.5)
    case.decide()


def answered(case: Deal, *, late: bool = False) -> Script:
    """Both departments answered; the quotation can be begun."""
    yield from decided(case, late=late)
    yield from answers(case)


def answers(case: Deal) -> Script:
    """Technical first, then purchasing."""
    if case.specials:
        yield case.after(0.8, 4)
        case.answer(Subject.TECHNICAL)
    if case.specials or case.priced:
        yield case.after(0.5, 4)
        case.answer(Subject.PURCHASING)


def begun(case: Deal, *, late: bool = False) -> Script:
    """The quotation exists as a draft with prices and terms."""
    yield from answered(case, late=late)
    yield case.after(0.3, 1.5)
    case.step("start_quoting")
    yield case.after(0.3, 1.2)
    case.build()


def in_review(case: Deal, *, late: bool = False) -> Script:
    """Submitted for review."""
    yield from begun(case, late=late)
    yield case.after(0.1, 0.4)
    case.submit()


def approval(case: Deal) -> Script:
    """The manager passes it, and the leader where his word is needed."""
    yield case.decided_after(0.3, 2.5)
    case.approve()
    if case.revision.status == QuotationStatus.LEADER_REVIEW:
        yield case.after(0.8, 4)
        case.approve()


def approved(case: Deal, *, late: bool = False) -> Script:
    """Reviewed, waiting for its seal."""
    yield from in_review(case, late=late)
    yield from approval(case)


def issued(
    case: Deal, *, late: bool = False, copies: int = 1, form: FileForm = FileForm.ELECTRONIC
) -> Script:
    """Printed and sealed, mostly by the seal keeper, sometimes by the back office."""
    yield from approved(case, late=late)
    yield case.after(0.3, 2)
    case.issue(copies=copies, form=form, by="c1" if case.number % 5 == 0 else "k1")


def offered(
    case: Deal, *, late: bool = False, copies: int = 1, form: FileForm = FileForm.ELECTRONIC
) -> Script:
    """Handed over to the customer, who thinks about it."""
    yield from issued(case, late=late, copies=copies, form=form)
    yield case.after(0.1, 0.8)
    case.hand_over()


# Ends


def claimed(case: Deal, *, late: bool = False, copies: int = 1) -> Script:
    """The customer accepts in writing; the manager has not confirmed yet."""
    yield from offered(case, late=late, copies=copies)
    yield case.after(6, 24)
    case.claim_acceptance()


def won(case: Deal, *, late: bool = False, copies: int = 1) -> Script:
    """Accepted, confirmed, won."""
    yield from claimed(case, late=late, copies=copies)
    yield case.decided_after(0.3, 3)
    case.confirm_acceptance()


def won_with_reprint(case: Deal) -> Script:
    """Won; the customer's accountant wants a copy for the files."""
    yield from won(case)
    yield case.after(8, 20)
    case.reprint()


def won_at_second_try(case: Deal) -> Script:
    """The acceptance named another quantity, so the manager sent it back; a second one was in order."""
    yield from claimed(case)
    yield case.decided_after(0.3, 2)
    case.quotation_step("refuse_acceptance", case.decider, "客户回传件上的数量与报价不一致，请重新确认")
    yield case.after(6, 15)
    case.claim_acceptance()
    yield case.decided_after(0.3, 2)
    case.confirm_acceptance()


def won_late(case: Deal) -> Script:
    """Accepted after its last day, which the manager allows with a reason."""
    yield from offered(case)
    yield after_last_day(case)
    case.claim_acceptance()
    yield case.decided_after(0.3, 2)
    case.confirm_acceptance()


def after_last_day(case: Deal) -> datetime:
    """Move on to the second working day after the offer's validity."""
    evening = clock.from_local(datetime.combine(case.ends, datetime.min.time())) + timedelta(days=1)
    case.moment = workdays.add_working_hours(evening, 12)
    return case.moment


def lost(case: Deal) -> Script:
    """Somebody else got the order."""
    yield from loss_claimed(case)
    yield case.decided_after(0.3, 3)
    case.step("confirm_loss", case.decider)


def loss_claimed(case: Deal) -> Script:
    """The salesperson tells that it was lost; the manager has not confirmed yet."""
    yield from offered(case)
    yield case.after(8, 20)
    case.lose()
    yield case.after(0.1, 0.5)
    case.claim_loss()


def followed_up(case: Deal) -> Script:
    """The manager did not accept the loss: the customer can still be won."""
    yield from offered(case)
    yield case.after(6, 15)
    case.claim_loss()
    yield case.decided_after(0.3, 2)
    case.step("refuse_loss", case.decider, "对方交货期并不确定，再跟进一次")


def declined(case: Deal) -> Script:
    """The manager does not take part."""
    yield from reported(case)
    yield case.decided_after(0.3, 3)
    code, text = wording.DECLINES[case.number % len(wording.DECLINES)]
    case.step("decline", case.decider, text, decline_reason=code.value)


def reopened(case: Deal) -> Script:
    """Declined, then taken up again because the customer changed the terms; won in the end."""
    yield from declined(case)
    yield case.decided_after(10, 16)
    case.step("reopen", case.decider, wording.REOPENED)
    yield case.after(0.5, 2)
    case.step("start_quoting")
    yield case.after(0.3, 1)
    case.build()
    case.submit()
    yield from approval(case)
    yield case.after(0.3, 2)
    case.issue()
    case.hand_over()


def withdrawn(case: Deal) -> Script:
    """Given up while the answers were collected."""
    yield from decided(case)
    yield case.decided_after(4, 12)
    case.step("withdraw", case.decider, wording.WITHDRAWN[case.number % len(wording.WITHDRAWN)])


def cancelled_draft(case: Deal) -> Script:
    """The customer calls again before anything was reported."""
    yield from registered(case)
    yield case.after(0.5, 2)
    case.step("cancel", note=cancellation(case))


def cancelled_reported(case: Deal) -> Script:
    """The customer calls it off before the manager decided."""
    yield from reported(case)
    yield case.after(0.2, 0.4)
    case.step("cancel", note=cancellation(case))


def cancelled_preparing(case: Deal) -> Script:
    """The customer calls it off while the departments work on it."""
    yield from decided(case)
    yield case.after(2, 6)
    case.step("cancel", note=cancellation(case))


def cancelled_quoting(case: Deal) -> Script:
    """The customer calls it off while the quotation waits for its review; it lapses with the inquiry."""
    yield from in_review(case)
    yield case.after(0.6, 2.5)
    case.step("cancel", note=cancellation(case))


def cancelled_submitted(case: Deal) -> Script:
    """The customer calls it off with our offer in hand; the paper is voided."""
    yield from offered(case)
    yield case.decided_after(12, 20)
    case.quotation_step("void", case.decider, cancellation(case))
    yield case.after(0.2, 1)
    case.step("cancel", note=cancellation(case))


def cancellation(case: Deal) -> str:
    """Return why the customer called it off."""
    return wording.CANCELLED[case.number % len(wording.CANCELLED)]


def rejected(case: Deal) -> Script:
    """The manager rejects the quotation and gives the inquiry up."""
    yield from in_review(case)
    yield case.decided_after(0.5, 2)
    case.quotation_step("reject", case.decider, wording.REJECTED)
    yield case.after(0.2, 0.6)
    case.step("withdraw", case.decider, wording.WITHDRAWN[case.number % len(wording.WITHDRAWN)])


def rejected_by_leader(case: Deal) -> Script:
    """The leader rejects it; the manager gives the inquiry up."""
    yield from in_review(case)
    yield case.decided_after(0.5, 2)
    case.approve()
    yield case.after(1, 4)
    case.quotation_step("reject", case.stage.actor("l1"), wording.REJECTED)
    yield case.decided_after(0.5, 2)
    case.step("withdraw", case.decider, wording.WITHDRAWN[case.number % len(wording.WITHDRAWN)])


# Detours


def with_return(case: Deal, rest: Iterator[datetime] | None = None) -> Script:
    """Returned by the manager, mended, submitted again, passed."""
    yield from returned(case)
    yield case.after(0.4, 2)
    case.mend()
    case.submit()
    yield from approval(case)
    if rest is not None:
        yield from rest


def returned(case: Deal) -> Script:
    """Returned by the manager with a reason; somebody had tried to open the paper before."""
    yield from in_review(case)
    yield case.after(0.1, 0.3)
    case.try_paper(case.owner)
    yield case.decided_after(0.4, 2)
    case.send_back()


def won_after_return(case: Deal) -> Script:
    """Returned once, then won."""
    yield from with_return(case)
    yield case.after(0.3, 2)
    case.issue(copies=2)
    case.hand_over()
    yield case.after(8, 24)
    case.claim_acceptance()
    yield case.decided_after(0.3, 3)
    case.confirm_acceptance()


def won_after_leader_return(case: Deal) -> Script:
    """The leader returned it; with the same figures it went straight back to him."""
    yield from leader_review(case)
    yield case.after(1, 4)
    case.send_back()
    yield case.after(0.4, 2)
    case.edit(case.typed(case.revision), warranty="自验收合格之日起 12 个月，易损件 3 个月")
    case.submit()
    yield case.after(1, 4)
    case.approve()
    yield case.after(0.3, 2)
    case.issue(copies=2)
    case.hand_over()
    yield case.after(8, 24)
    case.claim_acceptance()
    yield case.decided_after(0.3, 3)
    case.confirm_acceptance()


def leader_review(case: Deal) -> Script:
    """Passed by the manager, waiting for the leader."""
    yield from in_review(case)
    yield case.decided_after(0.3, 2)
    case.approve()


def leader_review_tried(case: Deal) -> Script:
    """The leader himself tries to open the paper before he approved it."""
    yield from leader_review(case)
    yield case.after(0.2, 1)
    case.try_paper("l1")


def returned_inquiry(case: Deal) -> Script:
    """The manager wants to know more; the draft waits for the salesperson."""
    yield from reported(case)
    yield case.decided_after(0.3, 2)
    case.step("return", case.decider, wording.RETURNED_INQUIRY)


def won_after_question(case: Deal) -> Script:
    """The manager wanted to know more, the salesperson asked the customer, then all went well."""
    yield from returned_inquiry(case)
    yield case.after(0.5, 2)
    case.correct()
    case.step("report")
    yield case.decided_after(0.3, 1.5)
    case.decide()
    yield from answers(case)
    yield case.after(0.3, 1)
    case.step("start_quoting")
    case.build()
    case.submit()
    yield from approval(case)
    yield case.after(0.3, 1.5)
    case.issue()
    case.hand_over()
    yield case.after(8, 20)
    case.claim_acceptance()
    yield case.decided_after(0.3, 2)
    case.confirm_acceptance()


def won_with_waiver(case: Deal) -> Script:
    """One answer was waived, because the customer keeps the old model."""
    yield from decided(case)
    yield case.after(1, 4)
    case.answer(Subject.PURCHASING)
    yield case.decided_after(1, 4)
    case.waive(Subject.TECHNICAL)
    yield case.after(0.5, 1.5)
    case.answer(Subject.TECHNICAL)
    yield case.after(0.3, 1)
    case.step("start_quoting")
    case.build()
    case.submit()
    yield from approval(case)
    yield case.after(0.3, 2)
    case.issue()
    case.hand_over()
    yield case.after(8, 20)
    case.claim_acceptance()
    yield case.decided_after(0.3, 2)
    case.confirm_acceptance()


def taken_back(case: Deal) -> Script:
    """The salesperson takes a submitted quotation back to correct it, and submits again."""
    yield from in_review(case)
    yield case.after(0.1, 0.3)
    case.quotation_step("withdraw")
    yield case.after(0.2, 1)
    case.mend()
    case.submit()


# Revisions


def revising(case: Deal) -> Script:
    """The customer bargains and the manager consents: the next revision is a draft, the old paper still the offer."""
    yield from offered(case)
    yield case.after(3, 8)
    bargaining.talk(case, OutsideTerm.PRICE)
    yield case.decided_after(0.5, 2)
    bargaining.answer(case)
    yield case.after(0.5, 2)
    case.revise()


def revised(case: Deal) -> Script:
    """The new revision is issued and handed over; the old one is superseded."""
    yield from revising(case)
    yield case.after(0.3, 1)
    case.submit()
    yield from approval(case)
    yield case.after(0.3, 1.5)
    case.issue()
    yield case.after(0.1, 0.5)
    case.hand_over("submit_again")


def won_after_bargaining(case: Deal) -> Script:
    """The second revision was accepted."""
    yield from revised(case)
    yield case.after(6, 15)
    case.claim_acceptance()
    yield case.decided_after(0.3, 2)
    case.confirm_acceptance()


def revision_rejected(case: Deal) -> Script:
    """The manager rejects the bargain: the first paper stays the offer."""
    yield from revising(case)
    yield case.after(0.3, 1)
    case.submit()
    yield case.decided_after(0.3, 1.5)
    case.quotation_step("reject", case.decider, "让利过大，维持原报价")


def prolonged(case: Deal) -> Script:
    """Past its date, revised with a new validity and offered again."""
    yield from offered(case)
    yield after_last_day(case)
    case.revise()
    case.submit()
    yield from approval(case)
    yield case.after(0.3, 1.5)
    case.issue()
    yield case.after(0.1, 0.5)
    case.hand_over("submit_again")


# Waiting for somebody


def reminded(case: Deal) -> Script:
    """Reviewed and waiting for its seal for more than a day; the salesperson reminds the keeper."""
    yield from approved(case)
    yield case.after(8, 9)
    home.remind(QUOTATION, case.revision.id, actor=case.seller)


def overdue(case: Deal) -> Script:
    """The answers are late; the salesperson reminds the departments."""
    yield from decided(case)
    yield case.after(11, 13)
    home.remind(INQUIRY, case.inquiry_id, actor=case.seller)


def technical_answered(case: Deal) -> Script:
    """Technical answered, purchasing has not."""
    yield from decided(case)
    yield case.after(0.8, 2)
    case.answer(Subject.TECHNICAL)


def half_answered(case: Deal) -> Script:
    """Purchasing answered one line of several."""
    yield from decided(case)
    yield case.after(0.8, 2)
    case.answer(Subject.PURCHASING, most=1)

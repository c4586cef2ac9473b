"""Tenders of the demo: the bid made elsewhere, uploaded, reviewed as that file, sealed, and an opening put off."""

from app.core import workdays
from app.core.pdf.uploads import read_upload
from app.demo import papers, story
from app.demo.deal import Deal
from app.demo.stage import Script
from app.features.inquiries import opening
from app.features.inquiries.enums import InquiryChannel, InquiryKind
from app.features.quotations import snapshot
from app.features.quotations.bid import actions as bids
from app.features.seals.enums import SealKind

PUT_OFF_DAYS = 4


def upload(case: Deal) -> None:
    """Put the bid with the draft, as it was made from the quotation's tables."""
    revision = case.revision
    file = papers.bid(snapshot.content(revision))
    read = read_upload(file, most_pages=bids.MOST_PAGES, most_bytes=bids.MOST_BYTES)
    bids.put(revision, actor=case.seller, version=revision.version, upload=read)


def put_off(case: Deal) -> None:
    """Record the notice of correction by which deadline and opening are put off."""
    inquiry = case.inquiry
    later = workdays.add_working_days(inquiry.deadline, PUT_OFF_DAYS)
    opening.move(
        inquiry,
        actor=case.seller,
        version=inquiry.version,
        deadline=later,
        opening_at=later,
        reason="更正公告第 1 号：递交截止和开标时间顺延",
        notice=papers.correction(case.buyer.name, inquiry.project),
    )


def reviewed(case: Deal) -> Script:
    """The bid waits for the manager, who reads that very file."""
    case.kind, case.channel = InquiryKind.TENDER, InquiryChannel.PLATFORM
    yield from story.begun(case)
    yield case.after(1, 2.5)
    upload(case)
    yield case.after(0.1, 0.4)
    case.submit()


def handed_over(case: Deal) -> Script:
    """Sealed over its pages and handed over; the opening was put off meanwhile and still lies ahead."""
    yield from reviewed(case)
    yield from story.approval(case)
    yield case.after(0.3, 1.5)
    put_off(case)
    yield case.after(0.5, 2)
    case.issue(copies=2, seal=SealKind.BID)
    yield case.after(0.3, 1)
    case.hand_over()

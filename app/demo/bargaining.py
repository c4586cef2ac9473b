"""Bargaining in the demo: talks about an offer with the manager's word on them, calls, and the terms library."""

from sqlalchemy import select

from app.core import clock, workdays
from app.core.db import session
from app.demo.deal import Deal
from app.demo.stage import Script, Stage
from app.features.inquiries.enums import InquiryKind
from app.features.quotations import follow_up
from app.features.quotations.enums import PaymentTerm
from app.features.quotations.negotiation import actions as negotiations
from app.features.quotations.negotiation.actions import NegotiationInput
from app.features.quotations.negotiation.enums import NegotiationStatus, OutsideTerm
from app.features.quotations.negotiation.models import Negotiation
from app.features.quotations.terms import actions as terms

LIBRARY_BACK = 118
TALKS = {
    OutsideTerm.PRICE: (
        "对方拿同行报价来比，要求总价再降 5%",
        "最多降 2%，数量加倍可再谈",
        "等经理答复后回电",
    ),
    OutsideTerm.PAYMENT: (
        "要求货到 60 天付款，不付预付款",
        "想答应预付 20%，余款货到 30 天",
        "等经理答复后上门",
    ),
    OutsideTerm.LIABILITY: ("要求合同写明延期一天赔 1%", "想答应每天千分之三，封顶 5%", "把条款发给对方法务"),
}
ANSWERS = {
    "consent": "可以，写进新版报价，付款方式不变",
    "refuse": "账期不能放，公司规定预付不低于 30%。价格上可以让 1%",
}
CALLS = ("打了电话：对方说领导出差，下周定", "微信问过，还在比价", "打了电话：要我们再发一次样本")
LIBRARY = (
    {
        "name": "常规销售",
        "is_default": True,
        "payment_term": PaymentTerm.THIRTY_SEVENTY,
        "warranty": "自验收合格之日起 12 个月",
        "packing": "标准出厂包装，适合公路运输",
    },
    {
        "name": "招标统采",
        "kind": InquiryKind.TENDER,
        "payment_term": PaymentTerm.THIRTY_SIXTY_TEN,
        "warranty": "自验收合格之日起 18 个月",
        "acceptance": "按招标文件技术要求，到货后 15 日内验收",
    },
    {"name": "月结老客户", "payment_term": PaymentTerm.MONTHLY, "freight": "included"},
)


def talk(case: Deal, *outside: OutsideTerm) -> Negotiation:
    """Record a talk about the case's quotation; what lies outside the normal terms waits for the manager."""
    asked, offered, then = TALKS[outside[0] if outside else OutsideTerm.PRICE]
    buyer = case.buyer
    typed = NegotiationInput(
        counterpart=buyer.contact_name,
        asked=asked if outside else "问交货能否提前一周，要求送货上门",
        offered=offered if outside else "可以分批，先发一半，含送货",
        outside=tuple(str(term) for term in outside),
        next_step=then if outside else "落实库存后回话",
        next_on=workdays.add_working_days(clock.today(), 2),
        place=case.random.choice(("电话", "客户处", "微信语音")),
    )
    return negotiations.record(case.revision, actor=case.seller, typed=typed)


def answer(case: Deal, step: str = "consent") -> None:
    """Let the manager answer what waits."""
    waiting = select(Negotiation).where(
        Negotiation.quotation_id == case.revision.quotation_id,
        Negotiation.status == NegotiationStatus.WAITING,
    )
    for row in session.execute(waiting).unique().scalars().all():
        negotiations.fire(row, step, actor=case.decider, version=row.version, note=ANSWERS[step])


def call(case: Deal) -> None:
    """Note a call about the case's quotation."""
    follow_up.note_contact(case.revision, actor=case.seller, text=CALLS[case.number % len(CALLS)])


def library(stage: Stage) -> Script:
    """The manager puts the terms of every day into the library."""
    yield stage.timetable.moment(LIBRARY_BACK, 15, 30)
    for values in LIBRARY:
        terms.create(actor=stage.actor("m1"), values=values)

"""One inquiry of the demo: the acts by which its people bring it forward, each at the moment of the set clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from app.core import clock, workdays
from app.core.db import session
from app.core.permissions import Actor
from app.demo import goods, papers, wording
from app.demo.customers import by_name
from app.demo.stage import Stage
from app.features.customers.models import Customer
from app.features.inquiries import actions as inquiries
from app.features.inquiries import tender
from app.features.inquiries.enums import InquiryChannel, InquiryKind, Subject
from app.features.inquiries.models import Inquiry, InquiryLine, TenderItem

SEED = "沃垦农机"


@dataclass
class Case:
    """An inquiry from the call that brought it; ``moment`` is that of its latest act.

    ``number`` seeds everything left to chance, so that a case is the same whenever the demo is loaded on a day.
    ``lines`` are taken from the price list, each worth about ``worth`` yuan; ``specials`` are places in
    wording.SPECIALS; ``priced`` is how many lines of the price list are put to purchasing all the same.
    """

    stage: Stage
    number: int
    owner: str
    customer: str
    moment: datetime
    channel: InquiryChannel = InquiryChannel.PHONE
    kind: InquiryKind = InquiryKind.INQUIRY
    lines: int = 3
    specials: tuple[int, ...] = ()
    worth: int = 6000
    priced: int = 1
    deadline_days: int | None = None
    answer_days: int = 2
    evidence_days: int | None = None
    inquiry_id: int = 0
    random: Random = field(init=False)
    # rows held so that the session, which holds them weakly, does not read them anew for every act of a day
    kept: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(f"{SEED} {self.number}")  # noqa: S311 - invented data, nothing secret

    # Time

    def after(self, least: float, most: float) -> datetime:
        """Move on by so many working hours and return the new moment."""
        hours = Decimal(str(round(self.random.uniform(least, most), 2)))
        self.moment = workdays.add_working_hours(self.moment, hours)
        return self.moment

    def decided_after(self, least: float, most: float) -> datetime:
        """Move on to an act of the manager; who may not be decided upon by his deputy waits for his return."""
        self.after(least, most)
        if self.owner == "s2" and self.stage.is_away(self.moment) and self.stage.away is not None:
            back = workdays.add_working_days(self.stage.away[1], 1)
            opening = clock.from_local(datetime.combine(back, datetime.min.time()))
            self.moment = workdays.add_working_hours(opening, Decimal("0.5"))
        return self.moment

    # People

    @property
    def seller(self) -> Actor:
        """The salesperson whose inquiry it is."""
        return self.stage.actor(self.owner)

    @property
    def decider(self) -> Actor:
        """Who decides now: the manager, his deputy while he is away, the leader where it is the manager's own."""
        if self.owner == "m1":
            return self.stage.actor("l1")
        return self.stage.actor("s2" if self.stage.is_away(clock.now()) else "m1")

    # The inquiry

    @property
    def inquiry(self) -> Inquiry:
        """The inquiry as it is in the open unit of work."""
        self.kept["inquiry"] = session.get_one(Inquiry, self.inquiry_id)
        return self.kept["inquiry"]

    @property
    def buyer(self) -> Customer:
        """The customer."""
        return by_name(self.customer)

    def register(self, *, late: bool = False) -> None:
        """Register the inquiry as a draft; a late one came on the working day before."""
        buyer = self.buyer
        received = clock.now() - timedelta(minutes=self.random.randint(4, 40))
        if late:
            received = workdays.add_working_days(received - timedelta(days=self.random.randint(2, 4)), 1)
        lines = goods.wanted_lines(
            self.random, goods.price_list(), number=self.lines, specials=self.specials, worth=self.worth
        )
        row = inquiries.register(
            actor=self.seller,
            customer=buyer,
            received_at=min(received, clock.now() - timedelta(minutes=4)),
            deadline=workdays.add_working_days(clock.now(), self.deadline_days or self.random.randint(4, 7)),
            kind=self.kind,
            channel=self.channel,
            summary=self.summary(buyer, lines),
            project=self.random.choice(wording.PROJECTS) if self.kind != InquiryKind.INQUIRY else "",
            lines=lines,
        )
        self.inquiry_id = row.id
        if self.channel in (InquiryChannel.EMAIL, InquiryChannel.LETTER, InquiryChannel.PLATFORM):
            self.attach_request(buyer, lines)

    def summary(self, buyer: Customer, lines: list[inquiries.LineInput]) -> str:
        """Return the request in the salesperson's words."""
        opening = wording.CHANNEL_WORDS[self.channel].format(contact=f"{buyer.contact_name[0]}经理")
        season = wording.SEASONS.get(clock.today().month)
        purpose = self.random.choice([*wording.PURPOSES, *([season, season] if season else [])])
        what = f"{lines[0].name}等 {len(lines)} 项" if len(lines) > 1 else lines[0].name
        return f"{opening}，{purpose}，询{what}，要求含税到厂价。"

    def attach_request(self, buyer: Customer, lines: list[inquiries.LineInput]) -> None:
        """Attach the customer's letter."""
        wanted = [f"{line.name} {line.model}，{line.quantity:f} {line.unit}" for line in lines]
        inquiries.attach_file(self.inquiry, actor=self.seller, file=papers.request(buyer.name, wanted))

    def correct(self) -> None:
        """Change the draft: the customer said more."""
        row = self.inquiry
        lines = [
            inquiries.LineInput(
                **{name: getattr(line, name) for name in inquiries.LINE_FIELDS},
                product_id=line.product_id,
                id=line.id,
            )
            for line in row.lines
        ]
        lines[-1] = inquiries.LineInput(**{**vars(lines[-1]), "quantity": lines[-1].quantity * 2})
        head = {name: getattr(row, name) for name in inquiries.HEAD_FIELDS}
        head["summary"] = f"{row.summary}已与客户核对数量和安装尺寸。"
        inquiries.edit(row, actor=self.seller, version=row.version, head=head, lines=lines)

    def step(self, name: str, actor: Actor | None = None, note: str = "", **data: Any) -> None:
        """Do a step of the inquiry's flow, by its owner unless another is named."""
        row = self.inquiry
        inquiries.fire(row, name, actor=actor or self.seller, version=row.version, note=note, data=data)

    def decide(self) -> None:
        """Take part: special parts go to both departments, some of the others to purchasing for a fresh price."""
        row = self.inquiry
        hard = [line for line in row.lines if goods.special_of(line.name, line.model)]
        easy = [line for line in row.lines if line not in hard]
        asked = easy[: self.priced]
        questions = {line.id: self.question(line) for line in (*hard, *asked)}
        self.step(
            "decide",
            self.decider,
            technical={line.id for line in hard},
            purchasing={line.id for line in (*hard, *asked)},
            questions=questions,
            answers_due_at=workdays.add_working_days(clock.now(), self.answer_days),
        )

    def question(self, line: InquiryLine) -> str:
        """Return what the manager wants to know of a line."""
        special = goods.special_of(line.name, line.model)
        return special.question if special else self.random.choice(wording.QUESTIONS)

    def lacking(self, subject: Subject) -> list[int]:
        """Return the ids of the lines that still wait for an answer."""
        return [line.id for line in self.inquiry.lines if line.lacks(subject)]

    def answer(self, subject: Subject, *, most: int | None = None) -> None:
        """Answer the lines put to a department, all or the first so many."""
        for line_id in self.lacking(subject)[:most]:
            line = next(item for item in self.inquiry.lines if item.id == line_id)
            if subject == Subject.TECHNICAL:
                self.answer_technical(line)
            else:
                self.answer_purchasing(line)

    def answer_technical(self, line: InquiryLine) -> None:
        """Say what is offered, with which parameters, and how it deviates."""
        special = goods.special_of(line.name, line.model)
        inquiries.answer_technical(
            self.inquiry,
            line.id,
            actor=self.stage.actor("t1"),
            model=special.answered_model if special else line.model,
            parameters=special.parameters if special else line.spec,
            deviation=special.deviation if special and special.deviation != "无" else "",
        )

    def answer_purchasing(self, line: InquiryLine) -> None:
        """Say source, price, tax, date, validity and lead time."""
        special = goods.special_of(line.name, line.model)
        item = next((item for item in goods.price_list() if item.id == line.product_id), None)
        source, cost = (item.source, item.cost) if item else ("", Decimal(0))
        if special:
            source, cost = special.source, special.cost
        today = clock.today()
        validity = self.evidence_days or self.random.choice((15, 15, 30, 60))
        inquiries.answer_purchasing(
            self.inquiry,
            line.id,
            actor=self.stage.actor("p1"),
            answer=inquiries.PurchasingInput(
                kind=str(special.kind) if special else "bought_part",
                material=special.material if special else "",
                source=source,
                price=goods.rounded(cost * Decimal(self.random.randint(97, 103)) / 100),
                price_unit=line.unit,
                tax_rate=Decimal(13),
                quoted_on=today - timedelta(days=self.random.randint(0, 2)),
                valid_until=today + timedelta(days=validity),
                lead_time_days=special.days if special else self.random.choice((5, 7, 10, 15)),
                minimum_order="" if special else self.random.choice(("", "", "10", "一整箱")),
                note=self.random.choice(("", "", "现货", "须预付 30%")),
            ),
        )

    def waive(self, subject: Subject) -> None:
        """Let the first waiting line go without its answer."""
        row = self.inquiry
        inquiries.waive(
            row,
            self.lacking(subject)[0],
            actor=self.decider,
            version=row.version,
            subject=subject,
            reason=wording.WAIVED,
        )

    def hand_over(self, step: str = "submit") -> None:
        """Hand the sealed offer to the customer; of a tender the checklist is done before."""
        for item in tender.items_of(self.inquiry_id):
            if item.open:
                self.tick(item)
        how = self.random.choice(wording.DELIVERED).format(contact=f"{self.buyer.contact_name[0]}经理")
        self.step(step, delivered_how=how)

    def tick(self, item: TenderItem) -> None:
        """Tick an item of a tender's checklist, with its paper where one is asked for."""
        tender.tick(
            self.inquiry,
            item.id,
            actor=self.seller,
            version=None,
            note=wording.CHECKED if item.needs_file else "",
            file=papers.proof(self.buyer.name, item.name) if item.needs_file else None,
        )

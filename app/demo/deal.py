"""A case that comes as far as a quotation: built from the answers, reviewed, sealed, accepted or lost."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.db import session
from app.core.permissions import Actor
from app.demo import goods, papers, wording
from app.demo.case import Case
from app.demo.company import drawn_seal
from app.features.products.models import Product
from app.features.quotations import actions as quotations
from app.features.quotations import issuing
from app.features.quotations.enums import FileForm, LineKind, PaymentTerm, QuotationStatus
from app.features.quotations.models import Quotation, QuotationRevision
from app.features.seals.enums import SealKind

MARGIN = Decimal("1.28")
PAYMENTS = (
    PaymentTerm.THIRTY_SEVENTY,
    PaymentTerm.THIRTY_SEVENTY,
    PaymentTerm.PREPAID,
    PaymentTerm.THIRTY_SIXTY_TEN,
    PaymentTerm.ON_DELIVERY,
    PaymentTerm.MONTHLY,
)


@dataclass
class Deal(Case):
    """An inquiry with its quotation; the acts work on the latest revision."""

    valid_days: int = 30
    below_floor: bool = False
    other_payment: bool = False
    headings: bool = False

    @property
    def revision(self) -> QuotationRevision:
        """The latest revision of the inquiry's latest quotation."""
        latest = (
            select(func.max(QuotationRevision.id))
            .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
            .where(Quotation.inquiry_id == self.inquiry_id)
        )
        self.kept["revision"] = session.get_one(QuotationRevision, session.execute(latest).scalar_one())
        return self.kept["revision"]

    def quotation_step(self, name: str, actor: Actor | None = None, note: str = "", **data: Any) -> None:
        """Do a step of the quotation's flow, by its owner unless another is named."""
        row = self.revision
        quotations.fire(row, name, actor=actor or self.seller, version=row.version, note=note, data=data)

    # Building

    def build(self) -> None:
        """Fill the draft: prices from cost or price list, validity, terms."""
        row = self.revision
        lines = [self.priced_line(place, line) for place, line in enumerate(self.typed(row))]
        self.edit(lines, **self.terms())

    def edit(self, lines: list[quotations.LineInput], **head: Any) -> None:
        """Save the form of the draft."""
        row = self.revision
        if self.headings:
            half = len(lines) // 2
            lines = [
                quotations.LineInput(name="一、液压件", kind=LineKind.HEADING),
                *lines[:half],
                quotations.LineInput(name="二、农机配件", kind=LineKind.HEADING),
                *lines[half:],
            ]
        values = {name: getattr(row, name) for name in quotations.HEAD_FIELDS}
        quotations.edit(row, actor=self.seller, version=row.version, head={**values, **head}, lines=lines)

    def typed(self, row: QuotationRevision) -> list[quotations.LineInput]:
        """Return the lines of a revision as they stand in its form."""
        return [
            quotations.LineInput(**{name: getattr(line, name) for name in quotations.LINE_FIELDS})
            for line in row.lines
        ]

    def priced_line(self, place: int, line: quotations.LineInput) -> quotations.LineInput:
        """Return a line with its price: cost with a margin, or the list price less a little."""
        values = vars(line)
        product = session.get(Product, line.product_id) if line.product_id is not None else None
        if product is None:
            source = next(item for item in self.inquiry.lines if item.id == line.inquiry_line_id)
            cost = source.purchasing.price if source.purchasing else Decimal(500)
            price = (cost * MARGIN).quantize(Decimal(1))
            return quotations.LineInput(**{**values, "brand": "沃垦", "unit_price": price})
        floor, listed = Decimal(product.floor_price or 0), Decimal(product.list_price or 0)
        if self.below_floor and place == 0:
            price = goods.rounded(floor * Decimal("0.96"))
            return quotations.LineInput(
                **{**values, "unit_price": price, "floor_reason": wording.FLOOR_REASON}
            )
        rebate = Decimal(self.random.choice((0, 0, 2, 3, 5)))
        price = max(goods.rounded(listed * (100 - rebate) / 100), floor)
        return quotations.LineInput(**{**values, "unit_price": price})

    def terms(self) -> dict[str, Any]:
        """Return the terms of the draft."""
        payment = PaymentTerm.OTHER if self.other_payment else self.random.choice(PAYMENTS)
        return {
            "valid_until": clock.today() + timedelta(days=self.valid_days),
            "payment_term": payment.value,
            "payment_other": wording.OTHER_PAYMENT if self.other_payment else "",
            "freight": self.random.choice(("included", "included", "included", "excluded")),
            "delivery_place": f"{self.buyer.address}，汽运到厂，需方卸货",
        }

    def mend(self) -> None:
        """Change what the reviewer asked for: lead times a little longer, the first price a little lower."""
        lines = [line for line in self.typed(self.revision) if line.kind == LineKind.ITEM]
        mended = [
            quotations.LineInput(**{**vars(line), "lead_time_days": (line.lead_time_days or 0) + 3})
            for line in lines
        ]
        self.edit(mended)

    # Review

    def submit(self) -> None:
        """Submit the quotation for review."""
        self.quotation_step("submit")

    def approve(self) -> None:
        """Review and pass it, with the warnings on price evidence ticked."""
        row = self.revision
        name, actor = "approve", self.decider
        if row.status == QuotationStatus.LEADER_REVIEW:
            name, actor = "approve_as_leader", self.stage.actor("l1")
        self.quotation_step(name, actor, content_hash=row.submitted_hash, warnings_ticked=True)

    def send_back(self) -> None:
        """Return it with a reason."""
        row = self.revision
        if row.status == QuotationStatus.LEADER_REVIEW:
            reason = wording.RETURNED_BY_LEADER[self.number % len(wording.RETURNED_BY_LEADER)]
            self.quotation_step("return_as_leader", self.stage.actor("l1"), reason)
        else:
            reason = wording.RETURNED_QUOTATION[self.number % len(wording.RETURNED_QUOTATION)]
            self.quotation_step("return", self.decider, reason)

    def try_paper(self, staff_number: str) -> None:
        """Somebody types the address of the official file before there is one."""
        quotations.record_refused_paper(self.revision.id, self.stage.actor(staff_number))

    # Issue

    def issue(
        self,
        *,
        copies: int = 1,
        form: FileForm = FileForm.ELECTRONIC,
        by: str = "k1",
        seal: SealKind = SealKind.QUOTATION,
    ) -> None:
        """Print and seal the official file."""
        row, actor = self.revision, self.stage.actor(by)
        purpose = "投标" if seal == SealKind.BID else "对外报价"
        prepared = issuing.prepare(
            row, actor=actor, seal=drawn_seal(seal), copies=copies, form=form, purpose=purpose
        )
        quotations.fire(row, "issue", actor=actor, version=row.version, data={"prepared": prepared})

    def reprint(self) -> None:
        """The back office prints the first copy again."""
        reason = wording.REPRINTED[self.number % len(wording.REPRINTED)]
        issuing.reprint(self.revision, actor=self.stage.actor("c1"), copy_number=1, reason=reason)

    # After

    def revise(self) -> None:
        """Begin the next revision: the customer bargained, or the old one is past its date."""
        row = self.revision
        reason = wording.REVISED[self.number % len(wording.REVISED)]
        quotations.revise(row, actor=self.seller, version=row.version, reason=reason)
        lines = [
            quotations.LineInput(**{**vars(line), "quantity": (line.quantity or Decimal(1)) * 2})
            if place == 0
            else line
            for place, line in enumerate(
                line for line in self.typed(self.revision) if line.kind == LineKind.ITEM
            )
        ]
        self.edit(lines, valid_until=clock.today() + timedelta(days=self.valid_days))

    def claim_acceptance(self) -> None:
        """The customer's written acceptance arrives."""
        row = self.revision
        file = papers.acceptance(self.buyer.name, str(row.number), f"{row.total:,.2f}")
        quotations.attach_acceptance(row, actor=self.seller, file=file)
        self.quotation_step("claim_acceptance")

    def confirm_acceptance(self) -> None:
        """The manager confirms; past its date he says why it is accepted all the same."""
        row = self.revision
        late = row.valid_until is not None and row.valid_until < clock.today()
        self.quotation_step("confirm_acceptance", self.decider, late_reason=wording.LATE if late else "")

    def lose(self) -> None:
        """The customer bought elsewhere."""
        cause, reason, *_rest = wording.LOSSES[self.number % len(wording.LOSSES)]
        self.quotation_step("lose", note=reason, loss_cause=str(cause), **self.rival())

    def claim_loss(self) -> None:
        """Tell who got the order, as far as known, and at what price."""
        cause, reason, *_rest = wording.LOSSES[self.number % len(wording.LOSSES)]
        self.step("claim_loss", loss_cause=str(cause), lost_reason=reason, **self.rival())

    def rival(self) -> dict[str, Any]:
        """Return the competitor, their price where it is known, and how it was learnt."""
        _cause, _reason, competitor, part = wording.LOSSES[self.number % len(wording.LOSSES)]
        if not part:
            return {"competitor": competitor, "competitor_price": None}
        source, note = wording.PRICE_SOURCES[self.number % len(wording.PRICE_SOURCES)]
        return {
            "competitor": competitor,
            "competitor_price": goods.rounded(self.revision.total * Decimal(part)),
            "price_source": str(source),
            "price_source_note": note,
        }

    @property
    def ends(self) -> date:
        """The last day of the offer."""
        return self.revision.valid_until or date.max

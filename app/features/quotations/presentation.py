"""What the pages of a quotation show, made ready so that templates decide nothing."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from flask import url_for

from app.core import timeline
from app.core.documents import state_of
from app.core.i18n import LazyText, current_locale, lazy, listed, ngettext
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can, directory
from app.core.settings import get as setting
from app.core.timeline import Event
from app.features.inquiries.models import PurchasingAnswer
from app.features.quotations import actions, flow, secrecy, snapshot
from app.features.quotations.enums import (
    FILE_FORM_LABELS,
    FREIGHT_LABELS,
    FileForm,
    Freight,
    LineKind,
    PaymentTerm,
    QuotationPerm,
    QuotationStatus,
)
from app.features.quotations.kept_lines import KeptLine
from app.features.quotations.models import IssuedFile, QuotationLine, QuotationRevision, item_numbers
from app.features.seals.enums import KIND_LABELS, SEAL_REQUEST, SealKind
from app.features.seals.models import SealRequest
from app.web import filters
from app.web.keeping import Memory

# The states in which the issued file is the one to hand to the customer.
VALID_PAPER = (QuotationStatus.ISSUED, QuotationStatus.ACCEPT_CLAIMED, QuotationStatus.ACCEPTED)


# The pages of a revision besides its own, and where they stand under it; their rules are their views' (tested).
UNDER_REVISION = {
    "edit": "edit",
    "preview": "preview",
    "revise": "revise",
    "paper": "pdf",
    "totals": "totals",
    "acceptance": "acceptance",
    "prolonged": "prolong",
    "copied": "copy",
    "contact": "contact",
}
# As many lines as twenty of the longest quotations have.
KEPT_ROWS = 4_000


def addresses(revision: QuotationRevision) -> dict[str, str]:
    """Return the addresses of a revision's pages by name."""
    place = url_for("quotations.show", quotation_id=revision.quotation_id, number=revision.revision)
    return {
        "show": place,
        "steps": place,
        **{name: f"{place}/{path}" for name, path in UNDER_REVISION.items()},
    }


def sums(revision: QuotationRevision, actor: Actor) -> Any:
    """Return gross, net and tax of the items, None where the actor may not know them yet."""
    return actions.totals_of(revision.lines) if secrecy.sees_prices(revision, actor) else None


def total_text(revision: QuotationRevision, actor: Actor) -> str:
    """Return the total in yuan, or that it is kept secret until the opening."""
    if secrecy.sees_prices(revision, actor):
        return filters.money_text(revision.total)
    return str(secrecy.SEALED)


class LineRow(NamedTuple):
    """A line as the table shows it: texts only, a dash where there is nothing."""

    position: int
    name: str
    is_heading: bool
    is_option: bool
    details: str
    note: str
    floor: str
    proof: str
    quantity: str
    unit: str
    unit_price: str
    amount: str
    tax_rate: str
    lead_time: str


@dataclass(frozen=True)
class LineRows:
    """The lines of a revision as the table shows them.

    ``identity`` is what all of them follow from, where that is their lines alone: what was made of the table is found
    again without looking at all it says.
    """

    rows: Sequence[LineRow]
    identity: Hashable = None

    def __iter__(self) -> Iterator[LineRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def line_rows(
    revision: QuotationRevision, actor: Actor, evidence: Mapping[int, PurchasingAnswer] | None = None
) -> LineRows:
    """Return the lines of a revision; ``evidence`` adds what each price rests on (see checks.evidence_of).

    Who may not know the prices of a sealed bid gets them without price, amount and all that tells of it.
    """
    lines, known = revision.lines, evidence or {}
    proofs = [known.get(line.inquiry_line_id or 0) for line in lines]
    rows = [
        numbered(line_row(line, proof), number)
        for line, proof, number in zip(lines, proofs, item_numbers(lines), strict=True)
    ]
    if not secrecy.sees_prices(revision, actor):
        none = filters.NOTHING
        return LineRows([row._replace(unit_price=none, amount=none, floor="", proof="") for row in rows])
    alone = not any(proofs) and all(isinstance(line, KeptLine) for line in lines)
    return LineRows(rows, tuple(lines) if alone else None)


# All of a line that its row follows from, besides the language.
VALUES = attrgetter(
    "position",
    "kind",
    "name",
    "brand",
    "model",
    "spec",
    "note",
    "quantity",
    "unit",
    "unit_price",
    "tax_rate",
    "lead_time_days",
    "floor_price",
    "floor_unit",
    "floor_reason",
    "unmatched_code",
)
_rows_kept: Memory[LineRow] = Memory(KEPT_ROWS)


def line_row(line: Any, proof: PurchasingAnswer | None) -> LineRow:
    """Return one stored or kept line of the table; a row is made once for lines that say the same."""
    # a kept line never says anything else
    key = (current_locale(), line if isinstance(line, KeptLine) else VALUES(line))
    row = _rows_kept.get(key)
    if row is None:
        row = made_row(line)
        _rows_kept.put(key, row, 1)
    return row if proof is None else row._replace(proof=proof_text(proof))


def numbered(row: LineRow, number: int) -> LineRow:
    """Return a row with the number its line is printed with, which counts no headings above it."""
    return row if row.position == number else row._replace(position=number)


def made_row(line: QuotationLine) -> LineRow:
    """Return a line as texts, without what its price rests on."""
    return LineRow(
        position=line.position,
        name=line.name,
        is_heading=line.kind == LineKind.HEADING,
        is_option=line.kind == LineKind.OPTION,
        details=" · ".join(part for part in (line.brand, line.model, line.spec) if part),
        note=line.note,
        floor=floor_text(line),
        proof="",
        quantity=filters.quantity_text(line.quantity),
        unit=line.unit or filters.NOTHING,
        unit_price=filters.unit_price_text(line.unit_price),
        amount=filters.amount_text(line.amount),
        tax_rate=filters.percent_text(line.tax_rate),
        lead_time=filters.NOTHING
        if line.lead_time_days is None
        else ngettext("%(num)s 天", "%(num)s 天", line.lead_time_days),
    )


def floor_text(line: QuotationLine) -> str:
    """Return that a price lies below the floor or is for another unit, and why; or that it is said to be no product."""
    if line.unmatched_code:
        return _("型号与价目表产品 %(code)s 相同，编制人标明不是它", code=line.unmatched_code)
    if not line.needs_floor_reason:
        return ""
    what = (
        _("单位与价目表（%(unit)s）不同，没有与底价比较", unit=line.floor_unit)
        if line.in_other_unit
        else _("低于底价")
    )
    return what + (f"{_('：')}{line.floor_reason}" if line.floor_reason else "")


def proof_text(proof: Any) -> str:
    """Return the purchasing answer behind a price, as ``checks.evidence_of`` reads it, in one sentence."""
    return _(
        "采购依据：%(source)s %(price)s %(currency)s/%(unit)s，有效至 %(until)s，%(days)s 天，%(author)s",
        source=proof.source,
        price=filters.unit_price_text(proof.price),
        currency=_("元") if proof.currency == "CNY" else proof.currency,
        unit=proof.price_unit,
        until=filters.date_text(proof.valid_until),
        days=proof.lead_time_days,
        author=proof.author_name,
    )


def name_of(person_id: int) -> str:
    """Return the name of who prepared, approved or issued a revision, by the directory, which reads its people once."""
    return directory().people([person_id])[person_id].name


def summary(revision: QuotationRevision) -> list[tuple[str, Any]]:
    """Return the facts beside a quotation: inquiry, customer, validity, who prepared and who approved."""
    inquiry = revision.quotation.inquiry
    rows: list[tuple[str, Any]] = [
        (_("客户"), revision.quotation.customer.name),
        (_("询价"), inquiry.number or "—"),
        (_("联系人"), " ".join(part for part in (revision.attention, revision.customer_phone) if part)),
        (_("项目或对方编号"), revision.project),
        (_("有效期至"), revision.valid_until.isoformat() if revision.valid_until else ""),
        (_("编制人"), name_of(revision.owner_id)),
        (_("报价单位"), revision.legal_entity.name),
    ]
    if revision.approved_by_id is not None and revision.approved_at is not None:
        rows.append(
            (_("审核"), f"{name_of(revision.approved_by_id)} {filters.moment_text(revision.approved_at)}")
        )
    if revision.content_hash:
        rows.append((_("内容摘要"), revision.content_hash[:8]))
    return rows


def terms(revision: QuotationRevision) -> list[tuple[str, Any, bool]]:
    """Return the terms as the page lists them, in the reader's language where they come from a list."""
    payment = revision.payment_other
    if revision.payment_term and revision.payment_term != PaymentTerm.OTHER:
        payment = snapshot.payment_text(revision)
    return [
        (_("付款方式"), payment, True),
        (_("运费"), str(FREIGHT_LABELS[Freight(revision.freight)]), False),
        (_("交货地点与方式"), revision.delivery_place, True),
        (_("交货期起算点"), revision.delivery_start, False),
        (_("包装"), revision.packing, False),
        (_("验收标准"), revision.acceptance, True),
        (_("质保期"), revision.warranty, False),
        (_("其他条款"), revision.other_terms, True),
    ]


def changes_heading(revision: QuotationRevision) -> str:
    """Return what a revision under review is compared with."""
    if revision.previous_content is None and revision.revision > 1:
        return _("与上一版相比")
    return _("与上次提交相比")


def points_of_review(revision: QuotationRevision, actor: Actor) -> list[tuple[str, Any]]:
    """Return what whoever approves must not have to scroll for: the sum and how it is paid."""
    return [(_("含税合计"), total_text(revision, actor)), terms(revision)[0][:2]]


# The headings of the terms as a content holds them, which is written in Chinese whoever reads it.
TERM_LABELS: Mapping[str, LazyText] = {
    "价格与发票": lazy("价格与发票"),
    "付款方式": lazy("付款方式"),
    "交货地点与方式": lazy("交货地点与方式"),
    "交货期": lazy("交货期"),
    "运输与包装": lazy("运输与包装"),
    "验收标准": lazy("验收标准"),
    "质保期": lazy("质保期"),
    "有效期外": lazy("有效期外"),
    "其他": lazy("其他"),
}


def labelled(changes: Iterable[list[str]]) -> list[tuple[str, str, str]]:
    """Return changes with the labels of their fields, line numbers or the headings of terms before them."""
    named = []
    for key, old, new in changes:
        place, slash, field = key.rpartition("/")
        named.append([f"{TERM_LABELS.get(place, place)}{slash}{field}", old, new])
    return timeline.describe_change_rows(flow.DOC_TYPE, named)


def returned_reason(revision: QuotationRevision, events: Iterable[Event]) -> str:
    """Return why the revision was returned, while it is."""
    if revision.status != "returned":
        return ""
    return next((event.reason for event in events if event.to_status == "returned"), "")


def late_reason(events: Iterable[Event]) -> str:
    """Return why an acceptance after the last day was confirmed all the same, empty where none was."""
    verb = "quotation:confirm_acceptance"
    return next((str(event.data.get("late_reason", "")) for event in events if event.verb == verb), "")


def leader_reasons(revision: QuotationRevision) -> list[str]:
    """Return why the leader must approve beside the manager."""
    reasons = []
    limit = filters.money_text(Decimal(str(setting("quotations.leader_limit"))))
    if revision.total >= Decimal(str(setting("quotations.leader_limit"))):
        reasons.append(_("含税合计达到 %(limit)s", limit=limit))
    numbered = list(zip(revision.lines, item_numbers(revision.lines), strict=True))
    below = [number for line, number in numbered if line.below_floor]
    if below:
        reasons.append(
            ngettext(
                "第 %(where)s 项单价低于底价", "第 %(where)s 项单价低于底价", len(below), where=listed(below)
            )
        )
    apart = [number for line, number in numbered if line.in_other_unit]
    if apart:
        reasons.append(
            ngettext(
                "第 %(where)s 项的单位与价目表不同，单价没有与底价比较",
                "第 %(where)s 项的单位与价目表不同，单价没有与底价比较",
                len(apart),
                where=listed(apart),
            )
        )
    if revision.payment_term == PaymentTerm.OTHER:
        reasons.append(_("付款方式不在列表内"))
    return reasons


def issued_rows(revision: QuotationRevision, actor: Actor) -> list[dict[str, Any]]:
    """Return the official files as the page lists them, without a way to them where the actor may not open them."""
    rows = [issued_row(revision, item) for item in revision.issued_files]
    if not secrecy.may_open_paper(revision, actor):
        rows = [{**row, "url": ""} for row in rows]
    return rows


def issued_row(revision: QuotationRevision, item: IssuedFile) -> dict[str, Any]:
    """Return one official file as the page lists it."""
    place: dict[str, Any] = {
        "quotation_id": revision.quotation_id,
        "number": revision.revision,
        "copy_number": item.copy_number,
    }
    return {
        "copy_number": item.copy_number,
        "copies": item.copies,
        "extra": item.extra,
        "size": item.size,
        "form_label": str(FILE_FORM_LABELS[FileForm(item.form)]).split("（")[0].split(" (")[0],
        "issued_by": name_of(item.issued_by_id),
        "issued_at": item.issued_at,
        "url": url_for("quotations.copy", **place),
        "reprint_url": url_for("quotations.reprint", **place),
    }


def sealing_row(request: SealRequest, *, seen: bool) -> dict[str, Any]:
    """Return a request for a wet seal as a row of the quotation's page; ``seen`` whether the reader may open it."""
    state = state_of(SEAL_REQUEST, request.number, request.status)
    made = request.impressions_made
    return {
        "title": f"{request.number} {KIND_LABELS[SealKind(request.seal.kind)]}",
        "url": url_for("seals.show_request", request_id=request.id) if seen else "",
        "state": _("逾期未还") if request.overdue else state.label,
        "aside": _("已盖 %(count)s 印", count=made)
        if made is not None
        else _("申请 %(count)s 印", count=request.impressions),
    }


def shown_state(revision: QuotationRevision) -> tuple[str, str]:
    """Return the state of a revision as readers see it now, with its tone: an offer past its date is told as such."""
    told = state_of(flow.DOC_TYPE, revision.number, revision.shown_status)
    return told.label, told.tone


def row_of(revision: QuotationRevision, actor: Actor) -> dict[str, Any]:
    """Return a revision as a row in another page's card."""
    state, tone = shown_state(revision)
    return {
        "title": revision.title,
        "url": url_for("quotations.show", quotation_id=revision.quotation_id, number=revision.revision),
        "state": state,
        "tone": tone,
        "total": total_text(revision, actor),
        "paper_url": url_for("quotations.paper", quotation_id=revision.quotation_id, number=revision.revision)
        if revision.status in VALID_PAPER and secrecy.may_open_paper(revision, actor)
        else "",
    }


def facts_line(revision: QuotationRevision, actor: Actor) -> list[str]:
    """Return the line of facts under the title: customer, total, validity."""
    facts = [revision.quotation.customer.name, total_text(revision, actor)]
    if revision.valid_until is not None:
        facts.append(_("有效期至 %(date)s", date=revision.valid_until.isoformat()))
    return facts


def watermark(revision: QuotationRevision) -> str:
    """Return the watermark of the preview: none once approved."""
    return "" if revision.reviewed else str(lazy("未审核"))


def paper(revision: QuotationRevision) -> Mapping[str, Any]:
    """Return the content of the preview: the frozen snapshot once there is one, else what would be submitted."""
    return revision.snapshot or snapshot.content(revision)


def may_create(revisions: list[QuotationRevision], actor: Actor, owner_id: int, status: str) -> bool:
    """Tell whether the owner may begin a quotation for an inquiry that has none alive."""
    alive = [item for item in revisions if item.status not in ("void", "lost")]
    return (
        not alive
        and owner_id == actor.id
        and status in ("quoting", "submitted")
        and can(actor, QuotationPerm.PREPARE)
    )

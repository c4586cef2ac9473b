"""What an inquiry's page shows, by how much of it the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for

from app.core import clock, money, settings
from app.core.files import StoredFile, files_for
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import Actor, can
from app.core.timeline import Event, events_for
from app.features.inquiries import handing_over, offers, opening, panels, reporting
from app.features.inquiries.case_seed import case_url
from app.features.inquiries.earlier import earlier_answers
from app.features.inquiries.enums import (
    CHANNEL_LABELS,
    DECLINE_LABELS,
    KIND_LABELS,
    PURCHASE_KIND_LABELS,
    SUBJECT_LABELS,
    DeclineReason,
    InquiryChannel,
    InquiryKind,
    InquiryPerm,
    InquiryStatus,
    PurchaseKind,
    Subject,
)
from app.features.inquiries.flow import DOC_TYPE, FLOW, decider
from app.features.inquiries.losses import loss_facts
from app.features.inquiries.models import (
    Inquiry,
    InquiryLine,
    PurchasingAnswer,
    TechnicalAnswer,
    Waiver,
    standing_offers,
)
from app.features.inquiries.queries import Sight, sight
from app.features.inquiries.secrecy import sees_prices
from app.features.inquiries.tender import FILE as TENDER_FILE
from app.features.products.enums import ProductPerm
from app.web import document_panels, documents, filters

REQUEST_FILE = "request"
TECHNICAL_FILE = "technical_answer"
PRICE_FILE = "price_evidence"

ANSWER_PERMISSIONS = {
    Subject.TECHNICAL: InquiryPerm.ANSWER_TECHNICAL,
    Subject.PURCHASING: InquiryPerm.ANSWER_PURCHASING,
}
ANSWER_VERBS = frozenset(
    {"inquiry:answer-technical", "inquiry:answer-purchasing", "inquiry:take-over", "inquiry:waive"}
)


@dataclass(frozen=True)
class Ask:
    """A line put to a department: how that stands, and what the reader may do about it."""

    subject: Subject
    label: str
    state: str
    tone: str
    open: bool
    waiver: Waiver | None
    answer_url: str = ""
    answer_label: str = ""
    waive_url: str = ""


@dataclass(frozen=True)
class PriceView:
    """A purchasing answer in words: price with unit and currency, validity, kind."""

    row: PurchasingAnswer
    price_text: str
    valid: str
    kind: str
    standing: bool = True


@dataclass(frozen=True)
class OfferView:
    """An offer beside the others for a line, in words; ``marks`` say in what it is best."""

    row: PurchasingAnswer
    price_text: str
    yuan: str
    tone: str
    marks: list[str]
    chosen: bool
    expired: bool
    choose_url: str


@dataclass(frozen=True)
class LineView:
    """A line as its reader sees it, answers newest first."""

    line: InquiryLine
    asks: list[Ask]
    technical: list[TechnicalAnswer]
    purchasing: list[PriceView]
    files: list[documents.FileRow] = field(default_factory=list)
    offers: list[OfferView] = field(default_factory=list)


def address(inquiry_id: int) -> str:
    """Return the address of an inquiry's page."""
    return f"/inquiries/{inquiry_id}"


def sees_answers(seen: Sight, subject: Subject) -> bool:
    """Tell whether a reader sees the answers to a subject: purchasing also reads what model technical offers."""
    if seen.whole:
        return True
    return seen.purchasing if subject == Subject.PURCHASING else seen.technical or seen.purchasing


def may_read_file(actor: Actor, inquiry: Inquiry, row: StoredFile) -> bool:
    """Tell whether an actor may read a file of an inquiry: all of them, or those put on a line they were asked about.

    A price's evidence is for those who may see the price, and what is put into the envelope of a bid, until it is
    opened, for those who may know its prices and for who put it there.
    """
    seen = sight(inquiry, actor)
    if row.kind == TENDER_FILE and row.uploaded_by_id != actor.id and not sees_prices(inquiry, actor):
        return False
    if seen.whole:
        return True
    if row.line_id is None or row.line_id not in {line.id for line in seen.lines(inquiry)}:
        return False
    return row.kind != PRICE_FILE or seen.purchasing


def asks_of(inquiry: Inquiry, line: InquiryLine, actor: Actor, seen: Sight, decides: bool) -> list[Ask]:
    """Return what was asked about a line, as far as the reader may know of it."""
    found = []
    for subject in Subject:
        asked = line.ask_technical if subject == Subject.TECHNICAL else line.ask_purchasing
        if asked and sees_answers(seen, subject):
            found.append(_ask(inquiry, line, subject, actor, decides))
    return found


def _ask(inquiry: Inquiry, line: InquiryLine, subject: Subject, actor: Actor, decides: bool) -> Ask:
    waiver = line.waiver(subject)
    answered = bool(line.technical_answers if subject == Subject.TECHNICAL else line.purchasing_answers)
    running = inquiry.status == InquiryStatus.PREPARING
    if answered:
        state, tone = _("已答复"), "ok"
    elif waiver is not None:
        state, tone = _("已免予答复"), "neutral"
    else:
        late = inquiry.answers_due_at is not None and inquiry.answers_due_at < clock.now()
        state, tone = _("待答复"), "bad" if late and running else "warn"
    open_ = running and line.lacks(subject)
    answers = running and can(actor, ANSWER_PERMISSIONS[subject])
    return Ask(
        subject,
        str(SUBJECT_LABELS[subject]),
        state,
        tone,
        open_,
        waiver,
        f"{address(inquiry.id)}/lines/{line.id}/{subject}" if answers else "",
        (_("更正或再报一家") if subject == Subject.PURCHASING else _("更正答复"))
        if answered
        else str(SUBJECT_LABELS[subject]),
        f"{address(inquiry.id)}/lines/{line.id}/{subject}/waive" if open_ and decides else "",
    )


def price_text(row: PurchasingAnswer) -> str:
    """Return a price with its currency and unit."""
    sign = "¥" if row.currency == "CNY" else f"{row.currency} "
    return f"{sign}{money.format_unit_price(row.price)} / {row.price_unit}"


def offer_views(inquiry: Inquiry, line: InquiryLine, actor: Actor) -> list[OfferView]:
    """Return the offers of several suppliers for a line side by side; nothing where there is but one."""
    weighed = offers.weigh(line.purchasing_answers)
    if len(weighed) < 2:
        return []
    chooses = offers.may_choose(inquiry, actor)
    place = f"{address(inquiry.id)}/lines/{line.id}/offers"
    found = []
    for offer in weighed:
        marks = (
            (offer.cheapest, _("价格最低")),
            (offer.fastest, _("交货最快")),
            (offer.longest, _("有效最久")),
        )
        yuan = _("缺汇率") if offer.yuan is None else f"¥{offer.yuan:,.2f}"
        found.append(
            OfferView(
                offer.row,
                price_text(offer.row),
                yuan,
                "bad" if offer.expired else "",
                [text for best, text in marks if best],
                offer.chosen,
                offer.expired,
                "" if offer.chosen or offer.expired or not chooses else f"{place}/{offer.row.id}/choose",
            )
        )
    return found


def offers_to_take(inquiry: Inquiry, line: InquiryLine, actor: Actor) -> list[dict[str, Any]]:
    """Return the earlier answers an actor may take over for a line with one press each."""
    taken = {row.taken_from_id for row in line.purchasing_answers}
    earlier = earlier_answers(actor, [line])[line.id].purchasing
    place = f"{address(inquiry.id)}/lines/{line.id}/offers"
    return [
        {"answer": row, "price_text": price_text(row), "url": f"{place}/{row.id}/take-over"}
        for row in earlier
        if row.id not in taken
    ]


def price_view(row: PurchasingAnswer, *, standing: bool = True) -> PriceView:
    """Return a purchasing answer in words; ``standing`` tells whether no later one of its supplier replaced it."""
    valid = filters.date_text(row.valid_until)
    if row.valid_until < clock.today():
        valid = _("%(date)s（已过期）", date=valid)
    return PriceView(
        row,
        price_text(row),
        valid,
        str(PURCHASE_KIND_LABELS[PurchaseKind(row.kind)]),
        standing,
    )


def line_views(
    inquiry: Inquiry, actor: Actor, seen: Sight, files: Sequence[documents.FileRow], decides: bool
) -> list[LineView]:
    """Return the lines the reader may see, each with answers and files."""
    technical, purchasing = (
        sees_answers(seen, subject) for subject in (Subject.TECHNICAL, Subject.PURCHASING)
    )
    return [
        LineView(
            line,
            asks_of(inquiry, line, actor, seen, decides),
            line.technical_answers[::-1] if line.ask_technical and technical else [],
            price_views(line) if line.ask_purchasing and purchasing else [],
            [row for row in files if row.line_id == line.id],
            offer_views(inquiry, line, actor) if line.ask_purchasing and purchasing else [],
        )
        for line in seen.lines(inquiry)
    ]


def price_views(line: InquiryLine) -> list[PriceView]:
    """Return the purchasing answers to a line in words, the latest first."""
    standing = standing_offers(line.purchasing_answers)
    return [price_view(row, standing=row in standing) for row in line.purchasing_answers[::-1]]


def head_facts(inquiry: Inquiry, seen: Sight) -> list[tuple[Any, ...]]:
    """Return the head of an inquiry; who reads single lines learns neither the request nor whom to call."""
    facts: list[tuple[Any, ...]] = [
        (_("客户"), inquiry.customer.name),
        (_("类别"), KIND_LABELS[InquiryKind(inquiry.kind)]),
        (_("负责人"), inquiry.owner.name),
        (_("答复客户期限"), filters.when(inquiry.deadline)),
    ]
    if inquiry.opening_at is not None:
        facts.append((_("开标时间"), filters.when(inquiry.opening_at)))
    if inquiry.answers_due_at is not None:
        facts.append((_("技术、采购答复期限"), filters.when(inquiry.answers_due_at)))
    if inquiry.project:
        facts.append((_("项目或对方编号"), inquiry.project))
    if not seen.whole:
        return facts
    facts += [
        (_("渠道"), CHANNEL_LABELS[InquiryChannel(inquiry.channel)]),
        (_("收到时间"), filters.when(inquiry.received_at)),
        (_("联系人"), f"{inquiry.contact_name} {inquiry.contact_phone}".strip()),
    ]
    if inquiry.report_latency_hours is not None:
        facts.append((_("上报用时"), report_duration(inquiry)))
    return facts


def report_duration(inquiry: Inquiry) -> str:
    """Return how long reporting took, in the company's working time."""
    return _("%(duration)s（工作时间）", duration=filters.hours_text(inquiry.report_latency_hours))


def facts_line(inquiry: Inquiry, seen: Sight) -> list[str]:
    """Return the one line under the title: customer, deadline, how long reporting took."""
    facts = [inquiry.customer.name]
    if inquiry.status in OPEN:
        facts.append(filters.due_text(inquiry.deadline))
    if seen.whole and inquiry.report_latency_hours is not None:
        said = _("上报用时 %(duration)s", duration=report_duration(inquiry))
        facts.append(_("%(said)s，迟报", said=said) if inquiry.reported_late else said)
    return facts


OPEN = frozenset(
    {InquiryStatus.DRAFT, InquiryStatus.REPORTED, InquiryStatus.PREPARING, InquiryStatus.QUOTING}
)


def result_facts(inquiry: Inquiry) -> list[tuple[Any, ...]]:
    """Return how the offer was handed over and what came of it."""
    facts: list[tuple[Any, ...]] = [
        (_("报价"), inquiry.offer_number),
        (_("递交时间"), filters.when(inquiry.submitted_at)),
        (_("递交方式"), inquiry.delivered_how),
    ]
    if inquiry.late_note:
        facts.append((_("逾期递交的理由"), inquiry.late_note, True))
    if inquiry.loss_cause or inquiry.lost_reason:
        facts += loss_facts(inquiry)
    return facts


def shown_to_part(inquiry: Inquiry, seen: Sight) -> Any:
    """Return the filter of events for a reader of single lines: the steps, and the answers on their lines."""
    positions = {line.position for line in seen.lines(inquiry)}
    hidden = set() if seen.purchasing else {"inquiry:answer-purchasing", "inquiry:take-over"}

    def shown(event: Event) -> bool:
        if event.verb in ANSWER_VERBS:
            return event.verb not in hidden and event.data.get("position") in positions
        return event.to_status is not None

    return shown


def subject_label(subject: str) -> str:
    """Return how a department's answer is called."""
    return str(SUBJECT_LABELS[Subject(subject)])


def steps_context(inquiry: Inquiry, actor: Actor, *, second: bool = False) -> dict[str, Any]:
    """Return what the step buttons alone need, to be renewed beside a refusal.

    ``second`` where a panel holds the button that is to be pressed first.
    """
    steps = FLOW.open_steps(inquiry, actor)
    return {
        "steps": [replace(item, kind="plain") if item.kind == "primary" else item for item in steps]
        if second
        else steps,
        "action": address(inquiry.id),
        "version": inquiry.version,
    }


def decline_label(inquiry: Inquiry) -> str:
    """Return why the department does not take part, empty where it does."""
    if inquiry.status != InquiryStatus.DECLINED or inquiry.decline_reason is None:
        return ""
    return str(DECLINE_LABELS[DeclineReason(inquiry.decline_reason)])


def listed_products(inquiry: Inquiry, actor: Actor, seen: Sight) -> dict[int, str]:
    """Return code and name of the products of the price list that lines are, for who sees all lines and products."""
    if not seen.whole or not can(actor, ProductPerm.VIEW):
        return {}
    products = [line.product for line in inquiry.lines if line.product is not None]
    return {product.id: f"{product.code} {product.name}" for product in products}


def hand_over_url(inquiry: Inquiry, actor: Actor) -> str:
    """Return the address where this inquiry is handed over, empty for who may not; a draft is found by its owner."""
    if handing_over.giver.test(inquiry, actor) is None:
        return ""
    found = {"q": inquiry.number} if inquiry.number else {"owner": inquiry.owner_id, "status": inquiry.status}
    return url_for("inquiries.choose_hand_over", **found)


def page_context(inquiry: Inquiry, actor: Actor, refusal: documents.Refusal | None = None) -> dict[str, Any]:
    """Return everything the page of an inquiry needs, for this reader."""
    seen = sight(inquiry, actor)
    url = address(inquiry.id)
    events = events_for(DOC_TYPE, inquiry.id)
    own_draft = inquiry.owner_id == actor.id and inquiry.status == InquiryStatus.DRAFT
    stored = [row for row in files_for(DOC_TYPE, inquiry.id) if may_read_file(actor, inquiry, row)]
    remove_url = (lambda row: f"{url}/files/{row.id}/remove") if own_draft else None
    rows = documents.file_rows(stored, remove_url, events)
    state = FLOW.state(inquiry.status)
    decides = inquiry.status == InquiryStatus.PREPARING and decider.test(inquiry, actor) is not None
    shown = panels.render(inquiry, actor)
    return {
        "inquiry": inquiry,
        "sight": seen,
        "heading": inquiry.title,
        "trail": [(pgettext("list", "询价"), url_for("inquiries.index")), (inquiry.customer.name, "")],
        "state": state.label,
        "tone": state.tone,
        "facts": facts_line(inquiry, seen),
        **steps_context(inquiry, actor, second=bool(shown[panels.FIRST])),
        "stations": documents.stations(FLOW, inquiry.status, events),
        "further": document_panels.beside(DOC_TYPE, inquiry.id, actor),
        "events": documents.timeline_rows(events)
        if seen.whole
        else documents.timeline_rows(events, shown=shown_to_part(inquiry, seen), with_content=False),
        "lines": line_views(inquiry, actor, seen, rows, decides),
        "listed": listed_products(inquiry, actor, seen),
        "files": [row for row in rows if row.line_id is None and row.kind != TENDER_FILE],
        "file_upload": f"{url}/files" if seen.whole else "",
        "head": head_facts(inquiry, seen),
        "result": result_facts(inquiry),
        "report_limit": settings.get("inquiries.report_hours"),
        "decline_label": decline_label(inquiry),
        "edit_url": f"{url}/edit" if own_draft else "",
        "lines_url": f"{url}/lines" if reporting.may_add_lines(inquiry, actor) else "",
        "hand_over_url": hand_over_url(inquiry, actor),
        "opening_url": f"{url}/opening" if opening.may_move(inquiry, actor) else "",
        "case_url": case_url(inquiry, whole=seen.whole),
        "panels": shown,
        "refusal": refusal,
    }

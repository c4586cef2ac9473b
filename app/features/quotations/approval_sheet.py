"""The approval sheet 审批单 of an inquiry: its whole way on one A4 page, drawn from the records, for signature.

It is Chinese paper. It shows what its reader may see and nothing else; what does not fit on the page is counted.
"""

from dataclasses import dataclass, field
from datetime import datetime

from app.core import clock, money, timeline
from app.core.files import files_for
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import BODY, BODY_BOLD, Fact, Foot, Letterhead, baseline
from app.core.pdf.document import MM, SOFT_INK, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import missing_in
from app.core.pdf.table import Column, Part, Row, Table
from app.core.permissions import Actor
from app.core.timeline import Event
from app.features.inquiries import secrecy
from app.features.inquiries.enums import (
    CHANNEL_LABELS,
    KIND_LABELS,
    InquiryChannel,
    InquiryKind,
    Subject,
)
from app.features.inquiries.models import Inquiry, InquiryLine
from app.features.inquiries.queries import Sight, sight
from app.features.quotations import queries
from app.features.quotations.flow import FLOW
from app.features.quotations.models import QuotationRevision
from app.features.seals.enums import USE_FORM_LABELS, UseForm
from app.features.seals.queries import uses_of
from app.web.filters import hours_text

SIGNERS = ("经办人", "部门经理", "公司主管领导", "销售内勤", "日期")
# How many lines and records are tried until all stands on one page.
TRIES = (
    (24, 34), (18, 28), (14, 22), (12, 20), (10, 18), (9, 16), (8, 14), (7, 12), (6, 10), (5, 8), (4, 7), (2, 4), (1, 2)
)  # fmt: skip
ANSWER_VERBS = frozenset(
    {"inquiry:answer-technical", "inquiry:answer-purchasing", "inquiry:take-over", "inquiry:waive"}
)
KEPT = frozenset({"quotation:reprint", "quotation:paper-refused", "inquiry:register"})
LONGEST = 60

_MARGINS = Margins(13 * MM, 10 * MM, 13 * MM, 15 * MM)
_CELL = Style("regular", 7.8, 10.6)
_SOFT = Style("regular", 7.2, 9.8, SOFT_INK)
_HEAD = Style("bold", 7.8, 10.6)


@dataclass
class Records:
    """All that the sheet tells, gathered for one reader before anything is drawn."""

    inquiry: Inquiry
    seen: Sight
    company: str
    lines: list[InquiryLine]
    evidence: set[int]
    events: list[Event]
    revisions: list[QuotationRevision]
    uses: dict[int, list[str]] = field(default_factory=dict)
    sees_prices: bool = True


def gather(inquiry: Inquiry, actor: Actor, company: str) -> Records:
    """Read what an actor may see of an inquiry, its quotations and their seals."""
    seen = sight(inquiry, actor)
    revisions = queries.of_inquiry(inquiry.id, actor)
    events = [event for event in timeline.events_for("inquiry", inquiry.id) if may_tell(event, inquiry, seen)]
    if revisions:
        ids = [revision.id for revision in revisions]
        events += [event for event in timeline.events_for("quotation", ids) if is_step(event)]
    events.sort(key=lambda event: event.seq)
    lines = seen.lines(inquiry)
    positions = {line.id: line.position for line in lines}
    stored = files_for("inquiry", inquiry.id, "price_evidence") if seen.whole or seen.purchasing else []
    uses = {
        revision.id: [
            f"{use.number} {USE_FORM_LABELS[UseForm(use.form)]} {use.copies} 份 {use.impressions} 印 {use.used_by.name}"
            for use in uses_of("quotation", revision.id)
        ]
        for revision in revisions
    }
    evidence = {row.line_id for row in stored if row.line_id in positions}
    known = {i for i in evidence if i is not None}
    sees = secrecy.sees_prices(inquiry, actor)
    return Records(inquiry, seen, company, lines, known, events, revisions, uses, sees)


def is_step(event: Event) -> bool:
    """Tell whether an event belongs on the sheet: a step, an answer, a reprint, a refused attempt."""
    return event.to_status is not None or event.verb in ANSWER_VERBS or event.verb in KEPT


def may_tell(event: Event, inquiry: Inquiry, seen: Sight) -> bool:
    """Tell whether this reader may know of an event: readers of single lines know the answers on their lines."""
    if seen.whole or event.verb not in ANSWER_VERBS:
        return is_step(event)
    if event.verb in ("inquiry:answer-purchasing", "inquiry:take-over") and not seen.purchasing:
        return False
    return event.data.get("position") in {line.position for line in seen.lines(inquiry)}


def render(inquiry: Inquiry, actor: Actor, company: str) -> bytes:
    """Return the sheet as a PDF of exactly one page, for this reader; ``company`` is the name in the letterhead."""
    with using_locale(CHINESE):
        records = gather(inquiry, actor, company)
        for lines, events in TRIES:
            document = draw(records, lines, events)
            if len(document.pages) == 1:
                break
        return document.to_bytes()


def draw(records: Records, most_lines: int, most_events: int) -> Document:
    """Draw the sheet with no more than so many lines and records."""
    inquiry = records.inquiry
    number = inquiry.number or ""
    document = Document(
        DocumentFacts(f"审批单 {number}", records.company, clean(inquiry.customer.name), clock.now()),
        _MARGINS,
    )
    printed = clock.to_local(clock.now()).strftime("%Y-%m-%d %H:%M")
    blocks.page_foot(document, Foot(f"询价编号 {number}", "审批单", second_left=f"打印时间 {printed}"))
    blocks.letterhead(document, Letterhead(clean(records.company), ()))
    blocks.title(document, "询价报价审批单")
    blocks.facts_grid(document, head(records))
    section(document, "明细与各部门答复")
    draw_lines(document, records, most_lines)
    for revision in records.revisions:
        section(document, f"报价 {revision.number or '（未编号）'}")
        blocks.facts_grid(document, quotation_facts(revision, records))
    section(document, "办理经过")
    draw_events(document, records, most_events)
    draw_signers(document)
    return document


def head(records: Records) -> list[Fact]:
    """Return the head of the sheet; the request and whom to call are for those who see the whole inquiry."""
    inquiry = records.inquiry
    facts = [
        Fact("客户", clean(inquiry.customer.name)),
        Fact("询价编号", inquiry.number or ""),
        Fact("类别", str(KIND_LABELS[InquiryKind(inquiry.kind)])),
        Fact("负责人", clean(inquiry.owner.name)),
        Fact("答复期限", stamp(inquiry.deadline)),
        Fact("项目", clean(inquiry.project)),
    ]
    if not records.seen.whole:
        return facts
    hours = inquiry.report_latency_hours
    latency = "" if hours is None else f"{hours_text(hours)}（工作时间）"
    facts += [
        Fact("收到", f"{stamp(inquiry.received_at)} {CHANNEL_LABELS[InquiryChannel(inquiry.channel)]}"),
        Fact("上报", f"{stamp(inquiry.reported_at)}"),
        Fact("上报用时", f"{latency}，迟报" if inquiry.reported_late else latency),
        Fact("决定", stamp(inquiry.decided_at)),
        Fact("递交", f"{stamp(inquiry.submitted_at)} {clean(inquiry.delivered_how)}".strip()),
        Fact("报价", inquiry.offer_number or ""),
    ]
    return facts


def draw_lines(document: Document, records: Records, most: int) -> None:
    """Draw the lines with what technical and purchasing said, each with its author and date."""
    columns = (
        Column("序号", "centre", minimum=8 * MM, maximum=10 * MM),
        Column("产品与型号", weight=2.6),
        Column("数量", "right", minimum=14 * MM, maximum=26 * MM),
        Column("技术答复", weight=3),
        Column("采购答复", weight=3.6),
    )
    rows = [
        Row(
            (
                (Part(str(line.position), _CELL),),
                (Part(short(f"{line.name} {line.model}"), _CELL),),
                (Part(f"{money.format_quantity(line.quantity)} {clean(line.unit)}", _CELL),),
                (Part(technical(records, line), _CELL),),
                (Part(purchasing(records, line), _CELL),),
            )
        )
        for line in records.lines[:most]
    ]
    left = len(records.lines) - len(rows)
    if left > 0:
        rows.append(Row(heading=Part(f"另有 {left} 项，见系统", _SOFT)))
    Table(columns, _HEAD).draw(document, rows)


def technical(records: Records, line: InquiryLine) -> str:
    """Return the technical answer in force as the sheet tells it."""
    found = line.technical
    if not line.ask_technical or not (
        records.seen.whole or records.seen.technical or records.seen.purchasing
    ):
        return "—"
    if found is None:
        return unanswered(line, Subject.TECHNICAL)
    deviation = f"，偏离：{found.deviation}" if found.deviation else ""
    return short(f"{found.model}{deviation}　{found.author.name} {day(found.created_at)}")


def purchasing(records: Records, line: InquiryLine) -> str:
    """Return the purchasing answer in force: price, validity, lead time, whether evidence was put beside it."""
    if not line.ask_purchasing or not (records.seen.whole or records.seen.purchasing):
        return "—"
    found = line.purchasing
    if found is None:
        return unanswered(line, Subject.PURCHASING)
    proof = "，附依据" if line.id in records.evidence else ""
    price = f"{money.format_unit_price(found.price)} {found.currency}/{found.price_unit}"
    said = f"{found.source} {price}，{found.lead_time_days} 天，有效至 {found.valid_until.isoformat()}{proof}"
    return short(f"{said}　{found.author.name} {day(found.created_at)}", 90)


def unanswered(line: InquiryLine, subject: Subject) -> str:
    """Return that an answer was waived and why, or that it is still due."""
    waiver = line.waiver(subject)
    return short(f"免予答复：{waiver.reason}　{waiver.author.name}") if waiver is not None else "待答复"


def quotation_facts(revision: QuotationRevision, records: Records) -> list[Fact]:
    """Return what was offered, who approved it, how many copies carry which seal."""
    uses = records.uses[revision.id]
    total = f"¥{money.format_amount(revision.total)}" if records.sees_prices else str(secrecy.SEALED)
    approved = ""
    if revision.approved_by is not None:
        approved = f"{clean(revision.approved_by.name)} {stamp(revision.approved_at)}"
    copies = f"{len(revision.issued_files)} 份" if revision.issued_files else "未出具"
    if any(item.extra for item in revision.issued_files):
        copies += f"（含增印 {sum(item.extra for item in revision.issued_files)} 份）"
    return [
        Fact("含税合计", total),
        Fact("有效期至", revision.valid_until.isoformat() if revision.valid_until else ""),
        Fact("审核审批", approved),
        Fact("内容摘要", (revision.content_hash or "")[:8]),
        Fact("出具", f"{copies} {stamp(revision.issued_at)}".strip()),
        Fact("状态", str(FLOW.state(revision.status).label)),
        Fact("用印", clean("；".join(uses)) or "—", wide=True),
    ]


def draw_events(document: Document, records: Records, most: int) -> None:
    """Draw who did what when; the oldest are left out where they do not fit."""
    columns = (
        Column("时间", minimum=30 * MM, maximum=32 * MM),
        Column("办理人", minimum=20 * MM, maximum=34 * MM),
        Column("办理", weight=2.2),
        Column("意见、原因", weight=3),
    )
    shown = records.events[-most:]
    rows = [
        Row(
            (
                (Part(stamp(event.at), _CELL),),
                (Part(actor_text(event), _CELL),),
                (Part(short(timeline.describe(event)), _CELL),),
                (Part(short(reason_of(event, records)), _CELL),),
            )
        )
        for event in shown
    ]
    left = len(records.events) - len(shown)
    if left:
        rows.insert(0, Row(heading=Part(f"此前另有 {left} 条记录，见系统", _SOFT)))
    Table(columns, _HEAD).draw(document, rows)


def reason_of(event: Event, records: Records) -> str:
    """Return why something was done, empty where the reader sees but a part or the reason may tell a sealed price."""
    secret = event.doc_type == "quotation" and not records.sees_prices
    return event.reason if records.seen.whole and not secret else ""


def actor_text(event: Event) -> str:
    """Return who did it, and in whose name."""
    deputy = f"（代{event.on_behalf_of_name}）" if event.on_behalf_of_name else ""
    return clean(f"{event.actor_name}{deputy}")


def section(document: Document, title: str) -> None:
    """Write the heading of a part."""
    document.y += 2.4 * MM
    document.page.text(document.left, document.y + baseline(BODY_BOLD), clean(title), BODY_BOLD)
    document.y += BODY_BOLD.leading + 1


def draw_signers(document: Document) -> None:
    """Leave the places where people sign: 签字栏."""
    document.y += 4 * MM
    document.need(16 * MM)
    width = document.body_width / len(SIGNERS)
    top, page = document.y, document.page
    for edge in (top, top + 15 * MM):
        page.line(document.left, edge, document.right, edge)
    for place, label in enumerate((*SIGNERS, "")):
        x = document.left + place * width
        page.line(x, top, x, top + 15 * MM)
        page.text(x + 4, top + 2 + baseline(BODY), label, BODY)
    document.y = top + 15 * MM


def stamp(moment: datetime | None) -> str:
    """Return a moment with date and time in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def day(moment: datetime) -> str:
    """Return month and day of a moment in the company's zone."""
    return clock.to_local(moment).strftime("%m-%d")


def clean(text: str) -> str:
    """Return a text in one line, characters that the fonts lack replaced: the sheet refuses nobody."""
    line = " ".join(text.split())
    for character in missing_in(line):
        line = line.replace(character, "□")
    return line


def short(text: str, most: int = LONGEST) -> str:
    """Return a text that is no longer than the sheet has room for."""
    line = clean(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"

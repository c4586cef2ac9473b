"""The papers of a proposal: the proposal 奖惩建议书 for the file, the notice 奖惩决定告知书 for the person.

They are Chinese papers. What the fonts lack is replaced: a paper that reaches a person refuses nobody.
"""

from datetime import datetime

from app.core import clock, money, timeline
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.features.checks.queries import titles
from app.features.proposals.enums import (
    DECISION_LABELS,
    EVIDENCE_LABELS,
    KIND_LABELS,
    SECOND_LABELS,
    Decision,
    EvidenceKind,
    ProposalKind,
)
from app.features.proposals.flow import APPEAL_DAYS
from app.features.proposals.models import Proposal, ProposalEvidence
from app.features.proposals.queries import events_by_seq

NOTHING_DEDUCTED = "本系统不自动扣发工资或其他款项；涉及金额的，由人事和财务按制度另行办理。"

_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_BODY = Style("regular", 10.2, 16.6)
_BOLD = Style("bold", 10.2, 16.6)


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def begin(proposal: Proposal, company: str, heading: str) -> Document:
    """Return a paper with letterhead, title and foot."""
    number = str(proposal.number)
    document = Document(DocumentFacts(heading, printable(company), number, clock.now()), _MARGINS)
    blocks.page_foot(document, Foot(number, heading, "", f"打印时间 {stamp(clock.now())}"))
    blocks.running_head(document, heading, number)
    blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
    blocks.title(document, heading)
    return document


def head(proposal: Proposal) -> list[Fact]:
    """Return whom it is about, by which clause, for what."""
    cited = f"《{proposal.rule_title}》{proposal.clause_name}"
    return [
        Fact("编号", str(proposal.number)),
        Fact("类别", str(KIND_LABELS[ProposalKind(proposal.kind)])),
        Fact("当事人", printable(proposal.subject.name)),
        Fact("部门", printable(proposal.department.name)),
        Fact("发生时间", stamp(proposal.happened_at)),
        Fact("地点", printable(proposal.place)),
        Fact("依据条款", printable(cited), wide=True),
        Fact("事实", printable(proposal.facts), wide=True),
    ]


def sum_words(proposal: Proposal, *, decided: bool) -> str:
    """Return the amount in figures, 无 for none."""
    amount = proposal.decided_amount if decided else proposal.amount
    return f"{money.format_amount(amount)} 元" if amount is not None else "无"


def section(document: Document, heading: str, text: str) -> None:
    """Write a part: its heading in bold, its text below."""
    document.y += 4 * MM
    for style, said in ((_BOLD, heading), (_BODY, text)):
        for line in said.splitlines() or [""]:
            blocks.draw_paragraph(document, Paragraph(printable(line)), style=style)


def signatures(document: Document, *labels: str) -> None:
    """Leave room for signatures with their dates."""
    document.y += 8 * MM
    for label in labels:
        document.need(_BODY.leading)
        y = document.y + blocks.baseline(_BODY)
        for left, said, width in (
            (document.left, f"{label}（签字）：", 94 * MM),
            (document.left + 102 * MM, "日期：", 58 * MM),
        ):
            document.page.text(left, y, said, _BODY)
            document.page.line(left + _BODY.width(said), y + 2, left + width, y + 2, width=0.45)
        document.y += _BODY.leading + 4 * MM


def evidence_lines(proposal: Proposal) -> list[str]:
    """Return the evidence, numbered, a line a piece: what kind it is, which one, and what was noted of it."""
    rows = proposal.evidence
    checks = titles([row.doc_id for row in rows if row.kind == EvidenceKind.CHECK and row.doc_id])
    events = events_by_seq([row.event_seq for row in rows if row.event_seq is not None])

    def named(row: ProposalEvidence) -> str:
        if row.kind == EvidenceKind.CHECK:
            return checks.get(row.doc_id or 0, "")
        if row.kind == EvidenceKind.FILE:
            return row.stored_file.name if row.stored_file is not None else ""
        event = events.get(row.event_seq or 0)
        return row.address if event is None else event_words(event)

    return [
        f"{number}. {EVIDENCE_LABELS[EvidenceKind(row.kind)]}：{named(row)}{f'（{row.note}）' if row.note else ''}"
        for number, row in enumerate(rows, 1)
    ]


def event_words(event: timeline.Event) -> str:
    """Return an event as the paper tells it: when, who, what."""
    return f"{stamp(event.at)} {timeline.who_acted(event)} {timeline.describe(event)}"


def proposal_paper(proposal: Proposal, company: str) -> bytes:
    """Return the proposal as PDF, with what the person said and what was decided as far as it went."""
    with using_locale(CHINESE):
        document = begin(proposal, company, "奖惩建议书")
        blocks.facts_grid(
            document,
            [
                *head(proposal),
                Fact("建议内容", printable(proposal.measure), wide=True),
                Fact("金额", sum_words(proposal, decided=False)),
                Fact("证据", f"{len(proposal.evidence)} 项"),
                Fact("提出人", printable(proposal.owner.name)),
                Fact("提出时间", stamp(proposal.submitted_at)),
            ],
        )
        section(document, "证据", "\n".join(evidence_lines(proposal)))
        if proposal.heard_at is not None:
            section(document, f"当事人陈述申辩（{stamp(proposal.heard_at)}）", proposal.statement or "无异议")
        decision(document, proposal)
        section(document, "说明", NOTHING_DEDUCTED)
        signatures(document, "提出人", "当事人", "公司主管领导")
        return document.to_bytes()


def decision(document: Document, proposal: Proposal) -> None:
    """Write what was decided, on the appeal too, as far as it went."""
    if proposal.decision is None or proposal.decided_by is None:
        return
    said = DECISION_LABELS[Decision(proposal.decision)]
    who = f"{proposal.decided_by.name} {stamp(proposal.decided_at)}"
    section(document, f"决定：{said}（{who}）", proposal.decision_text)
    if proposal.joint_liability is not None:
        answer = "承担" if proposal.joint_liability else "不承担"
        section(document, f"部门负责人连带责任：{answer}", proposal.joint_reason)
    if proposal.second_decision is not None and proposal.second_decided_by is not None:
        section(document, f"当事人申诉（{stamp(proposal.appealed_at)}）", proposal.appeal)
        second = SECOND_LABELS[Decision(proposal.second_decision)]
        who = f"{proposal.second_decided_by.name} {stamp(proposal.second_decided_at)}"
        section(document, f"复核：{second}（{who}）", proposal.second_text)


def notice_paper(proposal: Proposal, company: str) -> bytes:
    """Return the notice for the person as PDF: what was decided, by which clause, how to appeal."""
    with using_locale(CHINESE):
        document = begin(proposal, company, "奖惩决定告知书")
        section(document, f"{proposal.subject.name}：", "现将公司的奖惩决定告知如下。")
        document.y += 3 * MM
        blocks.facts_grid(
            document,
            [
                *head(proposal),
                Fact("奖惩内容", printable(proposal.decided_measure) or "无（决定已撤销）", wide=True),
                Fact("金额", sum_words(proposal, decided=True)),
                Fact("决定时间", stamp(proposal.second_decided_at or proposal.decided_at)),
            ],
        )
        decision(document, proposal)
        section(
            document,
            "申诉",
            f"如有异议，请在告知之日起 {APPEAL_DAYS} 个工作日内在系统中或书面申诉，由决定人以外的领导复核。",
        )
        section(document, "说明", NOTHING_DEDUCTED)
        signatures(document, "告知人", "当事人签收", "见证人")
        return document.to_bytes()

"""What the page of a proposal shows, made ready so that the template decides nothing."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for

from app.core import documents as core_documents
from app.core import money, timeline
from app.core.documents import Key
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import Event, events_for
from app.features.proposals.enums import (
    DECISION_LABELS,
    EVIDENCE_LABELS,
    KIND_LABELS,
    KIND_TONES,
    PROPOSAL,
    READERS,
    SECOND_LABELS,
    Decision,
    EvidenceKind,
    ProposalKind,
    ProposalStatus,
)
from app.features.proposals.flow import FLOW
from app.features.proposals.models import Proposal, ProposalEvidence
from app.features.proposals.people_of import decider
from app.features.proposals.queries import events_by_seq, name_or_draft
from app.features.rules.queries import citation
from app.web import document_panels, documents, filters

Facts = list[tuple[Any, ...]]


def trail(actor: Actor) -> list[tuple[str, str]]:
    """Return the trail of every page below the list, for those to whom the list is open."""
    listed = any(can(actor, permission) for permission in READERS)
    return [(_("奖惩建议"), url_for("proposals.index"))] if listed else []


def trail_to(proposal: Proposal, actor: Actor) -> list[tuple[str, str]]:
    """Return the trail of every page below a proposal."""
    return [*trail(actor), (name_of(proposal), url_for("proposals.show_proposal", proposal_id=proposal.id))]


def name_of(proposal: Proposal) -> str:
    """Return how a proposal is called: its number, or that it is a draft."""
    return name_or_draft(proposal.number)


def moment(value: datetime | None) -> str:
    """Return a moment as pages write it, an empty text for none."""
    return filters.moment_text(value) if value is not None else ""


def sum_of(amount: Decimal | None) -> str:
    """Return an amount with its sign, a dash for none."""
    return f"¥{money.format_amount(amount)}" if amount is not None else "—"


def said_by(name: str, at: datetime | None) -> str:
    """Return who did something, and when."""
    return f"{name} {moment(at)}"


def proposed_facts(proposal: Proposal) -> Facts:
    """Return what is proposed."""
    return [
        (_("当事人"), proposal.subject.name),
        (_("部门"), proposal.department.name),
        (_("发生时间"), moment(proposal.happened_at)),
        (_("地点"), proposal.place),
        (_("依据条款"), citation(proposal.rule_title, proposal.clause_name), True),
        (_("事实"), proposal.facts, True),
        (_("建议内容"), proposal.measure, True),
        (_("金额"), sum_of(proposal.amount)),
        (_("提出人"), said_by(proposal.owner.name, proposal.submitted_at)),
    ]


def hearing_facts(proposal: Proposal) -> Facts:
    """Return what the person said, as far as it went."""
    facts: Facts = []
    if proposal.hearing_due_at is not None:
        facts.append((_("陈述截止"), moment(proposal.hearing_due_at)))
    if proposal.heard_at is not None:
        said = proposal.statement or _("无异议")
        facts.append((_("陈述申辩（%(when)s）", when=moment(proposal.heard_at)), said, True))
    return facts


def decision_facts(proposal: Proposal) -> Facts:
    """Return what was decided, as far as it went."""
    if proposal.decision is None or proposal.decided_by is None:
        return []
    facts: Facts = [
        (_("决定"), DECISION_LABELS[Decision(proposal.decision)]),
        (_("决定人"), said_by(proposal.decided_by.name, proposal.decided_at)),
        (_("决定的理由"), proposal.decision_text, True),
    ]
    if proposal.joint_liability is not None:
        answer = _("承担") if proposal.joint_liability else _("不承担")
        facts.append((_("部门负责人的连带责任"), f"{answer}{_('：')}{proposal.joint_reason}", True))
    if proposal.second_decision is not None and proposal.second_decided_by is not None:
        facts += [
            (_("申诉（%(when)s）", when=moment(proposal.appealed_at)), proposal.appeal, True),
            (_("复核决定"), SECOND_LABELS[Decision(proposal.second_decision)]),
            (_("复核人"), said_by(proposal.second_decided_by.name, proposal.second_decided_at)),
            (_("复核的理由"), proposal.second_text, True),
        ]
    elif proposal.appealed_at is not None:
        facts.append((_("申诉（%(when)s）", when=moment(proposal.appealed_at)), proposal.appeal, True))
    if proposal.final_decision != Decision.REFUSED:
        facts += [
            (_("最后的奖惩内容"), proposal.decided_measure, True),
            (_("最后的金额"), sum_of(proposal.decided_amount)),
        ]
    return facts


def carried_out_facts(proposal: Proposal) -> Facts:
    """Return how the decision reached the person and was carried out, as far as it went."""
    facts: Facts = []
    if proposal.read_at is not None:
        facts.append((_("当事人签收"), moment(proposal.read_at)))
    if proposal.served_at is not None:
        facts.append((_("告知"), moment(proposal.served_at)))
        if proposal.witness is not None:
            facts.append((_("见证人"), proposal.witness.name))
        facts.append((_("申诉截止"), moment(proposal.appeal_due_at)))
    if proposal.executed_by is not None:
        facts.append((_("执行"), said_by(proposal.executed_by.name, proposal.executed_at)))
        facts.append((_("执行情况"), proposal.execution, True))
    return facts


# Evidence


def evidence_rows(proposal: Proposal, actor: Actor) -> list[dict[str, Any]]:
    """Return the evidence as the page lists it; a way to a document only where the reader may see it."""
    keys = [
        (row.doc_type, row.doc_id)
        for row in proposal.evidence
        if row.doc_type is not None and row.doc_id is not None
    ]
    links = core_documents.links(core_documents.visible_keys(actor, keys)) if keys else {}
    events = events_by_seq([row.event_seq for row in proposal.evidence if row.event_seq is not None])
    removable = proposal.status == ProposalStatus.DRAFT and proposal.owner_id == actor.id
    return [evidence_row(proposal, row, links, events, removable=removable) for row in proposal.evidence]


def evidence_row(
    proposal: Proposal,
    row: ProposalEvidence,
    links: dict[Key, core_documents.DocumentLink],
    events: dict[int, Event],
    *,
    removable: bool,
) -> dict[str, Any]:
    """Return one piece of evidence: what it is, its text, where it leads, how it is taken back."""
    link = links.get((row.doc_type or "", row.doc_id or 0))
    text, note, href = "", row.note, link.url if link is not None else ""
    if row.kind == EvidenceKind.FILE and row.stored_file is not None:
        text, href = row.stored_file.name, documents.file_url(row.stored_file)
    elif row.kind == EvidenceKind.ADDRESS:
        text, note, href = row.note or row.address, "", row.address
    elif row.kind == EvidenceKind.CHECK:
        text = link.title if link is not None else _("一次执行检查")
    elif row.event_seq in events:
        text = event_text(events[row.event_seq], link.title if link is not None else "")
    keeps = row.kind == EvidenceKind.CHECK and row.doc_id == proposal.check_id
    remove = url_for("proposals.remove_evidence", proposal_id=proposal.id, evidence_id=row.id)
    return {
        "kind": EVIDENCE_LABELS[EvidenceKind(row.kind)],
        "text": text,
        "href": href,
        "note": note,
        "remove_url": remove if removable and not keeps else "",
    }


def event_text(event: Event, title: str) -> str:
    """Return an event in words: when, who, what, of which document."""
    said = f"{moment(event.at)} {timeline.who_acted(event)} {timeline.describe(event)}"
    return f"{said}{_('：')}{title}" if title else said


def event_choices(events: Sequence[tuple[Event, str]]) -> list[tuple[int, str]]:
    """Return events for a choice, each with the title of its document."""
    return [(event.seq, event_text(event, title)) for event, title in events]


# The page


def context(proposal: Proposal, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a proposal needs, for this reader."""
    state = FLOW.state(proposal.status)
    events = events_for(PROPOSAL, proposal.id)
    drafting = proposal.status == ProposalStatus.DRAFT and proposal.owner_id == actor.id
    return {
        "heading": name_of(proposal),
        "trail": trail(actor),
        "state": state.label,
        "tone": state.tone,
        "facts": [proposal.subject.name, citation(proposal.rule_title, proposal.clause_name)],
        "clause_url": url_for(
            "rules.show_version", version_id=proposal.rule_version_id, _anchor=f"clause-{proposal.clause_id}"
        ),
        "kind": (KIND_LABELS[ProposalKind(proposal.kind)], KIND_TONES[ProposalKind(proposal.kind)]),
        "proposed": proposed_facts(proposal),
        "heard": hearing_facts(proposal),
        "decided": decision_facts(proposal),
        "carried_out": carried_out_facts(proposal),
        "evidence": evidence_rows(proposal, actor),
        "evidence_url": url_for("proposals.evidence", proposal_id=proposal.id) if drafting else "",
        "edit_url": url_for("proposals.edit", proposal_id=proposal.id) if drafting else "",
        "paper_url": url_for("proposals.proposal_paper", proposal_id=proposal.id) if proposal.number else "",
        "notice_url": url_for("proposals.notice_paper", proposal_id=proposal.id)
        if is_decided(proposal)
        else "",
        **steps_context(proposal, actor),
        "undecided": nobody_decides(proposal),
        "stations": documents.stations(FLOW, proposal.status, events),
        "events": documents.timeline_rows(events),
        "further": document_panels.beside(PROPOSAL, proposal.id, actor),
    }


def nobody_decides(proposal: Proposal) -> bool:
    """Tell whether a decision is due and nobody is left who may make it."""
    due = proposal.status in (ProposalStatus.PROPOSED, ProposalStatus.HEARING, ProposalStatus.APPEALED)
    return due and not decider.people(proposal)


def is_decided(proposal: Proposal) -> bool:
    """Tell whether there is a decision to be served."""
    return proposal.decision is not None and proposal.decision != Decision.REFUSED


def steps_context(proposal: Proposal, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": FLOW.open_steps(proposal, actor),
        "action": url_for("proposals.show_proposal", proposal_id=proposal.id),
        "version": proposal.version,
    }

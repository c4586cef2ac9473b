"""Drafting a proposal and gathering its evidence, and what a job brings: reminders and tasks whose day has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock, files, modules, money, notices, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.permissions import SYSTEM, Actor, require
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.checks import actions as check_actions
from app.features.checks.enums import CLAUSE_CHECK
from app.features.checks.models import ClauseCheck
from app.features.checks.queries import get_check
from app.features.people.models import Department, User
from app.features.proposals import queries
from app.features.proposals.enums import (
    PROPOSAL,
    EvidenceKind,
    ProposalKind,
    ProposalPerm,
    ProposalStatus,
)
from app.features.proposals.flow import FLOW, RANGE_SENTENCE, beyond_range
from app.features.proposals.models import Proposal, ProposalEvidence, ProposalTip
from app.features.proposals.tip_flow import FLOW as TIP_FLOW
from app.features.rules.queries import ClausePlace

MODULE = "proposals"
PUBLIC = "proposals_public"
EVIDENCE_FILE = "evidence"
LONGEST_ADDRESS = 200
REMIND_BEFORE = timedelta(hours=24)
# States whose tasks change without a step: by a time that runs out, or by a second decider named in the settings.
WAITING = {
    ProposalStatus.HEARING: "hearing_due_at",
    ProposalStatus.SERVED: "appeal_due_at",
    ProposalStatus.APPEALED: "",
}


@dataclass(frozen=True)
class ProposalValues:
    """What a proposal says; ``happened_at`` is when the facts were, by whose day the clause must be in force."""

    kind: str
    subject_id: int | None
    clause_id: int | None
    happened_at: datetime | None
    place: str
    facts: str
    measure: str
    amount: Decimal | None = None


# Drafting


def draft(
    *, actor: Actor, values: ProposalValues, check_id: int | None = None, tip_id: int | None = None
) -> Proposal:
    """Begin a proposal; of a check it becomes the next step and the check its evidence, of a tip the answer.

    Raises Denied without the right in the person's department, Invalid at the fields, NotVisible and Conflict for a
    check or a tip that cannot become a proposal.
    """
    require(actor, ProposalPerm.PROPOSE)
    person, place = checked(actor, values)
    proposal = Proposal(
        status=FLOW.initial,
        owner_id=actor.id,
        created_at=clock.now(),
        updated_at=clock.now(),
        evidence=[],
    )
    write(proposal, values, person, place)
    proposal.owner = session.get_one(User, actor.id)
    session.add(proposal)
    if tip_id is not None:
        take_up(proposal, tip_id, actor)
    session.flush()
    if check_id is not None:
        take_check(proposal, check_id, actor)
    FLOW.sync_tasks(proposal)
    timeline.record(PROPOSAL, proposal.id, "proposal:draft", actor, to_status=proposal.status)
    index(proposal)
    return proposal


def edit(proposal: Proposal, *, actor: Actor, version: int | None, values: ProposalValues) -> None:
    """Change a draft. Raises Denied for anybody but the proposer, Stale, Conflict once submitted, Invalid."""
    open_draft(proposal, actor, version, lazy("修改奖惩建议"))
    person, place = checked(actor, values)
    if proposal.evidence and any(row.kind == EvidenceKind.CHECK for row in proposal.evidence):
        refuse_another(proposal, person.id)
    before = told(proposal)
    write(proposal, values, person, place)
    proposal.touch()
    session.flush()
    changes = timeline.diff(before, told(proposal))
    if changes:
        timeline.record(PROPOSAL, proposal.id, "proposal:edit", actor, data={"changes": changes})
    index(proposal)


def refuse_another(proposal: Proposal, person_id: int) -> None:
    """Raise Invalid where the evidence of one person would speak against another."""
    if person_id != proposal.subject_id:
        raise Invalid(fields={"subject_id": lazy("建议引用了对原来这个人的检查，不能换人；请另写一份")})


def open_draft(proposal: Proposal, actor: Actor, version: int | None, what: LazyText) -> None:
    """Lock a draft for its proposer; raises Denied, Stale, Conflict, in this order."""
    lock(proposal)
    if proposal.owner_id != actor.id:
        raise Denied("core:denied", what=what, who=proposal.owner.name)
    check_version(PROPOSAL, proposal, version)
    if proposal.status != ProposalStatus.DRAFT:
        raise Conflict("core:wrong-state", state=FLOW.state(proposal.status).label, step=what)


def checked(actor: Actor, values: ProposalValues) -> tuple[User, ClausePlace]:
    """Return the person and the clause on the day of the facts; raises Denied, and Invalid at the fields."""
    faults: dict[str, LazyText | str] = {}
    for name in ("place", "facts", "measure"):
        check_written(getattr(values, name), name)
    if values.kind not in set(ProposalKind):
        faults["kind"] = lazy("请选择奖励或处罚")
    person = session.get(User, values.subject_id) if values.subject_id is not None else None
    if person is None or not person.active or person.department_id is None:
        faults["subject_id"] = lazy("请选择在职并有部门的人员")
    elif person.id == actor.id:
        faults["subject_id"] = lazy("不能为自己提出奖惩，请您的上级来提")
    if not values.place.strip():
        faults["place"] = lazy("请写明地点")
    if not values.facts.strip():
        faults["facts"] = lazy("请写明事实：做了什么，结果怎样")
    if not values.measure.strip():
        faults["measure"] = lazy("请写明建议怎样奖惩")
    place = clause_then(values, faults)
    if place is not None and values.kind == ProposalKind.PENALTY:
        beyond = beyond_range(place.clause_id, place.cited, values.amount)
        if beyond is not None:
            faults["amount"] = RANGE_SENTENCE.filled(**beyond)
    if faults or person is None or place is None:
        raise Invalid(fields=faults)
    require(actor, ProposalPerm.PROPOSE, person.department_id)
    return person, place


def clause_then(values: ProposalValues, faults: dict[str, LazyText | str]) -> ClausePlace | None:
    """Return where the clause stood on the day of the facts; notes in ``faults`` what is wrong with either."""
    if values.happened_at is None or values.happened_at > clock.now():
        faults["happened_at"] = lazy("请填写发生的时间，不晚于现在")
        return None
    if values.clause_id is None:
        faults["clause_id"] = lazy("请选择依据的条款")
        return None
    place = queries.clause_on(clock.to_local(values.happened_at).date(), values.clause_id)
    if place is None:
        faults["clause_id"] = lazy("这一条在事情发生的那天不是现行条款，请另选一条")
    return place


def write(proposal: Proposal, values: ProposalValues, person: User, place: ClausePlace) -> None:
    """Put what was typed and checked into the row."""
    proposal.kind, proposal.happened_at = values.kind, values.happened_at or clock.now()
    proposal.subject, proposal.subject_id = person, person.id
    proposal.department = session.get_one(Department, person.department_id)
    proposal.department_id = proposal.department.id
    proposal.clause_id, proposal.rule_version_id = place.clause_id, place.version_id
    proposal.rule_title, proposal.clause_name = place.title, place.name
    proposal.place, proposal.facts = values.place.strip(), values.facts.strip()
    proposal.measure, proposal.amount = values.measure.strip(), values.amount


def told(proposal: Proposal) -> dict[str, Any]:
    """Return the fields whose changes the timeline tells."""
    return {
        "kind": proposal.kind,
        "subject": proposal.subject.name,
        "clause": f"{proposal.rule_title} {proposal.clause_name}",
        "happened_at": clock.to_local(proposal.happened_at).strftime("%Y-%m-%d %H:%M"),
        "place": proposal.place,
        "facts": proposal.facts,
        "measure": proposal.measure,
        "amount": None if proposal.amount is None else money.format_amount(proposal.amount),
    }


def index(proposal: Proposal) -> None:
    """Bring the search up to date."""
    texts = (proposal.rule_title, proposal.clause_name, proposal.place, proposal.facts, proposal.measure)
    search.put(
        PROPOSAL, proposal.id, f"{proposal.number or ''} {proposal.subject.name}".strip(), " ".join(texts)
    )


def fire(
    proposal: Proposal,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a proposal; texts with characters nobody can see are refused at their fields."""
    for field, value in (data or {}).items():
        if isinstance(value, str):
            check_written(value, field)
    FLOW.fire(proposal, name, actor, version=version, note=note, data=data)
    index(proposal)


# What a proposal comes from


def take_check(proposal: Proposal, check_id: int, actor: Actor) -> None:
    """Let a check become this proposal, in the same transaction; raises NotVisible, Denied, Conflict."""
    check = get_check(actor, check_id)
    if check.subject_id != proposal.subject_id:
        raise Invalid(fields={"subject_id": lazy("这次检查说的是另一个人，请选择检查的对象")})
    check_actions.propose(check, actor=actor)
    if queries.was_proposed(check.id):
        raise Conflict("proposal:made-already")
    proposal.check_id = check.id
    keep(proposal, actor, EvidenceKind.CHECK, doc_type=CLAUSE_CHECK, doc_id=check.id)


def end_of_source(proposal_id: int, actor: Actor) -> None:
    """Bring what a proposal was made of to its end with the proposal, in the same transaction.

    Once it is withdrawn its check goes on, its tip waits for an answer again, and either may become another proposal;
    once it is dismissed or closed the check is closed too, and the tip stays answered.
    """
    proposal = session.get_one(Proposal, proposal_id)
    if not FLOW.state(proposal.status).terminal:
        return
    withdrawn = proposal.status == ProposalStatus.WITHDRAWN
    if proposal.check_id is not None:
        check_actions.end_proposal(proposal.check_id, withdrawn=withdrawn)
    if withdrawn and proposal.tip_id is not None:
        TIP_FLOW.fire(session.get_one(ProposalTip, proposal.tip_id), "reopen", SYSTEM, version=None)
    if withdrawn:
        proposal.check_id = proposal.tip_id = None


def take_up(proposal: Proposal, tip_id: int, actor: Actor) -> None:
    """Let a tip become this proposal; raises NotVisible, and Conflict for one that was answered."""
    tip = queries.get_tip(actor, tip_id)
    if tip.subject_id != proposal.subject_id:
        raise Invalid(fields={"subject_id": lazy("这条线索说的是另一个人，请选择线索里的人")})
    TIP_FLOW.fire(tip, "take_up", actor, version=None)
    proposal.tip_id = tip.id


# Evidence


def add_evidence(
    proposal: Proposal,
    *,
    actor: Actor,
    version: int | None,
    event_seq: int | None = None,
    check_id: int | None = None,
    file: CheckedFile | None = None,
    address: str = "",
    note: str = "",
) -> list[ProposalEvidence]:
    """Add to a draft what speaks for its facts; several kinds at once are several pieces of evidence.

    Raises Invalid where there is nothing, and at the fields for what the proposer cannot see.
    """
    open_draft(proposal, actor, version, lazy("补充证据"))
    check_written(note, "note")
    added: list[ProposalEvidence] = []
    if check_id is not None:
        check = visible_check(proposal, actor, check_id)
        added.append(keep(proposal, actor, EvidenceKind.CHECK, note, doc_type=CLAUSE_CHECK, doc_id=check.id))
    if event_seq is not None:
        event = seen_event(actor, event_seq)
        values = {"doc_type": event.doc_type, "doc_id": event.doc_id, "event_seq": event.seq}
        added.append(keep(proposal, actor, EvidenceKind.EVENT, note, **values))
    if file is not None:
        row = files.attach(file, PROPOSAL, proposal.id, actor, kind=EVIDENCE_FILE, legal_hold=True)
        added.append(keep(proposal, actor, EvidenceKind.FILE, note, stored_file_id=row.id))
    if address.strip():
        added.append(keep(proposal, actor, EvidenceKind.ADDRESS, note, address=site_address(address)))
    if not added:
        raise Invalid(fields={"address": lazy("请选择或填写一项证据")})
    proposal.touch()
    session.flush()
    timeline.record(PROPOSAL, proposal.id, "proposal:add-evidence", actor, data={"count": len(added)})
    return added


def keep(
    proposal: Proposal, actor: Actor, kind: EvidenceKind, note: str = "", **place: Any
) -> ProposalEvidence:
    """Add one piece of evidence to a proposal."""
    row = ProposalEvidence(
        kind=kind, note=note.strip(), added_by_id=int(actor.id or 0), added_at=clock.now(), **place
    )
    proposal.evidence.append(row)
    session.flush()
    return row


def visible_check(proposal: Proposal, actor: Actor, check_id: int) -> ClauseCheck:
    """Return a check of this person the proposer may see; raises Invalid at its field."""
    try:
        check = get_check(actor, check_id)
    except NotVisible:
        check = None
    if check is None or check.subject_id != proposal.subject_id:
        raise Invalid(fields={"check_id": lazy("请从列表中选择对这个人的检查")})
    return check


def seen_event(actor: Actor, event_seq: int) -> timeline.Event:
    """Return an event of a document the proposer may see; raises Invalid at its field."""
    found = queries.events_seen(actor, timeline.Event.seq == event_seq)
    if not found:
        raise Invalid(fields={"event_seq": lazy("请从列表中选择一条办理记录")})
    return found[0][0]


def site_address(typed: str) -> str:
    """Return an address within this site as its path; raises Invalid for any other."""
    check_written(typed, "address")
    path = typed.strip()
    if "://" in path:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    good = path.startswith("/") and not path.startswith("//") and "\\" not in path and " " not in path
    if not good or path == "/" or len(path) > LONGEST_ADDRESS:
        raise Invalid(fields={"address": lazy("请填写系统内页面的地址，例如 /inquiries/12")})
    return path


def remove_evidence(proposal: Proposal, evidence_id: int, *, actor: Actor, version: int | None) -> None:
    """Take a piece of evidence back from a draft; raises NotVisible for one that is not there."""
    open_draft(proposal, actor, version, lazy("移除证据"))
    row = next((each for each in proposal.evidence if each.id == evidence_id), None)
    if row is None:
        raise NotVisible
    if row.kind == EvidenceKind.CHECK and row.doc_id == proposal.check_id:
        raise Conflict("proposal:from-check")
    proposal.evidence.remove(row)
    session.delete(row)
    proposal.touch()
    session.flush()
    timeline.record(PROPOSAL, proposal.id, "proposal:remove-evidence", actor)


# What a job brings


def remind(payload: dict[str, Any]) -> None:
    """Bring tasks whose day has come, and remind once a day of a hearing or an appeal that ends within a day.

    Only between eight and six, so that nobody is told at night; running it again tells nobody twice.
    """
    if not modules.is_on(MODULE) or not clock.is_daytime():
        return
    found = waiting()
    session.rollback()
    if found:
        with unit_of_work():
            for number in found:
                remind_of(session.get_one(Proposal, number))


def waiting() -> list[int]:
    """Return the proposals whose tasks may change by themselves."""
    return list(
        session.execute(
            select(Proposal.id).where(Proposal.status.in_(list(WAITING))).order_by(Proposal.id)
        ).scalars()
    )


def remind_of(proposal: Proposal) -> None:
    """Make the tasks of a proposal those of today, and tell the person that the time is nearly over."""
    FLOW.sync_tasks(proposal)
    runs = WAITING[ProposalStatus(proposal.status)]
    due: datetime | None = getattr(proposal, runs) if runs else None
    silent = (
        proposal.heard_at is None if proposal.status == ProposalStatus.HEARING else not proposal.appeal_over
    )
    if due is None or not silent or not clock.now() <= due <= clock.now() + REMIND_BEFORE:
        return
    fresh = notices.not_yet_reminded(PROPOSAL, proposal.id, [proposal.subject_id])
    if fresh:
        text = clock.to_local(due).strftime("%Y-%m-%d %H:%M")
        verb = (
            "proposal:remind-hearing"
            if proposal.status == ProposalStatus.HEARING
            else "proposal:remind-appeal"
        )
        timeline.record(PROPOSAL, proposal.id, verb, SYSTEM, data={"until": text}, tell=fresh)

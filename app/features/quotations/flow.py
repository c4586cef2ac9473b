"""The life of a quotation revision (rule table 2.2): nothing unreviewed is printed, nobody approves their own."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.core import clock, settings
from app.core.errors import Conflict, Denied, Invalid, Problem
from app.core.i18n import lazy, listed
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, directory
from app.core.tasks import WantedTask
from app.core.workflow import (
    Authority,
    Flow,
    State,
    Who,
    any_of,
    may,
    mine,
    mine_or_proposed,
    named_in_settings,
    stay,
    step,
    system_only,
    when,
)
from app.features.inquiries.actions import note_accepted, note_loss, note_offer_issued
from app.features.inquiries.losses import unsaid_loss
from app.features.quotations import extra, snapshot
from app.features.quotations.bid import guards as bids
from app.features.quotations.checks import evidence_warnings, missing_content
from app.features.quotations.enums import PaymentTerm, QuotationPerm, QuotationStatus
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import guards
from app.features.quotations.queries import (
    acceptance_files,
    accepted_before,
    older_open_revisions,
    unissued_revisions,
)
from app.features.quotations.revisions import restore_current
from app.features.seals.enums import SealPerm

DOC_TYPE = "quotation"
LAPSED = "询价已放弃或取消"


def others_holding(permission: str, document: Any) -> bool:
    """Tell whether somebody other than the owner holds a permission over a revision or negotiation."""
    return bool(directory().holders(str(permission), document.department_id, frozenset({document.owner_id})))


NOT_APPROVED = "quotation:not-approved"


def second_approver(revision: QuotationRevision) -> int | None:
    """Return the person of the setting "second approver", unless it is the owner."""
    person = settings.get("quotations.second_approver")
    return person if person and person != revision.owner_id else None


is_second_approver = named_in_settings(
    "second_approver", second_approver, lazy("系统管理员（设置“第二审批人”）")
)

# R4: never one's own; where no other manager is left the leader reviews, and for the leader the second approver.
leader = any_of(
    may(QuotationPerm.APPROVE_ABOVE_LIMIT, own=False),
    when(
        lambda revision: not others_holding(QuotationPerm.APPROVE_ABOVE_LIMIT, revision), is_second_approver
    ),
)
reviewer = any_of(
    may(QuotationPerm.REVIEW, own=False),
    when(lambda revision: not others_holding(QuotationPerm.REVIEW, revision), leader),
)
either_approver = any_of(
    when(lambda revision: revision.status != QuotationStatus.LEADER_REVIEW, reviewer),
    when(lambda revision: revision.status == QuotationStatus.LEADER_REVIEW, leader),
)
sealer = may(SealPerm.USE)
consenter = any_of(extra.besides_asker(reviewer), extra.besides_asker(leader))


def needs_leader(revision: QuotationRevision) -> bool:
    """Tell whether the manager's approval is not enough: amount, a price below the floor, terms outside the list.

    A price that cannot be compared with the floor is the leader's as well.
    """
    limit = Decimal(str(settings.get("quotations.leader_limit")))
    return (
        revision.total >= limit
        or any(line.needs_floor_reason for line in revision.lines)
        or revision.payment_term == PaymentTerm.OTHER
    )


def wanted(
    kind: str, who: Who, permission: str, document: Any, due_at: datetime | None = None
) -> Iterable[WantedTask]:
    """Yield a task for the holders of a permission, or for the people who stand in where nobody holds it."""
    if others_holding(permission, document):
        yield WantedTask(
            kind,
            permission=str(permission),
            department_id=document.department_id,
            excluded_user_id=document.owner_id,
            due_at=due_at,
        )
        return
    for person in who.people(document):
        yield WantedTask(kind, user_id=person, excluded_user_id=document.owner_id, due_at=due_at)


def review_task(revision: QuotationRevision) -> Iterable[WantedTask]:
    """Yield the task of reviewing."""
    return wanted("quotation:review", reviewer, QuotationPerm.REVIEW, revision)


def leader_task(revision: QuotationRevision) -> Iterable[WantedTask]:
    """Yield the task of the leader's approval."""
    return wanted("quotation:approve", leader, QuotationPerm.APPROVE_ABOVE_LIMIT, revision)


def confirm_task(revision: QuotationRevision) -> Iterable[WantedTask]:
    """Yield the task of confirming the customer's acceptance, and what further copies wait for."""
    yield from wanted("quotation:confirm-acceptance", reviewer, QuotationPerm.REVIEW, revision)
    yield from extra_task(revision)


def extra_task(revision: QuotationRevision) -> Iterable[WantedTask]:
    """Yield what further copies wait for: the consent, then the printing."""
    if extra.asked(revision):
        yield from wanted("quotation:consent-extra", consenter, QuotationPerm.REVIEW, revision)
    yield from extra.print_task(revision)


def consenting(revision: QuotationRevision) -> list[int | None]:
    """Return those who may consent to further copies, to be told."""
    return list(consenter.people(revision))


def issue_task(revision: QuotationRevision) -> Iterable[WantedTask]:
    """Yield the task of issuing the sealed file, for those who may use a seal."""
    yield WantedTask("quotation:issue", permission=str(SealPerm.USE), department_id=revision.department_id)


def owner_task(kind: str) -> Any:
    """Return a state's task for the owner, due by the customer's deadline; a later revision has no such deadline."""

    def tasks(revision: QuotationRevision) -> Iterable[WantedTask]:
        due = revision.quotation.inquiry.deadline if revision.revision == 1 else None
        yield WantedTask(kind, user_id=revision.owner_id, due_at=due)

    return tasks


def ready_to_submit(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a quotation whose content is not complete, that nobody could review, or that talks forbid."""
    return (
        unready(revision)
        or guards.waiting_problem(revision)
        or guards.price_problem(revision)
        or bids.missing_bid(revision)
    )


def unready(revision: QuotationRevision) -> Problem | None:
    """Return what keeps a quotation from its review, talks and bid apart; asked of a proposal as well."""
    problem = missing_content(revision)
    if problem is not None:
        return problem
    if not settings.get("quotations.effect"):
        return Conflict("quotation:effect-unset")
    if not reviewer.people(revision) or (needs_leader(revision) and not leader.people(revision)):
        return Conflict("quotation:nobody-reviews")
    return None


def submit_target(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> str:
    """Send a returned quotation back to whom returned it, to the start if lines, money or scope changed (rule R6)."""
    if revision.returned_from == QuotationStatus.LEADER_REVIEW and revision.submitted_content is not None:
        before, now = revision.submitted_content, snapshot.content(revision)
        if all(before.get(key) == now.get(key) for key in ("lines", "totals", "customer", "bid")):
            return QuotationStatus.LEADER_REVIEW
    return QuotationStatus.REVIEW


def submit(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Number it at the first submission, keep the content and its hash, tell what changed since the last one."""
    quotation = revision.quotation
    revision.previous_content = revision.submitted_content
    revision.submitted_content = snapshot.content(revision)
    revision.submitted_hash = snapshot.hash_of(revision.submitted_content)
    revision.submitted_at, revision.submitted_by_id = clock.now(), revision.owner_id
    if quotation.number is None:
        quotation.number = next_number("quotation", "BJ")
    revision.number = f"{quotation.number}-R{revision.revision}"
    if revision.previous_content is None:
        return {}
    return {"changes": snapshot.changes(revision.previous_content, revision.submitted_content)}


def ready_to_approve(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse approval of other content than was submitted, of an expired offer, or of unticked warnings."""
    submitted = data.get("content_hash")
    if (submitted is not None and submitted != revision.submitted_hash) or (
        snapshot.hash_of(snapshot.content(revision)) != revision.submitted_hash
    ):
        return Conflict("quotation:content-changed")
    if revision.valid_until is None or revision.valid_until < clock.today():
        return Conflict("quotation:validity-past")
    if data and not data.get("warnings_ticked") and evidence_warnings(revision):
        return Invalid(fields={"warnings_ticked": lazy("请核对价格依据的提醒并打勾确认")})
    if data and not data.get("bid_ticked") and bids.doubt(revision):
        return Invalid(fields={"bid_ticked": lazy("请打开投标文件核对总价并打勾确认")})
    return None


def review_target(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose between approved and the leader's turn; where the leader himself reviews, his word is the last."""
    by_manager = may(QuotationPerm.REVIEW, own=False).test(revision, actor) is not None
    if by_manager and needs_leader(revision):
        return QuotationStatus.LEADER_REVIEW
    return QuotationStatus.APPROVED


def approve(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note the reviewer and freeze the content where this approval is the last one (rule R8)."""
    revision.reviewed_by_id, revision.reviewed_at = actor.id, clock.now()
    if revision.status == QuotationStatus.APPROVED:
        freeze(revision, actor, reviewer.test(revision, actor))
    return {"warnings": ticked(revision)}


def approve_as_leader(
    revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Freeze the content with the leader's approval."""
    freeze(revision, actor, leader.test(revision, actor))
    return {"warnings": ticked(revision)}


def ticked(revision: QuotationRevision) -> list[str]:
    """Return the codes of what whoever approved has ticked."""
    doubt = bids.doubt(revision)
    return [*(warning.code for warning in evidence_warnings(revision)), *([doubt] if doubt else [])]


def freeze(revision: QuotationRevision, actor: Actor, authority: Authority | None) -> None:
    """Keep the canonical snapshot and its hash: from here on the paper is made of it and nothing else."""
    revision.approved_by_id, revision.approved_at = actor.id, clock.now()
    revision.approved_role = authority.role if authority else None
    revision.snapshot = snapshot.freeze(revision, actor, authority)
    revision.content_hash = snapshot.hash_of(revision.snapshot)
    if revision.bid is not None:
        revision.bid.stored.legal_hold = True


def return_from_leader(
    revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Remember that the leader returned it, so that it can go straight back to him (rule R6)."""
    revision.returned_from = QuotationStatus.LEADER_REVIEW
    return {}


def return_from_review(
    revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Remember that the manager returned it."""
    revision.returned_from = QuotationStatus.REVIEW
    return {}


def reject(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the reason for whoever asks about the number later; an earlier paper becomes the current one again."""
    revision.void_reason = str(data.get("note", ""))
    restore_current(revision)
    return {}


def ready_to_issue(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to seal an expired offer, one under negotiation, or files made of anything but the frozen snapshot."""
    problem = guards.waiting_problem(revision)
    if problem is not None:
        return problem
    if revision.valid_until is None or revision.valid_until < clock.today():
        return Conflict("quotation:validity-past")
    taken = accepted_before(revision)
    if taken is not None:
        return Conflict("quotation:accepted-before", number=taken.title)
    prepared = data.get("prepared")
    if prepared is not None and prepared.content_hash != revision.content_hash:
        return Conflict("quotation:content-changed")
    return None


def issue(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the files with their hashes, register the seal's use, supersede the older offer, tell the inquiry."""
    facts: Mapping[str, Any] = data["prepared"].keep(revision, actor)
    revision.issued_at = clock.now()
    for older in older_open_revisions(revision):
        FLOW.fire(older, "supersede", SYSTEM, version=None)
    note_offer_issued(revision.quotation.inquiry, revision.number or "")
    return facts


def supersede(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Date the moment from which the newer paper is the offer."""
    revision.superseded_at = clock.now()
    return {}


def ready_to_claim(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """An acceptance needs the customer's paper, and the manager's word on what was negotiated."""
    problem = guards.waiting_problem(revision)
    if problem is not None:
        return problem
    if not acceptance_files(revision.id):
        return Conflict("quotation:no-acceptance-file")
    return None


def ready_to_confirm(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """An expired offer is accepted only with the manager's explicit reason (逾期仍接受)."""
    problem = guards.waiting_problem(revision)
    if problem is not None:
        return problem
    expired = revision.valid_until is not None and revision.valid_until < clock.today()
    if expired and not str(data.get("late_reason", "")).strip():
        return Invalid(fields={"late_reason": lazy("报价已过有效期，请写明逾期仍接受的理由")})
    return None


def confirm(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set the inquiry won in the same transaction."""
    for later in unissued_revisions(revision):
        FLOW.fire(later, "lapse", SYSTEM, version=None, note=f"客户已接受 {revision.title}")
    note_accepted(revision.quotation.inquiry, actor=actor)
    late = str(data.get("late_reason", "")).strip()
    return {"late_reason": late} if late else {}


def ready_to_lose(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """A loss is told with its cause, a rival's price with how it was learnt."""
    return unsaid_loss(data, "note")


def lose(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep why, to whom and at what price the order went on the inquiry, which asks for it no second time."""
    note_loss(revision.quotation.inquiry, {**data, "lost_reason": data.get("note", "")})
    return {}


def lapse(revision: QuotationRevision, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say why: the inquiry behind it ended, or the customer accepted an earlier revision."""
    revision.void_reason = str(data.get("note") or LAPSED)
    restore_current(revision)
    return {}


def owner(revision: QuotationRevision) -> list[int | None]:
    """Return the owner, to be told."""
    return [revision.owner_id]


def reviewers(revision: QuotationRevision) -> list[int | None]:
    """Return those whose turn it is after a submission or the manager's approval."""
    if revision.status == QuotationStatus.LEADER_REVIEW:
        return [revision.owner_id, *leader.people(revision)]
    if revision.status == QuotationStatus.REVIEW:
        return list(reviewer.people(revision))
    return [revision.owner_id, *sealer.people(revision)]


def refused_paper(revision: QuotationRevision) -> Problem:
    """Return why there is no official file of a revision yet: not approved is 403, approved but not issued is 409."""
    if revision.status == QuotationStatus.APPROVED:
        keepers = listed(
            person.name for person in directory().holders(SealPerm.USE, revision.department_id)[:3]
        )
        return Conflict("quotation:not-issued", keeper=keepers)
    if revision.status in (QuotationStatus.VOID, QuotationStatus.SUPERSEDED):
        return Conflict("quotation:no-paper", state=FLOW.state(revision.status).label)
    return Denied(NOT_APPROVED, state=FLOW.state(revision.status).label)


S = QuotationStatus
RETURNED_FOR = (
    lazy("价格需要调整"),
    lazy("交货期不现实"),
    lazy("条款不合要求"),
    lazy("价格依据不足或已过期"),
    lazy("数量、型号或规格有误"),
)

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.DRAFT,
    (
        State(S.DRAFT, lazy("编制"), "neutral", owner_task("quotation:prepare"), milestone=True),
        State(S.REVIEW, lazy("待审核"), "warn", review_task, milestone=True),
        State(S.RETURNED, lazy("已退回"), "bad", owner_task("quotation:mend")),
        State(S.LEADER_REVIEW, lazy("待主管领导审批"), "warn", leader_task),
        State(S.APPROVED, lazy("已审核可打印"), "ok", issue_task, milestone=True),
        State(S.ISSUED, lazy("已出具"), "ok", extra_task, milestone=True),
        State(S.ACCEPT_CLAIMED, lazy("客户接受待确认"), "warn", confirm_task),
        State(S.ACCEPTED, lazy("客户已接受"), "ok", extra_task, terminal=True, milestone=True),
        State(S.LOST, lazy("未成交"), "bad", terminal=True),
        State(S.SUPERSEDED, lazy("已有新版"), "neutral", terminal=True),
        State(S.VOID, lazy("已作废"), "bad", terminal=True),
   ),
    (
        step("submit", "draft returned", "review leader_review", mine_or_proposed, lazy("提交审核"),
             kind="primary", ready=ready_to_submit, choose=submit_target, effect=submit, tell=reviewers),
        step("withdraw", "review", "draft", mine, lazy("撤回修改"), tell=reviewers),
        step("approve", "review", "approved leader_review", reviewer, lazy("审核通过"), kind="primary",
             form="approve", ready=ready_to_approve, choose=review_target, effect=approve, tell=reviewers,
             fields=frozenset({"warnings"})),
        step("return", "review", "returned", reviewer, lazy("退回修改"), reason=True, usual_reasons=RETURNED_FOR,
             effect=return_from_review, tell=owner),
        step("approve_as_leader", "leader_review", "approved", leader, lazy("审批通过"), kind="primary",
             form="approve", ready=ready_to_approve, effect=approve_as_leader, tell=reviewers,
             fields=frozenset({"warnings"})),
        step("return_as_leader", "leader_review", "returned", leader, lazy("退回修改"), reason=True,
             usual_reasons=RETURNED_FOR, effect=return_from_leader, tell=owner),
        step("reject", "review leader_review", "void", either_approver, lazy("否决"), kind="danger",
             reason=True, effect=reject, tell=owner),
        step("issue", "approved", "issued", sealer, lazy("打印盖章"), kind="primary", form="issue",
             ready=ready_to_issue, effect=issue, tell=owner, fields=frozenset({"copies", "form", "seal",
             "hashes", "code"}), sentence=lazy("打印盖章，出具 %(copies)s 份")),
        step("ask_extra", extra.ALIVE, extra.ALIVE, any_of(may(QuotationPerm.REPRINT), mine), lazy("申请增印"),
             form="ask_extra", reason=True, ready=extra.ready_to_ask, choose=stay, effect=extra.ask,
             tell=consenting, fields=frozenset({"copies"}), sentence=lazy("申请增印 %(copies)s 份")),
        step("consent_extra", extra.ALIVE, extra.ALIVE, when(extra.asked, consenter), lazy("同意增印"),
             kind="primary", choose=stay, effect=extra.consent, tell=extra.who_asked,
             fields=frozenset({"copies"}), sentence=lazy("同意增印 %(copies)s 份")),
        step("refuse_extra", extra.ALIVE, extra.ALIVE, when(extra.asked, consenter), lazy("不同意增印"),
             reason=True, choose=stay, effect=extra.refuse, tell=extra.who_asked,
             fields=frozenset({"copies"}), sentence=lazy("不同意增印 %(copies)s 份")),
        step("issue_extra", extra.ALIVE, extra.ALIVE, when(extra.consented, sealer), lazy("增印"),
             kind="primary", form="issue", ready=extra.ready_to_issue, choose=stay, effect=extra.issue,
             tell=extra.who_asked, fields=frozenset({"copies", "form", "seal", "hashes", "code"}),
             sentence=lazy("增印 %(copies)s 份")),
        step("claim_acceptance", "issued", "accept_claimed", mine, lazy("登记客户接受"), ready=ready_to_claim,
             tell=reviewers),
        step("confirm_acceptance", "accept_claimed", "accepted", reviewer, lazy("确认客户接受"), kind="primary",
             form="confirm", ready=ready_to_confirm, effect=confirm, tell=owner,
             fields=frozenset({"late_reason"})),
        step("refuse_acceptance", "accept_claimed", "issued", reviewer, lazy("退回继续跟进"), reason=True,
             tell=owner),
        step("lose", "issued", "lost", mine, lazy("登记未成交"), form="lose",
             ready=ready_to_lose, effect=lose, tell=reviewers),
        step("supersede", "issued approved", "superseded", system_only, lazy("被新版替代"), hidden=True,
             effect=supersede, tell=owner),
        step("lapse", "draft review returned leader_review approved", "void", system_only,
             lazy("不再需要，报价随之作废"), hidden=True, effect=lapse, tell=owner),
        step("void", "draft review returned leader_review approved issued", "void", reviewer, lazy("作废"),
             kind="danger", reason=True, effect=reject, tell=owner),
   ),
    lazy("报价"),
)
# fmt: on

"""The life of an inquiry (rule table 2.1): reported first, decided by the manager, answered, quoted, concluded."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from app.core import clock, findings, settings, workdays
from app.core.errors import Conflict, Invalid, Problem
from app.core.files import files_for
from app.core.i18n import lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, directory
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, any_of, may, mine, mine_or_proposed, stay, step, when
from app.features.inquiries.enums import DeclineReason, InquiryPerm, InquiryStatus, Subject
from app.features.inquiries.late import allow, is_too_late, ready_to_allow
from app.features.inquiries.losses import keep_loss, unsaid_loss
from app.features.inquiries.models import Inquiry
from app.features.inquiries.tender import make_checklist, open_item

DOC_TYPE = "inquiry"
LATE_REPORT = "inquiry-reported-late"


def manager_can_decide(inquiry: Inquiry) -> bool:
    """Tell whether a manager other than the owner can decide; otherwise it is the leader's turn (rule R4)."""
    return bool(directory().holders(InquiryPerm.DECIDE, inquiry.department_id, frozenset({inquiry.owner_id})))


decider = any_of(
    may(InquiryPerm.DECIDE, own=False),
    when(lambda inquiry: not manager_can_decide(inquiry), may(InquiryPerm.DECIDE_FOR_MANAGER, own=False)),
)


def decision_task(inquiry: Inquiry) -> Iterable[WantedTask]:
    """Yield the task of deciding, for the manager or in his stead the leader."""
    permission = InquiryPerm.DECIDE if manager_can_decide(inquiry) else InquiryPerm.DECIDE_FOR_MANAGER
    due = workdays.add_working_hours(
        inquiry.reported_at or clock.now(), settings.get("inquiries.decision_hours")
    )
    yield WantedTask(
        "inquiry:decide",
        permission=str(permission),
        department_id=inquiry.department_id,
        excluded_user_id=inquiry.owner_id,
        due_at=min(due, inquiry.deadline),
    )


def answer_tasks(inquiry: Inquiry) -> Iterable[WantedTask]:
    """Yield the tasks of answering, and once all is answered that of starting the quotation."""
    for subject, kind, permission in (
        (Subject.TECHNICAL, "inquiry:answer-technical", InquiryPerm.ANSWER_TECHNICAL),
        (Subject.PURCHASING, "inquiry:answer-purchasing", InquiryPerm.ANSWER_PURCHASING),
    ):
        if any(line.lacks(subject) for line in inquiry.lines):
            yield WantedTask(kind, permission=str(permission), due_at=inquiry.answers_due_at)
    if answers_missing(inquiry) is None:
        yield WantedTask("inquiry:start-quoting", user_id=inquiry.owner_id, due_at=inquiry.deadline)


def confirm_loss_task(inquiry: Inquiry) -> Iterable[WantedTask]:
    """Yield the task of confirming a lost inquiry."""
    permission = InquiryPerm.DECIDE if manager_can_decide(inquiry) else InquiryPerm.DECIDE_FOR_MANAGER
    yield WantedTask(
        "inquiry:confirm-loss",
        permission=str(permission),
        department_id=inquiry.department_id,
        excluded_user_id=inquiry.owner_id,
    )


def owner_task(kind: str) -> Any:
    """Return a state's task for the owner, due by the customer's deadline."""

    def wanted(inquiry: Inquiry) -> Iterable[WantedTask]:
        yield WantedTask(kind, user_id=inquiry.owner_id, due_at=inquiry.deadline)

    return wanted


def quoting_task(inquiry: Inquiry) -> Iterable[WantedTask]:
    """Yield the task of handing the offer over, once it was issued; before, the quotation has tasks of its own."""
    if inquiry.offer_issued_at is not None:
        yield WantedTask("inquiry:submit", user_id=inquiry.owner_id, due_at=inquiry.deadline)


def ready_to_report(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a report without request, with a deadline in the past, or that nobody could decide."""
    if inquiry.deadline <= clock.now():
        return Conflict("inquiry:deadline-past")
    if not inquiry.summary.strip() and not inquiry.lines and not files_for(DOC_TYPE, inquiry.id):
        return Conflict("inquiry:no-request")
    if not decider.people(inquiry):
        return Conflict("inquiry:nobody-decides")
    return None


def report(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Number the inquiry at its first report and measure how long reporting took, in working hours."""
    first = inquiry.reported_at is None
    if inquiry.reported_at is None:
        inquiry.reported_at, inquiry.reported_by_id = clock.now(), inquiry.owner_id
        hours = workdays.working_hours_between(inquiry.received_at, inquiry.reported_at)
        inquiry.report_latency_hours = hours
        inquiry.reported_late = hours > settings.get("inquiries.report_hours")
    if inquiry.number is None:
        inquiry.number = next_number("inquiry", "XJ")
    if first and inquiry.reported_late:
        findings.report(
            findings.Finding(
                LATE_REPORT, DOC_TYPE, inquiry.id, inquiry.number, inquiry.owner_id, inquiry.department_id
            )
        )
    return {"hours": str(inquiry.report_latency_hours), "late": inquiry.reported_late}


def ready_to_decide(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a decision without a deadline for the answers where lines are put to other departments."""
    due = data.get("answers_due_at")
    asked = data.get("technical") or data.get("purchasing")
    if asked and due is None:
        return Invalid(fields={"answers_due_at": lazy("请填写答复期限，技术部和采购部才知道何时答复")})
    if due is not None and due <= clock.now():
        return Invalid(fields={"answers_due_at": lazy("答复期限须晚于现在")})
    return None


def decide(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Flag the lines that need an answer; ``technical`` and ``purchasing`` are sets of line ids."""
    technical, purchasing = set(data.get("technical", ())), set(data.get("purchasing", ()))
    questions = data.get("questions", {})
    for line in inquiry.lines:
        line.ask_technical = line.id in technical
        line.ask_purchasing = line.id in purchasing
        line.question = questions.get(line.id, "")
    inquiry.answers_due_at = data.get("answers_due_at")
    inquiry.decided_at = clock.now()
    make_checklist(inquiry)
    return {
        "technical": sum(line.ask_technical for line in inquiry.lines),
        "purchasing": sum(line.ask_purchasing for line in inquiry.lines),
    }


def answering_people(inquiry: Inquiry) -> list[int | None]:
    """Return the owner and everybody a line is put to."""
    people: list[int | None] = [inquiry.owner_id]
    if any(line.ask_technical for line in inquiry.lines):
        people += [person.id for person in directory().holders(InquiryPerm.ANSWER_TECHNICAL, None)]
    if any(line.ask_purchasing for line in inquiry.lines):
        people += [person.id for person in directory().holders(InquiryPerm.ANSWER_PURCHASING, None)]
    return people


def ready_to_decline(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a refusal without one of the reasons of the list."""
    if data and data.get("decline_reason") not in set(DeclineReason):
        return Invalid(fields={"decline_reason": lazy("请选择不参与的原因")})
    return None


def decline(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the reason code beside the text."""
    inquiry.decline_reason = data["decline_reason"]
    inquiry.decided_at = clock.now()
    return {}


def answers_missing(inquiry: Inquiry) -> Problem | None:
    """Name the first line whose answer is missing: 「第 3 项缺采购答复」."""
    for line in inquiry.lines:
        if line.lacks(Subject.TECHNICAL):
            return Conflict("inquiry:lacks-technical", position=line.position)
        if line.lacks(Subject.PURCHASING):
            return Conflict("inquiry:lacks-purchasing", position=line.position)
    return None


def ready_to_quote(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to start a quotation while an answer is missing or there is nothing to quote."""
    if not inquiry.lines:
        return Conflict("inquiry:no-lines")
    return answers_missing(inquiry)


def ready_to_submit(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse handing over while no sealed offer exists or an item of a tender's checklist is open.

    A tender past its deadline waits for the manager's word.
    """
    if inquiry.offer_issued_at is None:
        return Conflict("inquiry:no-offer")
    if is_too_late(inquiry):
        deadline = clock.to_local(inquiry.deadline).strftime("%Y-%m-%d %H:%M")
        return Conflict("inquiry:too-late", deadline=deadline, who=decider.ask(inquiry))
    return open_item(inquiry, actor, data)


def submit(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Remember when and how the offer was handed over."""
    inquiry.submitted_at = clock.now()
    inquiry.delivered_how = str(data.get("delivered_how", "")).strip()
    return {"offer": inquiry.offer_number or ""}


def ready_to_claim_loss(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """A lost inquiry teaches only with its cause, and a rival's price only with how it was learnt.

    What was said when its quotation was lost is known already.
    """
    known = {"loss_cause": inquiry.loss_cause, "lost_reason": inquiry.lost_reason}
    return unsaid_loss({**known, **data})


def claim_loss(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep reason, competitor and their price as far as known, and how the price was learnt."""
    keep_loss(inquiry, data)
    return {}


def conclude(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Date the result."""
    inquiry.result_on = clock.today()
    return {}


def reopen(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a concluded inquiry a new deadline of two days where the old one has passed."""
    inquiry.result_on = None
    if inquiry.deadline <= clock.now():
        inquiry.deadline = clock.now() + timedelta(days=2)
    return {}


def owner(inquiry: Inquiry) -> list[int | None]:
    """Return the owner, to be told."""
    return [inquiry.owner_id]


def deciders(inquiry: Inquiry) -> list[int | None]:
    """Return those who can decide, to be told."""
    return list(decider.people(inquiry))


S = InquiryStatus
OPEN = "draft reported preparing quoting submitted"

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.DRAFT,
    (
        State(S.DRAFT, lazy("草稿"), "neutral", owner_task("inquiry:report"), milestone=True),
        State(S.REPORTED, lazy("已上报"), "warn", decision_task, milestone=True),
        State(S.DECLINED, lazy("不参与"), "bad", terminal=True),
        State(S.PREPARING, lazy("资料整理"), "info", answer_tasks, milestone=True),
        State(S.QUOTING, lazy("编制报价"), "info", quoting_task, milestone=True),
        State(S.SUBMITTED, lazy("已递交"), "info", milestone=True),
        State(S.LOSS_CLAIMED, lazy("未成交待确认"), "warn", confirm_loss_task),
        State(S.WON, lazy("成交"), "ok", terminal=True, milestone=True),
        State(S.LOST, lazy("未成交"), "bad", terminal=True),
        State(S.WITHDRAWN, lazy("中途放弃"), "bad", terminal=True),
        State(S.CANCELLED, lazy("客户取消"), "neutral", terminal=True),
   ),
    (
        step("report", "draft", "reported", mine, lazy("上报经理"), kind="primary", ready=ready_to_report,
             effect=report, tell=deciders, fields=frozenset({"hours", "late"})),
        step("decide", "reported", "preparing", decider, lazy("决定参与"), kind="primary", form="decide",
             ready=ready_to_decide, effect=decide, tell=answering_people, fields=frozenset({"technical",
             "purchasing"})),
        step("return", "reported", "draft", decider, lazy("退回补充"), reason=True, tell=owner),
        step("decline", "reported", "declined", decider, lazy("决定不参与"), kind="danger", form="decline",
             reason=True, ready=ready_to_decline, effect=decline, tell=owner),
        step("start_quoting", "preparing", "quoting", mine_or_proposed, lazy("开始编制报价"), kind="primary",
             ready=ready_to_quote),
        step("submit", "quoting", "submitted", mine, lazy("登记递交"), kind="primary", form="submit",
             ready=ready_to_submit, effect=submit, tell=deciders, fields=frozenset({"offer"})),
        step("submit_again", "submitted", "submitted", mine, lazy("再次递交"), form="submit",
             ready=ready_to_submit, effect=submit, tell=deciders, fields=frozenset({"offer"})),
        step("allow_late", "quoting submitted", "quoting submitted", decider, lazy("允许逾期递交"),
             reason=True, ready=ready_to_allow, offered_when_ready=True, choose=stay, effect=allow, tell=owner),
        step("claim_loss", "submitted", "loss_claimed", mine, lazy("登记未成交"), form="loss",
             ready=ready_to_claim_loss, effect=claim_loss, tell=deciders),
        step("confirm_loss", "loss_claimed", "lost", decider, lazy("确认未成交"), kind="primary",
             effect=conclude, tell=owner),
        step("refuse_loss", "loss_claimed", "submitted", decider, lazy("退回继续跟进"), reason=True,
             tell=owner),
        step("win", "preparing quoting submitted loss_claimed lost withdrawn cancelled", "won", decider,
             lazy("确认成交"), hidden=True, effect=conclude, tell=owner),
        step("withdraw", "preparing quoting", "withdrawn", decider, lazy("放弃"), kind="danger", reason=True,
             effect=conclude, tell=owner),
        step("cancel", OPEN, "cancelled", mine, lazy("登记客户取消"), kind="danger", reason=True,
             effect=conclude, tell=deciders),
        step("reopen", "declined won lost withdrawn cancelled", "preparing", decider, lazy("重新打开"),
             reason=True, effect=reopen, tell=owner),
   ),
    lazy("询价"),
)
# fmt: on

"""The life of a reward or penalty proposal (rule table 2.11): proposed, heard, decided, served, appealed, carried out.

Whoever is concerned is heard before anything is decided, and may appeal to somebody else than who decided. Nothing is
deducted by the software: what was decided is carried out by people, who say how.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.core import clock, money, workdays
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, mine, stay, step
from app.features.proposals.enums import PROPOSAL as DOC_TYPE
from app.features.proposals.enums import Decision, ProposalPerm, ProposalStatus
from app.features.proposals.models import Proposal
from app.features.proposals.people_of import addressed, decider, deciding, executor, hearer, subject
from app.features.proposals.queries import clause_on, range_of
from app.features.rules.queries import citation

HEARING_DAYS = 3
APPEAL_DAYS = 5


# Tasks


def hearing_over(proposal: Proposal) -> bool:
    """Tell whether the person was heard, or had the time to speak."""
    if proposal.heard_at is not None:
        return True
    return proposal.hearing_due_at is not None and clock.now() > proposal.hearing_due_at


def after_proposal(proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the task of hearing; a reward may be decided at once."""
    if proposal.is_reward:
        yield from deciding("proposal:decide", proposal)
    else:
        yield from addressed("proposal:hear", ProposalPerm.HEAR, proposal)


def during_hearing(proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the person's task of speaking, or the leader's of deciding once that is over."""
    if proposal.heard_at is None:
        yield WantedTask("proposal:state", user_id=proposal.subject_id, due_at=proposal.hearing_due_at)
    if hearing_over(proposal):
        yield from deciding("proposal:decide", proposal)


def after_decision(proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the person's task of reading the decision, and that of serving it."""
    if proposal.read_at is None:
        yield WantedTask("proposal:acknowledge", user_id=proposal.subject_id)
    yield from addressed("proposal:serve", ProposalPerm.HEAR, proposal)


def once_served(proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the person's task of answering to a penalty as long as there is time, and that of carrying it out after."""
    if not proposal.is_reward and not proposal.appeal_over:
        yield WantedTask("proposal:answer", user_id=proposal.subject_id, due_at=proposal.appeal_due_at)
    else:
        yield from carrying_out(proposal)


def carrying_out(proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the task of carrying out what was decided, for finance where it is about money."""
    permission = ProposalPerm.EXECUTE if proposal.decided_amount else ProposalPerm.HEAR
    yield from addressed("proposal:execute", permission, proposal)


def appealing(proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the task of deciding on the appeal."""
    yield from deciding("proposal:redecide", proposal)


def closing(proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the task of closing."""
    yield from addressed("proposal:close", ProposalPerm.HEAR, proposal)


def after_appeal(proposal: Proposal) -> Iterable[WantedTask]:
    """Yield the task of carrying out what remained, or of closing where nothing did."""
    yield from closing(proposal) if is_revoked(proposal) else carrying_out(proposal)


def is_revoked(proposal: Proposal) -> bool:
    """Tell whether the appeal did away with the decision."""
    return proposal.second_decision == Decision.REFUSED


# When a step is ready


def told(data: Mapping[str, Any], name: str) -> str:
    """Return a text of a form without the space around it."""
    return str(data.get(name) or "").strip()


# Said where a penalty is submitted, and at the field of the amount where one is drafted or decided.
RANGE_SENTENCE = lazy("%(clause)s规定的幅度是 %(range)s 元，请按幅度填写")


def out_of_range(proposal: Proposal, amount: Decimal | None) -> dict[str, str] | None:
    """Return the clause and its range where the amount of a penalty does not fit it; None where it does."""
    if proposal.is_reward:
        return None
    return beyond_range(proposal.clause_id, citation(proposal.rule_title, proposal.clause_name), amount)


def beyond_range(clause_id: int, cited: str, amount: Decimal | None) -> dict[str, str] | None:
    """Return a clause, as it is cited, and its range where an amount does not lie in it; None where it does."""
    found = range_of(clause_id)
    if found is None or found.holds(amount):
        return None
    return {"clause": cited, "range": range_words(found.least, found.most)}


def range_words(least: Decimal | None, most: Decimal | None) -> str:
    """Return a range in figures."""
    if most is None:
        return f"≥ {money.format_amount(least or Decimal(0))}"
    upper = money.format_amount(most)
    return f"≤ {upper}" if least is None else f"{money.format_amount(least)} – {upper}"


def ready_to_submit(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a clause not in force on the day of the facts, a penalty out of range, facts without evidence."""
    place = clause_on(proposal.happened_on, proposal.clause_id)
    if place is None or place.version_id != proposal.rule_version_id:
        return Conflict(
            "proposal:not-in-force",
            clause=citation(proposal.rule_title, proposal.clause_name),
            day=proposal.happened_on.isoformat(),
        )
    fault = out_of_range(proposal, proposal.amount)
    if fault is not None:
        return Conflict("proposal:out-of-range", **fault)
    if not proposal.evidence:
        return Conflict("proposal:no-evidence")
    if not decider.people(proposal):
        return Conflict("proposal:nobody-decides")
    return None


def ready_to_state(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to speak twice, and to say nothing without saying that there is nothing to say."""
    if proposal.heard_at is not None:
        return Conflict("proposal:already-heard")
    if not told(data, "statement") and not data.get("no_objection"):
        return Invalid(fields={"statement": lazy("请写明您的陈述和申辩；没有的，请勾选“无异议”")})
    return None


def ready_to_decide(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to decide on a penalty before the person was heard and the liability of the head was answered."""
    if not proposal.is_reward:
        if proposal.status == ProposalStatus.PROPOSED:
            return Conflict("proposal:not-heard")
        if not hearing_over(proposal) and proposal.hearing_due_at is not None:
            until = clock.to_local(proposal.hearing_due_at).strftime("%m-%d %H:%M")
            return Conflict("proposal:still-hearing", who=proposal.subject.name, until=until)
    faults = faults_of_decision(proposal, data)
    if not proposal.is_reward:
        if data.get("joint_liability") not in (True, False):
            faults["joint_liability"] = lazy("请回答部门负责人是否承担连带责任")
        if not told(data, "joint_reason"):
            faults["joint_reason"] = lazy("请写明承担或不承担连带责任的理由")
    return Invalid(fields=faults) if faults else None


def faults_of_decision(proposal: Proposal, data: Mapping[str, Any]) -> dict[str, LazyText | str]:
    """Return what is wrong with a decision, by field."""
    faults: dict[str, LazyText | str] = {}
    if data.get("decision") not in set(Decision):
        faults["decision"] = lazy("请选择决定")
    if not told(data, "text"):
        faults["text"] = lazy("请写明决定的理由")
    if data.get("decision") == Decision.CHANGED:
        if not told(data, "measure"):
            faults["measure"] = lazy("请写明变更后的奖惩内容")
        # Less than the clause's least is a decision too: a warning in place of money.
        amount = data.get("amount")
        fault = out_of_range(proposal, amount) if amount is not None else None
        if fault is not None:
            faults["amount"] = RANGE_SENTENCE.filled(**fault)
    return faults


def ready_to_serve(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to call a decision served that the person has not read, unless somebody witnessed it."""
    witness = data.get("witness_id")
    if proposal.read_at is None and witness is None:
        return Invalid(
            fields={"witness_id": lazy("当事人还没有签收，请选择在场的见证人，或等他在系统中签收")}
        )
    if witness in (actor.id, proposal.subject_id):
        return Invalid(fields={"witness_id": lazy("见证人应是告知人和当事人以外的同事")})
    return None


def ready_to_appeal(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse an appeal after its time, after the person accepted, and one without a reason."""
    if proposal.accepted_at is not None:
        return Conflict("proposal:accepted")
    if proposal.appeal_over:
        return Conflict("proposal:appeal-over", days=APPEAL_DAYS)
    if not told(data, "appeal"):
        return Invalid(fields={"appeal": lazy("请写明申诉的理由和要求")})
    return None


def ready_to_accept(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to accept twice, or after the time to appeal."""
    return Conflict("proposal:appeal-over", days=APPEAL_DAYS) if proposal.appeal_over else None


def ready_to_redecide(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a decision on the appeal that is not whole."""
    faults = faults_of_decision(proposal, data)
    return Invalid(fields=faults) if faults else None


def ready_to_execute(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to carry out what was revoked, a penalty that may still be appealed against, and to say nothing of how."""
    if is_revoked(proposal):
        return Conflict("proposal:revoked")
    if proposal.status == ProposalStatus.SERVED and not proposal.is_reward and not proposal.appeal_over:
        due = proposal.appeal_due_at or clock.now()
        return Conflict("proposal:may-appeal", until=clock.to_local(due).strftime("%m-%d %H:%M"))
    if not told(data, "execution"):
        return Invalid(fields={"execution": lazy("请写明怎样执行的：时间、方式、凭证")})
    return None


def ready_to_close(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to close what has to be carried out first."""
    if proposal.status == ProposalStatus.REDECIDED and not is_revoked(proposal):
        return Conflict("proposal:not-executed")
    return None


# What a step does


def submit(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> None:
    """Number the proposal; from now on others know of it."""
    proposal.submitted_at, proposal.month = clock.now(), clock.today().replace(day=1)
    proposal.number = next_number(DOC_TYPE, "RPP")


def hear(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the person time to speak."""
    proposal.hearing_due_at = workdays.add_working_days(clock.now(), HEARING_DAYS)
    return {"until": clock.to_local(proposal.hearing_due_at).strftime("%Y-%m-%d %H:%M")}


def state(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what the person said."""
    proposal.heard_at = clock.now()
    proposal.statement, proposal.no_objection = told(data, "statement"), bool(data.get("no_objection"))


def outcome(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose between a decision that is served and the end of it."""
    return ProposalStatus.DISMISSED if data["decision"] == Decision.REFUSED else ProposalStatus.DECIDED


def decide(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the decision, what it comes to, and what was answered about the head."""
    authority = decider.test(proposal, actor)
    proposal.decided_for_id = authority.on_behalf_of[0] if authority and authority.on_behalf_of else None
    proposal.decision, proposal.decision_text = str(data["decision"]), told(data, "text")
    proposal.decided_by_id, proposal.decided_at = actor.id, clock.now()
    if not proposal.is_reward:
        proposal.joint_liability, proposal.joint_reason = data["joint_liability"], told(data, "joint_reason")
    proposal.decided_measure, proposal.decided_amount = come_to(
        data, proposal.measure, proposal.amount, proposal.decision
    )
    # A reward is made known in any case, a penalty only where the leader says so.
    proposal.published = proposal.decision != Decision.REFUSED and (
        proposal.is_reward or bool(data.get("published"))
    )
    return {"decision": proposal.decision}


def come_to(
    data: Mapping[str, Any], measure: str, amount: Decimal | None, decision: str
) -> tuple[str, Decimal | None]:
    """Return measure and amount after a decision on what stood before it."""
    if decision == Decision.CHANGED:
        return told(data, "measure"), data.get("amount")
    return (measure, amount) if decision == Decision.AGREED else ("", None)


def acknowledge(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note that the person has read the decision."""
    proposal.read_at = clock.now()


def not_read_yet(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a second receipt."""
    return Conflict("proposal:already-read") if proposal.read_at is not None else None


def serve(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note that the decision reached the person; from now on the time to appeal runs."""
    proposal.served_at, proposal.witness_id = clock.now(), data.get("witness_id")
    proposal.appeal_due_at = workdays.add_working_days(clock.now(), APPEAL_DAYS)
    return {"until": clock.to_local(proposal.appeal_due_at).strftime("%Y-%m-%d %H:%M")}


def appeal(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the appeal."""
    proposal.appeal, proposal.appealed_at = told(data, "appeal"), clock.now()


def accept(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note that the person will not appeal."""
    proposal.accepted_at = clock.now()


def redecide(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the decision on the appeal, and what now holds."""
    proposal.second_decision, proposal.second_text = str(data["decision"]), told(data, "text")
    proposal.second_decided_by_id, proposal.second_decided_at = actor.id, clock.now()
    proposal.decided_measure, proposal.decided_amount = come_to(
        data, proposal.decided_measure, proposal.decided_amount, proposal.second_decision
    )
    return {"decision": proposal.second_decision}


def execute(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep how people carried it out; the software itself pays and deducts nothing."""
    proposal.execution = told(data, "execution")
    proposal.executed_by_id, proposal.executed_at = actor.id, clock.now()


def close(proposal: Proposal, actor: Actor, data: Mapping[str, Any]) -> None:
    """End it."""
    proposal.closed_at = clock.now()


# Whom to tell


def hearers(proposal: Proposal) -> list[int | None]:
    """Return H, and who decides."""
    return [*hearer.people(proposal), *decider.people(proposal)]


def the_subject(proposal: Proposal) -> list[int | None]:
    """Return the person."""
    return [proposal.subject_id]


def both(proposal: Proposal) -> list[int | None]:
    """Return the person and the proposer."""
    return [proposal.subject_id, proposal.owner_id]


def everybody(proposal: Proposal) -> list[int | None]:
    """Return the person, the proposer, H, and who decided."""
    return [*both(proposal), *hearer.people(proposal), proposal.decided_by_id]


def involved(proposal: Proposal) -> list[int | None]:
    """Return those who know of a proposal when it is taken back."""
    return hearers(proposal) if proposal.number is not None else []


S = ProposalStatus
until, decided = frozenset({"until"}), frozenset({"decision"})

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.DRAFT,
    (
        State(S.DRAFT, lazy("草稿"), "neutral", milestone=True),
        State(S.PROPOSED, lazy("已提出"), "warn", after_proposal, milestone=True),
        State(S.HEARING, lazy("听取当事人"), "warn", during_hearing, milestone=True),
        State(S.DECIDED, lazy("已决定"), "info", after_decision, milestone=True),
        State(S.SERVED, lazy("已告知"), "info", once_served, milestone=True),
        State(S.APPEALED, lazy("已申诉"), "warn", appealing),
        State(S.REDECIDED, lazy("已复核"), "info", after_appeal),
        State(S.EXECUTED, lazy("已执行"), "ok", closing, milestone=True),
        State(S.CLOSED, lazy("已结案"), "ok", terminal=True, milestone=True),
        State(S.DISMISSED, lazy("不予奖惩"), "neutral", terminal=True),
        State(S.WITHDRAWN, lazy("已撤回"), "neutral", terminal=True),
    ),
    (
        step("submit", "draft", "proposed", mine, lazy("提交主管领导"), kind="primary", ready=ready_to_submit,
             effect=submit, tell=hearers),
        step("hear", "proposed", "hearing", hearer, lazy("听取当事人意见"), kind="primary", effect=hear,
             tell=both, fields=until, sentence=lazy("请当事人在 %(until)s 前陈述")),
        step("state", "hearing", "hearing", subject, lazy("陈述申辩"), kind="primary", form="state", choose=stay,
             ready=ready_to_state, effect=state, tell=hearers, offered_when_ready=True),
        step("decide", "proposed hearing", "decided dismissed", decider, lazy("作出决定"), kind="primary",
             form="decide", choose=outcome, ready=ready_to_decide, effect=decide, tell=everybody, fields=decided),
        step("acknowledge", "decided", "decided", subject, lazy("签收决定"), kind="primary", choose=stay,
             ready=not_read_yet, effect=acknowledge, tell=hearers, offered_when_ready=True),
        step("serve", "decided", "served", hearer, lazy("告知"), kind="primary", form="serve",
             ready=ready_to_serve, effect=serve, tell=both, fields=until,
             sentence=lazy("告知当事人，%(until)s 前可以申诉")),
        step("appeal", "served", "appealed", subject, lazy("申诉"), form="appeal", ready=ready_to_appeal,
             effect=appeal, tell=hearers, offered_when_ready=True),
        step("accept", "served", "served", subject, lazy("不申诉"), choose=stay, ready=ready_to_accept,
             effect=accept, tell=hearers, offered_when_ready=True),
        step("redecide", "appealed", "redecided", decider, lazy("复核"), kind="primary", form="redecide",
             ready=ready_to_redecide, effect=redecide, tell=everybody, fields=decided),
        step("execute", "served redecided", "executed", executor, lazy("登记执行"), kind="primary",
             form="execute", ready=ready_to_execute, effect=execute, tell=everybody, offered_when_ready=True),
        step("close", "executed redecided", "closed", executor, lazy("结案"), ready=ready_to_close, effect=close,
             tell=both, offered_when_ready=True),
        step("withdraw", "draft proposed", "withdrawn", mine, lazy("撤回"), kind="danger", reason=True,
             tell=involved),
    ),
    lazy("奖惩建议"),
)
# fmt: on

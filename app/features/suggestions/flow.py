"""The life of a suggestion (table 2.16): accepted, reviewed, adopted or not, carried out, verified, rewarded.

Every open state has somebody who has it and a time. Nothing is declined without a reason, which the author confirms
having read.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.core import clock, workdays
from app.core.i18n import lazy, lazy_in_context
from app.core.numbering import next_number
from app.core.permissions import Actor
from app.core.workflow import Flow, State, stay, step, system_only
from app.features.suggestions import deadlines, rules_of
from app.features.suggestions.enums import SUGGESTION as DOC_TYPE
from app.features.suggestions.enums import Stage, SuggestionStatus
from app.features.suggestions.models import Suggestion, SuggestionEffect, SuggestionScore
from app.features.suggestions.people_of import (
    acceptor,
    author,
    author_id,
    decider,
    implementer,
    reviewer,
)
from app.features.suggestions.plans import read_plan, write_plan
from app.features.suggestions.readiness import (
    not_read_yet,
    ready_to_adopt,
    ready_to_answer,
    ready_to_appeal,
    ready_to_check,
    ready_to_complete,
    ready_to_deliver,
    ready_to_implement,
    ready_to_merge,
    ready_to_park,
    ready_to_review,
    ready_to_score,
    ready_to_submit,
    ready_to_try,
    ready_to_verify,
    told,
)
from app.features.suggestions.waiting import (
    accepting,
    after_acceptance,
    after_verification,
    answering,
    arranging,
    carrying_out,
    checking_effect,
    completing,
    concluding,
    confirming,
    deciding,
    end_of,
    looking_again,
    reviewing,
    verifying,
)

PREFIX = "JY"
EFFECT_MONTHS = (3, 12)
ADOPTED_DAYS = 5
S = SuggestionStatus


# What a step does


def submit(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Number the suggestion; from now on everybody sees it and the clock runs."""
    suggestion.submitted_at, suggestion.month = clock.now(), clock.today().replace(day=1)
    suggestion.number = next_number(DOC_TYPE, PREFIX)
    deadlines.begin(suggestion, Stage.ACCEPT)


def accept(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Let the time of the department run."""
    deadlines.begin(suggestion, Stage.DEPARTMENT)


def send_back(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Let the clock stand still while the author adds to it."""
    suggestion.returned_from = S.SUBMITTED if not has_stage(suggestion, Stage.DEPARTMENT) else S.ACCEPTED
    deadlines.pause(suggestion)


def has_stage(suggestion: Suggestion, stage: Stage) -> bool:
    """Tell whether the deadline of a stage ever ran."""
    return any(row.stage == stage for row in suggestion.deadlines)


def complete(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what the author adds."""
    for name in ("situation", "method", "effect"):
        text = told(data, name)
        if text:
            setattr(suggestion, name, text)


def resubmit(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what the author adds; the clock runs on."""
    complete(suggestion, actor, data)
    deadlines.resume(suggestion)


def back_to(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose the state that sent it back."""
    return suggestion.returned_from or S.SUBMITTED


def redirect(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep it as an opinion, which is answered."""
    deadlines.begin(suggestion, Stage.ANSWER)


def answer(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the answer."""
    suggestion.answer = told(data, "answer")
    deadlines.answered(suggestion)


def begin_review(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what it will cost and bring, as far as that is known; the department's time runs on."""
    suggestion.cost, suggestion.benefit_estimated = data.get("cost"), data.get("benefit_estimated")


def escalate(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Let the company's time run."""
    deadlines.begin(suggestion, Stage.COMPANY)


def score(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep one reviewer's points in place of what they gave before."""
    points = {line.name: int(data["points"][line.name]) for line in rules_of.sheet()}
    row = next((each for each in suggestion.scores if each.reviewer_id == actor.id), None)
    if row is None:
        row = SuggestionScore(reviewer_id=actor.id)
        suggestion.scores.append(row)
    row.points, row.total, row.note = points, sum(points.values()), told(data, "text")
    row.scored_at = clock.now()
    return {"total": row.total}


def adopt(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the answer; somebody must be named soon to carry it out."""
    answer(suggestion, actor, data)
    suggestion.adopted_at = suggestion.adopted_at or clock.now()
    suggestion.due_at = clock_due(ADOPTED_DAYS)


def clock_due(days: int) -> datetime:
    """Return the moment so many working days from now."""
    return workdays.add_working_days(clock.now(), days)


def try_out(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the answer and the end of the trial."""
    answer(suggestion, actor, data)
    suggestion.adopted_at = suggestion.adopted_at or clock.now()
    suggestion.due_at = end_of(data["until"])


def park(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the condition waited for, and the day of looking again."""
    suggestion.condition = suggestion.answer = told(data, "condition")
    deadlines.answered(suggestion)
    suggestion.due_at = end_of(data["until"])


def take_up_again(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Review it again, in the department's time."""
    deadlines.begin(suggestion, Stage.DEPARTMENT)


def decline(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the reason, which the author reads."""
    suggestion.answer, suggestion.read_at = str(data["note"]), None
    suggestion.adopted_at = None
    deadlines.answered(suggestion)


def confirm(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note that the author has read why."""
    suggestion.read_at = clock.now()


def appeal(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Put it before the company, once."""
    suggestion.appeal, suggestion.appealed_at = told(data, "appeal"), clock.now()
    suggestion.read_at = suggestion.read_at or clock.now()
    deadlines.begin(suggestion, Stage.COMPANY)


def merge(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Join it with another; the votes are joined by who fires the step."""
    target = data["target"]
    suggestion.duplicate_of = target
    suggestion.duplicate_of_id = target.id
    deadlines.answered(suggestion)
    return {"number": target.number}


def implement(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Name who carries it out, by when, in which steps."""
    suggestion.implementer_id = int(data["implementer_id"])
    suggestion.due_at = end_of(data["due_on"])
    write_plan(suggestion, read_plan(told(data, "plan")))


def deliver(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what was done."""
    suggestion.result = told(data, "result")
    suggestion.due_at = clock_due(rules_of.days_for(Stage.DEPARTMENT))


def rework(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Give whoever carries it out some more time."""
    suggestion.due_at = clock_due(rules_of.days_for(Stage.DEPARTMENT))


def verify(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the effect that was seen; it is looked at again later where that is asked for."""
    suggestion.verified_text = told(data, "verified_text")
    suggestion.benefit_verified = data.get("benefit_verified")
    suggestion.done_at, suggestion.due_at = clock.now(), None
    if rules_of.is_on(rules_of.EFFECT_CHECKS):
        suggestion.effects = [
            SuggestionEffect(months=months, due_on=months_later(clock.today(), months))
            for months in EFFECT_MONTHS
        ]


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = (first + timedelta(days=32)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def check_effect(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep how the effect looks by now."""
    effect = next(each for each in suggestion.effects if each.checked_at is None)
    effect.checked_at, effect.checked_by_id = clock.now(), actor.id
    effect.text, effect.benefit = told(data, "text"), data.get("benefit")
    return {"months": effect.months}


def withdraw(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Let go of it."""
    deadlines.drop(suggestion)


# Whom to tell


def acceptors(suggestion: Suggestion) -> list[int | None]:
    """Return who accepts."""
    return list(acceptor.people(suggestion))


def deciders(suggestion: Suggestion) -> list[int | None]:
    """Return who is at the turn to decide."""
    return list(decider.people(suggestion))


def the_author(suggestion: Suggestion) -> list[int | None]:
    """Return the author, where anybody knows."""
    return [author_id(suggestion)]


def doers(suggestion: Suggestion) -> list[int | None]:
    """Return the author and who carries it out."""
    return [author_id(suggestion), suggestion.implementer_id]


def known_to(suggestion: Suggestion) -> list[int | None]:
    """Return those who know of one that is taken back."""
    return acceptors(suggestion) if suggestion.number is not None else []


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.DRAFT,
    (
        State(S.DRAFT, lazy("草稿"), "neutral", milestone=True),
        State(S.SUBMITTED, lazy("待受理"), "warn", accepting, milestone=True),
        State(S.ACCEPTED, lazy("已受理"), "info", after_acceptance),
        State(S.RETURNED, lazy("退回补充"), "warn", completing),
        State(S.REDIRECTED, lazy("转为意见"), "info", answering),
        State(S.ANSWERED, lazy("已答复"), "ok", terminal=True),
        State(S.REVIEW, lazy("部门评审"), "info", reviewing, milestone=True),
        State(S.COMPANY_REVIEW, lazy("公司评审"), "info", deciding),
        State(S.ADOPTED, lazy("采纳"), "ok", arranging, milestone=True),
        State(S.TRIAL, lazy("试行"), "info", concluding),
        State(S.PARKED, lazy("留待条件成熟"), "neutral", looking_again),
        State(S.DECLINED, lazy("不采纳"), "neutral", confirming),
        State(S.DUPLICATE, lazy("并入同类建议"), "neutral", terminal=True),
        State(S.IMPLEMENTING, lazy("实施中"), "info", carrying_out, milestone=True),
        State(S.VERIFYING, lazy("待验收"), "warn", verifying),
        State(S.DONE, lazy("已实施"), "ok", after_verification, milestone=True),
        State(S.REWARDED, lazy("已奖励"), "ok", checking_effect, milestone=True),
        State(S.WITHDRAWN, lazy("已撤回"), "neutral", terminal=True),
    ),
    (
        step("submit", "draft", "submitted", author, lazy("提交建议"), kind="primary", ready=ready_to_submit,
             effect=submit, tell=acceptors),
        step("accept", "submitted", "accepted", acceptor, lazy("受理"), kind="primary", effect=accept,
             tell=the_author),
        step("complete", "submitted accepted", "submitted accepted", author, lazy("补充办法和效果"),
             form="complete", choose=stay, ready=ready_to_complete, effect=complete, tell=acceptors),
        step("begin_review", "accepted", "review", reviewer, lazy("开始评审"), kind="primary",
             form="begin_review", ready=ready_to_review, effect=begin_review, tell=the_author),
        step("return", "submitted accepted", "returned", acceptor, lazy("退回补充"), reason=True,
             effect=send_back, tell=the_author),
        step("resubmit", "returned", "submitted accepted", author, lazy("补充后提交"), kind="primary",
             form="resubmit", choose=back_to, ready=ready_to_complete, effect=resubmit, tell=acceptors),
        step("redirect", "submitted accepted", "redirected", acceptor, lazy("转为意见"), effect=redirect,
             tell=the_author),
        step("answer", "redirected", "answered", acceptor, lazy("答复"), kind="primary", form="answer",
             ready=ready_to_answer, effect=answer, tell=the_author),
        step("score", "review company_review", "review company_review", decider, lazy("打分"), form="score",
             choose=stay, ready=ready_to_score, effect=score, fields=frozenset({"total"}),
             sentence=lazy("打分 %(total)s 分"), offered_when_ready=True),
        step("adopt", "review company_review trial", "adopted", decider, lazy_in_context("step", "采纳"),
             kind="primary", form="adopt", ready=ready_to_adopt, effect=adopt, tell=the_author),
        step("try", "review company_review", "trial", decider, lazy_in_context("step", "试行"), form="try",
             ready=ready_to_try, effect=try_out, tell=the_author),
        step("park", "review company_review trial", "parked", decider, lazy("留待条件成熟"), form="park",
             ready=ready_to_park, effect=park, tell=the_author),
        step("escalate", "review", "company_review", reviewer, lazy("上报公司评审"), effect=escalate,
             tell=deciders),
        step("take_up", "parked", "review", reviewer, lazy("重新评审"), kind="primary", effect=take_up_again,
             tell=the_author),
        step("decline", "accepted review company_review trial parked", "declined", decider,
             lazy_in_context("step", "不采纳"), kind="danger", reason=True, effect=decline, tell=the_author),
        step("merge", "submitted accepted review", "duplicate", acceptor, lazy("并入同类建议"), form="merge",
             ready=ready_to_merge, effect=merge, tell=the_author, fields=frozenset({"number"}),
             sentence=lazy("并入 %(number)s，支持的人一并计入")),
        step("confirm", "declined", "declined", author, lazy("确认已读"), kind="primary", choose=stay,
             ready=not_read_yet, effect=confirm, offered_when_ready=True),
        step("appeal", "declined", "company_review", author, lazy("申诉"), form="appeal",
             ready=ready_to_appeal, effect=appeal, tell=deciders, offered_when_ready=True),
        step("implement", "adopted trial", "implementing", reviewer, lazy("安排实施"), kind="primary",
             form="implement", ready=ready_to_implement, effect=implement, tell=doers),
        step("deliver", "implementing", "verifying", implementer, lazy("报请验收"), kind="primary",
             form="deliver", ready=ready_to_deliver, effect=deliver, tell=deciders),
        step("rework", "verifying", "implementing", reviewer, lazy("退回整改"), reason=True, effect=rework,
             tell=doers),
        step("verify", "verifying", "done", reviewer, lazy("验收"), kind="primary", form="verify",
             ready=ready_to_verify, effect=verify, tell=doers),
        # Done with the execution of the reward, in its transaction.
        step("reward", "done", "rewarded", system_only, lazy("奖励"), hidden=True, tell=the_author,
             sentence=lazy("奖励已兑现")),
        step("check_effect", "done rewarded", "done rewarded", reviewer, lazy("复查效果"),
             form="check_effect", choose=stay, ready=ready_to_check, effect=check_effect, tell=doers,
             fields=frozenset({"months"}), sentence=lazy("实施 %(months)s 个月后复查效果"),
             offered_when_ready=True),
        step("withdraw", "draft submitted returned", "withdrawn", author, lazy("撤回"), kind="danger",
             reason=True, effect=withdraw, tell=known_to),
    ),
    lazy("合理化建议"),
)
# fmt: on

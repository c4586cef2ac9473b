"""The life of a check of a clause (rule table 2.15): recorded, explained, guided, then closed or proposed.

What was proposed ends with its proposal: decided on, the check is closed; withdrawn, it goes on where it stood.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from app.core import clock, workdays
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor, Person, directory, grant_for, names_of
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, mine, step, system_only, when
from app.features.checks.enums import CLAUSE_CHECK as DOC_TYPE
from app.features.checks.enums import CheckPerm, CheckStatus
from app.features.checks.models import ClauseCheck

EXPLAIN_DAYS = 3


# Who


def subject_of(check: ClauseCheck, actor: Actor) -> Authority | None:
    """Return the authority of the person a check is about."""
    return Authority("subject") if actor.id is not None and actor.id == check.subject_id else None


subject = Who(
    subject_of,
    lambda check: check.subject_name,
    people=lambda check: [check.subject_id] if check.subject_id is not None else [],
)
for_department = may(CheckPerm.EXPLAIN, own=False)
# Of a person only the person says how it came about; of a department, who speaks for it and did not record it.
explainer = Who(
    lambda check, actor: (for_department if check.subject_id is None else subject).test(check, actor),
    lambda check: (for_department if check.subject_id is None else subject).ask(check),
    for_department.permissions,
    lambda check: (for_department if check.subject_id is None else subject).people(check),
)


def apart(check: ClauseCheck) -> frozenset[int]:
    """Return whose hand must not be in what follows: the person the check is about."""
    return frozenset() if check.subject_id is None else frozenset({check.subject_id})


def heads(check: ClauseCheck) -> list[Person]:
    """Return who may follow up a check by their right."""
    return directory().holders(str(CheckPerm.RECORD), check.department_id, apart(check))


def head_of(check: ClauseCheck, actor: Actor) -> Authority | None:
    """Return the authority of who may follow up a check by their right."""
    grant = grant_for(actor, CheckPerm.RECORD, check.department_id, apart(check))
    if grant is None:
        return None
    on_behalf = (grant.on_behalf_of, grant.on_behalf_of_name) if grant.on_behalf_of is not None else None
    return Authority(str(grant.role), on_behalf)


follower = any_of(
    when(lambda check: check.owner_id is not None, mine),
    Who(
        head_of,
        lambda check: names_of(heads(check)),
        frozenset({str(CheckPerm.RECORD)}),
        lambda check: [person.id for person in heads(check)],
    ),
)


# Tasks


def explain_by(check: ClauseCheck) -> datetime:
    """Return until when an explanation is waited for."""
    return workdays.add_working_days(check.created_at, EXPLAIN_DAYS)


def explaining(check: ClauseCheck) -> Iterable[WantedTask]:
    """Yield the task of explaining what was found not to conform."""
    if check.is_conforming:
        return
    if check.subject_id is not None:
        yield WantedTask("check:explain", user_id=check.subject_id, due_at=explain_by(check))
    else:
        yield WantedTask(
            "check:explain",
            permission=str(CheckPerm.EXPLAIN),
            department_id=check.department_id,
            excluded_user_id=check.owner_id,
            due_at=explain_by(check),
        )


def guiding(check: ClauseCheck) -> Iterable[WantedTask]:
    """Yield the task of agreeing on what comes next."""
    yield following_up("check:guide", check)


def looking_again(check: ClauseCheck) -> Iterable[WantedTask]:
    """Yield the task of looking again on the day that was agreed."""
    day = check.look_again_on
    due = None if day is None else clock.from_local(datetime.combine(day, time(23, 59)))
    yield following_up("check:look-again", check, due)


def following_up(kind: str, check: ClauseCheck, due: datetime | None = None) -> WantedTask:
    """Return a task of the recorder; of what the system found it is the head's."""
    if check.owner_id is not None:
        return WantedTask(kind, user_id=check.owner_id, due_at=due)
    return WantedTask(
        kind,
        permission=str(CheckPerm.RECORD),
        department_id=check.department_id,
        excluded_user_id=check.subject_id,
        due_at=due,
    )


# When a step is ready


def told(data: Mapping[str, Any], name: str) -> str:
    """Return a text of a form without the space around it."""
    return str(data.get(name) or "").strip()


def ready_to_explain(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to explain what conformed, and an empty explanation."""
    if check.is_conforming:
        return Conflict("check:conforms")
    if not told(data, "explanation"):
        return Invalid(fields={"explanation": lazy("请写明情况；没有要说明的，写“无异议”")})
    return None


def unheard(check: ClauseCheck) -> Problem | None:
    """Refuse to go on before whom it concerns was heard, or had the time to say something."""
    if check.status == CheckStatus.RECORDED and not check.is_conforming and clock.now() <= explain_by(check):
        return Conflict(
            "check:not-explained",
            who=check.subject_name,
            until=clock.to_local(explain_by(check)).strftime("%m-%d %H:%M"),
        )
    return None


def ready_to_guide(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse what needs no guidance, what was not explained yet, and an agreement without text or day."""
    if check.is_conforming:
        return Conflict("check:conforms")
    problem = unheard(check)
    if problem is not None:
        return problem
    faults = {}
    if not told(data, "agreed"):
        faults["agreed"] = lazy("请写明商定的做法")
    day = data.get("look_again_on")
    if day is None or day <= clock.today():
        faults["look_again_on"] = lazy("请填写复看日期，须晚于今天")
    return Invalid(fields=faults) if faults else None


def ready_to_close(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to close what was not explained yet, or without saying how it ended."""
    problem = unheard(check)
    if problem is not None:
        return problem
    if not check.is_conforming and not told(data, "conclusion"):
        return Invalid(fields={"conclusion": lazy("请写明结果：复看时是否做到")})
    return None


def ready_to_propose(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a proposal for a department, for what was settled otherwise, and before the person was heard."""
    if check.subject_id is None:
        return Conflict("check:no-person")
    if check.status == CheckStatus.CLOSED and not check.is_conforming:
        return Conflict("check:settled")
    return unheard(check)


# What a step does


def explain(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep what the person said."""
    check.explanation, check.explained_by_id = told(data, "explanation"), actor.id


def guide(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep what was agreed and when it is looked at again."""
    check.agreed, check.look_again_on = told(data, "agreed"), data["look_again_on"]
    return {"day": data["look_again_on"].isoformat()}


def close(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep how it ended."""
    check.conclusion, check.closed_at = told(data, "conclusion"), clock.now()


def where_it_stood(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose the state in which a check was proposed, told by what was done before."""
    if check.is_conforming:
        return CheckStatus.CLOSED
    if check.agreed:
        return CheckStatus.GUIDED
    return CheckStatus.RECORDED if check.explained_by_id is None else CheckStatus.EXPLAINED


def settle(check: ClauseCheck, actor: Actor, data: Mapping[str, Any]) -> None:
    """End it; how it ended is told by the proposal."""
    check.closed_at = clock.now()


# Whom to tell


def concerned(check: ClauseCheck) -> list[int | None]:
    """Return whom a check is about: the person, or who speaks for the department."""
    return [*explainer.people(check)]


def followers(check: ClauseCheck) -> list[int | None]:
    """Return the recorder and the heads of the department."""
    return [check.owner_id, *(person.id for person in heads(check))]


S = CheckStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.RECORDED,
    (
        State(S.RECORDED, lazy("已记录"), "warn", explaining, milestone=True),
        State(S.EXPLAINED, lazy("已说明"), "info", guiding, milestone=True),
        State(S.GUIDED, lazy("已指导"), "info", looking_again, milestone=True),
        State(S.CLOSED, lazy("已关闭"), "ok", terminal=True, milestone=True),
        State(S.PROPOSED, lazy("已提出奖惩建议"), "info"),
    ),
    (
        step("explain", "recorded", "explained", explainer, lazy("说明情况"), kind="primary", form="explain",
             ready=ready_to_explain, effect=explain, tell=followers, offered_when_ready=True),
        step("guide", "recorded explained", "guided", follower, lazy("指导"), kind="primary", form="guide",
             ready=ready_to_guide, effect=guide, tell=concerned, fields=frozenset({"day"}), offered_when_ready=True,
             sentence=lazy("指导并商定做法，%(day)s 复看")),
        step("close", "recorded explained guided", "closed", follower, lazy("关闭"), form="close",
             ready=ready_to_close, effect=close, tell=concerned, offered_when_ready=True),
        # Done with the draft of the proposal, in one transaction; good practice is closed at once and proposed after.
        step("propose", "recorded explained guided closed", "proposed", follower, lazy("提出奖惩建议"), hidden=True,
             ready=ready_to_propose),
        # Done with the end of the proposal, in its transaction.
        step("reopen", "proposed", "recorded explained guided closed", system_only, lazy("恢复办理"), hidden=True,
             choose=where_it_stood, tell=followers, sentence=lazy("奖惩建议已撤回，检查恢复办理")),
        step("settle", "proposed", "closed", system_only, lazy("随奖惩建议关闭"), hidden=True, effect=settle,
             tell=followers, sentence=lazy("奖惩建议已有结果，检查随之关闭")),
    ),
    lazy("执行检查"),
)
# fmt: on

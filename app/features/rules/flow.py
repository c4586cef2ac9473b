"""The life of a version of a rule: drafted, discussed, decided, made void. In force is what its dates say."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from app.core import clock, settings
from app.core.db import session
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor, directory
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, any_of, may, mine, step
from app.features.rules import citing, indexing, queries, version_files, versions
from app.features.rules.enums import RULE_VERSION as DOC_TYPE
from app.features.rules.enums import RulePerm, Standing, VersionStatus
from app.features.rules.models import RuleVersion

REVIEW_AHEAD = timedelta(days=30)
READING_DAYS = "rules.reading_days"

drafter = any_of(mine, may(RulePerm.DRAFT))
# No self-approval (R4): whoever drafted a version never decides on it.
approver = may(RulePerm.APPROVE, own=False)


def end_of(day: date) -> datetime:
    """Return the last moment of a company day."""
    return clock.from_local(datetime.combine(day, time(23, 59)))


# Tasks


def draft_task(version: RuleVersion) -> Iterable[WantedTask]:
    """Yield the owner's task of revising what was returned."""
    if version.returned:
        yield WantedTask("rule:revise", user_id=version.owner_id)


def comments_task(version: RuleVersion) -> Iterable[WantedTask]:
    """Yield the owner's task of answering the comments and closing the consultation."""
    due = end_of(version.comments_until) if version.comments_until else None
    yield WantedTask("rule:answer-comments", user_id=version.owner_id, due_at=due)


def approval_task(version: RuleVersion) -> Iterable[WantedTask]:
    """Yield the leader's task of deciding."""
    yield WantedTask(
        "rule:approve",
        permission=str(RulePerm.APPROVE),
        department_id=version.department_id,
        excluded_user_id=version.owner_id,
    )


def reading_due(version: RuleVersion) -> datetime:
    """Return until when a version is to be read: its first day, or some days after the approval, the later of both."""
    approved = clock.to_local(version.approved_at or clock.now()).date()
    least = approved + timedelta(days=int(settings.get(READING_DAYS)))
    return end_of(max(version.effective_on or least, least))


def published_tasks(version: RuleVersion) -> Iterable[WantedTask]:
    """Yield the reading tasks of everybody it concerns who has not signed, and the owner's of looking at it again."""
    newest = version.rule.newest
    if newest is not None and newest.id == version.id:
        due = reading_due(version)
        for person in queries.unsigned_ids(version):
            yield WantedTask("rule:read", user_id=person, due_at=due)
    review = version.rule.review_on
    if (
        review is not None
        and review - REVIEW_AHEAD <= clock.today()
        and version.standing == Standing.IN_FORCE
    ):
        yield WantedTask("rule:review-due", user_id=version.rule.owner_id, due_at=end_of(review))


# When a step is ready


def ready_for_comments(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse an empty text, and a closing date that leaves nobody a day."""
    if not any(text.title or text.plain for text in version.clauses):
        return Conflict("rule:empty")
    until = data.get("comments_until")
    if until is None or until <= clock.today():
        return Invalid(fields={"comments_until": lazy("请填写截止日期，至少留到明天")})
    return None


def comments_over(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to end a consultation before the day that was announced is over."""
    if version.comments_until is not None and clock.today() <= version.comments_until:
        return Conflict("rule:comments-running", day=version.comments_until.isoformat())
    return None


def ready_to_submit(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse what is unfinished, and what nobody could decide on."""
    problem = versions.unfinished(version)
    if problem is None and not approver.people(version):
        return Conflict("rule:nobody-approves")
    return problem


def ready_to_approve(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a missing procedure, a day in the past or before that of an earlier version, a first correction."""
    problem = versions.unfinished(version)
    if problem is not None:
        return problem
    day, faults = data.get("effective_on"), {}
    last = max((each.effective_on for each in version.rule.published if each.effective_on), default=None)
    if day is None or day < clock.today():
        faults["effective_on"] = lazy("请填写施行日期，不能早于今天")
    elif last is not None and day < last:
        faults["effective_on"] = lazy("施行日期不能早于上一版的 %(day)s", day=last.isoformat())
    if data.get("material") is None:
        faults["material"] = lazy("请说明改动是否属于实质性改动")
    elif not data["material"] and version.rule.newest is None:
        faults["material"] = lazy("没有可更正的版本，请选实质性改动")
    return Invalid(fields=faults) if faults else None


def ready_to_void(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse what is over already, a day in the past, and what others cite unless that is known."""
    if version.standing not in (Standing.IN_FORCE, Standing.PENDING):
        return Conflict("rule:not-in-force")
    day = data.get("void_on")
    if day is None or day < clock.today():
        return Invalid(fields={"void_on": lazy("请填写废止日期，不能早于今天")})
    cited = citing.cited_by(version.rule)
    if cited and not data.get("aware"):
        return Invalid(
            fields={"aware": lazy("%(clause)s 等引用了本制度，请确认已知悉", clause=cited[0].cited)}
        )
    return None


# What a step does


def open_comments(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note until when comments are taken."""
    version.comments_until = data["comments_until"]
    return {"until": version.comments_until.isoformat()}


def close_comments(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note that the consultation was held to its end."""
    version.consulted_at = clock.now()


def submit(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Forget that it had been returned."""
    version.returned = False


def mark_returned(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note that it came back, so that its owner has a task."""
    version.returned = True


def approve(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give edition, number and hash, open its clauses to search, end the reading tasks of what it replaces."""
    before = max(version.rule.published_before(version), key=lambda each: each.sequence, default=None)
    version.material = bool(data["material"])
    last = 0 if before is None else int(before.edition or 0)
    version.edition = last + 1 if version.material else last
    version.correction = 0 if version.material or before is None else before.correction + 1
    version.effective_on = data["effective_on"]
    version.approved_by_id, version.approved_at = actor.id, clock.now()
    version.number = f"{version.rule.number} V{version.edition}" + (
        f".{version.correction}" if version.correction else ""
    )
    # Its attachments are read here: an approved version is not written before it has its hash.
    with session.no_autoflush:
        version.content_hash = versions.hash_of(version)
    version_files.hold(version)
    indexing.publish(version)
    for other in version.rule.published_before(version):
        if other.status == VersionStatus.APPROVED:
            FLOW.sync_tasks(other)
    return {"day": version.effective_on.isoformat()}


def make_void(version: RuleVersion, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note from which day the rule is no longer in force."""
    version.void_on = data["void_on"]
    for other in version.rule.published_before(version):
        # Where a coming version is taken back, the one it would have replaced asks its readers again.
        if other.status == VersionStatus.APPROVED:
            FLOW.sync_tasks(other)
    return {"day": version.void_on.isoformat()}


# Whom to tell


def owner(version: RuleVersion) -> list[int | None]:
    """Return the drafter."""
    return [version.owner_id]


def deciders(version: RuleVersion) -> list[int | None]:
    """Return those who may decide."""
    return [person.id for person in directory().holders(RulePerm.APPROVE, version.department_id)]


def readers(version: RuleVersion) -> list[int | None]:
    """Return the drafter and everybody whom the version concerns."""
    return [version.owner_id, *queries.audience_ids(version)]


S = VersionStatus
day_field = frozenset({"day"})

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.DRAFT,
    (
        State(S.DRAFT, lazy("草稿"), "neutral", draft_task, milestone=True),
        State(S.CONSULTATION, lazy("征求意见"), "info", comments_task),
        State(S.REVIEW, lazy("待审批"), "warn", approval_task, milestone=True),
        State(S.APPROVED, lazy("已批准"), "ok", published_tasks, milestone=True),
        State(S.VOID, lazy("废止"), "bad", terminal=True),
        State(S.DROPPED, lazy("已放弃"), "neutral", terminal=True),
    ),
    (
        step("submit", "draft", "review", drafter, lazy("提交审批"), kind="primary", ready=ready_to_submit,
             effect=submit, tell=deciders),
        step("consult", "draft", "consultation", drafter, lazy("征求意见"), form="consult",
             ready=ready_for_comments, effect=open_comments, tell=readers, fields=frozenset({"until"}),
             sentence=lazy("公开征求意见，%(until)s 截止")),
        step("end_comments", "consultation", "draft", drafter, lazy("结束征求意见"), kind="primary",
             ready=comments_over, effect=close_comments),
        step("withdraw", "review", "draft", drafter, lazy("撤回"), tell=deciders),
        step("approve", "review", "approved", approver, lazy("批准"), kind="primary", form="approve",
             ready=ready_to_approve, effect=approve, tell=readers, fields=day_field,
             sentence=lazy("批准，自 %(day)s 起施行")),
        step("return", "review", "draft", approver, lazy("退回修改"), reason=True, effect=mark_returned, tell=owner),
        step("void", "approved", "void", may(RulePerm.APPROVE), lazy("废止制度"), kind="danger", form="void",
             reason=True, ready=ready_to_void, effect=make_void, tell=readers, fields=day_field,
             sentence=lazy("废止，自 %(day)s 起不再施行")),
        step("drop", "draft consultation", "dropped", drafter, lazy("放弃草稿"), kind="danger", reason=True,
             tell=owner),
    ),
    lazy("规章制度"),
)
# fmt: on

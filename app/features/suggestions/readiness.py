"""When a step of a suggestion is ready, and what is said where it is not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.core import clock
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor
from app.features.suggestions import rules_of
from app.features.suggestions.enums import SuggestionStatus
from app.features.suggestions.models import Suggestion
from app.features.suggestions.people_of import acceptor
from app.features.suggestions.plans import read_plan

S = SuggestionStatus


def told(data: Mapping[str, Any], name: str) -> str:
    """Return a text of a form without the space around it."""
    return str(data.get(name) or "").strip()


def ready_to_submit(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse what nobody could accept."""
    return None if acceptor.people(suggestion) else Conflict("suggestion:nobody-accepts")


def ready_to_complete(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to add nothing."""
    if not told(data, "method"):
        return Invalid(fields={"method": lazy("请写明办法：谁来做，怎样做")})
    return None


def ready_to_review(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to review what says no method: that is an opinion."""
    return None if suggestion.method else Conflict("suggestion:no-method")


def ready_to_answer(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse an empty answer."""
    if not told(data, "answer"):
        return Invalid(fields={"answer": lazy("请写明答复")})
    return None


def ready_to_score(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse points while no sheet is used, and those beyond it."""
    if not rules_of.is_on(rules_of.SCORING):
        return Conflict("suggestion:no-scoring")
    points = data.get("points") or {}
    faults: dict[str, LazyText | str] = {}
    for place, line in enumerate(rules_of.sheet()):
        given = points.get(line.name)
        if not isinstance(given, int) or not 0 <= given <= line.most:
            faults[f"points_{place}"] = lazy("请填写 0 到 %(most)s 分", most=line.most)
    return Invalid(fields=faults) if faults else None


def ready_to_adopt(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse what is above the department's authority, and what was not scored where scores are asked for."""
    if suggestion.status == S.REVIEW and (suggestion.cost or 0) > rules_of.department_limit():
        return Conflict("suggestion:above-authority", limit=f"{rules_of.department_limit():.0f}")
    if rules_of.is_on(rules_of.SCORING):
        wanted = 2 if rules_of.is_on(rules_of.SECOND_REVIEWER) else 1
        if len(suggestion.scores) < wanted:
            return Conflict("suggestion:not-scored", wanted=wanted, count=len(suggestion.scores))
    return ready_to_answer(suggestion, actor, data)


def ready_to_try(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a trial without an end."""
    return ready_to_adopt(suggestion, actor, data) or not_past(data, "until")


def ready_to_park(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to park without the condition waited for, and the day on which it is looked at again."""
    faults: dict[str, LazyText | str] = {}
    if not told(data, "condition"):
        faults["condition"] = lazy("请写明等什么条件成熟")
    late = not_past(data, "until")
    if late is not None:
        faults |= late.fields
    return Invalid(fields=faults) if faults else None


def not_past(data: Mapping[str, Any], name: str) -> Invalid | None:
    """Refuse a day that is missing or over."""
    day = data.get(name)
    if not isinstance(day, date) or day <= clock.today():
        return Invalid(fields={name: lazy("请填写今天以后的日期")})
    return None


def ready_to_merge(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to join a suggestion with itself, with one that is not there, or with one that ended."""
    target = data.get("target")
    if not isinstance(target, Suggestion):
        return Invalid(fields={"number": lazy("没有这个编号的建议，请核对")})
    if target.id == suggestion.id:
        return Invalid(fields={"number": lazy("不能并入它自己")})
    if target.number is None or target.status in (S.DUPLICATE, S.WITHDRAWN, S.DECLINED):
        return Invalid(fields={"number": lazy("那条建议已经结束或并入别的建议，请另选一条")})
    return None


def ready_to_implement(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse without somebody, without a day, and milestones that cannot be read."""
    faults: dict[str, LazyText | str] = {}
    if data.get("implementer_id") is None:
        faults["implementer_id"] = lazy("请选择实施负责人")
    late = not_past(data, "due_on")
    if late is not None:
        faults |= late.fields
    try:
        read_plan(told(data, "plan"))
    except ValueError:
        faults["plan"] = lazy("请每行写一步，先写日期，例如“2026-12-15 装好样品柜”")
    return Invalid(fields=faults) if faults else None


def ready_to_deliver(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to say nothing of what came of it."""
    if not told(data, "result"):
        return Invalid(fields={"result": lazy("请写明做了什么，结果怎样")})
    return None


def ready_to_verify(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to verify without words on the effect."""
    if not told(data, "verified_text"):
        return Invalid(fields={"verified_text": lazy("请写明看到的效果")})
    return None


def ready_to_check(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a look at the effect before its day, and one that says nothing."""
    effect = suggestion.next_effect
    if effect is None:
        return Conflict("suggestion:no-effect-check")
    if effect.due_on > clock.today():
        return Conflict("suggestion:effect-too-early", day=effect.due_on.isoformat())
    if not told(data, "text"):
        return Invalid(fields={"text": lazy("请写明现在的效果")})
    return None


def not_read_yet(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a second receipt."""
    return Conflict("suggestion:already-read") if suggestion.read_at is not None else None


def ready_to_appeal(suggestion: Suggestion, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse an appeal where there is none, a second one, and one that says nothing."""
    if suggestion.appealed_at is not None:
        return Conflict("suggestion:appealed-already")
    if not rules_of.is_on(rules_of.APPEAL):
        return Conflict("suggestion:no-appeal")
    if not told(data, "appeal"):
        return Invalid(fields={"appeal": lazy("请写明申诉的理由")})
    return None

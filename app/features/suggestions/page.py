"""What the page of a suggestion shows, made ready so that the template decides nothing."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for

from app.core import files, money, timeline
from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.features.rules.enums import RulePerm
from app.features.rules.queries import places_in_force
from app.features.suggestions import queries, rewarding, rules_of
from app.features.suggestions.enums import (
    DISCUSSED,
    NAMING_LABELS,
    SUGGESTION,
    TAKEN_UP,
    Naming,
    SuggestionStatus,
)
from app.features.suggestions.flow import FLOW
from app.features.suggestions.invariant import AUTHOR_VERBS
from app.features.suggestions.models import Suggestion
from app.features.suggestions.people_of import UNNAMED_AUTHOR, author_id, name_of_author, turn_name
from app.features.suggestions.wording import clock_words
from app.web import documents, filters

Facts = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Comment:
    """A comment as the page shows it."""

    person: str
    at: datetime
    text: str


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("合理化建议"), url_for("suggestions.index"))]


def trail_to(suggestion: Suggestion) -> list[tuple[str, str]]:
    """Return the trail of every page below a suggestion."""
    return [*trail(), (name_of(suggestion), address(suggestion))]


def address(suggestion: Suggestion) -> str:
    """Return the address of a suggestion's page."""
    return url_for("suggestions.show_suggestion", suggestion_id=suggestion.id)


def name_of(suggestion: Suggestion) -> str:
    """Return how a suggestion is called among its like."""
    return suggestion.number or _("建议草稿")


def clock_of(suggestion: Suggestion) -> str:
    """Return the time left, and who has it."""
    doing = suggestion.implementer.name if suggestion.implementer is not None else None
    name = turn_name(suggestion.status, suggestion.department_id, suggestion.owner_id, doing)
    return clock_words(suggestion.status, suggestion.due_at, name)


def sum_of(amount: Decimal | None) -> str:
    """Return an amount with its sign."""
    return f"¥{money.format_amount(amount)}" if amount is not None else "—"


def filled(*facts: tuple[Any, ...]) -> Facts:
    """Return the facts that say something."""
    return [fact for fact in facts if fact[1] not in ("", None)]


def said_facts(suggestion: Suggestion) -> Facts:
    """Return what was suggested."""
    places = places_in_force([suggestion.clause_id]) if suggestion.clause_id is not None else {}
    return [
        (_("提出人"), name_of_author(suggestion)),
        (_("办理部门"), suggestion.department.name),
        *filled(
            (_("本月主题"), suggestion.theme.title if suggestion.theme is not None else ""),
            (_("有关条款"), next((place.cited for place in places.values()), ""), True),
            (_("现状"), suggestion.situation, True),
            (_("办法"), suggestion.method, True),
            (_("预期效果"), suggestion.effect, True),
        ),
    ]


def answer_facts(suggestion: Suggestion) -> Facts:
    """Return the answer, and what the author said to it."""
    facts = filled(
        (_("答复"), suggestion.answer, True),
        (_("等什么条件"), suggestion.condition if suggestion.status == SuggestionStatus.PARKED else "", True),
        (_("申诉的理由"), suggestion.appeal, True),
    )
    if suggestion.read_at is not None:
        facts.append((_("提出人确认已读"), filters.moment_text(suggestion.read_at)))
    if suggestion.answer_days is not None:
        days = suggestion.answer_days
        facts.append((_("答复用了"), _("%(days)s 个工作日", days=days) if days else _("不到 1 个工作日")))
    return facts


def work_facts(suggestion: Suggestion) -> Facts:
    """Return who carries it out, what it costs and brings, and what came of it."""
    doer = suggestion.implementer
    facts = filled(
        (_("实施负责人"), doer.name if doer is not None else ""),
        (_("实施结果"), suggestion.result, True),
        (_("验收意见"), suggestion.verified_text, True),
    )
    for label, amount in (
        (_("预计投入"), suggestion.cost),
        (_("预计每年效益"), suggestion.benefit_estimated),
        (_("核定效益"), suggestion.benefit_verified),
    ):
        if amount is not None:
            facts.append((label, sum_of(amount)))
    for effect in suggestion.effects:
        label = _("%(months)s 个月后的效果", months=effect.months)
        due = _("%(day)s 复查", day=filters.date_text(effect.due_on))
        facts.append((label, effect.text or due, True))
        if effect.benefit is not None:
            facts.append((_("累计效益"), sum_of(effect.benefit)))
    return facts


def score_facts(suggestion: Suggestion) -> Facts:
    """Return the points of each reviewer, and the mean with its award tier."""
    facts: Facts = []
    for score in suggestion.scores:
        points = listed(f"{name} {number}" for name, number in score.points.items())
        given = _("%(total)s（%(points)s）%(note)s", total=score.total, points=points, note=score.note)
        facts.append((score.reviewer.name, given, True))
    if suggestion.scores:
        tier = rules_of.tier_for(suggestion.total)
        named = f"{suggestion.total} · {tier.name}" if tier is not None else str(suggestion.total)
        facts.append((_("平均分"), named))
    return facts


def milestone_rows(suggestion: Suggestion, actor: Actor) -> list[dict[str, Any]]:
    """Return the milestones as the page lists them."""
    doing = suggestion.status == SuggestionStatus.IMPLEMENTING and suggestion.implementer_id == actor.id
    return [
        {
            "text": row.text,
            "due": filters.date_text(row.due_on),
            "done": row.done_at is not None,
            "done_url": url_for(
                "suggestions.milestone_done", suggestion_id=suggestion.id, milestone_id=row.id
            )
            if doing and row.done_at is None
            else "",
        }
        for row in suggestion.milestones
    ]


def timeline_rows(suggestion: Suggestion, events: Any) -> list[Any]:
    """Return the record; what the author of an unsigned one did stands there as an unsigned author's."""
    rows = documents.timeline_rows(events)
    if suggestion.is_named:
        return list(rows)
    hidden = {
        timeline.describe(event) for event in events if event.verb in AUTHOR_VERBS and event.actor_id is None
    }
    nameless = str(UNNAMED_AUTHOR)
    return [
        replace(row, person=nameless, identity=(nameless, row.identity)) if row.sentence in hidden else row
        for row in rows
    ]


def context(suggestion: Suggestion, actor: Actor) -> dict[str, Any]:
    """Return all that the page needs, for this reader."""
    state = FLOW.state(suggestion.status)
    events = events_for(SUGGESTION, suggestion.id)
    mine = author_id(suggestion) == actor.id and actor.id is not None
    discussed = suggestion.status in DISCUSSED
    url = address(suggestion)
    drafting = suggestion.status == SuggestionStatus.DRAFT and mine
    votes = queries.vote_count(suggestion.id)
    voted = queries.has_voted(actor, suggestion.id)
    comments = queries.comments_of(suggestion.id)
    return {
        "heading": f"{name_of(suggestion)} {suggestion.title}",
        "trail": trail(),
        "state": state.label,
        "tone": state.tone,
        "facts": [text for text in (clock_of(suggestion), naming_words(suggestion, mine=mine)) if text],
        "said": said_facts(suggestion),
        "answered": answer_facts(suggestion),
        "worked": work_facts(suggestion),
        "scored": score_facts(suggestion),
        "milestones": milestone_rows(suggestion, actor),
        "joined": [
            (number, url_for("suggestions.show_suggestion", suggestion_id=other))
            for other, number in queries.merged_into(suggestion.id)
        ],
        "target": (
            (str(suggestion.duplicate_of.number), address(suggestion.duplicate_of))
            if suggestion.duplicate_of is not None
            else None
        ),
        "votes": votes,
        "supporters": listed(queries.supporter_names(suggestion.id)),
        "vote_url": f"{url}/vote" if discussed and not voted and suggestion.owner_id != actor.id else "",
        "unvote_url": f"{url}/unvote" if discussed and voted else "",
        "comments": [Comment(row.user.name, row.written_at, row.text) for row in comments],
        "comment_url": f"{url}/comments" if discussed else "",
        "files": documents.file_rows(files.files_for(SUGGESTION, suggestion.id), events=events),
        "file_upload": f"{url}/files" if mine and suggestion.is_named and not suggestion.is_ended else "",
        "edit_url": f"{url}/edit" if drafting else "",
        "ask_complete": suggestion.status == SuggestionStatus.ACCEPTED and mine and not suggestion.method,
        "clause_url": f"{url}/clause"
        if suggestion.status in TAKEN_UP and suggestion.rule_version_id is None and may_draft(actor)
        else "",
        "version_url": url_for("rules.show_version", version_id=suggestion.rule_version_id)
        if suggestion.rule_version_id is not None
        else "",
        "reward_url": f"{url}/reward" if rewarding.may_reward(suggestion, actor) else "",
        "proposal_url": f"/proposals/{suggestion.proposal_id}"
        if rewarding.sees_reward(suggestion, actor)
        else "",
        "name_url": f"{url}/name"
        if suggestion.naming == Naming.KEEPER and actor.id == rules_of.keeper_id() and actor.id is not None
        else "",
        **steps_context(suggestion, actor),
        "stations": documents.stations(FLOW, suggestion.status, events),
        "events": timeline_rows(suggestion, events),
    }


def may_draft(actor: Actor) -> bool:
    """Tell whether an actor may draft rules anywhere."""
    return can(actor, RulePerm.DRAFT)


def naming_words(suggestion: Suggestion, *, mine: bool) -> str:
    """Return how it is signed, where it is not; its author is told that it is theirs."""
    if suggestion.is_named:
        return ""
    label = str(NAMING_LABELS[Naming(suggestion.naming)])
    return _("%(naming)s（这是您提的）", naming=label) if mine else label


def steps_context(suggestion: Suggestion, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": FLOW.open_steps(suggestion, actor),
        "action": address(suggestion),
        "version": suggestion.version,
    }

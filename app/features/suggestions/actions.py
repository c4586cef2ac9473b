"""Writing suggestions and carrying out their steps; of what is not signed nothing is kept that leads to its author."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock, files, notices, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.permissions import SYSTEM, Actor, directory, require
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.people.models import Department, User
from app.features.rules import actions as rule_actions
from app.features.rules.models import Rule, RuleVersion
from app.features.rules.queries import get_rule, places_in_force
from app.features.suggestions import queries
from app.features.suggestions.enums import (
    DISCUSSED,
    PHOTO,
    SUGGESTION,
    TAKEN_UP,
    Naming,
    SuggestionPerm,
    SuggestionStatus,
)
from app.features.suggestions.flow import FLOW
from app.features.suggestions.models import Suggestion, SuggestionMilestone, SuggestionTheme, SuggestionVote
from app.features.suggestions.people_of import author_id, implementer

MOST_PHOTOS = 6
LONGEST_TITLE = 200
LONGEST_THEME = 80
# Steps whose sentence the search knows anew.
TEXTS = ("title", "situation", "method", "effect")


@dataclass(frozen=True)
class SuggestionValues:
    """What a suggestion says; the title alone is enough. Without a department it goes to the author's own."""

    title: str
    situation: str = ""
    method: str = ""
    effect: str = ""
    department_id: int | None = None
    theme_id: int | None = None
    clause_id: int | None = None


def checked(values: SuggestionValues) -> None:
    """Raise Invalid at the fields for what cannot be kept."""
    for name in TEXTS:
        check_written(getattr(values, name), name)
    faults: dict[str, LazyText | str] = {}
    if not values.title.strip():
        faults["title"] = lazy("请写一句话：您的建议是什么")
    elif len(values.title.strip()) > LONGEST_TITLE:
        faults["title"] = lazy("最多 %(most)s 个字，其余请写在下面", most=LONGEST_TITLE)
    if values.department_id is not None:
        department = session.get(Department, values.department_id)
        if department is None or not department.active:
            faults["department_id"] = lazy("请从列表中选择部门")
    if values.theme_id is not None and session.get(SuggestionTheme, values.theme_id) is None:
        faults["theme_id"] = lazy("请从列表中选择主题")
    if values.clause_id is not None and not places_in_force([values.clause_id]):
        faults["clause_id"] = lazy("请从列表中选择现行条款")
    if faults:
        raise Invalid(fields=faults)


def write(suggestion: Suggestion, values: SuggestionValues, department_id: int) -> None:
    """Put what was typed and checked into the row."""
    for name in TEXTS:
        setattr(suggestion, name, getattr(values, name).strip())
    suggestion.department = session.get_one(Department, department_id)
    suggestion.department_id = department_id
    suggestion.theme_id, suggestion.clause_id = values.theme_id, values.clause_id


def made(values: SuggestionValues, department_id: int, naming: Naming, **more: Any) -> Suggestion:
    """Return a new row."""
    suggestion = Suggestion(
        status=FLOW.initial,
        naming=naming,
        created_at=clock.now(),
        updated_at=clock.now(),
        milestones=[],
        deadlines=[],
        scores=[],
        effects=[],
        **more,
    )
    write(suggestion, values, department_id)
    session.add(suggestion)
    session.flush()
    return suggestion


def department_of(actor: Actor, values: SuggestionValues) -> int:
    """Return the department that answers: the one chosen, else the author's own, else the one above all."""
    if values.department_id is not None:
        return values.department_id
    person = session.get(User, actor.id)
    found = person.department_id if person is not None else None
    found = found if found is not None else queries.head_department()
    if found is None:
        raise Conflict("suggestion:no-department")
    return found


def draft(*, actor: Actor, values: SuggestionValues) -> Suggestion:
    """Begin a signed suggestion, which nobody else sees yet; raises Invalid at the fields."""
    checked(values)
    suggestion = made(values, department_of(actor, values), Naming.NAMED, owner_id=actor.id)
    suggestion.owner = session.get_one(User, actor.id)
    timeline.record(SUGGESTION, suggestion.id, "suggestion:draft", actor, to_status=suggestion.status)
    index(suggestion)
    return suggestion


def edit(suggestion: Suggestion, *, actor: Actor, version: int | None, values: SuggestionValues) -> None:
    """Change a draft. Raises Denied for anybody but its author, Stale, Conflict once it was sent, Invalid."""
    lock(suggestion)
    if suggestion.owner_id != actor.id:
        raise Denied(
            "core:denied", what=lazy("修改建议"), who=suggestion.owner.name if suggestion.owner else ""
        )
    check_version(SUGGESTION, suggestion, version)
    if suggestion.status != SuggestionStatus.DRAFT:
        raise Conflict("core:wrong-state", state=FLOW.state(suggestion.status).label, step=lazy("修改建议"))
    checked(values)
    before = {name: getattr(suggestion, name) for name in TEXTS}
    write(suggestion, values, department_of(actor, values))
    suggestion.touch()
    session.flush()
    changes = timeline.diff(before, {name: getattr(suggestion, name) for name in TEXTS})
    if changes:
        timeline.record(SUGGESTION, suggestion.id, "suggestion:edit", actor, data={"changes": changes})
    index(suggestion)


def send(*, actor: Actor, values: SuggestionValues, photos: Sequence[CheckedFile] = ()) -> Suggestion:
    """Write a signed suggestion and submit it at once, with photos and files."""
    suggestion = draft(actor=actor, values=values)
    if photos:
        attach(suggestion, photos, actor=actor)
    FLOW.fire(suggestion, "submit", actor, version=None)
    index(suggestion)
    return suggestion


def attach(suggestion: Suggestion, brought: Sequence[CheckedFile], *, actor: Actor) -> None:
    """Keep photos and files of the author, as long as it is open. Raises Denied, Conflict, Invalid for too many."""
    lock(suggestion)
    if author_id(suggestion) != actor.id:
        raise Denied(
            "core:denied", what=lazy("添加附件"), who=suggestion.owner.name if suggestion.owner else ""
        )
    if suggestion.is_ended:
        raise Conflict("core:wrong-state", state=FLOW.state(suggestion.status).label, step=lazy("添加附件"))
    if not suggestion.is_named:
        raise Conflict("suggestion:no-files-later")
    kept = files.files_for(SUGGESTION, suggestion.id)
    if len(kept) + len(brought) > MOST_PHOTOS:
        raise Invalid(fields={"file": lazy("最多放 %(most)s 个附件", most=MOST_PHOTOS)})
    for file in brought:
        files.attach(file, SUGGESTION, suggestion.id, actor, kind=PHOTO)
    timeline.record(SUGGESTION, suggestion.id, "suggestion:attach", actor, data={"count": len(brought)})


def index(suggestion: Suggestion) -> None:
    """Bring the search up to date."""
    texts = (suggestion.situation, suggestion.method, suggestion.effect, suggestion.answer)
    title = f"{suggestion.number or ''} {suggestion.title}".strip()
    search.put(SUGGESTION, suggestion.id, title, " ".join(text for text in texts if text))


def prepared(suggestion: Suggestion, name: str, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a step is given: texts checked, the suggestion of a typed number found."""
    for field, value in data.items():
        if isinstance(value, str):
            check_written(value, field)
    given = dict(data)
    if name == "merge":
        given["target"] = queries.by_number(actor, str(data.get("number") or ""))
    if name == "implement" and data.get("implementer_id") is not None:
        person = session.get(User, int(data["implementer_id"]))
        given["implementer_id"] = person.id if person is not None and person.active else None
    return given


def follow(suggestion: Suggestion, name: str, given: Mapping[str, Any]) -> None:
    """Do what a step brings along: join votes, bring the search up to date."""
    if name == "merge":
        join_votes(suggestion, given["target"])
    index(suggestion)


def join_votes(suggestion: Suggestion, target: Suggestion) -> None:
    """Let those who supported one, and its author where signed, support the one it was joined with, once each."""
    present = set(queries.supporters(target.id))
    coming = [*queries.supporters(suggestion.id)]
    if suggestion.owner_id is not None:
        coming.append(suggestion.owner_id)
    for person in dict.fromkeys(coming):
        if person not in present and person != target.owner_id:
            session.add(SuggestionVote(suggestion_id=target.id, user_id=person, voted_at=clock.now()))
    session.flush()


def finish_milestone(
    suggestion: Suggestion, milestone_id: int, *, actor: Actor, version: int | None
) -> SuggestionMilestone:
    """Note that a milestone is done. Raises Denied for anybody but who carries it out, Stale, Conflict, NotVisible."""
    lock(suggestion)
    if implementer.test(suggestion, actor) is None:
        raise Denied("core:denied", what=lazy("登记进度"), who=implementer.ask(suggestion))
    check_version(SUGGESTION, suggestion, version)
    if suggestion.status != SuggestionStatus.IMPLEMENTING:
        raise Conflict("core:wrong-state", state=FLOW.state(suggestion.status).label, step=lazy("登记进度"))
    row = next((each for each in suggestion.milestones if each.id == milestone_id), None)
    if row is None:
        raise NotVisible
    if row.done_at is None:
        row.done_at = clock.now()
        suggestion.touch()
        session.flush()
        timeline.record(SUGGESTION, suggestion.id, "suggestion:milestone", actor, data={"text": row.text})
    return row


# The clause it concerns


def draft_clause(suggestion: Suggestion, *, actor: Actor, clause_id: int | None = None) -> RuleVersion:
    """Begin a draft of the rule whose clause an adopted suggestion concerns; the version says where it comes from.

    Raises Denied without the right to draft rules there, Conflict before it was adopted, for a second draft, and
    where the rule is being worked on, Invalid where no clause is named.
    """
    lock(suggestion)
    if suggestion.status not in TAKEN_UP:
        raise Conflict("suggestion:not-adopted")
    if suggestion.rule_version_id is not None:
        raise Conflict("suggestion:drafted-already")
    wanted = clause_id or suggestion.clause_id
    place = places_in_force([wanted]).get(wanted) if wanted is not None else None
    if place is None:
        raise Invalid(fields={"clause_id": lazy("请选择建议所说的现行条款")})
    rule: Rule = get_rule(actor, place.rule_id)
    version = rule_actions.start_version(rule, actor=actor, origin=(SUGGESTION, suggestion.id))
    suggestion.clause_id, suggestion.rule_version_id = place.clause_id, version.id
    suggestion.touch()
    session.flush()
    timeline.record(
        SUGGESTION,
        suggestion.id,
        "suggestion:draft-clause",
        actor,
        data={"clause": f"《{place.title}》{place.name}"},
        tell=[person for person in [author_id(suggestion)] if person is not None],
    )
    return version


# Themes


def set_theme(*, actor: Actor, month: Any, title: str, hint: str = "") -> SuggestionTheme:
    """Set what is asked for in a month; raises Denied, Invalid at the fields, also for a second theme of a month."""
    require(actor, SuggestionPerm.ACCEPT)
    for name, text in (("title", title), ("hint", hint)):
        check_written(text, name)
    faults: dict[str, LazyText | str] = {}
    first = month.replace(day=1) if month is not None else None
    if first is None:
        faults["month"] = lazy("请填写月份里的一天")
    elif session.execute(select(SuggestionTheme.id).where(SuggestionTheme.month == first)).first():
        faults["month"] = lazy("这个月已经有主题")
    if not title.strip() or len(title.strip()) > LONGEST_THEME:
        faults["title"] = lazy("请写主题，不超过 %(most)s 个字", most=LONGEST_THEME)
    if faults:
        raise Invalid(fields=faults)
    theme = SuggestionTheme(
        month=first, title=title.strip(), hint=hint.strip(), created_at=clock.now(), updated_at=clock.now()
    )
    session.add(theme)
    session.flush()
    timeline.record("suggestion_theme", theme.id, "suggestion_theme:set", actor, data={"title": theme.title})
    return theme


# What a job brings


def digest_of(suggestion: Suggestion) -> None:
    """Tell the author and who carries it out, once, of the votes and comments that came since they were told last."""
    votes, comments = queries.vote_count(suggestion.id), len(queries.comments_of(suggestion.id))
    fresh = {
        "votes": max(votes - suggestion.votes_told, 0),
        "comments": max(comments - suggestion.comments_told, 0),
    }
    suggestion.votes_told, suggestion.comments_told = votes, comments
    people = [person for person in (author_id(suggestion), suggestion.implementer_id) if person is not None]
    session.flush()
    if people and any(fresh.values()) and suggestion.status in (*DISCUSSED, SuggestionStatus.DONE):
        timeline.record(SUGGESTION, suggestion.id, "suggestion:digest", SYSTEM, data=fresh, tell=people)


def remind_of(suggestion: Suggestion) -> None:
    """Make the tasks those of today, and tell whoever is at the turn, once a day, that the time is over."""
    FLOW.sync_tasks(suggestion)
    if suggestion.due_at is None or suggestion.due_at >= clock.now():
        return
    people = [person for wanted in FLOW.wanted_tasks(suggestion) for person in people_of(wanted)]
    fresh = notices.not_yet_reminded(SUGGESTION, suggestion.id, people)
    if fresh:
        until = clock.to_local(suggestion.due_at).strftime("%Y-%m-%d %H:%M")
        timeline.record(
            SUGGESTION, suggestion.id, "suggestion:overdue", SYSTEM, data={"until": until}, tell=fresh
        )


def people_of(wanted: Any) -> list[int]:
    """Return whom a task reaches."""
    if wanted.user_id is not None:
        return [wanted.user_id]
    excluded = frozenset() if wanted.excluded_user_id is None else frozenset({wanted.excluded_user_id})
    return [
        person.id for person in directory().holders(str(wanted.permission), wanted.department_id, excluded)
    ]

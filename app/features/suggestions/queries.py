"""What is read of suggestions: a numbered one is open to everybody, a draft is its author's alone."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true

from app.core import clock
from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.growth import GrowthEntry
from app.core.i18n import gettext as _
from app.core.listing import matches_words
from app.core.permissions import Actor, departments_of
from app.core.topics import OfferedTopic
from app.features.people.models import Department, User
from app.features.suggestions.enums import (
    ENDED,
    HANDLERS,
    SUGGESTION,
    TAKEN_UP,
    Naming,
    SuggestionPerm,
    SuggestionStatus,
)
from app.features.suggestions.models import (
    Suggestion,
    SuggestionAuthor,
    SuggestionComment,
    SuggestionTheme,
    SuggestionVote,
)

MOST_SIMILAR = 5
MOST_NAMED = 50
LEAST_TYPED = 2
NEVER_SHOWN = (SuggestionStatus.DRAFT, SuggestionStatus.WITHDRAWN)


def own(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor wrote a suggestion, signed or known to the keeper alone."""
    kept = select(SuggestionAuthor.suggestion_id).where(SuggestionAuthor.user_id == actor.id)
    return or_(Suggestion.owner_id == actor.id, Suggestion.id.in_(kept))


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a suggestion: every page, list, search and file starts from it."""
    if actor.is_system:
        return true()
    shown = and_(Suggestion.number.is_not(None), Suggestion.status.not_in(NEVER_SHOWN))
    return or_(shown, own(actor))


def visible_to(actor: Actor) -> Select[Suggestion]:
    """Return the SELECT of the suggestions an actor may see."""
    return select(Suggestion).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the suggestions an actor may see."""
    return select(Suggestion.id).where(condition(actor))


def get_suggestion(actor: Actor, suggestion_id: int) -> Suggestion:
    """Return a suggestion the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(Suggestion.id == suggestion_id)
    return one_visible(statement)


def by_number(actor: Actor, number: str) -> Suggestion | None:
    """Return a suggestion the actor may see by its number; None where there is none."""
    statement = visible_to(actor).where(Suggestion.number == number.strip().upper())
    return session.execute(statement).unique().scalar_one_or_none()


def by_receipt(receipt_hash: str) -> Suggestion | None:
    """Return the unnamed suggestion of a receipt code, by its hash; None where there is none."""
    statement = select(Suggestion).where(Suggestion.receipt_hash == receipt_hash)
    return session.execute(statement).unique().scalar_one_or_none()


def title_of(number: str | None, title: str) -> str:
    """Return how a suggestion is named among other documents."""
    return f"{number} {title}" if number else _("%(title)s（草稿）", title=title)


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and title of suggestions, for tasks, notices and the log."""
    rows = session.execute(
        select(Suggestion.id, Suggestion.number, Suggestion.title).where(Suggestion.id.in_(ids))
    )
    return {row.id: title_of(row.number, row.title) for row in rows}


def similar(actor: Actor, typed: str) -> list[tuple[int, str, str, str]]:
    """Return id, number, title and state of suggestions like a title that is being typed, the newest first.

    Alike is what shares a word of it, Chinese words being told by pairs of characters.
    """
    pieces = pairs(typed)
    if not pieces:
        return []
    points: ColumnElement[int] = literal(0)
    for piece in pieces:
        points = points + case((matches_words(piece, (Suggestion.title,)), 1), else_=0)
    least = 1 if len(pieces) <= LEAST_TYPED else LEAST_TYPED
    statement = (
        select(Suggestion.id, Suggestion.number, Suggestion.title, Suggestion.status)
        .where(condition(actor), Suggestion.number.is_not(None), points >= least)
        .order_by(points.desc(), Suggestion.id.desc())
        .limit(MOST_SIMILAR)
    )
    return [(row.id, row.number, row.title, row.status) for row in session.execute(statement)]


def pairs(typed: str) -> list[str]:
    """Return what a title is compared by: pairs of neighbouring Han characters, and Latin words, at most thirty."""
    found: list[str] = []
    for word in typed.split():
        if word.isascii():
            found += [word] if len(word) > LEAST_TYPED else []
            continue
        found += [word[place : place + 2] for place in range(len(word) - 1)]
    distinct = [piece for piece in dict.fromkeys(found) if piece.isalnum()]
    return distinct[:30]


# Votes and comments


def vote_count(suggestion_id: int) -> int:
    """Return how many support a suggestion."""
    return session.execute(votes_of(suggestion_id)).scalar_one()


def votes_of(suggestion_id: object) -> Select[int]:
    """Return the SELECT of how many support a suggestion, given by id or column."""
    return (
        select(func.count()).select_from(SuggestionVote).where(SuggestionVote.suggestion_id == suggestion_id)
    )


def has_voted(actor: Actor, suggestion_id: int) -> bool:
    """Tell whether an actor supports a suggestion."""
    statement = select(SuggestionVote.id).where(
        SuggestionVote.suggestion_id == suggestion_id, SuggestionVote.user_id == actor.id
    )
    return session.execute(statement).first() is not None


def supporters(suggestion_id: int) -> Sequence[int]:
    """Return the ids of those who support a suggestion."""
    statement = select(SuggestionVote.user_id).where(SuggestionVote.suggestion_id == suggestion_id)
    return session.execute(statement.order_by(SuggestionVote.user_id)).scalars().all()


def supporter_names(suggestion_id: int) -> list[str]:
    """Return the names of those who support a suggestion, the first ones first."""
    statement = (
        select(User.name)
        .join(SuggestionVote, SuggestionVote.user_id == User.id)
        .where(SuggestionVote.suggestion_id == suggestion_id)
        .order_by(SuggestionVote.id)
        .limit(MOST_NAMED)
    )
    return list(session.execute(statement).scalars())


def comments_of(suggestion_id: int) -> Sequence[SuggestionComment]:
    """Return the comments on a suggestion, the oldest first."""
    statement = select(SuggestionComment).where(SuggestionComment.suggestion_id == suggestion_id)
    return session.execute(statement.order_by(SuggestionComment.id)).unique().scalars().all()


def merged_into(suggestion_id: int) -> list[tuple[int, str]]:
    """Return id and number of the suggestions that were joined with one."""
    statement = (
        select(Suggestion.id, Suggestion.number)
        .where(Suggestion.duplicate_of_id == suggestion_id)
        .order_by(Suggestion.id)
    )
    return [(row.id, str(row.number)) for row in session.execute(statement)]


# What handlers see


def handled_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an open suggestion lies where an actor handles them, or that they carry it out."""
    reached = [
        in_departments(Suggestion.department_id, departments_of(actor, permission)) for permission in HANDLERS
    ]
    return and_(
        Suggestion.number.is_not(None),
        Suggestion.status.not_in(ENDED),
        or_(Suggestion.implementer_id == actor.id, *reached),
    )


def counted_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a suggestion counts in the figures an actor may see."""
    reached = [
        in_departments(Suggestion.department_id, departments_of(actor, permission)) for permission in HANDLERS
    ]
    return and_(Suggestion.number.is_not(None), or_(*reached))


def departments() -> list[tuple[int, str]]:
    """Return the active departments, by name, for a choice."""
    statement = select(Department.id, Department.name).where(Department.active).order_by(Department.name)
    return [(row.id, row.name) for row in session.execute(statement)]


def head_department() -> int | None:
    """Return the department above all others, to which goes what names none."""
    statement = (
        select(Department.id)
        .where(Department.active, Department.parent_id.is_(None))
        .order_by(Department.id)
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def colleagues() -> list[tuple[int, str]]:
    """Return active people with their department, for the choice of who carries it out."""
    statement = (
        select(User.id, User.name, Department.name.label("department"))
        .join(Department, Department.id == User.department_id)
        .where(User.active)
        .order_by(Department.name, User.name)
    )
    return [
        (row.id, _("%(name)s（%(department)s）", name=row.name, department=row.department))
        for row in session.execute(statement)
    ]


# Themes


def theme_of_month() -> SuggestionTheme | None:
    """Return the theme of this month; None where there is none."""
    first = clock.today().replace(day=1)
    return session.execute(select(SuggestionTheme).where(SuggestionTheme.month == first)).scalar_one_or_none()


def get_theme(theme_id: int) -> SuggestionTheme:
    """Return a theme; raises NotVisible."""
    found = session.get(SuggestionTheme, theme_id)
    if found is None:
        raise NotVisible
    return found


# What other features read


def topics(reader: Actor, since: datetime, limit: int) -> Sequence[OfferedTopic]:
    """Return the newest suggestions as topics worth talking about."""
    statement = (
        select(Suggestion.id, Suggestion.number, Suggestion.title, Suggestion.submitted_at)
        .where(condition(reader), Suggestion.submitted_at >= since, Suggestion.status.not_in(NEVER_SHOWN))
        .order_by(Suggestion.submitted_at.desc(), Suggestion.id.desc())
        .limit(limit)
    )
    return [
        OfferedTopic(SUGGESTION, row.id, title_of(row.number, row.title), row.submitted_at)
        for row in session.execute(statement)
    ]


def growth(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[GrowthEntry]]:
    """Return the suggestions of a person that were taken up; those that are not signed never show."""
    adopted = and_(
        condition(reader),
        Suggestion.naming == Naming.NAMED,
        Suggestion.owner_id == user_id,
        Suggestion.status.in_(TAKEN_UP),
        Suggestion.adopted_at.is_not(None),
    )
    count = session.execute(select(func.count()).select_from(Suggestion).where(adopted)).scalar_one()
    statement = (
        select(Suggestion.id, Suggestion.number, Suggestion.title, Suggestion.adopted_at)
        .where(adopted)
        .order_by(Suggestion.adopted_at.desc(), Suggestion.id.desc())
        .limit(limit)
    )
    entries = [
        GrowthEntry(adopted_on(row.adopted_at), title_of(row.number, row.title), f"/suggestions/{row.id}")
        for row in session.execute(statement)
    ]
    return count, entries


def adopted_on(moment: datetime) -> date:
    """Return the company day of a moment."""
    return clock.to_local(moment).date()


def may_handle(actor: Actor, suggestion: Suggestion) -> bool:
    """Tell whether an actor handles suggestions of this department."""
    return any(
        (found := departments_of(actor, permission)) is None or suggestion.department_id in found
        for permission in (SuggestionPerm.ACCEPT, SuggestionPerm.REVIEW)
    )

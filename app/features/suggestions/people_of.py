"""Who has a suggestion: its author, and those at the turn. Nobody decides on their own where somebody else can."""

from collections.abc import Iterable
from functools import partial

from app.core.i18n import lazy
from app.core.permissions import Actor, directory
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Who, any_of, may, when
from app.features.people.directory import department_parents
from app.features.suggestions.enums import Naming, SuggestionPerm, SuggestionStatus
from app.features.suggestions.models import Suggestion

S = SuggestionStatus
# Whose turn it is, by state.
TURNS = {
    S.SUBMITTED: SuggestionPerm.ACCEPT,
    S.ACCEPTED: SuggestionPerm.REVIEW,
    S.REDIRECTED: SuggestionPerm.ACCEPT,
    S.REVIEW: SuggestionPerm.REVIEW,
    S.COMPANY_REVIEW: SuggestionPerm.DECIDE,
    S.ADOPTED: SuggestionPerm.REVIEW,
    S.TRIAL: SuggestionPerm.REVIEW,
    S.PARKED: SuggestionPerm.REVIEW,
    S.VERIFYING: SuggestionPerm.REVIEW,
}
UNNAMED_AUTHOR = lazy("未署名的同事")


def author_id(suggestion: Suggestion) -> int | None:
    """Return who wrote it, as far as that is kept anywhere; only the author and the keeper may ever be shown it."""
    if suggestion.naming != Naming.KEEPER:
        return suggestion.owner_id
    return suggestion.kept_author.user_id if suggestion.kept_author is not None else None


def authority_of_author(suggestion: Suggestion, actor: Actor) -> Authority | None:
    """Return the author's authority; of one that is not signed the system acts, so that no name stays."""
    if actor.is_system:
        return None if suggestion.is_named else Authority("author")
    return Authority("author") if actor.id == author_id(suggestion) else None


def name_of_author(suggestion: Suggestion) -> str:
    """Return the author's name, for colleagues."""
    return suggestion.owner.name if suggestion.owner is not None else str(UNNAMED_AUTHOR)


author = Who(
    authority_of_author,
    name_of_author,
    people=lambda suggestion: [person for person in [author_id(suggestion)] if person is not None],
)


def others(permission: str, department_id: int, owner_id: int | None) -> bool:
    """Tell whether somebody besides the author holds a permission in a department."""
    if owner_id is None:
        return True
    return bool(directory().holders(str(permission), department_id, frozenset({owner_id})))


def kept_apart(permission: str, suggestion: Suggestion) -> frozenset[int]:
    """Return the author, where somebody else can act."""
    person = author_id(suggestion)
    if person is None or not others(permission, suggestion.department_id, person):
        return frozenset()
    return frozenset({person})


def holding(permission: SuggestionPerm) -> Who:
    """Whoever holds a permission, the author only where nobody else does."""
    return may(permission, apart=partial(kept_apart, permission))


def at_company(suggestion: Suggestion) -> bool:
    """Tell whether the company decides."""
    return suggestion.status == S.COMPANY_REVIEW


acceptor, reviewer = holding(SuggestionPerm.ACCEPT), holding(SuggestionPerm.REVIEW)
decider = any_of(
    when(at_company, holding(SuggestionPerm.DECIDE)),
    when(lambda suggestion: not at_company(suggestion), reviewer),
)
implementer = Who(
    lambda suggestion, actor: (
        Authority("implementer") if actor.id is not None and actor.id == suggestion.implementer_id else None
    ),
    lambda suggestion: suggestion.implementer.name if suggestion.implementer is not None else "",
    people=lambda suggestion: [suggestion.implementer_id] if suggestion.implementer_id else [],
)


def turn(kind: str, suggestion: Suggestion) -> Iterable[WantedTask]:
    """Yield the task of whoever is at the turn in the present state."""
    permission = TURNS[S(suggestion.status)]
    apart = suggestion.owner_id
    if not others(permission, suggestion.department_id, apart):
        apart = None
    yield WantedTask(
        kind,
        permission=str(permission),
        department_id=suggestion.department_id,
        excluded_user_id=apart,
        due_at=suggestion.due_at,
    )


def turn_name(status: str, department_id: int, owner_id: int | None, doing: str | None) -> str:
    """Return the name of who has an open suggestion: the first of those at the turn, or who carries it out.

    Empty for one that nobody has.
    """
    if status == S.IMPLEMENTING:
        return doing or ""
    permission = TURNS.get(S(status))
    if permission is None:
        return ""
    apart = frozenset({owner_id}) if owner_id is not None else frozenset()
    found = directory().holders(str(permission), department_id, apart)
    found = found or directory().holders(str(permission), department_id)
    near = distances(department_id)
    found.sort(key=lambda person: near.get(person.department_id, len(near)))
    return found[0].name if found else str(lazy("系统管理员"))


def distances(department_id: int) -> dict[int | None, int]:
    """Return how far above a department each of those lies that it belongs to: the nearest head comes first."""
    parents, found = department_parents(), dict[int | None, int]()
    place: int | None = department_id
    while place is not None and place not in found:
        found[place] = len(found)
        place = parents.get(place)
    return found

"""Suggestions without a name: known to one keeper, or to nobody, with a receipt code by which the answer is read.

Of a fully unnamed one nothing is stored that leads to who wrote it: no owner, no actor of an event, no address of the
request, no person at its photos, no token of a form with a person. Times are those of the full hour, so that no other
record of the same minute tells whose it was. Of the code only a hash is kept.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from app.core import clock, files, request_facts, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import SYSTEM, Actor, directory
from app.features.suggestions import actions, queries, rules_of
from app.features.suggestions.actions import SuggestionValues
from app.features.suggestions.enums import PHOTO, SUGGESTION, Naming
from app.features.suggestions.flow import FLOW
from app.features.suggestions.models import Suggestion, SuggestionAuthor
from app.features.suggestions.people_of import author

# Without letters and digits that are mistaken for each other.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS, GROUP = 4, 4
AUTHOR_STEPS = frozenset({"submit", "complete", "resubmit", "confirm", "appeal", "withdraw"})


def new_code() -> str:
    """Return a receipt code of eighty random bits, in groups for reading."""
    groups = ("".join(secrets.choice(ALPHABET) for _place in range(GROUP)) for _group in range(GROUPS))
    return "-".join(groups)


def hash_of(code: str) -> str:
    """Return what is kept of a receipt code, however it was typed."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


@contextmanager
def untraced() -> Iterator[None]:
    """Do something at the full hour and without what is known of the request."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    with clock.frozen(hour), request_facts.withheld():
        yield


def send_unnamed(*, values: SuggestionValues, photos: Sequence[CheckedFile] = ()) -> tuple[Suggestion, str]:
    """Send a suggestion nobody signs and return it with its receipt code, which is shown this once and never kept.

    No actor is asked for: whoever calls has none to give. Raises Conflict where this is switched off, Invalid.
    """
    if not rules_of.is_on(rules_of.UNNAMED):
        raise Conflict("suggestion:unnamed-off")
    actions.checked(values)
    code = new_code()
    with untraced():
        suggestion = actions.made(values, department(values), Naming.UNNAMED, receipt_hash=hash_of(code))
        put_up(suggestion, photos)
    return suggestion, code


def send_to_keeper(
    *, actor: Actor, values: SuggestionValues, photos: Sequence[CheckedFile] = ()
) -> Suggestion:
    """Send a suggestion whose author only the keeper knows; raises Conflict where there is no keeper, Invalid."""
    if rules_of.keeper_id() is None:
        raise Conflict("suggestion:no-keeper")
    actions.checked(values)
    with untraced():
        suggestion = actions.made(values, department(values), Naming.KEEPER)
        session.add(SuggestionAuthor(suggestion_id=suggestion.id, user_id=actor.id))
        put_up(suggestion, photos)
    return suggestion


def department(values: SuggestionValues) -> int:
    """Return the department that answers: the one chosen, never the author's own by itself."""
    found = values.department_id if values.department_id is not None else queries.head_department()
    if found is None:
        raise Conflict("suggestion:no-department")
    return found


def put_up(suggestion: Suggestion, photos: Sequence[CheckedFile]) -> None:
    """Keep the photos under names of ours, and submit."""
    for place, photo in enumerate(photos[: actions.MOST_PHOTOS], 1):
        plain = CheckedFile(f"{place}.jpg", photo.media_type, photo.content)
        files.attach(plain, SUGGESTION, suggestion.id, SYSTEM, kind=PHOTO)
    FLOW.fire(suggestion, "submit", SYSTEM, version=None)
    actions.index(suggestion)


def acts_hidden(suggestion: Suggestion, name: str, actor: Actor) -> bool:
    """Tell whether a step is the act of an author whose name must not stand in the record."""
    return not suggestion.is_named and name in AUTHOR_STEPS and not actor.is_system


def act(
    suggestion: Suggestion,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of the author known to the keeper, without leaving the name; raises as the flow does."""
    FLOW.check_possible(suggestion, name, actor, version)
    with untraced():
        FLOW.fire(suggestion, name, SYSTEM, version=version, note=note, data=data)


def fire(
    suggestion: Suggestion,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step; what the author of an unsigned one does is kept as the system's, without a trace of the request."""
    given = actions.prepared(suggestion, name, actor, data or {})
    if acts_hidden(suggestion, name, actor):
        act(suggestion, name, actor=actor, version=version, note=note, data=given)
    else:
        FLOW.fire(suggestion, name, actor, version=version, note=note, data=given)
    actions.follow(suggestion, name, given)


def of_code(code: str) -> Suggestion:
    """Return the suggestion of a receipt code; raises NotVisible for a wrong one."""
    found = queries.by_receipt(hash_of(code))
    if found is None:
        raise NotVisible("suggestion:no-such-code")
    return found


def act_by_code(code: str, name: str, *, data: Mapping[str, Any], note: str = "") -> Suggestion:
    """Do a step of the author who holds the receipt code; raises NotVisible, and as the flow does."""
    suggestion = of_code(code)
    if name not in AUTHOR_STEPS:
        raise Denied("core:denied", what=FLOW.step(name).label, who=author.ask(suggestion))
    given = actions.prepared(suggestion, name, SYSTEM, data)
    with untraced():
        FLOW.fire(suggestion, name, SYSTEM, version=None, note=note, data=given)
        actions.index(suggestion)
    return suggestion


def reveal(suggestion: Suggestion, *, actor: Actor) -> str:
    """Return, to the keeper alone, who wrote a suggestion; that it was looked up is recorded without the name.

    Raises Denied for everybody else, NotVisible where nobody knows.
    """
    if actor.id is None or actor.id != rules_of.keeper_id():
        raise Denied("core:denied", what=lazy("查看署名"), who=keeper_name())
    row = session.get(SuggestionAuthor, suggestion.id)
    if row is None:
        raise NotVisible
    timeline.record(SUGGESTION, suggestion.id, "suggestion:reveal", actor)
    return directory().people([row.user_id])[row.user_id].name


def keeper_name() -> str:
    """Return the name of the keeper, an empty text where there is none."""
    person = rules_of.keeper_id()
    found = directory().people([person]).get(person) if person is not None else None
    return found.name if found is not None else ""

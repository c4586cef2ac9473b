"""Resolutions typed in another form, a few rows of it: in the answer to a report, in the minutes of a meeting."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.errors import Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor
from app.features.people.queries import active_people
from app.features.resolutions.actions import ResolutionValues, open_resolution
from app.features.resolutions.models import Resolution
from app.web.forms import ChoiceField, DateField, LongTextField

LONGEST = 500
FIELDS = ("text", "responsible_id", "due_on")


def name_of(field: str, row: int) -> str:
    """Return the name of a field of a row in the form that holds it."""
    return f"resolution_{row}_{field}"


def fields(actor: Actor, rows: int) -> dict[str, Any]:
    """Return the fields of so many rows by their names, none of them required."""
    people = active_people(exclude=actor.id)
    found: dict[str, Any] = {}
    for row in range(1, rows + 1):
        found[name_of("text", row)] = LongTextField(lazy("决议"), longest=LONGEST)
        found[name_of("responsible_id", row)] = ChoiceField(lazy("落实人"), coerce=int, choices=people)
        found[name_of("due_on", row)] = DateField(lazy("期限"))
    return found


def typed(values: Mapping[str, Any]) -> list[tuple[int, ResolutionValues]]:
    """Return the rows in which something was typed, each with its number."""
    found = []
    row = 1
    while name_of("text", row) in values:
        text, person, day = (values.get(name_of(field, row)) for field in FIELDS)
        if text or person or day:
            found.append((row, ResolutionValues(text or "", person, day)))
        row += 1
    return found


def open_all(values: Mapping[str, Any], *, actor: Actor, doc_type: str, doc_id: int) -> Sequence[Resolution]:
    """Open what was typed in the rows of a form, as what came of a document; raises Invalid at the fields."""
    made, faults = [], dict[str, LazyText | str]()
    for row, wanted in typed(values):
        try:
            made.append(open_resolution(actor=actor, values=wanted, doc_type=doc_type, doc_id=doc_id))
        except Invalid as problem:
            faults |= {name_of(field, row): said for field, said in problem.fields.items()}
    if faults:
        raise Invalid(fields=faults)
    return made

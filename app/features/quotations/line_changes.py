"""What a saving changed in the lines of a quotation, told apart without spelling out the lines that stayed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any

from app.core import timeline
from app.features.quotations.models import QuotationLine, QuotationRevision

# The fields of a line whose change the timeline tells.
TOLD_FIELDS = (
    "name",
    "brand",
    "model",
    "spec",
    "unit",
    "quantity",
    "unit_price",
    "tax_rate",
    "lead_time_days",
    "unmatched_code",
    "note",
)


def line_facts(revision: QuotationRevision) -> dict[int, tuple[Any, ...]]:
    """Return what a change of each line is told by, in the order of TOLD_FIELDS, by its position."""
    return {line.position: told(line) for line in revision.lines}


_fields_of, _attributes_of = itemgetter(*TOLD_FIELDS), attrgetter(*TOLD_FIELDS)


def told(line: QuotationLine) -> tuple[Any, ...]:
    """Return the told fields of a line; past its attributes where all of them are there, as after a reading."""
    try:
        return _fields_of(vars(line))
    except KeyError:
        return _attributes_of(line)


def line_changes(
    before: Mapping[int, tuple[Any, ...]], after: Mapping[int, tuple[Any, ...]]
) -> list[list[str]]:
    """Return the fields in which lines differ, each as "position/field" with its old and new text."""
    places = [place for place in {**before, **after} if before.get(place) != after.get(place)]
    return timeline.diff(*(facts_of_places(facts, places) for facts in (before, after)))


def facts_of_places(facts: Mapping[int, tuple[Any, ...]], places: Sequence[int]) -> dict[str, Any]:
    """Return the facts of the lines at some positions by "position/field", numbers without needless zeros."""
    return {
        # empty ones too, so that what is filled in later stands at its line
        f"{place}/{name}": f"{value.normalize():f}" if isinstance(value, Decimal) else value
        for place in places
        for name, value in zip(TOLD_FIELDS, facts.get(place, ()), strict=False)
    }

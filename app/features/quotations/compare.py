"""In what two revisions of a quotation differ: head and terms, lines matched by where they come from, the total.

A difference holds enough to make the later revision of the earlier one again; it is no picture of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from app.core.moves import rising
from app.features.quotations import matching
from app.features.quotations.actions import HEAD_FIELDS
from app.features.quotations.enums import LineKind
from app.features.quotations.models import QuotationRevision

ENTITY = "legal_entity"
COMPARED_HEAD = (ENTITY, *HEAD_FIELDS)
COMPARED_LINE = (
    "kind",
    "name",
    "brand",
    "model",
    "spec",
    "unit",
    "quantity",
    "unit_price",
    "amount",
    "tax_rate",
    "lead_time_days",
    "note",
    "floor_reason",
)
SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"

Value = str | int | Decimal | date | None


@dataclass(frozen=True)
class Line:
    """A line as it is compared: its values by COMPARED_LINE, and the marks by which it is known."""

    values: Mapping[str, Value]
    origin: str = ""
    inquiry_line_id: int | None = None

    @property
    def kind(self) -> str:
        """Item, heading or option."""
        return str(self.values["kind"])

    @property
    def name(self) -> str:
        """The name."""
        return str(self.values["name"])

    @property
    def model(self) -> str:
        """The model."""
        return str(self.values["model"])


@dataclass(frozen=True)
class Content:
    """A revision as it is compared; ``total`` is tax-included, in yuan."""

    head: Mapping[str, Value]
    lines: tuple[Line, ...]
    total: Decimal


@dataclass(frozen=True)
class Change:
    """A field with its value before and after."""

    field: str
    old: Value
    new: Value


@dataclass(frozen=True)
class LineDifference:
    """What became of a line: same, changed, added or removed; places are counted from 0, None where it is not.

    ``moved`` tells that it passed another line that stayed, not that lines before it came or went.
    """

    state: str
    old_place: int | None
    new_place: int | None
    line: Line
    changes: tuple[Change, ...] = ()
    moved: bool = False


@dataclass(frozen=True)
class Difference:
    """All that differs. ``lines`` holds every line, those removed where they stood."""

    head: tuple[Change, ...]
    lines: tuple[LineDifference, ...]
    old_total: Decimal
    new_total: Decimal
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """By how much the total rose, in yuan; negative where it fell."""
        return self.new_total - self.old_total

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.head and all(item.state == SAME and not item.moved for item in self.lines)


def content_of(revision: QuotationRevision) -> Content:
    """Return a revision as it is compared, from its stored lines: none of them changes once it is approved."""
    head: dict[str, Value] = {name: getattr(revision, name) for name in HEAD_FIELDS}
    head[ENTITY] = revision.legal_entity.name
    lines = tuple(
        Line({name: getattr(line, name) for name in COMPARED_LINE}, line.origin, line.inquiry_line_id)
        for line in revision.lines
    )
    return Content(head, lines, revision.total)


def changes_between(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[Change, ...]:
    """Return the fields in which two mappings of the same keys differ."""
    return tuple(Change(name, before[name], after[name]) for name in after if before[name] != after[name])


def difference(before: Content, after: Content) -> Difference:
    """Return what makes ``after`` of ``before``; lines keep the order of ``after``, removed ones follow their elder."""
    partner = {new: old for old, new in matching.pairs(before.lines, after.lines)}
    stayed = rising([partner[new] for new in sorted(partner)])
    items: list[LineDifference] = []
    for place, line in enumerate(after.lines):
        old = partner.get(place)
        if old is None:
            items.append(LineDifference(ADDED, None, place, line))
            continue
        changes = changes_between(before.lines[old].values, line.values)
        state = CHANGED if changes else SAME
        items.append(LineDifference(state, old, place, line, changes, old not in stayed))
    for old, line in enumerate(before.lines):
        if old not in partner.values():
            items.insert(place_of_removed(items, old), LineDifference(REMOVED, old, None, line))
    counts = {state: sum(item.state == state for item in items) for state in (CHANGED, ADDED, REMOVED)}
    return Difference(
        changes_between(before.head, after.head), tuple(items), before.total, after.total, counts
    )


def place_of_removed(items: Sequence[LineDifference], old: int) -> int:
    """Return where a removed line is shown: behind the line that stood before it."""
    for place in range(len(items) - 1, -1, -1):
        stood = items[place].old_place
        if stood is not None and stood < old:
            return place + 1
    return 0


def apply(found: Difference, before: Content) -> Content:
    """Return the content that a difference makes of the earlier one (what proves that nothing is left out)."""
    head = {**before.head, **{change.field: change.new for change in found.head}}
    lines: list[Line] = []
    for item in found.lines:
        if item.state == REMOVED:
            continue
        if item.old_place is None:
            lines.append(item.line)
            continue
        old = before.lines[item.old_place]
        lines.append(replace(old, values={**old.values, **{each.field: each.new for each in item.changes}}))
    return Content(head, tuple(lines), before.total + found.total)


def is_figure(line: Line) -> bool:
    """Tell whether a line has figures at all: a heading has none."""
    return line.kind != LineKind.HEADING

"""A structure on a day, then, now or planned: its boxes in the order of a tree, and how two structures differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.features.directory import queries
from app.features.directory.enums import Change, HolderKind
from app.features.directory.models import (
    PlannedPosition,
    PositionHolder,
    PositionTerm,
    StructurePlan,
)
from app.features.people.models import User

Named = tuple[tuple[int, str], ...]


class People(NamedTuple):
    """Who is in a position on a day, each as (user id, name)."""

    holders: Named = ()
    deputies: Named = ()
    successors: Named = ()


NOBODY = People()


@dataclass(frozen=True)
class Box:
    """A position in a structure: who is in it, how many places it has, and what a plan did to it.

    ``holders``, ``deputies`` and ``successors`` are (user id, name).
    """

    position_id: int
    title: str
    department_id: int | None
    department: str
    reports_to_id: int | None
    places: int
    holders: Named = ()
    deputies: Named = ()
    successors: Named = ()
    change: Change | None = None

    @property
    def vacant(self) -> int:
        """How many places nobody holds."""
        return max(self.places - len(self.holders), 0)

    @property
    def backed(self) -> bool:
        """Whether somebody stands ready for it: a deputy, a successor, or a second holder."""
        return bool(self.deputies or self.successors or len(self.holders) > 1)

    def compared(self) -> tuple[object, ...]:
        """Return what makes it another box where two structures are compared; people come and go by themselves."""
        return (self.title, self.department_id, self.reports_to_id, self.places)


@dataclass(frozen=True)
class Structure:
    """All boxes of a day by their position; ``day`` is the one asked for, of a plan its own.

    ``touched`` are the positions a plan says something of, those that fall away among them.
    """

    day: date
    boxes: Mapping[int, Box]
    plan: StructurePlan | None = None
    touched: frozenset[int] = frozenset()
    children: Mapping[int | None, Sequence[Box]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the boxes below those they report to; whose superior is not there stands at the top."""
        below: dict[int | None, list[Box]] = {}
        for box in sorted(self.boxes.values(), key=lambda one: one.position_id):
            above = box.reports_to_id if box.reports_to_id in self.boxes else None
            below.setdefault(above, []).append(box)
        object.__setattr__(self, "children", below)

    def in_order(self) -> list[tuple[Box, int]]:
        """Return each box once with its depth, superiors first; boxes in a circle come last, at the top."""
        found: list[tuple[Box, int]] = []
        seen: set[int] = set()

        def add(box: Box, depth: int) -> None:
            if box.position_id in seen:
                return
            seen.add(box.position_id)
            found.append((box, depth))
            for child in self.children.get(box.position_id, ()):
                add(child, depth + 1)

        for box in (*self.children.get(None, ()), *self.boxes.values()):
            add(box, 0)
        return found

    def leads(self, box: Box) -> bool:
        """Tell whether others report to a box."""
        return bool(self.children.get(box.position_id))

    def gaps(self) -> list[Box]:
        """Return the positions with others below them for which nobody stands ready 断层."""
        return [box for box, _depth in self.in_order() if self.leads(box) and not box.backed]

    def in_circle(self) -> list[Box]:
        """Return the boxes that report to themselves by way of others."""
        return [box for box in self.boxes.values() if self._comes_back(box)]

    def _comes_back(self, box: Box) -> bool:
        seen: set[int] = set()
        above = box.reports_to_id
        while above is not None and above in self.boxes and above not in seen:
            if above == box.position_id:
                return True
            seen.add(above)
            above = self.boxes[above].reports_to_id
        return False


@dataclass(frozen=True)
class Difference:
    """A position that is not the same in two structures: ``box`` is what it is now, of what falls away what it was.

    ``before`` or ``after`` is None where it is not there.
    """

    kind: Change
    box: Box
    before: Box | None = None
    after: Box | None = None


def on(day: date, plan: StructurePlan | None = None) -> Structure:
    """Return the structure of a day; with a plan the structure of the plan's own day as it would be then.

    Two statements, one more for a plan, however many positions there are.
    """
    return planned(plan)[1] if plan is not None else Structure(day, _boxes(day, _people(day)))


def planned(plan: StructurePlan) -> tuple[Structure, Structure]:
    """Return the structure of a plan's day without the plan, and with it."""
    people, departments = _people(plan.day), queries.department_names()
    before = _boxes(plan.day, people)
    boxes, rows = dict(before), queries.planned_of(plan.id)
    for row in rows:
        old = boxes.pop(row.position_id, None)
        if row.falls_away:
            continue
        box = planned_box(row, departments, people.get(row.position_id, NOBODY))
        changed = old is None or old.compared() != box.compared()
        kind = None if not changed else (Change.ADDED if old is None else Change.CHANGED)
        boxes[row.position_id] = replace(box, change=kind)
    touched = frozenset(row.position_id for row in rows)
    return Structure(plan.day, before), Structure(plan.day, boxes, plan, touched)


def _boxes(day: date, people: Mapping[int, People]) -> dict[int, Box]:
    departments = queries.department_names()
    rows = session.execute(
        select(
            PositionTerm.position_id,
            PositionTerm.title,
            PositionTerm.department_id,
            PositionTerm.reports_to_id,
            PositionTerm.places,
        )
        .where(queries.holds_on(PositionTerm, day))
        .order_by(PositionTerm.position_id)
    )
    return {
        row.position_id: Box(
            row.position_id,
            row.title,
            row.department_id,
            departments.get(row.department_id or 0, ""),
            row.reports_to_id,
            row.places,
            *people.get(row.position_id, NOBODY),
        )
        for row in rows
    }


def planned_box(row: PlannedPosition, departments: Mapping[int, str], people: People) -> Box:
    """Return the box a plan makes of a position."""
    return Box(
        row.position_id,
        row.title,
        row.department_id,
        departments.get(row.department_id or 0, ""),
        row.reports_to_id,
        row.places,
        *people,
    )


def _people(day: date) -> dict[int, People]:
    """Return who is in each position on a day; of days to come those who still work here."""
    statement = (
        select(PositionHolder.position_id, PositionHolder.kind, User.id, User.name)
        .join(User, User.id == PositionHolder.user_id)
        .where(queries.holds_on(PositionHolder, day))
        .order_by(PositionHolder.from_date, PositionHolder.id)
    )
    if day >= clock.today():
        statement = statement.where(User.active)
    grouped: dict[int, dict[str, list[tuple[int, str]]]] = {}
    for row in session.execute(statement):
        grouped.setdefault(row.position_id, {}).setdefault(row.kind, []).append((row.id, row.name))
    return {
        position_id: People(*(tuple(own.get(kind, ())) for kind in HolderKind))
        for position_id, own in grouped.items()
    }


def compare(before: Structure, after: Structure) -> list[Difference]:
    """Return how two structures differ, in the order of the later one, what falls away last."""
    found = []
    for box, _depth in after.in_order():
        old = before.boxes.get(box.position_id)
        if old is None:
            found.append(Difference(Change.ADDED, box, after=box))
        elif old.compared() != box.compared():
            found.append(Difference(Change.CHANGED, box, old, box))
    gone = [box for box, _depth in before.in_order() if box.position_id not in after.boxes]
    return [*found, *(Difference(Change.REMOVED, box, before=box) for box in gone)]

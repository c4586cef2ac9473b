"""Who is ready for the next level: what its plans ask for against what each person has had, passed and earned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import session
from app.features.curriculum import points, queries
from app.features.curriculum.models import CareerLevel, CurriculumItem
from app.features.curriculum.points import Points
from app.features.people.models import User


@dataclass(frozen=True)
class ItemProgress:
    """How far a person is with one part of a plan; ``passed`` None where it asks for no test."""

    item: CurriculumItem
    had: int
    passed: bool | None

    @property
    def is_done(self) -> bool:
        """Whether all that the part asks for is there."""
        return self.had >= self.item.sessions_needed and self.passed is not False


@dataclass(frozen=True)
class Progress:
    """Where a person stands, which level comes next (None for the highest), and how far they are with it."""

    person: User
    level: CareerLevel | None
    next: CareerLevel | None
    items: tuple[ItemProgress, ...]
    earned: Points

    @property
    def points(self) -> int:
        """The points of the running period."""
        return self.earned.total

    @property
    def done(self) -> int:
        """How many parts are done."""
        return sum(item.is_done for item in self.items)

    @property
    def has_points(self) -> bool:
        """Whether the points of the running period are enough for the next level."""
        return self.next is None or self.points >= self.next.points_needed

    @property
    def is_ready(self) -> bool:
        """Whether the next level may be spoken of: it asks for something, and all of it is done."""
        asks = bool(self.items) or (self.next is not None and self.next.points_needed > 0)
        return self.next is not None and asks and self.has_points and self.done == len(self.items)


def progress_of(people: Sequence[User]) -> list[Progress]:
    """Return how far people are on the way to their next level, by a constant number of statements."""
    return progress_with(people, queries.levels(active_only=False), queries.asked_items())


def progress_with(
    people: Sequence[User], known: Sequence[CareerLevel], asked: Mapping[int, Sequence[CurriculumItem]]
) -> list[Progress]:
    """Return the same, given all levels from the lowest up and what each asks for in the present stage."""
    ids = [person.id for person in people]
    place = queries.present_level().subquery()
    rows = session.execute(select(place.c.user_id, place.c.level_id).where(place.c.user_id.in_(ids)))
    standing = {row.user_id: row.level_id for row in rows}
    had, passed = queries.attended(ids), queries.passed_exams(ids)
    earned = points.points_of(ids, points.this_period())
    by_id = {level.id: level for level in known}
    found = []
    for person in people:
        level = by_id.get(standing.get(person.id, 0))
        rank = level.rank if level is not None else 0
        following = next((each for each in known if each.active and each.rank > rank), None)
        items = tuple(
            ItemProgress(
                item,
                had.get((person.id, item.subject_id), 0),
                None if item.exam_id is None else (person.id, item.exam_id) in passed,
            )
            for item in (asked.get(following.id, []) if following is not None else [])
        )
        found.append(Progress(person, level, following, items, earned.get(person.id, Points())))
    return found

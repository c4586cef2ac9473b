"""Meetings for tests: arranged, held and confirmed by actions and steps alone."""

from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.permissions import SYSTEM
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.meetings import actions, queries
from app.features.meetings.actions import MeetingValues, SeriesValues
from app.features.meetings.enums import MEETING
from app.features.meetings.models import Meeting
from app.features.people.models import User
from tests import factories


def arrange(who: User, *people: User, hours: float = 24, title: str = "产销协调会") -> int:
    """Arrange a meeting some hours from now and return its id."""
    with unit_of_work():
        values = MeetingValues(
            title, clock.now() + timedelta(hours=hours), 60, "二楼会议室", [row.id for row in people]
        )
        return actions.arrange(actor=factories.actor(who), values=values).id


def weekly(**changed: Any) -> SeriesValues:
    """A series every Wednesday at four, which nobody leads yet."""
    values = {
        "name": "销售技术碰头会",
        "rhythm": "weekly",
        "weekday": 3,
        "month_day": None,
        "time": "16:00",
        "minutes": 45,
        "place": "二楼",
        "chair_id": None,
        "people": (),
    }
    return SeriesValues(**{**values, **changed})


def load(number: int) -> Meeting:
    """A meeting as the system sees it."""
    return queries.get_meeting(SYSTEM, number)


def step(number: int, name: str, who: User, note: str = "", **data: Any) -> Meeting:
    """Do a step as somebody."""
    with unit_of_work():
        actions.fire(load(number), name, actor=factories.actor(who), version=None, note=note, data=data)
    return load(number)


def waiting(number: int) -> set[tuple[str, int | None]]:
    """Return the open tasks of a meeting, each with whose it is."""
    return {(task.kind, task.user_id) for task in open_tasks(MEETING, number)}

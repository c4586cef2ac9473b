"""Pairs for tests: offered and brought to a state by actions and steps alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, modules, settings
from app.core.db import session
from app.core.permissions import SYSTEM, Actor, Role
from app.core.uow import unit_of_work
from app.features.mentoring import actions, queries
from app.features.mentoring.actions import PairValues
from app.features.mentoring.models import MentorPair, MentorWeek, monday_of
from app.features.people.models import User
from tests import factories

SIDES = ("mentor", "pupil")


@dataclass
class School:
    """Who arranges, who teaches, who learns, who works elsewhere."""

    manager: User
    leader: User
    personnel: User
    mentor: User
    pupil: User
    keeper: User

    def actor(self, name: str) -> Actor:
        """Return one of them as who acts now."""
        return factories.actor(getattr(self, name))


def school() -> School:
    """Make the people, or return those of an earlier example."""
    known = {row.staff_number: row for row in session.execute(select(User)).unique().scalars()}
    if known:
        return School(*(known[number] for number in ("m1", "l1", "h1", "s1", "s2", "w1")))
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    sales, store = factories.department("销售部"), factories.department("仓库")
    return School(
        factories.user("王经理", "m1", sales, [Role.MANAGER]),
        factories.user("刘总", "l1", None, [Role.LEADER]),
        factories.user("韩梅", "h1", None, [Role.PEOPLE]),
        factories.user("周文静", "s1", sales, [Role.SALESPERSON]),
        factories.user("陈志远", "s2", sales, [Role.SALESPERSON]),
        factories.user("马国强", "w1", store, [Role.WAREHOUSE]),
    )


def values(school: School, days: int = 80, **changed: Any) -> PairValues:
    """Return a pair of mentor and pupil from today on."""
    said: dict[str, Any] = {
        "mentor_id": school.mentor.id,
        "pupil_id": school.pupil.id,
        "starts_on": clock.today(),
        "ends_on": clock.today() + timedelta(days=days),
        "goals": "独立完成一次泵的选型报价",
    }
    return PairValues(**{**said, **changed})


def offered(school: School, who: str = "manager", days: int = 80, **changed: Any) -> int:
    """Offer a pair and return its id."""
    with unit_of_work():
        return actions.offer(actor=school.actor(who), values=values(school, days, **changed)).id


def running(school: School, days: int = 80) -> int:
    """Offer a pair that both accept."""
    number = offered(school, days=days)
    for side in SIDES:
        step(school, number, "accept", side)
    return number


def reviewed(school: School, days: int = 80) -> int:
    """Return a pair that both sides are to rate."""
    number = running(school, days)
    step(school, number, "mid", "manager", mid_text="选型已会，报价要练")
    step(school, number, "finish", "manager")
    return number


def load(number: int) -> MentorPair:
    """A pair as the system sees it."""
    return queries.get_pair(SYSTEM, number)


def step(school: School, number: int, name: str, who: str, note: str = "", **data: Any) -> MentorPair:
    """Do a step as one of the people."""
    with unit_of_work():
        actions.fire(load(number), name, actor=school.actor(who), version=None, note=note, data=data)
    return load(number)


def week_of(row: MentorPair, day: date) -> MentorWeek:
    """The week of a day."""
    return next(week for week in row.weeks if week.first_day == monday_of(day))


def note(school: School, number: int, day: date, who: str = "mentor", text: str = "练了选型") -> None:
    """Write the note of the week of a day."""
    with unit_of_work():
        row = load(number)
        actions.write_note(row, week_of(row, day), actor=school.actor(who), version=None, text=text)


def answer(school: School, number: int, day: date, who: str = "pupil", text: str = "会看性能曲线了") -> None:
    """Write the pupil's line to the week of a day."""
    with unit_of_work():
        row = load(number)
        actions.write_answer(row, week_of(row, day), actor=school.actor(who), version=None, text=text)

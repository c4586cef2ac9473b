"""What the tests of activities start from: colleagues, head, personnel, finance; activities in a state."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.activities import actions, queries
from app.features.activities.actions import ActivityValues
from app.features.activities.models import Activity
from app.features.people.models import User
from tests import factories

DAY = timedelta(days=1)
OPTIONS = ("太湖骑行", "羽毛球赛", "读书会")


@dataclass
class Desk:
    """The people of a test; ``people`` are four colleagues besides."""

    owner: User
    head: User
    personnel: User
    finance: User
    leader: User
    people: list[User]


def build() -> Desk:
    """Everybody an activity needs."""
    department = factories.department("销售部")
    return Desk(
        owner=factories.user("周文静", "s1", department, [Role.SALESPERSON]),
        head=factories.user("王建国", "m1", department, [Role.MANAGER]),
        personnel=factories.user("韩梅", "h1", None, [Role.PEOPLE]),
        finance=factories.user("冯丽", "f1", None, [Role.FINANCE]),
        leader=factories.user("刘振华", "l1", None, [Role.LEADER]),
        people=[
            factories.user(f"同事{number}", f"c{number}", department, [Role.SALESPERSON])
            for number in range(1, 5)
        ],
    )


def propose(desk: Desk, options: tuple[str, ...] = OPTIONS, **values: Any) -> Activity:
    """An activity with something to choose from."""
    with unit_of_work():
        plain = {"title": "秋游", "purpose": "一起走走", "options": options}
        return actions.propose(
            actor=factories.actor(desk.owner), values=ActivityValues(**{**plain, **values})
        )


def fire(activity: Activity, step: str, who: User, note: str = "", **data: Any) -> Activity:
    """Do a step of an activity."""
    with unit_of_work():
        actor = factories.actor(who)
        row = queries.get_activity(actor, activity.id)
        actions.fire(row, step, actor=actor, version=row.version, note=note, data=data)
    return row


def voting(desk: Desk) -> Activity:
    """An activity that is voted on for two days."""
    return fire(propose(desk), "open_vote", desk.owner, vote_until=clock.now() + 2 * DAY)


def approved(desk: Desk, budget: Decimal = Decimal("1000.00")) -> Activity:
    """An activity that needed no vote."""
    return fire(propose(desk, ()), "approve", desk.head, budget=budget)


def arrangement(**values: Any) -> dict[str, Any]:
    """Where and when: in three days, with two seats."""
    begin = clock.now() + 3 * DAY
    plain = {
        "place": "太湖",
        "starts_at": begin,
        "ends_at": begin + timedelta(hours=8),
        "enrol_until": begin - DAY,
        "capacity": 2,
        "companions": 2,
    }
    return {**plain, **values}


def enrolling(desk: Desk, **values: Any) -> Activity:
    """An activity people enrol in."""
    return fire(approved(desk), "open_enrolment", desk.owner, **arrangement(**values))


def enrol(activity: Activity, who: User, companions: int = 0) -> str:
    """Enrol somebody and return how they stand."""
    with unit_of_work():
        actor = factories.actor(who)
        row = queries.get_activity(actor, activity.id)
        return actions.enrol(row, actor=actor, companions=companions).status


def withdraw(activity: Activity, who: User) -> None:
    """Let somebody give their seat back."""
    with unit_of_work():
        actor = factories.actor(who)
        actions.withdraw(queries.get_activity(actor, activity.id), actor=actor)


def vote(activity: Activity, who: User, option: int) -> None:
    """Let somebody vote for the option at a place, 0 the first."""
    with unit_of_work():
        actor = factories.actor(who)
        row = queries.get_activity(actor, activity.id)
        option_id = queries.options_of(row.id)[option].id
        actions.vote(row, actor=actor, option_id=option_id)


def states(activity: Activity) -> dict[str, str]:
    """Return how everybody stands, by name."""
    return {place.user.name: place.status for place in queries.places_of(activity.id)}

"""What the tests of training start from: H, a head, a chair, people of two departments, sessions in any state."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core import clock, modules, settings
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.people.models import Department, User
from app.features.training import actions, queries, seats, signing_in
from app.features.training.actions import SessionValues
from app.features.training.enums import Attendance, Presence
from app.features.training.models import TrainingSession
from app.features.training.signing_in import RollCall
from tests import factories


@dataclass
class Desk:
    """The people of a test; ``people`` are five salespeople."""

    department: Department
    elsewhere: Department
    personnel: User
    head: User
    chair: User
    leader: User
    stranger: User
    people: list[User]


def build() -> Desk:
    """A sales department with its head, a chair and five salespeople; H, the leader and a stranger elsewhere."""
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    department, elsewhere = factories.department("销售部"), factories.department("人事部")
    return Desk(
        department,
        elsewhere,
        factories.user("韩梅", "h1", elsewhere, [Role.PEOPLE]),
        factories.user("王建国", "m1", department, [Role.MANAGER]),
        factories.user("李工", "t1", department, [Role.TECHNICAL]),
        factories.user("刘总", "l1", elsewhere, [Role.LEADER]),
        factories.user("赵敏", "p1", elsewhere, [Role.PURCHASING]),
        [
            factories.user(f"销售{place}", f"s{place}", department, [Role.SALESPERSON])
            for place in range(1, 6)
        ],
    )


def values(desk: Desk, **given: Any) -> SessionValues:
    """A session tomorrow for an hour, led by the chair, open to everybody."""
    start: datetime = given.pop("starts_at", clock.now() + timedelta(days=1))
    plain = {
        "title": "球阀选型",
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "chair_id": desk.chair.id,
        "department_id": desk.department.id,
        "place": "二楼会议室",
    }
    return SessionValues(**{**plain, **given})


def plan(desk: Desk, who: User | None = None, **given: Any) -> TrainingSession:
    with unit_of_work():
        return actions.plan(actor=factories.actor(who or desk.head), values=values(desk, **given))


def fire(row: TrainingSession, step: str, who: User, note: str = "", **data: Any) -> TrainingSession:
    """A step done by a person, with the version as it stands."""
    actor = factories.actor(who)
    with unit_of_work():
        found = queries.get_session(actor, row.id)
        actions.fire(found, step, actor=actor, version=found.version, note=note, data=data or None)
    return found


def announced(desk: Desk, **given: Any) -> TrainingSession:
    return fire(plan(desk, **given), "announce", desk.head)


def enrol(row: TrainingSession, who: User) -> str:
    """Enrol and return the state it led to."""
    with unit_of_work():
        return seats.enrol(row, actor=factories.actor(who)).status


def withdraw(row: TrainingSession, who: User) -> None:
    with unit_of_work():
        seats.withdraw(row, actor=factories.actor(who))


def ask_leave(row: TrainingSession, who: User, reason: str = "去客户那里") -> None:
    with unit_of_work():
        seats.ask_leave(row, actor=factories.actor(who), reason=reason)


def answer_leave(row: TrainingSession, who: User, by: User, granted: bool = True, note: str = "") -> None:
    person = queries.person_of(row, who.id)
    assert person is not None
    with unit_of_work():
        seats.answer_leave(row, person, actor=factories.actor(by), granted=granted, note=note)


def call_roll(row: TrainingSession, by: User, *there: User, **besides: Any) -> None:
    """Say that these were there, and nobody else."""
    numbers = {}
    for who in there:
        person = queries.person_of(row, who.id)
        assert person is not None
        numbers[person.id] = Presence.PRESENT
    with unit_of_work():
        signing_in.call_roll(
            row,
            actor=factories.actor(by),
            version=None,
            roll=RollCall({**numbers, **besides.pop("present", {})}, besides.pop("walk_in_id", None)),
            **besides,
        )


def required(desk: Desk, **given: Any) -> TrainingSession:
    """An announced session to which all of the department must come."""
    return announced(desk, **{"attendance": Attendance.REQUIRED, "audience": [desk.department.id], **given})


def states(row: TrainingSession, *people: User) -> list[str]:
    """The states of people's parts, an empty text for none."""
    found = [queries.person_of(row, who.id) for who in people]
    return [person.status if person is not None else "" for person in found]

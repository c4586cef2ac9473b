"""What the tests of the structure start from: personnel, a leader, a colleague, two positions one above the other."""

from dataclasses import dataclass
from datetime import date

from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.directory import actions, queries
from app.features.directory.actions import PositionValues
from app.features.directory.models import Position, StructurePlan
from app.features.people.models import Department, User
from tests import factories

BEGIN = date(2026, 1, 1)
PLANNED = date(2027, 3, 1)


@dataclass
class Desk:
    """People of a test with the positions of head and salesperson."""

    department: Department
    personnel: User
    leader: User
    colleague: User
    head: Position
    seller: Position


def build() -> Desk:
    """Personnel, a leader and a salesperson; a head with a position of two places below it."""
    department = factories.department("销售部")
    personnel = factories.user("韩梅", "h1", None, [Role.PEOPLE])
    leader = factories.user("刘振华", "l1", None, [Role.LEADER])
    colleague = factories.user("周文静", "s1", department, [Role.SALESPERSON], phone="139-0000-0004")
    with unit_of_work():
        actor = factories.actor(personnel)
        head = actions.create_position(
            actor=actor, values=PositionValues("销售经理", department.id), from_date=BEGIN
        )
        seller = actions.create_position(
            actor=actor,
            values=PositionValues("销售员", department.id, head.id, places=2),
            from_date=BEGIN,
        )
    return Desk(department, personnel, leader, colleague, head, seller)


def plan(desk: Desk, title: str = "二期架构") -> StructurePlan:
    """A draft that adds a position below the head."""
    with unit_of_work():
        actor = factories.actor(desk.personnel)
        made = actions.draft_plan(actor=actor, title=title, day=PLANNED, note="先试一个区域")
        actions.plan_position(
            made, None, actor=actor, version=None, values=PositionValues("售前工程师", None, desk.head.id, 3)
        )
    return made


def fire(row: StructurePlan, step: str, who: User, note: str = "") -> None:
    """Do a step of a plan."""
    with unit_of_work():
        actor = factories.actor(who)
        actions.fire(queries.get_plan(actor, row.id), step, actor=actor, version=None, note=note)

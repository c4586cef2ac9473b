"""A department with people and a rule for the tests of rules."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.core.files import CheckedFile, check_upload
from app.core.permissions import SYSTEM, Actor, Role
from app.core.uow import unit_of_work
from app.features.people.models import Department, User
from app.features.rules import actions, editing, queries
from app.features.rules.actions import VersionValues
from app.features.rules.clause_text import paragraphs
from app.features.rules.enums import NumberStyle
from app.features.rules.flow import FLOW
from app.features.rules.models import RuleVersion
from app.features.rules.outline import OutlineRow
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
ROWS = (
    OutlineRow(1, NumberStyle.CHAPTER, "总则"),
    OutlineRow(2, NumberStyle.ARTICLE, body=paragraphs(["车辆由专人负责。"])),
    OutlineRow(2, NumberStyle.ARTICLE, body=paragraphs(["用车须提前预约。"])),
    OutlineRow(1, NumberStyle.CHAPTER, "附则"),
    OutlineRow(2, NumberStyle.ARTICLE, body=paragraphs(["本办法由综合办公室解释。"])),
)


@dataclass
class Desk:
    """The people of the tests: who drafts, decides, reads, and who works elsewhere."""

    department: Department
    elsewhere: Department
    manager: User
    leader: User
    reader: User
    colleague: User
    other: User

    def actor(self, name: str) -> Actor:
        """Return one of them as who acts now."""
        return factories.actor(getattr(self, name))


def desk() -> Desk:
    """Make the people."""
    department, elsewhere = factories.department("销售部"), factories.department("仓库")
    return Desk(
        department,
        elsewhere,
        factories.user("马经理", "m1", department, [Role.MANAGER]),
        factories.user("刘总", "l1", None, [Role.LEADER]),
        factories.user("孙晓", "s1", department, [Role.SALESPERSON]),
        factories.user("周静", "s2", department, [Role.SALESPERSON]),
        factories.user("马仓库", "w1", elsewhere, [Role.WAREHOUSE]),
    )


def values(on: Desk, **changed: Any) -> VersionValues:
    """Return a head."""
    head = {"title": "车辆管理办法", "category": "assets", "department_id": on.department.id}
    return VersionValues(**{**head, **changed})


def draft(on: Desk, rows: tuple[OutlineRow, ...] = ROWS, **changed: Any) -> int:
    """Begin a rule with some clauses and return the id of its draft."""
    with unit_of_work():
        version = actions.start_rule(actor=on.actor("manager"), values=values(on, **changed))
        editing.append_rows(version, rows)
        return version.id


def load(version_id: int) -> RuleVersion:
    """Return a version as the system sees it."""
    return queries.get_version(SYSTEM, version_id)


def step(on: Desk, version_id: int, name: str, who: str, note: str = "", **data: Any) -> None:
    """Do a step as one of the people."""
    with unit_of_work():
        FLOW.fire(load(version_id), name, on.actor(who), version=None, note=note, data=data)


def approve(on: Desk, version_id: int, day: date | None = None, *, material: bool = True) -> None:
    """Submit and approve a draft, in force from a day (today)."""
    step(on, version_id, "submit", "manager")
    approve_submitted(on, version_id, day, material=material)


def approve_submitted(on: Desk, version_id: int, day: date | None = None, *, material: bool = True) -> None:
    """Approve what was submitted, in force from a day (today)."""
    step(on, version_id, "approve", "leader", effective_on=day or clock.today(), material=material)


def published(on: Desk, day: date | None = None, **changed: Any) -> int:
    """Return a rule in force from a day on (today)."""
    version_id = draft(on, **changed)
    approve(on, version_id, day)
    return version_id


def revised(
    on: Desk, version_id: int, day: date | None = None, *, material: bool = True, text: str = "新增一条。"
) -> int:
    """Begin a new version of a published rule with one clause more, and approve it."""
    new = begun_again(on, version_id)
    with unit_of_work():
        editing.append_rows(load(new), [OutlineRow(2, NumberStyle.ARTICLE, body=paragraphs([text]))])
    approve(on, new, day, material=material)
    return new


def begun_again(on: Desk, version_id: int) -> int:
    """Begin a new version of a published rule and return its id."""
    with unit_of_work():
        return actions.start_version(load(version_id).rule, actor=on.actor("manager")).id


def tomorrow(days: int = 1) -> date:
    """Return a day to come."""
    return clock.today() + timedelta(days=days)


def picture() -> CheckedFile:
    """Return a checked upload."""
    return check_upload("sheet.png", io.BytesIO(PNG))

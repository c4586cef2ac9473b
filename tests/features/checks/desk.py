"""Checks of clauses for tests: recorded and brought to a state by actions and steps alone."""

from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.files import CheckedFile
from app.core.permissions import SYSTEM, Role
from app.core.uow import unit_of_work
from app.features.checks import actions, queries
from app.features.checks.actions import CheckValues
from app.features.checks.flow import FLOW
from app.features.checks.models import ClauseCheck
from app.features.people.models import User
from tests import factories
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


def personnel(desk: Desk) -> User:
    """The person for people and training, of another department."""
    return factories.user("韩梅", "h1", desk.elsewhere, [Role.PEOPLE])


def clause(version_id: int, cited: str = "第一条") -> int:
    """The identity of a clause by how it is cited."""
    return next(text.clause_id for text in rulebook.load(version_id).clauses if text.cited == cited)


def record(
    desk: Desk, clause_id: int, who: str = "manager", photo: CheckedFile | None = None, **changed: Any
) -> int:
    """Record a check and return its id; usually the manager finds that the reader did not keep the clause."""
    values = {
        "clause_id": clause_id,
        "result": "deviating",
        "note": "11 月 23 日下午，车钥匙放在桌上无人看管。",
        "subject_id": desk.reader.id,
    }
    with unit_of_work():
        return actions.record_check(
            actor=desk.actor(who), values=CheckValues(**{**values, **changed}), photo=photo
        ).id


def load(check_id: int) -> ClauseCheck:
    """A check as the system sees it."""
    return queries.get_check(SYSTEM, check_id)


def step(desk: Desk, check_id: int, name: str, who: str, **data: Any) -> ClauseCheck:
    """Do a step as one of the people."""
    with unit_of_work():
        FLOW.fire(load(check_id), name, desk.actor(who), version=None, data=data)
    return load(check_id)


def explained(desk: Desk, check_id: int, who: str = "reader") -> ClauseCheck:
    return step(desk, check_id, "explain", who, explanation="去接电话，忘了收好。")


def guided(desk: Desk, check_id: int) -> ClauseCheck:
    day = clock.today() + timedelta(days=7)
    return step(desk, check_id, "guide", "manager", agreed="钥匙随身或锁柜", look_again_on=day)

"""Supervision in the small company: bound clauses, and a check in each state that has a page of its own."""

from datetime import timedelta

from sqlalchemy import Select, select

from app.core import clock
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.checks import actions as checks
from app.features.checks.actions import CheckValues
from app.features.checks.flow import FLOW
from app.features.people.models import User
from app.features.rules.models import RuleVersion
from app.features.supervision import actions
from tests import factories
from tests.features.rules.rulebook import picture

TARGETS = ("flow:quotation", "rules-signed", "reviewed-before-printing")


def in_force() -> Select[RuleVersion]:
    """Return the SELECT of the rule on vehicles."""
    return select(RuleVersion).where(RuleVersion.title == "Vehicles", RuleVersion.status == "approved")


def supervision(accounts: dict[str, User]) -> None:
    """Bind the clauses of the rule on vehicles, and record three checks of a salesperson."""
    manager, person = factories.actor(accounts["m1"]), factories.actor(accounts["s1"])
    note, subject = "The key lay on the table.", accounts["s1"].id
    with unit_of_work():
        version = session.execute(in_force()).unique().scalar_one()
        clauses = [text.clause_id for text in version.clauses]
        for clause_id, target in zip(clauses, TARGETS, strict=True):
            actions.bind_clause(clause_id, actor=manager, target=target)
        made = [
            checks.record_check(
                actor=manager,
                values=CheckValues(clauses[1], "deviating", note, subject_id=subject),
                photo=picture() if place else None,
            )
            for place in range(3)
        ]
        for check in made[1:]:
            FLOW.fire(check, "explain", person, version=None, data={"explanation": "I was called away."})
        agreed = {"agreed": "Keys in the cupboard", "look_again_on": clock.today() + timedelta(days=7)}
        FLOW.fire(made[2], "guide", manager, version=None, data=agreed)

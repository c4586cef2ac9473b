"""Checks, findings and proposals of the small company, each in a state that has pages of its own."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.uow import unit_of_work
from app.features.checks import actions as checks
from app.features.checks.actions import CheckValues
from app.features.checks.flow import FLOW as CHECKS
from app.features.people.models import User
from app.features.proposals import actions, ranges, tips
from app.features.proposals.actions import ProposalValues
from app.features.proposals.models import Proposal
from app.features.rules.queries import places_in_force
from app.features.supervision import actions as supervision
from tests import factories
from tests.features.rules.rulebook import picture

# The first clause with a text in the rule on vehicles.
CLAUSE = 2
ROAD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("submit", "m1", {}),
    ("hear", "h1", {}),
    ("state", "s1", {"statement": "The key was with the porter"}),
    (
        "decide",
        "l1",
        {"decision": "agreed", "text": "Clear", "joint_liability": False, "joint_reason": "Warned before"},
    ),
)


def binding(accounts: dict[str, User]) -> None:
    """Bind the clause, so that what is reported late from now on is found by the system."""
    assert CLAUSE in places_in_force([CLAUSE])
    with unit_of_work():
        supervision.bind_clause(
            CLAUSE, actor=factories.actor(accounts["m1"]), target="inquiries-reported-in-time"
        )
    with unit_of_work():
        ranges.set_range(CLAUSE, actor=factories.actor(accounts["m1"]), least=Decimal(50), most=Decimal(500))


def record(accounts: dict[str, User], result: str, explained: str = "") -> None:
    """Record a check of the salesperson by the manager, explained where there is something to say."""
    with unit_of_work():
        values = CheckValues(CLAUSE, result, "The key lay on the desk", subject_id=accounts["s1"].id)
        check = checks.record_check(actor=factories.actor(accounts["m1"]), values=values, photo=picture())
        if explained:
            data = {"explanation": explained}
            CHECKS.fire(check, "explain", factories.actor(accounts["s1"]), version=None, data=data)


def proposal(accounts: dict[str, User], kind: str, steps: int, check_id: int | None = None) -> Proposal:
    """A proposal for the salesperson, some steps on its road."""
    values = ProposalValues(
        kind=kind,
        subject_id=accounts["s1"].id,
        clause_id=CLAUSE,
        happened_at=clock.now() - timedelta(minutes=5),
        place="Garage",
        facts="The key was not given back",
        measure="A warning",
        amount=Decimal(100),
    )
    manager = factories.actor(accounts["m1"])
    with unit_of_work():
        row = actions.draft(actor=manager, values=values, check_id=check_id)
        actions.add_evidence(
            row, actor=manager, version=None, address="/rules", file=picture(), note="Garage"
        )
    for name, who, data in ROAD[:steps]:
        with unit_of_work():
            actions.fire(row, name, actor=factories.actor(accounts[who]), version=None, data=data)
    return row


def proposals(accounts: dict[str, User]) -> None:
    """Make them: checks waiting, explained and good; a draft, one to be heard, two to be decided, one served."""
    for result, explained in (
        ("deviating", ""),
        ("deviating", "I was on the telephone"),
        ("deviating", "I forgot"),
        ("conforming", ""),
    ):
        record(accounts, result, explained)
    proposal(accounts, "penalty", 0)
    proposal(accounts, "penalty", 2)
    proposal(accounts, "penalty", 3)
    proposal(accounts, "reward", 1)
    row = proposal(accounts, "penalty", 4)
    for name, who in (("acknowledge", "s1"), ("serve", "h1")):
        with unit_of_work():
            actions.fire(row, name, actor=factories.actor(accounts[who]), version=None, data={})
    with unit_of_work():
        tips.send_tip(
            actor=factories.actor(accounts["s2"]),
            kind="reward",
            subject_id=accounts["s1"].id,
            text="Helped to load on Sunday",
            clause_id=CLAUSE,
        )

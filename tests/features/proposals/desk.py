"""Proposals for tests: drafted and brought to a state by actions and steps alone."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.permissions import SYSTEM, Actor, Role
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.proposals import actions, queries, tips
from app.features.proposals.actions import ProposalValues
from app.features.proposals.models import Proposal
from tests import factories
from tests.features.checks import desk as checks
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

ANSWER = {"joint_liability": False, "joint_reason": "已提醒过两次"}
DECIDED = {"decision": "agreed", "text": "事实清楚", **ANSWER}


@dataclass
class Company:
    """The people of the rules' tests, personnel, finance and a second leader, and a clause in force."""

    desk: Desk
    personnel: User
    finance: User
    version_id: int
    clause: int

    def actor(self, name: str) -> Actor:
        """Return one of them as who acts now."""
        if name in ("personnel", "finance"):
            return factories.actor(getattr(self, name))
        return self.desk.actor(name)

    def ident(self, name: str) -> int:
        """Return the id of one of them."""
        return int(self.actor(name).id or 0)


def company() -> Company:
    """Make the people and a rule."""
    desk = rulebook.desk()
    version_id = rulebook.published(desk)
    return Company(
        desk,
        factories.user("韩梅", "h1", None, [Role.PEOPLE]),
        factories.user("冯丽", "f1", None, [Role.FINANCE]),
        version_id,
        checks.clause(version_id),
    )


def second_leader(company: Company) -> User:
    """A second leader of the company."""
    return factories.user("陈总", "l2", None, [Role.LEADER])


def values(company: Company, **changed: Any) -> ProposalValues:
    """Return what a proposal says; usually a penalty for the reader."""
    said = {
        "kind": "penalty",
        "subject_id": company.desk.reader.id,
        "clause_id": company.clause,
        "happened_at": clock.now() - timedelta(minutes=5),
        "place": "车库",
        "facts": "还车时没有交钥匙。",
        "measure": "警告，扣发奖金",
        "amount": Decimal(200),
    }
    return ProposalValues(**{**said, **changed})


def draft(company: Company, who: str = "manager", **changed: Any) -> int:
    """Draft a proposal with a piece of evidence and return its id."""
    sources = {name: changed.pop(name) for name in ("check_id", "tip_id") if name in changed}
    with unit_of_work():
        made = actions.draft(actor=company.actor(who), values=values(company, **changed), **sources)
        actions.add_evidence(made, actor=company.actor(who), version=None, address="/rules")
        return made.id


def send_tip(company: Company, who: str = "colleague", **changed: Any) -> int:
    """Send a tip and return its id; usually a colleague tells something good of the reader."""
    said = {"kind": "reward", "subject_id": company.ident("reader"), "text": "周末来厂里帮客户装车。"}
    with unit_of_work():
        return tips.send_tip(actor=company.actor(who), **{**said, **changed}).id


def load(number: int) -> Proposal:
    """A proposal as the system sees it."""
    return queries.get_proposal(SYSTEM, number)


def step(company: Company, number: int, name: str, who: str, note: str = "", **data: Any) -> Proposal:
    """Do a step as one of the people."""
    with unit_of_work():
        actions.fire(load(number), name, actor=company.actor(who), version=None, note=note, data=data)
    return load(number)


ROAD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("submit", "manager", {}),
    ("hear", "personnel", {}),
    ("state", "reader", {"statement": "钥匙交给了门卫。"}),
    ("decide", "leader", DECIDED),
    ("acknowledge", "reader", {}),
    ("serve", "personnel", {}),
    ("accept", "reader", {}),
    ("execute", "finance", {"execution": "十二月奖金单列"}),
    ("close", "personnel", {}),
)
PLACES = {"proposed": 1, "hearing": 2, "heard": 3, "decided": 4, "read": 5, "served": 6, "accepted": 7}
PLACES |= {"executed": 8, "closed": 9}


def brought_to(company: Company, place: str, **changed: Any) -> int:
    """Return a proposal on the usual road of a penalty."""
    number = draft(company, **changed)
    for name, who, data in ROAD[: PLACES[place]]:
        step(company, number, name, who, **data)
    return number


def appealed(company: Company) -> int:
    """Return a penalty that the person appealed against, with a second leader in the house."""
    second_leader(company)
    number = brought_to(company, "served")
    step(company, number, "appeal", "reader", appeal="门卫可以作证")
    return number

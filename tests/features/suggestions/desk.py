"""Suggestions for tests: written and brought to a state by actions and steps alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.core import clock, settings
from app.core.db import session
from app.core.permissions import Actor, Role
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.suggestions import actions, unnamed
from app.features.suggestions.actions import SuggestionValues
from app.features.suggestions.models import Suggestion
from tests import factories

ANSWER = {"answer": "同意，十二月装好。"}


@dataclass
class Office:
    """Two salespeople, their manager, the leader, personnel, a stranger of another department."""

    department: int
    people: dict[str, int]

    def actor(self, name: str) -> Actor:
        return factories.actor(self.user(name))

    def user(self, name: str) -> User:
        return session.get_one(User, self.people[name])


def office() -> Office:
    with unit_of_work():
        settings.put("modules.preset", "standard")
    company = factories.department("公司")
    sales = factories.department("销售部", company)
    store = factories.department("仓库", company)
    people = {
        "author": factories.user("陈志远", "x2", sales, [Role.SALESPERSON]),
        "colleague": factories.user("周文静", "x1", sales, [Role.SALESPERSON]),
        "manager": factories.user("王建国", "xm", sales, [Role.MANAGER]),
        "leader": factories.user("刘振华", "xl", None, [Role.LEADER]),
        "personnel": factories.user("韩梅", "xh", None, [Role.PEOPLE]),
        "stranger": factories.user("马国强", "xw", store, [Role.WAREHOUSE]),
    }
    return Office(sales.id, {name: person.id for name, person in people.items()})


def put(**changed: Any) -> None:
    """Set settings, by their last part."""
    with unit_of_work():
        for key, value in changed.items():
            settings.put(f"suggestions.{key}", value)


def values(title: str = "在库房门口放一台扫码枪", **more: Any) -> SuggestionValues:
    return SuggestionValues(title=title, **{"method": "买一台扫码枪，接到领料电脑上", **more})


def sent(office: Office, who: str = "author", **more: Any) -> int:
    """A suggestion that waits to be accepted."""
    with unit_of_work():
        return actions.send(actor=office.actor(who), values=values(**more)).id


def load(number: int) -> Suggestion:
    session.expire_all()
    return session.get_one(Suggestion, number)


def fire(office: Office, ident: int, step: str, who: str, note: str = "", **data: Any) -> Suggestion:
    actor = office.actor(who)
    with unit_of_work():
        unnamed.fire(
            session.get_one(Suggestion, ident), step, actor=actor, version=None, note=note, data=data
        )
    return load(ident)


def in_review(office: Office, **more: Any) -> int:
    number = sent(office, **more)
    fire(office, number, "accept", "manager")
    fire(office, number, "begin_review", "manager", cost=None, benefit_estimated=None)
    return number


def done(office: Office, **more: Any) -> int:
    """A suggestion that was carried out and verified."""
    number = in_review(office, **more)
    fire(office, number, "adopt", "manager", **ANSWER)
    plan = f"{clock.today() + timedelta(days=3):%Y-%m-%d} 买扫码枪"
    fire(
        office, number, "implement", "manager",
        implementer_id=office.people["colleague"], due_on=clock.today() + timedelta(days=10), plan=plan,
    )  # fmt: skip
    fire(office, number, "deliver", "colleague", result="已装好，领料不用手抄")
    fire(office, number, "verify", "manager", verified_text="每天省一小时", benefit_verified=None)
    return number

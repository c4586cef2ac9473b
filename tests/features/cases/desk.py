"""Cases for tests: written and brought to a state by actions and steps alone."""

from dataclasses import dataclass
from typing import Any

from app.core import modules, settings
from app.core.documents import Key
from app.core.permissions import SYSTEM, Actor, Role
from app.core.uow import unit_of_work
from app.features.cases import actions, queries
from app.features.cases.actions import CaseValues
from app.features.cases.models import CaseStudy
from app.features.customers import actions as customers
from app.features.customers.actions import CustomerValues
from app.features.people.models import User
from tests import factories

NAME, SHORT = "苏州恒泰阀门有限公司", "恒泰阀门"


@dataclass
class House:
    """Who writes, who checks, who reads, who works elsewhere, and a customer of the writer."""

    writer: User
    colleague: User
    manager: User
    leader: User
    keeper: User
    customer: int

    def actor(self, name: str) -> Actor:
        """Return one of them as who acts now."""
        return factories.actor(getattr(self, name))


def house() -> House:
    """Make the people and the customer."""
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    sales, store = factories.department("销售部"), factories.department("仓库")
    writer = factories.user("周文静", "s1", sales, [Role.SALESPERSON])
    people = (
        writer,
        factories.user("陈志远", "s2", sales, [Role.SALESPERSON]),
        factories.user("王经理", "m1", sales, [Role.MANAGER]),
        factories.user("刘总", "l1", None, [Role.LEADER]),
        factories.user("马国强", "w1", store, [Role.WAREHOUSE]),
    )
    with unit_of_work():
        made = customers.create_customer(
            actor=factories.actor(writer), values=CustomerValues(name=NAME, short_name=SHORT)
        )
        return House(*people, made.id)


def values(**changed: Any) -> CaseValues:
    """Return what a case says; usually a whole one about the customer."""
    said = {
        "title": "恒泰阀门换型保住交货期",
        "outcome": "worked",
        "stage": "delivery",
        "situation": f"{NAME}的齿轮泵缺货 30 天。",
        "done": "当天请技术部比对参数，改用同排量型号。",
        "result": "提前两天交货，恒泰阀门续签。",
        "lesson": "缺货先问有没有同参数的。",
        "tags": "齿轮泵 交货期",
    }
    return CaseValues(**{**said, **changed})


def draft(house: House, who: str = "writer", links: tuple[Key, ...] = (), **changed: Any) -> int:
    """Write a case and return its id."""
    with unit_of_work():
        return actions.draft(actor=house.actor(who), values=values(**changed), links=links).id


def load(number: int) -> CaseStudy:
    """A case as the system sees it."""
    return queries.get_case(SYSTEM, number)


def step(house: House, number: int, name: str, who: str, note: str = "") -> CaseStudy:
    """Do a step as one of the people."""
    with unit_of_work():
        actions.fire(load(number), name, actor=house.actor(who), version=None, note=note)
    return load(number)


def published(house: House, who: str = "writer", links: tuple[Key, ...] = (), **changed: Any) -> int:
    """Write a case and have it published."""
    number = draft(house, who, links, **changed)
    step(house, number, "submit", who)
    step(house, number, "publish", "leader" if who == "manager" else "manager")
    return number
